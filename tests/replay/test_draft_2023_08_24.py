"""The zones announced for 24 August 2023, drafted as a duty officer would: the path comes out where it went.

Centres and tolerances of the zones are those of the example, derived there from distances in the press (the
rings themselves are not published there); lift-off is any time of the first announced day.
"""

import numpy as np
import pytest

from overflight.flight.passage import parallel_crossing
from overflight.flight.simulate import fly, geodetic_rows, scenario_air
from overflight.formats.notices.read import read_notice
from overflight.jobs.draft import draft
from overflight.scenario.draws import draw
from overflight.scenario.load import parse_scenario

NOTICE = """NAVAREA XI 1/23.
YELLOW SEA, EAST CHINA SEA AND PHILIPPINE SEA.
1. HAZARDOUS OPERATIONS, ROCKET LAUNCHING 231500Z TO 301500Z AUG 23 IN AREAS:
   A. WITHIN 22 MILES OF 36-06N 123-30E.
   B. WITHIN 32 MILES OF 33-42N 123-12E.
   C. WITHIN 65 MILES OF 13-30N 128-42E.
"""


@pytest.fixture(scope="module")
def drafted():
    return draft(read_notice(NOTICE), NOTICE, site_latlon_deg=(39.66, 124.705), like="small-3-stage")


def test_zones_go_to_the_bodies_they_were_announced_for(drafted):
    assert [(p.zone.name, p.body) for p in drafted.placed] == [
        ("A", "stage-1"),
        ("B", "fairing"),
        ("C", "stage-2"),
    ]
    assert all(p.inside >= 0.4 for p in drafted.placed)
    assert any("first day" in remark for remark in drafted.remarks)


def test_the_drafted_path_passes_between_okinawa_and_miyako(drafted):
    scenario = parse_scenario(drafted.text.encode(), "draft")
    draws = draw(scenario, 1, np.arange(200))
    flown = fly(scenario, draws, scenario_air(scenario), rows=500, row_s=2.0)
    latitude, longitude, _ = geodetic_rows(flown.rows)
    crossing = parallel_crossing(np.arange(500) * 2.0, latitude, longitude, 25.5)
    east = np.degrees(crossing.longitude_rad)
    assert np.mean((east > 125.4) & (east < 127.6)) > 0.8  # as published, see the example
    # published: lift-off about 03:50, crossing about 04:00
    assert 480.0 < np.nanmedian(crossing.time_s) < 720.0
