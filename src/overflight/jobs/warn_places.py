"""What is remembered and said of each place under a tracked launch, and when its outcome is said."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import ceil, floor

import numpy as np

from overflight.exposure.ahead import PlacesAhead
from overflight.jobs.warn_figures import ARRIVAL_P, Figures
from overflight.track.objects import Tracked
from overflight.warning.decision import PlaceFigures
from overflight.warning.life_records import Outcome

__all__ = ["Grounds", "Said", "come_down", "overall", "place_figures_of", "said_after"]

SHOWN_OVER, SHOWN_DEBRIS = 0.01, 1e-6
"""A place that has less, and never had what keeps it, is not told of."""
KEPT_OVER, KEPT_DEBRIS = 0.02, 1e-5
"""A place that once had so much stays in every message, until its outcome is said and beyond."""
NEGLIGIBLE_OVER, NEGLIGIBLE_DEBRIS = 2e-3, 1e-6
"""An outcome needs so little; nothing flickers, so once said it stands until there is more."""
AGAIN_OVER, AGAIN_DEBRIS = 0.02, 1e-4
"""An outcome once said stands until there is so much again, twice in a row: what a desk calls for unless its
policy says otherwise."""
BEHIND_DEG = 60.0
PASSED_OVER = 0.5
"""What was never so likely to be passed, place or waters, and lies behind the body was not passed."""
DONE = (Outcome.PASSED, Outcome.WILL_NOT_ARRIVE, Outcome.COME_DOWN)
STEADY, STEADY_S, ASIDE_S = 3, 4.0, 30.0
"""A place must be out of reach in so many messages in a row, and for so long, before its outcome is said;
longer where the only ground is that no turn would lead there."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is remembered of one place; instants in seconds (Unix, UTC).

    ``most`` is the greatest probability so far that it, or the waters of its region, are passed; ``beyond``
    says that the body was measured beyond it, ``aside`` that no turn would lead there any more; ``clear``
    counts the messages in a row in which it is out of reach, the first of them of a measurement at
    ``clear_s``.
    """

    figures: tuple[float, float, float] = (0.0, 0.0, 0.0)
    most: float = 0.0
    beyond: bool = False
    aside: bool = False
    first_s: float | None = None
    last_s: float | None = None
    arrival_s: float | None = None
    outcome: Outcome = Outcome.FLYING
    clear: int = 0
    clear_s: float = 0.0
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Grounds:
    """What speaks for places being out of reach.

    ``main`` is None of a launch that nobody measured. ``fresh``: something was newly measured; ``ended``:
    thrust is known to have ended; ``aside`` are the places to which no turn of a body under thrust leads.
    ``anew``: debris was made anew.
    """

    main: Tracked | None
    ahead: PlacesAhead
    fresh: bool
    ended: bool
    aside: Set[int] = frozenset()
    anew: bool = True


def said_after(said: dict[int, Said], figures: Figures, time_s: float, grounds: Grounds) -> dict[int, Said]:
    """Return what is to be said of each place after a forecast."""
    row_of = {int(index): row for row, index in enumerate(figures.place)}
    out = {index: _seen_again(value) for index, value in said.items() if value.kept}
    for index, row in row_of.items():
        values = (figures.if_continues[row], figures.over[row], figures.debris[row])
        if index not in out and max(values[:2]) < SHOWN_OVER and values[2] < SHOWN_DEBRIS:
            continue
        before = _seen_again(said[index]) if index in said else _newly_told(index, said, grounds.ahead)
        out[index] = _refreshed(before, values, figures, row, time_s)
    for index in out:
        if index not in row_of:
            out[index] = replace(out[index], figures=(0.0, 0.0, 0.0))
        _, crossed = figures.regions.get(grounds.ahead.region(index), (0.0, 0.0))
        most = max(out[index].most, out[index].figures[1], crossed)
        out[index] = _judged(replace(out[index], most=most), index, grounds, crossed)
    return out


def come_down(said: Mapping[int, Said]) -> dict[int, Said]:
    """Return what is to be said once a lost body is known to be down: of places without an outcome, so."""
    return {
        index: value if value.outcome in DONE else replace(value, outcome=Outcome.COME_DOWN)
        for index, value in said.items()
    }


def _newly_told(index: int, said: Mapping[int, Said], ahead: PlacesAhead) -> Said:
    """Return a place that is told of for the first time: out of reach, if all told of in its region are."""
    region = ahead.region(index)
    others = [value for other, value in said.items() if ahead.region(other) == region]
    if others and all(value.outcome is Outcome.WILL_NOT_ARRIVE for value in others):
        return Said(outcome=Outcome.WILL_NOT_ARRIVE, clear=1, aside=others[0].aside)
    return Said()


def _seen_again(value: Said) -> Said:
    """Return a place of which a body was believed to be down, and is seen once more, as open."""
    return replace(value, outcome=Outcome.FLYING, clear=0) if value.outcome is Outcome.COME_DOWN else value


def _refreshed(
    before: Said, values: tuple[float, float, float], figures: Figures, row: int, time_s: float
) -> Said:
    probable = tuple(float(min(max(v, 0.0), 1.0)) for v in values)
    first, last = before.first_s, before.last_s
    if np.isfinite(figures.first_s[row]) and max(probable[:2]) >= SHOWN_OVER:
        new_first, new_last = time_s + figures.first_s[row], time_s + figures.last_s[row]
        under = figures.first_s[row] <= 0.0
        first = min(first, new_first) if under and first is not None else new_first
        last = max(new_last, first)
    arrival = before.arrival_s
    if np.isfinite(figures.arrival_s[row]):
        arrival = time_s + float(figures.arrival_s[row])
    if last is not None and arrival is not None and probable[2] <= NEGLIGIBLE_DEBRIS:
        arrival = max(arrival, last) if arrival < last else arrival
    kept = before.kept or max(probable[:2]) >= KEPT_OVER or probable[2] >= KEPT_DEBRIS
    return replace(
        before,
        kept=kept,
        figures=(probable[0], probable[1], probable[2]),
        first_s=first,
        last_s=last,
        arrival_s=arrival,
    )


def _judged(value: Said, index: int, grounds: Grounds, crossed: float) -> Said:
    """Return a place with its outcome: passed, will not be reached, or still open.

    Passed: the body is measured beyond it, no forecast passes it any more, and nothing of it can still come
    down there. Will not be reached: the same of a place that no likely path led to, or no line of the
    forecast leads to the place, nor across the waters between the places of its region (``crossed``,
    probability), and thrust has ended or cannot turn it there. Each must hold for some messages in a row.
    """
    main = grounds.main
    if main is None:
        return value
    if_continues, over, debris = value.figures
    done = value.outcome in DONE
    most_over, most_debris = (AGAIN_OVER, AGAIN_DEBRIS) if done else (NEGLIGIBLE_OVER, NEGLIGIBLE_DEBRIS)
    behind = if_continues <= NEGLIGIBLE_OVER and _behind(index, main, grounds.ahead)
    between = crossed > most_over and not behind and value.outcome is not Outcome.PASSED
    if over > most_over or between or (debris > most_debris and (grounds.anew or not done)):
        return _in_reach(value, main)
    if done and debris > most_debris:
        return value  # the same draw of pieces, told again
    if done:
        return replace(value, clear=max(value.clear, 1))
    soon = behind or (grounds.fresh and grounds.ended)
    if not soon and not (grounds.fresh and index in grounds.aside):
        return replace(value, clear=0) if grounds.fresh else value
    since_s = value.clear_s if value.clear else main.last_s
    value = replace(value, clear=value.clear + 1, clear_s=since_s)
    if value.clear < STEADY or main.last_s - since_s < (STEADY_S if soon else ASIDE_S):
        return value
    if not behind:
        return replace(value, aside=not soon, outcome=Outcome.WILL_NOT_ARRIVE)
    value = replace(value, beyond=True)
    if value.most < PASSED_OVER:
        return replace(value, outcome=Outcome.WILL_NOT_ARRIVE)
    if value.first_s is None or value.last_s is None:
        return replace(value, outcome=Outcome.PASSED)
    last = min(value.last_s, main.last_s)
    return replace(value, outcome=Outcome.PASSED, first_s=min(value.first_s, last), last_s=last)


def _in_reach(value: Said, main: Tracked) -> Said:
    """Return a place in reach as open; an outcome once said stands until a second measurement says so too."""
    doubted = value.clear == 0 and main.last_s > value.clear_s
    if value.outcome in DONE and not doubted:
        return replace(value, clear=0, clear_s=main.last_s)
    return replace(value, clear=0, beyond=False, aside=False, outcome=Outcome.FLYING)


def _behind(index: int, main: Tracked, ahead: PlacesAhead) -> bool:
    """Return whether a place lies behind the body, farther than it is wide and the width of a passage.

    What is farther away than ``BEHIND_DEG`` lies ahead on the other side of the Earth as well.
    """
    mean = main.mean
    away = ahead.centre_m[index] - mean[:3]
    up = mean[:3] / np.linalg.norm(mean[:3])
    if float(ahead.centre_m[index] @ up) < np.cos(np.radians(BEHIND_DEG)) * np.linalg.norm(
        ahead.centre_m[index]
    ):
        return False
    level = mean[3:6] - (mean[3:6] @ up) * up
    speed = float(np.linalg.norm(level))
    if speed < 100.0:
        return False
    return float(away @ level) / speed < -(ahead.width_m + ahead.radius_m[index])


def overall(said: Mapping[int, Said]) -> Outcome:
    """Return the outcome of the whole: passed, if the body was measured beyond every place and passed some.

    Where some are passed and others never reached, it is the latter: it speaks for places that a message does
    not name, and those were not passed over. What a body out of sight came down for holds for all of them.
    """
    concerned = said.values()
    if not concerned or any(value.outcome not in DONE for value in concerned):
        return Outcome.FLYING
    if any(value.outcome is Outcome.COME_DOWN for value in concerned):
        return Outcome.COME_DOWN
    passed = [value.outcome is Outcome.PASSED for value in concerned]
    if any(passed) and all(value.beyond for value in concerned):
        return Outcome.PASSED
    return Outcome.WILL_NOT_ARRIVE


def place_figures_of(ahead: PlacesAhead, index: int, value: Said, lost: bool) -> PlaceFigures:
    """Return what a message says of a place."""
    outcome = value.outcome
    if lost and outcome is Outcome.FLYING:
        outcome = Outcome.LOST
    arrival = value.arrival_s if value.arrival_s is not None else value.last_s
    first, last = value.first_s, value.last_s
    return PlaceFigures(
        code=ahead.places[index].key,
        p_over_if_continues=_short(value.figures[0]),
        p_over=_short(value.figures[1]),
        p_debris=_short(value.figures[2]),
        outcome=outcome,
        first_passage=None if first is None or last is None else _instant(floor(first)),
        last_passage=None if first is None or last is None else _instant(ceil(last)),
        last_arrival=None if arrival is None else _instant(ceil(arrival)),
        arrival_p=None if arrival is None else ARRIVAL_P,
    )


def _short(probability: float) -> float:
    """Return a probability with the digits that it deserves: four, or none below 1e-9."""
    return min(float(f"{probability:.4g}"), 1.0) if probability >= 1e-9 else 0.0


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
