"""NASA NESC check case 17: a two-stage rocket from the equator, flown with the attitude sim 06 published.

NASA/TM-2015-218675, Vol. I and II; sim 06 and the DAVE-ML models as published with simupy-flight (commit
70754e6916af, `NESC_data`). Aerodynamics are our own: lift and drag of `twostage_aero.dml` over the angle of
attack, taken leg by leg from the flight before until it no longer changes. Two facts stand in sim 06's rows
and not in the models: the forces are those of the circle of 3 m rather than of 7 m2, and the spent stage stays
on to the ignition of the second.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest

from overflight.earth.air import build_air
from overflight.earth.constants import FOOT_M, EarthModel
from overflight.earth.kernels import gravity
from overflight.flight import kernels_rhs as rhs
from overflight.flight.kernels_ascent import fly_many
from overflight.flight.kernels_guidance import TARGET_COLUMNS
from overflight.flight.sequence import drag_table
from support import shared_path

EARTH = EarthModel(rotation_radps=7.292115e-5, zonals=(0.00108262982,))  # Vol. II, table 73
# twostage_prop.dml and twostage_inertia.dml
G0 = 9.8066
LIFT_OFF_KG, SPENT_STAGE_KG, SECOND_KG = 314e3, 35e3, 99e3
FIRST_N, SECOND_N = 17e6, 5e6
FIRST_KGPS, SECOND_KGPS = FIRST_N / (360.0 * G0), SECOND_N / (390.0 * G0)
BURN_OUT_S = 180e3 / FIRST_KGPS
IGNITION_S = BURN_OUT_S + 96.79
SECOND_BURN_OUT_S = IGNITION_S + 80e3 / SECOND_KGPS
# twostage_aero.dml
ALPHA_DEG = (0.0, 2.0, 4.0, 6.0, 8.0, 10.0)
LIFT = (0.0, 0.24, 0.49, 0.73, 1.0, 1.6)
DRAG = (0.21, 0.23, 0.25, 0.31, 0.38, 0.48)
MODEL_M2, CIRCLE_M2 = 7.0, np.pi * 1.5**2

NO_FORCE_N = 1e-3  # so little, that an engine which does not burn still says where the nose points

# time s, ECI position ft and velocity ft/s (x, y; z is nought), pitch deg above the horizon, to the east
SLICE = (
    (90.0, 21238606.47, 624932.51528, 3466.5361393, 8697.5302896, 30.563234167),
    (100.0, 21271712.946, 711859.84452, 3154.9408212, 8687.7316278, 29.170210167),
    (110.0, 21301708.786, 798683.08316, 2844.3954407, 8676.7135809, 27.771153466),
    (120.0, 21328604.087, 885390.07942, 2534.819667, 8664.4844837, 26.370454044),
    (130.0, 21352408.147, 971968.76085, 2226.1342527, 8651.0517489, 24.968928842),
    (134.1, 21361276.292, 1007426.1413, 2099.8124165, 8645.1978934, 24.394120281),
    (138.0, 21369688.586, 1042293.3383, 2216.7417451, 9245.2045325, 23.842771018),
    (142.0, 21378815.404, 1080592.0235, 2347.757527, 9910.9269406, 23.266776017),
    (146.0, 21388480.114, 1121639.4056, 2485.7809465, 10620.41221, 22.679119842),
    (150.0, 21398711.908, 1165621.5067, 2631.4072698, 11379.317865, 22.078565543),
    (155.0, 21412347.766, 1225050.166, 2825.191952, 12407.994123, 21.30750176),
    (160.0, 21426988.237, 1289876.3003, 3033.5502557, 13541.496179, 20.510566435),
    (165.0, 21442710.984, 1360676.78, 3258.4747186, 14801.984052, 19.683446941),
    (170.0, 21459604.883, 1438157.6168, 3502.4875885, 16219.485916, 18.820614061),
    (175.0, 21477773.198, 1523202.9318, 3768.8699387, 17836.128442, 17.914799321),
    (180.0, 21497338.241, 1616952.3575, 4062.0404402, 19713.658935, 16.956147331),
    (185.0, 21518448.565, 1720931.1372, 4388.2272387, 21947.910413, 15.930758432),
    (190.0, 21541290.901, 1837287.3644, 4756.778429, 24699.681547, 14.81798758),
    (195.3, 21567671.122, 1977795.814, 5211.0278225, 28522.866913, 13.506026629),
    (200.0, 21591872.357, 2112094.8193, 5079.1136502, 28567.963034, 12.157500323),
)  # fmt: skip


def legs(time_s: np.ndarray, pitch_rad: np.ndarray, yaw_rad: np.ndarray) -> np.ndarray:
    """Return the phases between the rows of an attitude and the events, times from its first row."""
    events = [t for t in (BURN_OUT_S, IGNITION_S, SECOND_BURN_OUT_S) if t > time_s[0]]
    edges = np.union1d(time_s, events)
    begin, end = edges[:-1], edges[1:]
    middle = 0.5 * (begin + end)
    first, second = middle < BURN_OUT_S, (middle > IGNITION_S) & (middle < SECOND_BURN_OUT_S)
    phases = np.zeros((len(begin), rhs.PHASE_COLUMNS))
    phases[:, rhs.START_S], phases[:, rhs.END_S] = begin - time_s[0], end - time_s[0]
    phases[:, rhs.THRUST_N] = np.select([first, second], [FIRST_N, SECOND_N], NO_FORCE_N)
    phases[:, rhs.MASS_FLOW] = np.select([first, second], [FIRST_KGPS, SECOND_KGPS], 0.0)
    phases[:, rhs.STEERING] = rhs.PITCH_LINEAR
    for angle, value, rate in (
        (pitch_rad, rhs.PITCH, rhs.PITCH_RATE),
        (yaw_rad, rhs.HEADING, rhs.HEADING_RATE),
    ):
        at = np.interp(edges, time_s, angle)
        phases[:, value], phases[:, rate] = at[:-1], np.diff(at) / (end - begin)
    phases[end == IGNITION_S, rhs.DROP_KG] = SPENT_STAGE_KG
    return phases


def aerodynamics(phases: np.ndarray, alpha_rad: np.ndarray, area_m2: float) -> None:
    """Write lift and drag of the model at an angle of attack for each leg as drag area and normal force."""
    alpha = np.maximum(alpha_rad, 1e-9)
    lift, drag = (np.interp(np.degrees(alpha), ALPHA_DEG, table) for table in (LIFT, DRAG))
    phases[:, rhs.NORMAL_M2] = area_m2 * lift / (np.cos(alpha) * np.sin(alpha))
    phases[:, rhs.AREA_M2] = area_m2 * (drag - lift * np.tan(alpha))


def replay(phases: np.ndarray, start: np.ndarray, area_m2: float, row_s: float, last_s: float) -> np.ndarray:
    """Return rows of time, state, mass and loads, flown until the angle of attack repeats itself."""
    bodies = np.zeros((1, rhs.BODY_COLUMNS))
    bodies[0, [rhs.WIND_FACTOR, rhs.DENSITY_FACTOR]] = 1.0
    bodies[0, [rhs.STOP_S, rhs.ENERGY_LIMIT, rhs.LOAD_LIMIT]] = np.inf
    middle = 0.5 * (phases[:, rhs.START_S] + phases[:, rhs.END_S])
    alpha = np.zeros(len(phases))
    for _ in range(8):
        aerodynamics(phases, alpha, area_m2)
        _, _, rows, filled, _ = fly_many(
            start[None], phases[None], bodies, np.zeros((1, TARGET_COLUMNS)), 1e-4, build_air().coefficients,
            drag_table((0.0,), (1.0,)), EARTH.as_array(), 2, round(last_s / row_s) + 1, row_s,
        )  # fmt: skip
        flown = rows[0, : filled[0]]
        before, alpha = alpha, np.interp(middle, flown[:, 0], flown[:, 8])
        if np.abs(alpha - before).max() < 1e-6:
            return flown
    raise AssertionError("the angle of attack does not settle")


def differences(ours: np.ndarray, position_m: np.ndarray, velocity_mps: np.ndarray) -> tuple[float, float]:
    """Return the largest differences of position and velocity."""
    assert len(ours) == len(position_m)
    return (
        np.linalg.norm(ours[:, 1:4] - position_m, axis=1).max(),
        np.linalg.norm(ours[:, 4:7] - velocity_mps, axis=1).max(),
    )


def test_typed_rows_from_the_coast_on(verified) -> None:
    table = np.array(SLICE)
    time_s, pitch = table[:, 0], np.radians(table[:, 5])
    state = np.zeros((len(table), 6))
    state[:, [0, 1, 3, 4]] = table[:, 1:5] * FOOT_M
    start = np.append(state[0], SECOND_KG + SPENT_STAGE_KG)
    ours = replay(legs(time_s, pitch, np.full(len(table), np.pi / 2)), start, CIRCLE_M2, 0.1, 110.0)
    position_m, velocity_mps = differences(
        ours[np.rint((time_s - time_s[0]) * 10.0).astype(int)], state[:, :3], state[:, 3:]
    )
    verified("case 17 from 90 s to 200 s, 20 rows: position", position_m, allowed=30.0, unit="m")
    verified("the same: velocity", velocity_mps, allowed=1.2, unit="m/s")


@pytest.fixture(scope="module")
def rows() -> dict[str, np.ndarray]:
    """Return the columns of sim 06."""
    path = shared_path("validation", "nesc", "Atmos_17_TwoStageRocketToOrbit", "Atmos_17_sim_06.csv")
    with path.open() as file:
        table = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in table]) for name in table[0]}


def vectors(rows: dict[str, np.ndarray], name: str) -> np.ndarray:
    return np.stack([rows[f"{name}_{axis}"] for axis in "XYZ"], axis=1)


def whole_flight(rows: dict[str, np.ndarray], area_m2: float) -> tuple[float, float]:
    """Return the largest differences of position and velocity at all rows from lift-off to 200 s."""
    pitch, yaw = (np.radians(rows[f"eulerAngle_deg_{axis}"]) for axis in ("Pitch", "Yaw"))
    position = vectors(rows, "eiPosition_ft") * FOOT_M
    velocity = vectors(rows, "eiVelocity_ft_s") * FOOT_M
    start = np.concatenate([position[0], velocity[0], [LIFT_OFF_KG]])
    ours = replay(legs(rows["time"], pitch, yaw), start, area_m2, 0.1, 200.0)
    return differences(ours, position, velocity)


def test_the_whole_flight(rows, verified) -> None:
    position_m, velocity_mps = whole_flight(rows, CIRCLE_M2)
    verified("case 17, all rows to 200 s: position", position_m, allowed=120.0, unit="m")
    verified("the same: velocity", velocity_mps, allowed=1.2, unit="m/s")


def test_the_whole_flight_with_the_area_of_the_model(rows, verified) -> None:
    position_m, velocity_mps = whole_flight(rows, MODEL_M2)
    verified("case 17 with 7 m2 (sim 06 has 7.07): position", position_m, allowed=120.0, unit="m")
    verified("the same: velocity", velocity_mps, allowed=1.25, unit="m/s")


def test_the_area_that_its_forces_show(rows, verified) -> None:
    pitch, yaw = (np.radians(rows[f"eulerAngle_deg_{axis}"]) for axis in ("Pitch", "Yaw"))
    nose = np.stack([np.cos(pitch) * np.cos(yaw), np.cos(pitch) * np.sin(yaw), -np.sin(pitch)], axis=1)
    velocity = vectors(rows, "feVelocity_ft_s")
    cosine = (velocity * nose).sum(axis=1) / np.linalg.norm(velocity, axis=1)
    early = (rows["time"] >= 1.0) & (rows["time"] < 50.0)
    alpha = np.arccos(np.clip(cosine[early], -1.0, 1.0))
    lift, drag = (np.interp(np.degrees(alpha), ALPHA_DEG, table) for table in (LIFT, DRAG))
    axial = drag * np.cos(alpha) - lift * np.sin(alpha)
    area = -rows["aero_bodyForce_lbf_X"][early] / (axial * rows["dynamicPressure_lbf_ft2"][early]) * FOOT_M**2
    worst = np.abs(area / CIRCLE_M2 - 1.0).max()
    verified("case 17: area of sim 06's forces, pi 1.5 m^2", worst, allowed=1e-6, unit="relative")


def event_in(t: np.ndarray, pull: np.ndarray, event_s: float, *, starts: bool) -> float:
    """Return when an engine stopped or started from the acceleration of the row in which it did."""
    at = int(np.searchsorted(t, event_s) - 1)
    before, after = 2.0 * pull[at - 1] - pull[at - 2], pull[at + 1]  # carried on to the row
    share = (pull[at] - after) / (before - after)
    step = t[at + 1] - t[at]
    assert starts == (after > before)
    return t[at] + share * step


def test_events(rows, verified) -> None:
    """When sim 06's engines stop and start, from its change of velocity, less gravitation."""
    t, velocity = rows["time"], vectors(rows, "eiVelocity_ft_s") * FOOT_M
    position = vectors(rows, "eiPosition_ft") * FOOT_M
    earth = tuple(EARTH.as_array())
    pulled = np.array([gravity(*place, earth) for place in 0.5 * (position[1:] + position[:-1])])
    pull = np.linalg.norm(np.diff(velocity, axis=0) / np.diff(t)[:, None] - pulled, axis=1)
    for name, ours_s, starts in (
        ("burn-out of stage 1", BURN_OUT_S, False),
        ("ignition of stage 2", IGNITION_S, True),
        ("burn-out of stage 2", SECOND_BURN_OUT_S, False),
    ):
        theirs_s = event_in(t, pull, ours_s, starts=starts)
        verified(f"case 17, {name}", ours_s - theirs_s, allowed=0.02, unit="s")
