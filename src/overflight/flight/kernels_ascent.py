"""Powered flight through a sequence of phases: the adaptive loop, the flight, and its batch."""

from __future__ import annotations

import numpy as np

from overflight.compiled import inline_kernel, kernel
from overflight.earth.kernels import geodetic
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
from overflight.flight.kernels_rhs import (
    DROP_KG,
    END_S,
    EVENTS,
    FAIRING_HEAT,
    FAIRING_KG,
    GROUND,
    GROUND_M,
    HEAT_LIMIT,
    SLOT,
    STOP_S,
    event_ascent,
    heat_flux,
    rhs_ascent,
)

N = 7
# how a flight ended
COMPLETE, CUT_OFF, STOPPED, HIT_GROUND, TOO_MANY_STEPS, NOT_FINITE = 0, 1, 2, 3, 4, 5
MAX_STEPS = 100_000
FIRST_STEP_S = 1.0  # first step of a phase
FAIRING_FROM_M = 30e3  # no ascent is so slow above it that its heat flux has not risen yet


@kernel
def _locate(t, y, h, g0, g1, phase, body, air, earth, k, out):
    """Return the time and, in ``out``, the state where the event margin crosses zero in this step."""
    low = 0.0
    high = 1.0
    side = 0
    theta = 1.0
    for _ in range(60):
        theta = (low * g1 - high * g0) / (g1 - g0)
        dense(N, k, y, h, theta, out)
        g = event_ascent(out, phase, body, air, earth)
        side, low, high, g0, g1 = illinois(side, g, theta, low, high, g0, g1)
        if (high - low) * h < EVENT_TIME_S or abs(g) < 1e-13:
            break
    dense(N, k, y, h, theta, out)
    return t + theta * h


@inline_kernel
def _attempt(t, y, hs, k, stage, new, phase, body, air, drag, earth):
    """Fill slopes ``k[1:]`` and the state ``new`` at the end of a step that starts with slope ``k[0]``."""
    stage2(N, y, hs, k, stage)
    rhs_ascent(t + C2 * hs, stage, k[1], phase, body, air, drag, earth)
    stage3(N, y, hs, k, stage)
    rhs_ascent(t + C3 * hs, stage, k[2], phase, body, air, drag, earth)
    stage4(N, y, hs, k, stage)
    rhs_ascent(t + C4 * hs, stage, k[3], phase, body, air, drag, earth)
    stage5(N, y, hs, k, stage)
    rhs_ascent(t + C5 * hs, stage, k[4], phase, body, air, drag, earth)
    stage6(N, y, hs, k, stage)
    rhs_ascent(t + hs, stage, k[5], phase, body, air, drag, earth)
    solution(N, y, hs, k, new)
    rhs_ascent(t + hs, new, k[6], phase, body, air, drag, earth)


@kernel
def fly_phase(t, y, t_end, h, tolerance_m, phase, body, air, drag, earth, work, rows, row_s, filled):
    """Fly one phase to ``t_end`` or its event; returns (time, code, step, rows filled, steps).

    Code: COMPLETE, CUT_OFF (an event, whichever), TOO_MANY_STEPS or NOT_FINITE.
    """
    k = work[:7]
    stage = work[7]
    new = work[8]
    out = work[9]
    per_position = 1.0 / tolerance_m
    rhs_ascent(t, y, k[0], phase, body, air, drag, earth)
    g0 = event_ascent(y, phase, body, air, earth)
    for step in range(MAX_STEPS):
        last = False
        hs = h
        if t + h >= t_end - 1e-9:
            hs = t_end - t
            last = True
        _attempt(t, y, hs, k, stage, new, phase, body, air, drag, earth)
        error = error_norm(6, hs, k, per_position)
        if error < 1.0:
            g1 = event_ascent(new, phase, body, air, earth)
            hit = g0 > 0.0 and g1 <= 0.0
            t_new = t_end if last else t + hs
            if hit:
                t_new = _locate(t, y, hs, g0, g1, phase, body, air, earth, k, out)
            while filled < rows.shape[0] and filled * row_s <= t_new:
                rows[filled, 0] = filled * row_s
                dense(N, k, y, hs, (filled * row_s - t) / hs, rows[filled, 1:])
                filled += 1
            for i in range(N):
                y[i] = out[i] if hit else new[i]
                k[0, i] = k[6, i]
            t = t_new
            g0 = g1
            larger = hs * grow(error)
            if hit:
                return t, CUT_OFF, h, filled, step + 1
            if last:
                return t, COMPLETE, max(h, min(larger, 5.0 * hs)), filled, step + 1
            h = larger
        else:
            if not hs > 1e-9:
                return t, NOT_FINITE, h, filled, step + 1
            h = hs * shrink(error)
    return t, TOO_MANY_STEPS, h, filled, MAX_STEPS


