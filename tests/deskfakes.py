"""A whole desk in a folder, with people, for the tests of the service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import pyotp
import sqlalchemy as sa

from lives import at
from overflight.exposure.places import load_places
from overflight.service.channel import DRILLS
from overflight.service.channels.guard import Guarded
from overflight.service.channels.memory import MemoryChannel
from overflight.service.config import DeskConfig, Keys, Signing
from overflight.service.desk import Desk
from overflight.service.migrate import migrate
from overflight.service.people import Principal
from overflight.service.seal import Seal, new_key
from overflight.service.store import Store
from overflight.service.tables import alert
from overflight.warning.alert import Status
from overflight.warning.cap.keys import make_key
from overflight.warning.cap.parse import parse, text_of
from overflight.warning.decision import (
    DecisionMessage,
    Evidence,
    EvidenceKind,
    Launch,
    PlaceFigures,
    TrackState,
)
from overflight.warning.gazetteer import Gazetteer, gazetteer
from overflight.warning.life_records import Outcome, Role
from overflight.warning.policy import read_policy

POLICY = (
    b'version = 1\nname = "test"\n[[area]]\ncountry = "JP"\nzone_offset_h = 9\nsender_name = "Okinawa desk"\n'
    b'level = "place"\n'
)
KUMEJIMA, MIYAKOJIMA = "JP-47361", "JP-47214"
EVENT = "launch-20230823T185000Z"
AOKI = Principal("aoki", Role.APPROVER, "a" * 64)
BABA = Principal("baba", Role.APPROVER, "b" * 64)


@cache
def places() -> Gazetteer:
    return gazetteer(load_places(["JP"]))


@cache
def key_pair(name: str) -> tuple[bytes, bytes]:
    return make_key(name, at(-86400), days=36500)


class Clock:
    """The clock of a desk under test."""

    def __init__(self) -> None:
        self.now = at(0)

    def __call__(self) -> datetime:
        return self.now

    def to(self, seconds: float) -> None:
        self.now = at(seconds)


def config(folder: Path, *, actual: bool = False) -> DeskConfig:
    kinds = ("drill", "actual") if actual else ("drill",)
    keys = {}
    for kind in kinds:
        pair = key_pair(kind)
        (folder / f"{kind}.key").write_bytes(pair[0])
        (folder / f"{kind}.cert").write_bytes(pair[1])
        keys[kind] = Keys(
            sender=f"desk@{kind}.example.invalid",
            key_file=Path(f"{kind}.key"),
            certificate_file=Path(f"{kind}.cert"),
        )
    return DeskConfig(name="test-desk", **keys)


def make_desk(
    folder: Path, channels: Iterable[object] = (), url: str = "", *, actual: bool = False
) -> tuple[Desk, Clock]:
    clock = Clock()
    key = folder / "seal.key"
    store = Store(url or f"sqlite:///{folder / 'desk.db'}", Seal(key) if key.exists() else new_key(key))
    migrate(store)
    signing = Signing(config(folder, actual=actual), folder)
    guarded = [Guarded(channel) for channel in channels]  # type: ignore[arg-type]
    desk = Desk(store, read_policy(POLICY), places(), signing, guarded, clock, is_live=False)
    return desk, clock


def memory(name: str = "drills", statuses: frozenset[Status] = DRILLS, **more: object) -> MemoryChannel:
    return MemoryChannel(name, statuses, **more)  # type: ignore[arg-type]


def figures(key: str = KUMEJIMA, outcome: Outcome = Outcome.FLYING, first_s: float = 560) -> PlaceFigures:
    return PlaceFigures(key, 0.9, 0.9, 1e-4, outcome, at(first_s), at(first_s + 40), at(first_s + 300), 0.99)


def told(
    time_s: float,
    *given: PlaceFigures,
    facts: str = "impact_line",
    status: Status = Status.EXERCISE,
    event: str = EVENT,
    source: str = "tracker",
) -> DecisionMessage:
    evidence = tuple(Evidence(EvidenceKind(kind), "radar-a", at(time_s), kind) for kind in facts.split())
    return DecisionMessage(
        1, "decision", f"m-{time_s}", source, int(time_s * 10), event, status, at(time_s), at(time_s),
        TrackState.FIRM, Outcome.FLYING, Launch(at(0), 1.0, "KP", "satellite_rocket"), given, "as planned", evidence,
    )  # fmt: skip


def waiting(desk: Desk, event: str = EVENT):
    """Return the draft that waits for people."""
    return [d for d in desk.store.state().boards[event].drafts if d.is_open and d.basis is not None][-1]


def send(desk: Desk, event: str = EVENT) -> tuple[str, ...]:
    """Approve what waits by two people and issue it."""
    draft = waiting(desk, event)
    for who in (AOKI, BABA):
        desk.approve(draft.draft_id, draft.content_hash, who, second_factor=True)
    return desk.issue(draft.draft_id, draft.content_hash, AOKI)


def ten_in_one_second(desks: Sequence[Desk], clocks: Sequence[Clock]) -> None:
    """Issue ten alerts by turns from desks on one store, each clock a second behind the one before.

    What receivers read must stay apart: identifiers that differ, ``sent`` that never goes back, and in
    each message a reference to all before it, which it replaces.
    """
    for behind, clock in enumerate(clocks):
        clock.to(100 - behind)
    keys = sorted(desks[0].gazetteer.places)[1700:1710]
    for number in range(10):
        desk = desks[number % len(desks)]
        desk.hear(told(99 + number / 10, *[figures(key) for key in keys[: number + 1]]))
        send(desk)
    store = desks[0].store
    with store.read() as connection:
        signed = {row.identifier: row.signed for row in connection.execute(sa.select(alert))}
    roots = [parse(signed[message.identifier]) for message in store.state().boards[EVENT].messages]
    named = [tuple(text_of(root, key) for key in ("sender", "identifier", "sent")) for root in roots]
    assert len({identifier for _, identifier, _ in named}) == 10
    sent = [datetime.fromisoformat(time) for *_, time in named]
    assert sent == sorted(sent) and (sent[-1] - sent[0]).total_seconds() <= 1
    for number, root in enumerate(roots):
        references = text_of(root, "references").split()
        assert sorted(references) == sorted(",".join(one) for one in named[:number])


def code(secret: str, when: datetime) -> str:
    return pyotp.TOTP(secret).at(when)
