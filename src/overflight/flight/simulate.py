"""Flying: from a scenario and draws to flown batches, and unpowered bodies to the ground.

The one place that calls the compiled kernels. Everything here is a pure function of its arguments;
a sample's result does not depend on what else is in its batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.earth.air import Air, WindProfile, build_air
from overflight.earth.air_spread import AirSpread, Spread
from overflight.earth.constants import WGS84, EarthModel
from overflight.earth.frames import ecef_to_geodetic, eci_to_ecef
from overflight.earth.weather import WeatherMap
from overflight.flight.failing import Failing
from overflight.flight.sequence import FlightInputs, build_inputs, drag_table
from overflight.scenario.draws import Draws
from overflight.scenario.model import Scenario

__all__ = [
    "ASCENT_TOLERANCE_M",
    "FALL_TOLERANCE_M",
    "TUMBLING_DRAG",
    "Fallen",
    "Flown",
    "fall",
    "fly",
    "fly_inputs",
    "geodetic_rows",
    "scenario_air",
    "scenario_wind",
    "vacuum_impact",
]

Array = NDArray[np.float64]

ASCENT_TOLERANCE_M = 3e-3  # error per step; see docs/verification.md
FALL_TOLERANCE_M = 0.15  # error of the impact per step; impacts within 2 m (95 %) of the full equations
FALL_LIMIT_S = 40_000.0  # of one fall; what is up after it counts as still in flight

TUMBLING_DRAG = drag_table((0.0, 0.5, 0.8, 1.2, 2.0, 3.0, 5.0), (1.0, 1.02, 1.15, 1.6, 1.55, 1.45, 1.4))
"""Drag of a tumbling blunt piece relative to its low-speed value, against Mach; estimate after the
sphere and cylinder data of S. F. Hoerner, Fluid-Dynamic Drag (1965), chapter 16."""


@dataclass(frozen=True, slots=True)
class Flown:
    """A batch of powered flights. See ``kernels_ascent.fly_many`` for the columns.

    ``ends`` (n, 9) code, time (s), ECI state and mass; ``slots`` (n, k, 9) time, ECI state, mass of the
    vehicle, mass released, NaN where nothing was; ``rows`` (n, r, 11) time, state, mass,
    angle of attack (rad), dynamic pressure (Pa), axial load (m/s2) (NaN past the end).
    """

    ends: Array = field(repr=False)
    slots: Array = field(repr=False)
    rows: Array = field(repr=False)
    steps: NDArray[np.int64] = field(repr=False)
    inputs: FlightInputs = field(repr=False)
    others: Array = field(repr=False)
    """Boosters, then jettisoned bodies, (n, m, 9) as in ``slots``, which holds stages and the fairing."""


@dataclass(frozen=True, slots=True)
class Fallen:
    """Where unpowered bodies came down, arrays (m,): ``code`` 0 ground, else still in flight.

    ``latitude_rad``, ``longitude_rad``, ``time_s`` and ``speed_mps`` (relative to the ground) are NaN
    where there is no impact.
    """

    code: NDArray[np.int64]
    time_s: Array
    latitude_rad: Array
    longitude_rad: Array
    speed_mps: Array
    steps: NDArray[np.int64] = field(repr=False)


def scenario_wind(scenario: Scenario) -> WindProfile:
    """Return the wind a scenario states."""
    wind = scenario.wind
    return WindProfile.from_direction(wind.altitude_m, wind.speed_mps, wind.from_deg)


def scenario_air(scenario: Scenario) -> Air:
    """Return the air table of a scenario: its atmosphere, at the site and at lift-off, with its wind."""
    site, air, spread = scenario.site, scenario.atmosphere, _spread(scenario)
    if air.model == "us1976":
        return build_air(scenario_wind(scenario), spread=spread)
    from overflight.earth.msis import SpaceWeather, msis

    activity = SpaceWeather(air.f107_sfu, air.f107_mean_sfu, air.ap)
    column = msis(site.latitude_deg, site.longitude_deg, scenario.launch.utc, activity)
    return build_air(scenario_wind(scenario), atmosphere=column, name="NRLMSIS 2.1", spread=spread)


def _spread(scenario: Scenario) -> AirSpread | None:
    """Return what the scenario says is not known of its air."""
    wind, air = scenario.wind, scenario.atmosphere

    def profile(
        heights: tuple[float, ...], sigma: tuple[float, ...] | None, correlation_m: float
    ) -> Spread | None:
        return None if sigma is None else Spread(heights, sigma, correlation_m)

    spread = AirSpread(
        profile(wind.altitude_m, wind.sigma_mps, wind.correlation_height_m),
        profile(air.altitude_m, air.density_sigma, air.correlation_height_m),
    )
    return None if spread == AirSpread() else spread


def fly(
    scenario: Scenario,
    draws: Draws,
    air: Air,
    *,
    failing: Failing | None = None,
    rows: int = 0,
    row_s: float = 1.0,
    tolerance_m: float = ASCENT_TOLERANCE_M,
    earth: EarthModel = WGS84,
) -> Flown:
    """Fly every sample of ``draws`` from lift-off to the end of powered flight.

    Parameters
    ----------
    failing : how samples fail, if any does
    rows : rows to record per flight, at whole multiples of ``row_s``
    """
    inputs = build_inputs(scenario, draws, failing=failing, earth=earth)
    return fly_inputs(inputs, draws, air, rows=rows, row_s=row_s, tolerance_m=tolerance_m, earth=earth)


def fly_inputs(
    inputs: FlightInputs,
    draws: Draws,
    air: Air,
    *,
    rows: int = 0,
    row_s: float = 1.0,
    tolerance_m: float = ASCENT_TOLERANCE_M,
    earth: EarthModel = WGS84,
) -> Flown:
    """Fly what has been laid out for the kernels already; arguments as for :func:`fly`."""
    from overflight.flight.kernels_ascent import fly_many

    parts = [
        fly_many(
            inputs.starts[some], inputs.phases[some], inputs.bodies[some], inputs.targets[some], tolerance_m,
            coefficients, inputs.drag, earth.as_array(), inputs.slots, rows, row_s,
        )
        for some, coefficients in _met_by(draws, air)
    ]  # fmt: skip
    ends, slots, table, filled, steps = (
        parts[0] if len(parts) == 1 else map(np.concatenate, zip(*parts, strict=True))
    )
    table[np.arange(rows) >= filled[:, None]] = np.nan
    stages = inputs.slots - inputs.others - 1
    own = slots if inputs.others == 0 else np.delete(slots, np.s_[stages:-1], axis=1)
    return Flown(ends, own, table, steps, inputs, slots[:, stages:-1])


def _met_by(draws: Draws, air: Air) -> Iterator[tuple[slice, Array]]:
    """Yield samples and the table of the air they meet: one for all, or each its own where it is drawn."""
    if air.spread is None or draws.air is None:
        yield slice(None), air.coefficients
        return
    for i, normals in enumerate(draws.air):
        yield slice(i, i + 1), air.spread.perturbed(air.coefficients, normals)


def fall(
    start_s: Array,
    states: Array,
    ballistic_kgpm2: Array,
    sample_of: NDArray[np.int64],
    bodies: Array,
    air: Air | WeatherMap,
    *,
    drag: Array = TUMBLING_DRAG,
    tolerance_m: float = FALL_TOLERANCE_M,
    earth: EarthModel = WGS84,
    profiles: Array | None = None,
) -> Fallen:
    """Let unpowered bodies fall to the ellipsoid.

    Parameters
    ----------
    start_s, states, ballistic_kgpm2 : (m,), (m, 6) ECI, (m,) m / (Cd A) at low Mach
    sample_of : row of ``bodies`` (wind and density factors) each body belongs to
    air : one table for all, or a map: then each body takes the air of the cell its vacuum impact point is in
    profiles : normal numbers of each row of ``bodies`` (s, FIELDS, LEVELS) where the air is not known
    """
    from overflight.flight.kernels_fall import ON_GROUND, fall_many

    sample_of = np.asarray(sample_of, dtype=np.int64)
    result, steps = np.empty((len(start_s), 8)), np.empty(len(start_s), np.int64)
    for here, table in _by_air(start_s, states, sample_of, air, profiles, earth):
        start, state = np.ascontiguousarray(start_s[here]), np.ascontiguousarray(states[here])
        ballistic, sample = np.ascontiguousarray(ballistic_kgpm2[here]), np.ascontiguousarray(sample_of[here])
        result[here], steps[here] = fall_many(
            start, state, ballistic, sample, bodies, start + FALL_LIMIT_S, tolerance_m, table,
            drag[None], np.zeros(len(start), np.int64), earth.as_array(),
        )  # fmt: skip
    code = result[:, 0].astype(np.int64)
    position, velocity = eci_to_ecef(result[:, 2:5], result[:, 5:8], result[:, 1], earth)
    latitude, longitude, _ = ecef_to_geodetic(position, earth)
    nowhere = np.where(code == ON_GROUND, 0.0, np.nan)
    return Fallen(
        code=code,
        time_s=result[:, 1] + nowhere,
        latitude_rad=latitude + nowhere,
        longitude_rad=longitude + nowhere,
        speed_mps=np.linalg.norm(velocity, axis=1) + nowhere,
        steps=steps,
    )


def _by_air(
    start_s: Array,
    states: Array,
    sample_of: NDArray[np.int64],
    air: Air | WeatherMap,
    profiles: Array | None,
    earth: EarthModel,
) -> Iterator[tuple[slice | NDArray[np.int64], Array]]:
    """Yield which bodies fall through which table: by cell of a map, and by sample where the air is drawn."""
    if isinstance(air, Air) and (air.spread is None or profiles is None):
        yield slice(None), air.coefficients
        return
    cells = np.zeros(len(start_s), np.int64)
    if isinstance(air, WeatherMap):
        point = vacuum_impact(start_s, states, earth)
        cells = air.cells(point[:, 1], point[:, 2])
    for cell in np.unique(cells):
        table = air.table(int(cell)) if isinstance(air, WeatherMap) else air
        inside = np.flatnonzero(cells == cell)
        if table.spread is None or profiles is None:
            yield inside, table.coefficients
            continue
        for sample in np.unique(sample_of[inside]):
            drawn = table.spread.perturbed(table.coefficients, profiles[sample])
            yield inside[sample_of[inside] == sample], drawn


def vacuum_impact(time_s: Array, states: Array, earth: EarthModel = WGS84, height_m: float = 0.0) -> Array:
    """Return vacuum impact points of ECI states (m, 6): code, latitude, longitude (rad), flight time (s).

    Codes are those of ``kernels_iip``: 0 impact, 1 already below the ground, 2 orbit, 3 escape; the other
    columns are NaN unless the code is 0.
    """
    from overflight.flight.kernels_iip import impact_points

    return impact_points(
        np.ascontiguousarray(time_s, dtype=float),
        np.ascontiguousarray(states[:, :6]),
        height_m,
        earth.as_array(),
    )


def geodetic_rows(rows: Array, earth: EarthModel = WGS84) -> tuple[Array, Array, Array]:
    """Return latitude (rad), longitude (rad), height (m) of rows (..., >= 4) of time and ECI state."""
    angle = earth.rotation_radps * rows[..., 0]
    c, s = np.cos(angle), np.sin(angle)
    x, y = rows[..., 1], rows[..., 2]
    return ecef_to_geodetic(np.stack([c * x + s * y, c * y - s * x, rows[..., 3]], axis=-1), earth)
