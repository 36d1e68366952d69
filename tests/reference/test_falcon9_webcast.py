"""Three Falcon 9 ascents as their webcasts showed them: fitted to one, the other two predicted.

Speed (relative to the Earth) and height were read off the overlay each second (github shahar603/Telemetry-Data,
commit b245d3b81aa3, Unlicense). Public: thrust of 8227 and 934 kN and specific impulse of 311 and 348 s in vacuum
(SpaceX, Falcon 9, 2016); propellant of 411.1 and 107.5 t, 22.2 and 4 t dry, a fairing of 1.7 t (figures in public
use for the Full Thrust version, not SpaceX's own); 6460, 2150 and 475 kg on board (Wikipedia, list of Falcon 9
launches); orbits of 514 km at 97.44 deg (Paz), 720 km at 98.28 deg (FormoSat-5) and 89 deg (GRACE-FO, press kit). The
plan of a flight is its recorded first-engine cut-off and second-engine start, when it throttled for the air, and the
acceleration that its second engine kept to at the end, which nobody announces and which is read off the record.

Eight numbers are fitted, to Iridium NEXT 6 alone: both thrusts (0.957 and 1.006 of the public ones), how far each
stage was throttled and when, the height of the parking orbit, and the loft. The loft that fits is the one that leaves
most propellant, to 0.1 deg; the other two flights are lofted by that rule, and no number is fitted to them. Asked for
them: heights within 5 km throughout, cut-off within 10 s. How firm that is: 300 kg more or less on board moves heights
by up to 1 km and cut-off by 1 s; with drag and the lag of lift-off fitted too, which the record cannot tell apart, Paz
is 5.5 km off. Without the throttling of the second stage both flights are predicted 19 and 21 s too short: what a
plan leaves out is not found by flying it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from scipy.optimize import least_squares

from overflight.earth.constants import WGS84
from overflight.flight.orbit_reached import apsides
from overflight.flight.simulate import fly, geodetic_rows, scenario_air
from overflight.scenario.draws import nominal_draws
from overflight.scenario.model import Scenario
from support import shared_path

G0 = 9.80665
EXHAUST_MPS = 311.0 * G0, 348.0 * G0
PROPELLANT_KG, DRY_KG, FAIRING_KG = (411_100.0, 107_500.0), (22_200.0, 4_000.0), 1_700.0
SITE_DEG = 34.632, -120.611  # SLC-4E, Vandenberg
KICK_S, KICK_LENGTH_S = 20.0, 20.0  # when the vehicle leans over, and how long it takes to; estimate
LAG_S = (
    1.5  # of lift-off behind the clock shown; from 0.5 to 3 s nothing below moves by more than 0.5 km, 0.4 s
)
AREA_M2 = np.pi / 4.0 * 5.2**2  # of the fairing
SEPARATION_S = 4.0
STEPS, STEP_S = 3, 12.0  # how finely the throttling at the end of the second burn is flown


@dataclass(frozen=True, slots=True)
class Plan:
    """A flight as planned, and when its second engine was cut off; times from lift-off by the clock shown.

    ``limit_mps2`` is what the second engine is throttled to keep to, read off the end of the record.
    """

    name: str
    payload_kg: float
    perigee_km: float
    inclination_deg: float
    first_cut_off_s: float
    second_start_s: float
    cut_off_s: float
    bucket_s: tuple[float, float]
    limit_mps2: float = np.inf


# orbit of Iridium NEXT 6: the parking orbit of its first cut-off, height fitted
IRIDIUM = Plan("Iridium_NEXT_6", 6460.0, 500.65, 89.0, 168.0, 176.0, 616.0, (49.0, 67.0))
PAZ = Plan("Paz", 2150.0, 514.0, 97.44, 152.0, 163.0, 550.0, (46.0, 65.0), 42.0)
FORMOSAT = Plan("FormoSat-5", 475.0, 720.0, 98.28, 150.0, 161.0, 558.0, (48.0, 62.0), 46.0)

# what is fitted, and where the fit begins: thrust of stage 1 (N), its level in the thick of the air, loft (deg off
# the vertical), the acceleration stage 1 is throttled to keep to (m/s2); thrust of stage 2 (N), when it is throttled
# (s) and how far; height of the orbit (km)
THRUST_1, BUCKET, KICK, LIMIT_1, THRUST_2, THROTTLE_S, THROTTLE, HEIGHT = range(8)
STAGE_1, STAGE_2 = [THRUST_1, BUCKET, KICK, LIMIT_1], [THRUST_2, THROTTLE_S, THROTTLE]
BEGIN = np.array([8.227e6, 0.75, 6.0, 37.0, 934e3, 405.0, 0.7, 490.0])
FITTED = np.array([7.874e6, 0.649, 7.108, 35.618, 939.96e3, 403.38, 0.640, 500.66])

# time s, speed m/s, height km; every 30 s, and the second before the first cut-off
IRIDIUM_ROWS = (
    (20, 72.9, 0.81), (50, 239.0, 5.40), (80, 423.6, 13.98), (110, 872.2, 30.02), (140, 1604.2, 56.52),
    (166, 2405.3, 91.00), (200, 2419.6, 140.96), (230, 2526.6, 181.68), (260, 2672.5, 220.02),
    (290, 2861.9, 256.39), (320, 3098.1, 290.61), (350, 3386.7, 323.29), (380, 3736.9, 354.64),
    (410, 4113.1, 385.02), (440, 4403.6, 413.20), (470, 4744.7, 438.45), (500, 5145.0, 460.32),
    (530, 5619.7, 478.50), (560, 6184.4, 492.21), (590, 6884.2, 500.52),
)  # fmt: skip
PAZ_ROWS = (
    (20, 73.3, 0.81), (50, 229.2, 5.42), (80, 417.8, 14.02), (110, 849.2, 31.39), (140, 1550.3, 61.90),
    (150, 1841.4, 75.85), (170, 1799.0, 104.92), (200, 1844.4, 145.81), (230, 1931.6, 185.21),
    (260, 2057.6, 223.59), (290, 2230.3, 261.76), (320, 2459.2, 299.98), (350, 2751.7, 338.15),
    (380, 3115.6, 376.00), (410, 3566.1, 412.97), (440, 4129.7, 447.80), (470, 4840.3, 478.68),
    (500, 5768.1, 502.56), (530, 6926.9, 514.93),
)  # fmt: skip
FORMOSAT_ROWS = (
    (20, 71.2, 0.63), (50, 240.3, 5.18), (80, 478.5, 15.27), (110, 920.4, 34.62), (140, 1631.0, 69.11),
    (148, 1855.3, 81.70), (170, 1809.1, 118.44), (200, 1825.6, 166.24), (230, 1877.7, 213.45),
    (260, 1968.0, 260.72), (290, 2103.7, 308.67), (320, 2291.8, 357.97), (350, 2545.1, 409.35),
    (380, 2879.3, 463.35), (410, 3313.5, 520.42), (440, 3862.9, 578.96), (470, 4562.4, 635.23),
    (500, 5505.6, 683.91), (530, 6581.8, 715.72),
)  # fmt: skip


def record(plan: Plan) -> np.ndarray:
    """Return the whole record (n, 3) of a flight from its fifth second to its cut-off: s, m/s, m."""
    shown = json.loads(shared_path("validation", "webcast", plan.name, "analysed.json").read_text("utf-8"))
    rows = np.stack([shown["time"], shown["velocity"], 1e3 * np.array(shown["altitude"])], axis=1)
    return rows[(rows[:, 0] >= 5.0) & (rows[:, 0] < plan.cut_off_s)]


def slice_of(rows: tuple[tuple[float, float, float], ...]) -> np.ndarray:
    return np.array(rows) * [1.0, 1.0, 1e3]


def heading_deg(plan: Plan) -> float:
    """Return the heading from the pad, southward, whose speed and that of the pad make up the orbit's plane."""
    radius = WGS84.equatorial_radius_m + 1e3 * plan.perigee_km
    speed, cosine = np.sqrt(WGS84.mu_m3ps2 / radius), np.cos(np.radians(SITE_DEG[0]))
    sine = np.cos(np.radians(plan.inclination_deg)) / cosine
    east = speed * sine - WGS84.rotation_radps * WGS84.equatorial_radius_m * cosine
    return float(np.degrees(np.arctan2(east, -speed * np.sqrt(1.0 - sine**2))) % 360.0)


