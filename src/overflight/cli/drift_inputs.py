"""What `overflight drift` is given: start, fields, hours, classes."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

from overflight.cli.inputs import read_file
from overflight.debris.leeway import LEEWAY_CLASSES, MIX
from overflight.debris.surface_fields import SurfaceField
from overflight.errors import InputError
from overflight.formats.surface_fields import parse_surface_csv, stated_field
from overflight.formats.surface_netcdf import parse_surface_netcdf
from overflight.jobs.drift import Search
from overflight.jobs.drift_start import Start, from_ellipse, from_geojson, from_impacts

__all__ = ["classes_of", "field_of", "hours_of", "manifest", "since_of", "start_of"]

_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)


def start_of(
    path: Path | None,
    ellipse: str | None,
    *,
    body: str | None,
    outcome: str | None,
    particles: int,
    seed: int,
) -> Start:
    """Return the particles of a file or of an ellipse."""
    if (path is None) == (ellipse is None):
        found = "neither a file nor --ellipse" if path is None else "both a file and --ellipse"
        raise InputError("start", found=found, allowed="one of the two", remedy="Say where the drift begins.")
    if ellipse is not None:
        return from_ellipse(ellipse, particles=particles, seed=seed)
    assert path is not None
    content = read_file(path, what="impacts (CSV) or areas (GeoJSON)", max_bytes=500_000_000)
    if path.suffix.lower() in (".geojson", ".json"):
        return from_geojson(content, str(path), name=body, particles=particles, seed=seed)
    return from_impacts(content, str(path), body=body, outcome=outcome, particles=particles, seed=seed)


def since_of(since: datetime | None, path: Path | None, *, needed: bool) -> datetime:
    """Return the instant from which times count: as given, or lift-off of the plan beside the impacts."""
    if since is not None:
        return since.replace(tzinfo=UTC)
    beside = None if path is None else path.parent / "run.json"
    if beside is not None and beside.is_file():
        try:
            run = json.loads(read_file(beside, what="run.json of a plan", max_bytes=500_000_000))
            return datetime.fromisoformat(run["report"]["lift_off_utc"]).astimezone(UTC)
        except (ValueError, KeyError, TypeError):
            pass
    if needed:
        remedy = "Add --since with lift-off, such as --since 2025-02-11T01:22Z."
        raise InputError("--since", found="nothing", allowed="an instant in UTC", remedy=remedy)
    return _UNDATED


def field_of(text: str, what: str, start_utc: datetime) -> SurfaceField:
    """Return wind or current: stated, or of a file."""
    suffix = Path(text).suffix.lower()
    if suffix == ".csv":
        content = read_file(Path(text), what=f"a table of the {what} (CSV)", max_bytes=50_000_000)
        return parse_surface_csv(content, what, text, start_utc)
    if suffix in (".nc", ".nc4"):
        content = read_file(Path(text), what=f"a grid of the {what} (NetCDF)", max_bytes=2_000_000_000)
        return parse_surface_netcdf(content, what, text, start_utc)
    return stated_field(text, what, f"--{what}")


def hours_of(text: str) -> list[float]:
    """Return the hours to look at, rising."""
    try:
        hours = sorted({float(part) for part in text.split(",")})
    except ValueError:
        hours = []
    if not hours or not all(0.1 <= hour <= 24.0 * 30 for hour in hours) or len(hours) > 24:
        remedy = "Write such as --hours 6,12,24."
        raise InputError("--hours", found=f'"{text}"', allowed="up to 24 values of 0.1 to 720", remedy=remedy)
    return hours


def classes_of(text: str) -> tuple[str, ...]:
    """Return the keys of leeway classes."""
    keys = MIX if text == "mix" else tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    for key in keys:
        if key not in LEEWAY_CLASSES:
            allowed = ", ".join(f"{k} ({c.label})" for k, c in LEEWAY_CLASSES.items())
            raise InputError(
                "--like", found=f'"{key}"', allowed=f"mix, or of {allowed}", remedy="Name a class."
            )
    return keys


def manifest(search: Search, files: dict[str, bytes], wind: str, current: str) -> bytes:
    """Return run.json: what was asked for, and the hashes of what was written."""
    record = {
        "made_by": "overflight drift",
        "start": search.start.what,
        "start_utc": None if search.start_utc == _UNDATED else search.start_utc.isoformat(),
        "wind": wind,
        "current": current,
        "classes": {key: LEEWAY_CLASSES[key].label for key in search.classes},
        "particles": len(search.start.longitude_deg),
        "on_land": search.ashore,
        "remarks": search.remarks,
        "outputs_sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    return json.dumps(record, ensure_ascii=False, indent=1).encode()
