"""What a partner posts is taken in, or refused with the reason: nothing is believed that is not proved.

An alert passes when the body is signed by the partner just now, the alert by its certificate, the profile
``desk`` finds no fault, and status and scope are ones we take from it.  It comes in marked with its
source, is shown to operators, and is never sent on.  A track is decision messages (one JSON object a
line) whose source gets the partner's name in front, so that it cannot pass for one of our own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from overflight.errors import InputError
from overflight.service.channels.signed_body import is_signed
from overflight.service.partners.partner import Kind, Partner
from overflight.warning.cap.check import check_alert
from overflight.warning.cap.findings import Profile, Verdict
from overflight.warning.cap.meaning import instant
from overflight.warning.cap.parse import parse, text_of
from overflight.warning.cap.verify import verify
from overflight.warning.decision import DecisionMessage, read_decision

MAX_TRACK_BYTES = 4_000_000
OURS = "/"
"""What no source of our own has in its name: it parts the partner's name from the source's."""


class Refused(Exception):
    """A post that is not taken; ``status`` is the HTTP status that says so."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class PartnerAlert:
    """A partner's alert as it came: its bytes, and what they say of themselves."""

    partner: str
    identifier: str
    sender: str
    sent: datetime
    status: str
    scope: str
    content: bytes
    digest: str
    received: datetime


def take_alert(partner: Partner, content: bytes, headers: Mapping[str, str], now: datetime) -> PartnerAlert:
    """Return the alert a partner posted.

    Raises
    ------
    Refused : 401 for a body it did not sign, 403 for what it may not send, 422 for an alert with a fault
    """
    _check_sender(partner, Kind.ALERTS, content, headers, now)
    checked = check_alert(content, Profile.DESK, now)
    if checked.verdict is Verdict.REJECT:
        fault = checked.findings[0]
        raise Refused(422, f"{fault.path}: {fault.rule}: {fault.message}")
    signed = verify(content, partner.trust)
    if signed.verdict is Verdict.REJECT:
        raise Refused(422, f"signature: {signed.findings[0].message}")
    root = parse(content)
    status, scope = text_of(root, "status"), text_of(root, "scope")
    if status not in partner.statuses:
        raise Refused(403, f"drill wall: no message of status {status} is taken from {partner.name}")
    if scope not in partner.scopes:
        raise Refused(403, f"no message of scope {scope} is taken from {partner.name}")
    sent = instant(text_of(root, "sent"))
    if sent is None:  # the check above accepts no such message
        raise Refused(422, "/alert/sent: no instant")
    return PartnerAlert(
        partner.name,
        text_of(root, "identifier"),
        text_of(root, "sender"),
        sent,
        status,
        scope,
        content,
        hashlib.sha256(content).hexdigest(),
        now,
    )


def take_track(
    partner: Partner, content: bytes, headers: Mapping[str, str], now: datetime
) -> tuple[DecisionMessage, ...]:
    """Return the decision messages a partner posted, marked with its name; all of them or none.

    Raises
    ------
    Refused : 401, 403, or 422 for a line that is no decision message
    """
    _check_sender(partner, Kind.TRACKS, content, headers, now)
    if len(content) > MAX_TRACK_BYTES:
        raise Refused(413, f"{len(content)} bytes; at most {MAX_TRACK_BYTES} are taken")
    taken = []
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            message = read_decision(line, f"line {number}")
        except InputError as fault:
            raise Refused(422, str(fault)) from None
        if message.status not in partner.statuses:
            raise Refused(
                403, f"drill wall: no track of status {message.status} is taken from {partner.name}"
            )
        if OURS in message.source:
            raise Refused(403, f"line {number}: {message.source} is no track of the partner's own")
        taken.append(replace(message, source=f"{partner.name}{OURS}{message.source}"))
    return tuple(taken)


def _check_sender(
    partner: Partner, kind: Kind, content: bytes, headers: Mapping[str, str], now: datetime
) -> None:
    if not is_signed(content, headers, partner.key, now):
        raise Refused(401, "the body is not signed with the key agreed, or too long ago")
    if kind not in partner.takes:
        raise Refused(403, f"no {kind} are taken from {partner.name}")