@kernel
def _release(slot, t, y, mass):
    """Record a body let go and take its mass off the vehicle."""
    slot[0] = t
    for i in range(7):
        slot[1 + i] = y[i]
    slot[8] = mass
    y[6] -= mass


@kernel
def fly_one(y, phases, body, tolerance_m, air, drag, earth, work, phase, slots, rows, row_s):
    """Fly ``y`` (7) through ``phases`` (p, PHASE_COLUMNS); returns (time, code, rows filled, steps).

    ``slots`` (k, 9) receives time, state and released mass of each body let go (NaN where none was);
    the fairing uses the last slot.  ``phase`` is scratch for one row.
    """
    slots[:, :] = np.nan
    fairing = slots.shape[0] - 1
    fairing_on = body[FAIRING_KG] > 0.0
    t = 0.0
    h = 0.5
    filled = 0
    steps = 0
    for s in range(phases.shape[0]):
        for j in range(phases.shape[1]):
            phase[j] = phases[s, j]
        events = int(phase[EVENTS])
        if events & FAIRING_HEAT and not fairing_on:
            events -= FAIRING_HEAT
        t_end = min(phase[END_S], body[STOP_S])
        while t < t_end:
            if events & FAIRING_HEAT and heat_flux(y, body, air, earth) <= body[HEAT_LIMIT]:
                # below this height it is not the air that is thin, but the vehicle that is slow still
                if geodetic(y[0], y[1], y[2], earth)[0] > FAIRING_FROM_M:
                    _release(slots[fairing], t, y, body[FAIRING_KG])
                    fairing_on = False
                events -= FAIRING_HEAT
            phase[EVENTS] = events
            h = min(h, FIRST_STEP_S)
            t, code, h, filled, n = fly_phase(
                t, y, t_end, h, tolerance_m, phase, body, air, drag, earth, work, rows, row_s, filled
            )
            steps += n
            if code == CUT_OFF:
                cool = heat_flux(y, body, air, earth) <= body[HEAT_LIMIT] * (1.0 + 1e-6)
                if events & FAIRING_HEAT and cool:
                    _release(slots[fairing], t, y, body[FAIRING_KG])
                    fairing_on = False
                    events -= FAIRING_HEAT
                    continue
                low = geodetic(y[0], y[1], y[2], earth)[0] - body[GROUND_M] < 1.0
                return t, (HIT_GROUND if events & GROUND and low else CUT_OFF), filled, steps
            if code != COMPLETE:
                return t, (TOO_MANY_STEPS if code == TOO_MANY_STEPS else NOT_FINITE), filled, steps
        if body[STOP_S] <= phase[END_S]:
            return t, STOPPED, filled, steps
        if phase[DROP_KG] > 0.0:
            _release(slots[int(phase[SLOT])], t, y, phase[DROP_KG])
    return t, COMPLETE, filled, steps


@kernel
def fly_many(starts, phases, bodies, tolerance_m, air, drag, earth, n_slots, n_rows, row_s):
    """Fly samples: ``starts`` (n, 7), ``phases`` (n, p, PHASE_COLUMNS), ``bodies`` (n, BODY_COLUMNS).

    Returns ends (n, 9): code, time, state; slots (n, n_slots, 9); rows (n, n_rows, 8) with time and
    state; rows filled (n,); steps (n,).
    """
    n = starts.shape[0]
    ends = np.empty((n, 9))
    slots = np.empty((n, n_slots, 9))
    rows = np.empty((n, n_rows, 8))
    filled = np.zeros(n, np.int64)
    steps = np.zeros(n, np.int64)
    work = np.zeros((10, 7))
    phase = np.empty(phases.shape[2])
    y = np.empty(7)
    for i in range(n):
        for j in range(7):
            y[j] = starts[i, j]
        t, code, filled[i], steps[i] = fly_one(
            y, phases[i], bodies[i], tolerance_m, air, drag, earth, work, phase, slots[i], rows[i], row_s
        )
        ends[i, 0] = code
        ends[i, 1] = t
        for j in range(7):
            ends[i, 2 + j] = y[j]
    return ends, slots, rows, filled, steps
