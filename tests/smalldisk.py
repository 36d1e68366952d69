"""A disk that can be filled: a real file system of a few megabytes, or, where none may be mounted, a limit."""

from __future__ import annotations

import contextlib
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

Full = Callable[[], AbstractContextManager[None]]


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int = 64) -> Iterator[Full]:
    """Make ``folder`` a file system of its own, and give what fills it for a while."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        is_real = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        is_real = False
    try:
        yield (lambda: _filled(folder)) if is_real else _limited
    finally:
        if is_real:
            subprocess.run(["umount", "-l", str(folder)], check=True)


@contextlib.contextmanager
def _filled(folder: Path) -> Iterator[None]:
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"\0" * 65536) == 65536:
            pass
    with ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"\0"):
            pass
    try:
        yield
    finally:
        ballast.unlink()


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
