"""A channel that keeps what it is given, and fails as it is told: the fake for tests and demonstrations."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from overflight.service.channel import Delivery, Receipt
from overflight.warning.alert import Status


class Fault(StrEnum):
    """What a receiver may do instead of taking a message."""

    NONE = "none"
    REFUSE = "refuse"  # answers no
    BREAK = "break"  # breaks the connection
    HANG = "hang"  # never answers
    TAKE_AND_BREAK = "take_and_break"  # has taken it, but the answer is lost


class MemoryChannel:
    """Keeps every delivery in ``taken``; ``faults`` are met one an attempt, then all goes well."""

    def __init__(
        self, name: str, statuses: frozenset[Status], faults: Iterable[Fault] = (), delay_s: float = 0.0
    ) -> None:
        self.name, self.statuses, self.destination = name, statuses, f"memory:{name}"
        self.taken: list[Delivery] = []
        self.is_closed = False
        self._faults, self._delay_s = list(faults), delay_s

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Take the delivery, or meet the next fault."""
        await asyncio.sleep(self._delay_s)
        fault = self._faults.pop(0) if self._faults else Fault.NONE
        if fault is Fault.HANG:
            await asyncio.Event().wait()
        if fault is Fault.BREAK:
            raise ConnectionResetError("the receiver closed the connection")
        if fault is Fault.REFUSE:
            return Receipt(delivery.key, self.name, False, "refused", datetime.now(UTC))
        self.taken.append(delivery)
        if fault is Fault.TAKE_AND_BREAK:
            raise ConnectionResetError("the receiver closed the connection")
        return Receipt(delivery.key, self.name, True, "kept", datetime.now(UTC))

    async def close(self) -> None:
        """Remember that it was closed."""
        self.is_closed = True
