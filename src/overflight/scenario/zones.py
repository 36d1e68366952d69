"""Announced zones: rings, circles, or range bands along an azimuth."""

from __future__ import annotations

import re
from typing import Annotated, Protocol

from pydantic import Field, model_validator

from overflight.scenario.quantity import Citation, Name, Real, Strict
from overflight.scenario.refusal import Refused

__all__ = ["AnnouncedZone", "Band", "Circle", "Latitude", "Longitude", "one_shape"]

Latitude = Annotated[Real, Field(ge=-90.0, le=90.0)]
Longitude = Annotated[Real, Field(ge=-180.0, le=180.0)]


class Circle(Strict):
    """A zone known only by its centre and a tolerance."""

    latitude_deg: Latitude
    longitude_deg: Longitude
    radius_km: Annotated[Real, Field(gt=0.0, le=3000.0)]


class Band(Strict):
    """A rectangle in the geodesic frame of the pad: ranges along an azimuth, half width across."""

    azimuth_deg: Annotated[Real, Field(ge=0.0, lt=360.0)]
    near_km: Annotated[Real, Field(ge=0.0)]
    far_km: Annotated[Real, Field(gt=0.0, le=20000.0)]
    half_width_km: Annotated[Real, Field(gt=0.0, le=2000.0)]

    @model_validator(mode="after")
    def _ordered(self) -> Band:
        if self.near_km >= self.far_km:
            raise Refused(
                key="near_km",
                found=f"{self.near_km:g} with far_km = {self.far_km:g}",
                allowed="less than far_km",
                remedy="Exchange the two, both distances from the pad.",
            )
        return self


class AnnouncedZone(Strict):
    """A zone closed by the launching side; exactly one of ``ring``, ``circle``, ``band``."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    label: Name
    body: str | None = Field(default=None, description="stage-1, fairing ...: what is announced to fall here")
    ring_latlon_deg: tuple[tuple[Latitude, Longitude], ...] | None = None
    circle: Circle | None = None
    band: Band | None = None
    source: Citation = None
    note: str | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> AnnouncedZone:
        one_shape(self)
        return self


class Shaped(Protocol):
    """What has some of the three shapes of a zone."""

    @property
    def ring_latlon_deg(self) -> tuple[tuple[float, float], ...] | None: ...


def one_shape(shaped: Shaped, names: tuple[str, ...] = ("ring_latlon_deg", "circle", "band")) -> None:
    """Refuse a zone with no shape, with two, or with a ring that is none."""
    given = [n for n in names if getattr(shaped, n) is not None]
    if len(given) != 1:
        raise Refused(
            found=" and ".join(given) or "no shape",
            allowed=f"exactly one of {', '.join(names)}",
            remedy="Give the zone one shape; two areas are two zones.",
        )
    if shaped.ring_latlon_deg is not None:
        _check_ring(shaped.ring_latlon_deg)


def _check_ring(ring: tuple[tuple[float, float], ...]) -> None:
    """Refuse rings that are not closed, too short, degenerate or cross themselves."""
    allowed = "at least four points [latitude, longitude], the last equal to the first"
    if len(ring) < 2:
        raise _refused_ring(f"{len(ring)} points", allowed, "Give the corners of the zone in order.")
    first, last = ring[0], ring[-1]
    if first != last:
        found = (
            f"not closed: it starts at ({first[0]:g}, {first[1]:g}) and ends at ({last[0]:g}, {last[1]:g})"
        )
        raise _refused_ring(found, allowed, "Repeat the first point at the end.")
    if len(ring) < 4:
        raise _refused_ring(f"{len(ring)} points", allowed, "Give the corners of the zone in order.")
    from shapely.geometry import Polygon
    from shapely.validation import explain_validity

    start = ring[0][1]
    unwrapped = [((lon - start + 180.0) % 360.0 - 180.0, lat) for lat, lon in ring]
    polygon = Polygon(unwrapped)
    if polygon.convex_hull.area == 0.0:
        raise _refused_ring("a ring without area", "a ring around an area", "Give its corners in order.")
    if not polygon.is_valid:
        raise _refused_ring(
            f"a ring that crosses or touches itself{_crossing(explain_validity(polygon), start)}",
            "a ring that does not cross itself",
            "Give its corners in order around the area; two of them may be exchanged.",
        )


def _refused_ring(found: str, allowed: str, remedy: str) -> Refused:
    return Refused(key="ring_latlon_deg", found=found, allowed=allowed, remedy=remedy)


def _crossing(reason: str, start_deg: float) -> str:
    """Return where, from the library's words: ``Self-intersection[0.5 36.1]``, x relative to the start."""
    found = re.search(r"\[(\S+) (\S+)\]", reason)
    if found is None:
        return ""
    x, y = (float(text) for text in found.groups())
    return f" near ({y:g}, {(x + start_deg + 180.0) % 360.0 - 180.0:g})"
