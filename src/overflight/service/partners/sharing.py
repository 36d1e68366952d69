"""Our tracks to partners: each decision message of our own, as soon as it is there, once.

A track is worth nothing when it is late, so there is no queue: the next message replaces one that did not
arrive.  Alerts go another way, through the outbox and the channel kind ``desk``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import aiohttp

from overflight.service.channels.config import Context, read_config
from overflight.service.channels.desk import DeskConfig
from overflight.service.channels.guard import check_wall
from overflight.service.channels.http import HttpClients
from overflight.service.channels.signed_body import BodyKey, body_key, signed_headers
from overflight.service.channels.webhook import checked_url
from overflight.service.partners.taking import OURS
from overflight.warning.alert import Status
from overflight.warning.decision import DecisionMessage, write_decision


class TrackShare:
    """Posts our decision messages to one partner's desk, the newest only."""

    def __init__(
        self,
        name: str,
        statuses: frozenset[Status],
        url: str,
        key: BodyKey,
        http: HttpClients,
        limit_s: float,
    ) -> None:
        check_wall(name, statuses)
        self.name, self.statuses = name, statuses
        self._url, self._key, self._http, self._limit_s = url, key, http, limit_s

    async def share(self, message: DecisionMessage) -> str:
        """Post a message; return "" or why it did not go, for the operator. Never raises."""
        if message.status not in self.statuses:
            return f"drill wall: a track of status {message.status}"
        if OURS in message.source:
            return f"{message.source} is a partner's own track"
        content = write_decision(message).encode() + b"\n"
        headers = signed_headers(content, self._key, f"{message.id}/{self.name}", datetime.now(UTC))
        headers["Content-Type"] = "application/x-ndjson"
        timeout = aiohttp.ClientTimeout(total=self._limit_s)
        try:
            async with self._http.session().post(
                self._url, data=content, headers=headers, allow_redirects=False, timeout=timeout
            ) as answer:
                return "" if 200 <= answer.status < 300 else f"{answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError) as fault:
            return f"{type(fault).__name__}: {fault}"


def make_share(table: Mapping[str, Any], context: Context) -> TrackShare:
    """Return what shares tracks with the desk of one ``[[channel]]`` of kind ``desk``.

    Raises
    ------
    InputError : a key that is wrong
    """
    config = read_config(DeskConfig, table, context)
    key = f"channel.{config.name}"
    url = checked_url(config.url, f"{key}.url", context, is_plain_allowed=config.plain_http)
    secret = context.secret(config.key_file, f"{key}.key_file")
    return TrackShare(
        config.name,
        frozenset(config.statuses),
        f"{url.rstrip('/')}/api/v1/partners/{quote(config.known_as)}/tracks",
        body_key(secret, f"{context.where}: {key}.key_file"),
        context.http,
        config.limit_s,
    )
