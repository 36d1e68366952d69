"""Scenarios at random: whatever the schema and its checks accept, ordinary or odd, with values to their limits."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from overflight.scenario.checks import G0_MPS2, P0_PA, scenario_faults
from overflight.scenario.failure_checks import BOOSTER_MODES
from overflight.scenario.model import Scenario

__all__ = ["scenarios"]

MODES = (
    "no_ignition", "no_separation", "thrust_loss", "explosion", "spurious_termination", "engine_out",
    "early_shutdown", "late_shutdown", "thrust_turn", "tumble",
)  # fmt: skip
Table = dict[str, Any]


def between(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_subnormal=False)


def decades(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers as often between 1 and 10 as between 1000 and 10,000."""
    return between(0.0, 1.0).map(lambda u: low * (high / low) ** u)


def often(part: float) -> st.SearchStrategy[bool]:
    return between(0.0, 1.0).map(lambda u: u < part)


def spread(draw: st.DrawFn, value: float, low: float = 0.0, high: float = 1e9) -> float | Table:
    """Return the value, bare or with a spread that keeps it positive and its range within limits."""
    kind = draw(st.sampled_from(("bare", "bare", "sigma", "uniform", "loguniform")))
    if kind == "bare" or value <= 0.0:
        return value
    if kind == "sigma":
        return {"value": value, "sigma": value * draw(between(0.0, 0.1))}
    down, up = draw(between(0.8, 1.0)), draw(between(1.0, 1.25))
    return {"value": value, "range": [max(value * down, low), min(value * up, high)], "shape": kind}


def _tank(draw: st.DrawFn, name: str, most_kg: float) -> Table:
    """Return masses and engine of a stage or booster, without its thrust."""
    total, share = draw(decades(20.0, most_kg)), draw(between(0.02, 0.85))
    return {
        "name": name,
        "dry_mass_kg": max(share * total, 1.0),
        "propellant_kg": max((1.0 - share) * total, 1.0),
        "isp_vacuum_s": draw(between(50.0, 600.0)),
        "ballistic_kgpm2": spread(draw, draw(decades(0.51, 9.9e4)), 0.5, 1e5),
    }


def _mass_kg(part: Table) -> float:
    return part["dry_mass_kg"] + part["propellant_kg"]


def _burn_s(part: Table) -> float:
    return part["propellant_kg"] * part["isp_vacuum_s"] * G0_MPS2 / part["thrust_vacuum_n"]


def _stage(draw: st.DrawFn, number: int, above_kg: float) -> Table:
    """Return an upper or lower stage under ``above_kg``; boosters are added later."""
    stage = _tank(draw, f"Stage {number}", 1e5)
    stage["engines"] = draw(st.integers(1, 9))
    stage["reference_area_m2"] = draw(st.sampled_from((0.0, 0.1, 2.0, 30.0)))
    stage["separation_delay_s"] = draw(st.sampled_from((0.0, 2.0, 100.0)))
    mass_kg = above_kg + _mass_kg(stage)
    if number == 1:
        stage["nozzle_exit_area_m2"] = mass_kg * G0_MPS2 / P0_PA * draw(between(0.0, 1.0))
        back_n = P0_PA * stage["nozzle_exit_area_m2"]
        stage["thrust_vacuum_n"] = back_n + mass_kg * draw(decades(1.02 * G0_MPS2, 400.0))
    else:
        stage["thrust_vacuum_n"] = mass_kg * draw(decades(0.11, 450.0))
        stage["hot_staging"] = draw(often(0.2))
        late = (0.0,) if stage["hot_staging"] else (0.0, 1.0, 60.0, 2000.0)
        stage["ignition_delay_s"] = draw(st.sampled_from(late))
    stage["thrust_vacuum_n"] = min(max(stage["thrust_vacuum_n"], 100.0), 2e8)
    if number > 1:
        stage["build_up_s"] = draw(st.sampled_from((0.0, 0.0, 0.01, 0.3))) * min(_burn_s(stage), 600.0)
    stage["tail_off_s"] = draw(st.sampled_from((0.0, 0.0, 0.01, 0.1, 0.65))) * min(_burn_s(stage), 600.0)
    if _burn_s(stage) > 0.2 and draw(often(0.3)):
        stage["burn_time_s"] = min(max(_burn_s(stage) * draw(between(0.05, 1.0)), 0.1), 7200.0)
    if draw(often(0.25)):
        starts = sorted(draw(st.sets(between(0.0, 1.2), min_size=1, max_size=3)))
        levels = [draw(st.sampled_from((0.0, 0.3, 0.7, 1.0))) for _ in starts]
        levels[-1] = levels[-1] or 0.5
        if starts[0] == 0.0:
            levels[0] = levels[0] or 1.0
        stage["throttle"] = [
            {"start_s": min(start * _burn_s(stage), 7000.0), "level": level}
            for start, level in zip(starts, levels, strict=True)
        ]
    return stage


