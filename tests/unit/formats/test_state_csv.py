"""Tables of states: what is read, what is kept, what is written beside it."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.flight.impact_point import ImpactPoints
from overflight.formats.state_csv import read_states, write_impact_points

TABLE = """case,lat_deg,lon_deg,h_m,ve_mps,vn_mps,vu_mps
S1,39.66,124.705,1000,0,-50,100
"a, b",-1e1,.5,+2.,-3,4,5.25
"""


def points(codes, latitude=0.5, longitude=-1.0, flight_s=60.0) -> ImpactPoints:
    codes = np.array(codes)
    numbers = [np.where(codes == 0, value, np.nan) for value in (latitude, longitude, flight_s)]
    return ImpactPoints("vacuum", codes, *numbers)


def test_numbers_become_columns() -> None:
    table = read_states(TABLE.encode(), "t.csv")
    assert len(table) == 2
    np.testing.assert_allclose(np.degrees(table.latitude_rad), [39.66, -10.0])
    np.testing.assert_allclose(np.degrees(table.longitude_rad), [124.705, 0.5])
    np.testing.assert_array_equal(table.height_m, [1000.0, 2.0])
    np.testing.assert_array_equal(table.velocity_mps, [[0.0, -50.0, 100.0], [-3.0, 4.0, 5.25]])


def test_any_order_blank_lines_spaces_and_a_byte_order_mark() -> None:
    text = "\ufeff vu_mps,vn_mps,ve_mps,time_s,h_m,lon_deg,lat_deg \r\n\r\n 6,5,4,10, 3 ,2,1\r\n"
    table = read_states(text.encode(), "t.csv")
    np.testing.assert_allclose(np.degrees([table.latitude_rad[0], table.longitude_rad[0]]), [1.0, 2.0])
    np.testing.assert_array_equal(table.velocity_mps, [[4.0, 5.0, 6.0]])


def test_results_stand_beside_what_was_given() -> None:
    table = read_states(TABLE.encode(), "t.csv")
    rows = list(csv.reader(io.StringIO(write_impact_points(table, points([0, 2])))))
    assert rows[0][-5:] == ["vu_mps", "code", "iip_lat_deg", "iip_lon_deg", "tof_s"]
    assert rows[1] == [
        "S1",
        "39.66",
        "124.705",
        "1000",
        "0",
        "-50",
        "100",
        "impact",
        "28.6478898",
        "-57.2957795",
        "60.000",
    ]
    assert rows[2][:1] + rows[2][7:] == ["a, b", "orbit", "", "", ""]


def test_an_earlier_result_is_replaced() -> None:
    once = write_impact_points(read_states(TABLE.encode(), "t.csv"), points([0, 2]))
    twice = write_impact_points(read_states(once.encode(), "once.csv"), points([3, 0], latitude=-1e-12))
    assert twice.splitlines()[0] == once.splitlines()[0]
    assert twice.splitlines()[1].endswith(",100,escape,,,")
    assert twice.splitlines()[2].endswith(",5.25,impact,0.0000000,-57.2957795,60.000")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content) -> None:
    from overflight.errors import InputError

    with pytest.raises(InputError) as caught:
        read_states(content, "t.csv")
    assert caught.value.where == "t.csv" and caught.value.remedy
