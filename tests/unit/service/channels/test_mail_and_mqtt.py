from __future__ import annotations

import asyncio
import contextlib
import email
import threading
from email.policy import default

import pytest

from desks import deliver, delivery, message
from overflight.errors import InputError
from overflight.service.channels.config import Context
from overflight.service.channels.registry import make_channel
from overflight.warning.alert import Status
from servers import free_port, mail_server, mosquitto, silent_server

MAIL = {
    "kind": "mail",
    "name": "mail",
    "statuses": ["Exercise"],
    "host": "127.0.0.1",
    "tls": False,
    "sender": "desk@civil.example",
    "to": ["naha@towns.example", "kume@towns.example"],
    "limit_s": 5,
}
MQTT = {
    "kind": "mqtt",
    "name": "mqtt",
    "statuses": ["Exercise"],
    "host": "127.0.0.1",
    "tls": False,
    "topic": "overflight/alerts",
    "limit_s": 5,
}


def send_mail(attempts, **settings):
    async def run():
        async with mail_server(**settings) as server:
            channel = make_channel(MAIL | {"port": server.port})
            receipts = []
            for attempt in range(1, attempts + 1):
                receipts.append(await channel.deliver(delivery("mail", attempt=attempt)))
                server.refused.clear()
            return receipts, server.mails

    return asyncio.run(run())


def test_a_mail_to_read_with_the_signed_bytes():
    (receipt,), [(to, raw)] = send_mail(1)
    assert receipt.ok and receipt.detail == "accepted by 127.0.0.1 for 2 of 2"
    assert to == MAIL["to"]
    mail = email.message_from_bytes(raw, policy=default)
    assert mail["Subject"].startswith("[EXERCISE] ") and mail["Auto-Submitted"] == "auto-generated"
    assert "towns.example" not in str(mail["To"])
    body, attached = mail.iter_parts()
    assert "訓練" in body.get_content() and "DRILL" in body.get_content()
    assert attached.get_content() == message(Status.EXERCISE, 2)
    assert attached.get_content_type() == "application/cap+xml"


def test_who_was_refused_is_tried_again_and_nobody_else():
    receipts, mails = send_mail(2, refused={"kume@towns.example"})
    assert [receipt.ok for receipt in receipts] == [False, True]
    assert "refused: kume@towns.example" in receipts[0].detail
    assert [to for to, _ in mails] == [["naha@towns.example"], ["kume@towns.example"]]
    first, second = (email.message_from_bytes(raw)["Message-ID"] for _, raw in mails)
    assert first == second


def test_a_dead_and_a_silent_mail_server():
    (receipt,) = deliver(make_channel(MAIL | {"port": free_port()}), delivery("mail"))
    assert not receipt.ok and "refused" in receipt.detail
    with silent_server() as port:
        channel = make_channel(MAIL | {"port": port, "limit_s": 0.2})
        receipts = deliver(channel, delivery("mail"), delivery("mail", attempt=2))
    assert not any(receipt.ok for receipt in receipts)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"to": []}, "mail.to"),
        ({"to": ["a@b.example\r\nBcc: c@d.example"]}, "mail.to"),
        ({"user": "desk"}, "mail.user"),
        ({"user": "desk", "password_file": "p"}, "never without TLS"),
        ({"tls": True, "ca_file": "none.pem"}, "mail.ca_file"),
    ],
)
def test_mail_settings_that_are_wrong(change, named):
    with pytest.raises(InputError) as caught:
        make_channel(MAIL | {"port": 25} | change)
    assert named in str(caught.value)


@contextlib.contextmanager
def subscribed(port, topic):
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

    got, ready, came = [], threading.Event(), threading.Event()
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.on_subscribe = lambda *_: ready.set()
    client.on_message = lambda _, __, one: (got.append(one), came.set())
    client.connect("127.0.0.1", port)
    client.subscribe(topic, 1)
    client.loop_start()
    assert ready.wait(20)
    try:
        yield got, came
    finally:
        client.disconnect()
        client.loop_stop()


def test_a_real_broker_takes_it_and_hands_it_on(tmp_path):
    with mosquitto(tmp_path, "allow_anonymous true") as port:
        channel = make_channel(MQTT | {"port": port})
        (receipt,) = deliver(channel, delivery("mqtt"))
        assert receipt.ok and receipt.detail == "acknowledged by the broker; nobody is subscribed"
        with subscribed(port, "overflight/alerts/#") as (got, came):
            (receipt,) = deliver(channel, delivery("mqtt", attempt=2))
            assert receipt.ok and receipt.detail == "acknowledged by the broker"
            assert came.wait(20)
    (one,) = got
    assert one.topic == "overflight/alerts/exercise" and one.payload == message(Status.EXERCISE, 2)
    assert dict(one.properties.UserProperty)["idempotency-key"] == "test.0002/mqtt"
    assert one.properties.ContentType == "application/cap+xml"


def test_a_broker_that_refuses_the_user_or_the_topic(tmp_path):
    (tmp_path / "acl").write_text("topic read overflight/#\n", "utf-8")
    (tmp_path / "password").write_text("wrong", "utf-8")
    with mosquitto(tmp_path, "allow_anonymous true", f"acl_file {tmp_path / 'acl'}") as port:
        (receipt,) = deliver(make_channel(MQTT | {"port": port}), delivery("mqtt"))
        assert not receipt.ok and receipt.detail == "the broker refused it, reason 0x87"
    with mosquitto(tmp_path, "allow_anonymous false") as port:
        table = MQTT | {"port": port, "user": "desk", "password_file": "password"}
        (receipt,) = deliver(make_channel(table, Context(folder=tmp_path)), delivery("mqtt"))
        assert not receipt.ok and "reason 0x87" in receipt.detail


def test_a_dead_and_a_silent_broker():
    (receipt,) = deliver(make_channel(MQTT | {"port": free_port()}), delivery("mqtt"))
    assert not receipt.ok and "refused" in receipt.detail
    with silent_server() as port:
        channel = make_channel(MQTT | {"port": port, "limit_s": 0.3})
        (receipt,) = deliver(channel, delivery("mqtt"))
    assert not receipt.ok


def test_brokers_and_topics_that_cannot_be():
    for change, named in (({"topic": "a/#"}, "mqtt.topic"), ({"user": "x"}, "one of user and password_file")):
        with pytest.raises(InputError) as caught:
            make_channel(MQTT | change)
        assert named in str(caught.value)
