"""Lifetime and manoeuvres from a series of element sets."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from overflight.formats.csv_tables import Column, csv_table
from overflight.jobs.orbit import OrbitRequest, Part, one_satellite, start_of
from overflight.orbit.elements import ElementSeries
from overflight.orbit.lifetime import Lifetime, lifetime
from overflight.orbit.manoeuvres import Manoeuvres, find_manoeuvres
from overflight.orbit.summary import whereabouts
from overflight.report.orbit_values import Curve, OrbitChart, OrbitSection, OrbitTable

__all__ = ["lifetime_part", "manoeuvres_part"]

ACTIVITY_WORDS = {
    "high": "high all the time (F10.7 of 250)", "mean": "mean all the time (140)",
    "low": "low all the time (65)", "cycle": "following the solar cycle",
}  # fmt: skip
NOTE = (
    "Without manoeuvres. A forecast does not know the Sun and has the whole band; this one has not been "
    "held against "
    "the decay of other satellites."
)
LIFETIME_SOURCES = (
    "Drag averaged over a revolution: D. G. King-Hele, Satellite Orbits in an Atmosphere (1987).",
    "Density: NRLMSIS 2.1 averaged over globe and season; activity as in ECSS-E-ST-10-04C Rev 1.",
)


def lifetime_part(series: ElementSeries, request: OrbitRequest) -> Part:
    """Return the date band of decay."""
    own = one_satellite(series, request.satellite)
    start_of(own, request)
    whereabouts(own[-1], own[-1].epoch_utc)
    found = lifetime(own)
    early, late = found.date("high"), found.date("low")
    return Part(
        sections=(_lifetime_section(found),),
        files=(("lifetime.csv", _curves_csv(found).encode(), "mean height over time by solar activity"),),
        headline=f"{own[-1].label}: down between {_year(early)} and {_year(late)}, if it does not manoeuvre",
        lede=(
            f"From the set of {found.start_utc:%Y-%m-%d}: {_span(found.days['high'])} with a very active "
            f"Sun, "
            f"{_span(found.days['low'])} with a quiet one, {_span(found.days['cycle'])} following the cycle. "
            "The Sun decides; no single date can honestly be given."
        ),
        key_figures=(
            (_year(early), "high activity"), (_year(found.date("cycle")), "following the cycle"),
            (_year(late), "low activity"), (f"{found.ballistic.drag_m2pkg:.4f} m²/kg", "drag area Cd A / "
            "m, fitted"),
        ),
        sources=LIFETIME_SOURCES,
    )  # fmt: skip


def _year(date: datetime | None) -> str:
    return f"{date:%Y-%m}" if date is not None else "after 200 years"


def _span(days: float) -> str:
    if not np.isfinite(days):
        return "more than 200 years"
    return f"{days / 365.25:.1f} years" if days > 700 else f"{days:.0f} days"


def _lifetime_section(found: Lifetime) -> OrbitSection:
    b = found.ballistic
    rows = tuple(
        (ACTIVITY_WORDS[name], _span(found.days[name]), _year(found.date(name)))
        for name in ("high", "mean", "cycle", "low")
    )
    most = min(max(d for d in found.days.values() if np.isfinite(d)) if _ends(found) else 73_000.0, 73_000.0)
    curves = tuple(
        Curve(name, tuple((x[x <= most] / 365.25).tolist()), tuple(y[x <= most].tolist()))
        for name, (x, y) in found.curves.items()
    )
    lead = (
        f"Drag area {b.drag_m2pkg:.4f} m²/kg ({b.low:.4f} to {b.high:.4f}), from the {b.method}, "
        f"{b.first_utc:%Y-%m-%d} to {b.last_utc:%Y-%m-%d}."
    )
    caption = "High activity is taken with the high end of the fitted drag, low with the low end."
    return OrbitSection(
        "lifetime", "How long it stays up", lead,
        tables=(OrbitTable("Decay by solar activity", ("Sun", "From then", "Date"), rows, (1,)),),
        charts=(OrbitChart("Mean height", "years", "height, km", curves, caption),),
        notes=(NOTE,),
        data={
            "start_utc": found.start_utc, "ballistic": b, "days": found.days,
            "dates": {name: found.date(name) for name in found.days},
        },
    )  # fmt: skip


def _ends(found: Lifetime) -> bool:
    return any(np.isfinite(days) for days in found.days.values())


def _curves_csv(found: Lifetime) -> str:
    names = [name for name, (x, _) in found.curves.items() for _ in x]
    return csv_table(
        [
            Column("activity", None, names),
            Column("days", None, np.concatenate([x for x, _ in found.curves.values()]), 2),
            Column("mean_height", "km", np.concatenate([y for _, y in found.curves.values()]), 3),
        ]
    )


def manoeuvres_part(series: ElementSeries, request: OrbitRequest) -> Part:
    """Return the manoeuvres in a series."""
    own = one_satellite(series, request.satellite)
    start_of(own, request)
    found = find_manoeuvres(own)
    return Part(
        sections=(_manoeuvre_section(found, own),),
        files=(("manoeuvres.csv", _manoeuvres_csv(found).encode(), "each with its bracket and delta-v"),),
        headline=f"{own[-1].label}: {_count(found)} in {found.sets} sets",
        lede=(
            f"From {found.first_utc:%Y-%m-%d} to {found.last_utc:%Y-%m-%d} the mean axis fell by "
            f"{-found.trend_mpday:.1f} m a day; changes of more than four times the noise "
            f"({found.noise_m:.0f} m an "
            "interval) are taken for burns. What is smaller cannot be told from drag."
        ),
        sources=("Mean axis: Brouwer, from the elements by the un-Kozai step of SGP4.",),
    )


def _count(found: Manoeuvres) -> str:
    number = len(found.found)
    return "no manoeuvre found" if not number else "1 manoeuvre" if number == 1 else f"{number} manoeuvres"


def _manoeuvre_section(found: Manoeuvres, own: ElementSeries) -> OrbitSection:
    rows = tuple(
        (
            f"{m.after_utc:%Y-%m-%d %H:%M}", f"{m.before_utc:%Y-%m-%d %H:%M}", f"{m.axis_change_m:+.0f} m",
            f"{m.delta_v_mps:+.3f} ± {m.error_mps:.3f} m/s",
            f"{m.plane_mps:.2f} m/s" if m.plane_mps else "none seen",
            f"{m.perigee_km[0]:.1f} to {m.perigee_km[1]:.1f} km", f"{m.apogee_km[0]:.1f} to "
            f"{m.apogee_km[1]:.1f} km",
            f"{m.sigma:.0f}",
        )
        for m in found.found
    )  # fmt: skip
    heads = (
        "After, UTC",
        "Before",
        "Axis",
        "Delta-v along track",
        "Turning the plane",
        "Perigee",
        "Apogee",
        "Sigma",
    )
    time = [s.age_days(own[0].epoch_utc) for s in own]
    curve = Curve(
        "mean axis less 6378.1 km", tuple(-t for t in time), tuple(s.mean_axis_km - 6378.135 for s in own)
    )
    chart = OrbitChart("Mean height", f"days after {own[0].epoch_utc:%Y-%m-%d}", "height, km", (curve,))
    return OrbitSection(
        "manoeuvres", "Manoeuvres", f"{_count(found).capitalize()}; the burn lies between the two epochs "
        f"given.",
        tables=(OrbitTable("Manoeuvres found", heads, rows, (7,)),), charts=(chart,),
        notes=("Several burns between two sets count as one; a raise and a lowering between them cancel.",),
        data=found,
    )  # fmt: skip


def _manoeuvres_csv(found: Manoeuvres) -> str:
    rows = found.found
    return csv_table(
        [
            Column("after", "utc", [m.after_utc for m in rows]),
            Column("before", "utc", [m.before_utc for m in rows]),
            Column("axis_change", "m", [m.axis_change_m for m in rows], 1),
            Column("delta_v", "mps", [m.delta_v_mps for m in rows], 4),
            Column("delta_v_error", "mps", [m.error_mps for m in rows], 4),
            Column("plane_change", "mps", [m.plane_mps for m in rows], 3),
            Column("sigma", None, [m.sigma for m in rows], 1),
        ]
    )
