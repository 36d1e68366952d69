"""Ground tracks and impact lines of an ensemble's flights, flown again from their keys."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.earth.air import Air
from overflight.earth.constants import WGS84, EarthModel
from overflight.flight.ensemble import Ensemble
from overflight.flight.launch import refly
from overflight.flight.simulate import geodetic_rows, vacuum_impact
from overflight.scenario.model import Scenario

__all__ = ["ROW_S", "TRACK_END_S", "Tracks", "fly_tracks"]

Array = NDArray[np.float64]
ROW_S = 2.0
TRACK_END_S = 1800.0
"""Tracks are followed to orbit, to the ground or to half an hour after lift-off, whichever is first."""


@dataclass(frozen=True, slots=True)
class Tracks:
    """Paths over the ground of some flights, rows (n, r) at ``time_s`` (r,), NaN past their end.

    ``latitude_rad``, ``longitude_rad``, ``height_m`` follow the vehicle to the end of powered flight and,
    short of orbit, then its remains in one piece; what is in orbit no longer threatens anyone below.
    ``impact_latitude_rad``, ``impact_longitude_rad`` are the vacuum impact points during powered flight, NaN
    where there is none.
    """

    time_s: Array
    latitude_rad: Array = field(repr=False)
    longitude_rad: Array = field(repr=False)
    height_m: Array = field(repr=False)
    impact_latitude_rad: Array = field(repr=False)
    impact_longitude_rad: Array = field(repr=False)
    speed_mps: Array = field(repr=False)
    """Inertial speed."""


def fly_tracks(
    scenario: Scenario,
    ensemble: Ensemble,
    air: Air,
    part: range,
    *,
    row_s: float = ROW_S,
    end_s: float = TRACK_END_S,
    earth: EarthModel = WGS84,
) -> Tracks:
    """Return the tracks of the samples in ``part`` (rows of the ensemble)."""
    from overflight.flight.kernels_ascent import HIT_GROUND
    from overflight.flight.kernels_fall import fall_rows
    from overflight.flight.simulate import FALL_TOLERANCE_M, TUMBLING_DRAG

    keys = ensemble.samples.key[part.start : part.stop]
    outcome = ensemble.samples.outcome[part.start : part.stop]
    count = int(end_s / row_s) + 1
    draws, flown = refly(
        scenario, air, ensemble.seed, keys, outcome, rows=count, row_s=row_s, sampling=ensemble.sampling
    )
    powered = flown.rows
    stage = np.isfinite(flown.slots[:, :-1, 0]).sum(axis=1)
    ballistic = np.stack(
        [draws[f"vehicle.stage.{i + 1}.ballistic_kgpm2"] for i in range(len(scenario.vehicle.stage))], axis=1
    )[np.arange(len(keys)), stage]
    rows, filled, _ = fall_rows(
        flown.ends[:, 1].copy(), flown.ends[:, 2:8].copy(), ballistic, flown.inputs.bodies, end_s,
        FALL_TOLERANCE_M, air.coefficients, TUMBLING_DRAG, earth.as_array(), count, row_s,
    )  # fmt: skip
    joined = powered[:, :, :7].copy()
    for i in range(len(keys)):
        if flown.ends[i, 0] == HIT_GROUND or ensemble.samples.orbit[part.start + i]:
            continue
        first = int(np.ceil(flown.ends[i, 1] / row_s - 1e-9))
        n = min(int(filled[i]), count - first)
        if n > 0:
            joined[i, first : first + n] = rows[i, :n]
    latitude, longitude, height = geodetic_rows(joined, earth)
    flying = np.isfinite(powered[:, :, 0])
    impact = np.full((len(keys), count, 4), np.nan)
    impact[flying] = vacuum_impact(powered[flying][:, 0], powered[flying][:, 1:7], earth)
    return Tracks(
        time_s=row_s * np.arange(count, dtype=np.float64),
        latitude_rad=latitude,
        longitude_rad=longitude,
        height_m=height,
        impact_latitude_rad=impact[:, :, 1],
        impact_longitude_rad=impact[:, :, 2],
        speed_mps=np.linalg.norm(joined[:, :, 4:7], axis=2),
    )
