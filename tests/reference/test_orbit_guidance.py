"""Guidance to orbit: a closed-form optimum on the Moon, stages of low thrust, and a published optimum.

Moon: constant acceleration of three lunar gravities from rest to 185.2 km and 1627 m/s, level; the linear tangent
optimum takes 481 s (J. M. Longuski, J. J. Guzman and J. E. Prussing, Optimal Control with Aerospace Applications,
2014, section 4.6; checked within 1 % by dymos, `ssto_moon_linear_tangent`). GELATO (commit ed4266f2294e, MIT
licence), `example/`: a launcher of 28 t from Taiki to 200 km with 471.5 kg, cut-off at 571.400 s.
"""

from __future__ import annotations

import numpy as np
import pytest

from overflight.earth.air import build_air
from overflight.earth.constants import WGS84, EarthModel
from overflight.flight import kernels_rhs as rhs
from overflight.flight.kernels_ascent import CUT_OFF, fly_many
from overflight.flight.kernels_fall import fall_rows
from overflight.flight.kernels_guidance import COS_INCLINATION, RADIUS, SPEED, TARGET_COLUMNS
from overflight.flight.margin import margin_of, to_orbit
from overflight.flight.orbit_reached import apsides
from overflight.flight.simulate import FALL_TOLERANCE_M, TUMBLING_DRAG, fly, scenario_air
from overflight.scenario.draws import nominal_draws
from overflight.scenario.flight_plan import TargetOrbit
from overflight.scenario.load import load_scenario
from overflight.scenario.vehicle_parts import Throttle
from support import ROOT

AIR = build_air().coefficients
G0 = 9.80665


def guided_burn(
    state: np.ndarray,
    mass_kg: float,
    thrust_n: float,
    exhaust_mps: float,
    target: np.ndarray,
    earth: EarthModel,
) -> np.ndarray:
    """Return code, time, state and mass at the end of a burn guided from a state in vacuum."""
    phases = np.zeros((1, 1, rhs.PHASE_COLUMNS))
    flow = thrust_n / exhaust_mps
    phases[0, 0, rhs.END_S] = 0.99 * mass_kg / flow
    phases[0, 0, rhs.THRUST_N] = thrust_n
    phases[0, 0, rhs.MASS_FLOW] = flow
    phases[0, 0, rhs.STEERING] = rhs.GUIDED
    phases[0, 0, rhs.EVENTS] = rhs.CUTOFF_ENERGY
    bodies = np.zeros((1, rhs.BODY_COLUMNS))
    bodies[0, rhs.STOP_S] = np.inf
    bodies[0, rhs.ENERGY_LIMIT] = target[SPEED] ** 2 / 2.0 - earth.mu_m3ps2 / target[RADIUS]
    start = np.concatenate([state, [mass_kg]])[None]
    return fly_many(
        start, phases, bodies, target[None].copy(), 1e-3, AIR, TUMBLING_DRAG, earth.as_array(), 2, 0, 1.0
    )[0][0]


def target_row(radius_m: float, speed_mps: float, cosine: float) -> np.ndarray:
    row = np.zeros(TARGET_COLUMNS)
    row[RADIUS], row[SPEED], row[COS_INCLINATION] = radius_m, speed_mps, cosine
    return row


def test_the_linear_tangent_optimum_on_the_moon(verified) -> None:
    gravity, radius = 1.61544, 1e10  # a sphere so large that it is flat over the flight
    flat = EarthModel(gravity * radius**2, radius, 0.0, 0.0, ())
    start = np.array([radius, 0.0, 0.0, 0.0, 0.0, 0.0])
    target = target_row(radius + 185_200.0, 1627.0, 1.0)
    end = guided_burn(start, 1.0, 3.0 * gravity, 1e8, target, flat)
    assert end[0] == CUT_OFF
    verified("Moon, linear tangent: time to 185 km and 1627 m/s", end[1] - 481.0, allowed=4.81, unit="s")
    verified("the same: height at cut-off", end[2] - target[RADIUS], allowed=10.0, unit="m")
    verified("the same: climb at cut-off", end[5], allowed=0.1, unit="m/s")


