"""Scenarios of generic vehicles to start from."""

from __future__ import annotations

from importlib.resources import files

__all__ = ["TEMPLATES", "scenario_template"]

TEMPLATES = ("small-3-stage", "two-stage")
"""Names of the templates."""


def scenario_template(name: str = TEMPLATES[0]) -> str:
    """Return the TOML text of a commented, valid scenario; its vehicle is made up and says so."""
    if name not in TEMPLATES:
        raise ValueError(f"{name!r} is not one of {TEMPLATES}")
    return files("overflight.scenario").joinpath("templates", f"{name}.toml").read_text("utf-8")
