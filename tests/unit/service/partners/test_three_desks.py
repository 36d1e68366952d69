"""Three desks share alerts and tracks, each under keys of its own; nothing that is not proved is taken in."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
import uvicorn
from fastapi import FastAPI

from capfakes import BEGINS, GOOD, SENT
from desks import delivery
from overflight.errors import InputError
from overflight.service.channels.config import Context
from overflight.service.channels.registry import make_channel
from overflight.service.channels.signed_body import body_key, make_pair, signed_headers
from overflight.service.partners.memory import MemoryInbox
from overflight.service.partners.partner import make_partner
from overflight.service.partners.routes import partner_routes
from overflight.service.partners.sharing import make_share
from overflight.warning.alert import Status
from overflight.warning.cap.keys import Signer, load_signer, make_key
from overflight.warning.cap.sign import sign
from overflight.warning.decision import write_decision
from pages.sample_desk import decision
from servers import free_port

NAMES = ("okinawa", "taiwan", "coastguard")


@dataclass
class Agency:
    name: str
    signer: Signer
    inbox: MemoryInbox
    port: int
    keys: dict[str, str]  # private key for each partner


def message(agency: Agency, scope: str = "Restricted", number: int = 2, status: str = "Exercise") -> bytes:
    text = (
        GOOD.replace("<status>Test<", f"<status>{status}<").replace("試験", "訓練").replace("TEST", "DRILL")
    )
    if scope == "Restricted":
        text = text.replace(
            "<scope>Public</scope>", "<scope>Restricted</scope><restriction>partners</restriction>"
        )
    text = text.replace("test.0002", f"test.{number:04d}").replace(
        "desk@civil.example", f"{agency.name}@desk.example"
    )
    return sign(text.encode(), agency.signer, SENT + timedelta(seconds=1))


def to_partner(content: bytes, number: int = 2):
    return replace(
        delivery("partner", number=number), content=content, digest=hashlib.sha256(content).hexdigest()
    )


@contextlib.asynccontextmanager
async def three_desks(folder, **change):
    """Run three desks that know one another; each pair has a key of its own in each direction."""
    agencies = {}
    for name in NAMES:
        key, certificate = make_key(name, BEGINS, 730)
        (folder / f"{name}.pem").write_bytes(certificate)
        agencies[name] = Agency(name, load_signer(key, certificate), MemoryInbox(), free_port(), {})
    for one in agencies.values():
        for other in NAMES:
            if other != one.name:
                private, public = make_pair()
                (folder / f"{one.name}-to-{other}.private").write_text(private, "utf-8")
                (folder / f"{one.name}-to-{other}.public").write_text(public, "utf-8")
                one.keys[other] = private
    servers, tasks = [], []
    for one in agencies.values():
        tables = [
            {
                "name": other,
                "key_file": f"{other}-to-{one.name}.public",
                "certificate_file": f"{other}.pem",
                "statuses": ["Exercise"],
            } | change
            for other in NAMES
            if other != one.name
        ]  # fmt: skip
        partners = [make_partner(table, Context(folder=folder)) for table in tables]
        app = FastAPI()
        app.include_router(
            partner_routes(partners, one.inbox, lambda: SENT + timedelta(seconds=5)), prefix="/api/v1"
        )
        servers.append(uvicorn.Server(uvicorn.Config(app, port=one.port, log_level="critical")))
        tasks.append(asyncio.create_task(servers[-1].serve()))
    while not all(server.started for server in servers):
        await asyncio.sleep(0.01)
    try:
        yield agencies
    finally:
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*tasks)


def share_table(agencies, one, other, **change):
    return {
        "kind": "desk",
        "name": "partner",
        "statuses": ["Exercise"],
        "url": f"http://127.0.0.1:{agencies[other].port}",
        "known_as": one,
        "key_file": f"{one}-to-{other}.private",
    } | change


@pytest.fixture
def now_is_then(monkeypatch):
    """Post as if it were the moment of the test's alert, so that signatures are fresh."""
    from overflight.service.channels import webhook
    from overflight.service.partners import sharing

    class Then(datetime):
        @classmethod
        def now(cls, tz=None):
            return (SENT + timedelta(seconds=4)).astimezone(tz or UTC)

    monkeypatch.setattr(webhook, "datetime", Then)
    monkeypatch.setattr(sharing, "datetime", Then)


