"""Notices as they are written: read again they say the same, and their outlines hold what they announce."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely

from overflight.formats.notices.read import read_notice
from overflight.formats.notices.values import Window
from overflight.formats.notices.write import NoticeArea, broadcast_text, grown, notam_text, whole_minutes
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
def test_what_is_printed_still_holds_its_ring(middle):
    """Rounded to hundredths of minutes or to seconds, a ring moved out by 30 m holds the ring it came from."""
    from pyproj import Proj

    turn = np.linspace(0.0, 2.0 * np.pi, 13)
    plane = Proj(proj="aeqd", lon_0=middle[0], lat_0=middle[1], ellps="WGS84")
    lon, lat = plane(40e3 * np.cos(turn), 12e3 * np.sin(turn), inverse=True)
    lon = np.unwrap(lon, period=360.0)  # beyond 180 where it crosses
    ring = [(float(x), float(y)) for x, y in zip(lon, lat, strict=True)]
    ring[-1] = ring[0]
    area = NoticeArea("x", grown(ring, 30.0), WINDOW)
    for text in (broadcast_text([area], title="x", cancel_utc=BEGIN), notam_text(area, title="x")):
        (printed,) = read_notice(text).zones
        assert len(printed.points_deg) == 12
        both = ring_metres([*printed.points_deg, *ring])
        held, inner = shapely.Polygon(both[:12]), shapely.Polygon(both[12:])
        assert held.contains(inner)
        assert held.area < 1.02 * inner.area
