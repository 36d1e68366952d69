"""The WGS-84 ellipsoid: positions against their closed form in extended precision, and against PROJ.

The way from latitude, longitude and height to x, y, z is a closed form, worked here with 64 bits of mantissa
(NIMA TR8350.2, 3rd edition, equation 4-14); the way back is held against it. PROJ's own way back is one
Bowring step, as exact as that: it is compared within its error.
"""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Transformer

from overflight.earth.constants import WGS84
from overflight.earth.frames import ecef_to_geodetic, eci_to_ecef, geodetic_to_ecef
from overflight.earth.kernels import geodetic, longitude_at

EARTH = WGS84.as_array()
HEIGHTS_M = (-10e3, 0.0, 1e3, 30e3, 86e3, 200e3, 500e3, 1e6, 3e6, 1e7)
LATITUDES_DEG = np.concatenate([np.linspace(-90.0, 90.0, 361), [-89.999999, 89.99999999, 1e-9]])
OFF_AXIS = np.abs(LATITUDES_DEG) < 89.9  # a pole has no longitude

# point, latitude deg, longitude deg, height m, x, y, z m, to within m: the axes of the ellipsoid, and a worked
# example (D. A. Vallado, Fundamentals of Astrodynamics and Applications, 4th ed., example 3-3; its longitude is
# given to 1e-4 degrees, its height to 10 m)
POINTS = (
    ("equator", 0.0, 0.0, 0.0, 6378137.0, 0.0, 0.0, 1e-6),
    ("pole", 90.0, 0.0, 0.0, 0.0, 0.0, 6356752.314245, 1e-6),
    ("south pole, 10 km deep", -90.0, 0.0, -10e3, 0.0, 0.0, -6346752.314245, 1e-6),
    ("180th meridian", 0.0, 180.0, 400e3, -6778137.0, 0.0, 0.0, 1e-6),
    ("Vallado 3-3", 34.352496, 46.4464, 5085220.0, 6524834.0, 6862875.0, 6448296.0, 10.0),
)


def exact_ecef(latitude_deg: np.ndarray, longitude_deg: float, height_m: float) -> np.ndarray:
    long = np.longdouble
    latitude = np.asarray(latitude_deg, long) * (long(4) * np.arctan(long(1)) / 180)
    longitude = long(longitude_deg) * (long(4) * np.arctan(long(1)) / 180)
    flattening = 1 / long("298.257223563")
    e2 = flattening * (2 - flattening)
    n = long(6378137) / np.sqrt(1 - e2 * np.sin(latitude) ** 2)
    axis = (n + long(height_m)) * np.cos(latitude)
    return np.stack(
        [axis * np.cos(longitude), axis * np.sin(longitude), (n * (1 - e2) + height_m) * np.sin(latitude)], -1
    )


@pytest.mark.parametrize(("point", "latitude", "longitude", "height", "x", "y", "z", "given_to"), POINTS)
def test_published_points(point, latitude, longitude, height, x, y, z, given_to) -> None:
    ours = geodetic_to_ecef(np.radians(latitude), np.radians(longitude), height)
    assert ours == pytest.approx([x, y, z], abs=given_to), point


def test_to_ecef(verified) -> None:
    worst = max(
        np.abs(geodetic_to_ecef(np.radians(LATITUDES_DEG), np.radians(123.0), h) - exact_ecef(LATITUDES_DEG, 123.0, h))
        .max()
        .astype(float)
        for h in HEIGHTS_M
    )  # fmt: skip
    verified("x, y, z of -10 to 10,000 km", worst, allowed=1e-8, unit="m")


def test_from_ecef(verified) -> None:
    off_height, off_latitude, off_longitude = [], [], []
    for h in HEIGHTS_M:
        latitude, longitude, height = ecef_to_geodetic(exact_ecef(LATITUDES_DEG, -123.0, h).astype(float))
        off_height.append(np.abs(height - h).max())
        off_latitude.append(np.abs(latitude - np.radians(LATITUDES_DEG)).max())
        off_longitude.append(np.abs(longitude - np.radians(-123.0))[OFF_AXIS].max())
    verified("height of -10 to 10,000 km, poles included", max(off_height), allowed=1e-8, unit="m")
    verified("latitude as distance on the ground", max(off_latitude) * 6.4e6, allowed=1e-8, unit="m")
    verified("longitude as distance on the ground", max(off_longitude) * 6.4e6, allowed=1e-8, unit="m")


@pytest.mark.parametrize(
    ("top_m", "allowed_m"), [(30e3, 1e-5), (1e6, 1e-2), (1e7, 0.06)], ids=["30 km", "1000 km", "10,000 km"]
)
def test_one_step_of_the_kernels(top_m, allowed_m, verified) -> None:
    heights = [h for h in HEIGHTS_M if h <= top_m]
    off_height, off_latitude = 0.0, 0.0
    for h in heights:
        for latitude, place in zip(
            LATITUDES_DEG, exact_ecef(LATITUDES_DEG, 77.0, h).astype(float), strict=True
        ):
            height, sine, cosine, axis = geodetic(*place, EARTH)
            off_height = max(off_height, abs(height - h))
            off_latitude = max(off_latitude, abs(np.arctan2(sine, cosine) - np.radians(latitude)))
            assert axis == pytest.approx(np.hypot(*place[:2]), abs=2e-9)
    verified(f"kernel: height up to {top_m / 1e3:g} km", off_height, allowed=1e-8, unit="m")
    verified(
        f"kernel: latitude on the ground, up to {top_m / 1e3:g} km",
        off_latitude * 6.4e6, allowed=allowed_m, unit="m",
    )  # fmt: skip


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_the_kernel_knows_the_poles(side) -> None:
    height, sine, cosine, axis = geodetic(0.0, 0.0, side * 6356752.314245179, EARTH)
    assert (height, sine, cosine) == pytest.approx((0.0, side, 0.0), abs=1e-8)
    assert 0.0 < axis < 1e-9
    assert np.isfinite(0.0 / axis)


def test_the_inverse_of_proj(verified) -> None:
    back = Transformer.from_crs("EPSG:4978", "EPSG:4979", always_xy=True)
    for top_m, allowed_m in ((86e3, 1e-4), (1e6, 1e-2)):
        worst_height = worst_latitude = 0.0
        for h in (h for h in HEIGHTS_M if h <= top_m):
            place = geodetic_to_ecef(np.radians(LATITUDES_DEG), np.radians(10.0), h)
            latitude, _, height = ecef_to_geodetic(place)
            _, theirs, their_height = back.transform(*place.T)
            worst_height = max(worst_height, np.abs(height - their_height).max())
            worst_latitude = max(worst_latitude, np.abs(latitude - np.radians(theirs)).max() * 6.4e6)
        up_to = f"up to {top_m / 1e3:g} km"
        verified(f"height beside PROJ {up_to}", worst_height, allowed=allowed_m, unit="m")
        verified(f"latitude beside PROJ {up_to}", worst_latitude, allowed=allowed_m, unit="m")


def test_longitude_turns_with_the_earth() -> None:
    times = np.array([0.0, 571.3, 86_164.0, 9e5])
    place = np.array([1.0e6, -6.3e6, 2.0e6])
    ecef, _ = eci_to_ecef(np.tile(place, (4, 1)), np.zeros((4, 3)), times)
    ours = [longitude_at(place[0], place[1], t, EARTH) for t in times]
    assert ours == pytest.approx(list(np.arctan2(ecef[:, 1], ecef[:, 0])), abs=1e-12)
