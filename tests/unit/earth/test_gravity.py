"""Zonal gravity against the gradient of its potential, and what the terms above J2 move."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import eval_legendre

from overflight.earth.constants import EGM96_ZONALS, WGS84, EarthModel
from overflight.earth.kernels import gravity

PLACES = [(7e6, 0.0, 0.0), (3e6, -4e6, 4.5e6), (1e3, 2e3, -6.4e6), (-2e6, 5e6, -3.5e6), (1e-3, 0.0, 6.9e6)]


def potential(place: np.ndarray, earth: EarthModel) -> float:
    """Return the disturbing part of the potential (m2/s2), all but mu/r."""
    r = np.linalg.norm(place)
    terms = [
        j * (earth.equatorial_radius_m / r) ** n * eval_legendre(n, place[2] / r)
        for n, j in enumerate(earth.zonals, start=2)
    ]
    return float(-earth.mu_m3ps2 / r * sum(terms))


@pytest.mark.parametrize("degree", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("place", PLACES)
def test_each_term_is_the_gradient_of_its_potential(place, degree) -> None:
    """One term at a time, of the size of J2, so that a wrong one cannot hide behind it."""
    zonals = tuple(1e-3 if n == degree else 0.0 for n in range(2, 7))
    earth, at, step = EarthModel(zonals=zonals), np.array(place), 10.0
    disturbing = np.array(gravity(*at, earth.as_array())) - gravity(*at, earth.up_to(0).as_array())
    slopes = [
        (potential(at + step * axis, earth) - potential(at - step * axis, earth)) / (2.0 * step)
        for axis in np.eye(3)
    ]
    assert disturbing == pytest.approx(slopes, abs=1e-7)
    assert np.linalg.norm(disturbing) > 1e-3


def test_terms_may_be_left_out() -> None:
    assert WGS84.zonals == EGM96_ZONALS
    assert WGS84.up_to(2).zonals == (WGS84.j2,)
    assert WGS84.up_to(0).zonals == WGS84.up_to(1).zonals == ()
    assert (WGS84.up_to(0).as_array()[6:] == 0.0).all()
    assert WGS84.up_to(0).j2 == 0.0
