"""Posts each message to an address, signed, and takes the answer as receipt.

The body is the signed message itself, ``application/cap+xml``.  A good answer is 2xx.  A redirect is
not followed: the message would go where nobody configured it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import aiohttp
from pydantic import Field

from overflight.errors import InputError
from overflight.service.channel import Channel, Delivery, Receipt
from overflight.service.channels.config import ChannelConfig, Context, read_config
from overflight.service.channels.http import HttpClients
from overflight.service.channels.signed_body import BodyKey, body_key, signed_headers
from overflight.service.channels.tls import tls_words
from overflight.warning.alert import Status

MEDIA_TYPE = "application/cap+xml"
_MAX_ANSWER = 2_000
_LOCAL = frozenset(("localhost", "127.0.0.1", "::1"))


class WebhookConfig(ChannelConfig):
    """``[[channel]] kind = "webhook"``: messages are posted to ``url``, signed with the key in ``key_file``.

    ``plain_http`` allows an address without TLS; on the machine itself it needs no leave.
    """

    url: Annotated[str, Field(max_length=2000, description="https://...")]
    key_file: Path
    plain_http: bool = False
    limit_s: Annotated[float, Field(gt=0, le=60, description="seconds an attempt may take")] = 10.0


def make(table: Mapping[str, Any], context: Context) -> Channel:
    """Return the channel of one table."""
    config = read_config(WebhookConfig, table, context)
    key = f"channel.{config.name}"
    url = checked_url(config.url, f"{key}.url", context, is_plain_allowed=config.plain_http)
    secret = context.secret(config.key_file, f"{key}.key_file")
    return Webhook(
        config.name,
        frozenset(config.statuses),
        url,
        body_key(secret, f"{context.where}: {key}.key_file"),
        context.http,
    )


def checked_url(url: str, key: str, context: Context, *, is_plain_allowed: bool) -> str:
    """Return an address to post to.

    Raises
    ------
    InputError : no http(s) address with a host, a user or password in it, or no TLS where it is needed
    """
    try:
        parts = urlsplit(url)
        host, is_tls, _ = parts.hostname or "", parts.scheme == "https", parts.port
    except ValueError:
        host, is_tls, parts = "", False, urlsplit("")
    remedy = "Ask the receiver for the address of its webhook."
    if not host or parts.scheme not in ("http", "https") or parts.username or parts.password:
        found = "an address with a password" if parts.password else repr(url[:80])
        raise InputError(context.where, key, found=found, allowed="https://HOST/...", remedy=remedy)
    if not is_tls and not is_plain_allowed and host not in _LOCAL:
        remedy = "Use https, or say plain_http = true if the way there is safe."
        raise InputError(context.where, key, found="http without TLS", allowed="https://...", remedy=remedy)
    return url


class Webhook:
    """Posts to one address."""

    def __init__(
        self, name: str, statuses: frozenset[Status], url: str, key: BodyKey, http: HttpClients
    ) -> None:
        self.name, self.statuses = name, statuses
        self.destination = destination(url)
        self._url, self._key, self._http = url, key, http

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Post the bytes once."""
        status, detail = await post(self._http, self._url, delivery, self._key)
        return Receipt(delivery.key, self.name, 200 <= status < 300, detail, datetime.now(UTC))

    async def close(self) -> None:
        """The HTTP client is shared: the desk closes it."""


async def post(
    http: HttpClients, url: str, delivery: Delivery, key: BodyKey, extra: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Post a message; return the status of the answer and words for the operator."""
    headers = signed_headers(delivery.content, key, delivery.key, datetime.now(UTC))
    headers |= {
        "Content-Type": MEDIA_TYPE,
        "Overflight-Alert": delivery.identifier,
        "Overflight-Status": delivery.status.value,
        "Overflight-Attempt": str(delivery.attempt),
        **(extra or {}),
    }
    try:
        async with http.session().post(
            url, data=delivery.content, headers=headers, allow_redirects=False
        ) as answer:
            body = await answer.content.read(_MAX_ANSWER)
    except aiohttp.ClientError as fault:
        return 0, tls_words(fault) or f"{type(fault).__name__}: {fault}"
    words = " ".join(body.decode("utf-8", "replace").split())[:120]
    if 300 <= answer.status < 400:
        return answer.status, f"{answer.status}: it sends elsewhere, which is not followed"
    return answer.status, f"{answer.status} {answer.reason or ''} {words}".strip()


def destination(url: str) -> str:
    """Return one spelling of where an address leads."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    query = f"?{parts.query}" if parts.query else ""
    return f"http:{(parts.hostname or '').rstrip('.')}:{port}{parts.path or '/'}{query}"
