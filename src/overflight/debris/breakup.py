"""Break-up: from the state and mass of a vehicle to weighted fragments with their own states."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight import rng
from overflight.debris.catalogue import Catalogue

__all__ = ["Fragments", "break_up"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
MAXWELL_97 = 2.991202
"""97th percentile of a Maxwell distribution of scale 1 (chi with three degrees of freedom)."""


@dataclass(frozen=True, slots=True)
class Fragments:
    """Weighted fragments, arrays (m,): row of the break-up, class, number of real pieces each stands for.

    ``state`` (m, 6) ECI with the imparted velocity added; ``mass_kg`` of one real piece;
    ``ballistic_kgpm2`` m / (Cd A) at low Mach.
    """

    source: Integers
    fragment_class: Integers
    pieces: Array
    mass_kg: Array
    ballistic_kgpm2: Array
    state: Array = field(repr=False)


def break_up(
    catalogue: Catalogue,
    seed: int,
    keys: Integers,
    state: Array,
    inert_kg: Array,
    count: int,
    propellant_kg: Array | None = None,
) -> Fragments:
    """Break up vehicles into ``count`` weighted fragments each.

    Parameters
    ----------
    keys : (n,) keys of the samples, which make the draws
    state, inert_kg : (n, 6) ECI state (m, m/s) and (n,) inert mass of each vehicle
    propellant_kg : (n,) propellant aboard, none if left out; where there is none, no chunks of it fall

    Notes
    -----
    Fragments are shared among the classes by the square root of their number of pieces, at least four a
    class; ballistic coefficients are drawn log-uniformly and stratified within their class; imparted
    velocity is isotropic and Maxwellian with the class's speed as 97th percentile (14 CFR A417.11).
    """
    share = np.sqrt([c.pieces for c in catalogue.classes])
    floor = min(4, count // len(catalogue.classes))
    spare = count - floor * len(share)
    edges = np.floor(np.cumsum([0.0, *share]) / share.sum() * spare + 0.5).astype(np.int64)
    counts = floor + np.diff(edges)
    kind = np.repeat(np.arange(len(counts)), counts)
    place = np.concatenate([np.arange(c) for c in counts])
    item = np.arange(count)

    n = len(keys)
    low = np.array([c.ballistic_kgpm2[0] for c in catalogue.classes])[kind]
    high = np.array([c.ballistic_kgpm2[1] for c in catalogue.classes])[kind]
    u = (place + rng.uniform(seed, "fragment.ballistic", keys[:, None], item[None])) / counts[kind]
    ballistic = low * (high / low) ** u
    scale = np.array([c.imparted_speed_mps / MAXWELL_97 for c in catalogue.classes])[kind]
    kick = np.stack(
        [rng.normal(seed, f"fragment.speed.{axis}", keys[:, None], item[None]) * scale for axis in "xyz"],
        axis=-1,
    )
    states = np.repeat(state[:, None, :], count, axis=1)
    states[:, :, 3:6] += kick
    pieces = np.array([c.pieces for c in catalogue.classes])[kind] / counts[kind]
    each = np.array([c.mass_share / c.pieces for c in catalogue.classes])[kind]
    chunk = np.array([c.propellant_share / c.pieces for c in catalogue.classes])[kind]
    aboard = np.zeros(n) if propellant_kg is None else propellant_kg
    mass = (inert_kg[:, None] * each[None] + aboard[:, None] * chunk[None]).ravel()
    there = mass > 0.0
    return Fragments(
        source=np.repeat(np.arange(n), count)[there],
        fragment_class=np.tile(kind, n)[there],
        pieces=np.tile(pieces, n)[there],
        mass_kg=mass[there],
        ballistic_kgpm2=ballistic.ravel()[there],
        state=states.reshape(-1, 6)[there],
    )
