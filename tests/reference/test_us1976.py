"""US Standard Atmosphere 1976 (NOAA-S/T 76-1562): rows of table I, by geometric height."""

from __future__ import annotations

import numpy as np

from overflight.earth.air import WindProfile, build_air
from overflight.earth.atmosphere import us1976

# height km, temperature K, pressure Pa, density kg/m3, speed of sound m/s
BELOW_86_KM = np.array(
    [
        (0, 288.150, 1.01325e5, 1.2250, 340.29),
        (1, 281.651, 8.9876e4, 1.1117, 336.43),
        (2, 275.154, 7.9501e4, 1.0066, 332.53),
        (5, 255.676, 5.4048e4, 7.3643e-1, 320.55),
        (10, 223.252, 2.6500e4, 4.1351e-1, 299.53),
        (15, 216.650, 1.2111e4, 1.9476e-1, 295.07),
        (20, 216.650, 5.5293e3, 8.8910e-2, 295.07),
        (25, 221.552, 2.5492e3, 4.0084e-2, 298.39),
        (30, 226.509, 1.1970e3, 1.8410e-2, 301.71),
        (40, 250.350, 2.8714e2, 3.9957e-3, 317.19),
        (50, 270.650, 7.9779e1, 1.0269e-3, 329.80),
        (60, 247.021, 2.1959e1, 3.0968e-4, 315.07),
        (70, 219.585, 5.2209e0, 8.2829e-5, 297.06),
        (75, 208.399, 2.3881e0, 3.9921e-5, 289.40),
        (80, 198.639, 1.0524e0, 1.8458e-5, 282.54),
    ]
)
# between the nodes of the continuation: height km, density kg/m3
ABOVE_86_KM = np.array(
    [(105, 2.325e-7), (115, 4.289e-8), (170, 7.815e-10), (220, 1.367e-10), (320, 1.264e-11)]
)


def test_below_86_km(verified) -> None:
    state = us1976(BELOW_86_KM[:, 0] * 1e3)
    columns = (state.temperature_k, state.pressure_pa, state.density_kgpm3, state.sound_speed_mps)
    names = ("temperature", "pressure", "density", "speed of sound")
    for name, ours, printed in zip(names, columns, BELOW_86_KM.T[1:], strict=True):
        verified(f"{name}, 0 to 80 km", np.abs(ours / printed - 1.0).max(), allowed=1e-4, unit="relative")


def test_stated_continuation_above_86_km(verified) -> None:
    ours = us1976(ABOVE_86_KM[:, 0] * 1e3).density_kgpm3
    worst = np.abs(ours / ABOVE_86_KM[:, 1] - 1.0).max()
    verified("density between nodes, 105 to 320 km", worst, allowed=0.06, unit="relative")


def test_temperature_above_86_km(verified) -> None:
    # table I: 100 km 195.08 K, 110 km 240.00 K, 150 km 634.39 K, 300 km 976.01 K
    ours = us1976(np.array([100e3, 110e3, 150e3, 300e3])).temperature_k
    worst = np.abs(ours / np.array([195.08, 240.00, 634.39, 976.01]) - 1.0).max()
    verified("temperature, 100 to 300 km", worst, allowed=1e-4, unit="relative")


def test_the_kernels_table_holds_the_standard(verified) -> None:
    from overflight.earth.kernels import air_cell, cubic, density_sound

    wind = WindProfile((0.0, 10e3, 30e3), (0.0, 40.0, 0.0), (5.0, 5.0, 5.0))
    table = build_air(wind).coefficients
    heights = np.concatenate([np.linspace(0.0, 86e3, 4001), np.linspace(86.001e3, 999e3, 1001)])
    cells = [air_cell(h) for h in heights]
    ours = np.array([density_sound(table, i, f) for i, f in cells])
    exact = us1976(heights)
    low = heights <= 86e3
    off = np.abs(ours[:, 0] / exact.density_kgpm3 - 1.0)
    verified("density of the kernels' table, 0 to 86 km", off[low].max(), allowed=1e-3, unit="relative")
    verified("density of the kernels' table, typical", np.median(off[low]), allowed=1e-6, unit="relative")
    verified("density of the kernels' table, 86 to 1000 km", off[~low].max(), allowed=0.02, unit="relative")
    pressure = np.exp([cubic(table, i, 16, f) for i, f in cells])
    worst = np.abs(pressure / exact.pressure_pa - 1.0)[low].max()
    verified("pressure of the kernels' table, 0 to 86 km", worst, allowed=1e-4, unit="relative")
    east = np.array([cubic(table, i, 8, f) for i, f in cells])
    verified("wind of the kernels' table", np.abs(east - wind.at(heights)[0]).max(), allowed=0.6, unit="m/s")
