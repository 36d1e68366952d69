"""Simulated radars: what sensors would report of objects whose true paths are given.

A pure function of the paths, the sensors and a seed. It errs as real feeds do: noise, biases, clocks,
refraction, missed scans, clutter, and messages late, twice or out of order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight import rng
from overflight.earth.frames import geodetic_to_ecef, local_axes
from overflight.track.kernels_filter import bending
from overflight.track.measurements import Plot

__all__ = ["Delivered", "SimulatedSensor", "TrueObject", "simulate_plots"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SimulatedSensor:
    """A radar and its faults. Angles in radians; ``blackouts`` are (start, end) seconds after lift-off."""

    key: str
    latitude_rad: float
    longitude_rad: float
    height_m: float
    rate_hz: float = 1.0
    max_range_m: float = 2_000e3
    mask_rad: float = np.radians(2.0)
    detection: float = 0.95
    sigma: tuple[float, float, float] = (50.0, 1e-3, 1e-3)
    range_bias_m: float = 0.0
    azimuth_bias_rad: float = 0.0
    elevation_bias_rad: float = 0.0
    clock_bias_s: float = 0.0
    clock_drift: float = 0.0
    refraction: float = 0.0
    """Share of the standard refraction left in the elevations."""
    clutter: float = 0.0
    """False plots a scan, on average."""
    wild: float = 0.0
    """Share of plots whose values are wild."""
    duplicates: float = 0.0
    delay_s: float = 0.0
    """Mean delay of delivery (exponential): later plots may come first."""
    blackouts: tuple[tuple[float, float], ...] = ()
    asterix: tuple[int, int] | None = None
    """Its SAC and SIC, if it speaks ASTERIX."""


@dataclass(frozen=True, slots=True)
class TrueObject:
    """A true path: times (r,) in seconds after lift-off, ECEF positions (r, 3) and velocities (r, 3)."""

    key: str
    time_s: Array = field(repr=False)
    position_m: Array = field(repr=False)
    velocity_mps: Array = field(repr=False)

    def at(self, time_s: Array) -> Array:
        """Return positions (m, 3) by cubic Hermite pieces, NaN outside of the path."""
        t, p, v = self.time_s, self.position_m, self.velocity_mps
        row = np.clip(np.searchsorted(t, time_s, side="right") - 1, 0, len(t) - 2)
        h = t[row + 1] - t[row]
        u = ((time_s - t[row]) / h)[:, None]
        h = h[:, None]
        place = (
            (1 + 2 * u) * (1 - u) ** 2 * p[row]
            + u * (1 - u) ** 2 * h * v[row]
            + u**2 * (3 - 2 * u) * p[row + 1]
            + u**2 * (u - 1) * h * v[row + 1]
        )
        place[(time_s < t[0]) | (time_s > t[-1])] = np.nan
        return place


@dataclass(frozen=True, slots=True)
class Delivered:
    """A plot, when it arrives (seconds after lift-off, true time), and the object behind it (-1: clutter)."""

    arrival_s: float
    plot: Plot
    truth: int


def simulate_plots(
    objects: Sequence[TrueObject],
    sensors: Sequence[SimulatedSensor],
    *,
    seed: int,
    lift_off_s: float,
    until_s: float,
    exercise: bool = True,
) -> tuple[Delivered, ...]:
    """Return the plots of all sensors in the order in which they arrive.

    ``lift_off_s`` is the instant of lift-off (Unix epoch, UTC); scans run from 10 s before it to ``until_s``
    after it.
    """
    found: list[Delivered] = []
    for sensor in sensors:
        found += _of_sensor(objects, sensor, seed, lift_off_s, until_s, exercise)
    return tuple(sorted(found, key=lambda d: (d.arrival_s, d.plot.source, d.plot.seq)))


def _of_sensor(
    objects: Sequence[TrueObject],
    sensor: SimulatedSensor,
    seed: int,
    lift_off_s: float,
    until_s: float,
    exercise: bool,
) -> list[Delivered]:
    name = f"sensor.{sensor.key}"
    first = float(rng.uniform(seed, f"{name}.phase", 0)) / sensor.rate_hz - 10.0
    scans = np.arange(first, until_s, 1.0 / sensor.rate_hz)
    scan = np.arange(len(scans))
    rows: list[tuple[Array, Array, NDArray[np.int64], int]] = []  # time, z, scan, object
    for index, thing in enumerate(objects):
        shift = 0.05 * rng.uniform(seed, f"{name}.dwell", scan, index) / sensor.rate_hz
        time = scans + shift
        z = _seen(sensor, thing.at(time))
        seen = np.isfinite(z[:, 0]) & (rng.uniform(seed, f"{name}.detect", scan, index) < sensor.detection)
        for start, end in sensor.blackouts:
            seen &= ~((time >= start) & (time < end))
        rows.append((time[seen], _noisy(sensor, z[seen], scan[seen], index, seed), scan[seen], index))
    if sensor.clutter > 0.0:
        rows.append(_clutter(sensor, scans, seed))
    return _messages(sensor, rows, seed, lift_off_s, exercise)


def _seen(sensor: SimulatedSensor, position: Array) -> Array:
    """Return range, azimuth, elevation (m, 3) of positions, NaN where the sensor cannot see them."""
    site = geodetic_to_ecef(sensor.latitude_rad, sensor.longitude_rad, sensor.height_m)
    axes = np.stack(local_axes(sensor.latitude_rad, sensor.longitude_rad))
    enu = (position - site) @ axes.T
    distance = np.linalg.norm(enu, axis=1)
    z = np.stack([distance, np.arctan2(enu[:, 0], enu[:, 1]), np.arcsin(enu[:, 2] / distance)], axis=1)
    with np.errstate(invalid="ignore"):
        z[~((z[:, 2] >= sensor.mask_rad) & (distance <= sensor.max_range_m))] = np.nan
    return z


def _noisy(sensor: SimulatedSensor, z: Array, scan: NDArray[np.int64], item: int, seed: int) -> Array:
    name = f"sensor.{sensor.key}"
    out = z.copy()
    if sensor.refraction:
        out[:, 2] += sensor.refraction * np.array([bending(e) for e in z[:, 2]])
    noise = [rng.normal(seed, f"{name}.noise.{k}", scan, item) for k in range(3)]
    bias = (sensor.range_bias_m, sensor.azimuth_bias_rad, sensor.elevation_bias_rad)
    for k in range(3):
        out[:, k] += bias[k] + sensor.sigma[k] * noise[k]
    if sensor.wild:
        wild = rng.uniform(seed, f"{name}.wild", scan, item) < sensor.wild
        out[wild, 0] *= np.exp(0.3 * rng.normal(seed, f"{name}.wild.range", scan[wild], item))
        out[wild, 1] += 0.2 * rng.normal(seed, f"{name}.wild.azimuth", scan[wild], item)
    return out


def _clutter(sensor: SimulatedSensor, scans: Array, seed: int) -> tuple[Array, Array, NDArray[np.int64], int]:
    name = f"sensor.{sensor.key}.clutter"
    draw = np.random.Generator(np.random.Philox(key=(seed, rng.stream_id(name))))
    count = draw.poisson(sensor.clutter, len(scans))
    scan = np.repeat(np.arange(len(scans)), count)
    n = len(scan)
    z = np.stack(
        [
            sensor.max_range_m * np.cbrt(draw.uniform(1e-4, 1.0, n)),
            draw.uniform(-np.pi, np.pi, n),
            np.arcsin(draw.uniform(np.sin(sensor.mask_rad), 0.7, n)),
        ],
        axis=1,
    )
    return scans[scan] + draw.uniform(0.0, 1.0 / sensor.rate_hz, n), z, scan, -1


def _messages(
    sensor: SimulatedSensor,
    rows: list[tuple[Array, Array, NDArray[np.int64], int]],
    seed: int,
    lift_off_s: float,
    exercise: bool,
) -> list[Delivered]:
    time = np.concatenate([row[0] for row in rows])
    z = np.concatenate([row[1] for row in rows])
    truth = np.concatenate([np.full(len(row[0]), row[3]) for row in rows])
    order = np.argsort(time, kind="stable")
    name, out = f"sensor.{sensor.key}", []
    numbers: dict[int, int] = {}
    late = -np.log(rng.uniform(seed, f"{name}.delay", np.arange(len(order)))) * sensor.delay_s
    twice = rng.uniform(seed, f"{name}.twice", np.arange(len(order))) < sensor.duplicates
    for seq, i in enumerate(order):
        kind = int(truth[i])
        number = f"c{seq}" if kind < 0 else str(numbers.setdefault(kind, len(numbers) + 1))
        label = f"{sensor.key}-{number}"
        stamp = time[i] - sensor.clock_bias_s - sensor.clock_drift * time[i]
        plot = Plot(
            sensor.key, seq, lift_off_s + float(stamp), label, float(z[i, 0]),
            float(z[i, 1] % (2.0 * np.pi)), float(z[i, 2]), sensor.sigma, exercise,
        )  # fmt: skip
        arrival = float(time[i] + late[seq])
        out.append(Delivered(arrival, plot, kind))
        if twice[seq]:
            out.append(Delivered(arrival + sensor.delay_s, plot, kind))
    return out
