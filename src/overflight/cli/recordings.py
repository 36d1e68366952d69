"""Recordings in the formats of sensors, turned into the lines that feeds give: ASTERIX and CCSDS TDM."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import IO, TYPE_CHECKING

from overflight.errors import InputError
from overflight.formats.plots import write_measurement

if TYPE_CHECKING:
    from overflight.formats.asterix import AsterixReader
    from overflight.formats.asterix_frames import Framing
    from overflight.track.simulated import SimulatedSensor

__all__ = ["Recordings"]

_TDM = b"CCSDS_TDM_VERS"
_MARK = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Recordings:
    """Turns recordings into lines; which format a file has is told by its content, not by its name.

    ``day`` is the UTC day on which recordings of ASTERIX begin; ``sensors`` are those of the file of sensors.
    ``refused`` counts what gave no measurement, by (source, reason).
    """

    day: date | None = None
    sensors: Sequence[SimulatedSensor] = ()
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def check(self, path: str) -> None:
        """Refuse a file that could not be read to its end, before anything is done with it.

        Raises
        ------
        InputError : ASTERIX without a day or without its library; a message that is no TDM
        """
        with open(path, "rb") as file:
            Recordings(self.day, self.sensors).lines(file, path)

    def lines(self, file: IO[bytes], path: str) -> Iterator[bytes] | None:
        """Return the lines of a file; None, and the file at its beginning, where it has its own."""
        from overflight.formats.asterix_frames import HEAD_BYTES, framing_of
        from overflight.formats.tdm_xml import is_tdm_xml

        head = file.read(HEAD_BYTES)
        file.seek(0)
        if head.removeprefix(_MARK).lstrip().startswith(_TDM) or is_tdm_xml(head):
            return self._tdm(file, path)
        framing = framing_of(head)
        return None if framing is None else self._asterix(file, path, framing)

    def check_datagrams(self, where: str) -> None:
        """Refuse datagrams that could not be read: libasterix is not installed."""
        from overflight.formats.asterix import require_library

        require_library(where)

    def datagrams(self, where: str) -> Callable[[bytes], list[bytes]]:
        """Return what turns a datagram of ASTERIX into lines; without a day, it comes today."""
        reader = self._reader(where, self.day or datetime.now(UTC).date())
        return lambda datagram: [write_measurement(m).encode() for m in reader.read(datagram)]

    def _tdm(self, file: IO[bytes], path: str) -> Iterator[bytes]:
        from overflight.formats.tdm import MAX_BYTES, read_tdm

        content = file.read(MAX_BYTES + 1)
        found = read_tdm(content, path, {sensor.key: sensor.sigma for sensor in self.sensors}, self.refused)
        return (write_measurement(m).encode() for m in found)

    def _asterix(self, file: IO[bytes], path: str, framing: Framing) -> Iterator[bytes]:
        from overflight.formats.asterix_frames import datagrams

        if self.day is None:
            self.check_datagrams(path)
            remedy = "Give the UTC day on which the recording begins: --day 2023-08-23."
            allowed = "a day beside times of day"
            raise InputError(path, found="ASTERIX and no --day", allowed=allowed, remedy=remedy)
        reader = self._reader(path, self.day)
        return (
            write_measurement(m).encode()
            for datagram in datagrams(file, framing, self.refused)
            for m in reader.read(datagram)
        )

    def _reader(self, where: str, day: date) -> AsterixReader:
        from overflight.formats.asterix import AsterixReader, Radar, require_library
        from overflight.formats.sensors_toml import site_of

        require_library(where)
        radars = {s.asterix: Radar(site_of(s), s.sigma) for s in self.sensors if s.asterix is not None}
        return AsterixReader(day, radars, self.refused)