def _spreads(draw: st.DrawFn, part: Table) -> Table:
    limits = {
        "dry_mass_kg": (1.0, 1e6),
        "propellant_kg": (1.0, 1e7),
        "thrust_vacuum_n": (100.0, 2e8),
        "isp_vacuum_s": (50.0, 600.0),
    }
    return {k: spread(draw, v, *limits[k]) if k in limits else v for k, v in part.items()}


def _steering(draw: st.DrawFn, stages: list[Table], by_rows: int) -> list[Table]:
    rows: list[Table] = []
    for number, stage in enumerate(stages[:by_rows], start=1):
        limit = min(_burn_s(stage), stage.get("burn_time_s", 1e9), 7200.0)
        starts = [0.0, *sorted(draw(st.sets(between(0.01, 0.99), max_size=3)))]
        for share in starts:
            mode = draw(st.sampled_from(("pitch", "pitch", "linear_tangent", "gravity_turn")))
            if not rows:
                mode = "pitch"
            row: Table = {"stage": number, "start_s": share * limit, "mode": mode}
            steepest = 85.0 if mode == "linear_tangent" else 90.0
            if mode != "gravity_turn":
                row["pitch_deg"] = draw(between(-steepest, steepest) if rows else between(20.0, 90.0))
                row["heading_deg"] = draw(between(0.0, 360.0))
                if draw(st.booleans()):
                    row["pitch_end_deg"] = draw(between(-steepest, steepest))
                    row["heading_end_deg"] = draw(between(0.0, 360.0))
            rows.append(row)
    return rows


def _plan(draw: st.DrawFn, stages: list[Table]) -> Table:
    """Return steering by rows, to an energy or a target orbit, or with guidance from one of the stages on."""
    end = draw(st.sampled_from(("burn-out", "cut-off", "orbit", "orbit")))
    if end == "orbit" and len(stages) > 1:
        first = draw(st.integers(2, len(stages)))
        perigee = draw(decades(120.0, 2000.0))
        target = {
            "perigee_km": perigee,
            "apogee_km": perigee + draw(st.sampled_from((0.0, 100.0, 20_000.0))),
            "inclination_deg": draw(between(0.0, 180.0)),
            "from_stage": first,
        }
        if draw(often(0.3)):
            target["node_deg"] = draw(between(-180.0, 180.0))
        return {"steering": _steering(draw, stages, first - 1), "target_orbit": target}
    plan: Table = {"steering": _steering(draw, stages, len(stages))}
    if end == "cut-off":
        plan["cut_off"] = {"mean_altitude_km": draw(decades(120.0, 36000.0))}
    return plan


def _failures(draw: st.DrawFn, stages: list[Table], boosters: int) -> list[Table]:
    modes = draw(st.lists(st.sampled_from(MODES), max_size=4))
    failures: list[Table] = []
    for i, mode in enumerate(modes):
        first, last = sorted((draw(between(0.0, 1.0)), draw(between(0.0, 1.0))))
        failures.append(
            {
                "key": f"failure-{i}",
                "label": mode,
                "mode": mode,
                "stage": draw(st.integers(1, len(stages))),
                "probability": 0.2,
                "start_fraction": first,
                "end_fraction": last,
                "turn_rate_dps": draw(decades(0.1, 1000.0)),
                "turn_acceleration_dps2": draw(decades(0.1, 1000.0)),
            }
        )
        if mode in BOOSTER_MODES and boosters and draw(often(0.5)):
            failures[-1] |= {"stage": 1, "booster": 1, "engines_lost": draw(st.integers(1, boosters))}
    return failures


def _world(draw: st.DrawFn) -> Table:
    heights = sorted(draw(st.sets(st.sampled_from((0.0, 500.0, 5e3, 2e4, 9e4)), min_size=1)))
    wind: Table = {
        "altitude_m": heights,
        "speed_mps": [draw(between(0.0, 200.0)) for _ in heights],
        "from_deg": [draw(between(0.0, 360.0)) for _ in heights],
    }
    air: Table = {}
    if draw(often(0.2)):
        wind["sigma_mps"] = [draw(between(0.0, 50.0)) for _ in heights]
        air = {"density_sigma": [draw(between(0.0, 0.5))]}
    return {
        "wind": wind,
        "atmosphere": air,
        "density_factor": spread(draw, draw(decades(0.11, 9.9)), 0.1, 10.0),
    }


