"""Drafts of a dry run in words: what would be called, widened, narrowed and lifted, when, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from overflight.warning.decision import DecisionMessage

if TYPE_CHECKING:
    from overflight.jobs.warn_desk import Step

__all__ = ["draft_lines"]


def draft_lines(steps: Sequence[Step], message: DecisionMessage) -> Iterator[str]:
    """Yield lines on the drafts of one event; times count from lift-off as the newest message gives it."""
    from overflight.jobs.warn_desk import APPROVAL_S

    lift_off = message.launch.time
    if not steps:
        yield f"{message.event}: no draft by this policy."
        return
    yield (
        f"{message.event}: drafts, s after lift-off at {lift_off:%H:%M:%S}Z "
        f"(± {message.launch.time_sigma_s:.0f} s); each taken as approved after {APPROVAL_S:.0f} s"
    )
    for step in steps:
        sent = "waits" if step.sent is None else f"sent {_after(step.sent, lift_off)}"
        counts = f"{step.called} called, {step.released} released"
        yield (
            f"  drafted {_after(step.drafted, lift_off)}, {sent}: {step.does}, {step.country}, {counts}"
            f" ({step.evidence or 'figures alone'})"
        )
    yield from _on_the_day(message)


def _after(time: datetime, lift_off: datetime) -> str:
    return f"{(time - lift_off).total_seconds():.0f} s"


def _on_the_day(message: DecisionMessage) -> Iterator[str]:
    """Yield what the public alert for this launch was, if the record holds one."""
    from overflight.record.alerts import alert_at

    alert = alert_at(message.launch.time)
    if alert is None:
        return
    (first, last), (end_first, end_last) = alert.to_alert_min, alert.to_end_min
    yield (
        f"  on the day ({alert.key}): called {first}-{last} min after the launch; ended "
        f"{first + end_first}-{last + end_last} min after it ({alert.ended_by})"
    )
