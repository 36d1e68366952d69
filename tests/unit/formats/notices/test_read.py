"""Notices as they are published, in many layouts, read into zones and windows."""

from datetime import UTC, datetime

import pytest

from overflight.formats.notices.read import read_notice
from overflight.formats.notices.values import NoticeError


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def windows(notice):
    return [(w.begin_utc, w.end_utc) for w in notice.windows]


HYDROPAC = """HYDROPAC 2561/23(97).
YELLOW SEA.
EAST CHINA SEA.
1. HAZARDOUS OPERATIONS, ROCKET LAUNCHING
   231500Z TO 301500Z AUG IN AREAS BOUND BY:
   A. 36-06.10N 123-33.10E, 35-29.00N 123-25.00E,
      35-30.00N 123-03.00E, 36-08.00N 123-11.00E.
   B. 33-35.00N 123-18.00E, 33-10.00N 123-18.00E,
      33-10.00N 122-40.00E, 33-35.00N 122-40.00E.
2. CANCEL HYDROPAC 2500/23 AND 2501/23.
3. CANCEL THIS MSG 301600Z AUG 23.
"""  # made up in the layout of the series


def test_two_areas_of_a_broadcast_warning():
    notice = read_notice(HYDROPAC)
    assert (notice.layout, notice.identifier, notice.kind) == ("broadcast", "HYDROPAC 2561/23", "launch")
    assert [zone.label for zone in notice.zones] == ["A", "B"]
    assert notice.zones[0].points_deg[0] == pytest.approx((123 + 33.1 / 60, 36 + 6.1 / 60))
    assert windows(notice) == [(utc(2023, 8, 23, 15), utc(2023, 8, 30, 15))]
    assert notice.cancels == ("HYDROPAC 2500/23", "HYDROPAC 2501/23")
    assert notice.ends_utc == utc(2023, 8, 30, 16)


NOTAM = """A0439/25 NOTAMN
Q) ZJSA/QRDCA/IV/BO/W/000/999/1231N11646E035
A) ZJSA B) 2502110122 C) 2502110216
E) A TEMPORARY DANGER AREA ESTABLISHED BOUNDED BY: N115400E1164800-
N123800E1161400-N125800E1164000-N121400E1171400 BACK TO START.
F) SFC G) UNL)
"""


def test_notam():
    notice = read_notice(NOTAM)
    assert (notice.layout, notice.identifier) == ("notam", "A0439/25")
    (zone,) = notice.zones
    assert [lon for lon, _ in zone.points_deg] == pytest.approx(
        [116.8, 116 + 14 / 60, 116 + 40 / 60, 117 + 14 / 60]
    )
    assert [lat for _, lat in zone.points_deg] == pytest.approx(
        [11.9, 12 + 38 / 60, 12 + 58 / 60, 12 + 14 / 60]
    )
    assert windows(notice) == [(utc(2025, 2, 11, 1, 22), utc(2025, 2, 11, 2, 16))]


def test_notam_schedule():
    daily = NOTAM.replace("C) 2502110216", "C) 2502130216 D) DAILY 0122-0216")
    assert windows(read_notice(daily)) == [
        (utc(2025, 2, d, 1, 22), utc(2025, 2, d, 2, 16)) for d in (11, 12, 13)
    ]
    days = NOTAM.replace("C) 2502110216", "C) 2502130216 D) 11 13 0122-0216")
    assert [w[0].day for w in windows(read_notice(days))] == [11, 13]
    odd = NOTAM.replace("C) 2502110216", "C) 2502130216 D) SR-SS")
    notice = read_notice(odd)
    assert windows(notice) == [(utc(2025, 2, 11, 1, 22), utc(2025, 2, 13, 2, 16))]
    assert "not understood" in notice.remarks[0]


def test_notam_that_cancels_and_that_replaces():
    assert read_notice("A0440/25 NOTAMC A0439/25\nA) ZJSA B) 2502110300").cancels == ("A0439/25",)
    assert read_notice(NOTAM.replace("NOTAMN", "NOTAMR A0400/25")).cancels == ("A0400/25",)


POINTS = [(124.71, 39.66), (125.05, 39.50), (124.50, 39.25)]


