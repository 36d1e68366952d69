"""Fall of unpowered bodies to the ground: one adaptive loop and its batch over bodies."""

from __future__ import annotations

import numpy as np

from overflight.compiled import kernel
from overflight.flight.kernels_dopri import (
    C2,
    C3,
    C4,
    C5,
    EVENT_TIME_S,
    dense,
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
from overflight.flight.kernels_rhs import GROUND_M, event_fall, rhs_fall
from overflight.flight.kernels_settle import has_settled, settle

N = 6
ON_GROUND, IN_FLIGHT, TOO_MANY_STEPS, NOT_FINITE = 0, 1, 2, 3
MAX_STEPS = 200_000


@kernel
def _locate(t, y, h, g0, g1, body, earth, k, out):
    """Return the time and, in ``out``, the state where the height above ground crosses zero in this step."""
    low = 0.0
    high = 1.0
    side = 0
    theta = 1.0
    for _ in range(60):
        theta = (low * g1 - high * g0) / (g1 - g0)
        dense(N, k, y, h, theta, out)
        g = event_fall(out, body, earth)
        side, low, high, g0, g1 = illinois(side, g, theta, low, high, g0, g1)
        if (high - low) * h < EVENT_TIME_S or abs(g) < 1e-7:
            break
    dense(N, k, y, h, theta, out)
    return t + theta * h


@kernel
def _attempt(t, y, h, k, stage, new, ballistic, body, air, drag, earth):
    """Fill slopes ``k[1:]`` and the state ``new`` at the end of a step that starts with slope ``k[0]``."""
    stage2(N, y, h, k, stage)
    rhs_fall(t + C2 * h, stage, k[1], ballistic, body, air, drag, earth)
    stage3(N, y, h, k, stage)
    rhs_fall(t + C3 * h, stage, k[2], ballistic, body, air, drag, earth)
    stage4(N, y, h, k, stage)
    rhs_fall(t + C4 * h, stage, k[3], ballistic, body, air, drag, earth)
    stage5(N, y, h, k, stage)
    rhs_fall(t + C5 * h, stage, k[4], ballistic, body, air, drag, earth)
    stage6(N, y, h, k, stage)
    rhs_fall(t + h, stage, k[5], ballistic, body, air, drag, earth)
    solution(N, y, h, k, new)
    rhs_fall(t + h, new, k[6], ballistic, body, air, drag, earth)


@kernel
def fall_one(t, y, t_end, tolerance_m, ballistic, body, air, drag, earth, work, rows, row_s):
    """Fly ``y`` (6) from ``t`` to the ground or ``t_end``; returns (time, code, rows filled, steps).

    ``work`` is scratch (10, 7); ``rows`` (r, 7) receives time and state at whole multiples of ``row_s``.
    Without rows, a light body that has settled goes on as :mod:`overflight.flight.kernels_settle` has it.
    """
    k = work[:7]
    stage = work[7]
    new = work[8]
    out = work[9]
    per_position = 1.0 / tolerance_m
    h = 0.1
    filled = 0
    if rows.shape[0] > 0:
        next_row = np.ceil(t / row_s - 1e-9)
    else:
        next_row = 0.0
    rhs_fall(t, y, k[0], ballistic, body, air, drag, earth)
    g0 = event_fall(y, body, earth)
    for step in range(MAX_STEPS):
        last = False
        if t + h >= t_end:
            h = t_end - t
            last = True
        _attempt(t, y, h, k, stage, new, ballistic, body, air, drag, earth)
        error = error_norm(6, h, k, per_position)
        if error < 1.0:
            g1 = event_fall(new, body, earth)
            hit = g0 > 0.0 and g1 <= 0.0
            t_new = _locate(t, y, h, g0, g1, body, earth, k, out) if hit else t + h
            while filled < rows.shape[0] and next_row * row_s <= t_new:
                rows[filled, 0] = next_row * row_s
                dense(N, k, y, h, (next_row * row_s - t) / h, rows[filled, 1:])
                filled += 1
                next_row += 1.0
            for i in range(N):
                y[i] = out[i] if hit else new[i]
                k[0, i] = k[6, i]
            t = t_new
            g0 = g1
            if hit:
                return t, ON_GROUND, filled, step + 1
            if last:
                return t_end, IN_FLIGHT, filled, step + 1
            if rows.shape[0] == 0 and has_settled(y, g1 + body[GROUND_M], ballistic, body, air, drag, earth):
                t, down, more = settle(
                    t, y, t_end, tolerance_m, ballistic, body, air, drag, earth, work, MAX_STEPS
                )
                return t, (ON_GROUND if down else IN_FLIGHT), filled, step + 1 + more
            h *= grow(error)
        else:
            if not h > 1e-9:
                return t, NOT_FINITE, filled, step + 1
            h *= shrink(error)
    return t, TOO_MANY_STEPS, filled, MAX_STEPS


@kernel
def fall_many(start_s, states, ballistic, sample_of, bodies, t_end, tolerance_m, air, drags, drag_of, earth):
    """Fly bodies to the ground.

    ``start_s`` (m,), ``states`` (m, 6) ECI, ``ballistic`` (m,), ``sample_of`` (m,) row of ``bodies``
    (s, BODY_COLUMNS), ``drags`` (d, cells, 4) and ``drag_of`` (m,) the drag table of each body.
    Returns ``(m, 8)``: code, time, position and velocity in ECI at the end, and the steps taken (m,).
    """
    m = start_s.shape[0]
    result = np.empty((m, 8))
    steps = np.empty(m, np.int64)
    work = np.zeros((10, 7))
    rows = np.empty((0, 7))
    y = np.empty(6)
    for i in range(m):
        for j in range(6):
            y[j] = states[i, j]
        t, code, _, n = fall_one(
            start_s[i],
            y,
            t_end,
            tolerance_m,
            ballistic[i],
            bodies[sample_of[i]],
            air,
            drags[drag_of[i]],
            earth,
            work,
            rows,
            1.0,
        )
        result[i, 0] = code
        result[i, 1] = t
        for j in range(6):
            result[i, 2 + j] = y[j]
        steps[i] = n
    return result, steps


@kernel
def fall_rows(start_s, states, ballistic, bodies, t_end, tolerance_m, air, drag, earth, n_rows, row_s):
    """Fly bodies to the ground or ``t_end`` and record rows; body ``i`` has the constants ``bodies[i]``.

    Returns rows (m, n_rows, 7) of time and ECI state at whole multiples of ``row_s``, rows filled (m,),
    and ends (m, 8) as :func:`fall_many`.
    """
    m = start_s.shape[0]
    rows = np.empty((m, n_rows, 7))
    filled = np.zeros(m, np.int64)
    ends = np.empty((m, 8))
    work = np.zeros((10, 7))
    y = np.empty(6)
    for i in range(m):
        for j in range(6):
            y[j] = states[i, j]
        t, code, filled[i], _ = fall_one(
            start_s[i], y, t_end, tolerance_m, ballistic[i], bodies[i], air, drag, earth, work, rows[i], row_s
        )
        ends[i, 0] = code
        ends[i, 1] = t
        for j in range(6):
            ends[i, 2 + j] = y[j]
    return rows, filled, ends
