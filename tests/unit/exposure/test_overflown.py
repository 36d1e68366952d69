"""Who is passed, hit and when: against brute force with PROJ and shapely, flight by flight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from pyproj import Geod, Proj

from ensembles import by_hand, flown, places, square
from overflight.debris.catalogue import generic_catalogue
from overflight.debris.impacts import Impacts, fall_ensemble
from overflight.earth.frames import ecef_to_geodetic, geodetic_to_ecef
from overflight.exposure.landed import hits, landed
from overflight.exposure.overflown import _filled_in, expose
from overflight.exposure.place import Place
from overflight.flight.tracks import ROW_S, Tracks, fly_tracks

GEOD = Geod(ellps="WGS84")
WIDTH_M = 50e3
# the same launch from Japan, and from where its track crosses the 180th meridian
SITES = {"Japan": (), "180th meridian": (("longitude_deg = 131.08", "longitude_deg = 171.0"),)}


def empty_impacts() -> Impacts:
    none, whole = np.empty(0), np.empty(0, np.int64)
    return Impacts(whole, whole, whole, none, none, none, none, none, none, none, 0)


def beside(tracks: Tracks, offsets_km: list[float], half_km: float) -> list[Place]:
    """Return squares at many places along the first track, so far to its side."""
    rows = []
    latitude, longitude = np.degrees(tracks.latitude_rad[0]), np.degrees(tracks.longitude_rad[0])
    for n, offset_km in enumerate(offsets_km):
        k = 40 + 13 * n
        course, _, _ = GEOD.inv(longitude[k], latitude[k], longitude[k + 1], latitude[k + 1])
        lon, lat, _ = GEOD.fwd(longitude[k], latitude[k], course + 90.0, offset_km * 1e3)
        rows.append(square(f"S{n}", lon, lat, half_km))
    return rows


def distances(place: Place, latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """Return the distance (m) of each piece between two rows of a track from a place, in the plane of the place."""
    middle = place.geometry.representative_point()
    plane = Proj(proj="aeqd", lon_0=middle.x, lat_0=middle.y, ellps="WGS84")
    land = shapely.transform(place.geometry, lambda c: np.stack(plane(c[:, 0], c[:, 1]), axis=1))
    there = np.isfinite(latitude)
    xy = np.stack(plane(np.degrees(longitude[there]), np.degrees(latitude[there])), axis=1)
    return shapely.distance(shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1)), land)


@pytest.fixture(scope="module", params=SITES)
def passed(request):
    scenario, ensemble, air = flown(*SITES[request.param])
    tracks = fly_tracks(scenario, ensemble, air, range(len(ensemble)))
    rows = beside(tracks, [0.0, 20.0, -45.0, 55.0, -58.0, 62.0, 70.0, -100.0, 49.0, 53.0], 10.0)
    found = expose(scenario, ensemble, empty_impacts(), places(*rows), air, width_m=WIDTH_M)
    apart = [np.array([distances(r, la, lo).min() for la, lo in zip(tracks.latitude_rad, tracks.longitude_rad, strict=True)])
             for r in rows]  # fmt: skip
    return ensemble, tracks, rows, found, np.array(apart)


def test_who_is_passed(passed) -> None:
    ensemble, _, rows, found, apart = passed
    assert 0.1 < (apart < WIDTH_M).mean() < 0.9, "a fair trial"
    for j in range(len(rows)):
        kept = np.flatnonzero(found.place == j)
        mean = found.over.mean[kept[0]] if len(kept) else 0.0
        # points stand up to 5 km apart along a border: 60 m too far at most
        sure = ensemble.weights @ (apart[j] < WIDTH_M - 100.0)
        perhaps = ensemble.weights @ (apart[j] < WIDTH_M)
        assert sure - 1e-12 <= mean <= perhaps + 1e-12


def test_when(passed) -> None:
    ensemble, tracks, rows, found, _ = passed
    for kept, j in enumerate(found.place):
        if found.over.mean[kept] == 0.0:
            continue
        first, last, weights = [], [], []
        for i in range(len(ensemble)):
            near = np.flatnonzero(
                distances(rows[j], tracks.latitude_rad[i], tracks.longitude_rad[i]) < WIDTH_M
            )
            if len(near):
                first.append(near[0] * ROW_S)
                last.append((near[-1] + 1) * ROW_S)
                weights.append(ensemble.weights[i])
        order = np.argsort(first)
        share = np.cumsum(np.array(weights)[order]) / sum(weights)
        early = np.array(first)[order][np.searchsorted(share, 0.05)]
        assert found.first_s[kept] == pytest.approx(early, abs=2.0 * ROW_S)
        order = np.argsort(last)
        share = np.cumsum(np.array(weights)[order]) / sum(weights)
        late = np.array(last)[order][np.searchsorted(share, 0.95)]
        assert found.last_s[kept] == pytest.approx(late, abs=2.0 * ROW_S)


def test_the_impact_line_as_far_as_it_runs() -> None:
    """Places thousands of kilometres down range, where the line is crossed in a fraction of a second."""
    scenario, ensemble, air = flown()
    fine = fly_tracks(scenario, ensemble, air, range(len(ensemble)), row_s=0.05, end_s=600.0)
    end = np.flatnonzero(np.isfinite(fine.impact_latitude_rad[0]))[-1]
    rows, on_line = [], []
    for n, back_s in enumerate((200.0, 100.0, 40.0, 20.0, 12.0, 8.0, 6.0, 5.0, 4.0)):
        k = end - round(back_s / 0.05)
        latitude, longitude = (
            np.degrees(fine.impact_latitude_rad[0, k]),
            np.degrees(fine.impact_longitude_rad[0, k]),
        )
        rows.append(square(f"D{n}", longitude, latitude, 15.0))
        on_line.append(np.linalg.norm(_ground(latitude, longitude) - _ground(31.25, 131.08)))
    assert on_line[-1] > 3000e3
    found = expose(scenario, ensemble, empty_impacts(), places(*rows), air, width_m=WIDTH_M)
    assert list(found.place) == list(range(len(rows)))
    for j, row in enumerate(rows):
        passing = []
        for i in range(len(ensemble)):
            there = np.isfinite(fine.impact_latitude_rad[i])
            lat, lon = fine.impact_latitude_rad[i, there], fine.impact_longitude_rad[i, there]
            middle = row.geometry.representative_point()
            chord = np.linalg.norm(geodetic_to_ecef(lat, lon, 0.0) - _ground(middle.y, middle.x), axis=1)
            near = chord < 400e3
            passing.append(near.any() and distances(row, lat[near], lon[near]).min(initial=np.inf) < WIDTH_M)
        assert found.impact_line.mean[j] == pytest.approx(ensemble.weights @ np.array(passing), abs=0.03), (
            row.key
        )


def _ground(latitude_deg: float, longitude_deg: float) -> np.ndarray:
    return geodetic_to_ecef(np.radians(latitude_deg), np.radians(longitude_deg), 0.0)


def test_lines_are_filled_in_along_the_ground() -> None:
    latitude = np.radians([[31.0, 30.0, np.nan, -5.0, -40.0], [0.0, 0.0, 0.0, 0.0, np.nan]])
    longitude = np.radians([[131.0, 140.0, np.nan, 175.0, -120.0], [10.0, 10.0, 10.001, 120.0, np.nan]])
    lines = geodetic_to_ecef(latitude, longitude, 0.0)
    out = _filled_in(lines)
    step = np.linalg.norm(np.diff(out, axis=1), axis=2)
    assert np.nanmax(step) <= 50e3
    height = ecef_to_geodetic(out[np.isfinite(out[:, :, 0])])[2]
    assert np.abs(height).max() < 13e3, "of the flattening: an arc about the centre is no geodesic"
    for i in range(2):
        for point in lines[i][np.isfinite(lines[i, :, 0])]:
            assert np.nanmin(np.linalg.norm(out[i] - point, axis=1)) == 0.0
    gap = np.isnan(out[0, :, 0])
    assert gap[: np.flatnonzero(gap)[0] + 1].sum() == 1, "the gap stays a gap"
    assert np.array_equal(_filled_in(lines[:, 1:3])[0], lines[0, 1:3], equal_nan=True)


def test_pieces_on_land() -> None:
    scenario, ensemble, air = flown()
    impacts = fall_ensemble(scenario, ensemble, generic_catalogue(), air, fragments=40)
    lon, lat = np.degrees(impacts.longitude_rad), np.degrees(impacts.latitude_rad)
    rows = [
        square("A", 132.5, 31.0, 80.0),
        square("B", *np.median([lon, lat], axis=1), 150.0),
        square("C", 0.0, 0.0, 1.0),
    ]
    found = expose(scenario, ensemble, impacts, places(*rows), air)
    anywhere = np.zeros(len(ensemble))
    for j, row in enumerate(rows):
        chance = np.zeros(len(ensemble))
        inside = shapely.contains_xy(row.geometry, lon, lat)
        for i in range(len(ensemble)):
            mine = inside & (impacts.sample == i)
            whole = mine & (impacts.fragment_class < 0)
            chance[i] = 1.0 if whole.any() else 1.0 - np.exp(-impacts.pieces[mine].sum())
        anywhere = 1.0 - (1.0 - anywhere) * (1.0 - chance)
        kept = np.flatnonzero(found.place == j)
        assert (found.debris.mean[kept[0]] if len(kept) else 0.0) == pytest.approx(ensemble.weights @ chance)
    assert found.any_debris.mean[0] == pytest.approx(ensemble.weights @ anywhere)
    planned = ensemble.samples.outcome == 0
    assert found.any_debris_as_planned == pytest.approx(np.mean(anywhere[planned] > 0.0))
    assert 2 not in found.place


def test_a_place_cut_in_two_has_the_same_pieces() -> None:
    ensemble = by_hand((1.0,), (3,))
    impacts = Impacts(
        sample=np.array([0, 0, 1, 2]), body=np.zeros(4, np.int64), fragment_class=np.array([2, 3, 2, -1]),
        pieces=np.array([0.25, 3.0, 0.5, 1.0]), time_s=np.ones(4), latitude_rad=np.radians([0.1, 0.1, 0.1, 0.1]),
        longitude_rad=np.radians([-0.2, 0.3, 0.1, -0.1]), speed_mps=np.ones(4), mass_kg=np.ones(4),
        ballistic_kgpm2=np.ones(4), aloft=0,
    )  # fmt: skip
    box = [
        shapely.MultiPolygon([shapely.box(w, -1.0, e, 1.0)])
        for w, e in ((-1.0, 1.0), (-1.0, 0.0), (0.0, 1.0))
    ]
    rows = [Place(str(i), str(i), None, None, None, None, None, geometry) for i, geometry in enumerate(box)]
    table = places(*rows)
    struck, got = hits(ensemble, impacts, landed(impacts, table))
    assert struck.tolist() == [0, 1, 2]
    assert got[:, 0] == pytest.approx([3.25, 0.5, np.inf])
    assert np.array_equal(got[:, 0], got[:, 1] + got[:, 2])


def test_impacts_are_looked_up_in_blocks_of_any_size(monkeypatch) -> None:
    chance = np.random.default_rng(1)
    count = 500
    latitude, longitude = np.radians(chance.uniform(-3.0, 3.0, (2, count)))
    impacts = replace(
        empty_impacts(), sample=np.arange(count), latitude_rad=latitude, longitude_rad=longitude,
        body=np.zeros(count, np.int64), fragment_class=np.zeros(count, np.int64), pieces=np.ones(count),
        time_s=np.ones(count), speed_mps=np.ones(count), mass_kg=np.ones(count), ballistic_kgpm2=np.ones(count),
    )  # fmt: skip
    table = places(*(square(f"s{i}", -3.0 + i, 0.0, 150.0) for i in range(6)))
    whole = landed(impacts, table)
    assert len(whole.row) > 100
    monkeypatch.setattr("overflight.exposure.landed._BLOCK", 7)
    pieces = landed(impacts, table)
    assert np.array_equal(whole.row, pieces.row)
    assert np.array_equal(whole.place, pieces.place)


def test_nothing_near_is_nothing() -> None:
    scenario, ensemble, air = flown()
    found = expose(scenario, ensemble, empty_impacts(), places(square("far", -50.0, 60.0, 5.0)), air)
    assert len(found.place) == 0
    assert found.any_debris.mean[0] == 0.0
    found = expose(scenario, ensemble, empty_impacts(), places(), air)
    assert len(found.place) == 0
