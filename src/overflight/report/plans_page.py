"""The page of pre-authorised plans: what would go out, on which conditions, who approved it, and its hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from markupsafe import Markup

from overflight.report.desk_view import Viewer
from overflight.report.desk_words import LANGUAGES, desk_words
from overflight.report.evidence_words import not_used_words
from overflight.report.packaged import packaged_text
from overflight.report.plan_page import environment
from overflight.warning.alert import Status
from overflight.warning.names import Language
from overflight.warning.preauthorised import PlanState

__all__ = ["render_plans_page"]


def render_plans_page(
    plans: Iterable[PlanState],
    now: datetime,
    viewer: Viewer,
    language: Language,
    *,
    csrf: str = "",
    api: str = "/api/v1",
    zone_offset_h: float = 9.0,
) -> str:
    """Return the page, newest plans first."""
    words = desk_words(language)
    local = timezone(timedelta(hours=zone_offset_h))
    return (
        environment()
        .get_template("plans.html.j2")
        .render(
            plans=[(state, state.phase(now), _conditions(state)) for state in reversed(tuple(plans))],
            viewer=viewer,
            w=words,
            lang=language.value,
            languages=LANGUAGES,
            csrf=csrf,
            api=api,
            real=Status.ACTUAL,
            why_not=lambda record: not_used_words(record, language),
            day=lambda time: f"{time.astimezone(local):%Y-%m-%d %H:%M}",
            css=Markup("".join(packaged_text(f"static/{name}.css") for name in ("page", "public", "desk"))),
            script=Markup(packaged_text("static/plans.js")),
        )
    )


def _conditions(state: PlanState) -> list[tuple[str, Any]]:
    """Return what a plan asks for, by the names that its API has."""
    asked = state.plan.conditions
    limits = {name: getattr(asked, name) for name in ("p_over_if_continues", "p_over", "p_debris")}
    return [
        ("feeds", ", ".join(asked.feeds)),
        ("sensors", f"{', '.join(asked.sensors)} (at least {asked.least_sensors})"),
        ("evidence", ", ".join(asked.evidence)),
        ("max_age_s", f"{asked.max_age_s:g}"),
        *((name, f"{value:g}") for name, value in limits.items() if value is not None),
    ]