@pytest.mark.parametrize("ratio", [0.35, 0.3, 0.25, 0.2, 0.15])
def test_stages_of_low_thrust_converge(ratio, verified) -> None:
    """As third stages begin: 300 km up, 5.5 to 6.5 km/s, climbing; thrust a third to a seventh of the weight."""
    earth, mass, radius = WGS84, 3000.0, WGS84.equatorial_radius_m
    speed = 6500.0 if ratio < 0.3 else 5500.0
    climb = np.radians(8.0)
    latitude = np.radians(35.0)
    up = np.array([np.cos(latitude), 0.0, np.sin(latitude)])
    east = np.array([0.0, 1.0, 0.0])
    state = np.concatenate([(radius + 300e3) * up, speed * (np.cos(climb) * east + np.sin(climb) * up)])
    orbit = radius + 500e3
    target = target_row(orbit, np.sqrt(earth.mu_m3ps2 / orbit), np.cos(np.radians(36.0)))
    end = guided_burn(state, mass, ratio * mass * G0, 320.0 * G0, target, earth)
    reached = apsides(end[2:8], earth)
    assert end[0] == CUT_OFF
    off = max(abs(reached.perigee_m - 500e3), abs(reached.apogee_m - 500e3))
    verified(f"thrust to weight {ratio:g}: perigee and apogee of 500 km", off, allowed=500.0, unit="m")
    inclined = float(np.degrees(reached.inclination_rad)) - 36.0
    verified(f"thrust to weight {ratio:g}: inclination", inclined, allowed=0.01, unit="deg")


def taiki(payload_kg: float):
    """Return the launcher of the example with a payload, guided to its orbit."""
    scenario = load_scenario(ROOT / "examples" / "taiki-two-stage" / "launch.toml")
    payload = scenario.vehicle.payload_kg.model_copy(update={"value": payload_kg})
    scenario = scenario.model_copy(
        update={"vehicle": scenario.vehicle.model_copy(update={"payload_kg": payload})}
    )
    return to_orbit(scenario, TargetOrbit.model_validate({"perigee_km": 200.0, "inclination_deg": 42.33}))


def test_gelato_solved_again_with_our_guidance(verified) -> None:
    """Published propellant, 95 % of the optimal payload; what is left over says how much more it could be."""
    scenario = taiki(0.95 * 471.5)
    air = scenario_air(scenario)
    end = fly(scenario, nominal_draws(scenario), air).ends[0]
    assert end[0] == CUT_OFF
    reached, margin = apsides(end[2:8]), margin_of(scenario, air)
    height = max(abs(reached.perigee_m - 200e3), abs(reached.apogee_m - 200e3))
    verified("GELATO solved again, 447.9 kg: perigee and apogee", height, allowed=2e3, unit="m")
    inclined = float(np.degrees(reached.inclination_rad)) - 42.33
    verified("the same: inclination", inclined, allowed=0.05, unit="deg")
    assert margin.propellant_kg > 0.0
    payload = 0.95 * 471.5 + margin.propellant_kg
    verified(
        "the same: optimal payload not used, at most", 1.0 - payload / 471.5, allowed=0.05, unit="of 471.5 kg"
    )


@pytest.mark.parametrize("last_s", [300.0, 380.0, 410.0, 470.0, 700.0])
def test_an_engine_throttled_up_to_its_cut_off_and_beyond(last_s, verified) -> None:
    """Steps of thrust to hold an acceleration, the last of them long before cut-off, just before it, or never met."""
    scenario = taiki(380.0)
    steps = np.linspace(250.0, last_s, 12)
    rows = [
        Throttle.model_validate({"start_s": float(t), "level": float(0.97**i)}) for i, t in enumerate(steps)
    ]
    first, second = scenario.vehicle.stage
    vehicle = scenario.vehicle.model_copy(
        update={"stage": (first, second.model_copy(update={"throttle": tuple(rows)}))}
    )
    scenario = scenario.model_copy(update={"vehicle": vehicle})
    end = fly(scenario, nominal_draws(scenario), scenario_air(scenario)).ends[0]
    reached = apsides(end[2:8])
    assert end[0] == CUT_OFF
    off = max(abs(reached.perigee_m - 200e3), abs(reached.apogee_m - 200e3))
    verified(f"twelve steps of thrust, the last {last_s:.0f} s into the burn: perigee and apogee", off,
             allowed=500.0, unit="m")  # fmt: skip


