"""Who may speak: signatures of sources, and nothing said before said again."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from overflight.cli.inputs import read_file
from overflight.formats.signatures import MAX_BYTES, Key, is_signed_by, read_keys
from overflight.track.measurements import Cue, Measurement, SensorSite

__all__ = ["SourcesGuard"]

REMEMBERED = 20_000
"""Numbers of a source that are kept; older ones are not taken any more."""
FRESH_S = 60.0
"""On a live feed a signed line is taken within so many seconds of our clock; an unsigned one, if no drill,
if it is stamped no more than so many ahead of it."""
LATE_CUE_S = 600.0
"""A cue tells when a rocket rose, and is made and sent for minutes: so far back it is taken."""


class SourcesGuard:
    """With a file of keys, lets in only what its source has signed, and each line once.

    A signed line needs ``seq``, which a source never uses twice; that of a site alone may come again.
    Without a file everything is let in, and ``unchecked`` counts the lines whose signature nobody checked.
    """

    def __init__(self, path: Path | None, *, live: bool) -> None:
        content = (
            None if path is None else read_file(path, what="keys of sources (TOML)", max_bytes=MAX_BYTES)
        )
        self._keys: Mapping[str, Key] | None = None if content is None else read_keys(content, str(path))
        self._live = live
        self._seen: dict[str, OrderedDict[int, None]] = {}
        self._lowest: dict[str, int] = {}
        self.unchecked = 0

    def refuses(self, line: bytes, m: Measurement, *, replayed: bool = False) -> str | None:
        """Return why a line is not let in; None if it is."""
        if self._keys is None:
            self.unchecked += b'"signature":"' in line or b'"signature": "' in line
            if not self._live or replayed or m.exercise or isinstance(m, SensorSite):
                return None
            if m.time_s - time.time() > FRESH_S:
                return f"stamped more than {FRESH_S:.0f} s ahead of our clock"
            is_old = isinstance(m, Cue) and time.time() - m.time_s > LATE_CUE_S
            return f"a cue of a launch more than {LATE_CUE_S / 60.0:.0f} minutes ago" if is_old else None
        key = self._keys.get(m.source)
        if key is None:
            return "no key of this source in the file of keys"
        if not is_signed_by(line, key):
            return "not signed by its source, or changed since"
        if isinstance(m, SensorSite):
            return None
        late_s = LATE_CUE_S if isinstance(m, Cue) else FRESH_S
        if self._live and not replayed and not -late_s <= m.time_s - time.time() <= FRESH_S:
            return f"signed for a time more than {late_s:.0f} s from our clock"
        return self._again(m.source, line)

    def _again(self, source: str, line: bytes) -> str | None:
        seq = json.loads(line).get("seq")
        if not isinstance(seq, int):
            return "signed without seq, so it could be sent again"
        seen = self._seen.setdefault(source, OrderedDict())
        if seq in seen or seq < self._lowest.get(source, 0):
            return "signed and sent before"
        seen[seq] = None
        if len(seen) > REMEMBERED:
            oldest = min(seen)
            del seen[oldest]
            self._lowest[source] = oldest + 1
        return None
