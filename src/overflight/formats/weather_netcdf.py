"""Forecasts and reanalyses in NetCDF, read through xarray (extra ``weather``).

Known by CF standard names, else by the usual names of ERA5, GFS and their converters; pressure levels in
Pa or hPa; geopotential (m2/s2) or geopotential height (m); longitudes -180 to 180 or 0 to 360; latitudes
either way.  Geopotential height becomes geometric height by the US Standard Atmosphere 1976, equation 19;
the few tens of metres between geoid and ellipsoid are left out.  Specific humidity, where it stands there,
makes the temperature virtual.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from overflight.earth.weather import Weather
from overflight.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["parse_weather"]

_RADIUS_M = 6356766.0
_G0 = 9.80665
_NAMES: dict[str, tuple[str, ...]] = {
    # what: CF standard names first, then names of variables, in lower case
    "east": (
        "eastward_wind",
        "u",
        "ugrd",
        "uwnd",
        "ua",
        "u_component_of_wind",
        "u-component_of_wind_isobaric",
    ),
    "north": (
        "northward_wind",
        "v",
        "vgrd",
        "vwnd",
        "va",
        "v_component_of_wind",
        "v-component_of_wind_isobaric",
    ),
    "temperature": ("air_temperature", "t", "tmp", "air", "ta", "temperature", "temperature_isobaric"),
    "geopotential": ("geopotential", "z", "phi"),
    "height": ("geopotential_height", "gh", "hgt", "zg", "geopotential_height_isobaric"),
    "humidity": ("specific_humidity", "q", "spfh", "shum", "hus"),
}
_AXES: dict[str, tuple[str, ...]] = {
    "time": ("time", "valid_time", "forecast_time", "time1"),
    "level": (
        "air_pressure",
        "level",
        "pressure_level",
        "isobaricinhpa",
        "isobaric",
        "isobaric1",
        "lev",
        "plev",
        "pressure",
    ),
    "latitude": ("latitude", "lat", "y"),
    "longitude": ("longitude", "lon", "x"),
}
_LARGEST_CELLS = 60_000_000


def parse_weather(content: bytes, name: str) -> Weather:
    """Return the weather in the bytes of a NetCDF file; ``name`` names it in messages.

    Raises
    ------
    InputError : no NetCDF, a field or an axis is missing, or its values cannot be such
    """
    data = _open(content, name)
    with data:
        axes = {what: _find(data, names, name, what, data.coords) for what, names in _AXES.items()}
        found = {
            what: _find(data, names, name, what, data.data_vars, needed=False)
            for what, names in _NAMES.items()
        }
        for what in ("east", "north", "temperature"):
            if found[what] is None:
                raise _missing(name, what, _NAMES[what], data)
        if found["geopotential"] is None and found["height"] is None:
            raise _missing(name, "geopotential", (*_NAMES["geopotential"], *_NAMES["height"]), data)
        fields = {
            what: _field(variable, axes, name) for what, variable in found.items() if variable is not None
        }
        return replace(_weather(name, axes, fields, found), digest=hashlib.sha256(content).hexdigest())


def _open(content: bytes, name: str) -> xr.Dataset:
    try:
        import xarray as xr
    except ModuleNotFoundError as fault:
        raise InputError(
            name, found="a NetCDF file, but xarray is not installed", allowed="the extra `weather`",
            remedy="Install it: pip install 'overflight[weather]'.",
        ) from fault  # fmt: skip
    engine = "scipy" if content[:3] == b"CDF" else "h5netcdf"
    try:
        return xr.open_dataset(io.BytesIO(content), engine=engine, decode_timedelta=False)
    except Exception as fault:  # each reader has its own errors for what is no file of its kind
        raise InputError(
            name, found=f"no NetCDF that can be read ({type(fault).__name__})", allowed="NetCDF 3 or 4",
            remedy="Convert GRIB files first, for example with cdo or cfgrib.",
        ) from fault  # fmt: skip


def _find(data: Any, names: tuple[str, ...], name: str, what: str, among: Any, *, needed: bool = True) -> Any:
    """Return the first variable known by one of the names, by standard name before its own."""
    for wanted in names:
        for key in among:
            if wanted in (str(among[key].attrs.get("standard_name", "")).lower(), str(key).lower()):
                return among[key]
    if needed:
        raise _missing(name, what, names, data)
    return None


def _missing(name: str, what: str, names: tuple[str, ...], data: Any) -> InputError:
    there = ", ".join([*map(str, data.data_vars), *map(str, data.coords)])[:300]
    return InputError(
        name, what, found=f"only {there or 'nothing'}", allowed=f"one of {', '.join(names)}",
        remedy="Give wind, temperature and geopotential on pressure levels.",
    )  # fmt: skip


def _field(variable: Any, axes: dict[str, Any], name: str) -> NDArray[np.float64]:
    """Return a variable as an array (time, level, latitude, longitude)."""
    dims = [axes[what].name for what in ("time", "level", "latitude", "longitude")]
    if variable.size > _LARGEST_CELLS:
        raise InputError(
            name, str(variable.name), found=f"{variable.size:,} values",
            allowed=f"at most {_LARGEST_CELLS:,}", remedy="Cut the file to the launch's hours and area.",
        )  # fmt: skip
    extra = [d for d in variable.dims if d not in dims and variable.sizes[d] > 1]
    if extra:
        raise InputError(
            name, str(variable.name), found=f"a further dimension {extra[0]}",
            allowed="time, level, latitude, longitude", remedy="Select one member or step first.",
        )  # fmt: skip
    variable = variable.squeeze([d for d in variable.dims if d not in dims])
    variable = variable.expand_dims([d for d in dims if d not in variable.dims]).transpose(*dims)
    values = np.asarray(variable.values, float)
    if not np.all(np.isfinite(values)):
        raise InputError(
            name, str(variable.name), found="values that are missing or no numbers",
            allowed="every level filled", remedy="Leave out levels below the ground, or fill them.",
        )  # fmt: skip
    return values


def _weather(name: str, axes: dict[str, Any], fields: dict[str, Any], found: dict[str, Any]) -> Weather:
    level = np.atleast_1d(np.asarray(axes["level"].values, float))
    unit = str(axes["level"].attrs.get("units", "")).lower()
    scale = (
        100.0
        if unit in ("hpa", "mb", "mbar", "millibars") or (unit not in ("pa",) and level.max() < 2000.0)
        else 1.0
    )
    time_s = np.atleast_1d(axes["time"].values)
    if not np.issubdtype(time_s.dtype, np.datetime64):
        raise InputError(
            name, "time", found=f"values of type {time_s.dtype}", allowed="CF times, units since a date",
            remedy="Write the units attribute of the time axis.",
        )  # fmt: skip
    seconds = time_s.astype("datetime64[s]").astype(float)
    height = fields["height"] if "height" in fields else fields["geopotential"] / _G0
    if "height" not in fields and str(found["geopotential"].attrs.get("units", "")).lower() in ("m", "gpm"):
        height = fields["geopotential"]
    temperature = fields["temperature"] * (1.0 + 0.608 * fields["humidity"] if "humidity" in fields else 1.0)
    lat = np.atleast_1d(np.asarray(axes["latitude"].values, float))
    lon = np.atleast_1d(np.asarray(axes["longitude"].values, float))
    order = (np.argsort(seconds), np.argsort(-level), np.argsort(lat), np.argsort(lon))
    grid = np.ix_(*order)
    lon, height = lon[order[3]], height[grid]
    if np.any(np.diff(height, axis=1) <= 0.0):
        raise InputError(
            name, "geopotential", found="heights that do not rise as the pressure falls",
            allowed="levels in hPa or Pa, geopotential in m2/s2 or height in m",
            remedy="Correct the units attributes of the file.",
        )  # fmt: skip
    _plausible(name, temperature, fields, len(lon) > 1 and lon[-1] - lon[0] >= 360.0)
    pressure = np.broadcast_to((level * scale)[order[1]][None, :, None, None], temperature.shape)
    step = float(np.max(np.diff(lon))) if len(lon) > 1 else 0.0
    return Weather(
        name, seconds[order[0]], lat[order[2]], lon, _RADIUS_M * height / (_RADIUS_M - height),
        fields["east"][grid], fields["north"][grid], temperature[grid], np.array(pressure),
        around=bool(len(lon) > 1 and lon[0] + 360.0 - lon[-1] <= 1.5 * step),
    )  # fmt: skip


def _plausible(name: str, temperature: NDArray[np.float64], fields: dict[str, Any], wraps: bool) -> None:
    """Refuse values that no air has: most often another unit or an unpacked file."""
    wind = max(float(np.abs(fields["east"]).max()), float(np.abs(fields["north"]).max()))
    low, high = float(temperature.min()), float(temperature.max())
    if not 120.0 < low <= high < 350.0:
        raise InputError(name, "temperature", found=f"{low:.4g} to {high:.4g}", allowed="120 to 350 K",
                         remedy="Give kelvin.")  # fmt: skip
    if wind > 250.0:
        raise InputError(
            name, "wind", found=f"{wind:.4g}", allowed="at most 250 m/s", remedy="Give metres per second."
        )
    if wraps:
        raise InputError(name, "longitude", found="the first meridian twice", allowed="each meridian once",
                         remedy="Drop the last column.")  # fmt: skip
