"""A signed HTTP body, as the Standard Webhooks specification has it, so that receivers find libraries.

Specification 1.0 (standard-webhooks, 2023): ``webhook-id`` (here the idempotency key),
``webhook-timestamp`` (seconds of the attempt) and ``webhook-signature`` over ``id.timestamp.body``:
``v1,`` with HMAC-SHA256 for a secret ``whsec_...``, ``v1a,`` with Ed25519 for a private key ``whsk_...``,
of which the receiver has the public part ``whpk_...``.  ``Content-Digest`` (RFC 9530) says the same of
the body alone.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from overflight.errors import InputError

TOLERANCE_S = 300.0
"""Oldest or newest signature that is believed (Standard Webhooks, replay attacks)."""

_SECRET, _PRIVATE, _PUBLIC = "whsec_", "whsk_", "whpk_"


class BodyKey(Protocol):
    """Signs or checks bodies; made by :func:`body_key`."""

    def sign(self, content: bytes) -> str:
        """Return the signature with its version, ``v1,...``."""
        ...

    def is_good(self, content: bytes, signature: str) -> bool:
        """Return whether one signature, with its version, is good."""
        ...


def make_secret() -> str:
    """Return a new shared secret of 256 bits."""
    return _SECRET + base64.b64encode(secrets.token_bytes(32)).decode()


def make_pair() -> tuple[str, str]:
    """Return a new private key and its public part."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    private, public = key.private_bytes_raw(), key.public_key().public_bytes_raw()
    return _PRIVATE + base64.b64encode(private).decode(), _PUBLIC + base64.b64encode(public).decode()


def body_key(text: str, where: str = "webhook key") -> BodyKey:
    """Return the key written as ``whsec_``, ``whsk_`` or ``whpk_`` and base64.

    Raises
    ------
    InputError : another beginning, no base64, or too short to be a key
    """
    for prefix, make, sizes in (
        (_SECRET, _Hmac, range(24, 65)),
        (_PRIVATE, _Ed25519.private, (32,)),
        (_PUBLIC, _Ed25519.public, (32,)),
    ):
        if not text.startswith(prefix):
            continue
        try:
            raw = base64.b64decode(text.removeprefix(prefix), validate=True)
        except ValueError:
            raise _no_key(where, f"{prefix} with something that is no base64") from None
        if len(raw) not in sizes:
            raise _no_key(where, f"{prefix} with {len(raw)} bytes")
        return make(raw)
    raise _no_key(where, f"a text of {len(text)} characters")


def signed_headers(content: bytes, key: BodyKey, identifier: str, at: datetime) -> dict[str, str]:
    """Return the headers that go with a body."""
    stamp = str(int(at.timestamp()))
    return {
        "webhook-id": identifier,
        "webhook-timestamp": stamp,
        "webhook-signature": key.sign(_signed(identifier, stamp, content)),
        "Idempotency-Key": identifier,
        "Content-Digest": content_digest(content),
    }


def is_signed(content: bytes, headers: Mapping[str, str], key: BodyKey, now: datetime) -> bool:
    """Return whether the headers (any case) show that the holder of ``key`` sent this body just now."""
    said = {name.lower(): value for name, value in headers.items()}
    identifier, stamp = said.get("webhook-id", ""), said.get("webhook-timestamp", "")
    if not identifier or not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        return False
    if abs(now.timestamp() - int(stamp)) > TOLERANCE_S:
        return False
    signed = _signed(identifier, stamp, content)
    return any(key.is_good(signed, one) for one in said.get("webhook-signature", "").split()[:8])


def content_digest(content: bytes) -> str:
    """Return the value of ``Content-Digest`` for a body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def _signed(identifier: str, stamp: str, content: bytes) -> bytes:
    return f"{identifier}.{stamp}.".encode() + content


class _Hmac:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def sign(self, content: bytes) -> str:
        return "v1," + base64.b64encode(hmac.digest(self._secret, content, "sha256")).decode()

    def is_good(self, content: bytes, signature: str) -> bool:
        return hmac.compare_digest(self.sign(content).encode(), signature.encode())


class _Ed25519:
    def __init__(self, private: bytes | None, public: bytes | None) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

        self._private = Ed25519PrivateKey.from_private_bytes(private) if private else None
        self._public = (
            self._private.public_key() if self._private else Ed25519PublicKey.from_public_bytes(public or b"")
        )

    @classmethod
    def private(cls, raw: bytes) -> _Ed25519:
        return cls(raw, None)

    @classmethod
    def public(cls, raw: bytes) -> _Ed25519:
        return cls(None, raw)

    def sign(self, content: bytes) -> str:
        if self._private is None:
            raise InputError(
                "webhook key",
                found="the public part (whpk_)",
                allowed="a private key (whsk_)",
                remedy="Give the sender the private key, the receiver the public one.",
            )
        return "v1a," + base64.b64encode(self._private.sign(content)).decode()

    def is_good(self, content: bytes, signature: str) -> bool:
        from cryptography.exceptions import InvalidSignature

        version, _, text = signature.partition(",")
        if version != "v1a":
            return False
        try:
            self._public.verify(base64.b64decode(text, validate=True), content)
        except (InvalidSignature, ValueError):
            return False
        return True


def _no_key(where: str, found: str) -> InputError:
    allowed = f"{_SECRET}, {_PRIVATE} or {_PUBLIC}, then the key in base64"
    return InputError(where, found=found, allowed=allowed, remedy="Make a new one with the desk.")
