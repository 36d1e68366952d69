"""Which pieces hurt, and over what area.

Gates and areas mirror 14 CFR 417.107(c) (11 ft-lbf, 1 psi) and A417.25(b)(8), A417.23(d). Nobody is taken
to be sheltered. This is not a licence analysis.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.debris.impacts import Impacts, attached_kg, inert_kg
from overflight.earth.constants import FOOT_M
from overflight.flight.ensemble import Ensemble
from overflight.scenario.draws import draw
from overflight.scenario.model import Scenario
from overflight.scenario.risk import Risk

__all__ = [
    "CASUALTY_ENERGY_J",
    "blast_radius_m",
    "casualty_area_m2",
    "inert_casualty_area_m2",
    "projected_area_m2",
    "propellant_kg",
]

Array = NDArray[np.float64]
POUND_KG = 0.45359237
CASUALTY_ENERGY_J = 11.0 * 1.3558179483314
"""11 ft-lbf: an inert piece below this energy is taken to hurt nobody (14 CFR 417.107(c))."""


def projected_area_m2(mass_kg: ArrayLike, ballistic_kgpm2: ArrayLike, drag_coefficient: float) -> Array:
    """Return the area ``m / (Cd beta)`` (m2) that a piece shows to the air."""
    return np.asarray(mass_kg) / (drag_coefficient * np.asarray(ballistic_kgpm2))


def inert_casualty_area_m2(projected_m2: ArrayLike, factor: float = 7.0) -> Array:
    """Return the casualty area of an inert piece: so many times its greatest projected area."""
    return factor * np.asarray(projected_m2, dtype=np.float64)


def blast_radius_m(explosive_kg: ArrayLike) -> Array:
    """Return the radius (m) within which a burst exceeds 1 psi: 45 NEW^(1/3) feet, NEW in pounds of TNT."""
    return 45.0 * FOOT_M * np.cbrt(np.asarray(explosive_kg, dtype=np.float64) / POUND_KG)


def propellant_kg(scenario: Scenario, ensemble: Ensemble, impacts: Impacts) -> Array:
    """Return the propellant (m,) of one piece of each row that may burst on the ground.

    It is what is still aboard of what lands in one piece after a failure, chunks of propellant by their mass,
    and 0 for all else.
    """
    out = np.zeros(len(impacts)) if impacts.explosive is None else impacts.mass_kg * impacts.explosive
    intact = np.flatnonzero([body.kind == "intact" for body in ensemble.bodies])
    rows = np.flatnonzero(np.isin(impacts.body, intact))
    if len(rows) == 0:
        return out
    draws = draw(scenario, ensemble.seed, ensemble.samples.key, ensemble.sampling)
    stage = np.array([body.stage for body in ensemble.bodies])[impacts.body[rows]]
    beside = attached_kg(scenario, draws, ensemble, np.arange(len(ensemble)))
    dry = inert_kg(scenario, draws)[impacts.sample[rows], stage - 1] + beside[impacts.sample[rows]]
    out[rows] = np.maximum(impacts.mass_kg[rows] - dry, 0.0)
    return out


def casualty_area_m2(impacts: Impacts, propellant: Array, rules: Risk) -> Array:
    """Return the casualty area (m,) of one piece of each row, 0 for a piece that hurts nobody.

    The greater of the inert area, for pieces of 11 ft-lbf and more, and the circle of 1 psi round the burst
    of the propellant still aboard.
    """
    inert = projected_area_m2(impacts.mass_kg - propellant, impacts.ballistic_kgpm2, rules.drag_coefficient)
    inert = np.where(
        impacts.energy_j >= CASUALTY_ENERGY_J, inert_casualty_area_m2(inert, rules.casualty_factor), 0.0
    )
    blast = np.pi * blast_radius_m(rules.tnt_equivalence * propellant) ** 2
    return np.maximum(inert, blast)
