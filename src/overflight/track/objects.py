"""A tracked object as a value: the filter's numbers, and what is known of its life."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from overflight.earth.constants import WGS84
from overflight.earth.frames import ecef_to_geodetic
from overflight.track.kernels_filter import BIASES, COAST, CORE, FALL, MODES, innovate, predict, update
from overflight.track.measurements import SensorSite

__all__ = ["SETTINGS", "State", "Tracked", "bias_priors", "widened"]

Array = NDArray[np.float64]
EARTH = WGS84.as_array()
SETTINGS = np.array([0.8, 12.0, 0.03, 0.1, 2800.0, 0.05, 5e-4, 60.0, 4.0, 40.0, 60.0])
"""Jerk noise of boost, manoeuvre, coast and fall (m/s2 per root s), exhaust speed (m/s), velocity noise (m/s
per root s), walk of clocks (s per root s), mean stay in the four modes (s): estimates, tuned on simulated
launches."""
FIRM_HITS = 6
COASTING_S = 5.0
LOST_S = 20.0
"""A track without a plot for so long (s) is coasting, then lost; longer where its sensors are slow."""


class State(StrEnum):
    """How far a track is to be believed."""

    TENTATIVE = "tentative"
    FIRM = "firm"
    COASTING = "coasting"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Tracked:
    """One object at ``time_s`` (Unix, UTC): modes' means (4, n), factors (4, n, n) and weights (4,).

    ``heard`` says by source when it was last seen and how often (s); ``group`` joins what came from one
    launch; ``sensors`` names, in order, the sensors whose biases stand behind the nine core numbers.
    """

    number: int
    group: int
    time_s: float
    first_s: float
    last_s: float
    hits: int
    x: Array = field(repr=False)
    s: Array = field(repr=False)
    mu: Array = field(repr=False)
    sensors: tuple[str, ...] = ()
    heard: tuple[tuple[str, float, float], ...] = ()
    launched: bool = False

    @property
    def mean(self) -> Array:
        """Weighted mean (n,) of the modes."""
        return self.mu @ self.x

    @property
    def covariance(self) -> Array:
        """Covariance (n, n) over the modes."""
        mean = self.mean
        away = self.x - mean
        spread = np.einsum("m,mik,mjk->ij", self.mu, self.s, self.s)
        return spread + np.einsum("m,mi,mj->ij", self.mu, away, away)

    @property
    def place(self) -> tuple[float, float, float]:
        """Latitude (rad), longitude (rad), height (m)."""
        latitude, longitude, height = ecef_to_geodetic(self.mean[:3])
        return float(latitude), float(longitude), float(height)

    @property
    def unpowered(self) -> float:
        """Probability that no thrust acts."""
        return float(self.mu[COAST] + self.mu[FALL])

    def interval_s(self) -> float:
        """Return the shortest time between plots that its recent sensors give (s)."""
        recent = [each for _, last, each in self.heard if self.last_s - last < 30.0]
        return min(recent, default=1.0)

    def state(self, now_s: float) -> State:
        """Return the state at an instant."""
        silent = now_s - self.last_s
        slow = 3.0 * self.interval_s()
        if silent > max(LOST_S, 2.0 * slow):
            return State.LOST
        if silent > max(COASTING_S, slow):
            return State.COASTING
        return State.FIRM if self.hits >= FIRM_HITS else State.TENTATIVE

    def at(self, time_s: float) -> Tracked:
        """Return the object predicted to an instant."""
        x, s, mu = predict(self.x, self.s, self.mu, time_s - self.time_s, SETTINGS, EARTH)
        return replace(self, time_s=time_s, x=x, s=s, mu=mu)

    def match(self, measure: Array) -> tuple[float, float]:
        """Return the log likelihood of a measurement at this instant, and its least normalised square."""
        log_likelihood, least, _ = innovate(self.x, self.s, self.mu, measure)
        return float(log_likelihood), float(least)

    def seen(self, measure: Array, source: str) -> tuple[Tracked, float]:
        """Return the object with a measurement at its instant taken in, and the normalised square."""
        x, s, mu = self.x.copy(), self.s.copy(), self.mu.copy()
        _, nis = update(x, s, mu, measure)
        if not (np.isfinite(x).all() and np.isfinite(s).all()):
            return self, float("inf")
        known = {name: (last, each) for name, last, each in self.heard}
        last, each = known.get(source, (None, None))
        gap = 1.0 if last is None else min(max(self.time_s - last, 0.02), 30.0)
        known[source] = self.time_s, gap if each is None or gap < each else 0.8 * each + 0.2 * gap
        heard = tuple((name, *rest) for name, rest in sorted(known.items()))
        value = replace(
            self, x=x, s=s, mu=mu, hits=self.hits + 1, last_s=max(self.last_s, self.time_s), heard=heard
        )
        return replace(value, launched=value.launched or _flies(value)), float(nis)


def _flies(value: Tracked) -> bool:
    """Return whether an object flies as nothing but a rocket does: fast, and high or under strong thrust."""
    if value.hits < FIRM_HITS:
        return False
    mean, height = value.mean, value.place[2]
    speed = float(np.linalg.norm(mean[3:6]))
    climb = float(mean[:3] @ mean[3:6] / np.linalg.norm(mean[:3]))
    return (speed > 500.0 and height > 20e3) or (climb > 150.0 and height > 8e3 and speed > 250.0)


def bias_priors(site: SensorSite) -> tuple[Array, Array]:
    """Return means and standard deviations (4,) of a sensor's biases before anything is seen."""
    return (
        np.array([0.0, 0.0, site.refraction, 0.0]),
        np.array([site.range_bias_m, site.azimuth_bias_rad, site.refraction_sigma, site.clock_bias_s]),
    )


def widened(value: Tracked, source: str, mean: Array, sigma: Array) -> Tracked:
    """Return the object with the biases of one more sensor behind its numbers."""
    n = value.x.shape[1]
    x = np.concatenate([value.x, np.broadcast_to(mean, (MODES, BIASES))], axis=1)
    s = np.zeros((MODES, n + BIASES, n + BIASES))
    s[:, :n, :n] = value.s
    s[:, np.arange(n, n + BIASES), np.arange(n, n + BIASES)] = sigma
    return replace(value, x=x, s=s, sensors=(*value.sensors, source))


def core_only(value: Tracked) -> Tracked:
    """Return the object without biases."""
    x, s = value.x[:, :CORE].copy(), value.s[:, :CORE, :CORE].copy()
    return replace(value, x=x, s=s, sensors=())
