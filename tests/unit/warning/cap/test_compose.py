"""CAP XML, read back with another parser than the one that wrote it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from lxml import etree
from shapely import box

from overflight.errors import InputError
from overflight.warning.alert import Alert
from overflight.warning.cap.compose import compose, polygon_text
from overflight.warning.drafts import ConcernedPlace, LaunchFacts, plan_drafts
from overflight.warning.names import PlaceName
from overflight.warning.templates import COUNTRY_WORDS

CAP = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
PLACE = ConcernedPlace(
    "47361",
    PlaceName("久米島町", "JP", en="Kumejima Town"),
    PlaceName("沖縄県", "JP", en="Okinawa"),
    box(126.7, 26.3, 126.8, 26.4),
    552.0,
    598.0,
)


def a_draft(number: int = 1) -> Alert:
    lift_off = datetime(2023, 8, 24, 3, 50, 30, tzinfo=timezone(timedelta(hours=9)))
    launch = LaunchFacts("test", lift_off, COUNTRY_WORDS["KP"])
    return plan_drafts(launch, [PLACE], zone_offset_h=9.0)[number].alert


def test_every_value_is_read_back() -> None:
    alert = a_draft()
    root = etree.fromstring(compose(alert))
    assert root.findtext("c:identifier", namespaces=CAP) == alert.identifier
    assert root.findtext("c:sent", namespaces=CAP) == "2023-08-24T03:52:00+09:00"
    assert root.findtext("c:status", namespaces=CAP) == "Draft"
    assert root.findtext("c:note", namespaces=CAP) == alert.note
    (reference,) = (root.findtext("c:references", namespaces=CAP) or "").split()
    assert (
        reference
        == f"drafts@overflight.example.invalid,{alert.references[0].identifier},2023-08-24T03:51:30+09:00"
    )
    for element, info in zip(root.iterfind("c:info", CAP), alert.infos, strict=True):
        assert element.findtext("c:language", namespaces=CAP) == info.language
        for name in ("headline", "description", "instruction", "event"):
            assert element.findtext(f"c:{name}", namespaces=CAP) == getattr(info, name)
        read = [
            (p.findtext("c:valueName", namespaces=CAP), p.findtext("c:value", namespaces=CAP))
            for p in element.iterfind("c:parameter", CAP)
        ]
        assert tuple(read) == info.parameters
        rings = [text.text for text in element.iterfind("c:area/c:polygon", CAP)]
        for text, ring in zip(rings, info.areas[0].polygons, strict=True):
            pairs = [tuple(map(float, pair.split(","))) for pair in (text or "").split()]
            assert [(x, y) for y, x in pairs] == list(ring)


def test_latitude_comes_first_and_nothing_is_in_exponents() -> None:
    ring = ((127.0, 26.5), (128.123456, -0.000001), (0.00001, 27.0), (127.0, 26.5))
    assert polygon_text(ring) == "26.5,127 0,128.12346 27,0.00001 26.5,127"


def test_incidents_with_spaces_are_quoted() -> None:
    root = etree.fromstring(compose(replace(a_draft(), incidents=("launch 1", "launch-2"))))
    assert root.findtext("c:incidents", namespaces=CAP) == '"launch 1" launch-2'


def test_markup_in_a_text_stays_text() -> None:
    note = "a & b <c> \"d\" 'e' ]]>"
    assert etree.fromstring(compose(replace(a_draft(), note=note))).findtext("c:note", namespaces=CAP) == note


@pytest.mark.parametrize("letter", ["\x00", "\x0b", "\x1b", "\ud800", "\uffff"])
def test_what_xml_cannot_carry_is_refused(letter: str) -> None:
    with pytest.raises(InputError, match="note: found U\\+"):
        compose(replace(a_draft(), note=f"x{letter}"))
