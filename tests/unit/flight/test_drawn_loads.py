"""Largest loads over drawn flights, against each of the flights flown alone."""

from __future__ import annotations

import numpy as np
import pytest

from ensembles import small
from overflight.flight import drawn_loads as room
from overflight.flight.drawn_loads import DrawnLoads, drawn_loads
from overflight.flight.simulate import fly, scenario_air
from overflight.scenario.draws import draw


def test_each_flight_brings_its_peaks(monkeypatch) -> None:
    scenario = small()
    air = scenario_air(scenario)
    monkeypatch.setattr(room, "_ROWS_AT_ONCE", 1500)  # a few flights at a time
    found = drawn_loads(scenario, air, flights=7, seed=3)
    assert found is not None and len(found) == 7
    for i in range(7):
        rows = fly(scenario, draw(scenario, 3, np.array([i])), air, rows=700).rows[0]
        assert found.pressure_pa[i] == np.nanmax(rows[:, 9])
        assert found.q_alpha_pa_rad[i] == np.nanmax(rows[:, 8] * rows[:, 9])
        assert found.axial_mps2[i] == np.nanmax(rows[:, 10])


def test_without_spreads_there_is_nothing_to_draw() -> None:
    scenario = small()
    bare = scenario.model_validate_json(_without_spreads(scenario.model_dump_json()))
    assert drawn_loads(bare, scenario_air(bare), flights=5, seed=1) is None


def _without_spreads(text: str) -> str:
    import json

    def bare(value: object) -> object:
        if isinstance(value, dict):
            keep = {k: bare(v) for k, v in value.items() if v is not None and k != "correlation"}
            return keep.get("value", keep)
        return [bare(v) for v in value] if isinstance(value, list) else value

    return json.dumps(bare(json.loads(text)))


def test_percentiles() -> None:
    assert DrawnLoads.percentiles(np.arange(101.0)) == pytest.approx((5.0, 50.0, 95.0))
