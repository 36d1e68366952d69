"""A desk that shows itself: the launch of 24 August 2023 as a drill, from the first track to the lift.

Everything is real but the event's clock: the store, two people with their second factors, the HTTP API, the
signatures, a folder and a webhook that answers on this machine.  The desk's own clock is set to each step
of the script, so that a quarter of an hour takes seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp
import uvicorn
from aiohttp import web
from pyotp.totp import TOTP

from overflight.service.api.app import make_app
from overflight.service.channels.http import HttpClients
from overflight.service.config import read_desk_config
from overflight.service.start import CONFIG, make_desk, make_folder, make_webhook_secret
from overflight.warning.alert import Status
from overflight.warning.decision import (
    DecisionMessage,
    Evidence,
    EvidenceKind,
    Launch,
    PlaceFigures,
    TrackState,
    write_decision,
)
from overflight.warning.life_records import Outcome

LIFT_OFF = datetime(2023, 8, 23, 18, 50, tzinfo=UTC)
"""24 August 2023, 03:50 KST."""

EVENT = "drill-malligyong-1-2023-08-24"
PLACES = (("JP-47361", 552, 598), ("JP-47375", 570, 615), ("JP-47214", 578, 621))
"""Kumejima, Tarama, Miyakojima; first and last passage in seconds after lift-off, from `overflight plan`
of the example scenario, rounded."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the demonstration did: seconds of the machine, and what arrived."""

    draft_s: float
    delivery_s: float
    webhook: tuple[str, ...]
    files: tuple[str, ...]


def run_demo(folder: Path, say: Say) -> Shown:
    """Make a desk in ``folder`` and play the event through its HTTP API."""
    return asyncio.run(_run(folder, say))


async def _run(folder: Path, say: Say) -> Shown:
    got: list[str] = []
    async with _receiver(got) as url:
        told = make_folder(folder, "demo-desk", LIFT_OFF - timedelta(days=1))
        make_webhook_secret(folder / "keys" / "webhook.secret")
        with (folder / CONFIG).open("a", encoding="utf-8") as file:
            file.write(
                f'\n[[channel]]\nkind = "webhook"\nname = "town-hall"\nstatuses = ["Exercise", "Test"]\n'
                f'url = "{url}/alerts"\nkey_file = "keys/webhook.secret"\n'
            )
        config, http = read_desk_config(folder / CONFIG), HttpClients()
        desk, clock = make_desk(config, folder, http), _Clock()
        desk.now, desk.is_live = clock, False
        async with _serving(make_app(config, desk, http)) as base:
            say(f"desk at {base}, folder {folder}")
            play = _Play(base, told, clock, say, got)
            try:
                drafted_s, delivered_s = await play.run()
            finally:
                await play.close()
        desk.store.close()
    files = sorted(path.name for path in (folder / "out" / "drill").iterdir())
    return Shown(drafted_s, delivered_s, tuple(got), tuple(files))


class _Clock:
    """The desk's clock, set by the script."""

    def __init__(self) -> None:
        self.time = LIFT_OFF

    def __call__(self) -> datetime:
        return self.time

    def to(self, seconds: float) -> datetime:
        self.time = LIFT_OFF + timedelta(seconds=seconds)
        return self.time


