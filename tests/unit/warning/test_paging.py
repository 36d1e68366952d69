"""Whom a page calls, when the next is called, and when it ends: pure, without a desk."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskfakes import POLICY, figures, told
from lives import Desk, at, basis, content
from overflight.warning.alert import Scope, Status
from overflight.warning.cap.check import check_alert
from overflight.warning.cap.compose import compose
from overflight.warning.cap.findings import Profile, Verdict
from overflight.warning.page_message import page_message
from overflight.warning.paging import (
    Answered,
    Called,
    Ended,
    OnCall,
    PageKind,
    PageRecord,
    PageState,
    Raised,
    Reached,
    Reason,
    apply_page,
    due,
    page_from_json,
    page_to_json,
    reasons,
)
from overflight.warning.policy import read_policy
from overflight.warning.templates import MessageKind

RULES = read_policy(POLICY)
PEOPLE = [OnCall("aoki", True), OnCall("baba", True), OnCall("chiba", False), OnCall("doi", True)]
APPROVE = Reason("approval JP launch", PageKind.APPROVAL, "w", 2)
ALARM = Reason("alarm silent", PageKind.ALARM, "w")


def page(
    kind: PageKind = PageKind.ALARM, *records: PageRecord, status: Status = Status.EXERCISE
) -> PageState:
    first = Raised(at(0), "p", "e", status, "about", kind, "why", ("aoki",))
    pages: dict[str, PageState] = {}
    for record in (first, *records):
        pages = apply_page(pages, record)
    return pages["p"]


def told_to(*names: str, seconds: float = 0, ok: bool = True) -> list[PageRecord]:
    return [
        made
        for name in names
        for made in (Called(at(seconds), "p", name), Reached(at(seconds + 1), "p", name, ok, "x"))
    ]


def next_ones(
    state: PageState, reason: Reason | None, seconds: float, people: Sequence[OnCall] = PEOPLE
) -> tuple:
    return due(state, reason, people, at(seconds), 120.0)


def test_an_approval_calls_as_many_as_must_still_approve() -> None:
    first = page(PageKind.APPROVAL)
    assert next_ones(first, APPROVE, 0) == ("aoki", "baba")
    both = page(PageKind.APPROVAL, *told_to("aoki", "baba"))
    assert next_ones(both, APPROVE, 119) == ()
    assert next_ones(both, APPROVE, 120) == ("doi",), "an author cannot approve, and is not called"
    one = Reason("approval JP launch", PageKind.APPROVAL, "w", 1, ("aoki",))
    assert next_ones(both, one, 60) == (), "the other was called"
    assert next_ones(both, one, 121) == ("doi",)
    authors = [OnCall("chiba", False)]
    assert next_ones(first, APPROVE, 0, authors) == ("chiba",), "better than nobody"


def test_who_cannot_be_reached_is_followed_at_once() -> None:
    state = page(PageKind.ALARM, *told_to("aoki", ok=False))
    assert next_ones(state, ALARM, 2) == ("baba",)
    state = page(PageKind.ALARM, *told_to("aoki", ok=False), *told_to("baba"))
    assert next_ones(state, ALARM, 3) == ()
    back = page(
        PageKind.ALARM, *told_to("aoki", ok=False), *told_to("baba"), Reached(at(9), "p", "aoki", True, "x")
    )
    assert next_ones(back, ALARM, 10) == ()


def test_who_takes_it_ends_the_calling() -> None:
    state = page(PageKind.ALARM, *told_to("aoki"), Answered(at(30), "p", "aoki"))
    assert next_ones(state, ALARM, 10_000) == ()
    half = page(PageKind.APPROVAL, *told_to("aoki", "baba"), Answered(at(30), "p", "aoki"))
    assert next_ones(half, APPROVE, 130) == ("doi",), "the second still has to be found"


def test_everybody_is_called_again_when_nobody_takes_it() -> None:
    names = [one.name for one in PEOPLE]
    state = page(PageKind.ALARM, *told_to(*names))
    assert next_ones(state, ALARM, 100) == ()
    assert next_ones(state, ALARM, 600) == tuple(names)


def test_a_notice_calls_everybody_on_duty_at_once_and_once() -> None:
    assert next_ones(page(PageKind.NOTICE), None, 0) == ("aoki", "baba", "chiba", "doi")
    assert next_ones(page(PageKind.NOTICE, *told_to(*[one.name for one in PEOPLE])), None, 3000) == ()


def test_a_call_whose_desk_was_killed_is_made_again() -> None:
    state = page(PageKind.ALARM, Called(at(0), "p", "aoki"))
    assert next_ones(state, ALARM, 59) == () and next_ones(state, ALARM, 60) == ("aoki",)


def test_nobody_on_duty_calls_nobody_and_what_has_ended_stays_so() -> None:
    assert next_ones(page(), ALARM, 0, []) == ()
    pages = apply_page({"p": page()}, Ended(at(5), "p", "its reason is gone"))
    assert pages == {} and apply_page(pages, Called(at(6), "p", "aoki")) == {}


@given(
    st.lists(st.tuples(st.sampled_from(["aoki", "baba", "chiba", "doi"]), st.booleans()), max_size=8),
    st.integers(0, 4000),
)
def test_nobody_is_called_twice_at_once_or_though_busy(calls: list[tuple[str, bool]], seconds: int) -> None:
    state = page(PageKind.APPROVAL, *(record for name, ok in calls for record in told_to(name, ok=ok)))
    named = next_ones(state, Reason("a", PageKind.APPROVAL, "w", 1, ("baba",)), seconds)
    assert len(set(named)) == len(named) and "baba" not in named
    assert {"chiba"}.isdisjoint(named), "while approvers are on duty"


def test_reasons_follow_the_board() -> None:
    desk, message = Desk(Status.EXERCISE), told(100, figures())
    assert reasons(desk.now, message, RULES, at(100)) == ()
    call = content(MessageKind.LAUNCH, ("JP-47361",), status=Status.EXERCISE)
    desk.draft("d", call, basis(100), 100)
    (reason,) = reasons(desk.now, message, RULES, at(101))
    assert (reason.kind, reason.wanted, reason.busy) == (PageKind.APPROVAL, 2, ())
    assert "1 place to be called, 2 more to approve" in reason.words
    desk.approve("d", "aoki", 102)
    (reason,) = reasons(desk.now, message, RULES, at(103))
    assert (reason.wanted, reason.busy) == (1, ("aoki",))
    desk.approve("d", "baba", 104)
    assert reasons(desk.now, message, RULES, at(105)) == ()
    desk.issue("d", 106)
    found = {reason.about for reason in reasons(desk.now, message, RULES, at(981), ("JP-47361",))}
    assert found == {"alarm overdue", "alarm silent", "alarm answers"}
    assert reasons(desk.now, message, RULES, at(100 + 86400)) == (), "a day later it calls nobody"


@pytest.mark.parametrize(
    "record",
    [page().raised, Called(at(0), "p", "x"), Reached(at(0), "p", "x", False, "d"), Answered(at(0), "p", "x")],
)
def test_records_come_back_as_they_were(record: PageRecord) -> None:
    assert page_from_json(page_to_json(record)) == record
    assert page_from_json({"why": "of an older desk", "people": []}) is None


@pytest.mark.parametrize("status", [Status.ACTUAL, Status.EXERCISE, Status.TEST])
@pytest.mark.parametrize("kind", list(PageKind))
def test_a_page_is_a_proper_private_message(status: Status, kind: PageKind) -> None:
    raised = Raised(at(0), "page-1", "e-1", status, "a", kind, "plan test-1 does not stand", ())
    alert = page_message(raised, "Aoki Hana", "desk@example.org", at(1))
    assert alert.scope is Scope.PRIVATE and b'<addresses>"Aoki Hana"</addresses>' in compose(alert)
    report = check_alert(compose(alert), Profile.CAP)
    assert report.verdict is not Verdict.REJECT, report.findings
    assert ("test-1" in alert.info("en").description) == (status is not Status.ACTUAL)
    assert (alert.info("ja").description and alert.info("ko").description) or status is Status.ACTUAL
    assert (alert.info("en").headline.startswith(("DRILL: ", "TEST: "))) == (status is not Status.ACTUAL)
