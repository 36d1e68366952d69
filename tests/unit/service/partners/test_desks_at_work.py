"""Three whole desks, made by ``init``, share alerts and tracks over real HTTP; towns answer one of them."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
import uvicorn

from deskfakes import AOKI, BABA, EVENT, KUMEJIMA, told, waiting
from overflight.errors import InputError
from overflight.service.api.app import make_app
from overflight.service.channels.http import HttpClients
from overflight.service.channels.signed_body import body_key, make_pair, signed_headers
from overflight.service.config import read_desk_config
from overflight.service.exchange import Exchange, make_exchange
from overflight.service.people import People
from overflight.service.start import CONFIG, make_desk, make_folder, make_publishing
from overflight.warning.alert import Status
from overflight.warning.cap.sign import sign
from overflight.warning.decision import DecisionMessage, PlaceFigures, write_decision
from overflight.warning.life_records import Outcome, Role
from servers import free_port

NAMES = ("okinawa", "taiwan", "coastguard")
SILENT_S = 600.0


class Shifted:
    """The time of day, and a little more when a test says so."""

    shift = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift


class Agency:
    """One desk in its folder, served."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name, self.folder, self.port, self.clock = name, folder / name, free_port(), Shifted()
        told_once = make_folder(self.folder, name)
        self.feeder = {"Authorization": f"Bearer {told_once['key of the feeder']}"}
        self.keys: dict[str, str] = {}
        self.exchange: Exchange

    def know(self, other: Agency, scopes: str) -> None:
        """Write down a partner: what it may post to us, and that it gets what is ours."""
        (self.folder / "keys" / f"{other.name}.public").write_text(other.keys[self.name])
        certificate = (other.folder / "keys" / "drill.cert.pem").read_bytes()
        (self.folder / "keys" / f"{other.name}.cert.pem").write_bytes(certificate)
        with (self.folder / CONFIG).open("a") as file:
            file.write(
                f'[[partner]]\nname = "{other.name}"\nkey_file = "keys/{other.name}.public"\n'
                f'certificate_file = "keys/{other.name}.cert.pem"\nstatuses = ["Exercise"]\nscopes = {scopes}\n'
                f'[[channel]]\nkind = "desk"\nname = "to-{other.name}"\nstatuses = ["Exercise"]\n'
                f'url = "http://127.0.0.1:{other.port}"\nknown_as = "{self.name}"\ntracks = true\n'
                f'key_file = "keys/{other.name}.private"\n'
            )

    def ask(self) -> None:
        """Write down who answers for a place."""
        (self.folder / "contacts.csv").write_text(
            f"place,name,email,phone,language\n{KUMEJIMA},久米島町,bosai@town.example,,ja\n", "utf-8"
        )
        (self.folder / "keys" / "answers.key").write_text("s" * 40)
        with (self.folder / CONFIG).open("a") as file:
            file.write(
                '[answers]\ncontacts = "contacts.csv"\nkey_file = "keys/answers.key"\n'
                f"silent_s = {SILENT_S}\n"
            )

    def app(self):
        config, http = read_desk_config(self.folder / CONFIG), HttpClients()
        self.desk = make_desk(config, self.folder, http)
        self.desk.now = self.clock
        self.exchange = make_exchange(config, self.folder, self.desk, http, CONFIG)
        people = People(self.desk.store)
        self.viewer = {"Authorization": f"Bearer {people.add_key('eyes', Role.VIEWER, datetime.now(UTC))}"}
        publishing = make_publishing(config, self.desk, self.folder)
        self.made = make_app(config, self.desk, http, publishing, self.exchange)
        return self.made


@contextlib.asynccontextmanager
async def at_work(folder: Path):
    """Serve three desks that know one another, each pair under keys of its own in each direction."""
    agencies = {name: Agency(folder, name) for name in NAMES}
    for one in agencies.values():
        for other in agencies:
            if other != one.name:
                private, one.keys[other] = make_pair()
                (one.folder / "keys" / f"{other}.private").write_text(private)
    for one in agencies.values():
        for other in agencies.values():
            if other is not one:
                one.know(other, '["Restricted"]' if one.name == "coastguard" else '["Public", "Restricted"]')
    agencies["okinawa"].ask()
    servers, tasks = [], []
    for one in agencies.values():
        servers.append(uvicorn.Server(uvicorn.Config(one.app(), port=one.port, log_level="critical")))
        tasks.append(asyncio.create_task(servers[-1].serve()))
    while not all(server.started for server in servers):
        await asyncio.sleep(0.01)
    try:
        async with aiohttp.ClientSession() as http:
            yield agencies, http
    finally:
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*tasks)
        for one in agencies.values():
            one.desk.store.close()


