"""How a valid scenario was understood, in a few lines: slips that are legal show here."""

from __future__ import annotations

from overflight.scenario.checks import G0_MPS2, P0_PA, burn_time_s, stack_mass_kg
from overflight.scenario.draws import quantities
from overflight.scenario.model import Scenario

__all__ = ["understood"]


def understood(scenario: Scenario, where: str) -> str:
    """Return what the scenario says: vehicle, thrust to weight, burn times, counts of what is claimed."""
    launch, site = scenario.launch, scenario.site
    drawn = [path for path, quantity in quantities(scenario).items() if quantity.spread]
    failing = sum(mode.probability.value for mode in scenario.failure)
    rows = [
        (
            "lift-off",
            f"{launch.utc:%Y-%m-%d %H:%M:%S} UTC ({launch.offset_s.value:+g} s), local clock {launch.zone}",
        ),
        ("pad", f"{site.name}, {site.latitude_deg:g}, {site.longitude_deg:g}, {site.altitude_m:g} m"),
        ("vehicle", _vehicle(scenario)),
        *((f"stage {i + 1}", _stage(scenario, i)) for i in range(len(scenario.vehicle.stage))),
        ("failures", f"{len(scenario.failure)} modes, together {100 * failing:.3g} %"),
        ("drawn", f"{len(drawn)} values with a spread"),
        ("zones", f"{len(scenario.announced_zone)} announced"),
        ("claims", f"{len(scenario.claim)}, from {len(scenario.source)} sources"),
    ]
    lines = [f"{where}: valid. {scenario.title}", *(f"  {name + ':':<10} {text}" for name, text in rows)]
    return "\n".join(lines)


def _vehicle(scenario: Scenario) -> str:
    stage, mass_kg = scenario.vehicle.stage[0], stack_mass_kg(scenario, 0)
    sea_level_n = stage.thrust_vacuum_n.value - P0_PA * stage.nozzle_exit_area_m2.value
    ratio = sea_level_n / (mass_kg * G0_MPS2)
    return f"{scenario.vehicle.name}, {mass_kg:,.0f} kg on the pad, thrust {ratio:.2f} times its weight"


def _stage(scenario: Scenario, i: int) -> str:
    stage = scenario.vehicle.stage[i]
    full_s = burn_time_s(stage)
    burn = f"{full_s:.1f} s" if stage.burn_time_s is None else f"{stage.burn_time_s:.1f} of {full_s:.1f} s"
    return (
        f"{stage.name}: {stage.thrust_vacuum_n.value / 1e3:,.0f} kN for {burn}, "
        f"{stage.propellant_kg.value:,.0f} kg of propellant, {stage.dry_mass_kg.value:,.0f} kg dry"
    )
