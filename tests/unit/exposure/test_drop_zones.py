"""Drop zones: right in metres at any latitude, and holding what they say."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod
from shapely import Polygon

from overflight.exposure.announced import zone_ring
from overflight.exposure.drop_zones import drop_zone, inside_ring, ring_area_centre, rings_overlap
from overflight.scenario.model import Site
from overflight.scenario.zones import AnnouncedZone, Band, Circle

GEOD = Geod(ellps="WGS84")
COUNT = 400_000


def cloud(latitude_deg: float, longitude_deg: float, major_m: float, minor_m: float, azimuth_deg: float):
    """Return longitudes and latitudes of a normal cloud with the given standard deviations."""
    draw = np.random.Generator(np.random.Philox(3)).standard_normal((2, COUNT))
    along, across = major_m * draw[0], minor_m * draw[1]
    distance = np.hypot(along, across)
    bearing = azimuth_deg + np.degrees(np.arctan2(across, along))
    lon, lat, _ = GEOD.fwd(np.full(COUNT, longitude_deg), np.full(COUNT, latitude_deg), bearing, distance)
    return np.asarray(lon), np.asarray(lat)


@pytest.mark.parametrize(
    ("latitude", "longitude", "azimuth"),
    [(39.7, 124.7, 20.0), (70.0, 15.0, 60.0), (-10.0, 179.9, 100.0), (85.0, -60.0, 135.0)],
)
def test_axes_tilt_and_containment(latitude, longitude, azimuth) -> None:
    lon, lat = cloud(latitude, longitude, 30e3, 10e3, azimuth)
    zone = drop_zone(lon, lat, np.ones(COUNT), containment=0.97)
    # 97 % of a two-dimensional normal distribution lies within 2.6482 sigma
    assert zone.semi_major_m == pytest.approx(2.6482 * 30e3, rel=0.01)
    assert zone.semi_minor_m == pytest.approx(2.6482 * 10e3, rel=0.01)
    assert (zone.azimuth_deg - azimuth + 90.0) % 180.0 - 90.0 == pytest.approx(0.0, abs=0.7)
    assert zone.contained == pytest.approx(0.97, abs=1e-4)
    assert GEOD.inv(*zone.centre_deg, longitude, latitude)[2] < 300.0
    assert inside_ring(zone.ring_deg, lon, lat).mean() == pytest.approx(0.97, abs=3e-3)
    assert inside_ring(zone.half_ring_deg, lon, lat).mean() == pytest.approx(0.5, abs=3e-3)


@pytest.mark.parametrize(("sigmas", "share"), [(1.0, 0.3935), (2.0, 0.8647), (3.0, 0.9889)])
def test_sigma_ellipses_hold_the_two_dimensional_shares(sigmas, share) -> None:
    lon, lat = cloud(39.7, 124.7, 30e3, 10e3, 20.0)
    zone = drop_zone(lon, lat, np.ones(COUNT), containment=share)
    assert zone.semi_major_m == pytest.approx(sigmas * 30e3, rel=0.01)


@pytest.mark.parametrize("spread_deg", [(0.0, 0.0), (0.0, 0.1)])
def test_without_spread_a_zone_is_still_an_area(spread_deg) -> None:
    lon = 142.0 + spread_deg[0] * np.linspace(-1.0, 1.0, 50)
    lat = 27.0 + spread_deg[1] * np.linspace(-1.0, 1.0, 50)
    zone = drop_zone(lon, lat, np.ones(50))
    assert zone.semi_minor_m == 100.0
    assert zone.semi_major_m == (100.0 if spread_deg[1] == 0.0 else pytest.approx(0.097 * 111e3, rel=0.1))
    assert Polygon(zone.ring_deg).is_valid
    assert inside_ring(zone.ring_deg, lon, lat).mean() >= 0.96


def test_weights_count() -> None:
    lon, lat = cloud(30.0, 130.0, 20e3, 20e3, 0.0)
    weights = np.where(lat > 30.0, 3.0, 1.0)
    zone = drop_zone(lon, lat, weights)
    inside = inside_ring(zone.ring_deg, lon, lat)
    assert weights[inside].sum() / weights.sum() == pytest.approx(0.97, abs=3e-3)
    assert zone.centre_deg[1] > 30.02


def test_long_clouds_become_bands_that_bend() -> None:
    rng = np.random.Generator(np.random.Philox(4))
    along = rng.uniform(0.0, 8000e3, 40_000)
    bearing = 170.0 + 4.0 * rng.standard_normal(len(along)) * 200e3 / (200e3 + along)
    lon, lat, _ = GEOD.fwd(np.full(len(along), 125.0), np.full(len(along), 20.0), bearing, along)
    zone = drop_zone(np.asarray(lon), np.asarray(lat), np.ones(len(along)))
    assert zone.shape == "band"
    assert zone.contained == pytest.approx(0.97, abs=0.02)
    assert zone.contained >= 0.96
    assert 2.0 * zone.semi_major_m == pytest.approx(0.985 * 8000e3, rel=0.02)
    assert zone.semi_minor_m < 600e3
    assert zone.azimuth_deg == pytest.approx(170.0, abs=8.0)


SITE = Site(name="pad", latitude_deg=39.66, longitude_deg=124.705)


def test_bands_are_rectangles_in_the_frame_of_the_pad() -> None:
    band = Band(azimuth_deg=190.0, near_km=400.0, far_km=500.0, half_width_km=30.0)
    ring = zone_ring(AnnouncedZone(key="z", label="z", band=band), SITE)
    assert (ring[0] == ring[-1]).all()
    reach = [GEOD.inv(SITE.longitude_deg, SITE.latitude_deg, *corner)[2] for corner in ring[:4]]
    assert reach == pytest.approx([np.hypot(r, 30e3) for r in (400e3, 500e3, 500e3, 400e3)], rel=1e-3)
    assert GEOD.inv(SITE.longitude_deg, SITE.latitude_deg, *ring_area_centre(ring))[2] == pytest.approx(
        450e3, rel=1e-3
    )


def test_circles_overlap_when_they_should() -> None:
    def circle(latitude: float) -> np.ndarray:
        zone = Circle(latitude_deg=latitude, longitude_deg=179.9, radius_km=50.0)
        return zone_ring(AnnouncedZone(key="z", label="z", circle=zone), SITE)

    assert rings_overlap(circle(10.0), circle(10.8))
    assert not rings_overlap(circle(10.0), circle(11.0))
    assert inside_ring(circle(10.0), np.array([-179.9, 179.0]), np.array([10.0, 10.0])).tolist() == [
        True,
        False,
    ]
