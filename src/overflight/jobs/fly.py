"""Job ``fly``: one flight as stated, to its orbit or short of it, and the loads of drawn ones."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import numpy as np

from overflight.errors import InputError
from overflight.flight.drawn_loads import PERCENTILES, DrawnLoads, drawn_loads
from overflight.flight.margin import OrbitMargin, margin_of, to_orbit
from overflight.flight.simulate import scenario_air
from overflight.flight.trajectory import PlannedFlight, fly_planned
from overflight.formats.csv_tables import Column, csv_table
from overflight.scenario.flight_plan import TargetOrbit
from overflight.scenario.model import Scenario

__all__ = ["FlightResult", "fly_once", "parse_orbit"]

_ALLOWED = "ALT,INC or PERIGEExAPOGEE,INC or either with ,NODE: kilometres (120 to 36000) and degrees"
_REMEDY = "For example --orbit 500,97.4 or --orbit 250x700,51.6."


_NEAR_KM, _NEAR_DEG = 5.0, 0.1
"""An orbit this near to the one asked for is that one; guidance itself is a thousand times closer."""


@dataclass(frozen=True, slots=True)
class FlightResult:
    """A flight as planned, with the orbit it was meant for, if any, and what it had left."""

    scenario: Scenario
    flight: PlannedFlight = field(repr=False)
    margin: OrbitMargin | None
    drawn: DrawnLoads | None = None

    @property
    def target(self) -> TargetOrbit | None:
        """The orbit guidance steers to."""
        return self.scenario.flight_plan.target_orbit

    @property
    def reached(self) -> bool:
        """Whether the flight is in the orbit it was meant for, or in one at all if nothing says in which."""
        if self.target is None:
            return self.flight.orbit
        has_margin = self.margin is not None and (self.margin.speed_mps or -1.0) >= 0.0
        return self.flight.orbit and has_margin and not self.misses

    @property
    def misses(self) -> tuple[str, ...]:
        """In what the orbit differs from the one it was meant for; nothing if there is none of either."""
        target, flight = self.target, self.flight
        if target is None or not flight.orbit:
            return ()
        apogee_km = (target.apogee_km or target.perigee_km).value
        off = {
            f"perigee {flight.perigee_m / 1e3:.1f} km": flight.perigee_m / 1e3 - target.perigee_km.value,
            f"apogee {flight.apogee_m / 1e3:.1f} km": flight.apogee_m / 1e3 - apogee_km,
        }
        found = [words for words, km in off.items() if abs(km) > _NEAR_KM]
        inclination_deg = float(np.degrees(flight.inclination_rad))
        if abs(inclination_deg - target.inclination_deg.value) > _NEAR_DEG:
            found.append(f"inclination {inclination_deg:.2f} deg{self._out_of_reach()}")
        return tuple(found)

    def _out_of_reach(self) -> str:
        """Return why no flight from here has the inclination at once, if none has."""
        latitude_deg, wanted = abs(self.scenario.site.latitude_deg), self.scenario.flight_plan.target_orbit
        if (
            wanted is None
            or min(wanted.inclination_deg.value, 180.0 - wanted.inclination_deg.value) >= latitude_deg
        ):
            return ""
        return f" (nearer the equator than the pad, {latitude_deg:.1f} deg, only a turn of the plane leads)"

    def to_csv(self) -> str:
        """Return powered flight second by second."""
        path, loads = self.flight.vehicle, self.flight.loads
        n = len(loads.time_s)
        return csv_table(
            [
                Column("time", "s", loads.time_s),
                Column("latitude", "deg", np.degrees(path.latitude_rad[:n]), 6),
                Column("longitude", "deg", np.degrees(path.longitude_rad[:n]), 6),
                Column("height", "m", path.height_m[:n], 1),
                Column("earth_relative_speed", "mps", path.speed_mps[:n], 2),
                Column("inertial_speed", "mps", path.inertial_speed_mps[:n], 2),
                Column("mass", "kg", path.mass_kg[:n], 2),
                Column("dynamic_pressure", "pa", loads.pressure_pa, 1),
                Column("angle_of_attack", "deg", np.degrees(loads.angle_rad), 3),
                Column("axial_load_g0", None, loads.axial_mps2 / 9.80665, 4),
            ]
        )

    def _drawn(self) -> dict[str, object] | None:
        """Return what drawn flights bear at most: 5th, 50th and 95th percentile over them."""
        if self.drawn is None:
            return None
        return {
            "count": len(self.drawn),
            "percentiles": PERCENTILES,
            "max_dynamic_pressure_pa": self.drawn.percentiles(self.drawn.pressure_pa),
            "max_q_alpha_pa_deg": self.drawn.percentiles(np.degrees(self.drawn.q_alpha_pa_rad)),
            "max_axial_load_mps2": self.drawn.percentiles(self.drawn.axial_mps2),
        }

    def to_json(self) -> str:
        """Return what was reached, with units in the names."""
        flight, margin = self.flight, self.margin
        return json.dumps(
            {
                "title": self.scenario.title,
                "reached": self.reached,
                "misses": self.misses,
                "orbit": flight.orbit,
                "perigee_km": flight.perigee_m / 1e3 if flight.orbit else None,
                "apogee_km": flight.apogee_m / 1e3 if flight.orbit else None,
                "inclination_deg": float(np.degrees(flight.inclination_rad)) if flight.orbit else None,
                "margin_mps": None if margin is None else margin.speed_mps,
                "propellant_left_kg": None if margin is None else margin.propellant_kg,
                "events": [
                    {"event": e.kind, "stage": e.stage, "time_s": e.time_s} for e in flight.events
                ],
                "max_dynamic_pressure_pa": float(flight.loads.pressure_pa.max()),
                "max_q_alpha_pa_deg": float(np.degrees(flight.loads.q_alpha_pa_rad.max())),
                "max_axial_load_mps2": float(flight.loads.axial_mps2.max()),
                "drawn_flights": self._drawn(),
            },
            indent=2,
            ensure_ascii=False,
        )  # fmt: skip


def fly_once(
    scenario: Scenario, orbit: TargetOrbit | None = None, *, flights: int = 0, seed: int = 1
) -> FlightResult:
    """Fly a scenario with every value as stated; its last stage guided to ``orbit``, if one is given.

    ``flights`` more are drawn from the spreads, for what they bear.
    """
    if orbit is not None:
        if len(scenario.vehicle.stage) < 2:
            raise InputError(
                "--orbit",
                found="a vehicle of one stage",
                allowed="two stages or more: guidance takes over above the air",
                remedy="Leave --orbit out.",
            )
        scenario = to_orbit(scenario, orbit)
    air, plan = scenario_air(scenario), scenario.flight_plan
    flight = fly_planned(scenario, air, coast_until_s=0.0)
    shut_down = plan.target_orbit is not None or plan.cut_off is not None
    drawn = drawn_loads(scenario, air, flights=flights, seed=seed) if flights > 0 else None
    return FlightResult(scenario, flight, margin_of(scenario, air) if shut_down else None, drawn)


def parse_orbit(text: str) -> TargetOrbit:
    """Return the orbit that ``ALT,INC``, ``PERIGEExAPOGEE,INC`` or either with ``,NODE`` stands for.

    Raises
    ------
    InputError : anything else; a perigee below 120 km
    """
    heights, *angles = text.split(",")
    try:
        values = [float(part) for part in heights.lower().split("x")]
        degrees = [float(part) for part in angles]
    except ValueError:
        raise _refused(text) from None
    if not 1 <= len(values) <= 2 or not 1 <= len(degrees) <= 2:
        raise _refused(text)
    if not all(120.0 <= value <= 36000.0 for value in values) or values[-1] < values[0]:
        raise _refused(text)
    if not 0.0 <= degrees[0] <= 180.0 or (len(degrees) > 1 and not -180.0 <= degrees[1] <= 360.0):
        raise _refused(text)
    given = {"perigee_km": values[0], "inclination_deg": degrees[0]}
    if len(values) > 1:
        given["apogee_km"] = values[1]
    if len(degrees) > 1:
        given["node_deg"] = degrees[1]
    return TargetOrbit.model_validate(given)


def _refused(text: str) -> InputError:
    return InputError("--orbit", found=repr(text), allowed=_ALLOWED, remedy=_REMEDY)
