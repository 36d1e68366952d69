"""What is exported: paths, points and polygons as plain values, and how each role is drawn.

Longitude and latitude are WGS-84 degrees, heights metres above the ellipsoid, instants UTC.  Colours
are those of the pages on dark ground, because globe viewers show dark imagery.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from overflight.errors import InputError

LonLat = tuple[float, float]
PropertyValue = str | int | float | bool | None


class Role(StrEnum):
    """What a feature is; the value is the word in the files."""

    FLOWN = "flown"
    PLANNED = "planned"
    FALL = "fall"
    BAND = "band"
    ANNOUNCED = "announced"
    COMPUTED = "computed"
    PLACE = "place"
    IMPACT = "impact"
    SITE = "site"


ROLE_TITLES = {
    Role.FLOWN: "Path flown",
    Role.PLANNED: "Path planned",
    Role.FALL: "Paths of falling parts",
    Role.BAND: "Band of possible ground tracks",
    Role.ANNOUNCED: "Announced zones",
    Role.COMPUTED: "Computed drop zones",
    Role.PLACE: "Places under the path",
    Role.IMPACT: "Computed impacts",
    Role.SITE: "Launch site and marks",
}


@dataclass(frozen=True, slots=True)
class Style:
    """Line and fill as (red, green, blue, alpha) 0..255, and line width in pixels."""

    line: tuple[int, int, int, int]
    fill: tuple[int, int, int, int]
    width_px: float


STYLES = {
    Role.FLOWN: Style((147, 200, 255, 255), (147, 200, 255, 60), 3.0),
    Role.PLANNED: Style((107, 147, 186, 255), (107, 147, 186, 40), 2.0),
    Role.FALL: Style((217, 119, 63, 255), (217, 119, 63, 40), 1.5),
    Role.BAND: Style((147, 200, 255, 120), (147, 200, 255, 50), 1.0),
    Role.ANNOUNCED: Style((99, 213, 199, 255), (99, 213, 199, 40), 2.0),
    Role.COMPUTED: Style((255, 160, 107, 255), (255, 160, 107, 70), 2.0),
    Role.PLACE: Style((255, 228, 154, 255), (227, 180, 58, 110), 1.5),
    Role.IMPACT: Style((217, 119, 63, 255), (217, 119, 63, 255), 1.0),
    Role.SITE: Style((238, 242, 242, 255), (238, 242, 242, 255), 1.0),
}


def _refuse(name: str, key: str, found: str, allowed: str) -> InputError:
    remedy = "Mend the rows before they are exported."
    return InputError(f"export of {name!r}", key, found=found, allowed=allowed, remedy=remedy)


def read_only_rows(name: str, key: str, values: object, shape: tuple[int | None, ...]) -> NDArray[np.float64]:
    """Return a read-only float64 copy of ``values``; InputError if the shape differs or any is not finite."""
    array = np.array(values, dtype=np.float64)
    fits = array.ndim == len(shape) and all(
        n is None or n == m for n, m in zip(shape, array.shape, strict=True)
    )
    if not fits or array.size == 0:
        raise _refuse(
            name, key, f"shape {array.shape}", f"shape {tuple('n' if n is None else n for n in shape)}"
        )
    if not np.isfinite(array).all():
        raise _refuse(name, key, "a value that is not finite", "finite numbers")
    array.setflags(write=False)
    return array


def check_times(name: str, epoch_utc: datetime, time_s: NDArray[np.float64]) -> None:
    """Raise InputError unless the epoch has an offset and the times increase, two rows at least."""
    if epoch_utc.utcoffset() is None:
        raise _refuse(name, "epoch_utc", "no offset", "an instant with its offset from UTC")
    if len(time_s) < 2 or np.any(np.diff(time_s) <= 0.0):
        raise _refuse(name, "time_s", f"{len(time_s)} rows", "two rows or more, times increasing")


@dataclass(frozen=True, slots=True, eq=False)
class PathRows:
    """A path in time. Arrays are (n,), n >= 2; ``time_s`` counts from ``epoch_utc`` and increases."""

    name: str
    epoch_utc: datetime
    time_s: NDArray[np.float64]
    longitude_deg: NDArray[np.float64]
    latitude_deg: NDArray[np.float64]
    altitude_m: NDArray[np.float64]
    role: Role = Role.FLOWN
    properties: Mapping[str, PropertyValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = len(np.atleast_1d(self.time_s))
        for key in ("time_s", "longitude_deg", "latitude_deg", "altitude_m"):
            object.__setattr__(self, key, read_only_rows(self.name, key, getattr(self, key), (rows,)))
        check_times(self.name, self.epoch_utc, self.time_s)

    @property
    def begin_utc(self) -> datetime:
        return at_utc(self.epoch_utc, float(self.time_s[0]))

    @property
    def end_utc(self) -> datetime:
        return at_utc(self.epoch_utc, float(self.time_s[-1]))


@dataclass(frozen=True, slots=True)
class PointFeature:
    """A point, with the instant it belongs to if it has one."""

    name: str
    longitude_deg: float
    latitude_deg: float
    altitude_m: float = 0.0
    role: Role = Role.SITE
    time_utc: datetime | None = None
    properties: Mapping[str, PropertyValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PolygonFeature:
    """One or several polygons, each an outer ring and its holes, all closed; valid from begin to end."""

    name: str
    polygons: tuple[tuple[tuple[LonLat, ...], ...], ...]
    role: Role
    begin_utc: datetime | None = None
    end_utc: datetime | None = None
    properties: Mapping[str, PropertyValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for ring in (ring for polygon in self.polygons for ring in polygon):
            if len(ring) < 4 or ring[0] != ring[-1]:
                raise _refuse(
                    self.name, "polygons", f"a ring of {len(ring)} points", "closed rings of four or more"
                )

    @classmethod
    def of_ring(
        cls,
        name: str,
        ring: Sequence[LonLat],
        role: Role,
        properties: Mapping[str, PropertyValue] | None = None,
    ) -> PolygonFeature:
        """Return a polygon of one outer ring; an open ring is closed."""
        closed = tuple(ring) if tuple(ring[0]) == tuple(ring[-1]) else (*ring, ring[0])
        return cls(name, (((*closed,),),), role, properties=properties or {})


Feature = PathRows | PointFeature | PolygonFeature


def at_utc(epoch_utc: datetime, time_s: float) -> datetime:
    """Return the instant ``time_s`` seconds after ``epoch_utc``, in UTC, to the microsecond."""
    return epoch_utc.astimezone(UTC) + timedelta(microseconds=round(time_s * 1e6))


def utc_text(time: datetime) -> str:
    """Return an instant as ``2023-08-23T18:50:30Z``, with a fraction only where it has one."""
    text = time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return text + "Z"


def longitudes_latitudes(feature: Feature) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Yield the longitudes and latitudes (n,) in degrees of each connected part of a feature."""
    if isinstance(feature, PathRows):
        yield feature.longitude_deg, feature.latitude_deg
    elif isinstance(feature, PointFeature):
        yield np.array([feature.longitude_deg]), np.array([feature.latitude_deg])
    else:
        for polygon in feature.polygons:
            points = np.array(polygon[0], dtype=np.float64)
            yield points[:, 0], points[:, 1]


