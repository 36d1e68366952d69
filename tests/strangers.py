"""Launches, other things in the sky, and radars as another simulator would make them: numpy and a textbook alone.

Nothing of this project is imported: its own gravity (to J2), air, drag, engines, steering, geometry, noise and way of
writing lines. Vehicles are tables of stages; they go wrong on demand.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np

MU, SPIN, RADIUS, FLAT, J2 = 3.986004418e14, 7.292115e-5, 6378137.0, 1 / 298.257223563, 1.08262668e-3
G0 = 9.80665
AIR_M = np.array([0, 11e3, 20e3, 32e3, 47e3, 71e3, 86e3, 100e3, 120e3, 150e3, 200e3])
AIR_LOG = np.log([1.225, 0.364, 8.9e-2, 1.3e-2, 1.4e-3, 6.4e-5, 7e-6, 5.6e-7, 2.2e-8, 2.1e-9, 2.5e-10])
START_S = 1_900_000_000.0
STEP_S = 0.1


def ecef(latitude: float, longitude: float, height_m: float) -> np.ndarray:
    la, lo, e2 = math.radians(latitude), math.radians(longitude), FLAT * (2 - FLAT)
    n = RADIUS / math.sqrt(1 - e2 * math.sin(la) ** 2)
    level = (n + height_m) * math.cos(la)
    return np.array([level * math.cos(lo), level * math.sin(lo), (n * (1 - e2) + height_m) * math.sin(la)])


def axes(latitude: float, longitude: float) -> np.ndarray:
    """East, north and up as rows."""
    la, lo = math.radians(latitude), math.radians(longitude)
    east = [-math.sin(lo), math.cos(lo), 0.0]
    north = [-math.sin(la) * math.cos(lo), -math.sin(la) * math.sin(lo), math.cos(la)]
    return np.array([east, north, [math.cos(la) * math.cos(lo), math.cos(la) * math.sin(lo), math.sin(la)]])


def geodetic(place: np.ndarray) -> tuple[float, float, float]:
    level, e2 = math.hypot(place[0], place[1]), FLAT * (2 - FLAT)
    la, n, height = math.atan2(place[2], level * (1 - e2)), RADIUS, 0.0
    for _ in range(5):
        n = RADIUS / math.sqrt(1 - e2 * math.sin(la) ** 2)
        height = level / math.cos(la) - n
        la = math.atan2(place[2], level * (1 - e2 * n / (n + height)))
    return math.degrees(la), math.degrees(math.atan2(place[1], place[0])), height


def pull(place: np.ndarray, velocity: np.ndarray, drag_m2pkg: float) -> tuple[np.ndarray, float]:
    """Acceleration without thrust in Earth-fixed axes, and the height; ``drag_m2pkg`` is area by mass."""
    r = float(np.linalg.norm(place))
    s2 = (place[2] / r) ** 2
    bulge = 1.5 * J2 * (RADIUS / r) ** 2
    out = -MU / r**3 * place * (1 + bulge * (np.array([1.0, 1.0, 3.0]) - 5 * s2))
    out = out + np.array(
        [SPIN**2 * place[0] + 2 * SPIN * velocity[1], SPIN**2 * place[1] - 2 * SPIN * velocity[0], 0]
    )
    height, speed = r - RADIUS * (1 - FLAT * s2), float(np.linalg.norm(velocity))
    if height < 200e3 and drag_m2pkg:
        mach = speed / 300.0
        cd = 0.3 if mach < 0.8 else 0.5 if mach < 1.2 else max(0.2, 0.5 - 0.06 * (mach - 1.2))
        density = math.exp(np.interp(max(height, 0.0), AIR_M, AIR_LOG))
        out = out - 0.5 * density * cd * drag_m2pkg * speed * velocity
    return out, height


@dataclass
class Body:
    """Something that was there: places (n, 3) ECEF at times (n,), seconds."""

    name: str
    times: list[float] = field(default_factory=list)
    places: list[np.ndarray] = field(default_factory=list)

    def add(self, time_s: float, place: np.ndarray) -> None:
        self.times.append(time_s)
        self.places.append(place.copy())

    def at(self, time_s: float) -> np.ndarray | None:
        """Place at an instant by the cubic through four steps around it; None before and after."""
        if not self.times[0] <= time_s <= self.times[-1] or len(self.times) < 4:
            return None
        row = min(max(int(np.searchsorted(self.times, time_s)) - 2, 0), len(self.times) - 4)
        t = self.times[row : row + 4]
        share = [
            math.prod((time_s - t[j]) / (t[i] - t[j]) for j in range(4) if j != i) for i in range(4)
        ]  # fmt: skip
        return np.asarray(share) @ np.array(self.places[row : row + 4])


def falling(
    name: str, time_s: float, place: np.ndarray, velocity: np.ndarray, drag_m2pkg: float, until_s: float
) -> Body:
    body = Body(name)
    while time_s < until_s:
        body.add(time_s, place)
        force, height = pull(place, velocity, drag_m2pkg)
        if height < 0.0:
            break
        step = 0.5 if height > 60e3 else 0.2
        middle = velocity + 0.5 * step * force
        force, _ = pull(place + 0.5 * step * velocity, middle, drag_m2pkg)
        place, velocity, time_s = place + step * middle, velocity + step * force, time_s + step
    return body


def satellite(
    latitude: float, longitude: float, height_m: float, heading_deg: float, until_s: float, away_s: float
) -> Body:
    """A body in a circular orbit that is over a point after ``away_s`` seconds."""
    place, (east, north, _) = ecef(latitude, longitude, height_m), axes(latitude, longitude)
    heading = math.radians(heading_deg)
    along = math.sin(heading) * east + math.cos(heading) * north
    inertial = math.sqrt(MU / float(np.linalg.norm(place))) * along
    velocity = inertial - np.cross([0.0, 0.0, SPIN], place)
    time_s = away_s
    while time_s > 0.0:
        force, _ = pull(place, velocity, 0.0)
        middle = velocity - 0.25 * force
        force, _ = pull(place - 0.25 * velocity, middle, 0.0)
        place, velocity, time_s = place - 0.5 * middle, velocity - 0.5 * force, time_s - 0.5
    return falling("satellite", time_s, place, velocity, 0.0, until_s)


def level_flight(
    latitude: float, longitude: float, height_m: float, heading_deg: float, speed_mps: float, until_s: float
) -> Body:
    """An aircraft or a balloon."""
    body, la, a = Body("level"), math.radians(latitude), math.radians(heading_deg)
    for time_s in np.arange(0.0, until_s, 1.0):
        s = speed_mps * time_s / 6371e3
        there = math.asin(math.sin(la) * math.cos(s) + math.cos(la) * math.sin(s) * math.cos(a))
        turn = math.atan2(
            math.sin(a) * math.sin(s) * math.cos(la), math.cos(s) - math.sin(la) * math.sin(there)
        )
        body.add(float(time_s), ecef(math.degrees(there), longitude + math.degrees(turn), height_m))
    return body


@dataclass(frozen=True)
class Stage:
    fuel_kg: float
    empty_kg: float
    thrust_n: float
    isp_s: float
    area_m2: float
    pause_s: float = 3.0
    """From the end of its burn until the next stage lights."""


@dataclass(frozen=True)
class Rocket:
    """A launch: where, heading by time, stages, payload; how flat the first stage ends; orbit height or none.

    ``fails`` at ``fails_s``: "cut", "burst" (into 12 pieces) or "tumble".
    """

    site: tuple[float, float, float]
    heading: tuple[tuple[float, float], ...]
    stages: tuple[Stage, ...]
    payload_kg: float
    flat_deg: float
    orbit_m: float | None = None
    fails: str | None = None
    fails_s: float = math.inf


def flown(rocket: Rocket, seed: int = 1, until_s: float = 1200.0) -> tuple[list[Body], float | None]:
    """Return the rocket and what comes off it, and when thrust ended for good (None: it did not)."""
    draw = np.random.default_rng(seed)
    place, velocity, time_s = ecef(*rocket.site), np.zeros(3), 0.0
    main, parts, ended = Body("rocket"), [], None
    fuel, k, lights_s = [s.fuel_kg for s in rocket.stages], 0, 0.0
    tumble = draw.normal(size=3)
    while time_s < until_s:
        main.add(time_s, place)
        stage = rocket.stages[k]
        mass = rocket.payload_kg + sum(fuel[k:]) + sum(s.empty_kg for s in rocket.stages[k:])
        if time_s >= rocket.fails_s and ended is None and rocket.fails != "tumble":
            ended = time_s
            if rocket.fails == "burst":
                for i in range(12):
                    away, drag = draw.normal(0.0, 60.0, 3), 1.0 / math.exp(draw.normal(4.5, 1.0))
                    parts.append(falling(f"piece {i}", time_s, place, velocity + away, drag, until_s))
        push = stage.thrust_n / mass if ended is None and time_s >= lights_s else 0.0
        way = _aim(rocket, k, time_s, place, velocity, push) if push else np.zeros(3)
        if rocket.fails == "tumble" and time_s >= rocket.fails_s:
            turned = min(0.014 * (time_s - rocket.fails_s) ** 2, 30.0)
            side = np.cross(tumble, way) / max(float(np.linalg.norm(np.cross(tumble, way))), 1e-9)
            way = math.cos(turned) * way + math.sin(turned) * side
        force, height = pull(place, velocity, stage.area_m2 / mass)
        if height < -1.0 and time_s > 10.0:
            break
        middle = velocity + 0.5 * STEP_S * (force + push * way)
        force, _ = pull(place + 0.5 * STEP_S * velocity, middle, stage.area_m2 / mass)
        place, velocity = place + STEP_S * middle, velocity + STEP_S * (force + push * way)
        time_s = round(time_s + STEP_S, 3)
        if push:
            fuel[k] -= stage.thrust_n / stage.isp_s / G0 * STEP_S
            last = k == len(fuel) - 1
            if (last and _in_orbit(rocket, place, velocity)) or (last and fuel[k] <= 0.0):
                ended = time_s
            elif fuel[k] <= 0.0:
                drag = stage.area_m2 / stage.empty_kg
                parts.append(falling(f"stage {k + 1}", time_s, place, velocity - 2.0 * way, drag, until_s))
                k, lights_s = k + 1, time_s + stage.pause_s
    return [main, *parts], ended


def _aim(
    rocket: Rocket, k: int, time_s: float, place: np.ndarray, velocity: np.ndarray, push: float
) -> np.ndarray:
    """Direction of thrust: up, over to the flat end of the first stage, then along or towards the orbit's height."""
    r = float(np.linalg.norm(place))
    up = place / r
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= np.linalg.norm(east)
    heading = math.radians(
        float(np.interp(time_s, [t for t, _ in rocket.heading], [a for _, a in rocket.heading]))
    )
    level = math.sin(heading) * east + math.cos(heading) * np.cross(up, east)
    first = rocket.stages[0]
    if k == 0 or rocket.orbit_m is None:
        burn = first.fuel_kg * first.isp_s * G0 / first.thrust_n
        over = min(max((time_s - 12.0) / (burn - 12.0), 0.0), 1.0) ** 0.75
        pitch = math.radians(90.0 - (90.0 - rocket.flat_deg) * over)
        return math.sin(pitch) * up + math.cos(pitch) * level
    inertial = velocity + np.cross([0.0, 0.0, SPIN], place)
    rise = float(inertial @ up)
    fast = math.sqrt(max(float(inertial @ inertial) - rise**2, 0.0))
    left = max((7700.0 - fast) / max(push, 5.0), 20.0)
    height = r - RADIUS * (1 - FLAT * (place[2] / r) ** 2)
    wanted = 6.0 * (rocket.orbit_m - height - rise * left) / left**2 + 2.0 * rise / left
    wanted += 0.9 * (MU / r**2 - fast**2 / r)
    sine = max(min(wanted / push, 0.85), -0.5)
    return sine * up + math.sqrt(1.0 - sine**2) * level


