"""Whether the failure modes of a scenario fit its vehicle and its flight plan."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from overflight.scenario.faults import Fault, shown
from overflight.scenario.fragments import PACKAGED, never_used
from overflight.scenario.model import FailureMode, Scenario
from overflight.scenario.protected import inside_margin

__all__ = ["BOOSTER_MODES", "breakup_faults", "failure_faults", "termination_faults"]

BOOSTER_MODES = ("engine_out", "no_separation", "explosion", "spurious_termination")


def failure_faults(scenario: Scenario) -> Iterator[Fault]:
    """Return what is wrong with the ways a launch may fail."""
    stages = len(scenario.vehicle.stage)
    for i, failure in enumerate(scenario.failure):
        if failure.stage > stages:
            allowed = f"1 to {stages}, the stages of the vehicle"
            yield Fault(
                ("failure", i, "stage"), f"{failure.stage}", allowed, "Correct the number, or add the stage."
            )
        if failure.mode == "spurious_termination" and not scenario.termination.fitted:
            yield Fault(
                ("failure", i, "mode"),
                '"spurious_termination" on a vehicle without a termination system',
                "another mode, or [termination] with fitted = true",
                "Add the termination system, or choose the mode that fits.",
            )
        if "probability" not in failure.model_fields_set and scenario.vehicle.record is None:
            yield Fault(
                ("failure", i, "probability"),
                "nothing, and no vehicle.record to take it from",
                "a probability, or the vehicle's key in the record of launches",
                'State it, or write record = "chollima-1" below [vehicle].',
            )
        yield from (
            _fits(i, failure, scenario) if failure.booster is None else _of_booster(i, failure, scenario)
        )
    total = sum(failure.probability.value for failure in scenario.failure)
    if total > 1.0 + 1e-9:
        yield Fault(
            ("failure",),
            f"probabilities that sum to {total:.4g}",
            "at most 1: the modes exclude each other, the rest is success",
            "Lower them; each is the probability before launch that this mode ends the flight.",
        )
    happened = [i for i, failure in enumerate(scenario.failure) if failure.happened]
    if len(happened) > 1:
        found = f"{len(happened)} modes that happened"
        yield Fault(
            ("failure", happened[1], "happened"), found, "at most one", "Keep the one that ended the flight."
        )


def breakup_faults(scenario: Scenario) -> Iterator[Fault]:
    """Return what is wrong with the choice of fragment catalogues."""
    stages = len(scenario.vehicle.stage)
    for i, row in enumerate(scenario.breakup):
        if row.stage is not None and row.stage > stages:
            allowed = f"1 to {stages}, the stages of the vehicle"
            yield Fault(("breakup", i, "stage"), f"{row.stage}", allowed, "Correct the number.")
        if isinstance(row.catalogue, str) and row.catalogue not in PACKAGED:
            meant = get_close_matches(row.catalogue, PACKAGED, n=1)
            yield Fault(
                ("breakup", i, "catalogue"),
                f'"{shown(row.catalogue)}"',
                ", ".join(f'"{name}"' for name in PACKAGED) + ", or a file beside the scenario, NAME.toml",
                f'Did you mean "{meant[0]}"?' if meant else "Name one of these, or your own file.",
            )
    shadowed = never_used(scenario.breakup)
    if shadowed is not None:
        found = f"a row that is never used, for row {shadowed[1] + 1} takes all of its break-ups"
        yield Fault(
            ("breakup", shadowed[0]), found, "the first row that fits is taken",
            "Put the narrower row first, or remove it.",
        )  # fmt: skip


def termination_faults(scenario: Scenario) -> Iterator[Fault]:
    """Return rules of the termination system that can never fire on this vehicle."""
    rules, stages = scenario.termination.rules, len(scenario.vehicle.stage)
    if rules is None:
        for i, mode in enumerate(scenario.failure):
            if mode.termination_fails is not None:
                yield Fault(
                    ("failure", i, "termination_fails"), "it, without rules by which the system acts",
                    "[termination.rules], or nothing here", "State the rules, or leave this out.",
                )  # fmt: skip
        return
    if not scenario.termination.fitted:
        yield Fault(
            ("termination", "rules"), "rules, with fitted = false", "fitted = true, or no rules",
            "Rules that no system carries out can never fire: correct fitted, or remove them.",
        )  # fmt: skip
    for i, number in enumerate(rules.armed_stages):
        if number > stages:
            yield Fault(
                ("termination", "rules", "armed_stages", i), f"{number}",
                f"1 to {stages}, the stages of the vehicle", "Correct the number.",
            )  # fmt: skip
    latitude_deg, longitude_deg = scenario.site.latitude_deg, scenario.site.longitude_deg
    for i, area in enumerate(rules.protect):
        if inside_margin(area, latitude_deg, longitude_deg):
            yield Fault(
                ("termination", "rules", "protect", i, "margin_km"), f"{area.margin_km:g}, the pad within it",
                "an area and a margin that leave out the pad: every flight starts there",
                "Draw the area smaller, or lessen its margin.",
            )  # fmt: skip


def _of_booster(i: int, failure: FailureMode, scenario: Scenario) -> Iterator[Fault]:
    """Refuse what a row of boosters cannot do."""
    rows = scenario.vehicle.booster
    if failure.booster is None or failure.booster > len(rows):
        allowed = (
            f"1 to {len(rows)}, the rows of boosters" if rows else "nothing: the vehicle has no boosters"
        )
        yield Fault(
            ("failure", i, "booster"), f"{failure.booster}", allowed, "Correct the number, or leave it out."
        )
        return
    count = rows[failure.booster - 1].count
    if failure.stage != 1:
        remedy = "Boosters burn beside stage 1: write stage = 1."
        yield Fault(("failure", i, "stage"), f"{failure.stage} with a booster that fails", "1", remedy)
    if failure.mode not in BOOSTER_MODES:
        yield Fault(
            ("failure", i, "mode"), f'"{failure.mode}" of a booster', ", ".join(BOOSTER_MODES),
            "Choose one of these, or leave booster out for a failure of stage 1.",
        )  # fmt: skip
    if failure.mode == "engine_out" and failure.engines_lost > count:
        yield Fault(
            ("failure", i, "engines_lost"), f"{failure.engines_lost} of {count} boosters", f"1 to {count}",
            "It counts the boosters that stop.",
        )  # fmt: skip


def _fits(i: int, failure: FailureMode, scenario: Scenario) -> Iterator[Fault]:
    """Refuse a mode that its stage cannot have."""
    stages, at = scenario.vehicle.stage, ("failure", i, "mode")
    if failure.stage > len(stages):
        return
    stage, last = stages[failure.stage - 1], failure.stage == len(stages)
    if failure.mode == "engine_out" and failure.engines_lost >= stage.engines:
        yield Fault(
            ("failure", i, "engines_lost"),
            f"{failure.engines_lost} of {stage.engines} engines of stage {failure.stage}",
            f"fewer than its {stage.engines} engines" if stage.engines > 1 else "a stage of several engines",
            'State the stage\'s engines, or take mode = "thrust_loss" where all stop.',
        )
    if failure.mode == "no_separation" and last:
        found, allowed = "the last stage, which separates from nothing", "a stage below the last"
        yield Fault(("failure", i, "stage"), found, allowed, "Name the stage that stays on.")
    if failure.mode == "early_shutdown" and last:
        found, allowed = "the last stage, after which nothing goes on", 'mode = "thrust_loss"'
        yield Fault(at, found, allowed, "Take thrust_loss for the last stage.")
    plan = scenario.flight_plan
    shut_down = stage.burn_time_s is not None or (last and (plan.cut_off or plan.target_orbit))
    if failure.mode == "late_shutdown" and not shut_down:
        yield Fault(
            at,
            "a stage that burns to depletion as planned",
            "a stage with burn_time_s, or a last stage with a cut-off or a target orbit",
            "Leave the mode out: there is no shut-down to miss.",
        )
