"""Job ``iip``: a table of states in; the same table with instantaneous impact points out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from overflight.flight.engine import ThreadsEngine, chunks
from overflight.flight.impact_point import ImpactModel, ImpactPoints, impact_points, local_states
from overflight.flight.simulate import scenario_air
from overflight.formats.state_csv import StateTable, read_states, write_impact_points
from overflight.scenario.model import Scenario

__all__ = ["iip"]

CHUNK = 500


def iip(
    content: bytes,
    where: str,
    *,
    model: ImpactModel = "vacuum",
    ballistic_kgpm2: float | None = None,
    scenario: Scenario | None = None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> tuple[str, ImpactPoints]:
    """Return a table of states (bytes of a CSV file called ``where``) with impact points, and the points.

    The body of model ``drag`` falls through the air and wind of ``scenario``, or through US Standard
    Atmosphere 1976 at rest. Raises :class:`~overflight.errors.InputError` for whatever cannot be used.
    """
    table = read_states(content, where)
    air = scenario_air(scenario) if scenario is not None else None
    solve = partial(_solve, table, model=model, ballistic_kgpm2=ballistic_kgpm2, air=air)
    parts = ThreadsEngine().map(
        solve, list(chunks(len(table), CHUNK)), lambda done, total: progress("Impact points", done, total)
    )
    names = ("code", "latitude_rad", "longitude_rad", "flight_s")
    points = ImpactPoints(model, *(np.concatenate([getattr(part, name) for part in parts]) for name in names))
    return write_impact_points(table, points), points


def _solve(table: StateTable, part: range, **settings: Any) -> ImpactPoints:
    here = slice(part.start, part.stop)
    place = (table.latitude_rad[here], table.longitude_rad[here], table.height_m[here])
    return impact_points(0.0, local_states(*place, *table.velocity_mps[here].T), **settings)
