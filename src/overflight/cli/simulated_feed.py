"""A simulated feed in the formats that radars speak: pieces with the time at which each goes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from overflight.cli.options import FeedFormat
from overflight.errors import InputError
from overflight.formats.plots import write_measurement
from overflight.formats.sensors_toml import site_of
from overflight.jobs.simulate import Simulation
from overflight.scenario.model import Scenario
from overflight.track.simulated import SimulatedSensor

__all__ = ["feed_pieces", "moved_to", "summed_up"]

NO_CUES = "the format has no cues"
SITES_S = -10.0
"""When the messages of sites go out: before the first scan (s after lift-off)."""
Pieces = list[tuple[float, bytes]]


def moved_to(scenario: Scenario, lift_off: str | None) -> Scenario:
    """Return a scenario that lifts off at another instant: ISO 8601, ``now`` or ``now+SECONDS``."""
    if lift_off is None:
        return scenario
    try:
        if lift_off.startswith("now"):
            instant = datetime.now(UTC) + timedelta(seconds=float(lift_off[3:] or 0.0))
        else:
            instant = datetime.fromisoformat(lift_off)
            if instant.tzinfo is None:
                raise ValueError
    except (ValueError, OverflowError):
        remedy = "Give for example 2026-08-24T03:50:00+09:00, now, or now+60."
        allowed = "an instant with its offset, or now"
        raise InputError("--lift-off", found=lift_off[:40], allowed=allowed, remedy=remedy) from None
    launch = scenario.launch.model_copy(update={"utc": instant})
    return scenario.model_copy(update={"launch": launch})


def feed_pieces(
    flown: Simulation, sensors: Sequence[SimulatedSensor], style: FeedFormat, *, exercise: bool
) -> tuple[Pieces, Counter[tuple[str, str]]]:
    """Return the pieces of a feed in the order they go out, and what the format cannot tell, counted.

    Raises
    ------
    InputError : ASTERIX, and a sensor has no SAC and SIC
    """
    if style is FeedFormat.NDJSON:
        head = [(SITES_S, _line(write_measurement(site_of(s, exercise=exercise)))) for s in sensors]
        rows = [(d.arrival_s, _line(write_measurement(d.plot))) for d in flown.plots]
        rows += [(d.arrival_s, _line(write_measurement(d.cue))) for d in flown.cues]
        return head + sorted(rows, key=lambda row: row[0]), Counter()
    left_out = Counter((d.cue.source, NO_CUES) for d in flown.cues)
    if style is FeedFormat.ASTERIX:
        pieces, others = _asterix(flown, sensors)
        return pieces, others + left_out
    from overflight.formats.tdm import write_tdm
    from overflight.formats.tdm_xml import tdm_xml_of_lines

    unique = {(d.plot.source, d.plot.seq): d.plot for d in flown.plots}
    created = datetime.fromtimestamp(flown.lift_off_s, UTC)
    text = write_tdm(list(unique.values()), originator="OVERFLIGHT", created_utc=created)
    told = text if style is FeedFormat.TDM else tdm_xml_of_lines(text)
    return [(0.0, told.encode())], left_out


def summed_up(
    flown: Simulation, sensors: Sequence[SimulatedSensor], left_out: Counter[tuple[str, str]]
) -> Iterator[str]:
    """Yield what a simulation wrote, how the flight went, and what the format could not tell."""
    unsaid = sum(count for (_, reason), count in left_out.items() if reason == NO_CUES)
    plots, cues = len(flown.plots) + unsaid - left_out.total(), len(flown.cues) - unsaid
    told = f" and {cues} cue{'' if cues == 1 else 's'} of partners" if cues else ""
    yield (
        f"{plots} plots of {len(sensors)} sensors{told}: {flown.outcome}, "
        f"powered flight ended {flown.end_s:.0f} s after lift-off."
    )
    for (source, reason), count in sorted(left_out.items()):
        yield f"  {count} {'cues' if reason == NO_CUES else 'plots'} of {source} left out: {reason}"


def _line(text: str) -> bytes:
    return text.encode() + b"\n"


def _asterix(
    flown: Simulation, sensors: Sequence[SimulatedSensor]
) -> tuple[Pieces, Counter[tuple[str, str]]]:
    from overflight.formats.asterix_write import AsterixWriter

    for sensor in sensors:
        if sensor.asterix is None:
            remedy = "Add a line such as asterix = [25, 10] to its table."
            found, allowed = f"none for {sensor.key}", "SAC and SIC of every sensor"
            raise InputError("--sensors", "asterix", found=found, allowed=allowed, remedy=remedy)
    radars = {s.key: (*s.asterix, site_of(s)) for s in sensors if s.asterix is not None}
    writer = AsterixWriter(radars)
    written = ((d.arrival_s, writer.write(d.plot)) for d in flown.plots)
    return [(at, piece) for at, piece in written if piece is not None], writer.left_out
