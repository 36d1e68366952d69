"""Whether ending a flight lowers the risk: mode by mode, the system acting against the flight left to itself.

Mirrors 14 CFR 450.108(d)(6): an abort must not raise the collective risk over continued flight. Not a licence
analysis.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from overflight.debris.catalogue import Catalogues
from overflight.debris.impacts import fall_ensemble
from overflight.earth.air import Air
from overflight.earth.weather import WeatherMap
from overflight.exposure.landed import landed
from overflight.exposure.place import Places
from overflight.exposure.risk import Mean, RiskToPeople, bounded_mean
from overflight.flight.engine import Engine
from overflight.flight.ensemble import TERMINATED, Ensemble
from overflight.flight.launch import relaunch
from overflight.jobs.plan_risk import compute_risk
from overflight.jobs.planned import AbortComparison, RunSettings
from overflight.scenario.model import Scenario

__all__ = ["compare_abort"]

Array = NDArray[np.float64]


def compare_abort(
    scenario: Scenario,
    ensemble: Ensemble,
    risk: RiskToPeople,
    places: Places,
    catalogues: Catalogues,
    airs: tuple[Air, Air | WeatherMap],
    engine: Engine,
    settings: RunSettings,
) -> tuple[AbortComparison, ...]:
    """Return the comparison for every mode in which the termination system ends flights.

    The same flights, by their keys, are flown again with the other action and without the system; a
    termination in error goes on as planned without it. The differences are those of single flights, so
    that what all have in common drops out of their errors.
    """
    found: list[AbortComparison] = []
    action = scenario.termination.action
    other = "thrust_cut" if action == "destruct" else "destruct"
    for index, outcome in enumerate(ensemble.outcomes):
        in_error = outcome.mode == "spurious_termination"
        rows = np.flatnonzero(ensemble.samples.outcome == index)
        ended = np.full(len(rows), in_error) | (ensemble.samples.end_code[rows] == TERMINATED)
        if not ended.any():
            continue
        own = risk.by_flight[rows]
        keys = ensemble.samples.key[rows[ended]]

        def instead(changed: Scenario, to: int, own: Array = own, keys=keys, ended=ended) -> Array:  # noqa: ANN001
            """Return casualties by flight (n,) where those that were ended go differently."""
            flown = relaunch(
                changed, airs[0], ensemble.seed, keys, np.full(len(keys), to),
                np.full(len(keys), -np.log(len(keys))), engine=engine, sampling=ensemble.sampling,
            )  # fmt: skip
            fallen = fall_ensemble(
                changed, flown, catalogues, airs[1], fragments=settings.fragments, engine=engine
            )
            values = own.copy()
            values[ended] = compute_risk(changed, flown, fallen, landed(fallen, places), places).by_flight
            return values

        left = instead(_with(scenario, rules=None), 0 if in_error else index)
        by_action = {action: own, other: instead(_with(scenario, action=other), index)}
        found.append(
            AbortComparison(
                label=outcome.label,
                in_error=in_error,
                action=action,
                probability=outcome.probability,
                flights=len(rows),
                ended=int(ended.sum()),
                destruct=bounded_mean(by_action["destruct"]),
                thrust_cut=bounded_mean(by_action["thrust_cut"]),
                left=bounded_mean(left),
                change=_mean(own - left),
            )
        )
    return tuple(found)


def _with(scenario: Scenario, **changed: object) -> Scenario:
    return scenario.model_copy(update={"termination": scenario.termination.model_copy(update=changed)})


def _mean(values: Array) -> Mean:
    n = len(values)
    return Mean(float(values.mean()), float(values.std(ddof=1) / np.sqrt(n)) if n > 1 else abs(values[0]))
