"""Reports of launches: which are of one launch, which are refused, and how likely each is the announced one."""

from __future__ import annotations

from dataclasses import replace
from math import inf, radians
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.earth.frames import geodetic_to_ecef
from overflight.track.cues import CuedLaunch, Cues, p_planned
from overflight.track.feed import Intake
from overflight.track.measurements import Cue, FeedStatus, Plot

AT_S = 1.7e9
CUE = Cue("partner", AT_S, radians(39.66), radians(124.705), 5.0, 5e3, 0.9, True, 1)
DAY_S = 86400.0


def moved(cue: Cue, north_m: float) -> Cue:
    return replace(cue, latitude_rad=cue.latitude_rad + north_m / 6.37e6)


def taken(*cues: Cue, now_s: float = AT_S + 60.0) -> tuple[Cues, list[str | None]]:
    book = Cues()
    return book, [said(book, cue, now_s) for cue in cues]


def said(book: Cues, cue: Cue, now_s: float) -> str | None:
    """Let a book hear a cue; return why it was refused."""
    before = book.refused.copy()
    book.hear(cue, now_s)
    return next((reason for _, reason in book.refused - before), None)


def test_two_reports_a_few_seconds_and_kilometres_apart_are_of_one_launch():
    other = replace(moved(CUE, 8e3), source="other", time_s=AT_S + 9.0, confidence=0.6)
    book, refused = taken(CUE, other)
    assert refused == [None, None]
    (one,) = book.launches.values()
    best = one.best
    assert {cue.source for cue in one.told} == {"partner", "other"}
    assert AT_S < best.time_s < AT_S + 9.0
    assert CUE.latitude_rad < best.latitude_rad < other.latitude_rad
    assert (best.confidence, best.time_sigma_s, best.spread_m) == (0.9, 5.0, 5e3)  # no surer by their number


@pytest.mark.parametrize(
    "other", [moved(CUE, 300e3), replace(CUE, time_s=AT_S + 60.0)], ids=["300 km away", "a minute later"]
)
def test_what_is_far_away_or_much_later_is_another_launch(other):
    book, _ = taken(CUE, replace(other, seq=2))
    assert len(book.launches) == 2


def test_a_source_revises_its_report_and_takes_back_its_own_alone():
    other = replace(CUE, source="other", seq=9)
    book, refused = taken(CUE, replace(moved(CUE, 90e3), confidence=0.5), other)
    assert refused == [None, None, None], "the same number is the same report, wherever it is"
    book, refused = taken(CUE, replace(other, confidence=0.0), replace(CUE, confidence=0.0))
    assert refused == [None, "takes back a cue that is not its own", None]
    (one,) = book.launches.values()
    assert one.withdrawn
    assert one.best.confidence == 0.0
    assert taken(replace(CUE, confidence=0.0))[1] == ["takes back a cue that nobody knows of"]


def test_a_launch_stands_as_long_as_one_source_stands_by_it():
    other = replace(CUE, source="other", seq=9)
    book, _ = taken(CUE, other, replace(CUE, confidence=0.0))
    (one,) = book.launches.values()
    assert [cue.source for cue in one.told] == ["other"]


@pytest.mark.parametrize(
    ("time_s", "words"), [(AT_S + 1e6, "s ahead"), (AT_S - 1e6, "minutes ago"), (AT_S + 50.0, None)]
)
def test_its_time_must_go_with_the_feeds(time_s, words):
    _, (refused,) = taken(replace(CUE, time_s=time_s), now_s=AT_S)
    assert refused is None if words is None else words in refused


def test_a_flood_is_bounded_and_leaves_room_for_others():
    rng = np.random.default_rng(5)
    book = Cues()
    for seq in range(1000):
        far = replace(CUE, source="flood", seq=seq, latitude_rad=float(rng.uniform(-1.5, 1.5)))
        book.hear(far, AT_S)
    for _ in range(1000):
        book.hear(replace(CUE, source="nearby", seq=7, confidence=float(rng.uniform(0.1, 1.0))), AT_S)
    assert sum(one.first.source == "flood" for one in book.launches.values()) <= 4
    assert len(book.launches) <= 12
    assert max(sum(one.words.values()) for one in book.launches.values()) <= 200
    true = replace(CUE, source="true", latitude_rad=-1.0)
    assert said(book, true, AT_S) is None
    assert said(book, replace(true, confidence=0.0), AT_S) is None, "what is said can always be taken back"


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-30.0, 30.0), st.floats(0.0, 1.0)), max_size=12))
def test_order_within_one_launch_changes_nothing_of_what_all_say(rows):
    cues = {
        n: replace(CUE, source=f"s{n}", seq=n, time_s=AT_S + t / 10.0, confidence=max(c, 0.01))
        for n, t, c in rows
    }
    forward, _ = taken(*cues.values())
    backward, _ = taken(*reversed(cues.values()))
    if cues:
        one, other = (next(iter(book.launches.values())).best for book in (forward, backward))
        assert one.time_s == pytest.approx(other.time_s)
        assert (one.confidence, one.spread_m) == (other.confidence, other.spread_m)


