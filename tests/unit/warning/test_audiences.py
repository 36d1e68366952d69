"""Boats and aircraft: own words, own waters, own threads, own receivers."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import sqlalchemy as sa
from shapely import Polygon, unary_union

from deskfakes import AOKI, BABA, EVENT, KUMEJIMA, figures, make_desk, memory, places, told
from lives import at
from overflight.errors import InputError
from overflight.report.public_notice import public_notice
from overflight.service.channels.config import Context
from overflight.service.channels.guard import Guarded
from overflight.service.channels.registry import make_channel
from overflight.service.publishing import namer
from overflight.service.tables import outbox
from overflight.warning.alert import MAX_RING_POINTS, ResponseType, Scope, Status
from overflight.warning.answers import told_at
from overflight.warning.audiences import AROUND_DEG, CRAFT, Audience
from overflight.warning.cap.check import check_alert
from overflight.warning.cap.compose import compose
from overflight.warning.cap.findings import Profile, Verdict
from overflight.warning.life import alert_of
from overflight.warning.life_records import Outcome
from overflight.warning.names import Language
from overflight.warning.policy import read_policy
from overflight.warning.templates import MessageKind
from overflight.warning.texts import SHORT_FORM_CHARS, render
from unit.warning.test_texts import FACTS

AREA = '[[area]]\ncountry = "JP"\nzone_offset_h = 9\nsender_name = "Okinawa desk"\nlevel = "place"\n'
POLICY = 'version = 1\nname = "test"\n' + "".join(
    AREA + f'audience = "{audience}"\n' for audience in ("people", "boats", "aircraft", "partners")
)
SHELTER_WORDS = ("避難", "屋内", "建物", "shelter", "indoors", "underground", "대피", "건물")


@pytest.mark.parametrize("audience", CRAFT)
def test_every_text_is_whole_and_sends_nobody_into_a_cellar(audience: Audience) -> None:
    for kind, language, status in itertools.product(MessageKind, Language, (Status.ACTUAL, Status.EXERCISE)):
        text = render(kind, language, status, FACTS, audience)
        said = " ".join((text.event, text.headline, text.description, text.instruction, text.short))
        assert not any(word in said for word in SHELTER_WORDS), said
        assert not any(sign in said for sign in "[]{}" if status is Status.ACTUAL), said
        assert len(text.short) <= SHORT_FORM_CHARS
        assert CRAFT[audience].name[language] in text.event
        assert "Kumejima" in said or "久米島" in said or language is Language.KOREAN


def test_waters_reach_twelve_miles_and_carry_no_codes_of_towns() -> None:
    keys = sorted(key for key in places().places if key.startswith("JP-47"))
    (area,) = places().areas(keys, (Language.ENGLISH,), Audience.BOATS)[Language.ENGLISH]
    assert area.geocodes == () and area.description.startswith("the waters around ")
    assert all(len(ring) <= MAX_RING_POINTS for ring in area.polygons)
    waters = unary_union([Polygon(ring) for ring in area.polygons])
    for key in keys:
        assert waters.covers(places().places[key].geometry.buffer(0.99 * AROUND_DEG)), key


def test_each_audience_has_its_thread_and_receiver(tmp_path: Path) -> None:
    desk, clock = make_desk(tmp_path, [])
    desk.policy = read_policy(POLICY.encode())
    desk.channels = [
        Guarded(memory(f"to-{audience}"), audiences=frozenset({audience})) for audience in Audience
    ]
    clock.to(100)
    desk.hear(told(100, figures()))

    def send_all() -> list[str]:
        made: list[str] = []
        drafts = desk.store.state().boards[EVENT].drafts
        for draft in [d for d in drafts if d.is_open and d.basis is not None]:
            for who in (AOKI, BABA):
                desk.approve(draft.draft_id, draft.content_hash, who, second_factor=True)
            made += desk.issue(draft.draft_id, draft.content_hash, AOKI)
        return made

    assert len(send_all()) == 4
    board = desk.store.state().boards[EVENT]
    threads = {"JP", "JP:boats", "JP:aircraft", "JP:partners"}
    assert {m.content.thread for m in board.messages} == threads
    assert list(told_at(board)) == [KUMEJIMA] and len(board.to_people()) == 1, "towns are asked once"
    clock.to(950)
    desk.hear(told(949, figures(outcome=Outcome.PASSED), facts="seen_beyond"))
    assert len(send_all()) == 4
    board = desk.store.state().boards[EVENT]
    for message in board.messages:
        value = alert_of(board, message.identifier)
        assert check_alert(compose(value), Profile.DESK).verdict is not Verdict.REJECT
        is_land = message.content.thread in ("JP", "JP:partners")
        assert all((info.audience is None) == is_land for info in value.infos)
        is_shared = message.content.thread == "JP:partners"
        assert (value.scope is Scope.RESTRICTED) == bool(value.restriction) == is_shared
        responses = {one for info in value.infos for one in info.response_types}
        raised = ResponseType.SHELTER if is_land else ResponseType.AVOID
        assert responses == ({raised} if message.content.shelter else {ResponseType.ALL_CLEAR})
    for audience in Audience:
        thread = "JP" if audience is Audience.PEOPLE else f"JP:{audience}"
        one, lift = board.in_thread(thread)
        assert lift.issued.references == (one.as_reference(),)
        with desk.store.read() as connection:
            query = sa.select(outbox.c.identifier).where(outbox.c.channel == f"to-{audience}")
            assert set(connection.execute(query).scalars()) == {one.identifier, lift.identifier}
    notice = public_notice(board, at(960), namer(places()), zone_offset_h=9, zone_label="JST")
    assert len(notice.entries) == 2, "the public page is of people on land"
    desk.store.close()


def test_settings_that_are_wrong(tmp_path: Path) -> None:
    twice = f'version = 1\nname = "test"\n{AREA}audience = "boats"\n{AREA}audience = "boats"\n'
    with pytest.raises(InputError, match="one for each country and audience"):
        read_policy(twice.encode())
    with pytest.raises(InputError, match="audience"):
        read_policy(POLICY.replace("boats", "submarines").encode())
    table = {"kind": "file", "name": "sea", "statuses": ["Test"], "folder": "out", "audiences": ["boats"]}
    assert make_channel(table, Context(tmp_path)).audiences == {Audience.BOATS}
    with pytest.raises(InputError, match="audiences"):
        make_channel(table | {"audiences": ["fish"]}, Context(tmp_path))
    feed = {"kind": "atom", "name": "feed", "statuses": ["Test"], "folder": "out", "audiences": ["partners"]}
    feed |= {"address": "https://desk.example/feed", "title": "Feed"}
    with pytest.raises(InputError, match="anybody reads"):
        make_channel(feed, Context(tmp_path))
