"""What is told of plans says the same in three languages, and reaches who is paged in all of them."""

from __future__ import annotations

import string

import pytest

from lives import at
from overflight.warning.alert import Status
from overflight.warning.names import Language
from overflight.warning.page_message import page_message
from overflight.warning.paging import PageKind, Raised, page_from_json, page_to_json
from overflight.warning.plan_phrases import PlanPhrase, PlanSaid, said_words

SAID = (
    PlanSaid(PlanPhrase.STANDS_NOT, ("may-31",)),
    PlanSaid(PlanPhrase.PHASE, ("held",)),
    PlanSaid(PlanPhrase.NO_EVIDENCE, ("launch_seen",)),
)


@pytest.mark.parametrize("phrase", PlanPhrase)
def test_every_phrase_holds_its_values_in_every_language(phrase: PlanPhrase) -> None:
    values = ("111", "222", "333")
    english = str(PlanSaid(phrase, values))
    held = {value for value in values if value in english}
    for language in Language:
        words = PlanSaid(phrase, values).words(language)
        assert {value for value in values if value in words} == held
        latin = set(words) & set(string.ascii_letters)
        assert not latin or language is Language.ENGLISH, words


def test_words_of_the_log_are_told_in_the_language_of_the_reader() -> None:
    assert said_words(SAID, Language.ENGLISH) == (
        "plan may-31 does not stand for this launch: the plan is held; no evidence of launch_seen"
    )
    assert said_words(SAID, Language.JAPANESE) == (
        "計画may-31はこの発射には使われません。計画の状態: 停止中。根拠がない: 発射の観測"
    )
    assert said_words(SAID, Language.KOREAN).endswith("계획의 상태: 중지됨; 근거가 없음: 발사 관측")


def test_who_is_paged_reads_why_a_plan_does_not_stand() -> None:
    why = said_words(SAID, Language.ENGLISH)
    raised = Raised(at(0), "page-1", "e-1", Status.EXERCISE, "a", PageKind.NOTICE, why, (), said=SAID)
    assert page_from_json(page_to_json(raised)) == raised
    alert = page_message(raised, "aoki", "desk@example.org", at(1))
    for language in Language:
        assert alert.info(language.value).description == said_words(SAID, language)