def _in_orbit(rocket: Rocket, place: np.ndarray, velocity: np.ndarray) -> bool:
    if rocket.orbit_m is None:
        return False
    inertial = velocity + np.cross([0.0, 0.0, SPIN], place)
    energy = 0.5 * float(inertial @ inertial) - MU / float(np.linalg.norm(place))
    return energy > -MU / 2.0 / (RADIUS + rocket.orbit_m)


@dataclass(frozen=True)
class Radar:
    """Where it stands, how often it turns, how exactly it measures; what it says of that (``told`` times the truth,
    None: nothing), its own numbers (kept, none, or a new one for every plot), its way of writing times."""

    name: str
    latitude: float
    longitude: float
    height_m: float = 100.0
    period_s: float = 1.0
    range_m: float = 50.0
    angle_deg: float = 0.06
    told: float | None = 1.0
    numbers: str = "kept"
    zone_h: float = 0.0
    digits: int = 3
    clock_s: float = 0.0
    clutter: float = 0.0
    chance: float = 0.95
    mask_deg: float = 1.5
    reach_m: float = 2e6

    def sigma(self) -> dict[str, Any]:
        if self.told is None:
            return {}
        angle = self.angle_deg * self.told
        return {"sigma": {"range_m": self.range_m * self.told, "azimuth_deg": angle, "elevation_deg": angle}}


