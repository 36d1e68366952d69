"""Sobol points by their number: evenly spread draws that, like all others here, depend only on their key.

A point is the exclusive or of direction numbers chosen by the Gray code of its number (I. A. Antonov,
V. M. Saleev, USSR Comput. Math. Math. Phys. 19 (1979) 252-256), so any point can be had alone, in any chunk.
The direction numbers are those of S. Joe and F. Y. Kuo (SIAM J. Sci. Comput. 30 (2008) 2635-2654), as SciPy
carries them. A digital shift, keyed by seed and stream, makes the estimate unbiased (C. Lemieux, Monte Carlo
and Quasi-Monte Carlo Sampling, 2009, section 6.2.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overflight import rng
from overflight.errors import InputError

__all__ = ["MOST_POINTS", "sobol_uniform"]

_BITS = 20
MOST_POINTS = 1 << _BITS
"""Points of the sequence; their numbers are below this."""


@cache
def _directions(dimensions: int) -> NDArray[np.uint64]:
    """Return direction numbers (bits, dimensions), 32 bits: found from the points numbered 2^j.

    The Gray code of 2^j is 2^j xor 2^(j-1), so point 2^j is direction j xor direction j - 1.
    """
    from scipy.stats.qmc import Sobol

    engine = Sobol(dimensions, scramble=False, bits=32)
    found, done = np.zeros((_BITS, dimensions), np.uint64), 0
    for j in range(_BITS):
        engine.fast_forward((1 << j) - done)
        point = (engine.random(1)[0] * 2.0**32).astype(np.uint64)
        done = (1 << j) + 1
        found[j] = point if j == 0 else point ^ found[j - 1]
    return found


def sobol_uniform(seed: int, streams: Sequence[str], sample: ArrayLike) -> NDArray[np.float64]:
    """Return numbers (n, streams) in (0, 1) for the given sample keys, a dimension for each stream.

    Raises
    ------
    InputError : a key beyond the sequence
    """
    key = np.asarray(sample, dtype=np.int64)
    if key.size and (key.min() < 0 or key.max() >= MOST_POINTS):
        raise InputError(
            "sampling", found=f"sample {int(key.max()):,} of a Sobol sequence",
            allowed=f"at most {MOST_POINTS:,} flights", remedy="Take random draws for so many.",
        )  # fmt: skip
    directions = _directions(len(streams))
    gray = (key ^ (key >> 1)).astype(np.uint64)
    bits = np.zeros((len(key), len(streams)), np.uint64)
    for j in range(_BITS):
        chosen = (gray >> np.uint64(j)) & np.uint64(1)
        bits ^= chosen[:, None] * directions[j][None, :]
    shift = [int(rng.uniform(seed, f"sobol.{stream}", 0) * 2.0**32) for stream in streams]
    bits ^= np.array(shift, np.uint64)[None, :]
    return (bits.astype(np.float64) + 0.5) * 2.0**-32
