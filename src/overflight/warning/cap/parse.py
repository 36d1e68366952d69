"""The one parser for messages of others: no document type, no entity, no network, bounded in all.

lxml is an extra (``overflight[cap]``) and is imported when first needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from overflight.errors import InputError, OverflightError
from overflight.warning.cap.compose import NAMESPACE
from overflight.warning.cap.findings import Finding, Layer

if TYPE_CHECKING:
    from lxml.etree import XMLSchema, _Element

MAX_BYTES = 2_000_000
"""Largest message read; the largest real one known has 0.9 MB."""

MAX_TAGS = 50_000
"""Most tags, so that a small file cannot become a huge tree."""

MAX_DEPTH = 24
"""Deepest nesting: CAP needs 5, a signature with its certificates about 8."""

MAX_ATTRIBUTES = 64
"""Most attributes and namespace declarations of one element; CAP has none of its own."""

SPACE = " \t\r\n"
"""White space of XML; that of Unicode is more, and is text here."""

_MOST_ERRORS = 20
_REPEATED = frozenset(("info", "area", "polygon", "circle", "geocode", "parameter", "eventCode", "resource",
                       "category", "responseType", "code", "Signature"))  # fmt: skip
_SPACES = re.compile(f"[{SPACE}]+")
_PROLOG = re.compile(r"\ufeff?(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)


class Unreadable(Exception):
    """The bytes are no message that may be read; carries the finding."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.finding = Finding(Layer.SCHEMA, "/", rule, message)


def etree() -> Any:
    """Return ``lxml.etree``.

    Raises
    ------
    OverflightError : lxml is not installed
    """
    try:
        from lxml import etree as module
    except ImportError as fault:
        raise OverflightError("CAP messages need lxml; install overflight[cap]") from fault
    return module


def parse(xml_bytes: bytes, *, strip_blank: bool = False) -> _Element:
    """Return the root of a document; what the text says is not looked at.

    Parameters
    ----------
    strip_blank : drop text that is only white space between elements

    Raises
    ------
    Unreadable : too long, too deep, too many tags, a DOCTYPE, or not well-formed
    OverflightError : lxml is not installed
    """
    lxml = etree()
    if len(xml_bytes) > MAX_BYTES:
        raise Unreadable("size", f"{len(xml_bytes)} bytes; at most {MAX_BYTES} are read")
    if xml_bytes.count(b"<") > MAX_TAGS:
        raise Unreadable("size", f"{xml_bytes.count(b'<')} tags; at most {MAX_TAGS} are read")
    if _has_doctype(xml_bytes):
        raise Unreadable("no-doctype", "a document type is refused")
    parser = lxml.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_blank_text=strip_blank,
    )
    try:
        root = lxml.fromstring(xml_bytes, parser)
    except (lxml.XMLSyntaxError, ValueError, LookupError) as fault:
        raise Unreadable("well-formed", str(fault)[:200]) from None
    information = root.getroottree().docinfo
    if information.doctype or information.internalDTD is not None:
        raise Unreadable("no-doctype", "a document type is refused")
    _check_shape(root)
    return root


