"""The fixture through which an oracle is compared, and its worst difference recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture
def verified(record_property) -> Callable[..., None]:
    """Assert that the worst difference from an oracle is allowed, and record it for `make verification`.

    ``verified("density, 0-86 km", worst, allowed=1e-4, unit="relative")``
    """

    def check(quantity: str, worst: float, *, allowed: float, unit: str) -> None:
        worst = float(worst)
        record_property("verified", {"quantity": quantity, "worst": worst, "allowed": allowed, "unit": unit})
        assert abs(worst) <= allowed, (
            f"{quantity}: worst difference {worst:.3g} {unit}, allowed {allowed:.3g}"
        )

    return check
