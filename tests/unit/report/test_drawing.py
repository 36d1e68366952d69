"""Clipping, paths, labels and the residual glyph."""

from __future__ import annotations

import re

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from overflight.report.glyphs import residual_glyph
from overflight.report.labels import Box, LabelField, Spot, around, label_box, split_label, text_width
from overflight.report.svg import clip_line, clip_ring, dots, element, line_path, number, ring_path

POINT = st.tuples(st.floats(-50, 150), st.floats(-50, 150))


@given(st.lists(POINT, min_size=3, max_size=3))
def test_clipped_triangles_have_the_area_shapely_finds(corners: list[tuple[float, float]]) -> None:
    triangle = shapely.Polygon(corners)
    clipped = clip_ring(np.array(corners), (0, 0), (100, 100))
    area = shapely.Polygon(clipped).area if len(clipped) > 2 else 0.0
    assert area == pytest.approx(shapely.intersection(triangle, shapely.box(0, 0, 100, 100)).area, abs=1e-6)


def test_lines_keep_one_point_beyond_the_frame() -> None:
    line = np.array([(x, 5.0) for x in (-30.0, -10.0, 5.0, 15.0, 40.0, 80.0, 95.0)])
    pieces = clip_line(line, (0, 0), (20, 10))
    assert [piece[:, 0].tolist() for piece in pieces] == [[-10, 5, 15, 40]]


@given(st.lists(POINT, min_size=2, max_size=30))
def test_paths_do_not_drift(points: list[tuple[float, float]]) -> None:
    """Relative steps are differences of rounded points, so the last point is as exact as the first."""
    path = line_path(np.array(points))
    if path:
        numbers = [float(value) for value in re.findall(r"-?\d*\.?\d+", path)]
        end = np.array(numbers).reshape(-1, 2).sum(axis=0)
        assert np.abs(end - points[-1]).max() <= 0.0500001


def test_svg_texts() -> None:
    assert number(-0.04) == "0" and number(12.0) == "12" and number(3.14159) == "3.1"
    assert ring_path(np.array([(0, 0), (1, 0), (1, 1), (0, 0)])) == "M0 0l1 0 0 1z"
    assert line_path(np.array([(1, 1), (1.001, 1.001)])) == ""
    assert dots(np.array([(1.25, -0.5)])) in ("M1.2 -.5h0", "M1.3 -.5h0")
    assert (
        element("a", "x", class_="c", aria_label='"<&', none=None)
        == '<a class="c" aria-label="&quot;&lt;&amp;">x</a>'
    )


@given(
    st.lists(
        st.tuples(st.floats(0, 300), st.floats(0, 200), st.sampled_from(["Kumejima", "久米島町", "x"])),
        max_size=25,
    )
)
def test_labels_never_cover_each_other_or_leave_the_frame(wanted: list[tuple[float, float, str]]) -> None:
    field, boxes = LabelField(300, 200), []
    for x, y, text in wanted:
        spots = around(x, y, 6)
        before = field.svg()
        if field.put([(text, "b")], spots):
            new = field.svg().removeprefix(before)
            found = re.search(r' x="([-\d.]+)" y="([-\d.]+)"(?: text-anchor="(\w+)")?', new)
            assert found is not None
            box = label_box([(text, "b")], Spot(float(found[1]), float(found[2]) - 4.2, found[3] or "start"))
            boxes.append(box)
    for i, one in enumerate(boxes):
        assert one.left >= 3.5 and one.right <= 296.5 and one.top >= 3 and one.bottom <= 197
        for other in boxes[i + 1 :]:
            assert (
                one.left >= other.right
                or other.left >= one.right
                or one.top >= other.bottom
                or other.top >= one.bottom
            )


def test_a_label_keeps_off_lines_where_it_can() -> None:
    field = LabelField(200, 100)
    field.avoid(np.stack([np.linspace(100, 190, 200), np.full(200, 50.0)], axis=1))
    assert field.put([("right", "b")], [Spot(105, 50), Spot(95, 50, "end", cost=1)])
    assert 'text-anchor="end"' in field.svg()
    field.block(Box(0, 0, 200, 100))
    assert not field.put([("none", "b")], around(50, 50, 5))


def test_wide_and_bold_letters_take_more_room() -> None:
    assert text_width("久米島町", "") == pytest.approx(48)
    assert text_width("Okinawa", "b") > text_width("Okinawa", "") > text_width("Okinawa", "s")
    assert split_label("Third stage, if lost", 14) == ["Third stage,", "if lost"]
    assert split_label("Jeju", 14) == ["Jeju"]


@pytest.mark.parametrize(
    ("residual", "fits", "shape", "label"),
    [
        (0.4, True, "circle", "+0.4 sigma, fits"),
        (-2.6, False, "l6.5 6.5", "−2.6 sigma, does not fit"),
        (-5.5, False, "l-8 7", "−5.5 sigma, does not fit"),
        (1.0, None, "circle", "+1.0 sigma, fits"),
    ],
)
def test_residuals_say_by_shape_whether_they_fit(
    residual: float, fits: bool | None, shape: str, label: str
) -> None:
    glyph = residual_glyph(residual, fits)
    assert shape in glyph
    assert f'aria-label="{label}"' in glyph
