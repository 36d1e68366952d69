"""Which places a launch that flies elsewhere can reach no more, whichever way it turns."""

from __future__ import annotations

from collections.abc import Mapping

from overflight.exposure.ahead import PlacesAhead
from overflight.jobs.warn_figures import Figures
from overflight.jobs.warn_places import DONE, NEGLIGIBLE_OVER, Said
from overflight.track.forecast import Memory
from overflight.track.objects import Tracked
from overflight.track.prior import PlanPrior
from overflight.track.reach import reach

__all__ = ["out_of_reach"]


def out_of_reach(
    said: Mapping[int, Said],
    figures: Figures,
    ahead: PlacesAhead,
    main: Tracked,
    prior: PlanPrior | None,
    memory: Memory,
    *,
    seed: int,
) -> frozenset[int]:
    """Return the places told of, without an outcome yet, to which no turn of the flight would lead.

    A place goes with its region: no forecast passes that or the waters between its places, and all of it,
    wider by twice the width of a passage, lies aside of all that the body can reach.
    """
    regions: dict[tuple[str, str], list[int]] = {}
    for index, value in said.items():
        key = ahead.region(index)
        if value.outcome not in DONE and max(figures.regions.get(key, (1.0, 1.0))) <= NEGLIGIBLE_OVER:
            regions.setdefault(key, []).append(index)
    if not regions:
        return frozenset()
    within = reach(main, prior, memory, seed=seed)
    return frozenset(
        index
        for key, members in regions.items()
        if not within.holds(ahead.outline(key), ahead.width_m).any()
        for index in members
    )
