"""Notices in Japanese, Korean and Chinese, clocks by other names, and lists that are easily read as one."""

from datetime import UTC, datetime

import pytest

from overflight.formats.notices.read import read_notice
from overflight.formats.notices.values import NoticeError
from overflight.formats.notices.windows import find_windows


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def windows(text, **options):
    return [(w.begin_utc, w.end_utc) for w in read_notice(text, **options).windows]


# Positions announced by North Korea for the launch of December 2012, as the Japanese Coast Guard gave them on.
UNHA = """朝鮮民主主義人民共和国は、地球観測衛星を打ち上げる。
期間:2012年12月10日から22日まで、午前7時から正午(日本時間)
1段目
北緯35度44分26秒 東経124度30分30秒
北緯34度58分29秒 東経124度20分20秒
北緯34度58分29秒 東経124度52分00秒
北緯35度44分26秒 東経124度52分00秒
2段目
北緯18度13分12秒、東経123度49分31秒
北緯15度05分57秒、東経123度46分33秒
北緯15度05分57秒、東経124度29分41秒
北緯18度13分12秒、東経124度53分17秒
"""


def test_a_japanese_notice():
    notice = read_notice(UNHA)
    assert notice.kind == "launch"
    first, second = notice.zones
    assert first.points_deg[0] == pytest.approx((124 + 30.5 / 60, 35 + 44 / 60 + 26 / 3600))
    assert second.points_deg[3] == pytest.approx((124 + 53 / 60 + 17 / 3600, 18 + 13.2 / 60))
    assert len(notice.windows) == 13
    assert windows(UNHA)[0] == (utc(2012, 12, 9, 22), utc(2012, 12, 10, 3))


def test_a_korean_notice():
    notice = read_notice(
        "누리호 발사 2023년 5월 25일 오후 6시 10분부터 오후 7시까지 (KST) 해상 통제\n"
        "북위 34도 20분 00초 동경 127도 30분 00초\n북위 30도 00분 00초 동경 127도 30분 00초\n"
        "북위 30도 00분 00초 동경 128도 10분 00초\n북위 34도 20분 00초 동경 128도 10분 00초"
    )
    (zone,) = notice.zones
    assert notice.kind == "launch"
    assert zone.points_deg[2] == pytest.approx((128 + 10 / 60, 30.0))
    assert [(w.begin_utc, w.end_utc) for w in notice.windows] == [
        (utc(2023, 5, 25, 9, 10), utc(2023, 5, 25, 10))
    ]


RING = "36-05N 123-34E, 35-25N 123-22E, 35-17N 123-58E, 35-57N 124-10E"
MAY = [(utc(2023, 5, 30, 15), utc(2023, 6, 10, 15))]
ONE = [(utc(2025, 2, 11, 1, 22), utc(2025, 2, 11, 2, 16))]


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2023年5月31日(水)午前0時から6月11日(日)午前0時まで(日本時間)", MAY),
        ("2023年5月31日0000 JST から 6月11日0000 JST まで", MAY),
        ("日本時間2023年5月31日0時から6月11日0時まで", MAY),
        ("2023년 5월 31일 0시부터 6월 11일 0시까지 (한국시간)", MAY),
        ("FROM 00:00 31 MAY TO 00:00 11 JUN 2023 (KST)", MAY),
        ("31 MAY 2023 0000 TO 11 JUN 2023 0000 UTC+9", MAY),
        ("31 MAY 2023 0000 TO 11 JUN 2023 0000 GMT +09:00", MAY),
        ("31 MAY 2023 0000 TO 11 JUN 2023 0000 JAPAN STANDARD TIME", MAY),
        ("2024年12月30日から1月2日、毎日午後3時から午後4時(JST)", [(utc(2024, 12, d, 6), utc(2024, 12, d, 7)) for d in (30, 31)] + [(utc(2025, 1, d, 6), utc(2025, 1, d, 7)) for d in (1, 2)]),
        ("2025年2月11日10時22分から11時16分(日本標準時)", ONE),
        ("2025년 2월 11일 10:22~11:16 KST", ONE),
        ("2025年2月11日01時22分から02時16分(協定世界時)", ONE),
        ("11 FEBRUARY 2025, 9:22 AM TO 10:16 AM (PHST)", ONE),
        ("FEBRUARY 11, 2025, FROM 9:22 AM TO 10:16 AM PHILIPPINE STANDARD TIME", ONE),
        ("11 FEB 2025 0122H TO 11 FEB 2025 0216H UTC", ONE),
        ("11 FEB 2025 0922 TO 1016 HRS BEIJING TIME", ONE),
    ],
)  # fmt: skip
def test_times_and_clocks(time, expected):
    assert windows(f"ROCKET LAUNCH. {time}. AREA BOUND BY {RING}") == expected


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ("2023年5月31日0時から6月11日0時まで", "does not name its clock"),
        ("5月31日0時から6月11日0時まで(日本時間)", "names no year"),
        ("11 FEBRUARY 2025, 9:22 AM TO 10:16 AM (PST)", "PST is the name of two clocks"),
        ("11 FEBRUARY 2025, 9:22 AM TO 10:16 AM LOCAL TIME", "does not name its clock"),
    ],
)
def test_a_clock_is_not_guessed(time, words):
    notice = read_notice(f"ROCKET LAUNCH. {time}. AREA BOUND BY {RING}")
    assert notice.windows == ()
    assert any(words in remark for remark in notice.remarks)


