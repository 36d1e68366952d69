"""The live table of ``overflight warn``: each launch, its figures by region, its sensors."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from overflight.cli.desk_link import DeskLink
from overflight.cli.drafts_text import draft_lines
from overflight.cli.feeds import Feeds
from overflight.cli.line_intake import LineIntake
from overflight.jobs.warn import Warner
from overflight.jobs.warn_event import Event
from overflight.track.objects import Tracked
from overflight.warning.decision import DecisionMessage, TrackState

if TYPE_CHECKING:
    from overflight.jobs.warn_desk import DryDesk

__all__ = ["LiveTable"]

REDRAW_S = 0.5
ROWS = 12


class LiveTable:
    """A table on stderr that is drawn anew while the run goes on; nothing without a terminal, or if quiet."""

    def __init__(self, thresholds: dict[str, float], *, quiet: bool) -> None:
        self._thresholds = thresholds
        self._on = not quiet and sys.stderr.isatty()
        self._live: Any = None
        self._drawn = 0.0

    def __enter__(self) -> Self:
        if self._on:
            from rich.console import Console
            from rich.live import Live

            self._live = Live(console=Console(stderr=True), auto_refresh=False, transient=False)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(
        self,
        intake: LineIntake,
        link: DeskLink,
        feeds: Feeds,
        drafts: DryDesk | None = None,
    ) -> None:
        """Draw the table, at most twice a second."""
        if self._live is None or time.monotonic() - self._drawn < REDRAW_S:
            return
        self._drawn = time.monotonic()
        from rich.console import Group

        parts: list[Any] = []
        for world in intake.worlds.values():
            for event in world.events.values():
                parts += self._event(world, event)
                if drafts is not None and event.message is not None:
                    parts += draft_lines(drafts.steps(event.key)[-ROWS:], event.message)
        refused = intake.refused.total() + feeds.refused
        refused += sum(world.intake.refused.total() for world in intake.worlds.values())
        desk = (
            "dry run: nothing leaves"
            if link.dry
            else f"desk {link.url}: {link.sent} there, {link.waiting} waiting"
        )
        trouble = (link.troubles or feeds.troubles or [""])[-1]
        parts.append(f"{desk}; {refused} lines not used. {trouble}")
        self._live.update(Group(*parts), refresh=True)

    def _event(self, world: Warner, event: Event) -> list[Any]:
        from rich.table import Table

        message, main = event.message, world.intake.knowledge.main_of(event.group)
        if message is None or (main is None and message.track is not TrackState.CUED):
            return []
        view = event.forecast
        title = f"{message.event}  {message.status.value.upper()}  track {message.track.value}"
        lines = [fact.words for fact in message.evidence] if main is None else [_where(main, message)]
        if view is not None:
            lines.append(f"plan {view.p_plan:.2f}, thrust ended {view.p_ended:.2f}")
        if event.ellipse is not None:
            e = event.ellipse
            lines.append(
                f"if thrust ends now: {e.latitude_deg:.2f}, {e.longitude_deg:.2f}, 95 % within "
                f"{e.semi_major_m / 1e3:.0f} x {e.semi_minor_m / 1e3:.0f} km, in {e.in_s:.0f} s"
            )
        table = Table(title=title, caption="\n".join(lines))
        for name in (
            "region",
            "over if it goes on",
            "over",
            "debris",
            "first",
            "last",
            "free from",
            "outcome",
        ):
            table.add_column(name, justify="left" if name in ("region", "outcome") else "right")
        for row in _regions(world, event)[:ROWS]:
            called = any(row[key] >= limit for key, limit in self._thresholds.items())
            table.add_row(
                row["name"],
                *(f"{row[key]:.2f}" for key in ("p_over_if_continues", "p_over")), f"{row['p_debris']:.1e}",
                _clock(row["first"]), _clock(row["last"]), _clock(row["arrival"]), row["outcome"],
                style="bold" if called else "dim",
            )  # fmt: skip
        return [table] if main is None else [table, _sensors(world)]


def _where(main: Tracked, message: DecisionMessage) -> str:
    """Return one line on where a body is, how fast, and when it rose."""
    latitude, longitude, height = main.place
    speed = float((main.mean[3:6] @ main.mean[3:6]) ** 0.5)
    return (
        f"{message.time:%H:%M:%S}Z  {latitude * 57.29578:.2f}, {longitude * 57.29578:.2f}  "
        f"{height / 1e3:.0f} km high, {speed / 1e3:.2f} km/s; lift-off {message.launch.time:%H:%M:%S}Z "
        f"± {message.launch.time_sigma_s:.0f} s"
    )


def _clock(value: datetime | None) -> str:
    return "" if value is None else f"{value.astimezone(UTC):%H:%M:%S}"


def _regions(world: Warner, event: Event) -> list[dict[str, Any]]:
    """Return the figures by region, the most concerned first."""
    rows: dict[str, dict[str, Any]] = {}
    places = world.ahead.places
    if event.message is None:
        return []
    for figure in event.message.places:
        place = places.find(figure.code)
        if place is None:
            continue
        name = f"{place.region_en or place.region or place.name_en or place.name} ({place.country})"
        row = rows.setdefault(
            name,
            {"name": name, "p_over_if_continues": 0.0, "p_over": 0.0, "p_debris": 0.0, "first": None,
             "last": None, "arrival": None, "outcome": ""},
        )  # fmt: skip
        region = event.regions.get((place.country or "", place.region or place.name))
        for index, key in enumerate(("p_over_if_continues", "p_over", "p_debris")):
            row[key] = max(
                row[key], getattr(figure, key), 0.0 if region is None or index > 1 else region[index]
            )
        row["first"] = min((t for t in (row["first"], figure.first_passage) if t), default=None)
        row["last"] = max((t for t in (row["last"], figure.last_passage) if t), default=None)
        row["arrival"] = max((t for t in (row["arrival"], figure.last_arrival) if t), default=None)
        row["outcome"] = figure.outcome.value if row["outcome"] in ("", figure.outcome.value) else "mixed"
    return sorted(rows.values(), key=lambda r: (-r["p_over_if_continues"], -r["p_over"], -r["p_debris"]))


def _sensors(world: Warner) -> str:
    """Return one line on the sensors: how many plots fit, and the clocks found."""
    know, words = world.intake.knowledge, []
    for main in know.launches:
        mean, variance = main.mean, main.covariance.diagonal()
        for k, name in enumerate(main.sensors):
            at = 9 + 4 * k
            words.append(
                f"{name}: clock {mean[at + 3] * 1e3:+.0f} ± {variance[at + 3] ** 0.5 * 1e3:.0f} ms, "
                f"range {mean[at]:+.0f} ± {variance[at] ** 0.5:.0f} m"
            )
    bad = [name for name, health in know.health.items() if health.quarantined]
    return "; ".join(words) + (f"; QUARANTINED: {', '.join(bad)}" if bad else "")
