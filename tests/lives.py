"""Small alerts for the tests of an alert's life."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from overflight.warning.alert import (
    AlertArea,
    AlertInfo,
    Category,
    Certainty,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from overflight.warning.board import RAISING, Board
from overflight.warning.life import apply
from overflight.warning.life_records import (
    Approved,
    Basis,
    Content,
    Drafted,
    Issued,
    Opened,
    Outcome,
    Record,
    Role,
)
from overflight.warning.life_steps import issue, messages_made
from overflight.warning.templates import MessageKind

START = datetime(2023, 8, 23, 18, 50, tzinfo=UTC)
EVENT = "launch-20230823T185000Z"
RING = ((127.6, 26.9), (127.4, 26.0), (128.4, 26.9), (127.6, 26.9))


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def infos(kind: MessageKind) -> tuple[AlertInfo, ...]:
    is_raised = kind in RAISING
    return tuple(
        AlertInfo(
            language=language,
            categories=(Category.SAFETY,),
            event=f"{kind.value} {language}",
            response_types=(ResponseType.SHELTER if is_raised else ResponseType.ALL_CLEAR,),
            urgency=Urgency.IMMEDIATE if is_raised else Urgency.PAST,
            severity=Severity.EXTREME if is_raised else Severity.MINOR,
            certainty=Certainty.LIKELY if is_raised else Certainty.OBSERVED,
            effective=None,
            onset=None,
            expires=at(5400),
            sender_name="Test desk",
            headline="headline",
            description="description",
            instruction="instruction",
            areas=(AlertArea("Okinawa", (RING,)),),
        )
        for language in ("ja", "en", "ko")
    )


def content(
    kind: MessageKind = MessageKind.LAUNCH,
    shelter: tuple[str, ...] = (),
    release: tuple[str, ...] = (),
    *,
    release_kind: MessageKind | None = None,
    status: Status = Status.ACTUAL,
    thread: str = "JP",
    expires_s: float = 5400,
) -> Content:
    return Content(
        thread, kind, status, Scope.PUBLIC, shelter, release, release_kind, at(expires_s), infos(kind)
    )


def basis(time_s: float, outcome: Outcome = Outcome.FLYING, message_id: str = "") -> Basis:
    return Basis(message_id or f"d-{time_s}", "tracker", at(time_s), outcome)


class Desk:
    """A board that is moved by short calls; keeps the records."""

    def __init__(self, status: Status = Status.ACTUAL) -> None:
        self.records: list[Record] = []
        self.board: Board | None = None
        self.status = status
        self.count = 0
        self.put(Opened(at(0), "system", EVENT, status, "Test launch"))

    @property
    def now(self) -> Board:
        assert self.board is not None
        return self.board

    def put(self, record: Record) -> None:
        self.board = apply(self.board, record)
        self.records.append(record)

    def draft(self, draft_id: str, what: Content, why: Basis | None, t: float = 1.0) -> None:
        self.put(Drafted(at(t), "system", EVENT, draft_id, what, why))

    def approve(self, draft_id: str, by: str, t: float = 2.0, **change: object) -> None:
        values = {
            "content_hash": self.now.draft(draft_id).content_hash,
            "role": Role.APPROVER,
            "second_factor": True,
            "session": f"{by}-1",
        } | change
        self.put(Approved(at(t), by, EVENT, draft_id, **values))  # type: ignore[arg-type]

    def issue(self, draft_id: str, t: float = 3.0, **change: object) -> tuple[Issued, ...]:
        tokens = []
        for _ in range(messages_made(self.now.draft(draft_id))):
            self.count += 1
            tokens.append(f"{self.count:016d}")
        records = issue(
            self.now, draft_id, at(t), sender="desk@example.invalid", tokens=tokens, by="system", **change
        )  # type: ignore[arg-type]
        for record in records:
            self.put(record)
        return records

    def send(self, draft_id: str, what: Content, why: Basis | None, t: float) -> tuple[Issued, ...]:
        """Draft, approve by two people, issue."""
        self.draft(draft_id, what, why, t)
        self.approve(draft_id, "aoki", t)
        self.approve(draft_id, "baba", t)
        return self.issue(draft_id, t)
