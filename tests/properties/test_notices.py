"""Notices: what is written is read again; what is damaged is refused or unchanged, and nothing crashes."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from overflight.formats.notices.positions import find_positions
from overflight.formats.notices.read import read_notice
from overflight.formats.notices.values import NoticeError, Window
from overflight.formats.notices.write import NoticeArea, broadcast_text, notam_text

TEXTS = (
    "NAVAREA IV 1177/22(11,26).\n1. HAZARDOUS OPERATIONS, ROCKET LAUNCHING\n   121606Z TO 121854Z NOV, ALTERNATE\n"
    "   131606Z TO 131854Z AND 1607Z TO 1854Z DAILY\n   14 THRU 18 NOV IN AREAS BOUND BY:\n"
    "   A. 28-39.92N 080-38.33W, 28-40.00N 079-44.00W,\n      28-28.00N 079-40.00W, 28-29.97N 080-32.29W\n"
    "   B. 27-51.00N 073-56.00W, 28-37.00N 073-55.00W,\n      28-40.00N 071-21.00W, 28-13.00N 069-58.00W.\n"
    "2. CANCEL NAVAREA IV 1165/22.\n3. CANCEL THIS MSG 181954Z NOV 22.\n",
    "AEROSPACE FLIGHT ACTIVITY 11 FEB 2025 0122 TO 0216 UTC.\n"
    "DROP ZONE 1: N11 54 E116 48 - N12 38 E116 14 - N12 58 E116 40 - N12 14 E117 14\n"
    "DROP ZONE 2: N10 19 E117 52 - N11 10 E117 14 - N11 13 E117 49 - N10 45 E118 28\n",
    "A0439/25 NOTAMN\nQ) ZJSA/QRDCA/IV/BO/W/000/999/1231N11646E035\nA) ZJSA B) 2502110122 C) 2502110216\n"
    "E) DANGER AREA BOUNDED BY: N115400E1164800-\nN123800E1161400-N125800E1164000-N121400E1171400 BACK TO START.\n",
    "A0440/25 NOTAMC A0439/25\nA) ZJSA B) 2502110300\nE) CNL. ROCKETS WITHIN TEN MILES OF 39-39.6N 124-42.6E.\n",
)
SIGNS = "NSEWXO .,-;:)(/°'\"\n"


@st.composite
def convex_rings(draw):
    lon, lat = draw(st.floats(-180.0, 180.0)), draw(st.floats(-75.0, 75.0))
    n, size = draw(st.integers(3, 8)), draw(st.floats(0.2, 3.0))
    turn = 2.0 * np.pi * (np.arange(n) + draw(st.floats(0.0, 1.0))) / n
    x = lon + size * np.cos(turn) / np.cos(np.radians(lat))
    y = lat + size * np.sin(turn)
    return tuple(((float(a) + 180.0) % 360.0 - 180.0, float(b)) for a, b in zip(x, y, strict=True))


@settings(max_examples=60, deadline=None)
@given(
    rings=st.lists(convex_rings(), min_size=1, max_size=3),
    minutes=st.integers(0, 60 * 24 * 900),
    length=st.integers(1, 60 * 24 * 30),
)
def test_what_is_written_is_read_again(rings, minutes, length):
    begin = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    window = Window(begin, begin + timedelta(minutes=length))
    areas = [NoticeArea(f"Stage {i}", ring, window, "97 %") for i, ring in enumerate(rings)]
    notice = read_notice(broadcast_text(areas, title="Sea", cancel_utc=window.end_utc))
    assert notice.windows == (window,)
    pairs = zip(notice.zones, rings, strict=True)
    if len(rings) == 1:
        single = read_notice(notam_text(areas[0], title="Sea"))
        assert single.windows == (window,)
        pairs = [*pairs, (single.zones[0], rings[0])]
    for zone, ring in pairs:
        assert zone.kind == "polygon"
        assert not zone.reordered
        apart = (np.array(zone.points_deg) - np.array(ring) + 180.0) % 360.0 - 180.0
        assert np.abs(apart).max() < 0.5 / 3600.0 + 1e-6


@pytest.mark.parametrize("text", TEXTS[:3])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_position_is_refused_or_unchanged(text, data):
    """Any one sign in a position that is no digit: taken out, exchanged, or put in."""
    whole = read_notice(text)
    spans = [i for p in find_positions(text, "x") for i in range(p.start, p.end) if not text[i].isdigit()]
    at = data.draw(st.sampled_from(spans))
    sign = data.draw(st.sampled_from(["", *SIGNS]))
    # another letter of the same pair is another place: only its neighbours can tell
    assume(not (text[at] in "NSEW" and sign in "NSEW" and sign))
    keep = data.draw(st.booleans()) and bool(sign)
    damaged = text[:at] + sign + text[at + (0 if keep else 1) :]
    try:
        notice = read_notice(damaged)
    except NoticeError:
        return
    assert [z.points_deg for z in notice.zones] == [z.points_deg for z in whole.zones]


@pytest.mark.parametrize("text", TEXTS[:2])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_one_exchanged_hemisphere_is_refused(text, data):
    letters = [i for p in find_positions(text, "x") for i in range(p.start, p.end) if text[i] in "NSEW"]
    at = data.draw(st.sampled_from(letters))
    other = {"N": "S", "S": "N", "E": "W", "W": "E"}[text[at]]
    with pytest.raises(NoticeError):
        read_notice(text[:at] + other + text[at + 1 :])


@settings(max_examples=300, deadline=None)
@given(data=st.data())
@example(data=None)
def test_nothing_crashes(data):
    if data is None:
        return
    text = data.draw(st.sampled_from(TEXTS))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 12))
        new = data.draw(st.text(alphabet="0123456789" + SIGNS + "ABZTOİß²½", max_size=6))
        text = text[:at] + new + text[at + cut :]
    try:
        notice = read_notice(text)
    except NoticeError:
        return
    for zone in notice.zones:
        assert len(zone.points_deg) >= {"polygon": 3, "corridor": 2, "circle": 1}[zone.kind]
        assert all(-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0 for lon, lat in zone.points_deg)
    assert all(w.begin_utc < w.end_utc for w in notice.windows)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_is_refused_in_words(text):
    try:
        read_notice(text)
    except NoticeError as error:
        assert error.remedy
