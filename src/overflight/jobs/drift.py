"""Job ``drift``: where to search at sea, hour by hour: on the bottom where it fell, afloat where it
drifted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from overflight.debris.drift import STEP_S, Drifted, drift
from overflight.debris.leeway import LEEWAY_CLASSES
from overflight.debris.surface_fields import SurfaceField
from overflight.errors import InputError
from overflight.exposure.drop_zones import DropZone, drop_zone
from overflight.formats.csv_tables import Column, csv_table
from overflight.formats.features import Feature, PolygonFeature, Role
from overflight.formats.geojson import feature_collection
from overflight.jobs.drift_start import Start
from overflight.jobs.land import land_round
from overflight.report.drift_figure import DriftArea, drift_figure
from overflight.report.projection import mean_point

__all__ = ["CAVEATS", "DriftRow", "Search", "drift_files", "search_areas"]

FEWEST = 20
"""Particles afloat below which no area is drawn."""
NEAR_S, STALE_S = 3600.0, 6.0 * 3600.0
"""How far beyond its times a field is taken as it was at their end: without a word, and at all where it ends
before the drift begins."""
CAVEATS = (
    "No leeway class for parts of rockets exists: classes of other floating objects stand in for them.",
    "Tides count only as far as the current has them; waves only as far as leeway was measured with them.",
    "Whether a part floats at all is not known: what sinks lies where it came down.",
    "An analysis for search planning, not an order.",
)


@dataclass(frozen=True, slots=True)
class DriftRow:
    """An area at a time: ``branch`` is ``sunk`` or ``afloat``, ``kind`` a class of objects or ``all``.

    ``zone`` holds 90 % (and its half ring 50 %) of what is still afloat; None where too little is. Shares are
    of all particles of the kind.
    """

    branch: str
    kind: str
    hours: float
    zone: DropZone | None
    stranded: float
    left: float


@dataclass(frozen=True, slots=True)
class Search:
    """Search areas of one body; ``ashore`` is the share that came down on land, ``remarks`` what was made up
    for where wind and current are not known."""

    start: Start
    start_utc: datetime
    rows: tuple[DriftRow, ...]
    classes: tuple[str, ...]
    ashore: float
    drifted: Drifted = field(repr=False)
    remarks: tuple[str, ...] = ()


def search_areas(
    start: Start,
    *,
    start_utc: datetime,
    hours: Sequence[float],
    classes: Sequence[str],
    wind: SurfaceField,
    current: SurfaceField,
    wind_sd_mps: float,
    current_sd_mps: float,
    seed: int,
    step_s: float = STEP_S,
    coast: str = "10m",
) -> Search:
    """Return search areas at some hours after ``start_utc``, in steps of ``step_s`` at the most.

    ``coast`` is the scale of the coasts; wide searches take ``50m`` in any case.

    Raises
    ------
    InputError : a start outside the grids or the times of wind or current, or all of it on land
    """
    lon, lat = start.longitude_deg, start.latitude_deg
    remarks: list[str] = []
    for name, grid in (("wind", wind), ("current", current)):
        remarks += _times_checked(name, grid, float(start.time_s.min()), 3600.0 * max(hours), start_utc)
        share = 1.0 - float(grid.covers(lon, lat).mean())
        if share > 0.0:
            raise InputError(
                f"--{name}", found=f"a grid that {100 * share:.3g} % of the start lies outside of",
                allowed="a grid round the whole start and where it drifts",
                remedy="Take a larger part of the field.",
            )  # fmt: skip
    land = _land(lon, lat, max(hours), coast)
    on_land = land(lon, lat)
    if on_land.all():
        raise InputError(
            "start", found="all of it on land", allowed="a part at sea",
            remedy="Nothing drifts; search on land.",
        )  # fmt: skip
    sea = ~on_land
    drifted = drift(
        lon[sea], lat[sea], start.time_s[sea], [3600.0 * hour for hour in hours],
        classes=tuple(LEEWAY_CLASSES[key] for key in classes), wind=wind, current=current, on_land=land,
        wind_sd_mps=wind_sd_mps, current_sd_mps=current_sd_mps, seed=seed, step_s=step_s,
    )  # fmt: skip
    sunk = DriftRow("sunk", "all", 0.0, _zone(lon[sea], lat[sea]), 0.0, 0.0)
    rows = [sunk]
    for t, hour in enumerate(hours):
        for kind, key in ((None, "all"), *((i, key) for i, key in enumerate(classes) if len(classes) > 1)):
            own = np.ones(len(drifted.kind), bool) if kind is None else drifted.kind == kind
            rows.append(_row(drifted, t, own, key, hour))
    ashore = float(on_land.mean())
    return Search(start, start_utc, tuple(rows), tuple(classes), ashore, drifted, tuple(remarks))


def _times_checked(
    name: str, grid: SurfaceField, first_s: float, last_s: float, start_utc: datetime
) -> list[str]:
    """Return what to say where a field does not cover the time of the drift; refuse one of another time."""
    if grid.stated:
        return []
    begin_s, end_s = float(grid.time_s[0]), float(grid.time_s[-1])
    if begin_s > last_s or end_s < first_s - STALE_S:
        raise InputError(
            f"--{name}", found=f"values {_span(begin_s, end_s, start_utc)}",
            allowed=f"values {_span(first_s, last_s, start_utc)}, while it drifts",
            remedy="Take the field of that time, or correct --since.",
        )  # fmt: skip
    remarks = []
    if begin_s > first_s + NEAR_S:
        remarks.append(
            f"{name}: taken as at its first time for the first {(begin_s - first_s) / 3600.0:.0f} h"
        )
    if end_s < last_s - NEAR_S:
        remarks.append(f"{name}: taken as at its last time for the last {(last_s - end_s) / 3600.0:.0f} h")
    return remarks


def _span(begin_s: float, end_s: float, start_utc: datetime) -> str:
    begin, end = (start_utc + timedelta(seconds=s) for s in (begin_s, end_s))
    return f"from {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"


def _row(drifted: Drifted, t: int, own: np.ndarray, key: str, hour: float) -> DriftRow:
    afloat = own & drifted.afloat[t]
    zone = None
    if afloat.sum() >= FEWEST:
        zone = _zone(drifted.longitude_deg[t, afloat], drifted.latitude_deg[t, afloat])
    seconds = drifted.time_s[t]
    ashore = float(np.mean(drifted.stranded_s[own] <= seconds))
    return DriftRow("afloat", key, hour, zone, ashore, float(np.mean(drifted.left_s[own] <= seconds)))


def _zone(lon: np.ndarray, lat: np.ndarray) -> DropZone:
    return drop_zone(lon, lat, np.ones(len(lon)), containment=0.9)


def _land(lon: np.ndarray, lat: np.ndarray, hours: float, coast: str):  # noqa: ANN202
    """Return the test of places on land, as far as anything may drift in the time (1.5 m/s)."""
    import shapely
    from pyproj import Geod

    here = mean_point(np.stack([lon, lat], axis=1))
    far = Geod(ellps="WGS84").inv(np.full(len(lon), here[0]), np.full(len(lon), here[1]), lon, lat)[2]
    reach_m = float(min(np.max(far) + 1.5 * 3600.0 * hours + 50e3, 8000e3))
    round_it = land_round(*here, reach_m, coast if reach_m < 2000e3 else "50m")

    def on_land(longitude_deg: np.ndarray, latitude_deg: np.ndarray) -> np.ndarray:
        if len(longitude_deg) == 0 or round_it.land.is_empty:
            return np.zeros(len(longitude_deg), bool)
        x, y = round_it.plane(longitude_deg, latitude_deg)
        return shapely.contains_xy(round_it.land, x, y)

    return on_land


def drift_files(search: Search) -> dict[str, bytes]:
    """Return the files of a search: areas as GeoJSON, the table as CSV, the picture as SVG."""
    whole = [row for row in search.rows if row.kind == "all" and row.zone is not None]
    title = f"Search areas: {search.start.what}"
    figure_areas = [
        DriftArea(
            "sunk" if row.branch == "sunk" else f"{row.hours:g} h", row.branch == "sunk",
            _ring(row.zone.ring_deg), _ring(row.zone.half_ring_deg),
        )
        for row in whole
        if row.zone is not None
    ]  # fmt: skip
    return {
        "drift.geojson": feature_collection(_features(search), title=title).encode(),
        "drift.csv": _table(search).encode(),
        "drift.svg": drift_figure(title, figure_areas, CAVEATS).encode(),
    }


def _ring(points: np.ndarray) -> tuple[tuple[float, float], ...]:
    return tuple((float(lon), float(lat)) for lon, lat in points)


def _features(search: Search) -> list[Feature]:
    features: list[Feature] = []
    for row in search.rows:
        if row.zone is None:
            continue
        at = search.start_utc + timedelta(hours=row.hours)
        what = (
            "on the bottom, where it came down" if row.branch == "sunk" else f"afloat after {row.hours:g} h"
        )
        for share, ring in ((0.9, row.zone.ring_deg), (0.5, row.zone.half_ring_deg)):
            features.append(
                PolygonFeature.of_ring(
                    f"{what}, {100 * share:.0f} %{'' if row.kind == 'all' else ', ' + row.kind}",
                    _ring(ring), Role.COMPUTED,
                    {"branch": row.branch, "class": row.kind, "hours": row.hours,
                     "time_utc": at.isoformat(), "containment": share,
                     "stranded": round(row.stranded, 4), "left_grid": round(row.left, 4)},
                )
            )  # fmt: skip
    return features


def _table(search: Search) -> str:
    rows = search.rows
    zones = [row.zone for row in rows]
    return csv_table(
        [
            Column("branch", None, [row.branch for row in rows]),
            Column("object_class", None, [row.kind for row in rows]),
            Column("time", "utc", [search.start_utc + timedelta(hours=row.hours) for row in rows]),
            Column("after", "h", [row.hours for row in rows], 2),
            Column("centre_latitude", "deg", [z.centre_deg[1] if z else None for z in zones], 4),
            Column("centre_longitude", "deg", [z.centre_deg[0] if z else None for z in zones], 4),
            Column("semi_major_90", "km", [z.semi_major_m / 1e3 if z else None for z in zones], 2),
            Column("semi_minor_90", "km", [z.semi_minor_m / 1e3 if z else None for z in zones], 2),
            Column("azimuth_90", "deg", [z.azimuth_deg if z else None for z in zones], 1),
            Column("stranded_share", None, [row.stranded for row in rows], 4),
            Column("left_grid_share", None, [row.left for row in rows], 4),
        ]
    )
