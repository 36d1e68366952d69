"""Write an alert as CAP 1.2 XML (OASIS CAP-v1.2, section 3.4): the same value, the same bytes."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from datetime import datetime

from overflight.errors import InputError
from overflight.warning.alert import Alert, AlertArea, AlertInfo, Ring

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"


def compose(alert: Alert) -> bytes:
    """Return the message as UTF-8 XML, indented, ending in a line feed.

    What is signed later is these bytes; they are made once and sent unchanged.

    Raises
    ------
    InputError : a text has a character that XML 1.0 cannot carry
    """
    root = ET.Element("alert", {"xmlns": NAMESPACE})
    _text(root, "identifier", alert.identifier)
    _text(root, "sender", alert.sender)
    _text(root, "sent", instant(alert.sent))
    _text(root, "status", alert.status.value)
    _text(root, "msgType", alert.msg_type.value)
    _text(root, "source", alert.source)
    _text(root, "scope", alert.scope.value)
    _text(root, "restriction", alert.restriction)
    _text(root, "addresses", " ".join(_quoted(alert.addresses)) or None)
    _text(root, "note", alert.note)
    _text(root, "references", _references(alert))
    _text(root, "incidents", " ".join(_quoted(alert.incidents)) or None)
    for info in alert.infos:
        _info(root, info)
    ET.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="utf-8") + b"\n"


def instant(time: datetime) -> str:
    """Return an instant as CAP writes it: whole seconds, numeric offset, never ``Z``."""
    return time.isoformat(timespec="seconds")


def polygon_text(ring: Ring) -> str:
    """Return a ring of (longitude, latitude) as CAP's ``latitude,longitude`` pairs."""
    return " ".join(f"{_degrees(latitude)},{_degrees(longitude)}" for longitude, latitude in ring)


def _degrees(value: float) -> str:
    text = f"{value:.5f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _references(alert: Alert) -> str | None:
    return " ".join(f"{r.sender},{r.identifier},{instant(r.sent)}" for r in alert.references) or None


def _quoted(names: Iterable[str]) -> Iterable[str]:
    return (f'"{name}"' if " " in name else name for name in names)


def _info(root: ET.Element, info: AlertInfo) -> None:
    element = ET.SubElement(root, "info")
    _text(element, "language", info.language)
    for category in info.categories:
        _text(element, "category", category.value)
    _text(element, "event", info.event)
    for response in info.response_types:
        _text(element, "responseType", response.value)
    _text(element, "urgency", info.urgency.value)
    _text(element, "severity", info.severity.value)
    _text(element, "certainty", info.certainty.value)
    _text(element, "audience", info.audience)
    _pairs(element, "eventCode", info.event_codes)
    for name, time in (("effective", info.effective), ("onset", info.onset), ("expires", info.expires)):
        _text(element, name, instant(time) if time else None)
    _text(element, "senderName", info.sender_name)
    _text(element, "headline", info.headline)
    _text(element, "description", info.description)
    _text(element, "instruction", info.instruction)
    _text(element, "web", info.web)
    _text(element, "contact", info.contact)
    _pairs(element, "parameter", info.parameters)
    for area in info.areas:
        _area(element, area)


def _area(info: ET.Element, area: AlertArea) -> None:
    element = ET.SubElement(info, "area")
    _text(element, "areaDesc", area.description)
    for ring in area.polygons:
        _text(element, "polygon", polygon_text(ring))
    _pairs(element, "geocode", area.geocodes)


def _pairs(parent: ET.Element, tag: str, pairs: Iterable[tuple[str, str]]) -> None:
    for name, value in pairs:
        element = ET.SubElement(parent, tag)
        _text(element, "valueName", name)
        _text(element, "value", value)


def _text(parent: ET.Element, tag: str, text: str | None) -> None:
    """Append an element with text; none for ``None``."""
    if text is None:
        return
    for letter in text:
        code = ord(letter)
        if (code < 0x20 and letter not in "\t\n") or 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF):
            remedy = "Remove the character."
            allowed = "characters of XML 1.0"
            raise InputError("alert", tag, found=f"U+{code:04X}", allowed=allowed, remedy=remedy)
    ET.SubElement(parent, tag).text = text
