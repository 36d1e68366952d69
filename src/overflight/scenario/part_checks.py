"""Whether boosters, throttling, hot staging and jettisoned bodies fit the vehicle."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from overflight.scenario.faults import Fault
from overflight.scenario.model import Scenario

__all__ = ["beside_kg", "beside_n", "part_faults"]

_G0_MPS2 = 9.80665


def beside_kg(scenario: Scenario, stage: int) -> float:
    """Return the mass of boosters and jettisoned bodies aboard when ``stage`` (from 0) ignites."""
    vehicle = scenario.vehicle
    boosters = sum(b.count * (b.dry_mass_kg.value + b.propellant_kg.value) for b in vehicle.booster)
    others = sum(body.mass_kg.value for body in vehicle.jettisoned if body.stage > stage)
    return others + (boosters if stage == 0 else 0.0)


def beside_n(scenario: Scenario) -> tuple[float, float]:
    """Return thrust in vacuum (N) and exit area (m2) of all boosters together."""
    boosters = scenario.vehicle.booster
    return (
        sum(b.count * b.thrust_vacuum_n.value for b in boosters),
        sum(b.count * b.nozzle_exit_area_m2.value for b in boosters),
    )


def part_faults(scenario: Scenario) -> list[Fault]:
    """Return what is wrong with the parts beside the stages."""
    return [
        *_throttles(scenario),
        *_build_ups(scenario),
        *_hot_staging(scenario),
        *_jettisoned(scenario),
        *_boosters(scenario),
    ]


def _burn_s(thrust_n: float, isp_s: float, propellant_kg: float) -> float:
    return propellant_kg * isp_s * _G0_MPS2 / thrust_n


def _throttles(scenario: Scenario) -> Iterator[Fault]:
    for i, stage in enumerate(scenario.vehicle.stage):
        at = ("vehicle", "stage", i, "throttle")
        for j, (one, two) in enumerate(pairwise(stage.throttle), start=1):
            if two.start_s.value <= one.start_s.value:
                found = f"{two.start_s.value:g} after {one.start_s.value:g}"
                yield Fault((*at, j, "start_s"), found, "rising times", "Put the rows in order of time.")
        if stage.throttle and stage.throttle[0].start_s.value == 0.0 and stage.throttle[0].level.value == 0.0:
            yield Fault((*at, 0, "level"), "0 at ignition", "above 0", "Raise ignition_delay_s instead.")
        if stage.throttle and stage.throttle[-1].level.value == 0.0:
            allowed, remedy = (
                "above 0 in the last row",
                "Leave the row out and give burn_time_s to end the burn.",
            )
            yield Fault((*at, len(stage.throttle) - 1, "level"), "0 in the last row", allowed, remedy)


def _build_ups(scenario: Scenario) -> Iterator[Fault]:
    for i, stage in enumerate(scenario.vehicle.stage):
        at, rise = ("vehicle", "stage", i, "build_up_s"), stage.build_up_s
        full_s = _burn_s(stage.thrust_vacuum_n.value, stage.isp_vacuum_s.value, stage.propellant_kg.value)
        if i == 0 and (rise.value > 0.0 or rise.spread):
            allowed = (
                "0: time counts from the lift-off of stage 1, which is held down until its thrust is full"
            )
            yield Fault(at, f"{rise.value:g}", allowed, "Leave it out, or state it for an upper stage.")
        elif rise.value + stage.tail_off_s.value > full_s:
            beside = f" with a tail-off of {stage.tail_off_s.value:g} s" if stage.tail_off_s.value else ""
            allowed = f"at most {full_s - stage.tail_off_s.value:.5g} s{beside}: full thrust would never come"
            remedy = (
                "Thrust rises on the first of the propellant: shorten it, or correct propellant or thrust."
            )
            yield Fault(at, f"{rise.value:g}", allowed, remedy)


def _hot_staging(scenario: Scenario) -> Iterator[Fault]:
    stages = scenario.vehicle.stage
    if stages[0].hot_staging:
        at = ("vehicle", "stage", 0, "hot_staging")
        yield Fault(at, "true for stage 1", "stages from 2 on", "Set it on the stage that lights attached.")
    for i in range(1, len(stages)):
        if not stages[i].hot_staging:
            continue
        lit, gone = stages[i].ignition_delay_s.value, stages[i - 1].separation_delay_s.value
        if lit > gone:
            found = f"lit {lit:g} s and let go {gone:g} s after the burn-out below"
            allowed, remedy = (
                "lit before the stage below is let go",
                "Leave hot_staging out, or raise the delay.",
            )
            yield Fault(("vehicle", "stage", i, "ignition_delay_s"), found, allowed, remedy)


def _jettisoned(scenario: Scenario) -> Iterator[Fault]:
    stages = scenario.vehicle.stage
    for i, body in enumerate(scenario.vehicle.jettisoned):
        if body.stage > len(stages):
            allowed = f"1 to {len(stages)}, the stages of the vehicle"
            yield Fault(
                ("vehicle", "jettisoned", i, "stage"), f"{body.stage}", allowed, "Correct the number."
            )
            continue
        stage = stages[body.stage - 1]
        limit = _burn_s(stage.thrust_vacuum_n.value, stage.isp_vacuum_s.value, stage.propellant_kg.value)
        if not stage.throttle and body.after_s.value >= limit:
            allowed = f"less than {limit:.5g} s, when stage {body.stage} burns out"
            at = ("vehicle", "jettisoned", i, "after_s")
            yield Fault(at, f"{body.after_s.value:g}", allowed, "It is let go during the burn.")


def _boosters(scenario: Scenario) -> Iterator[Fault]:
    stage = scenario.vehicle.stage[0]
    core = _burn_s(stage.thrust_vacuum_n.value, stage.isp_vacuum_s.value, stage.propellant_kg.value)
    for i, booster in enumerate(scenario.vehicle.booster):
        burn = _burn_s(booster.thrust_vacuum_n.value, booster.isp_vacuum_s.value, booster.propellant_kg.value)
        gone = burn + booster.separation_delay_s.value
        if not stage.throttle and gone > core:
            allowed = f"before {core:.5g} s, when stage 1 burns out"
            at = ("vehicle", "booster", i, "separation_delay_s")
            yield Fault(
                at, f"let go {gone:.5g} s after lift-off", allowed, "Boosters go before stage 1 is spent."
            )
