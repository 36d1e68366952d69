"""How the commands of a desk find its store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from overflight.errors import OverflightError

if TYPE_CHECKING:
    from overflight.service.config import DeskConfig
    from overflight.service.store import Store

__all__ = ["Folder", "need_desk", "open_folder"]

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of the desk, with its desk.toml.")]


def open_folder(folder: Path) -> tuple[Store, DeskConfig]:
    """Return the store of a desk, brought up to date, and its configuration."""
    need_desk()
    from overflight.service.config import read_desk_config
    from overflight.service.start import CONFIG, open_store

    config = read_desk_config(folder / CONFIG)
    return open_store(config, folder), config


def need_desk() -> None:
    """Refuse where the packages of the desk are missing."""
    try:
        import alembic  # noqa: F401
        import argon2  # noqa: F401
        import fastapi  # noqa: F401
        import signxml  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as fault:
        raise OverflightError("the desk needs more packages; install overflight[desk]") from fault
