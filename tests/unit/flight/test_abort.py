"""Abort rules on scripted tracks: exactly the right rule, at the violation and its delays (14 CFR 417.113(d))."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from overflight.flight.abort import Reports, first_abort
from overflight.scenario.abort_rules import AbortRules

LINE = {
    "key": "island", "protects": "an island", "latlon_deg": [[30.0, 128.0], [24.0, 128.0]],
    "gate": [{"key": "strait", "latlon_deg": [[26.5, 128.0], [25.5, 128.0]], "heading_deg": 90.0}],
}  # fmt: skip
RULES = AbortRules.model_validate(
    {
        "decision_delay_s": 2.0, "command_delay_s": 0.5, "straight_up_s": 15.0, "first_data_s": 8.0,
        "data_loss_s": 5.0, "attitude_deg": 20.0, "corridor_km": 30.0, "armed_stages": [1, 2],
        "safe_from_s": 90.0, "limit_line": [LINE],
    }
)  # fmt: skip
DELAY_S = 2.5


def nominal() -> Reports:
    """A hundred seconds of a flight that keeps to its plan, with its impact point at 126 E moving south."""
    time = np.arange(0.0, 100.5, 0.5)
    n, true, false = len(time), np.ones(len(time), bool), np.zeros(len(time), bool)
    return Reports(
        time, true, 30.0 - 0.05 * time, np.full(n, 126.0), np.zeros(n), np.zeros(n), time >= 10.0, false,
        np.where(time < 60.0, 1, 2),
    )  # fmt: skip


def eastward(latitude: float, *, erratic: bool = False) -> Reports:
    """The impact point turns east at 40 s and crosses 128 E between 49.5 and 50 s."""
    r = nominal()
    lon = np.where(r.time_s > 40.0, 126.0 + 0.2026 * (r.time_s - 40.0), 126.0)
    lat = np.where(r.time_s > 40.0, latitude, r.impact_latitude_deg)
    return replace(r, impact_latitude_deg=lat, impact_longitude_deg=lon, erratic=(r.time_s > 45.0) & erratic)


def found(reports: Reports, rules: AbortRules = RULES):
    abort = first_abort(reports, rules)
    assert abort is None or abort.action_s == abort.violation_s + DELAY_S
    return None if abort is None else (abort.reason, abort.rule, abort.violation_s)


def test_a_nominal_flight_and_one_through_the_gate_fly_on():
    assert found(nominal()) is None
    assert found(eastward(26.0)) is None


def test_a_limit_line_is_crossed():
    assert found(eastward(28.0)) == ("limit-line", "island", 50.0)


def test_erratic_at_the_gate():
    assert found(eastward(26.0, erratic=True)) == ("limit-line", "island", 50.0)


def test_across_the_gate_at_a_wrong_heading():
    r = eastward(26.0)
    slanted = r.impact_latitude_deg - np.where(r.time_s > 40.0, 0.04 * (r.time_s - 49.7), 0.0)
    assert found(replace(r, impact_latitude_deg=slanted)) is None  # 12 degrees, in metres
    steep = r.impact_latitude_deg - np.where(r.time_s > 40.0, 0.09 * (r.time_s - 49.7), 0.0)
    assert found(replace(r, impact_latitude_deg=steep)) == ("limit-line", "island", 50.0)


def test_no_pitch_over_by_the_straight_up_time():
    r = nominal()
    assert found(replace(r, pitched_over=r.time_s >= 15.5)) == ("straight-up", "straight-up", 15.0)
    assert found(replace(r, pitched_over=r.time_s >= 15.0)) is None


def test_data_are_lost_too_long_or_never_came():
    r = nominal()
    assert found(replace(r, valid=(r.time_s < 30.0) | (r.time_s > 40.0))) == ("data-loss", "data-loss", 34.5)
    assert found(replace(r, valid=(r.time_s < 30.0) | (r.time_s >= 34.5))) is None
    assert found(replace(r, valid=r.time_s > 9.0)) == ("data-loss", "first-data", 8.0)


def test_attitude_and_corridor():
    r = nominal()
    assert found(replace(r, off_attitude_deg=2.0 * np.maximum(r.time_s - 20.0, 0.0))) == (
        "attitude", "attitude", 30.5,
    )  # fmt: skip
    assert found(replace(r, off_track_m=1e3 * np.maximum(r.time_s - 20.0, 0.0))) == (
        "corridor", "corridor", 50.5,
    )  # fmt: skip


def test_the_first_rule_broken_decides():
    r = eastward(28.0)
    both = replace(r, off_attitude_deg=np.where(r.time_s >= 44.0, 30.0, 0.0))
    assert found(both) == ("attitude", "attitude", 44.0)


def test_only_armed_stages_before_the_safe_time():
    r = replace(nominal(), off_attitude_deg=np.where(nominal().time_s >= 70.0, 30.0, 0.0))
    assert found(r) == ("attitude", "attitude", 70.0)
    assert found(r, RULES.model_copy(update={"armed_stages": (1,)})) is None
    late = replace(nominal(), off_attitude_deg=np.where(nominal().time_s >= 95.0, 30.0, 0.0))
    assert found(late) is None


def test_across_the_180th_meridian():
    r = eastward(28.0)
    rules = RULES.model_copy(update={"limit_line": (RULES.limit_line[0].model_copy(
        update={"latlon_deg": ((30.0, 180.0), (24.0, 180.0)), "gate": ()}),)})  # fmt: skip
    lon = (r.impact_longitude_deg + 52.0 + 180.0) % 360.0 - 180.0
    assert found(replace(r, impact_longitude_deg=lon), rules) == ("limit-line", "island", 50.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"limit_line": [{**LINE, "latlon_deg": [[30, 128], [24, 130], [24, 128], [30, 130]]}]},
            "without crossing",
        ),
        ({"straight_up_s": 95.0}, "never fire"),
        ({"first_data_s": 90.0}, "never fire"),
        ({"limit_line": [LINE, LINE]}, "a key of its own"),
        ({"attitude_deg": 0.0}, "greater than 0"),
        (
            {"limit_line": [{**LINE, "gate": [{**LINE["gate"][0], "latlon_deg": [[26, 128], [26, 128]]}]}]},
            "apart",
        ),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(change, said):
    with pytest.raises(ValidationError, match=said):
        AbortRules.model_validate({**RULES.model_dump(), **change})
