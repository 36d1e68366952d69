"""What the desk tells its own people of pre-authorised plans, in Japanese, English and Korean.

A phrase is kept with its values, so that the log can say in English why a plan did not stand, and the pages
and the pagers say the same in the language of who reads it.  What is quoted in a phrase (names of feeds and
sensors, what a person wrote) stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from overflight.warning.names import Language


class PlanPhrase(StrEnum):
    """Why a plan is not used, and what became of one."""

    PHASE = "phase"
    DRILL_WALL = "drill_wall"
    ORIGIN = "origin"
    WINDOW = "window"
    FEED = "feed"
    OTHER_SENSORS = "other_sensors"
    FEW_SENSORS = "few_sensors"
    NO_EVIDENCE = "no_evidence"
    TRACK = "track"
    AGE = "age"
    BEYOND = "beyond"
    THRESHOLD = "threshold"
    WORDS = "words"
    STANDS_NOT = "stands_not"
    CALLED = "called"
    HELD = "held"
    BY_HAND = "by_hand"


_P = PlanPhrase
_ROWS: dict[PlanPhrase, tuple[str, str, str]] = {
    _P.PHASE: (
        "計画の状態: {0}",
        "the plan is {0}",
        "계획의 상태: {0}",
    ),
    _P.DRILL_WALL: (
        "訓練と実警報の別: 計画は{0}、情報は{1}",
        "drill wall: a plan for {0} and a message of {1}",
        "훈련과 실제의 구분: 계획은 {0}, 정보는 {1}",
    ),
    _P.ORIGIN: (
        "発射国が{0}（計画では{1}）",
        "launched from {0}, not {1}",
        "발사 국가가 {0} (계획에서는 {1})",
    ),
    _P.WINDOW: (
        "発射時刻{0}は予告された時間の外",
        "launched at {0}, outside the announced window",
        "발사 시각 {0}은(는) 예고된 시간 밖",
    ),
    _P.FEED: (
        "情報元{0}は計画にない",
        "told by {0}, which the plan does not name",
        "정보원 {0}은(는) 계획에 없음",
    ),
    _P.OTHER_SENSORS: (
        "計画にないセンサーの観測: {0}",
        "measured by {0}, which the plan does not name",
        "계획에 없는 센서의 관측: {0}",
    ),
    _P.FEW_SENSORS: (
        "指定のセンサーの観測は{0}、{1}必要",
        "measured by {0} of the named sensors, {1} needed",
        "지정된 센서의 관측은 {0}, {1} 필요",
    ),
    _P.NO_EVIDENCE: (
        "根拠がない: {0}",
        "no evidence of {0}",
        "근거가 없음: {0}",
    ),
    _P.TRACK: (
        "航跡は{0}、経過は{1}（確定と飛行中が必要）",
        "the track is {0}, the outcome {1}; firm and flying are needed",
        "항적은 {0}, 경과는 {1} (확정과 비행 중이 필요)",
    ),
    _P.AGE: (
        "最新の観測は{0}秒前（{1}秒以内が必要）",
        "the newest measurement is {0} s old, at most {1} s allowed",
        "최신 관측은 {0}초 전 ({1}초 이내 필요)",
    ),
    _P.BEYOND: (
        "計画にない{0}か所が対象になる: {1}",
        "{0} places to be called are not in the plan: {1}",
        "계획에 없는 {0}곳이 대상이 됨: {1}",
    ),
    _P.THRESHOLD: (
        "計画の基準に達した所がない",
        "no place reaches a threshold of the plan",
        "계획의 기준에 이른 곳이 없음",
    ),
    _P.WORDS: (
        "文面が承認されたものと異なる",
        "the words would not be those that were approved",
        "문구가 승인된 것과 다름",
    ),
    _P.STANDS_NOT: (
        "計画{0}はこの発射には使われません",
        "plan {0} does not stand for this launch",
        "계획 {0}은(는) 이 발사에 쓰이지 않습니다",
    ),
    _P.CALLED: (
        "計画{0}により{1}か所に呼びかけました。監視し、解除または取り消しに備えて下さい",
        "called by plan {0}, places: {1}; watch, lift, retract",
        "계획 {0}에 따라 {1}곳에 대피를 안내했습니다. 감시하고 해제나 취소에 대비하십시오",
    ),
    _P.HELD: (
        "計画{0}は{1}が止めました: {2}",
        "plan {0} is held by {1}: {2}",
        "계획 {0}을(를) {1}이(가) 중지했습니다: {2}",
    ),
    _P.BY_HAND: (
        "計画を使えませんでした。人が承認して下さい: {0}",
        "no plan could be used, approve by hand: {0}",
        "계획을 쓸 수 없었습니다. 사람이 승인하십시오: {0}",
    ),
}
_TERMS: dict[str, tuple[str, str]] = {
    "prepared": ("承認待ち", "승인 대기"),
    "held": ("停止中", "중지됨"),
    "used": ("使用済み", "사용됨"),
    "expired": ("期限切れ", "만료"),
    "Actual": ("実警報", "실제"),
    "Exercise": ("訓練", "훈련"),
    "Test": ("試験", "시험"),
    "none": ("なし", "없음"),
    "tentative": ("暫定", "잠정"),
    "firm": ("確定", "확정"),
    "coasting": ("予測のみ", "예측만"),
    "lost": ("消失", "상실"),
    "flying": ("飛行中", "비행 중"),
    "passed": ("通過", "통과"),
    "will_not_arrive": ("飛来せず", "날아오지 않음"),
    "come_down": ("落下", "낙하"),
    "no_data": ("情報なし", "정보 없음"),
    "launch_seen": ("発射の観測", "발사 관측"),
    "impact_line": ("落下予測線", "낙하 예측선"),
    "thrust_ended": ("推力の終了", "추력 종료"),
    "broken_up": ("分解", "분해"),
    "flies_elsewhere": ("別の方向への飛行", "다른 방향으로의 비행"),
    "seen_beyond": ("対象地域の先での観測", "대상 지역 너머의 관측"),
    "last_arrival": ("最後の落下", "마지막 낙하"),
    "confirmed": ("別の観測による確認", "다른 관측의 확인"),
    "track_lost": ("航跡の消失", "항적 상실"),
    "feed_silent": ("情報の途絶", "정보 두절"),
    "no reason given": ("理由の記載なし", "이유 없음"),
}
"""Words of the log that may stand as a value, in Japanese and Korean."""
_COLUMN = {Language.JAPANESE: 0, Language.ENGLISH: 1, Language.KOREAN: 2}
_JOINTS = {Language.JAPANESE: ("。", "。"), Language.ENGLISH: (": ", "; "), Language.KOREAN: (". ", "; ")}
_TERM_COLUMN = {Language.JAPANESE: 0, Language.KOREAN: 1}


@dataclass(frozen=True, slots=True)
class PlanSaid:
    """A phrase with its values; as a string it is English, as the log has it."""

    phrase: PlanPhrase
    values: tuple[str, ...] = ()

    def words(self, language: Language) -> str:
        """Return it in a language."""
        values = self.values
        if language is not Language.ENGLISH:
            column = _TERM_COLUMN[language]
            values = tuple(_TERMS[value][column] if value in _TERMS else value for value in values)
        return _ROWS[self.phrase][_COLUMN[language]].format(*values)

    def __str__(self) -> str:
        return self.words(Language.ENGLISH)


def said_words(said: Iterable[PlanSaid], language: Language) -> str:
    """Return phrases one after the other: what became of a plan, and after a colon the reasons."""
    first, *rest = [one.words(language) for one in said] or [""]
    colon, joint = _JOINTS[language]
    return f"{first}{colon}{joint.join(rest)}" if rest else first
