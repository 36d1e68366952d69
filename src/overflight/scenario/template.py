"""Scenarios of generic vehicles to start from, and classes of vehicles for drafts."""

from __future__ import annotations

from importlib.resources import files

__all__ = ["TEMPLATES", "VEHICLE_CLASSES", "scenario_template", "vehicle_class"]

TEMPLATES = ("small-3-stage", "two-stage")
"""Names of the templates."""
VEHICLE_CLASSES = ("small-2-stage", "small-3-stage", "medium-2-stage", "medium-3-stage")
"""Names of the classes."""


def scenario_template(name: str = TEMPLATES[0]) -> str:
    """Return the TOML text of a commented, valid scenario; its vehicle is made up and says so."""
    if name not in TEMPLATES:
        raise ValueError(f"{name!r} is not one of {TEMPLATES}")
    return files("overflight.scenario").joinpath("templates", f"{name}.toml").read_text("utf-8")


def vehicle_class(name: str, *, first_deg: float, then_deg: float) -> str:
    """Return the tables of a class of vehicles: stages, steering, cut-off and failures, all with wide
    spreads.

    Parameters
    ----------
    first_deg, then_deg : headings of the first stage and of those above, each the middle of its spread
    """
    if name not in VEHICLE_CLASSES:
        raise ValueError(f"{name!r} is not one of {VEHICLE_CLASSES}")
    text = files("overflight.scenario").joinpath("classes", f"{name}.toml").read_text("utf-8")
    for key, heading, spread in (("first", first_deg, 15.0), ("then", then_deg, 35.0)):
        for sign, value in (("", heading), ("-", heading - spread), ("+", heading + spread)):
            text = text.replace(f"@{key}{sign}@", f"{value:.1f}")
    return text
