"""What a desk exchanges beside its alerts: answers of the places it told, and partners' alerts and tracks.

Everything here is left empty by a desk that configures none of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from overflight.errors import InputError
from overflight.service.answers.contacts import Contact, make_token, read_contacts
from overflight.service.answers.store import AnswerStore
from overflight.service.channels.config import Context
from overflight.service.channels.http import HttpClients
from overflight.service.config import DeskConfig
from overflight.service.desk import Desk
from overflight.service.partners.inbox import StoreInbox
from overflight.service.partners.partner import Partner, make_partner
from overflight.service.partners.sharing import Sharing, make_share
from overflight.warning.alert import Status
from overflight.warning.answers import TownAnswer, silent_towns, town_answers
from overflight.warning.board import Board

MIN_SECRET = 32
"""Fewest characters of the secret that seals links."""


@dataclass(slots=True)
class Exchange:
    """Contacts and their answers, partners and what is shared with them."""

    desk: Desk
    book: AnswerStore
    inbox: StoreInbox
    sharing: Sharing
    partners: tuple[Partner, ...] = ()
    contacts: Mapping[str, Contact] | None = None  # None: the desk asks nobody
    secret: bytes = b""
    silent_after: timedelta = timedelta(seconds=600)

    def contact_of(self, place: str) -> Contact | None:
        """Return who answers for a place."""
        return (self.contacts or {}).get(place)

    def status_of(self, event_id: str) -> Status | None:
        """Return the status of an event, None if there is none."""
        board = self.desk.store.state().boards.get(event_id)
        return None if board is None else board.status

    def towns(self, event_id: str) -> dict[str, TownAnswer]:
        """Return what came back from the places of an event so far."""
        return town_answers(self.book.of_event(event_id))

    def silent(self, board: Board, now: datetime) -> tuple[str, ...]:
        """Return the places with a contact that were told long enough ago and have not answered."""
        if not self.contacts or not board.messages:
            return ()
        silent = silent_towns(board, self.towns(board.event_id), now, self.silent_after)
        return tuple(place for place in silent if place in self.contacts)

    def link(self, event_id: str, place: str) -> str:
        """Return the path of the page on which a place answers."""
        return f"/answer/{make_token(self.secret, event_id, place)}"


def no_exchange(desk: Desk) -> Exchange:
    """Return the exchange of a desk that asks nobody and has no partners."""
    return Exchange(desk, AnswerStore(desk.store.engine), StoreInbox(desk), Sharing(()))


def make_exchange(config: DeskConfig, folder: Path, desk: Desk, http: HttpClients, where: str) -> Exchange:
    """Return what a desk exchanges.

    Raises
    ------
    InputError : a file or key is wrong, a partner stands there twice, or the contacts cannot be read
    """
    context = Context(folder, where, http)
    partners = tuple(make_partner(table, context) for table in config.partner)
    names = [partner.name for partner in partners]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        remedy = "Give each partner a name and keys of its own."
        raise InputError(where, f"partner.{twice}", found="the name twice", allowed="once", remedy=remedy)
    shares = [
        make_share(table, context)
        for table in config.channel
        if table.get("kind") == "desk" and table.get("tracks")
    ]
    made = Exchange(desk, AnswerStore(desk.store.engine), StoreInbox(desk), Sharing(shares), partners)
    if config.answers is not None:
        file = folder / config.answers.contacts
        try:
            content = file.read_bytes()
        except OSError as fault:
            found = f"{config.answers.contacts}: {fault.strerror}"
            allowed, remedy = "a CSV file", "Put it there: place,name,email,phone,language."
            raise InputError(where, "answers.contacts", found=found, allowed=allowed, remedy=remedy) from None
        secret = context.secret(config.answers.key_file, "answers.key_file")
        if len(secret) < MIN_SECRET:
            remedy = "Make one: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
            raise InputError(
                where, "answers.key_file", found=f"{len(secret)} characters",
                allowed=f"at least {MIN_SECRET}", remedy=remedy,
            )  # fmt: skip
        made.contacts = {contact.place: contact for contact in read_contacts(content, str(file))}
        made.secret = secret.encode()
        made.silent_after = timedelta(seconds=config.answers.silent_s)
    return made
