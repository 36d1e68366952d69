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

__all__ = ["Stillness", "believed", "cut_rate", "ended_for_good", "going_on", "stillness", "surely"]

Array = NDArray[np.float64]
ENDS_PS = 0.01
"""How probable it is that a burn ends, each second: one lasts some hundred (estimate)."""
FOR_GOOD = 0.1
"""Probability that a burn that nobody announced was the last of a flight: it failed, or had done its work."""
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
"""How far from its place in a flight of the plan the end of a burn is found (s; widely spread)."""
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
    (n,) where it is now in a flight that pauses so; ``ends`` how probable a second it ends for good then.
    """

    pauses: Array = field(repr=False)
    flown_s: Array = field(repr=False)
    ends: float


def ended_for_good(p_vehicle: float, still: Stillness | None, length_s: float) -> float:
    """Return the probability that thrust, away for ``length_s``, has ended for good.

    ``still`` is what the plan says, None without one; ``p_vehicle`` how probable it is that its vehicle
    flies, the plan's way or another: burns and pauses are those of the vehicle.
    """
    ends, pauses = ENDS_PS * FOR_GOOD, ENDS_PS * (1.0 - FOR_GOOD) * _lasting(length_s)
    if still is not None:
        ends = p_vehicle * still.ends + (1.0 - p_vehicle) * ends
        pauses = p_vehicle * float(still.pauses.sum()) + (1.0 - p_vehicle) * pauses
    return ends / (ends + pauses)


def believed(p_off: float, p_ended: float, length_s: float) -> float:
    """Return the probability that thrust has ended for good, all told.

    ``p_off``: none acts now, by the plots alone, to which thrust may begin at any time, whatever was before.
    But thrust that acts after it had long ended means that it had not ended for good: that counts as little
    as it is probable, though never so little that plots which show thrust were not believed.
    """
    wrong = max(1.0 - p_ended, LEAST_WRONG, float(np.exp(-length_s / JUST_ENDED_S)))
    return p_off * p_ended / (p_off + (1.0 - p_off) * wrong)


def going_on(agreement: Agreement, still: Stillness, length_s: float) -> float:
    """Return the probability that it is the plan's vehicle that flies, if thrust only pauses."""
    vehicle = agreement.p_vehicle * float(still.pauses.sum())
    others = (1.0 - agreement.p_vehicle) * ENDS_PS * (1.0 - FOR_GOOD) * _lasting(length_s)
    return vehicle / (vehicle + others + 1e-300)


def _lasting(length_s: float) -> float:
    """Return the probability that a pause nobody announced follows a burn, and lasts longer than so."""
    return sum(share * float(np.exp(-length_s / mean)) for share, mean in PAUSES)


def stillness(prior: PlanPrior, agreement: Agreement, length_s: float) -> Stillness:
    """Return what the plan says of thrust that ended ``length_s`` ago, where ``agreement`` was judged."""
    n, index = len(prior), np.arange(len(prior))
    weight, flown = agreement.weight, agreement.flown_s
    unplanned = UNPLANNED_PS * _lasting(length_s) / _lasting(0.0)
    pauses, now, best, ends = weight * unplanned, flown.copy(), np.full(n, unplanned), 0.0
    lights, out = prior.burn_s[:, 0::2], prior.burn_s[:, 1::2]
    for stage in range(out.shape[1] - 1):
        start, end = out[:, stage], lights[:, stage + 1]
        away = np.maximum(start - flown, 0.0) - np.maximum(flown - end, 0.0)
        here = _near(away)
        overdue = length_s - np.maximum(end - np.maximum(flown, start), 0.0)
        unseen = np.exp(-np.maximum(overdue - SEEN_AFTER_S, 0.0) / SEEN_SPREAD_S)
        before, after = prior.going(2.0 * stage + 1.0 - 1e-9), prior.going(2.0 * stage + 1.0)
        lit = after / max(before, 1e-9)
        pauses = pauses + weight * here * lit * unseen
        ends += float(weight @ here) * (1.0 - lit)
        better = here * lit * unseen > best
        best = np.where(better, here * lit * unseen, best)
        now = np.where(better, np.minimum(np.maximum(flown, start) + length_s, end), now)
    ends += float(weight @ _near(out[:, -1] - flown))
    at = float(weight @ prior.phase(index, flown))
    burns = float(weight @ (out - lights)[index, np.minimum(int(at) // 2, out.shape[1] - 1)])
    return Stillness(pauses, now, ends + UNNAMED_PS + cut_rate(prior, at) / max(burns, 1.0))


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
