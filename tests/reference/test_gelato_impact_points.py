"""Vacuum impact points along the published ascent of GELATO, an open trajectory optimiser (MIT licence).

Its example, a two-stage launcher from Taiki to 200 km (commit ed4266f2294e, `example/`), gives the ECI state and
the impact point by the algorithm of the FAA side by side, from lift-off to the last second before orbit. Its
axes coincide with ECEF at lift-off, as ours do.
"""

from __future__ import annotations

import csv

import numpy as np
from pyproj import Geod

from overflight.flight.kernels_iip import IMPACT, ORBIT
from overflight.flight.simulate import vacuum_impact
from support import shared_path

# time s, ECI position m, ECI velocity m/s, latitude and longitude of the impact point deg
ROWS = (
    (
        20.0,
        (-3787925.5646, 2798767.6035, 4287659.1375),
        (-251.074564, -255.103552, 46.118045),
        (42.505895885, 143.459774010),
    ),
    (
        46.525708,
        (-3796147.5556, 2792013.3859, 4290043.4058),
        (-386.126364, -266.402495, 139.533905),
        (42.505545509, 143.541228998),
    ),
    (
        90.0,
        (-3821580.2129, 2775255.7884, 4299598.7959),
        (-837.589688, -583.338057, 295.488184),
        (42.488137246, 144.567578490),
    ),
    (
        149.087546,
        (-3908202.4091, 2709115.0173, 4326803.5957),
        (-2350.520425, -1849.921707, 703.358709),
        (41.787592276, 154.056970381),
    ),
    (
        157.610153,
        (-3929200.1688, 2692455.4222, 4333007.7871),
        (-2475.246254, -1995.070722, 714.071499),
        (41.580311623, 155.629948239),
    ),
    (
        172.610153,
        (-3965908.5005, 2661926.8662, 4343080.2458),
        (-2435.194508, -2085.690712, 634.892461),
        (41.517363440, 156.068359371),
    ),
    (
        263.610153,
        (-4184621.1421, 2441186.6014, 4381687.8269),
        (-2381.763001, -2780.493433, 212.995363),
        (40.770797978, 160.513061487),
    ),
    (
        398.41444,
        (-4506767.1000, 1984521.4350, 4366135.6551),
        (-2425.336210, -4064.483601, -461.907247),
        (38.749882639, 169.049590491),
    ),
    (
        477.667134,
        (-4703442.9080, 1623170.7947, 4311198.6181),
        (-2555.176091, -5103.767882, -938.978901),
        (36.095714585, 177.045519800),
    ),
    (
        541.07208,
        (-4871474.6265, 1265360.9190, 4237240.4680),
        (-2769.599361, -6253.257178, -1414.787927),
        (28.673010240, -167.754204935),
    ),
)


def gaps_m(time_s, states, latitude_deg, longitude_deg) -> np.ndarray:
    found = vacuum_impact(np.asarray(time_s), np.asarray(states))
    assert (found[:, 0] == IMPACT).all()
    ours = np.degrees(found[:, 2]), np.degrees(found[:, 1])
    return np.asarray(Geod(ellps="WGS84").inv(*ours, longitude_deg, latitude_deg)[2])


def test_typed_rows(verified) -> None:
    time_s = [row[0] for row in ROWS]
    states = [[*row[1], *row[2]] for row in ROWS]
    gap = gaps_m(time_s, states, [row[3][0] for row in ROWS], [row[3][1] for row in ROWS])
    verified("impact points of 10 rows, to 4600 km down range", gap.max(), allowed=0.05, unit="m")


def test_every_published_row(verified) -> None:
    with shared_path("validation", "gelato", "example-trajectory_init.csv").open() as file:
        table = list(csv.DictReader(file))
    names = [f"{kind}_ECI_{axis}" for kind in ("pos", "vel") for axis in "XYZ"]
    time_s = np.array([float(row["time"]) for row in table])
    states = np.array([[float(row[name]) for name in names] for row in table])
    there = np.array([row["lat_IIP"] not in ("", "nan") for row in table])
    assert there.sum() == 62
    latitude, longitude = (
        np.array([float(row[name]) for row in table if row["lat_IIP"] not in ("", "nan")])
        for name in ("lat_IIP", "lon_IIP")
    )
    gap = gaps_m(time_s[there], states[there], latitude, longitude)
    verified("impact points of all 62 rows", gap.max(), allowed=0.05, unit="m")
    # where the example has none, in orbit, we have none
    assert (vacuum_impact(time_s[~there], states[~there])[:, 0] == ORBIT).all()
