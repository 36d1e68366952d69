"""Whether ending the flight lowers the risk: termination against falling whole and against flying on.

Mirrors 14 CFR 450.108(d)(6): a termination must not raise the collective risk over continued flight. Not a
licence analysis.
"""

from __future__ import annotations

import numpy as np

from overflight.debris.catalogue import Catalogues
from overflight.debris.impacts import fall_ensemble
from overflight.earth.air import Air
from overflight.earth.weather import WeatherMap
from overflight.exposure.landed import landed
from overflight.exposure.place import Places
from overflight.exposure.risk import RiskToPeople
from overflight.flight.engine import Engine
from overflight.flight.ensemble import Ensemble
from overflight.flight.launch import relaunch
from overflight.jobs.plan_risk import compute_risk
from overflight.jobs.planned import AbortComparison
from overflight.scenario.model import Scenario

__all__ = ["compare_abort"]


def compare_abort(
    scenario: Scenario,
    ensemble: Ensemble,
    risk: RiskToPeople,
    places: Places,
    catalogues: Catalogues,
    airs: tuple[Air, Air | WeatherMap],
    engine: Engine,
) -> AbortComparison | None:
    """Return the comparison for a termination among the outcomes, None without one.

    The thrust cut flies the very flights of the termination again, to the same moments.
    """
    index = next((i for i, o in enumerate(ensemble.outcomes) if o.mode == "spurious_termination"), None)
    if index is None or ensemble.outcomes[index].probability <= 0.0:
        return None
    rows = np.flatnonzero(ensemble.samples.outcome == index)
    mode = scenario.failure[index - 1].model_copy(update={"mode": "thrust_loss"})
    failure = (*scenario.failure[: index - 1], mode, *scenario.failure[index:])
    cut = scenario.model_copy(update={"failure": failure})
    ballistic, falls_through = airs
    again = relaunch(
        cut, ballistic, ensemble.seed, ensemble.samples.key[rows], np.full(len(rows), index),
        np.full(len(rows), -np.log(len(rows))), engine=engine, sampling=ensemble.sampling,
    )  # fmt: skip
    impacts = fall_ensemble(cut, again, catalogues, falls_through, fragments=1, engine=engine)
    whole = compute_risk(cut, again, impacts, landed(impacts, places), places)
    return AbortComparison(
        label=ensemble.outcomes[index].label,
        destruct=risk.by_outcome[index],
        thrust_cut=whole.by_outcome[index],
        flown_on=risk.by_outcome[0],
    )
