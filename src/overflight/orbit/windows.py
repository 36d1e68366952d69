"""Windows in which a satellite stands over places, as values: the places, one window, many windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight.earth.frames import geodetic_to_ecef
from overflight.orbit.ephemeris import Ephemeris

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["GroundPoints", "Pass", "Passes"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GroundPoints:
    """Places (p,): keys, names, geodetic latitude and longitude (rad), height over WGS-84 (m)."""

    key: tuple[str, ...]
    name: tuple[str, ...]
    latitude_rad: Array
    longitude_rad: Array
    height_m: Array

    def __len__(self) -> int:
        return len(self.key)

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        latitude_deg: ArrayLike,
        longitude_deg: ArrayLike,
        height_m: ArrayLike = 0.0,
        keys: Sequence[str] | None = None,
    ) -> GroundPoints:
        """Return places from degrees."""
        columns = (np.radians(latitude_deg), np.radians(longitude_deg), height_m)
        latitude, longitude, height = (
            np.array(np.broadcast_to(np.asarray(column, float), len(names))) for column in columns
        )
        return cls(tuple(keys or names), tuple(names), latitude, longitude, height)

    @property
    def position_m(self) -> Array:
        """ECEF positions (p, 3)."""
        return geodetic_to_ecef(self.latitude_rad, self.longitude_rad, self.height_m)


@dataclass(frozen=True, slots=True)
class Pass:
    """One window, for people: instants UTC, angles in degrees, distances in km."""

    satellite: str
    place: str
    begin_utc: datetime
    peak_utc: datetime
    end_utc: datetime
    duration_s: float
    elevation_deg: float
    off_nadir_deg: float
    range_km: float
    begin_azimuth_deg: float
    peak_azimuth_deg: float
    end_azimuth_deg: float
    sun_elevation_deg: float
    daylight: bool
    northbound: bool
    grazing: bool
    cut: bool


_WORDS = tuple(Pass.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Passes(Sequence[Pass]):
    """Windows (m,) in order of place and time; times are seconds after ``ephemeris.start_utc``, angles rad.

    Elevation, off-nadir angle, range and the Sun's elevation at the place are those of the best moment,
    the peak. ``grazing`` windows clear the limit by less than half a degree; ``cut`` ones begin or end
    with the span looked at.
    """

    ephemeris: Ephemeris = field(repr=False)
    points: GroundPoints = field(repr=False)
    min_elevation_rad: float
    max_off_nadir_rad: float | None
    min_sun_rad: float
    point: Integers = field(repr=False)
    begin_s: Array = field(repr=False)
    peak_s: Array = field(repr=False)
    end_s: Array = field(repr=False)
    elevation_rad: Array = field(repr=False)
    off_nadir_rad: Array = field(repr=False)
    range_m: Array = field(repr=False)
    azimuth_rad: Array = field(repr=False)
    """At begin, peak and end (m, 3), clockwise from north."""
    sun_rad: Array = field(repr=False)
    northbound: NDArray[np.bool_] = field(repr=False)
    grazing: NDArray[np.bool_] = field(repr=False)
    cut: NDArray[np.bool_] = field(repr=False)

    def __len__(self) -> int:
        return len(self.point)

    def __iter__(self) -> Iterator[Pass]:
        return (self._row(i) for i in range(len(self)))

    @overload
    def __getitem__(self, index: int) -> Pass: ...
    @overload
    def __getitem__(self, index: slice) -> list[Pass]: ...
    def __getitem__(self, index: int | slice) -> Pass | list[Pass]:
        if isinstance(index, slice):
            return [self._row(i) for i in range(*index.indices(len(self)))]
        return self._row(range(len(self))[index])

    @property
    def daylight(self) -> NDArray[np.bool_]:
        """Which windows (m,) have the Sun high enough over the place."""
        return self.sun_rad >= self.min_sun_rad

    def only(self, keep: NDArray[np.bool_] | Integers) -> Passes:
        """Return some of the windows."""
        names: Any = (
            "point", "begin_s", "peak_s", "end_s", "elevation_rad", "off_nadir_rad", "range_m", "azimuth_rad",
            "sun_rad", "northbound", "grazing", "cut",
        )  # fmt: skip
        return Passes(
            self.ephemeris, self.points, self.min_elevation_rad, self.max_off_nadir_rad, self.min_sun_rad,
            **{name: getattr(self, name)[keep] for name in names},
        )  # fmt: skip

    def _row(self, i: int) -> Pass:
        utc = self.ephemeris.utc
        begin, peak, end = (float(np.degrees(angle)) % 360.0 for angle in self.azimuth_rad[i])
        return Pass(
            satellite=self.ephemeris.name,
            place=self.points.name[self.point[i]],
            begin_utc=utc(self.begin_s[i]),
            peak_utc=utc(self.peak_s[i]),
            end_utc=utc(self.end_s[i]),
            duration_s=float(self.end_s[i] - self.begin_s[i]),
            elevation_deg=float(np.degrees(self.elevation_rad[i])),
            off_nadir_deg=float(np.degrees(self.off_nadir_rad[i])),
            range_km=float(self.range_m[i] / 1e3),
            begin_azimuth_deg=begin,
            peak_azimuth_deg=peak,
            end_azimuth_deg=end,
            sun_elevation_deg=float(np.degrees(self.sun_rad[i])),
            daylight=bool(self.sun_rad[i] >= self.min_sun_rad),
            northbound=bool(self.northbound[i]),
            grazing=bool(self.grazing[i]),
            cut=bool(self.cut[i]),
        )

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a window with units in the column names."""
        import pandas as pd

        rows = list(self)
        return pd.DataFrame({name: [getattr(row, name) for row in rows] for name in _WORDS})

    def _repr_html_(self) -> str:
        head = "".join(
            f"<th>{t}</th>" for t in ("place", "from (UTC)", "to", "elevation", "off nadir", "Sun")
        )
        lines = []
        for row in self[:20]:
            cells = (
                escape(row.place), f"{row.begin_utc:%Y-%m-%d %H:%M:%S}", f"{row.end_utc:%H:%M:%S}",
                f"{row.elevation_deg:.1f}°", f"{row.off_nadir_deg:.1f}°", f"{row.sun_elevation_deg:.0f}°",
            )  # fmt: skip
            lines.append("".join(f"<td>{cell}</td>" for cell in cells))
        title = f"{len(self)} windows of {escape(self.ephemeris.name)}"
        body = "".join(f"<tr>{line}</tr>" for line in lines)
        return f"<table><caption>{title}</caption><tr>{head}</tr>{body}</table>"
