"""Failure probabilities of a plan from the record of launches, where the scenario does not state them."""

from __future__ import annotations

from overflight.errors import InputError
from overflight.record.load import Record, load_record
from overflight.record.probability import FailureProbability, allocate, failure_probability, stage_shares
from overflight.scenario.model import Scenario
from overflight.scenario.quantity import Quantity

__all__ = ["with_record"]


def with_record(scenario: Scenario, record: Record | None = None) -> tuple[Scenario, str]:
    """Return the scenario with a probability for each failure mode, and in words where they come from.

    Modes that state theirs keep it. The others share what the flight count rule leaves over those, by the
    stages that failed in the launches counted, over the burn as each mode says.

    Raises
    ------
    InputError : modes without a probability, and no launch in the record to take it from
    """
    unstated = [i for i, mode in enumerate(scenario.failure) if "probability" not in mode.model_fields_set]
    key = scenario.vehicle.record
    if key is None:
        return scenario, "stated by the scenario"
    found = failure_probability(
        load_record() if record is None else record,
        vehicle=key, before=scenario.launch.utc, country=scenario.site.country,
    )  # fmt: skip
    if not unstated:
        return scenario, f"stated by the scenario; the record gives {_words(found)}"
    if not len(found.counted):
        raise InputError(
            "vehicle.record",
            found=f'"{key}", with no launch of it or of its country before this one',
            allowed="a vehicle of the record, or a probability in each [[failure]]",
            remedy="See `overflight record` for the launches there are, or state the probabilities.",
        )
    return _filled(scenario, unstated, found), f"taken from the record: {_words(found)}"


def _filled(scenario: Scenario, unstated: list[int], found: FailureProbability) -> Scenario:
    shares = stage_shares(found.counted, len(scenario.vehicle.stage))
    stated = sum(m.probability.value for i, m in enumerate(scenario.failure) if i not in unstated)
    stages = [scenario.failure[i].stage for i in unstated]
    left = [max(total - stated, 0.0) for total in (found.reference, found.low, found.high)]
    # the limits may reach 1, which is no launch with any outcome but failure: nothing is capped
    parts = zip(*(allocate(total, stages, shares) for total in left), strict=True)
    modes = list(scenario.failure)
    for i, (value, low, high) in zip(unstated, parts, strict=True):
        span = (min(low, value), max(high, value))
        drawn = Quantity(
            value=value, range=span if span[0] < span[1] else None, note=f"record: {found.words}"
        )
        modes[i] = modes[i].model_copy(update={"probability": drawn})
    return scenario.model_copy(update={"failure": tuple(modes)})


def _words(found: FailureProbability) -> str:
    mean, low, high = (_percent(value) for value in found.posterior)
    return (
        f"{_percent(found.reference)} ({_percent(found.low)} to {_percent(found.high)}), the {found.words}; "
        f"Jeffreys' posterior over the same launches has {mean} ({low} to {high})"
    )


def _percent(value: float) -> str:
    return f"{100.0 * value:.2g} %" if value < 0.995 else "100 %"
