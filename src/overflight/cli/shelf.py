"""The shelf of a bank: finished blocks of flights on disk, so that an interrupted run goes on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from overflight import __version__
from overflight.cli.output import UnusableOutput
from overflight.compiled import cache_folder, kernel_hash
from overflight.inference.bank import BLOCK, FORM
from overflight.inference.observables import asked
from overflight.scenario.claims import Claim
from overflight.scenario.model import Scenario

__all__ = ["MOST_BYTES", "DiskShelf", "bank_digest", "tidy"]

MOST_BYTES = 4_000_000_000
"""Size up to which banks are kept in the cache folder; one of a million flights takes 0.3 GB."""
_IN_USE_S = 86_400.0  # a bank that was taken up in the last day may be in use
_MARK = "bank.json"


def bank_digest(scenario: Scenario, claims: Iterable[Claim], seed: int) -> str:
    """Return what two banks must share to share blocks: program, scenario, seed, and what the claims ask.

    What was published, how surely, in which words and by whom changes no flight and does not count.
    """
    parts = [__version__, kernel_hash(), FORM, BLOCK, seed, scenario.model_dump_json(), asked(tuple(claims))]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:20]


class DiskShelf:
    """Blocks as files ``BLOCK.npz`` in a folder of their own below ``base``.

    A block is written beside its name and then renamed, so a killed run leaves no half block; a file that
    cannot be read is flown again.
    """

    def __init__(self, base: Path | None, digest: str) -> None:
        own = cache_folder().parent / "banks"
        self.folder = (own if base is None else base) / digest
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / _MARK).write_text(json.dumps(_made_by()), "utf-8")
            os.utime(self.folder)
        except OSError as error:
            raise UnusableOutput(
                str(self.folder), error.strerror or "an error", "a folder you may write to",
                "Name another one with --bank.",
            ) from None  # fmt: skip
        if base is None:
            tidy(own, now_s=time.time())

    def get(self, block: int) -> Mapping[str, NDArray[np.floating]] | None:
        """Return the columns of a block, None where it is not there."""
        try:
            with np.load(self._path(block), allow_pickle=False) as table:
                columns = {name: table[name] for name in table.files}
        except (OSError, ValueError, EOFError, KeyError):
            return None
        except Exception as error:  # a damaged archive: zipfile and zlib have errors of their own
            if type(error).__module__ in ("zipfile", "zlib"):
                return None
            raise
        return columns if all(len(column) == BLOCK for column in columns.values()) and columns else None

    def put(self, block: int, columns: Mapping[str, NDArray[np.floating]]) -> None:
        """Keep the columns of a block; a full disk keeps none and stops nothing."""
        try:
            handle, name = tempfile.mkstemp(suffix=".partial", dir=self.folder)
        except OSError:
            return
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, **columns)  # type: ignore[arg-type]
            os.replace(name, self._path(block))
        except OSError:
            Path(name).unlink(missing_ok=True)

    def _path(self, block: int) -> Path:
        return self.folder / f"{block:06d}.npz"


def _made_by() -> dict[str, object]:
    return {"version": __version__, "kernels": kernel_hash(), "form": FORM}


def tidy(base: Path, *, now_s: float, most_bytes: int = MOST_BYTES) -> None:
    """Remove banks that no run can take up again, then those not used for longest, down to a size.

    Only for the cache folder: a folder that somebody named with ``--bank`` is theirs.
    """
    sizes = []
    for folder in (path for path in base.iterdir() if path.is_dir()):
        used_s, made_by, size = now_s, None, 0
        try:
            used_s = folder.stat().st_mtime
            made_by = json.loads((folder / _MARK).read_text("utf-8"))
            size = sum(file.stat().st_size for file in folder.iterdir())
        except (OSError, ValueError):
            pass
        if made_by != _made_by() and now_s - used_s >= _IN_USE_S:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            sizes.append((used_s, size, folder))
    total = sum(size for _, size, _ in sizes)
    for used_s, size, folder in sorted(sizes, key=lambda row: row[0]):
        if total <= most_bytes or now_s - used_s < _IN_USE_S:
            break
        shutil.rmtree(folder, ignore_errors=True)
        total -= size
