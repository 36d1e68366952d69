"""Deliveries of real signed messages, for the tests of channels."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from functools import cache

from capfakes import GOOD, SENT, signer
from overflight.service.channel import Delivery, Receipt
from overflight.service.channels.guard import Guarded
from overflight.warning.alert import Status
from overflight.warning.cap.sign import sign

WORDS = {Status.EXERCISE: ("訓練", "DRILL"), Status.ACTUAL: ("情報", "NOTICE"), Status.TEST: ("試験", "TEST")}


@cache
def message(status: Status, number: int) -> bytes:
    ja, en = WORDS[status]
    text = GOOD.replace("<status>Test<", f"<status>{status}<").replace("試験", ja).replace("TEST", en)
    text = text.replace("test.0002", f"test.{number:04d}")
    return sign(text.encode(), signer(), SENT + timedelta(seconds=1))


def delivery(
    channel: str, status: Status = Status.EXERCISE, number: int = 2, attempt: int = 1, **change: object
) -> Delivery:
    content = message(status, number)
    values = {
        "key": f"test.{number:04d}/{channel}",
        "event_id": "launch-20230823T185000Z",
        "identifier": f"test.{number:04d}",
        "status": status,
        "channel": channel,
        "content": content,
        "digest": hashlib.sha256(content).hexdigest(),
        "attempt": attempt,
        "sent": SENT,
    } | change
    return Delivery(**values)  # type: ignore[arg-type]


def deliver(channel: Guarded, *deliveries: Delivery) -> list[Receipt]:
    async def all_of_them() -> list[Receipt]:
        try:
            return [await channel.deliver(one) for one in deliveries]
        finally:
            await channel.close()

    return asyncio.run(all_of_them())
