"""The page on which a municipality's contact answers: one thumb, no account, no script."""

from __future__ import annotations

from markupsafe import Markup

from overflight.report.packaged import packaged_text
from overflight.report.plan_page import environment
from overflight.warning.answers import MAX_NOTE, Report
from overflight.warning.names import Language

_WORDS: dict[Language, dict[str, str]] = {
    Language.JAPANESE: {
        "title": "受信確認と被害報告",
        "received": "受け取りました",
        "thanks": "受け付けました。状況が変わったら、もう一度お知らせ下さい。",
        "report": "被害の状況",
        "no_damage": "被害なし",
        "damage": "被害あり",
        "object_found": "落下物あり（近寄らない）",
        "where": "場所",
        "note": "説明",
        "send": "報告する",
        "missing": "場所か説明を、1000字以内で書いて下さい。",
        "busy": "今は受け付けられません。少し待って、もう一度送って下さい。",
        "drill": "これは訓練です",
    },
    Language.ENGLISH: {
        "title": "Receipt and damage report",
        "received": "We have received it",
        "thanks": "Taken in. Answer again when something changes.",
        "report": "What do you see?",
        "no_damage": "No damage",
        "damage": "Damage",
        "object_found": "Object found (keep away)",
        "where": "Where",
        "note": "What",
        "send": "Report",
        "missing": "Say where it is or what it is, in at most 1,000 characters.",
        "busy": "It could not be taken in. Wait a moment and send it again.",
        "drill": "This is a drill",
    },
    Language.KOREAN: {
        "title": "수신 확인과 피해 보고",
        "received": "받았습니다",
        "thanks": "접수했습니다. 상황이 바뀌면 다시 알려 주십시오.",
        "report": "피해 상황",
        "no_damage": "피해 없음",
        "damage": "피해 있음",
        "object_found": "낙하물 발견(접근 금지)",
        "where": "장소",
        "note": "설명",
        "send": "보고하기",
        "missing": "장소나 설명을 1,000자 이내로 적어 주십시오.",
        "busy": "지금은 접수할 수 없습니다. 잠시 후 다시 보내 주십시오.",
        "drill": "이것은 훈련입니다",
    },
}


def answer_page(
    place: str,
    language: Language,
    *,
    is_drill: bool,
    is_taken: bool = False,
    problem: bool = False,
    is_busy: bool = False,
) -> str:
    """Return the page of one place.

    ``is_taken`` acknowledges an answer; ``problem`` says that a report lacks its place or description,
    ``is_busy`` that it could not be kept and must be sent again.
    """
    names = ("page", "public", "answer")
    values = {
        "place": place,
        "lang": language.value,
        "w": _WORDS[language],
        "is_drill": is_drill,
        "is_taken": is_taken,
        "problem": problem,
        "is_busy": is_busy,
        "reports": [one.value for one in Report],
        "most": MAX_NOTE,
        "css": Markup("".join(packaged_text(f"static/{name}.css") for name in names)),
    }
    return environment().get_template("answer.html.j2").render(values)
