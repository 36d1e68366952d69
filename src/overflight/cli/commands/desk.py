"""`overflight desk`: the warning desk, its set-up, its log."""

from __future__ import annotations

import logging
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from overflight.cli.commands.desk_people import keys, users
from overflight.cli.commands.desk_report import report
from overflight.cli.commands.desk_script import script
from overflight.cli.desk_store import Folder, need_desk, open_folder
from overflight.cli.problems import handled, say

__all__ = ["group"]

group = typer.Typer(add_completion=False, invoke_without_command=True)


class LogKind(StrEnum):
    """How the log of a running desk is written."""

    AUTO = "auto"
    TEXT = "text"
    JSON = "json"


BROKEN = 1
"""Exit code when the log or a replayed alert is not as it was."""


@group.callback()
def desk(
    context: typer.Context,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="Play the launch of August 2023 as a drill, in a folder of its own."),
    ] = False,
) -> None:
    """Raise, approve, deliver, update and lift alerts."""
    if context.invoked_subcommand is not None:
        return
    if not demo:
        typer.echo(context.get_help())
        raise typer.Exit(2)
    with handled():
        import tempfile

        need_desk()
        from overflight.service.demo import run_demo

        logging.getLogger("overflight").addHandler(logging.NullHandler())  # the play tells what happens

        folder = Path(tempfile.mkdtemp(prefix="overflight-desk-"))
        shown = run_demo(folder, typer.echo)
        typer.echo(
            f"\ndraft {shown.draft_s * 1e3:.0f} ms after its deciding message; first delivery "
            f"{shown.delivery_s * 1e3:.0f} ms after the order to send\n"
            f"the webhook took {len(shown.webhook)} alerts; the folder holds {len(shown.files)}\n"
            f"look at it: overflight desk verify-log {folder}"
        )


@group.command("init")
def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the desk is made.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="Name of the desk.")] = "drill-desk",
    like: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Copy this desk.toml, with its policy and contacts."),
    ] = None,
) -> None:
    """Make a desk to drill with. Configuration, policy, key and accounts; nothing real can leave it."""
    with handled():
        need_desk()
        from overflight.service.start import make_folder

        told = make_folder(folder, name, like=like)
        for who, what in told.items():
            typer.echo(f"{who}: {what}")
        say(f"Keep these now; they are not shown again. Then: overflight desk run {folder}")


@group.command("run")
def run(
    folder: Folder,
    port: Annotated[int | None, typer.Option(metavar="PORT", min=0, max=65535, help="Another port.")] = None,
    log: Annotated[
        LogKind, typer.Option(help="How the log is written to stderr: auto is text at a terminal, else JSON.")
    ] = LogKind.AUTO,
) -> None:
    """Serve the desk until interrupted. Its log goes to stderr, one event a line."""
    with handled():
        need_desk()
        import uvicorn

        from overflight.service.api.app import make_app
        from overflight.service.channels.http import HttpClients
        from overflight.service.config import read_desk_config
        from overflight.service.exchange import make_exchange
        from overflight.service.logs import log_to
        from overflight.service.start import CONFIG, make_desk, make_pager, make_publishing

        config, http = read_desk_config(folder / CONFIG), HttpClients()
        made = make_desk(config, folder, http)
        at = config.port if port is None else port
        exchange = make_exchange(config, folder, made, http, CONFIG)
        pager = make_pager(config, made, folder, http, exchange.silent)
        app = make_app(config, made, http, make_publishing(config, made, folder), exchange, pager)
        is_plain = log is LogKind.TEXT or (log is LogKind.AUTO and sys.stderr.isatty())
        log_to(sys.stderr, is_plain=is_plain)
        kinds = ", ".join(sorted(made.signing.statuses))
        where = f"http://{config.host}:{at}"
        logging.getLogger("overflight.desk").info("desk %s at %s (statuses: %s)", config.name, where, kinds)
        uvicorn.run(app, host=config.host, port=at, log_config=None, access_log=False)


@group.command("verify-log")
def verify_log(folder: Folder) -> None:
    """Say whether every entry of the log is as it was written. Exit code 1 if not."""
    with handled():
        from overflight.service.store import verify_log as verify

        count, head, faults = verify(open_folder(folder)[0])
        for fault in faults:
            typer.echo(fault)
        typer.echo(
            f"{count} entries, last hash {head}: {'as written' if not faults else f'{len(faults)} faults'}"
        )
        if faults:
            raise typer.Exit(BROKEN)


@group.command("replay")
def replay(
    folder: Folder, event: Annotated[str, typer.Argument(metavar="EVENT", help="Identifier of the event.")]
) -> None:
    """Decide an event anew from the log. Say whether its drafts and alerts are as they were then."""
    with handled():
        store, config = open_folder(folder)
        from overflight.service.redecide import redecide
        from overflight.service.replay import replay as again
        from overflight.service.start import read_rules

        made = again(store, event)
        policy, gazetteer = read_rules(config, folder)
        decided = redecide(store, event, gazetteer, policy)
        for remark in decided.remarks:
            say(remark)
        for fault in decided.faults:
            typer.echo(fault)
        for one in made:
            typer.echo(f"{one.sent}  {one.identifier}: {one.fault or f'the same {len(one.composed)} bytes'}")
        if decided.faults or any(one.fault for one in made):
            raise typer.Exit(BROKEN)
        typer.echo(
            f"{decided.decisions} decisions made anew: {decided.records} drafts and revisions, all the same"
        )
        typer.echo(f"{len(made)} alerts, all the same")


@group.command("backup")
def backup(
    folder: Folder,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where it goes.")],
) -> None:
    """Write the whole desk to one file. Log, alerts, outbox and accounts, while it runs."""
    with handled():
        from overflight.cli.output import refuse_file, write_file
        from overflight.service.backup import dump

        refuse_file(output, force=False)
        write_file(output, dump(open_folder(folder)[0]), force=False)
        output.chmod(0o600)
        say(
            f"Wrote {output}. Second factors in it are sealed: to restore it, keep the desk's seal file "
            "(keys/seal.key) too, and apart from it."
        )


@group.command("restore")
def restore(
    folder: Folder,
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    without_factors: Annotated[
        bool,
        typer.Option("--without-factors", help="The key of its second factors is lost: reset each after."),
    ] = False,
) -> None:
    """Fill an empty store from a backup. It may be of the other kind; the log is verified."""
    with handled():
        from overflight.cli.inputs import read_file
        from overflight.service.backup import load

        content = read_file(source, what="a backup of a desk", max_bytes=2_000_000_000)
        count = load(open_folder(folder)[0], content, without_factors=without_factors)
        say(f"Restored {count} entries of the log; every one is as it was written.")


@group.command("seal")
def seal(folder: Folder) -> None:
    """Make a new key for second factors. They are sealed under it while the desk runs.

    Where the former key is lost, those it sealed are named: reset each with `desk user reset-totp`.
    """
    with handled():
        store, config = open_folder(folder)
        from datetime import UTC, datetime

        from overflight.service.accounts import new_seal

        count, lost = new_seal(store, folder / config.seal_file, datetime.now(UTC))
        typer.echo(f"{count} second factors sealed under a new key in {config.seal_file}")
        for name in lost:
            typer.echo(f"{name}: its key is lost; reset it: overflight desk user reset-totp {folder} {name}")
        say("Copy the file to every desk on this store, and keep it with the next backup, apart from it.")


group.command("report")(report)
group.command("script")(script)
group.add_typer(users, name="user")
group.add_typer(keys, name="key")
