"""Wind and current at the sea from a grid in NetCDF.

A grid over time, latitude and longitude, with CF standard names (``eastward_wind``,
``eastward_sea_water_velocity`` ...) or the usual names of ERA5, GFS, Copernicus Marine and HYCOM; of several
depths the one nearest the surface. What would be read wrongly in silence is refused: units other than those
known, an axis of times without times, members of an ensemble.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.debris.surface_fields import SurfaceField
from overflight.errors import InputError
from overflight.formats.surface_fields import FASTEST_MPS

__all__ = ["parse_surface_netcdf"]

Array = NDArray[np.float64]
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
_DEPTHS = ("depth", "height", "lev", "level", "deptht", "altitude")
_KNOT_MPS = 1852.0 / 3600.0
_UNITS = {
    "m/s": 1.0, "m/sec": 1.0, "m.s-1": 1.0, "ms-1": 1.0, "ms^-1": 1.0, "ms**-1": 1.0, "meter/second": 1.0,
    "meters/second": 1.0, "meterspersecond": 1.0, "metersecond-1": 1.0, "meterssecond-1": 1.0,
    "metresecond-1": 1.0, "cm/s": 0.01, "cms-1": 0.01, "cms**-1": 0.01, "knot": _KNOT_MPS, "knots": _KNOT_MPS,
    "kt": _KNOT_MPS, "kts": _KNOT_MPS,
}  # fmt: skip
"""Units of speed by their names without spaces."""


def parse_surface_netcdf(content: bytes, what: str, where: str, start_utc: datetime) -> SurfaceField:
    """Return the grid of a NetCDF file (extra ``weather``); times become seconds after ``start_utc``."""
    data = _opened(content, where)
    east, north = (_variable(data, names, what, where) for names in _NAMES[what])
    axes = {axis: _axis(east, names, axis, where) for axis, names in _AXES.items()}
    fields = [_ordered(variable, axes, where) * _scale(variable, where) for variable in (east, north)]
    time_s = _times(data, axes["time"], start_utc, where)
    latitude, longitude = (
        np.atleast_1d(np.asarray(data[axes[k]].values, float)) for k in ("latitude", "longitude")
    )
    longitude = np.unwrap(longitude, period=360.0)
    velocity = np.stack(fields, axis=-1)
    if len(latitude) > 1 and latitude[0] > latitude[-1]:
        latitude, velocity = latitude[::-1], velocity[:, ::-1]
    _check(time_s, latitude, longitude, velocity, what, where)
    longitude, velocity = _closed(longitude, velocity)
    return SurfaceField(time_s, latitude, longitude, velocity, "grid of a NetCDF file")


def _opened(content: bytes, where: str) -> Any:
    try:
        import xarray as xr
    except ModuleNotFoundError:
        raise InputError(
            where, found="a NetCDF file, and no reader", allowed="the extra that reads it",
            remedy="pip install 'overflight[weather]'",
        ) from None  # fmt: skip
    try:
        raw = xr.load_dataset(io.BytesIO(content), engine="h5netcdf", decode_times=False)
    except Exception:
        raise InputError(
            where, found="bytes that are no NetCDF-4 file", allowed="NetCDF-4 (HDF5)",
            remedy="Convert it: nccopy -k nc4 old.nc new.nc",
        ) from None  # fmt: skip
    try:
        return xr.decode_cf(raw)
    except (ValueError, OverflowError) as error:
        raise InputError(
            where, found=f"times that cannot be read ({str(error).splitlines()[0][:80]})",
            allowed='an axis of times with CF units such as "hours since 2025-02-11"',
            remedy="Give the axis of times its units.",
        ) from None  # fmt: skip


def _variable(data: Any, names: tuple[str, ...], what: str, where: str) -> Any:
    for name in names:
        for key, variable in data.data_vars.items():
            if variable.attrs.get("standard_name") == name or str(key).lower() == name:
                return variable
    raise InputError(
        where, found=", ".join(map(str, list(data.data_vars)[:8])) or "no variable",
        allowed=f"components of the {what}: {', '.join(names[:4])} ...", remedy="Choose another file.",
    )  # fmt: skip


def _axis(variable: Any, names: tuple[str, ...], axis: str, where: str) -> str | None:
    for key in variable.coords:
        standard = variable.coords[key].attrs.get("standard_name")
        if variable.coords[key].ndim <= 1 and (standard == names[0] or str(key).lower() in names):
            return str(key)
    if axis == "time":
        return None
    raise InputError(
        where, found=f"no {axis} of one dimension", allowed="a regular grid",
        remedy="Interpolate to latitude and longitude.",
    )  # fmt: skip


def _scale(variable: Any, where: str) -> float:
    """Return m/s for one unit of a variable, 1 where it names none."""
    unit = str(variable.attrs.get("units", "m/s"))
    scale = _UNITS.get(unit.lower().replace(" ", ""))
    if scale is None:
        raise InputError(
            where, str(variable.name), found=f'the unit "{unit}"', allowed="m s-1, cm s-1 or knots",
            remedy="Convert the file to m s-1.",
        )  # fmt: skip
    return scale


def _ordered(variable: Any, axes: dict[str, str | None], where: str) -> Array:
    """Return a variable as (time, latitude, longitude), at the depth nearest the surface."""
    for name in variable.dims:
        if name in axes.values():
            continue
        depth = str(name).lower() in _DEPTHS and name in variable.coords
        if variable.sizes[name] > 1 and not depth:
            raise InputError(
                where, str(name), found=f"{variable.sizes[name]} entries along an axis without known meaning",
                allowed="time, latitude, longitude and depth, each with its values",
                remedy="Take one entry out, such as one member of an ensemble; give times their values.",
            )  # fmt: skip
        nearest = int(np.argmin(np.abs(np.asarray(variable.coords[name].values, float)))) if depth else 0
        variable = variable.isel({name: nearest})
    wanted = [name for name in axes.values() if name is not None and name in variable.dims]
    values = np.asarray(variable.transpose(*wanted).values, dtype=float)
    shape = tuple(variable.sizes[name] if name in variable.dims else 1 for name in axes.values())
    return values.reshape(shape)


def _times(data: Any, axis: str | None, start_utc: datetime, where: str) -> Array:
    """Return times in seconds after the start; one alone, 0, for a grid without any."""
    if axis is None:
        return np.zeros(1)
    values = np.atleast_1d(data[axis].values)
    if not np.issubdtype(values.dtype, np.datetime64):
        try:  # calendars of models arrive as objects with a date and a clock
            values = np.array([np.datetime64(v.isoformat()) for v in values], "datetime64[us]")
        except (AttributeError, ValueError):
            values = np.array(["NaT"], "datetime64[us]")
    if np.isnat(values).any():
        raise InputError(
            where, axis, found="a time that is missing or is none",
            allowed='times with CF units such as "hours since 2025-02-11"', remedy="Mend the axis of times.",
        )  # fmt: skip
    start = np.datetime64(start_utc.astimezone(UTC).replace(tzinfo=None), "us")
    return (values.astype("datetime64[us]") - start) / np.timedelta64(1, "s")


def _check(time_s: Array, latitude: Array, longitude: Array, velocity: Array, what: str, where: str) -> None:
    axes = {"time": time_s, "latitude": latitude, "longitude": longitude}
    falling = [name for name, a in axes.items() if not np.isfinite(a).all() or (np.diff(a) <= 0.0).any()]
    sea = np.asarray(np.isfinite(velocity).all(axis=-1))
    known = sea.reshape(len(time_s), -1).any(axis=1)  # by time
    if falling:
        found = f"values of {falling[0]} that do not rise"
    elif not sea.any():
        found = "no value"
    elif not known.all():
        found = f"no value at all at time number {int(np.argmin(known)) + 1} of {len(time_s)}"
    elif (fastest := float(np.abs(velocity[sea]).max())) > FASTEST_MPS[what]:
        found = f"{fastest:.3g} m/s"
    else:
        return
    raise InputError(
        where, found=found, allowed=f"a regular grid with rising axes, up to {FASTEST_MPS[what]:g} m/s",
        remedy="Check the file and its unit.",
    )  # fmt: skip


def _closed(longitude: Array, velocity: Array) -> tuple[Array, Array]:
    """Return a grid round the whole Earth with its first meridian once more behind its last."""
    if len(longitude) < 2 or longitude[-1] - longitude[0] >= 360.0:
        return longitude, velocity
    if longitude[-1] - longitude[0] + 1.5 * float(np.max(np.diff(longitude))) < 360.0:
        return longitude, velocity
    return np.append(longitude, longitude[0] + 360.0), np.concatenate([velocity, velocity[:, :, :1]], axis=2)
