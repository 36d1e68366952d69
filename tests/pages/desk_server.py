"""A small server under the operator's page: the routes it uses, over a desk in memory."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from lives import Desk, at
from overflight.errors import LifeError
from overflight.report.desk_page import render_desk_page, render_desk_state
from overflight.report.desk_view import DeskView, Viewer
from overflight.report.events_page import event_line, render_events_page, render_sign_in
from overflight.report.plans_page import render_plans_page
from overflight.service.api.headers import SafeHeaders
from overflight.warning.life_records import Discarded, Role, Withheld
from overflight.warning.names import Language
from overflight.warning.paging import Answered, apply_page
from overflight.warning.preauthorised import PlanApproved, PlanHeld, apply_plan
from pages.sample_desk import calls, plans, view
from servers import free_port

CODE = "123456"


class DeskServer:
    """Acts for one person, ``viewer``; others act through :meth:`change`. Headers are those of a desk."""

    def __init__(self, desk: Desk, viewer: str = "sato") -> None:
        self.desk, self.viewer, self.seconds = desk, viewer, 200.0
        self.plans = {state.plan.plan_id: state for state in plans(desk.now.status)}
        self.pages = calls(desk.now.status)
        self.is_signed_in = True
        self.posts: list[tuple[str, dict[str, str], str]] = []
        self.url = ""
        self._changed: set[asyncio.Queue[str]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def change(self, step) -> None:
        """Do something to the desk and tell every page."""
        step(self.desk)
        self.tell()

    def tell(self) -> None:
        for queue in list(self._changed):
            assert self._loop is not None
            self._loop.call_soon_threadsafe(queue.put_nowait, "change")

    def app(self) -> Starlette:
        routes = [
            Route("/desk", self._page),
            Route("/api/v1/events/{event}/page", self._state),
            Route("/api/v1/stream", self._stream),
            Route("/api/v1/drafts/{draft}/{action}", self._act, methods=["POST"]),
            Route("/api/v1/plans/{plan}/{action}", self._plan, methods=["POST"]),
            Route("/api/v1/pages/{page}/answer", self._answer, methods=["POST"]),
            Route("/api/v1/sessions", self._sign_out, methods=["DELETE"]),
            Route("/plans", self._plans_page),
            Route("/", self._events_page),
        ]
        return Starlette(routes=routes, middleware=[Middleware(SafeHeaders, tls=False)])

    def _seen(self) -> DeskView:
        return view(
            self.desk, self.viewer, self.seconds, with_plans=tuple(self.plans.values()), with_pages=self.pages
        )

    def _who(self) -> Viewer:
        return Viewer(self.viewer, self.viewer != "watcher", self.viewer != "watcher")

    async def _events_page(self, request: Request) -> Response:
        if not self.is_signed_in:
            return HTMLResponse(render_sign_in(self._language(request)))
        lines = [event_line(self.desk.now, at(self.seconds))]
        shown = lines, self.pages.values(), self._who(), self._language(request)
        return HTMLResponse(render_events_page(*shown, role="approver", plans=2, csrf="token-1"))

    async def _answer(self, request: Request) -> Response:
        self.posts.append(("answer", {}, request.headers.get("x-csrf-token", "")))
        record = Answered(at(self.seconds), request.path_params["page"], self.viewer)
        self.pages = apply_page(self.pages, record)
        self.tell()
        return Response(status_code=204)

    async def _sign_out(self, _: Request) -> Response:
        self.is_signed_in = False
        return Response(status_code=204)

    async def _plans_page(self, request: Request) -> Response:
        shown = self.plans.values(), at(self.seconds), self._who(), self._language(request)
        return HTMLResponse(render_plans_page(*shown, csrf="token-1"))

    async def _plan(self, request: Request) -> Response:
        name, action, body = request.path_params["plan"], request.path_params["action"], await request.json()
        self.posts.append((f"plan-{action}", body, request.headers.get("x-csrf-token", "")))
        now = at(self.seconds)
        try:
            if action == "hold":
                record = PlanHeld(now, self.viewer, name, body["reason"])
            elif body["code"] != CODE:
                return JSONResponse({"detail": "The six-digit code is wrong."}, 403)
            else:
                record = PlanApproved(now, self.viewer, name, body["plan_hash"], Role.APPROVER, True)
            self.plans[name] = apply_plan(self.plans[name], record)
        except LifeError as fault:
            return JSONResponse({"detail": str(fault)}, 409)
        self.tell()
        return JSONResponse({})

    async def _page(self, request: Request) -> Response:
        seen = self._seen()
        return HTMLResponse(render_desk_page(seen, self._language(request), csrf="token-1"))

    async def _state(self, request: Request) -> Response:
        seen = self._seen()
        return HTMLResponse(render_desk_state(seen, self._language(request)))

    def _language(self, request: Request) -> Language:
        return Language(request.query_params.get("lang", "en"))

    async def _stream(self, _: Request) -> Response:
        self._loop = asyncio.get_running_loop()
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._changed.add(queue)

        async def lines() -> AsyncIterator[str]:
            try:
                yield "retry: 200\n\n"
                while True:
                    yield f"event: {await queue.get()}\ndata: 1\n\n"
            finally:
                self._changed.discard(queue)

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def _act(self, request: Request) -> Response:
        draft, action = request.path_params["draft"], request.path_params["action"]
        body = await request.json()
        self.posts.append((action, body, request.headers.get("x-csrf-token", "")))
        try:
            if action == "approve":
                if body.get("code") != CODE:
                    return JSONResponse({"detail": "The six-digit code is wrong."}, 403)
                self.desk.approve(draft, self.viewer, self.seconds, content_hash=body["content_hash"])
            if action == "issue":
                self.desk.issue(draft, self.seconds)
            if action == "withhold":
                self.desk.put(Withheld(at(self.seconds), self.viewer, self.desk.now.event_id, draft, "x"))
            if action == "discard":
                self.desk.put(Discarded(at(self.seconds), self.viewer, self.desk.now.event_id, draft, "x"))
        except LifeError as fault:
            return JSONResponse({"detail": str(fault)}, 409)
        self.tell()
        return JSONResponse({})


@contextmanager
def serving_desk(server: DeskServer) -> Iterator[DeskServer]:
    port = free_port()
    made = uvicorn.Server(
        uvicorn.Config(server.app(), port=port, log_level="critical", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    while not made.started:
        assert thread.is_alive()
        threading.Event().wait(0.02)
    server.url = f"http://127.0.0.1:{port}"
    try:
        yield server
    finally:
        made.should_exit = True
        thread.join(10)
