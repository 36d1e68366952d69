"""ASTERIX: a published record, bytes made by hand, what is refused and why, midnight, recordings."""

from __future__ import annotations

import io
import math
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("asterix", reason="the extra sensors is not installed")

from overflight.earth.frames import ecef_to_geodetic
from overflight.formats.asterix import AsterixReader, Radar
from overflight.formats.asterix_frames import Framing, blocks, datagrams, framing_of
from overflight.track.geometry import elevation_at_height, pack, place_of
from overflight.track.measurements import Plot, Position, SensorSite

SITE = SensorSite("okinawa", math.radians(26.2), math.radians(127.7), 100.0, refraction=0.0)
SIGMA = (50.0, 1e-3, 1e-3)
DAY = date(2023, 8, 23)
MIDNIGHT = datetime(2023, 8, 23, tzinfo=UTC).timestamp()
PUBLISHED = bytes.fromhex(
    "300030fdf70219c9356d4da0c5aff1e0020005283c660c10c236d4182001c0780031bc0000400deb07b9582e410020f5"
)
"""A record that decoders of ASTERIX are commonly tested with (sample of the CroatiaControl decoder)."""


def reader(day=DAY, key=(25, 10)):
    return AsterixReader(day, {key: Radar(SITE, SIGMA)})


def block(category, *records):
    body = b"".join(records)
    return bytes([category]) + (len(body) + 3).to_bytes(2, "big") + body


