"""Launch safety and public warning: plan, warn about and explain a rocket launch.

The names below are the public list; a test holds it against a decided one.  They load on first
use, so ``import overflight`` costs nothing and ``overflight --help`` answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from overflight.errors import (
        InputError,
        NumericsError,
        OutputError,
        OverflightError,
        PlacesError,
        ScenarioError,
    )

__version__ = "0.1.0"

__all__ = [
    "InputError",
    "NumericsError",
    "OutputError",
    "OverflightError",
    "PlacesError",
    "ScenarioError",
    "__version__",
]

_HOME = {
    "InputError": "overflight.errors",
    "NumericsError": "overflight.errors",
    "OutputError": "overflight.errors",
    "OverflightError": "overflight.errors",
    "PlacesError": "overflight.errors",
    "ScenarioError": "overflight.errors",
}
"""The module each public name lives in."""


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562) and keep it."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names beside what is loaded."""
    return sorted({*globals(), *__all__})
