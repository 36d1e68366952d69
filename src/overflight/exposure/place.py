"""A place people live in, and a table of places.

A place is the smallest unit that is warned and counted as one: a municipality where the data has
it (Japan, Korea, Taiwan), else a province, state or district.  Geometry is longitude and latitude
in WGS-84 degrees; nothing crosses the 180th meridian, what lies on both sides has a part on each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd
    from shapely import MultiPolygon, STRtree

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees; west > east is a box across the 180th meridian."""

_COLUMNS = (
    "key", "code", "scheme", "name", "name_en", "country", "region", "region_en", "population",
    "population_source",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """One place.  What its source does not say is ``None``; nothing is guessed.

    ``code`` is unique within ``country`` only: a Japanese and a Korean municipality may both be
    11230.  Use :attr:`key` to tell places of several countries apart.
    """

    code: str
    """Official code, in the scheme that ``scheme`` names."""
    name: str
    """Name in the script used there."""
    name_en: str | None
    country: str | None
    """ISO 3166-1 alpha-2; ``None`` for land that no country is given for."""
    region: str | None
    """Prefecture, province or county in local script; the country for a place that is itself one."""
    population: int | None
    population_source: str | None
    """Where the population comes from; begins with "estimate" where nobody counted it."""
    geometry: MultiPolygon
    """Longitude and latitude in WGS-84 degrees."""
    region_en: str | None = None
    scheme: str | None = None
    """What ``code`` is a code of: "JIS X 0402", "ISO 3166-2" ..."""
    other_codes: tuple[tuple[str, str], ...] = ()
    """Further official codes as (scheme, code); a scheme may appear more than once."""

    @property
    def key(self) -> str:
        """Country and code, unique over all packaged places: ``JP-47382``, ``PH-ILN``, ``GU``."""
        if not self.country or self.code == self.country or self.code.startswith(f"{self.country}-"):
            return self.code
        return f"{self.country}-{self.code}"

    def codes(self, scheme: str) -> tuple[str, ...]:
        """Return the codes of this place in a scheme, none if it has none there."""
        own = (self.code,) if scheme == self.scheme else ()
        return own + tuple(code for name, code in self.other_codes if name == scheme)


@dataclass(frozen=True, slots=True)
class Places(Sequence[Place]):
    """An immutable table of places.

    What is derived from it (bounds, search tree) is made once, when asked for.
    """

    rows: tuple[Place, ...]
    credits: tuple[str, ...] = ()
    """Lines that must stand wherever these places are shown."""
    _derived: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @overload
    def __getitem__(self, index: int) -> Place: ...
    @overload
    def __getitem__(self, index: slice) -> Places: ...
    def __getitem__(self, index: int | slice) -> Place | Places:
        return Places(self.rows[index], self.credits) if isinstance(index, slice) else self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Place]:
        return iter(self.rows)

    @property
    def geometries(self) -> NDArray[np.object_]:
        """Geometries (n,) as a read-only array for vectorised work; WGS-84 degrees."""
        if "geometries" not in self._derived:
            geometries = np.empty(len(self.rows), dtype=object)
            geometries[:] = [place.geometry for place in self.rows]
            geometries.flags.writeable = False
            self._derived["geometries"] = geometries
        return self._derived["geometries"]

    @property
    def bounds_deg(self) -> NDArray[np.float64]:
        """West, south, east, north (n, 4) in degrees; -180 to 180 for a place on both sides of that one."""
        if "bounds_deg" not in self._derived:
            from shapely import bounds

            bounds_deg = bounds(self.geometries)
            bounds_deg.flags.writeable = False
            self._derived["bounds_deg"] = bounds_deg
        return self._derived["bounds_deg"]

    @property
    def tree(self) -> STRtree:
        """Search tree over the geometries; it answers with indices into this table."""
        if "tree" not in self._derived:
            from shapely import STRtree

            self._derived["tree"] = STRtree(self.geometries)
        return self._derived["tree"]

    def find(self, key: str) -> Place | None:
        """Return the place with this key (``JP-47382``), or ``None``."""
        if "keys" not in self._derived:
            self._derived["keys"] = {place.key: place for place in self.rows}
        return self._derived["keys"].get(key)

    def at(self, longitude_deg: float, latitude_deg: float) -> Places:
        """Return the places that hold a point or touch it; none at sea, seldom more than one."""
        from shapely import Point

        hits = self.tree.query(Point(longitude_deg, latitude_deg), predicate="intersects")
        return self._take(sorted(hits.tolist()))

    def select(self, countries: Iterable[str] | None = None, bbox: Bounds | None = None) -> Places:
        """Return the places of some countries, and those that reach into a box.

        Parameters
        ----------
        countries : ISO 3166-1 alpha-2 codes, all if ``None``
        bbox : west, south, east, north in degrees; west > east is a box across the 180th meridian
        """
        chosen = range(len(self.rows))
        if bbox is not None:
            chosen = sorted(self._reaching_into(bbox))
        if countries is not None:
            wanted = {countries} if isinstance(countries, str) else set(countries)
            chosen = [index for index in chosen if self.rows[index].country in wanted]
        return self._take(chosen)

    def to_dataframe(self) -> pd.DataFrame:
        """Return the table without geometry as a pandas data frame; population is nullable."""
        import pandas as pd

        columns = {name: [getattr(place, name) for place in self.rows] for name in _COLUMNS}
        return pd.DataFrame(columns).astype({"population": "Int64"})

    def _reaching_into(self, bbox: Bounds) -> set[int]:
        from shapely import box

        west, south, east, north = bbox
        boxes = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
        hits = [self.tree.query(box(w, south, e, north), predicate="intersects") for w, e in boxes]
        return {int(index) for part in hits for index in part}

    def _take(self, indices: Iterable[int]) -> Places:
        return Places(tuple(self.rows[index] for index in indices), self.credits)

    def _repr_html_(self) -> str:
        shown = ("key", "name", "name_en", "region", "population")
        head = "".join(f"<th>{title}</th>" for title in ("key", "name", "English", "region", "population"))
        lines = [f"<table><caption>{len(self.rows):,} places</caption><thead><tr>{head}</tr></thead><tbody>"]
        for place in self.rows[:10]:
            values = [getattr(place, name) for name in shown]
            texts = [f"{v:,}" if isinstance(v, int) else "unknown" if v is None else v for v in values]
            lines.append("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in texts) + "</tr>")
        if len(self.rows) > 10:
            lines.append(f'<tr><td colspan="{len(shown)}">and {len(self.rows) - 10:,} more</td></tr>')
        return "".join([*lines, "</tbody></table>"])
