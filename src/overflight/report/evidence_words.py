"""What stands behind a decision in the operator's language: facts by their kind, and why a plan was not used.

What the tracker wrote beside a fact is English and holds its figures; it is shown as it came, below.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from overflight.warning.decision import Evidence, EvidenceKind
from overflight.warning.names import Language
from overflight.warning.preauthorised import NotUsed
from overflight.warning.templates import AREA_WORDS, COUNTRY_WORDS

__all__ = ["fact_words", "facts_words", "not_used_words"]

_K = EvidenceKind
_ROWS: dict[EvidenceKind, tuple[str, str, str]] = {
    _K.LAUNCH_CUED: (
        "{source}から発射の通報",
        "{source} reports a launch",
        "{source}에서 발사 통보",
    ),
    _K.CUE_UNCONFIRMED: (
        "通報された発射は確認されていない",
        "The reported launch is not confirmed",
        "통보된 발사는 확인되지 않음",
    ),
    _K.CUE_WITHDRAWN: (
        "{source}が発射の通報を取り消した",
        "{source} took back its report of a launch",
        "{source}에서 발사 통보를 취소함",
    ),
    _K.LAUNCH_SEEN: (
        "ロケットの飛行を観測",
        "A rocket is seen in flight",
        "로켓의 비행을 관측",
    ),
    _K.IMPACT_LINE: (
        "今推力が止まれば{where}付近に落下",
        "If thrust ended now it would come down near {where}",
        "지금 추력이 끝나면 {where} 부근에 낙하",
    ),
    _K.THRUST_ENDED: ("推力が終わった", "Thrust has ended", "추력이 끝남"),
    _K.BROKEN_UP: ("機体が分解した", "It has broken up", "기체가 분해됨"),
    _K.SEEN_BEYOND: (
        "対象地域（{where}）の先で観測",
        "Measured beyond the places concerned ({where})",
        "대상 지역({where}) 너머에서 관측",
    ),
    _K.FLIES_ELSEWHERE: (
        "別の方向へ飛行、どう曲がっても対象地域（{where}）には届かない",
        "It flies elsewhere: however it turns, {where} is out of reach",
        "다른 방향으로 비행, 어떻게 선회해도 대상 지역({where})에 닿지 않음",
    ),
    _K.LAST_ARRIVAL: (
        "最後の落下物の到達時刻を過ぎた",
        "The last piece is down, at the stated probability",
        "마지막 낙하물의 도달 시각이 지남",
    ),
    _K.CONFIRMED: ("別の観測でも同じ", "Another source says the same", "다른 관측도 같음"),
    _K.TRACK_LOST: ("航跡を失った", "The track is lost", "항적을 잃음"),
    _K.FEED_SILENT: ("{source}から情報が来ない", "No word from {source}", "{source}에서 정보가 오지 않음"),
}
_JOINTS = {Language.JAPANESE: "。", Language.ENGLISH: "; ", Language.KOREAN: "; "}
_COLUMN = {Language.JAPANESE: 0, Language.ENGLISH: 1, Language.KOREAN: 2}


def fact_words(fact: Evidence, language: Language, zone: tzinfo) -> str:
    """Return one fact in words, with its local time."""
    column = _COLUMN[language]
    names = [COUNTRY_WORDS[c][language] if c in COUNTRY_WORDS else c for c in fact.countries]
    where = ("・" if language is Language.JAPANESE else ", ").join(names) or AREA_WORDS[language]
    said = _ROWS[fact.kind][column].format(where=where, source=fact.source)
    return f"{said} ({fact.time.astimezone(zone):%H:%M:%S})"


def facts_words(facts: Iterable[Evidence], language: Language, zone: tzinfo) -> str:
    """Return facts in words, one after the other."""
    return _JOINTS[language].join(dict.fromkeys(fact_words(fact, language, zone) for fact in facts))


def not_used_words(record: NotUsed, language: Language) -> str:
    """Return why a plan was not used; logs of before there were phrases have it in English alone."""
    if not record.said:
        return "; ".join(record.reasons)
    return _JOINTS[language].join(one.words(language) for one in record.said)
