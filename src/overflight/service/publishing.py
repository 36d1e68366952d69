"""The public pages of a desk, kept as its boards stand and served before everything else.

Real alerts and drills have a folder and an address each: ``real`` at ``/public``, ``drill`` at ``/drills``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from overflight.report.public_notice import Named, PublicNotice, public_notice
from overflight.service.channel import DRILLS, REAL
from overflight.service.public_page import PublicPage
from overflight.service.published import Published, Receive, Scope, Send
from overflight.warning.board import Board
from overflight.warning.decision import DecisionMessage
from overflight.warning.gazetteer import Gazetteer
from overflight.warning.names import PlaceName
from overflight.warning.policy import Policy

MOST_EVENTS = 20
"""Events whose pages are drawn anew at a change; older pages stay as they are."""

AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]


class Publishing:
    """Keeps and serves the pages of one desk below ``folder``."""

    def __init__(
        self, folder: Path, named: Callable[[str], Named], *, zone_offset_h: float, zone_label: str
    ) -> None:
        self.folder = folder
        self._named, self._zone_offset_h, self._zone_label = named, zone_offset_h, zone_label
        self._pages = {
            "/public": PublicPage(folder / "real", REAL),
            "/drills": PublicPage(folder / "drill", DRILLS),
        }

    async def refresh(
        self, boards: Iterable[Board], latest: Mapping[str, DecisionMessage], now: datetime
    ) -> int:
        """Draw the pages of all events, oldest first, and return how many files changed.

        Raises
        ------
        OSError : the disk does not take them; what stood there before stands there still
        """
        known = list(boards)
        changed = 0
        for page in self._pages.values():
            own = [board for board in known if board.status in page.statuses][-MOST_EVENTS:]
            notices = [self._notice(board, latest.get(board.event_id), now) for board in own]
            changed += await page.write(notices)
        return changed

    def before(self, app: AsgiApp) -> AsgiApp:
        """Return an application that serves the pages itself and hands everything else to ``app``.

        So a page costs nothing of what the desk's own routes need, and keeps its headers.
        """
        served = {prefix: Published(page.folder) for prefix, page in self._pages.items()}

        async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
            prefix, slash, rest = scope.get("path", "")[1:].partition("/")
            page = served.get(f"/{prefix}") if scope["type"] == "http" else None
            if page is None:
                await app(scope, receive, send)
            elif not slash:  # its links stay in the folder only below the slash
                await _to_slash(send, f"/{prefix}/")
            else:
                await page({**scope, "path": f"/{rest}", "root_path": ""}, receive, send)

        return dispatch

    def _notice(self, board: Board, message: DecisionMessage | None, now: datetime) -> PublicNotice:
        path = tuple((point.lon_deg, point.lat_deg) for point in message.path) if message else ()
        return public_notice(
            board,
            now,
            self._named,
            zone_offset_h=self._zone_offset_h,
            zone_label=self._zone_label,
            path=path,
        )


def namer(gazetteer: Gazetteer) -> Callable[[str], Named]:
    """Return what names a place by its code; one that the desk does not know keeps its code."""

    def named(code: str) -> Named:
        key = gazetteer.key(code)
        return (PlaceName(code, "", code), None) if key is None else gazetteer.named((key,))[0]

    return named


def local_time(policy: Policy) -> tuple[float, str]:
    """Return the readers' hours ahead of UTC and what that time is called."""
    area = policy.area[0]
    return area.zone_offset_h, "JST" if area.country == "JP" else f"UTC{area.zone_offset_h:+g}"


class PublicFirst:
    """The pages as the outermost layer of an application."""

    def __init__(self, app: AsgiApp, publishing: Publishing) -> None:
        self._app = publishing.before(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a page, or hand on."""
        await self._app(scope, receive, send)


async def _to_slash(send: Send, where: str) -> None:
    headers = [(b"location", where.encode()), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 308, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
