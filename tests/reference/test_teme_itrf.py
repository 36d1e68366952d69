"""TEME to ITRF: the worked example of AIAA 2006-6753 Rev 2, appendix C.

The example was computed with UT1 as one Julian date in double precision, a grid of 40 microseconds; with the date
rounded in that way the example is met to its last digit, with the exact date within 2 cm.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.earth.orientation import EarthOrientation, earth_orientation, julian_date
from overflight.orbit.frames import itrf_from_teme, teme_from_itrf

DUT1_S = -0.439961
ARCSEC = np.pi / 648000.0
TEME_KM, TEME_KMPS = (5094.18016210, 6127.64465950, 6380.34453270), (-4.746131487, 0.785818041, 5.531931288)
ITRF_KM, ITRF_KMPS = (-1033.47938300, 7901.29527540, 6380.35659580), (-3.225636520, -2.872451450, 5.531924446)
TABLE = EarthOrientation(
    np.array([50000.0, 60000.0]), np.full(2, DUT1_S), np.full(2, -0.140682 * ARCSEC), np.full(2, 0.333309 * ARCSEC),
    np.array([40000.0]), np.array([0.0]), 60000.0, 60000.0, 60000.0,
)  # fmt: skip
UTC_TIME = datetime(2004, 4, 6, 7, 51, 28, 386000, tzinfo=UTC)


def differences(jd: float, fraction: float) -> tuple[float, float]:
    position, velocity = itrf_from_teme(
        1e3 * np.array(TEME_KM), 1e3 * np.array(TEME_KMPS), jd, fraction, TABLE
    )
    return np.abs(position / 1e3 - ITRF_KM).max(), np.abs(velocity / 1e3 - ITRF_KMPS).max()


def test_the_example_with_its_rounded_date(verified) -> None:
    jd_ut1 = sum(julian_date(UTC_TIME)) + DUT1_S / 86400.0
    position, velocity = differences(jd_ut1, -DUT1_S / 86400.0)
    verified("position, date rounded as in the example", position, allowed=6e-8, unit="km")
    verified("velocity, date rounded as in the example", velocity, allowed=7e-8, unit="km/s")


def test_the_example_with_the_exact_date(verified) -> None:
    position, _ = differences(*julian_date(UTC_TIME))
    verified("position, exact date", position, allowed=2e-5, unit="km")


def test_there_and_back() -> None:
    jd, fraction = julian_date(UTC_TIME)
    itrf = itrf_from_teme(1e3 * np.array(TEME_KM), 1e3 * np.array(TEME_KMPS), jd, fraction, TABLE)
    position, velocity = teme_from_itrf(*itrf, jd, fraction, TABLE)
    assert position == pytest.approx(1e3 * np.array(TEME_KM), abs=1e-7)
    assert velocity == pytest.approx(1e3 * np.array(TEME_KMPS), abs=1e-10)


def test_the_packaged_orientation(verified) -> None:
    """IERS EOP C04 of 2004-04-06 (published): UT1-UTC -0.439962 s, pole -0.140682, 0.333309 arcsec at 0h."""
    ut1, x, y = earth_orientation().at(2453101.5, 0.0)
    verified("UT1 - UTC of 2004-04-06", float(ut1) - -0.4399, allowed=1e-3, unit="s")
    verified("pole x", float(x / ARCSEC) - -0.140682, allowed=2e-3, unit="arcsec")
    verified("pole y", float(y / ARCSEC) - 0.333309, allowed=2e-3, unit="arcsec")
