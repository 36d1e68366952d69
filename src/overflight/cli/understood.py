"""How a valid scenario was understood, in a few lines: slips that are legal show here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from overflight.scenario.checks import G0_MPS2, P0_PA, burn_time_s, stack_mass_kg
from overflight.scenario.draws import Draws, draw, quantities
from overflight.scenario.model import Scenario
from overflight.scenario.part_checks import beside_n
from overflight.scenario.vehicle_parts import Booster

__all__ = ["understood"]

DRAWS = 10_000


def understood(scenario: Scenario, where: str) -> str:
    """Return what the scenario says: vehicle, thrust to weight, burn times, counts of what is claimed."""
    launch, site = scenario.launch, scenario.site
    failing = sum(mode.probability.value for mode in scenario.failure)
    rows = [
        (
            "lift-off",
            f"{launch.utc:%Y-%m-%d %H:%M:%S} UTC ({launch.offset_s.value:+g} s), local clock {launch.zone}",
        ),
        ("pad", f"{site.name}, {site.latitude_deg:g}, {site.longitude_deg:g}, {site.altitude_m:g} m"),
        ("vehicle", _vehicle(scenario)),
        *((f"stage {i + 1}", _stage(scenario, i)) for i in range(len(scenario.vehicle.stage))),
        *((f"booster {i}", _booster(row)) for i, row in enumerate(scenario.vehicle.booster, start=1)),
        ("failures", f"{len(scenario.failure)} modes, together {100 * failing:.3g} %"),
        ("drawn", _drawn(scenario)),
        ("zones", f"{len(scenario.announced_zone)} announced"),
        ("claims", f"{len(scenario.claim)}, from {len(scenario.source)} sources"),
    ]
    lines = [f"{where}: valid. {scenario.title}", *(f"  {name + ':':<10} {text}" for name, text in rows)]
    return "\n".join(lines)


def _vehicle(scenario: Scenario) -> str:
    stage, mass_kg = scenario.vehicle.stage[0], stack_mass_kg(scenario, 0)
    beside, area_m2 = beside_n(scenario)
    sea_level_n = stage.thrust_vacuum_n.value + beside - P0_PA * (stage.nozzle_exit_area_m2.value + area_m2)
    ratio = sea_level_n / (mass_kg * G0_MPS2)
    return f"{scenario.vehicle.name}, {mass_kg:,.0f} kg on the pad, thrust {ratio:.2f} times its weight"


def _thrust_to_weight(scenario: Scenario) -> NDArray[np.float64]:
    """Return thrust over weight at lift-off (DRAWS,) as the spreads of the scenario leave it."""
    draws = draw(scenario, 0, np.arange(DRAWS))
    masses = ["vehicle.payload_kg", *(["vehicle.fairing.mass_kg"] if scenario.vehicle.fairing else [])]
    for i in range(1, len(scenario.vehicle.stage) + 1):
        masses += [f"vehicle.stage.{i}.dry_mass_kg", f"vehicle.stage.{i}.propellant_kg"]
    masses += [f"vehicle.jettisoned.{i}.mass_kg" for i in range(1, len(scenario.vehicle.jettisoned) + 1)]
    mass_kg = np.sum([draws[path] for path in masses], axis=0)
    thrust_n = _sea_level_n(draws, "vehicle.stage.1")
    for i, row in enumerate(scenario.vehicle.booster, start=1):
        prefix = f"vehicle.booster.{i}"
        mass_kg = mass_kg + row.count * (draws[f"{prefix}.dry_mass_kg"] + draws[f"{prefix}.propellant_kg"])
        thrust_n = thrust_n + row.count * _sea_level_n(draws, prefix)
    return thrust_n / (mass_kg * G0_MPS2)


def _sea_level_n(draws: Draws, prefix: str) -> NDArray[np.float64]:
    return draws[f"{prefix}.thrust_vacuum_n"] - P0_PA * draws[f"{prefix}.nozzle_exit_area_m2"]


def _booster(row: Booster) -> str:
    burn_s = row.propellant_kg.value * row.isp_vacuum_s.value * G0_MPS2 / row.thrust_vacuum_n.value
    return (
        f"{row.count} of {row.name}: each {row.thrust_vacuum_n.value / 1e3:,.0f} kN for {burn_s:.1f} s, "
        f"{row.propellant_kg.value:,.0f} kg of propellant, {row.dry_mass_kg.value:,.0f} kg dry"
    )


def _drawn(scenario: Scenario) -> str:
    paths = [path for path, quantity in quantities(scenario).items() if quantity.spread]
    ratio = _thrust_to_weight(scenario)
    low, high = np.quantile(ratio, [0.01, 0.99])
    text = (
        f"{len(paths)} values with a spread; thrust {low:.2f} to {high:.2f} times the weight in 98 % of draws"
    )
    stuck = float(np.mean(ratio <= 1.0))
    return f"{text}. CAUTION: {100.0 * stuck:.2g} % cannot lift off" if stuck > 0.0 else text


def _stage(scenario: Scenario, i: int) -> str:
    stage = scenario.vehicle.stage[i]
    full_s = burn_time_s(stage)
    burn = f"{full_s:.1f} s" if stage.burn_time_s is None else f"{stage.burn_time_s:.1f} of {full_s:.1f} s"
    return (
        f"{stage.name}: {stage.thrust_vacuum_n.value / 1e3:,.0f} kN for {burn}, "
        f"{stage.propellant_kg.value:,.0f} kg of propellant, {stage.dry_mass_kg.value:,.0f} kg dry"
    )
