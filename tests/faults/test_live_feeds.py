"""Feeds over real networks: servers that hang, break off, ask for keys or go away; a real MQTT broker; datagrams."""

from __future__ import annotations

import contextlib
import getpass
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from overflight.cli import live_feeds
from overflight.cli.feeds import MOST_WAITING, Feeds, _Room
from overflight.cli.player import play, sink
from overflight.errors import InputError, OverflightError
from servers import _await_port, free_port, mosquitto
from support import require

PATIENCE_S = 60.0
LINE = b'{"v":1,"type":"status","source":"a","time":"2023-08-23T18:52:10Z"}\n'


def numbered(number: int) -> bytes:
    return LINE.replace(b'"a"', b'"a%d"' % number)


class Heard:
    """A feed being read in a thread of its own."""

    def __init__(self, *sources: str) -> None:
        self.lines: list[bytes] = []
        self.feeds = Feeds(sources)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        for batch in self.feeds.batches():
            self.lines.extend(batch.lines)

    def until(self, so: Callable[[], bool]) -> None:
        ends = time.monotonic() + PATIENCE_S
        while not so():
            assert time.monotonic() < ends, (self.lines[-3:], self.feeds.troubles)
            time.sleep(0.02)

    def end(self) -> list[bytes]:
        self.feeds.close()
        return self.lines


@contextlib.contextmanager
def http_server(answer: Callable[[BaseHTTPRequestHandler, int], None]) -> Iterator[str]:
    """Serve by a function that is told how many asked before."""
    asked: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(1)
            answer(self, len(asked) - 1)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/plots"
    finally:
        server.shutdown()
        server.server_close()


def begin(handler: BaseHTTPRequestHandler, kind: str = "application/x-ndjson") -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", kind)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()


def chunk(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))


def test_an_answer_that_ends_is_the_whole_feed():
    def answer(handler: BaseHTTPRequestHandler, _: int) -> None:
        begin(handler, "text/event-stream")
        chunk(handler, b": hello\n\nevent: plot\ndata: " + LINE + b"\n")
        chunk(handler, b"")

    with http_server(answer) as url:
        heard = Heard(url)
        heard.thread.join(PATIENCE_S)
        assert heard.lines == [LINE]


def test_a_server_that_breaks_off_hangs_and_comes_back_is_asked_again(monkeypatch):
    monkeypatch.setattr(live_feeds, "SILENT_S", 0.4)
    over = threading.Event()

    def answer(handler: BaseHTTPRequestHandler, number: int) -> None:
        if number == 1:
            handler.send_error(503)
            return
        begin(handler)
        chunk(handler, numbered(number))
        if number == 2:
            over.wait(PATIENCE_S)  # hangs
        if number < 3:
            handler.connection.shutdown(socket.SHUT_RDWR)  # no last chunk
        else:
            chunk(handler, b"")

    with http_server(answer) as url:
        heard = Heard(url)
        heard.thread.join(PATIENCE_S)
        over.set()
        assert heard.lines == [numbered(0), numbered(2), numbered(3)]
        told = " ".join(heard.feeds.troubles)
        assert "503" in told
        assert "silent" in told


def test_a_stream_without_an_end_of_its_own_ends_when_it_says_the_same_again():
    def answer(handler: BaseHTTPRequestHandler, _: int) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(LINE)
        handler.close_connection = True

    with http_server(answer) as url:
        heard = Heard(url)
        heard.thread.join(PATIENCE_S)
        assert heard.lines == [LINE, LINE]


def test_a_key_goes_to_its_server_only_and_is_never_shown(monkeypatch):
    monkeypatch.setenv(live_feeds.KEY, "s3cret")
    got: list[str | None] = []

    def answer(handler: BaseHTTPRequestHandler, number: int) -> None:
        got.append(handler.headers["Authorization"])
        if number == 0:
            handler.send_response(302)
            handler.send_header("Location", "/elsewhere")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        if got[-1] != "Basic dXNlcjpwYXNz" and number < 3:
            handler.send_error(401)
            return
        begin(handler)
        chunk(handler, b"")

    with http_server(answer) as url:
        heard = Heard(url)
        heard.until(lambda: "401" in " ".join(heard.feeds.troubles))
        heard.end()
        assert set(got) == {"Bearer s3cret"}
        again = Heard(url.replace("//", "//user:pass@"))
        again.thread.join(PATIENCE_S)
        assert got[-1] == "Basic dXNlcjpwYXNz"
        assert "s3cret" not in " ".join(heard.feeds.troubles)
        assert "pass" not in " ".join(again.feeds.troubles)


