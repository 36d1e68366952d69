"""What the HTTP API answers and takes, as OpenAPI shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Base of answers."""

    model_config = ConfigDict(frozen=True)


class Taken(BaseModel):
    """Base of what is taken: an unknown key is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="content hash of the draft that was read")]


class SignIn(Taken):
    """Name, password, and the code of the second factor where the role needs one."""

    name: Annotated[str, Field(max_length=80)]
    password: Annotated[str, Field(max_length=1000)]
    code: Annotated[str, Field(max_length=10)] = ""


class SignedIn(Answer):
    """Who is signed in; ``csrf`` goes back in ``X-CSRF-Token`` with every change."""

    name: str
    role: str
    csrf: str


class Step(Taken):
    """A step on a draft: bound to the content that was read."""

    content_hash: Hash
    code: Annotated[str, Field(max_length=10, description="second factor, to approve")] = ""
    reason: Annotated[str, Field(max_length=500)] = ""


class Stepped(Answer):
    """What a step led to."""

    draft_id: str
    identifiers: list[str] = []


class RefusedLine(Answer):
    """A decision message that was not taken, and why."""

    line: int
    error: str


class Heard(Answer):
    """How many decision messages were taken in, and which were not."""

    accepted: int
    refused: list[RefusedLine]


class EventRow(Answer):
    """One event in the list."""

    event_id: str
    title: str
    status: str
    opened_at: datetime
    drafts_waiting: int
    messages: int
    called: int


class ApprovalRow(Answer):
    """One approval."""

    by: str
    at: datetime


class TextRow(Answer):
    """The message in one language, one part."""

    language: str
    headline: str
    description: str
    instruction: str
    areas: list[str]


class DraftRow(Answer):
    """A draft as it stands."""

    draft_id: str
    thread: str
    kind: str
    phase: str
    content_hash: str
    made_at: datetime
    made_by: str
    has_evidence: bool
    why: str
    shelter: list[str]
    release: list[str]
    expires: datetime
    approvals: list[ApprovalRow]
    people_needed: int
    texts: list[TextRow]


class DeliveryRow(Answer):
    """One delivery of one message."""

    channel: str
    state: str
    attempts: int
    detail: str


class MessageRow(Answer):
    """An issued message and where it went."""

    identifier: str
    thread: str
    kind: str
    phase: str
    sent: datetime
    people: list[str]
    plan_id: str | None
    open_shelter: list[str]
    deliveries: list[DeliveryRow]


class PlaceRow(Answer):
    """The newest figures of a place."""

    code: str
    p_over_if_continues: float
    p_over: float
    p_debris: float
    outcome: str
    first_passage: datetime | None
    last_passage: datetime | None
    last_arrival: datetime | None


class TrackRow(Answer):
    """The newest decision message in short."""

    message_id: str
    source: str
    time: datetime
    track: str
    outcome: str
    assumed: str
    evidence: list[str]
    path: list[tuple[float, float]]  # longitude, latitude


class EventBoard(Answer):
    """Everything of one event."""

    event_id: str
    title: str
    status: str
    drafts: list[DraftRow]
    messages: list[MessageRow]
    places: list[PlaceRow]
    track: TrackRow | None
    alarms: list[str]


class Health(Answer):
    """Whether the desk can work, what speaks against it, and what a person should look at."""

    ok: bool
    faults: list[str]
    remarks: list[str] = []


class Note(Taken):
    """A note to the next shift."""

    text: Annotated[str, Field(min_length=1, max_length=5000)]


class HandedOver(Answer):
    """What the next shift must know: notes, newest last, and what stands."""

    notes: list[str]
    events: list[EventRow]
    on_duty: list[str]


class TownAnswerRow(Answer):
    """A place that was told of an event: who answers for it, by which link, and what came back."""

    place: str
    told: datetime
    contact: str
    email: str
    phone: str
    link: str
    acknowledged: datetime | None
    report: str | None
    words: str
    is_silent: bool


class PartnerAlertRow(Answer):
    """An alert that a partner sent; its bytes are below ``/partner-alerts/{partner}/{digest}.xml``."""

    partner: str
    sender: str
    identifier: str
    sent: datetime
    received: datetime
    status: str
    scope: str
    digest: str
