"""Settings of the whole suite."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Property tests must not depend on how busy the machine is (no deadline), and a failure must be
# repeatable on the gate (derandomised there; the campaign searches new ground).
settings.register_profile("everyday", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("gate", parent=settings.get_profile("everyday"), derandomize=True)
settings.register_profile("campaign", parent=settings.get_profile("everyday"), max_examples=2_000)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("gate" if os.environ.get("REQUIRE_ALL") == "1" else "everyday")
)
