"""The three figures of each place, from a forecast: over if it goes on, over at all, debris."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from overflight import rng
from overflight.debris.breakup import break_up
from overflight.debris.catalogue import generic_catalogue
from overflight.earth.air import Air
from overflight.earth.frames import ecef_to_eci, ecef_to_geodetic, geodetic_to_ecef, local_axes
from overflight.exposure.ahead import PlacesAhead
from overflight.exposure.statistics import weighted_quantile
from overflight.flight.simulate import fall
from overflight.track.forecast import BROKEN, GOLDEN, ROW_S, STOPPED, Forecast
from overflight.track.objects import Tracked

__all__ = ["Ellipse", "Figures", "holding", "impact_ellipse", "place_figures"]

Array = NDArray[np.float64]
DEBRIS_FLIGHTS, WHOLE_BODIES, PIECES, PART_DRAWS = 50, 150, 12, 16
ELLIPSE_DRAWS = 4
"""Bodies of different drag that fall from each state drawn from the track."""
DANGEROUS_J = 14.9  # 11 ft-lbf (14 CFR 450.137)
ARRIVAL_P = 0.99
NEAR_LANDING_M = 30e3
PART_KGPM2 = (10.0, 2500.0)
"""Ballistic coefficients of a part nobody has described: from sheet metal to an engine block."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of places (p,): probabilities, first and last passage, last arrival (s from the forecast)."""

    place: NDArray[np.int64]
    if_continues: Array
    over: Array
    debris: Array
    first_s: Array
    last_s: Array
    arrival_s: Array
    anew: bool = True
    """Whether debris was made anew; else it stays as it was said before."""
    down_s: float = float("nan")
    """When what becomes of the main body is down at ``ARRIVAL_P``, s from the forecast; NaN if not known."""
    regions: Mapping[tuple[str, str], tuple[float, float]] = field(default_factory=dict, repr=False)
    """By country and region (prefecture, province): probability that it is passed, its places or the sea
    between them, given that the flight goes on, and at all."""


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Where the body comes down if thrust ends now: centre, half axes of 95 %, direction, time to go."""

    latitude_deg: float
    longitude_deg: float
    semi_major_m: float
    semi_minor_m: float
    azimuth_deg: float
    in_s: float
    contained: float = field(default=0.95)


@dataclass(frozen=True, slots=True)
class _Landed:
    flight: NDArray[np.int64]
    pieces: Array
    weight: Array
    time_s: Array
    latitude: Array
    longitude: Array
    own: int
    """So many of the flights are the main body's; those after them are parts that fly apart from it."""


def place_figures(
    ahead: PlacesAhead,
    forecast: Forecast,
    parts: tuple[Tracked, ...],
    air: Air,
    *,
    seed: int,
    debris: bool,
    told: Iterable[int] = (),
) -> Figures:
    """Return the figures of every place that a forecast line or a predicted piece comes near.

    ``parts`` are the other bodies of the launch, falling; ``debris`` False leaves that figure at zero. The
    regions are those of these places and of the places ``told`` before.
    """
    some = np.flatnonzero(forecast.weight_continues + forecast.weight > 1e-9)
    place, found = ahead.passages(forecast.lines_m[some], ROW_S)
    times = np.full((len(forecast.kind), len(place), 2), np.nan)
    times[some] = found
    passing = np.isfinite(times[:, :, 0])
    landed = _landed(forecast, parts, air, seed) if debris else None
    hits, arrival = _on_places(ahead, landed)
    every = np.union1d(place, np.fromiter(hits, np.int64, len(hits)))
    at = np.searchsorted(every, place)
    zero, nowhere = np.zeros(len(every)), np.full(len(every), np.nan)
    out = Figures(every, zero, zero.copy(), zero.copy(), nowhere, nowhere.copy(), nowhere.copy())
    out.if_continues[at] = forecast.weight_continues @ passing
    out.over[at] = forecast.weight @ passing
    both = forecast.weight_continues + forecast.weight
    for j, row in enumerate(at):
        some = passing[:, j] & (both > 0.0)
        if some.any():
            out.first_s[row] = weighted_quantile(times[some, j, 0], both[some], (0.05,))[0]
            out.last_s[row] = weighted_quantile(times[some, j, 1], both[some], (0.95,))[0]
    for row, index in enumerate(every):
        out.debris[row] = hits.get(int(index), 0.0)
        out.arrival_s[row] = arrival.get(int(index), np.nan)
    told_too = np.union1d(place, np.fromiter(told, np.int64))
    return replace(out, anew=debris, down_s=_all_down(landed), regions=_regions(ahead, told_too, forecast))


