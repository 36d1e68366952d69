"""Skyfield, brahe and Orekit, asked side by side: places, passes, imaging windows, ten days of flight.

Three orbits: a Sun-synchronous one (58400, June 2024), a Molniya and a geosynchronous one (08195 and 14128 of the
SGP4 verification set, June 2006). Known differences of the oracles are in what is allowed: Skyfield's built-in data
has no polar motion (10 m and more, growing with the distance); Orekit turns by the IERS conventions of 2010, not those
of 1980 (0.7 to 3 m); brahe's SGP4 has the constants of WGS-84 where the standard has WGS-72. They run in an environment
of their own, which `OVERFLIGHT_ORACLES` names (`docs/orbit.md`); without it nothing is compared.
"""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from overflight.earth.frames import geodetic_to_ecef
from overflight.earth.orientation import julian_date
from overflight.formats.tle import read_tle
from overflight.orbit.ephemeris import geodetic_states, sgp4_ephemeris
from overflight.orbit.frames import teme_from_gcrf
from overflight.orbit.numerical import propagate
from overflight.orbit.passes import GroundPoints, find_passes
from support import require

pytestmark = pytest.mark.oracles

DAYS = 5
SETS = {
    "Sun-synchronous": (
        "1 58400U 23179A   24158.19566690  .00000871  00000-0  41535-4 0  9999",
        "2 58400  97.4052  45.2326 0002221 305.1745  54.9283 15.21704003 30052",
        datetime(2024, 6, 7, tzinfo=UTC),
        (26.2124, 127.6809),
    ),
    "Molniya": (
        "1 08195U 75081A   06176.33215444  .00000099  00000-0  11873-3 0   813",
        "2 08195  64.1586 279.0717 6877146 264.7651  20.2257  2.00491383225656",
        datetime(2006, 6, 26, tzinfo=UTC),
        (35.0, 139.0),
    ),
    "geosynchronous": (
        "1 14128U 83058A   06176.02844893 -.00000158  00000-0  10000-3 0  9627",
        "2 14128  11.4384  35.2134 0011562  26.4582 333.5652  0.98870114 46093",
        datetime(2006, 6, 26, tzinfo=UTC),
        (70.0, 95.0),
    ),
}
MINUTES = [0, 7, 301, 1440, 2881, 7199]
SPEED, TILT = float(np.sqrt(398600.4418e9 / 6878137.0)), np.radians(97.4)
FIELD = [6878137.0, 0.0, 0.0, 0.0, SPEED * float(np.cos(TILT)), SPEED * float(np.sin(TILT))]
RUNNER = Path(__file__).with_name("orbit_oracles.py")


@cache
def answers(oracle: str, orbit: str) -> dict:
    """Return what an oracle says about an orbit, or skip where it cannot be asked."""
    python = os.environ.get("OVERFLIGHT_ORACLES")
    require(python, "OVERFLIGHT_ORACLES names no environment with Skyfield, brahe and Orekit")
    one, two, start, place = SETS[orbit]
    question = {
        "line1": one, "line2": two, "start": start.isoformat(), "minutes": MINUTES, "days": DAYS,
        "place": place, "mask_deg": 10.0, "off_nadir_deg": 45.0,
    }  # fmt: skip
    if orbit == "Sun-synchronous":
        question["field"] = FIELD
    answer = subprocess.run(
        [str(python), str(RUNNER), oracle],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        timeout=250,
    )
    require(
        "ModuleNotFoundError" not in answer.stderr,
        f"{oracle} is not in the environment of OVERFLIGHT_ORACLES",
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    return json.loads(answer.stdout.splitlines()[-1])


@cache
def own(orbit: str):
    one, two, start, place = SETS[orbit]
    elements = read_tle(f"{one}\n{two}\n", "typed")[0]
    return elements, sgp4_ephemeris(elements, start, DAYS), GroundPoints.of(["x"], *place)


def apart_m(orbit: str, ground: list) -> np.ndarray:
    """Return by how many metres (n,) the oracle's places lie away from ours."""
    elements, start = own(orbit)[0], SETS[orbit][2]
    jd, fraction = julian_date(start)
    states = geodetic_states(elements, np.full(len(MINUTES), jd), fraction + np.array(MINUTES) / 1440.0)
    latitude, longitude, height = np.array(ground).T
    theirs = geodetic_to_ecef(np.radians(latitude), np.radians(longitude), height)
    return np.linalg.norm(geodetic_to_ecef(*states) - theirs, axis=-1)


def worst_s(passes, theirs: list) -> float:
    """Return the largest difference in rise or set of the same passes; those cut by the span are left out."""
    ours = np.stack([passes.begin_s, passes.end_s], axis=1)[~passes.cut]
    assert len(ours)
    assert len(ours) == len(theirs)
    return float(np.abs(ours - theirs).max())


@pytest.mark.parametrize("orbit", SETS)
@pytest.mark.parametrize(("oracle", "allowed"), [("skyfield", 100.0), ("orekit", 5.0)])
def test_where_it_is(orbit, oracle, allowed, verified) -> None:
    off = apart_m(orbit, answers(oracle, orbit)["ground"])
    verified(f"{oracle}, {orbit}: place over 5 days", off.max(), allowed=allowed, unit="m")


@pytest.mark.parametrize(
    ("oracle", "orbit", "allowed"),
    [("skyfield", "Sun-synchronous", 0.2), *(("orekit", orbit, 0.02) for orbit in SETS)],
)
def test_passes(oracle, orbit, allowed, verified) -> None:
    """Not those of Skyfield for a Molniya: it joins two passes with the gap between them."""
    _, path, point = own(orbit)
    passes = find_passes(path, point, min_elevation_deg=10.0)
    worst = worst_s(passes, answers(oracle, orbit)["passes"])
    verified(f"{oracle}, {orbit}: rise and set", worst, allowed=allowed, unit="s")


def test_imaging_windows(verified) -> None:
    _, path, point = own("Sun-synchronous")
    windows = find_passes(path, point, min_elevation_deg=0.0, max_off_nadir_deg=45.0)
    theirs = answers("brahe", "Sun-synchronous")["windows"]
    assert len(windows) == len(theirs)
    verified("brahe, Sun-synchronous: windows", worst_s(windows, theirs), allowed=0.2, unit="s")


@pytest.mark.parametrize("oracle", ["brahe", "orekit"])
def test_the_typed_place_after_ten_days(oracle, verified) -> None:
    """What `test_independent_field.py` holds is what the programs say."""
    end = np.array(answers(oracle, "Sun-synchronous")["end_m"])
    off = float(np.linalg.norm(end - [-2319710.0, -1243940.0, 6341712.0]))
    verified(f"{oracle}, 20 x 20: typed place after 10 days", off, allowed=5.0, unit="m")


def test_the_same_zonal_field(verified) -> None:
    """J2 to J6 in Orekit and here, where the axes of the field are fixed in those of date, which precess."""
    start = SETS["Sun-synchronous"][2]
    turn = teme_from_gcrf(*julian_date(start))
    first = np.concatenate([turn @ FIELD[:3], turn @ FIELD[3:]])
    end = propagate(first, start, 10 * 86400.0, row_s=3600.0).ends[0]
    place = teme_from_gcrf(*julian_date(start + timedelta(days=10))).T @ end[1:4]
    off = float(np.linalg.norm(place - answers("orekit", "Sun-synchronous")["zonal_end_m"]))
    verified("orekit, J2 to J6: place after 10 days", off, allowed=100.0, unit="m")