@pytest.mark.parametrize(
    "ring",
    [
        "39-39.6N 124-42.6E, 39-30.0N 125-03.0E, 39-15.0N 124-30.0E",
        "39-39-36N 124-42-36E; 39-30-00N 125-03-00E; 39-15-00N 124-30-00E",
        "393936N1244236E - 393000N1250300E - 391500N1243000E - 393936N1244236E",
        "N393936E1244236-N393000E1250300-N391500E1243000-N393936E1244236",
        "N393936 E1244236, N393000 E1250300, N391500 E1243000",
        "N39 39 36 E124 42 36 - N39 30 00 E125 03 00 - N39 15 00 E124 30 00",
        "39°39'36\"N 124°42'36\"E, 39°30'00\"N 125°03'00\"E, 39°15'00\"N 124°30'00\"E",
        "39º39′36″N, 124º42′36″E; 39º30′00″N, 125º03′00″E and 39º15′00″N, 124º30′00″E",
        "39.66N 124.71E, 39.50N 125.05E, 39.25N 124.50E",
        "39.66°N 124.71°E, 39.50°N 125.05°E, 39.25°N 124.50°E",
        "124-42.6E 39-39.6N, 125-03.0E 39-30.0N, 124-30.0E 39-15.0N",
        "39-39,6N 124-42,6E  39-30,0N 125-03,0E  39-15,0N 124-30,0E",
        "(1) 39-39.6N 124-42.6E (2) 39-30.0N 125-03.0E (3) 39-15.0N 124-30.0E",
        "A. 39-39.6N 124-42.6E\nB. 39-30.0N 125-03.0E\nC. 39-15.0N 124-30.0E",
        "39-39.6N LONG 124-42.6E to 39-30.0N LONG 125-03.0E to 39-15.0N LONG 124-30.0E",
        "(39.66, 124.71), (39.50, 125.05), (39.25, 124.50)",
        "３９-３９.６Ｎ　１２４-４２.６Ｅ, 39–30.0N 125–03.0E, 39-15.0N 124-30.0E",
    ],
)
def test_ways_to_write_positions(ring):
    (zone,) = read_notice(f"ROCKET LAUNCH 110600Z TO 111000Z FEB 25 IN AREA BOUND BY {ring}.").zones
    assert zone.kind == "polygon"
    assert [c for p in zone.points_deg for c in p] == pytest.approx([c for p in POINTS for c in p], abs=1e-9)


@pytest.mark.parametrize(
    ("text", "kind", "reach_m"),
    [
        ("WITHIN 20 NAUTICAL MILES OF 39-39.6N 124-42.6E", "circle", 37040.0),
        ("WITHIN TEN MILES OF 39-39.6N 124-42.6E", "circle", 18520.0),
        ("CIRCLE RADIUS 30KM CENTRED ON N393936E1244236", "circle", 30e3),
        ("AREA CENTRED ON N393936E1244236 RADIUS 30 KM", "circle", 30e3),
        ("A 5 NM RADIUS OF 393936N1244236E", "circle", 9260.0),
        ("WITHIN 15 MILES OF A LINE JOINING 39-39N 124-42E, 38-00N 124-30E AND 36-00N 124-10E", "corridor", 27780.0),
        ("20 NM EITHER SIDE OF TRACKLINE 39-39N 124-42E 38-00N 124-30E", "corridor", 37040.0),
    ],
)  # fmt: skip
def test_circles_and_corridors(text, kind, reach_m):
    (zone,) = read_notice(f"ROCKETS 110600Z TO 111000Z FEB 25 {text}.").zones
    assert (zone.kind, zone.reach_m) == (kind, reach_m)


def test_two_circles_each_with_its_own_radius():
    heads = "ROCKETS. A. WITHIN 5 MILES OF 39-39N 124-42E. B. WITHIN 10 MILES OF 36-00N 124-10E."
    tails = "ROCKETS. 39-39N 124-42E RADIUS 5NM. ZONE B: 36-00N 124-10E RADIUS 10NM."
    both = "ROCKETS WITHIN 5 MILES OF:\nA. 39-39N 124-42E.\nB. 36-00N 124-10E."
    assert [z.reach_m for z in read_notice(heads).zones] == [9260.0, 18520.0]
    assert [z.reach_m for z in read_notice(tails).zones] == [9260.0, 18520.0]
    assert [z.reach_m for z in read_notice(both).zones] == [9260.0, 9260.0]