def held(limit_mps2: float, thrust_n: float, mass_kg: float, exhaust_mps: float) -> float:
    """Return the seconds of full thrust until a mass is so light that its acceleration meets a limit."""
    return float((mass_kg - thrust_n / limit_mps2) * exhaust_mps / thrust_n)


def first_stage(plan: Plan, x: np.ndarray) -> dict:
    burn, bucket = plan.first_cut_off_s - LAG_S, np.array(plan.bucket_s) - LAG_S
    mass = sum(PROPELLANT_KG) + sum(DRY_KG) + FAIRING_KG + plan.payload_kg
    saved = (1.0 - x[BUCKET]) * (bucket[1] - bucket[0])
    full = held(x[LIMIT_1], x[THRUST_1], mass, EXHAUST_MPS[0]) + saved
    rows = [(0.0, 1.0), (bucket[0], x[BUCKET]), (bucket[1], 1.0)]
    step = (burn - full) / 4
    rows += [
        (full + i * step, np.exp(-x[LIMIT_1] * (i + 0.5) * step / EXHAUST_MPS[0]))
        for i in range(4)
        if step > 0.1
    ]
    return {
        "name": "first", "dry_mass_kg": DRY_KG[0], "propellant_kg": PROPELLANT_KG[0],
        "thrust_vacuum_n": float(x[THRUST_1]), "isp_vacuum_s": 311.0,
        "nozzle_exit_area_m2": (8.227e6 - 7.607e6) / 101_325.0, "reference_area_m2": AREA_M2,
        "burn_time_s": float(burn), "throttle": throttle(rows), "separation_delay_s": SEPARATION_S,
        "ballistic_kgpm2": 150.0,
    }  # fmt: skip


