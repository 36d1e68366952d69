"""`overflight desk`: the warning desk, its set-up, its log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from overflight.cli.problems import handled, say

if TYPE_CHECKING:
    from overflight.service.store import Store

__all__ = ["group"]

group = typer.Typer(add_completion=False, invoke_without_command=True)

BROKEN = 1
"""Exit code when the log or a replayed alert is not as it was."""

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of the desk, with its desk.toml.")]


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

        _need_desk()
        from overflight.service.demo import run_demo

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
    """Make a desk to drill with: configuration, policy, key and accounts. Nothing real can leave it."""
    with handled():
        _need_desk()
        from overflight.service.start import make_folder

        told = make_folder(folder, name, like=like)
        for who, what in told.items():
            typer.echo(f"{who}: {what}")
        say(f"Keep these now; they are not shown again. Then: overflight desk run {folder}")


@group.command("run")
def run(
    folder: Folder, port: Annotated[int | None, typer.Option(metavar="PORT", help="Another port.")] = None
) -> None:
    """Serve the desk until interrupted."""
    with handled():
        _need_desk()
        import uvicorn

        from overflight.service.api.app import make_app
        from overflight.service.channels.http import HttpClients
        from overflight.service.config import read_desk_config
        from overflight.service.exchange import make_exchange
        from overflight.service.start import CONFIG, make_desk, make_publishing

        config, http = read_desk_config(folder / CONFIG), HttpClients()
        made = make_desk(config, folder, http)
        at = config.port if port is None else port
        kinds = ", ".join(sorted(made.signing.statuses))
        say(f"Desk {config.name} at http://{config.host}:{at} (statuses: {kinds})")
        exchange = make_exchange(config, folder, made, http, CONFIG)
        app = make_app(config, made, http, make_publishing(config, made, folder), exchange)
        uvicorn.run(app, host=config.host, port=at, log_level="warning", access_log=False)


@group.command("verify-log")
def verify_log(folder: Folder) -> None:
    """Say whether every entry of the log is as it was written. Exit code 1 if not."""
    with handled():
        from overflight.service.store import verify_log as verify

        count, head, faults = verify(_store(folder))
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
    """Make the alerts of an event anew from the log, and say whether they are byte for byte those sent."""
    with handled():
        from overflight.service.replay import replay as again

        made = again(_store(folder), event)
        for one in made:
            typer.echo(f"{one.sent}  {one.identifier}: {one.fault or f'the same {len(one.composed)} bytes'}")
        if any(one.fault for one in made):
            raise typer.Exit(BROKEN)
        typer.echo(f"{len(made)} alerts, all the same")


@group.command("backup")
def backup(
    folder: Folder,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where it goes.")],
) -> None:
    """Write the log, alerts, outbox and accounts to one file, while the desk runs."""
    with handled():
        from overflight.cli.output import refuse_file, write_file
        from overflight.service.backup import dump

        refuse_file(output, force=False)
        write_file(output, dump(_store(folder)), force=False)
        output.chmod(0o600)
        say(f"Wrote {output}; it holds secrets of accounts: keep it as you keep the desk.")


@group.command("restore")
def restore(
    folder: Folder, source: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")]
) -> None:
    """Fill the empty store of a desk from a backup, of either kind of store, and verify the log."""
    with handled():
        from overflight.cli.inputs import read_file
        from overflight.service.backup import load

        count = load(_store(folder), read_file(source, what="a backup of a desk", max_bytes=2_000_000_000))
        say(f"Restored {count} entries of the log; every one is as it was written.")


def _store(folder: Path) -> Store:
    _need_desk()
    from overflight.service.config import read_desk_config
    from overflight.service.start import CONFIG, open_store

    return open_store(read_desk_config(folder / CONFIG), folder)


def _need_desk() -> None:
    from overflight.errors import OverflightError

    try:
        import alembic  # noqa: F401
        import argon2  # noqa: F401
        import fastapi  # noqa: F401
        import signxml  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as fault:
        raise OverflightError("the desk needs more packages; install overflight[desk]") from fault