def stamp(seconds: float, zone_h: float = 0.0, digits: int = 3) -> str:
    whole = math.floor(START_S + seconds)
    part = int((START_S + seconds - whole) * 10**digits)
    at = datetime.fromtimestamp(whole, timezone(timedelta(hours=zone_h)))
    text = at.strftime("%Y-%m-%dT%H:%M:%S") + (f".{part:0{digits}d}" if digits else "")
    return text + (at.strftime("%z")[:3] + ":00" if zone_h else "Z")


def seen(
    bodies: Iterable[Body], radars: Iterable[Radar], seed: int = 1, until_s: float = 600.0
) -> list[dict[str, Any]]:
    """Return the lines of radars that see bodies: sites first, then plots in the order of their times."""
    bodies, rows, sites = list(bodies), [], []
    for number, radar in enumerate(radars):
        draw = np.random.default_rng([seed, number])
        sites.append(
            {"v": 1, "type": "sensor", "source": radar.name, "latitude_deg": radar.latitude,
             "longitude_deg": radar.longitude, "height_m": radar.height_m, "exercise": True}
        )  # fmt: skip
        for scan in np.arange(draw.uniform(0.0, radar.period_s), until_s, radar.period_s):
            rows.extend(_scan(radar, bodies, float(scan), draw))
    rows.sort(key=lambda row: row[0])
    lines = []
    for count, (_, row) in enumerate(rows, 1):
        if row["track"] == "new":
            row["track"] = str(count)
        lines.append(row | {"seq": count})
    return sites + lines


