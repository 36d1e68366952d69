"""The routes that partners post to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Protocol

from fastapi import APIRouter, HTTPException, Request

from overflight.service.partners.partner import Partner
from overflight.service.partners.taking import MAX_TRACK_BYTES, PartnerAlert, Refused, take_alert, take_track
from overflight.warning.cap.parse import MAX_BYTES
from overflight.warning.decision import DecisionMessage


class Inbox(Protocol):
    """Where a desk keeps what partners send."""

    async def put_alert(self, alert: PartnerAlert) -> bool:
        """Keep an alert; False if the same bytes are there, ValueError if others have its identifier."""
        ...

    async def put_track(self, messages: tuple[DecisionMessage, ...]) -> None:
        """Hand decision messages to whoever decides."""
        ...


def partner_routes(
    partners: Iterable[Partner], inbox: Inbox, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> APIRouter:
    """Return the routes ``/partners/{name}/alerts`` and ``/tracks``, to stand below ``/api/v1``."""
    known = {partner.name: partner for partner in partners}
    router = APIRouter(prefix="/partners", tags=["partners"])

    def partner_of(name: str) -> Partner:
        if name not in known:  # the same answer as for a bad signature: names are not told
            raise HTTPException(401, "the body is not signed with the key agreed, or too long ago")
        return known[name]

    @router.post("/{name}/alerts", status_code=202)
    async def alerts(name: str, request: Request) -> dict[str, str]:
        """Take in a partner's signed alert (application/cap+xml)."""
        partner = partner_of(name)
        content = await _body(request)
        try:
            taken = take_alert(partner, content, request.headers, now())
            is_new = await inbox.put_alert(taken)
        except Refused as fault:
            raise HTTPException(fault.status, str(fault)) from None
        except ValueError:
            raise HTTPException(409, "another alert has this identifier") from None
        return {"identifier": taken.identifier, "state": "taken" if is_new else "already there"}

    @router.post("/{name}/tracks", status_code=202)
    async def tracks(name: str, request: Request) -> dict[str, int]:
        """Take in a partner's decision messages (application/x-ndjson)."""
        partner = partner_of(name)
        content = await _body(request)
        try:
            messages = take_track(partner, content, request.headers, now())
        except Refused as fault:
            raise HTTPException(fault.status, str(fault)) from None
        await inbox.put_track(messages)
        return {"taken": len(messages)}

    return router


async def _body(request: Request) -> bytes:
    """Return the body, read no further than the largest that is ever taken."""
    most, parts, size = max(MAX_BYTES, MAX_TRACK_BYTES), [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise HTTPException(413, f"at most {most} bytes are taken")
        parts.append(part)
    return b"".join(parts)
