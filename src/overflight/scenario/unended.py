"""Flights that the termination system fails to end, as outcomes of their own.

A system that fails in one of five hundred cases would not be seen failing in a thousand flights, though what
it fails to stop may be most of the risk. Each mode that rules may end is split in two: ended, and not.
"""

from __future__ import annotations

from overflight.scenario.model import FailureMode, Scenario

__all__ = ["ENDABLE_MODES", "with_unended"]

ENDABLE_MODES = ("engine_out", "early_shutdown", "late_shutdown", "thrust_turn", "tumble")
"""Modes after which the flight goes on, so that a rule may end it."""


def with_unended(scenario: Scenario) -> Scenario:
    """Return the scenario with a twin of each mode that its rules may end, which they do not."""
    rules = scenario.termination.rules
    if rules is None or rules.failure_probability == 0.0:
        return scenario
    fails, modes, twins = rules.failure_probability, [], []
    for mode in scenario.failure:
        if mode.mode in ENDABLE_MODES and mode.termination_fails is None:
            twins.append(_split(mode, fails, True, "-unended", ", not ended by its termination system"))
            mode = _split(mode, 1.0 - fails, False)
        modes.append(mode)
    return scenario.model_copy(update={"failure": (*modes, *twins)})


def _split(mode: FailureMode, share: float, fails: bool, key: str = "", label: str = "") -> FailureMode:
    stated = mode.probability
    span = None if stated.range is None else (share * stated.range[0], share * stated.range[1])
    part = stated.model_copy(update={"value": share * stated.value, "range": span})
    return mode.model_copy(
        update={
            "key": mode.key + key,
            "label": mode.label + label,
            "probability": part,
            "termination_fails": fails,
            "happened": mode.happened and not fails,
        }
    )
