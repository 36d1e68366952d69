"""From the state at the end of powered flight to the orbit: of an OPM, or of the flights of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import numpy as np

from overflight.earth.frames import eci_to_ecef
from overflight.earth.orientation import julian_date
from overflight.errors import InputError, NumericsError
from overflight.flight.ensemble import Ensemble
from overflight.formats.csv_tables import Column, csv_table
from overflight.formats.features import PointFeature, Role
from overflight.formats.geojson import feature_collection
from overflight.formats.omm import write_omm_json
from overflight.formats.opm import write_opm
from overflight.jobs.orbit import OrbitRequest, Part
from overflight.orbit.frames import teme_from_itrf
from overflight.orbit.insertion import OUTCOMES, Insertion, assess_insertion
from overflight.orbit.state import StateVector, ellipsoid_heights_m, osculating, sgp4_elements
from overflight.report.orbit_values import OrbitSection, OrbitTable
from overflight.scenario.model import Scenario

__all__ = ["insertion_of_flights", "insertion_part", "scenario_insertion"]

WORDS = {"orbit": "in orbit", "decays": "decays", "falls": "falls", "escapes": "leaves the Earth"}
SOURCES = (
    "Integration with J2 to J6 (EGM96) and drag (NRLMSIS 2.1, mean activity) down to 80 km.",
    "Heights over the WGS-84 ellipsoid along the osculating ellipse.",
)


def insertion_of_flights(
    name: str, scenario: Scenario, ensemble: Ensemble, *, revolutions: float = 16.0
) -> Insertion:
    """Return the verdict on the flights of an ensemble that went as planned; its weights are kept by
    resampling.

    The state is their mean with their covariance at the middle of their ends; each flight is flown on from
    its own.

    Raises
    ------
    InputError : no flight as planned, or too few
    """
    planned = [i for i, outcome in enumerate(ensemble.outcomes) if outcome.stage == 0]
    rows = np.flatnonzero(np.isin(ensemble.samples.outcome, planned))
    states = ensemble.samples.end_state[rows, :6]
    rows = rows[np.isfinite(states).all(axis=1)]
    if len(rows) < 20:
        raise InputError(
            name, "flights", found=f"{len(rows)} flights as planned", allowed="20 or more",
            remedy="Give the scenario a planned outcome, or more flights.",
        )  # fmt: skip
    states, end_s = ensemble.samples.end_state[rows, :6], ensemble.samples.end_s[rows]
    lift_off = scenario.launch.utc + timedelta(seconds=scenario.launch.offset_s.value)
    ecef = eci_to_ecef(states[:, :3], states[:, 3:], end_s)
    jd, fraction = julian_date(lift_off)
    teme = np.concatenate(teme_from_itrf(*ecef, np.full(len(rows), jd), fraction + end_s / 86400.0), axis=1)
    middle = float(np.median(end_s))
    same = _carried(teme, middle - end_s)
    state = StateVector(
        f"{name}, flights as planned", lift_off + timedelta(seconds=middle), same.mean(0)[:3],
        same.mean(0)[3:], np.cov(same.T),
        where=name,
    )  # fmt: skip
    return assess_insertion(state, revolutions=revolutions, states=same)


def _carried(states: np.ndarray, time_s: np.ndarray) -> np.ndarray:
    """Return states carried by some seconds in the field of a point mass, to the third order."""
    r, v, t = states[:, :3], states[:, 3:], time_s[:, None]
    radius = np.linalg.norm(r, axis=1)[:, None]
    pull = -3.986004418e14 * r / radius**3
    jerk = -3.986004418e14 * (v / radius**3 - 3.0 * r * (r * v).sum(1)[:, None] / radius**5)
    return np.concatenate(
        [r + v * t + pull * t**2 / 2 + jerk * t**3 / 6, v + pull * t + jerk * t**2 / 2], axis=1
    )


def scenario_insertion(scenario: Scenario, *, flights: int = 400, seed: int = 1) -> Insertion:
    """Fly a scenario and return the verdict on the flights as planned."""
    from overflight.flight.launch import launch
    from overflight.flight.simulate import scenario_air

    ensemble = launch(scenario, scenario_air(scenario), flights=flights, seed=seed)
    return insertion_of_flights(scenario.vehicle.name, scenario, ensemble)


def insertion_part(found: Insertion, request: OrbitRequest) -> Part:
    """Return the section and the files of a verdict."""
    state = found.state
    e = osculating(state.vector)
    low, high = ellipsoid_heights_m(e)
    warnings = []
    files = [
        ("state.opm", write_opm(state, request.now_utc).encode(), "the state as CCSDS OPM, in TEME"),
        ("draws.csv", _csv(found).encode(), "every draw: orbit, outcome, where it comes down"),
    ]
    try:
        elements = sgp4_elements(state)
        files.append(("elements.json", write_omm_json((elements,)).encode(), "SGP4 elements as CCSDS OMM"))
    except (InputError, NumericsError) as error:
        warnings.append(f"No OMM was written: {error}")
    down = np.flatnonzero(np.isfinite(found.down_s))
    if len(down):
        points = [
            PointFeature(
                f"draw {i}", float(found.down_lonlat[i, 0]), float(found.down_lonlat[i, 1]), 80e3, Role.IMPACT
            )
            for i in down[:2000]
        ]
        text = feature_collection(points, title="Passes 80 km on the way down")
        files.append(("down.geojson", text.encode(), "where draws come down through 80 km"))
    if state.covariance is None:
        warnings.append(
            "The state has no covariance: only the drag is drawn, so the verdict looks surer than it is."
        )
    headline = f"{state.name}: {found.verdict}"
    return Part(
        sections=(_section(found),), files=tuple(files), headline=headline,
        lede=f"State of {state.epoch_utc:%Y-%m-%d %H:%M:%S} UTC: {low / 1e3:.0f} to {high / 1e3:.0f} km "
        f"over the "
        f"ellipsoid, inclined {np.degrees(e.inclination_rad):.2f}°.",
        key_figures=tuple(
            (f"{100 * found.probability(name)[0]:.1f} %", WORDS[name]) for name in OUTCOMES[:3]
        ),
        warnings=tuple(warnings), sources=SOURCES,
    )  # fmt: skip


def _section(found: Insertion) -> OrbitSection:
    e = osculating(found.state.vector)
    bands = [
        ("Perigee over the ellipsoid", "perigee_km", "km", 1),
        ("Apogee over the ellipsoid", "apogee_km", "km", 1),
        ("Inclination", "inclination_deg", "°", 3), ("Period", "period_min", "min", 2),
    ]  # fmt: skip
    rows = []
    for title, name, unit, digits in bands:
        low, middle, high = found.band(name)
        rows.append((title, f"{middle:.{digits}f} {unit}", f"{low:.{digits}f} to {high:.{digits}f} {unit}"))
    rows.append(
        ("Axis, eccentricity", f"{float(e.axis_m) / 1e3:.3f} km, {float(e.eccentricity):.6f}", "of the state")
    )
    verdicts = []
    for name in OUTCOMES:
        p, error = found.probability(name)
        own = found.down_s[found.outcome == OUTCOMES.index(name)]
        when = ""
        if len(own) and np.isfinite(own).any():
            first, last = np.nanquantile(own, [0.05, 0.95]) / 60.0
            span = f"{first:.0f}" if round(first) == round(last) else f"{first:.0f} to {last:.0f}"
            when = f"{span} min after"
        verdicts.append((WORDS[name], f"{100 * p:.1f} ± {100 * error:.1f} %", when))
    lead = (
        f"{found.verdict[0].upper()}{found.verdict[1:]}. Each draw is flown on for "
        f"{found.asked_revolutions:g} "
        "revolutions or down to 80 km."
    )
    data = {
        "epoch_utc": found.state.epoch_utc, "verdict": found.verdict, "revolutions": found.asked_revolutions,
        "probabilities": {name: found.probability(name) for name in OUTCOMES},
        "bands_5_50_95": {name: found.band(name) for _, name, _, _ in bands},
        "osculating": {
            "axis_km": float(e.axis_m) / 1e3, "eccentricity": float(e.eccentricity),
            "inclination_deg": float(np.degrees(e.inclination_rad)),
            "node_deg": float(np.degrees(e.node_rad)),
        },
    }  # fmt: skip
    return OrbitSection(
        "insertion", "The orbit reached", lead,
        tables=(
            OrbitTable("Verdict", ("Outcome", "Probability", "Comes down"), tuple(verdicts), (1,)),
            OrbitTable("The orbit", ("", "Middle", "90 % of draws"), tuple(rows)),
        ),
        notes=("The ± is the sampling error; drag area is drawn from 0.002 to 0.05 m²/kg, activity is "
        "mean.",),
        data=data,
    )  # fmt: skip


def _csv(found: Insertion) -> str:
    columns: Mapping[str, tuple[str | None, np.ndarray, int]] = {
        "perigee": ("km", found.perigee_km, 3), "apogee": ("km", found.apogee_km, 3),
        "inclination": ("deg", found.inclination_deg, 5), "revolutions": (None, found.revolutions, 3),
        "down": ("s", found.down_s, 1), "down_longitude": ("deg", found.down_lonlat[:, 0], 4),
        "down_latitude": ("deg", found.down_lonlat[:, 1], 4),
    }  # fmt: skip
    return csv_table(
        [
            Column("outcome", None, [OUTCOMES[i] for i in found.outcome]),
            *(Column(name, *column) for name, column in columns.items()),
        ]
    )