def message(number: int = 1) -> DecisionMessage:
    now = datetime.now(UTC)
    later = [now + timedelta(seconds=seconds) for seconds in (300, 340, 600)]
    place = PlaceFigures(KUMEJIMA, 0.9, 0.9, 1e-4, Outcome.FLYING, *later, 0.99)
    from dataclasses import replace

    return replace(told(number, place), time=now, made=now)


async def get(http, one: Agency, path: str, **more):
    async with http.get(f"http://127.0.0.1:{one.port}{path}", headers=one.viewer, **more) as answer:
        body = await answer.read()
        assert answer.status == 200, (path, answer.status, body[:300])
        return body


async def until(holds, limit_s: float = 15.0):
    async with asyncio.timeout(limit_s):
        while not (found := holds()):
            await asyncio.sleep(0.02)
        return found


def test_three_desks_and_the_towns_of_one(tmp_path: Path) -> None:
    async def run() -> None:
        async with at_work(tmp_path) as (agencies, http):
            okinawa, taiwan, coast = (agencies[name] for name in NAMES)
            await tracks_go_round(okinawa, taiwan, coast, http)
            await alerts_by_scope(okinawa, taiwan, coast, http)
            await feed_and_page(okinawa, http)
            await towns_answer(okinawa, http)

    asyncio.run(run())


async def tracks_go_round(okinawa: Agency, taiwan: Agency, coast: Agency, http) -> None:
    """One of our own goes to both partners, marked with its source, and no further."""
    url = f"http://127.0.0.1:{okinawa.port}/api/v1/decisions"
    async with http.post(url, data=write_decision(message()), headers=okinawa.feeder) as answer:
        assert answer.status == 202 and (await answer.json())["accepted"] == 1
    for one in (taiwan, coast):
        latest = await until(lambda one=one: one.desk.store.state().latest.get(EVENT))
        assert latest.source == "okinawa/tracker"
        assert waiting(one.desk).content.shelter, "a partner's track is a feed: it leads to a draft"
    await until(lambda: okinawa.exchange.sharing.troubles == {"to-taiwan": "", "to-coastguard": ""})
    assert taiwan.exchange.sharing.troubles == {}, "what came from a partner is not handed on"
    own = message(2)
    url = f"http://127.0.0.1:{taiwan.port}/api/v1/decisions"
    async with http.post(url, data=write_decision(own), headers=taiwan.feeder) as answer:
        assert (await answer.json())["accepted"] == 1
    await until(lambda: [e for e in okinawa.desk.store.entries(EVENT) if e.kind == "partner_track"])
    latest = okinawa.desk.store.state().latest[EVENT]
    assert latest.source == "tracker" and latest.id == message().id, (
        "our own fresh track stays the one that decides"
    )


async def alerts_by_scope(okinawa: Agency, taiwan: Agency, coast: Agency, http) -> None:
    """A public alert goes to who takes it; a restricted one to the coast guard; each under its own key."""
    desk = okinawa.desk
    draft = waiting(desk)
    for who in (AOKI, BABA):
        desk.approve(draft.draft_id, draft.content_hash, who, second_factor=True)
    (identifier,) = desk.issue(draft.draft_id, draft.content_hash, AOKI)
    okinawa.made.state.running.changed()
    await until(lambda: taiwan.exchange.inbox.alerts())
    (row,) = taiwan.exchange.inbox.alerts()
    sent = await get(http, okinawa, f"/api/v1/alerts/{identifier}.xml")
    assert (row.partner, row.identifier, row.content) == ("okinawa", identifier, sent)
    listed = await get(http, taiwan, "/api/v1/partner-alerts")
    assert identifier.encode() in listed
    assert await get(http, taiwan, f"/api/v1/partner-alerts/okinawa/{row.digest}.xml") == sent
    assert b"From partners" in await get(http, taiwan, "/")
    assert coast.exchange.inbox.alerts() == [], "it takes restricted alerts alone"

    text = row.content.decode().split("<Signature")[0].split("<ds:Signature")[0].rstrip() + "</alert>"
    text = text.replace(
        "<scope>Public</scope>", "<scope>Restricted</scope><restriction>partners</restriction>"
    )
    _, signer = desk.signing.of(Status.EXERCISE)
    restricted = sign(text.replace(identifier, f"{identifier}r").encode(), signer, datetime.now(UTC))
    secret = body_key((okinawa.folder / "keys" / "coastguard.private").read_text())
    other = body_key((okinawa.folder / "keys" / "taiwan.private").read_text())
    url = f"http://127.0.0.1:{coast.port}/api/v1/partners/okinawa/alerts"
    for key, status in ((other, 401), (secret, 202)):
        headers = signed_headers(restricted, key, "k", datetime.now(UTC))
        async with http.post(url, data=restricted, headers=headers) as answer:
            assert answer.status == status, await answer.text()
    assert [(a.scope, a.partner) for a in coast.exchange.inbox.alerts()] == [("Restricted", "okinawa")]


