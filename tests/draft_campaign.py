"""One launch of the campaign of drafts: flown by a vehicle nobody knows, announced by zones, drafted, looked for.

The vehicle is drawn from a class, pad and heading by chance from the middle of the Pacific, where zones lie at sea.
Of its draws the first is flown that reaches orbit and whose parts fall in the usual order. Each part is announced by
a zone of the size that published ones have, a circle or an oblong, in which it falls as the rule has it: normally,
with 97 % inside. The draft is told the class and the pad, nothing else.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from pyproj import Geod

from overflight import rng
from overflight.flight.orbit_reached import ORBIT_PERIGEE_M, apsides
from overflight.flight.simulate import fly, geodetic_rows, scenario_air
from overflight.formats.notices.read import read_notice
from overflight.inference.observe import planned_fall
from overflight.jobs.draft import Draft, draft
from overflight.scenario.draws import Draws, draw
from overflight.scenario.load import parse_scenario
from overflight.scenario.model import Scenario
from overflight.scenario.template import VEHICLE_CLASSES, vehicle_class

WGS84 = Geod(ellps="WGS84")
DISTANCES_M = (400e3, 800e3, 1200e3, 1600e3)
HALF_LENGTH_M = {"stage-1": 45e3, "fairing": 70e3, "stage-2": 120e3}
OBLONG = 0.6  # half width of an oblong, of its half length
CANDIDATES, DRAFTED, ROW_S = 3000, 400, 3.0
NORMAL_97 = 2.648  # standard deviations of a circle that holds 97 % (14 CFR 450.133(b)(1))
SCENARIO = """schema_version = 1
title = "Nobody knows"
[launch]
utc = 2030-03-01T01:00:00Z
[site]
name = "Pad"
latitude_deg = {latitude}
longitude_deg = {longitude}
{vehicle}
[wind]
altitude_m = [0.0, 5000.0, 12000.0, 20000.0, 40000.0]
speed_mps = [5.0, 15.0, 30.0, 12.0, 0.0]
from_deg = [270.0, 270.0, 270.0, 270.0, 270.0]
factor = {{ value = 0.0, sigma = 0.8 }}
[[source]]
key = "class"
text = "class"
[[source]]
key = "failures"
text = "estimate"
"""


def launch_of(seed: int) -> tuple[str, Scenario]:
    """Return the class and the scenario from which the vehicle of a seed is drawn."""
    like = VEHICLE_CLASSES[seed % len(VEHICLE_CLASSES)]
    latitude, longitude, heading = (
        float(low + span * rng.uniform(seed, f"drafts.{name}", 0))
        for name, low, span in (("lat", -25.0, 50.0), ("lon", -165.0, 30.0), ("az", 0.0, 360.0))
    )
    vehicle = vehicle_class(like, first_deg=heading, then_deg=heading)
    text = SCENARIO.format(latitude=round(latitude, 3), longitude=round(longitude, 3), vehicle=vehicle)
    return like, parse_scenario(text.encode(), f"launch {seed}")


def flown_by(scenario: Scenario, seed: int, like: str) -> tuple[Draws, dict[str, tuple[float, float, float]]]:
    """Return the one draw that flies, and for each part that is let go its longitude, latitude and time of fall."""
    bodies = ("stage-1", "fairing") if "2-stage" in like else ("stage-1", "fairing", "stage-2")
    draws, air = draw(scenario, seed, np.arange(CANDIDATES)), scenario_air(scenario)
    flown = fly(scenario, draws, air)
    good = apsides(flown.ends[:, 2:8]).perigee_m > ORBIT_PERIGEE_M
    falls = {body: planned_fall(scenario, draws, flown, air, body) for body in bodies}
    site = scenario.site
    far = []
    for fallen in falls.values():
        lon, lat = np.degrees(fallen.longitude_rad), np.degrees(fallen.latitude_rad)
        pad = np.full(len(lon), site.longitude_deg), np.full(len(lon), site.latitude_deg)
        far.append(WGS84.inv(*pad, np.nan_to_num(lon), np.nan_to_num(lat))[2])
        good &= np.isfinite(lon)
    good &= (
        (np.diff(far, axis=0) > 60e3).all(axis=0) & (np.array(far)[0] > 150e3) & (np.array(far)[-1] < 5500e3)
    )
    one = int(np.flatnonzero(good)[0])
    where = {
        body: (
            float(np.degrees(f.longitude_rad[one])),
            float(np.degrees(f.latitude_rad[one])),
            float(f.time_s[one]),
        )
        for body, f in falls.items()
    }
    return draw(scenario, seed, np.array([one])), where


def notice_of(scenario: Scenario, seed: int, falls: dict[str, tuple[float, float, float]]) -> str:
    """Return the notice that announces where the parts fall."""
    areas = []
    for number, (body, (lon, lat, _)) in enumerate(falls.items()):
        along, across = (float(rng.normal(seed, f"drafts.{axis}", number)) for axis in ("along", "across"))
        azimuth = WGS84.inv(scenario.site.longitude_deg, scenario.site.latitude_deg, lon, lat)[0]
        length = HALF_LENGTH_M[body]
        width = length if number % 2 else OBLONG * length
        at = _moved(lon, lat, azimuth, along * length / NORMAL_97, across * width / NORMAL_97)
        letter = "ABC"[number]
        if number % 2:
            areas.append(f"   {letter}. WITHIN {length / 1852.0:.0f} MILES OF {_words(*at)}.")
            continue
        corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ring = ", ".join(_words(*_moved(*at, azimuth, x * length, y * width)) for x, y in corners)
        areas.append(f"   {letter}. BOUND BY {ring}.")
    head = (
        "NAVAREA XII 1/30.\n1. HAZARDOUS OPERATIONS, ROCKET LAUNCHING 010100Z TO 010200Z MAR 30 IN AREAS:\n"
    )
    return head + "\n".join(areas) + "\n"


def _moved(
    lon: float, lat: float, azimuth_deg: float, along_m: float, across_m: float
) -> tuple[float, float]:
    turn = np.degrees(np.arctan2(across_m, along_m))
    found = WGS84.fwd(lon, lat, azimuth_deg + turn, float(np.hypot(along_m, across_m)))
    return found[0], found[1]


def _words(lon: float, lat: float) -> str:
    def half(value: float, width: int, letters: str) -> str:
        hundredths = round(abs(value) * 6000.0)
        degrees = f"{hundredths // 6000:0{width}d}-{hundredths % 6000 / 100.0:05.2f}"
        return f"{degrees}{letters[value < 0.0]}"

    return f"{half(lat, 2, 'NS')} {half((lon + 180.0) % 360.0 - 180.0, 3, 'EW')}"


def below(values: np.ndarray, truth: float) -> float:
    """Return the share of finite values below the true one."""
    return float(np.mean(values[np.isfinite(values)] < truth))


def _crossings(scenario: Scenario, draws: Draws) -> tuple[np.ndarray, np.ndarray]:
    """Return azimuths from the pad and times at which flights (n, d) come to the distances, NaN where they do not."""
    rows = fly(scenario, draws, scenario_air(scenario), rows=400, row_s=ROW_S).rows
    latitude, longitude, _ = geodetic_rows(rows)
    pad = (
        np.full(latitude.shape, scenario.site.longitude_deg),
        np.full(latitude.shape, scenario.site.latitude_deg),
    )
    there = np.isfinite(latitude)
    azimuth, _, distance = WGS84.inv(
        *pad, np.nan_to_num(np.degrees(longitude)), np.nan_to_num(np.degrees(latitude))
    )
    found = np.full((2, len(latitude), len(DISTANCES_M)), np.nan)
    for k, (here, far) in enumerate(zip(azimuth, np.where(there, distance, np.nan), strict=True)):
        for d, wanted in enumerate(DISTANCES_M):
            beyond = np.flatnonzero(far >= wanted)
            if len(beyond) and beyond[0]:
                j = beyond[0]
                part = (wanted - far[j - 1]) / (far[j] - far[j - 1])
                turn = (here[j] - here[j - 1] + 180.0) % 360.0 - 180.0
                found[:, k, d] = here[j - 1] + part * turn, ROW_S * (j - 1 + part)
    return found[0], found[1]


@cache
def drafted(seed: int) -> tuple[Scenario, Draws, dict[str, tuple[float, float, float]], Draft]:
    like, truth = launch_of(seed)
    one, falls = flown_by(truth, seed, like)
    text = notice_of(truth, seed, falls)
    site = truth.site.latitude_deg, truth.site.longitude_deg
    return truth, one, falls, draft(read_notice(text), text, site_latlon_deg=site, like=like)


def draft_score(seed: int) -> dict[str, Any]:
    """Return where the truth lies among the flights of its draft, as shares below it."""
    truth, one, falls, made = drafted(seed)
    scenario = parse_scenario(made.text.encode(), "draft")
    draws, air = draw(scenario, 3, np.arange(DRAFTED)), scenario_air(scenario)
    flown = fly(scenario, draws, air)
    fall_times = {}
    for body, (_, _, time_s) in falls.items():
        fallen = planned_fall(scenario, draws, flown, air, body)
        fall_times[body] = below(fallen.time_s, time_s)
    azimuth, time = _crossings(scenario, draws)
    true_azimuth, true_time = (table[0] for table in _crossings(truth, one))
    seen = np.isfinite(true_time)
    middle = true_azimuth[None, :]
    apart = middle + (azimuth - middle + 180.0) % 360.0 - 180.0
    letters = dict(zip("ABC", falls, strict=False))
    return {
        "like": VEHICLE_CLASSES[seed % len(VEHICLE_CLASSES)],
        "right": all(letters[row.zone.name] == row.body for row in made.placed),
        "orbit": float(np.mean(apsides(flown.ends[:, 2:8]).perigee_m > ORBIT_PERIGEE_M)),
        "inside": {row.body: row.inside for row in made.placed},
        "fall": fall_times,
        "path": [below(apart[:, d], true_azimuth[d]) for d in np.flatnonzero(seen)],
        "time": [below(time[:, d], true_time[d]) for d in np.flatnonzero(seen)],
        "time_sd_s": [float(np.nanstd(time[:, d])) for d in np.flatnonzero(seen)],
    }
