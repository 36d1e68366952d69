"""Instantaneous impact point: where a vehicle, or a piece of it, would come down if thrust ended now.

Three models, from the one of the rules to the one nearest to the truth: ``vacuum`` (two-body arc to the
ellipsoid, 14 CFR Part 420 Appendix B (d)(3)(v)), ``j2`` (the same with the oblate Earth's gravity, which
moves the point by a kilometre in mid-ascent and by a hundred next to orbital speed) and ``drag`` (gravity to
J6, air and wind, for a body of a given ballistic coefficient).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache, partial
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.earth.air import Air, build_air
from overflight.earth.constants import WGS84, EarthModel
from overflight.earth.frames import (
    ecef_to_eci,
    ecef_to_geodetic,
    eci_to_ecef,
    geodetic_to_ecef,
    local_axes,
)
from overflight.errors import InputError
from overflight.flight.orbit_reached import apsides
from overflight.flight.simulate import FALL_TOLERANCE_M, TUMBLING_DRAG, vacuum_impact
from overflight.flight.trajectory import Trajectory

__all__ = [
    "MODELS",
    "ImpactCode",
    "ImpactModel",
    "ImpactPoints",
    "impact_points",
    "impact_points_along",
    "local_states",
]

Array = NDArray[np.float64]
ImpactModel = Literal["vacuum", "j2", "drag"]
MODELS: tuple[ImpactModel, ...] = get_args(ImpactModel)

NO_DRAG_KGPM2 = 1e30
J2_TOLERANCE_M = 1e-4
LONGEST_S = 1e7  # of a fall that is followed; so long an orbit leaves the reach of the Earth
ONE_ROUND = 1.02  # of the two-body period: J2 changes the time from perigee to perigee by 0.3 % at most


class ImpactCode(IntEnum):
    """What becomes of a state; only ``IMPACT`` has a place and a time."""

    IMPACT = 0
    ALREADY_DOWN = 1
    """The state lies below the ground already."""
    ORBIT = 2
    """It comes round once without coming down."""
    ESCAPE = 3
    """It leaves the Earth, or passes it by, faster than escape."""
    NOT_SOLVED = 4
    """The state holds something that is not a number."""

    @property
    def words(self) -> str:
        """The code as tables show it, e.g. ``already down``."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class ImpactPoints:
    """Impact points of states, arrays (m,).

    ``code`` holds values of :class:`ImpactCode`; ``latitude_rad``, ``longitude_rad`` (geodetic, -pi..pi) and
    ``flight_s`` (from the state to the impact) are NaN wherever the code is not ``IMPACT``.
    """

    model: ImpactModel
    code: NDArray[np.int64]
    latitude_rad: Array = field(repr=False)
    longitude_rad: Array = field(repr=False)
    flight_s: Array = field(repr=False)

    def __len__(self) -> int:
        return len(self.code)

    @property
    def words(self) -> tuple[str, ...]:
        """The codes in words."""
        return tuple(ImpactCode(code).words for code in self.code)

    def to_dataframe(self):  # noqa: ANN201
        """Return the points as a pandas DataFrame, angles in degrees."""
        import pandas as pd

        return pd.DataFrame(
            {
                "code": self.words,
                "iip_latitude_deg": np.degrees(self.latitude_rad),
                "iip_longitude_deg": np.degrees(self.longitude_rad),
                "flight_s": self.flight_s,
            }
        )

    def _repr_html_(self) -> str:
        counts = np.bincount(self.code, minlength=len(ImpactCode))
        parts = [f"{counts[code]} {code.words}" for code in ImpactCode if counts[code]]
        return f"<b>Impact points</b> ({self.model}) of {len(self)} states: {', '.join(parts) or 'none'}"


