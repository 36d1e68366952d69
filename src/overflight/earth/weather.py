"""A forecast or reanalysis: wind, temperature and pressure over time, height, latitude and longitude.

A model's column reaches 30 to 80 km.  Below its lowest level the lowest values are continued; above its
highest, the ratio of its density and pressure to the standard atmosphere fades to one and its wind to the
wind given beside it, over 15 km.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.earth.air import CALM, Air, WindProfile, build_air
from overflight.earth.air_spread import AirSpread
from overflight.earth.atmosphere import AirState, us1976
from overflight.errors import InputError

__all__ = ["Weather", "WeatherColumn", "WeatherMap", "column_air"]

Array = NDArray[np.float64]
_R_DRY = 287.05  # J/(kg K), dry air: 8314.32 / 28.9644, US Standard Atmosphere 1976, table 2
_FADE_M = 15e3
CELL_DEG = 2.0
"""Width of the cells over which falling bodies share one column of air."""


@dataclass(frozen=True, slots=True)
class WeatherColumn:
    """The air along a vertical or slanting line, arrays (levels,), heights rising."""

    height_m: Array
    east_mps: Array
    north_mps: Array
    temperature_k: Array
    pressure_pa: Array


@dataclass(frozen=True, slots=True)
class Weather:
    """Fields on a grid, arrays (time, level, latitude, longitude); levels rise with height.

    ``time_s`` (t,) seconds since 1970 UTC, rising; ``latitude_deg`` (y,) rising; ``longitude_deg`` (x,)
    rising, within 360 degrees of the first; ``height_m`` geometric height; ``temperature_k`` is virtual
    where the source gives humidity. ``around`` says that the grid closes round the Earth; ``digest`` is the
    SHA-256 of the file.
    """

    name: str
    time_s: Array
    latitude_deg: Array
    longitude_deg: Array
    height_m: Array = field(repr=False)
    east_mps: Array = field(repr=False)
    north_mps: Array = field(repr=False)
    temperature_k: Array = field(repr=False)
    pressure_pa: Array = field(repr=False)
    around: bool = False
    digest: str = ""

    def covers(self, latitude_deg: ArrayLike, longitude_deg: ArrayLike) -> NDArray[np.bool_]:
        """Return whether places lie within the grid."""
        lat, lon = np.asarray(latitude_deg, float), self._east_of_first(longitude_deg)
        inside = (lat >= self.latitude_deg[0] - 1e-9) & (lat <= self.latitude_deg[-1] + 1e-9)
        return inside & (self.around | (lon <= self.longitude_deg[-1] + 1e-9))

    def covers_time(self, utc: datetime) -> bool:
        """Return whether an instant lies within the times of the fields."""
        return bool(self.time_s[0] - 1.0 <= utc.timestamp() <= self.time_s[-1] + 1.0)

    def column(self, latitude_deg: float, longitude_deg: float, time_s: float) -> WeatherColumn:
        """Return the column above a place at an instant (s since 1970), linear in time and place."""
        parts = []
        lon = float(self._east_of_first(longitude_deg))
        for t, wt in _neighbours(self.time_s, time_s):
            for y, wy in _neighbours(self.latitude_deg, latitude_deg):
                for x, wx in self._longitudes(lon):
                    parts.append((wt * wy * wx, (t, slice(None), y, x)))

        def mean(values: Array) -> Array:
            return sum((weight * values[at] for weight, at in parts), np.zeros(values.shape[1]))

        return WeatherColumn(
            mean(self.height_m),
            mean(self.east_mps),
            mean(self.north_mps),
            mean(self.temperature_k),
            np.exp(mean(np.log(self.pressure_pa))),
        )

    def along(
        self, height_m: Array, latitude_deg: Array, longitude_deg: Array, time_s: Array
    ) -> WeatherColumn:
        """Return the air met along a rising path, rows (r,): each height where and when the path is there."""
        met = np.empty((len(height_m), 4))
        for row, (h, lat, lon, t) in enumerate(
            zip(height_m, latitude_deg, longitude_deg, time_s, strict=True)
        ):
            column = self.column(float(lat), float(lon), float(t))
            fields = (column.east_mps, column.north_mps, column.temperature_k, np.log(column.pressure_pa))
            met[row] = [np.interp(h, column.height_m, values) for values in fields]
        return WeatherColumn(np.asarray(height_m, float), met[:, 0], met[:, 1], met[:, 2], np.exp(met[:, 3]))

    def _east_of_first(self, longitude_deg: ArrayLike) -> Array:
        first = self.longitude_deg[0]
        return first + (np.asarray(longitude_deg, float) - first + 1e-9) % 360.0 - 1e-9

    def _longitudes(self, lon: float) -> tuple[tuple[int, float], ...]:
        last = self.longitude_deg[-1]
        if self.around and lon > last:
            share = (lon - last) / (self.longitude_deg[0] + 360.0 - last)
            return (len(self.longitude_deg) - 1, 1.0 - share), (0, share)
        return _neighbours(self.longitude_deg, lon)


def _neighbours(grid: Array, value: float) -> tuple[tuple[int, float], ...]:
    """Return the two rows of a rising grid about a value and their weights, constant beyond its ends."""
    upper = int(np.clip(np.searchsorted(grid, value), 1, max(len(grid) - 1, 1)))
    if len(grid) == 1:
        return ((0, 1.0),)
    low, high = grid[upper - 1], grid[upper]
    share = float(np.clip((value - low) / (high - low), 0.0, 1.0))
    return (upper - 1, 1.0 - share), (upper, share)


def column_air(
    column: WeatherColumn,
    wind: WindProfile = CALM,
    name: str = "weather",
    spread: AirSpread | None = None,
) -> Air:
    """Return the table of a column of weather, faded above its top to the standard air and ``wind``."""
    bottom, top = column.height_m[0], column.height_m[-1]
    standard = us1976(column.height_m)
    density = column.pressure_pa / (_R_DRY * column.temperature_k)
    logs = np.log(np.stack([density / standard.density_kgpm3, column.pressure_pa / standard.pressure_pa]))

    def atmosphere(height_m: ArrayLike) -> AirState:
        h = np.asarray(height_m, float)
        base, fade = us1976(h), _fade(h, top)
        rho, p = (np.exp(fade * np.interp(h, column.height_m, log)) for log in logs)
        ratio = np.where(h <= top + _FADE_M, np.sqrt(p / rho), 1.0)
        return AirState(
            base.temperature_k * p / rho, base.pressure_pa * p, base.density_kgpm3 * rho,
            base.sound_speed_mps * ratio,
        )  # fmt: skip

    heights = np.unique(np.concatenate([column.height_m, np.linspace(top, top + _FADE_M, 16), wind.height_m]))
    heights = heights[heights >= bottom] if heights[-1] > bottom else heights
    fade = _fade(heights, top)
    east, north = wind.at(heights)
    east = fade * np.interp(heights, column.height_m, column.east_mps) + (1.0 - fade) * east
    north = fade * np.interp(heights, column.height_m, column.north_mps) + (1.0 - fade) * north
    return build_air(
        WindProfile(tuple(heights), tuple(east), tuple(north)),
        atmosphere=atmosphere,
        name=name,
        spread=spread,
    )


def _fade(height_m: Array, top_m: float) -> Array:
    """Return one up to the top of the weather, falling to nought over the fade."""
    return np.clip((top_m + _FADE_M - height_m) / _FADE_M, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class WeatherMap:
    """The air by place, for what falls: one table a cell of ``CELL_DEG``, ``elsewhere`` beyond the grid."""

    weather: Weather = field(repr=False)
    utc: datetime
    wind: WindProfile
    elsewhere: Air = field(repr=False)

    def cells(self, latitude_rad: Array, longitude_rad: Array) -> NDArray[np.int64]:
        """Return the cell of places (m,); -1 beyond the grid or where a place is not known."""
        lat, lon = np.degrees(latitude_rad), np.degrees(longitude_rad)
        known = np.isfinite(lat) & np.isfinite(lon)
        lat, lon = np.where(known, lat, 0.0), np.where(known, lon, 0.0)
        row = np.floor((lat + 90.0) / CELL_DEG).astype(np.int64)
        column = np.floor((lon % 360.0) / CELL_DEG).astype(np.int64)
        inside = known & self.weather.covers(*_centre(row, column))
        return np.where(inside, row * 1000 + column, -1)

    def table(self, cell: int) -> Air:
        """Return the air of a cell."""
        if cell < 0:
            return self.elsewhere
        lat, lon = _centre(*divmod(cell, 1000))
        column = self.weather.column(float(lat), float(lon), self.utc.timestamp())
        return column_air(column, self.wind, self.weather.name, self.elsewhere.spread)


def _centre(row: ArrayLike, column: ArrayLike) -> tuple[Array, Array]:
    return (np.asarray(row) + 0.5) * CELL_DEG - 90.0, (np.asarray(column) + 0.5) * CELL_DEG


def check_coverage(weather: Weather, latitude_deg: float, longitude_deg: float, utc: datetime) -> None:
    """Refuse weather that knows nothing of a launch's place or time.

    Raises
    ------
    InputError : the pad or the instant lies outside the fields
    """
    if not bool(weather.covers(latitude_deg, longitude_deg)):
        south, north = weather.latitude_deg[[0, -1]]
        west, east = weather.longitude_deg[[0, -1]]
        raise InputError(
            weather.name, "latitude, longitude",
            found=f"{south:g} to {north:g} N, {west:g} to {east:g} E",
            allowed=f"an area with the launch site at {latitude_deg:g} N, {longitude_deg:g} E",
            remedy="Give fields that cover the site; for falls far away the scenario's own wind is used.",
        )  # fmt: skip
    if not weather.covers_time(utc):
        first, last = (datetime.fromtimestamp(t, UTC).isoformat() for t in weather.time_s[[0, -1]])
        raise InputError(
            weather.name, "time", found=f"{first} to {last}", allowed=f"times around {utc.isoformat()}",
            remedy="Give the forecast or reanalysis of the launch's hours.",
        )  # fmt: skip
