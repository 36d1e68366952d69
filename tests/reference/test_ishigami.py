"""The Ishigami function: first-order indices from given data against their closed form.

T. Ishigami, T. Homma, "An importance quantification technique in uncertainty analysis for computer models",
ISUMA 1990: y = sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 with inputs uniform on (-pi, pi); indices 0.3139, 0.4424
and exactly nought for x3, which acts only together with x1.
"""

from __future__ import annotations

import numpy as np

from overflight.exposure.sensitivity import first_order_index

A, B = 7.0, 0.1
V1 = 0.5 * (1.0 + B * np.pi**4 / 5.0) ** 2
V2 = A**2 / 8.0
TOTAL = V1 + V2 + B**2 * np.pi**8 * 8.0 / 225.0
EXACT = (V1 / TOTAL, V2 / TOTAL, 0.0)


def draws(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    x = rng.uniform(-np.pi, np.pi, (3, n))
    return x, np.sin(x[0]) + A * np.sin(x[1]) ** 2 + B * x[2] ** 4 * np.sin(x[0])


def test_indices_of_many_flights(verified):
    x, y = draws(100_000, np.random.default_rng(1))
    for i, exact in enumerate(EXACT):
        share, _ = first_order_index(x[i], y, np.ones(len(y)))
        # forty groups see a little less than the curve within each
        verified(f"index of x{i + 1}, 100,000 draws", share - exact, allowed=0.025, unit="of the variance")


def test_errors_of_a_plan_mean_what_they_say(verified):
    rng, shares, errors = np.random.default_rng(2), [], []
    for _ in range(200):
        x, y = draws(400, rng)
        found = [first_order_index(x[i], y, np.ones(len(y))) for i in range(3)]
        shares.append([share for share, _ in found])
        errors.append([error for _, error in found])
    spread, stated = np.std(shares, axis=0), np.mean(errors, axis=0)
    for i in range(3):
        verified(f"stated over true error of x{i + 1}, 400 draws", abs(np.log(stated[i] / spread[i])),
                 allowed=0.6, unit="log")  # fmt: skip


def test_weights_count():
    x, y = draws(20_000, np.random.default_rng(3))
    weights = np.where(np.arange(20_000) % 2, 3.0, 1.0)
    again = np.concatenate([np.arange(20_000), *[np.arange(1, 20_000, 2)] * 2])
    one, _ = first_order_index(x[1], y, weights)
    other, _ = first_order_index(x[1][again], y[again], np.ones(len(again)))
    assert abs(one - other) < 0.01
