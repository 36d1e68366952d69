"""Engines run a function over chunks of samples: serially or in threads.

Kernels release the interpreter, so threads fill the processors of one machine. A result depends on
its sample alone and is placed by index: every engine gives the same bits.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
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


class ThreadsEngine:
    """Chunks side by side in ``workers`` threads, by default one a processor."""

    def __init__(self, workers: int | None = None) -> None:
        available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        self.workers = workers or available or 1
        self.name = f"threads ({self.workers})"

    def map(
        self, function: Callable[[Item], Result], items: Sequence[Item], progress: Progress = lambda *_: None
    ) -> list[Result]:
        """Return ``function(item)`` for every item, in order."""
        results: list[Result] = []
        with ThreadPoolExecutor(self.workers) as pool:
            try:
                for i, result in enumerate(pool.map(function, items), start=1):
                    results.append(result)
                    progress(i, len(items))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return results


def make_engine(name: str) -> Engine:
    """Return the engine called ``serial``, ``threads`` or ``threads:N``."""
    kind, _, count = name.partition(":")
    if kind == "serial" and not count:
        return SerialEngine()
    if kind == "threads" and (not count or (count.isdigit() and int(count) > 0)):
        return ThreadsEngine(int(count) if count else None)
    raise InputError(
        "--engine",
        found=repr(name),
        allowed="serial, threads or threads:N",
        remedy="Choose one of these engines.",
    )


def chunks(count: int, size: int) -> Iterator[range]:
    """Split ``range(count)`` into consecutive ranges of ``size``."""
    return (range(i, min(i + size, count)) for i in range(0, count, size))
