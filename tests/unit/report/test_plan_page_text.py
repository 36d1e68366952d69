"""What the page says, read as text: no false zeros, honest bounds, the right places first."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from overflight.report.clock import Clock
from overflight.report.concern import main_places, place_groups
from overflight.report.flight_path import flight_path, path_sentence
from overflight.report.map_figure import map_content, overview_is_wide, overview_map
from overflight.report.plan_page import render_plan_page
from overflight.report.scene import land_features
from overflight.report.values import PlanReport
from pages.sample_report import SAMPLES, andoya, sohae, taiki


def words_of(html: str) -> str:
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u2060", ""))


@pytest.fixture(scope="module")
def text() -> str:
    return words_of(render_plan_page(sohae()))


def test_what_was_never_seen_is_a_bound_not_a_zero(text: str) -> None:
    assert "below 1 in 330" in text, "no overflight in 1,000 flights: below 3 in 1,000"
    assert "below 1 in 310,000" in text
    assert "1 in 2.4 million" in text
    assert not re.search(r"(?<![\d.,])0(\.0)? %", text)


def test_every_fact_is_there_with_its_residual(text: str) -> None:
    report = sohae()
    for fact in report.facts:
        assert fact.label in text and fact.published in text and fact.model in text
        if fact.residual_sigma:
            assert f"{fact.residual_sigma:+.1f}".replace("-", "−") in text
    assert "5 of 7 that can be judged fit, 2 do not and stay in the table." in text
    assert "Contradicts: Stays within its zones" in text


def test_banner_times_and_units(text: str) -> None:
    assert text.count("Analysis, not an official warning.") == 2
    assert "04:00:55 19:00 UTC" in text
    assert "03:58–04:02 18:58–19:02 UTC" in text
    assert "280 × 104 km" in text
    assert "99 % ellipse, long axis 176° from north; holds 98.7 % of 972 impacts" in text
    assert "run 7f3a91c25d0e · seed 20230824" in text


@pytest.mark.parametrize("name", SAMPLES)
def test_page_is_one_file_with_no_address_to_load_from(name: str) -> None:
    html = render_plan_page(SAMPLES[name]())
    assert not re.search(r"<(img|iframe|link|script|source)[^>]+(src|href)=\"(?!data:)", html)
    assert "@import" not in html
    assert len(html) < 1_500_000


def test_overview_is_not_shrunk_by_a_fall_round_the_world() -> None:
    report = sohae()
    zone = report.drop_zones[-1]
    assert not zone.planned
    far = tuple((130.0, float(latitude)) for latitude in np.linspace(10, -80, 50))
    stretched = replace(report, drop_zones=(*report.drop_zones[:-1], replace(zone, ring=(*far, *far[::-1]))))
    assert map_content(stretched)[:, 1].min() > -5
    clock = Clock(report.lift_off_utc, "KST", 9)
    assert overview_map(stretched, clock, narrow=False).cut_off == (zone.body,)


def test_wide_paths_get_wide_maps() -> None:
    assert (overview_is_wide(sohae()), overview_is_wide(taiki())) == (False, True)


def test_places_round_the_pad_do_not_hide_those_down_range() -> None:
    report = sohae()
    at_pad = replace(
        report.places[0], code="pad", closest_time_s=0.0, p_over=1.0, longitude_deg=124.7, latitude_deg=39.6
    )
    assert main_places((at_pad, *report.places))[0].name_en == "Kumejima"
    assert [row.name_en for row in place_groups(report.places)[0]][:2] == ["Kumejima", "Tonaki"]
    assert main_places(taiki().places)[0].name_en == "Taiki", "if there are no others, they are the ones"
    assert main_places(()) == () and place_groups(andoya().places) == ()


def test_a_sentence_names_places_abroad_first() -> None:
    report = sohae()
    pad = replace(report.places[0], country="KP", closest_km=0.0, closest_time_s=0.0, p_over=1.0)
    coast = replace(report.places[0], country="KP", name_en="Coast", p_over=0.9)
    assert [row.name_en for row in main_places((pad, coast, *report.places))] == ["Kumejima"]


def test_path_joins_what_was_flown_with_what_was_planned() -> None:
    path = flight_path(sohae().tracks)
    assert path.flown_s == 655
    assert (np.diff(path.time_s) > 0).all() and path.time_s[-1] == 960
    clock = Clock(sohae().lift_off_utc, "KST", 9)
    assert "towards the south, later south-south-east" in path_sentence(path, "Sohae", clock)
    across = flight_path(taiki().tracks)
    step = np.diff(across.at(np.linspace(0, 780, 400)), axis=0)
    assert np.abs((step + 180) % 360 - 180).max() < 1, "no jump at the 180th meridian"
    assert len(flight_path(())) == 0


def bare() -> PlanReport:
    return replace(andoya(), tracks=(), timeline=(), headline="Nothing was computed.")


def test_a_report_without_a_path_still_makes_a_page() -> None:
    said = words_of(render_plan_page(bare()))
    assert "No path was computed from Andøya." in said
    assert "No height was computed." in said


def test_land_for_the_interactive_map_has_no_seam() -> None:
    report = taiki()
    view = overview_map(report, Clock(report.lift_off_utc, "JST", 9), narrow=False).view
    shapes = land_features(view)["features"]
    kinds = [shape["properties"]["kind"] for shape in shapes]
    assert kinds.count("land") > 500 and 1 <= kinds.count("water") < 20
    for shape in shapes:
        [ring] = shape["geometry"]["coordinates"]
        assert ring[0] == ring[-1]
        turn = np.abs(np.diff(np.array(ring)[:, 0]))
        assert turn.max() < 180 or min(point[1] for point in ring) == -90
