"""GIQE-3, GIQE-4 and GIQE-5 beside pyBSM and the published case of NIIRS 5.

pyBSM (Kitware, Apache-2.0), snapshots of tests/metrics/test_functional.py at 6a6d23d: GIQE-5 of a sample of 0.52832 m,
edge response 0.35 and signal-to-noise 50 is the published case. pyBSM's GIQE-4 has 0.334 where the paper
(Leachtenauer et al. 1997) has 0.344 for the noise term: at a gain of 1 and a ratio of 1 that is 0.010.
"""

from __future__ import annotations

from math import pi

from overflight.orbit.imaging import giqe3, giqe4, giqe5


def test_giqe5(verified) -> None:
    verified(
        "NIIRS 5 case", giqe5(0.52832, 0.35, 50.0, pi / 2) - 5.015165370148328, allowed=1e-6, unit="NIIRS"
    )
    # angles of 20 and 90 radians, as the snapshots have them
    verified("1 m, slanting", giqe5(1.0, 1.0, 2.0, 20.0) - 3.341217068150002, allowed=1e-6, unit="NIIRS")
    verified("2 m, slanting", giqe5(2.0, 2.0, 1.0, 90.0) - 2.267751299633085, allowed=1e-6, unit="NIIRS")


def test_giqe3_and_4(verified) -> None:
    verified("GIQE-3", giqe3(1.0, 1.0, 2.0, 1.0, 2.0) - 4.034047939178196, allowed=1e-6, unit="NIIRS")
    pybsm = 2.778934116813923 - 0.010
    verified("GIQE-4", giqe4(2.0, 2.0, 1.0, 2.0, 1.0, pi / 2) - pybsm, allowed=1e-6, unit="NIIRS")