def impact_points(
    time_s: ArrayLike,
    states: ArrayLike,
    *,
    model: ImpactModel = "vacuum",
    ballistic_kgpm2: ArrayLike | None = None,
    air: Air | None = None,
    height_m: float = 0.0,
    earth: EarthModel = WGS84,
) -> ImpactPoints:
    """Return the impact points of ECI states at geodetic height ``height_m``.

    Parameters
    ----------
    time_s : (m,) or one number, seconds since the ECI and ECEF axes coincided
    states : (m, 6) or (6,), ECI position (m) and velocity (m/s)
    ballistic_kgpm2 : model ``drag`` alone: m / (Cd A) at low Mach, (m,) or one number; drag rises with Mach
        as that of a tumbling blunt piece (:data:`~overflight.flight.simulate.TUMBLING_DRAG`)
    air : model ``drag`` alone: air and wind, by default US Standard Atmosphere 1976 at rest

    Raises
    ------
    InputError : an unknown model; a ballistic coefficient that is missing, not above zero, or without use
    """
    state = np.ascontiguousarray(np.atleast_2d(np.asarray(states, float))[:, :6])
    time = np.broadcast_to(np.asarray(time_s, float), len(state)).copy()
    ballistic = _ballistic(model, ballistic_kgpm2, air, len(state))
    columns: tuple[NDArray[Any], ...]
    if model == "vacuum":
        solved = vacuum_impact(time, state, earth, height_m)
        columns = solved[:, 0].astype(np.int64), solved[:, 1], solved[:, 2], solved[:, 3]
    else:
        with_air = (air or _calm()) if model == "drag" else None
        acting = earth.up_to(2) if model == "j2" else earth
        columns = _integrated(time, state, ballistic, with_air, height_m, acting)
    for column in columns:
        column.flags.writeable = False
    return ImpactPoints(model, *columns)


def impact_points_along(
    trajectory: Trajectory,
    *,
    model: ImpactModel = "vacuum",
    ballistic_kgpm2: ArrayLike | None = None,
    air: Air | None = None,
    height_m: float = 0.0,
    earth: EarthModel = WGS84,
) -> ImpactPoints:
    """Return the impact points of every row of a trajectory; see :func:`impact_points`."""
    states = ecef_to_eci(trajectory.position_m, trajectory.velocity_mps, trajectory.time_s, earth)
    return impact_points(
        trajectory.time_s,
        np.concatenate(states, axis=-1),
        model=model,
        ballistic_kgpm2=ballistic_kgpm2,
        air=air,
        height_m=height_m,
        earth=earth,
    )


def local_states(
    latitude_rad: ArrayLike,
    longitude_rad: ArrayLike,
    height_m: ArrayLike,
    east_mps: ArrayLike,
    north_mps: ArrayLike,
    up_mps: ArrayLike,
    earth: EarthModel = WGS84,
) -> Array:
    """Return ECI states (m, 6) at time zero from geodetic places and velocities relative to the Earth.

    All arguments (m,) or one number; velocity along local east, north and up (geodetic vertical).
    """
    columns = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(column, float)) for column in (latitude_rad, longitude_rad, height_m)),
        *(np.atleast_1d(np.asarray(column, float)) for column in (east_mps, north_mps, up_mps)),
    )
    latitude, longitude, height, *speeds = columns
    axes = local_axes(latitude, longitude)
    velocity = np.add.reduce([speed[:, None] * axis for speed, axis in zip(speeds, axes, strict=True)])
    position = geodetic_to_ecef(latitude, longitude, height, earth)
    return np.concatenate(ecef_to_eci(position, velocity, 0.0, earth), axis=-1)


@cache
def _calm() -> Air:
    return build_air()


def _ballistic(model: str, given: ArrayLike | None, air: Air | None, count: int) -> Array:
    """Return the ballistic coefficient (m,) of a model; refuse what does not fit together."""
    if model not in MODELS:
        raise InputError(
            "model", found=repr(model), allowed=", ".join(MODELS), remedy="Choose one of these models."
        )
    if model != "drag":
        if given is not None or air is not None:
            what, remedy = "a body or air for a fall without drag", "Leave it out, or choose the model drag."
            raise InputError("model", found=f"{model} with {what}", allowed="drag with a body", remedy=remedy)
        return np.full(count, NO_DRAG_KGPM2)
    values = np.full(count, np.nan) if given is None else np.broadcast_to(np.asarray(given, float), count)
    if given is None or not np.all((values > 0.0) & (values < np.inf)):
        raise InputError(
            "ballistic_kgpm2",
            found="nothing" if given is None else f"{values[~((values > 0.0) & (values < np.inf))][0]:g}",
            allowed="numbers above 0 kg/m2",
            remedy="Give mass / (drag coefficient x area): about 10 for sheet metal, 1000 for a full stage.",
        )
    return values.copy()


