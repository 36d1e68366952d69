"""Fall of unpowered bodies to the ground: one adaptive loop and its batch over bodies."""

from __future__ import annotations

from math import sqrt

import numpy as np

from overflight.compiled import inline_kernel, kernel, spliced_kernel
from overflight.earth.kernels import geodetic
from overflight.flight.kernels_dopri import (
    EVENT_TIME_S,
    NO_STEP_BEFORE,
    dense,
    dense_weights,
    error_norm,
    grow,
    illinois,
    shrink,
    solution,
    stage2,
    stage3,
    stage4,
    stage5,
    stage6,
)
from overflight.flight.kernels_rhs import GROUND_M, constants, earth_constants, rhs_fall
from overflight.flight.kernels_settle import settle

ON_GROUND, IN_FLIGHT, TOO_MANY_STEPS, NOT_FINITE = 0, 1, 2, 3
MAX_STEPS = 200_000
FIRST_STEP_S = 0.1
NEAREST_ORBIT = 0.01  # least 1 - q taken, so that a body in orbit has a finite reach
SHORTEST_REACH_S = 20.0  # shorter ones would let errors add up where the drag limits the step


@kernel
def reach_s(r, v, height_m, drag_rate, earth):
    """Return for how long an error of the velocity goes on moving the point of impact (s).

    Without air until the impact, over the flat ground ``t = (u + sqrt(u^2 + 2 g' h)) / g'`` with the upward
    speed u and ``g' = g (1 - q)``, q the square of the horizontal speed over the circular one; it grows by
    ``1 / (1 - q)`` as the impact runs away with the speed. In air the drag forgets it at its own rate.
    """
    square = r[0] * r[0] + r[1] * r[1] + r[2] * r[2]
    distance = sqrt(square)
    up = (r[0] * v[0] + r[1] * v[1] + r[2] * v[2]) / distance
    level = v[0] * v[0] + v[1] * v[1] + v[2] * v[2] - up * up
    left = max(1.0 - level * distance / earth[0], NEAREST_ORBIT)
    g = earth[0] / square * left
    time_s = (up + sqrt(up * up + 2.0 * g * max(height_m, 0.0))) / g
    return max(1.0 / (left / max(time_s, 1.0) + drag_rate), SHORTEST_REACH_S)


@spliced_kernel
def _attempt(r, v, a, h, ballistic, body, air, drag, earth):
    """Return the slopes of place and velocity (1, 3 to 7), both at the end of the step,
    the height and the rate of the drag there.
    """
    v2 = stage2(v, h, a)
    a2, _, _ = rhs_fall(stage2(r, h, v), v2, ballistic, body, air, drag, earth)
    v3 = stage3(v, h, a, a2)
    a3, _, _ = rhs_fall(stage3(r, h, v, v2), v3, ballistic, body, air, drag, earth)
    v4 = stage4(v, h, a, a2, a3)
    a4, _, _ = rhs_fall(stage4(r, h, v, v2, v3), v4, ballistic, body, air, drag, earth)
    v5 = stage5(v, h, a, a2, a3, a4)
    a5, _, _ = rhs_fall(stage5(r, h, v, v2, v3, v4), v5, ballistic, body, air, drag, earth)
    v6 = stage6(v, h, a, a2, a3, a4, a5)
    a6, _, _ = rhs_fall(stage6(r, h, v, v2, v3, v4, v5), v6, ballistic, body, air, drag, earth)
    r7 = solution(r, h, v, v3, v4, v5, v6)
    v7 = solution(v, h, a, a3, a4, a5, a6)
    a7, height, drag_rate = rhs_fall(r7, v7, ballistic, body, air, drag, earth)
    return (v, v3, v4, v5, v6, v7), (a, a3, a4, a5, a6, a7), r7, v7, height, drag_rate


@kernel
def _locate(r, h, g0, g1, ground_m, earth, slopes):
    """Return the fraction of a step at which the height above the ground crosses zero."""
    low = 0.0
    high = 1.0
    side = 0
    theta = 1.0
    for _ in range(60):
        theta = (low * g1 - high * g0) / (g1 - g0)
        x, y, z = dense(r, h, dense_weights(theta), slopes)
        g = geodetic(x, y, z, earth)[0] - ground_m
        side, low, high, g0, g1 = illinois(side, g, theta, low, high, g0, g1)
        if (high - low) * h < EVENT_TIME_S or abs(g) < 1e-7:
            break
    return theta


@inline_kernel
def _record(row, time_s, r, v):
    """Write time and state into a row."""
    row[0] = time_s
    row[1] = r[0]
    row[2] = r[1]
    row[3] = r[2]
    row[4] = v[0]
    row[5] = v[1]
    row[6] = v[2]


