"""Protected areas become limit lines at their margin, anywhere on Earth; what cannot be meant is refused."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from pyproj import Geod

from ensembles import small
from overflight.errors import InputError
from overflight.scenario.abort_rules import AbortRules
from overflight.scenario.protected import ProtectedArea, inside_margin, line_round

GEOD = Geod(ellps="WGS84")


def town(latitude: float, longitude: float, radius: float = 5.0, margin: float = 20.0) -> dict:
    circle = {"latitude_deg": latitude, "longitude_deg": longitude, "radius_km": radius}
    return {"key": "town", "label": "a town", "circle": circle, "margin_km": margin}


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(39.7, 124.7), (70.0, 20.0), (-45.0, 179.9), (0.0, -180.0)]
)
def test_the_line_lies_at_the_margin(latitude: float, longitude: float) -> None:
    line = np.array(line_round(ProtectedArea.model_validate(town(latitude, longitude))))
    assert tuple(line[0]) == tuple(line[-1])
    assert np.all(np.abs(line[:, 1]) <= 180.0)
    distance = GEOD.inv(np.full(len(line), longitude), np.full(len(line), latitude), line[:, 1], line[:, 0])[
        2
    ]
    assert distance == pytest.approx(25e3, rel=2e-3)


def test_a_ring_keeps_its_shape_across_the_180th_meridian() -> None:
    ring = [[10.0, 179.5], [11.0, 179.5], [11.0, -179.5], [10.0, -179.5], [10.0, 179.5]]
    area = ProtectedArea.model_validate(
        {"key": "a", "label": "b", "ring_latlon_deg": ring, "margin_km": 50.0}
    )
    assert inside_margin(area, 10.5, 180.0) and inside_margin(area, 10.5, -179.2)
    assert not inside_margin(area, 10.5, 178.5) and not inside_margin(area, -10.5, 0.0)
    line = np.array(line_round(area))
    west = np.min(line[:, 1] % 360.0)
    assert GEOD.inv(179.5, 10.5, west, 10.5)[2] == pytest.approx(50e3, rel=0.01)


def test_stated_lines_come_first_and_keys_are_single() -> None:
    line = {"key": "wall", "protects": "a coast", "latlon_deg": [[30.0, 128.0], [24.0, 128.0]]}
    rules = AbortRules.model_validate({"limit_line": [line], "protect": [town(26.0, 128.0)]})
    assert [one.key for one in rules.lines()] == ["wall", "town"]
    with pytest.raises(ValidationError, match="a key of its own"):
        AbortRules.model_validate({"limit_line": [{**line, "key": "town"}], "protect": [town(26.0, 128.0)]})


def rules(text: str) -> tuple[str, str]:
    return (
        "fitted = true\n",
        f'fitted = true\n\n[[termination.rules.protect]]\nkey = "a"\nlabel = "A"\n{text}\n',
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("margin_km = 5.0", "no shape"),
        (
            "margin_km = 5.0\nring_latlon_deg = [[30, 128], [24, 130], [24, 128], [30, 130], [30, 128]]",
            "crosses or touches itself",
        ),
        (
            "circle = {latitude_deg = 31.3, longitude_deg = 131.1, radius_km = 10.0}\nmargin_km = 1.0",
            "the pad within it",
        ),
        (
            "circle = {latitude_deg = 31.3, longitude_deg = 131.1, radius_km = 10.0}\nmargin_km = -1.0",
            "0 to 500",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        small(rules(text))
