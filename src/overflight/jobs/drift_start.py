"""Where drift begins: the impacts of a plan, an area in GeoJSON, or an ellipse, as equally likely
particles."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight import rng
from overflight.errors import InputError

__all__ = ["Start", "from_ellipse", "from_geojson", "from_impacts"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Start:
    """Particles (n,): place in degrees and seconds after lift-off; ``what`` says in words what they are."""

    longitude_deg: Array = field(repr=False)
    latitude_deg: Array = field(repr=False)
    time_s: Array = field(repr=False)
    what: str


def from_impacts(
    content: bytes, where: str, *, body: str | None, outcome: str | None, particles: int, seed: int
) -> Start:
    """Return particles drawn from the weighted impacts of one body, as ``impacts.csv`` of a plan has them."""
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        rows = []
    needed = ("body", "outcome", "time_s", "latitude_deg", "longitude_deg", "flight_weight", "pieces")
    if not rows or any(name not in rows[0] for name in needed):
        raise InputError(
            where, found="no table of impacts",
            allowed=f"columns {', '.join(needed)}, as in impacts.csv of a plan",
            remedy="Give the impacts.csv of a plan, or an area with .geojson.",
        )  # fmt: skip
    counts = Counter(row["body"] for row in rows)
    if body is None and len(counts) == 1:
        body = next(iter(counts))
    if body is None or body not in counts:
        found = "nothing" if body is None else f'"{body}"'
        raise InputError(
            "--body", found=found, allowed=", ".join(f"{key} ({n} impacts)" for key, n in counts.items()),
            remedy="Say which body to search for.",
        )  # fmt: skip
    rows = [row for row in rows if row["body"] == body]
    outcomes = list(dict.fromkeys(row["outcome"] for row in rows))
    if outcome is not None:
        rows = [row for row in rows if row["outcome"] == outcome]
        if not rows:
            raise InputError(
                "--outcome", found=f'"{outcome}"', allowed=", ".join(outcomes), remedy="Name one of them.",
            )  # fmt: skip
    try:
        table = np.array([[float(row[name]) for name in needed[2:]] for row in rows])
    except (TypeError, ValueError):
        table = np.full((1, 5), np.nan)
    good = np.isfinite(table).all() and (np.abs(table[:, 1]) <= 90.0).all() and (table[:, 3:] >= 0.0).all()
    weight = table[:, 3] * table[:, 4]
    if not good or weight.sum() <= 0.0:
        raise InputError(
            where, found="a cell that is no number, or no weight at all",
            allowed="finite numbers, weights above 0",
            remedy="Write the file anew with overflight plan.",
        )  # fmt: skip
    chosen = _drawn(weight, particles, seed)
    condition = "all flights" if outcome is None else f"flights with {outcome}"
    return Start(
        table[chosen, 2], table[chosen, 1], table[chosen, 0], f"{body}, {len(rows):,} impacts of {condition}"
    )


def _drawn(weight: Array, count: int, seed: int) -> NDArray[np.int64]:
    """Return row numbers by systematic resampling (Kitagawa 1996): each as often as its weight says, within
    one."""
    edges = np.cumsum(weight) / weight.sum()
    edges[-1] = 1.0
    offset = float(rng.uniform(seed, "drift.draw", 0))
    found = np.searchsorted(edges, (np.arange(count) + offset) / count, side="right")
    # in an order of its own, so that classes given in turn meet every part of the density
    order = np.argsort(rng.uniform(seed, "drift.order", np.arange(count)), kind="stable")
    return np.minimum(found, len(weight) - 1)[order]


def from_geojson(content: bytes, where: str, *, name: str | None, particles: int, seed: int) -> Start:
    """Return particles spread evenly over the polygons of a GeoJSON file, or over the one feature called
    ``name``."""
    import shapely
    from pyproj import Proj

    try:
        document = json.loads(content)
        features = document["features"] if document.get("type") == "FeatureCollection" else [document]
        named = {str((f.get("properties") or {}).get("name", i)): f for i, f in enumerate(features)}
        shapes = {key: shapely.from_geojson(json.dumps(f.get("geometry", f))) for key, f in named.items()}
        areas = {
            key: s for key, s in shapes.items() if s.geom_type in ("Polygon", "MultiPolygon") and s.area > 0.0
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, shapely.errors.GEOSException):
        areas = {}
    if not areas or (name is not None and name not in areas):
        raise InputError(
            where, found=f'"{name}"' if areas else "no polygon",
            allowed=", ".join(list(areas)[:12]) or "GeoJSON polygons",
            remedy="Name an area with --body as its property name.",
        )  # fmt: skip
    if name is None and len(areas) > 1:
        raise InputError(
            "--body", found=f"nothing, with {len(areas)} areas", allowed=", ".join(list(areas)[:12]),
            remedy="Say which area to begin in.",
        )  # fmt: skip
    key = next(iter(areas)) if name is None else name
    area = areas[key]
    lon, lat = area.centroid.coords[0]
    plane = Proj(proj="laea", lon_0=lon, lat_0=lat, ellps="WGS84")
    flat = shapely.transform(area, lambda xy: np.stack(plane(*xy.T), axis=1))
    if not flat.is_valid or not np.isfinite(flat.area):
        raise InputError(
            where, found=f'area "{key}" that crosses itself', allowed="a valid polygon",
            remedy="Mend its rings.",
        )  # fmt: skip
    x0, y0, x1, y1 = flat.bounds
    points, turn = np.empty((0, 2)), 0
    while len(points) < particles:
        index = np.arange(turn * 4 * particles, (turn + 1) * 4 * particles)
        x = x0 + (x1 - x0) * rng.uniform(seed, "drift.x", index)
        y = y0 + (y1 - y0) * rng.uniform(seed, "drift.y", index)
        points = np.vstack([points, np.stack([x, y], axis=1)[shapely.contains_xy(flat, x, y)]])
        turn += 1
        if turn > 200:
            raise InputError(where, found=f'area "{key}", too thin', allowed="an area", remedy="Widen it.")
    lon_out, lat_out = plane(*points[:particles].T, inverse=True)
    return Start(np.asarray(lon_out), np.asarray(lat_out), np.zeros(particles), f"evenly over {key}")


def from_ellipse(text: str, *, particles: int, seed: int) -> Start:
    """Return particles of a normal density whose 90 % ellipse is ``LAT,LON,A_KM,B_KM,AZIMUTH``."""
    from pyproj import Proj

    try:
        lat, lon, a_km, b_km, azimuth = (float(part) for part in text.split(","))
    except ValueError:
        lat = lon = a_km = b_km = azimuth = float("nan")
    if not (
        abs(lat) <= 90.0
        and abs(lon) <= 180.0
        and 0.0 < a_km <= 2000.0
        and 0.0 < b_km <= 2000.0
        and abs(azimuth) <= 360.0
    ):
        raise InputError(
            "--ellipse", found=f'"{text}"', allowed="LAT,LON,A_KM,B_KM,AZIMUTH, semi-axes up to 2000 km",
            remedy="Write the middle, the semi-axes of the 90 % ellipse and the azimuth of the first.",
        )  # fmt: skip
    index = np.arange(particles)
    scale = 1e3 / np.sqrt(-2.0 * np.log(0.1))  # 90 % of a normal density in two dimensions
    along = a_km * scale * rng.normal(seed, "drift.x", index)
    across = b_km * scale * rng.normal(seed, "drift.y", index)
    sin, cos = np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))
    plane = Proj(proj="aeqd", lon_0=lon, lat_0=lat, ellps="WGS84")
    x, y = plane(along * sin + across * cos, along * cos - across * sin, inverse=True)
    return Start(np.asarray(x), np.asarray(y), np.zeros(particles), f"ellipse of {a_km:g} by {b_km:g} km")
