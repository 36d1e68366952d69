"""Connections to MQTT 5 brokers, for feeds in and for the player out."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from paho.mqtt.client import Client

__all__ = ["PASSWORD", "Listener", "connect", "make_client", "topic_of"]

PASSWORD = "OVERFLIGHT_FEED_PASSWORD"
KEPT_S = 60
"""So long a broker keeps what was published while we are away; older plots are of no use."""
LONGEST_PAUSE_S = 10


def topic_of(address: str, default: str) -> str:
    """Return the topic that an address names."""
    return unquote(urlsplit(address).path.lstrip("/")) or default


def make_client(address: str, name: str) -> Client:
    """Return a client with the user, password and TLS of an address; not yet connected."""
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

    parts = urlsplit(address)
    client = Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5)
    if parts.username:
        password = unquote(parts.password or "") or os.environ.get(PASSWORD)
        client.username_pw_set(unquote(parts.username), password)
    if parts.scheme == "mqtts":
        client.tls_set()
    client.reconnect_delay_set(1, LONGEST_PAUSE_S)
    return client


def connect(client: Client, address: str) -> None:
    """Begin to connect, and again whenever the connection breaks; what is missed is kept a minute."""
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    parts = urlsplit(address)
    kept = Properties(PacketTypes.CONNECT)
    kept.SessionExpiryInterval = KEPT_S
    port = parts.port or (8883 if parts.scheme == "mqtts" else 1883)
    client.connect_async(parts.hostname or "localhost", port, keepalive=10, properties=kept)
    client.loop_start()


class Listener:
    """Subscribes to a topic, anew after each connection: what comes to ``heard``, faults to ``told``."""

    def __init__(self, address: str, heard: Callable[[bytes], None], told: Callable[[str], None]) -> None:
        self._topic, self._heard, self._told = topic_of(address, "#"), heard, told
        self._closing = False
        self.client = make_client(address, f"overflight-{os.getpid()}-{id(self):x}")
        self.client.on_connect, self.client.on_subscribe = self._connected, self._subscribed
        self.client.on_disconnect, self.client.on_message = self._gone, self._message
        connect(self.client, address)

    def close(self) -> None:
        """End the connection."""
        self._closing = True
        self.client.disconnect()
        self.client.loop_stop()

    def _connected(self, client: Client, _: Any, __: Any, reason: Any, ___: Any) -> None:
        if reason.is_failure:
            self._told(f"the broker refused the connection: {reason}")
        else:
            client.subscribe(self._topic, qos=1)

    def _subscribed(self, _: Client, __: Any, ___: Any, reasons: list[Any], ____: Any) -> None:
        for reason in reasons:
            if reason.is_failure:
                self._told(f"the broker refused the topic {self._topic}: {reason}")

    def _gone(self, _: Client, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        if not self._closing:
            self._told(f"the connection broke: {reason}")

    def _message(self, _: Client, __: Any, message: Any) -> None:
        self._heard(bytes(message.payload))
