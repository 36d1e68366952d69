"""Powered flight through a sequence of phases: the adaptive loop, the flight, and its batch."""

from __future__ import annotations

import numpy as np

from overflight.compiled import inline_kernel, kernel, spliced_kernel
from overflight.earth.kernels import geodetic
from overflight.flight.kernels_dopri import (
    C2,
    C3,
    C4,
    C5,
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
from overflight.flight.kernels_guidance import GAIN
from overflight.flight.kernels_legs import NOBODY, UPWARD, gained, next_leg
from overflight.flight.kernels_rhs import (
    DROP_KG,
    END_S,
    EVENTS,
    FAIRING_HEAT,
    FAIRING_KG,
    GROUND,
    GUIDED,
    HEAT_LIMIT,
    MASS_FLOW,
    OVERLOAD,
    SLOT,
    STEERING,
    STOP_S,
    THRUST_N,
    body_constants,
    earth_constants,
    event_ascent,
    heat_flux,
    leg_of,
    loads,
    rhs_ascent,
)

# how a flight ended
COMPLETE, CUT_OFF, STOPPED, HIT_GROUND, TOO_MANY_STEPS, NOT_FINITE, OVERLOADED = 0, 1, 2, 3, 4, 5, 6
ROW_COLUMNS = 11  # time, state, mass; angle of attack, dynamic pressure, axial load
MAX_STEPS = 100_000
FIRST_STEP_S = 1.0  # first step of a phase
REACH_S = 100.0  # an error of the velocity counts as what it moves the place in this time
FAIRING_FROM_M = 30e3  # no ascent is so slow above it that its heat flux has not risen yet


@spliced_kernel
def _attempt(t, r, v, a, mass, h, phase, body, air, drag, earth):
    """Return the slopes of place and velocity (1, 3 to 7), and both at the end of the step.

    The mass falls evenly within a phase, so that every stage knows it.
    """
    loss = h * phase[MASS_FLOW]
    v2 = stage2(v, h, a)
    m2 = mass - C2 * loss
    a2 = rhs_ascent(t + C2 * h, stage2(r, h, v), v2, m2, phase, body, air, drag, earth)
    v3 = stage3(v, h, a, a2)
    m3 = mass - C3 * loss
    a3 = rhs_ascent(t + C3 * h, stage3(r, h, v, v2), v3, m3, phase, body, air, drag, earth)
    v4 = stage4(v, h, a, a2, a3)
    m4 = mass - C4 * loss
    a4 = rhs_ascent(t + C4 * h, stage4(r, h, v, v2, v3), v4, m4, phase, body, air, drag, earth)
    v5 = stage5(v, h, a, a2, a3, a4)
    m5 = mass - C5 * loss
    a5 = rhs_ascent(t + C5 * h, stage5(r, h, v, v2, v3, v4), v5, m5, phase, body, air, drag, earth)
    v6 = stage6(v, h, a, a2, a3, a4, a5)
    m6 = mass - loss
    a6 = rhs_ascent(t + h, stage6(r, h, v, v2, v3, v4, v5), v6, m6, phase, body, air, drag, earth)
    r7 = solution(r, h, v, v3, v4, v5, v6)
    v7 = solution(v, h, a, a3, a4, a5, a6)
    a7 = rhs_ascent(t + h, r7, v7, m6, phase, body, air, drag, earth)
    return (v, v3, v4, v5, v6, v7), (a, a3, a4, a5, a6, a7), r7, v7


@spliced_kernel
def _locate(t, r, v, h, g0, g1, events, phase, body, air, drag, earth, slopes, pulls):
    """Return the fraction of the step at which the event margin crosses zero."""
    low = 0.0
    high = 1.0
    side = 0
    theta = 1.0
    for _ in range(60):
        theta = (low * g1 - high * g0) / (g1 - g0)
        w = dense_weights(theta)
        place, velocity = dense(r, h, w, slopes), dense(v, h, w, pulls)
        g = event_ascent(t + theta * h, place, velocity, events, phase, body, air, drag, earth)
        side, low, high, g0, g1 = illinois(side, g, theta, low, high, g0, g1)
        if (high - low) * h < EVENT_TIME_S or abs(g) < 1e-13:
            break
    return theta


@inline_kernel
def _record(row, time_s, r, v, mass):
    """Write time, state and mass into a row."""
    row[0] = time_s
    row[1] = r[0]
    row[2] = r[1]
    row[3] = r[2]
    row[4] = v[0]
    row[5] = v[1]
    row[6] = v[2]
    row[7] = mass


@spliced_kernel
def fly_phase(
    t, r, v, mass, t_end, h, tolerance_m, phase, events, body, air, drag, earth, rows, row_s, filled
):
    """Fly one phase to ``t_end`` or one of its ``events``.

    Returns (code, time, place, velocity, mass, step, rows filled, steps); code: COMPLETE, CUT_OFF (an
    event, whichever), TOO_MANY_STEPS or NOT_FINITE. An event that is past its threshold as the phase begins
    ends it then: a margin that is not above zero could hide any other that falls through it later.
    """
    g0 = event_ascent(t, r, v, events, phase, body, air, drag, earth)
    if g0 <= 0.0:
        return CUT_OFF, t, r, v, mass, h, filled, 0
    a = rhs_ascent(t, r, v, mass, phase, body, air, drag, earth)
    before = NO_STEP_BEFORE
    for step in range(MAX_STEPS):
        last = t + h >= t_end - 1e-9
        hs = t_end - t if last else h
        slopes, pulls, r7, v7 = _attempt(t, r, v, a, mass, hs, phase, body, air, drag, earth)
        error = error_norm(hs, slopes, pulls, REACH_S) / tolerance_m
        if not error < 1.0:
            if not hs > 1e-9:
                return NOT_FINITE, t, r, v, mass, h, filled, step + 1
            h = hs * shrink(error)
            continue
        t_new = t_end if last else t + hs
        g1 = event_ascent(t_new, r7, v7, events, phase, body, air, drag, earth)
        hit = g1 <= 0.0
        passed = hs
        if hit:
            theta = _locate(t, r, v, hs, g0, g1, events, phase, body, air, drag, earth, slopes, pulls)
            w = dense_weights(theta)
            r7 = dense(r, hs, w, slopes)
            v7 = dense(v, hs, w, pulls)
            passed = theta * hs
            t_new = t + passed
        while filled < rows.shape[0] and filled * row_s <= t_new:
            w = dense_weights((filled * row_s - t) / hs)
            mass_then = mass - (filled * row_s - t) * phase[MASS_FLOW]
            place, velocity = dense(r, hs, w, slopes), dense(v, hs, w, pulls)
            _record(rows[filled], filled * row_s, place, velocity, mass_then)
            rows[filled, 8], rows[filled, 9], rows[filled, 10], _ = loads(
                filled * row_s, place, velocity, mass_then, phase, body, air, drag, earth
            )
            filled += 1
        mass -= passed * phase[MASS_FLOW]
        if hit:
            return CUT_OFF, t_new, r7, v7, mass, h, filled, step + 1
        factor, before = grow(error, before)
        larger = hs * factor
        if last:
            return COMPLETE, t_new, r7, v7, mass, max(h, min(larger, 5.0 * hs)), filled, step + 1
        t = t_new
        r = r7
        v = v7
        a = pulls[5]
        g0 = g1
        h = larger
    return TOO_MANY_STEPS, t, r, v, mass, h, filled, MAX_STEPS


@kernel
def _release(slot, t, r, v, mass, released):
    """Record a body let go; returns the mass of the vehicle without it."""
    _record(slot, t, r, v, mass)
    slot[8] = released
    return mass - released


@inline_kernel
def _events_of(p, fairing_on):
    """Return the events of a phase; that of the fairing only while it is there."""
    events = int(p[EVENTS])
    return events - FAIRING_HEAT if events & FAIRING_HEAT and not fairing_on else events


@kernel
def _outcome(code, t, r, v, events, leg, body, air, drag, earth):
    """Return what an event that ended powered flight was: the one whose margin is smallest."""
    if code != CUT_OFF:
        return code
    least = event_ascent(t, r, v, events, leg, body, air, drag, earth)
    if events & GROUND and event_ascent(t, r, v, GROUND, leg, body, air, drag, earth) <= least:
        return HIT_GROUND
    if events & OVERLOAD and event_ascent(t, r, v, OVERLOAD, leg, body, air, drag, earth) <= least:
        return OVERLOADED
    return code


@spliced_kernel
def fly_one(start, phases, body, target, tolerance_m, air, drag, earth, slots, rows, row_s, end):
    """Fly ``start`` (7) through ``phases`` (p, PHASE_COLUMNS); returns (rows filled, steps).

    ``slots`` (k, 9) (all NaN) receives time, state and released mass of each body let go;
    the fairing uses the last slot.  ``end`` (9) receives code, time and state.  ``target`` is read where
    phases are guided: they are flown in legs of a cycle each, as turns out of control are.
    """
    fairing = slots.shape[0] - 1
    fairing_on = body[FAIRING_KG] > 0.0
    r, v, mass = (start[0], start[1], start[2]), (start[3], start[4], start[5]), start[6]
    t, h, filled, steps, code, events = 0.0, 0.5, 0, 0, COMPLETE, 0
    leg = leg_of(phases[0])
    numbers = np.empty(5)
    held = (NOBODY, 0.0, UPWARD, UPWARD)
    for s in range(phases.shape[0]):
        p = phases[s]
        events = _events_of(p, fairing_on)
        t_end = min(p[END_S], body[STOP_S])
        before = leg
        leg = leg_of(p) if t < t_end else leg
        code = COMPLETE
        while t < t_end and code == COMPLETE:
            leg_end = t_end
            if p[STEERING] >= GUIDED and p[THRUST_N] > 0.0:
                leg, leg_end, held = next_leg(
                    numbers, held, before, t, r, v, mass, phases, s, t_end, target, body, air, drag, earth
                )
            if events & FAIRING_HEAT and heat_flux(r, v, body, air, earth) <= body[HEAT_LIMIT]:
                # below this height it is not the air that is thin, but the vehicle that is slow still
                if geodetic(r[0], r[1], r[2], earth)[0] > FAIRING_FROM_M:
                    mass = _release(slots[fairing], t, r, v, mass, body[FAIRING_KG])
                    fairing_on = False
                events -= FAIRING_HEAT
            full = mass
            code, t, r, v, mass, h, filled, n = fly_phase(
                t, r, v, mass, leg_end, min(h, FIRST_STEP_S), tolerance_m, leg, events, body, air, drag,
                earth, rows, row_s, filled,
            )  # fmt: skip
            steps += n
            if held[0] == GUIDED:
                numbers[GAIN] -= gained(leg, full, mass)
            cool = heat_flux(r, v, body, air, earth) <= body[HEAT_LIMIT] * (1.0 + 1e-6)
            if code == CUT_OFF and events & FAIRING_HEAT and cool:
                mass = _release(slots[fairing], t, r, v, mass, body[FAIRING_KG])
                fairing_on = False
                events -= FAIRING_HEAT
                code = COMPLETE
        if code != COMPLETE:
            break
        if body[STOP_S] <= p[END_S]:
            code = STOPPED
            break
        if p[DROP_KG] > 0.0:
            mass = _release(slots[int(p[SLOT])], t, r, v, mass, p[DROP_KG])
    end[0] = _outcome(code, t, r, v, events, leg, body, air, drag, earth)
    _record(end[1:], t, r, v, mass)
    return filled, steps


@kernel
def _fly_all(
    starts, phases, bodies, targets, tolerance_m, air, drag, earth, row_s, ends, slots, rows, filled, steps
):
    world = earth_constants(earth)
    for i in range(starts.shape[0]):
        filled[i], steps[i] = fly_one(
            starts[i],
            phases[i],
            body_constants(bodies[i]),
            targets[i],
            tolerance_m,
            air,
            drag,
            world,
            slots[i],
            rows[i],
            row_s,
            ends[i],
        )


def fly_many(starts, phases, bodies, targets, tolerance_m, air, drag, earth, n_slots, n_rows, row_s):
    """Fly samples: ``starts`` (n, 7), ``phases`` (n, p, PHASE_COLUMNS), ``bodies`` (n, BODY_COLUMNS),
    ``targets`` (n, TARGET_COLUMNS).

    Returns ends (n, 9): code, time, state; slots (n, n_slots, 9); rows (n, n_rows, ROW_COLUMNS) with time,
    state and loads; rows filled (n,); steps (n,).
    """
    n = len(starts)
    out = (
        np.empty((n, 9)), np.full((n, n_slots, 9), np.nan), np.empty((n, n_rows, ROW_COLUMNS)),
        np.zeros(n, np.int64), np.zeros(n, np.int64),
    )  # fmt: skip
    _fly_all(starts, phases, bodies, targets, tolerance_m, air, drag, earth, row_s, *out)
    return out