AREA = "ROCKETS IN AREA BOUND BY 39-39N 124-42E, 39-30N 125-03E, 39-15N 124-30E."


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("110600Z TO 111000Z FEB 25", [((2025, 2, 11, 6), (2025, 2, 11, 10))]),
        ("110600Z FEB TO 121000Z FEB 2025", [((2025, 2, 11, 6), (2025, 2, 12, 10))]),
        ("310600Z TO 011000Z FEB 25", [((2025, 1, 31, 6), (2025, 2, 1, 10))]),
        ("312200Z DEC TO 010200Z JAN 25", [((2024, 12, 31, 22), (2025, 1, 1, 2))]),
        ("0600Z TO 1000Z DAILY 11, 12 AND 14 FEB 25", [((2025, 2, d, 6), (2025, 2, d, 10)) for d in (11, 12, 14)]),
        ("DAILY 0600-1000 UTC 11 TO 13 FEB 2025", [((2025, 2, d, 6), (2025, 2, d, 10)) for d in (11, 12, 13)]),
        ("2300Z TO 0100Z DAILY 11 AND 12 FEB 25", [((2025, 2, d, 23), (2025, 2, d + 1, 1)) for d in (11, 12)]),
        ("0600Z TO 1000Z DAILY 31 JAN THRU 01 FEB 25", [((2025, 1, 31, 6), (2025, 1, 31, 10)), ((2025, 2, 1, 6), (2025, 2, 1, 10))]),
        ("11 FEB 2025 0122 TO 0216 UTC", [((2025, 2, 11, 1, 22), (2025, 2, 11, 2, 16))]),
        ("0122 TO 0216 UTC ON 11 FEB 2025", [((2025, 2, 11, 1, 22), (2025, 2, 11, 2, 16))]),
        ("11 FEBRUARY 2025 0122 UTC TO 12 FEBRUARY 2025 0216 UTC", [((2025, 2, 11, 1, 22), (2025, 2, 12, 2, 16))]),
        ("2025-02-11 01:22 TO 02:16 UTC", [((2025, 2, 11, 1, 22), (2025, 2, 11, 2, 16))]),
        ("2025-02-11T01:22Z/2025-02-11T02:16Z", [((2025, 2, 11, 1, 22), (2025, 2, 11, 2, 16))]),
        ("24 AUG 2023 0000 JST TO 31 AUG 2023 0000 JST", [((2023, 8, 23, 15), (2023, 8, 30, 15))]),
        ("MARCH 14, 2024, BETWEEN 7:00 A.M. AND 11:00 A.M. CDT", [((2024, 3, 14, 12), (2024, 3, 14, 16))]),
    ],
)  # fmt: skip
def test_times(time, expected):
    assert windows(read_notice(f"{time}. {AREA}")) == [(utc(*a), utc(*b)) for a, b in expected]


def test_a_clock_or_a_year_that_is_not_named_is_asked_for():
    local = f"ON MARCH 14, 2024, BETWEEN 7:00 A.M. AND 11:00 A.M. {AREA}"
    assert "does not name its clock" in read_notice(local).remarks[0]
    assert windows(read_notice(local, offset_h=-5.0)) == [(utc(2024, 3, 14, 12), utc(2024, 3, 14, 16))]
    yearless = f"110600Z TO 111000Z FEB. {AREA}"
    assert "names no year" in read_notice(yearless).remarks[0]
    assert windows(read_notice(yearless, year=2025)) == [(utc(2025, 2, 11, 6), utc(2025, 2, 11, 10))]


def test_across_the_antimeridian():
    text = "ROCKETS IN AREA BOUND BY 10-00N 179-00E, 10-00N 179-00W, 08-00N 179-00W, 08-00N 179-00E."
    (zone,) = read_notice(text).zones
    assert zone.points_deg == ((179.0, 10.0), (-179.0, 10.0), (-179.0, 8.0), (179.0, 8.0))


def test_corners_out_of_order_are_put_in_the_only_order_there_is():
    text = "ROCKETS IN AREA BOUND BY 36-00N 123-00E, 35-00N 124-00E, 36-00N 124-00E, 35-00N 123-00E."
    notice = read_notice(text)
    assert notice.zones[0].reordered
    assert "crosses itself" in notice.remarks[-1]
    assert set(notice.zones[0].points_deg) == {(123.0, 36.0), (124.0, 35.0), (124.0, 36.0), (123.0, 35.0)}


