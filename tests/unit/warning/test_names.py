"""Names for readers of three scripts, and lists that count what they do not name."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import InputError
from overflight.warning.names import Language, PlaceName, place_list

JA, EN, KO = Language.JAPANESE, Language.ENGLISH, Language.KOREAN
OKINAWA = PlaceName("沖縄県", "JP", en="Okinawa")
KAGOSHIMA = PlaceName("鹿児島県", "JP", en="Kagoshima")
KUMEJIMA = PlaceName("久米島町", "JP", en="Kumejima Town")
TONAKI = PlaceName("渡名喜村", "JP", en="Tonaki Village")
MIYAKOJIMA = PlaceName("宮古島市", "JP", en="Miyakojima City")
YORON = PlaceName("与論町", "JP", en="Yoron Town")
ONGJIN = PlaceName("옹진군", "KR", en="Ongjin-gun")
INCHEON = PlaceName("인천광역시", "KR", en="Incheon")

THREE = [(KUMEJIMA, OKINAWA), (TONAKI, OKINAWA), (MIYAKOJIMA, OKINAWA)]


def test_each_reader_gets_a_name_to_read() -> None:
    assert [KUMEJIMA[language] for language in (JA, EN, KO)] == ["久米島町", "Kumejima Town", "구메지마정"]
    assert [ONGJIN[language] for language in (JA, EN, KO)] == ["Ongjin-gun", "Ongjin-gun", "옹진군"]
    assert PlaceName("臺東縣", "TW", en="Taitung County")[JA] == "臺東縣"
    assert PlaceName("臺東縣", "TW", en="Taitung County")[KO] == "Taitung County"
    assert PlaceName("久米島町", "JP")[EN] == "久米島町"
    assert PlaceName("久米島町", "JP", en="Kumejima Town", ko="구메지마")[KO] == "구메지마"


def test_all_are_named_where_there_is_room() -> None:
    assert place_list(THREE, JA) == "沖縄県久米島町、渡名喜村、宮古島市"
    assert place_list(THREE, EN) == "Kumejima Town, Tonaki Village and Miyakojima City in Okinawa"
    assert place_list(THREE, KO) == "오키나와현 구메지마정, 도나키촌, 미야코지마시"
    assert place_list(THREE[:1], EN) == "Kumejima Town, Okinawa"
    assert place_list([(ONGJIN, INCHEON)], KO) == "인천광역시 옹진군"
    assert place_list([(ONGJIN, INCHEON)], JA) == "Incheon Ongjin-gun"


def test_regions_come_in_the_order_of_their_first_place() -> None:
    places = [(KUMEJIMA, OKINAWA), (YORON, KAGOSHIMA), (MIYAKOJIMA, OKINAWA)]
    assert place_list(places, JA) == "沖縄県久米島町、宮古島市、鹿児島県与論町"
    assert place_list(places, EN) == "Kumejima Town and Miyakojima City in Okinawa; and Yoron Town, Kagoshima"


def test_the_rest_is_counted() -> None:
    assert place_list(THREE, JA, max_chars=14) == "沖縄県久米島町ほか2市町村"
    assert place_list(THREE, JA, max_chars=10) == "沖縄県の3市町村"
    assert place_list(THREE, JA, max_chars=5) == "3市町村"
    assert place_list(THREE, EN, max_chars=55) == "Kumejima Town and 2 other municipalities in Okinawa"
    assert place_list(THREE, EN, max_chars=45) == "3 municipalities in Okinawa"
    assert place_list(THREE, KO, max_chars=21) == "오키나와현 구메지마정 외 2개 시정촌"
    two_regions = [*THREE, (YORON, KAGOSHIMA)]
    assert place_list(two_regions, JA, max_chars=12) == "沖縄県ほかの4市町村"
    assert place_list(two_regions, EN, max_chars=43) == "4 municipalities"
    assert place_list(two_regions, EN, max_chars=46) == "4 municipalities in Okinawa and 1 other region"


def test_what_cannot_be_said_is_refused() -> None:
    with pytest.raises(InputError, match="3 places need at least 4 characters"):
        place_list(THREE, JA, max_chars=3)
    with pytest.raises(InputError, match=r"places of \['JP', 'KR'\]"):
        place_list([*THREE, (ONGJIN, INCHEON)], JA)
    with pytest.raises(InputError, match="no country"):
        place_list([], JA)


@given(
    counts=st.lists(st.integers(1, 60), min_size=1, max_size=6),
    language=st.sampled_from(list(Language)),
    max_chars=st.integers(30, 400),
)
def test_never_too_long_and_nobody_uncounted(counts: list[int], language: Language, max_chars: int) -> None:
    """Names and counts in the phrase add up to all places, whatever the room."""
    places = [
        (
            PlaceName(f"村{r}x{i}", "JP", en=f"Mura{r}x{i}"),
            PlaceName(f"県{r}", "JP", en=f"Ken{r}", ko=f"현{r}"),
        )
        for r, count in enumerate(counts)
        for i in range(count)
    ]
    phrase = place_list(places, language, max_chars=max_chars)
    assert len(phrase) <= max_chars
    named = len(re.findall(r"(?:村|Mura)\d+x\d+", phrase))
    rest = re.sub(r"(?:県|Ken|현)\d+|(?:村|Mura)\d+x\d+|and \d+ other regions?", "", phrase)
    assert named + sum(int(number) for number in re.findall(r"\d+", rest)) == sum(counts)
