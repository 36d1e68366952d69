"""Wind and current files: directions, grids as forecasters write them, and what is refused."""

from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.errors import InputError
from overflight.formats.surface_fields import parse_surface_csv, stated_field
from overflight.formats.surface_netcdf import parse_surface_netcdf

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


def grid(
    tmp_path,
    *,
    time=("2025-02-11T00:00", "2025-02-11T06:00"),
    lon=(119.0, 120.0, 121.0),
    units=None,
    east=5.0,
):
    values = np.full((len(time), 2, len(lon)), east)
    attrs = {} if units is None else {"units": units}
    names = ("time", "latitude", "longitude")
    return {
        "data_vars": {"u10": (names, values, attrs), "v10": (names, np.zeros_like(values), attrs)},
        "coords": {"time": np.array(time, "datetime64[ns]"), "latitude": [9.0, 11.0], "longitude": list(lon)},
    }  # fmt: skip


def test_units_are_read_or_refused(tmp_path):
    def east(units):
        field = parse_surface_netcdf(netcdf(tmp_path, grid(tmp_path, units=units)), "wind", "w.nc", START)
        return field.at(0.0, *HERE)[0, 0]

    assert east(None) == east("m s**-1") == east("meter second-1") == pytest.approx(5.0)
    assert east("knots") == pytest.approx(5.0 * 1852.0 / 3600.0)
    with pytest.raises(InputError, match='the unit "km h-1"'):
        east("km h-1")


def test_a_grid_round_the_earth_has_no_gap_at_its_seam(tmp_path):
    """Longitudes 0 to 359 as of a global model: between 359 and 0 the field goes on."""
    data = grid(tmp_path, lon=np.arange(0.0, 360.0, 1.0))
    data["data_vars"]["u10"][1][:, :, 0] = 7.0
    field = parse_surface_netcdf(netcdf(tmp_path, data), "wind", "w.nc", START)
    near = np.array([-0.5, 359.5, 0.0, -1.0]), np.full(4, 10.0)
    assert field.covers(*near).all()
    assert field.at(0.0, *near)[:, 0] == pytest.approx([6.0, 6.0, 7.0, 5.0])


def test_what_would_be_read_wrongly_in_silence_is_refused(tmp_path):
    nameless = grid(tmp_path)
    del nameless["coords"]["time"]
    members = grid(tmp_path)
    for name in ("u10", "v10"):
        _, values, attrs = members["data_vars"][name]
        members["data_vars"][name] = (
            ("number", "time", "latitude", "longitude"),
            np.stack([values, values]),
            attrs,
        )
    gone = grid(tmp_path)
    gone["data_vars"]["u10"][1][1] = np.nan
    missing = grid(tmp_path, time=("2025-02-11T00:00", "NaT"))
    twice = grid(tmp_path, time=("2025-02-11T00:00", "2025-02-11T00:00"))
    cases = (
        (nameless, "2 entries along an axis without known meaning"),
        (members, "2 entries along an axis without known meaning"),
        (gone, "no value at all at time number 2 of 2"),
        (missing, "a time that is missing"),
        (twice, "values of time that do not rise"),
        (grid(tmp_path, east=120.0), "120 m/s"),
    )
    for data, words in cases:
        with pytest.raises(InputError, match=words):
            parse_surface_netcdf(netcdf(tmp_path, data), "wind", "w.nc", START)


def test_the_depth_nearest_the_surface_is_taken(tmp_path):
    values = np.stack([np.full((2, 3), 0.1), np.full((2, 3), 0.7)])
    names = ("depth", "latitude", "longitude")
    data = {
        "data_vars": {"uo": (names, values), "vo": (names, values)},
        "coords": {"depth": [50.0, 0.5], "latitude": [9.0, 11.0], "longitude": [119.0, 120.0, 121.0]},
    }
    field = parse_surface_netcdf(netcdf(tmp_path, data), "current", "c.nc", START)
    assert field.at(0.0, *HERE)[0] == pytest.approx([0.7, 0.7])
