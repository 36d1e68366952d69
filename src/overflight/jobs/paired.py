"""Two plans of one seed, flight by flight: what both have in common drops out of the error of a change.

A flight is the same in both if its key and its outcome are, so that the same chances were drawn for it. The
error of a difference is then the spread of the differences (common random numbers; Law, Simulation Modeling
and Analysis, 5th ed., section 11.2).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pairs", "StoredFlights", "pair", "read_flights"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StoredFlights:
    """Flights (n,) of a plan read back: keys, outcomes, casualties, passes (n, p) of ``places``, falls.

    ``debris``: by place, rows and chances (2, k) of the flights that may drop a piece there, None where the
    plan did not write them. ``falls``: by body, latitude and longitude (n, 2) in degrees, NaN where it does
    not fall.
    """

    key: NDArray[np.int64] = field(repr=False)
    outcome: NDArray[np.str_] = field(repr=False)
    casualties: Array = field(repr=False)
    passes: NDArray[np.bool_] = field(repr=False)
    places: tuple[str, ...] = field(repr=False)
    falls: Mapping[str, Array] = field(repr=False)
    debris: Mapping[str, Array] | None = field(default=None, repr=False)


def read_flights(content: bytes, places: tuple[str, ...]) -> StoredFlights:
    """Return the flights of a ``flights.csv``; ``places`` are the keys of ``places.csv`` in order."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    width = (len(places) + 7) // 8
    masks = b"".join(bytes.fromhex(row["passes"])[::-1] for row in rows)
    bits = np.frombuffer(masks, np.uint8).reshape(len(rows), width)
    bodies = [name.removesuffix("_latitude_deg") for name in rows[0] if name.endswith("_latitude_deg")]
    return StoredFlights(
        key=np.array([int(row["key"]) for row in rows]),
        outcome=np.array([row["outcome"] for row in rows]),
        casualties=np.array([float(row["expected_casualties"]) for row in rows]),
        passes=np.unpackbits(bits, axis=1, count=len(places), bitorder="little").astype(bool),
        places=places,
        falls={
            body.replace("_", "-"): np.array(
                [
                    [float(row[f"{body}_{axis}_deg"] or "nan") for axis in ("latitude", "longitude")]
                    for row in rows
                ]
            )
            for body in bodies
        },
        debris=_debris([row["debris"] for row in rows], places) if "debris" in rows[0] else None,
    )


def _debris(cells: list[str], places: tuple[str, ...]) -> dict[str, Array]:
    found: dict[str, list[tuple[float, float]]] = {}
    for flight, cell in enumerate(cells):
        for part in cell.split():
            row, chance = part.split(":")
            found.setdefault(places[int(row)], []).append((flight, float(chance)))
    return {place: np.array(rows).T for place, rows in found.items()}


@dataclass(frozen=True, slots=True)
class Pairs:
    """The same flights in two plans; ``chances`` of the outcomes before and after."""

    before: StoredFlights
    after: StoredFlights
    chances: tuple[Mapping[str, float], Mapping[str, float]]

    def casualties_error(self) -> float:
        """Return the standard error of the change of expected casualties."""
        return self._error(self.before.casualties, self.after.casualties)

    def over_error(self, place: str) -> float:
        """Return the standard error of the change of the chance that a place is passed."""
        return self._error(*(_column(side, place) for side in (self.before, self.after)))

    def debris_error(self, place: str) -> float | None:
        """Return the standard error of the change of the chance of debris, None where it is not known by
        flight."""
        before, after = (_chances(side, place) for side in (self.before, self.after))
        return None if before is None or after is None else self._error(before, after)

    def fall_error_km(self, body: str) -> float | None:
        """Return the standard error of the shift of a body's mean fall, None if too few flights have it."""
        if body not in self.before.falls or body not in self.after.falls:
            return None
        a, b = self.before.falls[body], self.after.falls[body]
        north = 111.2 * (b[:, 0] - a[:, 0])
        east = 111.2 * ((b[:, 1] - a[:, 1] + 180.0) % 360.0 - 180.0) * np.cos(np.radians(a[:, 0]))
        both = np.isfinite(north) & np.isfinite(east)
        n = int(both.sum())
        if n < 2:
            return None
        return float(np.hypot(north[both].std(ddof=1), east[both].std(ddof=1)) / np.sqrt(n))

    def _error(self, before: Array, after: Array) -> float:
        variance = 0.0
        for outcome in np.unique(self.before.outcome):
            rows = self.before.outcome == outcome
            was, now = (chance.get(str(outcome), 0.0) for chance in self.chances)
            change = now * after[rows] - was * before[rows]
            n = len(change)
            variance += change.var(ddof=1) / n if n > 1 else float(change[0] ** 2)
        return float(np.sqrt(variance))


def pair(
    before: StoredFlights | None,
    after: StoredFlights | None,
    chances: tuple[Mapping[str, float], Mapping[str, float]],
) -> Pairs | None:
    """Return the pairs of two plans, None unless every flight of one is in the other, in the same order."""
    if before is None or after is None:
        return None
    same = np.array_equal(before.key, after.key) and np.array_equal(before.outcome, after.outcome)
    return Pairs(before, after, chances) if same else None


def _column(side: StoredFlights, place: str) -> Array:
    if place not in side.places:
        return np.zeros(len(side.key))
    return side.passes[:, side.places.index(place)].astype(float)


def _chances(side: StoredFlights, place: str) -> Array | None:
    if side.debris is None:
        return None
    chances = np.zeros(len(side.key))
    flights, values = side.debris.get(place, np.zeros((2, 0)))
    chances[flights.astype(np.int64)] = values
    return chances
