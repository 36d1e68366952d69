"""A place of about one in a million: flights and seconds until it is known within 20 %, plain and focused.

Prints the standard error of both relative to the figure for the same number of flights, and their ratio.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import shapely

from overflight.debris.casualty import casualty_area_m2, propellant_kg
from overflight.debris.catalogue import generic_catalogue
from overflight.debris.impacts import fall_ensemble
from overflight.exposure.focus import focus
from overflight.exposure.landed import landed
from overflight.exposure.place import Place, Places
from overflight.exposure.risk import risk_to_people
from overflight.flight.engine import make_engine
from overflight.flight.launch import launch
from overflight.flight.simulate import scenario_air
from overflight.scenario.load import load_scenario

EXAMPLE = Path(__file__).parents[1] / "examples/malligyong-1-2023-08-24/launch.toml"
FLIGHTS, FRAGMENTS = 3000, 20
BOX = shapely.MultiPolygon([shapely.box(124.66, 39.5, 124.74, 39.58)])
TOWN = Place("T", "town", "town", "KP", None, 10_000, "made up", BOX)


def main() -> None:
    """Fly both ways and print what each knows."""
    scenario = load_scenario(EXAMPLE)
    air, catalogue = scenario_air(scenario), generic_catalogue()
    engine = make_engine("threads")
    launch(scenario, air, flights=20, seed=9, engine=engine)  # compiled

    start = time.perf_counter()
    ensemble = launch(scenario, air, flights=FLIGHTS, seed=2, engine=engine)
    impacts = fall_ensemble(scenario, ensemble, catalogue, air, fragments=FRAGMENTS, engine=engine)
    area = casualty_area_m2(impacts, propellant_kg(scenario, ensemble, impacts), scenario.risk)
    table = Places((TOWN,))
    found = risk_to_people(ensemble, impacts, landed(impacts, table), table, area)
    plain_s = time.perf_counter() - start
    value, error = (float(x[0]) if len(x) else np.nan for x in (found.individual, found.individual_error))

    start = time.perf_counter()
    sharp = focus(
        scenario, (air, air), catalogue, TOWN, flights=FLIGHTS, fragments=FRAGMENTS, seed=2, engine=engine
    )
    focus_s = time.perf_counter() - start
    focused = sharp.individual
    print(f"plain    {value:.2e} +- {100 * error / value:.1f} % in {plain_s:.1f} s, {FLIGHTS} flights")
    print(f"focused  {focused.value:.2e} +- {100 * focused.error / focused.value:.1f} % in {focus_s:.1f} s")
    print(f"ratio of errors, plain over focused: {(error / value) / (focused.error / focused.value):.1f}")


if __name__ == "__main__":
    main()
