"""What this desk would issue or relay, beyond the standard.

``profile`` findings are about what a message holds, ``policy`` about whom it comes from and when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from overflight.warning.alert import MAX_RING_POINTS
from overflight.warning.cap import words
from overflight.warning.cap.findings import Finding, Layer
from overflight.warning.cap.meaning import instant, references_of
from overflight.warning.cap.parse import children, text_of, whole_text

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_AGE = timedelta(hours=24)
"""A message sent earlier than this before it is looked at is stale."""

MAX_AHEAD = timedelta(minutes=5)
"""How far the sender's clock may run ahead of ours."""

MAX_LIFE = timedelta(days=7)
"""Longest time from ``sent`` to ``expires``."""

MAX_TEXT_CHARS = 20_000
"""Longest single text."""

_TEXTS = ("event", "senderName", "headline", "description", "instruction", "audience", "contact")
_SHARED = ("responseType", "urgency", "severity", "certainty", "effective", "onset", "expires")


def policy(root: _Element, at: datetime) -> Iterator[Finding]:
    """Yield what keeps a valid CAP message from being issued or relayed at an instant."""
    infos = children(root, "info")
    yield from _freshness(root, at)
    yield from _own_references(root)
    if text_of(root, "status") == "Draft":
        yield _profile("status", "actionable", "a draft is not actionable", is_warning=True)
    if not infos and text_of(root, "msgType") in ("Alert", "Update"):
        yield _profile("info", "info-required", "there is no info: nothing to tell")
    if not infos and text_of(root, "msgType") == "Cancel":
        yield _profile("info", "info-required", "a cancel without a text explains nothing", is_warning=True)
    yield from _comments(root)
    yield from _texts(root, "", ("identifier", "sender", "source", "note", "restriction"))
    for number, info in enumerate(infos, start=1):
        path = f"info[{number}]"
        yield from _times(root, info, path)
        yield from _texts(info, f"{path}/", _TEXTS)
        yield from _info(info, path)
        for position, area in enumerate(children(info, "area"), start=1):
            yield from _area(area, f"{path}/area[{position}]")
    yield from drill_words(root)
    yield from _languages(infos)


def drill_words(root: _Element) -> Iterator[Finding]:
    """Yield where the words of a message do not agree with its status."""
    for number, info in enumerate(children(root, "info"), start=1):
        yield from _drill_words(root, info, f"info[{number}]")


def _freshness(root: _Element, at: datetime) -> Iterator[Finding]:
    sent = instant(text_of(root, "sent"))
    if sent is None:
        return
    if at - sent > MAX_AGE:
        days = (at - sent) / timedelta(days=1)
        yield _policy("sent", "fresh", f"sent {days:.1f} days before it came; at most {MAX_AGE.days} day")
    if sent - at > MAX_AHEAD:
        ahead = f"sent {(sent - at).total_seconds() / 60:.0f} minutes in the future"
        yield _policy("sent", "fresh", f"{ahead}; at most {MAX_AHEAD.seconds // 60}")
    for number, info in enumerate(children(root, "info"), start=1):
        expires = instant(text_of(info, "expires"))
        if expires and expires <= at:
            yield _policy(f"info[{number}]/expires", "fresh", "had expired when it came")


def _own_references(root: _Element) -> Iterator[Finding]:
    sender = text_of(root, "sender")
    named = references_of(root)
    for other in dict.fromkeys(reference[0] for reference in named if reference[0] != sender):
        yield _policy("references", "own-references", f"names an alert of another sender, {other[:60]!r}")
    if len(set(named)) < len(named):
        yield _policy("references", "own-references", "names one alert twice", is_warning=True)


def _times(root: _Element, info: _Element, path: str) -> Iterator[Finding]:
    sent, expires = instant(text_of(root, "sent")), instant(text_of(info, "expires"))
    if not text_of(info, "expires"):
        yield _profile(f"{path}/expires", "expires-required", "is missing")
    elif sent and expires and expires - sent > MAX_LIFE:
        yield _profile(f"{path}/expires", "expires-near", f"is more than {MAX_LIFE.days} days after sent")
    elif sent and expires and expires <= sent:
        yield _profile(f"{path}/expires", "expires-required", "is not after sent")