def test_the_clock_of_america_stays_its_own():
    text = "ROCKET LAUNCH. 11 FEBRUARY 2025, 9:22 AM TO 10:16 AM PST. AREA 34-40N 120-40W, 34-10N 120-40W, 34-10N 120-00W"
    assert windows(text) == [(utc(2025, 2, 11, 17, 22), utc(2025, 2, 11, 18, 16))]


@pytest.mark.parametrize("time", ["2023年5月32日0時から6月1日0時(日本時間)", "2023年5月3日午後25時から26時(JST)", "2023年5月3日午前12時から午後1時(JST)"])  # fmt: skip
def test_no_such_times(time):
    with pytest.raises(NoticeError, match="no such date or time"):
        read_notice(f"ROCKET. {time} {RING}")


def test_numbered_areas_are_not_run_together():
    """The layout of the Japanese Coast Guard: once read as one area of eight corners."""
    notice = read_notice(
        "NAVAREA XI 23-0467\nROCKET LAUNCHING 231500 UTC TO 301500 UTC AUG.\nAREAS BOUNDED BY LINES CONNECTING\n"
        "(1) 36-05.3N 123-33.9E, 35-25.5N 123-22.7E, 35-17.4N 123-58.0E AND 35-57.2N 124-09.9E\n"
        "(2) 34-05.2N 123-02.0E, 33-28.1N 122-48.1E, 33-16.2N 123-31.4E AND 33-53.1N 123-46.1E"
    )
    assert [(zone.label, len(zone.points_deg)) for zone in notice.zones] == [("1", 4), ("2", 4)]
    assert windows("ROCKETS (1) " + RING + " (2) " + RING.replace("N", "S") + " 110600Z TO 111000Z FEB 25")


def test_words_before_each_position_and_circles_round_a_launcher():
    lines = "\n".join(
        f"LAT {a} LONG {b}" for a, b in (("34-20.5N", "127-30.2E"), ("30-00N", "127-30E"), ("30-00.0N", "128-10.0E"))
    )  # fmt: skip
    (zone,) = read_notice(f"ROCKET LAUNCH 25 MAY 2023 1730 - 1900 KST\nAREA BOUNDED BY\n{lines}").zones
    assert len(zone.points_deg) == 3
    notice = read_notice(
        "A0045/24 NOTAMN\nA) VOMF B) 2401010330 C) 2401010930 E) ROCKET LAUNCH. DANGER ZONE-1: IS A CIRCLE OF 10NM "
        "AROUND THE LAUNCHER (1344N 08014E). DANGER ZONE-2: IS AN AREA BOUNDED BY 1155N 08200E, 1140N 08235E, "
        "1055N 08205E, 1110N 08130E.\nF) SFC G) UNL"
    )
    assert [(z.label, z.kind) for z in notice.zones] == [
        ("DANGER ZONE-1", "circle"),
        ("DANGER ZONE-2", "polygon"),
    ]
    assert notice.zones[0].reach_m == 18520.0


