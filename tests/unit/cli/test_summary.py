"""The summary after a plan: what a duty officer needs, in 80 columns, on any terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from overflight.cli.summary import PLACES_SHOWN, print_summary
from pages.sample_report import andoya, sohae, taiki

PAGE = Path(
    "out/a-folder-with-a-rather-long-name-so-that-the-path-is-longer-than-80-columns/of/a/terminal/index.html"
)


def shown(report) -> str:
    stream = io.StringIO()
    print_summary(report, PAGE, stream)
    return stream.getvalue()


def section(text: str, title: str) -> str:
    """Return the lines below a title up to the next blank line."""
    return text.split(f"\n{title}", 1)[1].split("\n\n", 1)[0]


@pytest.fixture(scope="module")
def report():
    return sohae()


@pytest.mark.parametrize("make", [sohae, taiki, andoya])
def test_it_fits_80_columns_and_has_no_control_codes(make):
    text = shown(make())
    *lines, last = text.rstrip("\n").split("\n")
    assert max(cell_len(line) for line in lines) <= 80
    assert last == f"Open {PAGE}"
    assert not any(line != line.rstrip() for line in lines)
    assert "\x1b" not in text


def test_columns_stand_under_each_other_whatever_the_script(report):
    rows = [
        row for row in section(shown(report), "Overflown within").split("\n") if ":" in row and "JP" in row
    ]
    assert len(rows) == 6
    starts = {cell_len(row[: row.index("Okinawa")]) for row in rows}
    assert len(starts) == 1


def test_what_flew_and_the_answer(report):
    text = shown(report)
    assert text.startswith(report.title)
    assert "lift-off 24 Aug 2023 03:50:00 KST (23 Aug 18:50:00 UTC)" in text
    assert report.headline in " ".join(text.split())


def test_every_body_with_place_time_and_verdict(report):
    text = " ".join(section(shown(report), "What falls where").split())
    assert text.count("km") == 1  # the unit stands in the head, once
    for zone in report.drop_zones:
        assert zone.body.split()[0] in text
    assert "36.0° N 123.4° E 140 x 54 (99 %) 03:58–03:59 Yes." in text
    assert "No zone." in text


def test_places_are_at_most_ten_and_the_rest_is_counted(report):
    place = report.places[0]
    many = tuple(replace(place, code=f"{i:05}", name=f"町{i}", p_over=0.9 - i / 1000) for i in range(37))
    text = section(shown(replace(report, places=many)), "Overflown within")
    assert text.count("町") == PLACES_SHOWN
    assert "町0 " in text and "and 27 more; see the page" in text


def test_places_are_ordered_by_probability_and_those_never_passed_left_out(report):
    first, second = report.places[:2]
    never = replace(first, name="never", p_over=0.0)
    text = section(shown(replace(report, places=(never, second, first))), "Overflown within")
    assert "never" not in text
    assert text.index(first.name) < text.index(second.name)


def test_what_happened_is_marked(report):
    text = " ".join(section(shown(report), "How it may end").split())
    assert text.count("happened)") == 1


def test_no_hit_is_a_bound_not_zero(report):
    clear = tuple(replace(p, p_debris=0.0, p_debris_se=0.0, p_debris_below=0.003) for p in report.places)
    text = section(shown(replace(report, places=clear)), "Debris on land")
    assert "below 1 in 3" in text
    assert "0 %" not in text


def test_markup_in_names_is_shown_as_it_stands(report):
    place = replace(report.places[0], name="[bold]x[/bold]", name_en=None, p_over=1.0)
    assert "[bold]x[/bold]" in shown(replace(report, places=(place,), title="[red]title"))
    assert shown(replace(report, title="[red]title")).startswith("[red]title")


def test_it_says_what_it_is(report):
    assert "Analysis, not an official warning." in shown(report)
