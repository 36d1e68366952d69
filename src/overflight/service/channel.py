"""The seam through which alerts leave: what is delivered, what comes back, and who can carry it.

A channel is given the signed bytes of one message and says what became of them.  It writes no message
anew, decides nothing, and keeps no queue: the outbox of the desk repeats a delivery under the same
``key`` until its receipt is good, so a receiver can tell a second attempt from a second message.

Others plug in their own kind as an entry point of the group ``overflight.channels``
(:mod:`overflight.service.channels.registry`); whatever a kind does, it is used behind
:class:`~overflight.service.channels.guard.Guarded`, which holds the drill wall and the time limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from overflight.warning.alert import Status

DRILLS = frozenset({Status.EXERCISE, Status.TEST})
"""What a receiver of drills may be sent. One that takes real alerts takes none of these."""

REAL = frozenset({Status.ACTUAL})
"""What a receiver of real alerts may be sent, and nothing else."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to bring one message to one channel.

    ``key`` is the same in every attempt; ``content`` are the signed bytes, the same for every channel,
    and ``digest`` their SHA-256 in hexadecimal.  ``status`` and ``sent`` are those of the message.
    """

    key: str
    event_id: str
    identifier: str
    status: Status
    channel: str
    content: bytes
    digest: str
    attempt: int
    sent: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an attempt. ``detail`` is for the operator and holds no secret.

    ``is_final`` says that trying again cannot help: the wall refused it.
    """

    key: str
    channel: str
    ok: bool
    detail: str
    at: datetime
    is_final: bool = False


class Channel(Protocol):
    """A way out of the desk, by the ``name`` that operators know it by.

    ``statuses`` is what it may carry: either :data:`REAL` or some of :data:`DRILLS`.  ``destination``
    says where its bytes end, in one spelling, so that no two channels of different walls share one.
    """

    @property
    def name(self) -> str:
        """Name in the configuration, in receipts and on the operator's page."""
        ...

    @property
    def statuses(self) -> frozenset[Status]:
        """CAP statuses that it may carry."""
        ...

    @property
    def destination(self) -> str:
        """Where its bytes end."""
        ...

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Bring the bytes to the receiver, once; any exception counts as a failed attempt."""
        ...

    async def close(self) -> None:
        """Give up connections; the channel is not used again."""
        ...
