"""SGP4 verification set of AIAA 2006-6753: every state of tcppver.out, and its error cases.

D. A. Vallado, P. Crawford, R. Hujsak and T. S. Kelso, "Revisiting Spacetrack Report #3", AIAA 2006-6753 Rev 2:
SGP4-VER.TLE and tcppver.out, as distributed with python-sgp4. The typed rows hold a near-Earth satellite, a
Molniya, a geosynchronous one and one with deep-space resonance; the whole set is read where it lies beside the
repository. Three of its sets were edited by hand there and carry wrong checksums: the checksum is mended first.
"""

from __future__ import annotations

import numpy as np
import pytest

from overflight.errors import InputError
from overflight.formats.tle import checksum, read_tle
from overflight.orbit.ephemeris import sgp4_states
from support import shared_path

SETS = {
    5: (
        "1 00005U 58002B   00179.78495062  .00000023  00000-0  28098-4 0  4753",
        "2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.82419157413667",
    ),
    8195: (
        "1 08195U 75081A   06176.33215444  .00000099  00000-0  11873-3 0   813",
        "2 08195  64.1586 279.0717 6877146 264.7651  20.2257  2.00491383225656",
    ),
    14128: (
        "1 14128U 83058A   06176.02844893 -.00000158  00000-0  10000-3 0  9627",
        "2 14128  11.4384  35.2134 0011562  26.4582 333.5652  0.98870114 46093",
    ),
    11801: (
        "1 11801U          80230.29629788  .01431103  00000-0  14311-1      13",
        "2 11801  46.7916 230.4354 7318036  47.4722  10.4117  2.28537848    13",
    ),
}
# catalogue number, minutes, position km, velocity km/s
ROWS = """
     5 0.00000000 7022.46529266 -1400.08296755 0.03995155 1.893841015 6.405893759 4.534807250
     5 1080.00000000 5568.53901181 4492.06992591 3863.87641983 -4.209106476 5.159719888 2.744852980
     5 2160.00000000 190.19796988 7746.96653614 5110.00675412 -6.112325142 1.527008184 -0.139152358
     5 3240.00000000 -5429.79204164 7574.36493792 3747.39305236 -4.999442110 -1.800561422 -2.229392830
     5 4320.00000000 -9060.47373569 4658.70952502 813.68673153 -2.232832783 -4.110453490 -3.157345433
  8195 0.00000000 2349.89483350 -14785.93811562 0.02119378 2.721488096 -3.256811655 4.498416672
  8195 360.00000000 19089.29762968 3107.89495018 39958.14661370 -0.410308034 1.640332277 -0.306873818
  8195 720.00000000 2622.13222207 -15125.15464924 474.51048398 2.688287199 -3.078426664 4.494979530
  8195 1080.00000000 19048.56201523 3260.43223119 39923.39143967 -0.418015536 1.639346953 -0.326094840
  8195 1440.00000000 2890.80638268 -15446.43952300 948.77010176 2.654407490 -2.909344895 4.486437362
  8195 1800.00000000 19007.28688729 3412.85948715 39886.66579255 -0.425733568 1.638276809 -0.345353807
 11801 0.00000000 7473.37102491 428.94748312 5828.74846783 5.107155391 6.444680305 -0.186133297
 11801 1080.00000000 -9990.05800009 22717.34212448 -23616.88515553 -1.016674392 -2.290267981 0.728923337
 14128 0.00000000 34747.57932696 24502.37114079 -1.32832986 -1.731642662 2.452772615 0.608510081
 14128 360.00000000 -23516.34391907 34424.42065671 8448.49867693 -2.529120477 -1.726186020 0.009582303
 14128 720.00000000 -35597.57919549 -23407.91145393 282.09554383 1.641405246 -2.506773678 -0.606963478
 14128 1080.00000000 22136.97605384 -35388.19823762 -8447.62393401 2.587624889 1.630097136 -0.032349004
 14128 1440.00000000 36366.59147396 22023.54245720 -601.47121821 -1.549681546 2.571788981 0.607057418
 14128 1800.00000000 -20964.17821076 36039.06206172 8418.91984963 -2.642795221 -1.546099886 0.052725852
"""


def states_of(first: str, second: str, minutes: np.ndarray):
    elements = read_tle(f"{mended(first)}\n{mended(second)}\n", "SGP4-VER")[0]
    return sgp4_states(
        elements, np.full(len(minutes), elements.epoch_jd), elements.epoch_fraction + minutes / 1440.0
    )


def mended(line: str) -> str:
    return f"{line[:68]}{checksum(line)}"


def test_typed_rows(verified) -> None:
    table = np.array([[float(word) for word in row.split()] for row in ROWS.split("\n") if row.strip()])
    assert len(table) >= 16
    off_m, off_mps = [], []
    for number, (first, second) in SETS.items():
        rows = table[table[:, 0] == number]
        states = states_of(first, second, rows[:, 1])
        off_m.append(np.abs(states.position_m / 1e3 - rows[:, 2:5]).max())
        off_mps.append(np.abs(states.velocity_mps / 1e3 - rows[:, 5:8]).max())
    verified("position, four satellites", max(off_m), allowed=1e-6, unit="km")
    verified("velocity, four satellites", max(off_mps), allowed=1e-9, unit="km/s")


def whole_set():
    lines = shared_path("validation", "orbit", "sgp4", "SGP4-VER.TLE").read_text().splitlines()
    lines = [line for line in lines if line[:1] in ("1", "2")]
    expected: list[list[list[float]]] = []
    for line in shared_path("validation", "orbit", "sgp4", "tcppver.out").read_text().splitlines():
        if line.rstrip().endswith("xx"):
            expected.append([])
        elif line.strip():
            expected[-1].append([float(word) for word in line.split()[:7]])
    return zip(lines[::2], lines[1::2], expected, strict=True)


def test_the_whole_set(verified) -> None:
    off_km, off_kmps, count, failed = 0.0, 0.0, 0, {}
    for first, second, rows in whole_set():
        table = np.array(rows)
        if int(first[2:7]) == REFUSED:
            with pytest.raises(InputError, match="the perturbed eccentricity leaves 0 to 1"):
                states_of(first, second, table[:, 0])
            continue
        start, stop, step = (float(word) for word in second[69:].split())
        states = states_of(first, second, table[:, 0])
        assert (states.code == 0).all(), first
        off_km = max(off_km, np.abs(states.position_m / 1e3 - table[:, 1:4]).max())
        off_kmps = max(off_kmps, np.abs(states.velocity_mps / 1e3 - table[:, 4:7]).max())
        count += len(table)
        asked = np.arange(start, stop + step, step)
        asked = asked[(asked <= stop) & (asked > table[-1, 0])]
        if len(asked):
            failed[int(first[2:7])] = int(states_of(first, second, asked[:1]).code[0])
    assert count == 666, "700 lines less 33 heads and the one state that is none"
    verified("position, all satellites", off_km, allowed=1e-6, unit="km")
    verified("velocity, all satellites", off_kmps, allowed=1e-9, unit="km/s")
    # satellites whose list ends early, with the error the verification program stops at
    assert failed == FAILS


REFUSED = 33334  # fails at its epoch; the program prints the state of the satellite before it again
FAILS = {20413: 6, 22312: 1, 28350: 1, 28872: 6, 29141: 6, 33333: 4}
