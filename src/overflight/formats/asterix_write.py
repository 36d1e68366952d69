"""Plots as ASTERIX category 048, edition 1.32 (EUROCONTROL-SPEC-0149-4): a datagram each, of a 3D radar.

The category carries no elevation: a plot tells slant range, azimuth and height (I048/110), which ends
at 62 km. Beyond 256 NM the range stands in the expansion field as well (extended range report).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from overflight.earth.frames import ecef_to_geodetic
from overflight.formats.asterix import DAY_S, FOOT_M, NAUTICAL_MILE_M, SATURATED_HEIGHT_FT, SATURATED_RHO
from overflight.track.geometry import pack, place_of
from overflight.track.measurements import Plot, SensorSite

__all__ = ["AsterixWriter"]

_PRIMARY, _SIMULATED = 0x20, 0x10
_TRACKS = 4_096


class AsterixWriter:
    """Plots in, datagrams out.

    ``radars`` holds SAC, SIC and site by the name of the sensor. ``left_out`` counts plots that the category
    cannot tell, by (source, reason).
    """

    def __init__(self, radars: Mapping[str, tuple[int, int, SensorSite]]) -> None:
        self._radars = dict(radars)
        self._tracks: dict[tuple[str, str], int] = {}
        self.left_out: Counter[tuple[str, str]] = Counter()

    def write(self, plot: Plot) -> bytes | None:
        """Return the data block of a plot; None, counted, where it has no place in the category."""
        radar = self._radars.get(plot.source)
        if radar is None:
            self.left_out[plot.source, "no SAC and SIC: asterix = [25, 10] in the file of sensors"] += 1
            return None
        sac, sic, site = radar
        where, _ = place_of(pack(plot, site), 0.0)
        feet = float(ecef_to_geodetic(where)[2]) / FOOT_M
        rho = round(plot.range_m / NAUTICAL_MILE_M * 256.0)
        if not -1_500.0 <= feet < SATURATED_HEIGHT_FT - 25.0:
            self.left_out[plot.source, "higher than I048/110 can tell (62 km)"] += 1
            return None
        theta = round(plot.azimuth_rad % (2.0 * math.pi) / (2.0 * math.pi) * 65_536.0) % 65_536
        items = {
            1: bytes([sac, sic]),
            2: (round(plot.time_s % DAY_S * 128.0) % (86_400 * 128)).to_bytes(3, "big"),
            3: bytes([_PRIMARY | (_SIMULATED if plot.exercise else 0)]),
            4: min(rho, SATURATED_RHO).to_bytes(2, "big") + theta.to_bytes(2, "big"),
            11: self._track(plot).to_bytes(2, "big"),
            19: (round(feet / 25.0) & 0x3FFF).to_bytes(2, "big"),
        }
        if rho >= SATURATED_RHO:
            items[28] = bytes([5, 0b0000_1000]) + rho.to_bytes(3, "big")
        record = _record(items)
        return b"\x30" + (len(record) + 3).to_bytes(2, "big") + record

    def _track(self, plot: Plot) -> int:
        key = (plot.source, plot.track or "")
        return self._tracks.setdefault(key, (len(self._tracks) + 1) % _TRACKS)


def _record(items: dict[int, bytes]) -> bytes:
    """Return items by their field reference number: seven and an extension bit a byte, then the items."""
    size = (max(items) + 6) // 7
    which = bytearray(1 if i < size - 1 else 0 for i in range(size))
    for number in items:
        which[(number - 1) // 7] |= 0x80 >> (number - 1) % 7
    return bytes(which) + b"".join(items[number] for number in sorted(items))
