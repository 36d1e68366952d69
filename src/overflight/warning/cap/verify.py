"""Verify the signature of a CAP message against people we know, at a given time.

A valid XML signature proves little by itself: the key inside the message may be anyone's, and what is
signed may be another part than what is read.  So the shape is fixed before any arithmetic: the root is
a CAP alert, it has exactly one signature, as its own child, with exactly one reference to the whole
document (``URI=""``) through no other transforms than "enveloped" and one canonicalization.  The key
comes from a pinned certificate, or from one that chains up to an authority we hold; the message's own
``KeyInfo`` only helps to find it.  What counts afterwards is ``content``: the bytes that were signed.

SHA-1, HMAC, DSA and short keys are refused (W3C XML Signature 1.1 section 6; NIST SP 800-131A).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from overflight.errors import InputError
from overflight.warning.cap.compose import NAMESPACE
from overflight.warning.cap.findings import Finding, Layer, Verdict
from overflight.warning.cap.keys import Trust
from overflight.warning.cap.meaning import instant
from overflight.warning.cap.parse import Unreadable, etree, parse, schema_findings, text_of

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from lxml.etree import _Element

DSIG = "http://www.w3.org/2000/09/xmldsig#"
SIGNATURE_TAG = f"{{{DSIG}}}Signature"

_ENVELOPED = f"{DSIG}enveloped-signature"
_METHODS = ("ECDSA_SHA256", "ECDSA_SHA384", "ECDSA_SHA512", "RSA_SHA256", "RSA_SHA384", "RSA_SHA512",
            "SHA256_RSA_MGF1", "SHA384_RSA_MGF1", "SHA512_RSA_MGF1")  # fmt: skip
_DIGESTS = ("SHA256", "SHA384", "SHA512")
_MIN_RSA_BITS, _MIN_EC_BITS = 2048, 256
_MAX_CERTIFICATES = 8


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was found; ``content`` are the canonical bytes that were signed, only if all is well."""

    findings: tuple[Finding, ...]
    signer: str = ""  # subject of the certificate, RFC 4514
    content: bytes = b""

    @property
    def verdict(self) -> Verdict:
        """Accept, or reject for any finding but a warning."""
        faults = [finding for finding in self.findings if not finding.is_warning]
        return Verdict.REJECT if faults else Verdict.WARN if self.findings else Verdict.ACCEPT


class _Refusal(Exception):
    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.finding = Finding(Layer.SIGNATURE, "/alert/Signature", rule, message)


def verify(
    xml_bytes: bytes, trust: Trust, at: datetime | None = None, *, strip_blank: bool = False
) -> VerifyReport:
    """Return whether a message is whole and signed by someone in ``trust``.

    Parameters
    ----------
    at : when the certificate must be valid, with an offset; None for the ``sent`` of the message
    strip_blank : where the bytes as they are fail, try again without white space between elements, which
        some senders add after signing; then says so as a warning

    Raises
    ------
    InputError : ``trust`` is empty
    OverflightError : the packages of ``overflight[cap]`` are not installed
    """
    if not trust.pinned and not trust.authorities:
        remedy = "Give the sender's certificate, or that of its authority."
        raise InputError("verify", "trust", found="nobody", allowed="a certificate", remedy=remedy)
    first = _verify_once(xml_bytes, trust, at, strip_blank=False)
    if not strip_blank or first.verdict is not Verdict.REJECT:
        return first
    again = _verify_once(xml_bytes, trust, at, strip_blank=True)
    if again.verdict is Verdict.REJECT:
        return first
    message = "white space was added after signing; verified without it"
    note = Finding(Layer.SIGNATURE, "/alert", "as-signed", message, is_warning=True)
    return VerifyReport((note,), again.signer, again.content)


