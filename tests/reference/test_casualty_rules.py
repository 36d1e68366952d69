"""Oracle: 14 CFR 417.107(c), A417.11, A417.23(d), A417.25(b)(8): gates, areas, radii and speeds by formula."""

import numpy as np
import pytest

from overflight.debris.breakup import MAXWELL_97
from overflight.debris.casualty import (
    CASUALTY_ENERGY_J,
    blast_radius_m,
    casualty_area_m2,
    inert_casualty_area_m2,
    projected_area_m2,
)
from overflight.debris.impacts import Impacts
from overflight.scenario.risk import Risk


def one_kilogram(energies_j) -> Impacts:
    n = len(energies_j)
    ones, whole = np.ones(n), np.zeros(n, np.int64)
    return Impacts(
        whole,
        whole,
        whole,
        ones,
        ones,
        ones,
        ones,
        np.sqrt(2.0 * np.asarray(energies_j)),
        ones,
        10.0 * ones,
        0,
    )


def test_eleven_foot_pounds_is_the_gate():
    assert pytest.approx(14.914, rel=1e-4) == CASUALTY_ENERGY_J
    area = casualty_area_m2(one_kilogram([14.8, 15.0]), np.zeros(2), Risk())
    assert area[0] == 0.0 and area[1] == pytest.approx(7.0 * 1.0 / (0.8 * 10.0))


def test_inert_area_is_seven_times_the_projected_area():
    assert inert_casualty_area_m2(2.0) == 14.0
    assert projected_area_m2(80.0, 100.0, 0.8) == pytest.approx(1.0)


@pytest.mark.parametrize(("pounds", "feet"), [(1000.0, 450.0), (10000.0, 969.50)])
def test_blast_radius(pounds, feet):
    assert blast_radius_m(pounds * 0.45359237) / 0.3048 == pytest.approx(feet, rel=1e-5)
    if pounds == 1000.0:
        assert blast_radius_m(pounds * 0.45359237) / 0.3048 == pytest.approx(feet, rel=1e-12)


def test_propellant_aboard_hurts_by_its_blast_even_at_low_speed():
    area = casualty_area_m2(one_kilogram([1.0]), np.array([1000.0]), Risk(tnt_equivalence=0.1))
    assert area[0] == pytest.approx(np.pi * blast_radius_m(100.0) ** 2)


def test_imparted_speed_has_its_97th_percentile_at_the_stated_maximum():
    from scipy.stats import maxwell

    assert maxwell.cdf(MAXWELL_97) == pytest.approx(0.97, abs=1e-6)
    assert maxwell.mean() / MAXWELL_97 == pytest.approx(0.533488, rel=1e-5)
