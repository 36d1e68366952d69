"""What a launch that is only reported may do: the announced plan's own flights, and others from that place.

Nothing is measured yet. So there are no flights on from a state, but whole flights from lift-off, at a
moment known as well as the report knows it: the plan's as it draws them, failures as they come, and those of
launchers that nobody announced, towards any azimuth.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from overflight import rng
from overflight.earth.constants import WGS84
from overflight.earth.frames import ecef_to_eci, eci_to_ecef, geodetic_to_ecef, local_axes
from overflight.flight.ensemble import Ensemble, Outcome, Releases, Samples
from overflight.track.agreement import Agreement
from overflight.track.forecast import (
    BODIES,
    BROKEN,
    DROPPED,
    GENERIC,
    GOLDEN,
    KEEP,
    PLANNED,
    ROW_S,
    ROWS,
    WHOLE,
    Forecast,
    Memory,
)
from overflight.track.generic import programmes
from overflight.track.kernels_forecast import AXES_VELOCITY, FINE_S, graft
from overflight.track.measurements import Cue, SensorSite
from overflight.track.prior import PlanPrior

__all__ = ["cued_forecast", "seen_by_s"]

Array = NDArray[np.float64]
OTHERS = 120
BEGUN_S, BEGUN_MPS2 = 60.0, 15.0
"""Flights of unknown launchers begin a minute after lift-off, with such a specific force (estimates)."""
HEIGHT_M, ALONG_M, SPEED_MPS, CLIMB_DEG = 14e3, 6e3, 500.0, 55.0
"""Where they are then, how fast and how steep, each give or take a fifth (estimates)."""
MASK_RAD, FARTHEST_M = np.radians(3.0), 2000e3
"""A radar, which does not tell what it sees, is taken to see from such an elevation, so far (estimates)."""
STARTED_S = 30.0
"""So long after a radar could see it for the first time a launch is tracked (four plots of one in 10 s)."""
SURELY = 0.99


def cued_forecast(cue: Cue, prior: PlanPrior | None, p_plan: float, *, seed: int) -> Forecast:
    """Return the forecast of a launch that is reported, from lift-off on.

    ``p_plan`` is the probability that it is the plan's if it is a launch. Its weights sum to the confidence
    of the report: with what is left nothing flies.
    """
    parts = [] if prior is None or p_plan <= 0.0 else [_planned(prior, cue)]
    share = [p_plan, 1.0 - p_plan] if parts else [1.0]
    parts.append(_others(cue, seed))
    kind = np.concatenate([np.full(len(fails), k) for _, fails, _, k in parts])
    every = np.concatenate([s * weight for s, (_, _, weight, _) in zip(share, parts, strict=True)])
    lasting = [np.where(fails, 0.0, weight) for _, fails, weight, _ in parts]
    continues = np.concatenate([s * w / max(w.sum(), 1e-300) for s, w in zip(share, lasting, strict=True)])
    drawn = prior.drawn if prior is not None and len(parts) > 1 else None
    weight = cue.confidence * every
    return Forecast(
        cue.time_s, np.concatenate([lines for lines, _, _, _ in parts]), kind,
        np.concatenate([fails for _, fails, _, _ in parts]), cue.confidence * continues, weight, 0.0,
        p_plan, 0.0 if drawn is None else 1.0 / float(np.sum(drawn.weights**2)),
        _ensemble(drawn, weight, seed), Memory(cue.time_s, cue.time_sigma_s, None, Agreement.none()),
    )  # fmt: skip


_Part = tuple[Array, NDArray[np.bool_], Array, int]
"""Lines (n, r, 3) ECEF, whether a failure ends them (n,), weights (n,) that sum to one, their kind."""


def _late_s(count: int, sigma_s: float) -> Array:
    """Return how much later than reported flights lift off (n,): spread evenly over a normal law."""
    from scipy.special import ndtri

    return sigma_s * ndtri(np.modf(GOLDEN * (np.arange(count) + 0.5))[0])


def _planned(prior: PlanPrior, cue: Cue) -> _Part:
    """Return the plan's flights as drawn: under thrust, then falling freely."""
    of = prior.drawn.samples
    grid = ROW_S * np.arange(ROWS) - _late_s(len(of.key), cue.time_sigma_s)[:, None]
    fall, _, _ = _grafted(of.end_state[:, :6], np.zeros((len(of.key), 1, 3)), np.zeros(len(of.key)))
    since = of.end_s[:, None] + ROW_S * np.arange(ROWS)
    position, _ = eci_to_ecef(fall, np.zeros_like(fall), since)
    powered = _between(prior.powered_m, np.maximum(grid, 0.0) / FINE_S)
    falling = _between(position, (grid - of.end_s[:, None]) / ROW_S)
    last_s = FINE_S * np.floor(of.end_s / FINE_S)  # between the last row and the end the fall is drawn back
    lines = np.where((grid <= last_s[:, None])[:, :, None], powered, falling)
    return lines, of.outcome > 0, prior.drawn.weights, PLANNED


