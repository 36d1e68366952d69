"""How numerical kernels are compiled: one decorator, one cache folder.

Kernels live in files named ``kernels*.py``.  Numba's own cache does not notice a change in another
file, so the cache folder carries the package version and a hash over all kernel sources: a changed
kernel can never be served from an old cache.  See ``docs/design.md``, "Compute".
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from overflight import __version__

__all__ = ["cache_folder", "kernel", "kernel_hash"]


def kernel_hash() -> str:
    """Return 12 hex digits over the names and contents of all kernel sources and of this file."""
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted([Path(__file__), *root.rglob("kernels*.py")]):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def cache_folder() -> Path:
    """Return the folder that keeps compiled kernels, the first of three that can be written.

    ``$OVERFLIGHT_CACHE``, ``$XDG_CACHE_HOME`` or ``~/.cache``, then the system's temporary folder.
    """
    name = f"{__version__}-{kernel_hash()}"
    for variable, fallback in (("OVERFLIGHT_CACHE", ""), ("XDG_CACHE_HOME", "~/.cache")):
        base = os.environ.get(variable) or fallback
        if not base:
            continue
        folder = Path(base).expanduser() / "overflight" / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (OSError, RuntimeError):
            continue
        if os.access(folder, os.W_OK):
            return folder
    folder = _temporary() / name
    folder.mkdir(exist_ok=True)
    return folder


def _temporary() -> Path:
    """Return our folder among the system's temporary ones.

    What is loaded from a cache is run: a folder that another user made, or may write to, is not used.
    """
    user = os.getuid() if hasattr(os, "getuid") else None
    folder = Path(tempfile.gettempdir()) / f"overflight-{'user' if user is None else user}"
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        ours = user is None or (found.st_uid == user and not found.st_mode & 0o022)
        if stat.S_ISDIR(found.st_mode) and ours:
            return folder
    return Path(tempfile.mkdtemp(prefix="overflight-"))


os.environ["NUMBA_CACHE_DIR"] = str(cache_folder())

from numba import config, njit  # noqa: E402  (the cache folder must be set first)

config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]  # pyright: ignore[reportAttributeAccessIssue]  # numba came first

kernel = njit(cache=True, nogil=True, error_model="numpy")
"""Decorator of every compiled function: cached, releases the GIL, no fast-math, IEEE division."""

inline_kernel = njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
"""The same for small pieces whose tuples must stay in the registers of their caller."""

spliced_kernel = njit(cache=True, nogil=True, error_model="numpy", inline="always")
"""The same for a large piece with one caller: it is compiled as a part of that, not on its own as well."""
