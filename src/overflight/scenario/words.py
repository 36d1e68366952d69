"""What a quantity of a scenario is called when people read of it."""

from __future__ import annotations

import re

from overflight.scenario.model import Scenario

__all__ = ["quantity_words"]

_WORDS = {
    "dry_mass_kg": "dry mass",
    "propellant_kg": "propellant",
    "thrust_vacuum_n": "thrust",
    "isp_vacuum_s": "specific impulse",
    "nozzle_exit_area_m2": "nozzle area",
    "reference_area_m2": "cross-section",
    "ignition_delay_s": "ignition delay",
    "separation_delay_s": "separation delay",
    "separation_speed_mps": "separation speed",
    "ballistic_kgpm2": "ballistic coefficient",
    "mass_kg": "mass",
    "heat_flux_wpm2": "heat flux at release",
    "pitch_deg": "pitch",
    "pitch_end_deg": "pitch",
    "heading_deg": "heading",
    "heading_end_deg": "heading",
    "start_s": "start",
    "probability": "probability",
}
_WHOLE = {
    "launch.offset_s": "time of lift-off",
    "vehicle.payload_kg": "payload",
    "vehicle.drag.factor": "drag of the vehicle",
    "wind.factor": "strength of the wind",
    "density_factor": "density of the air",
    "flight_plan.cut_off.mean_altitude_km": "altitude of cut-off",
}


def quantity_words(path: str, scenario: Scenario) -> str:
    """Return a quantity in words: ``vehicle.stage.2.thrust_vacuum_n`` is "thrust of Stage 2"."""
    if path in _WHOLE:
        return _WHOLE[path]
    name = path.rpartition(".")[2]
    what = _WORDS.get(name, name.replace("_", " "))
    if match := re.match(r"vehicle\.stage\.(\d+)\.", path):
        return f"{what} of {scenario.vehicle.stage[int(match[1]) - 1].name}"
    if path.startswith("vehicle.fairing."):
        return f"{what} of the fairing"
    if match := re.match(r"flight_plan\.steering\.(\d+)\.", path):
        row = scenario.flight_plan.steering[int(match[1]) - 1]
        stage = scenario.vehicle.stage[row.stage - 1].name
        when = "at the end of" if name.endswith("_end_deg") else "in"
        return f"{what} {when} steering row {match[1]} ({stage})"
    return f"{what} ({path})"
