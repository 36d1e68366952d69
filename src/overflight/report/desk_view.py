"""What the operator's page shows of one event, for one person: the decision first, with its why.

:func:`desk_view` makes it from the board, the newest decision message and what came back from channels
and towns; nothing is computed here that policy or tracking would have to compute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from overflight.report.public_notice import Named
from overflight.warning.alert import ResponseType, Ring
from overflight.warning.answers import TownAnswer, told_at
from overflight.warning.board import LIFTING, RAISING, Board, DraftState, Phase
from overflight.warning.decision import DecisionMessage, Evidence, EvidenceKind, PlaceFigures, TrackState
from overflight.warning.life_records import Content
from overflight.warning.life_rules import PEOPLE_NEEDED, approvers
from overflight.warning.paging import PageState
from overflight.warning.preauthorised import PlanState

NEEDED = timedelta(seconds=23 + 4 * 60)
"""Time from a decision until people are inside: J-Alert's slowest 23 s, and four minutes to shelter, as
the alerts of August 2017 to October 2022 left people at best."""


DOUBTS = (EvidenceKind.TRACK_LOST, EvidenceKind.FEED_SILENT, EvidenceKind.CUE_UNCONFIRMED)
"""Facts that speak against believing the track."""


@dataclass(frozen=True, slots=True)
class ChannelState:
    """The last receipt of a channel."""

    name: str
    ok: bool
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and whether the person may approve; ``may_write`` also lets a plan be held."""

    name: str
    may_approve: bool
    may_write: bool = True