def record(items):
    """Return a record of items by their FRN: field specification, seven items and FX a byte, then the items."""
    size = (max(items) + 6) // 7
    spec = bytearray(1 if i < size - 1 else 0 for i in range(size))
    for frn in items:
        spec[(frn - 1) // 7] |= 0x80 >> (frn - 1) % 7
    return bytes(spec) + b"".join(items[frn] for frn in sorted(items))


def plot048(
    tod=67_930.25, rho=100.0, theta=191.2, feet=100_000.0, *, described=b"\x20", level=None, extended=None
):
    """Return a CAT048 record: I048/010, 140, 020, 040, 090, 161, 110 and the expansion field, made by hand."""
    items = {
        1: bytes([25, 10]),
        2: round(tod * 128).to_bytes(3, "big"),
        3: described,
        4: round(rho * 256).to_bytes(2, "big") + round(theta * 65536 / 360).to_bytes(2, "big"),
        11: (77).to_bytes(2, "big"),
    }
    if level is not None:
        items[6] = (round(level * 4) & 0x3FFF).to_bytes(2, "big")
    if feet is not None:
        items[19] = (round(feet / 25) & 0x3FFF).to_bytes(2, "big")
    if extended is not None:
        items[28] = bytes([5, 0b00001000]) + round(extended * 256).to_bytes(3, "big")
    return record(items)


def track062(
    latitude=30.5, longitude=125.25, *, feet=100_000.0, level=None, status=b"\x00", spread=None, tod=100.0
):
    """Return a CAT062 record: I062/010, 070, 105, 040, 080, 136, 130 and 500, made by hand."""
    items = {
        1: bytes([25, 10]),
        4: round(tod * 128).to_bytes(3, "big"),
        12: (4021).to_bytes(2, "big"),
        13: status,
    }
    if latitude is not None:
        place = (latitude, longitude)
        items[5] = b"".join(round(v * 2**25 / 180).to_bytes(4, "big", signed=True) for v in place)
    if level is not None:
        items[17] = round(level * 4).to_bytes(2, "big", signed=True)
    if feet is not None:
        items[18] = round(feet / 6.25).to_bytes(2, "big", signed=True)
    if spread is not None:
        items[27] = spread
    return record(items)


def only(found):
    assert len(found) == 1
    return found[0]


def test_a_published_record():
    made = reader(key=(25, 201))
    plot = only(made.read(PUBLISHED))
    assert isinstance(plot, Plot)
    assert not made.refused
    assert plot.time_s - MIDNIGHT == 27354.6015625
    assert plot.range_m == 197.68359375 * 1852.0
    assert math.degrees(plot.azimuth_rad) == pytest.approx(340.13671875, abs=1e-12)
    assert (plot.source, plot.track, plot.exercise) == ("okinawa", "3563", False)
    where = place_of(pack(plot, SITE))[0]
    assert float(ecef_to_geodetic(where)[2]) == pytest.approx(33_000 * 0.3048, abs=0.01)  # its FL330


def test_height_gives_the_elevation():
    plot = only(reader().read(block(48, plot048())))
    where = place_of(pack(plot, SITE))[0]
    assert float(ecef_to_geodetic(where)[2]) == pytest.approx(100_000 * 0.3048, abs=0.01)
    assert plot.sigma[2] == pytest.approx(math.hypot(SIGMA[2], 35.07 / plot.range_m), rel=0.01)
    assert plot.time_s == MIDNIGHT + 67_930.25
    assert plot.track == "77"


@given(
    st.floats(-1.5, 1.5), st.floats(-3.1, 3.1), st.floats(0, 3000), st.floats(1e3, 3e6), st.floats(0, 6.2),
    st.floats(-0.1, 1.5),
)  # fmt: skip
def test_elevation_is_found_again(latitude, longitude, foot_m, range_m, azimuth, elevation):
    site = SensorSite("s", latitude, longitude, foot_m)
    plot = Plot("s", None, 0.0, None, range_m, azimuth, elevation, SIGMA)
    height = float(ecef_to_geodetic(place_of(pack(plot, site))[0])[2])
    found = elevation_at_height(site, range_m, azimuth, height)
    assert found is not None
    assert found[0] == pytest.approx(elevation, abs=2e-3 / found[1] + 1e-9)


def test_a_flight_level_is_less_sure_than_a_height():
    plots = [only(reader().read(block(48, plot048(feet=f, level=v)))) for f, v in ((3e4, None), (None, 300))]
    assert plots[1].elevation_rad == pytest.approx(plots[0].elevation_rad)
    assert plots[1].sigma[2] > 2 * plots[0].sigma[2]


def test_a_range_beyond_the_item_comes_from_the_expansion_field():
    plot = only(reader().read(block(48, plot048(rho=65_535 / 256, extended=300.5, feet=2e5))))
    assert plot.range_m == 300.5 * 1852.0


@pytest.mark.parametrize(
    ("given_record", "reason"),
    [
        (plot048(feet=None), "neither height (I048/110) nor flight level (I048/090)"),
        (plot048(feet=8191 * 25), "a height at the end of what I048/110 can tell (62 km)"),
        (plot048(feet=None, level=-200), "a flight level out of range"),
        (plot048(rho=5.0, feet=100_000.0), "a height that contradicts its range"),
        (plot048(rho=65_535 / 256), "a range beyond 256 NM that is not told (no extended range report)"),
        (plot048(rho=0.0), "a range of zero"),
        (plot048(rho=65_535 / 256, extended=60_000.0), "a range beyond 100,000 km"),
        (plot048(rho=1.0, feet=-1500.0), "a height far below what its sensor can see"),
        (plot048(tod=86_400.0), "a time of day of 24 hours or more"),
        (plot048(described=b"\x00"), "a track without detection"),
        (plot048(described=b"\x22"), "a report of a field monitor"),
        (
            plot048(rho=16.47, feet=None, level=1000),
            "too near the zenith for its height to tell the elevation",
        ),
    ],
)
def test_a_plot_that_tells_no_place_is_refused_with_its_reason(given_record, reason):
    made = reader()
    assert made.read(block(48, given_record, plot048())) == reader().read(block(48, plot048()))
    assert made.refused == {("okinawa", reason): 1}


def test_what_is_no_record_or_of_another_kind_is_counted():
    made = reader(key=(1, 2))
    good = plot048()
    assert made.read(block(48, good)) == []
    assert made.read(block(48, good[:-1])) == []
    assert made.read(block(34, b"\x00") + block(48, good) + b"\x30\x00") == []
    assert made.refused == {
        ("25/10", "the site of this SAC/SIC is not among the sensors"): 2,
        ("", "a record of category 048 that is none"): 1,
        ("", "ASTERIX category 034"): 1,
        ("", "no whole ASTERIX data block"): 1,
    }


def test_simulated_and_test_targets_are_of_the_drill():
    for described, drill in ((b"\x20", False), (b"\x30", True), (b"\x21\x80", True)):
        assert only(reader().read(block(48, plot048(described=described)))).exercise is drill
    for status, drill in ((b"\x00", False), (b"\x01\x80", True)):
        assert only(reader().read(block(62, track062(status=status)))).exercise is drill


def test_midnight_passes_in_both_orders():
    times = [86_399.5, 0.5, 86_399.75, 1.0]
    found = reader().read(block(48, *(plot048(tod=t) for t in times)))
    assert [p.time_s - MIDNIGHT for p in found] == [86_399.5, 86_400.5, 86_399.75, 86_401.0]


def test_a_few_wrong_clocks_do_not_carry_the_day_off():
    times = [1000.0, 40_000.0, 80_000.0, 40_000.0, 1001.0]
    found = reader().read(block(48, *(plot048(tod=t) for t in times)))
    assert found[-1].time_s - MIDNIGHT == 1001.0


def test_a_system_track():
    found = only(reader().read(block(62, track062(spread=bytes([0x30, 0, 3, 0, 4, 5])))))
    assert isinstance(found, Position)
    assert math.degrees(found.latitude_rad) == pytest.approx(30.5, abs=3e-6)
    assert math.degrees(found.longitude_rad) == pytest.approx(125.25, abs=3e-6)
    assert (found.height_m, found.time_s, found.track) == (30_480.0, MIDNIGHT + 100.0, "4021")
    step = math.radians(180 / 2**25) * 6.371e6
    assert found.sigma == pytest.approx(
        (4 * step * math.cos(math.radians(30.5)), 3 * step, 5 * 6.25 * 0.3048)
    )


def test_a_system_track_without_accuracies_is_taken_with_wide_ones():
    assert only(reader(key=(1, 1)).read(block(62, track062()))).sigma == (1000.0, 1000.0, 1000.0)
    by_level = only(reader(key=(1, 1)).read(block(62, track062(feet=None, level=330))))
    assert by_level.source == "25/10"
    assert by_level.height_m == pytest.approx(33_000 * 0.3048)
    assert by_level.sigma[2] > 500.0


@pytest.mark.parametrize(
    ("given_record", "reason"),
    [
        (track062(latitude=None), "no WGS-84 position (I062/105)"),
        (track062(latitude=95.0), "a position that is none on Earth"),
        (track062(feet=None), "neither geometric altitude (I062/130) nor flight level (I062/136)"),
        (track062(feet=32_767 * 6.25), "an altitude at the end of what I062/130 can tell (62 km)"),
        (track062(feet=None, level=2000), "a flight level out of range"),
        (track062(status=b"\x01\x40"), "the last message of a track"),
        (track062(status=b"\x01\x01\x01\x80"), "a track that is extrapolated, not measured"),
    ],
)
def test_a_system_track_that_tells_no_place_is_refused_with_its_reason(given_record, reason):
    made = reader()
    assert made.read(block(62, given_record)) == []
    assert made.refused == {("okinawa", reason): 1}


def test_a_recording_is_read_however_it_is_framed():
    parts = [block(48, plot048(tod=t), plot048(tod=t + 1)) + block(34, b"\x00") for t in range(100, 140, 2)]
    for framing, size in ((Framing.BLOCKS, 0), (Framing.LENGTH_2, 2), (Framing.LENGTH_4, 4)):
        data = b"".join((len(p).to_bytes(size, "big") if size else b"") + p for p in parts)
        assert framing_of(data) is framing
        refused = Counter()
        made = reader()
        found = [m for d in datagrams(io.BytesIO(data), framing, refused) for m in made.read(d)]
        assert [m.time_s - MIDNIGHT for m in found] == list(range(100, 140))
        assert not refused
        cut = io.BytesIO(data[:-1])
        assert sum(1 for _ in datagrams(cut, framing, refused)) == (39 if not size else 19)
        assert refused.total() == 1


@pytest.mark.parametrize("data", [b"", b"{", b"CCSDS_TDM_VERS = 2.0\n", b'{"v":1}\n' * 99, b"\x00" * 99])
def test_what_is_no_recording_is_not_taken_for_one(data):
    assert framing_of(data) is None


def test_many_tiny_blocks_and_records_cost_no_more_than_their_bytes():
    tiny = block(48, b"\x80\x19\x0a")
    made = reader()
    assert made.read(tiny * 10_000) == []
    assert made.read(block(48, b"\x80\x19\x0a" * 20_000)) == []
    assert made.refused == {("okinawa", "no description of the report (I048/020)"): 30_000}


def test_sources_that_are_counted_apart_are_bounded():
    made = reader()
    for number in range(3_000):
        made.read(block(48, record({1: number.to_bytes(2, "big")})))
    assert made.refused.total() == 3_000
    assert len(made.refused) <= 1_001


def test_blocks_are_told_up_to_the_first_that_is_none():
    with pytest.raises(ValueError, match="byte 4"):
        list(blocks(b"\x30\x00\x04\x01\x30\x00\x09"))
    assert list(blocks(b"\x30\x00\x04\x01")) == [(48, b"\x01")]


def test_lines_of_json_are_never_taken_for_frames():
    """A long file of measurements whose bytes happen to chain from length to length."""
    line = b'{"v":1,"type":"plot","source":"radar-a"}\n'
    chained = bytearray(line * 3000)
    chained[0x2276 + 1 : 0x2276 + 3] = b"}}"  # the second "block" then ends beyond the head
    assert framing_of(bytes(chained)) is None
    assert framing_of(b"\xef\xbb\xbf" + line * 3000) is None
