from __future__ import annotations

import asyncio

import pytest

from lives import at
from overflight.service.publishing import Publishing
from overflight.warning.alert import Status
from pages.sample_desk import decision, desk
from pages.sample_public import named


def ask(app, path):
    sent = []

    async def send(event):
        sent.append(event)

    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    asyncio.run(app(scope, None, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"].decode()


async def behind(scope, receive, send):
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


@pytest.fixture
def published(tmp_path):
    publishing = Publishing(tmp_path, named, zone_offset_h=9, zone_label="JST")
    drill = desk(Status.EXERCISE, ("higa", "sato"))
    drill.issue("call", 205)
    latest = {drill.now.event_id: decision(Status.EXERCISE, at(206))}
    assert asyncio.run(publishing.refresh([drill.now], latest, at(210))) == 9
    assert asyncio.run(publishing.refresh([drill.now], latest, at(210))) == 0
    return publishing.before(behind), tmp_path


def test_drills_are_served_apart_and_nothing_of_them_at_the_real_address(published):
    app, folder = published
    status, headers, page = ask(app, "/drills/")
    assert status == 200 and "DRILL" in page and headers[b"cache-control"] == b"public, no-cache"
    assert ask(app, "/public/")[0] == 404 and not (folder / "real").exists()
    assert (ask(app, "/drills")[0], ask(app, "/drills")[1][b"location"]) == (308, b"/drills/")


def test_everything_else_goes_to_the_desk(published):
    app, _ = published
    for path in ("/", "/api/v1/events", "/publicity", "/drillsx"):
        assert ask(app, path)[::2] == (299, path)
