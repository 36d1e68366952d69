"""Keeps the public page of a desk: finished files in a folder, replaced whole at each change.

Readers are served files and nothing else, so a page that ten thousand people load costs the desk no more
than one that nobody does, and stays up when the desk is down.  Each event keeps its page below
``events/``; the page at the top shows the event that matters most now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from overflight.errors import InputError
from overflight.report.public_notice import CallState, PublicNotice
from overflight.report.public_page import render_editions
from overflight.service.channel import DRILLS
from overflight.service.channels.file import file_name, put
from overflight.service.channels.guard import check_wall
from overflight.service.channels.own_thread import OwnThread
from overflight.warning.alert import Status

_WEIGHT = {CallState.SHELTER: 0, CallState.RUN_OUT: 1}
Drawn = dict[str, tuple[PublicNotice, dict[str, bytes]]]
"""What was drawn last, by event: of which notice, and its pages by name."""

_FIRST = {"JP": "ja.html", "KR": "ko.html"}


class PublicPage:
    """The page of one wall: of real alerts or of drills, never of both in one folder."""

    def __init__(self, folder: Path, statuses: frozenset[Status]) -> None:
        check_wall("public page", statuses)
        self.folder, self.statuses = folder, statuses
        self._thread = OwnThread("public page")
        self._drawn: Drawn = {}

    async def write(self, notices: Sequence[PublicNotice]) -> int:
        """Write the pages of events, newest last, and return how many files changed.

        Raises
        ------
        InputError : a notice of the other wall; nothing is written then
        OSError : the disk does not take it; what stood there before stands there still
        """
        for notice in notices:
            if notice.status not in self.statuses:
                wall = "drills" if self.statuses <= DRILLS else "real alerts"
                raise InputError(
                    "public page",
                    notice.event_id,
                    found=f"status {notice.status}",
                    allowed=f"a page of {wall}",
                    remedy="Keep drills and real alerts in folders of their own.",
                )
        return await self._thread.run(lambda: self._write(notices))

    def _write(self, notices: Sequence[PublicNotice]) -> int:
        return sum(put(self.folder / name, content) for name, content in page_files(notices, self._drawn))


def page_files(notices: Sequence[PublicNotice], drawn: Drawn | None = None) -> list[tuple[str, bytes]]:
    """Return the files of a folder as (name, content): events first, what people open last.

    ``drawn`` keeps what was drawn before: events that stand as they stood are not drawn anew, so that a
    change costs the same however many events there are. The event that people open first tells the time.
    """
    files: list[tuple[str, bytes]] = []
    if not notices:
        return files
    drawn = {} if drawn is None else drawn
    main = min(reversed(notices), key=lambda notice: _WEIGHT.get(notice.state, 2))
    for notice in notices:
        before, pages = drawn.get(notice.event_id, (None, {}))
        if notice is main or before is None or replace(before, made=notice.made) != notice:
            pages = {name: page.encode() for name, page in render_editions(notice).items()}
            drawn[notice.event_id] = notice, pages
        folder = file_name(notice.event_id).removesuffix(".xml")
        files += [(f"events/{folder}/{name}", page) for name, page in pages.items()]
    for gone in drawn.keys() - {notice.event_id for notice in notices}:
        del drawn[gone]
    first = drawn[main.event_id][1]
    return [*files, *first.items(), ("index.html", first[_FIRST.get(main.country, "en.html")])]
