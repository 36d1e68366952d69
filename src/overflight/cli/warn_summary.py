"""What ``overflight warn`` says at its end: what was followed, what was not used, and what was missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from overflight.cli.desk_link import DeskLink
from overflight.cli.feeds import Feeds
from overflight.cli.line_intake import LineIntake
from overflight.track.feed import NO_SITE

__all__ = ["summary"]

MOST_REASONS, MOST_REPORTS = 12, 4


def summary(intake: LineIntake, sent: int, link: DeskLink, feeds: Feeds) -> Iterator[str]:
    """Yield the lines that sum a run up."""
    reported = [
        event for world in intake.worlds.values() for group, event in world.events.items() if group < 0
    ]
    events = sum(len(world.events) for world in intake.worlds.values()) - len(reported)
    word = "launch" if events == 1 else "launches"
    yield f"{events} {word} followed, {sent} decision messages{'' if link.dry else f' to {link.url}'}."
    for event in reported[-MOST_REPORTS:]:
        if event.message is not None:
            words = "; ".join(fact.words for fact in event.message.evidence)
            yield f"  {event.key} was only reported, and never tracked: {words}"
    if not events:
        yield from _missing(intake)
    refused = intake.refused + feeds.recordings.refused
    refused += sum((world.intake.refused for world in intake.worlds.values()), Counter())
    for (source, reason), count in refused.most_common(MOST_REASONS):
        yield f"  {count} not used{f' of {source}' if source else ''}: {reason}"
    if len(refused) > MOST_REASONS:
        yield f"  and {len(refused) - MOST_REASONS} more reasons"
    for source in sorted({source for source, reason in refused if reason == NO_SITE})[:MOST_REASONS]:
        yield f"  {_site_words(intake, source)}"
    if intake.guard.unchecked:
        yield f"  {intake.guard.unchecked} lines carried signatures that nobody checked: give --keys FILE"
    if feeds.refused:
        yield f"  {feeds.refused} lines refused: more than could be taken in"
    for trouble in [*feeds.troubles[-8:], *link.troubles[-8:]]:
        yield f"  {trouble}"
    if link.waiting or link.dropped:
        lost = f", {link.dropped} it refused or that gave way" if link.dropped else ""
        yield f"  NOT DELIVERED: {link.waiting} messages that the desk did not take in time{lost}"


def _missing(intake: LineIntake) -> Iterator[str]:
    """Yield why no launch was followed."""
    kinds = intake.kinds
    if not kinds:
        yield "  nothing was read that is a message; `overflight schema --of measurement` tells the form"
    elif not kinds["plot"]:
        yield "  no plot and no position was read: there is nothing to track without them"
    else:
        objects = sum(len(world.intake.knowledge.objects) for world in intake.worlds.values())
        yield f"  {kinds['plot']} plots and positions, {objects} objects in view: none flies as a rocket does"


def _site_words(intake: LineIntake, source: str) -> str:
    elsewhere = [flag for flag, world in intake.worlds.items() if world.intake.sites.get(source) is not None]
    if elsewhere:
        word = "drill" if elsewhere[0] else "real"
        return f"{source}: its site was told in a {word} message, its plots are of the other world"
    return f"{source}: where it stands is not known: send its `sensor` message, or name it in --sensors FILE"
