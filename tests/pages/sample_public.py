"""Notices of the event of August 2023 with real places, texts and rings, for the tests of the public page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import cache

from lives import Desk, at, basis, content
from overflight.exposure.places import load_places
from overflight.report.public_notice import Named, PublicNotice, public_notice
from overflight.warning.alert import AlertArea, Status
from overflight.warning.areas import alert_polygons
from overflight.warning.life_records import Content, Outcome
from overflight.warning.names import Language, PlaceName, Words, place_list
from overflight.warning.templates import MessageKind, VehicleWord
from overflight.warning.texts import MessageFacts, render

JST = timezone(timedelta(hours=9))
PATH = ((124.7, 39.66), (124.6, 37.0), (124.55, 33.0), (125.4, 29.5), (126.6, 25.7), (127.9, 21.0))
CODES = ("47361", "47353", "47354", "47355", "47356", "47201", "47208", "47210", "47212", "47214", "47375")


@cache
def places() -> dict[str, tuple[Named, object]]:
    found = load_places(["JP"], bbox=(122.0, 23.5, 132.0, 27.5))
    table: dict[str, tuple[Named, object]] = {}
    for code in CODES:
        place = found.find(f"JP-{code}")
        assert place is not None
        region = PlaceName(place.region or "", "JP", place.region_en)
        table[code] = ((PlaceName(place.name, "JP", place.name_en), region), place.geometry)
    return table


def named(code: str) -> Named:
    return places()[code][0]


@cache
def rings(codes: tuple[str, ...]) -> tuple[tuple[tuple[float, float], ...], ...]:
    return alert_polygons([places()[code][1] for code in codes])  # type: ignore[misc]


def real(kind: MessageKind, shelter: tuple[str, ...], release: tuple[str, ...], status: Status) -> Content:
    """Return a content with the true texts of a message."""
    made = content(kind, shelter, release, release_kind=kind if release else None, status=status)
    codes = shelter or release
    facts = MessageFacts(
        "JP",
        tuple(named(code) for code in codes),
        Words("北朝鮮", "North Korea", "북한"),
        VehicleWord.ROCKET,
        launch_time=at(0).astimezone(JST),
        first_passage=at(560).astimezone(JST),
        last_passage=at(620).astimezone(JST),
        passed_to=Words("太平洋", "the Pacific", "태평양"),
        issued_time=at(150).astimezone(JST),
    )
    infos = []
    for info in made.infos:
        text = render(kind, Language(info.language), status, facts)
        area = AlertArea(place_list(facts.places, Language(info.language)), rings(codes))
        words = {"headline": text.headline, "description": text.description, "instruction": text.instruction}
        infos.append(replace(info, event=text.event, areas=(area,), **words))
    return replace(made, infos=tuple(infos))


def mixed(shelter: tuple[str, ...], release: tuple[str, ...], status: Status) -> Content:
    """Return a content that goes on calling some places and releases others."""
    stay = real(MessageKind.OVERFLIGHT, shelter, (), status)
    go = real(MessageKind.ALL_CLEAR, (), release, status)
    return replace(stay, release=release, release_kind=MessageKind.ALL_CLEAR, infos=(*stay.infos, *go.infos))


def sample(name: str, status: Status = Status.ACTUAL) -> PublicNotice:
    """Return a notice: ``none``, ``shelter``, ``passed``, ``fallen``, ``partly``, ``withdrawn``, ``run_out``."""
    desk, when = Desk(status), at(160)
    if name != "none":
        send(desk, "call", real(MessageKind.LAUNCH, CODES, (), status), 150, Outcome.FLYING)
    if name == "partly":
        send(desk, "part", mixed(CODES[:5], CODES[5:], status), 700, Outcome.PASSED)
        when = at(710)
    if name == "passed":
        send(desk, "lift", real(MessageKind.ALL_CLEAR, (), CODES, status), 780, Outcome.PASSED)
        when = at(800)
    if name == "fallen":
        send(desk, "down", real(MessageKind.COME_DOWN, (), CODES, status), 980, Outcome.COME_DOWN)
        when = at(1000)
    if name == "withdrawn":
        send(desk, "sorry", real(MessageKind.RETRACTION, (), CODES, status), 300, None)
        when = at(310)
    if name == "run_out":
        when = at(6000)
    return public_notice(desk.now, when, named, zone_offset_h=9, zone_label="JST", path=PATH)


def send(desk: Desk, draft: str, what: Content, t: float, outcome: Outcome | None) -> datetime:
    desk.draft(draft, what, basis(t - 5, outcome) if outcome else None, t - 4)
    for person in ("higa", "sato"):
        desk.approve(draft, person, t - 2)
    desk.issue(draft, t)
    return at(t)


NAMES = ("none", "shelter", "partly", "passed", "fallen", "withdrawn", "run_out")
