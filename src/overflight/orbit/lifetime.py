"""How long an orbit lasts: the ballistic factor fitted to a series of sets, and the date band of its decay.

Drag averaged over a revolution (D. G. King-Hele, Satellite Orbits in an Atmosphere, 1987, section 4.2, by
quadrature instead of series) lowers axis and eccentricity; the factor Cd A / m is the one that gives the
observed loss of the axis over the sets. The Sun decides the rest: the band runs from constant high to
constant low activity.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from overflight.errors import InputError
from overflight.orbit.density import ACTIVITIES, cycle_phase, density_kgpm3
from overflight.orbit.elements import ElementSeries

__all__ = ["Ballistic", "Lifetime", "axis_loss", "decay_days", "fit_ballistic", "lifetime"]

Array = NDArray[np.float64]
MU, RADIUS_M, DOWN_M = 398600.8e9, 6371.0e3, 120e3
LONGEST_DAYS = 200 * 365.25
BSTAR_M2PKG = 12.741621
"""Cd A / m (m2/kg) over B* (1/Earth radius): 2 / (rho0 R) with SGP4's reference density (AIAA 2006-6753)."""


@dataclass(frozen=True, slots=True)
class Ballistic:
    """Fitted Cd A / m (m2/kg) with the range for other activities in the fit, how it was found, and when."""

    drag_m2pkg: float
    low: float
    high: float
    method: str
    first_utc: datetime
    last_utc: datetime


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Days from the start to decay at low, mean, high activity and following the solar cycle; inf: beyond
    200 years.

    ``curves`` are mean heights (km) over days for each.
    """

    start_utc: datetime
    ballistic: Ballistic
    days: dict[str, float]
    curves: dict[str, tuple[Array, Array]] = field(repr=False)

    def date(self, activity: str) -> datetime | None:
        """Return the date of decay, None beyond 200 years."""
        days = self.days[activity]
        return self.start_utc + timedelta(days=days) if np.isfinite(days) else None

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{name}</td><td>{'beyond 200 years' if day is None else f'{day:%Y-%m-%d}'}</td></tr>"
            for name in self.days
            for day in (self.date(name),)
        )
        return f"<table><caption>decay by solar activity</caption>{rows}</table>"


def axis_loss(axis_m: float, eccentricity: float, activity: str | float) -> tuple[float, float]:
    """Return da/dt (m/s) and de/dt (1/s) of a body with Cd A / m of 1 m2/kg, averaged over a revolution.

    The air turns with the Earth, which a factor of 1 would neglect by some per cent for orbits over the
    poles and ten for low inclinations; the fit takes that into the ballistic factor.
    """
    anomaly = (np.arange(64) + 0.5) * 2.0 * np.pi / 64
    c, e = np.cos(anomaly), eccentricity
    rho = density_kgpm3(axis_m * (1.0 - e * c) - RADIUS_M, activity)
    root = np.sqrt((1.0 + e * c) / (1.0 - e * c))
    da = -np.sqrt(MU * axis_m) * float(np.mean(rho * (1.0 + e * c) * root))
    de = -np.sqrt(MU / axis_m) * (1.0 - e * e) * float(np.mean(rho * root * c))
    return da, de


def decay_days(
    axis_m: float, eccentricity: float, drag_m2pkg: float, activity: str, start_utc: datetime
) -> tuple[float, tuple[Array, Array]]:
    """Return days until the perigee is below 120 km, inf beyond 200 years, and days with mean heights
    (km).
    """
    a, e, day = axis_m, eccentricity, 0.0
    days, heights = [0.0], [(a - RADIUS_M) / 1e3]
    while a * (1.0 - e) - RADIUS_M > DOWN_M:
        at = cycle_phase(start_utc + timedelta(days=min(day, 60_000.0))) if activity == "cycle" else activity
        da, de = (drag_m2pkg * rate * 86400.0 for rate in axis_loss(a, e, at))
        room = max(a * (1.0 - e) - RADIUS_M - 0.5 * DOWN_M, 1e3)
        step = min(0.02 * room / max(-da, 1e-12), 60.0 if activity == "cycle" else 3650.0, LONGEST_DAYS)
        mid_a, mid_e = a + 0.5 * step * da, max(e + 0.5 * step * de, 0.0)
        da, de = (drag_m2pkg * rate * 86400.0 for rate in axis_loss(mid_a, mid_e, at))
        a, e, day = a + step * da, max(e + step * de, 0.0), day + step
        days.append(day)
        heights.append((a - RADIUS_M) / 1e3)
        if day > LONGEST_DAYS:
            return float("inf"), (np.array(days), np.array(heights))
    return day, (np.array(days), np.array(heights))


def fit_ballistic(series: ElementSeries) -> Ballistic:
    """Return Cd A / m from the loss of the mean axis over a series, or from B* where there is one set only.

    The activity of the time is that of the solar cycle; the range is what a quarter of its swing more or
    less gives. An orbit that did not sink over the series falls back to B*.

    Raises
    ------
    InputError : deep-space orbits, whose axis the Sun and Moon move more than drag; no drag to be seen at all
    """
    first, last = series[0], series[-1]
    if last.is_deep_space or last.mean_heights_km[0] > 1400.0:
        raise InputError(
            series.where, "lifetime", found=f"a perigee at {last.mean_heights_km[0]:.0f} km, period "
            f"{last.period_s / 60:.0f} min", allowed="a perigee below 1400 km and a period below 225 min",
            remedy="Such an orbit does not decay by drag alone within what is modelled here.",
        )  # fmt: skip
    days = last.epoch_jd - first.epoch_jd + last.epoch_fraction - first.epoch_fraction
    rate = _sinking(series) if days >= 2.0 else 0.0
    phase = cycle_phase(last.epoch_utc)
    band = [float(np.clip(phase + shift, 0.0, 1.0)) for shift in (-0.25, 0.0, 0.25)]
    axis = 1e3 * last.mean_axis_km
    if rate < 0.0:
        factors = [rate / 86400.0 / axis_loss(axis, last.eccentricity, share)[0] for share in band]
        method = f"loss of the mean axis, {-rate:.1f} m a day over {days:.1f} days"
    else:
        factors = [BSTAR_M2PKG * last.bstar] * 3
        method = (
            "B* of the newest set (the axis did not sink over the series)" if days >= 2.0 else "B* of one set"
        )
    if not factors[1] > 0.0:
        raise InputError(
            series.where, "lifetime", found="no drag in the sets (B* of 0 or below, no loss of height)",
            allowed="sets of at least two days in which the orbit sinks", remedy="Add sets of other days.",
        )  # fmt: skip
    return Ballistic(factors[1], min(factors), max(factors), method, first.epoch_utc, last.epoch_utc)


def _sinking(series: ElementSeries) -> float:
    """Return the loss of the mean axis (m/day) by the weighted median over neighbouring sets."""
    time = np.array([s.epoch_jd - series[0].epoch_jd + s.epoch_fraction for s in series])
    axis = np.array([1e3 * s.mean_axis_km for s in series])
    gap = np.diff(time)
    slope = np.diff(axis) / gap
    order = np.argsort(slope)
    weight = np.cumsum(gap[order])
    return float(slope[order][np.searchsorted(weight, 0.5 * weight[-1])])


def lifetime(series: ElementSeries) -> Lifetime:
    """Return the date band of decay of the newest set of a satellite.

    High activity takes the high end of the fitted factor and low activity the low end, so that the band
    holds both uncertainties.
    """
    last, ballistic = series[-1], fit_ballistic(series)
    axis, e = 1e3 * last.mean_axis_km, last.eccentricity
    factor = {"low": ballistic.low, "mean": ballistic.drag_m2pkg, "high": ballistic.high}
    days, curves = {}, {}
    for name in (*ACTIVITIES, "cycle"):
        drag = factor.get(name, ballistic.drag_m2pkg)
        days[name], curves[name] = decay_days(axis, e, drag, name, last.epoch_utc)
    return Lifetime(last.epoch_utc, ballistic, days, curves)
