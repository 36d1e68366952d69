"""Mail and MQTT over TLS, with passwords, against real servers under an authority of our own.

A certificate that is not believed stops that channel alone, and says why.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from certificates import Authority
from deskfakes import figures, make_desk, memory, send, told
from desks import deliver, delivery
from overflight.service.channel import Receipt
from overflight.service.channels.config import Context
from overflight.service.channels.guard import Guarded
from overflight.service.channels.registry import make_channel
from overflight.service.outbox import Dispatcher
from servers import mail_server, mosquitto

MAIL = {
    "kind": "mail", "name": "mail", "statuses": ["Exercise"], "host": "127.0.0.1", "limit_s": 5,
    "sender": "desk@civil.example", "to": ["naha@towns.example"], "ca_file": "ca.pem",
}  # fmt: skip
MQTT = {
    "kind": "mqtt", "name": "mqtt", "statuses": ["Exercise"], "host": "127.0.0.1", "limit_s": 5,
    "topic": "overflight/alerts", "ca_file": "ca.pem",
}  # fmt: skip
BELIEVED = "the certificate of the server is not believed"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an authority's files: a good server, one of another host, one that has run out, a stranger's, ours."""
    made = tmp_path_factory.mktemp("tls")
    authority = Authority(made)
    authority.vouch("good")
    authority.vouch("elsewhere", "mail.example")
    authority.vouch("old", ends=datetime.now(UTC) - timedelta(days=1))
    authority.vouch("ours", "desk.example")
    Authority(made, "stranger").vouch("forged")
    (made / "password").write_text("correct horse", "utf-8")
    (made / "wrong").write_text("battery staple", "utf-8")
    return made


def channel(table: dict[str, Any], folder: Path, port: int, **change: object) -> Guarded:
    return make_channel(table | {"port": port} | change, Context(folder))


