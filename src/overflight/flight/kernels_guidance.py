"""Closed-loop guidance to an orbit: which way to thrust from here, solved anew every few seconds.

The direction of thrust is ``unit(aim + rate tau)``, the linear tangent law in vector form, which is the
optimum in a uniform field (D. F. Lawden, Optimal Trajectories for Space Navigation, 1963). Its numbers are
found as in powered explicit guidance: predict the cut-off, correct by what it misses (R. F. Jaggers, "An
explicit solution to the exoatmospheric powered flight guidance and trajectory optimization problem for rocket
propelled vehicles", AIAA 77-1051, 1977; R. L. McHenry et al., "Space Shuttle ascent guidance, navigation, and
control", J. Astronaut. Sci. 27 (1979) 1-38). Two things differ: the prediction integrates the equations of
motion, with J2, where those expand integrals; and the correction is Newton's, with derivatives from five
predictions, because theirs takes the loss to gravity as given and does not settle where thrust is less than
about a third of the weight.

A target is a row: radius (m) and speed (m/s) at cut-off, which is horizontal; the cosine of the inclination;
which way the orbit crosses the parallel there (+1 north, -1 south, 0 as the first cycle finds it); the unit
normal of the plane where a node fixes it, else zeros.
"""

from __future__ import annotations

from math import asin, atan2, cos, exp, log, sin, sqrt

import numpy as np

from overflight.compiled import inline_kernel, kernel
from overflight.earth.kernels import gravity
from overflight.flight.kernels_rhs import CUTOFF_ENERGY, DROP_KG, END_S, EVENTS, MASS_FLOW, THRUST_N

# columns of a target
RADIUS, SPEED, COS_INCLINATION, NORTHWARD, NORMAL = range(5)
TARGET_COLUMNS = 7
CYCLE_S = 5.0  # of guidance
FREEZE_S = 10.0  # the law found this long before cut-off is held: it is sharp, and later ones would chase it
STEP_S = 40.0  # of the prediction; its error, metres, shrinks as cut-off comes near
FIRST, AGAIN = 40, 3  # iterations at the first cycle and later
MISS = 5e-3  # km and m/s: a solution that misses by less is not corrected
MOST_GAIN_MPS = 20e3
# what is solved for: speed to gain, pitch and yaw in the middle of the burn, turn over it in pitch and in yaw
GAIN, PITCH_MID, YAW_MID, TURN_UP, TURN_SIDE = range(5)
SCALES = (1e3, 0.3, 0.3, 0.5, 0.5)
FIRST_PITCH, FIRST_TURN = 0.4, -0.5
ARC_AHEAD = 0.25  # rad of path over which the first cycle looks which way the parallel will be crossed


