"""The record of alerts: complete, in order, and its spans those that the minutes give."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from overflight.record.alerts import PublicAlert, load_alerts
from overflight.record.load import load_record

ALERTS = {alert.key: alert for alert in load_alerts()}
ONE = {
    "key": "x", "day": "2030-01-01", "launch": ("01:00", "01:01"), "first_alert": ("01:05", "01:05"), "area": "here",
    "course": "gone", "ended": ("01:20", "01:20"), "ended_by": "lifted", "source": ("somebody",),
}  # fmt: skip


def test_nine_alerts_in_order():
    days = [alert.day for alert in load_alerts()]
    assert len(days) == 9 and days == sorted(days)


@pytest.mark.parametrize(
    ("key", "to_alert", "to_passage", "to_end", "after_passage"),
    [
        ("2017-08-29", (4, 4), (4, 4), (12, 12), (8, 8)),
        ("2022-10-04", (5, 7), (-1, 1), (13, 15), (14, 14)),
        ("2022-11-03", (10, 11), None, (10, 10), None),
        ("2023-04-13", (33, 33), None, (19, 24), None),
        ("2023-05-31", (2, 3), None, (34, 34), None),
        ("2023-08-24", (3, 4), (6, 6), (13, 13), (7, 7)),
        ("2023-11-21", (3, 3), (9, 9), (29, 29), (20, 20)),
    ],
)
def test_spans(key, to_alert, to_passage, to_end, after_passage):
    alert = ALERTS[key]
    assert (alert.to_alert_min, alert.to_passage_min) == (to_alert, to_passage)
    assert (alert.to_end_min, alert.after_passage_min) == (to_end, after_passage)


def test_satellite_launches_are_those_of_the_record():
    events = {event.key: event for event in load_record()}
    named = [alert for alert in ALERTS.values() if alert.launch_event]
    assert len(named) == 4
    for alert in named:
        local = events[alert.launch_event].utc.timestamp() + 9 * 3600
        first, last = (60 * (int(c[:2]) * 60 + int(c[3:])) for c in alert.launch)
        assert first - 120 <= local % 86400 <= last + 120


@pytest.mark.parametrize(
    "change",
    [{"first_alert": ("00:50", "00:50")}, {"launch": ("1:00", "01:00")}, {"source": ()}, {"ended": ("01:30", "01:20")},
     {"colour": "red"}],
)  # fmt: skip
def test_what_cannot_be_is_refused(change):
    PublicAlert.model_validate(ONE)
    with pytest.raises(ValidationError):
        PublicAlert.model_validate(ONE | change)
