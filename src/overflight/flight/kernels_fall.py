"""Fall of unpowered bodies to the ground: one adaptive loop and its batch over bodies."""

from __future__ import annotations

import numpy as np

from overflight.compiled import inline_kernel, kernel, spliced_kernel
from overflight.flight.kernels_dopri import (
    dense,
    dense_weights,
    error_norm,
    grow,
    shrink,
    solution,
    stage2,
    stage3,
    stage4,
    stage5,
    stage6,
)
from overflight.flight.kernels_rhs import GROUND_M, rhs_fall
from overflight.flight.kernels_settle import has_settled, locate_ground, settle

ON_GROUND, IN_FLIGHT, TOO_MANY_STEPS, NOT_FINITE = 0, 1, 2, 3
MAX_STEPS = 200_000
FIRST_STEP_S = 0.1


@spliced_kernel
def _attempt(r, v, a, h, ballistic, body, air, drag, earth):
    """Return the slopes of place and velocity (1, 3 to 7), both at the end of the step, the height there."""
    v2 = stage2(v, h, a)
    a2, _ = rhs_fall(stage2(r, h, v), v2, ballistic, body, air, drag, earth)
    v3 = stage3(v, h, a, a2)
    a3, _ = rhs_fall(stage3(r, h, v, v2), v3, ballistic, body, air, drag, earth)
    v4 = stage4(v, h, a, a2, a3)
    a4, _ = rhs_fall(stage4(r, h, v, v2, v3), v4, ballistic, body, air, drag, earth)
    v5 = stage5(v, h, a, a2, a3, a4)
    a5, _ = rhs_fall(stage5(r, h, v, v2, v3, v4), v5, ballistic, body, air, drag, earth)
    v6 = stage6(v, h, a, a2, a3, a4, a5)
    a6, _ = rhs_fall(stage6(r, h, v, v2, v3, v4, v5), v6, ballistic, body, air, drag, earth)
    r7 = solution(r, h, v, v3, v4, v5, v6)
    v7 = solution(v, h, a, a3, a4, a5, a6)
    a7, height = rhs_fall(r7, v7, ballistic, body, air, drag, earth)
    return (v, v3, v4, v5, v6, v7), (a, a3, a4, a5, a6, a7), r7, v7, height


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
    a, height = rhs_fall(r, v, ballistic, body, air, drag, earth)
    g0 = height - body[GROUND_M]
    if g0 <= 0.0:
        return ON_GROUND, t, r, v, filled, 0
    for step in range(MAX_STEPS):
        last = t + h >= t_end
        if last:
            h = t_end - t
        slopes, pulls, r7, v7, height = _attempt(r, v, a, h, ballistic, body, air, drag, earth)
        error = error_norm(h, slopes, pulls, tolerance_m)
        if not error < 1.0:
            if not h > 1e-9:
                return NOT_FINITE, t, r, v, filled, step + 1
            h *= shrink(error)
            continue
        g1 = height - body[GROUND_M]
        t_new = t + h
        hit = g1 <= 0.0
        if hit:
            theta = locate_ground(r, h, g0, g1, body[GROUND_M], earth, slopes)
            t_new = t + theta * h
            w = dense_weights(theta)
            r7 = dense(r, h, w, slopes)
            v7 = dense(v, h, w, pulls)
        while filled < rows.shape[0] and next_row * row_s <= t_new:
            w = dense_weights((next_row * row_s - t) / h)
            _record(rows[filled], next_row * row_s, dense(r, h, w, slopes), dense(v, h, w, pulls))
            filled += 1
            next_row += 1.0
        if hit:
            return ON_GROUND, t_new, r7, v7, filled, step + 1
        if last:
            return IN_FLIGHT, t_end, r7, v7, filled, step + 1
        t = t_new
        r = r7
        v = v7
        a = pulls[5]
        g0 = g1
        if rows.shape[0] == 0 and has_settled(r, v, height, ballistic, body, air, drag, earth):
            down, t, r, v, more = settle(
                t, r, t_end, tolerance_m, ballistic, body, air, drag, earth, MAX_STEPS
            )
            return (ON_GROUND if down else IN_FLIGHT), t, r, v, filled, step + 1 + more
        h *= grow(error)
    return TOO_MANY_STEPS, t, r, v, filled, MAX_STEPS


@kernel
def _fall_all(
    start_s, states, ballistic, sample_of, bodies, t_end, tolerance_m, air, drags, drag_of, earth, row_s,
    rows, filled, ends, steps,
):  # fmt: skip
    for i in range(start_s.shape[0]):
        r = (states[i, 0], states[i, 1], states[i, 2])
        v = (states[i, 3], states[i, 4], states[i, 5])
        code, t, r, v, filled[i], steps[i] = fall_one(
            start_s[i], r, v, t_end, tolerance_m, ballistic[i], bodies[sample_of[i]], air, drags[drag_of[i]],
            earth, rows[i], row_s,
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
    out = np.empty((m, n_rows, 7)), np.zeros(m, np.int64), np.empty((m, 8)), np.zeros(m, np.int64)
    _fall_all(
        start_s, states, ballistic, sample_of, bodies, t_end, tolerance_m, air, drags, drag_of, earth, row_s,
        *out,
    )  # fmt: skip
    return out


def fall_many(start_s, states, ballistic, sample_of, bodies, t_end, tolerance_m, air, drags, drag_of, earth):
    """Fly bodies to the ground.

    ``start_s`` (m,), ``states`` (m, 6) ECI, ``ballistic`` (m,), ``sample_of`` (m,) row of ``bodies``
    (s, BODY_COLUMNS), ``drags`` (d, cells, 4) and ``drag_of`` (m,) the drag table of each body.
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
