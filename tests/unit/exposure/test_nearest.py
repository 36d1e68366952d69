"""How near one track comes to a place, on which side the place lies, and when."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from ensembles import square
from overflight.exposure.nearest import compass, nearest_to_track
from overflight.flight.trajectory import Trajectory

GEOD = Geod(ellps="WGS84")


def straight(
    longitude_deg: float, latitude_deg: float, course_deg: float, speed_mps: float = 2000.0
) -> Trajectory:
    """Return a track over the ground from a point, one row every 10 s for 400 s."""
    time_s = np.arange(0.0, 401.0, 10.0)
    n = np.ones(len(time_s))
    lon, lat, _ = GEOD.fwd(longitude_deg * n, latitude_deg * n, course_deg * n, speed_mps * time_s)
    empty = np.zeros((len(time_s), 3))
    return Trajectory("t", "t", time_s, empty, empty, np.radians(lat), np.radians(lon), n, n, n)  # fmt: skip


@pytest.mark.parametrize(
    ("longitude", "latitude", "course", "side", "wind"),
    [(125.0, 35.0, 180.0, -90.0, "E"), (125.0, 35.0, 180.0, 90.0, "W"), (179.0, 10.0, 90.0, 90.0, "S"),
     (-178.0, -60.0, 270.0, 90.0, "N"), (10.0, 70.0, 45.0, 90.0, "SE")],
)  # fmt: skip
def test_distance_side_and_time(longitude, latitude, course, side, wind) -> None:
    track = straight(longitude, latitude, course)
    lon, lat, back = GEOD.fwd(longitude, latitude, course, 400e3)
    lon, lat, _ = GEOD.fwd(lon, lat, back + 180.0 + side, 120e3)
    found = nearest_to_track(square("s", lon, lat, 5.0), track)
    assert found.distance_m == pytest.approx(115e3, abs=2.2e3)  # a square seen askew has corners
    assert found.side == wind
    assert found.time_s == pytest.approx(200.0, abs=6.0)


def test_over_a_place_has_no_side() -> None:
    track = straight(125.0, 35.0, 180.0)
    lon, lat, _ = GEOD.fwd(125.0, 35.0, 180.0, 300e3)
    found = nearest_to_track(square("s", lon, lat, 20.0), track)
    assert found.distance_m == 0.0
    assert found.side is None
    assert found.time_s == pytest.approx(150.0, abs=11.0)


def test_before_the_start_and_past_the_end() -> None:
    track = straight(125.0, 35.0, 180.0)
    assert nearest_to_track(square("s", 125.0, 36.0, 1.0), track).time_s == 0.0
    assert nearest_to_track(square("s", 125.0, 20.0, 1.0), track).time_s == 400.0


@pytest.mark.parametrize(
    ("azimuth", "wind"), [(0.0, "N"), (22.4, "N"), (22.6, "NE"), (-90.0, "W"), (359.0, "N"), (180.0, "S"), (-136.0, "SW")]
)  # fmt: skip
def test_compass(azimuth, wind) -> None:
    assert compass(azimuth) == wind
