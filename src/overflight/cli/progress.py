"""Progress on stderr: a bar with the time left on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["PlainProgress", "Progress", "progress_shown"]

Progress = Callable[[str, int, int], None]
"""Called with the phase in words, what is done, and the total (0 if not known)."""


@contextmanager
def progress_shown(*, quiet: bool) -> Iterator[Progress]:
    """Yield what a job calls to report its progress; several threads may call it."""
    if quiet:
        yield lambda _phase, _done, _total: None
    elif not sys.stderr.isatty():
        yield PlainProgress()
    else:
        yield from _bar()


class PlainProgress:
    """One line when a phase begins, at most one every ``every_s`` while it runs, one when it ends."""

    def __init__(self, every_s: float = 5.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._every_s, self._clock = every_s, clock
        self._lock = threading.Lock()
        self._phase, self._began, self._said, self._ended = "", 0.0, 0.0, False

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Report that ``done`` of ``total`` steps of ``phase`` are done."""
        with self._lock:
            now = self._clock()
            ends = 0 < total <= done
            if phase != self._phase:
                self._phase, self._began, self._ended = phase, now, False
            elif self._ended or (not ends and now - self._said < self._every_s):
                return
            self._said, self._ended = now, ends
            print(self._line(done, total, now - self._began), file=sys.stderr, flush=True)

    def _line(self, done: int, total: int, elapsed_s: float) -> str:
        if total <= 0:
            return f"{self._phase} ..."
        if done >= total:
            return f"{self._phase}: done in {elapsed_s:.1f} s"
        left = f", {elapsed_s * (total - done) / done:.0f} s left" if done > 0 and elapsed_s > 0.5 else ""
        return f"{self._phase}: {done} of {total}{left}"


def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as RichProgress

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    lock = threading.Lock()
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, int] = {}

        def report(phase: str, done: int, total: int) -> None:
            with lock:
                if phase not in tasks:
                    tasks[phase] = bars.add_task(phase, total=total or None)
                bars.update(tasks[phase], completed=done, total=total or None)  # type: ignore[arg-type]

        yield report
