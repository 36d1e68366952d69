"""Job ``warmup``: compile every kernel once, so that nothing compiles while somebody waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

__all__ = ["warm_tracking", "warmup"]


def warmup(progress: Callable[[str, int, int], None] = lambda *_: None) -> None:
    """Compile all kernels into the cache folder, or load them where they are compiled already."""
    from overflight.earth.air import build_air
    from overflight.earth.constants import WGS84
    from overflight.exposure.kernels import passes
    from overflight.flight.kernels_ascent import fly_many
    from overflight.flight.kernels_fall import fall_many, fall_rows
    from overflight.flight.kernels_guidance import TARGET_COLUMNS
    from overflight.flight.kernels_iip import impact_points
    from overflight.flight.kernels_rhs import BODY_COLUMNS, PHASE_COLUMNS
    from overflight.flight.simulate import TUMBLING_DRAG
    from overflight.orbit.numerical import propagate

    air, earth = build_air().coefficients, WGS84.as_array()
    state = np.array([[6.4e6, 0.0, 0.0, 0.0, 500.0, 0.0]])
    bodies, one, zero = np.ones((1, BODY_COLUMNS)), np.ones(1), np.zeros(1)
    index = np.zeros(1, np.int64)
    phases, targets = np.zeros((1, 1, PHASE_COLUMNS)), np.zeros((1, TARGET_COLUMNS))
    drag, body = TUMBLING_DRAG, 100.0 * one
    one_block = np.array([0, 1])
    place = np.zeros((1, 4)), one_block, np.zeros((1, 4)), one_block, np.zeros((1, 3))
    start = np.column_stack([state, one])
    steps: list[tuple[str, Callable[[], object]]] = [
        ("ascent", lambda: fly_many(start, phases, bodies, targets, 1.0, air, drag, earth, 2, 0, 1.0)),
        (
            "fall",
            lambda: fall_many(zero, state, body, index, bodies, 5.0, 1.0, air, drag[None], index, earth),
        ),
        ("fall rows", lambda: fall_rows(zero, state, body, bodies, 5.0, 1.0, air, drag, earth, 2, 1.0)),
        ("impact points", lambda: impact_points(zero, state, 0.0, earth)),
        ("tracking", warm_tracking),
        ("places", lambda: passes(np.zeros((1, 2, 3)), 1.0, *place, 1.0)),
        (
            "orbits",
            lambda: propagate([[7e6, 0.0, 0.0, 0.0, 7.5e3, 0.0]], datetime(2024, 1, 1, tzinfo=UTC), 60.0),
        ),
    ]
    for done, (name, run) in enumerate(steps):
        progress(f"Compiling {name}", done, len(steps))
        run()
    progress("Compiled", len(steps), len(steps))


def warm_tracking() -> None:
    """Run every kernel of the tracker once."""
    from overflight.track.ending import surely
    from overflight.track.kernels_filter import MEASURE, bending, predict, update
    from overflight.track.kernels_forecast import graft
    from overflight.track.kernels_motion import MODES, propagate
    from overflight.track.objects import EARTH, SETTINGS, Tracked, core_only, under_watch

    x = np.tile(np.array([6.5e6, 0.0, 0.0, 0.0, 500.0, 0.0, 0.0, 0.0, 0.0]), (MODES, 1))
    measure = np.zeros(MEASURE)
    measure[0], measure[4:7], measure[7], measure[19] = 1.0, 100.0, 6.5e6, -1.0
    measure[[10, 14, 18]] = 1.0
    value = Tracked(1, 1, 0.0, 0.0, 0.0, 0, x, np.tile(np.eye(9), (MODES, 1, 1)), np.full(MODES, 0.25))
    seen, _ = under_watch(value).at(1.0).seen(measure, "", 1.0)
    _ = core_only(seen), seen.unpowered
    surely(under_watch(value).at(1.0), thrusts=True)
    propagate(x[0], 0.1, 0, SETTINGS[4], EARTH, np.empty(9))
    value.match(measure)
    bending(0.1)
    x, s, mu = predict(value.x, value.s, value.mu, 0.5, 0.5, SETTINGS, EARTH)
    update(x, s, mu, measure)
    one = np.ones(1)
    none = np.full((1, 1), np.nan)
    graft(x[:1, :6].copy(), np.zeros((1, 3, 3)), np.zeros(1, np.int64), one, one, one, none, 2, 2, EARTH)
