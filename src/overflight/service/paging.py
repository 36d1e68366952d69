"""Who is on duty, and pages that a step of the desk itself gives rise to.

A page is an entry of the log: why, about which event, and who was on duty.  That nobody is on duty is itself
a fault, and is said as loudly.  :class:`~overflight.service.pager.Pager` brings it to them.
"""

from __future__ import annotations

import logging
import secrets

import sqlalchemy as sa

from overflight.service.store import Work
from overflight.service.tables import person
from overflight.warning.alert import Status
from overflight.warning.life_records import Role
from overflight.warning.names import Language
from overflight.warning.paging import OnCall, PageKind, Raised
from overflight.warning.plan_phrases import PlanSaid, said_words

log = logging.getLogger(__name__)


def on_call(connection: sa.Connection) -> list[OnCall]:
    """Return the people on duty, first to be called first."""
    c = person.c
    order = (c.call_order.is_(None), c.call_order, c.name)
    query = sa.select(c.name, c.role).where(c.is_active, c.is_on_duty).order_by(*order)
    approving = (Role.APPROVER.value, Role.ADMIN.value)
    return [OnCall(row.name, row.role in approving) for row in connection.execute(query)]


def on_duty(connection: sa.Connection) -> list[str]:
    """Return the names of the people on duty, first to be called first."""
    return [one.name for one in on_call(connection)]


def page(work: Work, event_id: str, said: tuple[PlanSaid, ...], status: Status) -> list[str]:
    """Page everyone on duty in the change that gives the reason; return who that is."""
    why = said_words(said, Language.ENGLISH)
    people = on_duty(work.connection)
    page_id = f"page-{secrets.token_hex(8)}"
    about = f"notice {page_id}"
    raised = Raised(work.at, page_id, event_id, status, about, PageKind.NOTICE, why, tuple(people), said=said)
    work.page(raised)
    if people:
        log.warning("paged %s: %s: %s", ", ".join(people), event_id or "desk", why)
    else:
        log.error("nobody is on duty to be paged: %s: %s", event_id or "desk", why)
    return people
