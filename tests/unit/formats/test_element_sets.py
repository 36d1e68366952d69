"""Element sets as people have them: every form reads to the same set, and every fault is named."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import InputError
from overflight.formats.element_sets import read_element_sets
from overflight.formats.omm import write_omm_json, write_omm_kvn
from overflight.formats.tle import checksum, read_tle, write_tle
from overflight.orbit.elements import ElementSet

ONE = "1 58400U 23179A   24158.19566690  .00000871  00000-0  41535-4 0  9999"
TWO = "2 58400  97.4052  45.2326 0002221 305.1745  54.9283 15.21704003 30052"
SET = f"MALLIGYONG-1\n{ONE}\n{TWO}\n"


def read(text: str | bytes):
    return read_element_sets(text.encode() if isinstance(text, str) else text, "sets.txt")


def with_sum(line: str) -> str:
    return f"{line[:68]}{checksum(line)}"


def test_two_and_three_lines_any_line_end_with_or_without_mark():
    wanted = read(SET)[0]
    forms = [
        SET.replace("\n", "\r\n"), SET.replace("\n", "\r"), "\ufeff" + SET, f"0 {SET}", f"\n\n{SET}\n\n",
        SET.encode("utf-16"), f"# comment\n{SET}",
    ]  # fmt: skip
    for form in forms:
        assert read(form)[0] == wanted
    assert read(f"{ONE}\n{TWO}")[0] == replace(wanted, name="")
    assert (wanted.catalogue_number, wanted.designator) == (58400, "2023-179A")


@pytest.mark.parametrize(
    ("text", "number"), [("A0001", 100001), ("Z9999", 339999), ("J2931", 182931), ("00005", 5)]
)
def test_alpha_5(text, number):
    one, two = (with_sum(line.replace("58400", text)) for line in (ONE, TWO))
    elements = read(f"{one}\n{two}")[0]
    assert elements.catalogue_number == number
    assert write_tle(elements).splitlines() == [one, two]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "an empty file"),
        (" \r\n \n", "an empty file"),
        (f"{ONE[:-1]}4\n{TWO}", "line 1, column 69: found checksum '4'; allowed: 9"),
        (f"{TWO}\n{ONE}", "line 1: found line 2 of a set before its line 1"),
        (ONE, "without a line 2"),
        (f"X\n{ONE}\n", "without a line 2"),
        (f"{ONE}\n{ONE}", "without a line 2"),
        (f"{ONE[:60]}\n{TWO}", "line 2 of a set before|no line 1|characters"),
        (
            f"{ONE}\n{with_sum(TWO.replace('58400', '58401'))}",
            "line 2, columns 3-7: found catalogue number 58401",
        ),
        (f"{with_sum(ONE.replace('58400', 'I8400'))}\n{TWO}", "columns 3-7: found 'I8400'"),
        (f"{with_sum(ONE.replace('24158', '24400'))}\n{TWO}", "day 400 of 2024"),
        (f"{ONE}\n{with_sum(TWO.replace(' 97.4052', '197.4052'))}", "inclination: found 197.405"),
        (f"{ONE}\n{with_sum(TWO.replace('15.21704003', '25.21704003'))}", "25.217 revolutions a day"),
        ("hello world\nthis is text", "text that begins with 'hello world'"),
        ("[]", "no element set"),
        ("[1]", "item 1: found int"),
        ("{", "no JSON"),
        ("<a/>", "<omm>"),
        ("<omm", "no well-formed XML"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><omm/>', "a document type"),
        ("CCSDS_OMM_VERS = 2.0\nnonsense", "KEY = value"),
        (b"\xff\xfe\x00", "not UTF-8 text"),
        (b"\x80abc", "not UTF-8 text"),
    ],
)
def test_faults_are_named(text, words):
    with pytest.raises(InputError, match=words):
        read(text)


def omm(**changes) -> str:
    row = json.loads(write_omm_json((read(SET)[0],)))[0]
    return json.dumps([{key: value for key, value in {**row, **changes}.items() if value is not ...}])


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("ECCENTRICITY", 1.2, "ECCENTRICITY: found 1.2"),
        ("ECCENTRICITY", 1.0, "ECCENTRICITY: found 1.0"),
        ("MEAN_MOTION", 0, "MEAN_MOTION: found 0"),
        ("MEAN_MOTION", "x", "MEAN_MOTION: found 'x'"),
        ("INCLINATION", ..., "INCLINATION: found nothing"),
        ("INCLINATION", float("nan"), "INCLINATION: found nan"),
        ("EPOCH", "2024-13-01T00:00:00", "EPOCH"),
        ("EPOCH", ..., "EPOCH: found nothing"),
        ("NORAD_CAT_ID", "A0001", "NORAD_CAT_ID"),
        ("REF_FRAME", "ICRF", "REF_FRAME: found ICRF; allowed: TEME"),
        ("MEAN_ELEMENT_THEORY", "DSST", "MEAN_ELEMENT_THEORY"),
        ("TIME_SYSTEM", "TAI", "TIME_SYSTEM"),
    ],
)
def test_faults_of_an_omm_are_named(key, value, words):
    with pytest.raises(InputError, match=words):
        read(omm(**{key: value}))


def test_all_forms_of_an_omm_read_to_the_same_set():
    elements = replace(read(SET)[0], catalogue_number=799501234)
    rows = json.loads(write_omm_json((elements,)))[0]
    body = "".join(f"<{key}>{value}</{key}>" for key, value in rows.items())
    xml = f'<?xml version="1.0"?><ndm xmlns="urn:x"><omm><body><segment>{body}</segment></body></omm></ndm>'
    kvn = write_omm_kvn(elements, elements.epoch_utc)
    for text in (json.dumps(rows), json.dumps([rows]), xml, kvn, kvn.replace("\n", "\r\n")):
        found = read(text)[0]
        assert found.catalogue_number == 799501234
        assert found.name == "MALLIGYONG-1"
        for name in ("mean_motion_radpmin", "eccentricity", "inclination_rad", "bstar", "node_rad"):
            assert getattr(found, name) == pytest.approx(getattr(elements, name), rel=1e-10)
        assert abs(found.age_days(elements.epoch_utc)) < 1e-10
    with pytest.raises(InputError, match=r"Alpha-5|0 to 339999"):
        write_tle(elements)


def test_two_of_one_epoch_are_one_and_series_are_in_order():
    other = with_sum(ONE.replace("24158.19", "24150.19"))
    series = read(f"{SET}A\n{other}\n{TWO}\n{SET}")
    assert [round(s.epoch_fraction, 4) for s in series] == [0.1957, 0.1957]
    assert series[0].epoch_jd < series[1].epoch_jd
    assert series.known_at(series[1].epoch_utc) is series[1]
    assert len(series.to_dataframe()) == 2 and "58400" in series._repr_html_()


@given(
    st.integers(0, 339_999), st.floats(0.0, 0.9), st.floats(0.0, 180.0), st.floats(0.0, 359.99),
    st.floats(-0.05, 0.05), st.floats(1.0, 16.0), st.integers(0, 99_999),
)  # fmt: skip
def test_what_is_written_reads_back(number, eccentricity, inclination, angle, bstar, motion, revolution):
    import math

    elements = ElementSet(
        "X 1", number, "2023-179A", 2460467.5, 0.25, motion * 2 * math.pi / 1440, eccentricity,
        math.radians(inclination), *[math.radians(angle)] * 3, bstar, revolution=revolution,
    )  # fmt: skip
    again = read_tle(write_tle(elements), "again")[0]
    assert again.catalogue_number == number and again.revolution == revolution and again.name == "X 1"
    assert again.eccentricity == pytest.approx(eccentricity, abs=6e-8)
    assert math.degrees(again.inclination_rad) == pytest.approx(inclination, abs=6e-5)
    assert again.bstar == pytest.approx(bstar, rel=1e-4, abs=1e-9)
    assert again.revolutions_per_day == pytest.approx(motion, abs=1e-8)


@pytest.mark.parametrize(
    ("bstar", "text"),
    [
        (0.0, " 00000-0"),
        (3.4e-11, " 00000-0"),
        (9.99995e-11, " 00000-0"),  # just below what rounds up to the least
        (9.999951e-11, " 10000-9"),
        (1e-10, " 10000-9"),
        (-2.5e-5, "-25000-4"),
    ],
)
def test_small_drag_terms_keep_to_their_columns(bstar, text):
    set_ = replace(read(SET)[0], bstar=bstar)
    first = write_tle(set_).splitlines()[-2]
    assert len(first) == 69 and first[53:61] == text


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        read(text)
    except InputError as error:
        assert error.remedy


@given(st.integers(0, 2), st.integers(0, 68), st.characters(min_codepoint=32, max_codepoint=126))
def test_any_changed_character_is_read_or_refused(which, column, char):
    lines = SET.splitlines()
    lines[which] = lines[which][:column] + char + lines[which][column + 1 :]
    if which:
        lines[which] = with_sum(lines[which])
    try:
        read("\n".join(lines))
    except InputError as error:
        assert error.remedy
