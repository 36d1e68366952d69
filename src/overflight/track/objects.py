"""A tracked object as a value: the filter's numbers, and what is known of its life."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from overflight.earth.constants import WGS84
from overflight.earth.frames import ecef_to_geodetic
from overflight.track.flying import flies, marked
from overflight.track.kernels_factors import first_factor
from overflight.track.kernels_filter import innovate, predict, update
from overflight.track.kernels_motion import BIASES, BOOST, COAST, CORE, FALL, MODES, propagate
from overflight.track.measurements import SensorSite
from overflight.track.thrust import AT_FIRST, Thrust, begun_anew, first_watch, watched, widened_watch

__all__ = ["SETTINGS", "State", "Tracked", "bias_priors", "under_watch", "widened"]

Array = NDArray[np.float64]
EARTH = WGS84.as_array()
SETTINGS = np.array([0.1, 12.0, 0.03, 0.1, 2800.0, 0.05, 5e-4, 30.0, 6.0, 15.0, 60.0, 0.02])
"""Jerk noise of boost, manoeuvre, coast and fall (m/s2 per root s), exhaust speed (m/s), velocity noise (m/s
per root s), walk of clocks (s per root s), mean stay in the four modes (s), steering (rad per root s, which
turns the thrust of boost): estimates, tuned on simulated launches."""
REFERENCE_S = 1e-3
"""Spread of the clock that the others count from, beside its walk (s)."""
MIXING_S = 0.2
"""Modes are mixed no more often: each lasts for seconds, and factors over ten radars are dear to join."""
FIRM_HITS = 6
YOUNG_HITS = 30
"""With fewer plots an object may be a mistake of the association."""
LONG_FALL_S, FALLS_FREE = 30.0, 0.98
"""What has gained its speed downwards by falling for longer than so has no thrust, with this probability."""
FITS, FIT_SHARE = 3.0, 1.0 / 12.0
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
    launch; ``sensors`` names, in order, the sensors whose biases stand behind the nine core numbers. Clocks
    count from that of the first: an error common to all cannot be seen, and a filter that holds it as a state
    comes to believe that it can. :meth:`timed` puts it back.
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
    clocks: tuple[float, ...] = ()
    """Spread of each sensor's clock before anything is seen (s)."""
    heard: tuple[tuple[str, float, float], ...] = ()
    launched: bool = False
    mixed_s: float | None = None
    """When its modes were last mixed, ``time_s`` where nothing is said."""
    fit: float = FITS
    """Mean normalised square of its last dozen plots: ``FITS`` where they are of one body."""
    energies: tuple[tuple[float, float, float], ...] = field(default=(), repr=False)
    """When its energy was marked of late (s), the energy and its spread (J/kg), oldest first."""
    among: int = 1
    """Of so many bodies it is one, and nobody can tell which."""
    thrust: Thrust | None = field(default=None, repr=False)
    """Whether thrust acts, of main bodies that fly; of others their modes say it."""

    @property
    def mean(self) -> Array:
        """Weighted mean (n,) of the modes."""
        return self.mu @ self.x

    @property
    def covariance(self) -> Array:
        """Covariance (n, n) over the modes."""
        mean = self.mean
        away = self.x - mean
        weighed = np.sqrt(self.mu)[:, None, None] * np.swapaxes(self.s, 1, 2)
        rows = np.concatenate([np.sqrt(self.mu)[:, None] * away, weighed.reshape(-1, len(mean))])
        return rows.T @ rows

    @property
    def core_covariance(self) -> Array:
        """Covariance (9, 9) over the modes of position, velocity and specific force."""
        away = self.x[:, :CORE] - self.mean[:CORE]
        weighed = np.sqrt(self.mu)[:, None, None] * np.swapaxes(self.s[:, :CORE], 1, 2)
        rows = np.concatenate([np.sqrt(self.mu)[:, None] * away, weighed.reshape(-1, CORE)])
        return rows.T @ rows

    @property
    def spreads(self) -> Array:
        """Standard deviations (n,) over the modes."""
        away = self.x - self.mean
        return np.sqrt(self.mu @ (np.sum(self.s**2, axis=2) + away**2))

    def timed(self) -> tuple[Array, Array]:
        """Return mean (9,) and covariance (9, 9) at ``time_s``, the common error of all clocks in them.

        What the first clock is wrong by follows from what the others differ and how far each may be off.
        """
        mean, covariance = self.mean, self.covariance
        if not self.sensors:
            return mean, covariance
        ahead = np.empty(CORE)
        propagate(mean, 0.1, int(np.argmax(self.mu)), SETTINGS[4], EARTH, ahead)
        rate = (ahead - mean[:CORE]) / 0.1
        variance = np.square(self.clocks)
        joint = variance[0] + np.diag(variance[1:])
        gain = np.linalg.solve(joint, np.full(len(joint), -variance[0]))
        at = CORE + BIASES * np.arange(1, len(self.sensors)) + BIASES - 1
        onto = np.zeros((CORE, len(mean)))
        onto[:, :CORE] = np.eye(CORE)
        onto[:, at] = -np.outer(rate, gain)
        left = variance[0] - variance[0] * -gain.sum()
        return onto @ mean, onto @ covariance @ onto.T + left * np.outer(rate, rate)

    @property
    def place(self) -> tuple[float, float, float]:
        """Latitude (rad), longitude (rad), height (m)."""
        latitude, longitude, height = ecef_to_geodetic(self.mean[:3])
        return float(latitude), float(longitude), float(height)

    @property
    def unpowered(self) -> float:
        """Probability that no thrust acts."""
        if self.thrust is not None:
            return self.thrust.off
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
        mixed_s = self.time_s if self.mixed_s is None else self.mixed_s
        since_s = time_s - mixed_s if abs(time_s - mixed_s) >= MIXING_S else 0.0
        x, s, mu = predict(self.x, self.s, self.mu, time_s - self.time_s, abs(since_s), SETTINGS, EARTH)
        return replace(self, time_s=time_s, x=x, s=s, mu=mu, mixed_s=time_s if since_s else mixed_s)

    def match(self, measure: Array) -> tuple[float, float]:
        """Return the log likelihood of a measurement at this instant, and its least normalised square."""
        log_likelihood, least, _ = innovate(self.x, self.s, self.mu, measure)
        return float(log_likelihood), float(least)

    def seen(self, measure: Array, source: str, stamp_s: float) -> tuple[Tracked, float]:
        """Return the object with a measurement at its instant taken in, and the normalised square.

        ``stamp_s`` is the instant by the source's own clock: its scans are told by it.
        """
        x, s, mu = self.x.copy(), self.s.copy(), self.mu.copy()
        base, nis = update(x, s, mu, measure)
        if not (np.isfinite(x).all() and np.isfinite(s).all()):
            return self, float("inf")
        known = {name: (last, each) for name, last, each in self.heard}
        last, each = known.get(source, (None, None))
        gap = 1.0 if last is None else min(max(stamp_s - last, 0.02), 30.0)
        known[source] = stamp_s, gap if each is None or gap < each else 0.8 * each + 0.2 * gap
        heard = tuple((name, *rest) for name, rest in sorted(known.items()))
        thrust = self.thrust
        if thrust is not None:
            thrust = watched(thrust, self.time_s, measure, base, SETTINGS, EARTH) or begun_anew(
                thrust, self.time_s, x[BOOST], s[BOOST]
            )
        value = replace(
            self, x=x, s=s, mu=mu, hits=self.hits + 1, last_s=max(self.last_s, self.time_s), heard=heard,
            thrust=thrust, fit=self.fit + FIT_SHARE * (min(float(nis), 25.0) - self.fit),
        )  # fmt: skip
        return replace(value, launched=value.launched or flies(value), energies=marked(value)), float(nis)


