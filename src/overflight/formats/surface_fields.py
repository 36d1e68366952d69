"""Wind and current at the sea, read from CSV and from NetCDF.

CSV: ``time_utc`` and either ``east_mps``, ``north_mps`` or ``speed_mps`` with ``from_deg`` (wind: where it
comes from) or ``towards_deg`` (current: where it goes); the same everywhere.  NetCDF: a grid over time,
latitude and longitude with CF standard names (``eastward_wind``, ``eastward_sea_water_velocity`` ...) or the
usual names of ERA5, GFS, Copernicus Marine and HYCOM; of several depths the one nearest the surface.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.debris.surface_fields import SurfaceField, constant_field, series_field
from overflight.errors import InputError

__all__ = ["parse_surface_csv", "parse_surface_netcdf", "stated_field"]

Array = NDArray[np.float64]
FASTEST_MPS = {"wind": 80.0, "current": 5.0}
_NAMES = {
    "wind": (
        ("eastward_wind", "u10", "u10m", "uas", "x_wind_10m", "ugrd10m", "10u", "ugrd_10m", "u"),
        ("northward_wind", "v10", "v10m", "vas", "y_wind_10m", "vgrd10m", "10v", "vgrd_10m", "v"),
    ),
    "current": (
        ("eastward_sea_water_velocity", "surface_eastward_sea_water_velocity", "uo", "water_u", "u"),
        ("northward_sea_water_velocity", "surface_northward_sea_water_velocity", "vo", "water_v", "v"),
    ),
}  # fmt: skip
_AXES = {
    "time": ("time", "valid_time"),
    "latitude": ("latitude", "lat", "nav_lat", "y"),
    "longitude": ("longitude", "lon", "nav_lon", "x"),
}


def stated_field(text: str, what: str, where: str) -> SurfaceField:
    """Return the field of ``SPEED,DIRECTION``: m/s, degrees from north; wind comes from there, a current goes
    there."""
    parts = text.split(",")
    try:
        speed, angle = (float(part) for part in parts)
    except ValueError:
        speed, angle = float("nan"), 0.0
    if not (0.0 <= speed <= FASTEST_MPS[what] and abs(angle) <= 360.0):
        raise InputError(
            where, found=f'"{text}"', allowed=f"SPEED,DEGREES with a speed of 0 to {FASTEST_MPS[what]:g} m/s",
            remedy="Write such as 8,270: a wind of 8 m/s from the west, or a current towards the west.",
        )  # fmt: skip
    east, north = _components(speed, angle, what)
    return constant_field(east, north, f"stated: {speed:g} m/s, {angle:g} deg")


def _components(speed: float, angle_deg: float, what: str) -> tuple[float, float]:
    sign = -1.0 if what == "wind" else 1.0
    return sign * speed * float(np.sin(np.radians(angle_deg))), sign * speed * float(
        np.cos(np.radians(angle_deg))
    )


def parse_surface_csv(content: bytes, what: str, where: str, start_utc: datetime) -> SurfaceField:
    """Return the series of a CSV table; times become seconds after ``start_utc``."""
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        rows = []
    if not rows:
        raise _refused(
            where, "", "no table", "a CSV table with a header and rows", "Write time_utc and a velocity."
        )
    direction = "from_deg" if what == "wind" else "towards_deg"
    names = ("east_mps", "north_mps") if "east_mps" in rows[0] else ("speed_mps", direction)
    for name in ("time_utc", *names):
        if name not in rows[0]:
            allowed = f"time_utc, then east_mps and north_mps, or speed_mps and {direction}"
            raise _refused(where, name, "no such column", allowed, "Name the columns so.")
    times, values = [], []
    for number, row in enumerate(rows, start=2):
        at = f"{where}:{number}"
        times.append((_instant(row["time_utc"], at) - start_utc).total_seconds())
        first, second = (_number(row[name], at, name) for name in names)
        pair = (first, second) if names[0] == "east_mps" else _components(first, second, what)
        if np.hypot(*pair) > FASTEST_MPS[what] or (names[0] == "speed_mps" and first < 0.0):
            raise _refused(at, names[0], f"{first:g}", f"0 to {FASTEST_MPS[what]:g} m/s", "Check the unit.")
        values.append(pair)
        if len(times) > 1 and times[-1] <= times[-2]:
            raise _refused(at, "time_utc", row["time_utc"], "rising times", "Put the rows in order.")
    return series_field(np.array(times), np.array(values), f"table of {len(times)} rows")


def _refused(where: str, key: str, found: str, allowed: str, remedy: str) -> InputError:
    return InputError(where, key, found=found, allowed=allowed, remedy=remedy)


def _instant(text: str | None, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        raise _refused(
            where, "time_utc", f'"{text}"', "an instant such as 2025-02-11T06:00Z", "Correct it."
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _number(text: str | None, where: str, key: str) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise _refused(where, key, f'"{text}"', "a number", "Correct the cell.")
    return value


def parse_surface_netcdf(content: bytes, what: str, where: str, start_utc: datetime) -> SurfaceField:
    """Return the grid of a NetCDF file (extra ``weather``)."""
    try:
        import xarray as xr
    except ModuleNotFoundError:
        raise _refused(
            where,
            "",
            "a NetCDF file, and no reader",
            "the extra that reads it",
            "pip install 'overflight[weather]'",
        ) from None
    try:
        data = xr.load_dataset(io.BytesIO(content), engine="h5netcdf")
    except Exception:
        raise _refused(
            where,
            "",
            "bytes that are no NetCDF-4 file",
            "NetCDF-4 (HDF5)",
            "Convert it: nccopy -k nc4 old.nc new.nc",
        ) from None
    east, north = (_variable(data, names, what, where) for names in _NAMES[what])
    axes = {axis: _axis(east, names, axis, where) for axis, names in _AXES.items()}
    fields = [_ordered(variable, axes) for variable in (east, north)]
    time = np.asarray(data[axes["time"]].values).astype("datetime64[us]") if axes["time"] else None
    start = np.datetime64(start_utc.astimezone(UTC).replace(tzinfo=None), "us")
    time_s = np.zeros(1) if time is None else np.atleast_1d((time - start) / np.timedelta64(1, "s"))
    latitude, longitude = (
        np.atleast_1d(np.asarray(data[axes[k]].values, float)) for k in ("latitude", "longitude")
    )
    longitude = np.unwrap(longitude, period=360.0)
    velocity = np.stack(fields, axis=-1)
    if len(latitude) > 1 and latitude[0] > latitude[-1]:
        latitude, velocity = latitude[::-1], velocity[:, ::-1]
    rising = all(len(a) < 2 or (np.diff(a) > 0.0).all() for a in (time_s, latitude, longitude))
    sea = np.isfinite(velocity)
    if not rising or not sea.any() or float(np.abs(velocity[sea]).max()) > FASTEST_MPS[what]:
        found = "axes that do not rise" if not rising else "no value, or speeds beyond reason"
        raise _refused(
            where, "", found, f"a regular grid in m/s, up to {FASTEST_MPS[what]:g}", "Check the file."
        )
    return SurfaceField(time_s, latitude, longitude, velocity, "grid of a NetCDF file")


def _variable(data: Any, names: tuple[str, ...], what: str, where: str) -> Any:
    for name in names:
        for key, variable in data.data_vars.items():
            if variable.attrs.get("standard_name") == name or str(key).lower() == name:
                return variable
    shown = ", ".join(map(str, list(data.data_vars)[:8])) or "no variable"
    raise _refused(
        where, "", shown, f"components of the {what}: {', '.join(names[:4])} ...", "Choose another file."
    )


def _axis(variable: Any, names: tuple[str, ...], axis: str, where: str) -> str | None:
    for key in variable.coords:
        standard = variable.coords[key].attrs.get("standard_name")
        if variable.coords[key].ndim <= 1 and (standard == names[0] or str(key).lower() in names):
            return str(key)
    if axis == "time":
        return None
    raise _refused(
        where, "", f"no {axis} of one dimension", "a regular grid", "Interpolate to latitude and longitude."
    )


def _ordered(variable: Any, axes: dict[str, str | None]) -> Array:
    """Return a variable as (time, latitude, longitude); of other axes, such as depth, the first entry."""
    for name in variable.dims:
        if name not in axes.values():
            variable = variable.isel({name: 0})
    wanted = [name for name in axes.values() if name is not None and name in variable.dims]
    values = np.asarray(variable.transpose(*wanted).values, dtype=float)
    shape = tuple(variable.sizes[name] if name in variable.dims else 1 for name in axes.values())
    return values.reshape(shape)
