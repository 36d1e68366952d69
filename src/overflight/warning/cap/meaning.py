"""What the text of CAP 1.2 demands and the schema cannot see (OASIS CAP-v1.2, 1 July 2010, section 3)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from overflight.warning.cap.findings import Finding, Layer
from overflight.warning.cap.geometry import circle_fault, ring_faults
from overflight.warning.cap.parse import children, text_of, unstripped_text_of, whole_text, words_of

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_INFOS = 200
"""Most infos of a message: more languages and parts than any warning has."""

MAX_POINTS = 60_000
"""Most polygon points of a message; the largest real one known has 41,009."""

MAX_RINGS = 5_000
"""Most polygons of a message."""

MAX_REFERENCES = 1_000
"""Most alerts that one message may name."""

_TOKEN = re.compile(r"[^\s,<&]+")
_REFERENCE = re.compile(r"([^\s,<&]+),([^\s,<&]+),([^\s,<&]+)")
_CAP_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d", re.ASCII)
_SHA1 = re.compile(r"[0-9a-fA-F]{40}")


def meaning(root: _Element) -> Iterator[Finding]:
    """Yield breaches of CAP 1.2 sections 3.2.1 to 3.2.4 in a message that the schema accepts."""
    for name in ("identifier", "sender"):
        if not _TOKEN.fullmatch(unstripped_text_of(root, name)):
            yield _finding(name, "3.2.1", "has spaces, commas, '<' or '&', or is empty")
    sent = instant(text_of(root, "sent"))
    if sent is None:
        yield _finding("sent", "3.3.2", "is no instant of the calendar")
    yield from _references(root, sent)
    if text_of(root, "scope") == "Restricted" and not text_of(root, "restriction").strip():
        yield _finding("restriction", "3.2.1", "is required when the scope is Restricted")
    if text_of(root, "scope") == "Private" and not text_of(root, "addresses").strip():
        yield _finding("addresses", "3.2.1", "is required when the scope is Private")
    infos = children(root, "info")
    if len(infos) > MAX_INFOS:
        yield Finding(Layer.SCHEMA, "/alert", "size", f"{len(infos)} infos; at most {MAX_INFOS} are read")
        return
    for number, info in enumerate(infos, start=1):
        yield from _info(info, f"info[{number}]", sent, text_of(root, "msgType"))
    yield from _polygons(root)


def _polygons(root: _Element) -> Iterator[Finding]:
    """Yield what is wrong with polygons, those of all areas together: they share one bound of work."""
    found = [
        (f"/alert/info[{i}]/area[{k}]/polygon[{n}]", whole_text(ring))
        for i, info in enumerate(children(root, "info"), start=1)
        for k, area in enumerate(children(info, "area"), start=1)
        for n, ring in enumerate(children(area, "polygon"), start=1)
    ]
    points = sum(text.count(",") for _, text in found)
    for count, most, what in ((len(found), MAX_RINGS, "polygons"), (points, MAX_POINTS, "polygon points")):
        if count > most:
            yield Finding(Layer.SCHEMA, "/alert", "size", f"{count} {what}; at most {most} are read")
            return
    for (path, _), fault in zip(found, ring_faults([text for _, text in found]), strict=True):
        if fault:
            yield Finding(Layer.CAP, path, "CAP 1.2 section 3.2.4", fault)


def references_of(root: _Element) -> list[tuple[str, str, str]]:
    """Return (sender, identifier, sent) of each well-formed reference."""
    matches = (_REFERENCE.fullmatch(word) for word in words_of(text_of(root, "references")))
    return [(match[1], match[2], match[3]) for match in matches if match]


def instant(text: str) -> datetime | None:
    """Return an instant; None if there is none, such as 24:00:00, which the schema lets through."""
    if not _CAP_TIME.fullmatch(text):
        return None
    try:
        time = datetime.fromisoformat(text)
        time.timestamp()
    except (ValueError, OverflowError):
        return None
    return time


def _references(root: _Element, sent: datetime | None) -> Iterator[Finding]:
    msg_type, words = text_of(root, "msgType"), words_of(text_of(root, "references"))
    if msg_type != "Alert" and not words:
        yield _finding("references", "3.2.1", f"is missing: a message of type {msg_type} must name another")
    if len(words) > MAX_REFERENCES:
        found = f"{len(words)} references; at most {MAX_REFERENCES} are read"
        yield Finding(Layer.SCHEMA, "/alert/references", "size", found)
        return
    for word in words:
        match = _REFERENCE.fullmatch(word)
        time = instant(match[3]) if match else None
        if match is None or time is None:
            yield _finding("references", "3.2.1", f"{word[:80]!r} is not 'sender,identifier,sent'")
        elif (match[1], match[2]) == (text_of(root, "sender"), text_of(root, "identifier")):
            yield _finding("references", "3.2.1", "names the message itself, not an earlier one")
        elif sent and time > sent:
            yield _finding("references", "3.2.1", f"{match[2][:40]!r} was sent later than this message")


def _info(info: _Element, path: str, sent: datetime | None, msg_type: str) -> Iterator[Finding]:
    if not text_of(info, "event").strip():
        yield _finding(f"{path}/event", "3.2.2", "is empty")
    times = {name: text_of(info, name) for name in ("effective", "onset", "expires")}
    for name, text in times.items():
        if text and instant(text) is None:
            yield _finding(f"{path}/{name}", "3.3.2", "is no instant of the calendar")
    expires, effective = instant(times["expires"]), instant(times["effective"])
    # a cancellation may carry the times of what it cancels
    if msg_type not in ("Cancel", "Ack", "Error"):
        if expires and sent and expires <= sent:
            yield _finding(f"{path}/expires", "3.2.2", "is not after sent")
        if expires and effective and expires <= effective:
            yield _finding(f"{path}/expires", "3.2.2", "is not after effective")
    for name in ("eventCode", "parameter"):
        yield from _named(info, path, name)
    for number, resource in enumerate(children(info, "resource"), start=1):
        yield from _resource(resource, f"{path}/resource[{number}]")
    for number, area in enumerate(children(info, "area"), start=1):
        yield from _area(area, f"{path}/area[{number}]")


def _named(parent: _Element, path: str, name: str) -> Iterator[Finding]:
    for number, pair in enumerate(children(parent, name), start=1):
        if not text_of(pair, "valueName").strip():
            yield _finding(f"{path}/{name}[{number}]/valueName", "3.2.2", "is empty")


def _resource(resource: _Element, path: str) -> Iterator[Finding]:
    for name in ("resourceDesc", "mimeType"):
        if not text_of(resource, name).strip():
            yield _finding(f"{path}/{name}", "3.2.3", "is empty")
    size, coded = text_of(resource, "size"), text_of(resource, "derefUri")
    if size.startswith("-") and size.strip("-0"):
        yield _finding(f"{path}/size", "3.2.3", "is below zero")
    if not coded:
        return
    try:
        content = base64.b64decode("".join(coded.split()), validate=True)
    except (binascii.Error, ValueError):
        yield _finding(f"{path}/derefUri", "3.2.3", "is not base64")
        return
    digest = text_of(resource, "digest")
    if _SHA1.fullmatch(digest) and hashlib.sha1(content, usedforsecurity=False).hexdigest() != digest.lower():
        yield _finding(f"{path}/digest", "3.2.3", "is not the SHA-1 of the content carried")


def _area(area: _Element, path: str) -> Iterator[Finding]:
    if not text_of(area, "areaDesc").strip():
        yield _finding(f"{path}/areaDesc", "3.2.4", "is empty")
    for number, element in enumerate(children(area, "circle"), start=1):
        fault = circle_fault(whole_text(element))
        if fault:
            yield Finding(Layer.CAP, f"/alert/{path}/circle[{number}]", "CAP 1.2 section 3.2.4", fault)
    yield from _named(area, path, "geocode")
    ceiling, altitude = text_of(area, "ceiling"), text_of(area, "altitude")
    if ceiling and not altitude:
        yield _finding(f"{path}/ceiling", "3.2.4", "needs an altitude")
    elif ceiling and float(ceiling) < float(altitude):
        yield _finding(f"{path}/ceiling", "3.2.4", "lies below the altitude")


def _finding(path: str, section: str, message: str) -> Finding:
    name = path.split("/")[-1].split("[")[0]
    return Finding(Layer.CAP, f"/alert/{path}", f"CAP 1.2 section {section}", f"{name} {message}")