@contextlib.contextmanager
def broker(folder: Path, port: int, *lines: str) -> Iterator[None]:
    """A real broker at a port of ours, so that it can go and come back."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    require(found, "no mosquitto on this machine")
    settings = folder / "again.conf"
    settings.write_text("\n".join([f"user {getpass.getuser()}", f"listener {port} 127.0.0.1", *lines, ""]))
    with subprocess.Popen([str(found), "-c", settings], stderr=subprocess.DEVNULL) as running:
        try:
            _await_port(port)
            yield
        finally:
            running.kill()


def test_a_feed_by_mqtt_outlives_its_broker(tmp_path: Path):
    port = free_port()
    url = f"mqtt://127.0.0.1:{port}/plots/a"
    heard: list[Heard] = []
    for number in range(2):
        with broker(tmp_path, port, "allow_anonymous true"):
            if not heard:
                heard.append(Heard(url.replace("/a", "/%23")))

            def tried(number: int = number) -> bool:
                with sink(url) as put:
                    put(numbered(number))
                return numbered(number).strip() in heard[0].lines

            heard[0].until(tried)
    heard[0].until(lambda: any("broke" in words for words in heard[0].feeds.troubles))
    heard[0].end()


def test_a_broker_that_refuses_is_told_and_its_password_is_not(tmp_path: Path):
    passwords = tmp_path / "passwords"
    tool = shutil.which("mosquitto_passwd")
    require(tool, "no mosquitto_passwd on this machine")
    subprocess.run([str(tool), "-b", "-c", passwords, "radar", "right"], check=True)
    passwords.chmod(0o600)
    with mosquitto(tmp_path, "allow_anonymous false", f"password_file {passwords}") as port:
        wrong = Heard(f"mqtt://radar:wrong@127.0.0.1:{port}/plots")
        wrong.until(lambda: any("refused the connection" in words for words in wrong.feeds.troubles))
        assert "wrong" not in " ".join(wrong.feeds.troubles)
        wrong.end()
        with pytest.raises(OverflightError, match="no connection"), sink(f"mqtt://127.0.0.1:{port}/plots"):
            pass
        right = Heard(f"mqtt://radar:right@127.0.0.1:{port}/plots")

        def tried() -> bool:
            with sink(f"mqtt://radar:right@127.0.0.1:{port}/plots") as put:
                play([(0.0, LINE), (0.1, LINE)], 0.0, put)
            return LINE.strip() in right.lines

        right.until(tried)
        right.end()


def test_the_player_serves_whoever_asks_from_the_first_line_on():
    url = f"http://127.0.0.1:{free_port()}/"
    pieces = [(float(k), numbered(k)) for k in range(5)]

    def playing() -> None:
        with sink(url) as put:
            play(pieces, 100.0, put)

    thread = threading.Thread(target=playing, daemon=True)
    thread.start()
    heard = Heard(url)
    heard.thread.join(PATIENCE_S)
    assert heard.lines == [line for _, line in pieces]
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_datagrams_are_lines_or_asterix_and_floods_are_bounded():
    pytest.importorskip("asterix", reason="the extra sensors is not installed")
    port = free_port()
    heard = Heard(f"udp://127.0.0.1:{port}")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:

        def sent() -> bool:
            out.sendto(LINE + LINE, ("127.0.0.1", port))
            out.sendto(bytes.fromhex("300014f11108190a84ad2020640087f7004d0fa0"), ("127.0.0.1", port))
            out.sendto(b"\xff\x00\x00", ("127.0.0.1", port))
            return len(heard.lines) >= 2 and len(heard.feeds.recordings.refused) >= 2

        heard.until(sent)
    heard.end()
    assert set(heard.lines) == {LINE.strip()}
    assert {reason for _, reason in heard.feeds.recordings.refused} == {
        "the site of this SAC/SIC is not among the sensors", "no whole ASTERIX data block"
    }  # fmt: skip


def test_a_flood_on_one_feed_takes_no_room_from_others():
    new = threading.Event()
    flooded, calm = _Room(new), _Room(new)
    for number in range(MOST_WAITING + 5_000):
        flooded.put(numbered(number))
    calm.put(LINE)
    assert flooded.dropped == 5_000
    assert flooded.take(1) == [numbered(5_000)]
    assert calm.take(9) == [LINE]


@pytest.mark.parametrize("url", ["ftp://x/y", "http://", "udp://x", "mqtt:///plots", "http://x:99999999/"])
def test_addresses_that_are_none(url):
    with pytest.raises(InputError, match="--feed"):
        Feeds([url])
