"""A plan that takes no time, for tests of what happens around it: output folder, signals, messages."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from types import ModuleType, SimpleNamespace

from overflight.report.values import PlanReport

__all__ = ["FILES", "NAME", "install", "module", "slow_plan"]

NAME = "overflight.jobs.plan"


def _run_json(outputs: Mapping[str, bytes]) -> bytes:
    return json.dumps({"made_by": "overflight plan", "outputs_sha256": dict.fromkeys(outputs, "")}).encode()


OUTPUTS = {
    "index.html": b"<!doctype html>page",
    "nominal.csv": b"t_s\n" * 5000,
    "alerts/01-launch.xml": b"<alert/>",
}
FILES = {**OUTPUTS, "run.json": _run_json(OUTPUTS)}
"""What a plan writes, in small."""


def module(
    report: PlanReport | None = None,
    files: Mapping[str, bytes] = FILES,
    work: Callable[..., None] = lambda **_: None,
) -> ModuleType:
    """Return a module that can stand for ``overflight.jobs.plan``; its ``calls`` lists what it was given."""
    made = ModuleType(NAME)
    calls: list[dict] = []

    def plan(scenario: object, **arguments: object) -> SimpleNamespace:
        calls.append({"scenario": scenario, **arguments})
        work(**arguments)
        return SimpleNamespace(report=report, files=files)

    made.plan, made.calls = plan, calls  # type: ignore[attr-defined]
    return made


def install(**arguments: object) -> None:
    """Put such a module in the place of the real one, in a process that ends with the test."""
    sys.modules[NAME] = module(**arguments)  # type: ignore[arg-type]


def slow_plan(*, progress: Callable[[str, int, int], None], **_: object) -> None:
    """Report a start, then work for a minute."""
    progress("Flying", 0, 600)
    for i in range(600):
        time.sleep(0.1)
        progress("Flying", i + 1, 600)
