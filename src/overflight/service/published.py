"""Serves a folder of finished files fast: the public page and the feed, with ETags.

A small ASGI application.  A file is read when it changes and kept, also compressed; a request then costs
one look at the file's date.  It serves files by name and nothing above the folder, answers GET and HEAD
only, sets no cookie and knows no session: what is public needs none of it.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}
_FEED_TYPE = "application/atom+xml; charset=utf-8"
_ALERT_TYPE = "application/cap+xml; charset=utf-8"
_MOST_KEPT = 500
_SAFE = [
    (b"cache-control", b"public, no-cache"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; "
        b"base-uri 'none'; form-action 'none'",
    ),
    (b"vary", b"accept-encoding"),
]


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: tuple[int, int, int]
    etag: bytes
    plain: bytes
    packed: bytes
    headers: list[tuple[bytes, bytes]]


class Published:
    """An ASGI application over one folder; a folder's own page is its ``index.html``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, _Kept] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if scope["method"] not in ("GET", "HEAD"):
            await _answer(send, 405, [(b"allow", b"GET, HEAD")], b"method not allowed\n")
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        kept = self._find(path)
        if kept is None:
            await _answer(send, 404, [], b"not found\n")
            return
        asked = {
            name: value for name, value in scope["headers"] if name in (b"if-none-match", b"accept-encoding")
        }
        if _matches(asked.get(b"if-none-match", b""), kept.etag):
            await _answer(send, 304, [*_SAFE, (b"etag", kept.etag)], None)
            return
        is_packed = b"gzip" in asked.get(b"accept-encoding", b"") and len(kept.packed) < len(kept.plain)
        headers = [*kept.headers, (b"content-encoding", b"gzip")] if is_packed else kept.headers
        body = kept.packed if is_packed else kept.plain
        await _answer(send, 200, headers, body, is_head=scope["method"] == "HEAD")

    def _find(self, path: str) -> _Kept | None:
        """Return the file of a path, as it stands on the disk now."""
        name = path.lstrip("/") or "index.html"
        parts = name.split("/")
        if any(not part or part.startswith(".") or "\\" in part or "\x00" in part for part in parts):
            return None
        file = self._folder.joinpath(*parts)
        try:
            status = os.stat(file)
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            kept = self._kept.get(name)
            if kept is None or kept.stamp != stamp:
                content = file.read_bytes()
                kept = _keep(file, stamp, content)
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[name] = kept
        except (OSError, ValueError):
            self._kept.pop(name, None)
            return None
        return kept


def _keep(file: Path, stamp: tuple[int, int, int], content: bytes) -> _Kept:
    kind = _TYPES.get(file.suffix, "application/octet-stream")
    if file.suffix == ".xml" and file.name == "feed.xml":
        kind = _FEED_TYPE
    elif file.suffix == ".xml" and file.parent.name == "alerts":
        kind = _ALERT_TYPE
    etag = b'"' + hashlib.sha256(content).hexdigest()[:32].encode() + b'"'
    headers = [(b"content-type", kind.encode()), (b"etag", etag), *_SAFE]
    return _Kept(stamp, etag, content, gzip.compress(content, 6, mtime=0), headers)


def _matches(asked: bytes, etag: bytes) -> bool:
    """Return whether ``If-None-Match`` names what we have (RFC 9110, 13.1.2: weak comparison)."""
    return any(one.strip().removeprefix(b"W/") in (etag, b"*") for one in asked.split(b",") if one.strip())


async def _answer(
    send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes | None, *, is_head: bool = False
) -> None:
    if body is not None:
        headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head or body is None else body})
