"""Search areas from impacts, areas and ellipses: what they hold, what strands, and the files of a search."""

import json
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely

from overflight.debris.surface_fields import SurfaceField, constant_field, series_field
from overflight.errors import InputError
from overflight.jobs.drift import drift_files, search_areas
from overflight.jobs.drift_start import from_ellipse, from_geojson, from_impacts

START = datetime(2025, 2, 11, 1, 22, tzinfo=UTC)
CALM = constant_field(0.0, 0.0)
HEAD = "flight,outcome,flight_weight,body,fragment_class,pieces,time_s,latitude_deg,longitude_deg\n"


def search(start, **fields):
    options = {
        "start_utc": START, "hours": [6.0, 24.0], "classes": ("ship-debris", "awash"), "wind": CALM,
        "current": CALM, "wind_sd_mps": 0.0, "current_sd_mps": 0.0, "seed": 1,
    }  # fmt: skip
    return search_areas(start, **options | fields)


def test_the_bottom_is_the_density_itself_and_what_floats_moves_on():
    start = from_ellipse("12,116,20,8,30", particles=4000, seed=1)
    found = search(start, current=constant_field(0.0, 0.5), classes=("awash",))
    sunk, six, day = found.rows
    assert (sunk.branch, six.branch) == ("sunk", "afloat")
    assert sunk.zone.centre_deg == pytest.approx((116.0, 12.0), abs=0.02)
    assert (sunk.zone.semi_major_m, sunk.zone.semi_minor_m) == pytest.approx((20e3, 8e3), rel=0.04)
    assert sunk.zone.azimuth_deg == pytest.approx(30.0, abs=2.0)
    assert day.zone.centre_deg[1] - sunk.zone.centre_deg[1] == pytest.approx(43.2 / 110.6, rel=0.02)
    assert day.zone.semi_major_m == pytest.approx(sunk.zone.semi_major_m, rel=0.02)


def test_areas_hold_what_they_say():
    start = from_ellipse("12,116,20,8,30", particles=4000, seed=1)
    found = search(start, wind=constant_field(8.0, 3.0), classes=("ship-debris",))
    row = found.rows[-1]
    lon, lat = found.drifted.longitude_deg[-1], found.drifted.latitude_deg[-1]
    for ring, share in ((row.zone.ring_deg, 0.9), (row.zone.half_ring_deg, 0.5)):
        inside = shapely.contains_xy(shapely.Polygon(ring), lon, lat).mean()
        assert inside == pytest.approx(share, abs=0.01)


def test_weights_count():
    rows = "".join(
        f"{i},ok,{0.9 if i < 50 else 0.1},stage-1,,1,600,{12 if i < 50 else 13},116\n" for i in range(100)
    )
    start = from_impacts((HEAD + rows).encode(), "x", body="stage-1", outcome=None, particles=2000, seed=1)
    assert np.mean(start.latitude_deg == 12.0) == pytest.approx(0.9, abs=1e-3)


def test_an_area_is_filled_evenly():
    ring = [[179.0, 10.0], [181.0, 10.0], [181.0, 12.0], [179.0, 12.0], [179.0, 10.0]]
    area = {
        "type": "Feature",
        "properties": {"name": "box"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    start = from_geojson(json.dumps(area).encode(), "x", name=None, particles=4000, seed=1)
    lon = np.mod(start.longitude_deg, 360.0)
    assert ((lon > 179.0) & (lon < 181.0)).all()
    assert np.mean(lon < 180.0) == pytest.approx(0.5, abs=0.03)
    assert np.mean(start.latitude_deg < 11.0) == pytest.approx(0.5, abs=0.03)


def test_a_coast_holds_what_drifts_onto_it():
    start = from_ellipse("33.35,125.9,6,6,0", particles=1000, seed=1)  # west of Jeju
    found = search(start, current=constant_field(0.6, 0.0), classes=("awash",))
    assert found.rows[-1].stranded > 0.5
    assert found.ashore == 0.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda: from_ellipse("12,116,20", particles=100, seed=1), "--ellipse"),
        (lambda: from_ellipse("12,116,-20,8,0", particles=100, seed=1), "--ellipse"),
        (lambda: from_impacts(b"a,b\n1,2\n", "x", body=None, outcome=None, particles=9, seed=1), "no table"),
        (
            lambda: from_impacts(
                f"{HEAD}1,ok,1,a,,1,1,1,1\n1,ok,1,b,,1,1,1,1\n".encode(), "x", body=None, outcome=None, particles=9,
                seed=1,
            ),
            "--body",
        ),
        (
            lambda: from_impacts(
                f"{HEAD}1,ok,1,a,,1,1,x,1\n".encode(), "x", body="a", outcome=None, particles=9, seed=1
            ),
            "no number",
        ),
        (lambda: from_geojson(b"{}", "x", name=None, particles=9, seed=1), "no polygon"),
        (lambda: search(from_ellipse("37.0,127.8,5,5,0", particles=100, seed=1)), "all of it on land"),
        (
            lambda: search(
                from_ellipse("12,116,5,5,0", particles=100, seed=1),
                wind=SurfaceField(np.zeros(1), np.array([0.0, 5.0]), np.array([0.0, 5.0]), np.zeros((1, 2, 2, 2))),
            ),
            "--wind",
        ),
    ],
)  # fmt: skip
def test_what_is_refused(change, words):
    with pytest.raises(InputError, match=words):
        change()


def test_files():
    start = from_ellipse("12,116,20,8,30", particles=600, seed=1)
    files = drift_files(search(start, wind=constant_field(5.0, 0.0)))
    areas = json.loads(files["drift.geojson"])
    assert {(f["properties"]["branch"], f["properties"]["containment"]) for f in areas["features"]} == {
        (branch, share) for branch in ("sunk", "afloat") for share in (0.5, 0.9)
    }
    head, first, *_ = files["drift.csv"].decode().splitlines()
    assert head.startswith("branch,object_class,time_utc,after_h,centre_latitude_deg")
    assert first.startswith("sunk,all,2025-02-11T01:22:00Z,0.00,11.99")
    assert b"No leeway class for parts of rockets exists" in files["drift.svg"]
    assert ET.fromstring(files["drift.svg"]).tag.endswith("svg")


def test_wind_of_another_time_is_refused_and_what_is_stretched_is_said():
    """A table of six hours: not for a day a month later, and beyond its ends only with a word."""
    start = from_ellipse("12,116,20,8,30", particles=200, seed=1)

    def wind(begin_h, end_h):
        return series_field(3600.0 * np.array([begin_h, end_h]), np.array([[5.0, 0.0], [5.0, 0.0]]), "table")

    assert search(start, wind=wind(-1.0, 24.0)).remarks == ()
    found = search(start, wind=wind(2.0, 12.0), current=wind(-3.0, 30.0))
    assert found.remarks == (
        "wind: taken as at its first time for the first 2 h",
        "wind: taken as at its last time for the last 12 h",
    )
    for begin_h in (-720.0, 30.0):
        with pytest.raises(InputError, match="while it drifts") as caught:
            search(start, wind=wind(begin_h, begin_h + 6.0))
        assert caught.value.where == "--wind"
