"""Malligyong-1 in June 2024 beside Skyfield, satkit, astropy, Orekit and brahe: place, passes, windows.

The element set is that of 6 June 2024, 04:41:46 UTC (58400). The place of 7 June 05:01:07 UTC is given by Skyfield,
satkit, astropy and Orekit, which agree to 7 cm (Orekit 0.6 m); the first pass over 35 N 139 E by five pass finders
(Skyfield, orbit-predictor, brahe, pyorbital, Orekit) within 0.03 s; numbers of imaging windows in 30 days by an
independent sampled count and by brahe at steps of 10 s, which agree. A count of passes near a threshold is a matter
of taste (89 or 90); times are not.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.earth.orientation import julian_date
from overflight.formats.tle import read_tle
from overflight.orbit.coverage import cover, planned_sets
from overflight.orbit.ephemeris import geodetic_states, sgp4_ephemeris
from overflight.orbit.passes import GroundPoints, find_passes

SET = """\
MALLIGYONG-1
1 58400U 23179A   24158.19566690  .00000871  00000-0  41535-4 0  9999
2 58400  97.4052  45.2326 0002221 305.1745  54.9283 15.21704003 30052
"""
START = datetime(2024, 6, 7, tzinfo=UTC)
ELEMENTS = read_tle(SET, "typed")[0]


@pytest.fixture(scope="module")
def month():
    return sgp4_ephemeris(ELEMENTS, START, 30.0)


def test_where_it_was(verified) -> None:
    jd, fraction = julian_date(datetime(2024, 6, 7, 5, 1, 7, tzinfo=UTC))
    latitude, longitude, height = geodetic_states(ELEMENTS, [jd], [fraction])
    verified("latitude", np.degrees(latitude[0]) - 31.4518265, allowed=1e-5, unit="deg")
    verified("longitude", np.degrees(longitude[0]) + 100.6057732, allowed=1e-5, unit="deg")
    verified("height", height[0] - 506193.5, allowed=1.0, unit="m")


def test_first_pass(month, verified) -> None:
    passes = find_passes(month, GroundPoints.of(["x"], 35.0, 139.0), min_elevation_deg=10.0)
    first = passes[0]
    day = START.replace(hour=1)
    verified("rise", (first.begin_utc - day).total_seconds() - 1170.56, allowed=0.1, unit="s")
    verified("culmination", (first.peak_utc - day).total_seconds() - 1293.7, allowed=0.1, unit="s")
    verified("set", (first.end_utc - day).total_seconds() - 1417.6, allowed=0.1, unit="s")
    verified("highest", first.elevation_deg - 14.33, allowed=0.01, unit="deg")
    assert len(passes) in (89, 90)


@pytest.mark.parametrize(
    ("name", "latitude", "longitude", "off_nadir", "windows"),
    [
        ("Okinawa", 26.2124, 127.6809, 30, 15),
        ("Okinawa", 26.2124, 127.6809, 45, 27),
        ("Seoul", 37.5665, 126.9780, 30, 18),
        ("Guam", 13.4443, 144.7937, 45, 24),
    ],
)
def test_imaging_windows(month, name, latitude, longitude, off_nadir, windows) -> None:
    point = GroundPoints.of([name], latitude, longitude)
    found = find_passes(month, point, min_elevation_deg=0.0, max_off_nadir_deg=off_nadir)
    assert len(found) == windows
    assert (found.range_m < 1.5e6).all(), "a window on the far side of the Earth"
    assert np.degrees(found.off_nadir_rad).max() <= off_nadir + 1e-6


def test_no_window_is_lost_between_the_steps(month) -> None:
    """Beside a count by samples each second, for hundreds of places: as many windows, ends within a second."""
    points = GroundPoints.of(
        [str(i) for i in range(12)], np.linspace(-85, 85, 12), np.linspace(-170, 190, 12)
    )
    fine = sgp4_ephemeris(ELEMENTS, START, 4.0, step_s=1.0)
    coarse = sgp4_ephemeris(ELEMENTS, START, 4.0, step_s=60.0)
    found = find_passes(coarse, points, min_elevation_deg=0.0, max_off_nadir_deg=25.0)
    place = points.position_m
    for j in range(len(points)):
        line = place[j] - fine.position_m
        cosine = (
            -(line * fine.position_m).sum(1)
            / np.linalg.norm(line, axis=1)
            / np.linalg.norm(fine.position_m, axis=1)
        )
        inside = (cosine > np.cos(np.radians(25.0))) & ((line * place[j]).sum(1) < 0.0)
        edges = np.flatnonzero(np.diff(inside.astype(int)))
        own = np.sort(np.concatenate([found.begin_s[found.point == j], found.end_s[found.point == j]]))
        assert len(own) == len(edges), points.latitude_rad[j]
        if len(own):
            assert np.abs(own - edges - 0.5).max() < 1.0


# satellites, planes; per place: looks by day, longest gap (h); 45 degrees off nadir, Sun 10 degrees or higher
REVISIT = (
    (1, 1, {"Okinawa": (14, 96), "Seoul": (16, 96), "Tokyo": (15, 96), "Guam": (12, 96)}),
    (3, 1, {"Okinawa": (41, 24), "Seoul": (46, 24), "Tokyo": (46, 24), "Guam": (37, 24)}),
    (3, 3, {"Okinawa": (52, 37), "Seoul": (63, 27), "Tokyo": (61, 24)}),
    (5, 5, {"Okinawa": (70, 27), "Seoul": (84, 20), "Tokyo": (81, 20), "Guam": (62, 27)}),
)
PLACES = {
    "Okinawa": (26.2124, 127.6809),
    "Seoul": (37.5665, 126.978),
    "Tokyo": (35.6762, 139.6503),
    "Guam": (13.45, 144.78),
}


@pytest.mark.parametrize(
    ("satellites", "planes", "expected"), REVISIT, ids=["1", "3 in 1 plane", "3 planes", "5 planes"]
)
def test_revisit(satellites, planes, expected) -> None:
    """A table of an independent geometry run, gaps to the hour; planes are 180 degrees over their number apart."""
    points = GroundPoints.of(list(expected), *np.array([PLACES[name] for name in expected]).T)
    found = cover(
        planned_sets(ELEMENTS, satellites, planes=planes), points, START, 30.0, max_off_nadir_deg=45.0
    )
    for j, (looks, longest_h) in enumerate(expected.values()):
        assert abs(found.windows[j] - looks) <= 1
        assert found.longest_s[j] / 3600.0 == pytest.approx(longest_h, abs=0.6)
