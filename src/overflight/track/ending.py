"""Whether thrust that was seen to end has ended for good, or pauses between burns.

Bayes' rule over what may lie behind it: a pause or an end that the plan has about then, a failure, and, as
far as the flight may be another than the plan's, what launchers in general do. Each counts by how probable it
is, per second, that thrust ends so at that instant, and that it then stays away for as long as it has.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from overflight.track.agreement import Agreement
from overflight.track.kernels_motion import BOOST, FALL, predict_mode
from overflight.track.objects import EARTH, SETTINGS, Tracked
from overflight.track.prior import PlanPrior

__all__ = [
    "Stillness",
    "believed",
    "cut_rate",
    "ended_for_good",
    "going_on",
    "stillness",
    "suddenness",
    "surely",
]

Array = NDArray[np.float64]
ENDS_PS = 0.01
"""How probable it is that a burn ends, each second: one lasts some hundred (estimate)."""
FOR_GOOD = (0.1, 0.1, 0.6)
"""Probability that a burn that nobody announced was the last of a flight, the first one seen, the second, any
later: it failed, or had done its work (estimate: most launchers have two or three stages, few four)."""
PAUSES = ((0.25, 8.0), (0.05, 30.0))
"""Pauses between burns that nobody announced: probability and mean length (s), short ones and long ones."""
LEAST_WRONG, JUST_ENDED_S = 0.05, 10.0
"""Least probability that an end for good was judged wrongly, and how long (s) it is not yet judged at all."""
UNPLANNED_PS = 1e-5
"""How probable it is that a flight of the plan pauses where the plan does not, each second."""
UNNAMED_PS = 1e-4
"""How probable a failure that the plan does not name is, each second of thrust (record of proven launchers:
some 5 % in 500 s)."""
TIMING_S = 4.0
"""How far from its place in a flight of the plan a burn is found to begin or to end (s; widely spread)."""
LIGHTS_PS = 0.01
"""How probable it is that a burn nobody announced begins at an instant, each second."""
MISTAKEN_PS, MISTAKEN_S = 0.05, 2.5
"""How probable it is that a begin is seen at an instant at which no stage lit, each second, and how long what
follows looks like a burn (s, on average)."""
SEEN_AFTER_S, SEEN_SPREAD_S = 5.0, 3.0
"""When new thrust is seen, after it begins (s): no earlier, and on average so much later (simulations)."""
AROUND = 0.15
"""How far around a moment, in parts of a burn, failures are counted to tell how frequent they are."""


def surely(value: Tracked, *, thrusts: bool) -> Tracked:
    """Return an object under watch as it is if thrust acts, or if none does, by its watch alone."""
    thrust = value.thrust
    some = np.zeros(0, np.int64) if thrust is None else np.flatnonzero(thrust.on == thrusts)
    if thrust is None or len(some) == 0:
        return value
    x, s, mode = thrust.x[some], thrust.s[some], BOOST if thrusts else FALL
    for k in range(len(some)):
        predict_mode(x[k], s[k], value.time_s - thrust.time_s, mode, SETTINGS, EARTH)
    return replace(value, x=x, s=s, mu=thrust.weight[some] / thrust.weight[some].sum(), thrust=None)


@dataclass(frozen=True, slots=True)
class Stillness:
    """What the plan's flights (n,) say of thrust that ended so long ago.

    ``pauses`` (n,): how probable a second it is that the flight pauses there, and still does; ``flown_s``
    (n,) where it is now in a flight that pauses so; ``ends`` how probable a second it ends for good then,
    ``stops`` that it ends at all, for good or not. Where the begin of the burn was seen, all that is also per
    second of that: ``begun`` is how probable a second that is, and ``other`` of another vehicle.
    """

    pauses: Array = field(repr=False)
    flown_s: Array = field(repr=False)
    ends: float
    stops: float
    begun: float
    other: float


def ended_for_good(p_vehicle: float, still: Stillness | None, length_s: float, burns: int = 1) -> float:
    """Return the probability that thrust, away for ``length_s``, has ended for good.

    ``still`` is what the plan says, None without one; ``p_vehicle`` how probable it is that its vehicle
    flies, the plan's way or another: burns and pauses are those of the vehicle. ``burns`` were seen.
    """
    ends, pauses = _unannounced(length_s, burns)
    if still is not None:
        others = (1.0 - p_vehicle) * still.other
        ends = p_vehicle * still.ends + others * ends
        pauses = p_vehicle * float(still.pauses.sum()) + others * pauses
    return ends / (ends + pauses)


def believed(parts: tuple[float, float, float], p_ended: float, length_s: float, sudden: float) -> float:
    """Return the probability that thrust has ended for good, all told.

    ``parts``: the burn goes on, no thrust acts, thrust acts anew, by the plots alone, to which a burn may end
    and begin at any time. But an end where none is to be expected is ``sudden`` times as probable. And thrust
    that acts after it had long ended means that it had not ended for good: that counts as little as it is
    probable, though never so little that plots which show thrust were not believed.
    """
    goes_on, off, anew = parts
    wrong = max(1.0 - p_ended, LEAST_WRONG, float(np.exp(-length_s / JUST_ENDED_S)))
    return off * p_ended / (off + anew * wrong + goes_on / sudden)


def suddenness(p_vehicle: float, still: Stillness | None) -> float:
    """Return how probable a burn ends where it did, over what the watch allows for; one at most."""
    if still is None:
        return 1.0
    others = (1.0 - p_vehicle) * still.other
    begun = p_vehicle * still.begun + others
    return min((p_vehicle * still.stops + others * ENDS_PS) / (begun * ENDS_PS), 1.0)


def going_on(agreement: Agreement, still: Stillness, length_s: float, burns: int = 1) -> float:
    """Return the probability that it is the plan's vehicle that flies, if thrust only pauses."""
    vehicle = agreement.p_vehicle * float(still.pauses.sum())
    others = (1.0 - agreement.p_vehicle) * still.other * _unannounced(length_s, burns)[1]
    return vehicle / (vehicle + others + 1e-300)


