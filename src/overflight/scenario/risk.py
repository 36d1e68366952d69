"""What an analysis of risk needs beside the flight: how much harm a piece does, and to whom."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from overflight.scenario.quantity import Citation, Real, Strict

__all__ = ["Risk"]

Share = Annotated[Real, Field(ge=0.0, le=1.0)]
Above = Annotated[Real, Field(gt=0.0)]


class Risk(Strict):
    """Assumptions of the risk analysis. Everything may be left out; the values are then estimates."""

    casualty_factor: Above = Field(
        default=7.0, description="casualty area over the greatest projected area, 14 CFR A417.25(b)(8)"
    )
    drag_coefficient: Above = Field(
        default=0.8, description="of falling pieces: with the ballistic coefficient it gives their area"
    )
    tnt_equivalence: Share = Field(
        default=0.1, description="explosive yield of propellant that reaches the ground, as a share of TNT"
    )
    sheltering_factor: Share = Field(
        default=1.0, description="share of casualties that remains indoors and out; 1 claims no shelter"
    )
    ship_area_m2: Above = Field(
        default=11148.0, description="120,000 square feet, 14 CFR B417.11, where no size is known"
    )
    aircraft_top_m2: Above = Field(default=600.0, description="seen from above, a large airliner")
    aircraft_front_m2: Above = Field(default=80.0, description="seen from ahead")
    aircraft_speed_mps: Above = Field(default=250.0, description="cruise")
    source: Citation = None
    note: str | None = None
