"""The player: lines go out in time, to a file, standard output, a broker, whoever asks by HTTP, or by UDP."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any
from urllib.parse import urlsplit

from overflight.cli.live_feeds import check_address, shown
from overflight.cli.serving import served
from overflight.errors import OverflightError

__all__ = ["is_address", "play", "sink"]

BROKER_S = 10.0
Put = Callable[[bytes], None]


def is_address(output: str) -> bool:
    """Return whether an output is an address and no file."""
    return "://" in output


def play(
    pieces: Iterable[tuple[float, bytes]], speed: float, put: Put, *, begins_s: float | None = None
) -> None:
    """Hand over pieces at their times (s), ``speed`` times as fast as real time; at once if it is 0.

    ``begins_s`` is the instant (Unix) of time 0, if the play keeps to the clock; else it begins at once.
    """
    began = first = None
    for at, piece in pieces:
        if began is None or first is None:
            if begins_s is not None:
                time.sleep(max(begins_s + at - time.time(), 0.0))
            put(piece)
            began, first = time.monotonic(), at
            continue
        wait = (at - first) / speed - (time.monotonic() - began) if speed > 0.0 else 0.0
        if wait > 0.0:
            time.sleep(wait)
        put(piece)


@contextmanager
def sink(output: str) -> Iterator[Put]:
    """Open where pieces go; ``-`` is standard output.

    Raises
    ------
    InputError : an address that is none; OverflightError : the broker does not answer or refuses
    """
    if output == "-":
        yield _written(sys.stdout.buffer)
    elif not is_address(output):
        with open(output, "wb") as file:
            yield _written(file)
    else:
        kind = check_address(output, option="--output").scheme
        opened = _broker if kind.startswith("mqtt") else _datagrams if kind == "udp" else served
        with opened(output) as put:
            yield put


def _written(file: IO[bytes]) -> Put:
    def put(piece: bytes) -> None:
        file.write(piece)
        file.flush()

    return put


@contextmanager
def _datagrams(address: str) -> Iterator[Put]:
    parts = urlsplit(address)
    to = (parts.hostname or "127.0.0.1", parts.port or 0)
    with socket.socket(socket.AF_INET6 if ":" in to[0] else socket.AF_INET, socket.SOCK_DGRAM) as out:
        yield lambda piece: _sent(out, piece, to)


def _sent(out: socket.socket, piece: bytes, to: tuple[str, int]) -> None:
    out.sendto(piece, to)
    time.sleep(0.0002)  # a burst of a whole flight would overflow the receiver's buffer


@contextmanager
def _broker(address: str) -> Iterator[Put]:
    """Publish each piece at least once (QoS 1); what a broken connection held up goes out after it."""
    from overflight.cli.broker import connect, make_client, topic_of

    topic, connected, said = topic_of(address, "overflight/plots"), threading.Event(), [""]

    def on_connect(_: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        said[0] = str(reason) if reason.is_failure else ""
        connected.set()

    client = make_client(address, f"overflight-player-{os.getpid()}")
    client.on_connect = on_connect
    connect(client, address)
    try:
        if not connected.wait(BROKER_S) or said[0]:
            reason = said[0] or "no answer"
            raise OverflightError(f"{shown(address)}: no connection to the broker: {reason}")
        sent = []

        def put(piece: bytes) -> None:
            sent[:] = [client.publish(topic, piece, qos=1)]

        yield put
        for last in sent:
            last.wait_for_publish(BROKER_S)
    finally:
        client.disconnect()
        client.loop_stop()
