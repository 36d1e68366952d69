"""The way to the desk: down, hanging, restarting, refusing; every message arrives once and in order."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from overflight.cli import desk_link
from overflight.cli.desk_link import DeskLink
from overflight.errors import InputError
from servers import free_port

PATIENCE_S = 60.0


class FakeDesk:
    """Takes messages as the real one does: what it has, by ``seq``, it refuses as known."""

    def __init__(self, port: int, faults: list[str] | None = None) -> None:
        self.got: list[int] = []
        self.posts: list[int] = []
        self.faults = faults or []
        desk, over = self, threading.Event()
        self._over = over

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                fault = desk.faults.pop(0) if desk.faults else ""
                if fault.isdigit():
                    self.send_error(int(fault))
                    return
                refused = desk.take(body.splitlines())
                if fault == "hang":  # it has them, and does not say so
                    over.wait(PATIENCE_S)
                    return
                if fault == "break":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                answer = json.dumps({"accepted": 1, "refused": refused}).encode()
                self.send_response(202)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def take(self, lines: list[bytes]) -> list[dict[str, object]]:
        self.posts.append(len(lines))
        refused = []
        for number, line in enumerate(lines, 1):
            seq = json.loads(line)["seq"]
            if seq < 0:
                refused.append({"line": number, "error": "decision message: seq: found -1"})
            elif self.got and seq <= self.got[-1]:
                refused.append({"line": number, "error": "found seq; Drop it: it is known or old."})
            else:
                self.got.append(seq)
        return refused

    def stop(self) -> None:
        self._over.set()
        self.server.shutdown()
        self.server.server_close()


def until(so: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not so():
        assert time.monotonic() < ends
        time.sleep(0.01)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(desk_link.KEY, "k")
    monkeypatch.setattr(desk_link, "ANSWER_S", 0.3)
    monkeypatch.setattr(desk_link, "LONGEST_PAUSE_S", 0.2)


def told(link: DeskLink, first: int, count: int) -> None:
    for seq in range(first, first + count):
        link.send(json.dumps({"seq": seq}))


@pytest.mark.usefixtures("quick")
def test_messages_wait_for_a_desk_that_is_down_and_restarts():
    port = free_port()
    link = DeskLink(f"http://127.0.0.1:{port}/")
    told(link, 0, 50)
    until(lambda: bool(link.troubles))
    assert link.waiting == 50
    first = FakeDesk(port)
    until(lambda: link.waiting == 0)
    first.stop()
    told(link, 50, 30)
    until(lambda: "not reached" in link.troubles[-1])
    second = FakeDesk(port)
    link.close()
    second.stop()
    assert first.got + second.got == list(range(80))
    assert (link.sent, link.waiting, link.dropped) == (80, 0, 0)
    assert max(first.posts) > 5, "what has gathered goes in one post"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("fault", ["hang", "break", "503", "500", "401", "429"])
def test_what_got_no_answer_is_sent_again_and_taken_once(fault):
    desk = FakeDesk(free_port(), [fault] * 3)
    link = DeskLink(f"http://127.0.0.1:{desk.server.server_port}")
    told(link, 0, 10)
    link.close(PATIENCE_S)
    desk.stop()
    assert desk.got == list(range(10))
    assert (link.sent, link.waiting, link.dropped) == (10, 0, 0)
    assert link.troubles


@pytest.mark.usefixtures("quick")
def test_what_the_desk_will_not_have_is_told_and_holds_nothing_up():
    desk = FakeDesk(free_port(), ["400"])
    link = DeskLink(f"http://127.0.0.1:{desk.server.server_port}")
    link.send(json.dumps({"seq": 0}))
    until(lambda: link.dropped == 1)
    link.send(json.dumps({"seq": -1}))
    told(link, 1, 1)
    link.close(PATIENCE_S)
    desk.stop()
    assert (link.sent, link.waiting, link.dropped) == (1, 0, 2)
    assert [words[:24] for words in link.troubles] == ["desk answered 400: <!DOC", "desk refused a message: "]


@pytest.mark.usefixtures("quick")
def test_what_is_older_than_the_desk_knows_is_no_success():
    desk = FakeDesk(free_port())
    desk.got = [7]
    link = DeskLink(f"http://127.0.0.1:{desk.server.server_port}")
    told(link, 7, 2)
    link.close(PATIENCE_S)
    desk.stop()
    assert (link.sent, link.dropped, desk.got) == (1, 1, [7, 8])


@pytest.mark.usefixtures("quick")
def test_a_desk_that_never_comes_costs_bounded_memory_and_ends(monkeypatch):
    monkeypatch.setattr(desk_link, "MOST_WAITING", 20)
    link = DeskLink(f"http://127.0.0.1:{free_port()}")
    told(link, 0, 30)
    link.close(0.5)
    assert (link.sent, link.waiting, link.dropped) == (0, 20, 10)


def test_no_key_no_desk(monkeypatch):
    monkeypatch.delenv(desk_link.KEY, raising=False)
    with pytest.raises(InputError, match="OVERFLIGHT_DESK_KEY"):
        DeskLink("https://desk.example")
