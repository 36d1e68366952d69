"""What the terminal shows of a search at sea."""

from __future__ import annotations

from typing import TextIO

from overflight.jobs.drift import CAVEATS, Search
from overflight.report.words import lonlat_text

__all__ = ["drift_table"]


def drift_table(search: Search, stream: TextIO) -> None:
    """Write the areas of all classes together, hour by hour."""
    print(f"{search.start.what}; {len(search.start.longitude_deg):,} particles", file=stream)
    if search.ashore:
        print(f"{100 * search.ashore:.1f} % came down on land and do not drift", file=stream)
    print(f"\n  {'':<22}{'Middle':<20}{'50 % within (km)':<19}{'90 % within (km)':<19}Stranded", file=stream)
    for row in search.rows:
        if row.kind != "all":
            continue
        name = "on the bottom" if row.branch == "sunk" else f"afloat after {row.hours:g} h"
        if row.zone is None:
            print(f"  {name:<22}too little afloat{100 * row.stranded:>43.0f} %", file=stream)
            continue
        zone, half = row.zone, _half_axes(row.zone)
        middle = lonlat_text(*zone.centre_deg)
        sizes = (
            f"{half[0]:.0f} x {half[1]:.0f}",
            f"{zone.semi_major_m / 500:.0f} x {zone.semi_minor_m / 500:.0f}",
        )
        left = f" ({100 * row.left:.0f} % left the grid)" if row.left else ""
        print(
            f"  {name:<22}{middle:<20}{sizes[0]:<19}{sizes[1]:<19}{100 * row.stranded:.0f} %{left}",
            file=stream,
        )
    print(f"\n  Classes: {', '.join(search.classes)}.", file=stream)
    for note in (*(f"{remark[0].upper()}{remark[1:]}." for remark in search.remarks), *CAVEATS):
        print(f"  {note}", file=stream)


def _half_axes(zone) -> tuple[float, float]:  # noqa: ANN001
    """Return both axes (km) of the area that holds one half, from its ring."""
    import numpy as np
    from pyproj import Proj

    plane = Proj(proj="aeqd", lon_0=zone.centre_deg[0], lat_0=zone.centre_deg[1], ellps="WGS84")
    flat = np.stack(plane(*np.asarray(zone.half_ring_deg).T), axis=1) / 1e3
    turn = np.radians(zone.azimuth_deg)
    along = flat @ np.array([np.sin(turn), np.cos(turn)])
    across = flat @ np.array([np.cos(turn), -np.sin(turn)])
    return float(np.ptp(along)), float(np.ptp(across))
