"""The routes for the machines that watch a desk: health, readiness, counts."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from overflight.service.api.models import Health
from overflight.service.store import RETRY_S
from overflight.service.tables import outbox

router = APIRouter(tags=["watch"])


@router.get("/health")
async def health() -> Health:
    """Say that the process lives; waits for nothing."""
    return Health(ok=True, faults=[])


@router.get("/ready", responses={503: {"model": Health}})
def ready(request: Request, response: Response) -> Health:
    """Say whether the desk can take, sign and send now, and if not, why."""
    found = request.app.state.running.readiness()
    if found.faults:
        response.status_code = 503
        response.headers["Retry-After"] = str(RETRY_S)
    return Health(ok=not found.faults, faults=list(found.faults), remarks=list(found.remarks))


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(request: Request) -> PlainTextResponse:
    """Return counts for Prometheus."""
    running = request.app.state.running
    state = running.desk.store.state()
    with running.desk.store.read() as connection:
        query = sa.select(outbox.c.channel, outbox.c.state, sa.func.count()).group_by(
            outbox.c.channel, outbox.c.state
        )
        rows = connection.execute(query).all()
    lines = [
        f"overflight_log_entries {state.seq}",
        f"overflight_events {len(state.boards)}",
        f"overflight_pages_open {len(state.pages)}",
        f"overflight_certificate_days_left {running.desk.signing.days_left():.1f}",
    ]
    lines += [f'overflight_deliveries{{channel="{c}",state="{s}"}} {n}' for c, s, n in rows]
    return PlainTextResponse("\n".join(lines) + "\n")
