"""Notices as they are written: read again they say the same, and their outlines hold what they announce."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely

from overflight.formats.notices.read import read_notice
from overflight.formats.notices.values import Window
from overflight.formats.notices.write import NoticeArea, broadcast_text, notam_text, outline, whole_minutes
from overflight.formats.notices.zones import ring_metres

BEGIN = datetime(2025, 2, 11, 1, 22, tzinfo=UTC)
WINDOW = Window(BEGIN, BEGIN + timedelta(minutes=54))
LATER = Window(BEGIN + timedelta(minutes=10), BEGIN + timedelta(hours=2))
STAGE = ((116.8, 11.9), (116.2333, 12.6333), (116.6667, 12.9667), (117.2333, 12.2333))
ACROSS = ((179.5, -10.0), (-179.5, -10.0), (-179.5, -11.0), (179.5, -11.0))


def test_broadcast_text_as_a_desk_pastes_it():
    areas = [NoticeArea("Stage 1", STAGE, WINDOW), NoticeArea("Stage 2", ACROSS, LATER)]
    text = broadcast_text(areas, title="South China Sea", cancel_utc=LATER.end_utc)
    assert text == (
        "NAVAREA [ ] [ ]/[ ].\n"
        "SOUTH CHINA SEA.\n"
        "1. HAZARDOUS OPERATIONS, ROCKET LAUNCHING\n"
        "   110122Z FEB 25 TO 110216Z FEB 25\n"
        "   IN AREAS BOUND BY:\n"
        "   A. 11-54.00N 116-48.00E, 12-38.00N 116-14.00E,\n"
        "      12-58.00N 116-40.00E, 12-14.00N 117-14.00E.\n"
        "2. HAZARDOUS OPERATIONS, ROCKET LAUNCHING\n"
        "   110132Z FEB 25 TO 110322Z FEB 25\n"
        "   IN AREAS BOUND BY:\n"
        "   B. 10-00.00S 179-30.00E, 10-00.00S 179-30.00W,\n"
        "      11-00.00S 179-30.00W, 11-00.00S 179-30.00E.\n"
        "3. CANCEL THIS MSG 110322Z FEB 25.\n"
    )
    notice = read_notice(text)
    assert [zone.label for zone in notice.zones] == ["A", "B"]
    assert notice.windows == (WINDOW, LATER)
    assert notice.ends_utc == LATER.end_utc


@pytest.mark.parametrize("ring", [STAGE, ACROSS])
def test_notam_text_is_read_again(ring):
    notice = read_notice(notam_text(NoticeArea("Stage 1", ring, WINDOW, "97 % of impacts"), title="Example"))
    assert (notice.layout, notice.kind, notice.windows) == ("notam", "launch", (WINDOW,))
    (zone,) = notice.zones
    assert np.ravel(zone.points_deg) == pytest.approx(np.ravel(ring), abs=0.5 / 3600 + 1e-9)


def test_whole_minutes_only_widen():
    odd = Window(BEGIN + timedelta(seconds=10), BEGIN + timedelta(seconds=70))
    assert whole_minutes(odd) == Window(BEGIN, BEGIN + timedelta(minutes=2))
    assert whole_minutes(WINDOW, timedelta(minutes=30)).begin_utc == BEGIN - timedelta(minutes=30)


@pytest.mark.parametrize("middle", [(125.0, 39.7), (15.0, 70.0), (180.0, -12.0)])
@pytest.mark.parametrize("axes_km", [(40.0, 12.0), (200.0, 8.0), (30.0, 30.0)])
def test_an_outline_holds_its_ring_closely(middle, axes_km):
    from pyproj import Proj

    turn, tilt = np.linspace(0.0, 2.0 * np.pi, 73), 0.7
    x, y = axes_km[0] * 1e3 * np.cos(turn), axes_km[1] * 1e3 * np.sin(turn)
    plane = Proj(proj="aeqd", lon_0=middle[0], lat_0=middle[1], ellps="WGS84")
    lon, lat = plane(x * np.cos(tilt) - y * np.sin(tilt), x * np.sin(tilt) + y * np.cos(tilt), inverse=True)
    ring = tuple(zip(lon.tolist(), lat.tolist(), strict=True))
    corners = outline(ring)
    assert len(corners) <= 12
    # as printed, in hundredths of minutes
    (printed,) = read_notice(
        broadcast_text([NoticeArea("x", corners, WINDOW)], title="x", cancel_utc=BEGIN)
    ).zones
    both = ring_metres([*printed.points_deg, *ring])
    held, inner = shapely.Polygon(both[: len(corners)]), shapely.Polygon(both[len(corners) :])
    assert held.contains(inner)
    assert held.area < 1.1 * inner.area
