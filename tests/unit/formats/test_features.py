"""Values to be exported: checked where they are made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from overflight.errors import InputError
from overflight.formats.features import (
    ROLE_TITLES,
    STYLES,
    PathRows,
    PointFeature,
    PolygonFeature,
    Role,
    at_utc,
    bounds_deg,
    utc_text,
)

EPOCH = datetime(2023, 8, 23, 18, 50, 30, tzinfo=UTC)


def path(**changes: object) -> PathRows:
    values = {
        "name": "Rocket",
        "epoch_utc": EPOCH,
        "time_s": [0.0, 1.0, 2.0],
        "longitude_deg": [124.7, 124.8, 124.9],
        "latitude_deg": [39.6, 39.5, 39.4],
        "altitude_m": [0.0, 10.0, 20.0],
    }
    return PathRows(**(values | changes))  # type: ignore[arg-type]


def test_arrays_are_copied_and_read_only() -> None:
    time_s = np.array([0.0, 1.0, 2.0])
    rows = path(time_s=time_s)
    time_s[0] = -1.0
    assert rows.time_s[0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        rows.altitude_m[0] = 1.0
    assert (rows.begin_utc, rows.end_utc) == (EPOCH, EPOCH + timedelta(seconds=2))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("longitude_deg", [1.0, 2.0]),
        ("altitude_m", [0.0, float("nan"), 1.0]),
        ("latitude_deg", [[1.0, 2.0, 3.0]]),
        ("time_s", [0.0, 0.0, 1.0]),
        ("time_s", [0.0, 2.0, 1.0]),
        ("epoch_utc", datetime(2023, 8, 23, 18, 50)),  # noqa: DTZ001 - the fault under test
    ],
)
def test_bad_rows_are_refused(key: str, value: object) -> None:
    with pytest.raises(InputError, match=f"export of 'Rocket': {key}"):
        path(**{key: value})


def test_a_path_needs_two_rows() -> None:
    one = {key: [1.0] for key in ("time_s", "longitude_deg", "latitude_deg", "altitude_m")}
    with pytest.raises(InputError, match="two rows"):
        path(**one)


def test_rings_are_closed() -> None:
    ring = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
    assert PolygonFeature.of_ring("z", ring, Role.ANNOUNCED).polygons == (((*ring, ring[0]),),)
    with pytest.raises(InputError, match="closed rings"):
        PolygonFeature("z", ((ring,),), Role.ANNOUNCED)


def test_instants_in_text() -> None:
    assert utc_text(EPOCH) == "2023-08-23T18:50:30Z"
    assert utc_text(at_utc(EPOCH, 0.25)) == "2023-08-23T18:50:30.25Z"
    assert utc_text(EPOCH.astimezone(timezone(timedelta(hours=9)))) == "2023-08-23T18:50:30Z"


@pytest.mark.parametrize(
    ("points", "box"),
    [
        ([(124.0, 39.0), (128.0, 13.0)], (124.0, 13.0, 128.0, 39.0)),
        ([(179.0, 1.0), (-179.0, 2.0)], (179.0, 1.0, -179.0, 2.0)),
        ([(10.0, 0.0)], (10.0, 0.0, 10.0, 0.0)),
        ([(-170.0, 0.0), (170.0, 0.0), (100.0, 5.0)], (100.0, 0.0, -170.0, 5.0)),
    ],
)
def test_narrowest_box(points: list[tuple[float, float]], box: tuple[float, float, float, float]) -> None:
    assert bounds_deg([PointFeature("p", x, y) for x, y in points]) == pytest.approx(box)


def test_box_of_a_path_over_the_antimeridian() -> None:
    assert bounds_deg([path(longitude_deg=[178.0, 179.5, -179.0])]) == pytest.approx(
        (178.0, 39.4, -179.0, 39.6)
    )
    assert bounds_deg([]) is None


def test_every_role_has_a_style_and_a_title() -> None:
    assert set(STYLES) == set(ROLE_TITLES) == set(Role)
