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
from overflight.warning.paging import LONGEST, PageKind, Raised

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
    words = "" if page.status is Status.ACTUAL and marks_drill(page.why) else page.why
    return Alert(
        identifier=page.page_id,
        sender=sender,
        sent=at,
        status=page.status,
        msg_type=MsgType.ALERT,
        scope=Scope.PRIVATE,
        infos=tuple(_info(page, language, words, at + LONGEST) for language in ("ja", "en", "ko")),
        addresses=(person,),
        incidents=(page.event_id,) if page.event_id else (),
    )


def _info(page: Raised, language: str, words: str, expires: datetime) -> AlertInfo:
    mark = _MARKS.get(page.status, {}).get(language, "")
    return AlertInfo(
        language=language,
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
        description=words,
        instruction=_INSTRUCTIONS[language],
        areas=(),
    )
