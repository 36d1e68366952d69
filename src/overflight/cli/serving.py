"""Serves pieces by HTTP to whoever asks, as they come: the player's ``-o http://HOST:PORT``."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from overflight.errors import OverflightError

__all__ = ["served"]


class _Said:
    """What was said so far, for answers that each tell all of it from the first piece on."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.ended = False
        self.changed = threading.Condition()
        self.asked = threading.Event()

    def put(self, piece: bytes) -> None:
        """Say one more piece; the first waits until somebody has asked."""
        self.asked.wait()
        with self.changed:
            self.pieces.append(piece)
            self.changed.notify_all()

    def end(self) -> None:
        """Say that this was all."""
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def after(self, at: int) -> tuple[bytes, int, bool]:
        """Wait for pieces after the first ``at``; return them, how many there are then, and if it was all."""
        with self.changed:
            while at == len(self.pieces) and not self.ended:
                self.changed.wait()
            return b"".join(self.pieces[at:]), len(self.pieces), self.ended


@contextmanager
def served(address: str) -> Iterator[Callable[[bytes], None]]:
    """Answer at an address with all pieces, from the first to the last; the first waits until somebody asks.

    Raises
    ------
    OverflightError : the address is not of this machine, in use, or asks for TLS
    """
    parts, said = urlsplit(address), _Said()
    if parts.scheme == "https":
        raise OverflightError(f"{address}: served by http:// only; put a proxy with TLS before it")

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/x-ndjson")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            said.asked.set()
            at, done = 0, False
            while not done:
                new, at, done = said.after(at)
                if new:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(new), new))
            self.wfile.write(b"0\r\n\r\n")

        def log_message(self, *args: object, **named: object) -> None:
            """Say nothing on stderr."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *args: object, **named: object) -> None:
            """Who asked has gone; that is no fault of ours."""

    try:
        server = Server((parts.hostname or "", parts.port or 80), Answer)
    except OSError as fault:
        raise OverflightError(f"{address}: cannot be served there: {fault}") from None
    server.daemon_threads = False
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield said.put
    finally:
        said.end()
        server.shutdown()
        server.server_close()
