"""The bank: very many flights of a scenario before any fact is looked at, kept as what they would have shown.

Flights are drawn over all outcomes in fixed blocks of keys, so that a bank can be made block by block, put
down, taken up again, and is the same bit for bit in the end.  A flight of the bank is flown again from its
key and outcome when its path is wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from overflight.earth.air import Air
from overflight.errors import InputError
from overflight.flight.engine import Engine, SerialEngine
from overflight.flight.ensemble import Outcome
from overflight.flight.launch import allocate, outcomes_of, refly
from overflight.flight.orbit_reached import ORBIT_PERIGEE_M, apsides
from overflight.inference.observables import PATH_ROW_S, PATH_ROWS, Columns, observables
from overflight.scenario.claims import Claim
from overflight.scenario.model import Scenario

__all__ = ["BLOCK", "FORM", "Bank", "Shelf", "make_bank"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
BLOCK = 2048
"""Flights a block: large enough that arrays, not calls, cost the time; small enough to lose little."""
FORM = 1
"""Form of a block: raised when the columns change their meaning, so that no old block is taken up."""


class Shelf(Protocol):
    """Where finished blocks are kept between runs."""

    def get(self, block: int) -> Mapping[str, NDArray[np.floating]] | None:
        """Return the columns of a block, None where it is not there."""
        ...

    def put(self, block: int, columns: Mapping[str, NDArray[np.floating]]) -> None:
        """Keep the columns of a block."""
        ...


@dataclass(frozen=True, slots=True)
class Bank:
    """Flights before the facts: ``key`` (n,), ``outcome`` (n,), ``log_prior`` (n,), columns of observables.

    ``log_prior`` sums to one in the exponential; it undoes the stratification over outcomes.
    """

    seed: int
    outcomes: tuple[Outcome, ...]
    key: Integers
    outcome: Integers
    log_prior: Array
    columns: Columns = field(repr=False)

    def __len__(self) -> int:
        return len(self.key)


def make_bank(
    scenario: Scenario,
    air: Air,
    claims: Sequence[Claim],
    *,
    flights: int,
    seed: int,
    engine: Engine | None = None,
    shelf: Shelf | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Bank:
    """Fly a bank for some claims, or complete one that ``shelf`` holds in part.

    Parameters
    ----------
    flights : flights over all outcomes, rounded up to whole blocks of ``BLOCK``

    Raises
    ------
    InputError : fewer flights than the launch has ways to go
    """
    outcomes = outcomes_of(scenario)
    blocks = -(-flights // BLOCK)
    fewest = sum(outcome.probability > 0.0 for outcome in outcomes)
    if flights < fewest:
        raise InputError(
            "flights", found=str(flights), allowed=f"{fewest} or more: one for each way this launch may go",
            remedy="Ask for more; a reconstruction wants a million.",
        )  # fmt: skip
    share = np.array(allocate(outcomes, BLOCK))
    outcome = np.repeat(np.arange(len(outcomes)), share)
    work = partial(_block, scenario, air, seed, outcome, tuple(claims), shelf)
    parts = (engine or SerialEngine()).map(work, range(blocks), progress)
    columns = {name: np.concatenate([part[name] for part in parts]).astype(np.float64) for name in parts[0]}
    probability = np.array([o.probability for o in outcomes])
    weight = np.tile((probability / np.maximum(share, 1))[outcome], blocks)
    with np.errstate(divide="ignore"):
        log_prior = np.log(weight / weight.sum())
    return Bank(
        seed,
        outcomes,
        np.arange(blocks * BLOCK, dtype=np.int64),
        np.tile(outcome, blocks),
        log_prior,
        columns,
    )


def _block(
    scenario: Scenario,
    air: Air,
    seed: int,
    outcome: Integers,
    claims: tuple[Claim, ...],
    shelf: Shelf | None,
    block: int,
) -> Mapping[str, NDArray[np.floating]]:
    kept = None if shelf is None else shelf.get(block)
    if kept is not None:
        return kept
    keys = np.arange(block * BLOCK, (block + 1) * BLOCK, dtype=np.int64)
    draws, flown = refly(scenario, air, seed, keys, outcome, rows=PATH_ROWS, row_s=PATH_ROW_S)
    orbit = apsides(flown.ends[:, 2:8]).perigee_m > ORBIT_PERIGEE_M
    found = observables(scenario, air, draws, flown, claims, orbit)
    columns = {name: column.astype(np.float32) for name, column in found.items()}
    if shelf is not None:
        shelf.put(block, columns)
    return columns
