"""The drafts of a dry run in words."""

from datetime import UTC, datetime, timedelta

from overflight.cli.drafts_text import draft_lines
from overflight.jobs.warn_desk import Step
from overflight.warning.alert import Status
from overflight.warning.decision import DecisionMessage, Launch, TrackState
from overflight.warning.life_records import Outcome

LIFT_OFF = datetime(2023, 8, 23, 18, 50, 30, tzinfo=UTC)


def message(lift_off=LIFT_OFF):
    now = lift_off + timedelta(seconds=900)
    return DecisionMessage(
        1, "decision", "e.1", "t", 1, "e", Status.EXERCISE, now, now, TrackState.FIRM, Outcome.FLYING,
        Launch(lift_off, 2.0, "KP", "rocket"), (), "",
    )  # fmt: skip


def test_each_draft_with_its_times_and_what_happened_on_the_day():
    drafted = LIFT_OFF + timedelta(seconds=95)
    call = Step("e", "JP", "call", drafted, 41, 0, "A rocket in flight", drafted + timedelta(seconds=20))
    lift = Step("e", "JP", "lift", LIFT_OFF + timedelta(seconds=800), 0, 41, "Measured beyond 9 places")
    told = list(draft_lines([call, lift], message()))
    assert told[1:] == [
        "  drafted 95 s, sent 115 s: call, JP, 41 called, 0 released (A rocket in flight)",
        "  drafted 800 s, waits: lift, JP, 0 called, 41 released (Measured beyond 9 places)",
        "  on the day (2023-08-24): called 3-4 min after the launch; ended 16-17 min after it "
        "(J-Alert: passed, call to shelter lifted)",
    ]


def test_no_draft_is_said_and_an_unknown_day_is_not():
    assert list(draft_lines([], message())) == ["e: no draft by this policy."]
    step = Step("e", "JP", "call", LIFT_OFF, 1, 0, "")
    told = list(draft_lines([step], message(datetime(2030, 1, 1, tzinfo=UTC))))
    assert len(told) == 2 and "figures alone" in told[1]
