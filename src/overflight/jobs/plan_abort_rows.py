"""The abort comparison of a plan in rows and words."""

from __future__ import annotations

import numpy as np

from overflight.jobs.planned import AbortComparison
from overflight.report.risk_values import AbortRow

__all__ = ["abort_rows", "abort_verdict"]

TOLD = 2.0
"""Standard errors from which on a change is told from none."""


def abort_rows(found: tuple[AbortComparison, ...]) -> tuple[AbortRow, ...]:
    """Return a row for each mode in which the system ends flights."""
    return tuple(_row(one) for one in found)


def abort_verdict(found: tuple[AbortComparison, ...]) -> str:
    """Return what the system does to the collective risk of the launch; empty for fewer than two modes."""
    if len(found) < 2:
        return ""
    change = sum(one.probability * one.change.value for one in found)
    error = float(np.hypot.reduce([one.probability * one.change.error for one in found]))
    return f"All modes together: {_verdict(change, error)}"


def _row(one: AbortComparison) -> AbortRow:
    verdict = _verdict(one.change.value, one.change.error)
    return AbortRow(
        one.label, one.in_error, one.action, one.flights, one.ended,
        *one.destruct.row, *one.thrust_cut.row, *one.left.row,
        one.change.value, one.change.error, one.probability * one.change.value,
        one.probability * one.change.error, verdict[0].upper() + verdict[1:],
    )  # fmt: skip


def _verdict(change: float, error: float) -> str:
    if change == error == 0.0:
        return "ending the flight makes no difference in the flights computed."
    if abs(change) <= TOLD * error:
        return "ending the flight cannot be told apart from flying on with the flights computed."
    if change > 0.0:
        return "ending the flight raises the collective risk over flying on."
    return "ending the flight lowers the collective risk below that of flying on."
