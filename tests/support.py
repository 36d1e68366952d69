"""What every test may lean on: where things are, and skipping with a reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
"""The repository."""

SOURCE = ROOT / "src" / "overflight"
"""The package's source."""

SHARED_DATA = "validation data is not beside the repository"
"""How a skip for missing shared data begins; the only kind the gate allows."""


def modules_below(*rooms: str) -> list[Path]:
    """Return the source files of the package outside the named top rooms, sorted."""
    paths = sorted(SOURCE.rglob("*.py"))
    return [path for path in paths if path.relative_to(SOURCE).parts[0] not in rooms]


def scenario_files() -> list[Path]:
    """Return the scenarios among the examples: the TOML files that describe a vehicle."""
    files = (ROOT / "examples").glob("*/*.toml")
    return sorted(path for path in files if "[[vehicle.stage]]" in path.read_text("utf-8"))


def require(condition: object, reason: str) -> None:
    """Skip the running test unless ``condition`` holds.

    For what a machine may lack: a server, a browser, fonts. The gate installs all of it and sets
    ``REQUIRE_ALL=1``, which turns every skip into a failure (``conftest.py``).
    """
    if not condition:
        pytest.skip(reason, allow_module_level=True)


def shared_path(*parts: str) -> Path:
    """Return a path in ``../shared`` beside the repository, or skip the running test.

    The full validation sets lie outside the repository; each test carries a thin slice of its own.
    A clone elsewhere therefore skips here even at the gate, unless ``OVERFLIGHT_REQUIRE_SHARED=1``
    says that the data must be there.
    """
    path = ROOT.parent.joinpath("shared", *parts)
    if not path.exists():
        reason = f"{SHARED_DATA}: {Path('..', 'shared', *parts)}"
        if os.environ.get("OVERFLIGHT_REQUIRE_SHARED") == "1":
            pytest.fail(f"OVERFLIGHT_REQUIRE_SHARED=1, but {reason}", pytrace=False)
        pytest.skip(reason, allow_module_level=True)
    return path


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson's score)."""
    if of == 0:
        return 0.0, 1.0
    z, p = 1.96, hits / of
    middle, half = p + z * z / (2 * of), z * (p * (1 - p) / of + z * z / (4 * of * of)) ** 0.5
    return max((middle - half) / (1 + z * z / of), 0.0), (middle + half) / (1 + z * z / of)
