"""Cutting at the 180th meridian: nothing crosses it afterwards, nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon

from overflight.earth.antimeridian import split_line, split_polygon, unwrap_deg, wrap_deg


def area(pieces: tuple[tuple[tuple[tuple[float, float], ...], ...], ...]) -> float:
    return sum(Polygon(rings[0], rings[1:]).area for rings in pieces)


def test_wrap_keeps_what_is_inside_bit_for_bit() -> None:
    values = np.array([-180.0, -0.1 - 0.2, 0.0, 179.99999999999997])
    assert np.array_equal(wrap_deg(values), values)
    assert wrap_deg([180.0, 181.0, -181.0, 540.0]).tolist() == [-180.0, -179.0, 179.0, -180.0]


def test_unwrap_goes_the_short_way() -> None:
    assert unwrap_deg([170.0, -170.0, -160.0, 175.0]).tolist() == [170.0, 190.0, 200.0, 175.0]


def test_line_that_does_not_cross_is_kept() -> None:
    (part,) = split_line([10.0, 20.0, 30.0], [[1.0], [2.0], [3.0]])
    assert part.tolist() == [[10.0, 1.0], [20.0, 2.0], [30.0, 3.0]]


def test_line_is_cut_where_it_crosses_and_the_columns_follow() -> None:
    east, west = split_line([179.0, -178.0], np.array([[0.0, 30.0], [3.0, 60.0]]))
    assert east == pytest.approx(np.array([[179.0, 0.0, 30.0], [180.0, 1.0, 40.0]]))
    assert west == pytest.approx(np.array([[-180.0, 1.0, 40.0], [-178.0, 3.0, 60.0]]))


def test_line_over_and_back_has_three_parts() -> None:
    parts = split_line([179.0, -179.0, 179.0], [[0.0], [1.0], [2.0]])
    assert [np.sign(part[0, 0]) for part in parts] == [1.0, -1.0, 1.0]


@given(st.lists(st.floats(-170.0, 170.0), min_size=2, max_size=30))
def test_cut_line_keeps_its_length(steps: list[float]) -> None:
    longitude_deg = wrap_deg(np.cumsum(steps))
    unwrapped = unwrap_deg(longitude_deg)
    parts = split_line(longitude_deg, np.arange(len(steps), dtype=float)[:, None])
    assert all(part[:, 0].min() >= -180.0 and part[:, 0].max() <= 180.0 for part in parts)
    assert all(np.abs(np.diff(part[:, 0])).max() <= 180.0 for part in parts)
    length = sum(np.abs(np.diff(part[:, 0])).sum() for part in parts)
    assert length == pytest.approx(np.abs(np.diff(unwrapped)).sum(), abs=1e-6)


def test_polygon_that_does_not_cross_is_kept() -> None:
    ring = ((123.0, 36.0), (124.0, 36.0), (124.0, 35.0), (123.0, 36.0))
    assert split_polygon([ring]) == ((ring,),)


@pytest.mark.parametrize("shift", [0.0, 360.0, -360.0])
def test_polygon_is_cut_however_its_longitudes_are_written(shift: float) -> None:
    ring = [(178.0 + shift, 5.0), (183.0 + shift, 5.0), (183.0 + shift, 4.0), (178.0 + shift, 4.0)]
    for closed in ([*ring, ring[0]], [(float(wrap_deg(x)), y) for x, y in [*ring, ring[0]]]):
        pieces = split_polygon([closed])
        assert sorted((min(p[0] for p in r[0]), max(p[0] for p in r[0])) for r in pieces) == [
            (-180.0, -177.0),
            (178.0, 180.0),
        ]
        assert area(pieces) == pytest.approx(5.0)


def test_hole_on_the_far_side_stays_a_hole() -> None:
    outer = [(178.0, 0.0), (-178.0, 0.0), (-178.0, 4.0), (178.0, 4.0), (178.0, 0.0)]
    hole = [(-179.5, 1.0), (-178.5, 1.0), (-178.5, 2.0), (-179.5, 2.0), (-179.5, 1.0)]
    pieces = split_polygon([outer, hole])
    assert sorted(len(piece) for piece in pieces) == [1, 2]
    assert area(pieces) == pytest.approx(16.0 - 1.0)


def test_ring_round_a_pole_holds_the_pole() -> None:
    ring = [(x, 80.0) for x in (-180.0, -90.0, 0.0, 90.0, 179.0)]
    pieces = split_polygon([[*ring, ring[0]]])
    assert area(pieces) == pytest.approx(360.0 * 10.0, rel=5e-3)
