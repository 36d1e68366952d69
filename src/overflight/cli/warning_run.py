"""The run of ``overflight warn``: feeds in, two worlds apart, table, file, log and desk out."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING

from overflight.cli.desk_link import DeskLink
from overflight.cli.drafts_text import draft_lines
from overflight.cli.feeds import Feeds
from overflight.cli.inputs import read_file
from overflight.cli.live_table import LiveTable
from overflight.cli.recordings import Recordings
from overflight.errors import InputError
from overflight.formats.plots import read_measurement
from overflight.jobs.warn import Warner, WarnSettings
from overflight.track.simulated import SimulatedSensor
from overflight.warning.alert import Status
from overflight.warning.decision import DecisionMessage, write_decision

if TYPE_CHECKING:
    from overflight.jobs.warn_desk import DryDesk
    from overflight.warning.policy import Policy

__all__ = ["RunOptions", "run_warning"]


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


def run_warning(options: RunOptions) -> Iterator[str]:
    """Run until the feeds end; yield lines that sum the run up."""
    policy = _policy(options.policy)
    sensors = _sensors(options.sensors)
    recordings = Recordings(options.day, sensors)
    feeds = Feeds(options.feeds, speed=options.speed, recordings=recordings)
    link = DeskLink(options.desk)
    worlds = _worlds(options, sensors)
    drafts = _dry_desk(policy, worlds) if link.dry else None
    audit: Counter[tuple[str, str]] = Counter()
    out = _appending(options.output)
    log = _appending(options.log)
    sent = 0
    try:
        if options.log is not None and options.log.stat().st_size:
            yield _replayed(options.log, worlds, audit)
            _go_on(options.output, worlds)
        with LiveTable(_thresholds(policy), quiet=options.quiet) as table:
            for world in worlds.values():
                world.prepare()
            clock = _Clock()
            for batch in feeds.batches():
                if log is not None:
                    log.write("".join(line.decode(errors="replace").rstrip("\r\n") + "\n" for line in batch))
                    log.flush()
                for part in _slices(batch):
                    _take(part, worlds, audit)
                    for world in worlds.values():
                        for message in world.decide(clock.now(world, live=feeds.live)):
                            sent += 1
                            _emit(message, out, link)
                            if drafts is not None:
                                drafts.hear(message)
                table.show(worlds, audit, link, feeds, drafts)
    finally:
        feeds.close()
        for file in (out, log):
            if file is not None:
                file.close()
        link.close()
    yield from _summary(worlds, audit, sent, link, feeds)
    for world in worlds.values():
        for event in world.events.values():
            if drafts is not None and event.message is not None:
                yield from draft_lines(drafts.steps(event.key), event.message)


SLICE = 25
"""Lines taken in at once from a file: few enough that forecasts are made on the way."""


def _slices(batch: list[bytes]) -> list[list[bytes]]:
    return [batch[i : i + SLICE] for i in range(0, len(batch), SLICE)] or [[]]


class _Clock:
    """The instant to decide at: on live feeds it goes on between plots, in files it is that of the plots."""

    def __init__(self) -> None:
        self._newest: dict[int, tuple[float, float]] = {}

    def now(self, world: Warner, *, live: bool) -> float | None:
        clock = world.intake.knowledge.clock_s
        if not live:
            return None
        last, since = self._newest.get(id(world), (float("-inf"), 0.0))
        if clock > last:
            last, since = clock, time.monotonic()
            self._newest[id(world)] = last, since
        return None if last == float("-inf") else last + max(time.monotonic() - since - 1.0, 0.0)


def _take(lines: list[bytes], worlds: dict[bool, Warner], audit: Counter[tuple[str, str]]) -> None:
    """Sort lines into their worlds; what cannot be used is counted by its reason."""
    sorted_out: dict[bool, list] = {flag: [] for flag in worlds}
    for line in lines:
        try:
            m = read_measurement(line)
        except InputError as fault:
            audit["", f"not a message: {fault.key or 'line'}"] += 1
            continue
        if m.exercise not in worlds:
            word = "drill" if m.exercise else "real"
            audit[m.source[:40], f"a {word} message in the other world: refused"] += 1
            continue
        sorted_out[m.exercise].append(m)
    for flag, messages in sorted_out.items():
        if messages:
            worlds[flag].take(messages)


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


def _appending(path: Path | None) -> IO[str] | None:
    if path is None:
        return None
    try:
        return open(path, "a", encoding="utf-8")
    except OSError as fault:
        raise InputError(
            str(path),
            found=str(fault.strerror),
            allowed="a file that can be written",
            remedy="Choose another.",
        ) from None


def _replayed(path: Path, worlds: dict[bool, Warner], audit: Counter[tuple[str, str]]) -> str:
    """Take in again what an earlier run had logged, without telling anybody."""
    count = 0
    with open(path, "rb") as file:
        lines: list[bytes] = []
        for line in file:
            lines.append(line)
            count += 1
            if len(lines) >= SLICE:
                _take(lines, worlds, audit)
                lines = []
                for world in worlds.values():
                    world.decide(draft=False)
        _take(lines, worlds, audit)
    for world in worlds.values():
        world.decide(draft=False)
    followed = sum(len(world.intake.knowledge.launches) for world in worlds.values())
    return f"Went on from {path}: {count} lines, {followed} launches in flight."


def _go_on(path: Path | None, worlds: dict[bool, Warner]) -> None:
    """Let the numbers of messages go on after the last one written, so that a receiver takes none for old."""
    if path is None or not path.exists():
        return
    last: dict[str, int] = {}
    with open(path, "rb") as file:
        for line in file:
            try:
                value = json.loads(line)
                last[value["event"]] = max(last.get(value["event"], -1), int(value["seq"]))
            except (ValueError, KeyError, TypeError):
                continue
    for world in worlds.values():
        world.go_on({key: seq + 1 for key, seq in last.items()})


def _emit(message: DecisionMessage, out: IO[str] | None, link: DeskLink) -> None:
    line = write_decision(message)
    if out is not None:
        out.write(line + "\n")
        out.flush()
    link.send(line)
    if out is None and not sys.stdout.isatty() and link.dry:
        sys.stdout.write(line + "\n")


def _summary(
    worlds: dict[bool, Warner], audit: Counter[tuple[str, str]], sent: int, link: DeskLink, feeds: Feeds
) -> Iterator[str]:
    events = sum(len(world.events) for world in worlds.values())
    word = "launch" if events == 1 else "launches"
    yield f"{events} {word} followed, {sent} decision messages{'' if link.dry else f' to {link.url}'}."
    refused = audit + feeds.recordings.refused
    refused += sum((world.intake.refused for world in worlds.values()), Counter())
    for (source, reason), count in refused.most_common(12):
        yield f"  {count} not used{f' of {source}' if source else ''}: {reason}"
    if feeds.refused:
        yield f"  {feeds.refused} lines refused: more than could be taken in"
    for trouble in [*feeds.troubles, *link.troubles][:8]:
        yield f"  {trouble}"
