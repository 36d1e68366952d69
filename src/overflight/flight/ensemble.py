"""The ensemble: a weighted set of possible flights, the one value that joins the rooms.

A simulation draws it, a live track predicts it, a reconstruction re-weights it; everything to its
right (debris, exposure, warning) is written once against it. It keeps samples and releases, not
trajectories: a path is flown again from its key in a tenth of a millisecond when someone needs it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from overflight.scenario.draws import Sampling

__all__ = ["OVERLOADED", "TERMINATED", "Body", "Ensemble", "Outcome", "Releases", "Samples"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
OVERLOADED = 6
"""End of powered flight: broken by the air, as in ``kernels_ascent``."""
TERMINATED = 100
"""End of powered flight: by the rules of the termination system, which the kernels do not know."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way the flight may go: ``probability`` before launch, ``stage`` in which it fails (0: none)."""

    key: str
    label: str
    mode: str
    stage: int
    probability: float
    happened: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """A body that can be let go.

    ``kind``: ``spent`` stage, ``fairing`` half, ``jettisoned`` booster or part, ``intact`` vehicle that falls
    in one piece, ``breakup``.
    """

    key: str
    label: str
    kind: Literal["spent", "fairing", "jettisoned", "intact", "breakup"]
    stage: int


@dataclass(frozen=True, slots=True)
class Samples:
    """The flights: arrays (n,) except ``end_state``.

    ``key`` identifies the draws; ``outcome`` indexes the ensemble's outcomes; ``log_weight`` sums to one
    in the exponential; ``end_code`` is how powered flight ended (``kernels_ascent``, or TERMINATED),
    ``end_s`` when, ``end_state`` (n, 7) the ECI state (m, m/s) and mass (kg) then; ``orbit`` whether it
    reached orbit.
    """

    key: Integers
    outcome: Integers
    log_weight: Array
    end_code: Integers
    end_s: Array
    end_state: Array = field(repr=False)
    orbit: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Releases:
    """Bodies let go, arrays (m,): row of the sample, body index, time (s), ECI state (m, 6), mass (kg).

    ``ballistic_kgpm2`` is m / (Cd A) at low Mach; NaN for a break-up, whose pieces have their own.
    """

    sample: Integers
    body: Integers
    time_s: Array
    state: Array = field(repr=False)
    mass_kg: Array
    ballistic_kgpm2: Array


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Samples and releases of one launch; seed, sampling and the keys of samples reproduce every flight."""

    seed: int
    outcomes: tuple[Outcome, ...]
    bodies: tuple[Body, ...]
    samples: Samples
    releases: Releases
    sampling: Sampling = "random"

    def __len__(self) -> int:
        return len(self.samples.key)

    @property
    def weights(self) -> Array:
        """Weights (n,) that sum to one."""
        return np.exp(self.samples.log_weight)

    def body_index(self, key: str) -> int:
        """Return the index of a body by its key."""
        return next(i for i, body in enumerate(self.bodies) if body.key == key)

    def to_dataframe(self):  # noqa: ANN201
        """Return the samples as a pandas DataFrame, one row a flight."""
        import pandas as pd

        samples = self.samples
        return pd.DataFrame(
            {
                "key": samples.key,
                "outcome": [self.outcomes[i].key for i in samples.outcome],
                "weight": self.weights,
                "end_s": samples.end_s,
                "mass_kg": samples.end_state[:, 6],
                "orbit": samples.orbit,
            }
        )

    def _repr_html_(self) -> str:
        counts = np.bincount(self.samples.outcome, minlength=len(self.outcomes))
        rows = "".join(
            f"<tr><td>{o.label}</td><td>{o.probability:.3g}</td><td>{n}</td></tr>"
            for o, n in zip(self.outcomes, counts, strict=True)
        )
        return (
            f"<b>Ensemble</b> of {len(self)} flights, {len(self.releases.time_s)} releases, seed {self.seed}"
            f"<table><tr><th>outcome</th><th>probability</th><th>flights</th></tr>{rows}</table>"
        )
