"""One tracked launch as the desk hears of it: what was said of each place, and the next message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from overflight.earth.frames import ecef_to_geodetic
from overflight.exposure.ahead import PlacesAhead
from overflight.jobs.warn_figures import ARRIVAL_P, Ellipse, Figures
from overflight.track.forecast import ROW_S, Forecast, Memory
from overflight.track.objects import State, Tracked
from overflight.warning.alert import Status
from overflight.warning.decision import (
    DecisionMessage,
    Evidence,
    EvidenceKind,
    Launch,
    PathPoint,
    PlaceFigures,
    TrackState,
)
from overflight.warning.life_records import Outcome

__all__ = ["Event", "Said", "event_key", "next_message"]

Array = NDArray[np.float64]
SHOWN_OVER, SHOWN_DEBRIS = 5e-3, 1e-6
KEPT_OVER, KEPT_DEBRIS = 0.02, 1e-5
"""A place that once had so much stays in every message, until its outcome is said and beyond."""
MOST_PLACES = 2000
SURE = 0.95
"""Probability at which thrust is said to have ended."""
NEGLIGIBLE_OVER, NEGLIGIBLE_DEBRIS = 2e-3, 1e-6
STEADY = 5
"""Messages in a row in which a place must be out of reach before its outcome is said."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is remembered of one place; instants in seconds (Unix, UTC)."""

    figures: tuple[float, float, float] = (0.0, 0.0, 0.0)
    first_s: float | None = None
    last_s: float | None = None
    arrival_s: float | None = None
    outcome: Outcome = Outcome.FLYING
    clear: int = 0
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One launch: its identity, what was said of places, and what forecasts remember."""

    key: str
    group: int
    seq: int = 0
    memory: Memory | None = None
    said: dict[int, Said] = field(default_factory=dict, repr=False)
    seen: tuple[Evidence, ...] = ()
    forecast: Forecast | None = field(default=None, repr=False)
    ellipse: Ellipse | None = None
    regions: Mapping[tuple[str, str], tuple[float, float]] = field(default_factory=dict, repr=False)
    message: DecisionMessage | None = field(default=None, repr=False)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(round(seconds, 3), UTC)


def next_message(
    event: Event,
    main: Tracked,
    figures: Figures | None,
    ahead: PlacesAhead,
    *,
    now_s: float,
    source: str,
    status: Status,
    launch: Launch,
    assumed: str,
    confirmed: bool = False,
) -> Event:
    """Return the event with its next decision message.

    ``figures`` are those of the event's newest forecast; None while the track is lost, when what was said of
    each place stays as it is.
    """
    state = main.state(now_s)
    evidence = _evidence(event, main, source, now_s)
    said = dict(event.said)
    if figures is not None and event.forecast is not None:
        said = _said(said, figures, event.forecast, main, ahead, evidence)
    lost = state is State.LOST
    outcome = Outcome.LOST if lost else _overall(said, event)
    places = tuple(_place(ahead, index, value, lost) for index, value in sorted(said.items()))[:MOST_PLACES]
    kinds = {e.kind for e in evidence}
    if outcome is Outcome.PASSED and EvidenceKind.SEEN_BEYOND not in kinds:
        outcome = Outcome.FLYING
    if outcome is Outcome.WILL_NOT_ARRIVE and not kinds & {
        EvidenceKind.THRUST_ENDED,
        EvidenceKind.IMPACT_LINE,
    }:
        outcome = Outcome.FLYING
    time_s = main.last_s
    message = DecisionMessage(
        v=1,
        type="decision",
        id=f"{event.key}.{event.seq}",
        source=source,
        seq=event.seq,
        event=event.key,
        status=status,
        time=_instant(time_s),
        made=_instant(max(now_s, time_s)),
        track=TrackState(state.value),
        outcome=outcome,
        launch=launch,
        places=places,
        assumed=assumed,
        evidence=evidence,
        path=_path(event.forecast) if event.forecast is not None and not lost else (),
        sensors=tuple(name for name, last, _ in main.heard if time_s - last < 10.0),
    )
    return replace(event, seq=event.seq + 1, said=said, seen=evidence, message=message)


def _evidence(event: Event, main: Tracked, source: str, now_s: float) -> tuple[Evidence, ...]:
    """Return all facts so far, with those that are new."""
    known = {e.kind for e in event.seen}
    found = list(event.seen)

    def add(kind: EvidenceKind, words: str) -> None:
        if kind not in known:
            found.append(Evidence(kind, source, _instant(main.last_s), words))

    if main.launched:
        add(EvidenceKind.LAUNCH_SEEN, f"A rocket in flight, {main.place[2] / 1e3:.0f} km high")
    if event.forecast is not None and event.forecast.p_ended >= SURE:
        add(EvidenceKind.THRUST_ENDED, f"Thrust has ended, probability {event.forecast.p_ended:.2f}")
    elif EvidenceKind.THRUST_ENDED in known and event.forecast is not None and event.forecast.p_ended < 0.5:
        found = [e for e in found if e.kind is not EvidenceKind.THRUST_ENDED]
    if main.state(now_s) is State.LOST:
        add(EvidenceKind.TRACK_LOST, f"No plot since {_instant(main.last_s):%H:%M:%S}Z")
    else:
        found = [e for e in found if e.kind is not EvidenceKind.TRACK_LOST]
    return tuple(found)


def _said(
    said: dict[int, Said],
    figures: Figures,
    forecast: Forecast,
    main: Tracked,
    ahead: PlacesAhead,
    evidence: tuple[Evidence, ...],
) -> dict[int, Said]:
    """Return what is to be said of each place after a forecast."""
    row_of = {int(index): row for row, index in enumerate(figures.place)}
    ended = any(e.kind is EvidenceKind.THRUST_ENDED for e in evidence)
    out = {index: value for index, value in said.items() if value.kept or index in row_of}
    for index, row in row_of.items():
        values = (figures.if_continues[row], figures.over[row], figures.debris[row])
        if index not in out and max(values[:2]) < SHOWN_OVER and values[2] < SHOWN_DEBRIS:
            continue
        before = out.get(index, Said())
        out[index] = _refreshed(before, values, figures, row, forecast.time_s)
    for index in out:
        if index not in row_of:
            out[index] = replace(out[index], figures=(0.0, 0.0, 0.0))
        out[index] = _judged(out[index], index, main, ahead, ended)
    return out


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


def _judged(value: Said, index: int, main: Tracked, ahead: PlacesAhead, ended: bool) -> Said:
    """Return a place with its outcome: passed, will not be reached, or still open.

    Passed: the body is measured beyond it and nothing of it can still come down there. Will not be reached:
    thrust has ended and no line of the forecast leads there. Both must hold for some messages in a row.
    """
    if_continues, over, debris = value.figures
    behind = _behind(index, main, ahead)
    if debris > NEGLIGIBLE_DEBRIS or over > NEGLIGIBLE_OVER:
        return replace(value, clear=0, outcome=Outcome.FLYING)
    if not behind and not ended:
        return replace(value, clear=0) if if_continues > NEGLIGIBLE_OVER else value
    clear = value.clear + 1
    if clear < STEADY:
        return replace(value, clear=clear)
    return replace(value, clear=clear, outcome=Outcome.PASSED if behind else Outcome.WILL_NOT_ARRIVE)


def _behind(index: int, main: Tracked, ahead: PlacesAhead) -> bool:
    """Return whether a place lies behind the body, farther than it is wide and the width of a passage."""
    mean = main.mean
    away = ahead.centre_m[index] - mean[:3]
    up = mean[:3] / np.linalg.norm(mean[:3])
    level = mean[3:6] - (mean[3:6] @ up) * up
    speed = float(np.linalg.norm(level))
    if speed < 100.0:
        return False
    return float(away @ level) / speed < -(ahead.width_m + ahead.radius_m[index])


def _overall(said: dict[int, Said], event: Event) -> Outcome:
    concerned = [value.outcome for value in said.values()]
    if concerned and all(outcome is Outcome.PASSED for outcome in concerned):
        return Outcome.PASSED
    done = (Outcome.PASSED, Outcome.WILL_NOT_ARRIVE)
    if concerned and all(outcome in done for outcome in concerned):
        return Outcome.WILL_NOT_ARRIVE
    return Outcome.FLYING


def _place(ahead: PlacesAhead, index: int, value: Said, lost: bool) -> PlaceFigures:
    outcome = value.outcome
    if lost and outcome is Outcome.FLYING:
        outcome = Outcome.LOST
    arrival = value.arrival_s if value.arrival_s is not None else value.last_s
    first, last = value.first_s, value.last_s
    return PlaceFigures(
        code=ahead.places[index].key,
        p_over_if_continues=round(value.figures[0], 6),
        p_over=round(value.figures[1], 6),
        p_debris=min(round(value.figures[2], 9), 1.0),
        outcome=outcome,
        first_passage=None if first is None or last is None else _instant(first),
        last_passage=None if first is None or last is None else _instant(last),
        last_arrival=None if arrival is None else _instant(arrival),
        arrival_p=None if arrival is None else ARRIVAL_P,
    )


def _path(forecast: Forecast) -> tuple[PathPoint, ...]:
    """Return the mean path of the flights that go on, every 20 s, while most of them are aloft."""
    weight = forecast.weight_continues
    if forecast.p_ended > 0.5 or weight.sum() <= 0.0:
        weight = forecast.weight
    points = []
    for row in range(0, forecast.lines_m.shape[1], int(20.0 / ROW_S)):
        place = forecast.lines_m[:, row]
        there = np.isfinite(place[:, 0]) & (weight > 0.0)
        share = weight[there].sum()
        if share < 0.5:
            break
        w = weight[there] / share
        mean = w @ place[there]
        latitude, longitude, height = ecef_to_geodetic(mean)
        _, _, heights = ecef_to_geodetic(place[there])
        sigma = _across(forecast.lines_m, there, row, w, mean)
        points.append(
            PathPoint(
                _instant(forecast.time_s + ROW_S * row),
                round(float(np.degrees(latitude)), 4),
                round(float(np.degrees(longitude)), 4),
                round(float(w @ heights), 0),
                round(sigma, 0),
            )
        )
        if float(height) < -5e5:
            break
    return tuple(points)


def _across(lines: Array, there: NDArray[np.bool_], row: int, weight: Array, mean: Array) -> float:
    """Return the spread of paths across their mean direction (m)."""
    step = min(row + 1, lines.shape[1] - 1)
    ahead = lines[there, step] - lines[there, row if step > row else row - 1]
    there2 = np.isfinite(ahead[:, 0])
    if not there2.any():
        return 0.0
    direction = weight[there2] @ ahead[there2]
    side = np.cross(mean, direction)
    side /= max(float(np.linalg.norm(side)), 1e-9)
    off = (lines[there, row] - mean) @ side
    return float(np.sqrt(weight @ off**2))


def event_key(main: Tracked) -> str:
    """Return the name of a launch's event: when it was first seen, and its number."""
    return f"launch-{_instant(main.first_s):%Y%m%dT%H%M%SZ}-{main.group}"
