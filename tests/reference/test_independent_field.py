"""Ten days beside a field of degree and order 20: what J2 to J6 leave out, stated and not hidden.

brahe (EGM2008) and Orekit (EIGEN-6S), both 20 x 20 without drag, Sun or Moon, agree within 2 m: from
(6878137, 0, 0) m and a circular velocity inclined 97.4 degrees in GCRF, 7 June 2024 00:00 UTC, they reach
(-2319710, -1243940, 6341712) m GCRF after ten days. The zonal field here knows no mountains and continents; the
difference lies along the track, mostly from the axis that the tesseral terms shift at the start. For a forecast of
days the drag is worse: between models it moved the same orbit by 157 km.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from overflight.earth.orientation import julian_date
from overflight.orbit.frames import teme_from_gcrf
from overflight.orbit.numerical import propagate

EPOCH = datetime(2024, 6, 7, tzinfo=UTC)
END_M = np.array([-2319710.0, -1243940.0, 6341712.0])


def test_what_the_zonal_field_leaves_out(verified) -> None:
    speed, tilt = np.sqrt(398600.4418e9 / 6878137.0), np.radians(97.4)
    turn = teme_from_gcrf(*julian_date(EPOCH))
    velocity = speed * np.array([0.0, np.cos(tilt), np.sin(tilt)])
    start = np.concatenate([turn @ [6878137.0, 0.0, 0.0], turn @ velocity])
    end = propagate(start, EPOCH, 10 * 86400.0, row_s=3600.0).ends[0]
    place = teme_from_gcrf(*julian_date(EPOCH + timedelta(days=10))).T @ end[1:4]
    speed_there = end[4:] / np.linalg.norm(end[4:])
    off = place - END_M
    along = abs(off @ (teme_from_gcrf(*julian_date(EPOCH + timedelta(days=10))).T @ speed_there))
    across = np.sqrt(max(off @ off - along**2, 0.0))
    verified("along the track after 10 days", along / 1e3, allowed=40.0, unit="km")
    verified("across the track and in height", across / 1e3, allowed=1.0, unit="km")
