"""Plots made without this project's code: a two-stage rocket by steps of a tenth of a second, and three radars.

Its own geometry (WGS-84 by the textbook), its own noise, its own way of writing lines, as another simulator would.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

Vector = tuple[float, float, float]
MU, SPIN = 3.986004418e14, 7.292115e-5
A, F = 6378137.0, 1 / 298.257223563
START = datetime(2031, 5, 6, 1, 2, 3, tzinfo=UTC)
PAD = (39.66, 124.705)
RADARS = {"north": (36.95, 126.3, 100.0), "west": (35.2, 123.1, 30.0), "south": (33.3, 126.5, 400.0)}


def ecef(lat: float, lon: float, height: float) -> Vector:
    la, lo = math.radians(lat), math.radians(lon)
    e2 = F * (2 - F)
    n = A / math.sqrt(1 - e2 * math.sin(la) ** 2)
    level = (n + height) * math.cos(la)
    return level * math.cos(lo), level * math.sin(lo), (n * (1 - e2) + height) * math.sin(la)


def axes(lat: float, lon: float) -> tuple[Vector, Vector, Vector]:
    la, lo = math.radians(lat), math.radians(lon)
    east = (-math.sin(lo), math.cos(lo), 0.0)
    north = (-math.sin(la) * math.cos(lo), -math.sin(la) * math.sin(lo), math.cos(la))
    up = (math.cos(la) * math.cos(lo), math.cos(la) * math.sin(lo), math.sin(la))
    return east, north, up


def dot(a: Vector, b: Vector) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def flight(seconds: int = 260) -> Iterator[tuple[float, Vector]]:
    """Yield time and ECEF position of an ascent to the south; stages of 120 s and 200 s, thrust up and along."""
    east, north, up = axes(*PAD)
    heading = math.radians(188.0)
    along = tuple(math.sin(heading) * e + math.cos(heading) * n for e, n in zip(east, north, strict=True))
    x, v = list(ecef(*PAD, 50.0)), [0.0, 0.0, 0.0]
    for k in range(seconds * 10):
        t = k / 10
        if k % 10 == 0:
            yield t, (x[0], x[1], x[2])
        tilt = math.radians(min(max(t - 8.0, 0.0) * 0.55, 62.0))
        force = (14.5 + 0.17 * t) if t < 120 else (13.0 + 0.09 * (t - 120)) if 126 < t < 320 else 0.0
        drag = 0.0 if t > 120 else 1.5 * math.exp(-t / 60)
        r = math.sqrt(dot((x[0], x[1], x[2]), (x[0], x[1], x[2])))
        pull = [-MU * c / r**3 for c in x]
        spin = [SPIN**2 * x[0] + 2 * SPIN * v[1], SPIN**2 * x[1] - 2 * SPIN * v[0], 0.0]
        for i in range(3):
            thrust = (force - drag) * (math.cos(tilt) * up[i] + math.sin(tilt) * along[i])
            v[i] += 0.1 * (thrust + pull[i] + spin[i])
            x[i] += 0.1 * v[i]


def seen(place: Vector, radar: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return range (m), azimuth and elevation (degrees) from a radar."""
    site = ecef(*radar)
    d = (place[0] - site[0], place[1] - site[1], place[2] - site[2])
    e, n, u = (dot(d, axis) for axis in axes(radar[0], radar[1]))
    far = math.sqrt(dot(d, d))
    return far, math.degrees(math.atan2(e, n)) % 360.0, math.degrees(math.asin(u / far))


def stamp(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def site_lines(**more: Any) -> list[dict[str, Any]]:
    return [
        {"v": 1, "type": "sensor", "source": name, "latitude_deg": lat, "longitude_deg": lon, "height_m": h}
        | {"exercise": True, "signature": None} | more
        for name, (lat, lon, h) in RADARS.items()
    ]  # fmt: skip


def plots(
    seconds: int = 260, seed: int = 1, radars: tuple[str, ...] = ("north", "west", "south")
) -> list[dict]:
    """Return plots as the format's own example has them, in the order of their times."""
    draw, out = random.Random(seed), []
    number = dict.fromkeys(radars, 0)
    for t, place in flight(seconds):
        for name in radars:
            far, azimuth, elevation = seen(place, RADARS[name])
            if elevation < 1.5 or draw.random() > 0.95:
                continue
            number[name] += 1
            out.append(
                {"v": 1, "type": "plot", "source": name, "seq": number[name], "time": stamp(t),
                 "track": f"{name[0]}-3", "range_m": round(far + draw.gauss(0, 50), 1),
                 "azimuth_deg": round(azimuth + draw.gauss(0, 0.06), 4),
                 "elevation_deg": round(elevation + draw.gauss(0, 0.06), 4),
                 "sigma": {"range_m": 50, "azimuth_deg": 0.06, "elevation_deg": 0.06},
                 "exercise": True, "signature": None}
            )  # fmt: skip
    return out


def positions(seconds: int = 260, seed: int = 2) -> list[dict[str, Any]]:
    """Return another system's track of it: places with their spread."""
    draw, out = random.Random(seed), []
    for t, place in flight(seconds):
        if t < 40:
            continue
        lon = math.degrees(math.atan2(place[1], place[0]))
        level = math.hypot(place[0], place[1])
        la = math.atan2(place[2], level * (1 - F) ** 2)
        for _ in range(8):
            n = A / math.sqrt(1 - F * (2 - F) * math.sin(la) ** 2)
            height = level / math.cos(la) - n
            la = math.atan2(place[2], level * (1 - F * (2 - F) * n / (n + height)))
        out.append(
            {"v": 1, "type": "position", "source": "partner", "seq": len(out), "time": stamp(t), "track": "77",
             "latitude_deg": math.degrees(la) + draw.gauss(0, 100 / 111e3),
             "longitude_deg": lon + draw.gauss(0, 100 / 90e3), "height_m": height + draw.gauss(0, 100),
             "sigma": {"horizontal_m": 100, "height_m": 100}, "exercise": True, "signature": None}
        )  # fmt: skip
    return out


def text(lines: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)
