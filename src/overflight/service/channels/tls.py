"""TLS of channels that speak no HTTP: always checked, against known authorities or a file."""

from __future__ import annotations

import ssl
from pathlib import Path

from pydantic import BaseModel

from overflight.errors import InputError
from overflight.service.channels.config import Context


class TlsConfig(BaseModel):
    """``tls = false`` speaks in the clear; ``ca_file`` are the only authorities to believe.

    ``certificate_file`` and ``certificate_key_file`` show who we are.
    """

    tls: bool = True
    ca_file: Path | None = None
    certificate_file: Path | None = None
    certificate_key_file: Path | None = None


def tls_words(fault: BaseException) -> str:
    """Return what was wrong with a server's certificate or its TLS; "" if it was something else."""
    beneath = (getattr(fault, name, None) for name in ("certificate_error", "os_error", "__cause__"))
    known = [one for one in (fault, *beneath) if isinstance(one, ssl.SSLError)]
    for one in known:
        if isinstance(one, ssl.SSLCertVerificationError):
            why = one.verify_message.rstrip(".")
            return (
                f"the certificate of the server is not believed: {why}; "
                "check ca_file, the name of the host and the time"
            )
    for one in known:
        why = (one.reason or "no reason given").replace("_", " ").lower()
        return f"no TLS with the server: {why}; is it the right port, and does it ask for our certificate?"
    return ""


def tls_context(config: TlsConfig, key: str, context: Context) -> ssl.SSLContext | None:
    """Return what a connection is secured with; None if it is not.

    Raises
    ------
    InputError : a file that cannot be used
    """
    if not config.tls:
        return None
    authorities = context.path(config.ca_file) if config.ca_file else None
    try:
        made = ssl.create_default_context(cafile=authorities)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        if config.certificate_file:
            own_key = context.path(config.certificate_key_file) if config.certificate_key_file else None
            made.load_cert_chain(context.path(config.certificate_file), own_key, password="")
    except (OSError, ValueError) as fault:
        found = str(getattr(fault, "strerror", None) or fault)
        remedy = "Give PEM files: authorities in ca_file, our own in certificate_file."
        raise InputError(
            context.where, f"{key}.ca_file", found=found, allowed="usable certificates", remedy=remedy
        ) from None
    return made