def _others(cue: Cue, seed: int) -> _Part:
    """Return flights of launchers nobody announced from about the reported place, all round."""
    index = np.arange(OTHERS)

    def u(name: str) -> Array:
        return rng.uniform(seed, f"track.cued.{name}", index)

    def about(value: float, name: str) -> Array:
        return value * (0.8 + 0.4 * u(name))

    z = [rng.normal(seed, f"track.cued.place.{k}", index) for k in range(2)]
    axes = np.stack(local_axes(cue.latitude_rad, cue.longitude_rad))
    way = 2.0 * np.pi * (index + u("azimuth")) / OTHERS
    level = np.stack([np.sin(way), np.cos(way), np.zeros(OTHERS)], axis=1) @ axes
    place = (
        geodetic_to_ecef(cue.latitude_rad, cue.longitude_rad, 0.0) + cue.spread_m * np.stack(z, 1) @ axes[:2]
    )
    place = place + about(ALONG_M, "along")[:, None] * level + about(HEIGHT_M, "height")[:, None] * axes[2]
    climb = np.radians(about(CLIMB_DEG, "climb"))[:, None]
    velocity = about(SPEED_MPS, "speed")[:, None] * (np.cos(climb) * level + np.sin(climb) * axes[2])
    of = programmes(BEGUN_MPS2, OTHERS, seed, 0, powered=True)
    states = np.concatenate(ecef_to_eci(place, velocity, 0.0), axis=1)
    lines, _, _ = _grafted(states, of.force, of.end_s, of.energy)
    position, _ = eci_to_ecef(lines, np.zeros_like(lines), ROW_S * np.arange(ROWS))
    grid = ROW_S * np.arange(ROWS) - _late_s(OTHERS, cue.time_sigma_s)[:, None] - BEGUN_S
    return _between(position, np.maximum(grid, 0.0) / ROW_S), of.fails, of.weight, GENERIC


def _grafted(
    states: Array, force: Array, end_s: Array, energy: Array | None = None
) -> tuple[Array, Array, Array]:
    """Fly states (n, 6) ECI on by forces (n, k, 3) along, above, beside the speed until ``end_s`` (n,)."""
    n, earth = len(states), WGS84.as_array()
    limit = np.full(n, np.inf) if energy is None else energy
    return graft(
        np.ascontiguousarray(states), force, np.full(n, AXES_VELOCITY), np.zeros(n), end_s, limit,
        np.full((n, 1), np.nan), ROWS, KEEP, earth,
    )  # fmt: skip


def _between(rows: Array, at: Array) -> Array:
    """Return places (n, r, 3) at fractional rows ``at`` (n, r) of rows (n, k, 3), straight between them; a
    little before the first they are on the line through the first two."""
    row = np.clip(np.floor(at).astype(np.int64), 0, rows.shape[1] - 2)
    each = np.arange(len(rows))[:, None]
    share = np.clip(at - row, -1.0, 2.0)[:, :, None]
    return (1.0 - share) * rows[each, row] + share * rows[each, row + 1]


def _ensemble(drawn: Ensemble | None, weight: Array, seed: int) -> Ensemble:
    """Return the plan's bodies that come down, as forecasts have them; of other launchers none is known."""
    outcomes = (Outcome("plan", "Flies as announced", "none", 0, 1.0),)
    if drawn is None:
        none, zero = np.zeros(0), np.zeros(0, np.int64)
        empty = Releases(zero, zero, none, np.zeros((0, 6)), none, none)
        samples = Samples(zero, zero, none, zero, none, np.zeros((0, 7)), np.zeros(0, bool))
        return Ensemble(seed, outcomes, BODIES, samples, empty)
    kinds = {"breakup": BROKEN, "intact": WHOLE}
    body = np.array([kinds.get(one.kind, DROPPED) for one in drawn.bodies])
    share = np.log(np.maximum(weight[: len(drawn)], 1e-300))
    return Ensemble(
        seed, outcomes, BODIES,
        replace(drawn.samples, outcome=np.zeros(len(drawn), np.int64), log_weight=share),
        replace(drawn.releases, body=body[drawn.releases.body]),
    )  # fmt: skip


def seen_by_s(view: Forecast, sites: Iterable[SensorSite]) -> float | None:
    """Return by when (s from lift-off) a launch would be tracked at probability 0.99 if it flies on, as
    announced where that is likely; None where these sensors would not surely see it."""
    first = np.full(len(view.kind), np.inf)
    for site in sites:
        foot = geodetic_to_ecef(site.latitude_rad, site.longitude_rad, site.height_m)
        up = local_axes(site.latitude_rad, site.longitude_rad)[2]
        away = view.lines_m - foot
        distance = np.linalg.norm(away, axis=2)
        with np.errstate(invalid="ignore"):
            seen = (away @ up > np.sin(MASK_RAD) * distance) & (distance < FARTHEST_M)
        first = np.minimum(first, np.where(seen.any(axis=1), ROW_S * np.argmax(seen, axis=1), np.inf))
    order = np.argsort(first, kind="stable")
    others = (view.kind != PLANNED) & (view.p_plan > 0.5)
    share = np.cumsum(np.where(others, 0.0, view.weight_continues)[order])
    row = int(np.searchsorted(share, SURELY * share[-1])) if share[-1] > 0.0 else len(order)
    found = float(first[order[row]]) if row < len(order) else np.inf
    return found + STARTED_S if np.isfinite(found) else None
