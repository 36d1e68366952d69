"""Bodies aloft by the filter's own motion, radars that see them, and the tracker that follows them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from overflight.earth.frames import geodetic_to_ecef, local_axes
from overflight.formats.sensors_toml import site_of
from overflight.track.kernels_motion import BOOST, COAST, propagate
from overflight.track.objects import EARTH
from overflight.track.simulated import SimulatedSensor, TrueObject, simulate_plots
from overflight.track.tracker import Knowledge, step

EPOCH = 1_700_000_000.0


def body(key, *, force=0.0, push=(0.0, 0.0, 0.0), aside_m=0.0, seconds=60, begins=0):
    """A body that leaves 100 km height at 2.5 km/s, pushed (m/s) and thrusting (m/s2), seen from ``begins`` on."""
    latitude, longitude = np.radians(36.0), np.radians(126.0)
    east, north, up = local_axes(latitude, longitude)
    ahead = (0.3 * east - 0.8 * north + 0.5 * up) / np.linalg.norm([0.3, 0.8, 0.5])
    start = geodetic_to_ecef(latitude, longitude, 100e3) + aside_m * east
    state = np.concatenate([start, 2500.0 * ahead + np.asarray(push), force * ahead])
    rows = [state]
    for _ in range(seconds):
        out = np.empty(9)
        propagate(rows[-1], 1.0, BOOST if force else COAST, 2800.0, EARTH, out)
        rows.append(out)
    table, time = np.array(rows)[begins:], np.arange(begins, seconds + 1, dtype=float)
    return TrueObject(key, time, table[:, :3], table[:, 3:6])


def ten_radars(*, faults):
    """Ten radars at 10 Hz, with biases and clocks of the sizes that their sites state."""
    draw = np.random.default_rng(11)
    radars = []
    for k in range(10):
        latitude, longitude = np.radians([38.0 - 0.4 * k, 126.5 - 0.35 * (k % 4)])
        radar = SimulatedSensor(f"radar-{k}", latitude, longitude, 100.0, rate_hz=10.0)
        z = draw.normal(size=3) * faults
        radar = replace(
            radar, range_bias_m=100.0 * z[0], azimuth_bias_rad=5e-4 * z[1], clock_bias_s=0.1 * z[2],
            refraction=0.5 + 0.5 * faults * (draw.random() - 0.5),
        )  # fmt: skip
        radars.append(radar)
    return radars


def followed(bodies, radars, *, until_s, labels=True):
    sites = {radar.key: site_of(radar) for radar in radars}
    plots = simulate_plots(bodies, radars, seed=5, lift_off_s=EPOCH, until_s=until_s)
    know = Knowledge()
    for plot in sorted((d.plot for d in plots), key=lambda p: p.time_s):
        know = step(know, plot if labels else replace(plot, track=None), sites)
    return know


def nearest(know, truth):
    """Return the object next to a body, and how far it is (m)."""
    away = [
        float(np.linalg.norm(o.mean[:3] - truth.at(np.array([o.time_s - EPOCH]))[0])) for o in know.objects
    ]
    return know.objects[int(np.argmin(away))].number, min(away)


def two_radars():
    return [
        SimulatedSensor(key, np.radians(lat), np.radians(lon), 100.0)
        for key, lat, lon in (("north", 37.0, 126.3), ("south", 33.0, 127.0))
    ]


def parted(thing, at_s, push, *, seconds):
    """Return what leaves a body at a second of its path, pushed (m/s), and falls from then on."""
    row = int(at_s - thing.time_s[0])
    state = np.concatenate([thing.position_m[row], thing.velocity_mps[row] + np.asarray(push)])
    return falling("piece", at_s, state, seconds=seconds)


def falling(key, at_s, state, *, seconds):
    """Return a body without thrust from its place and velocity (6,) on."""
    rows = [np.append(state, np.zeros(3))]
    for _ in range(seconds):
        out = np.empty(9)
        propagate(rows[-1], 1.0, COAST, 2800.0, EARTH, out)
        rows.append(out)
    table = np.array(rows)
    return TrueObject(key, at_s + np.arange(len(table), dtype=float), table[:, :3], table[:, 3:6])


def pushes(count, seed):
    """Return velocities (count, 3) in every direction at 10 to 150 m/s, as fragments leave a break-up."""
    draw = np.random.default_rng(seed)
    ways = draw.normal(size=(count, 3))
    return ways * (draw.uniform(10.0, 150.0, count) / np.linalg.norm(ways, axis=1))[:, None]