def _has_doctype(xml_bytes: bytes) -> bool:
    """Return whether a DOCTYPE follows the prolog, in any encoding whose letters can be made out."""
    is_wide = xml_bytes[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in xml_bytes[:4]
    text = (xml_bytes.replace(b"\x00", b"") if is_wide else xml_bytes).decode("latin-1")
    text = text.removeprefix("\xef\xbb\xbf").removeprefix("\xff\xfe").removeprefix("\xfe\xff")
    prolog = _PROLOG.match(text)
    return text[prolog.end() if prolog else 0 :][:9].upper() == "<!DOCTYPE"


def _check_shape(root: _Element) -> None:
    depth = 0
    for event, element in etree().iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        if depth > MAX_DEPTH:
            raise Unreadable("depth", f"elements are nested deeper than {MAX_DEPTH}")
        if len(element.attrib) > MAX_ATTRIBUTES or len(element.nsmap) > MAX_ATTRIBUTES:
            raise Unreadable("size", f"more than {MAX_ATTRIBUTES} attributes on one element")


@cache
def schema() -> XMLSchema:
    """Return the OASIS schema of CAP 1.2."""
    text = files("overflight.warning.cap").joinpath("schema/CAP-v1.2.xsd").read_bytes()
    return etree().XMLSchema(etree().fromstring(text, etree().XMLParser(no_network=True)))


def schema_findings(root: _Element) -> tuple[Finding, ...]:
    """Return what the OASIS schema finds wrong."""
    if schema().validate(root):
        return tuple(_after_signature(root))
    found = tuple(
        Finding(
            Layer.SCHEMA, _named_path(root, error.path), "OASIS CAP 1.2 schema", _plain(error.message)[:300]
        )
        for error in list(schema().error_log)[:_MOST_ERRORS]
    )
    return found or (Finding(Layer.SCHEMA, "/", "OASIS CAP 1.2 schema", "the document is not valid"),)


def _after_signature(root: _Element) -> Iterator[Finding]:
    """Yield elements behind a signature: the schema has it last, which libxml2 does not enforce."""
    elements = [child for child in root.iterchildren() if isinstance(child.tag, str)]
    signatures = [i for i, child in enumerate(elements) if etree().QName(child).namespace != NAMESPACE]
    for child in elements[signatures[0] :] if signatures else ():
        if etree().QName(child).namespace == NAMESPACE:
            message = f"Element '{etree().QName(child).localname}': not expected behind a signature."
            yield Finding(Layer.SCHEMA, path_of(child), "OASIS CAP 1.2 schema", message)
            return


def _named_path(root: _Element, path: str | None) -> str:
    """Return ``/alert/info[2]/area[1]`` for the ``/*/*[13]/*[4]`` of libxml2."""
    try:
        (element,) = root.getroottree().xpath(path or "/")
        return path_of(element)
    except (etree().XPathError, ValueError, AttributeError):
        return "/"


def path_of(element: _Element) -> str:
    """Return the path of an element by plain names; those that may repeat are numbered from 1."""
    steps = []
    node: _Element | None = element
    while node is not None:
        name, parent = etree().QName(node).localname, node.getparent()
        if parent is not None and name in _REPEATED:
            name += f"[{1 + sum(1 for _ in node.itersiblings(str(node.tag), preceding=True))}]"
        steps.append(name)
        node = parent
    return "/" + "/".join(reversed(steps))


def _plain(message: str) -> str:
    """Return a message of libxml2 without namespaces."""
    return message.replace(f"{{{NAMESPACE}}}", "")


def text_of(element: _Element, name: str) -> str:
    """Return the whole text of a child, stripped; "" if there is none.

    All text nodes are joined: a comment inside a value does not hide what follows it.
    """
    child = next(element.iterchildren(f"{{{NAMESPACE}}}{name}"), None)
    return "" if child is None else whole_text(child)


def unstripped_text_of(element: _Element, name: str) -> str:
    """Return the whole text of a child as it stands, where white space at its ends counts; "" if none."""
    child = next(element.iterchildren(f"{{{NAMESPACE}}}{name}"), None)
    return "" if child is None else "".join(_texts_below(child))


def whole_text(element: _Element) -> str:
    """Return all text below an element, without white space at its ends."""
    return "".join(_texts_below(element)).strip(SPACE)


def _texts_below(element: _Element) -> Iterator[str]:
    yield element.text or ""
    for child in element.iterchildren():  # comments and instructions have no text of their own
        if isinstance(child.tag, str):
            yield from _texts_below(child)
        yield child.tail or ""


def words_of(text: str) -> list[str]:
    """Return the words of a list; only white space of XML parts them, a no-break space does not."""
    return [word for word in _SPACES.split(text) if word]


def children(element: _Element, name: str) -> list[_Element]:
    """Return the CAP children of a name."""
    return list(element.iterchildren(f"{{{NAMESPACE}}}{name}"))


def refused(where: str, finding: Finding) -> InputError:
    """Return the error for bytes that a caller needed as a message."""
    remedy = "Ask the sender for a message that `overflight alert check` accepts."
    return InputError(where, finding.path, found=finding.message, allowed=finding.rule, remedy=remedy)
