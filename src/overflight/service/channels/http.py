"""HTTP for channels: one pool without limits, and names that stay known when name servers are dead.

aiohttp posts a thousand small bodies in a fraction of a second.  Two of its defaults would let one
receiver delay another: a hundred connections at most, and name look-ups that share the few threads of
the event loop.  Neither is used here.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from overflight import __version__

_FRESH_S = 60.0
_PATIENCE_S = 2.0
"""How long a look-up may take before the last known addresses are used instead."""


class HttpClients:
    """One HTTP client for each event loop that asks, made when first needed."""

    def __init__(self) -> None:
        self._sessions: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}

    def session(self) -> aiohttp.ClientSession:
        """Return the client of the running loop."""
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is None or session.closed:
            connector = aiohttp.TCPConnector(limit=0, limit_per_host=0, resolver=KnownNames())
            session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": f"overflight/{__version__}"},
                timeout=aiohttp.ClientTimeout(total=None),  # the guard of each channel holds the time
                trust_env=False,
            )
            self._sessions[loop] = session
        return session

    async def close(self) -> None:
        """Close the client of the running loop."""
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()


class KnownNames(AbstractResolver):
    """Looks names up in a thread each, one at a time for a name, and remembers the last answer.

    An answer is used for a minute.  When a later look-up fails or takes long, the old answer is used
    again: an alert goes to the address that was right an hour ago rather than to none.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int], tuple[float, list[ResolveResult]]] = {}
        self._running: dict[tuple[str, int, int], asyncio.Future[list[ResolveResult]]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host; OSError if it has none and never had."""
        key = (host, port, int(family))
        made, known = self._known.get(key, (0.0, []))
        if known and time.monotonic() - made < _FRESH_S:
            return known
        running = self._running.get(key)
        if running is None:
            running = self._running[key] = _in_thread(host, port, family)
            running.add_done_callback(lambda done: self._finished(key, done))
        try:
            async with asyncio.timeout(_PATIENCE_S if known else None):
                return await asyncio.shield(running)
        except (OSError, TimeoutError):
            if known:
                return known
            raise

    async def close(self) -> None:
        """Forget everything."""
        self._known.clear()

    def _finished(self, key: tuple[str, int, int], done: asyncio.Future[list[ResolveResult]]) -> None:
        self._running.pop(key, None)
        if not done.cancelled() and done.exception() is None:
            self._known[key] = (time.monotonic(), done.result())


def _in_thread(host: str, port: int, family: socket.AddressFamily) -> asyncio.Future[list[ResolveResult]]:
    """Return the look-up of a name in a thread of its own, which nothing waits for at exit."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[list[ResolveResult]] = loop.create_future()

    def settle(answer: list[ResolveResult] | None, fault: OSError | None) -> None:
        if future.done():
            return
        if fault is not None:
            future.set_exception(fault)
        else:
            future.set_result(answer or [])

    def look_up() -> None:
        answer: list[ResolveResult] | None = None
        fault: OSError | None = None
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
            answer = [_result(host, row) for row in rows]
        except (OSError, UnicodeError) as error:
            fault = error if isinstance(error, OSError) else OSError(f"{host} is no name of a host")
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, answer, fault)

    threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
    return future


def _result(host: str, row: tuple[Any, ...]) -> ResolveResult:
    family, _, protocol, _, address = row
    return ResolveResult(
        hostname=host,
        host=str(address[0]),
        port=int(address[1]),
        family=int(family),
        proto=int(protocol),
        flags=int(socket.AI_NUMERICHOST | socket.AI_NUMERICSERV),
    )