def _verify_once(xml_bytes: bytes, trust: Trust, at: datetime | None, *, strip_blank: bool) -> VerifyReport:
    try:
        root = parse(xml_bytes, strip_blank=strip_blank)
        faults = schema_findings(root)
        if faults:
            return VerifyReport(faults)
        signature = _only_signature(root)
        _check_shape(signature)
        when = at or instant(text_of(root, "sent"))
        if when is None:
            raise _Refusal("time", "no time to verify at: sent is no instant")
        certificate = _certificate(signature, trust, when.astimezone(UTC))
        content = _check_signature(root, certificate, when)
    except (Unreadable, _Refusal) as refusal:
        return VerifyReport((refusal.finding,))
    return VerifyReport((), certificate.subject.rfc4514_string(), content)


def _only_signature(root: _Element) -> _Element:
    """Return the one signature, a child of the alert; any other arrangement is refused (wrapping)."""
    if root.tag != f"{{{NAMESPACE}}}alert":
        raise _Refusal("root", "the document is no CAP 1.2 alert")
    signatures = list(root.iter(SIGNATURE_TAG))
    if not signatures:
        raise _Refusal("signed", "there is no signature")
    if len(signatures) > 1:
        raise _Refusal("one-signature", f"there are {len(signatures)} signatures; exactly one is taken")
    if signatures[0].getparent() is not root:
        raise _Refusal("one-signature", "the signature is not a child of the alert")
    if sum(1 for _ in root.iter(f"{{{NAMESPACE}}}alert")) != 1:
        raise _Refusal("one-signature", "there is an alert inside the alert")
    others = {
        child.tag for child in root if isinstance(child.tag, str) and child.tag.startswith(f"{{{DSIG}}}")
    }
    if others != {SIGNATURE_TAG}:
        raise _Refusal("one-signature", "parts of a signature lie outside it")
    return signatures[0]


def _check_shape(signature: _Element) -> None:
    """Refuse any signature but one over the whole document by known means."""
    if signature.find(f"{{{DSIG}}}Object") is not None:
        raise _Refusal("shape", "the signature carries content of its own")
    if next(signature.iter(f"{{{DSIG}}}RetrievalMethod"), None) is not None:
        raise _Refusal("shape", "the signature points elsewhere for its key")
    references = list(signature.iter(f"{{{DSIG}}}Reference"))
    signed_info = signature.find(f"{{{DSIG}}}SignedInfo")
    if signed_info is None or len(references) != 1 or references[0].getparent() is not signed_info:
        raise _Refusal("shape", f"{len(references)} references; exactly one, to the whole document, is taken")
    uri = references[0].get("URI")
    if uri != "":
        found = "no URI" if uri is None else f"URI={uri[:40]!r}"
        raise _Refusal("shape", f'the signature covers {found}, not the whole document (URI="")')
    transforms = [step.get("Algorithm") or "" for step in references[0].iter(f"{{{DSIG}}}Transform")]
    others = [step for step in transforms if step != _ENVELOPED]
    if transforms.count(_ENVELOPED) != 1 or len(others) > 1 or any("c14n" not in step for step in others):
        raise _Refusal("shape", f"transforms {transforms} are not 'enveloped' and one canonicalization")
    if any("XPath" in str(step.tag) or "XSLT" in str(step.tag) for step in references[0].iter()):
        raise _Refusal("shape", "a transform selects parts of the document")


def _certificate(signature: _Element, trust: Trust, at: datetime) -> Certificate:
    """Return the certificate to verify with: a pinned one, or one under an authority, valid at ``at``."""
    embedded = _embedded(signature)
    for certificate in trust.pinned:
        if certificate in embedded or (not embedded and len(trust.pinned) == 1):
            _check_dates(certificate, at)
            return certificate
    if trust.authorities and embedded:
        return _chained(embedded, trust, at)
    if not embedded:
        raise _Refusal("known-key", "the message does not say which certificate signed it")
    subject = embedded[0].subject.rfc4514_string()
    raise _Refusal("known-key", f"signed with a certificate we do not know, {subject[:120]}")


def _embedded(signature: _Element) -> list[Certificate]:
    from cryptography import x509

    path = f"{{{DSIG}}}KeyInfo/{{{DSIG}}}X509Data/{{{DSIG}}}X509Certificate"
    found = signature.findall(path)
    if len(found) > _MAX_CERTIFICATES:
        raise _Refusal("known-key", f"{len(found)} certificates; at most {_MAX_CERTIFICATES} are read")
    try:
        texts = ("".join((element.text or "").split()) for element in found)
        return [x509.load_der_x509_certificate(base64.b64decode(text, validate=True)) for text in texts]
    except (ValueError, binascii.Error) as fault:
        raise _Refusal("known-key", f"a certificate in it cannot be read ({str(fault)[:60]})") from None


