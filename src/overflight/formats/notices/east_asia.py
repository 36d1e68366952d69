"""Japanese, Korean and Chinese in notices: positions put into letters, and dates with times of day.

Positions such as ``北緯35度44分26秒 東経124度30分30秒`` or ``북위 34도 20분 동경 127도 30분`` become
``N35°44'26" E124°30'30"``, letter by letter, so that every place in the text stays where it was. The clock of
a text is never guessed from its language: it is named, or the window is left out as in any other.
"""

from __future__ import annotations

import re

__all__ = ["EAST_CLOCKS", "EAST_DAILY", "EAST_STRETCH", "in_letters", "time_of"]

_LETTERS = {
    "北緯": "N", "南緯": "S", "東経": "E", "西経": "W", "北纬": "N", "南纬": "S", "东经": "E", "西经": "W",
    "東經": "E", "西經": "W", "북위": "N", "남위": "S", "동경": "E", "서경": "W",
}  # fmt: skip
_SIGNS = str.maketrans({"度": "°", "도": "°", "分": "'", "분": "'", "秒": '"', "초": '"'})
_HALF = re.compile(
    rf"({'|'.join(_LETTERS)})[ \t]*+(\d{{1,3}}(?:\.\d+)?[ \t]*+[度도°]"
    r"(?:[ \t]*+\d{1,2}(?:\.\d+)?[ \t]*+[分분'](?:[ \t]*+\d{1,2}(?:\.\d+)?[ \t]*+[秒초\"])?)?)"
)
_COMMA = re.compile(r"(?<=[°'\"])[、・]")


def in_letters(text: str) -> str:
    """Return a text whose positions stand in the letters N, S, E and W, as long as before."""

    def half(match: re.Match[str]) -> str:
        numbers = match[2].translate(_SIGNS)
        return _LETTERS[match[1]].rjust(len(match[0]) - len(numbers)) + numbers

    return _COMMA.sub(",", _HALF.sub(half, text))


EAST_CLOCKS = {
    "日本標準時": 9.0, "日本時間": 9.0, "한국표준시": 9.0, "한국시간": 9.0, "한국시각": 9.0, "한국 시간": 9.0,
    "北京时间": 8.0, "北京時間": 8.0, "協定世界時": 0.0, "世界時": 0.0, "협정세계시": 0.0, "세계시": 0.0,
    "世界时": 0.0,
}  # fmt: skip
"""Clocks named in these languages, hours ahead of UTC."""

_LATE = ("午後", "下午", "오후")
_TO = r"\s*+(?:から|より|부터|至|到|[~〜～]|-|TO)\s*+"
_UNTIL = r"(?:\s*+(?:まで|까지|止))?"
_AND = r"[\s、,の]*+(?:毎日|매일|每日|每天)?[\s、,の]*+"
_NAMES = rf"(?:{'|'.join(EAST_CLOCKS)}|JST|KST|UTC|GMT)(?![+-])"


def _clock(name: str) -> str:
    return rf"(?:\s*+\(?(?P<{name}clock>{_NAMES})\)?)?"


def _day(name: str) -> str:
    return (
        rf"(?:(?P<{name}year>\d{{4}})\s*+[年년]\s*+)?(?:(?P<{name}month>\d{{1,2}})\s*+[月월]\s*+)?"
        rf"(?P<{name}day>\d{{1,2}})\s*+[日일](?:\s*+\([^()\d]{{1,3}}\))?"
    )


def _time(name: str) -> str:
    minute = (
        rf"(?:[時时시]\s*+(?:(?P<{name}minute>\d{{1,2}})\s*+[分분]|(?P<{name}half>半|반))?"
        rf"|:(?P<{name}past>\d{{2}}))"
    )
    return (
        rf"(?:(?P<{name}part>午前|午後|上午|下午|오전|오후)?\s*+(?P<{name}hour>\d{{1,2}}){minute}"
        rf"|(?P<{name}four>\d{{4}})(?!\d)(?:[時时시]|\s?H\b)?|(?P<{name}noon>正午|정오))"
    )


def _ends(between: str) -> str:
    """Return the pattern of two times of day with what stands between them, and the clock wherever it is."""
    return rf"{_time('a')}{_clock('a')}{_TO}{between}{_time('b')}{_clock('b')}{_UNTIL}{_clock('c')}"


_FIRST = rf"(?:(?P<dclock>{_NAMES})[\s、,の]*+)?{_day('a')}"
EAST_STRETCH = re.compile(rf"{_FIRST}{_AND}{_ends(_day('b') + _AND)}")
"""From one date and hour to another."""
EAST_DAILY = re.compile(rf"{_FIRST}(?:{_TO}{_day('b')}{_UNTIL})?{_AND}{_ends('')}")
"""Hours of one day, or of each of several."""


def time_of(match: re.Match[str], name: str) -> tuple[int, int]:
    """Return hour and minute of one end of a window, hour 99 where a half of the day has none such."""
    if match[f"{name}noon"]:
        return 12, 0
    if match[f"{name}four"]:
        return int(match[f"{name}four"][:2]), int(match[f"{name}four"][2:])
    hour, part = int(match[f"{name}hour"]), match[f"{name}part"]
    minute = int(match[f"{name}minute"] or match[f"{name}past"] or (30 if match[f"{name}half"] else 0))
    if part is None:
        return hour, minute
    if hour == 12:  # noon and midnight by custom in Korean; in Japanese and Chinese either is meant
        return {"오전": (0, minute), "오후": (12, minute)}.get(part, (99, minute))
    return (hour + 12 * (part in _LATE) if hour < 12 else 99), minute
