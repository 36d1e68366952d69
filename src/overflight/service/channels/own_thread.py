"""Blocking work of one channel in a thread of its own.

The threads of the event loop are few and shared: a dead mail server or a hanging network folder would
take one after another, and with them every other channel.  Here a channel blocks only itself.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Busy(Exception):
    """An earlier attempt of the same channel has not come back."""


class OwnThread:
    """Runs one function at a time for one channel."""

    def __init__(self, name: str) -> None:
        self._name, self._lock = name, asyncio.Lock()
        self._idle = threading.Event()
        self._idle.set()

    async def run(self, function: Callable[[], T]) -> T:
        """Return what a function returns. If the caller gives up, the thread goes on by itself.

        Raises
        ------
        Busy : an attempt that was given up still runs
        """
        async with self._lock:
            if not self._idle.is_set():
                raise Busy("an earlier attempt still hangs")
            loop = asyncio.get_running_loop()
            future: asyncio.Future[T] = loop.create_future()
            self._idle.clear()
            work = (function, loop, future, self._idle)
            threading.Thread(target=_work, args=work, name=self._name, daemon=True).start()
            return await future


def _work(
    function: Callable[[], T],
    loop: asyncio.AbstractEventLoop,
    future: asyncio.Future[T],
    idle: threading.Event,
) -> None:
    result, fault = None, None
    try:
        result = function()
    except Exception as error:
        fault = error
    idle.set()

    def settle() -> None:
        if future.done():
            return
        if fault is not None:
            future.set_exception(fault)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    if not loop.is_closed():
        loop.call_soon_threadsafe(settle)
