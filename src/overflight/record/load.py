"""The record of launches: read from TOML files, checked, asked by vehicle, country and date."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import overload

from pydantic import ValidationError

from overflight.errors import InputError
from overflight.record.event import LaunchEvent

__all__ = ["Record", "load_record", "parse_event", "read_record"]

MAX_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Record(Sequence[LaunchEvent]):
    """Launches in order of time."""

    events: tuple[LaunchEvent, ...]

    @overload
    def __getitem__(self, index: int) -> LaunchEvent: ...
    @overload
    def __getitem__(self, index: slice) -> Record: ...
    def __getitem__(self, index: int | slice) -> LaunchEvent | Record:
        return Record(self.events[index]) if isinstance(index, slice) else self.events[index]

    def __len__(self) -> int:
        return len(self.events)

    def __iter__(self) -> Iterator[LaunchEvent]:
        return iter(self.events)

    @property
    def failures(self) -> int:
        """Number of launches that failed."""
        return sum(event.failed for event in self.events)

    @property
    def vehicles(self) -> tuple[str, ...]:
        """Keys of the vehicles, in order of first flight."""
        return tuple(dict.fromkeys(event.vehicle for event in self.events))

    def select(
        self, *, vehicle: str | None = None, country: str | None = None, before: datetime | None = None
    ) -> Record:
        """Return the launches of a vehicle (key), of a country (ISO code), strictly before an instant.

        A launch counts as before an instant only if it is so by more than the uncertainty of its own time:
        the launch that a plan is about is never its own past.
        """
        return Record(
            tuple(
                event
                for event in self.events
                if (vehicle is None or event.vehicle == vehicle)
                and (country is None or event.country == country)
                and (before is None or (before - event.utc).total_seconds() > event.utc_tolerance_s)
            )
        )


def load_record() -> Record:
    """Return the packaged record.

    It is complete for the satellite launches of North Korea, 1998 to 2024, and holds no others: a share
    of failures taken from a record with gaps would be wrong.
    """
    folder = resources.files("overflight.record.data")
    files = (item for item in folder.iterdir() if item.name.endswith(".toml"))
    return _record((item.name, item.read_bytes()) for item in files)


def read_record(folder: str | Path) -> Record:
    """Return the record in a folder of TOML files, one a launch.

    Raises
    ------
    InputError : no such folder, no file in it, or a file that is not a launch
    """
    paths = sorted(Path(folder).glob("*.toml"))
    if not paths:
        raise InputError(
            str(folder),
            found="no *.toml file",
            allowed="a folder with one TOML file a launch",
            remedy="Copy the layout of the packaged record.",
        )
    return _record((str(path), path.read_bytes()) for path in paths)


def _record(files: Iterable[tuple[str, bytes]]) -> Record:
    events: dict[str, LaunchEvent] = {}
    for where, data in sorted(files):
        event = parse_event(data, where)
        if event.key in events:
            raise InputError(
                where,
                "key",
                found=f"{event.key} a second time",
                allowed="each launch once",
                remedy="Remove one of the two, or give them different keys.",
            )
        events[event.key] = event
    return Record(tuple(sorted(events.values(), key=lambda event: (event.utc, event.key))))


def parse_event(data: bytes, where: str) -> LaunchEvent:
    """Return the launch in the bytes of a TOML file; ``where`` names it in messages."""
    remedy = "Correct the file; the packaged record shows the layout."
    if len(data) > MAX_BYTES:
        raise InputError(where, found=f"{len(data)} bytes", allowed=f"at most {MAX_BYTES}", remedy=remedy)
    try:
        raw = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InputError(where, found=str(error)[:120], allowed="TOML in UTF-8", remedy=remedy) from None
    try:
        return LaunchEvent.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        found = "nothing" if first["type"] == "missing" else repr(first["input"])[:80]
        allowed = first["msg"].removeprefix("Value error, ")
        raise InputError(where, key, found=found, allowed=allowed, remedy=remedy) from None