class _Play:
    """The script, played by a feed and two people over HTTP."""

    def __init__(self, base: str, told: dict[str, str], clock: _Clock, say: Say, got: list[str]) -> None:
        self._base, self._told, self._clock, self._say, self._got = base, told, clock, say, got
        self._people: dict[str, tuple[aiohttp.ClientSession, str, TOTP]] = {}
        self._feed = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {told['key of the feeder']}"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def run(self) -> tuple[float, float]:
        for name in ("aoki", "baba"):
            await self._sign_in(name)
        drafted_s = await self._hear(95, Outcome.FLYING, "impact_line", "the impact line reaches Okinawa")
        delivered_s = await self._send()
        passed = "seen by two radars beyond the islands"
        await self._hear(680, Outcome.PASSED, "seen_beyond", passed)
        self._clock.to(905)  # the last arrival is past
        await self._send()
        return drafted_s, delivered_s

    async def close(self) -> None:
        await self._feed.close()
        for session, _, _ in self._people.values():
            await session.close()

    async def _sign_in(self, name: str) -> None:
        password, secret = (part.split(" ")[-1] for part in self._told[name].split(", "))
        session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        code = TOTP(secret).now()
        given = {"name": name, "password": password, "code": code}
        answer = await _json(session.post(f"{self._base}/api/v1/sessions", json=given))
        self._people[name] = (session, answer["csrf"], TOTP(secret))

    async def _hear(self, seconds: float, outcome: Outcome, kind: str, words: str) -> float:
        now = self._clock.to(seconds)
        places = tuple(
            PlaceFigures(
                key, 0.97, 0.9, 1e-4, outcome,
                LIFT_OFF + timedelta(seconds=first), LIFT_OFF + timedelta(seconds=last),
                LIFT_OFF + timedelta(seconds=900), 0.99,
            )
            for key, first, last in PLACES
        )  # fmt: skip
        message = DecisionMessage(
            1, "decision", f"demo-{seconds:g}", "script", int(seconds), EVENT, Status.EXERCISE, now, now,
            TrackState.FIRM, outcome, Launch(LIFT_OFF, 1.0, "KP", "satellite_rocket", "Malligyong-1 launch"),
            places, "powered flight as announced", (Evidence(EvidenceKind(kind), "radars a, b", now, words),),
        )  # fmt: skip
        begun = perf_counter()
        answer = await _json(self._feed.post(f"{self._base}/api/v1/decisions", data=write_decision(message)))
        took_s = perf_counter() - begun
        if answer["refused"]:
            raise RuntimeError(answer["refused"][0]["error"])
        self._say(f"{self._time()}  heard: {words}")
        return took_s

    async def _send(self) -> float:
        session, csrf, _ = self._people["aoki"]
        draft = await self._waiting()
        places = len(draft["shelter"] or draft["release"])
        self._say(f"{self._time()}  draft: {draft['kind']}, {places} places: {draft['texts'][0]['headline']}")
        for name, (one, token, totp) in self._people.items():
            step = {"content_hash": draft["content_hash"], "code": totp.now()}
            url = f"{self._base}/api/v1/drafts/{draft['draft_id']}/approve"
            await _json(one.post(url, json=step, headers={"X-CSRF-Token": token}))
            self._say(f"{self._time()}  approved by {name}")
        before, begun = len(self._got), perf_counter()
        url = f"{self._base}/api/v1/drafts/{draft['draft_id']}/issue"
        step = {"content_hash": draft["content_hash"]}
        made = await _json(session.post(url, json=step, headers={"X-CSRF-Token": csrf}))
        while len(self._got) == before:
            await asyncio.sleep(0.005)
        took_s = perf_counter() - begun
        self._say(f"{self._time()}  signed and delivered: {made['identifiers'][0]} ({took_s * 1e3:.0f} ms)")
        return took_s

    async def _waiting(self) -> dict[str, Any]:
        session, _, _ = self._people["aoki"]
        for _ in range(200):  # a lift waits for its last arrival: the desk looks again every second
            board = await _json(session.get(f"{self._base}/api/v1/events/{EVENT}"))
            for draft in board["drafts"]:
                if draft["phase"] == "draft" and draft["has_evidence"]:
                    return draft
            await asyncio.sleep(0.05)
        raise RuntimeError("no draft appeared within 10 s")

    def _time(self) -> str:
        return f"{self._clock.time.astimezone(UTC) + timedelta(hours=9):%H:%M:%S} JST"


async def _json(request: Any) -> Any:
    async with request as answer:
        value = await answer.json()
        if answer.status >= 400:
            raise RuntimeError(f"the desk answered {answer.status}: {value.get('detail')}")
        return value


@contextlib.asynccontextmanager
async def _receiver(got: list[str]) -> AsyncIterator[str]:
    async def take(request: web.Request) -> web.Response:
        await request.read()
        got.append(request.headers["Overflight-Alert"])
        return web.Response(text="taken")

    app = web.Application()
    app.router.add_post("/alerts", take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def _serving(app: Any) -> AsyncIterator[str]:
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="on"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started:
                if task.done():
                    task.result()
                    raise RuntimeError("the desk did not start")
                await asyncio.sleep(0.02)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task
