"""How far the oblate Earth's gravity moves impact points, by direct integration with J2 on and off.

The set beside the repository as `validation/iip`; the column gives the distance on the ellipsoid between the
two impact points. Velocities are relative to the Earth, in local east, north, up.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest
from pyproj import Geod

from overflight.flight.impact_point import ImpactCode, impact_points, local_states
from support import shared_path

# case: latitude, longitude deg, height m, east, north, up m/s, J2 on minus off m
CASES = {
    "S3": (38.9, 124.65, 60000, -100, -2000, 1500, 1129),
    "S5": (33.0, 124.2, 250000, -250, -4500, 900, 481),
    "S8": (15.0, 123.3, 480000, -420, -7450, 0, 182149),
    "E1": (28.5, -80.6, 100000, 3000, 800, 1200, 1191),
}


def j2_shift_m(latitude_deg, longitude_deg, height_m, east_mps, north_mps, up_mps) -> float:
    degrees = np.radians(latitude_deg), np.radians(longitude_deg)
    state = local_states(*degrees, height_m, east_mps, north_mps, up_mps)
    ends = []
    for model in ("vacuum", "j2"):
        point = impact_points(0.0, state, model=model)
        assert point.code[0] == ImpactCode.IMPACT
        ends += [float(np.degrees(point.longitude_rad[0])), float(np.degrees(point.latitude_rad[0]))]
    return Geod(ellps="WGS84").inv(*ends)[2]


@pytest.mark.parametrize("case", CASES)
def test_shift(case: str, verified) -> None:
    *state, expected = CASES[case]
    verified(f"{case}: shift of the impact point by J2", j2_shift_m(*state) / expected - 1.0, allowed=0.02,
             unit="relative")  # fmt: skip


def test_the_whole_set(verified) -> None:
    with open(shared_path("validation", "iip", "iip_vacuum_states.csv"), encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    keys = ["lat_deg", "lon_deg", "h_m", "ve_mps", "vn_mps", "vu_mps"]
    gaps = [j2_shift_m(*(float(row[key]) for key in keys)) - float(row["j2_shift_m"]) for row in rows]
    shares = [abs(gap) / max(float(row["j2_shift_m"]), 100.0) for gap, row in zip(gaps, rows, strict=True)]
    assert len(rows) >= len(CASES)
    verified("all states: shift of the impact point by J2", max(shares), allowed=0.02, unit="relative")
