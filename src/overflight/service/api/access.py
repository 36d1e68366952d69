"""Who asks, and whether they may: sessions with CSRF tokens for people, bearer keys for programs."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from overflight.service.people import NotAllowed, Principal
from overflight.warning.life_records import Role

COOKIE = "overflight-desk"

MAY: dict[str, frozenset[Role]] = {
    "look": frozenset({Role.VIEWER, Role.AUTHOR, Role.APPROVER, Role.ADMIN}),
    "feed": frozenset({Role.FEEDER}),
    "write": frozenset({Role.AUTHOR, Role.APPROVER, Role.ADMIN}),
    "approve": frozenset({Role.APPROVER, Role.ADMIN}),
    "administer": frozenset({Role.ADMIN}),
}
"""What each role may do. Programs have the scopes feeder and viewer alone, and never approve."""


def principal(request: Request) -> Principal:
    """Return who asks; 401 if nobody is known."""
    desk, now = request.app.state.running, datetime.now(UTC)
    given = request.headers.get("authorization", "")
    try:
        if given.lower().startswith("bearer "):
            return _named(request, desk.people.of_key(given[7:].strip(), now))
        cookie = request.cookies.get(COOKIE)
        if cookie:
            who = desk.people.of_session(cookie, now)
            if request.method not in ("GET", "HEAD"):
                _check_csrf(request, who)
            return _named(request, who)
    except NotAllowed as fault:
        raise HTTPException(401, str(fault), {"WWW-Authenticate": "Bearer"}) from None
    raise HTTPException(401, "sign in, or give a key", {"WWW-Authenticate": "Bearer"})


def _named(request: Request, who: Principal) -> Principal:
    """Tell the log of requests who asks."""
    request.state.who = who.name
    return who


def _check_csrf(request: Request, who: Principal) -> None:
    given = request.headers.get("x-csrf-token", "")
    if not secrets.compare_digest(given.encode(), who.csrf.encode()):
        raise HTTPException(403, "the token of the page is missing or old; reload it")


def may(act: str) -> Callable[[Principal], Principal]:
    """Return a dependency that lets pass who may do something; 403 for others."""

    def allowed(who: Annotated[Principal, Depends(principal)]) -> Principal:
        if who.role not in MAY[act]:
            raise HTTPException(403, f"a {who.role.value} may not do this")
        if not who.is_person and act not in ("look", "feed"):
            raise HTTPException(403, "people do this, not programs")
        return who

    return allowed


Looking = Annotated[Principal, Depends(may("look"))]
Feeding = Annotated[Principal, Depends(may("feed"))]
Writing = Annotated[Principal, Depends(may("write"))]
Approving = Annotated[Principal, Depends(may("approve"))]
Administering = Annotated[Principal, Depends(may("administer"))]


def is_confirmed(request: Request, who: Principal, code: str) -> bool:
    """Return whether a step comes with a good second factor; 403 if it comes with a bad one."""
    people = request.app.state.running.people
    if not code:
        return False
    if not people.is_code_good(who.name, code, who.session, datetime.now(UTC)):
        raise HTTPException(403, "the code is wrong or was used; take the next one")
    return True
