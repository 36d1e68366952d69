"""Alarms about feeds while a run goes on: a source that says it is off or falls silent, no lines at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from overflight.cli.feeds import Feeds
from overflight.cli.file_feeds import Batch
from overflight.track.measurements import FeedStatus, Measurement
from overflight.warning.decision import DecisionMessage, EvidenceKind

__all__ = ["FeedWatch"]

SILENT_S = 10.0
MOST_SOURCES, MOST_REPORTS = 200, 1000
_OF_REPORTS = (EvidenceKind.LAUNCH_CUED, EvidenceKind.CUE_UNCONFIRMED, EvidenceKind.CUE_WITHDRAWN)


class FeedWatch:
    """Tells each change once.

    A radar that sees nothing sends nothing, so only a source that says regularly that it lives (``status``)
    can be found dead by its silence; for all feeds together any line counts.
    """

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds
        self._last_line_s: float | None = None
        self._quiet = False
        self._said: dict[str, tuple[float, float]] = {}  # by source: when it last said so, its longest gap
        self._off: set[str] = set()
        self._reported: set[tuple[str, str]] = set()
        self._troubles = 0

    def look(self, batch: Batch, messages: Iterable[Measurement]) -> Iterator[str]:
        """Yield what is new after a batch, in words."""
        for m in messages:
            yield from self._heard(m, batch.at_s)
        if batch.lines:
            if self._quiet:
                yield "feeds are heard again"
            self._last_line_s, self._quiet = batch.at_s, False
        elif self._last_line_s is not None and not self._quiet and batch.at_s - self._last_line_s > SILENT_S:
            self._quiet = True
            yield f"ALARM: no feed has given a line for {SILENT_S:.0f} s; nothing is known to have passed"
        for name, (last, gap) in self._said.items():
            if name not in self._off and batch.at_s - last > max(SILENT_S, 3.0 * gap):
                self._off.add(name)
                yield f"ALARM: {name} is silent for {batch.at_s - last:.0f} s"
        yield from self._troubled()

    def told(self, message: DecisionMessage) -> Iterator[str]:
        """Yield what a message says anew of reports of partners: that there is one, and what became of it."""
        for fact in message.evidence:
            known = message.event, fact.words
            if fact.kind not in _OF_REPORTS or known in self._reported or len(self._reported) >= MOST_REPORTS:
                continue
            self._reported.add(known)
            is_new = fact.kind is EvidenceKind.LAUNCH_CUED
            yield f"CUE: {fact.words}" if is_new else f"ALARM: {message.event}: {fact.words}"

    def _heard(self, m: Measurement, at_s: float) -> Iterator[str]:
        known = self._said.get(m.source)
        is_status = isinstance(m, FeedStatus)
        if known is None and not (is_status and len(self._said) < MOST_SOURCES):
            return
        last, gap = known or (at_s, 0.0)
        self._said[m.source] = (
            at_s,
            max(gap, at_s - last) if is_status and m.source not in self._off else gap,
        )
        if is_status and not m.alive:
            if m.source not in self._off:
                self._off.add(m.source)
                yield f"ALARM: {m.source} says that it is off"
        elif m.source in self._off:
            self._off.discard(m.source)
            yield f"{m.source} is heard again"

    def _troubled(self) -> Iterator[str]:
        new = self._feeds.told - self._troubles
        if new > 0:
            self._troubles = self._feeds.told
            yield from self._feeds.troubles[-new:]
