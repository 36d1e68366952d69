"""Placed into orbit? A state with its spread, flown on: orbit, decay within some revolutions, fall, and
where.

Every draw of the state is integrated with J2 to J6 and drag for the revolutions asked for, down to 80 km.
One that comes down before it has gone round once falls; one that comes down later decays; one that does
not is in orbit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from overflight import rng
from overflight.earth.frames import ecef_to_geodetic
from overflight.earth.orientation import julian_date
from overflight.errors import InputError
from overflight.orbit.frames import itrf_from_teme
from overflight.orbit.numerical import Forces, propagate
from overflight.orbit.state import StateVector, ellipsoid_heights_m, osculating

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OUTCOMES", "Insertion", "assess_insertion", "draw_states"]

Array = NDArray[np.float64]
OUTCOMES = ("orbit", "decays", "falls", "escapes")
DRAG_M2PKG = (0.002, 0.05)
"""Cd A / m drawn over this range, evenly in its logarithm: a compact satellite to a light empty stage."""


@dataclass(frozen=True, slots=True)
class Insertion:
    """The verdict on a state: draws (n,) with weight, outcome index, elements and, for what comes down,
    where.

    Heights are over the ellipsoid along the osculating ellipse (km); ``revolutions`` is when it came down,
    NaN if it did not; ``down_lonlat`` (n, 2) in degrees is where it passed 80 km.
    """

    state: StateVector
    asked_revolutions: float
    outcome: NDArray[np.int64] = field(repr=False)
    perigee_km: Array = field(repr=False)
    apogee_km: Array = field(repr=False)
    inclination_deg: Array = field(repr=False)
    period_min: Array = field(repr=False)
    revolutions: Array = field(repr=False)
    down_s: Array = field(repr=False)
    down_lonlat: Array = field(repr=False)

    def __len__(self) -> int:
        return len(self.outcome)

    def probability(self, outcome: str) -> tuple[float, float]:
        """Return the share of draws with an outcome, and its standard error (at least that of one draw)."""
        p = float((self.outcome == OUTCOMES.index(outcome)).mean())
        n = len(self)
        return p, float(np.sqrt(max(p * (1.0 - p), 1.0 / n * (1.0 - 1.0 / n)) / n)) if n > 1 else 0.0

    def band(self, name: str) -> tuple[float, float, float]:
        """Return the 5, 50 and 95 % points of a column (``perigee_km``)."""
        values = getattr(self, name)
        values = values[np.isfinite(values)]
        if not len(values):
            return float("nan"), float("nan"), float("nan")
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
        return float(low), float(middle), float(high)

    @property
    def verdict(self) -> str:
        """One sentence."""
        likely = max(OUTCOMES, key=lambda name: self.probability(name)[0])
        p, error = self.probability(likely)
        words = {
            "orbit": f"in orbit: still up after {self.asked_revolutions:g} revolutions",
            "decays": f"decays within {self.asked_revolutions:g} revolutions",
            "falls": "falls before it has gone round once",
            "escapes": "leaves the Earth",
        }[likely]
        return f"{words} ({100 * p:.0f} ± {100 * error:.0f} % of {len(self)} draws)"

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a draw."""
        import pandas as pd

        return pd.DataFrame(
            {
                "outcome": [OUTCOMES[i] for i in self.outcome],
                "perigee_km": self.perigee_km,
                "apogee_km": self.apogee_km,
                "inclination_deg": self.inclination_deg,
                "period_min": self.period_min,
                "revolutions": self.revolutions,
                "down_s": self.down_s,
                "down_longitude_deg": self.down_lonlat[:, 0],
                "down_latitude_deg": self.down_lonlat[:, 1],
            }
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{name}</td><td>{100 * self.probability(name)[0]:.1f} %</td></tr>" for name in OUTCOMES
        )
        return f"<b>{escape(self.state.name)}</b>: {self.verdict}<table>{rows}</table>"


