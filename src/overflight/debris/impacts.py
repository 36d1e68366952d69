"""Everything that comes down: spent stages, fairing halves, whole vehicles and fragments, flown to impact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from overflight.debris.breakup import Fragments, break_up
from overflight.debris.catalogue import Catalogue, Catalogues
from overflight.earth.air import Air
from overflight.earth.weather import WeatherMap
from overflight.flight.engine import Engine, SerialEngine, chunks
from overflight.flight.ensemble import OVERLOADED, TERMINATED, Ensemble
from overflight.flight.sequence import build_inputs
from overflight.flight.simulate import fall
from overflight.scenario.draws import Draws, draw
from overflight.scenario.fragments import Cause
from overflight.scenario.model import Scenario

__all__ = ["Impacts", "attached_kg", "cause_of", "fall_ensemble", "inert_kg"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
CHUNK = 16
_PIECES = 3200
"""So many pieces make a chunk worth its overhead: flights of few pieces go more to a chunk."""


@dataclass(frozen=True, slots=True)
class Impacts:
    """Impacts of an ensemble, arrays (m,).

    ``sample`` and ``body`` index the ensemble; ``fragment_class`` indexes the classes of the catalogues, -1
    for a body in one piece; ``pieces`` is the number of real pieces the row stands for; time in seconds after
    lift-off, angles in radians, speed relative to the ground. Rows without impact are left out; ``aloft``
    counts them.
    ``explosive``: which pieces are propellant, None where none can be.
    """

    sample: Integers
    body: Integers
    fragment_class: Integers
    pieces: Array
    time_s: Array
    latitude_rad: Array
    longitude_rad: Array
    speed_mps: Array
    mass_kg: Array
    ballistic_kgpm2: Array
    aloft: int
    explosive: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.sample)

    @property
    def energy_j(self) -> Array:
        """Kinetic energy of one piece at impact (J)."""
        return 0.5 * self.mass_kg * self.speed_mps**2

    def of(self, body: int) -> NDArray[np.bool_]:
        """Return the rows of one body."""
        return self.body == body

    def to_dataframe(self, ensemble: Ensemble | None = None):  # noqa: ANN201
        """Return a pandas DataFrame, angles in degrees; bodies by name if the ensemble is given."""
        import pandas as pd

        body = self.body if ensemble is None else [ensemble.bodies[i].key for i in self.body]
        return pd.DataFrame(
            {
                "sample": self.sample,
                "body": body,
                "fragment_class": self.fragment_class,
                "pieces": self.pieces,
                "time_s": self.time_s,
                "latitude_deg": np.degrees(self.latitude_rad),
                "longitude_deg": np.degrees(self.longitude_rad),
                "speed_mps": self.speed_mps,
                "mass_kg": self.mass_kg,
                "energy_j": self.energy_j,
            }
        )

    def _repr_html_(self) -> str:
        span = f", {self.time_s.min():.0f} to {self.time_s.max():.0f} s after lift-off" if len(self) else ""
        count = f"{len(self)} rows for {self.pieces.sum():.0f} pieces"
        return f"<b>Impacts</b>: {count}{span}; {self.aloft} still aloft"


def fall_ensemble(
    scenario: Scenario,
    ensemble: Ensemble,
    catalogue: Catalogue | Catalogues,
    air: Air | WeatherMap,
    *,
    fragments: int,
    engine: Engine | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
    chunk: int | None = None,
) -> Impacts:
    """Let every release of an ensemble fall; break-ups first become ``fragments`` weighted pieces each.

    ``catalogue`` holds for every break-up, or several are chosen from by stage and cause.
    """
    several = Catalogues((catalogue,)) if isinstance(catalogue, Catalogue) else catalogue
    work = partial(_fall_chunk, scenario, ensemble, several, air, fragments)
    chunk = chunk or max(CHUNK, _PIECES // max(fragments, 1))
    tables = (engine or SerialEngine()).map(work, list(chunks(len(ensemble), chunk)), progress)
    down = [np.isfinite(table[:, 4]) for table in tables]

    def column(index: int) -> Array:
        return np.concatenate([table[there, index] for table, there in zip(tables, down, strict=True)])

    kind = column(2).astype(np.int64)
    explosive = np.array([*(c.explosive for c in several.classes), False])  # -1 is the last
    return Impacts(
        sample=column(0).astype(np.int64),
        body=column(1).astype(np.int64),
        fragment_class=kind,
        pieces=column(3),
        time_s=column(4),
        latitude_rad=column(5),
        longitude_rad=column(6),
        speed_mps=column(7),
        mass_kg=column(8),
        ballistic_kgpm2=column(9),
        aloft=sum(int(np.sum(~there)) for there in down),
        explosive=explosive[kind] if explosive.any() else None,
    )


def _fall_chunk(
    scenario: Scenario,
    ensemble: Ensemble,
    catalogues: Catalogues,
    air: Air | WeatherMap,
    fragments: int,
    part: range,
) -> Array:
    """Return impacts (m, 10) of the samples in ``part``: the columns of :class:`Impacts`."""
    releases = ensemble.releases
    here = (releases.sample >= part.start) & (releases.sample < part.stop)
    breaks = _of_kind(ensemble, "breakup")[releases.body]
    whole, broken = np.flatnonzero(here & ~breaks), np.flatnonzero(here & breaks)
    draws = draw(scenario, ensemble.seed, ensemble.samples.key[part.start : part.stop], ensemble.sampling)
    bodies = build_inputs(scenario, draws).bodies
    samples = np.arange(part.start, part.stop)
    inert = inert_kg(scenario, draws) + attached_kg(scenario, draws, ensemble, samples)[:, None]
    pieces = _pieces(ensemble, catalogues, broken, inert, part.start, fragments)
    row = np.concatenate([whole, broken[pieces.source]])
    state = np.concatenate([releases.state[whole], pieces.state])
    ballistic = np.concatenate([releases.ballistic_kgpm2[whole], pieces.ballistic_kgpm2])
    fallen = fall(
        releases.time_s[row],
        state,
        ballistic,
        releases.sample[row] - part.start,
        bodies,
        air,
        profiles=draws.air,
    )
    table = np.stack(
        [
            releases.sample[row].astype(float),
            releases.body[row].astype(float),
            np.concatenate([np.full(len(whole), -1.0), pieces.fragment_class]),
            np.concatenate([np.ones(len(whole)), pieces.pieces]),
            fallen.time_s,
            fallen.latitude_rad,
            fallen.longitude_rad,
            fallen.speed_mps,
            np.concatenate([releases.mass_kg[whole], pieces.mass_kg]),
            ballistic,
        ],
        axis=1,
    )
    # by sample, so that the order of rows does not depend on the chunks
    return table[np.argsort(table[:, 0], kind="stable")]


def _pieces(
    ensemble: Ensemble,
    catalogues: Catalogues,
    broken: Integers,
    inert: Array,
    start: int,
    count: int,
) -> Fragments:
    """Return the fragments of some releases, each broken up by the catalogue of its stage and cause."""
    releases = ensemble.releases
    sample = releases.sample[broken]
    stage = np.array([body.stage for body in ensemble.bodies])[releases.body[broken]]
    inert_kg = np.minimum(inert[sample - start, stage - 1], releases.mass_kg[broken])
    left_kg = releases.mass_kg[broken] - inert_kg
    kind = np.array(
        [catalogues.index(cause_of(ensemble, int(i)), int(k)) for i, k in zip(sample, stage, strict=True)],
        dtype=np.int64,
    )
    parts = []
    for index in range(len(catalogues.catalogues)):
        here = np.flatnonzero(kind == index)
        made = break_up(
            catalogues.catalogues[index], ensemble.seed, ensemble.samples.key[sample[here]],
            releases.state[broken[here]], inert_kg[here], count, left_kg[here],
        )  # fmt: skip
        parts.append(
            replace(
                made,
                source=here[made.source],
                fragment_class=made.fragment_class + catalogues.first_class(index),
            )
        )
    return Fragments(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Fragments)))


def cause_of(ensemble: Ensemble, sample: int) -> Cause:
    """Return why a flight that broke up did."""
    code = int(ensemble.samples.end_code[sample])
    mode = ensemble.outcomes[int(ensemble.samples.outcome[sample])].mode
    if code == TERMINATED or mode == "spurious_termination":
        return "destruct"
    return "aerodynamic" if code == OVERLOADED else "explosion"


def _of_kind(ensemble: Ensemble, kind: str) -> NDArray[np.bool_]:
    return np.array([body.kind == kind for body in ensemble.bodies])


def inert_kg(scenario: Scenario, draws: Draws) -> Array:
    """Return the inert mass (n, stages) from each stage upward, payload included; no fairing, no boosters."""
    dry = [draws[f"vehicle.stage.{i}.dry_mass_kg"] for i in range(1, len(scenario.vehicle.stage) + 1)]
    above = np.cumsum(np.stack(dry[::-1]), axis=0)[::-1]
    return (above + draws["vehicle.payload_kg"]).T


def attached_kg(scenario: Scenario, draws: Draws, ensemble: Ensemble, samples: Integers) -> Array:
    """Return the inert mass (n,) of what flights have not let go: fairing, boosters, bodies to be jettisoned.

    ``samples`` (n,) are the rows of the ensemble that ``draws`` belong to.
    """
    vehicle = scenario.vehicle
    parts = {"fairing": draws["vehicle.fairing.mass_kg"]} if vehicle.fairing else {}
    for i, booster in enumerate(vehicle.booster, start=1):
        parts[f"booster-{i}"] = booster.count * draws[f"vehicle.booster.{i}.dry_mass_kg"]
    for i in range(1, len(vehicle.jettisoned) + 1):
        parts[f"jettisoned-{i}"] = draws[f"vehicle.jettisoned.{i}.mass_kg"]
    releases, total = ensemble.releases, np.zeros(len(samples))
    near = np.isin(releases.sample, samples)
    sample, body = releases.sample[near], releases.body[near]
    for key, mass_kg in parts.items():
        gone = np.isin(samples, sample[body == ensemble.body_index(key)])
        total += np.where(gone, 0.0, mass_kg)
    return total
