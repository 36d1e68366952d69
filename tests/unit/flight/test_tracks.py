"""Tracks of an ensemble: powered flight, then the fall of what is left; nothing after orbit or ground."""

from __future__ import annotations

import numpy as np
import pytest

from ensembles import flown
from overflight.flight.launch import refly
from overflight.flight.simulate import geodetic_rows, vacuum_impact
from overflight.flight.tracks import fly_tracks

SCENARIO, ENSEMBLE, AIR = flown(flights=40)
DIVE = (("pitch_end_deg = 64.6", "pitch_end_deg = -60.0"),)


@pytest.fixture(scope="module")
def tracks():
    return fly_tracks(SCENARIO, ENSEMBLE, AIR, range(len(ENSEMBLE)))


def test_rows_are_those_of_the_flight(tracks) -> None:
    _, again = refly(
        SCENARIO, AIR, ENSEMBLE.seed, ENSEMBLE.samples.key, ENSEMBLE.samples.outcome, rows=901, row_s=2.0
    )
    latitude, longitude, height = geodetic_rows(again.rows)
    powered = np.isfinite(latitude)
    assert np.array_equal(tracks.latitude_rad[powered], latitude[powered])
    assert np.array_equal(tracks.longitude_rad[powered], longitude[powered])
    assert np.array_equal(tracks.height_m[powered], height[powered])
    assert (tracks.time_s == 2.0 * np.arange(901)).all()


def test_where_they_end(tracks) -> None:
    for i in range(len(ENSEMBLE)):
        there = np.isfinite(tracks.latitude_rad[i])
        last = np.flatnonzero(there)[-1]
        assert there[: last + 1].all(), "no gap between powered flight and fall"
        if ENSEMBLE.samples.orbit[i]:
            assert tracks.time_s[last] <= ENSEMBLE.samples.end_s[i] < tracks.time_s[last] + 2.0
        else:
            assert tracks.height_m[i, last] < 2.0 * 7000.0, "down to the last row before the ground"
            assert tracks.time_s[last] >= ENSEMBLE.samples.end_s[i]
        assert np.nanmin(tracks.height_m[i]) > -1.0
        # no body moves faster over the ground than it flies
        step = (
            np.hypot(np.diff(tracks.latitude_rad[i]), np.diff(tracks.longitude_rad[i])) * 6.4e6 * np.cos(0.6)
        )
        assert np.nanmax(step) < 2.0 * 8000.0


def test_impact_lines_are_of_powered_flight(tracks) -> None:
    for i in (0, 20, 39):
        there = np.isfinite(tracks.impact_latitude_rad[i])
        assert tracks.time_s[there].max() <= ENSEMBLE.samples.end_s[i]
    _, again = refly(
        SCENARIO,
        AIR,
        ENSEMBLE.seed,
        ENSEMBLE.samples.key[:1],
        ENSEMBLE.samples.outcome[:1],
        rows=901,
        row_s=2.0,
    )
    expected = vacuum_impact(again.rows[0, :200, 0], again.rows[0, :200, 1:7])
    assert np.array_equal(tracks.impact_longitude_rad[0, :200], expected[:, 2], equal_nan=True)
    assert np.isfinite(expected[10:, 2]).all()


def test_a_part_is_the_part_of_the_whole(tracks) -> None:
    part = fly_tracks(SCENARIO, ENSEMBLE, AIR, range(17, 23))
    for name in ("latitude_rad", "longitude_rad", "height_m", "impact_latitude_rad", "speed_mps"):
        assert np.array_equal(getattr(part, name), getattr(tracks, name)[17:23], equal_nan=True)


def test_a_crash_ends_the_track() -> None:
    scenario, ensemble, air = flown(*DIVE, flights=20)
    tracks = fly_tracks(scenario, ensemble, air, range(len(ensemble)))
    last_s = np.array([tracks.time_s[np.isfinite(row)][-1] for row in tracks.latitude_rad])
    crashed = ensemble.samples.end_code == 3
    assert crashed.any()
    assert (last_s[crashed] <= ensemble.samples.end_s[crashed]).all()


def test_tracks_that_are_cut_short() -> None:
    tracks = fly_tracks(SCENARIO, ENSEMBLE, AIR, range(len(ENSEMBLE)), row_s=5.0, end_s=100.0)
    assert tracks.latitude_rad.shape == (len(ENSEMBLE), 21)
    assert np.isfinite(tracks.latitude_rad[0]).all()
