"""Ranges in, ranges out; wider knowledge never narrows an answer; faults are named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import InputError
from overflight.orbit.evidence import malligyong_1
from overflight.orbit.imaging import Camera, Span, assess, chance_word

KM = Span(500.0, 500.0)


def test_a_range_gives_no_number():
    found = assess(malligyong_1())
    assert found.gsd_m.low == 1.0 and 20.0 < found.gsd_m.high < 30.0
    for value in (found.gsd_m, found.niirs):
        with pytest.raises(InputError, match="one number asked of the range"):
            float(value)
    assert float(Span(2.0, 2.0)) == 2.0


def test_pixels_by_hand():
    found = assess(Camera("x", KM, gsd_m=Span(1.0, 1.0), off_nadir_deg=Span(0.0, 0.0)))
    row = found.row("destroyer", "detect")
    assert (row.pixels_along.low, row.pixels_across.high) == (155.0, 20.0)
    assert found.row("fighter", "detect").pixels_along.low == 15.0


def test_optics_and_diffraction_by_hand():
    camera = Camera(
        "x", KM, pixel_pitch_um=Span(10.0, 10.0), focal_length_m=Span(5.0, 5.0), off_nadir_deg=Span(0, 0)
    )
    assert assess(camera).gsd_m.low == pytest.approx(1.0)
    small = replace(camera, aperture_m=Span(0.1, 0.1))
    assert assess(small).gsd_m.low == pytest.approx(1.22 * 600e-9 * 500e3 / 0.1)


def test_slant_by_the_notes():
    """At 30 and 45 degrees off nadir from 500 km the range is 1.18 and 1.49 times the height."""
    one = assess(Camera("x", KM, gsd_m=Span(1.0, 1.0), off_nadir_deg=Span(30.0, 30.0)))
    two = assess(Camera("x", KM, gsd_m=Span(1.0, 1.0), off_nadir_deg=Span(45.0, 45.0)))
    assert 1.18 < one.gsd_m.low < 1.35 and 1.49 < two.gsd_m.low < 1.9


@given(st.floats(0.3, 20.0), st.floats(1.0, 3.0), st.floats(1.0, 3.0))
def test_wider_knowledge_never_narrows(gsd, below, above):
    narrow = assess(Camera("x", KM, gsd_m=Span(gsd, gsd)))
    wide = assess(Camera("x", KM, gsd_m=Span(gsd / below, gsd * above)))
    for a, b in zip(narrow.rows, wide.rows, strict=True):
        assert b.johnson.low <= a.johnson.low <= a.johnson.high <= b.johnson.high
        assert b.niirs_chance.low <= a.niirs_chance.low + 1e-12
        assert a.niirs_chance.high <= b.niirs_chance.high + 1e-12


def test_words():
    assert [chance_word(p) for p in (0.0, 0.1, 0.5, 0.7, 1.0)] == [
        "almost no chance", "very unlikely", "roughly even chance", "likely", "almost certain",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("camera", "words"),
    [
        (Camera("x", KM), "nothing that bounds the sample distance"),
        (Camera("x", Span(10.0, 20.0), gsd_m=Span(1, 1)), "altitude_km"),
        (Camera("x", KM, gsd_m=Span(2.0, 1.0)), "gsd_m"),
        (Camera("x", Span(5000.0, 5000.0), gsd_m=Span(1, 1), off_nadir_deg=Span(0, 40)), "below the horizon"),
    ],
)
def test_faults(camera, words):
    with pytest.raises(InputError, match=words):
        assess(camera)


def test_frames_for_notebooks():
    found = assess(malligyong_1())
    assert len(found.to_dataframe()) == 18 and "carrier" in found._repr_html_()
