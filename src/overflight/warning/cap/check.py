"""Check CAP 1.2 messages: the OASIS schema, what the standard says in words, and what we would relay.

The schema alone lets through open rings, crossing rings and cancellations of nothing, so a second layer
follows the text of the standard, and a third (profile ``desk``) holds what a warning desk needs: fresh,
complete, in agreement with itself.  Nothing here touches a network or a clock, and no input is an error:
what cannot be read is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from overflight.warning.cap.findings import CheckReport, Finding, Layer, Profile, report
from overflight.warning.cap.meaning import instant, meaning
from overflight.warning.cap.parse import Unreadable, parse, schema_findings, text_of
from overflight.warning.cap.policy import policy

__all__ = ["check_alert", "check_message", "check_schema"]


def check_alert(xml_bytes: bytes, profile: Profile = Profile.DESK, at: datetime | None = None) -> CheckReport:
    """Return everything found in a message.

    Parameters
    ----------
    profile : ``cap``, the standard alone; ``desk``, that and what we would issue or relay
    at : when the message is looked at, with an offset; None for the moment it was sent.  Only the
        profile ``desk`` asks

    Returns
    -------
    findings of the first layer that has faults; with profile ``desk`` those of all layers above the
    schema together

    Raises
    ------
    OverflightError : lxml is not installed
    """
    return report(profile, _findings(xml_bytes, profile, at))


def _findings(xml_bytes: bytes, profile: Profile, at: datetime | None) -> Iterator[Finding]:
    try:
        root = parse(xml_bytes)
    except Unreadable as fault:
        yield fault.finding
        return
    faults = schema_findings(root)
    if faults:
        yield from faults
        return
    yield from meaning(root)
    if profile is Profile.DESK:
        when = at or instant(text_of(root, "sent"))
        if when is not None:
            yield from policy(root, when)


def check_schema(xml_bytes: bytes) -> tuple[Finding, ...]:
    """Return what the parser or the OASIS schema finds wrong; empty if the message is valid."""
    return tuple(f for f in check_alert(xml_bytes, Profile.CAP).findings if f.layer is Layer.SCHEMA)


def check_message(xml_bytes: bytes) -> tuple[Finding, ...]:
    """Return the findings of the schema or, if there are none, of the standard's own text."""
    return check_alert(xml_bytes, Profile.CAP).findings
