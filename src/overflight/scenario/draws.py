"""Draws of a scenario's quantities: which values carry a spread, and their values sample by sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel

from overflight import rng
from overflight.earth.air_spread import FIELDS, LEVELS
from overflight.scenario.model import Scenario
from overflight.scenario.quantity import Quantity
from overflight.sobol import sobol_uniform

__all__ = [
    "FAILURE_TIME",
    "Draws",
    "Sampling",
    "draw",
    "draw_from_normals",
    "failure_part",
    "nominal_draws",
    "quantities",
]


Sampling = Literal["random", "sobol"]
"""How samples are drawn: each by chance, or together as the points of a Sobol sequence."""
FAILURE_TIME = "failure.time"


def quantities(scenario: Scenario) -> dict[str, Quantity]:
    """Return every quantity of a scenario by its dotted path; rows of lists count from 1.

    Example: ``vehicle.stage.1.thrust_vacuum_n``. The last scenario asked about is remembered: a plan asks
    anew for every chunk of its flights.
    """
    global _last
    scenario_then, every = _last
    if scenario_then is not scenario:
        every = dict(_walk("", scenario))
        _last = scenario, every  # both at once, so that threads never see halves
    return dict(every)


_last: tuple[Scenario | None, dict[str, Quantity]] = (None, {})


def _walk(path: str, value: object) -> Iterator[tuple[str, Quantity]]:
    if isinstance(value, Quantity):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _walk(f"{path}.{name}" if path else name, getattr(value, name))
    elif isinstance(value, tuple):
        for i, item in enumerate(value, start=1):
            yield from _walk(f"{path}.{i}", item)


@dataclass(frozen=True, slots=True)
class Draws:
    """Values of all quantities for a set of samples.

    ``sample`` (n,) are the keys; ``drawn`` maps the path of each quantity with a spread to its values
    (n,); ``fixed`` maps all others to one number. Units are those of the scenario's keys. ``air`` (n, FIELDS,
    LEVELS) are the standard normal numbers of profiles that are not known, None where all are.
    """

    sample: NDArray[np.int64]
    drawn: MappingProxyType[str, NDArray[np.float64]] = field(repr=False)
    fixed: MappingProxyType[str, float] = field(repr=False)
    air: NDArray[np.float64] | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.sample)

    def __reduce__(self) -> tuple[object, ...]:
        """Go to other processes as plain mappings, which views of them cannot."""
        return _draws, (self.sample, dict(self.drawn), dict(self.fixed), self.air)

    def __getitem__(self, path: str) -> NDArray[np.float64]:
        """Return the values (n,) of the quantity at ``path``."""
        if path in self.drawn:
            return self.drawn[path]
        return np.full(len(self.sample), self.fixed[path])

    def __contains__(self, path: object) -> bool:
        return path in self.drawn or path in self.fixed

    def replaced(self, values: dict[str, NDArray[np.float64]]) -> Draws:
        """Return the same draws with the quantities at some paths replaced (n,)."""
        fixed = {path: value for path, value in self.fixed.items() if path not in values}
        return Draws(
            self.sample, MappingProxyType({**self.drawn, **values}), MappingProxyType(fixed), self.air
        )


def _draws(
    sample: NDArray[np.int64],
    drawn: dict[str, NDArray[np.float64]],
    fixed: dict[str, float],
    air: NDArray[np.float64] | None,
) -> Draws:
    return Draws(sample, MappingProxyType(drawn), MappingProxyType(fixed), air)


def nominal_draws(scenario: Scenario, count: int = 1) -> Draws:
    """Return ``count`` samples that all carry the stated values."""
    fixed = {path: q.value for path, q in quantities(scenario).items()}
    return Draws(np.arange(count, dtype=np.int64), MappingProxyType({}), MappingProxyType(fixed))


def draw(scenario: Scenario, seed: int, samples: ArrayLike, sampling: Sampling = "random") -> Draws:
    """Draw all quantities with a spread for the given sample keys.

    The stream of each quantity is its path, so a new quantity changes no other draw; of a Sobol sequence it
    is a dimension, so there a new quantity changes all after it. Correlated quantities are joined through
    the lower Cholesky factor of their matrix in normal space.
    """
    key = np.asarray(samples, dtype=np.int64)
    spread = [path for path, q in quantities(scenario).items() if q.spread]
    if sampling == "random":
        normals = {path: rng.normal(seed, path, key) for path in spread}
    else:
        from scipy.special import ndtri

        points = ndtri(sobol_uniform(seed, [FAILURE_TIME, *spread], key))
        normals = {path: points[:, i] for i, path in enumerate(spread, start=1)}
    draws = draw_from_normals(scenario, key, normals)
    if scenario.wind.sigma_mps is None and scenario.atmosphere.density_sigma is None:
        return draws
    where = np.arange(FIELDS * LEVELS)
    profiles = rng.normal(seed, "air", key[:, None], where[None, :]).reshape(len(key), FIELDS, LEVELS)
    return replace(draws, air=profiles)


def failure_part(seed: int, samples: ArrayLike, sampling: Sampling = "random") -> NDArray[np.float64]:
    """Return when a failure strikes (n,), as a share of the time in which it may."""
    if sampling == "random":
        return rng.uniform(seed, FAILURE_TIME, samples)
    return sobol_uniform(seed, [FAILURE_TIME], samples)[:, 0]


def draw_from_normals(
    scenario: Scenario, key: NDArray[np.int64], normals: Mapping[str, NDArray[np.float64]]
) -> Draws:
    """Return the draws that independent standard normal numbers (n,), one set a quantity, stand for."""
    every, normals = quantities(scenario), dict(normals)
    if scenario.correlation is not None:
        paths = scenario.correlation.paths
        factor = np.linalg.cholesky(np.asarray(scenario.correlation.matrix) + 1e-12 * np.eye(len(paths)))
        independent = np.stack([normals[path] for path in paths])
        # summed term by term in a fixed order: a BLAS product depends on the shape of its batch
        for i, path in enumerate(paths):
            normals[path] = sum((factor[i, j] * independent[j] for j in range(i + 1)), np.zeros(len(key)))
    drawn = {path: every[path].from_normal(z) for path, z in normals.items()}
    fixed = {path: q.value for path, q in every.items() if not q.spread}
    return Draws(key, MappingProxyType(drawn), MappingProxyType(fixed))
