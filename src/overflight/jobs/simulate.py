"""Job ``simulate``: a launch flown, and what radars would report of all its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.debris.breakup import break_up
from overflight.debris.catalogue import generic_catalogue
from overflight.earth.air import Air
from overflight.earth.constants import WGS84
from overflight.earth.frames import eci_to_ecef
from overflight.errors import InputError
from overflight.flight.launch import breaks_up, fly_outcomes, outcomes_of
from overflight.flight.simulate import FALL_TOLERANCE_M, TUMBLING_DRAG, scenario_air
from overflight.scenario.draws import Draws, draw, nominal_draws
from overflight.scenario.model import Scenario
from overflight.track.simulated import Delivered, SimulatedSensor, TrueObject, simulate_plots
from overflight.track.simulated_cues import DeliveredCue, SimulatedCue, simulate_cues

__all__ = ["Simulation", "choose_outcome", "fly_truth", "simulate"]

Array = NDArray[np.float64]
ROW_S = 1.0
LONGEST_S = 1800.0
FRAGMENTS = 8
"""Fragments that the radars see after a break-up: the heavy ones; there are many more."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """The true objects, first the vehicle, the plots in the order they arrive, and how the flight went.

    ``cues`` are what partners report of the launch before it is measured.
    """

    objects: tuple[TrueObject, ...] = field(repr=False)
    plots: tuple[Delivered, ...] = field(repr=False)
    outcome: str
    end_s: float
    lift_off_s: float
    cues: tuple[DeliveredCue, ...] = ()


def choose_outcome(scenario: Scenario, key: str | None) -> int:
    """Return the index of an outcome by its key; without one that which happened, else the flight as planned.

    Raises
    ------
    InputError : no outcome has this key
    """
    outcomes = outcomes_of(scenario)
    if key is None:
        return next((i for i, outcome in enumerate(outcomes) if outcome.happened), 0)
    for index, outcome in enumerate(outcomes):
        if outcome.key == key:
            return index
    allowed = ", ".join(outcome.key for outcome in outcomes)
    raise InputError("--outcome", found=key, allowed=allowed, remedy="Choose one of these.")


def simulate(
    scenario: Scenario,
    sensors: Sequence[SimulatedSensor],
    *,
    seed: int,
    outcome: str | None = None,
    part: float = 0.5,
    sample: int | None = None,
    exercise: bool = True,
    until_s: float = 1200.0,
    cues: Sequence[SimulatedCue] = (),
) -> Simulation:
    """Fly a launch and let sensors see it.

    Parameters
    ----------
    outcome : key of the failure that happens, ``as-planned`` for none; what happened if absent
    part : when it fails, as a share of the time in which that failure may strike
    sample : number of the draw of all quantities with a spread; the stated values if absent
    """
    index = choose_outcome(scenario, outcome)
    draws = nominal_draws(scenario) if sample is None else draw(scenario, seed, [sample])
    objects, end_s = fly_truth(scenario, draws, scenario_air(scenario), index, part, seed)
    lift_off_s = scenario.launch.utc.timestamp() + float(draws["launch.offset_s"][0])
    plots = simulate_plots(
        objects, sensors, seed=seed, lift_off_s=lift_off_s, until_s=until_s, exercise=exercise
    )
    site = np.radians(scenario.site.latitude_deg), np.radians(scenario.site.longitude_deg)
    told = simulate_cues(cues, site, seed=seed, lift_off_s=lift_off_s, until_s=until_s, exercise=exercise)
    return Simulation(objects, plots, outcomes_of(scenario)[index].key, end_s, lift_off_s, told)


def fly_truth(
    scenario: Scenario, draws: Draws, air: Air, outcome: int, part: float, seed: int
) -> tuple[tuple[TrueObject, ...], float]:
    """Return the true paths of one flight's bodies, first the vehicle, and when powered flight ended."""
    flown = fly_outcomes(
        scenario, air, draws, np.array([outcome]), np.array([part]), rows=int(LONGEST_S), row_s=ROW_S
    )
    end = flown.ends[0]
    vehicle = flown.rows[0][np.isfinite(flown.rows[0, :, 0])][:, :7]
    objects = []
    bodies = flown.inputs.bodies
    stage = int(np.isfinite(flown.slots[0, :-1, 0]).sum()) + 1
    ballistic = float(draws[f"vehicle.stage.{stage}.ballistic_kgpm2"][0])
    breaks = bool(breaks_up(scenario, np.array([outcome]), flown)[0])
    last = _falling(end[1], end[2:8], 3.0 * ballistic if breaks else ballistic, bodies, air)
    objects.append(_joined("vehicle", vehicle, last))
    for slot, released in enumerate(flown.slots[0]):
        if np.isfinite(released[0]):
            objects += _let_go(scenario, draws, slot, released, bodies, air)
    if breaks:
        objects += _fragments(draws, end, bodies, air, seed)
    return tuple(_object(key, rows) for key, rows in objects), float(end[1])


