"""Which plots came before: a feed may be delivered twice, and one radar's feed by two ways."""

from __future__ import annotations

from collections import OrderedDict

from overflight.track.measurements import Plot, Position

__all__ = ["Repeats"]

MOST_KEYS = 50_000


class Repeats:
    """The last plots by what they say, and by the numbers that their sources gave them."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[object, ...], None] = OrderedDict()

    def has(self, m: Plot | Position) -> bool:
        """Return whether a plot came before; if not it is kept."""
        values = (m.range_m, m.azimuth_rad) if isinstance(m, Plot) else (m.latitude_rad, m.longitude_rad)
        keys: list[tuple[object, ...]] = [(m.source, m.time_s, *values)]
        if m.seq is not None:
            keys.append((m.source, m.time_s, m.track, m.seq))
        if any(key in self._seen for key in keys):
            return True
        for key in keys:
            self._seen[key] = None
        while len(self._seen) > MOST_KEYS:
            self._seen.popitem(last=False)
        return False
