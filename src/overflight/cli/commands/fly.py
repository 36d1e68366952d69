"""`overflight fly`: one flight as stated, to its orbit or short of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from overflight.cli.options import Force, ScenarioFile
from overflight.cli.problems import handled, say

if TYPE_CHECKING:
    from overflight.jobs.fly import FlightResult

__all__ = ["fly"]


def fly(
    scenario: ScenarioFile,
    orbit: Annotated[
        str | None,
        typer.Option(
            metavar="ALT,INC",
            help="Guide the last stage to this orbit: height in km (or PERIGEExAPOGEE), inclination in "
            "degrees, then optionally the longitude of the node.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", readable=False, help="CSV of powered flight, second by second."
        ),
    ] = None,
    flights: Annotated[
        int,
        typer.Option(
            min=0, max=100_000, help="Flights drawn from the spreads, for the loads they bear; 0 for none."
        ),
    ] = 400,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws.")] = 1,
    force: Force = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the table.")] = False,
) -> None:
    """Fly a scenario once, with every value as stated, and say what drawn flights bear."""
    with handled():
        from overflight.cli.inputs import read_document, shown
        from overflight.cli.output import STANDARD_OUTPUT, refuse_file, write_file
        from overflight.jobs.fly import fly_once, parse_orbit
        from overflight.scenario.load import parse_scenario

        target = None if orbit is None else parse_orbit(orbit)
        if output is not None:
            refuse_file(output, force=force)
        launch = parse_scenario(read_document(scenario), shown(scenario))
        result = fly_once(launch, target, flights=flights, seed=seed)
        is_piped = str(output) == STANDARD_OUTPUT  # then stdout is for the table alone
        typer.echo(result.to_json() if as_json else "\n".join(_lines(result)), err=is_piped)
        if output is not None:
            write_file(output, result.to_csv().encode(), force=force)
            say(f"Wrote {output}: {len(result.flight.loads.time_s)} rows.")


def _lines(result: FlightResult) -> list[str]:
    """Return what the terminal shows."""
    import numpy as np

    flight, loads = result.flight, result.flight.loads
    names = [stage.name for stage in result.scenario.vehicle.stage]
    rows = [
        f"  {event.time_s:9.2f} s  {event.kind}{f', {names[event.stage - 1]}' if event.stage else ''}"
        for event in flight.events
    ]
    if flight.vehicle.ends_on_ground:
        rows.append(f"  {flight.vehicle.time_s[-1]:9.2f} s  on the ground")
    most = int(np.argmax(loads.pressure_pa))
    q_alpha = np.degrees(loads.q_alpha_pa_rad) / 1e3
    return [
        f"{result.scenario.title}: {result.scenario.vehicle.name} from {result.scenario.site.name}",
        *rows,
        *_orbit_lines(result),
        f"Loads: {loads.pressure_pa[most] / 1e3:.1f} kPa at most, at {loads.time_s[most]:.0f} s; "
        f"q-alpha {q_alpha.max():.0f} kPa deg at {loads.time_s[int(np.argmax(q_alpha))]:.0f} s; "
        f"axial {loads.axial_mps2.max() / 9.80665:.2f} g0.",
        *_drawn_lines(result),
        f"Values as stated{', without spread' if result.drawn is None else ', but for the drawn flights'}; "
        "`overflight plan` flies the spreads and the failures.",
    ]


def _drawn_lines(result: FlightResult) -> list[str]:
    import math

    drawn = result.drawn
    if drawn is None:
        return []

    def told(values, scale: float, places: int) -> str:  # noqa: ANN001
        return " / ".join(f"{value * scale:.{places}f}" for value in drawn.percentiles(values))

    return [
        f"Loads of {len(drawn)} drawn flights, 5 / 50 / 95 % of their peaks: "
        f"{told(drawn.pressure_pa, 1e-3, 1)} kPa; "
        f"q-alpha {told(drawn.q_alpha_pa_rad, 1e-3 * math.degrees(1.0), 0)} kPa deg; "
        f"axial {told(drawn.axial_mps2, 1.0 / 9.80665, 2)} g0."
    ]


def _orbit_lines(result: FlightResult) -> list[str]:
    import math

    flight, target, margin = result.flight, result.target, result.margin
    lines = []
    if target is not None:
        apogee = target.apogee_km or target.perigee_km
        node = "" if target.node_deg is None else f", node {target.node_deg.value:g} deg"
        lines.append(
            f"Target: {target.perigee_km.value:g} x {apogee.value:g} km, "
            f"inclination {target.inclination_deg.value:g} deg{node}"
        )
    if flight.orbit:
        lines.append(
            f"Orbit: {flight.perigee_m / 1e3:.2f} x {flight.apogee_m / 1e3:.2f} km above the equatorial "
            f"radius, inclination {math.degrees(flight.inclination_rad):.3f} deg"
        )
    else:
        lines.append("No orbit: the perigee stays below 120 km.")
    if result.misses:
        lines.append(f"Not the orbit asked for: {'; '.join(result.misses)}.")
    if margin is None:
        return lines
    if margin.speed_mps is None:
        lines.append("Shortfall: more than this vehicle could make up; the orbit is out of its reach.")
    elif margin.speed_mps < 0.0:
        lines.append(f"Shortfall: {-margin.speed_mps:.1f} m/s; no propellant is left.")
    else:
        lines.append(
            f"Margin: {margin.speed_mps:.1f} m/s; {margin.propellant_kg:.1f} kg of propellant are left."
        )
    return lines
