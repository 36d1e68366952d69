"""Whose clock runs ahead: what each source stamps, beside what all others stamp while it speaks.

Without keys anybody may stamp what he likes, and one plot from far ahead makes all others too old to be used.
So the others are heard: those that go on at the old time testify against the one that is ahead of them all.
"""

from __future__ import annotations

from collections import Counter

__all__ = ["SourceClocks"]

TESTIMONIES = 5
"""So many plots from behind, each newer than the last of its source, and the one ahead is not believed."""


class SourceClocks:
    """The newest stamps of sources, and which sources are not believed.

    One witness is enough against a source whose time made a jump, if the witness was on time before; against
    one that went ahead in small steps it takes two, because one alone may be the one that fell behind.

    Parameters
    ----------
    window_s : a source so far behind another contradicts it
    jump_s : a step ahead of all by more is a jump
    """

    def __init__(self, window_s: float, jump_s: float) -> None:
        self._window_s, self._jump_s = window_s, jump_s
        self._newest: dict[str, float] = {}
        self._fair: set[str] = set()
        self._wrong: set[str] = set()
        self._jumped = False
        self._against: Counter[str] = Counter()

    def heard(self, source: str, time_s: float) -> str | None:
        """Note a stamp; return the source that is from now on not believed because of it, if any."""
        before = self._newest.get(source)
        leader, ahead_s = self._leader()
        self._newest[source] = time_s if before is None else max(before, time_s)
        if leader is None or source in self._wrong:
            return None
        if time_s > ahead_s + self._jump_s:
            self._jumped = True
            self._against.clear()
            return None
        if source == leader:
            if not self._jumped:
                self._fair.add(source)
            return None
        if ahead_s - time_s <= self._window_s:
            self._fair |= {source, leader}
            self._against.clear()
            self._jumped = False
            return None
        if before is None or time_s > before:
            self._against[source] += 1
        alone = self._jumped and any(name in self._fair for name in self._against)
        if self._against.total() < TESTIMONIES or not (alone or len(self._against) > 1):
            return None
        self._wrong.add(leader)
        self._fair.discard(leader)
        self._against.clear()
        self._jumped = False
        return leader

    def believes(self, source: str, time_s: float) -> bool:
        """Return whether a stamp can be used: that of a source not believed only beside the others'."""
        if source not in self._wrong:
            return True
        if time_s > self.now_s() + self._jump_s:
            return False
        self._wrong.discard(source)
        self._newest[source] = time_s
        return True

    def now_s(self) -> float:
        """Return the newest stamp of those believed; minus infinity if there is none."""
        return self._leader()[1]

    def forget(self, source: str) -> None:
        """Forget a source that gives way to another."""
        self._newest.pop(source, None)
        self._fair.discard(source)
        self._wrong.discard(source)
        del self._against[source]

    def _leader(self) -> tuple[str | None, float]:
        believed = [(time, name) for name, time in self._newest.items() if name not in self._wrong]
        time, name = max(believed, default=(float("-inf"), None))
        return name, time
