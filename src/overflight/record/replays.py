"""What this tool would have done in the alerts of the record: figures of replays, kept as data.

Only launches of satellites are replayed: there is no scenario of a missile here, and none is to be made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import resources
from statistics import median
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from overflight.errors import InputError

__all__ = ["Answered", "ReplayRun", "Replayed", "Replays", "Spread", "load_replays", "read_replays"]


class Spread(NamedTuple):
    """Least, median and greatest of values, and how many there are."""

    low: float
    middle: float
    high: float
    values: int


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Answered(_Strict):
    """What a desk did whose people approve so many seconds after a draft is there; seconds after lift-off.

    ``called_s`` is when the first call was sent, ``lifted_s`` when the last one was lifted; None where
    nothing was called, or it was not lifted before the replay ended.
    """

    approval_s: float
    drafted_s: float | None
    called_s: float | None
    places_called: int
    lifted_s: float | None


class ReplayRun(_Strict):
    """One flight, seen and decided on. Seconds after the true lift-off, which the tracker does not know.

    ``reached_s`` and ``left_s`` are when the vehicle came over the region of the desk, sea between its
    islands included, and when it had left it; None where it never came.
    """

    seed: int
    part: float
    end_of_thrust_s: float
    first_plot_s: float | None
    reached_s: float | None
    left_s: float | None
    messages: int
    machine_s: float | None
    answers: tuple[Answered, ...]

    @property
    def safe_s(self) -> float:
        """When nothing could come any more: beyond the region, or thrust ended short of it."""
        return self.end_of_thrust_s if self.left_s is None else self.left_s


class Replayed(_Strict):
    """An alert replayed: its key in the record of alerts, what stood in for the launch, and the flights.

    ``is_own`` says that the scenario is that of the launch itself and not of one in its manner.
    """

    key: str
    scenario: str
    is_own: bool
    manner: str
    prior: str
    outcome: str
    runs: tuple[ReplayRun, ...]

    def called(self, approval_s: float) -> Spread | None:
        """Return when the first call was sent, over the flights in which one was."""
        return _spread(answer.called_s for answer in self._answers(approval_s))

    def lifted(self, approval_s: float) -> Spread | None:
        """Return when the last call was lifted, over the flights in which it was."""
        return _spread(answer.lifted_s for answer in self._answers(approval_s))

    def places(self, approval_s: float) -> Spread | None:
        """Return how many places were called at once at most, over the flights in which any was."""
        return _spread(float(answer.places_called) or None for answer in self._answers(approval_s))

    def safe(self) -> Spread | None:
        """Return from when nothing could come any more."""
        return _spread(run.safe_s for run in self.runs)

    def reached(self) -> Spread | None:
        """Return when the vehicle came over the region, over the flights in which it did."""
        return _spread(run.reached_s for run in self.runs)

    def never_seen(self) -> int:
        """Return in how many flights no radar saw anything."""
        return sum(run.first_plot_s is None for run in self.runs)

    def _answers(self, approval_s: float) -> Iterator[Answered]:
        return (one for run in self.runs for one in run.answers if one.approval_s == approval_s)


class Replays(_Strict):
    """All replays, and what they were made with."""

    schema_version: Literal[1]
    version: str
    made: str
    sensors: str
    policy: str
    places_of_policy: int
    every_s: float
    width_m: float
    alert: tuple[Replayed, ...]
    not_replayed: dict[str, str]

    @property
    def approvals_s(self) -> tuple[float, ...]:
        """The times of approval that were tried."""
        return tuple(dict.fromkeys(a.approval_s for one in self.alert for r in one.runs for a in r.answers))

    def of(self, key: str) -> Replayed | None:
        """Return the replay of an alert; None if there is none."""
        return next((one for one in self.alert if one.key == key), None)


def load_replays() -> Replays:
    """Return the packaged replays."""
    name = "replays.json"
    return read_replays(resources.files("overflight.record").joinpath(name).read_bytes(), name)


def read_replays(content: bytes, where: str) -> Replays:
    """Return replays from the file that ``tools/replay_alerts.py`` writes.

    Raises
    ------
    InputError : another kind of file
    """
    try:
        return Replays.model_validate_json(content)
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InputError(
            where, key, found=first["msg"], allowed="what tools/replay_alerts.py writes",
            remedy="Make it anew.",
        ) from None  # fmt: skip


def _spread(values: Iterable[float | None]) -> Spread | None:
    there = [value for value in values if value is not None]
    return Spread(min(there), median(there), max(there), len(there)) if there else None
