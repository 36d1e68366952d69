"""The public texts: only from templates, complete in 360 characters, read as J-Alert is read."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.errors import InputError
from overflight.warning.alert import Status
from overflight.warning.names import Language, PlaceName, Words
from overflight.warning.templates import (
    BANNERS,
    COUNTRY_WORDS,
    SLOTS,
    TEMPLATES,
    VEHICLE_WORDS,
    MessageKind,
    VehicleWord,
)
from overflight.warning.texts import SHORT_FORM_CHARS, MessageFacts, clock, country_words, render

JST = timezone(timedelta(hours=9))
OKINAWA = PlaceName("沖縄県", "JP", en="Okinawa")
FACTS = MessageFacts(
    country="JP",
    places=(
        (PlaceName("久米島町", "JP", en="Kumejima Town"), OKINAWA),
        (PlaceName("宮古島市", "JP", en="Miyakojima City"), OKINAWA),
    ),
    origin=COUNTRY_WORDS["KP"],
    vehicle=VehicleWord.SATELLITE_ROCKET,
    launch_time=datetime(2023, 8, 24, 3, 50, 30, tzinfo=JST),
    first_passage=datetime(2023, 8, 24, 3, 59, 42, tzinfo=JST),
    last_passage=datetime(2023, 8, 24, 4, 0, 8, tzinfo=JST),
    passed_to=Words("太平洋", "the Pacific", "태평양"),
    issued_time=datetime(2023, 8, 24, 3, 51, 30, tzinfo=JST),
)

ACTUAL_JAPANESE = {
    MessageKind.LAUNCH: (
        "ロケット発射。ロケット発射。",
        "3時50分頃、北朝鮮から人工衛星ロケットが発射されたものとみられます。"
        "対象地域は、沖縄県久米島町、宮古島市です。",
        "建物の中、又は地下に避難して下さい。",
    ),
    MessageKind.OVERFLIGHT: (
        "まもなく上空通過。まもなく上空通過。",
        "3時50分頃に北朝鮮から発射された人工衛星ロケットは、3時59分頃から4時1分頃にかけて、"
        "沖縄県久米島町、宮古島市周辺の上空を通過するものとみられます。",
        "続報を伝達しますので、引き続き、建物の中、又は地下に避難して下さい。",
    ),
    MessageKind.ALL_CLEAR: (
        "ロケット通過。ロケット通過。避難の呼びかけを解除します。",
        "3時50分頃に北朝鮮から発射された人工衛星ロケットは、4時0分頃、太平洋へ通過したものとみられます。"
        "沖縄県久米島町、宮古島市の避難の呼びかけを解除します。",
        "不審な物を発見した場合には、決して近寄らず、直ちに警察や消防などに連絡して下さい。",
    ),
    MessageKind.WILL_NOT_ARRIVE: (
        "避難の呼びかけを解除します。",
        "3時50分頃に北朝鮮から発射された人工衛星ロケットは、我が国には飛来しないものとみられます。"
        "沖縄県久米島町、宮古島市の避難の呼びかけを解除します。",
        "不審な物を発見した場合には、決して近寄らず、直ちに警察や消防などに連絡して下さい。",
    ),
    MessageKind.COME_DOWN: (
        "避難の呼びかけを解除します。",
        "3時50分頃に北朝鮮から発射された人工衛星ロケットは、落下の途中まで観測されており、既に落下したものと"
        "みられます。沖縄県久米島町、宮古島市の避難の呼びかけを解除します。",
        "不審な物を発見した場合には、決して近寄らず、直ちに警察や消防などに連絡して下さい。",
    ),
    MessageKind.RETRACTION: (
        "訂正。訂正。先程の情報は誤りでした。取り消します。",
        "3時51分に沖縄県久米島町、宮古島市へ伝達したロケットに関する情報は、誤りでした。"
        "この情報を取り消します。避難の必要はありません。",
        "避難された方は、外に出ていただいて差し支えありません。",
    ),
}

# phrases of J-Alert that stand in our texts unchanged (kokuminhogo.go.jp, messages 1 to 5; broadcast of
# 27 May 2024 for the lifting)
J_ALERT_PHRASES = {
    MessageKind.LAUNCH: ("発射されたものとみられます。", "建物の中、又は地下に避難して下さい。"),
    MessageKind.ALL_CLEAR: (
        "通過したものとみられます。",
        "不審な物を発見した場合には、決して近寄らず、直ちに警察や消防などに連絡して下さい。",
    ),
    MessageKind.WILL_NOT_ARRIVE: ("我が国には飛来しないものとみられます。", "避難の呼びかけを解除します。"),
}


@pytest.mark.parametrize("kind", list(MessageKind))
def test_japanese_word_for_word(kind: MessageKind) -> None:
    message = render(kind, Language.JAPANESE, Status.ACTUAL, FACTS)
    assert (message.headline, message.description, message.instruction) == ACTUAL_JAPANESE[kind]
    for phrase in J_ALERT_PHRASES.get(kind, ()):
        assert phrase in message.description + message.instruction


def test_english_and_korean_say_the_same() -> None:
    english = render(MessageKind.OVERFLIGHT, Language.ENGLISH, Status.ACTUAL, FACTS)
    assert english.description == (
        "The satellite rocket launched from North Korea at about 03:50 is expected to pass between about 03:59 "
        "and 04:01 over or near Kumejima Town and Miyakojima City in Okinawa."
    )
    korean = render(MessageKind.OVERFLIGHT, Language.KOREAN, Status.ACTUAL, FACTS)
    assert korean.description == (
        "3시 50분경 북한에서 발사된 인공위성 로켓이 3시 59분경부터 4시 1분경 사이에 오키나와현 구메지마정, "
        "미야코지마시 부근 상공을 통과할 것으로 보입니다."
    )
    passed = render(MessageKind.ALL_CLEAR, Language.KOREAN, Status.ACTUAL, FACTS)
    assert "4시경 태평양으로 통과한 것으로 보입니다." in passed.description


def test_passage_within_one_minute_and_without_a_sea_ahead() -> None:
    at_four = datetime(2023, 8, 24, 4, 0, tzinfo=JST)
    facts = replace(FACTS, first_passage=at_four, last_passage=at_four, passed_to=None)
    texts = [
        render(MessageKind.OVERFLIGHT, language, Status.ACTUAL, facts).description for language in Language
    ]
    assert "は、4時0分頃、沖縄県" in texts[0]
    assert "pass at about 04:00 over or near" in texts[1]
    assert "로켓이 4시경 오키나와현" in texts[2]
    lifted = [
        render(MessageKind.ALL_CLEAR, language, Status.ACTUAL, facts).description for language in Language
    ]
    assert "上空を通過したものとみられます。" in lifted[0]
    assert "have passed overhead at about 04:00." in lifted[1]
    assert "상공을 통과한 것으로 보입니다." in lifted[2]


def test_every_template_uses_only_its_slots_and_the_same_ones_in_every_language() -> None:
    assert set(TEMPLATES) == {(kind, language) for kind in MessageKind for language in Language}
    for (kind, language), template in TEMPLATES.items():
        for text in (template.description, template.short):
            used = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
            assert used <= SLOTS[kind], (kind, language)
            assert "places" in used, (kind, language)
        whole = {n for _, n, _, _ in string.Formatter().parse(template.description) if n is not None}
        assert whole == SLOTS[kind], (kind, language)
        for text in (template.event, template.headline, template.instruction):
            assert not [n for _, n, _, _ in string.Formatter().parse(text) if n is not None], (kind, language)


NEEDED = {
    MessageKind.LAUNCH: ("origin", "vehicle", "launch_time"),
    MessageKind.OVERFLIGHT: ("origin", "vehicle", "launch_time", "first_passage", "last_passage"),
    MessageKind.ALL_CLEAR: ("origin", "vehicle", "launch_time", "last_passage"),
    MessageKind.WILL_NOT_ARRIVE: ("origin", "vehicle", "launch_time"),
    MessageKind.COME_DOWN: ("origin", "vehicle", "launch_time"),
    MessageKind.RETRACTION: ("issued_time",),
}


@pytest.mark.parametrize(("kind", "fact"), [(kind, fact) for kind, facts in NEEDED.items() for fact in facts])
@pytest.mark.parametrize("language", list(Language))
def test_a_missing_fact_is_an_error(kind: MessageKind, fact: str, language: Language) -> None:
    with pytest.raises(InputError, match=rf"{fact}: found nothing"):
        render(kind, language, Status.ACTUAL, replace(FACTS, **{fact: None}))


def test_an_instant_without_offset_is_an_error() -> None:
    naive = FACTS.launch_time.replace(tzinfo=None)  # type: ignore[union-attr]
    with pytest.raises(InputError, match="launch_time"):
        render(MessageKind.LAUNCH, Language.ENGLISH, Status.ACTUAL, replace(FACTS, launch_time=naive))


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "a" * 81,
        "Naha\nCity",
        "Naha\u202eCity",
        "Naha\u200bCity",
        "<b>Naha</b>",
        "{origin}",
        "Na\x07ha",
    ],
)
def test_names_cannot_smuggle_anything_in(name: str) -> None:
    places = ((PlaceName(name, "JP", en=name, ja=name or " "), OKINAWA),)
    with pytest.raises(InputError, match="places"):
        render(MessageKind.LAUNCH, Language.JAPANESE, Status.ACTUAL, replace(FACTS, places=places))
    with pytest.raises(InputError, match="origin"):
        render(
            MessageKind.LAUNCH, Language.ENGLISH, Status.ACTUAL, replace(FACTS, origin=Words("x", name, "x"))
        )


@pytest.mark.parametrize("kind", list(MessageKind))
@pytest.mark.parametrize("language", list(Language))
def test_a_draft_says_so_first_and_last(kind: MessageKind, language: Language) -> None:
    message = render(kind, language, Status.DRAFT, FACTS)
    warning = {"ja": "公的な警報ではありません", "en": "not an official warning", "ko": "공식 경보"}[language]
    draft = {"ja": "下書き", "en": "draft", "ko": "초안"}[language]
    assert warning in message.headline
    assert draft in message.headline.lower()
    assert draft in message.description[:20].lower()
    assert draft in message.instruction[-12:]
    assert message.short.startswith(BANNERS[Status.DRAFT][language].short)
    assert warning in message.short


@pytest.mark.parametrize("language", list(Language))
def test_a_drill_begins_and_ends_as_one(language: Language) -> None:
    message = render(MessageKind.LAUNCH, language, Status.EXERCISE, FACTS)
    sentence = {"ja": "これは訓練です。", "en": "This is a drill.", "ko": "이것은 훈련입니다."}[language]
    assert message.description.startswith(sentence)
    assert message.instruction.endswith(sentence)
    assert sentence in message.short


def test_actual_texts_never_speak_of_drafts_drills_or_tests() -> None:
    words = ("下書き", "訓練", "テスト", "試験", "draft", "drill", "test", "초안", "훈련", "시험")
    for kind, language in TEMPLATES:
        message = render(kind, language, Status.ACTUAL, FACTS)
        whole = " ".join((message.headline, message.description, message.instruction, message.short)).lower()
        assert not [word for word in words if word in whole], (kind, language)


def test_a_system_message_has_no_public_text() -> None:
    with pytest.raises(InputError, match="status"):
        render(MessageKind.LAUNCH, Language.ENGLISH, Status.SYSTEM, FACTS)


ACTIONS = {
    (MessageKind.LAUNCH, "ja"): "建物の中、又は地下に避難して下さい。",
    (MessageKind.LAUNCH, "en"): "take shelter inside a building or underground.",
    (MessageKind.LAUNCH, "ko"): "건물 안이나 지하로 대피해 주시기 바랍니다.",
    (MessageKind.OVERFLIGHT, "ja"): "建物の中、又は地下に避難して下さい。",
    (MessageKind.OVERFLIGHT, "en"): "stay inside a building or underground.",
    (MessageKind.OVERFLIGHT, "ko"): "건물 안이나 지하에 계속 대피해 주시기 바랍니다.",
    (MessageKind.ALL_CLEAR, "ja"): "避難の呼びかけを解除します。",
    (MessageKind.ALL_CLEAR, "en"): "The call to shelter is lifted in ",
    (MessageKind.ALL_CLEAR, "ko"): "대피 요청을 해제합니다.",
    (MessageKind.WILL_NOT_ARRIVE, "ja"): "避難の呼びかけを解除します。",
    (MessageKind.WILL_NOT_ARRIVE, "en"): "The call to shelter is lifted in ",
    (MessageKind.WILL_NOT_ARRIVE, "ko"): "대피 요청을 해제합니다.",
    (MessageKind.COME_DOWN, "ja"): "避難の呼びかけを解除します。",
    (MessageKind.COME_DOWN, "en"): "The call to shelter is lifted in ",
    (MessageKind.COME_DOWN, "ko"): "대피 요청을 해제합니다.",
    (MessageKind.RETRACTION, "ja"): "避難の必要はありません。",
    (MessageKind.RETRACTION, "en"): "There is no need to shelter.",
    (MessageKind.RETRACTION, "ko"): "대피하실 필요가 없습니다.",
}
ENDS = {"ja": "。", "en": ".", "ko": "."}


@given(
    kind=st.sampled_from(list(MessageKind)),
    language=st.sampled_from(list(Language)),
    status=st.sampled_from([Status.ACTUAL, Status.DRAFT, Status.EXERCISE, Status.TEST]),
    counts=st.lists(st.integers(1, 60), min_size=1, max_size=5),
    name_chars=st.integers(1, 24),
)
def test_short_form_is_always_complete(
    kind: MessageKind, language: Language, status: Status, counts: list[int], name_chars: int
) -> None:
    """Whatever the number of places: at most 360 characters, with place, time, action and a full stop."""
    places = tuple(
        (
            PlaceName("島" * name_chars, "JP", en="Shima" * (name_chars // 5 + 1), ko="섬" * name_chars),
            PlaceName(f"県{region}", "JP", en=f"Ken{region}", ko=f"현{region}"),
        )
        for region, count in enumerate(counts)
        for _ in range(count)
    )
    facts = replace(FACTS, places=places)
    short = render(kind, language, status, facts).short
    assert len(short) <= SHORT_FORM_CHARS
    assert ACTIONS[kind, language.value] in short
    assert short.endswith(ENDS[language.value])
    if kind is MessageKind.OVERFLIGHT:
        assert clock(FACTS.first_passage, language) in short  # type: ignore[arg-type]
    assert any(
        name in short for place, region in places for name in (place[language], region[language]) if name
    ) or (str(sum(counts)) in short)


def test_the_short_form_of_the_real_event_names_every_place() -> None:
    for kind in MessageKind:
        for language in Language:
            short = render(kind, language, Status.DRAFT, FACTS).short
            assert all(place[language] in short for place, _ in FACTS.places), (kind, language)


def test_clock_reads_as_it_is_spoken() -> None:
    time = datetime(2023, 8, 24, 4, 0, tzinfo=JST)
    assert [clock(time, language) for language in Language] == ["4時0分", "04:00", "4시"]
    assert clock(time.replace(hour=22, minute=5), Language.KOREAN) == "22시 5분"


def test_countries_speak_of_themselves() -> None:
    assert country_words("JP", own=True)[Language.JAPANESE] == "我が国"
    assert country_words("KR", own=True)[Language.KOREAN] == "우리나라"
    assert country_words("JP")[Language.JAPANESE] == "日本"
    assert country_words("PW", own=True)[Language.ENGLISH] == "the area concerned"


def test_vehicles_are_rockets() -> None:
    assert all("로켓" in words.ko and "ロケット" in words.ja for words in VEHICLE_WORDS.values())
