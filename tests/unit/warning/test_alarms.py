"""Alarms: silence, a draft that waits, a lift overdue; none when all is well."""

from __future__ import annotations

from deskfakes import EVENT, POLICY, figures, told
from lives import Desk, at, basis, content
from overflight.warning.alarms import alarms
from overflight.warning.alert import Status
from overflight.warning.policy import read_policy
from overflight.warning.templates import MessageKind

RULES = read_policy(POLICY)


def test_each_alarm_comes_when_it_is_due_and_not_before() -> None:
    desk, message = Desk(Status.EXERCISE), told(100, figures())
    assert desk.now.event_id == EVENT
    assert alarms(desk.now, message, RULES, at(5000)) == (), "nobody is called and nothing waits"
    call = content(MessageKind.LAUNCH, ("JP-47361",), status=Status.EXERCISE)
    desk.draft("d", call, basis(100), 100)
    assert alarms(desk.now, message, RULES, at(109)) == ()
    found = alarms(desk.now, message, RULES, at(116))
    assert ["waited" in found[0], "silent" in found[1]] == [True, True]
    desk.approve("d", "aoki", 117)
    desk.approve("d", "baba", 117)
    desk.issue("d", 118)
    later = told(979, figures())
    assert alarms(desk.now, later, RULES, at(980)) == (), (
        "the last arrival is at 860 s, and two minutes are given"
    )
    assert "still called" in alarms(desk.now, later, RULES, at(981))[0]