ONCE = [(utc(2025, 2, 11, 6), utc(2025, 2, 11, 10))]
THRICE = [(utc(2025, 2, d, 6), utc(2025, 2, d, 10)) for d in (11, 12, 13)]


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("11/0600Z TO 11/1000Z FEB 25", ONCE),
        ("FROM 11/0600 UTC TO 11/1000 UTC FEB 2025", ONCE),
        ("11/0600Z-1000Z FEB 25", ONCE),
        ("110600Z TO 1000Z FEB 25", ONCE),
        ("110600/111000Z FEB 25", ONCE),
        ("110600Z FEB 25/111000Z FEB 25", ONCE),
        ("110600ZFEB25 TO 111000ZFEB25", ONCE),
        ("BEGINNING 110600Z FEB 25 AND ENDING 111000Z FEB 25", ONCE),
        ("2/1200Z TO 3/1500Z FEB 25", [(utc(2025, 2, 2, 12), utc(2025, 2, 3, 15))]),
        ("28/2300Z FEB TO 01/0100Z MAR 25", [(utc(2025, 2, 28, 23), utc(2025, 3, 1, 1))]),
        ("112300Z-0100Z FEB 25", [(utc(2025, 2, 11, 23), utc(2025, 2, 12, 1))]),
        ("FEB 11, 2025 0600Z TO 1000Z", ONCE),
        ("06:00Z TO 10:00Z ON FEB 11, 2025", ONCE),
        ("06:00 UTC ON FEBRUARY 11, 2025 TO 10:00 UTC ON FEBRUARY 11, 2025", ONCE),
        ("2025 FEB 11 0600 TO 1000 UTC", ONCE),
        ("2025 FEB 11 06:00 TO 2025 FEB 11 10:00 UTC", ONCE),
        ("11 FEB 06:00 2025 UNTIL 11 FEB 10:00 2025 UTC", ONCE),
        ("11FEB2025/0600Z TO 11FEB2025/1000Z", ONCE),
        ("11-FEB-2025 06:00 TO 10:00 UTC", ONCE),
        ("11 FEB 25 / 0600:00Z - 1000:00Z", ONCE),
        ("WEF 2502110600 TIL 2502111000", ONCE),
        ("2025/02/11 06:00 - 10:00 UTC", ONCE),
        ("11.02.2025 06:00 - 10:00 UTC", ONCE),
        ("13/02/2025 0600-1000 UTC", THRICE[2:]),
        ("02/13/2025 0600-1000 UTC", THRICE[2:]),
        ("FROM 0600 TO 1000 UTC EACH DAY 11-13 FEBRUARY 2025", THRICE),
        ("FEBRUARY 11TH, 12TH AND 13TH, 2025, 0600-1000 UT", THRICE),
        ("6:00 AM - 10:00 AM UTC, FEBRUARY 11, 2025", ONCE),
        ("2:00 P.M. TO 6:00 P.M. (PHST) ON 11 FEBRUARY 2025", ONCE),
    ],
)  # fmt: skip
def test_times_as_they_are_written(time, expected):
    assert windows(f"ROCKET LAUNCH. {time}. AREA BOUND BY {RING}") == expected


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ("11/02/2025 0600-1000 UTC", "the day or the month first"),
        ("110600Z TO 111000Z FEB 25. 0600Z TO 1000Z DAILY UNTIL 14 FEB", "looks like a time"),
        ("FEBRUARY 11 0600Z TO 1000Z 2025", "looks like a time"),
        ("11 FEB 2025, 06:00:30 TO 10:00:00 UTC", "looks like a time"),
    ],
)
def test_a_time_that_is_not_understood_is_said(time, words):
    notice = read_notice(f"ROCKET LAUNCH. {time}. AREA BOUND BY {RING}")
    assert [w.begin_utc.day for w in notice.windows] == ([11] if time.startswith("110600Z") else [])
    assert any(words in remark for remark in notice.remarks)


def test_a_notam_as_briefing_services_print_it():
    notice = read_notice(
        "A0439/25 NOTAMN\nQ) ZJSA/QRDCA/IV/BO/W/000/999/3540N12340E060\nA) ZJSA B) 2025 FEB 11 06:00 C) 2025 FEB 11 10:00\n"
        f"E) ROCKET LAUNCH, AREA BOUNDED BY {RING}."
    )
    assert [(w.begin_utc, w.end_utc) for w in notice.windows] == ONCE


@pytest.mark.parametrize("start", ["12, ", "0600Z TO 1000Z ", "11月11日", "11 FEB 25 "])
def test_a_text_of_nothing_but_blanks_takes_no_longer_than_another(start):
    """Patterns that go back over blanks take hours for it, and the run ends by its time limit."""
    assert find_windows(f"{start * 3000}{' ' * 100_000}", "notice", year=2025, offset_h=0.0).windows == ()
