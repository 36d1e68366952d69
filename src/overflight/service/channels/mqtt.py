"""Publishes each message to an MQTT 5 broker, at least once (QoS 1), and takes its PUBACK as receipt.

Alerts are rare, so each is a connection of its own: nothing has to be kept alive, and a broker that
died overnight is found out by the attempt and not by a timer.  The connection lives in the channel's own
thread, because opening one blocks.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from overflight.errors import InputError, OverflightError
from overflight.service.channel import Channel, Delivery, Receipt
from overflight.service.channels.config import ChannelConfig, Context, read_config
from overflight.service.channels.own_thread import OwnThread
from overflight.service.channels.tls import TlsConfig, tls_context
from overflight.service.channels.webhook import MEDIA_TYPE

if TYPE_CHECKING:
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

_NO_SUBSCRIBERS = 0x10  # MQTT 5.0, 3.4.2.1: accepted, and nobody listens
_REFUSED = 0x80  # from here on the message was not accepted


class MqttConfig(ChannelConfig, TlsConfig):
    """``[[channel]] kind = "mqtt"``: messages are published under ``topic``, to ``/STATUS`` below it.

    ``tls = false`` allows a broker without TLS.  ``password_file`` goes with ``user``.
    """

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65535)] = 8883
    topic: Annotated[
        str, Field(pattern=r"^[^#+\x00]+$", max_length=200, description="a topic without # and +")
    ]
    user: str | None = None
    password_file: Path | None = None
    retain: bool = False


def make(table: Mapping[str, Any], context: Context) -> Channel:
    """Return the channel of one table."""
    config = read_config(MqttConfig, table, context)
    try:
        import paho.mqtt.client  # noqa: F401
    except ImportError as fault:
        raise OverflightError("a channel of kind mqtt needs paho-mqtt; install overflight[mqtt]") from fault
    if (config.user is None) != (config.password_file is None):
        remedy = "Give both, or neither."
        raise InputError(
            context.where,
            f"channel.{config.name}.user",
            found="one of user and password_file",
            allowed="both or neither",
            remedy=remedy,
        )
    key = f"channel.{config.name}"
    password = context.secret(config.password_file, f"{key}.password_file") if config.password_file else None
    return Mqtt(config, password, tls_context(config, key, context))


class Mqtt:
    """Publishes to one broker."""

    def __init__(self, config: MqttConfig, password: str | None, tls: ssl.SSLContext | None) -> None:
        self.name, self.statuses = config.name, frozenset(config.statuses)
        self.destination = f"mqtt:{config.host.lower()}:{config.port}/{config.topic.strip('/')}"
        self._config, self._password, self._tls = config, password, tls
        if tls is not None:
            tls.sslsocket_class = _ClosedOnFault
        self._thread = OwnThread(f"channel {config.name}")

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Publish the bytes once and wait for the broker's acknowledgement."""
        reason = await self._thread.run(lambda: self._publish(delivery))
        detail = "acknowledged by the broker"
        if reason == _NO_SUBSCRIBERS:
            detail += "; nobody is subscribed"
        if reason >= _REFUSED:
            detail = f"the broker refused it, reason 0x{reason:02x}"
        return Receipt(delivery.key, self.name, reason < _REFUSED, detail, datetime.now(UTC))

    async def close(self) -> None:
        """No connection is kept."""

    def _publish(self, delivery: Delivery) -> int:
        """Return the reason code of the broker's answer to the message, or to the connection."""
        from paho.mqtt.client import Client, error_string
        from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

        config, answers = self._config, []
        topic = f"{config.topic.rstrip('/')}/{delivery.status.value.lower()}"

        def connected(client: Client, _: object, __: object, reason: ReasonCode, ___: object) -> None:
            if reason.is_failure:
                answers.append(reason.value)
            else:
                client.publish(topic, delivery.content, 1, config.retain, _properties(delivery))

        client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        client.on_connect = connected
        client.on_publish = lambda _, __, ___, reason, ____: answers.append(reason.value)
        client.connect_timeout = config.limit_s
        if config.user is not None:
            client.username_pw_set(config.user, self._password)
        if self._tls is not None:
            client.tls_set_context(self._tls)
        ends = time.monotonic() + config.limit_s
        try:
            client.connect(config.host, config.port, keepalive=max(5, round(config.limit_s)))
            while not answers:
                fault = client.loop(0.1)
                if fault is not MQTTErrorCode.MQTT_ERR_SUCCESS and not answers:
                    raise ConnectionError(error_string(fault))
                if time.monotonic() > ends:
                    raise TimeoutError("the broker did not acknowledge")
            client.disconnect()
        finally:
            client.on_connect = client.on_publish = None
            if (left := client.socket()) is not None:
                left.close()
        return answers[0]


class _ClosedOnFault(ssl.SSLSocket):
    """A socket that does not stay open when no TLS comes about: the client would leave it so."""

    def do_handshake(self, block: bool = False) -> None:
        """Agree on TLS, or close."""
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def _properties(delivery: Delivery) -> Properties:
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    properties = Properties(PacketTypes.PUBLISH)
    properties.ContentType = MEDIA_TYPE
    properties.UserProperty = [
        ("idempotency-key", delivery.key),
        ("identifier", delivery.identifier),
        ("status", delivery.status.value),
        ("sha-256", delivery.digest),
    ]
    return properties
