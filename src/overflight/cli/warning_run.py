"""The run of ``overflight warn``: feeds in, two worlds apart, table, file, log and desk out."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING

import typer

from overflight.cli.desk_link import DeskLink
from overflight.cli.drafts_text import draft_lines
from overflight.cli.feed_watch import FeedWatch
from overflight.cli.feeds import Feeds
from overflight.cli.file_feeds import Batch
from overflight.cli.inputs import read_file
from overflight.cli.line_intake import LineIntake
from overflight.cli.live_table import LiveTable
from overflight.cli.output import STANDARD_OUTPUT
from overflight.cli.problems import BAD_INPUT, UNEXPECTED
from overflight.cli.recordings import Recordings
from overflight.cli.sources_guard import SourcesGuard
from overflight.cli.warn_log import WarnLog, appending, go_on
from overflight.cli.warn_summary import summary
from overflight.jobs.warn import Warner, WarnSettings
from overflight.track.simulated import SimulatedSensor
from overflight.warning.alert import Status
from overflight.warning.decision import DecisionMessage, write_decision

if TYPE_CHECKING:
    from overflight.jobs.warn_desk import DryDesk
    from overflight.warning.policy import Policy

__all__ = ["RunOptions", "run_warning"]


SAME_DAY_S = 900.0


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the command line asked for."""

    feeds: tuple[str, ...]
    plan: Path | None
    policy: Path | None
    desk: str
    output: Path | None
    log: Path | None
    sensors: Path | None
    world: str
    speed: float
    every_s: float
    width_m: float
    seed: int
    quiet: bool
    day: date | None = None
    keys: Path | None = None


def run_warning(options: RunOptions) -> Iterator[str]:
    """Run until the feeds end; yield lines that sum the run up."""
    policy = _policy(options.policy)
    sensors = _sensors(options.sensors)
    recordings = Recordings(options.day, sensors)
    feeds = Feeds(options.feeds, speed=options.speed, recordings=recordings)
    link = DeskLink(options.desk)
    worlds = _worlds(options, sensors)
    drafts = _dry_desk(policy, worlds) if link.dry else None
    intake = LineIntake(worlds, SourcesGuard(options.keys, live=feeds.live))
    out, log = opened(options.output, dry=link.dry), WarnLog(options.log)
    run, stopped = _Run(intake, feeds, link, log, out, drafts, FeedWatch(feeds)), False
    try:
        if (went_on := log.replay(worlds, lambda lines: intake.take(lines, replayed=True))) is not None:
            yield went_on
            go_on(options.output, worlds)
        with LiveTable(_thresholds(policy), quiet=options.quiet) as table:
            for world in worlds.values():
                world.prepare()
            for batch in feeds.batches():
                yield from run.step(batch)
                table.show(intake, link, feeds, drafts)
    except KeyboardInterrupt:
        stopped = True  # live feeds have no end of their own: to be stopped is how such a run ends
    finally:
        feeds.close()
        log.close()
        if out is not None and out is not sys.stdout:
            out.close()
        link.close()
    yield from summary(intake, run.sent, link, feeds)
    if run.sent and out is None and link.dry:
        yield "  The messages themselves were not kept: -o FILE keeps them, -o - prints them."
    for world in worlds.values():
        for event in world.events.values():
            if drafts is not None and event.message is not None:
                yield from draft_lines(drafts.steps(event.key), event.message)
    if stopped and not feeds.live:
        raise KeyboardInterrupt
    if link.waiting or link.dropped:
        raise typer.Exit(UNEXPECTED)
    if not feeds.live and not intake.kinds:
        raise typer.Exit(BAD_INPUT)


@dataclass(slots=True)
class _Run:
    """What a run does with each batch of lines."""

    intake: LineIntake
    feeds: Feeds
    link: DeskLink
    log: WarnLog
    out: IO[str] | None
    drafts: DryDesk | None
    watch: FeedWatch
    clock: _Clock = field(default_factory=lambda: _Clock())
    sent: int = 0

    def step(self, batch: Batch) -> Iterator[str]:
        """Keep lines, take them in, and hand on the messages that are due; yield alarms."""
        self.log.keep(batch.lines)
        yield from self.watch.look(batch, self.intake.take(batch.lines))
        for flag, world in self.intake.worlds.items():
            now_s = self.clock.now(world, batch, live=self.feeds.live)
            made = world.decide(now_s)
            if made:
                self.log.said(flag, now_s, made)
            for message in made:
                self.sent += 1
                yield from self.watch.told(message)
                _emit(message, self.out, self.link)
                if self.drafts is not None:
                    self.drafts.hear(message)


