"""Headers that every answer carries."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from overflight.report.packaged import packaged_text

SCRIPTS = ("desk.js", "events.js", "plans.js")
"""The scripts of the desk's pages: no other runs there."""


@cache
def _policy() -> str:
    hashes = (hashlib.sha256(packaged_text(f"static/{name}").encode()).digest() for name in SCRIPTS)
    allowed = " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; "
        "style-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


class SafeHeaders:
    """Adds what keeps browsers from doing more than the pages need."""

    def __init__(self, app: ASGIApp, *, tls: bool) -> None:
        self._app, self._tls = app, tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers added."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: list[Any] = message.setdefault("headers", [])
                for name, value in self._headers():
                    headers.append((name.encode(), value.encode()))
            await send(message)

        await self._app(scope, receive, sending)

    def _headers(self) -> list[tuple[str, str]]:
        headers = [
            ("content-security-policy", _policy()),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("permissions-policy", "geolocation=(), camera=(), microphone=()"),
            ("cache-control", "no-store"),
        ]
        return [*headers, ("strict-transport-security", "max-age=31536000")] if self._tls else headers
