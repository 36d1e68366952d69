"""Classes of objects and what it takes to see them: Johnson's cycles and levels of the NIIRS.

NIIRS levels: Imagery Resolution Assessments and Reporting Standards Committee, Visible National Imagery
Interpretability Rating Scale, March 1994. Where the scale lists the task for such an object the basis is
``listed``; elsewhere the level is ``inferred`` here from the nearest entries, which is an estimate. Cycles:
J. Johnson 1958 in the two-dimensional form 1, 2 and 6 (O. Chevalier, "Detection, Recognition and
Identification range", 2015): half of the observers succeed at that many cycles across the root of length
times width.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["CLASSES", "JOHNSON_CYCLES", "TASKS", "ObjectClass"]

TASKS = ("detect", "recognise", "identify")
JOHNSON_CYCLES = {"detect": 1.0, "recognise": 2.0, "identify": 6.0}


@dataclass(frozen=True, slots=True)
class ObjectClass:
    """A class with its size (m) and, by task, the NIIRS level needed and whether the scale lists it."""

    key: str
    length_m: float
    width_m: float
    niirs: dict[str, tuple[float, str]] = field(hash=False)

    @property
    def size(self) -> str:
        """Size in words."""
        return f"{self.length_m:g} x {self.width_m:g} m"


def _levels(detect: float, recognise: float, identify: float, listed: str) -> dict[str, tuple[float, str]]:
    values = dict(zip(TASKS, (detect, recognise, identify), strict=True))
    return {task: (level, "listed" if task in listed else "inferred") for task, level in values.items()}


CLASSES = (
    ObjectClass("carrier", 330.0, 75.0, _levels(1.0, 2.0, 3.0, "identify")),
    ObjectClass("destroyer", 155.0, 20.0, _levels(2.0, 3.0, 4.0, "recognise")),
    ObjectClass("corvette", 80.0, 11.0, _levels(2.5, 3.5, 4.5, "")),
    ObjectClass("large aircraft", 50.0, 45.0, _levels(2.0, 3.0, 5.0, "recognise identify")),
    ObjectClass("fighter", 15.0, 10.0, _levels(3.0, 4.0, 5.0, "recognise")),
    ObjectClass("vehicle", 7.0, 3.0, _levels(4.0, 5.0, 6.0, "")),
)
"""Warships and aircraft by size: carrier 330 x 75 m, destroyer 155 x 20 m, fighter 15 x 10 m and so on."""