def _regions(
    ahead: PlacesAhead, place: NDArray[np.int64], forecast: Forecast
) -> dict[tuple[str, str], tuple[float, float]]:
    """Return by region the probabilities that it is passed: its places, or the sea between them."""
    some = np.flatnonzero(forecast.weight_continues + forecast.weight > 1e-9)
    crossed = ahead.regions_crossed(forecast.lines_m[some], place)
    return {
        key: (float(forecast.weight_continues[some] @ over), float(forecast.weight[some] @ over))
        for key, over in crossed.items()
    }


def _landed(forecast: Forecast, parts: tuple[Tracked, ...], air: Air, seed: int) -> _Landed:
    """Return where what the flights let go, what is left of those that fail, and falling parts come down."""
    releases, weight = forecast.ensemble.releases, forecast.weight
    rows = np.flatnonzero(weight[releases.sample] > 1e-9)
    broken, whole = (rows[(releases.body[rows] == BROKEN) == is_broken] for is_broken in (True, False))
    keep, each = _thinned(broken, weight[releases.sample[broken]], DEBRIS_FLIGHTS)
    more, also = _thinned(whole, weight[releases.sample[whole]], WHOLE_BODIES)
    pieces = break_up(generic_catalogue(), seed, keep, releases.state[keep], releases.mass_kg[keep], PIECES)
    state = np.concatenate([pieces.state, releases.state[more]])
    ballistic = np.concatenate([pieces.ballistic_kgpm2, releases.ballistic_kgpm2[more]])
    start = np.concatenate([releases.time_s[keep][pieces.source], releases.time_s[more]])
    flight = np.concatenate([pieces.source, len(keep) + np.arange(len(more))])
    count = np.concatenate([pieces.pieces, np.ones(len(more))])
    mass = np.concatenate([pieces.mass_kg, releases.mass_kg[more]])
    each = np.concatenate([each, also])
    known = len(each)
    for number, part in enumerate(parts):
        states = _part_states(part, forecast.time_s, seed)
        u = (np.arange(PART_DRAWS) + 0.5) / PART_DRAWS
        state = np.concatenate([state, states])
        ballistic = np.concatenate([ballistic, PART_KGPM2[0] * (PART_KGPM2[1] / PART_KGPM2[0]) ** u])
        start = np.concatenate([start, np.zeros(PART_DRAWS)])
        flight = np.concatenate([flight, np.full(PART_DRAWS, known + number)])
        count = np.concatenate([count, np.full(PART_DRAWS, 1.0 / PART_DRAWS)])
        mass = np.concatenate([mass, np.full(PART_DRAWS, 100.0)])
        each = np.append(each, 1.0)
    bodies = np.zeros((1, 7))
    bodies[0, :2] = 1.0
    down = fall(start, state, ballistic, np.zeros(len(start), np.int64), bodies, air)
    energy = 0.5 * mass * down.speed_mps**2
    good = np.isfinite(down.time_s) & (energy >= DANGEROUS_J)
    return _Landed(
        flight[good], count[good], each, down.time_s[good], down.latitude_rad[good],
        down.longitude_rad[good], known,
    )  # fmt: skip


def _thinned(rows: NDArray[np.int64], weight: Array, most: int) -> tuple[NDArray[np.int64], Array]:
    """Return at most so many rows and their weights, right on average.

    Three quarters are drawn by weight, a quarter whatever their weight: of many improbable flights one that
    is drawn would else stand for a fiftieth of all that may happen, and call people by itself.
    """
    if len(rows) <= most:
        return rows, weight
    drawn = 0.75 * weight / weight.sum() + 0.25 / len(rows)
    edges = np.cumsum(drawn)
    chosen, times = np.unique(np.searchsorted(edges, (np.arange(most) + 0.5) / most), return_counts=True)
    return rows[chosen], weight[chosen] / drawn[chosen] * times / most


def _part_states(part: Tracked, time_s: float, seed: int) -> Array:
    there = part.at(time_s)
    spread = np.sqrt(np.maximum(np.diag(there.covariance)[:6], 0.0))
    number = np.arange(PART_DRAWS)
    z = np.stack([rng.normal(seed, f"warn.part.{k}", number, part.number) for k in range(6)], axis=1)
    ecef = there.mean[:6] + z * spread
    return np.concatenate(ecef_to_eci(ecef[:, :3], ecef[:, 3:], 0.0), axis=1)


