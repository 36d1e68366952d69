"""Floods: clutter by the ten thousand, a thousand sources, endless lines, clocks far ahead; work stays bounded.

Processor time is not asserted; what grows with it is: plots used, objects and candidates kept, bytes held.
"""

from __future__ import annotations

import io
import json
import random
import tracemalloc
from typing import Any

import pytest

import plotmaker
from overflight.cli.file_feeds import MAX_LINE_BYTES, lines_of
from overflight.cli.line_intake import MOST_REASONS, LineIntake
from overflight.cli.sources_guard import SourcesGuard
from overflight.exposure.places import load_places
from overflight.jobs.warn import Warner
from overflight.track.feed import MOST_A_SECOND, MOST_SOURCES
from overflight.track.measurements import Plot, SensorSite
from overflight.track.starts import MOST
from overflight.track.tracker import MOST_OBJECTS
from overflight.warning.alert import Status


def intake(flag: bool = True) -> LineIntake:
    world = Warner(Status.EXERCISE if flag else Status.ACTUAL, places=load_places(["KP"]))
    return LineIntake({flag: world}, SourcesGuard(None, live=True))


def encoded(row: dict[str, Any]) -> bytes:
    return json.dumps(row).encode()


def false_plot(draw: random.Random, second: float, source: str) -> bytes:
    return encoded(
        {"v": 1, "type": "plot", "source": source, "time": plotmaker.stamp(second + draw.random()),
         "range_m": draw.uniform(5e4, 2e6), "azimuth_deg": draw.uniform(0, 360),
         "elevation_deg": draw.uniform(2, 60), "exercise": True}
    )  # fmt: skip


def seconds(first: int, last: int) -> list[tuple[int, list[bytes]]]:
    rows = plotmaker.plots(last)
    return [
        (s, [encoded(row) for row in rows if row["time"].startswith(plotmaker.stamp(s)[:19])])
        for s in range(first, last)
    ]


def test_ten_thousand_false_plots_a_second_of_one_radar_leave_the_others_their_track():
    draw, made = random.Random(1), intake()
    made.take([encoded(row) for row in plotmaker.site_lines()])
    world = made.worlds[True]
    for second, lines in seconds(95, 112):
        flood = [false_plot(draw, second, "north") for _ in range(10_000 if second > 106 else 0)]
        made.take([*lines[:1], *flood, *lines[1:]])
    know = world.intake.knowledge
    assert len(know.launches) == 1
    assert know.launches[0].last_s > plotmaker.START.timestamp() + 109.0
    reason = f"more than {MOST_A_SECOND} plots a second"
    assert world.intake.refused["north", reason] > 5 * (10_000 - 2 * MOST_A_SECOND)
    assert len(world.intake._plots) < 20 * MOST_A_SECOND
    assert len(know.candidates["north"].every) <= MOST
    assert len(know.objects) <= MOST_OBJECTS


def test_a_thousand_sources_take_no_place_from_those_that_are_of_use():
    draw, made = random.Random(2), intake()
    sites = [encoded(row) for row in plotmaker.site_lines()]
    made.take([false_plot(draw, 90, f"x{k}") for k in range(1_000)])
    made.take(sites)
    world = made.worlds[True]
    for second, lines in seconds(95, 112):
        strange = [false_plot(draw, second, f"x{draw.randrange(1_000)}") for _ in range(200)]
        places = [
            encoded(row | {"source": f"p{k}", "time": plotmaker.stamp(second), "latitude_deg": draw.uniform(-80, 80)})
            for k, row in enumerate(plotmaker.positions(41)[:1] * 100)
        ]  # fmt: skip
        made.take([*strange, *lines, *places])
    assert len(world.intake.knowledge.launches) == 1
    assert len(world.intake.heard) <= MOST_SOURCES
    assert {"north", "west"} <= set(world.intake.heard)
    assert len(world.intake.refused) <= 8 * MOST_SOURCES
    told = [encoded({**json.loads(sites[0]), "source": f"s{k}"}) for k in range(1_000)]
    made.take(told)
    assert len(world.intake.sites) <= MOST_SOURCES


def test_all_sources_together_have_a_bound(monkeypatch):
    monkeypatch.setattr("overflight.track.feed.MOST_OF_ALL_A_SECOND", 200)
    made = intake().worlds[True].intake
    for k in range(30):
        made.take([SensorSite(f"s{k}", 0.6, 2.2, 10.0)])
    draw = random.Random(3)
    plots = [
        Plot(f"s{k % 30}", None, 1e9 + draw.random(), None, draw.uniform(1e5, 1e6), draw.random(), 0.3, (50, 1e-3, 1e-3))
        for k in range(600)
    ]  # fmt: skip
    for at in range(0, len(plots), 200):
        made.take(plots[at : at + 200])
    assert 200 <= len(made._plots) <= 201, "the first begins the second"


def test_an_endless_line_costs_its_head_only():
    class Endless(io.RawIOBase):
        left = 40_000_000

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            size = min(len(buffer), self.left)
            self.left -= size
            buffer[:size] = b"x" * size
            return size

    tracemalloc.start()
    try:
        (head,) = lines_of(io.BufferedReader(Endless()))
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    assert len(head) == MAX_LINE_BYTES + 1
    made = intake()
    assert made.take([head]) == []
    assert made.refused == {("", "not a message: line"): 1}


@pytest.mark.parametrize("year", [2099, 1971])
def test_a_source_with_a_clock_far_off_stops_nobody(year):
    draw, made = random.Random(4), intake()
    made.take([encoded(row) for row in plotmaker.site_lines()])
    world = made.worlds[True]
    for second, lines in seconds(95, 112):
        wrong = [false_plot(draw, second, "south").replace(b"2031", b"%d" % year) for _ in range(2)]
        made.take([*lines, *wrong])
    assert len(world.intake.knowledge.launches) == 1
    assert abs(world.intake.knowledge.clock_s - plotmaker.START.timestamp() - 111.0) < 5.0
    assert {source for source, _ in world.intake.refused} == {"south"}


def test_drill_plots_in_the_real_world_are_refused_and_audited_within_bounds():
    draw, made = random.Random(5), intake(flag=False)
    assert made.take([false_plot(draw, 90, f"x{k}") for k in range(3_000)]) == []
    assert sum(made.refused.values()) == 3_000
    assert len(made.refused) <= MOST_REASONS + 1
    assert all("drill" in reason or "other sources" in reason for _, reason in made.refused)
