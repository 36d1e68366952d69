"""Accounts after the first day: who is there, who may no longer come in, second factors anew, keys revoked.

Every change is an entry of the log that names who made it.  What opens something is returned once and kept
only hashed or sealed.  Nobody is deleted, because the log goes on naming them; and the last administrator
cannot be stopped or given another role, since nobody could then undo it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from overflight.errors import InputError
from overflight.service import tables
from overflight.service.paging import page
from overflight.service.people import PERSONS, NewPerson, hashed, new_totp
from overflight.service.seal import SealError, is_sealed, new_key, opened, sealed
from overflight.service.store import Store, Work
from overflight.warning.life_records import SYSTEM, Role, Withheld
from overflight.warning.plan_phrases import PlanPhrase, PlanSaid
from overflight.warning.preauthorised import PlanHeld

MAY_APPROVE = frozenset({Role.APPROVER.value, Role.ADMIN.value})


@dataclass(frozen=True, slots=True)
class Account:
    """One person as an administrator sees them."""

    name: str
    role: Role
    is_active: bool
    is_on_duty: bool
    call_order: int | None
    has_second_factor: bool  # False: it was sealed under a key that is gone, and must be reset


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One API key, which nobody can show again."""

    name: str
    scope: Role
    expires: datetime


class Accounts:
    """The accounts and keys of one store; ``by`` is who makes the changes."""

    def __init__(self, store: Store, by: str) -> None:
        self._store, self._by = store, by

    def people(self) -> tuple[Account, ...]:
        """Return everybody, in the order of their names."""
        with self._store.read() as connection:
            rows = connection.execute(sa.select(tables.person).order_by(tables.person.c.name)).all()
        return tuple(
            Account(
                row.name,
                Role(row.role),
                row.is_active,
                row.is_on_duty,
                row.call_order,
                self._can_open(row),
            )
            for row in rows
        )

    def change(
        self,
        name: str,
        now: datetime,
        *,
        is_active: bool | None = None,
        role: Role | None = None,
        is_on_duty: bool | None = None,
        call_order: int | None = None,
    ) -> None:
        """Change somebody, all of it in one step; what is None stays.

        Who is stopped or gets another role is signed out at once, and who is stopped leaves duty.  Drafts
        and plans approved by somebody who may no longer approve must be approved anew.  On duty, those with
        a lower number are paged first.
        """
        if role is not None and role not in PERSONS:
            raise _wrong("role", role.value, ", ".join(one.value for one in PERSONS))
        change = {
            "is_active": is_active,
            "role": None if role is None else role.value,
            "is_on_duty": False if is_active is False else is_on_duty,
            "call_order": call_order,
        }
        given = {key: value for key, value in change.items() if value is not None}
        if not given:
            raise _wrong("change", "nothing", "one of " + ", ".join(change), "Say what changes.")
        ends = is_active is False or role is not None
        self._change(name, given, now, "changed", ends_sessions=ends, told=given)

    def reset_password(self, name: str, now: datetime) -> str:
        """Return a new password for somebody; they sign in again."""
        password = secrets.token_urlsafe(12)
        self._change(name, {"password": hashed(password)}, now, "password reset")
        return password

    def reset_totp(self, name: str, now: datetime) -> NewPerson:
        """Return a new second factor for somebody; the former is void, and they sign in again."""
        totp = new_totp()
        change = {"totp": sealed(self._store.seal, totp, name), "totp_used": 0, "totp_session": ""}
        self._change(name, change, now, "second factor reset")
        return NewPerson(name, "", totp)

    def api_keys(self) -> tuple[KeyRow, ...]:
        """Return the API keys, by name."""
        with self._store.read() as connection:
            rows = connection.execute(sa.select(tables.api_key).order_by(tables.api_key.c.name)).all()
        return tuple(KeyRow(r.name, Role(r.scope), datetime.fromtimestamp(r.expires, UTC)) for r in rows)

    def revoke_key(self, name: str, now: datetime) -> None:
        """Make an API key open nothing, at once."""
        with self._store.write(now) as work:
            key = tables.api_key
            if not work.connection.execute(key.delete().where(key.c.name == name)).rowcount:
                raise _wrong("key", name, "the name of a key", "See `overflight desk key list`.")
            work.note("person", "", {"name": name, "what": "key revoked", "by": self._by})

    def _change(
        self,
        name: str,
        change: dict[str, Any],
        now: datetime,
        what: str,
        *,
        ends_sessions: bool = True,
        told: dict[str, Any] | None = None,
    ) -> None:
        """Change one person in one step, with what it means for their sessions and the log."""
        with self._store.write(now) as work:
            row = work.connection.execute(sa.select(tables.person).filter_by(name=name)).first()
            if row is None:
                raise _wrong("name", name, "somebody with an account", "See `overflight desk user list`.")
            if _takes_an_admin(row, change) and _other_admins(work, name) == 0:
                remedy = "Make another administrator first."
                raise _wrong("name", name, "at least one active administrator left", remedy)
            person, session = tables.person, tables.session
            if change:
                work.connection.execute(person.update().where(person.c.name == name).values(**change))
            if ends_sessions:
                work.connection.execute(session.delete().where(session.c.person == name))
            work.note("person", "", {"name": name, "what": what, "by": self._by, **(told or {})})
            if row.role in MAY_APPROVE and not _may_approve(row, change):
                _void_approvals(work, name)

    def _can_open(self, row: sa.Row) -> bool:
        try:
            return bool(opened(self._store.seal, row.totp, row.name))
        except SealError:
            return False