def test_alerts_and_tracks_go_round_marked_with_their_source(tmp_path, now_is_then):
    async def run():
        async with three_desks(tmp_path) as agencies:
            context = Context(folder=tmp_path)
            okinawa, taiwan, coast = (agencies[name] for name in NAMES)
            content = message(okinawa)
            for other in ("taiwan", "coastguard"):
                channel = make_channel(share_table(agencies, "okinawa", other), context)
                receipts = [await channel.deliver(to_partner(content)) for _ in range(2)]
                assert [r.ok for r in receipts] == [True, True] and "already there" in receipts[1].detail
            assert [alert.partner for alert in taiwan.inbox.alerts] == ["okinawa"]
            assert coast.inbox.alerts[0].content == content and okinawa.inbox.alerts == []

            track = decision(Status.EXERCISE, SENT)
            shared = make_share(share_table(agencies, "taiwan", "okinawa"), context)
            assert await shared.share(track) == ""
            (came,) = okinawa.inbox.tracks
            assert came == replace(track, source="taiwan/tracker")
            again = make_share(share_table(agencies, "okinawa", "coastguard"), context)
            assert "partner's own track" in await again.share(came)
            assert "drill wall" in await shared.share(decision(Status.ACTUAL, SENT))
            await context.http.close()

    asyncio.run(run())


def test_what_is_not_proved_is_not_taken(tmp_path, now_is_then):
    async def post(agency, path, content, key, name="okinawa", at=SENT):
        headers = signed_headers(content, body_key(key), "k", at)
        url = f"http://127.0.0.1:{agency.port}/api/v1/partners/{name}/{path}"
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=content, headers=headers) as answer,
        ):
            return answer.status, (await answer.json()).get("detail", "")

    async def run():
        async with three_desks(tmp_path, scopes=["Restricted"]) as agencies:
            okinawa, taiwan, coast = (agencies[name] for name in NAMES)
            good, key = message(okinawa), okinawa.keys["taiwan"]
            cases = [
                ("another partner's key", good, okinawa.keys["coastguard"], {}, 401),
                ("an unknown desk", good, key, {"name": "nobody"}, 401),
                ("too old a signature", good, key, {"at": SENT - timedelta(hours=1)}, 401),
                ("signed by another agency", message(coast), key, {}, 422),
                ("tampered", good.replace(b"DRILL", b"drill", 1), key, {}, 422),
                ("not signed as an alert", GOOD.encode(), key, {}, 422),
                ("no alert at all", b"<!DOCTYPE a><a/>", key, {}, 422),
                ("a scope we do not take", message(okinawa, "Public"), key, {}, 403),
            ]
            for what, content, used, more, status in cases:
                got, detail = await post(taiwan, "alerts", content, used, **more)
                assert got == status, (what, got, detail)
            assert taiwan.inbox.alerts == []
            assert (await post(taiwan, "alerts", good, key))[0] == 202

            line = write_decision(decision(Status.EXERCISE, SENT)).encode()
            forged = line.replace(b'"tracker"', b'"coastguard/tracker"')
            for content, status in (
                (b"no json", 422),
                (line.replace(b"Exercise", b"Actual"), 403),
                (forged, 403),
            ):
                assert (await post(taiwan, "tracks", content, key))[0] == status
            assert taiwan.inbox.tracks == []
            assert (await post(taiwan, "tracks", line + b"\n\n" + line, key))[0] == 202
            assert len(taiwan.inbox.tracks) == 2

    asyncio.run(run())


def test_another_alert_under_a_known_identifier_is_refused(tmp_path, now_is_then):
    async def run():
        async with three_desks(tmp_path) as agencies:
            context = Context(folder=tmp_path)
            channel = make_channel(share_table(agencies, "okinawa", "taiwan"), context)
            first = message(agencies["okinawa"])
            other = message(agencies["okinawa"])  # the same words: an ECDSA signature is never twice the same
            assert first != other
            receipts = [await channel.deliver(to_partner(content)) for content in (first, other)]
            await context.http.close()
            return receipts

    first, second = asyncio.run(run())
    assert first.ok and not second.ok and second.detail.startswith("409")


def test_settings_of_a_partner_that_are_wrong(tmp_path):
    (tmp_path / "key").write_text(make_pair()[1], "utf-8")
    table = {"name": "p", "key_file": "key", "certificate_file": "none.pem", "statuses": ["Exercise"]}
    for change, named in (
        ({}, "partner.p.certificate_file: found none.pem: No such file"),
        ({"statuses": ["Actual", "Test"]}, "p.statuses"),
        ({"takes": ["everything"]}, "partner.p.takes"),
    ):
        with pytest.raises(InputError) as caught:
            make_partner(table | change, Context(folder=tmp_path))
        assert named in str(caught.value)
