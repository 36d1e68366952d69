"""Dense paths of single flights: the flight as planned, and the bodies it lets go, second by second."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.earth.air import Air
from overflight.earth.constants import WGS84, EarthModel
from overflight.earth.frames import eci_to_ecef
from overflight.flight.burns import burns_of
from overflight.flight.orbit_reached import ORBIT_PERIGEE_M, apsides
from overflight.flight.simulate import (
    FALL_LIMIT_S,
    FALL_TOLERANCE_M,
    TUMBLING_DRAG,
    Flown,
    fly,
    geodetic_rows,
)
from overflight.scenario.draws import Draws, nominal_draws
from overflight.scenario.model import Scenario

__all__ = ["Event", "Loads", "PlannedFlight", "Trajectory", "fly_planned"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at ``time_s`` after lift-off, e.g. ``separation`` of stage ``stage``."""

    kind: str  # "lift-off" | "burn-out" | "separation" | "ignition" | "fairing" | "jettison" | "cut-off"
    stage: int
    time_s: float


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A path, rows (r,) at ``time_s`` seconds after lift-off.

    ``position_m`` and ``velocity_mps`` (r, 3) are ECEF (WGS-84), velocity relative to the rotating Earth;
    ``latitude_rad``, ``longitude_rad``, ``height_m`` geodetic; ``inertial_speed_mps``; ``mass_kg`` (NaN for
    bodies in fall).
    """

    key: str
    name: str
    time_s: Array
    position_m: Array = field(repr=False)
    velocity_mps: Array = field(repr=False)
    latitude_rad: Array = field(repr=False)
    longitude_rad: Array = field(repr=False)
    height_m: Array = field(repr=False)
    inertial_speed_mps: Array = field(repr=False)
    mass_kg: Array = field(repr=False)
    ends_on_ground: bool = False

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def speed_mps(self) -> Array:
        """Speed relative to the rotating Earth (r,)."""
        return np.linalg.norm(self.velocity_mps, axis=1)

    def at(self, time_s: float) -> tuple[float, float, float]:
        """Return latitude (deg), longitude (deg, continuous) and height (m), linear between rows."""
        longitude = np.unwrap(self.longitude_rad)
        return (
            float(np.degrees(np.interp(time_s, self.time_s, self.latitude_rad))),
            float((np.degrees(np.interp(time_s, self.time_s, longitude)) + 180.0) % 360.0 - 180.0),
            float(np.interp(time_s, self.time_s, self.height_m)),
        )

    def to_dataframe(self):  # noqa: ANN201
        """Return the rows as a pandas DataFrame with units in the column names."""
        import pandas as pd

        return pd.DataFrame(
            {
                "time_s": self.time_s,
                "latitude_deg": np.degrees(self.latitude_rad),
                "longitude_deg": np.degrees(self.longitude_rad),
                "height_m": self.height_m,
                "earth_relative_speed_mps": self.speed_mps,
                "inertial_speed_mps": self.inertial_speed_mps,
                "mass_kg": self.mass_kg,
            }
        )

    def _repr_html_(self) -> str:
        return (
            f"<b>{self.name}</b>: {len(self)} rows, {self.time_s[0]:.0f} to {self.time_s[-1]:.0f} s, "
            f"up to {self.height_m.max() / 1e3:.0f} km, {self.speed_mps.max():.0f} m/s relative to the Earth"
        )


@dataclass(frozen=True, slots=True)
class Loads:
    """What the vehicle bears in powered flight, rows (r,) at ``time_s``.

    ``angle_rad`` of attack between nose and air, zero without thrust; ``pressure_pa`` dynamic;
    ``axial_mps2``: thrust less drag along the nose, over the mass.
    """

    time_s: Array = field(repr=False)
    angle_rad: Array = field(repr=False)
    pressure_pa: Array = field(repr=False)
    axial_mps2: Array = field(repr=False)

    @property
    def q_alpha_pa_rad(self) -> Array:
        """Dynamic pressure times angle of attack (r,)."""
        return self.angle_rad * self.pressure_pa


@dataclass(frozen=True, slots=True)
class PlannedFlight:
    """The flight with every value as stated: its path, events, and the fall of what it lets go."""

    vehicle: Trajectory
    bodies: tuple[Trajectory, ...]
    events: tuple[Event, ...]
    orbit: bool
    perigee_m: float
    apogee_m: float
    inclination_rad: float
    loads: Loads


def fly_planned(
    scenario: Scenario,
    air: Air,
    *,
    row_s: float = 1.0,
    coast_until_s: float = 1200.0,
    earth: EarthModel = WGS84,
) -> PlannedFlight:
    """Fly the scenario's stated values without failure, to the ground or to ``coast_until_s``."""
    from overflight.flight.kernels_ascent import HIT_GROUND

    draws = nominal_draws(scenario)
    burn_s = float(burns_of(scenario, draws)[-1].end_s[0])
    flown = fly(
        scenario, draws, air, rows=int(max(burn_s, coast_until_s) / row_s) + 2, row_s=row_s,
        tolerance_m=1e-4, earth=earth,
    )  # fmt: skip
    end, last = flown.ends[0], len(scenario.vehicle.stage)
    powered = flown.rows[0][np.isfinite(flown.rows[0, :, 0])][:, :8]
    pieces = [powered]
    grounded = end[0] == HIT_GROUND
    if grounded and end[1] > powered[-1, 0]:
        pieces.append(end[None, 1:9])
    ballistic = draws[f"vehicle.stage.{last}.ballistic_kgpm2"]
    if not grounded:
        until = max(coast_until_s, end[1])
        rows, grounded = _fall_rows(
            end[1], end[2:8], ballistic, flown.inputs.bodies, until, air, row_s, earth
        )
        pieces.append(np.column_stack([rows, np.full(len(rows), end[8])]))
    vehicle = _trajectory("vehicle", scenario.vehicle.name, np.concatenate(pieces), bool(grounded), earth)
    orbit = apsides(end[2:8], earth)
    return PlannedFlight(
        vehicle=vehicle,
        bodies=_let_go(scenario, draws, flown, air, row_s, earth),
        events=_events(flown),
        orbit=bool(orbit.perigee_m > ORBIT_PERIGEE_M),
        perigee_m=float(orbit.perigee_m),
        apogee_m=float(orbit.apogee_m),
        inclination_rad=float(orbit.inclination_rad),
        loads=Loads(*_loads(flown)),
    )


