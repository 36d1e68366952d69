"""The contacts of municipalities, from a CSV file, and the links by which they answer without an account.

A link carries event and place under a seal (HMAC-SHA256 with the desk's secret): it cannot be made up,
and serves for nothing else.
"""

from __future__ import annotations

import base64
import csv
import hmac
import io
from dataclasses import dataclass

from overflight.errors import InputError
from overflight.warning.names import Language

COLUMNS = ("place", "name", "email", "phone", "language")
MAX_BYTES = 5_000_000
_SEAL_BYTES = 16


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answers for a place; ``place`` is its key, ``JP-47361``."""

    place: str
    name: str
    email: str
    phone: str
    language: Language


def read_contacts(data: bytes, where: str = "contacts") -> tuple[Contact, ...]:
    """Return the contacts of a CSV file with the columns place, name, email, phone, language.

    Raises
    ------
    InputError : names line and column of the first thing wrong
    """
    if len(data) > MAX_BYTES:
        raise _refuse(where, "", f"{len(data)} bytes", f"at most {MAX_BYTES}", "Split the file.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refuse(where, "", "bytes that are no UTF-8", "UTF-8", "Save the file as UTF-8.") from None
    reader = csv.DictReader(io.StringIO(text), strict=True)
    try:
        if tuple(reader.fieldnames or ()) != COLUMNS:
            found = ", ".join(reader.fieldnames or ()) or "nothing"
            raise _refuse(where, "line 1", found[:200], ", ".join(COLUMNS), "Name the columns like this.")
        contacts = [_contact(row, f"line {reader.line_num}", where) for row in reader]
    except csv.Error as fault:
        raise _refuse(
            where, f"line {reader.reader.line_num}", str(fault), "CSV", "Mend the quotes."
        ) from None
    places = [contact.place for contact in contacts]
    twice = next((place for place in places if places.count(place) > 1), None)
    if twice:
        raise _refuse(where, twice, "the place twice", "one contact for a place", "Keep one of them.")
    return tuple(contacts)


def _contact(row: dict[str | None, str | None], line: str, where: str) -> Contact:
    if None in row or None in row.values():
        raise _refuse(where, line, "too many or too few columns", f"{len(COLUMNS)}", "Mend the line.")
    values = {name: (row[name] or "").strip() for name in COLUMNS}
    for name in ("place", "name"):
        if not values[name]:
            raise _refuse(where, f"{line}, {name}", "nothing", "a text", "Fill it in.")
    if not values["email"] and not values["phone"]:
        remedy = "Give at least one way to reach the place."
        raise _refuse(where, f"{line}, email", "neither email nor phone", "one of them", remedy)
    if values["email"] and values["email"].count("@") != 1:
        raise _refuse(where, f"{line}, email", values["email"][:60], "name@host", "Mend the address.")
    try:
        language = Language(values["language"] or "ja")
    except ValueError:
        allowed = ", ".join(Language)
        raise _refuse(where, f"{line}, language", values["language"][:20], allowed, "Take one.") from None
    return Contact(values["place"], values["name"], values["email"], values["phone"], language)


def _refuse(where: str, key: str, found: str, allowed: str, remedy: str) -> InputError:
    return InputError(where, key, found=found, allowed=allowed, remedy=remedy)


def make_token(secret: bytes, event_id: str, place: str) -> str:
    """Return the part of a link that lets a place answer for an event."""
    content = f"{event_id}\n{place}".encode()
    return _text(content) + "." + _text(_seal(secret, content))


def read_token(secret: bytes, token: str) -> tuple[str, str] | None:
    """Return (event, place) of a link, None if the desk did not make it."""
    content, _, seal = token.partition(".")
    try:
        raw, sealed = _bytes(content), _bytes(seal)
    except ValueError:
        return None
    if not hmac.compare_digest(sealed, _seal(secret, raw)):
        return None
    event_id, _, place = raw.decode().partition("\n")
    return event_id, place


def _seal(secret: bytes, content: bytes) -> bytes:
    return hmac.digest(secret, b"answer:" + content, "sha256")[:_SEAL_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    if not text.isascii():
        raise ValueError(text)
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _text(raw) != text:
        raise ValueError(text)  # one spelling only
    return raw
