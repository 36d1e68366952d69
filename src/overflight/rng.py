"""Counter-based random numbers: a draw depends only on its own key.

Every number is a pure function of (seed, stream, sample, item), so a run is the same bit for bit
whatever the order, the chunking or the number of workers, and a new parameter reshuffles nothing:
its name gives it a stream of its own.

The generator is Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy
as 1, 2, 3" (SC11, 2011), section 4.3, with the round and key constants of its reference
implementation; the published known-answer vectors are in ``tests/reference/test_philox.py``.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["integers", "normal", "philox4x32", "stream_id", "uniform"]

_MULTIPLIER = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)


def stream_id(name: str) -> int:
    """Return the 32-bit stream number of a parameter's name, stable across versions and machines."""
    return int.from_bytes(hashlib.blake2s(name.encode(), digest_size=4).digest(), "little")


def philox4x32(counter: tuple[ArrayLike, ...], key: tuple[int, int]) -> tuple[NDArray[np.uint64], ...]:
    """Return the four 32-bit words (as uint64) of Philox4x32-10 for a counter of four words."""
    c0, c1, c2, c3 = (np.asarray(word, dtype=np.uint64) for word in counter)
    k0, k1 = key
    for _ in range(10):
        first, second = c0 * _MULTIPLIER[0], c2 * _MULTIPLIER[1]
        c0, c1, c2, c3 = (
            (second >> _SHIFT) ^ c1 ^ np.uint64(k0),
            second & _LOW,
            (first >> _SHIFT) ^ c3 ^ np.uint64(k1),
            first & _LOW,
        )
        k0, k1 = (k0 + _WEYL[0]) & 0xFFFFFFFF, (k1 + _WEYL[1]) & 0xFFFFFFFF
    return c0, c1, c2, c3


def _words(seed: int, stream: str, sample: ArrayLike, item: ArrayLike) -> tuple[NDArray[np.uint64], ...]:
    sample = np.asarray(sample, dtype=np.uint64)
    item = np.asarray(item, dtype=np.uint64)
    sample, item = np.broadcast_arrays(sample, item)
    key = (seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF)
    counter = (
        item & _LOW,
        sample & _LOW,
        sample >> _SHIFT,
        np.full(sample.shape, stream_id(stream), np.uint64),
    )
    return philox4x32(counter, key)


def uniform(seed: int, stream: str, sample: ArrayLike, item: ArrayLike = 0) -> NDArray[np.float64]:
    """Return uniform numbers in (0, 1), both ends left out, 52 bits; ``sample`` and ``item`` broadcast."""
    high, low, _, _ = _words(seed, stream, sample, item)
    bits = (high << np.uint64(20)) | (low >> np.uint64(12))
    return (bits.astype(np.float64) + 0.5) * 2.0**-52


def normal(seed: int, stream: str, sample: ArrayLike, item: ArrayLike = 0) -> NDArray[np.float64]:
    """Return standard normal numbers by inversion of the uniform ones (Cephes ``ndtri``)."""
    from scipy.special import ndtri

    return ndtri(uniform(seed, stream, sample, item))


def integers(seed: int, stream: str, sample: ArrayLike, high: int, item: ArrayLike = 0) -> NDArray[np.int64]:
    """Return whole numbers in ``[0, high)``."""
    return np.minimum((uniform(seed, stream, sample, item) * high).astype(np.int64), high - 1)