def _scan(
    radar: Radar, bodies: list[Body], scan_s: float, draw: Any
) -> Iterator[tuple[float, dict[str, Any]]]:
    site, frame = ecef(radar.latitude, radar.longitude, radar.height_m), axes(radar.latitude, radar.longitude)
    polar: list[tuple[float, float, float, float, str]] = []
    for index, body in enumerate(bodies):
        at_s = scan_s + 0.01 * radar.period_s * draw.random()
        place = body.at(at_s)
        if place is None or draw.random() > radar.chance:
            continue
        east, north, up = frame @ (place - site)
        far = math.sqrt(east**2 + north**2 + up**2)
        elevation = math.degrees(math.asin(up / far))
        if elevation > radar.mask_deg and far < radar.reach_m:
            polar.append(
                (at_s, far, math.degrees(math.atan2(east, north)), elevation, f"{radar.name[0]}{index + 3}")
            )
    polar.extend(
        (scan_s, draw.uniform(2e4, 8e5), draw.uniform(0, 360), draw.uniform(2, 60), "new")
        for _ in range(draw.poisson(radar.clutter) if radar.clutter else 0)
    )
    for at_s, far, azimuth, elevation, name in polar:
        line: dict[str, Any] = {
            "v": 1, "type": "plot", "source": radar.name, "time": stamp(at_s + radar.clock_s, radar.zone_h, radar.digits),
            "range_m": round(far + draw.normal(0.0, radar.range_m), 1),
            "azimuth_deg": round((azimuth + draw.normal(0.0, radar.angle_deg)) % 360.0, 4),
            "elevation_deg": round(elevation + draw.normal(0.0, radar.angle_deg), 4),
            "track": {"kept": name, "none": None, "every plot": "new"}[radar.numbers], "exercise": True,
        }  # fmt: skip
        yield at_s, line | radar.sigma()


def text(lines: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)
