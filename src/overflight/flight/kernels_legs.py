"""Phases that are flown in legs: guided ones, a cycle each, and turns out of control.

Who steers is held as a tuple: a mode (NOBODY, GUIDED or TURN), since when, and two vectors: aim and rate of
guidance, or the nose when control was lost and the side it turns to.
"""

from __future__ import annotations

from math import cos, log, sin

from overflight.compiled import inline_kernel, kernel
from overflight.flight.kernels_guidance import CYCLE_S, FREEZE_S, cross, dot, guide, plus, scaled, unit
from overflight.flight.kernels_rhs import (
    ARC,
    GUIDED,
    LINEAR_AIM,
    MASS_FLOW,
    ROLL,
    STEERING,
    THRUST_N,
    TURN,
    TURN_ACCELERATION,
    TURN_END,
    TURN_RATE,
    aimed,
    loads,
)

NOBODY = -1.0
UPWARD = (0.0, 0.0, 1.0)
TURN_LEG_S = 0.25  # while the rate of a turn grows, it is flown in legs of even rate


@kernel
def turn_angle(p, tau):
    """Return the angle (rad) turned through ``tau`` after the loss of control: gathering rate, then even."""
    gathering = p[TURN_RATE] / p[TURN_ACCELERATION]
    if tau < gathering:
        angle = 0.5 * p[TURN_ACCELERATION] * tau * tau
    else:
        angle = p[TURN_RATE] * (tau - 0.5 * gathering)
    return min(angle, p[TURN_END])


@kernel
def turned(p, t, t_end, begun_s, nose, side):
    """Return the leg of a turn out of control from ``t`` on, and its end."""
    before = turn_angle(p, t - begun_s)
    even = p[TURN_RATE] / p[TURN_ACCELERATION] <= t - begun_s
    leg_end = t_end if before >= p[TURN_END] else min(t + TURN_LEG_S, t_end)
    if even and before < p[TURN_END]:
        leg_end = min(t_end, t + max((p[TURN_END] - before) / p[TURN_RATE], 1e-3))
    rate = (turn_angle(p, leg_end - begun_s) - before) / (leg_end - t)
    aim = plus(scaled(cos(before), nose), sin(before), side)
    ahead = plus(scaled(cos(before), side), -sin(before), nose)
    return aimed(p, ARC, t, aim, scaled(rate, ahead)), leg_end


@kernel
def side_of(p, nose, r):
    """Return the direction a turn out of control goes to: across the nose, rolled round it from upward."""
    up = unit(r)
    first = unit(plus(up, -dot(up, nose), nose))
    if dot(first, first) < 0.5 or abs(dot(first, nose)) > 1e-6:  # straight up or down: any side will do
        first = unit(cross(nose, (nose[1] + 1.0, nose[2], nose[0])))
    return plus(scaled(cos(p[ROLL]), first), sin(p[ROLL]), cross(nose, first))


@kernel
def next_leg(numbers, held, before, t, r, v, mass, phases, s, t_end, target, body, air, drag, earth):
    """Return the leg of phase ``s`` that begins now, its end, and who steers.

    ``numbers`` (5) are those of guidance from cycle to cycle, changed in place; ``before`` is the leg before
    the phase, which says where the nose pointed when control was lost.
    """
    p = phases[s]
    mode, since_s, first, second = held
    if p[STEERING] == GUIDED:
        to_go, first, second = guide(
            numbers, mode == GUIDED, t - since_s, t, r, v, mass, phases, s, first, second, target, earth
        )
        leg_end = t_end if to_go < FREEZE_S else min(t + CYCLE_S, t_end)
        return aimed(p, LINEAR_AIM, t, first, second), leg_end, (GUIDED, t, first, second)
    if mode != TURN:
        _, _, _, first = loads(t, r, v, mass, before, body, air, drag, earth)
        if dot(first, first) < 0.5:
            first = unit(v)
        second = side_of(p, first, r)
        since_s = t
    leg, leg_end = turned(p, t, t_end, since_s, first, second)
    return leg, leg_end, (TURN, since_s, first, second)


@inline_kernel
def gained(phase, mass_before, mass_after):
    """Return the speed (m/s) gained by the thrust of a leg in vacuum."""
    flow = phase[MASS_FLOW]
    return phase[THRUST_N] / flow * log(mass_before / mass_after) if flow > 0.0 else 0.0