def second_stage(plan: Plan, x: np.ndarray) -> dict:
    rows: list[tuple[float, float]] = []
    if plan is IRIDIUM:
        rows = [(x[THROTTLE_S] - plan.second_start_s, x[THROTTLE])]
    elif np.isfinite(plan.limit_mps2):
        mass = PROPELLANT_KG[1] + DRY_KG[1] + plan.payload_kg
        full = held(plan.limit_mps2, x[THRUST_2], mass, EXHAUST_MPS[1])
        level = np.exp(-plan.limit_mps2 * (np.arange(STEPS) + 0.5) * STEP_S / EXHAUST_MPS[1])
        rows = [(full + i * STEP_S, level[i]) for i in range(STEPS)]
    return {
        "name": "second", "dry_mass_kg": DRY_KG[1], "propellant_kg": PROPELLANT_KG[1],
        "thrust_vacuum_n": float(x[THRUST_2]), "isp_vacuum_s": 348.0, "reference_area_m2": AREA_M2,
        "throttle": throttle(rows), "ballistic_kgpm2": 150.0,
        "ignition_delay_s": plan.second_start_s - plan.first_cut_off_s - SEPARATION_S,
    }  # fmt: skip


def throttle(rows: list[tuple[float, float]]) -> list[dict]:
    return [{"start_s": float(start), "level": float(level)} for start, level in rows]


def scenario(plan: Plan, x: np.ndarray) -> Scenario:
    height = x[HEIGHT] if plan is IRIDIUM else plan.perigee_km
    steering = [
        {"stage": 1, "pitch_deg": 90.0, "heading_deg": heading_deg(plan)},
        {"stage": 1, "start_s": KICK_S, "pitch_end_deg": 90.0 - float(x[KICK])},
        {"stage": 1, "start_s": KICK_S + KICK_LENGTH_S, "mode": "gravity_turn"},
    ]
    return Scenario.model_validate({
        "schema_version": 1, "title": plan.name, "launch": {"utc": "2018-01-01T00:00:00Z"},
        "site": {"name": "SLC-4E", "latitude_deg": SITE_DEG[0], "longitude_deg": SITE_DEG[1], "altitude_m": 112.0},
        "vehicle": {
            "name": "Falcon 9", "payload_kg": plan.payload_kg,
            "stage": [first_stage(plan, x), second_stage(plan, x)],
            "fairing": {"mass_kg": FAIRING_KG, "ballistic_kgpm2": 20.0},
        },
        "flight_plan": {
            "steering": steering,
            "target_orbit": {"perigee_km": float(height), "inclination_deg": plan.inclination_deg},
        },
    })  # fmt: skip


