"""Whether thrust acts: hypotheses that it began or ended at given instants, each with a path of its own.

The modes of the filter forget: mixing starts "no thrust" anew at every plot, so that a weak or badly seen
thrust cannot be told from none, and their weights drift to the mean stays. Here no two hypotheses are ever
mixed, and the weight of each is Bayes' rule over all plots since it began. Thrust counts only as far as the
force found under it can be that of an engine: with a force near zero it would follow a coast as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from overflight.track.kernels_motion import BIASES, BOOST, FALL
from overflight.track.kernels_watch import engine, watch, with_force

__all__ = ["AT_FIRST", "Burn", "Thrust", "begun_anew", "first_watch", "watched", "widened_watch"]

Array = NDArray[np.float64]
SPACING_S = 2.0
"""Time between the instants at which thrust may have begun or ended."""
ENDS_PS, BEGINS_PS = 0.01, 0.005
"""Probability a second that thrust ends (a burn lasts some hundred seconds), or begins again."""
AT_FIRST = 0.3
"""Probability that an object thrusts no more when it is first seen."""
MOST = 4
"""Hypotheses of each kind."""
LEAST = 1e-6
SUREST = 0.98
"""Most that is taken over by a watch that begins anew."""
WEAKEST_MPS2, USUAL_MPS2 = 2.0, 12.0
"""Least specific force of an engine that lifts a stage on, and the usual one when a stage lights (estimates:
upper stages begin at 0.2 to 2 g)."""
FORCE_MPS2 = 0.3
"""Spread of the specific force right after the end of thrust, beside the drag."""
LOST_TRACK = -15.0
"""Log of how much worse than the filter all hypotheses may become before they are begun anew."""


@dataclass(frozen=True, slots=True)
class Burn:
    """A burn that is over: which one, when it began (before all time if that was not seen), and ended."""

    number: int
    lit_s: float
    ended_s: float

    @classmethod
    def unseen(cls) -> Burn:
        """Return that of a body whose thrust is not watched."""
        return cls(1, -np.inf, 0.0)

    @property
    def length_s(self) -> float:
        """How long it lasted, infinite if its begin was not seen."""
        return self.ended_s - self.lit_s


@dataclass(frozen=True, slots=True)
class Thrust:
    """Hypotheses (k,): thrust acts (``on``) or not, since ``since_s``; states x (k, n), factors s (k, n, n).

    ``burns`` (k,) counts burns, up to the present or last one, and ``lit_s`` (k,) is when that began, before
    all time if it was not seen to. ``weight`` (k,) sums to one. States are those at ``time_s``.
    """

    time_s: float
    changed_s: float
    on: NDArray[np.bool_] = field(repr=False)
    since_s: Array = field(repr=False)
    lit_s: Array = field(repr=False)
    burns: NDArray[np.int64] = field(repr=False)
    x: Array = field(repr=False)
    s: Array = field(repr=False)
    weight: Array = field(repr=False)
    lead: float = 0.0

    @property
    def off(self) -> float:
        """Probability that no thrust acts."""
        return self.parts[1]

    @property
    def parts(self) -> tuple[float, float, float]:
        """Probabilities that the burn that may be over goes on, that no thrust acts, that it acts anew."""
        acting = np.array([engine(self.x[k], self.s[k], WEAKEST_MPS2) for k in np.flatnonzero(self.on)])
        acts, ended = self.weight[self.on] * acting, float(self.weight[~self.on].sum())
        anew = self.burns[self.on] > self.last_burn.number
        every = max(float(acts.sum()) + ended, 1e-300)
        return float(acts[~anew].sum()) / every, ended / every, float(acts[anew].sum()) / every

    def ended_by(self, time_s: float) -> float:
        """Return the probability, if no thrust acts, that none did at an instant already, or ever since."""
        ended = np.where(self.on, 0.0, self.weight)
        return float(ended[self.since_s <= time_s].sum()) / max(float(ended.sum()), 1e-300)

    @property
    def last_burn(self) -> Burn:
        """The burn that is over, if thrust has ended: the most probable by its number."""
        weight = np.where(self.on, 0.0, self.weight)
        number = int(np.argmax(np.bincount(self.burns, weight)))
        weight = np.where(self.burns == number, weight, 0.0)
        some = weight > 0.0
        share = weight[some] / max(float(weight.sum()), 1e-300)
        return Burn(number, float(share @ self.lit_s[some]), float(share @ self.since_s[some]))


def first_watch(
    time_s: float, since_s: float, x: Array, s: Array, off: float = AT_FIRST, *,
    burns: int = 1, lit_s: float = -np.inf,
) -> Thrust:  # fmt: skip
    """Return the watch of an object from its state under thrust and its factor.

    It is first seen, or with probability ``off`` without thrust, since ``since_s``; this is the burn after
    ``burns`` less one, and began at ``lit_s``.
    """
    still, factor = with_force(x, s, FORCE_MPS2)
    return Thrust(
        time_s, time_s, np.array([True, False]), np.array([since_s, since_s]), np.full(2, lit_s),
        np.full(2, burns), np.stack([x, still]), np.stack([s, factor]), np.array([1.0 - off, off]),
    )  # fmt: skip


def begun_anew(thrust: Thrust, time_s: float, x: Array, s: Array) -> Thrust:
    """Return a watch that takes the place of one whose hypotheses have all left what the filter follows.

    What it had come to believe of the thrust is no less probable for that: plots that fit none of them speak
    of sensors, not of an engine.
    """
    off = min(max(thrust.off, 1.0 - SUREST), SUREST)
    since_s = thrust.last_burn.ended_s if off > 0.5 else time_s
    best = int(np.argmax(thrust.weight))
    burns, lit_s = int(thrust.burns[best]), float(thrust.lit_s[best])
    return first_watch(time_s, since_s, x, s, off, burns=burns, lit_s=lit_s)


def watched(
    thrust: Thrust, time_s: float, measure: Array, base: float, settings: Array, earth: Array
) -> Thrust | None:
    """Return the watch after a plot at ``time_s``; ``base`` is the log likelihood that the filter gives it.

    None where no hypothesis follows what the filter follows: begin anew.
    """
    x, s = thrust.x.copy(), thrust.s.copy()
    gain = np.zeros(len(x))
    modes = np.where(thrust.on, BOOST, FALL)
    watch(x, s, modes, gain, time_s - thrust.time_s, measure, base, settings, earth)
    weight = thrust.weight * np.exp(gain)
    total = float(weight.sum())
    good = (weight > LEAST * total) & np.isfinite(x).all(axis=1) & np.isfinite(s).all(axis=(1, 2))
    if not (total > 0.0 and good.any()):
        return None
    lead = min(thrust.lead + np.log(total), 0.0)
    if lead < LOST_TRACK:
        return None
    value = replace(
        thrust, time_s=time_s, on=thrust.on[good], since_s=thrust.since_s[good], lit_s=thrust.lit_s[good],
        burns=thrust.burns[good], x=x[good], s=s[good], weight=weight[good] / weight[good].sum(), lead=lead,
    )  # fmt: skip
    return value if time_s - value.changed_s < SPACING_S else _branched(value)


def _branched(value: Thrust) -> Thrust:
    """Return the watch with thrust that ends now, and with thrust that begins now, among the hypotheses."""
    gap = min(value.time_s - value.changed_s, 10.0)
    parts = [(value.on, value.since_s, value.lit_s, value.burns, value.x, value.s, value.weight.copy())]
    for on, rate, spread_mps2 in ((True, ENDS_PS, FORCE_MPS2), (False, BEGINS_PS, USUAL_MPS2)):
        of = np.flatnonzero(value.on == on)
        if len(of) == 0:
            continue
        best = of[np.argmax(value.weight[of])]
        share = 1.0 - np.exp(-rate * gap)
        state, factor = with_force(value.x[best], value.s[best], spread_mps2)
        lit_s = value.lit_s[best] if on else value.time_s
        burns = value.burns[best] + np.int64(not on)
        begun = np.array([value.time_s]), np.array([lit_s]), np.array([burns])
        weight = np.array([share * value.weight[of].sum()])
        parts.append((np.array([not on]), *begun, state[None], factor[None], weight))
        parts[0][-1][of] *= 1.0 - share
    on, since, lit, burns, x, s, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    keep = np.zeros(len(on), bool)
    for kind in (True, False):
        of = np.flatnonzero(on == kind)
        keep[of[np.argsort(-weight[of], kind="stable")[:MOST]]] = True
    return replace(
        value, changed_s=value.time_s, on=on[keep], since_s=since[keep], lit_s=lit[keep], burns=burns[keep],
        x=x[keep], s=s[keep], weight=weight[keep] / weight[keep].sum(),
    )  # fmt: skip


def widened_watch(thrust: Thrust, mean: Array, sigma: Array) -> Thrust:
    """Return the watch with the biases of one more sensor behind its numbers."""
    k, n = thrust.x.shape
    x = np.concatenate([thrust.x, np.broadcast_to(mean, (k, BIASES))], axis=1)
    s = np.zeros((k, n + BIASES, n + BIASES))
    s[:, :n, :n] = thrust.s
    s[:, np.arange(n, n + BIASES), np.arange(n, n + BIASES)] = sigma
    return replace(thrust, x=x, s=s)
