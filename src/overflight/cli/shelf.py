"""The shelf of a bank: finished blocks of flights on disk, so that an interrupted run goes on."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from overflight import __version__
from overflight.cli.output import UnusableOutput
from overflight.compiled import cache_folder, kernel_hash
from overflight.inference.bank import BLOCK, FORM
from overflight.scenario.claims import Claim
from overflight.scenario.model import Scenario

__all__ = ["DiskShelf", "bank_digest"]

_WORDS = {
    "label",
    "source",
    "date",
    "published",
    "confidence",
    "contradicts",
    "revises",
    "use",
    "note",
    "translation",
}


def bank_digest(scenario: Scenario, claims: Iterable[Claim], seed: int) -> str:
    """Return what two banks must share to share blocks: program, scenario, seed, and what the claims ask.

    The words, sources and confidence of a claim change no flight and do not count.
    """
    asked = [claim.model_dump(mode="json", exclude=_WORDS) for claim in claims]
    parts = [__version__, kernel_hash(), FORM, BLOCK, seed, scenario.model_dump_json(), asked]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:20]


class DiskShelf:
    """Blocks as files ``BLOCK.npz`` in a folder of their own below ``base``.

    A block is written beside its name and then renamed, so a killed run leaves no half block; a file that
    cannot be read is flown again.
    """

    def __init__(self, base: Path | None, digest: str) -> None:
        self.folder = (cache_folder().parent / "banks" if base is None else base) / digest
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder)
            os.close(handle)
            os.unlink(name)
        except OSError as error:
            raise UnusableOutput(
                str(self.folder), error.strerror or "an error", "a folder you may write to",
                "Name another one with --bank.",
            ) from None  # fmt: skip

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
        handle, name = tempfile.mkstemp(suffix=".partial", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, **columns)  # type: ignore[arg-type]
            os.replace(name, self._path(block))
        except OSError:
            Path(name).unlink(missing_ok=True)

    def _path(self, block: int) -> Path:
        return self.folder / f"{block:06d}.npz"
