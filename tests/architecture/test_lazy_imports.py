"""Heavy packages load when they are needed, not when someone asks for help."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ["scipy", "numba", "matplotlib", "pandas"]
REPORT = f"import json, sys; print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"


def loaded_by(code: str) -> list[str]:
    """Run code in a fresh interpreter and return the heavy packages it loaded."""
    command = [sys.executable, "-c", f"{code}\n{REPORT}"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


def test_import_overflight():
    assert loaded_by("import overflight; overflight.OverflightError") == []


@pytest.mark.parametrize("arguments", [["--help"], ["plan", "--help"], ["--version"]])
def test_help_and_version(arguments):
    code = f"""
import sys
sys.argv = ["overflight", *{arguments!r}]
from overflight.cli import main
try:
    code = main()
except SystemExit as stop:
    code = stop.code
assert not code, code
"""
    assert loaded_by(code) == []


def test_the_check_sees():
    assert loaded_by("import scipy") == ["scipy"]
