"""Whether a scenario can be flown: magnitudes, masses, thrust, burn times and steering."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from overflight.scenario.draws import quantities
from overflight.scenario.failure_checks import breakup_faults, failure_faults, termination_faults
from overflight.scenario.faults import Fault
from overflight.scenario.model import Scenario, Stage, Steering
from overflight.scenario.part_checks import beside_kg, beside_n, part_faults
from overflight.scenario.references import reference_faults

__all__ = ["flight_faults", "scenario_faults"]

G0_MPS2 = 9.80665
"""Standard gravity, which defines specific impulse and suffices for lift-off (ISO 80000-3, NIST SP 330)."""

P0_PA = 101325.0
"""Pressure at sea level (US Standard Atmosphere 1976, table 2)."""


@dataclass(frozen=True, slots=True)
class _Plausible:
    """Range outside which a value is a slip of unit or sign rather than a vehicle."""

    low: float
    high: float
    unit: str
    low_hint: str = "Check the unit."
    high_hint: str = "Check the unit."


_KG = "The value may be in tonnes; masses are in kilograms."
_SPEED = "The value may be an exhaust speed in m/s: divide it by 9.80665."
_PLAUSIBLE = {
    "isp_vacuum_s": _Plausible(50.0, 600.0, "s", "Specific impulse is in seconds.", _SPEED),
    "thrust_vacuum_n": _Plausible(
        100.0, 2e8, "N", "The value may be in kilonewtons; thrust is in newtons.", "Thrust is in newtons."
    ),
    "dry_mass_kg": _Plausible(1.0, 1e6, "kg", _KG, "Masses are in kilograms."),
    "propellant_kg": _Plausible(1.0, 1e7, "kg", _KG, "Masses are in kilograms."),
    "payload_kg": _Plausible(0.0, 5e5, "kg", _KG, "Masses are in kilograms."),
    "mass_kg": _Plausible(0.1, 5e4, "kg", _KG, "Masses are in kilograms."),
    "nozzle_exit_area_m2": _Plausible(
        0.0,
        200.0,
        "m2",
        high_hint="The value may be in cm2; areas are in square metres, all engines together.",
    ),
    "reference_area_m2": _Plausible(
        0.0, 500.0, "m2", high_hint="The value may be in cm2; areas are in square metres."
    ),
    "ballistic_kgpm2": _Plausible(
        0.5, 1e5, "kg/m2", "The value is m / (Cd A), mass over drag area.", "It is m / (Cd A), in kg/m2."
    ),
    "ignition_delay_s": _Plausible(
        0.0, 36000.0, "s", high_hint="Delays are in seconds after the separation of the stage below."
    ),
    "separation_delay_s": _Plausible(0.0, 3600.0, "s", high_hint="Delays are in seconds after burn-out."),
    "burn_time_s": _Plausible(0.1, 7200.0, "s", "Times are in seconds.", "Times are in seconds."),
    "heat_flux_wpm2": _Plausible(
        10.0,
        1e6,
        "W/m2",
        "The value may be in kW/m2; the usual limit is 1135 W/m2.",
        "The usual limit is 1135 W/m2.",
    ),
    "separation_speed_mps": _Plausible(0.0, 100.0, "m/s"),
    "offset_s": _Plausible(
        -86400.0, 86400.0, "s", "Correct launch.utc instead.", "Correct launch.utc instead."
    ),
    "start_s": _Plausible(
        0.0, 7200.0, "s", high_hint="Times count from the ignition of the stage, in seconds."
    ),
    "heading_deg": _Plausible(-360.0, 540.0, "degrees"),
    "heading_end_deg": _Plausible(-360.0, 540.0, "degrees"),
    "density_factor": _Plausible(
        0.1, 10.0, "", "1 is the standard atmosphere.", "1 is the standard atmosphere."
    ),
    "factor": _Plausible(
        -10.0, 10.0, "", "1 takes the table as it stands.", "1 takes the table as it stands."
    ),
}


def scenario_faults(scenario: Scenario) -> list[Fault]:
    """Return everything that is wrong with a scenario whose tables are each well formed."""
    implausible = list(_implausible(scenario))
    return implausible + flight_faults(scenario) + reference_faults(scenario)


def _document_key(path: str) -> tuple[str | int, ...]:
    return tuple(int(step) - 1 if step.isdigit() else step for step in path.split("."))


def _implausible(scenario: Scenario) -> Iterator[Fault]:
    values = {path: (q.value, *(q.range or ())) for path, q in quantities(scenario).items()}
    for i, stage in enumerate(scenario.vehicle.stage, start=1):
        if stage.burn_time_s is not None:
            values[f"vehicle.stage.{i}.burn_time_s"] = (stage.burn_time_s,)
    for path, ends in values.items():
        limit = _PLAUSIBLE.get(path.rpartition(".")[2])
        if limit is None or all(limit.low <= end <= limit.high for end in ends):
            continue
        worst = next(end for end in ends if not limit.low <= end <= limit.high)
        yield Fault(
            _document_key(path),
            f"{worst:g}",
            f"{limit.low:g} to {limit.high:g} {limit.unit}".rstrip(),
            limit.low_hint if worst < limit.low else limit.high_hint,
        )
    if scenario.site.latitude_deg == 0.0 and scenario.site.longitude_deg == 0.0:
        found, allowed = "0, 0", "the place of the pad"
        yield Fault(
            ("site", "latitude_deg"), found, allowed, "Fill in latitude and longitude; (0, 0) means unknown."
        )
    heights = scenario.wind.altitude_m
    if len(heights) > 1 and heights[-1] < 150.0 and scenario.wind.speed_mps != (0.0,) * len(heights):
        yield Fault(
            ("wind", "altitude_m"),
            f"a profile that ends at {heights[-1]:g} m",
            "metres above the ellipsoid",
            "The values may be in kilometres: multiply them by 1000.",
        )


def flight_faults(scenario: Scenario) -> list[Fault]:
    """Return what keeps the vehicle of a scenario from flying its plan, at the stated values."""
    found = list(_lift_off(scenario)) + list(_ignition(scenario))
    for i, stage in enumerate(scenario.vehicle.stage):
        found += _burn(i, stage)
        found += _masses(i, stage)
        if i > 0:
            found += _upper_stage(i, scenario)
    return (
        found
        + list(_steering(scenario))
        + list(_fairing(scenario))
        + list(failure_faults(scenario))
        + list(breakup_faults(scenario))
        + list(termination_faults(scenario))
        + part_faults(scenario)
    )


def stack_mass_kg(scenario: Scenario, stage: int) -> float:
    """Return the mass when ``stage`` (from 0) ignites, fairing and payload included."""
    vehicle = scenario.vehicle
    above = sum(s.dry_mass_kg.value + s.propellant_kg.value for s in vehicle.stage[stage:])
    shell = vehicle.fairing
    aboard = shell is not None and stage + 1 <= shell.earliest_stage
    above += beside_kg(scenario, stage)
    return above + vehicle.payload_kg.value + (shell.mass_kg.value if shell is not None and aboard else 0.0)


def burn_time_s(stage: Stage) -> float:
    """Return how long the propellant lasts at full thrust."""
    return stage.propellant_kg.value * stage.isp_vacuum_s.value * G0_MPS2 / stage.thrust_vacuum_n.value


def _lift_off(scenario: Scenario) -> Iterator[Fault]:
    stage = scenario.vehicle.stage[0]
    beside, area = beside_n(scenario)
    vacuum_n = stage.thrust_vacuum_n.value + beside
    back_n = P0_PA * (stage.nozzle_exit_area_m2.value + area)
    mass_kg = stack_mass_kg(scenario, 0)
    weight_n = mass_kg * G0_MPS2
    if back_n >= vacuum_n:
        yield Fault(
            ("vehicle", "stage", 0, "nozzle_exit_area_m2"),
            f"{stage.nozzle_exit_area_m2.value:g}, which at sea level costs {back_n:.4g} of {vacuum_n:.4g} N",
            f"less than {vacuum_n / P0_PA:.3g} m2",
            "Give the area of all nozzle exits together in square metres; the value may be in another unit.",
        )
    elif vacuum_n - back_n <= weight_n:
        yield Fault(
            ("vehicle", "stage", 0, "thrust_vacuum_n"),
            f"{vacuum_n:.4g}, at sea level {vacuum_n - back_n:.4g} N, for {mass_kg:.6g} kg",
            f"more than {weight_n + back_n:.4g} N: thrust at sea level above the weight of {weight_n:.4g} N",
            "The vehicle cannot lift off: check thrust (newtons), masses (kilograms) and exit area (m2).",
        )
    elif (vacuum_n - back_n) / mass_kg > 500.0:
        yield Fault(
            ("vehicle", "stage", 0, "thrust_vacuum_n"),
            f"{vacuum_n:.4g} N for {mass_kg:.6g} kg on the pad",
            f"at most {500.0 * mass_kg:.4g} N, fifty times the weight",
            "Check the units: thrust is in newtons, masses are in kilograms.",
        )


def _ignition(scenario: Scenario) -> Iterator[Fault]:
    delay = scenario.vehicle.stage[0].ignition_delay_s
    if delay.value != 0.0 or delay.spread:
        remedy = "Leave it out; shift launch.offset_s if lift-off is later."
        at = ("vehicle", "stage", 0, "ignition_delay_s")
        yield Fault(at, f"{delay.value:g}", "0: time counts from the lift-off of stage 1", remedy)


def _burn(i: int, stage: Stage) -> Iterator[Fault]:
    full_s = burn_time_s(stage)
    limit_s = full_s + 0.5 * stage.build_up_s.value
    if stage.burn_time_s is not None and not stage.throttle and stage.burn_time_s > limit_s * (1.0 + 1e-9):
        flow = stage.thrust_vacuum_n.value / (stage.isp_vacuum_s.value * G0_MPS2)
        yield Fault(
            ("vehicle", "stage", i, "burn_time_s"),
            f"{stage.burn_time_s:g}",
            f"at most {limit_s:.5g} s: {stage.propellant_kg.value:g} kg of propellant at {flow:.4g} kg/s",
            "Shorten it, leave it out to burn to depletion, or correct propellant or thrust.",
        )
    if stage.tail_off_s.value > full_s:
        yield Fault(
            ("vehicle", "stage", i, "tail_off_s"),
            f"{stage.tail_off_s.value:g}",
            f"at most {full_s:.5g} s, as long as the propellant lasts at full thrust",
            "Thrust dies away on the last of the propellant: shorten it, or correct propellant or thrust.",
        )


def _masses(i: int, stage: Stage) -> Iterator[Fault]:
    dry, propellant = stage.dry_mass_kg.value, stage.propellant_kg.value
    share = dry / (dry + propellant)
    if not 0.01 <= share <= 0.9:
        light = share < 0.01
        yield Fault(
            ("vehicle", "stage", i, "dry_mass_kg" if light else "propellant_kg"),
            f"{dry if light else propellant:g} beside {'propellant' if light else 'dry mass'} "
            f"{propellant if light else dry:g} kg",
            "a dry mass of 1 to 90 % of the stage",
            "The value may be in tonnes; masses are in kilograms.",
        )


def _upper_stage(i: int, scenario: Scenario) -> Iterator[Fault]:
    stage, mass_kg = scenario.vehicle.stage[i], stack_mass_kg(scenario, i)
    acceleration = stage.thrust_vacuum_n.value / mass_kg
    if not 0.1 <= acceleration <= 500.0:
        yield Fault(
            ("vehicle", "stage", i, "thrust_vacuum_n"),
            f"{stage.thrust_vacuum_n.value:g} N for {mass_kg:.6g} kg, which is {acceleration:.3g} m/s2",
            f"{0.1 * mass_kg:.4g} to {500.0 * mass_kg:.4g} N",
            "Check the units: thrust is in newtons, masses are in kilograms.",
        )


def _steering(scenario: Scenario) -> Iterator[Fault]:
    rows, stages = scenario.flight_plan.steering, scenario.vehicle.stage
    disordered = list(_order(rows, len(stages)))
    if disordered:
        yield from disordered
        return
    first = {stage: next(group) for stage, group in groupby(enumerate(rows), key=lambda item: item[1].stage)}
    by_rows = len(stages)
    if scenario.flight_plan.target_orbit is not None:
        yield from _guided(scenario)
        by_rows = (scenario.flight_plan.target_orbit.from_stage or len(stages)) - 1
    for number in range(1, by_rows + 1):
        yield from _first_row(number, *first.get(number, (len(rows), None)))
    yield from _directions(rows)
    for i, row in enumerate(rows):
        stage = stages[row.stage - 1]
        limit_s = min(burn_time_s(stage), stage.burn_time_s or float("inf"))
        if row.start_s.value >= limit_s and not stage.throttle:
            allowed = f"less than {limit_s:.5g} s, when stage {row.stage} burns out"
            remedy = "Start the row earlier: times count from the ignition of its stage."
            yield Fault(_row(i, "start_s"), f"{row.start_s.value:g}", allowed, remedy)


def _guided(scenario: Scenario) -> Iterator[Fault]:
    """Refuse what contradicts guidance to an orbit: too few stages, rows for guided ones, a cut-off."""
    plan, stages = scenario.flight_plan, len(scenario.vehicle.stage)
    assert plan.target_orbit is not None
    at = ("flight_plan", "target_orbit")
    if stages < 2:
        found, allowed = "a vehicle of one stage", "two stages or more: guidance takes over above the air"
        yield Fault(at, found, allowed, "Leave it out, and steer by [[flight_plan.steering]].")
        return
    first = plan.target_orbit.from_stage or stages
    if first > stages:
        allowed, remedy = f"2 to {stages}, the stages of the vehicle", "Correct the number, or leave it out."
        yield Fault((*at, "from_stage"), f"{first}", allowed, remedy)
        return
    if plan.cut_off is not None:
        found, allowed = "a cut-off beside a target orbit", "one of the two: guidance shuts down at its orbit"
        yield Fault(("flight_plan", "cut_off"), found, allowed, "Leave [flight_plan.cut_off] out.")
    for i, row in enumerate(plan.steering):
        if row.stage >= first:
            found, allowed = f"a row for stage {row.stage}, which is guided", f"rows for stages below {first}"
            yield Fault(_row(i, "stage"), found, allowed, "Leave the row out, or raise from_stage.")


def _order(rows: tuple[Steering, ...], stages: int) -> Iterator[Fault]:
    for i, row in enumerate(rows):
        before = rows[i - 1] if i > 0 else None
        if row.stage > stages:
            allowed = f"1 to {stages}, the stages of the vehicle"
            yield Fault(_row(i, "stage"), f"{row.stage}", allowed, "Correct the number, or add the stage.")
        elif before and (row.stage, row.start_s.value) <= (before.stage, before.start_s.value):
            found = f"stage {row.stage}, {row.start_s.value:g} s,"
            yield Fault(
                _row(i, "start_s" if row.stage == before.stage else "stage"),
                f"{found} after stage {before.stage}, {before.start_s.value:g} s",
                "rows in order of stage, then of start_s",
                "Put the rows in the order in which they are flown.",
            )


def _row(i: int, key: str) -> tuple[str | int, ...]:
    return ("flight_plan", "steering", i, key)


def _first_row(number: int, i: int, row: Steering | None) -> Iterator[Fault]:
    if row is None:
        yield Fault(
            ("flight_plan", "steering"),
            f"no row for stage {number}",
            "at least one row for every stage, the first at start_s = 0",
            f"Add [[flight_plan.steering]] with stage = {number}.",
        )
    elif row.start_s.value != 0.0:
        yield Fault(
            _row(i, "start_s"),
            f"{row.start_s.value:g} in the first row of stage {number}",
            "0: a stage is steered from its ignition on",
            "Set start_s = 0, or add a row before it.",
        )


def _directions(rows: tuple[Steering, ...]) -> Iterator[Fault]:
    """Refuse rows whose direction nothing gives: at rest, and after a gravity turn."""
    if rows[0].mode == "gravity_turn":
        allowed, remedy = (
            "a pitch and a heading for the rise",
            "Begin with pitch_deg = 90.0 and a heading_deg.",
        )
        yield Fault(_row(0, "mode"), "a gravity turn from rest, without a direction", allowed, remedy)
    for i, row in enumerate(rows):
        if row.mode == "gravity_turn" or (i > 0 and rows[i - 1].mode != "gravity_turn"):
            continue
        for key in ("pitch_deg", "heading_deg"):
            if getattr(row, key) is None:
                before = "in the first row" if i == 0 else "after a gravity turn"
                found, remedy = f"nothing {before}", f"State {key} at the start of this row."
                yield Fault(_row(i, key), found, "an angle: no row before gives one", remedy)


def _fairing(scenario: Scenario) -> Iterator[Fault]:
    stages = len(scenario.vehicle.stage)
    shell = scenario.vehicle.fairing
    if shell is not None and shell.earliest_stage > stages:
        allowed = f"1 to {stages}, the stages of the vehicle"
        remedy = "Name the stage during whose burn the fairing may first be let go."
        yield Fault(("vehicle", "fairing", "earliest_stage"), f"{shell.earliest_stage}", allowed, remedy)
