"""The log of the process: one JSON object a line for each event, with the request it belongs to.

Nothing that opens anything is logged: no password, code, key, cookie or link.  A request is told by the
route that took it and not by its address, because the link of a town is a secret; a fault by its kind and
place and not by what it was called with.
"""

from __future__ import annotations

import json
import logging
import secrets
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, TextIO

from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The request at hand, as its answer names it in ``Request-Id``; "" beside requests."""

FIELDS = ("method", "route", "status", "ms", "who")
_WATCHED = frozenset({"/health", "/ready", "/metrics"})

log = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    """One JSON object a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name.removeprefix("overflight.service."),
            "event": record.getMessage(),
        }
        if request := REQUEST.get():
            line["request"] = request
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None:
            line["fault"] = _fault(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


class PlainLines(logging.Formatter):
    """The same for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        time = datetime.fromtimestamp(record.created).astimezone()
        words = f"{time:%H:%M:%S} {record.levelname.lower():<8}{record.getMessage()}"
        if record.exc_info and record.exc_info[0] is not None:
            words += f" ({_fault(record.exc_info[1])})"
        return words


def log_to(stream: TextIO, *, is_plain: bool = False) -> logging.Handler:
    """Let everything from here on be logged to a stream, and return the handler."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlainLines() if is_plain else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error"):  # its warnings come with ours, its greetings stay away
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler


class RequestLog:
    """Gives each request a name and logs what became of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and log one line."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name, begun, status = secrets.token_hex(8), perf_counter(), 500
        token = REQUEST.set(name)

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", []).append((b"request-id", name.encode()))
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            told = {
                "method": scope["method"],
                "route": getattr(scope.get("route"), "path", "none"),
                "status": status,
                "ms": round((perf_counter() - begun) * 1e3, 1),
                "who": scope.get("state", {}).get("who", ""),
            }
            level = logging.DEBUG if told["route"] in _WATCHED and status < 400 else logging.INFO
            log.log(level, "%s %s %d", told["method"], told["route"], status, extra=told)
            REQUEST.reset(token)


def _fault(fault: BaseException | None) -> str:
    """Return kind and place of a fault; its words may hold what it was called with."""
    if fault is None:
        return ""
    frames = traceback.extract_tb(fault.__traceback__)
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-6:]]
    return f"{type(fault).__name__} at {' < '.join(reversed(places))}"
