"""Oracle: 14 CFR part 420, appendices A, C and D: tables as printed and worked cases from its equations."""

import numpy as np
import pytest
from pyproj import Geod

from overflight.exposure import part420

PRINTED_1E6_IN = {  # lines CF, DE, HI of table A-3, in 1e6 inches
    "small": (2.87620, 8.59452, 128.566),
    "medium": (2.97220, 8.64252, 128.566),
    "medium_large": (3.03460, 8.67372, 128.566),
    "large": (3.14979, 8.73131, 128.566),
    "suborbital_guided": (2.90980, 8.61132, 128.566),
}


@pytest.mark.parametrize("kind", PRINTED_1E6_IN)
def test_corridor_widths_are_those_printed(kind, verified):
    got = np.array(part420.corridor_lines_nm(kind)) / part420.INCH_NM / 1e6
    worst = np.abs(got / PRINTED_1E6_IN[kind] - 1.0).max()
    verified("corridor widths, table A-3", worst, allowed=1e-5, unit="relative")
    assert 2.0 * part420.corridor_half_width_nm(kind, [10.0, 100.0, 5000.0]) == pytest.approx(
        part420.corridor_lines_nm(kind)
    )


def test_site_boundary_is_the_debris_radius_in_feet():
    feet = [part420.DMAX_IN[kind] / 12.0 for kind in PRINTED_1E6_IN]
    assert feet == [7300.0, 9300.0, 10600.0, 13000.0, 8000.0]


def test_corridor_corners_lie_on_the_ellipsoid():
    """A corner is half a width across at the end of its range: by Geod, and back again."""
    geod = Geod(ellps="WGS84")
    for range_nm in (10.0, 100.0, 5000.0):
        half_m = float(part420.corridor_half_width_nm("small", range_nm)) * 1852.0
        lon, lat, back = geod.fwd(124.705, 39.66, 180.0, range_nm * 1852.0)
        corner = geod.fwd(lon, lat, back + 90.0, half_m)
        assert geod.inv(lon, lat, *corner[:2])[2] == pytest.approx(half_m, abs=1.0)


def test_appendix_c(verified):
    half = part420.corridor_half_width_nm("small", 1010.0)
    assert half / 3.0 == pytest.approx(70.5740, abs=2e-3)
    py, pi = part420.impact_probability(1000.0, 1020.0, 5.0, 25.0, half)
    assert py == pytest.approx(0.110179, rel=1e-4)
    verified("appendix C, Pi", pi / 3.87236e-5 - 1.0, allowed=1e-4, unit="relative")
    area_mi2 = 20.0 * 20.0 * part420.MILE2_PER_NM2
    ec = pi * part420.casualty_area_mi2("small", 1010.0) * 1e6 / area_mi2
    verified("appendix C, Ec", ec / 1.80563e-3 - 1.0, allowed=1e-3, unit="relative")


def test_appendix_d(verified):
    stage = part420.unguided(250.0)
    assert (stage.range_km, stage.radius_km) == (175.0, 175.0)
    assert part420.unguided(99.0).radius_km == pytest.approx(39.6)
    pi = stage.impact_probability((0.0, stage.sigma_km), (0.0, stage.sigma_km))
    verified("appendix D, Pi", pi / 0.114186 - 1.0, allowed=1e-3, unit="relative")
    area_mi2 = (stage.sigma_km / 1.609344) ** 2
    assert pi * 1.1e-5 * 1000.0 / area_mi2 == pytest.approx(9.5603e-7, rel=1e-3)


def test_ec_is_additive_when_an_area_is_split():
    """Appendix C (c)(9)(v): a hundred cells of a populated area have the risk of the whole."""
    half = part420.corridor_half_width_nm("small", 1010.0)
    whole = part420.impact_probability(1000.0, 1020.0, 5.0, 25.0, half)[1]
    x, y = np.meshgrid(1000.0 + 2.0 * np.arange(10), 5.0 + 2.0 * np.arange(10))
    cells = part420.impact_probability(x, x + 2.0, y, y + 2.0, half)[1]
    assert cells.sum() == pytest.approx(whole, rel=1e-6)


def test_table_values_at_their_edges():
    assert part420.casualty_area_mi2("small", [49.0, 50.0, 1749.0, 1750.0, 5000.0, 5001.0]) == pytest.approx(
        [3.14e-2, 2.47e-2, 2.47e-2, 3.01e-4, 3.01e-4, 0.0]
    )
    assert part420.dwell_s([80.0, 4600.0], [81.0, 4601.0]) == pytest.approx([1 / 1.73, 1 / 154.95])
    assert part420.dwell_s(70.0, 80.0) == pytest.approx(5.0 / 0.75 + 5.0 / 1.73)
    names = [part420.vehicle_class(kg) for kg in (300.0, 1995.0, 5000.0, 8000.0, 10000.0)]
    assert names == ["small", "small", "medium", "medium_large", "large"]