def _integrated(
    time_s: Array,
    states: Array,
    ballistic_kgpm2: Array,
    air: Air | None,
    height_m: float,
    earth: EarthModel,
) -> tuple[NDArray[np.int64], Array, Array, Array]:
    """Return code, latitude, longitude, time of flight (m,) by flying each state for one round at most.

    ``air`` is None for a fall without drag. A round may end in the middle of the slow fall of light debris:
    in air, what no longer clears the ground goes on.
    """
    from overflight.flight.kernels_fall import IN_FLIGHT, ON_GROUND

    code = np.full(len(states), int(ImpactCode.NOT_SOLVED))
    place = np.full((3, len(states)), np.nan)
    finite = np.isfinite(states).all(axis=1) & np.isfinite(time_s)
    position, _ = eci_to_ecef(states[:, :3], states[:, 3:], time_s, earth)
    down = finite & (ecef_to_geodetic(position, earth)[2] < height_m)
    code[down] = ImpactCode.ALREADY_DOWN
    row = np.flatnonzero(finite & ~down)
    fall = partial(_fall, air=air, height_m=height_m, earth=earth)
    flown = fall(states[row], ballistic_kgpm2[row], _round_s(states[row], earth))
    if air is not None:
        sinking = (flown[:, 0] == IN_FLIGHT) & (apsides(flown[:, 2:8], earth).perigee_m < height_m)
        more = fall(flown[sinking, 2:8], ballistic_kgpm2[row[sinking]], np.full(sinking.sum(), LONGEST_S))
        more[:, 1] += flown[sinking, 1]
        flown[sinking] = more
    hit, aloft = flown[:, 0] == ON_GROUND, flown[:, 0] == IN_FLIGHT
    bound = _energy(flown[:, 2:8], earth) < 0.0
    code[row[aloft]] = np.where(bound[aloft], ImpactCode.ORBIT, ImpactCode.ESCAPE)
    code[row[hit]] = ImpactCode.IMPACT
    impact, _ = eci_to_ecef(flown[hit, 2:5], flown[hit, 5:8], time_s[row[hit]] + flown[hit, 1], earth)
    latitude, longitude, _ = ecef_to_geodetic(impact, earth)
    place[:, row[hit]] = latitude, longitude, flown[hit, 1]
    return code, place[0], place[1], place[2]


def _fall(
    states: Array,
    ballistic_kgpm2: Array,
    limit_s: Array,
    *,
    air: Air | None,
    height_m: float,
    earth: EarthModel,
) -> Array:
    """Return code, time since the state (s), ECI position and velocity (m, 8) at the end of each fall."""
    from overflight.flight.kernels_fall import fall_many
    from overflight.flight.kernels_rhs import BODY_COLUMNS, DENSITY_FACTOR, GROUND_M, WIND_FACTOR

    body = np.zeros((1, BODY_COLUMNS))
    body[0, [WIND_FACTOR, DENSITY_FACTOR, GROUND_M]] = 1.0, 1.0, height_m
    zero = np.zeros(len(states), np.int64)
    result, _ = fall_many(
        np.zeros(len(states)), np.ascontiguousarray(states), ballistic_kgpm2, zero, body, limit_s,
        J2_TOLERANCE_M if air is None else FALL_TOLERANCE_M, (air or _calm()).coefficients,
        TUMBLING_DRAG[None], zero, earth.as_array(),
    )  # fmt: skip
    return result


def _energy(states: Array, earth: EarthModel) -> Array:
    """Return the two-body energy (m2/s2) of states (m, 6)."""
    radius = np.linalg.norm(states[:, :3], axis=1)
    return 0.5 * np.sum(states[:, 3:] ** 2, axis=1) - earth.mu_m3ps2 / radius


def _round_s(states: Array, earth: EarthModel) -> Array:
    """Return how long a fall is followed: a little more than one revolution of the state's ellipse."""
    axis = -0.5 * earth.mu_m3ps2 / np.minimum(_energy(states, earth), -1.0)
    return np.minimum(ONE_ROUND * 2.0 * np.pi * np.sqrt(axis**3 / earth.mu_m3ps2), LONGEST_S)
