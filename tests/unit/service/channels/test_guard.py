from __future__ import annotations

import asyncio
import hashlib
import time
from dataclasses import replace

import pytest

from desks import deliver, delivery, message
from overflight.errors import InputError
from overflight.service.channel import DRILLS, REAL
from overflight.service.channels.guard import Guarded, check_apart
from overflight.service.channels.memory import Fault, MemoryChannel
from overflight.warning.alert import Status


@pytest.mark.parametrize("status", [Status.EXERCISE, Status.TEST])
def test_a_drill_reaches_a_receiver_of_drills(status):
    memory = MemoryChannel("town", DRILLS)
    (receipt,) = deliver(Guarded(memory), delivery("town", status))
    assert receipt.ok and receipt.key == "test.0002/town" and receipt.at.utcoffset() is not None
    assert memory.taken[0].content == message(status, 2)
    assert memory.is_closed


@pytest.mark.parametrize(
    ("statuses", "status", "change"),
    [
        (REAL, Status.EXERCISE, {}),
        (REAL, Status.TEST, {}),
        (DRILLS, Status.ACTUAL, {}),
        (frozenset({Status.EXERCISE}), Status.TEST, {}),
        (REAL, Status.EXERCISE, {"status": Status.ACTUAL}),  # a false label
        (DRILLS, Status.ACTUAL, {"status": Status.EXERCISE}),
        (DRILLS, Status.EXERCISE, {"digest": "0" * 64}),
        (DRILLS, Status.EXERCISE, {"channel": "other"}),
        (DRILLS, Status.EXERCISE, {"identifier": "test.9999"}),
    ],
)
def test_the_wall_lets_no_byte_through(statuses, status, change):
    memory = MemoryChannel("town", statuses)
    (receipt,) = deliver(Guarded(memory), replace(delivery("town", status), **change))
    assert not receipt.ok and receipt.is_final
    assert memory.taken == []


@pytest.mark.parametrize(("was", "called"), [(Status.EXERCISE, Status.ACTUAL), (Status.ACTUAL, Status.TEST)])
def test_words_of_the_other_side_are_stopped_whatever_the_bytes_call_themselves(was, called):
    """A drill's bytes with another status written into them, and every label after it, still read as a drill."""
    told = message(was, 2).replace(f"<status>{was}<".encode(), f"<status>{called}<".encode())
    memory = MemoryChannel("town", REAL if called is Status.ACTUAL else DRILLS)
    forged = delivery("town", called, content=told, digest=hashlib.sha256(told).hexdigest())
    (receipt,) = deliver(Guarded(memory), forged)
    assert receipt.is_final and "drill wall" in receipt.detail and memory.taken == []


def test_bytes_that_are_no_message_are_refused():
    content = b"<!DOCTYPE alert><alert/>"
    memory = MemoryChannel("town", DRILLS)
    bad = delivery("town", content=content, digest=hashlib.sha256(content).hexdigest())
    (receipt,) = deliver(Guarded(memory), bad)
    assert receipt.is_final and "document type" in receipt.detail and memory.taken == []


def test_every_fault_is_a_receipt_and_the_key_stays():
    memory = MemoryChannel("town", DRILLS, [Fault.HANG, Fault.BREAK, Fault.REFUSE, Fault.TAKE_AND_BREAK])
    receipts = deliver(Guarded(memory, 0.05), *(delivery("town", attempt=n) for n in range(1, 6)))
    assert [receipt.ok for receipt in receipts] == [False] * 4 + [True]
    assert not any(receipt.is_final for receipt in receipts)
    assert {receipt.key for receipt in receipts} == {"test.0002/town"}
    assert "no answer within 0.05 s" in receipts[0].detail
    assert [one.attempt for one in memory.taken] == [4, 5]


def test_a_hanging_channel_delays_no_other():
    async def both():
        hanging = Guarded(MemoryChannel("a", DRILLS, [Fault.HANG]), 30)
        task = asyncio.create_task(hanging.deliver(delivery("a")))
        good = await Guarded(MemoryChannel("b", DRILLS)).deliver(delivery("b"))
        task.cancel()
        return good

    begun = time.monotonic()
    assert asyncio.run(both()).ok
    assert time.monotonic() - begun < 25


@pytest.mark.parametrize(
    "statuses", [frozenset(), DRILLS | REAL, frozenset({Status.DRAFT}), frozenset({Status.SYSTEM})]
)
def test_a_channel_carries_what_is_real_or_what_is_not(statuses):
    with pytest.raises(InputError, match=r"town\.statuses"):
        Guarded(MemoryChannel("town", statuses))


def test_a_receiver_stands_on_one_side_of_the_wall():
    real, drill = MemoryChannel("real", REAL), MemoryChannel("drill", DRILLS)
    check_apart([real, drill, MemoryChannel("drill-2", DRILLS)])
    drill.destination = real.destination
    with pytest.raises(InputError, match="receiver of drills must not be"):
        check_apart([real, drill])
    with pytest.raises(InputError, match="name twice"):
        check_apart([real, MemoryChannel("real", REAL)])
