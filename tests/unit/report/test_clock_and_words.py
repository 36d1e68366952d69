"""Times and numbers as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.report import words
from overflight.report.clock import Clock, elapsed

KST = Clock(datetime(2023, 8, 23, 18, 50, tzinfo=UTC), "KST = JST", 9.0)
LATE = Clock(datetime(2024, 6, 30, 14, 55, 30, tzinfo=UTC), "JST", 9.0)
NEPAL = Clock(datetime(2024, 1, 1, 0, 0, tzinfo=UTC), "NPT", 5.75)


def test_local_time_first_then_utc() -> None:
    assert KST.zone == "KST"
    assert (KST.local(0), KST.utc(0)) == ("03:50:00", "18:50")
    assert (KST.local(599.6), KST.utc(599.4, seconds=True)) == ("04:00:00", "18:59:59")
    assert KST.utc(655) == "19:00", "a minute is the one the clock shows, not the nearest"
    assert KST.local_date() == "24 Aug 2023"
    assert NEPAL.local(0) == "05:45:00"


def test_spans_are_whole_minutes_that_hold_them() -> None:
    assert KST.local_span(485, 719) == "03:58–04:02"
    assert KST.utc_span(485, 719) == "18:58–19:02"
    assert KST.local_span(60, 60) == "03:51"
    assert LATE.local_span(240, 300) == "23:59–00:01 +1\u00a0d"
    assert LATE.local_span(300, 360) == "00:00–00:02 +1\u00a0d"


def test_another_day_is_said() -> None:
    assert LATE.local(269) == "23:59:59"
    assert LATE.local(270) == "00:00:00 +1\u00a0d"
    assert LATE.local(270, day=False) == "00:00:00"
    assert LATE.moment(780) == "00:08 JST on 1 Jul 2024"
    assert LATE.moment(60) == "23:56 JST"
    assert KST.stamp(datetime(2023, 8, 23, 18, 12, tzinfo=UTC)) == "24 Aug 2023 03:12 KST (23 Aug 18:12 UTC)"


@given(st.floats(0, 20_000), st.floats(0, 5_000))
def test_a_span_never_leaves_out_what_it_spans(first: float, length: float) -> None:
    def seconds(text: str, day: str) -> float:
        """Seconds after lift-off at 23:55:30 of a local minute."""
        return (
            3600 * int(text[:2]) + 60 * int(text[3:5]) + (86_400 if day else 0) - (23 * 3600 + 55 * 60 + 30)
        )

    start, _, end = LATE.local_span(first, first + length).partition("–")
    end = end or start
    assert seconds(start, start[5:] or (end[5:] if start < end else "")) <= first + 1e-6
    assert seconds(end, end[5:]) >= first + length - 1e-6


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "T+0 s"),
        (45, "T+45 s"),
        (60, "T+1 min"),
        (380, "T+6 min 20 s"),
        (3900, "T+1 h 05 min"),
        (-90, "T−1 min 30 s"),
    ],
)
def test_time_since_lift_off(seconds: float, text: str) -> None:
    assert elapsed(seconds) == text


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (1.0, "100 %"), (0.99951, "over 99.9 %"), (0.996, "99.6 %"), (0.55, "55 %"), (0.0123, "1.2 %"),
        (0.0012, "1 in 830"), (1.2e-4, "1 in 8,300"), (4e-7, "1 in 2.5 million"), (1e-6, "1 in 1 million"),
        (3e-10, "1 in 3.3 billion"), (0.0, "none seen"),
    ],
)  # fmt: skip
def test_chances(probability: float, text: str) -> None:
    assert words.chance(probability) == text.replace(" %", "\u00a0%")


@given(st.floats(1e-12, 0.999))
def test_a_bound_is_never_stated_smaller_than_it_is(bound: float) -> None:
    said = words.below(bound).replace("\u00a0", " ").replace(",", "").split()
    stated = (
        float(said[1]) / 100
        if said[-1] == "%"
        else 1 / (float(said[3]) * {"million": 1e6, "billion": 1e9}.get(said[-1], 1))
    )
    assert said[0] == "below"
    assert bound <= stated * (1 + 1e-9)
    assert stated <= 1.2 * bound


def test_no_hit_in_1000_flights_bounds_the_chance_by_3_in_1000() -> None:
    assert words.zero_hits_bound(1000) == pytest.approx(3e-3, rel=4e-3)
    assert (1 - words.zero_hits_bound(1000)) ** 1000 == pytest.approx(0.05)
    assert words.zero_hits_bound(0) == 1.0
    assert words.below(1.0) == "not known"


def test_positions_distances_and_directions() -> None:
    assert words.lonlat_text(123.5, 36.1) == "36.1° N 123.5° E"
    assert words.lonlat_text(185.0, -4.0) == "4.0° S 175.0° W"
    assert [words.distance(value) for value in (0.2, 33.4, 123.4, 3371)] == [
        text.replace(" ", "\u00a0") for text in ("0 km", "33 km", "123 km", "3,370 km")
    ]
    assert [words.bearing_words(value) for value in (0, 95, 170, 359)] == ["north", "east", "south", "north"]
    assert words.sigma_text(-0.01) == "0.0"
    assert words.sigma_text(-2.61) == "−2.6"


def test_limits_of_a_risk_are_told_while_they_say_something() -> None:
    assert words.risk_limits(1.6e-2, 2.3e-2) == "1.6\u00a0×\u00a010⁻² to 2.3\u00a0×\u00a010⁻²"
    assert words.risk_limits(1e-6, 2e-4) == "below 2\u00a0×\u00a010⁻⁴" == words.risk_limits(0.0, 2e-4)
    assert words.risk_limits(0.0, 0.0) == ""
    assert words.risk_between(2e-3, 1e-3, 4e-3) == (
        "2\u00a0×\u00a010⁻³, between 1\u00a0×\u00a010⁻³ and 4\u00a0×\u00a010⁻³ (95\u00a0%)"
    )
    assert words.risk_between(2e-3, 1e-5, 4e-3).endswith(
        "seen, known only as below 4\u00a0×\u00a010⁻³ (95\u00a0%)"
    )
    assert words.risk_between(0.0, 0.0, 4e-3) == "none seen, below 4\u00a0×\u00a010⁻³ (95\u00a0%)"
    assert words.risk_between(0.0, 0.0, 0.0) == "none seen"


def test_an_error_of_more_than_half_is_no_share() -> None:
    """One hit of 1,000: the upper limit of one Poisson count, 5.57."""
    assert words.chance_error(1e-3, 1e-3) == "(below 1 in 170)"
    assert words.chance_error(1e-3, 2e-4) == "± 20 % of it"
    assert words.risk_change(-2e-3, 1.6e-3) == "−2\u00a0×\u00a010⁻³ ±\u00a01.6\u00a0×\u00a010⁻³"
    assert words.risk_change(2e-3, 2e-4) == "+2\u00a0×\u00a010⁻³ ±\u00a010\u00a0%"
