"""What every test may lean on: skip with a reason, and find the shared validation data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
"""The repository."""


def require(condition: object, reason: str) -> None:
    """Skip the running test unless ``condition`` holds; with ``REQUIRE_ALL=1`` fail it instead.

    For what a machine may lack: a server, a browser, fonts. The gate installs all of it and sets
    ``REQUIRE_ALL=1``, so nothing hides behind a skip there.
    """
    if condition:
        return
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"REQUIRE_ALL=1, but {reason}", pytrace=False)
    pytest.skip(reason)


def shared_path(*parts: str) -> Path:
    """Return a path in ``../shared`` beside the repository, or skip the running test.

    The full validation sets lie outside the repository; each test carries a thin slice of its own.
    A clone elsewhere therefore skips here in any case, unless ``OVERFLIGHT_REQUIRE_SHARED=1`` says
    that the data must be there.
    """
    path = ROOT.parent.joinpath("shared", *parts)
    if not path.exists():
        reason = f"validation data {Path('..', 'shared', *parts)} is not beside the repository"
        if os.environ.get("OVERFLIGHT_REQUIRE_SHARED") == "1":
            pytest.fail(f"OVERFLIGHT_REQUIRE_SHARED=1, but {reason}", pytrace=False)
        pytest.skip(reason)
    return path
