"""Paging: what the people on duty must know now goes into the log, and from there to them.

A page is an entry of the log: why, about which event, and who was on duty.  That nobody is on duty is itself
a fault, and is said as loudly.  How a page reaches a pocket is the affair of a :class:`Pager`.
"""

from __future__ import annotations

import logging

import sqlalchemy as sa

from overflight.service.store import Work
from overflight.service.tables import person

log = logging.getLogger(__name__)


def on_duty(connection: sa.Connection) -> list[str]:
    """Return the people who are paged."""
    query = sa.select(person.c.name).where(person.c.is_active, person.c.is_on_duty).order_by(person.c.name)
    return [row.name for row in connection.execute(query)]


def page(work: Work, event_id: str, why: str) -> list[str]:
    """Page everyone on duty in the change that gives the reason; return who that is."""
    people = on_duty(work.connection)
    work.note("page", event_id, {"why": why, "people": people})
    if people:
        log.warning("paged %s: %s: %s", ", ".join(people), event_id or "desk", why)
    else:
        log.error("nobody is on duty to be paged: %s: %s", event_id or "desk", why)
    return people
