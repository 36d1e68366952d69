"""A plan that takes no time, for tests of what happens around it: output folder, signals, messages."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from types import ModuleType, SimpleNamespace

from overflight.report.values import PlanReport

__all__ = ["FILES", "install", "slow_plan"]


def _run_json(outputs: Mapping[str, bytes]) -> bytes:
    return json.dumps({"made_by": "overflight plan", "outputs_sha256": dict.fromkeys(outputs, "")}).encode()


OUTPUTS = {
    "index.html": b"<!doctype html>page",
    "nominal.csv": b"t_s\n" * 5000,
    "alerts/01-launch.xml": b"<alert/>",
}
FILES = {**OUTPUTS, "run.json": _run_json(OUTPUTS)}
"""What a plan writes, in small."""


def install(
    report: PlanReport | None = None,
    files: Mapping[str, bytes] = FILES,
    work: Callable[..., None] = lambda **_: None,
) -> list[dict]:
    """Put a module in the place of ``overflight.jobs.plan``; return the list of calls it will have got."""
    calls: list[dict] = []

    def plan(scenario: object, **arguments: object) -> SimpleNamespace:
        calls.append({"scenario": scenario, **arguments})
        work(**arguments)
        return SimpleNamespace(report=report, files=files)

    module = ModuleType("overflight.jobs.plan")
    module.plan = plan  # type: ignore[attr-defined]
    sys.modules["overflight.jobs.plan"] = module
    return calls


def slow_plan(*, progress: Callable[[str, int, int], None], **_: object) -> None:
    """Report a start, then work for a minute."""
    progress("Flying", 0, 600)
    for i in range(600):
        time.sleep(0.1)
        progress("Flying", i + 1, 600)
