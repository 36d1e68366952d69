"""The way to the desk: decision messages as NDJSON by HTTP, never in the way of the tracker."""

from __future__ import annotations

import os
import queue
import threading
import time

from overflight.errors import InputError

__all__ = ["DeskLink"]

KEY = "OVERFLIGHT_DESK_KEY"
MOST_WAITING = 200
PATH = "/api/v1/decisions"


class DeskLink:
    """Messages to a desk at ``url``, or nowhere with ``dry-run``.

    A thread of its own sends them; while the desk does not answer, the newest are kept and the oldest give
    way, because each says all that is known. The key stands in the environment (``OVERFLIGHT_DESK_KEY``).
    """

    def __init__(self, url: str) -> None:
        self.url, self.dry = url, url == "dry-run"
        self.sent, self.troubles = 0, []
        self._queue: queue.Queue[str | None] = queue.Queue(MOST_WAITING)
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

    def send(self, line: str) -> None:
        """Hand a message over."""
        if self.dry:
            return
        while True:
            try:
                self._queue.put_nowait(line)
                return
            except queue.Full:
                self._queue.get_nowait()

    def close(self, wait_s: float = 10.0) -> None:
        """Wait a moment for what is left to be sent."""
        if self.dry:
            return
        until = time.monotonic() + wait_s
        while not self._queue.empty() and time.monotonic() < until:
            time.sleep(0.05)
        self._queue.put(None)
        self._thread.join(timeout=5.0)

    def _run(self) -> None:
        while (line := self._queue.get()) is not None:
            for pause in (0.2, 0.5, 1.0):
                if self._post(line):
                    self.sent += 1
                    break
                time.sleep(pause)

    def _post(self, line: str) -> bool:
        """Send one message; True if there is no use in sending it again."""
        import urllib.error
        import urllib.request

        address = self.url.rstrip("/")
        address = address if address.endswith(PATH) else address + PATH
        headers = {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {self._key}"}
        request = urllib.request.Request(address, line.encode() + b"\n", headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=5.0) as answer:
                answer.read(10_000)
            return True
        except urllib.error.HTTPError as fault:
            self._trouble(f"desk refused a message: {fault.code} {fault.read(300).decode(errors='replace')}")
            return fault.code < 500
        except (urllib.error.URLError, OSError) as fault:
            self._trouble(f"desk not reached: {fault}")
            return False

    def _trouble(self, words: str) -> None:
        if not self.troubles or self.troubles[-1] != words[:300]:
            self.troubles = [*self.troubles[-20:], words[:300]]
