"""Warm-up: afterwards a plan finds every kernel compiled, in the very form it calls it."""

from __future__ import annotations

import subprocess
import sys
import textwrap

from overflight.jobs.warmup import warmup

PROGRAM = """
    import gc, sys
    from datetime import UTC, datetime
    from numba.core.dispatcher import Dispatcher
    from overflight.jobs.warmup import warmup

    def entered():
        found = {}
        for thing in gc.get_objects():
            if isinstance(thing, Dispatcher) and thing.py_func.__module__.startswith("overflight."):
                found[f"{thing.py_func.__module__}.{thing.py_func.__name__}"] = set(thing.signatures)
        return found

    warmup()
    before = entered()
    from overflight.jobs.plan import plan
    from overflight.scenario.load import load_scenario
    plan(load_scenario(sys.argv[1]), flights=12, fragments=5, computed_utc=datetime(2026, 1, 1, tzinfo=UTC))
    for name, signatures in entered().items():
        new = signatures - before.get(name, set())
        if new:
            print(name, new)
"""


def test_a_plan_compiles_nothing_after_it(tmp_path) -> None:
    from support import ROOT

    scenario = ROOT / "examples" / "malligyong-1-2023-08-24" / "launch.toml"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), str(scenario)], capture_output=True, text=True, timeout=240
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "", "compiled while somebody waits"


def test_progress_ends_at_the_total() -> None:
    told: list[tuple[str, int, int]] = []
    warmup(lambda *step: told.append(step))
    done, total = [step[1] for step in told], told[0][2]
    assert done == list(range(total + 1))
    assert told[-1][0] == "Compiled"
