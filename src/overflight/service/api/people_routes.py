"""The routes of administrators: people and keys. Each change needs a fresh code of the second factor."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from pydantic import Field

from overflight.service.accounts import Accounts
from overflight.service.api.access import Administering, Writing, is_confirmed
from overflight.service.api.models import Answer, Taken
from overflight.service.api.routes import SAID
from overflight.service.people import Principal
from overflight.warning.life_records import Role

router = APIRouter(prefix="/api/v1", tags=["accounts"], responses=SAID)  # type: ignore[arg-type]
Name = Annotated[str, Path(max_length=80)]
Code = Annotated[str, Field(max_length=10, description="second factor of who makes the change")]
Order = Annotated[int | None, Field(ge=1, le=1000, description="lower numbers are paged first")]


class Lost(StrEnum):
    """What a person gets anew."""

    PASSWORD = "password"
    SECOND_FACTOR = "second_factor"


class PersonAdded(Taken):
    """A new person."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    role: Role
    code: Code = ""


class PersonChanged(Taken):
    """What changes; what is left out stays."""

    is_active: bool | None = None
    role: Role | None = None
    is_on_duty: bool | None = None
    call_order: Order = None
    code: Code = ""


class PersonReset(Taken):
    """What a person has lost."""

    what: Lost
    code: Code = ""


class KeyAdded(Taken):
    """A new key of a program."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    scope: Role = Role.FEEDER
    days: Annotated[float, Field(gt=0, le=3650)] = 365.0
    code: Code = ""


class Confirmed(Taken):
    """A step that needs the second factor alone."""

    code: Code = ""


class Duty(Taken):
    """Whether one takes duty, or leaves it."""

    is_on_duty: bool


class AccountRow(Answer):
    """A person; ``has_second_factor`` is false where it must be reset."""

    name: str
    role: str
    is_active: bool
    is_on_duty: bool
    call_order: int | None
    has_second_factor: bool


class Secret(Answer):
    """What is told this once."""

    name: str
    password: str = ""
    second_factor: str = ""
    second_factor_uri: str = ""
    key: str = ""


class ApiKeyRow(Answer):
    """A key; what it opens with is not kept."""

    name: str
    scope: str
    expires: datetime


@router.get("/people")
def people(who: Administering, request: Request) -> list[AccountRow]:
    """List everybody."""
    return [
        AccountRow(
            name=one.name,
            role=one.role.value,
            is_active=one.is_active,
            is_on_duty=one.is_on_duty,
            call_order=one.call_order,
            has_second_factor=one.has_second_factor,
        )
        for one in _accounts(request, who).people()
    ]


@router.post("/people", status_code=201)
def add_person(given: PersonAdded, who: Administering, request: Request) -> Secret:
    """Add a person; password and second factor are told this once."""
    _confirm(request, who, given.code)
    made = request.app.state.running.people.add(given.name, given.role, datetime.now(UTC), by=who.name)
    return Secret(
        name=made.name, password=made.password, second_factor=made.totp, second_factor_uri=made.totp_uri
    )


@router.post("/people/{name}/change", status_code=204)
def change_person(name: Name, given: PersonChanged, who: Administering, request: Request) -> None:
    """Stop a person or let them in, give another role, put them on duty or off it."""
    _confirm(request, who, given.code)
    _accounts(request, who).change(
        name,
        datetime.now(UTC),
        is_active=given.is_active,
        role=given.role,
        is_on_duty=given.is_on_duty,
        call_order=given.call_order,
    )


@router.post("/people/{name}/reset")
def reset_person(name: Name, given: PersonReset, who: Administering, request: Request) -> Secret:
    """Give a person a new password or second factor, told this once."""
    _confirm(request, who, given.code)
    accounts, now = _accounts(request, who), datetime.now(UTC)
    if given.what is Lost.PASSWORD:
        return Secret(name=name, password=accounts.reset_password(name, now))
    made = accounts.reset_totp(name, now)
    return Secret(name=name, second_factor=made.totp, second_factor_uri=made.totp_uri)


@router.post("/duty", status_code=204)
def take_duty(given: Duty, who: Writing, request: Request) -> None:
    """Take duty, or leave it: who is on duty is paged."""
    _accounts(request, who).change(who.name, datetime.now(UTC), is_on_duty=given.is_on_duty)


@router.get("/keys")
def keys(who: Administering, request: Request) -> list[ApiKeyRow]:
    """List the keys of programs."""
    rows = _accounts(request, who).api_keys()
    return [ApiKeyRow(name=one.name, scope=one.scope.value, expires=one.expires) for one in rows]


@router.post("/keys", status_code=201)
def add_key(given: KeyAdded, who: Administering, request: Request) -> Secret:
    """Make a key, told this once."""
    _confirm(request, who, given.code)
    added = request.app.state.running.people.add_key(
        given.name, given.scope, datetime.now(UTC), given.days, by=who.name
    )
    return Secret(name=given.name, key=added)


@router.post("/keys/{name}/revoke", status_code=204)
def revoke_key(name: Name, given: Confirmed, who: Administering, request: Request) -> None:
    """Make a key open nothing, at once."""
    _confirm(request, who, given.code)
    _accounts(request, who).revoke_key(name, datetime.now(UTC))


def _accounts(request: Request, who: Principal) -> Accounts:
    return Accounts(request.app.state.running.desk.store, who.name)


def _confirm(request: Request, who: Principal, code: str) -> None:
    if not is_confirmed(request, who, code):
        raise HTTPException(409, "confirm with a fresh code of the second factor")
