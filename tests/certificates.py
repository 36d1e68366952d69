"""An authority of our own and what it vouches for, for servers that speak TLS."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LONG = timedelta(days=3650)


class Authority:
    """A certificate authority whose files lie in a folder: ``NAME.pem`` and ``NAME.key`` each."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.file = self._write(name, self.name, self.key, datetime.now(UTC) + LONG, is_authority=True)

    def vouch(self, name: str, host: str = "127.0.0.1", ends: datetime | None = None) -> tuple[Path, Path]:
        """Return certificate and key of a host."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        file = self._write(name, subject, key, ends or datetime.now(UTC) + LONG, host=host)
        secret = self.folder / f"{name}.key"
        pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        secret.write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
        return file, secret

    def _write(
        self,
        name: str,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        ends: datetime,
        *,
        host: str = "",
        is_authority: bool = False,
    ) -> Path:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(ends - LONG - timedelta(days=1))
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if host:
            named = x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
            builder = builder.add_extension(x509.SubjectAlternativeName([named]), critical=False)
        made = builder.sign(self.key, hashes.SHA256())
        file = self.folder / f"{name}.pem"
        file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        return file