def _info(info: _Element, path: str) -> Iterator[Finding]:
    if not (text_of(info, "headline") + text_of(info, "description")).strip():
        yield _profile(
            f"{path}/headline", "text-required", "neither headline nor description: nothing to tell"
        )
    if not children(info, "area"):
        yield _profile(f"{path}/area", "area-required", "is missing")
    web = text_of(info, "web")
    if web and not _is_web(web):
        yield _profile(f"{path}/web", "web-address", f"{web[:60]!r} is no absolute http address")
    for number, resource in enumerate(children(info, "resource"), start=1):
        uri, here = text_of(resource, "uri"), f"{path}/resource[{number}]"
        if uri and not text_of(resource, "derefUri") and not _is_web(uri):
            yield _profile(f"{here}/uri", "web-address", f"{uri[:60]!r} is no absolute http address")
    asked = {whole_text(element) for element in children(info, "responseType")}
    if "AllClear" in asked and asked & {"Shelter", "Evacuate", "Execute"}:
        both = ", ".join(sorted(asked))
        yield _profile(f"{path}/responseType", "one-answer", f"says all clear and not, at once ({both})")


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.hostname)


def _texts(parent: _Element, path: str, names: tuple[str, ...]) -> Iterator[Finding]:
    for name in names:
        yield from _text(text_of(parent, name), f"{path}{name}")
    for name in ("parameter", "eventCode"):
        for number, pair in enumerate(children(parent, name), start=1):
            yield from _text(text_of(pair, "value"), f"{path}{name}[{number}]/value")


def _text(text: str, path: str) -> Iterator[Finding]:
    if len(text) > MAX_TEXT_CHARS:
        yield _profile(path, "text-length", f"has {len(text)} characters; at most {MAX_TEXT_CHARS}")
        text = text[:MAX_TEXT_CHARS]
    if words.has_html(text):
        yield _profile(path, "no-html", "holds markup")
    letter = words.hidden_letter(text)
    if letter:
        yield _profile(path, "no-hidden-letters", f"holds {letter}, which hides or turns text")
    word = words.disguised_word(text)
    if word:
        message = f"{word[:40]!r} mixes Latin letters with others that look like them"
        yield _profile(path, "no-hidden-letters", message)


def _drill_words(root: _Element, info: _Element, path: str) -> Iterator[Finding]:
    """A drill says so in every language and never denies it; the real one bears no such mark."""
    status = text_of(root, "status")
    texts = {name: text_of(info, name)[:MAX_TEXT_CHARS] for name in _TEXTS[:5]}
    if status in ("Exercise", "Test"):
        for name, text in texts.items():
            if words.denies_drill(text):
                yield _profile(f"{path}/{name}", "status-words", f"says it is no drill, with status {status}")
        language = (text_of(info, "language") or "en").split("-")[0].lower()
        known = language if words.knows(language) else None
        told = " ".join(texts[name] for name in ("event", "headline", "description", "instruction"))
        if not words.marks_drill(told, known):
            where = f" in {known}" if known else ""
            is_unknown = known is None
            message = f"nothing{where} says that this is a {status.lower()}"
            yield _profile(f"{path}/headline", "status-words", message, is_warning=is_unknown)
    elif status == "Actual":
        for name, text in (*texts.items(), *_areas_and_note(root, info)):
            if words.marks_drill(text):
                yield _profile(
                    f"{path}/{name}", "status-words", "is marked as drill or test, with status Actual"
                )


def _areas_and_note(root: _Element, info: _Element) -> Iterator[tuple[str, str]]:
    yield "note", text_of(root, "note")
    for number, pair in enumerate(children(info, "parameter"), start=1):
        if "text" in text_of(pair, "valueName").lower():
            yield f"parameter[{number}]", text_of(pair, "value")


