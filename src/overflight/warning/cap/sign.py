"""Sign a CAP message: enveloped XML signature over the whole document, made last.

ECDSA P-256 with SHA-256, exclusive canonicalization, one reference with ``URI=""`` (W3C XML Signature
1.1; CAP 1.2 section 3.3.4.1).  The bytes that come out are stored and sent as they are; writing them
anew, even with other white space, breaks the signature.
"""

from __future__ import annotations

from datetime import datetime

from overflight.errors import InputError
from overflight.warning.cap.check import check_alert
from overflight.warning.cap.findings import Profile, Verdict
from overflight.warning.cap.keys import Signer, Trust
from overflight.warning.cap.parse import etree, parse
from overflight.warning.cap.verify import SIGNATURE_TAG, verify


def sign(xml_bytes: bytes, signer: Signer, at: datetime) -> bytes:
    """Return the message with its signature, verified before it is handed out.

    Parameters
    ----------
    xml_bytes : an unsigned CAP 1.2 message, as :func:`overflight.warning.cap.compose.compose` writes it
    signer : key and certificate
    at : when it is signed, with an offset; the certificate must be valid then

    Raises
    ------
    InputError : not a proper CAP message, already signed, or the certificate is not valid at that time;
        there is no way to get unsigned bytes back
    """
    from signxml.algorithms import (
        CanonicalizationMethod,
        DigestAlgorithm,
        SignatureConstructionMethod,
        SignatureMethod,
    )
    from signxml.signer import XMLSigner

    checked = check_alert(xml_bytes, Profile.CAP)
    if checked.verdict is Verdict.REJECT:
        fault = checked.findings[0]
        remedy = "Mend the message before it is signed."
        raise InputError("sign", fault.path, found=fault.message, allowed=fault.rule, remedy=remedy)
    root = parse(xml_bytes)
    if next(root.iter(SIGNATURE_TAG), None) is not None:
        remedy = "Sign the message as it was composed."
        raise InputError(
            "sign", "Signature", found="a signature", allowed="an unsigned message", remedy=remedy
        )
    made = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod.ECDSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    ).sign(root, key=signer.key, cert=[signer.certificate])
    signed = etree().tostring(made, xml_declaration=True, encoding="UTF-8") + b"\n"
    result = verify(signed, Trust(pinned=(signer.certificate,)), at)
    if result.verdict is Verdict.REJECT:
        found, allowed = result.findings[0].message, "a signature that verifies"
        remedy = "Check the certificate's dates and the clock; nothing may be sent unsigned."
        raise InputError("sign", "Signature", found=found, allowed=allowed, remedy=remedy)
    return signed
