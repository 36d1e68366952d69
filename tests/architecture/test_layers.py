"""The rooms import only downward: the contract in pyproject.toml holds, and it can be broken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT

SOURCE = ROOT / "src"
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint_imports(source: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter with our configuration over the package in ``source``, in a process of its own."""
    code = f"import sys; sys.path.insert(0, {str(source)!r}); {LINT_IMPORTS}"
    command = [
        sys.executable,
        "-c",
        code,
        "--config",
        str(ROOT / "pyproject.toml"),
        "--no-cache",
        "--no-logo",
    ]
    return subprocess.run(command, capture_output=True, text=True, cwd=source)


@pytest.fixture
def skeleton(tmp_path):
    """Our tree of modules without any contents."""
    for path in SOURCE.rglob("*.py"):
        copy = tmp_path / path.relative_to(SOURCE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text("")
    return tmp_path


def test_the_contract_is_kept():
    result = lint_imports(SOURCE)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("file", "line", "complaint"),
    [
        ("earth/__init__.py", "import overflight.flight", "earth is not allowed to import overflight.flight"),
        (
            "report/__init__.py",
            "import overflight.formats",
            "report is not allowed to import overflight.formats",
        ),
        ("errors.py", "import overflight.rng", "errors is not allowed to import overflight.rng"),
        ("track/__init__.py", "import overflight.debris", "track is not allowed to import overflight.debris"),
        ("misc/__init__.py", "", "misc"),
    ],
)
def test_a_planted_breach_is_found(skeleton, file, line, complaint):
    path = skeleton / "overflight" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(line + "\n")
    result = lint_imports(skeleton)
    assert result.returncode == 1
    assert complaint in " ".join(result.stdout.split()), result.stdout


def test_an_empty_skeleton_keeps_the_contract(skeleton):
    assert lint_imports(skeleton).returncode == 0
