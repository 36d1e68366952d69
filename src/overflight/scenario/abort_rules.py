"""Rules by which a flight termination system acts: data of a scenario, checked so that each can fire."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Annotated

from pydantic import Field, model_validator

from overflight.scenario.protected import ProtectedArea, line_round
from overflight.scenario.quantity import Citation, Name, Real, Strict, Whole
from overflight.scenario.refusal import Refused

__all__ = ["AbortRules", "Gate", "LimitLine"]

LatLon = tuple[Annotated[Real, Field(ge=-90.0, le=90.0)], Annotated[Real, Field(ge=-180.0, le=180.0)]]
Seconds = Annotated[Real, Field(ge=0.0)]
Above = Annotated[Real, Field(gt=0.0)]


class Gate(Strict):
    """An opening of a limit line between two posts, passed under control along a heading."""

    key: Name
    latlon_deg: Annotated[tuple[LatLon, ...], Field(min_length=2, max_length=2)]
    heading_deg: Real = Field(description="of the impact point's planned motion, from north by east")
    tolerance_deg: Annotated[Real, Field(gt=0.0, le=90.0)] = 15.0

    @model_validator(mode="after")
    def _wide(self) -> Gate:
        if self.latlon_deg[0] == self.latlon_deg[1]:
            raise Refused(
                key="latlon_deg",
                found="both posts at one point",
                allowed="two posts apart",
                remedy="Give the two ends of the opening.",
            )
        return self


class LimitLine(Strict):
    """A line that the impact point must not cross, drawn round what it protects, the offsets included."""

    key: Name
    protects: Name = Field(description="what lies behind the line")
    latlon_deg: Annotated[tuple[LatLon, ...], Field(min_length=2, max_length=200)]
    gate: tuple[Gate, ...] = ()

    @model_validator(mode="after")
    def _plain(self) -> LimitLine:
        crossing = _crossing(self.latlon_deg)
        if crossing is not None:
            raise Refused(
                key="latlon_deg",
                found=f"a line that crosses itself: its side {crossing[0]} meets its side {crossing[1]}",
                allowed="a line or ring without crossing",
                remedy="Put the points in order along the line.",
            )
        return self


class AbortRules(Strict):
    """When the system ends the flight. What is left out is no rule."""

    armed_stages: tuple[Annotated[Whole, Field(ge=1, le=5)], ...] = Field(
        default=(), description="stages that can be ended; all if left out"
    )
    decision_delay_s: Seconds = Field(default=3.0, description="from violation to decision; estimate")
    command_delay_s: Seconds = Field(default=0.5, description="from decision to action; estimate")
    failure_probability: Annotated[Real, Field(ge=0.0, le=1.0)] = Field(
        default=0.002, description="that it does not act, 14 CFR A417.25(b)(10)(ii)"
    )
    straight_up_s: Above | None = Field(default=None, description="pitch-over must be seen by then")
    first_data_s: Above | None = Field(default=None, description="tracking data must have come by then")
    data_loss_s: Above | None = Field(default=None, description="longest time without data")
    attitude_deg: Annotated[Real, Field(gt=0.0, lt=180.0)] | None = Field(
        default=None, description="greatest angle off the planned attitude"
    )
    corridor_km: Above | None = Field(default=None, description="greatest distance off the planned track")
    safe_from_s: Above | None = Field(default=None, description="no abort from this time on")
    limit_line: tuple[LimitLine, ...] = ()
    protect: tuple[ProtectedArea, ...] = Field(
        default=(), description="areas, each with a limit line round it at its margin"
    )
    source: Citation = None
    note: str | None = None

    @model_validator(mode="after")
    def _can_fire(self) -> AbortRules:
        if self.safe_from_s is not None:
            for name in ("straight_up_s", "first_data_s"):
                limit = getattr(self, name)
                if limit is not None and limit >= self.safe_from_s:
                    raise Refused(
                        key=name,
                        found=f"{limit:g}, when no abort is made from {self.safe_from_s:g} s on",
                        allowed="a time before safe_from_s: this rule could never fire",
                        remedy="Shorten it, or move safe_from_s.",
                    )
        keys = [line.key for line in (*self.limit_line, *self.protect)]
        double = next((key for key in keys if keys.count(key) > 1), None)
        if double is not None:
            raise Refused(
                key="limit_line",
                found=f'"{double}" twice',
                allowed="a key of its own for each line",
                remedy="Rename one.",
            )
        return self

    def lines(self) -> tuple[LimitLine, ...]:
        """Return the limit lines: those stated, and those round the protected areas."""
        return (
            *self.limit_line,
            *(
                LimitLine.model_construct(key=a.key, protects=a.label, latlon_deg=line_round(a), gate=())
                for a in self.protect
            ),
        )


def _crossing(points: tuple[LatLon, ...]) -> tuple[int, int] | None:
    """Return the first two sides, counted from 1, that cross; neighbours only touch."""
    sides = list(pairwise(points))
    closed = points[0] == points[-1]
    for (i, (a, b)), (j, (c, d)) in combinations(enumerate(sides, 1), 2):
        if j == i + 1 or (closed and i == 1 and j == len(sides)):
            continue
        if _side(a, b, c) * _side(a, b, d) <= 0.0 and _side(c, d, a) * _side(c, d, b) <= 0.0:
            return i, j
    return None


def _side(a: LatLon, b: LatLon, p: LatLon) -> float:
    """Return on which side of a line a point lies; longitudes the short way round."""

    def east(q: LatLon) -> float:
        return (q[1] - a[1] + 180.0) % 360.0 - 180.0

    return east(b) * (p[0] - a[0]) - (b[0] - a[0]) * east(p)
