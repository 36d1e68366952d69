"""Rings of random sets of real municipalities: all of them covered, hardly any other land, few points."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon

from overflight.exposure.place import Places
from overflight.exposure.places import load_places
from overflight.warning.areas import MAX_EXCESS, MIN_COVERAGE, alert_polygons, measure_fit

WHERE = {
    "Ryukyu": (122.0, 23.5, 132.0, 31.5),
    "Kyushu to Kanto": (129.0, 30.5, 141.0, 37.0),
    "Hokkaido and Tohoku": (139.0, 37.0, 149.0, 46.0),
    "Korea": (124.0, 33.0, 130.0, 38.7),
    "Taiwan": (118.0, 21.5, 122.5, 26.5),
    "Fiji, across 180 degrees": (176.0, -21.0, -178.0, -12.0),
    "Chukotka and Alaska": (160.0, 50.0, -150.0, 75.0),
}


@cache
def places_of(name: str) -> tuple[Places, np.ndarray]:
    places = load_places(bbox=WHERE[name])
    return places, np.array([place.geometry.centroid.coords[0] for place in places])


@st.composite
def chosen(draw: st.DrawFn, most: int) -> tuple[str, list[int]]:
    """Some places at random, or those nearest to one: neighbours, with land of others between."""
    name = draw(st.sampled_from(sorted(WHERE)))
    places, centres = places_of(name)
    if draw(st.booleans()):
        count = draw(st.integers(1, most))
        middle = centres[draw(st.integers(0, len(places) - 1))]
        return name, np.argsort(np.hypot(*(centres - middle).T))[:count].tolist()
    return name, sorted(draw(st.sets(st.integers(0, len(places) - 1), min_size=1, max_size=min(4, most))))


def check(name: str, indices: list[int]) -> None:
    places, _ = places_of(name)
    meant = [places[i].geometry for i in indices]
    others = [place.geometry for i, place in enumerate(places) if i not in set(indices)]
    rings = alert_polygons(meant, others)
    fit = measure_fit(rings, meant, others)
    assert fit.coverage >= MIN_COVERAGE and fit.excess <= MAX_EXCESS and fit.points <= 100
    for ring in rings:
        assert ring[0] == ring[-1] and Polygon(ring).is_valid and Polygon(ring).exterior.is_ccw
        assert max(x for x, _ in ring) - min(x for x, _ in ring) < 180.0


@settings(max_examples=25)
@given(chosen(8))
def test_rings_fit_whatever_is_meant(choice: tuple[str, list[int]]) -> None:
    check(*choice)


def test_slivers_at_a_border_draw_no_ring_of_their_own() -> None:
    """Six counties at a land border: what is left of the sea there touches them, and holds none of them."""
    places, _ = places_of("Korea")
    names = {"화천군", "춘천시", "철원군", "양구군", "가평군", "포천시"}
    indices = [i for i, place in enumerate(places) if place.name in names]
    assert len(indices) == len(names)
    check("Korea", indices)


@pytest.mark.campaign
@pytest.mark.timeout(2700)
@pytest.mark.parametrize("part", range(10))
def test_rings_fit_whatever_is_meant_campaign(part: int) -> None:
    """1,500 choices in ten parts, each a test of its own, so that what was done need not be done again."""

    @seed(part)
    @settings(max_examples=150, database=None)
    @given(chosen(60))
    def fits(choice: tuple[str, list[int]]) -> None:
        check(*choice)

    fits()
