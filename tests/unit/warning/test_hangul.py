"""Japanese names in Hangul against names as Korean reference works print them."""

from __future__ import annotations

import pytest

from overflight.warning.hangul import from_hepburn, with_ro


@pytest.mark.parametrize(
    ("name", "hangul"),
    [
        ("Kumejima Town", "구메지마정"),
        ("Miyakojima City", "미야코지마시"),
        ("Yonaguni Town", "요나구니정"),
        ("Tonaki Village", "도나키촌"),
        ("Chatan Town", "자탄정"),
        ("Setouchi Town", "세토우치정"),
        ("Onna Village", "온나촌"),
        ("Kin Town", "긴정"),
        # examples of the Loanword Orthography, chapter 3 section 6, and of its notes
        ("Sapporo", "삿포로"),
        ("Tottori", "돗토리"),
        ("Yokkaichi", "욧카이치"),
        ("Kyushu", "규슈"),
        ("Niigata", "니가타"),
        ("Tokyo", "도쿄"),
        ("Osaka", "오사카"),
        ("Ōsaka", "오사카"),
        ("Hachinohe City", "하치노헤시"),
        ("Shinjuku Ward", "신주쿠구"),
        ("Tsushima City", "쓰시마시"),
        ("Suzu City", "스즈시"),
        ("Kan'onji City", "간온지시"),
    ],
)
def test_names(name: str, hangul: str) -> None:
    assert from_hepburn(name) == hangul


def test_kind_of_place_from_the_last_kanji() -> None:
    assert from_hepburn("Okinawa", "沖縄県") == "오키나와현"
    assert from_hepburn("Kyoto", "京都府") == "교토부"
    assert from_hepburn("Hokkaido", "北海道") == "홋카이도"
    assert from_hepburn("Kumejima", "久米島町") == "구메지마정"
    assert from_hepburn("Kumejima Town", "久米島町") == "구메지마정"


@pytest.mark.parametrize("name", ["", "Xanadu", "Ongjin-gun", "Lviv", "沖縄", "nn"])
def test_what_is_not_hepburn_is_left_alone(name: str) -> None:
    assert from_hepburn(name) is None


@pytest.mark.parametrize(
    ("noun", "phrase"),
    [("태평양", "태평양으로"), ("동해", "동해로"), ("서울", "서울로"), ("Pacific", "Pacific(으)로")],
)
def test_particle_of_direction(noun: str, phrase: str) -> None:
    assert with_ro(noun) == phrase
