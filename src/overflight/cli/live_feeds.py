"""Feeds that give lines as they happen: standard input, HTTP, MQTT, datagrams of UDP.

Each reader runs in a thread of its own and hands lines to ``put``. A feed that breaks comes back by itself;
what went wrong is told to ``trouble``, without names and passwords that stand in an address.
"""

from __future__ import annotations

import hashlib
import io
import os
import socket
import threading
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import SplitResult, unquote, urlsplit

from overflight.cli.broker import PASSWORD
from overflight.cli.file_feeds import MAX_LINE_BYTES, lines_of
from overflight.errors import InputError, OverflightError

if TYPE_CHECKING:
    from overflight.cli.recordings import Recordings

__all__ = ["SCHEMES", "LiveFeed", "check_address", "shown"]

KEY = "OVERFLIGHT_FEED_KEY"
SCHEMES = ("http", "https", "mqtt", "mqtts", "udp")
SILENT_S = 15.0
"""An HTTP answer that gives nothing for so long is asked for anew."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0
LARGEST_DATAGRAM = 65_535
RECEIVE_BYTES = 4_000_000


def shown(source: str) -> str:
    """Return an address as it may be shown: without a user and password."""
    if "://" not in source:
        return source
    scheme, _, rest = source.partition("://")
    place, slash, path = rest.partition("/")
    return f"{scheme}://{place.rpartition('@')[2]}{slash}{path}"


def check_address(source: str, option: str = "--feed") -> SplitResult:
    """Return the parts of an address; InputError if no feed can be read there."""
    allowed = "http(s)://HOST[:PORT]/PATH, mqtt(s)://HOST[:PORT]/TOPIC or udp://[HOST]:PORT"
    try:
        parts = urlsplit(source)
        port = parts.port
    except ValueError:
        parts, port = None, None
    if parts is None or parts.scheme not in SCHEMES or (parts.scheme != "udp" and not parts.hostname):
        raise InputError(option, found=shown(source), allowed=allowed, remedy="Check the address.")
    if parts.scheme == "udp" and not port:
        raise InputError(option, found=shown(source), allowed=allowed, remedy="Name the port.")
    if parts.scheme in ("mqtt", "mqtts"):
        try:
            import paho.mqtt.client  # noqa: F401
        except ImportError as fault:
            raise OverflightError("a feed by MQTT needs paho-mqtt; install overflight[mqtt]") from fault
    return parts


@dataclass(slots=True)
class LiveFeed:
    """One live source; ``run`` reads it until it has ended or ``stop`` is set."""

    source: str
    put: Callable[[bytes], None]
    trouble: Callable[[str], None]
    stop: threading.Event
    recordings: Recordings

    def run(self) -> None:
        """Read until the source has ended for good."""
        kind = self.source.partition("://")[0]
        readers = {"mqtt": self._mqtt, "mqtts": self._mqtt, "udp": self._udp}
        readers.get(kind, self._http)()

    def stream(self, file: IO[bytes]) -> None:
        """Hand over the lines of a stream."""
        for line in lines_of(file):
            if self.stop.is_set():
                return
            self.put(line)

    def _http(self) -> None:
        """Read an answer line by line; ask again, with growing pauses, when it breaks off or falls silent.

        An answer with an end of its own (a length, or chunks that were closed) is the whole feed. One that
        just stops may be a server that died: it is asked again, and has ended when it says the same again.
        """
        import http.client
        import urllib.error

        pause, before = FIRST_PAUSE_S, b""
        while not self.stop.is_set():
            try:
                with _opened(self.source) as answer:
                    events = answer.headers.get_content_type() == "text/event-stream"
                    whole = bool(answer.chunked) or answer.length is not None
                    said = self._answer(io.BufferedReader(_Raw(answer)), events)
                    if answer.length:
                        raise http.client.IncompleteRead(b"", answer.length)
                if whole or said == before or self.stop.is_set():
                    return
                before, pause = said, FIRST_PAUSE_S
            except urllib.error.HTTPError as fault:
                fault.close()
                why = "" if fault.code not in (401, 403) else f"; a key goes into {KEY}"
                self.trouble(f"{shown(self.source)}: answered {fault.code} {fault.reason}{why}")
            except TimeoutError:
                self.trouble(f"{shown(self.source)}: silent for {SILENT_S:.0f} s; asked again")
            except (OSError, http.client.HTTPException) as fault:
                reason = getattr(fault, "reason", None) or fault
                self.trouble(f"{shown(self.source)}: {type(reason).__name__}: {reason}")
            if self.stop.wait(pause):
                return
            pause = min(2.0 * pause, LONGEST_PAUSE_S)

    def _answer(self, answer: IO[bytes], events: bool) -> bytes:
        """Hand over the lines of an answer, of server-sent events their data; return its digest."""
        digest = hashlib.sha256()
        for line in lines_of(answer):
            if self.stop.is_set():
                break
            digest.update(line)
            if not events:
                self.put(line)
            elif line.startswith(b"data:"):
                self.put(line[5:].lstrip())
        return digest.digest()

    def _mqtt(self) -> None:
        from overflight.cli.broker import Listener

        def heard(payload: bytes) -> None:
            for line in payload[: 100 * MAX_LINE_BYTES].splitlines():
                if line.strip():
                    self.put(line)

        def told(words: str) -> None:
            self.trouble(f"{shown(self.source)}: {words}")

        listener, away = Listener(self.source, heard, told), False
        try:
            while not self.stop.wait(2.0):
                if not listener.client.is_connected() and not away:
                    told("not connected to the broker; tried again and again")
                away = not listener.client.is_connected()
        finally:
            listener.close()

    def _udp(self) -> None:
        """Take datagrams: ASTERIX blocks, or NDJSON lines where the first byte is a brace."""
        parts = check_address(self.source)
        host, port = parts.hostname or "0.0.0.0", parts.port or 0
        reader = self.recordings.datagrams(shown(self.source))
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as receiver:
            receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
            receiver.settimeout(0.5)
            _bind(receiver, host, port)
            while not self.stop.is_set():
                with suppress(TimeoutError):
                    datagram = receiver.recv(LARGEST_DATAGRAM)
                    if datagram.lstrip()[:1] == b"{":
                        found = [line for line in datagram.splitlines() if line.strip()]
                    else:
                        found = reader(datagram)
                    for line in found:
                        self.put(line)


class _Raw(io.RawIOBase):
    """The bytes of an answer as they come; its ``readline`` would take chunks that break off for an end."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._answer.read1(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _bind(receiver: socket.socket, host: str, port: int) -> None:
    """Bind to an address of this machine, or join a group (224.0.0.0/4)."""
    first = host.partition(".")[0]
    if receiver.family == socket.AF_INET and first.isdigit() and 224 <= int(first) <= 239:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        receiver.bind((host, port))
        group = socket.inet_aton(host) + socket.inet_aton("0.0.0.0")
        receiver.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
    else:
        receiver.bind((host, port))


def _opened(url: str) -> Any:
    """Return the answer of a GET; a redirect is refused, for it would carry the key elsewhere."""
    import urllib.request

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args: Any, **named: Any) -> None:
            return None

    parts = urlsplit(url)
    headers = {"Accept": "application/x-ndjson, text/event-stream, */*", "User-Agent": "overflight"}
    if parts.username:
        password = unquote(parts.password or "") or os.environ.get(PASSWORD, "")
        pair = f"{unquote(parts.username)}:{password}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    elif os.environ.get(KEY):
        headers["Authorization"] = f"Bearer {os.environ[KEY]}"
    request = urllib.request.Request(shown(url), headers=headers)
    return urllib.request.build_opener(NoRedirect).open(request, timeout=SILENT_S)
