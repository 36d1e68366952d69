"""The band about the planned track holds the share of tracks it says."""

from __future__ import annotations

import numpy as np
import shapely

from ensembles import by_hand, flown
from overflight.exposure.track_band import track_band
from overflight.flight.ensemble import Ensemble
from overflight.flight.tracks import fly_tracks
from overflight.flight.trajectory import Trajectory, fly_planned

CORRELATION = """[correlation]
paths = ["vehicle.stage.1.dry_mass_kg", "vehicle.stage.1.propellant_kg"]
matrix = [[1.0, 0.5], [0.5, 1.0]]
"""


def test_nine_of_ten_tracks() -> None:
    scenario, ensemble, air = flown(flights=200)
    path = fly_planned(scenario, air).vehicle
    ring = track_band(scenario, ensemble, path, air, level=0.9)
    assert np.array_equal(ring[0], ring[-1])
    band = shapely.Polygon(ring).buffer(1e-9)
    planned = np.flatnonzero(ensemble.samples.outcome == 0)
    assert len(planned) == 80
    tracks = fly_tracks(scenario, ensemble, air, range(80), row_s=10.0)
    inside = [
        shapely.contains_xy(band, np.degrees(tracks.longitude_rad[:, k]), np.degrees(tracks.latitude_rad[:, k])).mean()
        for k in range(5, 45, 4)
    ]  # fmt: skip
    assert np.mean(inside) == np.clip(np.mean(inside), 0.8, 0.97)


def test_tracks_without_spread_still_make_an_area() -> None:
    scenario, ensemble, air = flown(
        ("sigma = 40.0", "sigma = 0.0"), ("sigma = 100.0", "sigma = 0.0"), ("range = [2.0, 4.0]", "range = [3.0, 3.0]"),
        (CORRELATION, ""), flights=60,
    )  # fmt: skip
    ring = track_band(scenario, ensemble, fly_planned(scenario, air).vehicle, air)
    band = shapely.Polygon(ring)
    assert band.is_valid
    assert band.area > 0.0


def test_too_few_flights_draw_no_band() -> None:
    scenario, ensemble, air = flown(flights=30)
    path = fly_planned(scenario, air).vehicle
    assert track_band(scenario, ensemble, path, air).shape == (0, 2)


def test_a_path_longer_than_the_tracks(monkeypatch) -> None:
    """A coast of more than half an hour: the band ends where the tracks do."""
    from overflight.exposure import track_band as module

    scenario, _, air = flown(flights=60)
    count, n = 181, 30
    longitude = np.radians(np.linspace(100.0, 170.0, count))

    class Still:
        time_s = 10.0 * np.arange(count)
        longitude_rad = np.tile(longitude, (n, 1))
        latitude_rad = np.radians(np.linspace(-1.0, 1.0, n))[:, None] + np.zeros(count)

    monkeypatch.setattr(module, "fly_tracks", lambda *_, **__: Still)
    time_s = np.arange(0.0, 2500.0)
    blank = np.zeros((len(time_s), 3))
    path = Trajectory(
        "v", "v", time_s, blank, blank, 0.0 * time_s, np.interp(time_s, Still.time_s, longitude) + 1e-6 * time_s,
        time_s, time_s, time_s,
    )  # fmt: skip
    ensemble: Ensemble = by_hand((1.0,), (n,))
    ring = track_band(scenario, ensemble, path, air)
    assert len(ring) > 150
    assert ring[:, 0].max() < 171.0
