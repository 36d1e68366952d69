"""Plots and system tracks in ASTERIX, categories 048 and 062, as measurements (extra ``sensors``).

References: EUROCONTROL-SPEC-0149-4 (CAT048, edition 1.32) and -0149-9 (CAT062, edition 1.21); item numbers as
there. The records are parsed by libasterix; what they mean is decided here.

CAT048 carries no elevation. It is found from slant range, azimuth and the height that the radar measured
(I048/110) or the transponder told (I048/090), on the WGS-84 ellipsoid; a plot with neither is refused.
Heights above mean sea level are taken as above the ellipsoid, and the geoid counts in their spread.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from overflight.errors import InputError
from overflight.formats.asterix_frames import blocks
from overflight.track.geometry import elevation_at_height
from overflight.track.measurements import Plot, Position, SensorSite

__all__ = ["AsterixReader", "Radar", "require_library"]

NAUTICAL_MILE_M = 1852.0
FOOT_M = 0.3048
DAY_S = 86_400.0
LONGEST_RECORD = 4_096
"""Bytes of one record that are looked at (an estimate: all fixed items and 255 BDS registers fit)."""
MOST_KEYS = 1_000
"""Different (source, reason) that are counted apart."""
GEOID_M = 35.0
"""Spread of the geoid about the ellipsoid (m): its root mean square over the Earth is about 30 m."""
PRESSURE_SHARE, PRESSURE_M = 0.05, 150.0
"""Spread of a flight level as a height: a share of it, and a least value (estimates)."""
HIGHEST_LEVEL = 1_500.0
"""Flight levels beyond are outside the items' range (I062/136: -15 to 1500) and no pressure altitude."""
STEEPEST_RAD = math.radians(3.0)
"""A plot whose elevation is less well known is refused: too near the zenith for its height to tell it."""
LOWEST_RAD = math.radians(-10.0)
LONGEST_M = 1e8
DEFAULT_SPREAD_M = 1_000.0
LARGEST_STEP_S = 60.0
"""So far a record moves the time by which the next one's day is told: a wrong clock does not carry it off."""
MOST_DAYS = 7
SATURATED_RHO = 0xFFFF
SATURATED_HEIGHT_FT = 8_191 * 25.0
SATURATED_ALTITUDE_FT = 32_767 * 6.25


@dataclass(frozen=True, slots=True)
class Radar:
    """What is known of the sensor with a SAC/SIC: its site, and spreads of range (m) and angles (rad)."""

    site: SensorSite
    sigma: tuple[float, float, float]


class _Refused(Exception):
    """A record that gives no measurement; the reason is its text."""


def require_library(where: str) -> None:
    """Raise an :class:`InputError` where libasterix is not installed."""
    try:
        import asterix.generated  # noqa: F401
    except ImportError:
        remedy = "Install it: pip install 'overflight[sensors]'."
        raise InputError(where, found="ASTERIX", allowed="libasterix to read it", remedy=remedy) from None


