"""A real PostgreSQL for the tests of faults."""

from __future__ import annotations

import getpass
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from support import require

PORT = 54398


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[str], str]]:
    """Start a server of its own on a socket, and give what makes a database in it and returns its URL.

    It will not run as root, so it runs as its own user then.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    programs = found[-1] if found else Path(shutil.which("initdb") or "").parent
    require((programs / "initdb").is_file(), "PostgreSQL's initdb")
    is_root = getpass.getuser() == "root"
    folder = Path(tempfile.mkdtemp(prefix="of-pg-", dir="/tmp"))
    lead = ["runuser", "-u", "postgres", "--"] if is_root else []
    if is_root:
        shutil.chown(folder, "postgres")

    def run(program: str, *words: str) -> None:
        command = [*lead, str(programs / program), "-D", str(folder / "data"), *words]
        subprocess.run(command, check=True, capture_output=True, cwd="/", stdin=subprocess.DEVNULL)

    def url(name: str) -> str:
        return f"postgresql+psycopg://desk@/{name}?host={folder}&port={PORT}"

    def database(name: str) -> str:
        engine = sa.create_engine(url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        return url(name)

    run("initdb", "-A", "trust", "-U", "desk")
    options = f"-p {PORT} -k {folder} -c listen_addresses="
    run("pg_ctl", "-o", options, "-w", "-l", str(folder / "log"), "start")
    try:
        yield database
    finally:
        run("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(folder, ignore_errors=True)
