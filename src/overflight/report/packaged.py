"""The one place in this room that reads files: those the package itself carries.

Everything else here turns values into strings.  What is read is kept, because pages are made more
than once in a process.
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files

__all__ = ["packaged_bytes", "packaged_text"]


@cache
def packaged_bytes(name: str) -> bytes:
    """Return a file below ``overflight/report`` (``static/page.css``) as bytes."""
    return files("overflight.report").joinpath(name).read_bytes()


@cache
def packaged_text(name: str) -> str:
    """Return a file below ``overflight/report`` as text; ``.gz`` is unpacked on the way."""
    content = packaged_bytes(name)
    return (gzip.decompress(content) if name.endswith(".gz") else content).decode("utf-8")