@spliced_kernel
def fall_one(t, r, v, t_end, tolerance_m, ballistic, body, air, drag, earth, rows, row_s):
    """Fly a body at ``r`` with ``v`` from ``t`` to the ground or ``t_end``.

    Returns (code, time, place, velocity, rows filled, steps). ``rows`` (n, 7) receives time and state at
    whole multiples of ``row_s``. Without rows, a light body that has settled goes on as
    :mod:`overflight.flight.kernels_settle` has it.
    """
    h = FIRST_STEP_S
    filled = 0
    next_row = np.ceil(t / row_s - 1e-9)
    a, height, drag_rate = rhs_fall(r, v, ballistic, body, air, drag, earth)
    g0 = height - body[GROUND_M]
    if g0 <= 0.0 or t >= t_end:
        return (ON_GROUND if g0 <= 0.0 else IN_FLIGHT), t, r, v, filled, 0
    reach = reach_s(r, v, height, drag_rate, earth)
    before = NO_STEP_BEFORE
    for step in range(MAX_STEPS):
        last = t + h >= t_end
        if last:
            h = t_end - t
        slopes, pulls, r7, v7, height, drag_rate = _attempt(r, v, a, h, ballistic, body, air, drag, earth)
        error = error_norm(h, slopes, pulls, reach) / tolerance_m
        if not error < 1.0:
            if not h > 1e-9:
                return NOT_FINITE, t, r, v, filled, step + 1
            h *= shrink(error)
            continue
        g1 = height - body[GROUND_M]
        t_new = t_end if last else t + h
        hit = g1 <= 0.0
        if hit:
            theta = _locate(r, h, g0, g1, body[GROUND_M], earth, slopes)
            t_new = t + theta * h
            w = dense_weights(theta)
            r7 = dense(r, h, w, slopes)
            v7 = dense(v, h, w, pulls)
        while filled < rows.shape[0] and next_row * row_s <= t_new:
            w = dense_weights((next_row * row_s - t) / h)
            _record(rows[filled], next_row * row_s, dense(r, h, w, slopes), dense(v, h, w, pulls))
            filled += 1
            next_row += 1.0
        if hit or last:
            return (ON_GROUND if hit else IN_FLIGHT), t_new, r7, v7, filled, step + 1
        t = t_new
        r = r7
        v = v7
        a = pulls[5]
        g0 = g1
        if rows.shape[0] == 0:
            more, down, t, r, v = settle(t, r, v, t_end, drag_rate, ballistic, body, air, drag, earth)
            if more > 0:
                return (ON_GROUND if down else IN_FLIGHT), t, r, v, filled, step + 1 + more
        reach = reach_s(r, v, height, drag_rate, earth)
        factor, before = grow(error, before)
        h *= factor
    return TOO_MANY_STEPS, t, r, v, filled, MAX_STEPS


@kernel
def _fall_all(
    start_s, states, ballistic, sample_of, bodies, t_end, tolerance_m, air, drags, drag_of, earth, row_s,
    rows, filled, ends, steps,
):  # fmt: skip
    world = earth_constants(earth)
    for i in range(start_s.shape[0]):
        r = (states[i, 0], states[i, 1], states[i, 2])
        v = (states[i, 3], states[i, 4], states[i, 5])
        code, t, r, v, filled[i], steps[i] = fall_one(
            start_s[i], r, v, t_end[i], tolerance_m, ballistic[i], constants(bodies[sample_of[i]]), air,
            drags[drag_of[i]], world, rows[i], row_s,
        )  # fmt: skip
        ends[i, 0] = code
        _record(ends[i, 1:], t, r, v)


def _fall(
    start_s,
    states,
    ballistic,
    sample_of,
    bodies,
    t_end,
    tolerance_m,
    air,
    drags,
    drag_of,
    earth,
    n_rows,
    row_s,
):
    """Return rows (m, n_rows, 7), rows filled (m,), ends (m, 8) and steps (m,)."""
    m = len(start_s)
    t_end = np.broadcast_to(np.asarray(t_end, np.float64), m).copy()
    out = np.empty((m, n_rows, 7)), np.zeros(m, np.int64), np.empty((m, 8)), np.zeros(m, np.int64)
    _fall_all(
        start_s, states, ballistic, sample_of, bodies, t_end, tolerance_m, air, drags, drag_of, earth, row_s,
        *out,
    )  # fmt: skip
    return out


def fall_many(start_s, states, ballistic, sample_of, bodies, t_end, tolerance_m, air, drags, drag_of, earth):
    """Fly bodies to the ground.

    ``start_s`` (m,), ``states`` (m, 6) ECI, ``ballistic`` (m,), ``sample_of`` (m,) row of ``bodies``
    (s, BODY_COLUMNS), ``t_end`` (m,) or one number when each is given up, ``drags`` (d, cells, 4) and
    ``drag_of`` (m,) the drag table of each body.
    Returns ``(m, 8)``: code, time, position and velocity in ECI at the end, and the steps taken (m,).
    """
    return _fall(
        start_s, states, ballistic, sample_of, bodies, t_end, tolerance_m, air, drags, drag_of, earth, 0, 1.0
    )[2:]


def fall_rows(start_s, states, ballistic, bodies, t_end, tolerance_m, air, drag, earth, n_rows, row_s):
    """Fly bodies to the ground or ``t_end`` and record rows; body ``i`` has the constants ``bodies[i]``.

    Returns rows (m, n_rows, 7) of time and ECI state at whole multiples of ``row_s``, rows filled (m,),
    and ends (m, 8) as :func:`fall_many`.
    """
    each = np.arange(len(start_s))
    return _fall(
        start_s, states, ballistic, each, bodies, t_end, tolerance_m, air, drag[None], 0 * each, earth,
        n_rows, row_s,
    )[:3]  # fmt: skip
