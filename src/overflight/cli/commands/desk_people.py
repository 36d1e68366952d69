"""`overflight desk user` and `overflight desk key`: accounts after the first day.

Whoever may read the folder of a desk may change its accounts; each change is in the log with the user of
this machine who made it.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from overflight.cli.desk_store import Folder, open_folder
from overflight.cli.problems import handled, say

if TYPE_CHECKING:
    from overflight.service.accounts import Accounts
    from overflight.service.people import NewPerson
    from overflight.warning.life_records import Role

__all__ = ["keys", "users"]

users = typer.Typer(add_completion=False, help="People: add, list, stop, reset.", no_args_is_help=True)
keys = typer.Typer(add_completion=False, help="API keys: add, list, revoke.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the person.")]
KeyName = Annotated[str, typer.Argument(metavar="NAME", help="Name of the key.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
ONCE = "Hand this over now; it is not shown again."


@users.command("add")
def add(
    folder: Folder,
    name: Name,
    role: Annotated[str, typer.Option(metavar="ROLE", help="viewer, author, approver or admin.")],
) -> None:
    """Add a person; password and second factor are shown once."""
    with handled():
        from overflight.service.people import People

        store, _ = open_folder(folder)
        _show(People(store).add(name, _role(role), datetime.now(UTC), by=_by()))


@users.command("list")
def list_people(folder: Folder, as_json: AsJson = False) -> None:
    """List everybody. Role, whether they may come in, whether they are on duty."""
    with handled():
        rows = [
            {
                "name": one.name,
                "role": one.role.value,
                "active": one.is_active,
                "on_duty": one.is_on_duty,
                "call_order": one.call_order,
                "second_factor": "good" if one.has_second_factor else "to be reset",
            }
            for one in _accounts(folder).people()
        ]
        _table(rows, as_json)


@users.command("disable")
def disable(folder: Folder, name: Name) -> None:
    """Stop a person: their sessions end at once. Nobody is deleted, since the log names them."""
    with handled():
        _accounts(folder).change(name, datetime.now(UTC), is_active=False)
        say(f"{name} is stopped; approvals given before stand until they run out: see the drafts that wait.")


@users.command("enable")
def enable(folder: Folder, name: Name) -> None:
    """Let a stopped person in again."""
    with handled():
        _accounts(folder).change(name, datetime.now(UTC), is_active=True)
        say(f"{name} may sign in again; put them on duty with `overflight desk user duty`.")


@users.command("role")
def role(
    folder: Folder,
    name: Name,
    to: Annotated[str, typer.Argument(metavar="ROLE", help="viewer, author, approver or admin.")],
) -> None:
    """Give a person another role."""
    with handled():
        _accounts(folder).change(name, datetime.now(UTC), role=_role(to))
        say(f"{name} is {to} now, and must sign in again.")


@users.command("duty")
def duty(
    folder: Folder,
    name: Name,
    is_on: Annotated[bool, typer.Option("--on/--off", help="On duty, or not.")],
    order: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=1000, help="Lower numbers are paged first.")
    ] = None,
) -> None:
    """Put a person on duty or off it."""
    with handled():
        _accounts(folder).change(name, datetime.now(UTC), is_on_duty=is_on, call_order=order)
        say(f"{name} is {'on' if is_on else 'off'} duty.")


@users.command("reset-totp")
def reset_totp(folder: Folder, name: Name) -> None:
    """Give a person a new second factor, shown once. The former opens nothing any more."""
    with handled():
        _show(_accounts(folder).reset_totp(name, datetime.now(UTC)))


@users.command("reset-password")
def reset_password(folder: Folder, name: Name) -> None:
    """Give a person a new password, shown once."""
    with handled():
        typer.echo(f"{name}: password {_accounts(folder).reset_password(name, datetime.now(UTC))}")
        say(ONCE)


@keys.command("add")
def add_key(
    folder: Folder,
    name: KeyName,
    scope: Annotated[str, typer.Option(metavar="SCOPE", help="feeder or viewer.")] = "feeder",
    days: Annotated[float, typer.Option(metavar="DAYS", help="How long it opens.")] = 365.0,
) -> None:
    """Make a key for a program, shown once."""
    with handled():
        from overflight.service.people import People

        store, _ = open_folder(folder)
        typer.echo(People(store).add_key(name, _role(scope), datetime.now(UTC), days, by=_by()))
        say(ONCE)


@keys.command("list")
def list_keys(folder: Folder, as_json: AsJson = False) -> None:
    """List the keys: what each may do and until when. Keys themselves are not kept."""
    with handled():
        rows = [
            {"name": one.name, "scope": one.scope.value, "expires": f"{one.expires:%Y-%m-%d %H:%M}Z"}
            for one in _accounts(folder).api_keys()
        ]
        _table(rows, as_json)


@keys.command("revoke")
def revoke(folder: Folder, name: KeyName) -> None:
    """Make a key open nothing, at once."""
    with handled():
        _accounts(folder).revoke_key(name, datetime.now(UTC))
        say(f"The key {name} opens nothing any more.")


def _accounts(folder: Path) -> Accounts:
    store, _ = open_folder(folder)
    from overflight.service.accounts import Accounts

    return Accounts(store, _by())


def _by() -> str:
    try:
        return f"console: {getpass.getuser()}"
    except (KeyError, OSError):  # a user without a name, as in some containers
        return "console"


def _role(text: str) -> Role:
    from overflight.errors import InputError
    from overflight.warning.life_records import Role

    try:
        return Role(text)
    except ValueError:
        allowed = ", ".join(role.value for role in Role)
        raise InputError("role", found=text[:40], allowed=allowed, remedy="Name one of these.") from None


def _show(person: NewPerson) -> None:
    given = f"password {person.password}, " if person.password else ""
    typer.echo(f"{person.name}: {given}second factor {person.totp}")
    typer.echo(f"for an authenticator: {person.totp_uri}")
    say(ONCE)


def _table(rows: Sequence[Mapping[str, object]], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        say("None.")
        return
    lines = [[name.replace("_", " ") for name in rows[0]]]
    lines += [["" if (v := row[name]) is None else _word(v) for name in row] for row in rows]
    widths = [max(len(line[n]) for line in lines) for n in range(len(lines[0]))]
    for line in lines:
        typer.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def _word(value: object) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
