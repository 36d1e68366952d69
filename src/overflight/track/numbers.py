"""Whether a source's own track numbers say which plots are of one body.

Some number every plot anew. Taken for tracks, such numbers would make every plot one of another body.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from overflight.track.knowledge import Knowledge
from overflight.track.measurements import Plot, Position

__all__ = ["numbered"]

ENOUGH, MEMORY = 8, 60
"""Numbers without one that came twice after which they are not believed, and how many are remembered: more
than fragments appear in one scan."""


def numbered(know: Knowledge, m: Plot | Position) -> tuple[Knowledge, Plot | Position]:
    """Return the knowledge with the number of a plot, and the plot, without it where numbers tell nothing."""
    if m.track is None:
        return know, m
    recent = know.numbers.get(m.source, ())
    know = replace(know, numbers=MappingProxyType({**know.numbers, m.source: (*recent, m.track)[-MEMORY:]}))
    kept = m.track in recent or len(recent) < ENOUGH or len(set(recent)) < len(recent)
    return know, m if kept else replace(m, track=None)