class _Clock:
    """The instant to decide at: that of the newest plot, and on from it where no plot comes."""

    def __init__(self) -> None:
        self._newest: dict[int, tuple[float, float]] = {}
        self._reported: dict[int, tuple[float, float]] = {}

    def now(self, world: Warner, batch: Batch, *, live: bool) -> float | None:
        """Return the instant; None stands for that of the newest plot.

        What a radar says of itself is no plot: time goes on while its plots have stopped.
        """
        clock, at_s = world.intake.clock_s, time.monotonic() if live else batch.at_s
        if clock == float("-inf"):
            return self._without_plots(world, batch, live=live)
        last, since = self._newest.get(id(world), (float("-inf"), at_s))
        if clock > last:
            last, since = clock, at_s
            self._newest[id(world)] = last, since
        silent_s = at_s - since
        if live:
            return last + max(silent_s - 1.0, 0.0)
        return last + silent_s if silent_s > 1.0 else None

    def _without_plots(self, world: Warner, batch: Batch, *, live: bool) -> float | None:
        """Return the time without plots: on from the first report; live it is ours, if that speaks of now."""
        told = world.now_s
        if told == float("-inf"):
            return None
        at_s = time.monotonic() if live else batch.at_s
        first_s, since = self._reported.setdefault(id(world), (told, at_s))
        if live and abs(time.time() - told) < SAME_DAY_S:
            return time.time()
        return max(told, first_s + at_s - since)


def _sensors(path: Path | None) -> tuple[SimulatedSensor, ...]:
    if path is None:
        return ()
    from overflight.formats.sensors_toml import MAX_BYTES, read_sensors

    return read_sensors(read_file(path, what="sensors (TOML)", max_bytes=MAX_BYTES), str(path))


def _worlds(options: RunOptions, sensors: Sequence[SimulatedSensor]) -> dict[bool, Warner]:
    """Return the worlds that are followed, by their exercise flag."""
    from overflight.cli.warn_prior import load_prior

    prior, air = (None, None) if options.plan is None else load_prior(options.plan, seed=options.seed)
    from overflight.exposure.places import load_places
    from overflight.formats.sensors_toml import site_of

    sites = [site_of(sensor) for sensor in sensors]
    places = load_places()
    settings = WarnSettings(seed=options.seed, width_m=options.width_m, every_s=options.every_s)
    flags = {"auto": (True, False), "exercise": (True,), "actual": (False,)}[options.world]
    return {
        flag: Warner(
            Status.EXERCISE if flag else Status.ACTUAL,
            prior=prior, sites=sites, air=air, places=places, settings=settings,
        )
        for flag in flags
    }  # fmt: skip


def _policy(path: Path | None) -> Policy | None:
    from overflight.warning.policy import MAX_BYTES, read_policy

    if path is None:
        return None
    return read_policy(read_file(path, what="a policy (TOML)", max_bytes=MAX_BYTES), str(path))


def _dry_desk(policy: Policy | None, worlds: dict[bool, Warner]) -> DryDesk | None:
    """Return a desk in thought that drafts by the policy; None without one."""
    if policy is None:
        return None
    from overflight.jobs.warn_desk import DryDesk
    from overflight.warning.gazetteer import gazetteer

    countries = {area.country for area in policy.area}
    places = next(iter(worlds.values())).ahead.places
    return DryDesk(policy, gazetteer(place for place in places if place.country in countries))


def _thresholds(policy: Policy | None) -> dict[str, float]:
    """Return the thresholds of a policy on the three figures; without one, the desk's own defaults."""
    from overflight.warning.policy import CallRules

    call = CallRules() if policy is None else policy.call
    named = {
        "p_over_if_continues": call.p_over_if_continues,
        "p_over": call.p_over,
        "p_debris": call.p_debris,
    }
    return {name: limit for name, limit in named.items() if limit is not None}


def opened(path: Path | None, *, dry: bool) -> IO[str] | None:
    """Open what takes the messages: a file, or standard output for ``-`` and where a dry run is piped on.

    On a terminal they are not printed unasked: the live table says what a person wants to know of them.
    """
    if str(path) == STANDARD_OUTPUT or (path is None and dry and not sys.stdout.isatty()):
        return sys.stdout
    return appending(path)


def _emit(message: DecisionMessage, out: IO[str] | None, link: DeskLink) -> None:
    line = write_decision(message)
    if out is not None:
        out.write(line + "\n")
        out.flush()
    link.send(line)