def _site(draw: st.DrawFn) -> Table:
    return {
        "name": "Pad",
        "latitude_deg": draw(between(-90.0, 90.0)),
        "longitude_deg": draw(between(-180.0, 180.0)) or 1.0,  # (0, 0) would mean unknown
        "altitude_m": draw(st.sampled_from((0.0, 100.0, -400.0, 5000.0))),
    }


def _vehicle(draw: st.DrawFn) -> tuple[Table, list[Table]]:
    """Return the vehicle, and its stages without spreads."""
    payload_kg = draw(st.sampled_from((0.0, 1.0, 300.0, 1e4)))
    count = draw(st.integers(1, 5))
    vehicle: Table = {"name": "At random", "payload_kg": payload_kg, "jettisoned": []}
    stages: list[Table] = []
    above_kg = payload_kg
    if draw(often(0.5)):
        vehicle["fairing"] = {
            "mass_kg": draw(decades(0.1, 2000.0)),
            "heat_flux_wpm2": draw(decades(10.0, 1e6)),
            "earliest_stage": draw(st.integers(1, count)),
            "ballistic_kgpm2": draw(decades(0.5, 1e3)),
        }
        above_kg += vehicle["fairing"]["mass_kg"]
    for number in range(count, 0, -1):
        stages.insert(0, _stage(draw, number, above_kg))
        above_kg += _mass_kg(stages[0])
        if draw(often(0.15)):
            after_s = draw(between(0.0, 0.95)) * _burn_s(stages[0])
            part = {"name": "Ring", "mass_kg": draw(decades(0.1, 0.01 * above_kg)), "stage": number}
            vehicle["jettisoned"].append({**part, "after_s": after_s, "ballistic_kgpm2": 80.0})
    if draw(often(0.3)):
        booster = _tank(draw, "Booster", 1e5)
        booster["count"] = draw(st.integers(1, 6))
        least_n = booster["propellant_kg"] * booster["isp_vacuum_s"] * G0_MPS2 / _burn_s(stages[0])
        heavy_n = 1.3 * G0_MPS2 * _mass_kg(booster)
        booster["thrust_vacuum_n"] = min(max(least_n, heavy_n) * draw(between(1.1, 4.0)), 1.9e8)
        vehicle["booster"] = [_spreads(draw, booster)]
    vehicle["normal_force_slope"] = draw(st.sampled_from((0.0, 3.0, 20.0)))
    if draw(often(0.4)):
        vehicle["q_alpha_limit_kpa_deg"] = draw(decades(0.1, 1e4))
    if draw(often(0.3)):
        machs = sorted(draw(st.sets(st.integers(0, 20_000), min_size=1, max_size=5)))
        vehicle["drag"] = {
            "mach": [mach / 1000.0 for mach in machs],
            "cd": [draw(between(0.0, 5.0)) for _ in machs],
        }
    vehicle["stage"] = [_spreads(draw, stage) for stage in stages]
    return vehicle, stages


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Vehicles of 1 to 5 stages with any of the parts a vehicle may have, flown in any of the ways to fly."""
    vehicle, stages = _vehicle(draw)
    table = {
        "schema_version": 1,
        "title": "At random",
        "launch": {"utc": "2030-03-01T01:00:00Z"},
        "site": _site(draw),
        "vehicle": vehicle,
        "flight_plan": _plan(draw, stages),
        "termination": {"fitted": True},
        "failure": _failures(draw, stages, sum(row["count"] for row in vehicle.get("booster", []))),
        **_world(draw),
    }
    scenario = Scenario.model_validate(table)
    for _ in range(3):  # what is left that contradicts itself goes: failures that do not fit, rings, boosters
        faults = scenario_faults(scenario)
        rows = {fault.path[1] for fault in faults if fault.path[0] == "failure" and len(fault.path) > 1}
        if rows:
            table["failure"] = [row for i, row in enumerate(table["failure"]) if i not in rows]
        at_boosters = [("vehicle", "booster"), ("vehicle", "stage")]
        if any(fault.path[:2] in at_boosters for fault in faults):
            vehicle.pop("booster", None)
        if not faults:
            return scenario
        scenario = Scenario.model_validate(table)
    return draw(st.nothing()) if scenario_faults(scenario) else scenario
