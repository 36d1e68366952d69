"""Check CAP 1.2 messages: the OASIS schema, and what the standard says in words.

The schema alone lets through open rings, crossing rings and cancellations of nothing, so a second
layer follows the text of the standard.  The parser takes no document type, no entity and no network.
lxml is an extra (``overflight[cap]``) and is imported when first needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from overflight.errors import OverflightError
from overflight.warning.cap.compose import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import XMLSchema, _Element

MAX_BYTES = 10_000_000
"""Largest message read; the largest real one known has 0.9 MB."""

_CAP = {"c": NAMESPACE}
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_TOKEN = re.compile(r"[^\s,<&]+")
_REFERENCE = re.compile(r"[^\s,<&]+,[^\s,<&]+,[^\s,<&]+")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. ``layer`` is ``schema`` or ``cap``, ``path`` the element, ``rule`` what it breaks."""

    layer: str
    path: str
    rule: str
    message: str


def check_schema(xml_bytes: bytes) -> tuple[Finding, ...]:
    """Return what the OASIS schema finds wrong in a message; empty if it is valid.

    Never raises for bad input: what cannot be parsed, or carries a DOCTYPE, is a finding.

    Raises
    ------
    OverflightError : lxml is not installed
    """
    return _parse(xml_bytes)[1]


def check_message(xml_bytes: bytes) -> tuple[Finding, ...]:
    """Return the findings of the schema or, if there are none, of the standard's own text."""
    root, findings = _parse(xml_bytes)
    if findings or root is None:
        return findings
    return tuple(_meaning(root))


def _parse(xml_bytes: bytes) -> tuple[_Element | None, tuple[Finding, ...]]:
    """Return the root element and the schema's findings."""
    etree = _lxml_etree()
    if len(xml_bytes) > MAX_BYTES:
        return None, (
            Finding("schema", "/", "size", f"{len(xml_bytes)} bytes; at most {MAX_BYTES} are read"),
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(xml_bytes, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        return None, (Finding("schema", "/", "well-formed", str(fault)),)
    information = root.getroottree().docinfo
    if information.doctype or information.internalDTD is not None:
        return None, (Finding("schema", "/", "no-doctype", "a document type is refused"),)
    schema = _schema()
    if schema.validate(root):
        return root, ()
    found = tuple(Finding("schema", e.path or "/", "schema", e.message) for e in schema.error_log)
    return root, found or (Finding("schema", "/", "schema", "the document is not valid"),)


def _lxml_etree():  # noqa: ANN202 - a module
    try:
        from lxml import etree
    except ImportError as fault:
        raise OverflightError("checking CAP messages needs lxml; install overflight[cap]") from fault
    return etree


@cache
def _schema() -> XMLSchema:
    etree = _lxml_etree()
    text = files("overflight.warning.cap").joinpath("schema/CAP-v1.2.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(text, etree.XMLParser(no_network=True)))


def _meaning(root: _Element) -> Iterator[Finding]:
    """Yield breaches of CAP 1.2 sections 3.2.1 to 3.2.4 that the schema cannot see."""
    for name in ("identifier", "sender"):
        if not _TOKEN.fullmatch(_text(root, name)):
            yield _finding(name, "3.2.1", "has spaces, commas, '<' or '&', or is empty")
    references = _text(root, "references").split()
    if _text(root, "msgType") in ("Update", "Cancel", "Ack", "Error") and not references:
        yield _finding("references", "3.2.1", f"a message of type {_text(root, 'msgType')} must name another")
    for reference in references:
        if not _REFERENCE.fullmatch(reference):
            yield _finding("references", "3.2.1", f"{reference!r} is not 'sender,identifier,sent'")
    if _text(root, "scope") == "Restricted" and not _text(root, "restriction"):
        yield _finding("restriction", "3.2.1", "is required when the scope is Restricted")
    if _text(root, "scope") == "Private" and not _text(root, "addresses"):
        yield _finding("addresses", "3.2.1", "is required when the scope is Private")
    sent = _instant(_text(root, "sent"))
    if sent is None:
        yield _finding("sent", "3.3.2", "is no instant of the calendar")
    for number, info in enumerate(root.iterfind("c:info", _CAP), start=1):
        yield from _info_meaning(info, f"info[{number}]", sent)


def _info_meaning(info: _Element, path: str, sent: datetime | None) -> Iterator[Finding]:
    for name in ("effective", "onset", "expires"):
        text = _text(info, name)
        time = _instant(text)
        if text and time is None:
            yield _finding(f"{path}/{name}", "3.3.2", "is no instant of the calendar")
        elif name == "expires" and time and sent and time <= sent:
            yield _finding(f"{path}/expires", "3.2.2", "is not after sent")
    for number, area in enumerate(info.iterfind("c:area", _CAP), start=1):
        here = f"{path}/area[{number}]"
        for ring, element in enumerate(area.iterfind("c:polygon", _CAP), start=1):
            fault = _ring_fault(element.text or "")
            if fault:
                yield _finding(f"{here}/polygon[{ring}]", "3.2.4", fault)
        for circle, element in enumerate(area.iterfind("c:circle", _CAP), start=1):
            fault = _circle_fault(element.text or "")
            if fault:
                yield _finding(f"{here}/circle[{circle}]", "3.2.4", fault)
        if _text(area, "ceiling") and not _text(area, "altitude"):
            yield _finding(f"{here}/ceiling", "3.2.4", "needs an altitude")


def _instant(text: str) -> datetime | None:
    """Return an instant; None if there is none, such as 24:00:00, which the schema lets through."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _pair(text: str) -> tuple[float, float] | None:
    """Return (latitude, longitude) in degrees of a CAP pair, None if it is none."""
    match = re.fullmatch(rf"({_NUMBER}),({_NUMBER})", text)
    if match is None:
        return None
    latitude_deg, longitude_deg = float(match[1]), float(match[2])
    return (
        (latitude_deg, longitude_deg) if abs(latitude_deg) <= 90.0 and abs(longitude_deg) <= 180.0 else None
    )


def _ring_fault(text: str) -> str | None:
    """Return what is wrong with a polygon, None if nothing."""
    pairs = [_pair(word) for word in text.split()]
    points = [pair for pair in pairs if pair is not None]
    if len(points) < len(pairs):
        wrong = text.split()[pairs.index(None)][:40]
        return f"{wrong!r} is not 'latitude,longitude' in degrees"
    if len(points) < 4 or points[0] != points[-1]:
        return f"{len(points)} points; at least four are needed and the last must repeat the first"
    from shapely.geometry import Polygon
    from shapely.validation import explain_validity

    polygon = Polygon([(longitude_deg, latitude_deg) for latitude_deg, longitude_deg in points])
    return None if polygon.is_valid else f"the ring crosses itself ({explain_validity(polygon)})"


def _circle_fault(text: str) -> str | None:
    words = text.split()
    try:
        is_circle = len(words) == 2 and _pair(words[0]) is not None and 0.0 <= float(words[1]) <= 20_038.0
    except ValueError:
        is_circle = False
    return None if is_circle else f"{text[:40]!r} is not 'latitude,longitude radius-in-km'"


def _text(element: _Element, name: str) -> str:
    return (element.findtext(f"c:{name}", default="", namespaces=_CAP) or "").strip()


def _finding(path: str, section: str, message: str) -> Finding:
    return Finding("cap", f"/alert/{path}", f"CAP 1.2 section {section}", f"{path.split('/')[-1]} {message}")