def _let_go(
    scenario: Scenario, draws: Draws, slot: int, released: Array, bodies: Array, air: Air
) -> list[tuple[str, Array]]:
    if slot < len(scenario.vehicle.stage):
        ballistic = float(draws[f"vehicle.stage.{slot + 1}.ballistic_kgpm2"][0])
        away = released[1:7].copy()
        away[3:6] -= 2.0 * away[3:6] / np.linalg.norm(away[3:6])
        return [(f"stage-{slot + 1}", _falling(released[0], away, ballistic, bodies, air))]
    out = []
    ballistic = float(draws["vehicle.fairing.ballistic_kgpm2"][0])
    speed = float(draws["vehicle.fairing.separation_speed_mps"][0])
    for side in (-1.0, 1.0):
        state = released[1:7].copy()
        across = np.cross(state[3:6], state[:3])
        state[3:6] += side * speed * across / np.linalg.norm(across)
        name = "fairing-a" if side < 0 else "fairing-b"
        out.append((name, _falling(released[0], state, ballistic, bodies, air)))
    return out


def _fragments(draws: Draws, end: Array, bodies: Array, air: Air, seed: int) -> list[tuple[str, Array]]:
    pieces = break_up(generic_catalogue(), seed, draws.sample, end[None, 2:8], end[None, 8], 200)
    heavy = np.argsort(-pieces.mass_kg, kind="stable")[:: max(200 // (4 * FRAGMENTS), 1)][:FRAGMENTS]
    return [
        (
            f"fragment-{i + 1}",
            _falling(end[1], pieces.state[k], float(pieces.ballistic_kgpm2[k]), bodies, air),
        )
        for i, k in enumerate(heavy)
    ]


def _falling(start_s: float, state: Array, ballistic: float, bodies: Array, air: Air) -> Array:
    """Return rows (r, 7) of time and ECI state of a fall, from its start to the ground or ``LONGEST_S``."""
    from overflight.flight.kernels_fall import fall_rows

    rows, filled, ends = fall_rows(
        np.array([start_s]), np.ascontiguousarray(state)[None], np.array([ballistic]), bodies, LONGEST_S,
        FALL_TOLERANCE_M, air.coefficients, TUMBLING_DRAG, WGS84.as_array(), int(LONGEST_S), ROW_S,
    )  # fmt: skip
    middle = rows[0, : int(filled[0])]
    start = np.concatenate([[start_s], state])[None]
    return np.concatenate([start, middle[middle[:, 0] > start_s + 1e-3], ends[:1, 1:8]])


def _joined(key: str, powered: Array, fall: Array) -> tuple[str, Array]:
    return key, np.concatenate([powered[powered[:, 0] < fall[0, 0] - 1e-3], fall])


def _object(key: str, rows: Array) -> TrueObject:
    keep = np.concatenate([[True], np.diff(rows[:, 0]) > 1e-6])
    rows = rows[keep]
    position, velocity = eci_to_ecef(rows[:, 1:4], rows[:, 4:7], rows[:, 0])
    return TrueObject(key, rows[:, 0], position, velocity)
