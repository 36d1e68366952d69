"""Wind and current files: directions, grids as forecasters write them, and what is refused."""

from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.errors import InputError
from overflight.formats.surface_fields import parse_surface_csv, parse_surface_netcdf, stated_field

START = datetime(2025, 2, 11, 0, 0, tzinfo=UTC)
HERE = np.array([120.0]), np.array([10.0])


def test_wind_is_named_by_where_it_comes_from_and_current_by_where_it_goes():
    assert stated_field("8,270", "wind", "--wind").at(0.0, *HERE)[0] == pytest.approx([8.0, 0.0])
    assert stated_field("0.5,270", "current", "--current").at(0.0, *HERE)[0] == pytest.approx([-0.5, 0.0])


@pytest.mark.parametrize("text", ["", "8", "8,270,3", "-1,0", "200,0", "nan,0", "8,400", "fast,west"])
def test_stated_fields_that_are_refused(text):
    with pytest.raises(InputError, match="SPEED,DEGREES"):
        stated_field(text, "wind", "--wind")


def test_series():
    text = "time_utc,speed_mps,from_deg\n2025-02-11T00:00Z,10,180\n2025-02-11T06:00Z,20,180\n"
    field = parse_surface_csv(text.encode(), "wind", "w.csv", START)
    assert field.at(3 * 3600.0, *HERE)[0] == pytest.approx([0.0, 15.0])
    assert field.at(90 * 3600.0, *HERE)[0] == pytest.approx([0.0, 20.0])
    text = "time_utc,east_mps,north_mps\n2025-02-11T09:00+09:00,0.1,0.2\n"
    assert parse_surface_csv(text.encode(), "current", "c.csv", START).at(0.0, *HERE)[0] == pytest.approx(
        [0.1, 0.2]
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a CSV table"),
        ("time_utc,speed_mps\n2025-02-11T00:00Z,1\n", "no such column"),
        ("time_utc,speed_mps,from_deg\nsoon,1,1\n", "an instant"),
        ("time_utc,speed_mps,from_deg\n2025-02-11T00:00Z,x,1\n", "a number"),
        ("time_utc,speed_mps,from_deg\n2025-02-11T00:00Z,900,1\n", "Check the unit"),
        ("time_utc,speed_mps,from_deg\n2025-02-11T06:00Z,1,1\n2025-02-11T00:00Z,1,1\n", "rising times"),
    ],
)
def test_tables_that_are_refused(text, words):
    with pytest.raises(InputError, match=words):
        parse_surface_csv(text.encode(), "wind", "w.csv", START)


def netcdf(tmp_path, data):
    xr = pytest.importorskip("xarray")
    path = tmp_path / "f.nc"
    xr.Dataset(**data).to_netcdf(path, engine="h5netcdf")
    return path.read_bytes()


def test_a_grid_of_an_ocean_model(tmp_path):
    """Depth axis, latitudes from north to south, land as NaN, standard names: as Copernicus Marine writes."""
    values = np.full((2, 2, 3, 3), 0.2)
    values[1] = 0.6
    values[:, :, 0, 0] = np.nan
    axes = {
        "time": np.array(["2025-02-11T00:00", "2025-02-11T12:00"], "datetime64[ns]"),
        "depth": [0.5, 10.0], "latitude": [11.0, 10.0, 9.0], "longitude": [119.0, 120.0, 121.0],
    }  # fmt: skip
    names = ("time", "depth", "latitude", "longitude")
    data = {
        "data_vars": {
            "uo": (names, values, {"standard_name": "eastward_sea_water_velocity"}),
            "vo": (names, -values, {"standard_name": "northward_sea_water_velocity"}),
        },
        "coords": axes,
    }
    field = parse_surface_netcdf(netcdf(tmp_path, data), "current", "c.nc", START)
    assert field.at(6 * 3600.0, *HERE)[0] == pytest.approx([0.4, -0.4])
    assert field.at(0.0, np.array([119.1]), np.array([10.9]))[0] == pytest.approx([0.2, -0.2])
    assert not field.covers(np.array([125.0]), np.array([10.0])).any()


def test_a_grid_of_a_forecast_over_the_antimeridian(tmp_path):
    data = {
        "data_vars": {
            "u10": (("time", "latitude", "longitude"), np.full((1, 2, 3), 7.0)),
            "v10": (("time", "latitude", "longitude"), np.zeros((1, 2, 3))),
        },
        "coords": {
            "time": np.array(["2025-02-11"], "datetime64[ns]"), "latitude": [-20.0, -10.0],
            "longitude": [175.0, 180.0, 185.0],
        },
    }  # fmt: skip
    field = parse_surface_netcdf(netcdf(tmp_path, data), "wind", "w.nc", START)
    assert field.covers(np.array([-178.0, 170.0]), np.array([-15.0, -15.0])).tolist() == [True, False]
    assert field.at(0.0, np.array([-178.0]), np.array([-15.0]))[0] == pytest.approx([7.0, 0.0])


def test_files_that_are_no_grid(tmp_path):
    with pytest.raises(InputError, match="no NetCDF-4 file"):
        parse_surface_netcdf(b"not a grid", "wind", "w.nc", START)
    data = {"data_vars": {"sst": (("latitude",), np.ones(2))}, "coords": {"latitude": [0.0, 1.0]}}
    with pytest.raises(InputError, match="components of the wind"):
        parse_surface_netcdf(netcdf(tmp_path, data), "wind", "w.nc", START)