def bias_priors(site: SensorSite) -> tuple[Array, Array]:
    """Return means and standard deviations (4,) of a sensor's biases before anything is seen."""
    return (
        np.array([0.0, 0.0, site.refraction, 0.0]),
        np.array([site.range_bias_m, site.azimuth_bias_rad, site.refraction_sigma, site.clock_bias_s]),
    )


def widened(value: Tracked, source: str, mean: Array, sigma: Array, clock_s: float | None = None) -> Tracked:
    """Return the object with the biases of one more sensor behind its numbers.

    ``clock_s`` is given where the spreads are learnt ones; else they are those of :func:`bias_priors`.
    """
    n, sigma = value.x.shape[1], sigma.copy()
    if clock_s is None:
        clock_s = float(sigma[3])
        sigma[3] = np.hypot(clock_s, value.clocks[0]) if value.sensors else REFERENCE_S
    x = np.concatenate([value.x, np.broadcast_to(mean, (MODES, BIASES))], axis=1)
    s = np.zeros((MODES, n + BIASES, n + BIASES))
    s[:, :n, :n] = value.s
    s[:, np.arange(n, n + BIASES), np.arange(n, n + BIASES)] = sigma
    thrust = value.thrust and widened_watch(value.thrust, mean, sigma)
    return replace(
        value, x=x, s=s, sensors=(*value.sensors, source), clocks=(*value.clocks, clock_s), thrust=thrust
    )


def core_only(value: Tracked) -> Tracked:
    """Return the object without biases."""
    x, s = value.x[:, :CORE].copy(), np.empty((MODES, CORE, CORE))
    for mode in range(MODES):
        first_factor(value.s[mode], CORE, s[mode])
    return replace(value, x=x, s=s, sensors=(), clocks=(), thrust=None)


def under_watch(value: Tracked) -> Tracked:
    """Return the object with its thrust watched from now on.

    What already comes down fast has flown without thrust since it was highest.
    """
    if value.thrust is not None:
        return value
    radius = float(np.linalg.norm(value.mean[:3]))
    falls_s = -float(value.mean[:3] @ value.mean[3:6]) * radius / EARTH[0]
    off, since_s = AT_FIRST, value.first_s
    if falls_s > LONG_FALL_S:
        off, since_s = FALLS_FREE, min(since_s, value.time_s - falls_s)
    return replace(value, thrust=first_watch(value.time_s, since_s, value.x[BOOST], value.s[BOOST], off))
