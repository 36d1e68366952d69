"""Shares each message with another agency's desk, which takes it in as from us.

What is posted are the signed bytes and nothing else; the key is for this partner alone, so that one
partner's lost key does not speak for us elsewhere.  Only what is meant for the partner goes out: the
scopes it may see are configured.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import Field

from overflight.service.channel import Channel, Delivery, Receipt
from overflight.service.channels.config import ChannelConfig, Context, read_config
from overflight.service.channels.http import HttpClients
from overflight.service.channels.signed_body import BodyKey, body_key
from overflight.service.channels.webhook import checked_url, destination, post
from overflight.warning.alert import Scope
from overflight.warning.cap.parse import parse, text_of


class DeskConfig(ChannelConfig):
    """``[[channel]] kind = "desk"``: the desk at ``url``, which knows us as ``known_as``.

    ``scopes`` is what it may see: ``["Public"]``, or with ``"Restricted"`` what is for partners only.  With
    ``tracks`` it gets our decision messages as well.
    """

    url: Annotated[str, Field(max_length=2000, description="https://..., where the other desk is")]
    known_as: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    key_file: Path
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1)] = (Scope.PUBLIC, Scope.RESTRICTED)
    plain_http: bool = False
    tracks: bool = False


def make(table: Mapping[str, Any], context: Context) -> Channel:
    """Return the channel of one table."""
    config = read_config(DeskConfig, table, context)
    key = f"channel.{config.name}"
    url = checked_url(config.url, f"{key}.url", context, is_plain_allowed=config.plain_http)
    secret = context.secret(config.key_file, f"{key}.key_file")
    return PartnerDesk(config, url, body_key(secret, f"{context.where}: {key}.key_file"), context.http)


class PartnerDesk:
    """Posts to one partner's desk."""

    def __init__(self, config: DeskConfig, url: str, key: BodyKey, http: HttpClients) -> None:
        self.name, self.statuses = config.name, frozenset(config.statuses)
        self._url = f"{url.rstrip('/')}/api/v1/partners/{quote(config.known_as)}/alerts"
        self.destination = destination(self._url)
        self._scopes, self._key, self._http = frozenset(config.scopes), key, http

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Post the bytes once, if their scope is one that the partner may see."""
        scope = text_of(parse(delivery.content), "scope")
        if scope not in self._scopes:
            detail = f"not for this partner: scope {scope}"
            return Receipt(delivery.key, self.name, False, detail, datetime.now(UTC), is_final=True)
        status, detail = await post(self._http, self._url, delivery, self._key)
        return Receipt(delivery.key, self.name, 200 <= status < 300, detail, datetime.now(UTC))

    async def close(self) -> None:
        """The HTTP client is shared: the desk closes it."""
