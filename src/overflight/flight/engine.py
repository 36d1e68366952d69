"""Engines run a function over chunks of samples: serially, in threads, or on a cluster.

Kernels release the interpreter, so threads fill the processors of one machine; ``cluster.py`` fills many.
A result depends on its sample alone and is placed by index: every engine gives the same bits.

An engine of another package is found by the scheme of its address: the entry point ``NAME`` of the group
``overflight.engines`` is called with ``REST`` for ``--engine NAME://REST``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import entry_points
from typing import Protocol, TypeVar

from overflight.errors import InputError

__all__ = ["Engine", "SerialEngine", "ThreadsEngine", "chunks", "make_engine"]

Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]


class Engine(Protocol):
    """Where chunks are worked off."""

    name: str

    def map(
        self, function: Callable[[Item], Result], items: Sequence[Item], progress: Progress = ...
    ) -> list[Result]:
        """Return ``function(item)`` for every item, in order."""
        ...

    def close(self) -> None:
        """Let go of what the engine holds; it is not used afterwards."""
        ...


class SerialEngine:
    """One chunk after the other in the calling thread."""

    name = "serial"

    def map(
        self, function: Callable[[Item], Result], items: Sequence[Item], progress: Progress = lambda *_: None
    ) -> list[Result]:
        """Return ``function(item)`` for every item, in order."""
        results = []
        for i, item in enumerate(items, start=1):
            results.append(function(item))
            progress(i, len(items))
        return results

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""


class ThreadsEngine:
    """Chunks side by side in ``workers`` threads, by default one a processor."""

    def __init__(self, workers: int | None = None) -> None:
        available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        self.workers = workers or available or 1
        self.name = f"threads ({self.workers})"

    def map(
        self, function: Callable[[Item], Result], items: Sequence[Item], progress: Progress = lambda *_: None
    ) -> list[Result]:
        """Return ``function(item)`` for every item, in order.

        What is being flown when someone interrupts is not waited for: its threads end by themselves.
        """
        results: list[Result] = []
        pool = ThreadPoolExecutor(self.workers)
        wait = True
        try:
            for i, result in enumerate(pool.map(function, items), start=1):
                results.append(result)
                progress(i, len(items))
        except KeyboardInterrupt:
            wait = False
            raise
        finally:
            pool.shutdown(wait=wait, cancel_futures=True)
        return results

    def close(self) -> None:
        """Do nothing: threads live as long as their work."""


def make_engine(name: str) -> Engine:
    """Return the engine called ``serial``, ``threads``, ``threads:N`` or ``dask://HOST:PORT``.

    Close it when done (``contextlib.closing``).

    Raises
    ------
    InputError : no such engine, or a cluster that cannot be used
    """
    kind, _, rest = name.partition(":")
    if kind == "serial" and not rest:
        return SerialEngine()
    if kind == "threads" and (not rest or (rest.isascii() and rest.isdigit() and int(rest) > 0)):
        return ThreadsEngine(int(rest) if rest else None)
    if rest.startswith("//"):
        return _by_address(name, kind, rest[2:])
    raise _no_engine(name)


def _by_address(name: str, kind: str, rest: str) -> Engine:
    if kind == "dask":
        if not re.fullmatch(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}", rest):
            raise _no_engine(name)
        from overflight.flight.cluster import DaskEngine

        return DaskEngine(f"tcp://{rest}")
    for entry in entry_points(group="overflight.engines", name=kind):
        return entry.load()(rest)
    raise _no_engine(name)


def _no_engine(name: str) -> InputError:
    others = sorted(entry_points(group="overflight.engines").names)
    return InputError(
        "--engine",
        found=repr(name),
        allowed=", ".join(
            ["serial", "threads", "threads:N", "dask://HOST:PORT", *(f"{n}://" for n in others)]
        ),
        remedy="Choose one of these engines.",
    )


def chunks(count: int, size: int) -> Iterator[range]:
    """Split ``range(count)`` into consecutive ranges of ``size``."""
    return (range(i, min(i + size, count)) for i in range(0, count, size))