def flown(plan: Plan, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the path (n, 3) by the clock shown, s, speed m/s, height m, and the end of powered flight."""
    launch = scenario(plan, x)
    result = fly(launch, nominal_draws(launch), scenario_air(launch), rows=700)
    rows = result.rows[0][np.isfinite(result.rows[0, :, 0])]
    air = np.cross([0.0, 0.0, WGS84.rotation_radps], rows[:, 1:4])
    speed = np.linalg.norm(rows[:, 4:7] - air, axis=1)
    end = result.ends[0].copy()
    end[1] += LAG_S
    return np.stack([rows[:, 0] + LAG_S, speed, geodetic_rows(rows)[2]], axis=1), end


def beside(path: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """Return speed and height of a path less those shown, (n, 2), as long as both last."""
    both = shown[shown[:, 0] <= path[-1, 0]]
    return np.stack([np.interp(both[:, 0], path[:, 0], path[:, k]) - both[:, k] for k in (1, 2)], axis=1)


@cache
def lofted(plan: Plan) -> tuple[np.ndarray, np.ndarray, float]:
    """Return path, end and loft (deg) of the flight that leaves most propellant in the orbit asked for."""

    def left_kg(kick: float) -> float:
        end = flown(plan, np.where(np.arange(8) == KICK, kick, FITTED))[1]
        height = FITTED[HEIGHT] if plan is IRIDIUM else plan.perigee_km
        return end[8] if abs(apsides(end[2:8]).perigee_m - 1e3 * height) < 2e3 else 0.0

    kicks = np.arange(2.5, 8.6, 0.25)
    left = np.array([left_kg(kick) for kick in kicks])
    best = int(np.argmax(left))
    near = slice(best - 2, best + 3)
    assert len(left[near]) == 5 and left[near].min() > 0.0
    curve = np.polyfit(kicks[near] - kicks[best], left[near], 2)
    kick = float(kicks[best] - curve[1] / (2.0 * curve[0]))
    return *flown(plan, np.where(np.arange(8) == KICK, kick, FITTED)), kick


def fit(shown: np.ndarray) -> np.ndarray:
    """Return the eight numbers fitted to a record: stage 1, then stage 2 on top of it, then all together."""

    def improve(x: np.ndarray, which: list[int], begin_s: float, end_s: float) -> np.ndarray:
        rows = shown[(shown[:, 0] >= begin_s) & (shown[:, 0] < end_s)]

        def misses(scaled: np.ndarray) -> np.ndarray:
            y = x.copy()
            y[which] *= scaled
            path = flown(IRIDIUM, y)[0]
            last = np.array([[1e4, *path[-1, 1:]]])
            return (beside(np.concatenate([path, last]), rows) / [10.0, 500.0]).ravel()

        result = least_squares(
            misses, np.ones(len(which)), bounds=(0.4, 2.5), diff_step=1e-4, x_scale="jac", max_nfev=60
        )
        y = x.copy()
        y[which] *= result.x
        return y

    x = improve(BEGIN, STAGE_1, 5.0, IRIDIUM.first_cut_off_s)
    x[HEIGHT] = shown[-1, 2] / 1e3
    x = improve(x, STAGE_2, IRIDIUM.second_start_s + 4.0, IRIDIUM.cut_off_s)
    return improve(x, list(range(8)), 5.0, IRIDIUM.cut_off_s)


@pytest.fixture(params=["typed rows", "whole record"])
def shown_of(request):
    """Return the record of a flight: the rows typed here, and all of it where that is at hand."""
    if request.param == "whole record":
        return record
    return lambda plan: slice_of({IRIDIUM: IRIDIUM_ROWS, PAZ: PAZ_ROWS, FORMOSAT: FORMOSAT_ROWS}[plan])


def test_the_fitted_flight(shown_of, verified) -> None:
    shown = shown_of(IRIDIUM)
    path, end = flown(IRIDIUM, FITTED)
    speed, height = np.abs(beside(path, shown)).max(axis=0)
    verified(f"Iridium NEXT 6, fitted, {len(shown)} rows: speed", speed, allowed=60.0, unit="m/s")
    verified("the same: height", height / 1e3, allowed=1.5, unit="km")
    verified("the same: cut-off", end[1] - IRIDIUM.cut_off_s, allowed=2.0, unit="s")


def test_the_loft_that_fits_leaves_most_propellant(verified) -> None:
    verified("Iridium NEXT 6: loft fitted, less that of most propellant", FITTED[KICK] - lofted(IRIDIUM)[2],
             allowed=0.1, unit="deg")  # fmt: skip


@pytest.mark.parametrize("plan", [PAZ, FORMOSAT], ids=lambda plan: plan.name)
def test_a_flight_it_was_not_fitted_to(plan, shown_of, verified) -> None:
    shown = shown_of(plan)
    path, end, _ = lofted(plan)
    speed, height = np.abs(beside(path, shown[shown[:, 0] < 0.9 * plan.cut_off_s])).max(axis=0)
    height = np.abs(beside(path, shown)[:, 1]).max()
    verified(
        f"{plan.name}, predicted, {len(shown)} rows: height throughout", height / 1e3, allowed=5.0, unit="km"
    )
    verified("the same: cut-off", end[1] - plan.cut_off_s, allowed=10.0, unit="s")
    verified("the same: speed, up to nine tenths of the time", speed, allowed=300.0, unit="m/s")


@pytest.mark.parametrize("plan", [PAZ, FORMOSAT], ids=lambda plan: plan.name)
def test_the_same_without_the_throttling_that_nobody_announces(plan, verified) -> None:
    """What it costs not to know it: the asked 5 km and 10 s are not met."""
    end = lofted(replace(plan, limit_mps2=np.inf))[1]
    verified(f"{plan.name}, its throttling unknown: cut-off (asked: 10 s; not met)", end[1] - plan.cut_off_s,
             allowed=25.0, unit="s")  # fmt: skip


def test_the_fit_is_found_again_from_the_public_figures() -> None:
    found = fit(record(IRIDIUM))
    assert found == pytest.approx(FITTED, rel=5e-3)
