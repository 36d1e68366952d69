"""The way to the desk: decision messages as NDJSON by HTTP, never in the way of the tracker."""

from __future__ import annotations

import json
import os
import threading
from collections import deque
from typing import Any

from overflight.errors import InputError

__all__ = ["DeskLink"]

KEY = "OVERFLIGHT_DESK_KEY"
PATH = "/api/v1/decisions"
MOST_WAITING = 20_000
MOST_BYTES = 200_000_000
"""Messages and bytes kept while the desk does not answer: hours of them. Beyond, the oldest give way."""
ONE_POST_BYTES, ONE_POST = 1_000_000, 20
ANSWER_S = 10.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
_LATER = {401, 403, 408, 425, 429}
"""Answers that are not about the message: a key that is not known yet, too many at once."""


class DeskLink:
    """Messages to a desk at ``url``, or nowhere with ``dry-run``.

    A thread of its own sends them in their order, what has gathered in one post, and keeps each until the
    desk says that it has it or will not take it. A post that got no answer is sent again: the desk knows what
    it has by source, event and ``seq``, so nothing is doubled. The key stands in the environment
    (``OVERFLIGHT_DESK_KEY``).
    """

    def __init__(self, url: str) -> None:
        self.url, self.dry = url, url == "dry-run"
        self.sent, self.dropped = 0, 0
        self.troubles: list[str] = []
        self._waiting: deque[bytes] = deque()
        self._bytes, self._most = 0, ONE_POST
        self._unsure: set[int] = set()
        self._changed = threading.Condition()
        self._closed, self._gone = False, threading.Event()
        if self.dry:
            return
        if not url.startswith(("http://", "https://")):
            allowed = "http(s)://HOST[:PORT] of a desk, or dry-run"
            raise InputError("--desk", found=url, allowed=allowed, remedy="Name a desk, or leave it out.")
        self._key = os.environ.get(KEY, "")
        if not self._key:
            remedy = f"Set {KEY} to a key of the role feeder, made at the desk."
            raise InputError("--desk", found=f"no {KEY}", allowed="a key in the environment", remedy=remedy)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Return how many messages the desk does not have yet."""
        return len(self._waiting)

    def send(self, line: str) -> None:
        """Hand a message over."""
        if self.dry:
            return
        with self._changed:
            self._waiting.append(line.encode())
            self._bytes += len(self._waiting[-1])
            while len(self._waiting) > MOST_WAITING or self._bytes > MOST_BYTES:
                self._bytes -= len(self._waiting.popleft())
                self.dropped += 1
            self._changed.notify()

    def close(self, wait_s: float = 20.0) -> None:
        """Wait a moment for what is left to be sent; ``waiting`` says what was not."""
        if self.dry or self._closed:
            return
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(timeout=wait_s)
        self._gone.set()

    def _run(self) -> None:
        pause = FIRST_PAUSE_S
        while (lines := self._next()) is not None:
            if self._post(lines):
                pause, self._most = FIRST_PAUSE_S, min(2 * self._most, ONE_POST)
                self._done(lines)
            else:
                self._most = 1
                if self._gone.wait(pause):
                    return
                pause = min(2.0 * pause, LONGEST_PAUSE_S)

    def _next(self) -> list[bytes] | None:
        """Return the messages of the next post, the oldest first; None when closed and none is left."""
        with self._changed:
            while not self._waiting:
                if self._closed:
                    return None
                self._changed.wait()
            out, size = [], 0
            for line in self._waiting:
                if out and (size + len(line) > ONE_POST_BYTES or len(out) >= self._most):
                    break
                out.append(line)
                size += len(line) + 1
            return out

    def _done(self, lines: list[bytes]) -> None:
        with self._changed:
            for line in lines:
                self._unsure.discard(id(line))
                if self._waiting and self._waiting[0] is line:
                    self._bytes -= len(self._waiting.popleft())

    def _post(self, lines: list[bytes]) -> bool:
        """Send messages; True if there is no use in sending them again."""
        import http.client
        import urllib.error
        import urllib.request

        address = self.url.rstrip("/")
        address = address if address.endswith(PATH) else address + PATH
        headers = {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {self._key}"}
        request = urllib.request.Request(address, b"\n".join(lines) + b"\n", headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:
                self._heard(answer.read(1_000_000), lines)
            return True
        except urllib.error.HTTPError as fault:
            with fault:
                said = fault.read(300).decode(errors="replace")
            key = f"; is {KEY} a key of the role feeder there?" if fault.code in (401, 403) else ""
            self._trouble(f"desk answered {fault.code}: {said}{key}")
            if fault.code >= 500 or fault.code in _LATER or len(lines) > 1:
                return False  # of several one may be at fault: they are sent one by one
            self.dropped += 1
            return True
        except (OSError, http.client.HTTPException) as fault:
            reason = getattr(fault, "reason", None) or fault
            self._trouble(f"desk not reached: {type(reason).__name__}: {reason}")
            self._unsure.update(map(id, lines))
            return False

    def _heard(self, content: bytes, lines: list[bytes]) -> None:
        """Count what the desk took, also what it had from a post that got no answer; tell what it refused."""
        try:
            answer: Any = json.loads(content)
            refused = {int(row["line"]): str(row["error"]) for row in answer["refused"]}
        except (ValueError, KeyError, TypeError):
            self._trouble(f"desk answered what is no answer: {content[:80].decode(errors='replace')}")
            refused = {}
        for number, line in enumerate(lines, 1):
            words = refused.get(number)
            if words is None or ("known or old" in words and id(line) in self._unsure):
                self.sent += 1
            else:
                self.dropped += 1
                self._trouble(f"desk refused a message: {words}")

    def _trouble(self, words: str) -> None:
        if not self.troubles or self.troubles[-1] != words[:300]:
            self.troubles = [*self.troubles[-20:], words[:300]]
