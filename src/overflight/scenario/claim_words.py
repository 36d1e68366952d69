"""What a claim is called that its file gives no label: its kind and what it is about, in three languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["default_words"]

_KINDS = {
    "launch-time": ("Lift-off", "発射", "발사"),
    "passage": ("Passage", "通過", "통과"),
    "crossing": ("Passage", "通過", "통과"),
    "line": ("Passage", "通過", "통과"),
    "fall": ("Fall of {what}", "{what}の落下", "{what} 낙하"),
    "zone": ("Announced zone for {what}", "{what}の予告区域", "{what} 예고 구역"),
    "in-zone": ("{what}: in or out of its zone", "{what}：予告区域の内か外か", "{what}: 예고 구역 안팎"),
    "altitude": ("Greatest height", "最高高度", "최고 고도"),
    "radar": ("Radar", "レーダー", "레이더"),
    "lost": ("End of the flight", "飛行の終わり", "비행의 끝"),
    "separation": ("Separation of {what}", "{what}の分離", "{what} 분리"),
    "orbit": ("Orbit", "軌道", "궤도"),
    "stage-status": ("State of {what}", "{what}の状態", "{what} 상태"),
    "statement": ("Statement", "声明", "성명"),
    "count": ("Count", "件数", "건수"),
}
_BODIES = {
    "stage": ("stage {k}", "第{k}段", "{k}단"),
    "fairing": ("the fairing", "フェアリング", "페어링"),
    "payload": ("the payload", "搭載物", "탑재물"),
}
_OTHER = ("a part", "部品", "부품")


def default_words(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``label`` and ``translation`` of a claim without label; what its file translates stays."""
    forms = _KINDS.get(str(row.get("kind")))
    if forms is None:
        return {"label": str(row.get("kind"))[:200] or "claim"}
    body = row.get("body")
    if row.get("kind") in ("separation", "stage-status"):
        body = f"stage-{row.get('stage')}"
    kind, _, number = str(body).partition("-")
    what = [text.format(k=number) for text in _BODIES.get(kind, _OTHER)]
    english, *others = (form.format(what=word) for form, word in zip(forms, what, strict=True))
    told = row.get("translation", {})
    if not isinstance(told, dict) or not all(isinstance(words, dict) for words in told.values()):
        return {"label": english}  # refused elsewhere
    own = {language: {"label": word} for language, word in zip(("ja", "ko"), others, strict=True)}
    translation = {
        language: {**own.get(language, {}), **told.get(language, {})} for language in {**own, **told}
    }
    return {"label": english[:1].upper() + english[1:], "translation": translation}