def _area(area: _Element, path: str) -> Iterator[Finding]:
    rings, circles = children(area, "polygon"), children(area, "circle")
    codes = [text_of(pair, "value") for pair in children(area, "geocode")]
    if not rings and not circles and not any(codes):
        yield _profile(path, "geometry-or-geocode", "has neither polygon, circle nor geocode")
    for number, ring in enumerate(rings, start=1):
        points = len(whole_text(ring).split())
        if points > MAX_RING_POINTS:
            message = f"has {points} points; at most {MAX_RING_POINTS}"
            yield _profile(f"{path}/polygon[{number}]", "ring-points", message)
    yield from _text(text_of(area, "areaDesc"), f"{path}/areaDesc")
    for number, code in enumerate(codes, start=1):
        if not code:
            yield _profile(f"{path}/geocode[{number}]/value", "geometry-or-geocode", "is empty")


def _languages(infos: list[_Element]) -> Iterator[Finding]:
    """Yield where languages differ in more than words: each says the same parts in the same order."""
    by_language: dict[str, list[tuple[int, _Element]]] = {}
    for number, info in enumerate(infos, start=1):
        language = (text_of(info, "language") or "en-US").lower()
        by_language.setdefault(language, []).append((number, info))
    if len(by_language) < 2:
        return
    (first_language, first), *others = by_language.items()
    for language, parts in others:
        if len(parts) != len(first):
            message = f"{len(parts)} parts in {language}, {len(first)} in {first_language}"
            yield _profile(f"info[{parts[0][0]}]", "languages-agree", message)
            continue
        for (_, one), (number, same) in zip(first, parts, strict=True):
            yield from _differences(one, same, f"info[{number}]", first_language)


def _differences(one: _Element, same: _Element, path: str, language: str) -> Iterator[Finding]:
    for name in ("category", *_SHARED):
        meant, said = _values(one, name), _values(same, name)
        if meant != said:
            found, told = ", ".join(sorted(said)) or "nothing", ", ".join(sorted(meant)) or "nothing"
            message = f"is {found}, but {told} in {language}"
            yield _profile(f"{path}/{name}", "languages-agree", message)
    if _where(one) != _where(same):
        yield _profile(f"{path}/area", "languages-agree", f"is another area than in {language}")
    texts = [tuple(text_of(info, name) for name in ("headline", "description")) for info in (one, same)]
    if texts[0] == texts[1] and any(texts[0]):
        message = f"says the same words as {language}: is it translated?"
        yield _profile(f"{path}/description", "languages-agree", message, is_warning=True)


def _values(info: _Element, name: str) -> Counter[str]:
    found = (whole_text(element) for element in children(info, name))
    if name in ("effective", "onset", "expires"):
        return Counter(str(time.timestamp()) if (time := instant(text)) else text for text in found)
    return Counter(found)


def _where(info: _Element) -> Counter[tuple[str, str]]:
    """Return all geometry and codes of an info, however they are spread over areas."""
    where: Counter[tuple[str, str]] = Counter()
    for area in children(info, "area"):
        for name in ("polygon", "circle", "altitude", "ceiling"):
            where.update((name, " ".join(whole_text(part).split())) for part in children(area, name))
        where.update((text_of(p, "valueName"), text_of(p, "value")) for p in children(area, "geocode"))
    return where


def _comments(root: _Element) -> Iterator[Finding]:
    """Yield comments and instructions inside values: readers differ in what they make of them."""
    for node in root.iter():
        parent = node.getparent()
        if isinstance(node.tag, str) or parent is None:
            continue
        if (parent.text or "").strip() or (node.tail or "").strip():
            name = str(parent.tag).split("}")[-1]
            yield _profile(name, "plain-values", f"a comment or instruction inside the value of {name}")


def _profile(path: str, rule: str, message: str, *, is_warning: bool = False) -> Finding:
    return Finding(Layer.PROFILE, f"/alert/{path}", rule, message, is_warning)


def _policy(path: str, rule: str, message: str, *, is_warning: bool = False) -> Finding:
    return Finding(Layer.POLICY, f"/alert/{path}", rule, message, is_warning)
