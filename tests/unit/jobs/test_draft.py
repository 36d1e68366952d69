"""Drafts from notices: announced zones in, a scenario that plans to them out; what must not be drafted is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.errors import InputError
from overflight.formats.notices.read import read_notice
from overflight.formats.notices.values import NoticeError
from overflight.inference.observe import zone_frame
from overflight.jobs.draft import draft
from overflight.jobs.draft_failures import failure_source
from overflight.jobs.draft_text import headings
from overflight.jobs.draft_zones import assignments, seen_zones
from overflight.scenario.load import parse_scenario
from overflight.scenario.template import VEHICLE_CLASSES, vehicle_class
from overflight.scenario.zones import AnnouncedZone

WENCHANG = (19.614, 110.951)
# Positions published by the Philippine Office of Civil Defense for the Long March 8A launch of 11 February 2025.
CZ8A = """AEROSPACE FLIGHT ACTIVITY 11 FEB 2025 0122 TO 0216 UTC. ROCKET DEBRIS EXPECTED WITHIN:
DROP ZONE 1: N11 54 E116 48 - N12 38 E116 14 - N12 58 E116 40 - N12 14 E117 14
DROP ZONE 2: N10 19 E117 52 - N11 10 E117 14 - N11 13 E117 49 - N10 45 E118 28
DROP ZONE 3: N06 44 E120 37 - N07 36 E119 59 - N07 55 E120 26 - N07 04 E121 03
"""


def notice(area: str, what: str = "ROCKET LAUNCH", when: str = "010100Z TO 010200Z MAR 24"):
    return f"NAVAREA XI 12/24. {what} {when} IN AREA BOUND BY {area}."


def drafted(text: str, site=WENCHANG, like="medium-3-stage", **options):
    return draft(read_notice(text), text, site_latlon_deg=site, like=like, **options)


@pytest.fixture(scope="module")
def cz8a():
    return drafted(CZ8A)


def test_the_long_march_8a_notice_is_met(cz8a):
    assert [(p.body, p.zone.name) for p in cz8a.placed] == [
        ("stage-1", "DROP ZONE 1"), ("fairing", "DROP ZONE 2"), ("stage-2", "DROP ZONE 3"),
    ]  # fmt: skip
    assert all(p.inside >= 0.4 for p in cz8a.placed)
    scenario = parse_scenario(cz8a.text.encode(), "draft")
    assert [zone.body for zone in scenario.announced_zone] == ["stage-1", "fairing", "stage-2"]
    assert scenario.launch.utc == datetime(2025, 2, 11, 1, 22, tzinfo=UTC)
    assert scenario.launch.offset_s.range == (0.0, 54 * 60.0)
    assert "estimate" in scenario.about
    assert any("Azimuth, payload and orbit: nuisance" in text for text in scenario.unknown)


def test_a_plan_of_the_draft_overlaps_the_announced_zones(cz8a):
    from overflight.jobs.plan import compute_plan
    from overflight.jobs.plan_rows import drop_zone_rows
    from overflight.jobs.planned import RunSettings

    scenario = parse_scenario(cz8a.text.encode(), "draft")
    planned = compute_plan(scenario, RunSettings(flights=120, fragments=10, engine="serial"))
    rows = {row.body: row for row in drop_zone_rows(planned) if row.announced_key}
    assert len(rows) == 3
    # two in five of the drafted flights; of 120, two errors below it
    assert all(row.overlaps_announced and row.inside_announced > 0.3 for row in rows.values()), rows


REFUSED = {
    "inland": (notice("39-50N 098-50E, 39-50N 099-50E, 39-00N 099-50E, 39-00N 098-50E"), "100 % of it on land"),
    "half on land": (notice("35-00N 139-00E, 35-00N 140-30E, 36-30N 140-30E, 36-30N 139-00E"), "on land"),
    "a spot": (
        "NAVAREA XI 12/24. ROCKET LAUNCH 010100Z TO 010200Z MAR 24 WITHIN 2 MILES OF 30-00N 140-30E.", "43 km2",
    ),
    "missiles": (notice("30-00N 140-00E, 30-00N 141-00E, 29-00N 141-00E", "MISSILE FIRING"), "a missile exercise"),
    "re-entry": (notice("30-00N 140-00E, 30-00N 141-00E, 29-00N 141-00E", "SPACE DEBRIS REENTRY"), "a re-entry"),
    "cancellation": ("A0440/25 NOTAMC A0439/25", "a cancellation"),
    "no window": (notice("30-00N 140-00E, 30-00N 141-00E, 29-00N 141-00E", when=""), "a notice that says when"),
    "at the pad only": (notice("19-00N 111-00E, 19-40N 111-10E, 19-20N 112-00E"), "away from the pad"),
    "not to be reached": (notice("10-00N 155-00E, 10-00N 156-00E, 09-00N 156-00E, 09-00N 155-00E"), "no flight of"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_drafted(name):
    text, words = REFUSED[name]
    with pytest.raises(NoticeError, match=words):
        drafted(text)


def test_bodies_may_be_told_and_must_exist():
    zones = seen_zones(read_notice(CZ8A), WENCHANG, "x")
    told = {"DROP ZONE 2": "stage-2", "DROP ZONE 3": None}
    ways = assignments(zones, 3, told)
    first = {body: zone.name for body, zone in ways[0].items()}
    assert first == {"stage-1": "DROP ZONE 1", "stage-2": "DROP ZONE 2"}
    assert all("DROP ZONE 3" not in [zone.name for zone in way.values()] for way in ways)
    for bodies, words in (
        ({"9": "stage-1"}, '"9"'),
        ({"1": "stage-3"}, "stage-3"),
        ({"1": "payload"}, "payload"),
    ):
        with pytest.raises(NoticeError, match=words):
            drafted(CZ8A, bodies=bodies)


def test_zones_of_no_body():
    text = (
        "NAVAREA XI 12/24. ROCKET LAUNCH 010100Z TO 010200Z MAR 24 IN AREAS BOUND BY\n"
        "A. 19-00N 111-00E, 19-40N 111-10E, 19-20N 112-00E.\n"
        "B. 12-00N 117-00E, 12-30N 116-30E, 13-00N 117-00E.\n"
        "C. 40-00S 150-00W, 40-00S 140-00W, 42-00S 140-00W.\n"
    )
    near, drop, far = seen_zones(read_notice(text), WENCHANG, "x")
    assert near.idle == "closed at the pad"
    assert "last stage" in far.idle
    assert {zone.name for way in assignments((near, drop, far), 3, {}) for zone in way.values()} == {"B"}


def test_an_area_round_the_pad_may_lie_on_land_and_is_for_no_body():
    """As Indian and Japanese notices have it: a circle round the launcher, half of it ashore."""
    text = (
        "A0045/24 NOTAMN\nA) VOMF B) 2401010330 C) 2401010930 E) ROCKET LAUNCH. DANGER ZONE-1: CIRCLE OF 10NM AROUND "
        "(1344N 08014E). DANGER ZONE-2: AREA BOUNDED BY 1155N 08200E, 1140N 08235E, 1055N 08205E, 1110N 08130E."
    )
    pad = (13.733, 80.235)
    round_it, drop = seen_zones(read_notice(text), pad, "x")
    assert round_it.round_pad and round_it.idle == "closed at the pad"
    assert not drop.round_pad
    assert set(assignments((round_it, drop), 3, {})[0]) == {"stage-1"}
    with pytest.raises(NoticeError, match="area round the pad itself"):
        drafted(text, pad, bodies={"DANGER ZONE-1": "stage-1"})
    with pytest.raises(NoticeError, match="on land"):  # from another pad it is a zone on land like any other
        seen_zones(read_notice(text), (15.5, 80.5), "x")


def test_zones_side_by_side_tell_no_direction():
    """A fairing that falls beside the stage, off to the right of it: the path does not turn there."""
    text = (
        "NAVAREA XI 12/24. ROCKET LAUNCH 010100Z TO 010200Z MAR 24 IN AREAS\nA. WITHIN 30 MILES OF 12-00N 117-00E.\n"
        "B. WITHIN 30 MILES OF 11-50N {east}E.\n"
    )
    for east, turned in (("116-30", False), ("111-00", True)):
        near, far = seen_zones(read_notice(text.format(east=east)), WENCHANG, "x")
        first, then = headings({"stage-1": near, "fairing": far}, WENCHANG)
        assert first == pytest.approx(near.azimuth_deg)
        assert (abs(then - first) > 60.0) == turned


def test_who_tells_every_body_tells_their_order_too():
    zones = seen_zones(read_notice(CZ8A), WENCHANG, "x")
    told = {"DROP ZONE 1": "fairing", "DROP ZONE 2": "stage-1", "DROP ZONE 3": "stage-2"}
    assert [{body: zone.name for body, zone in way.items()} for way in assignments(zones, 3, told)] == [
        {body: name for name, body in told.items()}
    ]


@pytest.mark.parametrize("name", VEHICLE_CLASSES)
def test_classes_are_cited_and_spread(name):
    text = vehicle_class(name, first_deg=140.0, then_deg=141.0)
    assert "@" not in text
    assert "order of magnitude" in text.lower() or "its order of magnitude" in text
    assert text.count("range") > 20


def test_the_frame_of_a_ring_follows_its_long_side():
    ring = ((11.9, 116.8), (12.6333, 116.2333), (12.9667, 116.6667), (12.2333, 117.2333), (11.9, 116.8))
    frame = zone_frame(AnnouncedZone(key="z", label="z", ring_latlon_deg=ring))
    assert frame.azimuth_deg % 180.0 == pytest.approx(143.0, abs=2.0)
    across, along = np.array(frame.half_widths_m) / 1e3
    assert (across, along) == pytest.approx((30.5, 51.0), abs=2.5)
    assert (frame.latitude_deg, frame.longitude_deg) == pytest.approx((12.43, 116.73), abs=0.02)


def test_chances_of_failing_come_from_the_record_where_it_has_any():
    from overflight.jobs.plan_record import with_record

    sohae, before = (39.66, 124.705), datetime(2023, 8, 23, 15, tzinfo=UTC)
    known = failure_source(sohae, before, "small-3-stage", None)
    assert (known.country, known.record) == ("KP", "small-3-stage")
    text = known.vehicle("small-3-stage", first_deg=190.0, then_deg=170.0)
    assert "probability" not in text and 'record = "small-3-stage"' in text
    named = failure_source(sohae, before, "small-3-stage", "chollima-1")
    assert named.record == "chollima-1"
    assert all("A417.25(b)(5)(iii)" in source.remark for source in (known, named))
    none = failure_source(WENCHANG, before, "medium-3-stage", None)
    assert (none.country, none.record) == ("CN", None)
    assert "no launch of CN" in none.remark
    assert "probability" in none.vehicle("medium-3-stage", first_deg=140.0, then_deg=140.0)
    earliest = failure_source(sohae, datetime(1998, 1, 1, tzinfo=UTC), "small-3-stage", None)
    assert earliest.record is None, "only launches before this one count"
    assert failure_source((0.0, -160.0), before, "small-3-stage", None).country is None
    with pytest.raises(InputError, match="chollima-1"):
        failure_source(sohae, before, "small-3-stage", "chollima-9")
    scenario = parse_scenario(DRAFTED.replace("@vehicle@", text).encode(), "d")
    filled, words = with_record(scenario)
    assert sum(mode.probability.value for mode in filled.failure) == pytest.approx(
        0.86,
        abs=0.001,  # P(X <= 4 of 6) = 1 - 6 p^5 (1 - p) - p^6 = 0.2
    )
    assert "4 failures in 6 launches of similar vehicles; the record has this one not before" in words


DRAFTED = """schema_version = 1
title = "Draft"

[launch]
utc = 2023-08-23T15:00:00Z

[site]
name = "Pad"
latitude_deg = 39.66
longitude_deg = 124.705
country = "KP"

@vehicle@
[[source]]
key = "class"
text = "class"
"""
