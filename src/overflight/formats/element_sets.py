"""Element sets of a file, whatever its form: TLE with two or three lines, OMM in JSON, XML or KVN."""

from __future__ import annotations

from overflight.errors import InputError
from overflight.formats.omm import read_omm_json, read_omm_kvn, read_omm_xml
from overflight.formats.tle import looks_like_tle, read_tle
from overflight.orbit.elements import ElementSeries

__all__ = ["MAX_BYTES", "as_text", "read_element_sets"]

MAX_BYTES = 50_000_000
_ALLOWED = "element sets: a TLE, or an OMM in JSON, XML or KVN"


def as_text(content: bytes, where: str, allowed: str) -> str:
    """Return the text of a file, with or without a byte order mark; any line ends."""
    utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            where, f"byte {error.start}", found="something that is not UTF-8 text", allowed=allowed,
            remedy="Save it as plain text.",
        ) from None  # fmt: skip
    if not text.strip():
        raise InputError(where, found="an empty file", allowed=allowed, remedy="Download or copy it again.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_element_sets(content: bytes, where: str) -> ElementSeries:
    """Return the sets in the bytes of a file, by satellite and epoch.

    Raises
    ------
    InputError : anything wrong with it; names line or item, and field
    """
    text = as_text(content, where, _ALLOWED)
    head = text.lstrip()
    if head[0] in "[{":
        sets = read_omm_json(text, where)
    elif head[0] == "<":
        sets = read_omm_xml(text, where)
    elif "CCSDS_OMM_VERS" in text or ("MEAN_MOTION" in text and "=" in text):
        sets = read_omm_kvn(text, where)
    elif looks_like_tle(text):
        sets = read_tle(text, where)
    else:
        found = f"text that begins with {head.splitlines()[0][:40]!r}"
        raise InputError(
            where, found=found, allowed=_ALLOWED, remedy="Give the sets as their source has them."
        )
    if not sets:
        raise InputError(where, found="no element set", allowed=_ALLOWED, remedy="Download it again.")
    for elements in sets:
        elements.satrec()
    return ElementSeries.of(sets, where)
