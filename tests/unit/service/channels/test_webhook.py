from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime, timedelta

import pytest

from desks import delivery, message
from overflight.errors import InputError
from overflight.service.channels.config import Context
from overflight.service.channels.http import HttpClients, KnownNames
from overflight.service.channels.registry import make_channel
from overflight.service.channels.signed_body import (
    body_key,
    is_signed,
    make_pair,
    make_secret,
    signed_headers,
)
from overflight.warning.alert import Status
from servers import receiver, silent_server

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # of the specification's own example


def hook(tmp_path, url, name="hook", **change):
    (tmp_path / "key").write_text(SECRET + "\n", "utf-8")
    table = {"kind": "webhook", "name": name, "statuses": ["Exercise"], "url": url, "key_file": "key"}
    return make_channel(table | change, Context(folder=tmp_path, where="desk.toml"))


def post_to(tmp_path, path, **change):
    async def run():
        async with receiver() as held:
            channel = hook(tmp_path, f"{held.url}/{path}", **change)
            receipt = await channel.deliver(delivery("hook", attempt=3))
            await channel._channel._http.close()
            return receipt, held.got

    return asyncio.run(run())


def test_the_signed_bytes_arrive_with_what_proves_them(tmp_path):
    receipt, [(_, headers, body)] = post_to(tmp_path, "ok")
    assert receipt.ok and receipt.detail == "202 Accepted taken"
    assert body == message(Status.EXERCISE, 2)
    assert headers["content-type"] == "application/cap+xml"
    assert headers["idempotency-key"] == headers["webhook-id"] == "test.0002/hook"
    assert headers["overflight-attempt"] == "3"
    assert is_signed(body, headers, body_key(SECRET), datetime.now(UTC))
    assert not is_signed(body + b" ", headers, body_key(SECRET), datetime.now(UTC))
    assert not is_signed(body, headers, body_key(SECRET), datetime.now(UTC) + timedelta(hours=1))
    assert not is_signed(body, headers, body_key(make_secret()), datetime.now(UTC))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("500", "500"),
        ("404", "404"),
        ("elsewhere", "307: it sends elsewhere, which is not followed"),
        ("reset", "Server"),
    ],
)
def test_what_is_no_receipt(tmp_path, path, words):
    receipt, got = post_to(tmp_path, path)
    assert not receipt.ok and not receipt.is_final and words in receipt.detail
    assert len(got) == 1, "a redirect was followed"


def test_a_hang_ends_and_a_flood_is_not_read(tmp_path):
    receipt, _ = post_to(tmp_path, "hang", limit_s=0.2)
    assert receipt.detail == "no answer within 0.2 s"
    receipt, _ = post_to(tmp_path, "flood")
    assert receipt.ok and len(receipt.detail) < 200


def test_a_dead_name_and_a_closed_port(tmp_path):
    async def run():
        clients = []
        for url in ("https://nowhere.invalid/x", "http://127.0.0.1:9/x"):
            channel = hook(tmp_path, url)
            clients.append(await channel.deliver(delivery("hook")))
            await channel._channel._http.close()
        return clients

    for receipt in asyncio.run(run()):
        assert not receipt.ok and "Connect" in receipt.detail


def test_hanging_receivers_and_hanging_names_delay_no_other(tmp_path, monkeypatch):
    look_up = socket.getaddrinfo

    def hanging(host, *rest, **more):
        if host == "hanging.test":
            import time

            time.sleep(5)
        return look_up(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", hanging)

    async def run(port):
        async with receiver() as held:
            context = Context(folder=tmp_path)
            (tmp_path / "key").write_text(SECRET, "utf-8")
            base = {"kind": "webhook", "statuses": ["Exercise"], "key_file": "key", "plain_http": True}
            urls = [f"http://127.0.0.1:{port}/x"] * 20 + [
                f"http://hanging.test:{port}/{n}" for n in range(20)
            ]
            bad = [
                make_channel(base | {"name": f"bad{n}", "url": url}, context) for n, url in enumerate(urls)
            ]
            tasks = [asyncio.create_task(one.deliver(delivery(one.name))) for one in bad]
            await asyncio.sleep(0.05)
            good = make_channel(base | {"name": "good", "url": f"{held.url}/ok"}, context)
            async with asyncio.timeout(4):
                receipt = await good.deliver(delivery("good"))
            still = sum(not task.done() for task in tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await context.http.close()
            return receipt, still

    with silent_server() as port:
        receipt, still = asyncio.run(run(port))
    assert receipt.ok and still == 40


def test_a_name_stays_known_when_its_servers_die(monkeypatch):
    async def run():
        names = KnownNames()
        first = await names.resolve("localhost", 80)
        names._known = {key: (-1e9, answer) for key, (_, answer) in names._known.items()}

        def dead(*_, **__):
            raise socket.gaierror(-3, "Temporary failure in name resolution")

        monkeypatch.setattr(socket, "getaddrinfo", dead)
        assert await names.resolve("localhost", 80) == first
        with pytest.raises(OSError, match="Temporary failure"):
            await names.resolve("other.test", 80)

    asyncio.run(run())


def test_signatures_as_the_specification_has_them():
    # Standard Webhooks 1.0, example of the reference libraries
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed_headers(b'{"test": 2432232314}', body_key(SECRET), "msg_p5jXN8AQM9LWM0D4loKWxJek", at)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_pair_of_keys_signs_and_checks():
    private, public = make_pair()
    at = datetime(2023, 8, 24, tzinfo=UTC)
    headers = signed_headers(b"body", body_key(private), "1", at)
    assert is_signed(b"body", headers, body_key(public), at)
    assert not is_signed(b"other", headers, body_key(public), at)
    assert not is_signed(b"body", headers, body_key(make_pair()[1]), at)
    assert not is_signed(b"body", headers | {"webhook-signature": "v1a,%%"}, body_key(public), at)
    with pytest.raises(InputError, match="public part"):
        body_key(public).sign(b"")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"url": "http://town.example/hook"}, "channel.hook.url: found http without TLS"),
        ({"url": "ftp://town.example"}, "https://HOST/"),
        ({"url": "https://user:secret@town.example"}, "an address with a password"),
        ({"url": "https://[bad"}, "https://HOST/"),
        ({"key_file": "missing"}, "channel.hook.key_file: found missing: No such file"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, change, named):
    with pytest.raises(InputError) as caught:
        hook(tmp_path, **({"url": "https://town.example/hook"} | change))
    assert named in str(caught.value) and "secret@" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "abc", "whsec_", "whsec_%%%%", "whsk_QUJD"])
def test_a_text_that_is_no_key(text):
    with pytest.raises(InputError, match="webhook key"):
        body_key(text)


def test_clients_are_one_a_loop():
    clients = HttpClients()

    async def run():
        assert clients.session() is clients.session()
        await clients.close()

    asyncio.run(run())
    asyncio.run(run())