def _unannounced(length_s: float, burns: int) -> tuple[float, float]:
    """Return how probable a second an end for good, and a pause that still lasts, are without a plan."""
    last = FOR_GOOD[min(burns, len(FOR_GOOD)) - 1]
    return ENDS_PS * last, ENDS_PS * (1.0 - last) * _lasting(length_s)


def _lasting(length_s: float) -> float:
    """Return the probability that a pause nobody announced follows a burn, and lasts longer than so."""
    return sum(share * float(np.exp(-length_s / mean)) for share, mean in PAUSES)


def stillness(prior: PlanPrior, agreement: Agreement, length_s: float, burnt_s: float = np.inf) -> Stillness:
    """Return what the plan says of thrust that ended ``length_s`` ago, where ``agreement`` was judged.

    It had lasted ``burnt_s``, infinitely long if its begin was not seen: then it may be any burn that ends
    about there. So it may be where the begin was mistaken, as it often is of a short one.
    """
    weight, flown = agreement.weight, agreement.flown_s
    lights, out = prior.burn_s[:, 0::2], prior.burn_s[:, 1::2]
    seen = bool(np.isfinite(burnt_s))
    mistaken = MISTAKEN_PS * float(np.exp(-burnt_s / MISTAKEN_S)) if seen else 1.0
    begun = _near(flown[:, None] - burnt_s - lights) if seen else np.zeros_like(lights)
    burn = weight @ begun
    burn[int(weight @ prior.phase(np.arange(len(prior)), flown)) // 2] += mistaken
    unplanned = UNPLANNED_PS * _lasting(length_s) / _lasting(0.0) * float(burn.sum())
    pauses, now, best = weight * unplanned, flown.copy(), np.full(len(prior), unplanned)
    ends, stops = float(weight @ (_near(out[:, -1] - flown) * (begun[:, -1] + mistaken))), 0.0
    for stage in range(out.shape[1] - 1):
        before, after = prior.going(2.0 * stage + 1.0 - 1e-9), prior.going(2.0 * stage + 1.0)
        lit = after / max(before, 1e-9)
        for begin, known in ((begun[:, stage], True), (mistaken, False)):
            start, end = out[:, stage], lights[:, stage + 1]
            since = start if known else np.clip(flown, start, np.maximum(start, end))
            here = begin * _near(since - flown)
            still = here * lit * _unseen(length_s - np.maximum(end - since, 0.0))
            pauses = pauses + weight * still
            ends += float(weight @ here) * (1.0 - lit)
            stops += float(weight @ here) * lit
            now = np.where(still > best, np.minimum(since + length_s, end), now)
            best = np.maximum(best, still)
    ends += float(burn @ _fails_ps(prior, weight, flown))
    return Stillness(pauses, now, ends, ends + stops, float(burn.sum()), LIGHTS_PS if seen else 1.0)


def _unseen(overdue_s: Array) -> Array:
    """Return how probable it is that thrust which began so long ago is not seen yet."""
    return np.exp(-np.maximum(overdue_s - SEEN_AFTER_S, 0.0) / SEEN_SPREAD_S)


def _fails_ps(prior: PlanPrior, weight: Array, flown: Array) -> Array:
    """Return how probable a second a failure is now, by the burn (stages,) that it strikes in."""
    lights, out = prior.burn_s[:, 0::2], prior.burn_s[:, 1::2]
    length = np.maximum(weight @ (out - lights), 1.0)
    part = np.clip(weight @ (flown[:, None] - lights) / length, 0.0, 1.0)
    return UNNAMED_PS + np.array([cut_rate(prior, 2.0 * k + p) for k, p in enumerate(part)]) / length


def cut_rate(prior: PlanPrior, phase: float) -> float:
    """Return how probable a failure in a burn is, per length of the burn, given that none was before.

    A pause has none of its own: what does not light after it ended with the burn before.
    """
    burn = min(int(phase) // 2 * 2, prior.burn_s.shape[1] - 2)
    at = min(phase, burn + 1.0)
    low, high = max(at - AROUND, burn), min(at + AROUND, burn + 1.0)
    cuts = prior.cuts
    inside = (cuts.thrust_phase > low) & (cuts.thrust_phase < high) & (cuts.thrust_phase < burn + 1.0)
    return float(cuts.weight[inside].sum()) / (high - low) / max(prior.going(at), 1e-9)


def _near(away_s: Array) -> Array:
    """Return the density (1/s) of a burn's end so far from where the plan has it: Student's, four degrees."""
    return 0.375 / TIMING_S * (1.0 + (away_s / TIMING_S) ** 2 / 4.0) ** -2.5