async def feed_and_page(okinawa: Agency, http) -> None:
    """The desk serves its own feed, with an ETag, and the page of drills that stands by now."""
    base = f"http://127.0.0.1:{okinawa.port}/drills"
    identifier = okinawa.desk.store.state().boards[EVENT].messages[-1].identifier
    feed, etag, kind = b"", "", ""
    async with asyncio.timeout(15):
        while identifier.encode() not in feed:
            await asyncio.sleep(0.02)
            async with http.get(f"{base}/feed.xml") as answer:
                feed, etag = await answer.read(), answer.headers["ETag"]
                kind = answer.headers["Content-Type"]
    assert kind.startswith("application/atom+xml")
    async with http.get(f"{base}/feed.xml", headers={"If-None-Match": etag}) as answer:
        assert answer.status == 304
    page = ""
    async with asyncio.timeout(15):
        while "久米島" not in page:
            await asyncio.sleep(0.02)
            async with http.get(f"{base}/") as answer:
                page = await answer.text()
    async with http.get(f"http://127.0.0.1:{okinawa.port}/public/feed.xml") as answer:
        assert answer.status == 404


async def towns_answer(okinawa: Agency, http) -> None:
    """Silence is an alarm; a town answers by its link and the alarm is over."""
    url = f"/api/v1/events/{EVENT}"
    assert b"has not answered" not in await get(http, okinawa, url)
    okinawa.clock.shift = timedelta(seconds=SILENT_S + 60)
    assert f"{KUMEJIMA} was told and has not answered".encode() in await get(http, okinawa, url)
    link = okinawa.exchange.link(EVENT, KUMEJIMA)
    base = f"http://127.0.0.1:{okinawa.port}"
    assert urlsplit(link).path == link
    form = {"report": "object_found", "where": "はての浜", "note": "白い金属片"}
    async with http.post(f"{base}{link}", data=form) as answer:
        assert answer.status == 200
    async with http.get(f"{base}{link}x") as answer:
        assert answer.status == 404
    assert b"has not answered" not in await get(http, okinawa, url)
    page = (await get(http, okinawa, f"/events/{EVENT}?lang=ja")).decode()
    assert "はての浜: 白い金属片" in page


def test_a_feed_below_the_page_of_the_other_wall_is_refused(tmp_path: Path) -> None:
    make_folder(tmp_path)
    text = (tmp_path / CONFIG).read_text().replace('folder = "public/drill"', 'folder = "public/real"')
    (tmp_path / CONFIG).write_text(text)
    config = read_desk_config(tmp_path / CONFIG)
    desk = make_desk(config, tmp_path, HttpClients())
    with pytest.raises(InputError, match=r"channel\.drill-feed\.folder"):
        make_publishing(config, desk, tmp_path)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ('[answers]\ncontacts = "none.csv"\nkey_file = "k"\n', r"answers\.contacts.*none\.csv"),
        (
            '[answers]\ncontacts = "desk.toml"\nkey_file = "policy.toml"\nsilent_s = -1\n',
            r"answers\.silent_s",
        ),
        ('[[partner]]\nname = "p"\n', r"partner\.p\.key_file"),
    ],
)
def test_settings_that_are_wrong(tmp_path: Path, wrong: str, named: str) -> None:
    make_folder(tmp_path)
    with (tmp_path / CONFIG).open("a") as file:
        file.write(wrong)
    with pytest.raises(InputError, match=named):
        config = read_desk_config(tmp_path / CONFIG)
        desk = make_desk(config, tmp_path, HttpClients())
        make_exchange(config, tmp_path, desk, HttpClients(), CONFIG)