def served(folder: Path, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


def by_mail(
    folder: Path, name: str = "good", *, begins: bool = False, **change: object
) -> tuple[Receipt, int]:
    async def go() -> tuple[Receipt, int]:
        login = ("desk", "correct horse") if "user" in change else None
        async with mail_server(tls=served(folder, name), begins_with_tls=begins, login=login) as server:
            security = "tls" if begins else "starttls"
            made = channel(MAIL | {"security": security}, folder, server.port, **change)
            return await made.deliver(delivery("mail")), len(server.mails)

    return asyncio.run(go())


@pytest.fixture(scope="module")
def broker(folder: Path) -> Callable[..., Any]:
    return lambda name="good", *more: mosquitto(
        folder, f"certfile {folder / name}.pem", f"keyfile {folder / name}.key", "allow_anonymous true", *more
    )


@pytest.mark.parametrize("begins", [False, True])
def test_a_mail_goes_over_tls(folder: Path, begins: bool) -> None:
    receipt, mails = by_mail(folder, begins=begins)
    assert receipt.ok and mails == 1, receipt.detail
    receipt, mails = by_mail(folder, begins=begins, user="desk", password_file="password")
    assert receipt.ok and mails == 1, receipt.detail
    receipt, mails = by_mail(folder, begins=begins, user="desk", password_file="wrong")
    assert not receipt.ok and "535" in receipt.detail and mails == 0
    assert "battery staple" not in receipt.detail


@pytest.mark.parametrize(
    ("name", "said"), [("elsewhere", "127.0.0.1"), ("old", "expired"), ("forged", "issuer")]
)
@pytest.mark.parametrize("begins", [False, True])
def test_no_mail_to_a_server_that_is_not_believed(folder: Path, name: str, said: str, begins: bool) -> None:
    receipt, mails = by_mail(folder, name, begins=begins)
    assert not receipt.ok and not receipt.is_final and mails == 0
    assert BELIEVED in receipt.detail and said in receipt.detail and "ca_file" in receipt.detail


def test_a_mail_never_falls_back_to_the_clear(folder: Path) -> None:
    async def go() -> tuple[Receipt, int]:
        async with mail_server() as server:  # offers no STARTTLS
            made = channel(MAIL, folder, server.port, user="desk", password_file="password")
            return await made.deliver(delivery("mail")), len(server.mails)

    receipt, mails = asyncio.run(go())
    assert not receipt.ok and "STARTTLS" in receipt.detail and mails == 0


def test_a_broker_takes_a_message_over_tls(folder: Path, broker: Callable[..., Any]) -> None:
    with broker() as port:
        (receipt,) = deliver(channel(MQTT, folder, port), delivery("mqtt"))
    assert receipt.ok, receipt.detail


@pytest.mark.parametrize(
    ("name", "said"), [("elsewhere", "127.0.0.1"), ("old", "expired"), ("forged", "issuer")]
)
def test_no_message_to_a_broker_that_is_not_believed(
    folder: Path, broker: Callable[..., Any], name: str, said: str
) -> None:
    with broker(name) as port:
        (receipt,) = deliver(channel(MQTT, folder, port), delivery("mqtt"))
    assert not receipt.ok and BELIEVED in receipt.detail and said in receipt.detail


def test_a_broker_that_asks_for_our_certificate_and_password(folder: Path) -> None:
    import shutil
    import subprocess

    from support import require

    tool = shutil.which("mosquitto_passwd")
    require(tool, "no mosquitto_passwd on this machine")
    users = folder / "users"
    subprocess.run(
        [str(tool), "-b", "-c", str(users), "desk", "correct horse"], check=True, capture_output=True
    )
    users.chmod(0o644)
    lines = [
        f"cafile {folder / 'ca.pem'}", f"certfile {folder / 'good.pem'}", f"keyfile {folder / 'good.key'}",
        "require_certificate true", "allow_anonymous false", f"password_file {users}",
    ]  # fmt: skip
    ours = {"certificate_file": "ours.pem", "certificate_key_file": "ours.key", "user": "desk"}
    with mosquitto(folder, *lines) as port:
        made = [
            channel(MQTT, folder, port, **ours, password_file="password"),
            channel(MQTT, folder, port, **ours, password_file="wrong"),
            channel(MQTT, folder, port, user="desk", password_file="password"),
        ]
        good, wrong, unknown = (deliver(one, delivery("mqtt"))[0] for one in made)
    assert good.ok, good.detail
    assert not wrong.ok and "reason 0x87" in wrong.detail
    assert not unknown.ok and unknown.detail


def test_a_plain_server_where_tls_is_meant(folder: Path) -> None:
    async def go() -> Receipt:
        async with mail_server() as server:
            return await channel(MAIL | {"security": "tls"}, folder, server.port).deliver(delivery("mail"))

    receipt = asyncio.run(go())
    assert not receipt.ok and "no TLS with the server" in receipt.detail


@pytest.fixture
def forged_broker(broker: Callable[..., Any]) -> Iterator[int]:
    with broker("forged") as port:
        yield port


def test_only_the_channel_that_is_not_believed_waits(
    folder: Path, tmp_path: Path, forged_broker: int
) -> None:
    town = memory("town")
    desk, clock = make_desk(tmp_path, [town])
    bad = channel(MQTT, folder, forged_broker)
    desk.channels = [*desk.channels, bad]
    clock.to(100)
    desk.hear(told(100, figures()))
    send(desk)

    async def go() -> None:
        work = asyncio.create_task(
            Dispatcher(desk.store, "w", {one.name: one for one in desk.channels}).run()
        )
        async with asyncio.timeout(20):
            while not town.taken or BELIEVED not in str(states(desk)):
                await asyncio.sleep(0.05)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    asyncio.run(go())
    assert {(name, state) for name, state, _ in states(desk)} == {("town", "done"), ("mqtt", "waiting")}
    desk.store.close()


def states(desk) -> list[tuple[str, str, str]]:
    import sqlalchemy as sa

    from overflight.service.tables import outbox

    with desk.store.read() as connection:
        query = sa.select(outbox.c.channel, outbox.c.state, outbox.c.detail)
        return [(row.channel, row.state, row.detail) for row in connection.execute(query)]
