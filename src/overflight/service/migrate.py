"""Brings the tables of a store to what this version needs, with Alembic."""

from __future__ import annotations

from pathlib import Path

from overflight.service.store import Store


def migrate(store: Store) -> None:
    """Upgrade the store in place; does nothing where it is up to date."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with store.engine.connect().execution_options(write=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
