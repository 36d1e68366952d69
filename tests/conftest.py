"""Settings of the whole suite: property-test profiles, the campaign, and the gate's rule on skips."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

from support import SHARED_DATA

GATE = os.environ.get("REQUIRE_ALL") == "1"

# A shell starts what it puts into the background with Ctrl-C ignored, and children inherit that; many tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Property tests must not depend on how busy the machine is (no deadline), and a failure at the gate
# must repeat (derandomised there; everyday runs and the campaign search new ground).
settings.register_profile("everyday", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("gate", parent=settings.get_profile("everyday"), derandomize=True)
settings.register_profile("campaign", parent=settings.get_profile("everyday"), max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("gate" if GATE else "everyday"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--campaign", action="store_true", help="run also the long tests marked campaign")
    parser.addoption("--oracles", action="store_true", help="run also the tests marked oracles")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave long tests and foreign programs out of the everyday run; they are deselected, not skipped."""
    left = {mark for mark in ("campaign", "oracles") if not config.getoption(f"--{mark}")}
    out = [item for item in items if left & {mark.name for mark in item.iter_markers()}]
    items[:] = [item for item in items if item not in out]
    config.hook.pytest_deselected(items=out)


def no_skip_hides(report: pytest.TestReport | pytest.CollectReport) -> None:
    """At the gate a skip of any kind is a failure, but for validation data outside the repository."""
    if not (GATE and report.skipped) or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if SHARED_DATA not in reason:
        report.outcome = "failed"
        report.longrepr = f"REQUIRE_ALL=1 allows no skip, and this one says: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = yield
    no_skip_hides(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    report = yield
    no_skip_hides(report)
    return report
