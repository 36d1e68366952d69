"""Signatures of measurement lines: made by hand beside ours, and refused when anything is changed."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from overflight.errors import InputError
from overflight.formats.signatures import Key, is_signed_by, read_keys, sign_line

LINE = b'{"v":1,"type":"status","source":"a","seq":1,"time":"2023-08-23T18:52:10Z","signature":null}\n'
SECRET = bytes(range(32))
KEY = Key("hmac-sha256", SECRET)


def test_hmac_is_that_of_the_standard_library_over_the_line_without_its_end():
    made = base64.b64encode(hmac.new(SECRET, LINE.strip(), hashlib.sha256).digest())
    assert sign_line(LINE, "hmac-sha256", SECRET) == LINE.replace(b"null", b'"hmac-sha256:' + made + b'"')


def test_what_was_signed_is_taken_and_nothing_else():
    signed = sign_line(LINE, "hmac-sha256", SECRET)
    assert is_signed_by(signed, KEY)
    assert is_signed_by(signed.rstrip() + b"\r\n", KEY)
    for other in (
        LINE,
        signed.replace(b'"seq":1', b'"seq":2'),
        signed.replace(b'"seq":1', b'"seq": 1'),
        signed.replace(b"hmac-sha256:", b"ed25519:"),
        signed.replace(b"}", b',"signature":"hmac-sha256:AAAA"}'),
        signed.replace(b"hmac-sha256:", b"hmac-sha256:=="),
    ):
        assert not is_signed_by(other, KEY)
    assert not is_signed_by(signed, Key("hmac-sha256", SECRET[::-1]))


def test_ed25519():
    ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
    private = ed25519.Ed25519PrivateKey.from_private_bytes(SECRET)
    public = private.public_key().public_bytes_raw()
    text = base64.b64encode(private.sign(LINE.strip()))
    signed = sign_line(LINE, "ed25519", SECRET)
    assert text in signed
    assert is_signed_by(signed, Key("ed25519", public))
    assert not is_signed_by(signed.replace(b"18:52", b"18:53"), Key("ed25519", public))


def keys(kind: str = "hmac-sha256", key: bytes = SECRET, name: str = "a") -> bytes:
    text = base64.b64encode(key).decode()
    return f'[[source]]\nname = "{name}"\nkind = "{kind}"\nkey = "{text}"\n'.encode()


def test_keys_are_read_by_source():
    assert read_keys(keys() + keys(name="b"), "keys.toml") == {"a": KEY, "b": KEY}


@pytest.mark.parametrize(
    "content",
    [b"", b"source = 3", b"\xff", keys() + keys(), keys(key=b"short"), keys("rot13"), keys("ed25519", b"x" * 31),
     keys().replace(b"kind", b"sort"), keys().replace(b'key = "', b'key = "%')],
)  # fmt: skip
def test_keys_that_are_none(content):
    with pytest.raises(InputError, match=r"keys\.toml"):
        read_keys(content, "keys.toml")
