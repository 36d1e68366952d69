"""Orbits beside Skyfield: `python benchmarks/bench_orbit.py [python of an environment with skyfield]`.

1,000,000 epochs from elements to latitude, longitude and height (SGP4, Earth-fixed, geodetic), then what
Skyfield has no function for: 30 days of passes over all municipalities of Japan, and the revisit of one to
five satellites. Ratios are of processor time. Skyfield is no part of the environment here: make one with
`python3 -m venv oracles` and `oracles/bin/pip install skyfield`, and name it, or set OVERFLIGHT_ORACLES.
Without it only our times are shown.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

from overflight.earth.orientation import julian_date
from overflight.formats.tle import read_tle
from overflight.jobs.orbit_places import ground_points
from overflight.orbit.coverage import cover, planned_sets
from overflight.orbit.ephemeris import geodetic_states, sgp4_ephemeris
from overflight.orbit.passes import find_passes

ONE = "1 58400U 23179A   24158.19566690  .00000871  00000-0  41535-4 0  9999"
TWO = "2 58400  97.4052  45.2326 0002221 305.1745  54.9283 15.21704003 30052"
ELEMENTS = read_tle(f"{ONE}\n{TWO}\n", "typed")[0]
START = datetime(2024, 6, 7, tzinfo=UTC)
EPOCHS = 1_000_000
SHOWN = slice(0, EPOCHS, 100_000)
THEIRS = f"""
import json, time
import numpy as np
from skyfield.api import EarthSatellite, load, wgs84
ts = load.timescale(builtin=True)
satellite = EarthSatellite({ONE!r}, {TWO!r}, "x", ts)
begin, first = time.process_time(), []
for part in range(0, {EPOCHS}, 100_000):
    at = satellite.at(ts.utc(2024, 6, 7, 0, 0, part + np.arange(100_000.0)))
    latitude, longitude = wgs84.latlon_of(at)
    height = wgs84.height_of(at)
    first.append([latitude.degrees[0], longitude.degrees[0], height.m[0]])
print(json.dumps([time.process_time() - begin, first]))
"""


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Return processor seconds of the best of three, and the last result."""
    best, found = np.inf, None
    for _ in range(3):
        begin = time.process_time()
        found = work()
        best = min(best, time.process_time() - begin)
    return best, found


def main() -> int:
    """Print the table."""
    jd, fraction = julian_date(START)
    fractions = fraction + np.arange(EPOCHS) / 86400.0
    ours_s, ours = timed(lambda: geodetic_states(ELEMENTS, np.full(EPOCHS, jd), fractions))
    print(f"{EPOCHS:,} epochs, SGP4 + ITRF + geodetic: {ours_s:.2f} s")
    oracle = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("OVERFLIGHT_ORACLES")
    if oracle:
        answer = subprocess.run([oracle, "-c", THEIRS], capture_output=True, text=True, check=True)
        theirs_s, rows = json.loads(answer.stdout)
        print(f"  Skyfield: {theirs_s:.1f} s, ratio {theirs_s / ours_s:.0f}")
        latitude, longitude, height = (np.asarray(a)[SHOWN] for a in ours)  # type: ignore[union-attr]
        theirs = np.array(rows)
        north = np.abs(np.degrees(latitude) - theirs[:, 0]) * 111e3
        east = np.abs(np.degrees(longitude) - theirs[:, 1]) * 111e3 * np.cos(latitude)
        print(
            f"  differences: {np.hypot(north, east).max():.1f} m on the ground (it has no polar motion), "
            f"{np.abs(height - theirs[:, 2]).max():.2f} m in height"
        )
    else:
        print("  Skyfield: not compared, name an environment that has it")
    points = ground_points(["country:JP"])
    path = sgp4_ephemeris(ELEMENTS, START, 30.0)
    passes_s, passes = timed(lambda: find_passes(path, points))
    number = len(passes)  # type: ignore[arg-type]
    print(f"30 days of passes over {len(points):,} municipalities: {passes_s:.1f} s, {number:,} passes")
    okinawa = ground_points(["okinawa"])
    for count in range(1, 6):
        sets = planned_sets(ELEMENTS, count)
        spent, found = timed(lambda sets=sets: cover(sets, okinawa, START, 30.0))
        print(
            f"revisit of {okinawa.name[0]} by {count}: {spent:.2f} s; {found.windows[0]} looks by day, mean "  # type: ignore[union-attr]
            f"{found.mean_s[0] / 3600:.1f} h, longest gap {found.longest_s[0] / 3600:.1f} h"  # type: ignore[union-attr]
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