class AsterixReader:
    """Datagrams in, measurements out.

    Parameters
    ----------
    day : UTC day of the first record; records tell only their time of day. A later record is on the day that
        puts it within 12 hours of those before, so midnight may pass
    radars : sensors by (SAC, SIC); a plot of any other has no site and is refused

    ``refused`` counts what gave no measurement, by (source, reason).
    """

    def __init__(
        self,
        day: date,
        radars: Mapping[tuple[int, int], Radar],
        refused: Counter[tuple[str, str]] | None = None,
    ) -> None:
        import asterix.generated as generated
        from asterix.base import Bits, ParsingMode

        self.refused: Counter[tuple[str, str]] = Counter() if refused is None else refused
        self._midnight_s = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
        self._near_s: float | None = None
        self._radars = dict(radars)
        self._bits, self._strict = Bits.from_bytes, ParsingMode.StrictParsing
        self._expansion = generated.Ref_048_1_13.cv_expansion
        self._specs = {
            48: (generated.Cat_048_1_32.cv_record, self._plot),
            62: (generated.Cat_062_1_21.cv_record, self._position),
        }

    def read(self, datagram: bytes) -> list[Plot | Position]:
        """Return the measurements of a datagram; what is none is counted, nothing is raised."""
        found: list[Plot | Position] = []
        try:
            for category, records in blocks(datagram):
                if category in self._specs:
                    found += self._records(category, records)
                else:
                    self._refuse("", f"ASTERIX category {category:03d}")
        except ValueError:
            self._refuse("", "no whole ASTERIX data block")
        return found

    def _records(self, category: int, data: bytes) -> list[Plot | Position]:
        spec, meaning = self._specs[category]
        found: list[Plot | Position] = []
        at = 0
        while at < len(data):
            parsed = spec.parse(self._strict, self._bits(data[at : at + LONGEST_RECORD]))
            if isinstance(parsed, ValueError):
                self._refuse("", f"a record of category {category:03d} that is none")
                break
            record, _ = parsed
            at += max(len(record.unparse()) // 8, 1)
            source = ""
            try:
                key = _identity(record)
                source = self._radars[key].site.source if key in self._radars else f"{key[0]}/{key[1]}"
                found.append(meaning(record, key, source))
            except _Refused as reason:
                self._refuse(source, str(reason))
        return found

    def _refuse(self, source: str, reason: str) -> None:
        key = (source, reason)
        if key not in self.refused and len(self.refused) >= MOST_KEYS:
            key = ("", "not used, of still other sources")
        self.refused[key] += 1

    def _time(self, record: Any, item: str) -> float:
        seconds = _quantity(record, item, "s")
        if seconds is None:
            raise _Refused("no time of day")
        if seconds >= DAY_S:
            raise _Refused("a time of day of 24 hours or more")
        if self._near_s is None:
            self._near_s = self._midnight_s + seconds
        days = round((self._near_s - self._midnight_s - seconds) / DAY_S)
        if abs(days) > MOST_DAYS:
            raise _Refused(f"more than {MOST_DAYS} days from the day given")
        at = self._midnight_s + days * DAY_S + seconds
        self._near_s += min(max(at - self._near_s, -LARGEST_STEP_S), LARGEST_STEP_S)
        return at

    def _plot(self, record: Any, key: tuple[int, int], source: str) -> Plot:
        drill = _described(record)
        radar = self._radars.get(key)
        if radar is None:
            raise _Refused("the site of this SAC/SIC is not among the sensors")
        time_s = self._time(record, "140")
        range_m, azimuth_rad = self._polar(record)
        height_m, spread_m, measured = _height_048(record)
        solved = elevation_at_height(radar.site, range_m, azimuth_rad, height_m)
        if solved is None:
            raise _Refused("a height that contradicts its range")
        elevation_rad, slope = solved
        if elevation_rad < LOWEST_RAD:
            raise _Refused("a height far below what its sensor can see")
        sigma_rad = spread_m / slope if slope > 0.0 else math.inf
        if measured:
            sigma_rad = math.hypot(sigma_rad, radar.sigma[2])
        if not sigma_rad <= STEEPEST_RAD:
            raise _Refused("too near the zenith for its height to tell the elevation")
        return Plot(
            source, None, time_s, _number(record, "161", "TRN"), range_m, azimuth_rad, elevation_rad,
            (math.hypot(radar.sigma[0], _step("RHO")), math.hypot(radar.sigma[1], _step("THETA")), sigma_rad),
            drill,
        )  # fmt: skip

    def _polar(self, record: Any) -> tuple[float, float]:
        """Return slant range (m), from the expansion field where I048/040 is full, and azimuth (rad)."""
        polar = record.get_item("040")
        if polar is None:
            raise _Refused("no measured position (I048/040)")
        rho = polar.variation.get_item("RHO").as_uint()
        theta = polar.variation.get_item("THETA").as_uint()
        if rho == SATURATED_RHO:
            rho = self._extended_range(record)
        if rho == 0:
            raise _Refused("a range of zero")
        range_m = rho / 256.0 * NAUTICAL_MILE_M
        if range_m > LONGEST_M:
            raise _Refused("a range beyond 100,000 km")
        return range_m, 2.0 * math.pi * theta / 65_536.0

    def _extended_range(self, record: Any) -> int:
        field = record.get_item("RE")
        parsed = None if field is None else self._expansion.parse(self._bits(field.variation.get_bytes()))
        if parsed is not None and not isinstance(parsed, ValueError):
            expansion, _ = parsed
            extended = expansion.get_item("ERR")
            if extended is not None:
                return int(extended.as_uint())
        raise _Refused("a range beyond 256 NM that is not told (no extended range report)")

    def _position(self, record: Any, key: tuple[int, int], source: str) -> Position:
        drill = _status(record)
        time_s = self._time(record, "070")
        place = record.get_item("105")
        if place is None:
            raise _Refused("no WGS-84 position (I062/105)")
        latitude = place.variation.get_item("LAT").variation.content.as_quantity("°")
        longitude = place.variation.get_item("LON").variation.content.as_quantity("°")
        if not (abs(latitude) <= 90.0 and abs(longitude) <= 180.0):
            raise _Refused("a position that is none on Earth")
        height_m, up_m = _height_062(record)
        east_m, north_m = _level_spread(record, latitude)
        return Position(
            source, None, time_s, _number(record, "040", None), math.radians(latitude),
            math.radians(longitude), height_m, (east_m, north_m, up_m), drill,
        )  # fmt: skip


def _identity(record: Any) -> tuple[int, int]:
    item = record.get_item("010")
    if item is None:
        raise _Refused("no source (SAC/SIC)")
    return item.variation.get_item("SAC").as_uint(), item.variation.get_item("SIC").as_uint()


def _quantity(record: Any, item: str, unit: str) -> float | None:
    found = record.get_item(item)
    return None if found is None else float(found.variation.content.as_quantity(unit))


def _number(record: Any, item: str, part: str | None) -> str | None:
    found = record.get_item(item)
    if found is None:
        return None
    return str((found if part is None else found.variation.get_item(part)).as_uint())


def _step(part: str) -> float:
    """Return the spread that the step of an item leaves: a uniform error over one step."""
    step = NAUTICAL_MILE_M / 256.0 if part == "RHO" else 2.0 * math.pi / 65_536.0
    return step / math.sqrt(12.0)


def _flag(item: Any, name: str) -> int:
    """Return a part of an extended item, 0 where its extension is absent."""
    found = item.variation.get_item(name)
    return 0 if found is None else int(found.as_uint())


def _described(record: Any) -> bool:
    """Return whether a plot is of a drill, from I048/020; refuse what is no detection of a target."""
    item = record.get_item("020")
    if item is None:
        raise _Refused("no description of the report (I048/020)")
    if _flag(item, "TYP") == 0:
        raise _Refused("a track without detection")
    if _flag(item, "RAB"):
        raise _Refused("a report of a field monitor")
    return bool(_flag(item, "SIM") or _flag(item, "TST"))


def _status(record: Any) -> bool:
    """Return whether a system track is of a drill, from I062/080; refuse what is extrapolated."""
    item = record.get_item("080")
    if item is None:
        raise _Refused("no track status (I062/080)")
    if _flag(item, "CST"):
        raise _Refused("a track that is extrapolated, not measured")
    if _flag(item, "TSE"):
        raise _Refused("the last message of a track")
    return bool(_flag(item, "SIM"))


def _height_048(record: Any) -> tuple[float, float, bool]:
    """Return height (m), its spread beside the sensor's own, and whether the radar measured it."""
    item = record.get_item("110")
    if item is not None:
        feet = item.variation.get_item("3DH").variation.content.as_quantity("ft")
        if not -1_500.0 <= feet < SATURATED_HEIGHT_FT:
            raise _Refused("a height at the end of what I048/110 can tell (62 km)")
        return feet * FOOT_M, math.hypot(GEOID_M, 25.0 * FOOT_M / math.sqrt(12.0)), True
    item = record.get_item("090")
    if item is None:
        raise _Refused("neither height (I048/110) nor flight level (I048/090)")
    if _flag(item, "V") or _flag(item, "G"):
        raise _Refused("a flight level not validated or garbled, and no height")
    level = item.variation.get_item("FL").variation.content.as_quantity("FL")
    return (*_of_level(level), False)


def _of_level(level: float) -> tuple[float, float]:
    """Return a flight level as height (m) and spread: taken as if the air were the standard one."""
    if not -15.0 <= level <= HIGHEST_LEVEL:
        raise _Refused("a flight level out of range")
    height_m = 100.0 * level * FOOT_M
    return height_m, math.hypot(PRESSURE_M, PRESSURE_SHARE * height_m)


def _height_062(record: Any) -> tuple[float, float]:
    feet = _quantity(record, "130", "ft")
    if feet is not None:
        if not -1_500.0 <= feet < SATURATED_ALTITUDE_FT:
            raise _Refused("an altitude at the end of what I062/130 can tell (62 km)")
        spread = _accuracy(record, "AGA", None)
        return feet * FOOT_M, DEFAULT_SPREAD_M if spread is None else max(spread * 6.25 * FOOT_M, 1.0)
    level = _quantity(record, "136", "FL")
    if level is None:
        raise _Refused("neither geometric altitude (I062/130) nor flight level (I062/136)")
    return _of_level(level)


def _accuracy(record: Any, name: str, part: str | None) -> int | None:
    """Return the steps of an estimated accuracy (I062/500), a standard deviation."""
    item = record.get_item("500")
    found = None if item is None else item.variation.get_item(name)
    if found is None:
        return None
    return int((found if part is None else found.variation.get_item(part)).as_uint())


def _level_spread(record: Any, latitude_deg: float) -> tuple[float, float]:
    """Return spreads to east and north (m)."""
    lat, lon = _accuracy(record, "APW", "LAT"), _accuracy(record, "APW", "LON")
    if lat is not None and lon is not None:
        step_m = math.radians(180.0 / 2**25) * 6.371e6
        return max(lon * step_m * math.cos(math.radians(latitude_deg)), 1.0), max(lat * step_m, 1.0)
    x, y = _accuracy(record, "APC", "X"), _accuracy(record, "APC", "Y")
    if x is not None and y is not None:
        return max(0.5 * x, 1.0), max(0.5 * y, 1.0)
    return DEFAULT_SPREAD_M, DEFAULT_SPREAD_M