def bounds_deg(features: Iterable[Feature]) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north in degrees of everything; None if there is nothing.

    The box is the narrowest one; where it crosses the antimeridian, west is greater than east
    (RFC 7946, section 5.2).
    """
    from overflight.earth.antimeridian import unwrap_deg

    spans, south, north = [], 90.0, -90.0
    for longitude_deg, latitude_deg in (
        part for feature in features for part in longitudes_latitudes(feature)
    ):
        unwrapped = unwrap_deg(longitude_deg)
        spans.append((float(unwrapped.min()), float(unwrapped.max())))
        south, north = min(south, float(latitude_deg.min())), max(north, float(latitude_deg.max()))
    if not spans:
        return None
    west, east = _narrowest(spans)
    return west, south, east, north


def _narrowest(spans: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return west and east of the narrowest arc that holds all spans of longitude."""
    wrapped = sorted(((west + 180.0) % 360.0 - 180.0, east - west) for west, east in spans)
    if any(width >= 360.0 for _, width in wrapped):
        return -180.0, 180.0
    first_west, first_width = wrapped[0]
    reach, gaps = first_west + first_width, []
    for west, width in [*wrapped[1:], (first_west + 360.0, first_width)]:
        gaps.append((west - reach, west, reach))
        reach = max(reach, west + width)
    gap, west, east = max(gaps)
    if gap <= 0.0:
        return -180.0, 180.0
    west, east = (west + 180.0) % 360.0 - 180.0, (east + 180.0) % 360.0 - 180.0
    return west, 180.0 if east == -180.0 else east
