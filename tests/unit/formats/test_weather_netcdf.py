"""NetCDF weather in: the layouts of ERA5 and GFS, and what is refused."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.earth.atmosphere import us1976
from overflight.errors import InputError
from overflight.formats.weather_netcdf import parse_weather

xr = pytest.importorskip("xarray")
LEVELS_HPA = np.array([1000.0, 850.0, 500.0, 200.0, 50.0, 10.0, 1.0])
RADIUS_M = 6356766.0


def standard_levels() -> tuple[np.ndarray, np.ndarray]:
    """Return geopotential heights and temperatures of the standard atmosphere at the levels."""
    grid = np.linspace(0.0, 60e3, 6001)
    height = np.interp(-np.log(LEVELS_HPA * 100.0), -np.log(us1976(grid).pressure_pa), grid)
    return height * RADIUS_M / (RADIUS_M + height), us1976(height).temperature_k


def dataset(*, lon=(120.0, 125.0, 130.0), lat=(45.0, 40.0, 35.0), hours=(18, 21)) -> xr.Dataset:
    """Return ERA5-like fields: the standard air, and a wind that tells place, level and hour apart."""
    z, t = standard_levels()
    shape = (len(hours), len(LEVELS_HPA), len(lat), len(lon))
    full = [np.broadcast_to(v[None, :, None, None], shape).copy() for v in (z * 9.80665, t)]
    east = np.array(lon)[None, None, None, :] / 2.0 + 0.0 * full[0]
    north = np.array(lat)[None, None, :, None] + (np.array(hours) - 18.0)[:, None, None, None] + 0.0 * full[0]
    dims = ("valid_time", "pressure_level", "latitude", "longitude")
    times = [np.datetime64(f"2023-08-23T{hour:02d}:00", "ns") for hour in hours]
    return xr.Dataset(
        {"z": (dims, full[0], {"units": "m**2 s**-2"}), "t": (dims, full[1]), "u": (dims, east), "v": (dims, north)},
        {"valid_time": times, "pressure_level": ("pressure_level", LEVELS_HPA, {"units": "hPa"}),
         "latitude": list(lat), "longitude": list(lon)},
    )  # fmt: skip


def content(data: xr.Dataset, engine: str = "h5netcdf") -> bytes:
    if engine == "scipy":
        return bytes(data.to_netcdf(None, engine="scipy"))
    buffer = io.BytesIO()
    data.to_netcdf(buffer, engine="h5netcdf")
    return buffer.getvalue()


@pytest.mark.parametrize("engine", ["h5netcdf", "scipy"])
def test_era5_layout(engine) -> None:
    weather = parse_weather(content(dataset(), engine), "era5.nc")
    at = datetime(2023, 8, 23, 19, 30, tzinfo=UTC).timestamp()
    column = weather.column(37.5, 122.5, at)
    assert np.all(np.diff(column.height_m) > 0.0)
    assert column.east_mps == pytest.approx(np.full(len(LEVELS_HPA), 122.5 / 2.0))
    assert column.north_mps == pytest.approx(np.full(len(LEVELS_HPA), 37.5 + 1.5))
    assert column.pressure_pa == pytest.approx(LEVELS_HPA * 100.0)
    assert column.pressure_pa == pytest.approx(us1976(column.height_m).pressure_pa, rel=1e-4)


def test_gfs_layout_is_the_same_weather() -> None:
    era = dataset()
    gfs = era.rename(
        {"valid_time": "time", "pressure_level": "isobaric", "latitude": "lat", "longitude": "lon"}
    )
    gfs = gfs.rename({"u": "u-component_of_wind_isobaric", "v": "v-component_of_wind_isobaric"})
    gfs = gfs.rename({"t": "Temperature_isobaric", "z": "Geopotential_height_isobaric"})
    gfs["Geopotential_height_isobaric"] = gfs["Geopotential_height_isobaric"] / 9.80665
    gfs = gfs.assign_coords(isobaric=("isobaric", LEVELS_HPA * 100.0, {"units": "Pa"})).sortby("lat")
    one, two = parse_weather(content(era), "era5.nc"), parse_weather(content(gfs), "gfs.nc")
    for name in (
        "time_s",
        "latitude_deg",
        "longitude_deg",
        "height_m",
        "east_mps",
        "north_mps",
        "pressure_pa",
    ):
        assert getattr(one, name) == pytest.approx(getattr(two, name)), name


def test_it_closes_round_the_earth_whatever_the_first_meridian() -> None:
    for lon in (np.arange(0.0, 360.0, 30.0), np.arange(-180.0, 180.0, 30.0)):
        weather = parse_weather(content(dataset(lon=tuple(lon))), "world.nc")
        assert weather.around and np.all(weather.covers([40.0, 40.0], [-179.9, 359.0]))
        middle = weather.column(40.0, lon[-1] + 15.0, weather.time_s[0])
        assert middle.east_mps[0] == pytest.approx((lon[0] + lon[-1]) / 4.0)
    regional = parse_weather(content(dataset()), "part.nc")
    assert list(regional.covers([40.0, 50.0, 40.0, 40.0], [125.0, 125.0, 119.0, -240.0])) == [
        True,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d.drop_vars("u"), "east"),
        (lambda d: d.drop_vars("z"), "geopotential"),
        (lambda d: d.assign(t=d.t - 273.15), "120 to 350 K"),
        (lambda d: d.assign(u=d.u * 10), "250 m/s"),
        (lambda d: d.assign(z=-d.z), "do not rise"),
        (lambda d: d.assign(t=d.t.where(d.t > 250.0)), "missing"),
        (lambda d: d.expand_dims(number=[0, 1]), "further dimension number"),
        (lambda d: d.drop_vars("valid_time").rename(valid_time="step"), "time"),
    ],
)  # fmt: skip
def test_what_is_no_weather_is_refused(change, says) -> None:
    with pytest.raises(InputError, match=r"wrong\.nc") as refused:
        parse_weather(content(change(dataset())), "wrong.nc")
    assert says in str(refused.value)


@pytest.mark.parametrize(
    "junk", [b"", b"CDF", b"CDF\x01" + b"\xff" * 50, b"GRIB....", b"\x89HDF\r\n\x1a\n" + b"0" * 40]
)
def test_what_is_no_netcdf_is_refused(junk) -> None:
    with pytest.raises(InputError, match="no NetCDF that can be read"):
        parse_weather(junk, "junk.nc")
