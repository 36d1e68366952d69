"""Philox4x32-10 against the known-answer vectors of its authors (Random123 1.14, `kat_vectors`)."""

from __future__ import annotations

import numpy as np
import pytest

from overflight import rng

VECTORS = (
    # counter, key, expected
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    (
        (0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF),
        (0xFFFFFFFF, 0xFFFFFFFF),
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
)


@pytest.mark.parametrize(("counter", "key", "expected"), VECTORS)
def test_known_answers(counter, key, expected) -> None:
    assert tuple(int(word) for word in rng.philox4x32(counter, key)) == expected


def test_a_draw_depends_only_on_its_key() -> None:
    whole = rng.normal(7, "thrust", np.arange(1000))
    assert np.array_equal(whole[431:433], rng.normal(7, "thrust", [431, 432]))
    assert not np.array_equal(whole[:10], rng.normal(7, "isp", np.arange(10)))
    assert not np.array_equal(whole[:10], rng.normal(8, "thrust", np.arange(10)))
    assert not np.array_equal(whole[:10], rng.normal(7, "thrust", np.arange(10), 1))


def test_draws_are_uniform_and_normal() -> None:
    from scipy.stats import kstest

    assert kstest(rng.uniform(1, "a", np.arange(20_000)), "uniform").pvalue > 1e-3
    assert kstest(rng.normal(1, "b", 3, np.arange(20_000)), "norm").pvalue > 1e-3
    u = rng.uniform(1, "c", np.arange(20_000))
    assert u.min() > 0.0
    assert u.max() < 1.0


def test_streams_do_not_move() -> None:
    # the stream of a parameter is part of what a stored plan means
    assert rng.stream_id("vehicle.stage.1.thrust_vacuum_n") == 0xDBB8E9B8
    assert set(rng.integers(1, "d", np.arange(1000), 5)) == {0, 1, 2, 3, 4}
