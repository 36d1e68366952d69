"""CCSDS Tracking Data Message in XML (CCSDS 503.0-B-2, chapter 4; 505.0-B-2): to and from keyword = value.

Both spellings hold the same keywords, so XML is turned into lines and read as those are: one reader decides
what a message means. A document with a type declaration is refused before it is parsed: a TDM needs none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from overflight.errors import InputError

__all__ = ["is_tdm_xml", "tdm_lines_of_xml", "tdm_xml_of_lines"]

_ROOT = re.compile(rb"<(?:\w+:)?tdm[\s>]")
_DECLARED = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


def is_tdm_xml(head: bytes) -> bool:
    """Return whether a file that begins with ``head`` is a TDM in XML."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"<") and _ROOT.search(start[:4000]) is not None


def tdm_lines_of_xml(content: bytes, where: str) -> str:
    """Return a message in XML as keyword = value.

    Raises
    ------
    InputError : no XML, a type declaration, or an element where a TDM has none
    """
    try:
        text = content.decode("utf-8-sig")
        if _DECLARED.search(text):
            raise _refuse(where, "a type declaration (DOCTYPE, ENTITY)", "none: it is never needed")
        root = ET.fromstring(text)
    except (UnicodeDecodeError, ET.ParseError, ValueError) as fault:
        raise _refuse(where, f"no XML in UTF-8 ({fault})", "a CCSDS TDM in XML") from None
    if _name(root) != "tdm":
        raise _refuse(where, f"<{_name(root)}>", "<tdm>")
    return "\n".join([f"CCSDS_TDM_VERS = {root.get('version', '')}", *_lines(root, where)]) + "\n"


def tdm_xml_of_lines(text: str) -> str:
    """Return a message in keyword = value, as :func:`~overflight.formats.tdm.write_tdm` writes it, in XML."""
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<tdm xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="CCSDS_TDM_VERS" version="2.0">',
        "<header>",
    ]
    brackets = {
        "META_START": "<segment><metadata>",
        "META_STOP": "</metadata>",
        "DATA_START": "<data>",
        "DATA_STOP": "</data></segment>",
    }
    opened, inside = False, False
    for line in text.splitlines()[1:]:
        if line in brackets:
            out += [] if opened else ["</header>", "<body>"]
            opened, inside = True, line == "DATA_START"
            out.append(brackets[line])
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if not equals:
            key, _, value = line.partition(" ")
        if inside:
            epoch, number = value.split()
            out.append(f"<observation><EPOCH>{epoch}</EPOCH><{key}>{number}</{key}></observation>")
        else:
            out.append(f"<{key}>{escape(value)}</{key}>")
    return "\n".join([*out, "</body>", "</tdm>"]) + "\n"


def _lines(root: ET.Element, where: str) -> Iterator[str]:
    for part in root:
        if _name(part) == "header":
            yield from _keywords(part, where)
        elif _name(part) == "body":
            for segment in part:
                yield from _segment(segment, where)
        else:
            raise _refuse(where, f"<{_name(part)}> in <tdm>", "<header> and <body>")


def _segment(segment: ET.Element, where: str) -> Iterator[str]:
    for part in segment:
        if _name(part) == "metadata":
            yield "META_START"
            yield from _keywords(part, where)
            yield "META_STOP"
        elif _name(part) == "data":
            yield "DATA_START"
            for row in part:
                yield from _observed(row, where)
            yield "DATA_STOP"
        else:
            raise _refuse(where, f"<{_name(part)}> in <{_name(segment)}>", "<metadata> and <data>")


def _observed(row: ET.Element, where: str) -> Iterator[str]:
    if _name(row) == "COMMENT":
        return
    parts = {_name(part): _text(part) for part in row}
    if _name(row) != "observation" or len(parts) != 2 or len(row) != 2 or "EPOCH" not in parts:
        raise _refuse(
            where, f"<{_name(row)}> of {', '.join(parts)}"[:80], "<observation>: EPOCH and one more"
        )
    epoch = parts.pop("EPOCH")
    ((key, value),) = parts.items()
    yield f"{key} = {epoch} {value}"


def _keywords(part: ET.Element, where: str) -> Iterator[str]:
    for row in part:
        if len(row):
            raise _refuse(where, f"elements in <{_name(row)}>", "text")
        key, value = _name(row), _text(row)
        yield f"COMMENT {value}" if key == "COMMENT" else f"{key} = {value}"


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2][:60]


def _text(element: ET.Element) -> str:
    return " ".join((element.text or "").split())


def _refuse(where: str, found: str, allowed: str) -> InputError:
    remedy = "Give a CCSDS TDM; docs/tracking.md tells what is read."
    return InputError(where, found=found[:120], allowed=allowed, remedy=remedy)
