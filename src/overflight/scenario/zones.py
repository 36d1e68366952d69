"""Announced zones: rings, circles, or range bands along an azimuth."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from overflight.scenario.quantity import Strict

__all__ = ["AnnouncedZone", "Band", "Circle"]

Latitude = Annotated[float, Field(ge=-90.0, le=90.0)]
Longitude = Annotated[float, Field(ge=-180.0, le=180.0)]


class Circle(Strict):
    """A zone known only by its centre and a tolerance."""

    latitude_deg: Latitude
    longitude_deg: Longitude
    radius_km: Annotated[float, Field(gt=0.0, le=3000.0)]


class Band(Strict):
    """A rectangle in the geodesic frame of the pad: ranges along an azimuth, half width across."""

    azimuth_deg: Annotated[float, Field(ge=0.0, lt=360.0)]
    near_km: Annotated[float, Field(ge=0.0)]
    far_km: Annotated[float, Field(gt=0.0, le=20000.0)]
    half_width_km: Annotated[float, Field(gt=0.0, le=2000.0)]

    @model_validator(mode="after")
    def _ordered(self) -> Band:
        if self.near_km >= self.far_km:
            raise ValueError("near_km must be less than far_km")
        return self


class AnnouncedZone(Strict):
    """A zone closed by the launching side; exactly one of ``ring``, ``circle``, ``band``."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    label: str
    body: str | None = Field(default=None, description="stage-1, fairing ...: what is announced to fall here")
    ring_latlon_deg: tuple[tuple[Latitude, Longitude], ...] | None = None
    circle: Circle | None = None
    band: Band | None = None
    source: str | list[str] | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> AnnouncedZone:
        given = [n for n in ("ring_latlon_deg", "circle", "band") if getattr(self, n) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of ring_latlon_deg, circle, band; found {given or 'none'}")
        if self.ring_latlon_deg is not None:
            _check_ring(self.ring_latlon_deg)
        return self


def _check_ring(ring: tuple[tuple[float, float], ...]) -> None:
    """Refuse rings that are not closed, too short, degenerate or cross themselves."""
    if len(ring) < 4:
        raise ValueError(f"a ring needs at least four points, the last equal to the first; found {len(ring)}")
    if ring[0] != ring[-1]:
        raise ValueError(f"the ring is not closed: it starts at {ring[0]} and ends at {ring[-1]}")
    from shapely import is_valid_reason
    from shapely.geometry import Polygon

    start = ring[0][1]
    unwrapped = [((lon - start + 180.0) % 360.0 - 180.0, lat) for lat, lon in ring]
    polygon = Polygon(unwrapped)
    if not polygon.is_valid:
        raise ValueError(f"the ring crosses or touches itself: {is_valid_reason(polygon)}")
    if polygon.area == 0.0:
        raise ValueError("the ring encloses no area")
