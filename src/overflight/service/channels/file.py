"""A folder into which each message is put as one file: whole or not at all, and on the disk.

Another program takes the files up.  The bytes are written beside, forced to the disk and renamed, and
the folder is forced to the disk too; so nobody reads half a message, and a power cut loses none that
has a receipt.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from overflight.service.channel import Channel, Delivery, Receipt
from overflight.service.channels.config import ChannelConfig, Context, read_config
from overflight.service.channels.own_thread import OwnThread
from overflight.warning.alert import Status

BESIDE = ".new-"
"""How the name of a file begins while it is written; it never ends as that of a message does."""

LEFT_S = 3600.0
"""A file still being written after this time was left by a desk that was killed."""


class FileConfig(ChannelConfig):
    """``[[channel]] kind = "file"``: messages appear in ``folder`` as ``IDENTIFIER.xml``."""

    folder: Path


def make(table: Mapping[str, Any], context: Context) -> Channel:
    """Return the channel of one table."""
    config = read_config(FileConfig, table, context)
    return FileDrop(config.name, frozenset(config.statuses), context.path(config.folder))


class FileDrop:
    """Puts messages into a folder, which is made if it is not there."""

    def __init__(self, name: str, statuses: frozenset[Status], folder: Path) -> None:
        self.name, self.statuses, self.folder = name, statuses, folder
        self.destination = f"folder:{folder.resolve()}"
        self._thread = OwnThread(f"channel {name}")
        self._is_swept = False

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Put the file, unless the same bytes are there already."""
        path = self.folder / file_name(delivery.identifier)
        if not self._is_swept:
            await self._thread.run(lambda: sweep(self.folder))
            self._is_swept = True
        is_new = await self._thread.run(lambda: put(path, delivery.content))
        detail = f"{'written' if is_new else 'already there'}: {path.name}"
        return Receipt(delivery.key, self.name, True, detail, datetime.now(UTC))

    async def close(self) -> None:
        """Nothing is held open."""


def file_name(identifier: str) -> str:
    """Return the name of the file of a message; letters that a file system may not take become ``_``."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in identifier)
    return f"{safe.lstrip('.') or '_'}.xml"


def sweep(folder: Path) -> None:
    """Remove what a killed desk left half written; young files may be another desk's at work."""
    for left in folder.glob(f"{BESIDE}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > LEFT_S:
                left.unlink()


def put(path: Path, content: bytes) -> bool:
    """Write a file whole and durably; return False if it has these bytes already.

    Raises
    ------
    OSError : it could not be written; whatever stood there before stands there still
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() and path.read_bytes() == content:
        return False
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=BESIDE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True