@inline_kernel
def dot(a, b):
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@inline_kernel
def cross(a, b):
    """Vector product."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


@inline_kernel
def plus(a, s, b):
    """Return a + s b."""
    return a[0] + s * b[0], a[1] + s * b[1], a[2] + s * b[2]


@inline_kernel
def scaled(s, a):
    """Return s a."""
    return s * a[0], s * a[1], s * a[2]


@inline_kernel
def unit(a):
    """Return the vector of length one; zero stays zero."""
    return scaled(1.0 / sqrt(dot(a, a) + 1e-300), a)


@kernel
def last_burn(phases, first):
    """Return the number of the last phase with thrust."""
    last = first
    for k in range(first, phases.shape[0]):
        if phases[k, THRUST_N] > 0.0:
            last = k
    return last


@kernel
def thrust_integrals(t, mass, phases, first, last, gain):
    """Return how long it takes to gain a speed by thrust alone, and three integrals of its acceleration.

    The burn in which that speed is reached ends there, if it may be shut down; else the last is as long as it
    must be. Of the acceleration a(t) from now on: time to go, speed, the integral of t a, the double integral
    of a, and the double integral of t a. (McHenry 1979, appendix: J, S, Q.)
    """
    speed = 0.0
    moment = 0.0
    way = 0.0
    way_moment = 0.0
    to_go = 0.0
    for k in range(first, last + 1):
        span = max(phases[k, END_S] - t - to_go, 0.0)
        flow = phases[k, MASS_FLOW]
        done = False
        if phases[k, THRUST_N] > 0.0:
            exhaust = phases[k, THRUST_N] / flow
            life = mass / flow
            span = min(span, 0.999 * life)
            here = -exhaust * log(1.0 - span / life)
            done = k == last or (speed + here >= gain and int(phases[k, EVENTS]) & CUTOFF_ENERGY != 0)
            if done:
                here = max(gain - speed, 1e-3)
                span = life * (1.0 - exp(-here / exhaust))
            first_moment = life * here - exhaust * span
            distance = span * here - first_moment
            way_moment += distance * (life + to_go) - 0.5 * exhaust * span * span + moment * span
            way += distance + speed * span
            moment += first_moment + here * to_go
            speed += here
            mass -= flow * span
        else:
            way_moment += moment * span
            way += speed * span
        to_go += span
        if done:
            break
        mass -= phases[k, DROP_KG] if k < last else 0.0
    return to_go, speed, moment, way, way_moment


@inline_kernel
def _pull(r, push, aim, rate, tau, earth):
    """Acceleration: gravity, and thrust along the law."""
    direction = unit(plus(aim, tau, rate))
    return plus(gravity(r[0], r[1], r[2], earth), push, direction)


@kernel
def predict(t, r, v, mass, phases, first, last, to_go, aim, rate, earth):
    """Return place and velocity at cut-off, ``to_go`` from now, along ``unit(aim + rate tau)``; RK4."""
    gone = 0.0
    for k in range(first, last + 1):
        span = max(to_go - gone, 0.0)
        if k < last:
            span = min(span, max(phases[k, END_S] - t - gone, 0.0))
        flow = phases[k, MASS_FLOW]
        thrust = phases[k, THRUST_N]
        steps = 1 + int(span / STEP_S)
        h = span / steps
        for _ in range(steps if span > 0.0 else 0):
            a = thrust / mass
            b = thrust / max(mass - 0.5 * flow * h, 1e-3)
            c = thrust / max(mass - flow * h, 1e-3)
            k1 = _pull(r, a, aim, rate, gone, earth)
            v2 = plus(v, 0.5 * h, k1)
            k2 = _pull(plus(r, 0.5 * h, v), b, aim, rate, gone + 0.5 * h, earth)
            v3 = plus(v, 0.5 * h, k2)
            k3 = _pull(plus(r, 0.5 * h, v2), b, aim, rate, gone + 0.5 * h, earth)
            v4 = plus(v, h, k3)
            k4 = _pull(plus(r, h, v3), c, aim, rate, gone + h, earth)
            r = plus(plus(plus(plus(r, h / 6.0, v), h / 3.0, v2), h / 3.0, v3), h / 6.0, v4)
            v = plus(plus(plus(plus(v, h / 6.0, k1), h / 3.0, k2), h / 3.0, k3), h / 6.0, k4)
            mass -= flow * h
            gone += h
        mass -= phases[k, DROP_KG] if k < last else 0.0
    return r, v


@kernel
def plane_normal(r, target):
    """Return the unit normal of the target's plane: fixed, or through ``r`` at its inclination.

    Where ``r`` is too far from the equator for the inclination, the plane of least inclination through it.
    """
    if target[NORMAL] != 0.0 or target[NORMAL + 1] != 0.0 or target[NORMAL + 2] != 0.0:
        return target[NORMAL], target[NORMAL + 1], target[NORMAL + 2]
    up = unit(r)
    east = unit((-up[1], up[0], 0.0))
    north = cross(up, east)
    cos_lat = sqrt(up[0] * up[0] + up[1] * up[1])
    sine = min(max(target[COS_INCLINATION] / max(cos_lat, 1e-9), -1.0), 1.0)
    cosine = target[NORTHWARD] * sqrt(1.0 - sine * sine)
    return plus(scaled(sine, north), -cosine, east)


@inline_kernel
def frame_of(r, target):
    """Return up, along and across at a place, for the angles of the law."""
    across = plane_normal(r, target)
    up = unit(r)
    up = unit(plus(up, -dot(up, across), across))
    return up, cross(across, up), across


@kernel
def law_of(x, frame, middle_s, to_go_s):
    """Return aim (now) and rate of the law that five numbers stand for."""
    up, along, across = frame
    level = cos(x[PITCH_MID])
    middle = plus(scaled(level * cos(x[YAW_MID]), along), level * sin(x[YAW_MID]), across)
    middle = plus(middle, sin(x[PITCH_MID]), up)
    rise = plus(up, -dot(up, middle), middle)
    rate = scaled(1.0 / max(to_go_s, 1e-3), plus(scaled(x[TURN_UP], rise), x[TURN_SIDE], across))
    return plus(middle, -middle_s, rate), rate


@kernel
def misses(x, frame, t, r, v, mass, phases, first, last, target, earth, miss):
    """Predict the cut-off of a law: fills ``miss`` (5), km and m/s; returns time to go, aim and rate."""
    to_go, speed, moment, _, _ = thrust_integrals(t, mass, phases, first, last, x[GAIN])
    aim, rate = law_of(x, frame, moment / speed, to_go)
    there, then = predict(t, r, v, mass, phases, first, last, to_go, aim, rate, earth)
    up, along, across = frame_of(there, target)
    miss[0] = (sqrt(dot(there, there)) - target[RADIUS]) * 1e-3
    miss[1] = dot(then, up)
    miss[2] = dot(then, along) - target[SPEED]
    miss[3] = dot(then, across)
    miss[4] = dot(there, across) * 1e-3
    return to_go, aim, rate


@kernel
def _size(miss, count):
    total = 0.0
    for i in range(count):
        total += miss[i] * miss[i]
    return sqrt(total)


@kernel
def _newton_step(table, count):
    """Solve the equations ``table`` (count, count + 1) in place; the last column becomes the solution."""
    for i in range(count):
        best = i
        for k in range(i + 1, count):
            if abs(table[k, i]) > abs(table[best, i]):
                best = k
        for j in range(count + 1):
            table[i, j], table[best, j] = table[best, j], table[i, j]
        pivot = table[i, i] if abs(table[i, i]) > 1e-12 else 1e-12
        for j in range(i, count + 1):
            table[i, j] /= pivot
        for k in range(count):
            if k != i:
                factor = table[k, i]
                for j in range(i, count + 1):
                    table[k, j] -= factor * table[i, j]


@kernel
def solve(x, frame, t, r, v, mass, phases, first, last, target, earth, most):
    """Improve the five numbers ``x`` in place; returns miss (km and m/s), time to go, aim and rate.

    Damped Newton iteration with derivatives by differences. Without a fixed node the place across the plane
    is free and so is no turn in yaw needed: four numbers for four conditions.
    """
    fixed = target[NORMAL] != 0.0 or target[NORMAL + 1] != 0.0 or target[NORMAL + 2] != 0.0
    count = 5 if fixed else 4
    miss = np.empty(5)
    other = np.empty(5)
    trial = np.empty(5)
    table = np.empty((5, 6))
    to_go, aim, rate = misses(x, frame, t, r, v, mass, phases, first, last, target, earth, miss)
    size = _size(miss, count)
    for _ in range(most):
        if size < MISS:
            break
        for j in range(count):
            trial[:] = x
            trial[j] += 1e-5 * SCALES[j]
            misses(trial, frame, t, r, v, mass, phases, first, last, target, earth, other)
            for i in range(count):
                table[i, j] = (other[i] - miss[i]) * 1e5
        largest = 0.0
        for i in range(count):
            table[i, count] = -miss[i]
        _newton_step(table, count)
        for i in range(count):
            largest = max(largest, abs(table[i, count]))
        new_to_go, new_aim, new_rate = to_go, aim, rate
        part = min(1.0, 1.0 / (largest + 1e-300))
        better = False
        while not better and part > 1e-3:
            trial[:] = x
            for i in range(count):
                trial[i] += part * table[i, count] * SCALES[i]
            trial[GAIN] = min(max(trial[GAIN], 1.0), MOST_GAIN_MPS)
            trial[PITCH_MID] = min(max(trial[PITCH_MID], -1.4), 1.4)
            new_to_go, new_aim, new_rate = misses(
                trial, frame, t, r, v, mass, phases, first, last, target, earth, other
            )
            better = _size(other, count) < size
            part *= 0.5
        if not better:
            break
        x[:] = trial
        miss[:] = other
        to_go, aim, rate, size = new_to_go, new_aim, new_rate, _size(other, count)
    return size, to_go, aim, rate


@kernel
def guide(x, begun, since_s, t, r, v, mass, phases, first, aim, rate, target, earth):
    """Return time to go, aim and rate of the law from here; ``x`` (5) is carried from cycle to cycle.

    ``aim`` and ``rate`` are those of ``since_s`` ago; the speed to gain in ``x`` is less what was gained
    since; at the first cycle, not ``begun``, they are not read.
    """
    last = last_burn(phases, first)
    if target[NORTHWARD] == 0.0:
        turned = cross(unit(cross(r, v)), unit(r))
        target[NORTHWARD] = 1.0 if cos(ARC_AHEAD) * turned[2] - sin(ARC_AHEAD) * unit(r)[2] > 0.0 else -1.0
    frame = frame_of(r, target)
    up, along, across = frame
    fixed = target[NORMAL] != 0.0 or target[NORMAL + 1] != 0.0 or target[NORMAL + 2] != 0.0
    if begun:
        to_go, speed, moment, _, _ = thrust_integrals(t, mass, phases, first, last, x[GAIN])
        middle = plus(aim, since_s + moment / speed, rate)
        length = sqrt(dot(middle, middle))
        middle = scaled(1.0 / length, middle)
        rise = plus(up, -dot(up, middle), middle)
        x[PITCH_MID] = asin(min(max(dot(middle, up), -1.0), 1.0))
        x[YAW_MID] = atan2(dot(middle, across), dot(middle, along))
        x[TURN_UP] = dot(rate, rise) / max(dot(rise, rise), 1e-6) * to_go / length
        x[TURN_SIDE] = dot(rate, across) * to_go / length if fixed else 0.0
    else:
        short = plus(scaled(target[SPEED], along), -1.0, v)
        x[GAIN] = sqrt(dot(short, short))
        x[PITCH_MID] = FIRST_PITCH
        x[YAW_MID] = atan2(dot(short, across), dot(short, along))
        x[TURN_UP] = FIRST_TURN
        x[TURN_SIDE] = 0.0
    _, to_go, aim, rate = solve(
        x, frame, t, r, v, mass, phases, first, last, target, earth, AGAIN if begun else FIRST
    )
    return to_go, aim, rate
