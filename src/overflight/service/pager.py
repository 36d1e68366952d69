"""Brings pages to people: who is on duty is called by the ways configured for them, one after another.

Pages go beside the alerts and never in their way: in tasks and through channels of their own, behind
the same drill wall.  A pager that is dead or hangs costs nobody else anything; the next on call is called
at once, and the attempt is made again.  What was called and what came of it stands in the log.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from overflight.errors import InputError, OverflightError
from overflight.service.channel import Delivery, Receipt
from overflight.service.channels.config import Context
from overflight.service.channels.guard import Guarded
from overflight.service.channels.registry import make_channel
from overflight.service.desk import Desk
from overflight.service.paging import on_call
from overflight.service.store import State, StoreError
from overflight.warning.board import Board
from overflight.warning.cap.compose import compose
from overflight.warning.cap.sign import sign
from overflight.warning.page_message import page_message
from overflight.warning.paging import (
    LONGEST,
    Called,
    Ended,
    OnCall,
    PageKind,
    PageRecord,
    Raised,
    Reached,
    Reason,
    about_of,
    apply_page,
    due,
    reasons,
)

log = logging.getLogger(__name__)

LOOK_S = 1.0
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 60.0

Silent = Callable[[Board, datetime], Sequence[str]]
Book = Mapping[str, tuple[Guarded, ...]]
"""Who is reached by which channels."""


def make_book(tables: Iterable[Mapping[str, Any]], context: Context) -> Book:
    """Return who is reached how, from the ``[[pager]]`` tables: a channel each, with a ``person``.

    Raises
    ------
    InputError : no person, or as for channels
    """
    book: dict[str, tuple[Guarded, ...]] = {}
    for table in tables:
        person = table.get("person")
        if not isinstance(person, str) or not person.strip():
            remedy = "Name the account of the one whom it reaches."
            key = f"pager.{table.get('name', '')}.person"
            raise InputError(context.where, key, found=repr(person), allowed="a name", remedy=remedy)
        made = make_channel({key: value for key, value in table.items() if key != "person"}, context)
        book[person] = (*book.get(person, ()), made)
    return book


@dataclass(slots=True)
class Pager:
    """The pages of one desk. Without a ``book`` they stand in the log and on the pages of the desk alone."""

    desk: Desk
    book: Book = field(default_factory=dict)
    escalate_s: float = 120.0
    silent: Silent = lambda _board, _at: ()
    changed: Callable[[], None] = lambda: None
    wake: asyncio.Event | None = None

    async def run(self) -> None:
        """Look and call until cancelled; whatever goes wrong here is told and tried again."""
        self.wake = asyncio.Event()
        running: dict[tuple[str, str], asyncio.Task[None]] = {}
        try:
            while True:
                try:
                    calls = await asyncio.to_thread(self.review)
                except OverflightError as fault:
                    log.error("paging: %s", fault)
                    calls = []
                except Exception:  # paging must not end, nor take the desk with it
                    log.exception("paging failed; it goes on")
                    calls = []
                for page, person, count in calls:
                    former = running.get((page.page_id, person))
                    if former is not None:  # called again: what was still tried goes on in the new call
                        former.cancel()
                    running[page.page_id, person] = asyncio.create_task(self._call(page, person, count))
                running = {key: task for key, task in running.items() if not task.done()}
                if calls:
                    self.changed()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await self.wake.wait()
                self.wake.clear()
        finally:
            for task in running.values():
                task.cancel()

    async def close(self) -> None:
        """Give up connections."""
        for channel in (channel for channels in self.book.values() for channel in channels):
            await channel.close()

    def review(self) -> list[tuple[Raised, str, int]]:
        """Open and end pages as things stand, and return whom to call: page, person, how often by now."""
        now = self.desk.now()
        state = self.desk.store.state()
        with self.desk.store.read() as connection:
            people = on_call(connection)
        silent = {event_id: tuple(self.silent(board, now)) for event_id, board in state.boards.items()}
        if not self._steps(state, people, silent, now):
            return []
        calls = []
        with self.desk.store.write(now) as work:
            for record in self._steps(work.state, people, silent, now):
                work.page(record)
                if isinstance(record, Called):
                    page = work.state.pages[record.page_id]
                    calls.append((page.raised, record.person, page.calls[record.person][0]))
                else:
                    _tell(record)
        return calls

    def _steps(
        self, state: State, people: Sequence[OnCall], silent: Mapping[str, Sequence[str]], now: datetime
    ) -> list[PageRecord]:
        """Return what is to be written now."""
        made: list[PageRecord] = []
        given: dict[tuple[str, str], Reason] = {}
        for event_id, board in state.boards.items():
            latest = state.latest.get(event_id)
            found = reasons(board, latest, self.desk.policy, now, silent.get(event_id, ()))
            given |= {(event_id, reason.about): reason for reason in found}
            standing = about_of(state.pages.values(), event_id)
            made += [_raised(now, board, reason, people) for reason in found if reason.about not in standing]
        held = timedelta(seconds=self.escalate_s)
        for page in state.pages.values():
            raised = page.raised
            is_gone = raised.kind is not PageKind.NOTICE and (raised.event_id, raised.about) not in given
            is_held = raised.kind is PageKind.ALARM and now - raised.at < held  # one that comes and goes
            if is_gone and not is_held:
                made.append(Ended(now, raised.page_id, "its reason is gone"))
            elif now - raised.at >= LONGEST:
                made.append(Ended(now, raised.page_id, "nobody took it" if not page.answered else "taken"))
        pages = dict(state.pages)
        for record in made:
            pages = apply_page(pages, record)
        for page in pages.values() if self.book else ():
            reason = given.get((page.raised.event_id, page.raised.about))
            if reason is not None or page.raised.kind is PageKind.NOTICE:
                names = due(page, reason, people, now, self.escalate_s)
                made += [Called(now, page.raised.page_id, name) for name in names]
        return made

    async def _call(self, page: Raised, person: str, count: int) -> None:
        """Tell one person by all ways known, again and again until one took it or the page has ended."""
        wait_s, attempt, is_told = FIRST_WAIT_S, 0, False
        while True:
            attempt += 1
            ok, detail = await self._attempt(page, person, count, attempt)
            try:
                if ok or not is_told:
                    await asyncio.to_thread(
                        self._note, Reached(self.desk.now(), page.page_id, person, ok, detail)
                    )
                    is_told = True
                    if self.wake is not None:
                        self.wake.set()
                if ok or not await asyncio.to_thread(self._is_open, page.page_id):
                    return
            except StoreError as fault:
                log.error("paging: %s", fault)
            await asyncio.sleep(wait_s)
            wait_s = min(LONGEST_WAIT_S, wait_s * 2.0)

    async def _attempt(self, page: Raised, person: str, count: int, attempt: int) -> tuple[bool, str]:
        channels = [one for one in self.book.get(person, ()) if page.status in one.statuses]
        if not channels:
            return False, f"{person} has no pager for {page.status}"
        try:
            content = await asyncio.to_thread(self._signed, page, person)
        except OverflightError as fault:
            return False, f"the page cannot be signed: {fault}"[:300]
        receipts = await asyncio.gather(
            *(channel.deliver(self._delivery(page, content, channel, count, attempt)) for channel in channels)
        )
        return any(receipt.ok for receipt in receipts), "; ".join(_said(receipt) for receipt in receipts)[
            :300
        ]

    def _signed(self, page: Raised, person: str) -> bytes:
        sender, signer = self.desk.signing.of(page.status)
        now = self.desk.now()
        return sign(compose(page_message(page, person, sender, now)), signer, now)

    def _delivery(self, page: Raised, content: bytes, channel: Guarded, count: int, attempt: int) -> Delivery:
        return Delivery(
            key=hashlib.sha256(f"{page.page_id}\n{channel.name}\n{count}".encode()).hexdigest()[:40],
            event_id=page.event_id,
            identifier=page.page_id,
            status=page.status,
            channel=channel.name,
            content=content,
            digest=hashlib.sha256(content).hexdigest(),
            attempt=attempt,
            sent=page.at,
        )

    def _note(self, record: PageRecord) -> None:
        with self.desk.store.write(self.desk.now()) as work:
            work.page(record)
        _tell(record)

    def _is_open(self, page_id: str) -> bool:
        return page_id in self.desk.store.state().pages


def _raised(now: datetime, board: Board, reason: Reason, people: Sequence[OnCall]) -> Raised:
    page_id, on_duty = f"page-{secrets.token_hex(8)}", tuple(one.name for one in people)
    named = (now, page_id, board.event_id, board.status, reason.about, reason.kind, reason.words)
    return Raised(*named, people=on_duty, places=reason.places)


def _said(receipt: Receipt) -> str:
    return f"{receipt.channel}: {receipt.detail}"


def _tell(record: PageRecord) -> None:
    """Say in the log of the process what people there must see."""
    match record:
        case Raised() if not record.people:
            log.error("nobody is on duty to be paged: %s: %s", record.event_id or "desk", record.why)
        case Raised():
            log.warning("paging (%s) for %s: %s", record.page_id, record.event_id or "the desk", record.why)
        case Reached(ok=False):
            log.error("%s did not reach %s: %s", record.page_id, record.person, record.detail)
        case Ended(why="nobody took it"):
            log.error("%s: nobody took it", record.page_id)
        case _:
            pass
