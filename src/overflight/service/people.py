"""Who may use the desk: people with a password and a second factor, and programs with keys.

Passwords are kept as argon2id, session and API keys only as SHA-256 (they are 256 random bits), second
factors sealed (:mod:`overflight.service.seal`).  A person is one name; two sessions of one person are
still one person.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from overflight.errors import InputError, OverflightError
from overflight.service import tables
from overflight.service.paging import on_duty
from overflight.service.seal import SealError, opened, sealed
from overflight.service.store import Store
from overflight.warning.life_records import SYSTEM, Role

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SESSION_S = 12 * 3600.0
"""Longest session: a shift. It also ends after ``IDLE_S`` without a request."""

IDLE_S = 3600.0
MIN_PASSWORD = 12
PERSONS = (Role.VIEWER, Role.AUTHOR, Role.APPROVER, Role.ADMIN)
"""Roles of people; a feeder is a program."""

_TOTP_S = 30
_TRIES, _TRIES_S = 5, 60.0
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LONGEST_KEY_DAYS = 3650

log = logging.getLogger(__name__)


class NotAllowed(OverflightError):
    """Who asks is not known, or may not do this; says no more than that."""


class TooMany(OverflightError):
    """Too many attempts; try later."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: a person in a session, or a program with a key."""

    name: str
    role: Role
    session: str  # a token's SHA-256: it names the session and opens nothing
    csrf: str = ""
    is_person: bool = True


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What a new person must be told once."""

    name: str
    password: str
    totp: str

    @property
    def totp_uri(self) -> str:
        """The second factor as an authenticator reads it from a code or a link."""
        from pyotp.totp import TOTP

        return TOTP(self.totp).provisioning_uri(name=self.name, issuer_name="overflight desk")


class People:
    """Accounts, sessions and keys of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tries: dict[str, deque[float]] = defaultdict(deque)

    def add(
        self, name: str, role: Role, now: datetime, password: str | None = None, by: str = SYSTEM
    ) -> NewPerson:
        """Add a person; a password is made if none is given.

        Raises
        ------
        InputError : the name is taken or empty, the role is none of people, or the password too short
        """
        if not name.strip() or name == SYSTEM or len(name) > 80 or not name.isprintable():
            allowed = "a name of 1 to 80 letters"
            raise InputError("person", "name", found=repr(name), allowed=allowed, remedy="Choose another.")
        if role not in PERSONS:
            allowed, remedy = ", ".join(one.value for one in PERSONS), "Programs get a key."
            raise InputError("person", "role", found=role.value, allowed=allowed, remedy=remedy)
        password = secrets.token_urlsafe(12) if password is None else password
        if len(password) < MIN_PASSWORD:
            allowed = f"at least {MIN_PASSWORD} characters"
            raise InputError(
                "person", "password", found=f"{len(password)}", allowed=allowed, remedy="Take a longer one."
            )
        totp = new_totp()
        values = {
            "name": name,
            "role": role.value,
            "password": hashed(password),
            "totp": sealed(self._store.seal, totp, name),
            "totp_used": 0,
            "totp_session": "",
            "is_active": True,
            "is_on_duty": role in (Role.APPROVER, Role.AUTHOR),
        }
        with self._store.write(now) as work:
            if work.connection.execute(
                sa.select(tables.person.c.name).where(tables.person.c.name == name)
            ).first():
                raise InputError("person", "name", found=name, allowed="a new name", remedy="Choose another.")
            work.connection.execute(tables.person.insert().values(**values))
            work.note("person", "", {"name": name, "role": role.value, "what": "added", "by": by})
        return NewPerson(name, password, totp)

    def sign_in(self, name: str, password: str, code: str, now: datetime) -> tuple[str, Principal]:
        """Return a new session's cookie and who it is. Approvers and admins need their second factor."""
        self._count_try(name, now)
        row = self._person(name)
        if not _is_password(row.password if row else _nobody(), password) or row is None or not row.is_active:
            raise NotAllowed("name, password or code is wrong")
        role, token = Role(row.role), secrets.token_urlsafe(32)
        session = _sha(token)
        if role in (Role.APPROVER, Role.ADMIN) and not self.is_code_good(name, code, session, now):
            raise NotAllowed("name, password or code is wrong")
        self._tries.pop(name, None)
        csrf, at = secrets.token_urlsafe(24), now.timestamp()
        with self._store.write(now) as work:
            values = {"token": session, "person": name, "csrf": csrf, "expires": at + SESSION_S, "seen": at}
            work.connection.execute(tables.session.delete().where(tables.session.c.expires < at))
            work.connection.execute(tables.session.insert().values(**values))
            work.note("person", "", {"name": name, "what": "signed in", "session": session[:12]})
        return token, Principal(name, role, session, csrf)

    def sign_out(self, who: Principal, now: datetime) -> None:
        """End a session."""
        with self._store.write(now) as work:
            work.connection.execute(tables.session.delete().where(tables.session.c.token == who.session))

    def of_session(self, token: str, now: datetime) -> Principal:
        """Return whose session a cookie is of; NotAllowed if it has ended or its person was stopped."""
        s, p, at = tables.session.c, tables.person.c, now.timestamp()
        query = sa.select(tables.session, p.role, p.is_active).join(tables.person, p.name == s.person)
        with self._store.read() as connection:
            row = connection.execute(query.where(s.token == _sha(token))).first()
        if row is None or not row.is_active or at >= row.expires or at - row.seen >= IDLE_S:
            raise NotAllowed("sign in again")
        if at - row.seen > IDLE_S / 20:
            with self._store.write(now) as work:
                work.connection.execute(tables.session.update().where(s.token == row.token).values(seen=at))
        return Principal(row.person, Role(row.role), row.token, row.csrf)

    def is_code_good(self, name: str, code: str, session: str, now: datetime) -> bool:
        """Return whether a code of the second factor is good; one used in another session is not."""
        from pyotp.totp import TOTP

        row = self._person(name)
        if row is None:
            return False
        counter = int(now.timestamp()) // _TOTP_S
        try:
            totp = TOTP(opened(self._store.seal, row.totp, name))
        except SealError as fault:
            log.error("the second factor of %s cannot be read: %s", name, fault)
            return False
        given = code.strip()
        hits = [n for n in (counter - 1, counter, counter + 1) if _same(totp.at(n * _TOTP_S), given)]
        if not hits or hits[0] < row.totp_used or (hits[0] == row.totp_used and row.totp_session != session):
            return False
        with self._store.write(now) as work:
            mine = tables.person.c.name == name
            change = {"totp_used": hits[0], "totp_session": session}
            work.connection.execute(tables.person.update().where(mine).values(**change))
        return True

    def add_key(self, name: str, scope: Role, now: datetime, days: float = 365.0, by: str = SYSTEM) -> str:
        """Return a new API key of a scope (feeder or viewer); it is shown this once."""
        if not _NAME.fullmatch(name):
            allowed, remedy = "1 to 64 letters, digits and . _ -", "Choose another."
            raise InputError("key", "name", found=repr(name)[:80], allowed=allowed, remedy=remedy)
        if not 0.0 < days <= _LONGEST_KEY_DAYS:
            allowed = f"above 0, at most {_LONGEST_KEY_DAYS}"
            raise InputError(
                "key", "days", found=f"{days:g}", allowed=allowed, remedy="Make it anew in time."
            )
        if scope not in (Role.FEEDER, Role.VIEWER):
            remedy = "People approve, not programs."
            raise InputError("key", "scope", found=scope.value, allowed="feeder or viewer", remedy=remedy)
        token = "ofk_" + secrets.token_urlsafe(32)
        values = {
            "digest": _sha(token),
            "name": name,
            "scope": scope.value,
            "expires": now.timestamp() + days * 86400.0,
        }
        with self._store.write(now) as work:
            if work.connection.execute(
                sa.select(tables.api_key).where(tables.api_key.c.name == name)
            ).first():
                raise InputError("key", "name", found=name, allowed="a new name", remedy="Choose another.")
            work.connection.execute(tables.api_key.insert().values(**values))
            work.note("person", "", {"name": name, "scope": scope.value, "what": "key added", "by": by})
        return token

    def of_key(self, token: str, now: datetime) -> Principal:
        """Return whose key it is."""
        with self._store.read() as connection:
            k = tables.api_key.c
            row = connection.execute(sa.select(tables.api_key).where(k.digest == _sha(token))).first()
        if row is None or now.timestamp() >= row.expires:
            raise NotAllowed("no such key")
        return Principal(row.name, Role(row.scope), row.digest, is_person=False)

    def on_duty(self) -> list[str]:
        """Return the people who are paged."""
        with self._store.read() as connection:
            return on_duty(connection)

    def _person(self, name: str) -> Any:
        with self._store.read() as connection:
            return connection.execute(sa.select(tables.person).where(tables.person.c.name == name)).first()

    def _count_try(self, name: str, now: datetime) -> None:
        tries, at = self._tries[name], now.timestamp()
        while tries and at - tries[0] > _TRIES_S:
            tries.popleft()
        if len(tries) >= _TRIES:
            raise TooMany("too many attempts; wait a minute")
        tries.append(at)
        if len(self._tries) > 10_000:
            self._tries.clear()


def new_totp() -> str:
    """Return the secret of a new second factor."""
    import pyotp

    return pyotp.random_base32()


def hashed(password: str) -> str:
    """Return a password as it is stored."""
    return _hasher().hash(password)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobody() -> str:
    """Return a hash to try a password on where there is no such person: both take as long."""
    return _hasher().hash(secrets.token_urlsafe(16))


def _is_password(hashed: str, given: str) -> bool:
    from argon2.exceptions import Argon2Error

    try:
        return _hasher().verify(hashed, given[:1000])
    except Argon2Error:
        return False


def _same(a: str, b: str) -> bool:
    return secrets.compare_digest(a.encode(), b.encode())


def _sha(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
