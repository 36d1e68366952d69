"""NASA NESC check cases 1, 6 and 8: a sphere dropped from 30,000 ft in vacuum, still air and a wind shear.

NASA/TM-2015-218675, "Check-Cases for Verification of 6-Degree-of-Freedom Flight Vehicle Simulations", Vol. I
and II; sim 04 as published with simupy-flight (commit 70754e6916af, `NESC_data`). Constants of Vol. II,
table 73; cases start at rest relative to the Earth at latitude and longitude zero, axes of ECI and ECEF together.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest

from overflight.earth.air import CALM, WindProfile, build_air
from overflight.earth.constants import FOOT_M, EarthModel
from overflight.earth.frames import ecef_to_geodetic, eci_to_ecef, local_axes
from overflight.flight.kernels_fall import fall_rows
from overflight.flight.kernels_rhs import BODY_COLUMNS, GROUND_M
from overflight.flight.sequence import drag_table
from support import shared_path

EARTH = EarthModel(rotation_radps=7.292115e-5, zonals=(0.00108262982,))
SLUG_KG = 14.593903
SPHERE_KG = SLUG_KG
SPHERE_M2 = 0.1963495 * FOOT_M**2
DRAG = 0.1
# case 8: wind from the west of (0.003 h - 20) ft/s, h in ft
SHEAR = WindProfile((0.0, 1e5 * FOOT_M), (-20.0 * FOOT_M, 280.0 * FOOT_M), (0.0, 0.0))
CASES = {
    1: (CALM, 1e30),
    6: (CALM, SPHERE_KG / (DRAG * SPHERE_M2)),
    8: (SHEAR, SPHERE_KG / (DRAG * SPHERE_M2)),
}
FOLDERS = {
    1: "Atmos_01_DroppedSphere",
    6: "Atmos_06_DroppedSphereEllipsoidalNoWind",
    8: "Atmos_08_DroppedSphere2DWindShear",
}

# time s, ECI position ft (x, y, z), Earth-relative velocity ft/s (north, east, down), height ft
SLICE = {
    1: (
        (0.0, 20955646.3255, 0.0, 0.0, 0.0, 0.0, -0.0, 30000.0),
        (5.0, 20955244.9912, 7640.50036854, 0.0, 0.0, 0.0583289228663, 159.977557353, 29600.0586506),
        (10.0, 20954040.9578, 15280.708059, 0.0, 0.0, 0.233326824216, 319.967327074, 28400.2040727),
        (15.0, 20952034.1334, 22920.3303039, 0.0, 0.0, 0.525027110539, 479.981526663, 26400.3446639),
        (20.0, 20949224.3646, 30559.0741568, 0.0, 0.0, 0.933485486831, 640.032383884, 23600.3277108),
        (25.0, 20945611.4369, 38196.6464024, 0.0, 0.0, 1.45877999788, 800.132141915, 19999.9393248),
        (30.0, 20941195.0742, 45832.753467, 0.0, 0.0, 2.10101108617, 960.293064507, 15598.9043522),
    ),
    6: (
        (0.0, 20955646.3255, 0.0, 0.0, 0.0, 0.0, -0.0, 30000.0),
        (5.0, 20955245.4593, 7640.50036856, 0.0, 0.0, 0.058158018577, 159.602333682, 29600.5267443),
        (10.0, 20954048.5368, 15280.7080629, 0.0, 0.0, 0.230548715301, 316.911995143, 28407.7830323),
        (15.0, 20952073.247, 22920.330373, 0.0, 0.0, 0.510602799414, 469.373989933, 26439.4582756),
        (20.0, 20949351.2045, 30559.074704, 0.0, 0.0, 0.886366695219, 613.939334411, 23727.1674789),
        (25.0, 20945930.8379, 38196.6491969, 0.0, 0.0, 1.33925034532, 746.918243519, 20319.3397772),
        (30.0, 20941880.6152, 45832.7642862, 0.0, 0.0, 1.84293085603, 864.010905567, 16284.443772),
    ),
    8: (
        (0.0, 20955646.3255, 0.0, 0.0, 0.0, 0.0, -0.0, 30000.0),
        (5.0, 20955245.6278, 7641.20698792, 0.0, 0.0, 0.396234607052, 159.522696056, 29600.695477),
        (10.0, 20954049.3426, 15284.7869094, 0.0, 0.0, 1.31363488975, 316.737198487, 28408.5918443),
        (15.0, 20952075.1241, 22932.5610089, 0.0, 0.0, 2.75165725625, 469.119617221, 26441.3487246),
        (20.0, 20949354.4753, 30586.1126326, 0.0, 0.0, 4.61128129205, 613.630710866, 23730.4776985),
        (25.0, 20945935.6693, 38246.3954574, 0.0, 0.0, 6.70539415824, 746.587915144, 20324.2619834),
        (30.0, 20941886.993, 45913.2627474, 0.0, 0.0, 8.73099985197, 863.694253332, 16290.9978743),
    ),
}


def drop(case: int, last_s: float, step_s: float) -> np.ndarray:
    """Return rows (r, 7) of time and ECI state of our fall."""
    wind, ballistic = CASES[case]
    bodies = np.ones((1, BODY_COLUMNS))
    bodies[0, GROUND_M] = -1e3
    radius = EARTH.equatorial_radius_m + 30_000.0 * FOOT_M
    start = np.array([[radius, 0.0, 0.0, 0.0, EARTH.rotation_radps * radius, 0.0]])
    count = round(last_s / step_s) + 1
    rows, filled, _ = fall_rows(
        np.zeros(1), start, np.array([ballistic]), bodies, last_s + 1e-9, 1e-7, build_air(wind).coefficients,
        drag_table((0.0,), (1.0,)), EARTH.as_array(), count, step_s,
    )  # fmt: skip
    assert filled[0] == count
    return rows[0]


def compare(ours: np.ndarray, reference: np.ndarray) -> tuple[float, float, float]:
    """Return the largest differences of position (m), height (m) and velocity (m/s)."""
    assert np.allclose(ours[:, 0], reference[:, 0])
    ecef, velocity = eci_to_ecef(ours[:, 1:4], ours[:, 4:7], ours[:, 0], EARTH)
    latitude, longitude, height = ecef_to_geodetic(ecef, EARTH)
    east, north, up = local_axes(latitude, longitude)
    ned = np.stack([(velocity * north).sum(1), (velocity * east).sum(1), -(velocity * up).sum(1)], axis=1)
    si = reference[:, 1:] * FOOT_M
    return (
        np.linalg.norm(ours[:, 1:4] - si[:, :3], axis=1).max(),
        np.abs(height - si[:, 6]).max(),
        np.linalg.norm(ned - si[:, 3:6], axis=1).max(),
    )


def check(verified, case: int, ours: np.ndarray, reference: np.ndarray) -> None:
    position_m, height_m, speed_mps = compare(ours, reference)
    rows = f"over 30 s, {len(reference)} rows"
    verified(f"case {case}: inertial position {rows}", position_m, allowed=0.01, unit="m")
    verified(f"case {case}: height {rows}", height_m, allowed=0.01, unit="m")
    verified(f"case {case}: velocity {rows}", speed_mps, allowed=0.001, unit="m/s")


@pytest.mark.parametrize("case", CASES)
def test_typed_rows(case: int, verified) -> None:
    check(verified, case, drop(case, 30.0, 5.0), np.array(SLICE[case]))


@pytest.mark.parametrize("case", CASES)
def test_every_published_row(case: int, verified) -> None:
    path = shared_path("validation", "nesc", FOLDERS[case], f"Atmos_0{case}_sim_04.csv")
    with path.open() as file:
        table = list(csv.DictReader(file))
    names = (
        [f"eiPosition_ft_{a}" for a in "XYZ"] + [f"feVelocity_ft_s_{a}" for a in "XYZ"] + ["altitudeMsl_ft"]
    )
    reference = np.array([[float(row[name]) for name in ("time", *names)] for row in table])
    check(verified, case, drop(case, 30.0, 0.1), reference)


def test_the_comparison_sees_a_wrong_constant() -> None:
    wrong = np.array(SLICE[1])
    wrong[:, 1] += 0.1
    assert compare(drop(1, 30.0, 5.0), wrong)[0] > 0.01
