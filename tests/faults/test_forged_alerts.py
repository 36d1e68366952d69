"""Forged, wrapped, doubled and damaged signatures: none is accepted; honest ones are, as they are."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod
from signxml.signer import XMLSigner

from capfakes import BEGINS, GOOD, SENT, signed, signer
from overflight.errors import InputError
from overflight.warning.cap.findings import Verdict
from overflight.warning.cap.keys import Trust, load_certificates, load_signer, make_key
from overflight.warning.cap.sign import sign
from overflight.warning.cap.verify import DSIG, verify

TRUST = Trust(pinned=(signer().certificate,))
SIGNATURE = re.compile(rb"<ds:Signature.*</ds:Signature>", re.DOTALL)


def rule(xml: bytes, trust: Trust = TRUST, at: datetime | None = None) -> str:
    found = verify(xml, trust, at)
    assert (found.verdict is Verdict.ACCEPT) == (not found.findings) == bool(found.content)
    return found.findings[0].rule if found.findings else "accepted"


def test_honest_signatures_are_accepted() -> None:
    assert rule(signed()) == "accepted"
    minified = re.sub(r">\s+<", "><", GOOD).encode()
    assert rule(sign(minified, signer(), SENT)) == "accepted"
    found = verify(signed(), TRUST)
    assert found.signer == "CN=Test desk"
    assert b"Signature" not in found.content
    assert found.content.count(b"<info>") == 2


def test_white_space_added_later_is_refused_unless_borne() -> None:
    root = etree.fromstring(sign(re.sub(r">\s+<", "><", GOOD).encode(), signer(), SENT))
    etree.indent(root)
    indented = etree.tostring(root)
    assert rule(indented) == "signature"
    borne = verify(indented, TRUST, strip_blank=True)
    assert borne.verdict is Verdict.WARN
    assert borne.content


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<status>Test", b"<status>Actual"),
        (b"26.9,127.6", b"36.9,127.6"),
        (b"desk@civil.example</sender>", b"desk@civil.exampel</sender>"),
        ("上空".encode(), "上層".encode()),
        (b"<instruction>Overflight notice</instruction>", b""),
        (b"<scope>Public</scope>", b"<scope>Public</scope><code>x</code>"),
    ],
)
def test_any_change_after_signing_is_found(old: bytes, new: bytes) -> None:
    assert old in signed()
    assert rule(signed().replace(old, new)) == "signature"


def test_an_unknown_key_is_refused_whatever_the_message_says() -> None:
    assert rule(signed("Someone else")) == "known-key"
    theirs = SIGNATURE.sub(b"", signed("Someone else"))
    assert rule(theirs) == "signed"
    # the certificate we pinned, above a signature by another key
    ours = re.search(rb"<ds:X509Certificate>.*?</ds:X509Certificate>", signed(), re.DOTALL)
    assert ours
    swapped = re.sub(
        rb"<ds:X509Certificate>.*?</ds:X509Certificate>",
        lambda _: ours[0],
        signed("Someone else"),
        flags=re.DOTALL,
    )
    assert rule(swapped) == "signature"
    without = re.sub(rb"<ds:KeyInfo>.*</ds:KeyInfo>", b"", signed("Someone else"), flags=re.DOTALL)
    assert rule(without) == "signature"


def test_two_signatures_are_refused() -> None:
    (signature,) = SIGNATURE.findall(signed())
    assert rule(signed().replace(signature, signature * 2)) == "one-signature"
    other = SIGNATURE.findall(signed("Someone else"))[0]
    assert rule(signed().replace(signature, other + signature)) == "one-signature"


def wrapped() -> list[bytes]:
    """The whole signed alert, or its signature, inside another message: three classic arrangements."""
    body = signed().split(b"?>", 1)[1].strip()
    (signature,) = SIGNATURE.findall(signed())
    fake = GOOD.replace("<status>Test", "<status>Actual").encode()
    return [
        fake.replace(b"</alert>", body + b"</alert>"),
        fake.replace(b"</alert>", signature + b"</alert>"),
        fake.replace(
            b"</alert>",
            signature.replace(b"</ds:Signature>", b"<ds:Object>" + body + b"</ds:Object></ds:Signature>")
            + b"</alert>",
        ),
        fake.replace(b"</alert>", b'<x:x xmlns:x="%b">' % DSIG.encode() + body + b"</x:x></alert>"),
    ]


@pytest.mark.parametrize("xml", wrapped())
def test_wrapping_is_refused(xml: bytes) -> None:
    assert rule(xml) != "accepted"


def by_reference(**change: object) -> bytes:
    """Sign by other means than ours, with the right key."""
    values = {
        "method": SignatureConstructionMethod.enveloped,
        "signature_algorithm": "ecdsa-sha256",
        "digest_algorithm": "sha256",
        "c14n_algorithm": CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    } | change
    made = XMLSigner(**values).sign(  # type: ignore[arg-type]
        etree.fromstring(GOOD.encode()), key=signer().key, cert=[signer().certificate]
    )
    return etree.tostring(made)


def test_other_honest_means_are_accepted() -> None:
    assert rule(by_reference()) == "accepted"
    assert rule(by_reference(c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_1)) == "accepted"
    assert rule(by_reference(digest_algorithm="sha512", signature_algorithm="ecdsa-sha512")) == "accepted"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'URI=""', b'URI="#x"'),
        (b'URI=""', b""),
        (b'URI=""', b'URI="http://192.0.2.1/"'),
        (b"xmldsig#enveloped-signature", b"xmldsig#base64"),
        (b'Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms>',
         b'Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"/></ds:Transforms>'),
        (b"</ds:Transforms>", b'<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>'
         b"</ds:Transforms>"),
        (b"xmldsig-more#ecdsa-sha256", b"xmldsig-more#hmac-sha256"),
        (b"04/xmlenc#sha256", b"04/xmlenc#md5"),
        (b"<ds:DigestValue>", b"<ds:DigestValue>AA"),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue>AA"),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue/><ds:SignatureValue>"),
        (b"</ds:SignedInfo>", b"<ds:Reference/></ds:SignedInfo>"),
        (b"<ds:KeyInfo>", b"<ds:KeyInfo><ds:RetrievalMethod URI='http://192.0.2.1/'/>"),
    ],
)  # fmt: skip
def test_a_signature_of_another_shape_is_refused(old: bytes, new: bytes) -> None:
    assert old in signed()
    assert rule(signed().replace(old, new, 1)) in ("shape", "signature", "known-key")


def test_dates_count_at_the_time_asked_for() -> None:
    assert rule(signed(), at=BEGINS - timedelta(seconds=1)) == "valid-then"
    assert rule(signed(), at=BEGINS + timedelta(days=731)) == "valid-then"
    late = Trust(pinned=(signer("Late", 100).certificate,))
    with pytest.raises(InputError, match="expired"):
        sign(GOOD.encode(), signer("Late", 100), SENT)
    assert rule(signed(), late) == "known-key"


def chain(*, may_sign: bool = True, days: int = 700) -> tuple[x509.Certificate, bytes]:
    """Return an authority and a message signed under it."""
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("Authority", "Agency")]
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in names]

    def certificate(number: int) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder(names[0], names[number], keys[number].public_key(), number + 1)
            .not_valid_before(BEGINS)
            .not_valid_after(BEGINS + timedelta(days=days if number else 900))
            .add_extension(x509.BasicConstraints(number == 0, None), critical=True)
            .add_extension(
                x509.KeyUsage(may_sign or not number, *[False] * 4, number == 0, *[False] * 3), critical=True
            )
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(keys[number].public_key()), critical=False
            )
        )
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(keys[0].public_key())
        builder = builder.add_extension(issuer, critical=False) if number else builder
        return builder.sign(keys[0], hashes.SHA256())

    made = [certificate(number) for number in range(2)]
    pem = keys[1].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    own = load_signer(pem, made[1].public_bytes(Encoding.PEM))
    return made[0], sign(GOOD.encode(), own, BEGINS + timedelta(days=1))


def test_an_authority_vouches_for_its_certificates_at_the_time() -> None:
    authority, xml = chain()
    other, _ = chain()
    assert rule(xml, Trust(authorities=(authority,))) == "accepted"
    assert rule(xml, Trust(authorities=(other,))) == "known-key"
    assert rule(xml, Trust(authorities=(authority,)), BEGINS + timedelta(days=701)) == "known-key"
    assert rule(signed(), Trust(authorities=(authority,))) == "known-key"
    authority, xml = chain(may_sign=False)
    assert rule(xml, Trust(authorities=(authority,))) == "known-key"


def test_weak_keys_are_refused() -> None:
    key = rsa.generate_private_key(65537, 1024)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Weak")])
    weak = x509.CertificateBuilder(
        name, name, key.public_key(), 1, BEGINS, BEGINS + timedelta(days=700)
    ).sign(key, hashes.SHA256())
    made = XMLSigner(signature_algorithm="rsa-sha256").sign(
        etree.fromstring(GOOD.encode()), key=key, cert=[weak]
    )
    assert rule(etree.tostring(made), Trust(pinned=(weak,))) == "strength"


@pytest.mark.parametrize(
    "xml", [b"", b"<alert/>", GOOD.encode(), GOOD.replace("<alert", "<!DOCTYPE a><alert").encode()]
)
def test_what_is_not_signed_is_not_accepted(xml: bytes) -> None:
    assert rule(xml) != "accepted"


def test_signing_fails_closed() -> None:
    for bad in (GOOD.replace("2.1", "2.1").replace("<scope>Public</scope>", "").encode(), b"", signed()):
        with pytest.raises(InputError):
            sign(bad, signer(), SENT)
    with pytest.raises(InputError):
        sign(GOOD.encode(), signer(), BEGINS - timedelta(days=1))


def test_keys_are_checked_when_read() -> None:
    key, certificate = make_key("One", datetime(2023, 1, 1, tzinfo=UTC))
    other = make_key("Two", datetime(2023, 1, 1, tzinfo=UTC))
    with pytest.raises(InputError, match="another key"):
        load_signer(key, other[1])
    for wrong in (b"", b"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"):
        with pytest.raises(InputError):
            load_certificates(wrong)
        with pytest.raises(InputError):
            load_signer(wrong, certificate)
    rsa_key = rsa.generate_private_key(65537, 2048).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    with pytest.raises(InputError, match="P-256"):
        load_signer(rsa_key, certificate)
    assert "PRIVATE" not in repr(load_signer(key, certificate))
    with pytest.raises(InputError, match="nobody"):
        verify(signed(), Trust())


def test_a_public_key_used_as_a_shared_secret_proves_nothing() -> None:
    certificate = signer().certificate.public_bytes(Encoding.PEM)
    public = signer().certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for secret in (certificate, public):
        made = XMLSigner(signature_algorithm="hmac-sha256").sign(etree.fromstring(GOOD.encode()), key=secret)
        assert rule(etree.tostring(made)) in ("shape", "signature", "known-key")


def test_comments_put_into_signed_values_do_not_change_what_is_taken() -> None:
    """Canonical bytes leave comments out, so one can be added: what counts is the content handed back."""
    cut = signed().replace(b"<sender>desk@", b"<sender>desk<!-- x -->@")
    found = verify(cut, TRUST)
    assert found.content == verify(signed(), TRUST).content or found.verdict is Verdict.REJECT