def seal_all(store: Store, now: datetime, *, anew: bool = False) -> tuple[int, list[str]]:
    """Seal second factors that stand in the clear, with ``anew`` all that can be opened.

    Return how many were sealed, and who has one that no key opens: theirs must be reset.
    """
    done, lost = 0, []
    person = tables.person
    with store.read() as connection:
        rows = connection.execute(sa.select(person.c.name, person.c.totp)).all()
    if all(is_sealed(row.totp) for row in rows) and not anew:
        return 0, []
    with store.write(now) as work:
        for row in work.connection.execute(sa.select(person.c.name, person.c.totp).order_by(person.c.name)):
            try:
                if is_sealed(row.totp) and not anew:
                    continue
                text = sealed(store.seal, opened(store.seal, row.totp, row.name), row.name)
            except SealError:
                lost.append(row.name)
                continue
            work.connection.execute(person.update().where(person.c.name == row.name).values(totp=text))
            done += 1
        work.note("person", "", {"what": "second factors sealed", "count": done, "to be reset": lost})
    return done, lost


def has_sealed(store: Store) -> bool:
    """Return whether the store holds second factors that are sealed."""
    with store.read() as connection:
        rows = connection.execute(sa.select(tables.person.c.totp)).all()
    return any(is_sealed(row.totp) for row in rows)


def new_seal(store: Store, file: Path, now: datetime) -> tuple[int, list[str]]:
    """Make a new key, seal everything anew that opens, and return how many, and whose is lost."""
    store.seal = new_key(file)
    return seal_all(store, now, anew=True)


def _takes_an_admin(row: sa.Row, change: dict[str, Any]) -> bool:
    is_admin = row.is_active and row.role == Role.ADMIN.value
    stays = change.get("is_active", True) and change.get("role", row.role) == Role.ADMIN.value
    return is_admin and not stays


def _may_approve(row: sa.Row, change: dict[str, Any]) -> bool:
    return change.get("is_active", row.is_active) and change.get("role", row.role) in MAY_APPROVE


def _void_approvals(work: Work, name: str) -> None:
    """Withhold open drafts, and hold plans, that somebody approved who may no longer approve."""
    reason = f"{name} may no longer approve"
    for event_id, board in work.state.boards.items():
        for draft in board.drafts:
            if draft.is_open and any(approval.by == name for approval in draft.approvals):
                work.record(Withheld(work.at, SYSTEM, event_id, draft.draft_id, reason))
    for plan_id, state in work.state.plans.items():
        if name in state.people and state.phase(work.at) in ("prepared", "approved"):
            work.plan(PlanHeld(work.at, SYSTEM, plan_id, reason))
            page(work, "", (PlanSaid(PlanPhrase.HELD, (plan_id, SYSTEM, reason)),), state.plan.status)


def _other_admins(work: Work, name: str) -> int:
    p = tables.person.c
    others = sa.select(sa.func.count()).where(p.role == Role.ADMIN.value, p.is_active, p.name != name)
    return work.connection.execute(others).scalar_one()


def _wrong(key: str, found: str, allowed: str, remedy: str = "Choose another.") -> InputError:
    return InputError("account", key, found=found[:80], allowed=allowed, remedy=remedy)
