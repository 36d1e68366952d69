"""Secrets that must be read again (second factors), sealed before they reach the store or a backup.

AES-256-GCM under a key that stands beside the signing keys, never in the store; each sealed text is bound
to whom it belongs to, so that it opens in no other row.  The file holds one key a line: the first seals, all
of them open, so that a key can be changed while desks run.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from pathlib import Path

from overflight.errors import InputError, OverflightError

_LEAD = "sealed:1:"
_NONCE = 12  # bytes, as NIST SP 800-38D, section 8.2 has it for random ones
_KEPT = 3
"""How many keys a file keeps: those before the last still open what a running desk sealed meanwhile."""


class SealError(OverflightError):
    """A sealed secret cannot be opened: its key is not in the file, or it was changed."""


class Seal:
    """The keys of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._keys = _read(path)

    def shut(self, secret: str, owner: str) -> str:
        """Return a secret sealed under the first key."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        name, key = next(iter(self._keys.items()))
        nonce = os.urandom(_NONCE)
        sealed = nonce + AESGCM(key).encrypt(nonce, secret.encode(), owner.encode())
        return f"{_LEAD}{name}:{base64.b64encode(sealed).decode()}"

    def opened(self, text: str, owner: str) -> str:
        """Return a sealed secret; one from before there was a seal comes back as it is.

        Raises
        ------
        SealError : its key is not known, or it was changed or moved to another owner
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if not is_sealed(text):
            return text
        name, _, packed = text.removeprefix(_LEAD).partition(":")
        if name not in self._keys:
            self._keys = _read(self.path)  # another process may have brought a new one
        if name not in self._keys:
            raise SealError(f"sealed under key {name[:16]}, which {self.path.name} does not hold")
        try:
            sealed = base64.b64decode(packed, validate=True)
            key = AESGCM(self._keys[name])
            return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], owner.encode()).decode()
        except (InvalidTag, ValueError):
            raise SealError("a sealed secret was changed, or belongs to somebody else") from None


def is_sealed(text: str) -> bool:
    """Return whether a stored secret is sealed."""
    return text.startswith(_LEAD)


def sealed(seal: Seal | None, secret: str, owner: str) -> str:
    """Return a secret as it is stored.

    Raises
    ------
    InputError : the desk's key for it is missing
    """
    if seal is None:
        remedy = "Put the file back, or make a new key with `overflight desk seal FOLDER`."
        raise InputError("desk", "seal_file", found="nothing", allowed="the desk's key", remedy=remedy)
    return seal.shut(secret, owner)


def opened(seal: Seal | None, text: str, owner: str) -> str:
    """Return a stored secret; SealError if there is no key, or the wrong one."""
    if seal is not None:
        return seal.opened(text, owner)
    raise SealError("the desk's key of sealed secrets is missing")


def new_key(path: Path) -> Seal:
    """Put a new key first into a file, readable by its owner alone, and return the seal.

    The file is replaced in one step: whoever reads it sees all keys of before, or all of now.
    """
    kept = list(_read(path).values())[: _KEPT - 1] if path.exists() else []
    lines = [base64.b64encode(key).decode() for key in (secrets.token_bytes(32), *kept)]
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    return Seal(path)


def _read(path: Path) -> dict[str, bytes]:
    """Return the keys of a file by name, the first first."""
    remedy = "Put the desk's file back, or make a new key with `overflight desk seal FOLDER`."
    allowed = "a file with one key of 32 bytes in base64 a line"
    try:
        keys = [base64.b64decode(line, validate=True) for line in path.read_text("ascii").split()]
    except (OSError, ValueError) as fault:
        found = getattr(fault, "strerror", None) or "something else"
        raise InputError(str(path), found=found, allowed=allowed, remedy=remedy) from None
    if not keys or any(len(key) != 32 for key in keys):
        raise InputError(str(path), found="keys of another length", allowed=allowed, remedy=remedy)
    return {hashlib.sha256(key).hexdigest()[:8]: key for key in keys}
