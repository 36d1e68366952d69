"""One tracked launch as the desk hears of it: what was said of each place, and the next message."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from overflight.earth.frames import ecef_to_geodetic
from overflight.exposure.ahead import PlacesAhead
from overflight.jobs.warn_evidence import Around, facts_of_places, facts_of_track
from overflight.jobs.warn_figures import Ellipse, Figures
from overflight.jobs.warn_places import Grounds, Said, come_down, overall, place_figures_of, said_after
from overflight.track.forecast import ROW_S, Forecast, Memory
from overflight.track.objects import State, Tracked
from overflight.warning.alert import Status
from overflight.warning.decision import (
    NEEDS,
    DecisionMessage,
    Evidence,
    EvidenceKind,
    Launch,
    PathPoint,
    TrackState,
)
from overflight.warning.life_records import Outcome

__all__ = ["PATH_EVERY_S", "Event", "Said", "event_key", "event_of", "mean_path", "next_message"]

Array = NDArray[np.float64]
MOST_PLACES = 2000
PATH_EVERY_S = 20.0
SAME_LAUNCH_M = 100e3
"""So near the last forecast of an event whose launch is gone, a new one is the same launch."""


@dataclass(frozen=True, slots=True)
class Event:
    """One launch: its identity, what was said of places, and what forecasts remember.

    ``down_s``: when the main body, and what becomes of it, would be down by the newest forecast (Unix, UTC).
    """

    key: str
    group: int
    seq: int = 0
    memory: Memory | None = None
    said: dict[int, Said] = field(default_factory=dict, repr=False)
    seen: tuple[Evidence, ...] = ()
    forecast: Forecast | None = field(default=None, repr=False)
    ellipse: Ellipse | None = None
    down_s: float | None = None
    regions: Mapping[tuple[str, str], tuple[float, float]] = field(default_factory=dict, repr=False)
    message: DecisionMessage | None = field(default=None, repr=False)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(round(seconds, 3), UTC)


def next_message(
    event: Event,
    main: Tracked,
    figures: Figures | None,
    ahead: PlacesAhead,
    around: Around,
    *,
    now_s: float,
    source: str,
    status: Status,
    launch: Launch,
    assumed: str,
    aside: Set[int] = frozenset(),
) -> Event:
    """Return the event with its next decision message.

    ``figures`` are those of the event's newest forecast; None while the track is lost, when what was said of
    each place stays as it is. ``aside``: places that it can reach no more, whichever way it turns.
    """
    lost = main.state(now_s) is State.LOST
    if figures is not None and event.forecast is not None and isfinite(figures.down_s):
        event = replace(event, down_s=event.forecast.time_s + figures.down_s)
    evidence = facts_of_track(
        event.seen, main, event.forecast, around, source=source, now_s=now_s, ellipse=event.ellipse,
        down_s=event.down_s,
    )  # fmt: skip
    said = dict(event.said)
    if figures is not None and event.forecast is not None:
        ended = any(fact.kind is EvidenceKind.THRUST_ENDED for fact in evidence)
        fresh = event.message is None or event.message.time < _instant(main.last_s)
        grounds = Grounds(main, ahead, fresh, ended, aside, figures.anew)
        said = said_after(said, figures, event.forecast.time_s, grounds)
        evidence = facts_of_places(evidence, said, ahead, main, event.ellipse, source=source)
    elif any(fact.kind is EvidenceKind.LAST_ARRIVAL for fact in evidence):
        said = come_down(said)
    outcome = _outcome(said, evidence, lost=lost)
    places = tuple(place_figures_of(ahead, index, value, lost) for index, value in sorted(said.items()))
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
        track=TrackState(main.state(now_s).value),
        outcome=outcome,
        launch=launch,
        places=places[:MOST_PLACES],
        assumed=assumed,
        evidence=evidence,
        path=mean_path(event.forecast) if event.forecast is not None and not lost else (),
        sensors=tuple(name for name, last, _ in main.heard if time_s - last < 10.0),
    )
    return replace(event, seq=event.seq + 1, said=said, seen=evidence, message=message)


def _outcome(said: Mapping[int, Said], evidence: tuple[Evidence, ...], *, lost: bool) -> Outcome:
    """Return what may be said of the whole flight: an outcome needs evidence, from before a track is lost."""
    outcome, kinds = overall(said), {fact.kind for fact in evidence}
    if outcome in NEEDS and kinds & NEEDS[outcome]:
        return outcome
    return Outcome.LOST if lost else Outcome.FLYING


def mean_path(forecast: Forecast) -> tuple[PathPoint, ...]:
    """Return the mean path of the flights that go on, every ``PATH_EVERY_S``, while most are aloft."""
    weight = forecast.weight_continues
    if forecast.p_ended > 0.5 or weight.sum() <= 0.0:
        weight = forecast.weight
    points = []
    rows = range(0, forecast.lines_m.shape[1], int(PATH_EVERY_S / ROW_S))
    _, _, heights = ecef_to_geodetic(forecast.lines_m[:, rows])
    for k, row in enumerate(rows):
        place = forecast.lines_m[:, row]
        there = np.isfinite(place[:, 0]) & (weight > 0.0)
        share = weight[there].sum()
        if share < 0.5:
            break
        w = weight[there] / share
        mean = w @ place[there]
        latitude, longitude, height = ecef_to_geodetic(mean)
        sigma = _across(forecast.lines_m, there, row, w, mean)
        points.append(
            PathPoint(
                _instant(round(forecast.time_s + ROW_S * row)),
                round(float(np.degrees(latitude)), 4),
                round(float(np.degrees(longitude)), 4),
                round(float(w @ heights[there, k]), 0),
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


def event_of(main: Tracked, events: Mapping[int, Event], groups: Set[int]) -> Event | None:
    """Return the event of a launch among those by group; ``groups`` are all launches followed by now
    (those of launches that are only reported are negative).

    Late plots may show that what was followed at first was a part. Its event goes on with the launch itself.
    """
    if main.group in events:
        return events[main.group]
    for group, event in events.items():
        if group in groups or group < 0 or event.forecast is None:
            continue
        last = event.forecast
        row = min(max(round((main.time_s - last.time_s) / ROW_S), 0), last.lines_m.shape[1] - 1)
        away = np.linalg.norm(last.lines_m[:, row] - main.mean[:3], axis=1)
        if np.nanmin(away, initial=np.inf) < SAME_LAUNCH_M:
            return replace(event, group=main.group)
    return None
