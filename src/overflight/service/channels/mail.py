"""Sends each message by e-mail: its own words to read, its signed bytes attached.

A mail server accepts for delivery and promises no more; the receipt says so.  ``Message-ID`` is made
from the idempotency key, so that a second attempt is the same mail to a receiver that looks.
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from overflight.errors import InputError
from overflight.service.channel import Channel, Delivery, Receipt
from overflight.service.channels.config import ChannelConfig, Context, read_config
from overflight.service.channels.file import file_name
from overflight.service.channels.own_thread import OwnThread
from overflight.service.channels.tls import TlsConfig, tls_context
from overflight.warning.cap.parse import children, parse, text_of

Address = Annotated[
    str, Field(pattern=r"^[^\s<>@,;:\"]+@[^\s<>@,;:\"]+$", max_length=254, description="name@host")
]


_REMEMBERED = 200  # messages


class MailConfig(ChannelConfig, TlsConfig):
    """``[[channel]] kind = "mail"``: one mail from ``sender`` to all of ``to``, who do not see each other.

    ``security`` is how TLS begins: ``starttls`` (usual on port 587), ``tls`` (465) or, with
    ``tls = false``, not at all.
    """

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls"] = "starttls"
    sender: Address
    to: Annotated[tuple[Address, ...], Field(min_length=1, max_length=500)]
    user: str | None = None
    password_file: Path | None = None


def make(table: Mapping[str, Any], context: Context) -> Channel:
    """Return the channel of one table."""
    config = read_config(MailConfig, table, context)
    key = f"channel.{config.name}"
    if (config.user is None) != (config.password_file is None) or (config.user and not config.tls):
        remedy = "Give both or neither, and never without TLS."
        raise InputError(
            context.where,
            f"{key}.user",
            found="a user without password_file, a password_file without user, or a password without TLS",
            allowed="user and password_file with TLS",
            remedy=remedy,
        )
    password = context.secret(config.password_file, f"{key}.password_file") if config.password_file else ""
    return Mail(config, password, tls_context(config, key, context))


class Mail:
    """Sends through one server to one list of people."""

    def __init__(self, config: MailConfig, password: str, tls: ssl.SSLContext | None) -> None:
        self.name, self.statuses = config.name, frozenset(config.statuses)
        self.destination = f"mail:{','.join(sorted(one.lower() for one in config.to))}"
        self._config, self._password, self._tls = config, password, tls
        self._thread = OwnThread(f"channel {config.name}")
        self._accepted: dict[str, frozenset[str]] = {}  # by key: who need not be sent it again

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Hand the mail to the server; those it refuses are named, and alone are tried again."""
        mail = compose_mail(delivery, self._config.sender)
        had = self._accepted.get(delivery.key, frozenset())
        to = [one for one in self._config.to if one not in had]
        refused = await self._thread.run(lambda: self._send(mail, to))
        self._remember(delivery.key, had | (frozenset(to) - refused))
        count = len(self._config.to)
        detail = f"accepted by {self._config.host} for {count - len(refused)} of {count}"
        if refused:
            detail += f"; refused: {', '.join(sorted(refused))}"
        return Receipt(delivery.key, self.name, not refused, detail, datetime.now(UTC))

    async def close(self) -> None:
        """No connection is kept."""

    def _remember(self, key: str, accepted: frozenset[str]) -> None:
        self._accepted.pop(key, None)
        self._accepted[key] = accepted
        while len(self._accepted) > _REMEMBERED:
            del self._accepted[next(iter(self._accepted))]

    def _send(self, mail: EmailMessage, to: Sequence[str]) -> frozenset[str]:
        config = self._config
        timeout = config.limit_s
        if self._tls is not None and config.security == "tls":
            server = smtplib.SMTP_SSL(config.host, config.port, timeout=timeout, context=self._tls)
        else:
            server = smtplib.SMTP(config.host, config.port, timeout=timeout)
        with server:
            if self._tls is not None and config.security == "starttls":
                server.starttls(context=self._tls)
            if config.user is not None:
                server.login(config.user, self._password)
            try:
                return frozenset(server.send_message(mail, config.sender, to))
            except smtplib.SMTPRecipientsRefused as fault:
                return frozenset(fault.recipients)


def compose_mail(delivery: Delivery, sender: str) -> EmailMessage:
    """Return the mail of a message: what it says in each language, and the bytes attached."""
    root = parse(delivery.content)
    infos = children(root, "info")
    texts = [
        "\n\n".join(
            filter(None, (text_of(info, name) for name in ("headline", "description", "instruction")))
        )
        for info in infos
    ]
    host = sender.rpartition("@")[2]
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = sender, "undisclosed-recipients:;"
    mark = "" if delivery.status.value == "Actual" else f"[{delivery.status.value.upper()}] "
    headline = text_of(infos[0], "headline") if infos else text_of(root, "msgType")
    mail["Subject"] = " ".join(f"{mark}{headline}".split())[:200]
    mail["Date"] = format_datetime(delivery.sent)
    mail["Message-ID"] = f"<{hashlib.sha256(delivery.key.encode()).hexdigest()[:32]}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834
    mail["X-CAP-Identifier"], mail["X-CAP-Status"] = delivery.identifier, delivery.status.value
    mail["X-Idempotency-Key"] = delivery.key
    mail.set_content("\n\n----\n\n".join(texts) or f"{text_of(root, 'msgType')} {delivery.identifier}")
    mail.add_attachment(
        delivery.content, maintype="application", subtype="cap+xml", filename=file_name(delivery.identifier)
    )
    return mail
