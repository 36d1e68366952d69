"""Keys and certificates: what we sign with, and whom we believe.

Keys are read once and kept as objects; parsing a PEM file takes far longer than a signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from overflight.errors import InputError, OverflightError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate

_KEY_REMEDY = "Make one with `openssl ecparam -name prime256v1 -genkey`, or with `overflight desk init`."


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key (ECDSA P-256) with the certificate of its public part."""

    key: EllipticCurvePrivateKey
    certificate: Certificate

    def __repr__(self) -> str:
        """Name the certificate only: a key never comes into a log."""
        return f"Signer({self.certificate.subject.rfc4514_string()})"


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom to believe: certificates pinned one by one, and authorities whose certificates count."""

    pinned: tuple[Certificate, ...] = ()
    authorities: tuple[Certificate, ...] = ()


def load_signer(
    key_pem: bytes, certificate_pem: bytes, passphrase: bytes | None = None, where: str = "signing key"
) -> Signer:
    """Return the signer of two PEM files.

    Raises
    ------
    InputError : no key or certificate, wrong passphrase, not ECDSA P-256, or not one pair
    OverflightError : cryptography is not installed
    """
    _need_cryptography()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(key_pem, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        found = f"no usable private key ({str(fault)[:80]})"
        raise InputError(where, found=found, allowed="a PEM private key", remedy=_KEY_REMEDY) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        found = f"a {type(key).__name__}"
        raise InputError(where, found=found, allowed="an ECDSA key on P-256", remedy=_KEY_REMEDY)
    certificate = load_certificates(certificate_pem, f"{where}: certificate")[0]
    if certificate.public_key() != key.public_key():
        remedy = "Give the certificate that was made for this key."
        found = f"the certificate of another key, {certificate.subject.rfc4514_string()}"
        raise InputError(where, found=found, allowed="its own certificate", remedy=remedy)
    return Signer(key, certificate)


def load_certificates(pem: bytes, where: str = "certificate") -> tuple[Certificate, ...]:
    """Return the certificates of a PEM file, at least one.

    Raises
    ------
    InputError : there is none, or one cannot be read
    OverflightError : cryptography is not installed
    """
    _need_cryptography()
    from cryptography import x509

    try:
        found = tuple(x509.load_pem_x509_certificates(pem))
    except ValueError:
        remedy = "Give a file with -----BEGIN CERTIFICATE----- in it."
        reason = "no certificate that can be read"
        raise InputError(where, found=reason, allowed="PEM certificates", remedy=remedy) from None
    return found


def make_key(name: str, begins: datetime, days: int = 730) -> tuple[bytes, bytes]:
    """Return a new ECDSA P-256 key and its self-signed certificate, as PEM, without passphrase.

    ``name`` becomes the common name; the certificate may sign and nothing else.  Receivers pin it.
    """
    _need_cryptography()
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signing_only(), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, certificate.public_bytes(Encoding.PEM)


def _signing_only():  # noqa: ANN202 - x509.KeyUsage, imported when needed
    from cryptography.x509 import KeyUsage

    return KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _need_cryptography() -> None:
    try:
        import cryptography.x509  # noqa: F401
        import signxml  # noqa: F401
    except ImportError as fault:
        raise OverflightError("signatures need signxml and cryptography; install overflight[cap]") from fault
