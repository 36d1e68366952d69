"""Our tracks to partners: each decision message of our own, as soon as it is there, once.

A track is worth nothing when it is late, so there is no queue: the next message replaces one that did not
arrive.  Alerts go another way, through the outbox and the channel kind ``desk``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
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

log = logging.getLogger(__name__)


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


class Sharing:
    """Hands our tracks to all partners, each at its own pace: one that hangs holds up no other."""

    def __init__(self, shares: Iterable[TrackShare]) -> None:
        self._shares = tuple(shares)
        self._newest: dict[str, dict[str, DecisionMessage]] = {share.name: {} for share in self._shares}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.troubles: dict[str, str] = {}

    def tell(self, messages: Iterable[DecisionMessage]) -> None:
        """Send messages on their way; of an event, the newest that has not gone yet. Returns at once."""
        own = [message for message in messages if OURS not in message.source]
        for share in self._shares:
            meant = {message.event: message for message in own if message.status in share.statuses}
            self._newest[share.name] |= meant
            task = self._tasks.get(share.name)
            if meant and (task is None or task.done()):
                self._tasks[share.name] = asyncio.create_task(self._send(share))

    async def close(self) -> None:
        """Give up what is on its way."""
        for task in self._tasks.values():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _send(self, share: TrackShare) -> None:
        newest = self._newest[share.name]
        while newest:
            _, message = newest.popitem()
            trouble = await share.share(message)
            if trouble and trouble != self.troubles.get(share.name):
                log.warning("track of %s not shared with %s: %s", message.event, share.name, trouble)
            self.troubles[share.name] = trouble


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
