"""Footprints by class and outcome hold what they say."""

from __future__ import annotations

import numpy as np
import shapely

from ensembles import flown
from overflight.debris.catalogue import catalogues_of
from overflight.debris.impacts import fall_ensemble
from overflight.jobs.plan_footprints import class_footprints


def test_each_class_of_each_failure_has_its_area() -> None:
    scenario, ensemble, air = flown(flights=60)
    chosen = catalogues_of(scenario)
    impacts = fall_ensemble(scenario, ensemble, chosen, air, fragments=30)
    found = list(class_footprints(ensemble, impacts, chosen))
    keys = [(f.outcome.key, f.body.key, f.fragment_class) for f in found]
    assert len(set(keys)) == len(keys)
    assert {f.fragment_class for f in found if f.body.kind == "breakup"} == set(chosen.class_keys)
    assert "as-planned" not in {f.outcome.key for f in found}
    for f in found:
        kind = chosen.class_keys.index(f.fragment_class)
        mine = (impacts.fragment_class == kind) & impacts.of(ensemble.body_index(f.body.key))
        mine &= np.array([o.key == f.outcome.key for o in ensemble.outcomes])[
            ensemble.samples.outcome[impacts.sample]
        ]
        assert f.flights == len(np.unique(impacts.sample[mine])) >= 10
        area = shapely.union_all([shapely.Polygon(ring) for ring in f.footprint.rings_deg])
        inside = shapely.contains_xy(
            area, np.degrees(impacts.longitude_rad[mine]), np.degrees(impacts.latitude_rad[mine])
        )
        weight = (ensemble.weights[impacts.sample] * impacts.pieces)[mine]
        share = weight[inside].sum() / weight.sum()
        assert share >= 0.97 - 1e-9
        assert abs(share - f.footprint.contained) < 1e-9
        assert f.first_s <= f.last_s
