"""Keeps an Atom feed in a folder: ``feed.xml`` and beside it each message, ``alerts/IDENTIFIER.xml``.

The feed (RFC 4287) is made anew from the messages in the folder, so a crash between two files heals
with the next delivery, and the same messages give the same bytes and the same ETag.  Any web server may
serve the folder; the desk does so itself with :class:`overflight.service.published.Published`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import Field

from overflight.service.channel import Channel, Delivery, Receipt
from overflight.service.channels.config import ChannelConfig, Context, read_config
from overflight.service.channels.file import file_name, put
from overflight.service.channels.own_thread import OwnThread
from overflight.service.channels.webhook import MEDIA_TYPE, checked_url
from overflight.warning.alert import Status
from overflight.warning.cap.parse import Unreadable, children, etree, parse, text_of

ATOM = "http://www.w3.org/2005/Atom"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

MOST_ENTRIES = 100
"""Most messages in the feed; the newest are kept."""

KEPT_FOR = timedelta(days=7)
"""How long before the newest message another stays in the feed."""


class AtomConfig(ChannelConfig):
    """``[[channel]] kind = "atom"``: a feed in ``folder``, which people reach at ``address``."""

    folder: Path
    address: Annotated[str, Field(max_length=2000, description="https://..., where the folder is served")]
    title: Annotated[str, Field(min_length=1, max_length=200)] = "Rocket overflight alerts"


def make(table: Mapping[str, Any], context: Context) -> Channel:
    """Return the channel of one table."""
    config = read_config(AtomConfig, table, context)
    key = f"channel.{config.name}.address"
    address = checked_url(config.address, key, context, is_plain_allowed=True)
    return AtomFeed(config, context.path(config.folder), address.rstrip("/") + "/")


class AtomFeed:
    """Keeps one feed."""

    def __init__(self, config: AtomConfig, folder: Path, address: str) -> None:
        self.name, self.statuses = config.name, frozenset(config.statuses)
        self.destination = f"folder:{folder.resolve()}"
        self._folder, self._address, self._title = folder, address, config.title
        self._thread = OwnThread(f"channel {config.name}")

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Put the message into the folder and make the feed anew."""
        count = await self._thread.run(lambda: self._publish(delivery))
        detail = f"{count} {'message' if count == 1 else 'messages'} in the feed"
        return Receipt(delivery.key, self.name, True, detail, datetime.now(UTC))

    async def close(self) -> None:
        """Nothing is held open."""

    def _publish(self, delivery: Delivery) -> int:
        alerts = self._folder / "alerts"
        put(alerts / file_name(delivery.identifier), delivery.content)
        entries = read_entries(alerts, self.statuses)
        put(self._folder / "feed.xml", feed(entries, self._title, self._address))
        return len(entries)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the feed says of a message. ``titles`` are its headlines by language."""

    file: str
    sender: str
    identifier: str
    sent: datetime
    status: str
    msg_type: str
    titles: tuple[tuple[str, str], ...]


def read_entries(folder: Path, statuses: frozenset[Status]) -> tuple[Entry, ...]:
    """Return the messages of a folder, newest first; what is no message, or of another wall, is left out."""
    found = []
    for path in folder.glob("*.xml"):
        if path.name.startswith("."):
            continue
        try:
            root = parse(path.read_bytes())
            sent = datetime.fromisoformat(text_of(root, "sent"))
        except (OSError, Unreadable, ValueError):
            continue
        status = text_of(root, "status")
        if status not in statuses:
            continue
        titles = tuple(
            (text_of(info, "language") or "en-US", text_of(info, "headline"))
            for info in children(root, "info")
        )
        sender, identifier = text_of(root, "sender"), text_of(root, "identifier")
        found.append(Entry(path.name, sender, identifier, sent, status, text_of(root, "msgType"), titles))
    found.sort(key=lambda entry: (entry.sent, entry.identifier), reverse=True)
    return tuple(entry for entry in found[:MOST_ENTRIES] if entry.sent >= found[0].sent - KEPT_FOR)


def feed(entries: tuple[Entry, ...], title: str, address: str) -> bytes:
    """Return the feed as XML: the same entries, the same bytes."""
    lxml = etree()
    root = lxml.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _put(root, "id", address)
    _put(root, "title", title)
    _put(root, "updated", _instant(entries[0].sent) if entries else "1970-01-01T00:00:00Z")
    _put(root, "link", rel="self", type="application/atom+xml", href=f"{address}feed.xml")
    for entry in entries:
        _entry(root, entry, address)
    lxml.indent(root)
    return lxml.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _entry(root: Any, entry: Entry, address: str) -> None:
    element = _put(root, "entry")
    href = f"{address}alerts/{quote(entry.file)}"
    _put(element, "id", href)
    first = entry.titles[0] if entry.titles else ("en-US", f"{entry.msg_type} {entry.identifier}")
    _put(element, "title", first[1] or entry.identifier).set(_XML_LANG, first[0])
    _put(element, "updated", _instant(entry.sent))
    _put(_put(element, "author"), "name", entry.sender)
    _put(element, "link", rel="alternate", type=MEDIA_TYPE, href=href)
    for scheme, term in (("status", entry.status), ("msgType", entry.msg_type)):
        _put(element, "category", scheme=f"urn:oasis:names:tc:emergency:cap:1.2:{scheme}", term=term)
    _put(element, "summary", " / ".join(title for _, title in entry.titles if title) or first[1])


def _put(parent: Any, tag: str, text: str | None = None, **attributes: str) -> Any:
    element = etree().SubElement(parent, f"{{{ATOM}}}{tag}", attributes)
    element.text = text
    return element


def _instant(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