@pytest.mark.parametrize(
    ("area", "words"),
    [
        ("39-39N 124-42E, 39-30N 125-03W, 39-15N 124-30E, 39-10N 124-20E", "the other side of the world"),
        ("39-39N 124-42E, 39-30S 125-03E, 39-15N 124-30E, 39-10N 124-20E", "the other side of the world"),
        ("124-42N 39-39E, 125-03N 39-30E, 124-30N 39-15E", "degrees of latitude"),
        ("39-39E 124-42N, 39-30E 125-03N, 39-15E 124-30N", "degrees of latitude"),
        ("39-39N 124-42E, 39-3ON 125-03E, 39-15N 124-30E, 39-10N 124-20E", "lost letter looks like this"),
        ("39-39N 124-42E, 39-30 125-03E, 39-15N 124-30E, 39-10N 124-20E", "lost letter looks like this"),
        ("39-39N 124-42E, 39-30 125-03, 39-15N 124-30E, 39-10N 124-20E", "between two positions"),
        ("39-39N 124-42E, 39-75N 125-03E, 39-15N 124-30E", "39-75N"),
        ("39-39N 124-42E, 39-30N 185-03E, 39-15N 124-30E", "185-03E"),
        ("39-39N 124-42-30E, 39-30N 125-03E, 39-15N 124-30E", "2 and 3 numbers"),
        ("393936N124426E, 393000N1250300E, 391500N1243000E", "6 digits"),
        ("39-39N 124-42E, 39-30N 125-03E", "2 positions without a distance"),
        ("39-39N 124-42E", "1 position without a distance"),
        ("39-39N 124-42E, 38-39N 124-42E, 37-39N 124-42E", "an area of"),
        ("36-00N 123-00E, 35-00N 124-00E, 36-00N 124-00E, 35-30N 123-45E, 35-00N 123-00E", "crosses or touches"),
        ("39-39N 124-42E THENCE ALONG A CLOCKWISE ARC TO 39-30N 125-03E TO 39-15N 124-30E", "ARC|ALONG"),
        ("WITHIN 5 MILES OF 39-39N 124-42E, 39-30N 125-03E, 39-15N 124-30E", "a distance beside 3 positions"),
        ("N393936 E1244236, 393000N 1250300E, N391500 E1243000", "written otherwise"),
        ("10-00N 010-00E, 10-00S 170-00W, 12-00S 170-00W, 12-00N 010-00E", "an edge of"),
    ],
)  # fmt: skip
def test_what_is_refused(area, words):
    with pytest.raises(NoticeError, match=words):
        read_notice(f"ROCKETS 110600Z TO 111000Z FEB 25 IN AREA {area}.")


@pytest.mark.parametrize(
    "time", ["300600Z TO 301000Z FEB 25", "111000Z FEB 25 TO 110600Z FEB 25", "112560Z TO 121000Z FEB 25"]
)
def test_times_that_do_not_exist(time):
    with pytest.raises(NoticeError, match="real dates and times"):
        read_notice(f"{time}. {AREA}")


def test_a_q_line_elsewhere_is_refused():
    with pytest.raises(NoticeError, match="centre of the Q line"):
        read_notice(NOTAM.replace("1231N11646E035", "1231S11646E035"))


@pytest.mark.parametrize("text", ["", "Nothing to see here.", "CANCELLED"])
def test_no_notice(text):
    with pytest.raises(NoticeError, match="a notice with an area"):
        read_notice(text)


def test_the_line_is_named():
    with pytest.raises(NoticeError) as caught:
        read_notice(HYDROPAC.replace("35-29.00N", "35-79.00N"), "notice.txt")
    assert caught.value.where == "notice.txt:6"


def test_a_japanese_warning_names_its_year_first():
    text = "NAVAREA XI 24-0371\nROCKET LAUNCHING.\n150000Z TO 150400Z FEB. " + AREA
    notice = read_notice(text)
    assert notice.identifier == "NAVAREA XI 24-0371"
    assert windows(notice) == [(utc(2024, 2, 15), utc(2024, 2, 15, 4))]


def test_american_airspace_reservation():
    text = (
        "!CARF 03/045 ZHU AIRSPACE STATIONARY ALT RESERVATION WI AN AREA DEFINED AS 2600N09716W (BRO) TO "
        "2545N09600W TO 2530N09400W TO 2615N09400W TO POINT OF ORIGIN SFC-UNL 2403141145-2403141530"
    )
    notice = read_notice(text)
    assert len(notice.zones[0].points_deg) == 4
    assert windows(notice) == [(utc(2024, 3, 14, 11, 45), utc(2024, 3, 14, 15, 30))]


def test_chinese_coastal_warning():
    """Laid out as those of the maritime safety administration; Beijing time."""
    text = "琼航警24/25 南海 2月11日0910时至1025时 航天发射 在19-38.9N/110-57.0E、19-31.0N/111-17.2E、19-13.7N/111-10.1E、19-21.6N/110-49.8E四点连线范围内 禁止驶入."
    notice = read_notice(text, year=2025)
    assert (notice.kind, len(notice.zones[0].points_deg)) == ("launch", 4)
    assert windows(notice) == [(utc(2025, 2, 11, 1, 10), utc(2025, 2, 11, 2, 25))]


def test_day_and_time_apart_and_times_with_an_h():
    assert windows(read_notice(f"FROM 17 1030 UTC TO 17 1430 UTC FEB 24. {AREA}")) == [
        (utc(2024, 2, 17, 10, 30), utc(2024, 2, 17, 14, 30))
    ]
    assert windows(read_notice(f"2025-03-12 BETWEEN 0031H AND 0055H PHST. {AREA}")) == [
        (utc(2025, 3, 11, 16, 31), utc(2025, 3, 11, 16, 55))
    ]