def _loads(flown: Flown) -> tuple[Array, Array, Array, Array]:
    rows = flown.rows[0][np.isfinite(flown.rows[0, :, 0])]
    return rows[:, 0], rows[:, 8], rows[:, 9], rows[:, 10]


def _let_go(
    scenario: Scenario, draws: Draws, flown: Flown, air: Air, row_s: float, earth: EarthModel
) -> tuple[Trajectory, ...]:
    """Return the falls of what is let go: spent stages, fairing, boosters, jettisoned bodies."""
    bodies = []
    for released, (key, path, name) in zip(
        np.concatenate([flown.slots[0], flown.others[0]]), _names(scenario), strict=True
    ):
        if not np.isfinite(released[0]):
            continue
        rows, down = _fall_rows(
            released[0], released[1:7], draws[f"{path}.ballistic_kgpm2"], flown.inputs.bodies,
            released[0] + FALL_LIMIT_S, air, row_s, earth,
        )  # fmt: skip
        bodies.append(
            _trajectory(key, name, np.column_stack([rows, np.full(len(rows), np.nan)]), down, earth)
        )
    return tuple(bodies)


def _names(scenario: Scenario) -> list[tuple[str, str, str]]:
    """Return key, path of its values and name of each body that can be let go, in the order of releases."""
    vehicle = scenario.vehicle
    stages = [(f"stage-{i}", f"vehicle.stage.{i}", s.name) for i, s in enumerate(vehicle.stage, 1)]
    boosters = [(f"booster-{i}", f"vehicle.booster.{i}", b.name) for i, b in enumerate(vehicle.booster, 1)]
    others = [
        (f"jettisoned-{i}", f"vehicle.jettisoned.{i}", b.name) for i, b in enumerate(vehicle.jettisoned, 1)
    ]
    return [*stages, ("fairing", "vehicle.fairing", "Fairing"), *boosters, *others]


def _fall_rows(
    start_s: float,
    state: Array,
    ballistic: Array,
    bodies: Array,
    end_s: float,
    air: Air,
    row_s: float,
    earth: EarthModel,
) -> tuple[Array, bool]:
    """Return rows (r, 7) from ``start_s`` to the ground or ``end_s``, first and last instants included."""
    from overflight.flight.kernels_fall import ON_GROUND, fall_rows

    count = int((end_s - start_s) / row_s) + 2
    rows, filled, ends = fall_rows(
        np.array([start_s]), np.ascontiguousarray(state)[None], ballistic, bodies, end_s, FALL_TOLERANCE_M,
        air.coefficients, TUMBLING_DRAG, earth.as_array(), count, row_s,
    )  # fmt: skip
    middle = rows[0, : int(filled[0])]
    first = np.concatenate([[start_s], state])[None]
    table = np.concatenate([first, middle[middle[:, 0] > start_s + 1e-6]])
    if ends[0, 1] > table[-1, 0] + 1e-6:
        table = np.concatenate([table, ends[:1, 1:8]])
    return table, bool(ends[0, 0] == ON_GROUND)


def _trajectory(key: str, name: str, rows: Array, on_ground: bool, earth: EarthModel) -> Trajectory:
    position, velocity = eci_to_ecef(rows[:, 1:4], rows[:, 4:7], rows[:, 0], earth)
    latitude, longitude, height = geodetic_rows(rows, earth)
    inertial = np.linalg.norm(rows[:, 4:7], axis=1)
    return Trajectory(
        key,
        name,
        rows[:, 0],
        position,
        velocity,
        latitude,
        longitude,
        height,
        inertial,
        rows[:, 7],
        on_ground,
    )


def _events(flown: Flown) -> tuple[Event, ...]:
    from overflight.flight.kernels_ascent import CUT_OFF, HIT_GROUND

    times = flown.inputs.times
    last, code, end_s = flown.slots.shape[1] - 1, flown.ends[0, 0], float(flown.ends[0, 1])
    events = [Event("lift-off", 1, 0.0)]
    for k in range(last):
        if k and times.ignition_s[0, k] < end_s:
            events.append(Event("ignition", k + 1, float(times.ignition_s[0, k])))
        if k < last - 1 and times.burnout_s[0, k] < end_s:
            events.append(Event("burn-out", k + 1, float(times.burnout_s[0, k])))
        if k < last - 1 and np.isfinite(flown.slots[0, k, 0]):
            events.append(Event("separation", k + 1, float(flown.slots[0, k, 0])))
    if np.isfinite(flown.slots[0, last, 0]):
        events.append(Event("fairing", 0, float(flown.slots[0, last, 0])))
    gone = flown.others[0, :, 0]
    events += [Event("jettison", 0, float(time_s)) for time_s in gone[np.isfinite(gone)]]
    if code != HIT_GROUND:
        events.append(Event("cut-off" if code == CUT_OFF else "burn-out", last, end_s))
    return tuple(sorted(events, key=lambda event: event.time_s))
