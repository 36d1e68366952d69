"""The output folder: complete or not there at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp, mkstemp
from types import TracebackType
from typing import Self

from overflight.errors import OutputError

__all__ = ["OutputFolder", "UnusableOutput", "is_ours", "refuse_file", "write_file"]


STANDARD_OUTPUT = "-"
"""Stands for standard output where a file is asked for."""


class UnusableOutput(OutputError):
    """A place that cannot be written, with what was found there, what is allowed and what to do."""

    def __init__(self, where: str, found: str, allowed: str, remedy: str) -> None:
        self.where, self.found, self.allowed, self.remedy = where, found, allowed, remedy
        super().__init__(f"{where}: found {found}; allowed: {allowed}. {remedy}")


class OutputFolder:
    """A folder that appears complete, by renaming, or not at all.

    Used as a context manager: entering refuses a target that may not be replaced and prepares an
    empty folder beside it, so that a full or read-only disk is found before hours of computing;
    :meth:`commit` fills and renames it; leaving without a commit removes every trace.

    Parameters
    ----------
    target : where the results go; parents are created
    force : replace an earlier result. Only a folder whose ``run.json`` is ours, and in which nothing
        foreign lies, is ever replaced.
    """

    def __init__(self, target: str | Path, *, force: bool) -> None:
        self._given = str(target)
        self._force = force
        self._target = Path(os.path.realpath(os.path.expanduser(target)))
        self._made: list[Path] = []
        self._partial: Path | None = None

    def __enter__(self) -> Self:
        if self._given == STANDARD_OUTPUT:
            raise UnusableOutput("-", "standard output", "a folder", "Name a folder for the results.")
        with _as_output_error(self._given):
            self._refuse_foreign()
            try:
                with _uninterrupted():
                    self._make_parents()
                    name = f".{self._target.name[:60]}."
                    self._partial = Path(mkdtemp(prefix=name, suffix=".partial", dir=self._target.parent))
                    self._partial.chmod(0o777 & ~_umask())
            except BaseException:
                self._discard()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._discard()

    def commit(self, files: Mapping[str, bytes]) -> None:
        """Write ``files`` (relative name with ``/`` to content) and let the folder appear."""
        if self._partial is None:
            raise RuntimeError("commit needs an entered folder, once")
        with _as_output_error(self._given):
            for name, content in files.items():
                _write_synced(self._partial / _inside(name), content)
            for folder in {self._partial, *(self._partial / _inside(name).parent for name in files)}:
                _sync_folder(folder)
            self._refuse_foreign()
            with _uninterrupted():
                self._swap(self._partial)
                self._partial, self._made = None, []

    def _refuse_foreign(self) -> None:
        """Refuse a target that holds, or may hold, what is not ours."""
        new = "a new or an empty folder"
        if self._target in (Path.cwd(), *Path.cwd().parents):
            raise UnusableOutput(self._given, "the folder you work in", new, "Name a folder of its own.")
        if not os.path.lexists(self._target):
            return
        if not self._target.is_dir():
            raise UnusableOutput(self._given, "a file", new, "Choose another name.")
        if not os.listdir(self._target):
            return
        foreign = _foreign(self._target)
        if foreign is not None:
            allowed = f"{new}, or with --force one with results of overflight only"
            remedy = "Choose another name, or move what is yours."
            raise UnusableOutput(self._given, f"foreign content: {foreign}", allowed, remedy)
        if not self._force:
            remedy = "Add --force to replace them, or choose another name."
            raise UnusableOutput(self._given, "the results of an earlier run", new, remedy)

    def _make_parents(self) -> None:
        missing = [p for p in self._target.parents if not p.exists()]
        for parent in reversed(missing):
            parent.mkdir()
            self._made.append(parent)

    def _swap(self, partial: Path) -> None:
        """Put the complete folder in the place of the target; put the old one back if that fails."""
        old: Path | None = None
        if self._target.exists():
            old = partial.with_suffix(".old")
            os.rename(self._target, old)
        try:
            os.rename(partial, self._target)
        except OSError:
            if old is not None:
                os.rename(old, self._target)
            raise
        _sync_folder(self._target.parent)
        if old is not None:
            shutil.rmtree(old, ignore_errors=True)

    def _discard(self) -> None:
        with _uninterrupted():
            if self._partial is not None:
                shutil.rmtree(self._partial, ignore_errors=True)
                self._partial = None
            for parent in reversed(self._made):
                try:
                    parent.rmdir()
                except OSError:
                    break
            self._made = []


def is_ours(run_json: bytes) -> bool:
    """Return whether the content of a ``run.json`` is that of a run of this program."""
    return _manifest(run_json) is not None


def _manifest(run_json: bytes) -> frozenset[str] | None:
    """Return the names of the files a run wrote, or None if it was not one of ours."""
    try:
        run = json.loads(run_json)
    except (ValueError, RecursionError):
        return None
    if not isinstance(run, dict) or not str(run.get("made_by", "")).startswith("overflight"):
        return None
    outputs = run.get("outputs_sha256")
    return frozenset(outputs) if isinstance(outputs, dict) else None


def _foreign(folder: Path) -> str | None:
    """Return the name of something in a folder that no run of ours put there, or None."""
    run = folder / "run.json"
    if not run.is_file():
        return "no run.json of ours"
    ours = _manifest(run.read_bytes()) if run.stat().st_size < 500_000_000 else None
    if ours is None:
        return "a run.json that is not ours"
    expected = ours | {"run.json"} | {p.as_posix() for name in ours for p in PurePosixPath(name).parents}
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in sorted({*names, *folders}):
            relative = (Path(place) / name).relative_to(folder).as_posix()
            if relative not in expected or name in links:
                return relative
    return None


def _inside(name: str) -> Path:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(f"{name!r} does not stay inside the output folder")
    return Path(*path.parts)


def refuse_file(path: str | Path, *, force: bool = False) -> Path:
    """Return where a file may be written; refuse a folder, and without ``force`` an existing file.

    ``-`` is standard output, which may always be written.
    """
    if str(path) == STANDARD_OUTPUT:
        return Path(path)
    target = Path(os.path.realpath(os.path.expanduser(path)))
    if target.is_dir():
        raise UnusableOutput(str(path), "a folder", "the name of a file", "Add a file name.")
    if target.exists() and not force:
        raise UnusableOutput(str(path), "an existing file", "a new file", "Add --force to replace it.")
    return target


def write_file(path: str | Path, content: bytes, *, force: bool = False) -> None:
    """Write one file completely or not at all; an existing one is replaced only with ``force``.

    ``-`` writes to standard output.
    """
    if str(path) == STANDARD_OUTPUT:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    with _as_output_error(str(path)):
        target = refuse_file(path, force=force)
        handle, name = mkstemp(prefix=f".{target.name[:60]}.", suffix=".partial", dir=target.parent)
        os.close(handle)
        partial = Path(name)
        try:
            _write_synced(partial, content)
            partial.chmod(0o666 & ~_umask())
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)


def _write_synced(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


_REASONS = {
    errno.ENOSPC: ("a full disk", "free space", "Free some space, or choose a folder on another disk."),
    errno.EDQUOT: ("a used-up quota", "free space", "Free some space, or choose a folder on another disk."),
    errno.EFBIG: ("a limit on the size of files", "files of some megabytes", "Raise the limit (ulimit -f)."),
    errno.EROFS: ("a read-only disk", "a disk that can be written", "Choose another folder."),
    errno.EACCES: ("no permission to write", "a folder you may write to", "Choose another folder."),
    errno.EPERM: ("no permission to write", "a folder you may write to", "Choose another folder."),
    errno.ENAMETOOLONG: ("a name that is too long", "at most 255 bytes for a name", "Choose a shorter name."),
    errno.ENOTDIR: (
        "a file in the place of a folder above it",
        "a path of folders",
        "Choose another folder.",
    ),
    errno.EEXIST: ("a file in the place of a folder above it", "a path of folders", "Choose another folder."),
    errno.ENOENT: (
        "a path that does not exist",
        "an existing folder for the file",
        "Create the folder first.",
    ),
}


@contextmanager
def _as_output_error(given: str) -> Iterator[None]:
    """Turn what the system refuses into one message."""
    try:
        yield
    except OSError as error:
        words = error.strerror or type(error).__name__
        found, allowed, remedy = _REASONS.get(
            error.errno or 0, (words, "a place that can be written", "Choose another place.")
        )
        raise UnusableOutput(given, found, allowed, f"{remedy} Nothing was written.") from None


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back for a short stretch; they arrive at its end.

    By handlers, not by a signal mask: a mask holds for one thread, and numerical libraries start others.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(kind, lambda number, _frame: held.append(number)) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, signal.SIG_DFL if handler is None else handler)
    if held:
        raise KeyboardInterrupt