def test_a_track_is_of_a_report_if_a_rocket_can_be_there_and_rose_then():
    launch = CuedLaunch(1, CUE, (CUE,))
    place = geodetic_to_ecef(radians(38.6), radians(124.4), 90e3)  # as a rocket is some 140 s after lift-off
    assert launch.misses_track(place, AT_S + 140.0, AT_S + 8.0, 10.0) < 1.0
    assert launch.misses_track(place, AT_S + 40.0, AT_S + 8.0, 10.0) > 1.0, "nothing is so far so soon"
    assert launch.misses_track(place, AT_S + 140.0, AT_S + 80.0, 5.0) > 1.0, (
        "it rose more than a minute later"
    )


PLAN = SimpleNamespace(
    site_m=geodetic_to_ecef(radians(39.66), radians(124.705), 0.0),
    window_s=(AT_S - 3 * DAY_S, AT_S + 4 * DAY_S),
)


def test_place_and_window_say_whether_it_is_the_announced_launch():
    at_home = p_planned(CUE, PLAN, 0.5)
    assert at_home > 0.95
    assert p_planned(CUE, PLAN, 0.5, window=False) == pytest.approx(0.5 / 0.6, abs=0.01)  # one in five others
    assert p_planned(moved(CUE, 300e3), PLAN, 0.5) < 1e-6
    away = [p_planned(moved(CUE, d), PLAN, 0.5) for d in (0.0, 10e3, 20e3, 30e3, 50e3, 300e3)]
    assert away == sorted(away, reverse=True)
    wide = replace(moved(CUE, 60e3), spread_m=50e3)
    assert p_planned(wide, PLAN, 0.5) > 0.9 > p_planned(moved(CUE, 60e3), PLAN, 0.5)
    assert p_planned(replace(CUE, spread_m=1e7), PLAN, 0.5) < 0.05, "somewhere on Earth is not from there"


def test_an_announced_launch_may_come_a_little_before_its_window_and_hardly_weeks_after():
    """In November 2023 the launch came 78 minutes before its window."""
    said = [
        p_planned(replace(CUE, time_s=PLAN.window_s[1] + d * DAY_S), PLAN, 0.5) for d in (0.0, 0.1, 1.0, 10.0)
    ]
    assert said == sorted(said, reverse=True)
    assert p_planned(replace(CUE, time_s=PLAN.window_s[0] - 78 * 60.0), PLAN, 0.5) > 0.5
    assert said[-1] < 0.2


def test_the_intake_counts_what_it_refuses_and_keeps_its_own_clock():
    intake = Intake()
    assert intake.cues.now_s(intake.clock_s) == -inf
    intake.take([replace(CUE, sent_s=AT_S + 45.0)])
    assert (intake.cues.now_s(intake.clock_s), intake.clock_s) == (AT_S + 45.0, -inf)
    intake.take([FeedStatus("radar", AT_S + 70.0, True, True)])
    assert intake.cues.now_s(intake.clock_s) == AT_S + 70.0
    intake.take([replace(CUE, source="forged", time_s=AT_S + 1e6)])
    assert intake.refused["forged", "a cue of a launch more than 60 s ahead"] == 1
    assert len(intake.cues.launches) == 1


def test_a_forged_report_from_far_ahead_keeps_no_plot_out():
    intake = Intake()
    intake.take([replace(CUE, source="forged", time_s=AT_S + 1e6)])
    plot = Plot("radar", 1, AT_S, None, 4e5, 3.0, 0.3, (50.0, 1e-3, 1e-3), True)
    intake.take([plot, replace(plot, seq=2, time_s=AT_S + 1.0)])
    assert not any("clock" in reason for _, reason in intake.refused)
