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


def test_mariners_are_told_every_planned_fall(made):
    text = made.files["notices/mariners.txt"].decode()
    assert text.startswith("DRAFT FROM AN ANALYSIS, NOT IN FORCE.")
    notice = read_notice(text)
    planned = [zone for zone in made.planned.zones if zone.body.kind not in ("intact", "breakup")]
    assert len(notice.zones) == len(planned) >= 2
    (window,) = notice.windows
    for zone, body in zip(notice.zones, planned, strict=True):
        ring = np.array(zone_outline(zone))
        assert inside_ring(ring, *body.zone.ring_deg.T).all()
        impacts = made.planned.impacts
        rows = impacts.of(made.planned.ensemble.body_index(body.body.key))
        lift_off = made.planned.scenario.launch.utc
        first = lift_off + timedelta(seconds=float(impacts.time_s[rows].min()))
        last = lift_off + timedelta(seconds=600.0 + float(impacts.time_s[rows].max()))
        assert window.begin_utc <= first - timedelta(minutes=30) + timedelta(seconds=20)
        assert window.end_utc >= last + timedelta(minutes=30) - timedelta(seconds=20)


def test_airmen_are_told_body_by_body(made):
    files = [name for name in made.files if name.startswith("notices/airmen-")]
    assert len(files) >= 2
    for name in files:
        notice = read_notice(made.files[name].decode())
        assert (notice.layout, notice.kind, len(notice.zones), notice.remarks) == ("notam", "launch", 1, ())


def test_the_report_carries_the_texts(made):
    assert {notice.file for notice in made.report.notices} == {
        n for n in made.files if n.startswith("notices/")
    }
    assert "NAVAREA [ ]" in made.files["index.html"].decode()
