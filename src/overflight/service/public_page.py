"""Keeps the public page of a desk: finished files in a folder, replaced whole at each change.

Readers are served files and nothing else, so a page that ten thousand people load costs the desk no more
than one that nobody does, and stays up when the desk is down.  Each event keeps its page below
``events/``; the page at the top shows the event that matters most now.
"""

from __future__ import annotations

from collections.abc import Sequence
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
_FIRST = {"JP": "ja.html", "KR": "ko.html"}


class PublicPage:
    """The page of one wall: of real alerts or of drills, never of both in one folder."""

    def __init__(self, folder: Path, statuses: frozenset[Status]) -> None:
        check_wall("public page", statuses)
        self.folder, self.statuses = folder, statuses
        self._thread = OwnThread("public page")

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
        return sum(put(self.folder / name, content) for name, content in page_files(notices))


def page_files(notices: Sequence[PublicNotice]) -> list[tuple[str, bytes]]:
    """Return the files of a folder as (name, content): events first, what people open last."""
    files: list[tuple[str, bytes]] = []
    for notice in notices:
        folder = file_name(notice.event_id).removesuffix(".xml")
        editions = {name: page.encode() for name, page in render_editions(notice).items()}
        files += [(f"events/{folder}/{name}", page) for name, page in editions.items()]
    if not notices:
        return files
    newest_first = list(reversed(notices))
    main = min(newest_first, key=lambda notice: _WEIGHT.get(notice.state, 2))
    editions = {name: page.encode() for name, page in render_editions(main).items()}
    first = editions[_FIRST.get(main.country, "en.html")]
    return [*files, *editions.items(), ("index.html", first)]
