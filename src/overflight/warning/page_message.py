"""A page as a message of its own: CAP, ``Private``, with the status of its event, for the drill wall.

Every way out of the desk carries CAP and reads the status in it; a page goes the same ways.
"""

from __future__ import annotations

from datetime import datetime

from overflight.warning.alert import (
    Alert,
    AlertInfo,
    Category,
    Certainty,
    MsgType,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from overflight.warning.cap.words import marks_drill
from overflight.warning.names import Language
from overflight.warning.paging import LONGEST, PageKind, Raised
from overflight.warning.plan_phrases import said_words

_HEADLINES = {
    PageKind.APPROVAL: {
        "ja": "承認を待っている警報があります",
        "en": "An alert waits for your approval",
        "ko": "승인을 기다리는 경보가 있습니다",
    },
    PageKind.ALARM: {
        "ja": "当直者の対応が必要です",
        "en": "The warning desk needs you",
        "ko": "당직자의 조치가 필요합니다",
    },
    PageKind.NOTICE: {
        "ja": "事前承認された計画についてのお知らせ",
        "en": "About a plan approved beforehand",
        "ko": "사전 승인된 계획에 관한 알림",
    },
}
_ALARMS = {
    "overdue": {
        "ja": "最後の到達予想を過ぎても、避難の呼びかけが続いています。解除するか、出し直して下さい。",
        "ko": "마지막 도달 예상 시각이 지났는데 대피 안내가 유지되고 있습니다. 해제하거나 다시 발령하십시오.",
    },
    "silent": {
        "ja": "データが届いていません。通過したとは限りません。",
        "ko": "데이터가 들어오지 않습니다. 통과한 것으로 볼 수 없습니다.",
    },
    "lost": {
        "ja": "追尾が途切れました。行方が分かるまで、呼びかけは続きます。",
        "ko": "추적이 끊겼습니다. 행방이 확인될 때까지 대피 안내가 유지됩니다.",
    },
    "answers": {
        "ja": "伝達した市町村から回答がありません。",
        "ko": "전달한 시정촌에서 응답이 없습니다.",
    },
}
_INSTRUCTIONS = {
    "ja": "警報卓の画面を開いてください。",
    "en": "Open the page of the warning desk.",
    "ko": "경보 데스크 화면을 여십시오.",
}
_MARKS = {
    Status.EXERCISE: {"ja": "【訓練】", "en": "DRILL: ", "ko": "[훈련] "},
    Status.TEST: {"ja": "【試験】", "en": "TEST: ", "ko": "[시험] "},
}


def page_message(page: Raised, person: str, sender: str, at: datetime) -> Alert:
    """Return the page to one person. Words that would mark the real as a drill are left out."""
    at = at.replace(microsecond=0)
    return Alert(
        identifier=page.page_id,
        sender=sender,
        sent=at,
        status=page.status,
        msg_type=MsgType.ALERT,
        scope=Scope.PRIVATE,
        infos=tuple(_info(page, language, at + LONGEST) for language in Language),
        addresses=(person,),
        incidents=(page.event_id,) if page.event_id else (),
    )


def _info(page: Raised, language: Language, expires: datetime) -> AlertInfo:
    mark = _MARKS.get(page.status, {}).get(language, "")
    return AlertInfo(
        language=language.value,
        categories=(Category.SAFETY,),
        event=f"{mark}{_HEADLINES[page.kind][language]}",
        response_types=(ResponseType.ASSESS,),
        urgency=Urgency.IMMEDIATE,
        severity=Severity.UNKNOWN,
        certainty=Certainty.OBSERVED,
        effective=None,
        onset=None,
        expires=expires,
        sender_name="overflight desk",
        headline=f"{mark}{_HEADLINES[page.kind][language]}",
        description=page_words(page, language),
        instruction=_INSTRUCTIONS[language],
        areas=(),
    )


def page_words(page: Raised, language: Language) -> str:
    """Return what a page is about; words that would mark the real as a drill are left out."""
    called, released = page.places
    if page.kind is PageKind.APPROVAL and language is Language.JAPANESE:
        return f"呼びかけ{called}か所、解除{released}か所。承認を待っています。"
    if page.kind is PageKind.APPROVAL and language is Language.KOREAN:
        return f"대피 안내 {called}곳, 해제 {released}곳. 승인을 기다리고 있습니다."
    words = said_words(page.said, language) if page.said else page.why
    if language is not Language.ENGLISH and (told := _ALARMS.get(page.about.removeprefix("alarm "))):
        words = told[language]
    return "" if page.status is Status.ACTUAL and marks_drill(words) else words