def test_more_than_the_vehicle_can_carry_is_a_shortfall() -> None:
    margin = margin_of(taiki(520.0), scenario_air(taiki(520.0)))
    assert margin.propellant_kg == 0.0
    assert -300.0 < margin.speed_mps < -50.0
    assert margin_of(taiki(2500.0), scenario_air(taiki(2500.0))).speed_mps is None


def test_a_coast_of_one_revolution_comes_back(verified) -> None:
    earth = EarthModel(zonals=())
    radius = earth.equatorial_radius_m + 500e3
    speed = np.sqrt(earth.mu_m3ps2 / radius) * 1.02
    axis = 1.0 / (2.0 / radius - speed**2 / earth.mu_m3ps2)
    period = 2.0 * np.pi * np.sqrt(axis**3 / earth.mu_m3ps2)
    state = np.array([[radius, 0.0, 0.0, 0.0, speed * np.cos(0.7), speed * np.sin(0.7)]])
    bodies = np.ones((1, rhs.BODY_COLUMNS))
    bodies[0, rhs.GROUND_M] = 0.0
    _, _, ends = fall_rows(
        np.zeros(1), state, np.array([1e30]), bodies, period, 1e-6 * FALL_TOLERANCE_M, AIR, TUMBLING_DRAG,
        earth.as_array(), 1, 1e9,
    )  # fmt: skip
    off = np.linalg.norm(ends[0, 2:5] - state[0, :3])
    verified("coast of one revolution, 500 x 1040 km: back at its start", off, allowed=1.0, unit="m")


def test_the_node_turns_as_the_closed_form_says(verified) -> None:
    """First-order secular rate of the node under J2 (Vallado, 4th ed., eq. 9-38), circular orbit of 700 km."""
    radius, inclination = WGS84.equatorial_radius_m + 700e3, np.radians(60.0)
    motion = np.sqrt(WGS84.mu_m3ps2 / radius**3)
    rate = -1.5 * motion * WGS84.j2 * (WGS84.equatorial_radius_m / radius) ** 2 * np.cos(inclination)
    speed = np.sqrt(WGS84.mu_m3ps2 / radius)
    state = np.array([[radius, 0.0, 0.0, 0.0, speed * np.cos(inclination), speed * np.sin(inclination)]])
    bodies = np.ones((1, rhs.BODY_COLUMNS))
    bodies[0, rhs.GROUND_M] = 0.0
    revolutions = 5
    nodes = []
    period = 2.0 * np.pi / motion
    rows, filled, _ = fall_rows(
        np.zeros(1), state, np.array([1e30]), bodies, (revolutions + 0.1) * period, 1e-4, AIR, TUMBLING_DRAG,
        WGS84.as_array(), 6000, 10.0,
    )  # fmt: skip
    path = rows[0, : filled[0]]
    normal = np.cross(path[:, 1:4], path[:, 4:7])
    node = np.unwrap(np.arctan2(normal[:, 0], -normal[:, 1]))
    up = np.flatnonzero((path[:-1, 3] < 0.0) & (path[1:, 3] >= 0.0))
    for i in up:
        part = -path[i, 3] / (path[i + 1, 3] - path[i, 3])
        when, here = path[i, 0] + part * 10.0, node[i] + part * (node[i + 1] - node[i])
        nodes.append((when, here))
    measured = (nodes[-1][1] - nodes[0][1]) / (nodes[-1][0] - nodes[0][0])
    verified(
        "rate of the node under J2, 700 km at 60 deg", measured / rate - 1.0, allowed=5e-3, unit="relative"
    )
