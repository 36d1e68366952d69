from __future__ import annotations

import asyncio
import gzip
import os
import xml.etree.ElementTree as ET

from desks import deliver, delivery, message
from overflight.service.channels.config import Context
from overflight.service.channels.registry import make_channel
from overflight.service.channels.signed_body import make_pair
from overflight.service.published import Published
from overflight.warning.alert import Status
from servers import receiver

ATOM = "{http://www.w3.org/2005/Atom}"
TABLE = {
    "kind": "atom",
    "name": "feed",
    "statuses": ["Exercise"],
    "folder": "feed",
    "address": "https://desk.example/feed",
}


def ask(app, path, method="GET", **headers):
    sent = []

    async def send(event):
        sent.append(event)

    async def receive():
        return {"type": "http.request", "body": b""}

    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": lines}
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def test_a_feed_of_all_messages_newest_first_each_once(tmp_path):
    channel = make_channel(TABLE, Context(folder=tmp_path))
    receipts = deliver(channel, *(delivery("feed", number=n) for n in (2, 3, 2)))
    assert [receipt.detail for receipt in receipts] == [
        "1 message in the feed",
        "2 messages in the feed",
        "2 messages in the feed",
    ]
    root = ET.parse(tmp_path / "feed/feed.xml").getroot()
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 2
    for tag in ("id", "title", "updated"):
        assert root.findtext(f"{ATOM}{tag}") and entries[0].findtext(f"{ATOM}{tag}")
    link = entries[0].find(f"{ATOM}link").get("href")
    assert link == "https://desk.example/feed/alerts/test.0003.xml"
    assert (tmp_path / "feed/alerts/test.0003.xml").read_bytes() == message(Status.EXERCISE, 3)


def test_a_message_of_the_other_wall_stays_out_even_if_someone_puts_it_there(tmp_path):
    (tmp_path / "feed/alerts").mkdir(parents=True)
    (tmp_path / "feed/alerts/real.xml").write_bytes(message(Status.ACTUAL, 9))
    (tmp_path / "feed/alerts/junk.xml").write_bytes(b"<!DOCTYPE a><a/>")
    (receipt,) = deliver(make_channel(TABLE, Context(folder=tmp_path)), delivery("feed"))
    assert receipt.detail == "1 message in the feed"


def test_served_with_an_etag_and_nothing_when_unchanged(tmp_path):
    channel = make_channel(TABLE, Context(folder=tmp_path))
    deliver(channel, delivery("feed"))
    app = Published(tmp_path / "feed")
    status, headers, body = ask(app, "/feed.xml")
    assert status == 200 and headers[b"content-type"].startswith(b"application/atom+xml")
    assert body == (tmp_path / "feed/feed.xml").read_bytes()
    tag = headers[b"etag"].decode()
    assert ask(app, "/feed.xml", if_none_match=f'"x", W/{tag}')[::2] == (304, b"")
    packed = ask(app, "/feed.xml", accept_encoding="br, gzip")
    assert packed[1][b"content-encoding"] == b"gzip" and gzip.decompress(packed[2]) == body
    assert ask(app, "/feed.xml", method="HEAD")[::2] == (200, b"")
    deliver(channel, delivery("feed", number=3))
    assert ask(app, "/feed.xml", if_none_match=tag)[0] == 200
    status, headers, body = ask(app, "/alerts/test.0003.xml")
    assert body == message(Status.EXERCISE, 3) and headers[b"content-type"].startswith(b"application/cap+xml")


def test_nothing_above_the_folder_is_served(tmp_path):
    (tmp_path / "secret").write_text("x")
    (tmp_path / "feed").mkdir()
    (tmp_path / "feed/.hidden").write_text("x")
    app = Published(tmp_path / "feed")
    for path in (
        "/../secret",
        "/.hidden",
        "//etc/passwd",
        "/alerts/../../secret",
        "/a\x00b",
        "/",
        "/%2e%2e/secret",
    ):
        assert ask(app, path)[0] == 404, path
    assert ask(app, "/x", method="POST")[0] == 405
    os.remove(tmp_path / "feed/.hidden")


def test_a_partner_gets_what_its_scope_allows_under_its_own_key(tmp_path):
    (tmp_path / "key").write_text(make_pair()[0], "utf-8")
    table = {
        "kind": "desk", "name": "partner", "statuses": ["Exercise"], "known_as": "okinawa", "key_file": "key"
    }  # fmt: skip

    async def run(scopes):
        async with receiver() as held:
            context = Context(folder=tmp_path)
            channel = make_channel(table | {"url": held.url, "scopes": scopes}, context)
            receipt = await channel.deliver(delivery("partner"))
            await context.http.close()
            return receipt, len(held.got)

    receipt, count = asyncio.run(run(["Restricted"]))
    assert receipt.is_final and "scope Public" in receipt.detail and count == 0
    receipt, count = asyncio.run(run(["Public"]))  # the test receiver has no such path
    assert not receipt.ok and receipt.detail.startswith("404")
