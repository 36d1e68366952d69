"""Revisit where a satellite stays in view, and the cells of the map of gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.formats.tle import read_tle
from overflight.jobs.orbit_coverage_map import cell_grid, gap_map
from overflight.orbit.coverage import cover
from overflight.orbit.passes import GroundPoints

GEOSYNCHRONOUS = """\
1 14128U 83058A   06176.02844893 -.00000158  00000-0  10000-3 0  9627
2 14128  11.4384  35.2134 0011562  26.4582 333.5652  0.98870114 46093
"""
START = datetime(2006, 6, 26, tzinfo=UTC)


def cover_still(points: GroundPoints, min_sun_deg: float):
    elements = read_tle(GEOSYNCHRONOUS, "typed")
    return cover(elements, points, START, 4.0, max_off_nadir_deg=30.0, min_sun_deg=min_sun_deg)


def test_a_satellite_that_stands_still_looks_as_long_as_it_is_light():
    equator = GroundPoints.of(["x"], 0.0, 100.0)
    found = cover_still(equator, 0.0)
    assert found.windows[0] in (4, 5)
    assert found.median_s[0] == pytest.approx(12 * 3600.0, abs=600.0), "the night at the equator"
    assert found.seen_s[0] == pytest.approx(2 * 86400.0, abs=1200.0)
    high_sun = cover_still(equator, 30.0)
    assert high_sun.longest_s[0] > found.longest_s[0] + 3 * 3600.0
    assert found.daylight_share[0] == 1.0


def test_where_it_is_never_light_there_is_no_look():
    winter = cover_still(GroundPoints.of(["x"], -68.0, 100.0), 5.0)
    assert winter.windows[0] == 0
    assert winter.any_light[0] >= 1


@pytest.mark.parametrize("places", [([26.2], [127.7]), ([89.0], [0.0]), ([-40.0, 50.0], [179.0, -170.0])])
def test_cells_lie_side_by_side(places):
    grid = cell_grid(GroundPoints.of([str(i) for i in range(len(places[0]))], *places))
    assert 20 < len(grid.points) < 400
    south, north = (np.array([f(y for _, y in ring) for ring in grid.rings]) for f in (min, max))
    width = np.array([max(x for x, _ in ring) - min(x for x, _ in ring) for ring in grid.rings])
    area = np.radians(width) * (np.sin(np.radians(north)) - np.sin(np.radians(south)))
    assert area.max() / np.median(area) < 1.5
    latitude = np.degrees(grid.points.latitude_rad)
    assert ((south < latitude) & (latitude < north)).all()
    assert len(set(grid.points.key)) == len(grid.points)


def test_two_at_the_same_place_see_no_longer_than_one():
    points = GroundPoints.of(["x"], 10.0, 100.0)
    elements = read_tle(GEOSYNCHRONOUS, "typed")
    one, two = (cover(elements * n, points, START, 2.0, min_sun_deg=10.0) for n in (1, 2))
    assert two.windows[0] == 2 * one.windows[0]
    assert two.seen_s[0] == pytest.approx(one.seen_s[0])


def test_the_map_says_where_there_is_no_gap_to_measure():
    places = GroundPoints.of(["x"], 10.0, 100.0)
    whole = cell_grid(places)
    some = GroundPoints.of(whole.points.key[:2], [-5.0, 5.0], 100.0)
    grid = replace(whole, points=some, rings=whole.rings[:2])
    drawn = gap_map("1 satellite", cover_still(some, -90.0), grid, places)
    assert [(cell.label, cell.shade) for cell in drawn.cells] == [("always", 0.0)] * 2
    dark = gap_map("1 satellite", cover_still(some, 89.9), grid, places)
    assert "2 of 2 cells (–) have fewer than two looks" in dark.caption
    assert [cell.shade for cell in dark.cells] == [1.0, 1.0]
