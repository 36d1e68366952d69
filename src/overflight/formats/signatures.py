"""Signatures of measurement lines: HMAC-SHA-256 (RFC 2104) with a shared secret, or Ed25519 (RFC 8032).

What is signed are the bytes of the line itself, without its end, as they stand with ``"signature":null``; the
text ``KIND:BASE64`` then takes the place of ``null``. So no two programs need to agree on numbers.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from overflight.errors import InputError, OverflightError

__all__ = ["Key", "is_signed_by", "read_keys", "sign_line"]

MAX_BYTES = 1_000_000
MOST_KEYS = 1_000
LEAST_SECRET = 32
KINDS = ("hmac-sha256", "ed25519")
_SIGNED = re.compile(rb'"signature"(\s*:\s*)"([A-Za-z0-9:+/=-]{1,200})"')
_BLANK = re.compile(rb'"signature"(\s*:\s*)null')


@dataclass(frozen=True, slots=True)
class Key:
    """What the signatures of one source are checked with: a shared secret, or a public key of 32 bytes."""

    kind: str
    value: bytes


def sign_line(line: bytes, kind: str, secret: bytes) -> bytes:
    """Return a line that holds ``"signature":null`` with its signature.

    ``secret`` is the shared secret, or the private key of Ed25519 (32 bytes).
    """
    if len(_BLANK.findall(line)) != 1:
        raise InputError("line", "signature", found="not one null", allowed="one", remedy="Write it as null.")
    if kind == "ed25519":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        made = Ed25519PrivateKey.from_private_bytes(secret).sign(line.strip())
    else:
        made = hmac.digest(secret, line.strip(), hashlib.sha256)
    text = f"{kind}:{base64.b64encode(made).decode()}".encode()
    return _BLANK.sub(lambda found: b'"signature"' + found[1] + b'"' + text + b'"', line)


def is_signed_by(line: bytes, key: Key) -> bool:
    """Return whether a line carries the signature of a key, and is as it was signed."""
    found = _SIGNED.findall(line)
    if len(found) != 1:
        return False
    kind, _, text = found[0][1].decode().partition(":")
    try:
        given = base64.b64decode(text, validate=True)
    except binascii.Error:
        return False
    if kind != key.kind:
        return False
    signed = _SIGNED.sub(lambda match: b'"signature"' + match[1] + b"null", line).strip()
    if kind == "hmac-sha256":
        return hmac.compare_digest(given, hmac.digest(key.value, signed, hashlib.sha256))
    return _is_ed25519(given, signed, key.value)


def _is_ed25519(given: bytes, signed: bytes, public: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(given, signed)
    except InvalidSignature:
        return False
    return True


def read_keys(content: bytes, where: str) -> dict[str, Key]:
    """Return the keys of a TOML file by source: each ``[[source]]`` has ``name``, ``kind``, ``key`` (Base64).

    Raises
    ------
    InputError : no TOML, no source, one twice, a key that is none or too short
    """
    try:
        rows = tomllib.loads(content.decode()).get("source")
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise _refuse(where, "", f"no TOML ({fault})", "TOML") from None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_KEYS:
        raise _refuse(where, "source", "none", f"1 to {MOST_KEYS} tables [[source]]")
    keys: dict[str, Key] = {}
    for number, row in enumerate(rows):
        at = f"source[{number}]"
        if not isinstance(row, dict) or set(row) != {"name", "kind", "key"}:
            found = ", ".join(row) if isinstance(row, dict) else "no table"
            raise _refuse(where, at, found, "name, kind, key")
        name = row["name"]
        if not isinstance(name, str) or not name or name in keys:
            raise _refuse(where, f"{at}.name", repr(name), "the name of a source, each once")
        keys[name] = _key(row, where, at)
    return keys


def _key(row: Mapping[str, Any], where: str, at: str) -> Key:
    kind = row["kind"]
    if kind not in KINDS:
        raise _refuse(where, f"{at}.kind", repr(kind), " or ".join(KINDS))
    try:
        value = base64.b64decode(row["key"], validate=True)
    except (TypeError, ValueError):
        raise _refuse(where, f"{at}.key", "no Base64", "the key in Base64") from None
    if kind == "hmac-sha256" and len(value) < LEAST_SECRET:
        raise _refuse(where, f"{at}.key", f"{len(value)} bytes", f"a secret of at least {LEAST_SECRET} bytes")
    if kind == "ed25519":
        _check_public(value, where, at)
    return Key(kind, value)


def _check_public(value: bytes, where: str, at: str) -> None:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError as fault:
        raise OverflightError("Ed25519 needs cryptography; install overflight[cap]") from fault
    try:
        Ed25519PublicKey.from_public_bytes(value)
    except ValueError:
        raise _refuse(where, f"{at}.key", f"{len(value)} bytes", "a public key of 32 bytes") from None


def _refuse(where: str, key: str, found: str, allowed: str) -> InputError:
    remedy = "Mend the file; docs/tracking.md shows one."
    return InputError(where, key, found=found[:80], allowed=allowed, remedy=remedy)
