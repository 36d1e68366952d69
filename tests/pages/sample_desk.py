"""The desk at T + 3:20 of the event of August 2023, with real places: for the tests of the operator's page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lives import EVENT, Desk, at, basis
from overflight.report.desk_view import ChannelState, DeskView, Viewer, desk_view
from overflight.warning.alert import Status
from overflight.warning.answers import Report, TownAnswer
from overflight.warning.decision import (
    DecisionMessage,
    Evidence,
    EvidenceKind,
    Launch,
    PathPoint,
    PlaceFigures,
    TrackState,
)
from overflight.warning.life_records import Drafted, Outcome, Role
from overflight.warning.paging import Called, PageKind, PageState, Raised, Reached, apply_page
from overflight.warning.plan_phrases import PlanPhrase, PlanSaid
from overflight.warning.preauthorised import Conditions, NotUsed, Plan, PlanApproved, PlanState, apply_plan
from overflight.warning.templates import MessageKind
from pages.sample_public import CODES, PATH, named, real

TIMES = (0.0, 120.0, 200.0, 330.0, 590.0, 760.0)


def decision(status: Status, now: datetime, track: TrackState = TrackState.FIRM) -> DecisionMessage:
    """Return what the tracker knows."""
    path = tuple(
        PathPoint(at(t), lat, lon, 100e3, max(0.0, (t - 200) * 120.0))
        for t, (lon, lat) in zip(TIMES, PATH, strict=True)
    )
    places = tuple(
        PlaceFigures(
            code,
            0.5 / (n + 1),
            0.4 / (n + 1),
            3e-5 / (n + 1),
            Outcome.FLYING,
            at(580 + 3 * n),
            at(600 + 3 * n),
        )
        for n, code in enumerate((*CODES, "47381", "47382"))
    )
    evidence = [Evidence(EvidenceKind.IMPACT_LINE, "tracker", at(200), "Impact line crosses Okinawa waters")]
    if track is TrackState.COASTING:
        evidence.append(Evidence(EvidenceKind.FEED_SILENT, "radar-2", now, "Radar 2 silent for 12 s"))
    launch = Launch(at(0), 5.0, "KP", "satellite_rocket", "Sohae")
    return DecisionMessage(
        1, "decision", "d-9", "tracker", 9, EVENT, status, at(200), now, track, Outcome.FLYING, launch, places,
        "planned thrust", tuple(evidence), path, ("radar-1", "radar-2", "ship-1"),
    )  # fmt: skip


def plans(status: Status = Status.ACTUAL) -> tuple[PlanState, ...]:
    """Return a plan that stands, one that did not for this launch, and one that waits for people."""
    asked = Conditions(("tracker",), ("radar-1", "radar-2", "ship-1"), 2)
    made = []
    for number, title in enumerate(("Announced launch of a satellite, 24 to 31 August", "Second window", "")):
        call = real(MessageKind.LAUNCH, CODES, (), status)
        plan = Plan(f"plan-{number + 1}", title, status, "KP", at(-3600), at(86400), at(90000), asked, call)
        state = PlanState(plan, "kei")
        for person in ("higa", "aoki")[: 2 - number // 2]:
            approval = PlanApproved(at(-3000), person, plan.plan_id, plan.hash, Role.APPROVER, True)
            state = apply_plan(state, approval)
        made.append(state)
    said = (PlanSaid(PlanPhrase.WINDOW, ("2023-08-23 18:50:00 UTC",)),)
    made[1] = apply_plan(made[1], NotUsed(at(190), "system", "plan-2", EVENT, tuple(map(str, said)), said))
    return tuple(made)


def calls(status: Status = Status.ACTUAL) -> dict[str, PageState]:
    """Return a page of each kind: one that waits, one that reached nobody, one about a plan."""
    lost = "the track is lost: calls hold until something else shows what became of it"
    said = (PlanSaid(PlanPhrase.STANDS_NOT, ("plan-2",)), PlanSaid(PlanPhrase.WINDOW, ("18:50 UTC",)))
    duty = ("higa", "sato", "aoki")
    wait = Raised(
        at(195), "page-1", EVENT, status, "approval JP launch", PageKind.APPROVAL, "launch: 11 places to be "
        "called, 2 more to approve", duty, (11, 0),
    )  # fmt: skip
    records = (
        wait,
        Called(at(195), "page-1", "higa"),
        Reached(at(196), "page-1", "higa", True, "202"),
        Called(at(195), "page-1", "sato"),
        Raised(at(198), "page-2", EVENT, status, "alarm lost", PageKind.ALARM, lost, duty),
        Called(at(198), "page-2", "higa"),
        Reached(at(199), "page-2", "higa", False, "no answer within 10 s"),
        Raised(at(190), "page-3", EVENT, status, "notice", PageKind.NOTICE, "; ".join(map(str, said)), (),
               said=said),
    )  # fmt: skip
    pages: dict[str, PageState] = {}
    for record in records:
        pages = apply_page(pages, record)
    return pages


def desk(status: Status = Status.ACTUAL, approved: tuple[str, ...] = ("higa",)) -> Desk:
    """Return a desk with a call drafted and approved by some, its lift and retraction waiting."""
    made = Desk(status)
    draft(made, "call", real(MessageKind.LAUNCH, CODES, (), status), 195)
    lift = real(MessageKind.ALL_CLEAR, (), CODES, status)
    made.put(Drafted(at(196), "system", EVENT, "lift", lift, None, "call"))
    sorry = real(MessageKind.RETRACTION, (), CODES, status)
    made.put(Drafted(at(196), "system", EVENT, "sorry", sorry, None, "call"))
    for n, person in enumerate(approved):
        made.approve("call", person, 197 + n)
    return made


def draft(made: Desk, name: str, what, t: float) -> None:
    why = basis(t, Outcome.FLYING)
    made.put(Drafted(at(t), "system", EVENT, name, what, why))


def view(
    made: Desk,
    viewer: str = "sato",
    seconds: float = 200,
    track: TrackState = TrackState.FIRM,
    with_plans: tuple[PlanState, ...] | None = None,
    with_pages: dict[str, PageState] | None = None,
) -> DeskView:
    """Return what a person sees."""
    now = at(seconds)
    answers = {}
    if made.now.messages:
        answers = {
            CODES[0]: TownAnswer(now - timedelta(seconds=20), Report.NO_DAMAGE),
            CODES[2]: TownAnswer(now - timedelta(seconds=15)),
            CODES[4]: TownAnswer(now - timedelta(seconds=9), Report.OBJECT_FOUND, "beach, 3 m of metal"),
        }
    channels = tuple(
        ChannelState(name, ok, "202 Accepted" if ok else "no answer within 10 s", now)
        for name, ok in (("loudspeakers", True), ("feed", True), ("partner", False))
    )
    return desk_view(
        made.now, now, Viewer(viewer, viewer != "watcher", viewer != "watcher"), named,
        latest=decision(made.now.status, now.astimezone(UTC), track), answers=answers, channels=channels,
        plans=plans(made.now.status) if with_plans is None else with_plans,
        pages=(calls(made.now.status) if with_pages is None else with_pages).values(),
    )  # fmt: skip
