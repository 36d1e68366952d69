"""Draft notices of a plan: read again they hold the computed areas, over the whole spread of lift-off."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from ensembles import small
from overflight.exposure.drop_zones import inside_ring
from overflight.formats.notices.read import read_notice
from overflight.formats.notices.shape import zone_outline
from overflight.jobs.plan import plan


@pytest.fixture(scope="module")
def made():
    scenario = small(
        (
            "utc = 2030-03-01T01:00:00Z",
            "utc = 2030-03-01T01:00:00Z\noffset_s = { value = 300.0, range = [0.0, 600.0] }",
        )
    )
    return plan(
        scenario, flights=60, fragments=5, engine="serial", computed_utc=datetime(2030, 1, 1, tzinfo=UTC)
    )


def areas(made, whom):
    return [area for area in made.planned.safety.hazards if area.whom == whom]


def held(zone, area):
    return inside_ring(np.array(zone_outline(zone)), *area.ring_deg.T).all()


def test_mariners_are_told_every_area_for_ships(made):
    text = made.files["notices/mariners.txt"].decode()
    assert text.startswith("DRAFT FROM AN ANALYSIS, NOT IN FORCE.")
    notice = read_notice(text)
    expected = areas(made, "ships")
    assert len(notice.zones) == len(expected) >= 2
    (window,) = notice.windows
    lift_off = made.planned.scenario.launch.utc
    for zone, area in zip(notice.zones, expected, strict=True):
        assert held(zone, area)
        last = lift_off + timedelta(seconds=600.0 + area.to_s)
        assert window.begin_utc <= lift_off - timedelta(minutes=29)
        assert window.end_utc >= last + timedelta(minutes=29)


def test_airmen_are_told_area_by_area(made):
    expected = areas(made, "aircraft")
    texts = [notice for notice in made.report.notices if notice.kind == "airmen"]
    assert len({text.file for text in texts}) == len(expected) >= 2
    for text, area in zip(texts, expected, strict=True):
        notice = read_notice(text.text)
        assert (notice.layout, notice.kind, notice.remarks) == ("notam", "launch", ())
        assert held(notice.zones[0], area)


def test_the_report_carries_the_texts(made):
    assert {notice.file for notice in made.report.notices} == {
        n for n in made.files if n.startswith("notices/")
    }
    assert "NAVAREA [ ]" in made.files["index.html"].decode()
