"""Real servers for the tests of channels: an HTTP receiver with faults, a mail server, an MQTT broker."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import getpass
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from support import require


@dataclass
class Receiver:
    """An HTTP server that keeps what is posted and answers as the path says."""

    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        kind = request.match_info["kind"]
        self.got.append((kind, {k.lower(): v for k, v in request.headers.items()}, body))
        if kind == "hang":
            await asyncio.sleep(3600)
        if kind == "slow":
            await asyncio.sleep(0.3)
        if kind == "reset":
            assert request.transport is not None
            request.transport.abort()
        if kind == "elsewhere":
            raise web.HTTPTemporaryRedirect(f"{self.url}/ok")
        if kind == "flood":
            return web.Response(body=b"x" * 5_000_000)
        status = int(kind) if kind.isdigit() else 202
        return web.Response(status=status, text="taken" if status < 300 else "no")


@contextlib.asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    held = Receiver()
    app = web.Application()
    app.router.add_post("/{kind}", held.answer)
    async with serving(app) as url:
        held.url = url
        yield held


@contextlib.asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=2048)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class MailServer:
    """As much of SMTP (RFC 5321, 3207, 4954) as smtplib speaks. ``refused`` are addresses it does not take.

    With ``tls`` it speaks TLS from the beginning, or after STARTTLS; with ``login`` it takes mails from
    nobody else.
    """

    refused: set[str] = field(default_factory=set)
    tls: ssl.SSLContext | None = None
    begins_with_tls: bool = False
    login: tuple[str, str] | None = None
    mails: list[tuple[list[str], bytes]] = field(default_factory=list)
    port: int = 0
    on_data: Callable[[], None] = lambda: None

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to: list[str] = []
        is_safe, is_known = self.begins_with_tls, self.login is None
        answers = {
            "HELO": "250 here",
            "MAIL": "250 ok",
            "RSET": "250 ok",
            "QUIT": "221 bye",
        }
        writer.write(b"220 test ESMTP\r\n")
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while line := await reader.readline():
                text = line.decode().strip()
                verb = text[:4].upper()
                answer = answers.get(verb, "502 what?")
                if verb == "EHLO":
                    can = ["here", *(["STARTTLS"] if self.tls and not is_safe else [])]
                    can += ["AUTH PLAIN"] if self.login else []
                    answer = "\r\n".join([f"250-{one}" for one in can[:-1]] + [f"250 {can[-1]}"])
                if verb == "STAR" and self.tls:
                    writer.write(b"220 go on\r\n")
                    await writer.drain()
                    await writer.start_tls(self.tls)
                    is_safe = True
                    continue
                if verb == "AUTH" and self.login:
                    _, user, password = base64.b64decode(text.split()[2]).decode().split("\0")
                    is_known = is_safe and (user, password) == self.login
                    answer = "235 welcome" if is_known else "535 who?"
                if verb == "MAIL" and not is_known:
                    answer = "530 sign in first"
                if verb == "RCPT":
                    address = text[text.index("<") + 1 : text.index(">")]
                    answer = "550 nobody" if address in self.refused else "250 ok"
                    to += [] if address in self.refused else [address]
                if verb == "DATA":
                    writer.write(b"354 go on\r\n")
                    mail = (
                        (await reader.readuntil(b"\r\n.\r\n"))
                        .removesuffix(b".\r\n")
                        .replace(b"\r\n..", b"\r\n.")
                    )
                    self.mails.append((to, mail))
                    to, answer = [], "250 queued"
                writer.write(f"{answer}\r\n".encode())
                if verb == "QUIT":
                    break
        writer.close()


@contextlib.asynccontextmanager
async def mail_server(**settings: object) -> AsyncIterator[MailServer]:
    held = MailServer(**settings)  # type: ignore[arg-type]
    tls = held.tls if held.begins_with_tls else None
    server = await asyncio.start_server(held.talk, "127.0.0.1", 0, ssl=tls)
    held.port = server.sockets[0].getsockname()[1]
    try:
        yield held
    finally:
        server.close()


@contextlib.contextmanager
def mosquitto(folder: Path, *lines: str) -> Iterator[int]:
    """Run a real broker; yields its port."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    require(found, "no mosquitto on this machine")
    assert found is not None
    port = free_port()
    settings = folder / "mosquitto.conf"
    settings.write_text(
        "\n".join([f"user {getpass.getuser()}", f"listener {port} 127.0.0.1", *lines, ""]), "utf-8"
    )
    with subprocess.Popen(
        [found, "-c", settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as broker:
        try:
            _await_port(port)
            yield port
        finally:
            broker.terminate()
            broker.wait(10)


def _await_port(port: int) -> None:
    ends = time.monotonic() + 20
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.02)


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """Take connections and say nothing; yields the port."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        yield server.getsockname()[1]
