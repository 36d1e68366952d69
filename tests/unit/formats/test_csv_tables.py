"""CSV read back by the standard reader."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import InputError
from overflight.formats.csv_tables import Column, csv_table


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_header_names_carry_the_unit() -> None:
    text = csv_table(
        [
            Column("time", "s", np.array([0.0, 1.5]), decimals=1),
            Column("altitude", "km", [0.0, None]),
            Column("place", None, ["久米島町", 'a "b", c']),
            Column("impacts", None, np.array([3, 4])),
            Column("hit", None, [True, np.False_]),
            Column("time", "utc", [datetime(2023, 8, 23, 18, 50, tzinfo=UTC), None]),
        ]
    )
    assert rows(text) == [
        ["time_s", "altitude_km", "place", "impacts", "hit", "time_utc"],
        ["0.0", "0.000", "久米島町", "3", "true", "2023-08-23T18:50:00Z"],
        ["1.5", "", 'a "b", c', "4", "false", ""],
    ]


def test_what_does_not_exist_is_empty_and_zero_has_no_sign() -> None:
    text = csv_table([Column("x", "m", [float("nan"), float("inf"), -0.0, -1e-9, -0.5])])
    assert [row[0] if row else "" for row in rows(text)] == ["x_m", "", "", "0.000", "0.000", "-0.500"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert rows(csv_table([Column("name", None, [cell]), Column("x", "m", [-1.0])])) == [
        ["name", "x_m"],
        [f"'{cell}", "-1.000"],
    ]


@pytest.mark.parametrize(("name", "unit"), [("Time", "s"), ("time s", "s"), ("time", "furlong"), ("", None)])
def test_bad_columns_are_refused(name: str, unit: str | None) -> None:
    with pytest.raises(InputError, match="CSV column"):
        Column(name, unit, [])


def test_columns_fit_together() -> None:
    with pytest.raises(InputError, match="one length"):
        csv_table([Column("a", "s", [1.0]), Column("b", "s", [1.0, 2.0])])
    with pytest.raises(InputError, match="distinct"):
        csv_table([Column("a", "s", [1.0]), Column("a", "s", [1.0])])


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1))
def test_any_text_comes_back(texts: list[str]) -> None:
    read = [
        row[1]
        for row in rows(csv_table([Column("n", None, range(len(texts))), Column("t", None, texts)]))[1:]
    ]
    assert [a.removeprefix("'") for a in read] == [b.removeprefix("'") for b in texts]
