"""What every channel stands behind: the drill wall, unchanged bytes, a limit of time, and no exception.

The wall is here and not in the channels, so that a kind someone else wrote cannot forget it.  It
believes neither the outbox nor the label alone: the status that the bytes themselves state must be the
one of the delivery, and one that this channel may carry; and what they say to people must agree with it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from overflight.errors import InputError
from overflight.service.channel import DRILLS, REAL, Channel, Delivery, Receipt
from overflight.service.channels.tls import tls_words
from overflight.warning.alert import Status
from overflight.warning.audiences import Audience
from overflight.warning.cap.parse import Unreadable, parse, text_of
from overflight.warning.cap.policy import drill_words

log = logging.getLogger(__name__)

MAX_DETAIL = 300
"""Longest detail of a receipt, characters."""


class Guarded:
    """A channel behind the wall: :meth:`deliver` always returns, within ``limit_s``, and never raises."""

    def __init__(
        self,
        channel: Channel,
        limit_s: float = 15.0,
        audiences: frozenset[Audience] = frozenset({Audience.PEOPLE}),
    ) -> None:
        check_wall(channel.name, channel.statuses)
        self.audiences = audiences
        self._channel, self._limit_s = channel, limit_s

    @property
    def name(self) -> str:
        """Name of the channel."""
        return self._channel.name

    @property
    def statuses(self) -> frozenset[Status]:
        """What it may carry."""
        return self._channel.statuses

    @property
    def destination(self) -> str:
        """Where its bytes end."""
        return self._channel.destination

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Return what became of the attempt; what may not pass is refused before the channel sees it."""
        reason = self._refusal(delivery)
        if reason:
            log.error("refused %s to %s: %s", delivery.identifier, self.name, reason)
            return _receipt(delivery, self.name, reason, is_final=True)
        try:
            async with asyncio.timeout(self._limit_s):
                given = await self._channel.deliver(delivery)
        except TimeoutError:
            return _receipt(delivery, self.name, f"no answer within {self._limit_s:g} s")
        except Exception as fault:  # a channel must not take the desk down
            detail = tls_words(fault) or f"{type(fault).__name__}: {fault}"
            log.warning("%s to %s failed: %s", delivery.identifier, self.name, detail[:MAX_DETAIL])
            return _receipt(delivery, self.name, detail)
        return _receipt(delivery, self.name, given.detail, ok=given.ok, is_final=given.is_final)

    async def close(self) -> None:
        """Close the channel, and wait no longer than for a delivery."""
        try:
            async with asyncio.timeout(self._limit_s):
                await self._channel.close()
        except Exception as fault:
            log.warning("closing %s failed: %s", self.name, fault)

    def _refusal(self, delivery: Delivery) -> str:
        """Return why the delivery may not pass, in words; "" if it may."""
        if delivery.channel != self.name:
            return f"it is addressed to {delivery.channel}"
        if delivery.status not in self.statuses:
            may = ", ".join(sorted(self.statuses))
            return f"drill wall: a message of status {delivery.status} to a receiver of {may}"
        if hashlib.sha256(delivery.content).hexdigest() != delivery.digest:
            return "the bytes are not those that were signed: their digest differs"
        said = _said(delivery.content)
        if said.fault:
            return said.fault
        if said.status != delivery.status.value:
            return f"drill wall: the bytes say status {said.status!r}, not {delivery.status}"
        if said.identifier != delivery.identifier:
            return "the bytes carry another identifier"
        return ""


@dataclass(frozen=True, slots=True)
class _Said:
    """What the bytes of a message say of themselves, or why they may go nowhere."""

    status: str = ""
    identifier: str = ""
    fault: str = ""


@lru_cache(maxsize=32)
def _said(content: bytes) -> _Said:
    """Read a message once for all its receivers."""
    try:
        root = parse(content)
    except Unreadable as fault:
        return _Said(fault=f"the bytes are no CAP message: {fault}")
    status, identifier = text_of(root, "status"), text_of(root, "identifier")
    for finding in drill_words(root):
        if not finding.is_warning:
            return _Said(status, identifier, f"drill wall: {finding.path} {finding.message}")
    return _Said(status, identifier)


def check_wall(name: str, statuses: frozenset[Status]) -> None:
    """Refuse a channel that could carry both what is real and what is not.

    Raises
    ------
    InputError : ``statuses`` is neither ``REAL`` nor some of ``DRILLS``
    """
    if statuses == REAL or (statuses and statuses <= DRILLS):
        return
    found = ", ".join(sorted(statuses)) or "none"
    remedy = "Make one channel for real alerts and another, to another receiver, for drills."
    raise InputError(
        "channel", f"{name}.statuses", found=found, allowed="Actual, or Exercise and Test", remedy=remedy
    )


def check_apart(channels: Iterable[Channel]) -> None:
    """Refuse two channels with one name, or a receiver that gets both real alerts and drills.

    Raises
    ------
    InputError : names the two channels
    """
    seen: dict[str, Channel] = {}
    reached: dict[str, Channel] = {}
    for channel in channels:
        if channel.name in seen:
            remedy = "Give every channel a name of its own."
            raise InputError("channel", channel.name, found="the name twice", allowed="once", remedy=remedy)
        seen[channel.name] = channel
        other = reached.setdefault(channel.destination, channel)
        if (other.statuses == REAL) != (channel.statuses == REAL):
            found = f"{channel.destination}, which {other.name} sends to"
            remedy = "A receiver of drills must not be a receiver of real alerts: give it another address."
            raise InputError(
                "channel", channel.name, found=found, allowed="a receiver of one kind", remedy=remedy
            )


def _receipt(
    delivery: Delivery, name: str, detail: str, *, ok: bool = False, is_final: bool = False
) -> Receipt:
    line = " ".join(detail.split())[:MAX_DETAIL]
    return Receipt(delivery.key, name, ok, line, datetime.now(UTC), is_final)
