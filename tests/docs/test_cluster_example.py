"""The cluster example runs as a user runs it."""

from __future__ import annotations

import subprocess
import sys

from support import ROOT


def test_a_plan_on_a_cluster_of_this_machine() -> None:
    command = [
        sys.executable,
        str(ROOT / "examples" / "cluster" / "run.py"),
        "--flights",
        "30",
        "--fragments",
        "5",
    ]
    result = subprocess.run(command, capture_output=True, text=True, timeout=280)
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].startswith("scheduler at dask://127.0.0.1:") and lines[0].endswith(", 2 workers")
    assert any("30  flights computed" in line for line in lines)
    assert lines[-1] == "same bits on the cluster and here: yes"