@dataclass(frozen=True, slots=True)
class TownRow:
    """One town of a call. ``silent_s`` counts since the call went out, None before or once it answered."""

    code: str
    name: Named
    figures: PlaceFigures | None
    answer: TownAnswer | None
    silent_s: float | None


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as a person decides about it.

    ``decide_by`` is the latest instant at which a call still leaves people time to go inside; ``left_out``
    counts places that have some chance and are not called.
    """

    draft: DraftState
    needed: int
    people: tuple[str, ...]
    decide_by: datetime | None
    left_out: int
    rings: tuple[Ring, ...]
    places: tuple[str, ...]

    @property
    def has_quorum(self) -> bool:
        """Whether it can be sent."""
        return len(self.people) >= self.needed > 0


@dataclass(frozen=True, slots=True)
class DeskView:
    """Everything the page shows; ``main`` is the draft to decide about now, ``others`` wait.

    ``plans`` are the pre-authorised ones that stand for such a launch, or stood for this one;
    ``pages`` are those by which people on duty are called for this event, or for no event.
    """

    board: Board
    now: datetime
    zone_offset_h: float
    zone_label: str
    viewer: Viewer
    latest: DecisionMessage | None
    main: DraftView | None
    others: tuple[DraftView, ...]
    towns: tuple[TownRow, ...]
    channels: tuple[ChannelState, ...]
    named: Callable[[str], Named]
    silence_s: float
    plans: tuple[PlanState, ...] = ()
    pages: tuple[PageState, ...] = ()

    @property
    def rings(self) -> tuple[Ring, ...]:
        """The area of the draft to decide about, else of the calls that stand."""
        if self.main is not None:
            return self.main.rings
        standing = [m for m in self.board.messages if m.phase(self.now) in (Phase.ISSUED, Phase.UPDATED)]
        return next((_rings(m.content) for m in reversed(standing) if m.open_shelter), ())

    @property
    def silent(self) -> tuple[TownRow, ...]:
        """Towns that should have answered by now."""
        return tuple(t for t in self.towns if t.silent_s is not None and t.silent_s > self.silence_s)

    @property
    def facts_for(self) -> tuple[Evidence, ...]:
        """What the newest message rests on."""
        return tuple(one for one in self._evidence if one.kind not in DOUBTS)

    @property
    def facts_against(self) -> tuple[Evidence, ...]:
        """What speaks against believing the track."""
        return tuple(one for one in self._evidence if one.kind in DOUBTS)

    @property
    def doubt(self) -> str | None:
        """The word for a track that has no measurement now, or never had one; None where it is measured."""
        words = {TrackState.COASTING: "coasts", TrackState.LOST: "coasts", TrackState.CUED: "cued"}
        return words.get(self.latest.track) if self.latest is not None else None

    @property
    def _evidence(self) -> tuple[Evidence, ...]:
        return self.latest.evidence if self.latest else ()


def desk_view(
    board: Board,
    now: datetime,
    viewer: Viewer,
    named: Callable[[str], Named],
    *,
    latest: DecisionMessage | None = None,
    answers: Mapping[str, TownAnswer] | None = None,
    channels: Sequence[ChannelState] = (),
    silence_s: float = 60.0,
    zone_offset_h: float = 9.0,
    zone_label: str = "JST",
    plans: Iterable[PlanState] = (),
    pages: Iterable[PageState] = (),
) -> DeskView:
    """Return what a person sees of an event now. ``named`` gives name and region of a place by its code."""
    figures = {place.code: place for place in latest.places} if latest else {}
    open_drafts = sorted((d for d in board.drafts if d.is_open), key=_weight)
    views = [_draft_view(d, now, figures) for d in open_drafts]
    ready = [view for view in views if _is_ready(view.draft)]
    main = ready[0] if ready else None
    return DeskView(
        board=board,
        now=now,
        zone_offset_h=zone_offset_h,
        zone_label=zone_label,
        viewer=viewer,
        latest=latest,
        main=main,
        others=tuple(view for view in views if view is not main),
        towns=_towns(board, now, main, named, figures, answers or {}),
        channels=tuple(channels),
        named=named,
        silence_s=silence_s,
        plans=tuple(state for state in plans if _is_of(state, board, now)),
        pages=tuple(page for page in pages if _is_called_for(page, board)),
    )


def _is_of(state: PlanState, board: Board, now: datetime) -> bool:
    """Return whether a plan belongs on the page of an event: it was used there, or still can be somewhere."""
    if state.used is not None:
        return state.used.event_id == board.event_id
    return state.plan.status is board.status and state.phase(now) != "expired"


def _is_called_for(page: PageState, board: Board) -> bool:
    """Return whether a page is about an event, or about none, as when a plan for such a launch is held."""
    raised = page.raised
    return raised.event_id == board.event_id or (not raised.event_id and raised.status is board.status)


def _is_ready(draft: DraftState) -> bool:
    """Return whether a draft waits for people and not for its evidence or occasion."""
    return draft.basis is not None


def _weight(draft: DraftState) -> tuple[int, float]:
    """Order drafts: calls to shelter before lifts, then the newest."""
    kind = draft.content.kind
    rank = 0 if kind in RAISING else 1 if kind in LIFTING else 2
    return (rank, -draft.made_at.timestamp())


def _draft_view(draft: DraftState, now: datetime, figures: Mapping[str, PlaceFigures]) -> DraftView:
    content = draft.content
    first = [f.first_passage for code in content.shelter if (f := figures.get(code)) and f.first_passage]
    told = {*content.shelter, *content.release}
    left_out = sum(1 for code, f in figures.items() if code not in told and max(f.p_over, f.p_debris) > 0)
    return DraftView(
        draft=draft,
        needed=PEOPLE_NEEDED.get(content.status, 0),
        people=approvers(draft, now),
        decide_by=min(first) - NEEDED if first and content.kind in RAISING else None,
        left_out=left_out,
        rings=_rings(content),
        places=content.shelter or content.release,
    )


def _rings(content: Content) -> tuple[Ring, ...]:
    """Return the area of the call in a content, or of its release where it calls nobody."""
    language = content.infos[0].language
    wanted = {ResponseType.SHELTER, ResponseType.AVOID} if content.shelter else {ResponseType.ALL_CLEAR}
    infos = [i for i in content.infos if i.language == language and wanted & {*i.response_types}]
    return tuple(ring for info in infos[:1] for area in info.areas for ring in area.polygons)


def _towns(
    board: Board,
    now: datetime,
    main: DraftView | None,
    named: Callable[[str], Named],
    figures: Mapping[str, PlaceFigures],
    answers: Mapping[str, TownAnswer],
) -> tuple[TownRow, ...]:
    """Return the towns that are called, or will be, those most concerned first."""
    sent = told_at(board)
    codes = dict.fromkeys([*sent, *(main.places if main else ())])
    rows = []
    for code in codes:
        answer = answers.get(code)
        is_silent = code in sent and (answer is None or answer.acknowledged is None)
        silent_s = (now - sent[code]).total_seconds() if is_silent else None
        rows.append(TownRow(code, named(code), figures.get(code), answer, silent_s))
    rows.sort(key=lambda row: (-(row.figures.p_over_if_continues if row.figures else 0.0), row.code))
    return tuple(rows)