def _all_down(landed: _Landed | None) -> float:
    """Return when all that becomes of the main body is down, at ``ARRIVAL_P``; NaN if none comes down."""
    some = np.zeros(0, bool) if landed is None else landed.flight < landed.own
    if landed is None or not some.any():
        return float("nan")
    share = landed.weight[landed.flight[some]] * landed.pieces[some]
    return float(weighted_quantile(landed.time_s[some], share, (ARRIVAL_P,))[0])


def _on_places(ahead: PlacesAhead, landed: _Landed | None) -> tuple[dict[int, float], dict[int, float]]:
    """Return by place the probability that at least one piece comes down there, and the last arrival (s)."""
    hits: dict[int, float] = {}
    arrival: dict[int, float] = {}
    if landed is None or len(landed.time_s) == 0:
        return hits, arrival
    rows, places = ahead.landings(landed.latitude, landed.longitude)
    for index in np.unique(places):
        mine = rows[places == index]
        expected = np.bincount(landed.flight[mine], landed.pieces[mine], len(landed.weight))
        hits[int(index)] = float(min(landed.weight @ np.minimum(expected, 1.0), 1.0))
    points = geodetic_to_ecef(landed.latitude, landed.longitude, 0.0)
    for index in ahead.near(points, NEAR_LANDING_M):
        away = np.linalg.norm(points - ahead.centre_m[index], axis=1)
        close = away <= ahead.radius_m[index] + NEAR_LANDING_M
        if close.any():
            share = landed.weight[landed.flight[close]] * landed.pieces[close]
            arrival[int(index)] = weighted_quantile(landed.time_s[close], share, (ARRIVAL_P,))[0]
    return hits, arrival


def impact_ellipse(
    forecast: Forecast, air: Air, ballistic: tuple[float, float] = (800.0, 0.7)
) -> Ellipse | None:
    """Return where the body comes down if thrust ends now; None if it would not.

    Drag of a body in one piece whose ballistic coefficient is log-normal: median (kg/m2) and spread. The
    points have a tail on one side, so that no multiple of their spread is known to hold 95 %: the ellipse has
    the shape of their covariance, and is as large as 95 % of them ask for.
    """
    releases = forecast.ensemble.releases
    rows = np.flatnonzero(forecast.kind[releases.sample] == STOPPED)
    if len(rows) < 20:
        return None
    from scipy.special import ndtri

    rows = np.tile(rows, ELLIPSE_DRAWS)
    z = ndtri(np.modf(GOLDEN * (np.arange(len(rows)) + 0.5))[0])
    bodies = np.zeros((1, 7))
    bodies[0, :2] = 1.0
    down = fall(
        releases.time_s[rows], releases.state[rows], ballistic[0] * np.exp(ballistic[1] * z),
        np.zeros(len(rows), np.int64), bodies, air,
    )  # fmt: skip
    good = np.isfinite(down.time_s)
    if good.sum() < max(20, len(rows) // 2):
        return None
    points = geodetic_to_ecef(down.latitude_rad[good], down.longitude_rad[good], 0.0)
    latitude, longitude, _ = ecef_to_geodetic(points.mean(axis=0))
    centre = geodetic_to_ecef(latitude, longitude, 0.0)
    flat = (points - centre) @ np.stack(local_axes(latitude, longitude))[:2].T
    half, direction = holding(flat, 0.95)
    azimuth = np.degrees(np.arctan2(direction[0], direction[1])) % 180.0
    return Ellipse(
        float(np.degrees(latitude)), float(np.degrees(longitude)), float(half[1]), float(half[0]),
        float(azimuth), float(np.median(down.time_s[good])),
    )  # fmt: skip


def holding(points: Array, share: float) -> tuple[Array, Array]:
    """Return the half axes (2,), the shorter first, and the direction (2,) of the longer, of an ellipse.

    It lies about zero, has the shape of the covariance of points (n, 2), and holds a share of their law: it
    reaches to the ``share * (n + 1)``-th of n, within which the next point falls with that probability.
    """
    n = len(points)
    values, vectors = np.linalg.eigh(points.T @ points / n)
    values = np.maximum(values, 1.0)
    away = np.sort(np.sum((points @ vectors) ** 2 / values, axis=1))
    at = min(share * (n + 1) - 1.0, n - 1.0)
    return np.sqrt(values * np.interp(at, np.arange(n), away)), vectors[:, 1]