def draw_states(state: StateVector, count: int, seed: int) -> Array:
    """Return draws (n, 6) of a state by its covariance, the first the state itself; all the same without
    one.
    """
    if state.covariance is None:
        return np.repeat(state.vector[None], count, axis=0)
    values, axes = np.linalg.eigh(state.covariance)
    root = axes * np.sqrt(np.maximum(values, 0.0))
    keys = np.arange(count)
    normal = np.stack([rng.normal(seed, f"orbit.insertion.{k}", keys) for k in range(6)], axis=1)
    normal[0] = 0.0
    return state.vector + normal @ root.T


def assess_insertion(
    state: StateVector,
    *,
    draws: int = 400,
    seed: int = 1,
    revolutions: float = 16.0,
    drag_m2pkg: tuple[float, float] = DRAG_M2PKG,
    activity: str | float = "mean",
    states: Array | None = None,
    epochs_s: Sequence[float] | Array | None = None,
) -> Insertion:
    """Return the verdict on a state.

    Parameters
    ----------
    draws, seed : how many states are drawn from the covariance, reproducibly
    revolutions : for how long each is followed
    drag_m2pkg : range of Cd A / m (m2/kg), drawn evenly in its logarithm
    states, epochs_s : draws (n, 6) TEME made elsewhere, as by flights, with their times after the epoch

    Raises
    ------
    InputError : the state itself is hyperbolic
    """
    if not float(osculating(state.vector).eccentricity) < 1.0:
        raise InputError(
            state.where or state.name, "state", found="a hyperbolic state", allowed="an ellipse",
            remedy="It leaves the Earth; check units and frame.",
        )  # fmt: skip
    rows = draw_states(state, draws, seed) if states is None else np.asarray(states, float)
    count = len(rows)
    share = rng.uniform(seed, "orbit.insertion.drag", np.arange(count))
    drag = drag_m2pkg[0] * (drag_m2pkg[1] / drag_m2pkg[0]) ** share
    found = osculating(rows)
    bound = found.eccentricity < 1.0
    perigee, apogee = ellipsoid_heights_m(found)
    period = np.where(bound, found.period_s, np.nan)
    up = np.flatnonzero(bound)
    outcome = np.full(count, OUTCOMES.index("escapes"))
    down_s, place = np.full(count, np.nan), np.full((count, 2), np.nan)
    limit = float(np.nanmax(period)) * revolutions
    paths = propagate(
        rows[up], state.epoch_utc, limit, row_s=limit, forces=Forces(activity=activity),
        drag_m2pkg=drag[up], tolerance_m=1e-2,
    )  # fmt: skip
    start = np.zeros(count) if epochs_s is None else np.asarray(epochs_s, float)
    down = up[paths.down]
    down_s[down] = paths.ends[paths.down, 0]
    if len(down):
        place[down] = _places(state.epoch_utc, start[down] + down_s[down], paths.ends[paths.down, 1:4])
    turns = down_s / period
    outcome[up] = OUTCOMES.index("orbit")
    outcome[down] = np.where(turns[down] < 1.0, OUTCOMES.index("falls"), OUTCOMES.index("decays"))
    late = down[turns[down] > revolutions]
    outcome[late] = OUTCOMES.index("orbit")
    return Insertion(
        state, revolutions, outcome, perigee / 1e3, apogee / 1e3,
        np.degrees(found.inclination_rad), period / 60.0,
        turns, down_s, place,
    )  # fmt: skip


def _places(epoch: datetime, time_s: Array, position_m: Array) -> Array:
    jd, fraction = julian_date(epoch)
    itrf, _ = itrf_from_teme(position_m, None, np.full(len(time_s), jd), fraction + time_s / 86400.0)
    latitude, longitude, _ = ecef_to_geodetic(itrf)
    return np.stack([np.degrees(longitude), np.degrees(latitude)], axis=1)
