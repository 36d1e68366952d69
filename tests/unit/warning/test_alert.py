"""An alert that would not be proper CAP cannot be built."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from overflight.errors import InputError
from overflight.warning.alert import (
    Alert,
    AlertArea,
    AlertInfo,
    Category,
    Certainty,
    MsgType,
    Reference,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)

JST = timezone(timedelta(hours=9))
SENT = datetime(2023, 8, 24, 3, 54, tzinfo=JST)
RING = ((127.0, 26.0), (128.0, 26.0), (128.0, 27.0), (127.0, 26.0))
INFO = AlertInfo(
    language="ja",
    categories=(Category.SAFETY,),
    event="ロケット発射情報",
    response_types=(ResponseType.SHELTER,),
    urgency=Urgency.IMMEDIATE,
    severity=Severity.EXTREME,
    certainty=Certainty.LIKELY,
    effective=SENT,
    onset=None,
    expires=SENT + timedelta(minutes=30),
    sender_name="test",
    headline="h",
    description="d",
    instruction="i",
    areas=(AlertArea("沖縄県", (RING,), (("JISX0402", "47361"),)),),
)
ALERT = Alert("a-1", "desk@example.invalid", SENT, Status.TEST, MsgType.ALERT, Scope.PUBLIC, (INFO,))


def test_a_proper_alert() -> None:
    english = replace(
        INFO, language="en", event="Rocket launch", areas=(replace(INFO.areas[0], description="Okinawa"),)
    )
    alert = replace(ALERT, infos=(INFO, english))
    assert alert.info("en") is english
    assert alert.as_reference() == Reference("desk@example.invalid", "a-1", SENT)
    with pytest.raises(KeyError):
        alert.info("ko")


@pytest.mark.parametrize("token", ["", "a b", "a,b", "a<b", "a&b", "a\tb"])
@pytest.mark.parametrize("key", ["identifier", "sender"])
def test_identifier_and_sender_have_no_separators(key: str, token: str) -> None:
    with pytest.raises(InputError, match=key):
        replace(ALERT, **{key: token})


@pytest.mark.parametrize(
    "sent",
    [
        datetime(2023, 8, 24, 3, 54),  # noqa: DTZ001 - the fault under test
        SENT.replace(microsecond=1),
        SENT.astimezone(timezone(timedelta(hours=9, seconds=30))),
    ],
)
def test_instants_have_an_offset_and_whole_seconds(sent: datetime) -> None:
    with pytest.raises(InputError, match="sent"):
        replace(ALERT, sent=sent)
    with pytest.raises(InputError, match=r"info\[ja\].expires"):
        replace(INFO, expires=sent)
    assert replace(ALERT, sent=SENT.astimezone(UTC)).sent == SENT


@pytest.mark.parametrize("msg_type", [MsgType.UPDATE, MsgType.CANCEL])
def test_what_supersedes_names_what_it_supersedes(msg_type: MsgType) -> None:
    with pytest.raises(InputError, match="references"):
        replace(ALERT, msg_type=msg_type)
    assert replace(ALERT, msg_type=msg_type, references=(ALERT.as_reference(),)).references


@pytest.mark.parametrize(
    "ring",
    [
        (),
        RING[:-1],
        (RING[0], RING[1], RING[0]),
        (*((127.0 + 0.001 * n, 26.0) for n in range(100)), (127.0, 26.0)),
        ((26.0, 127.0), (26.0, 128.0), (27.0, 128.0), (26.0, 127.0)),  # latitude first
        ((float("nan"), 26.0), *RING[1:-1], (float("nan"), 26.0)),
    ],
)
def test_rings_are_closed_small_and_on_the_globe(ring: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(InputError, match="polygon"):
        AlertArea("x", (ring,))


@pytest.mark.parametrize(
    "change",
    [
        {"severity": Severity.MINOR},
        {"urgency": Urgency.PAST},
        {"certainty": Certainty.POSSIBLE},
        {"expires": SENT + timedelta(minutes=31)},
        {"effective": None},
        {"response_types": (ResponseType.ALL_CLEAR,)},
        {"event_codes": (("overflight:message", "x"),)},
        {"areas": ()},
        {"areas": (AlertArea("Okinawa", (RING,), (("JISX0402", "47214"),)),)},
    ],
)
def test_languages_differ_in_words_only(change: dict[str, object]) -> None:
    english = replace(INFO, language="en", **change)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"info\[en\]"):
        replace(ALERT, infos=(INFO, english))


def test_a_language_comes_once() -> None:
    with pytest.raises(InputError, match="each language once for a part"):
        replace(ALERT, infos=(INFO, INFO))