def _check_dates(certificate: Certificate, at: datetime) -> None:
    if at < certificate.not_valid_before_utc:
        begins = certificate.not_valid_before_utc.isoformat()
        raise _Refusal("valid-then", f"at {at.isoformat()} the certificate was not valid yet (from {begins})")
    if at > certificate.not_valid_after_utc:
        ends = certificate.not_valid_after_utc.isoformat()
        raise _Refusal("valid-then", f"at {at.isoformat()} the certificate had expired (until {ends})")


def _chained(embedded: list[Certificate], trust: Trust, at: datetime) -> Certificate:
    """Return the end certificate of a chain up to an authority we hold, all valid at ``at``."""
    from cryptography import x509
    from cryptography.x509 import verification

    def may_sign(_policy: Any, _certificate: Certificate, usage: x509.KeyUsage | None) -> None:
        if usage is not None and not usage.digital_signature:
            raise ValueError("its key may not sign")

    permit = verification.ExtensionPolicy.permit_all()
    ends = permit.may_be_present(x509.KeyUsage, verification.Criticality.AGNOSTIC, may_sign)
    builder = verification.PolicyBuilder().store(verification.Store(list(trust.authorities))).time(at)
    builder = builder.extension_policies(
        ee_policy=ends, ca_policy=verification.ExtensionPolicy.webpki_defaults_ca()
    )
    verifier = builder.build_client_verifier()
    reason = ""
    for number, leaf in enumerate(embedded):
        if _is_authority(leaf):
            continue
        try:
            others = embedded[:number] + embedded[number + 1 :]
            verifier.verify(leaf, others)
        except (verification.VerificationError, ValueError) as fault:
            reason = reason or str(fault)
            continue
        return leaf
    subject = embedded[0].subject.rfc4514_string()[:120]
    raise _Refusal("known-key", f"no authority we hold vouches for {subject} at that time ({reason[:120]})")


def _is_authority(certificate: Certificate) -> bool:
    from cryptography import x509

    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except (x509.ExtensionNotFound, ValueError):
        return False


def _check_signature(root: _Element, certificate: Certificate, at: datetime) -> bytes:
    """Return the signed bytes; refuse a signature that does not fit them or is made by weak means."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from signxml.algorithms import DigestAlgorithm, SignatureMethod
    from signxml.verifier import SignatureConfiguration, XMLVerifier

    key = certificate.public_key()
    is_ec = isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= _MIN_EC_BITS
    is_rsa = isinstance(key, rsa.RSAPublicKey) and key.key_size >= _MIN_RSA_BITS
    if not is_ec and not is_rsa:
        raise _Refusal("strength", "the key is neither ECDSA of 256 bits nor RSA of 2048 bits or more")
    config = SignatureConfiguration(
        location="./",
        signature_methods=frozenset(SignatureMethod[name] for name in _METHODS),
        digest_algorithms=frozenset(DigestAlgorithm[name] for name in _DIGESTS),
        ignore_ambiguous_key_info=True,
        verification_time=at,
    )
    try:
        result = XMLVerifier().verify(root, x509_cert=certificate, expect_config=config)
    except Exception as fault:  # whatever a hostile signature makes a library raise, it is a refusal
        raise _Refusal("signature", _words(fault)) from None
    signed = getattr(result, "signed_data", b"")
    if etree().QName(parse(signed)).text != f"{{{NAMESPACE}}}alert":
        raise _Refusal("signature", "what is signed is not the alert")
    return signed


def _words(fault: Exception) -> str:
    kind, text = type(fault).__name__, str(fault)
    if kind == "InvalidDigest":
        return "the message was changed after signing (its digest differs)"
    if kind == "InvalidSignature":
        return "the signature is not of this key, or was changed"
    return f"the signature cannot be verified ({text[:120] or kind})"
