"""What a flight had left when it was shut down in its orbit, or what it lacked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overflight.earth.air import Air
from overflight.earth.constants import STANDARD_GRAVITY_MPS2, WGS84, EarthModel
from overflight.flight.sequence import build_inputs
from overflight.flight.simulate import fly_inputs
from overflight.scenario.draws import nominal_draws
from overflight.scenario.model import Scenario, TargetOrbit

__all__ = ["OrbitMargin", "margin_of", "to_orbit"]

_LIGHTEST = 0.3
"""A stage that lacks propellant is flown on, lighter and lighter, to this part of its empty mass."""


@dataclass(frozen=True, slots=True)
class OrbitMargin:
    """Speed (m/s) that the last stage could still have gained at shut-down, and its propellant left (kg).

    Negative: what it lacked to be shut down there at all, by flying it on as if its dry mass were propellant.
    None: it would not have got there so either, or nothing says when it is shut down.
    """

    speed_mps: float | None
    propellant_kg: float


def to_orbit(scenario: Scenario, orbit: TargetOrbit) -> Scenario:
    """Return the scenario with its last stage, or those from ``orbit.from_stage`` on, guided to an orbit."""
    plan, first = scenario.flight_plan, orbit.from_stage or len(scenario.vehicle.stage)
    rows = tuple(row for row in plan.steering if row.stage < first)
    guided = plan.model_copy(update={"steering": rows, "cut_off": None, "target_orbit": orbit})
    return scenario.model_copy(update={"flight_plan": guided})


def margin_of(scenario: Scenario, air: Air, earth: EarthModel = WGS84) -> OrbitMargin:
    """Return the margin of the flight with every value as stated."""
    from overflight.flight.kernels_ascent import CUT_OFF
    from overflight.flight.kernels_rhs import END_S, FAIRING_KG, MASS_FLOW

    draws, last = nominal_draws(scenario), len(scenario.vehicle.stage)
    inputs = build_inputs(scenario, draws, earth=earth)
    prefix = f"vehicle.stage.{last}"
    empty = float((draws[f"{prefix}.dry_mass_kg"] + draws["vehicle.payload_kg"])[0])
    exhaust = STANDARD_GRAVITY_MPS2 * float(draws[f"{prefix}.isp_vacuum_s"][0])
    flown = fly_inputs(inputs, draws, air, earth=earth)
    fairing = inputs.bodies[0, FAIRING_KG] if np.isnan(flown.slots[0, -1, 0]) else 0.0
    left = float(flown.ends[0, 8]) - empty - float(fairing)
    if flown.ends[0, 0] != CUT_OFF:
        left = 0.0
        inputs.phases[0, -1, END_S] += (1.0 - _LIGHTEST) * empty / inputs.phases[0, -1, MASS_FLOW]
        flown = fly_inputs(inputs, draws, air, earth=earth)
        if flown.ends[0, 0] != CUT_OFF:
            return OrbitMargin(None, left)
    return OrbitMargin(exhaust * float(np.log(flown.ends[0, 8] / (empty + fairing))), left)
