"""Hostile feeds: mutated ASTERIX datagrams, NDJSON lines and TDMs are measurements or refusals, never a fault.

The everyday run takes a few thousand mutants; the campaign 1,200,000 (resumable: chunks that are done are kept
in the folder ``OVERFLIGHT_CAMPAIGN``). With no fault among n independent mutants the rate of faults of this
mutator is below 3/n at 95 % (rule of three). What a mutant may cost is bounded: memory is measured over a
chunk, time over the mutants that make the most of their bytes.
"""

from __future__ import annotations

import base64
import json
import math
import os
import random
import sys
import tracemalloc
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("asterix", reason="the extra sensors is not installed")

from overflight.cli.sources_guard import SourcesGuard
from overflight.errors import InputError
from overflight.formats.asterix import AsterixReader, Radar
from overflight.formats.plots import read_measurement, write_measurement
from overflight.formats.signatures import sign_line
from overflight.formats.tdm import read_tdm
from overflight.track.feed import Intake
from overflight.track.measurements import Plot, Position, SensorSite

SITE = SensorSite("okinawa", math.radians(26.2), math.radians(127.7), 100.0)
RADARS = {(25, 201): Radar(SITE, (50.0, 1e-3, 1e-3)), (25, 10): Radar(SITE, (50.0, 1e-3, 1e-3))}
DATAGRAMS = [
    bytes.fromhex(
        "300030fdf70219c9356d4da0c5aff1e0020005283c660c10c236d4182001c0780031bc0000400deb07b9582e410020f5"
    ),
    bytes.fromhex("300014f11108190a84ad2020640087f7004d0fa0"),
    bytes.fromhex("3e001f990d1104190a0032000056c16c016444440fb5003e80300003000405"),
    bytes.fromhex(
        "30002af1110902190a84ad2020ffff87f7004d1f400508012c80f510190a84ad2020640087f70528004d22000680190a"
    ),
]
LINES = [
    b'{"v":1,"type":"plot","source":"radar-a","seq":17,"time":"2023-08-23T18:52:10.250Z","track":"a-3",'
    b'"range_m":412345.6,"azimuth_deg":191.2,"elevation_deg":14.1,'
    b'"sigma":{"range_m":50,"azimuth_deg":0.06,"elevation_deg":0.06},"exercise":true,"signature":null}',
    b'{"v":1,"type":"position","source":"p","seq":1,"time":"2023-08-23T18:52:10Z","track":null,'
    b'"latitude_deg":30.5,"longitude_deg":125.25,"height_m":1e5,"sigma":{"east_m":10,"north_m":20,"up_m":30}}',
    b'{"v":1,"type":"sensor","source":"p","latitude_deg":30.5,"longitude_deg":125.25,"height_m":10}',
    b'{"v":1,"type":"status","source":"p","time":"2023-08-23T18:52:10Z","alive":true}',
    b'{"v":1,"type":"cue","source":"p","time":"2023-08-23T18:52:10Z","latitude_deg":39.7,"longitude_deg":124.7}',
]
WORDS = [
    b"NaN", b"1e308", b"-1e308", b"Infinity", b"null", b"true", b"[" * 500, b"{" * 500, b"9" * 5000, b'"',
    b"\\ud800", "\u202e\u0000".encode(), b"1970-01-01T00:00:00Z", b"9999-12-31T23:59:59.999999Z", b"-0",
    b"\xff\xfe", b"1e-400", b"2023-08-23T18:52:60Z", b"2023-02-30T00:00:00+99:99", b"{}", b"[]",
]  # fmt: skip
CHUNK, CHUNKS = 20_000, 30


def mutated(draw: random.Random, pool: list[bytes], words: list[bytes]) -> bytes:
    """Return a seed changed one to six times: bits, bytes, cuts, repeats, swapped parts, lengths, words."""
    data = bytearray(draw.choice(pool))
    for _ in range(draw.randint(1, 6)):
        if not data:
            break
        at = draw.randrange(len(data))
        kind = draw.randrange(8)
        if kind == 0:
            data[at] ^= 1 << draw.randrange(8)
        elif kind == 1:
            data[at] = draw.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF, draw.randrange(256)))
        elif kind == 2:
            del data[at : at + draw.randint(1, 8)]
        elif kind == 3:
            data[at:at] = draw.randbytes(draw.randint(1, 8))
        elif kind == 4:
            data += data[at:] * draw.randint(1, 4)
        elif kind == 5:
            data[at:] = draw.choice(pool)[at:]
        elif kind == 6 and words:
            data[at : at + draw.randint(0, 12)] = draw.choice(words)
        else:
            data[1:3] = len(data).to_bytes(2, "big") if not words else data[1:3]
    return bytes(data[:20_000])


def datagram(reader: AsterixReader, data: bytes) -> str:
    """Read a datagram; what it gave must be a measurement that the tracker's reader takes or refuses."""
    before = reader.refused.total()
    found = reader.read(data)
    for m in found:
        assert isinstance(m, Plot | Position)
        read_measurement(write_measurement(m))
    assert found or reader.refused.total() > before or not data
    return "used" if found else "refused"


def line(data: bytes) -> str:
    try:
        m = read_measurement(data)
    except InputError as fault:
        assert len(str(fault)) < 600
        assert "\n" not in str(fault)
        return "refused"
    for name in m.__slots__:
        value = getattr(m, name)
        for number in value if isinstance(value, tuple) else (value,):
            assert not isinstance(number, float) or math.isfinite(number)
    return "used"


def campaign_chunk(seed: int, count: int) -> Counter[str]:
    """Return how many of ``count`` datagrams and as many lines were used and refused."""
    draw = random.Random(seed)
    reader = AsterixReader(date(2023, 8, 23), RADARS)
    told: Counter[str] = Counter()
    for _ in range(count):
        told[f"datagrams {datagram(reader, mutated(draw, DATAGRAMS, []))}"] += 1
        told[f"lines {line(mutated(draw, LINES, WORDS))}"] += 1
    assert len(reader.refused) <= 1_001
    return told


def test_seeds_themselves_are_used():
    reader = AsterixReader(date(2023, 8, 23), RADARS)
    assert [datagram(reader, d) for d in DATAGRAMS] == ["used"] * 4, reader.refused
    assert [line(seed) for seed in LINES] == ["used"] * len(LINES)


def test_mutants_are_used_or_refused():
    told = campaign_chunk(1, 1_500)
    assert set(told) == {"datagrams used", "datagrams refused", "lines used", "lines refused"}


@pytest.mark.campaign
def test_mutants_are_used_or_refused_campaign(tmp_path):
    folder = Path(os.environ.get("OVERFLIGHT_CAMPAIGN", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    told: Counter[str] = Counter()
    for chunk in range(CHUNKS):
        kept = folder / f"hostile-feeds-{chunk}.json"
        if not kept.exists():
            part = folder / f"{kept.name}.part"
            part.write_text(json.dumps(campaign_chunk(1_000 + chunk, CHUNK)))
            part.replace(kept)
        told.update(json.loads(kept.read_text()))
    assert told.total() == 2 * CHUNK * CHUNKS >= 1_000_000
    print(f"{told.total()} mutants, no fault (rate below {3 / told.total():.1g} at 95 %): {dict(told)}")


def test_a_mutated_tdm_is_used_or_refused():
    message = Path(__file__).parents[1] / "unit" / "formats" / "test_tdm.py"
    text = message.read_text().split('"""')[3]
    assert read_tdm(text.encode(), "x")
    draw, told = random.Random(2), Counter()
    for _ in range(1_000):
        data = mutated(draw, [text.encode()], WORDS)
        try:
            told["used"] += bool(read_tdm(data, "x"))
        except InputError as fault:
            told["refused"] += 1
            assert len(str(fault)) < 600
    assert told["used"]
    assert told["refused"] > 500


def test_memory_of_a_long_hostile_feed_is_bounded():
    """Half as much again of the same mutants adds next to nothing, and nothing near the bytes that came."""
    draw = random.Random(3)
    reader, intake = AsterixReader(date(2023, 8, 23), RADARS), Intake()
    campaign_chunk(4, 50)
    tracemalloc.start()
    try:
        sizes = []
        for _ in range(2):
            for _ in range(500):
                reader.read(mutated(draw, DATAGRAMS, []))
            for k in range(2_000):  # plots of ever other sources that have no site
                at = 1.69e9 + draw.random()
                intake.take([Plot(f"s{k}-{draw.random()}", k, at, None, 1e5, 1.0, 0.5, (1.0, 1.0, 1.0))])
            sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert sizes[1] - sizes[0] < 400_000
    assert len(reader.refused) <= 1_001


def test_work_grows_with_the_bytes_and_not_faster():
    """The steps of the interpreter for a block of many tiny records are those of its parts together."""

    def steps(data: bytes) -> int:
        count = 0

        def counted(*_: object) -> None:
            nonlocal count
            count += 1

        reader = AsterixReader(date(2023, 8, 23), RADARS)
        sys.setprofile(counted)
        try:
            reader.read(data)
        finally:
            sys.setprofile(None)
        return count

    tiny = b"\x80\x19\x0a"
    few, many = (b"\x30" + (3 * n + 3).to_bytes(2, "big") + tiny * n for n in (200, 2_000))
    assert steps(many) < 11 * steps(few)


def test_a_real_plot_stamped_ahead_of_our_clock_is_refused_on_live_feeds(monkeypatch):
    """Drills may run faster than time, and a replayed log was judged when it was live."""
    monkeypatch.setattr("time.time", lambda: 1_692_816_730.0)
    line = b'{"v":1,"type":"status","source":"radar-a","time":"2023-08-23T18:52:%02dZ","alive":true}'
    ahead, now = line.replace(b":52:%02d", b":54:00"), line % 10
    drill = ahead.replace(b'"alive"', b'"exercise":true,"alive"')
    live, from_file = SourcesGuard(None, live=True), SourcesGuard(None, live=False)
    assert live.refuses(ahead, read_measurement(ahead)) == "stamped more than 60 s ahead of our clock"
    assert live.refuses(now, read_measurement(now)) is None
    assert live.refuses(drill, read_measurement(drill)) is None
    assert live.refuses(ahead, read_measurement(ahead), replayed=True) is None
    assert from_file.refuses(ahead, read_measurement(ahead)) is None


def test_a_cue_comes_minutes_after_the_launch_it_tells_of_and_not_hours(tmp_path, monkeypatch):
    """Signed or not: on live feeds a cue of yesterday opens no launch, and one that took minutes is heard."""
    secret, keys = bytes(range(32)), tmp_path / "keys.toml"
    kept = base64.b64encode(secret).decode()
    keys.write_text(f'[[source]]\nname = "partner"\nkind = "hmac-sha256"\nkey = "{kept}"\n')
    told_s = 1692816630.0  # 2023-08-23T18:50:30Z
    signing, open_to_all = SourcesGuard(keys, live=True), SourcesGuard(None, live=True)
    for seq, (late_s, taken) in enumerate([(-120.0, False), (45.0, True), (500.0, True), (3600.0, False)]):
        monkeypatch.setattr("time.time", lambda late_s=late_s: told_s + late_s)
        line = (
            b'{"v":1,"type":"cue","source":"partner","seq":%d,"time":"2023-08-23T18:50:30Z","latitude_deg":39.7,'
            b'"longitude_deg":124.7,"confidence":0.9,"signature":null}' % seq
        )
        signed = sign_line(line, "hmac-sha256", secret)
        for guard, sent in ((signing, signed), (open_to_all, line)):
            assert (guard.refuses(sent, read_measurement(sent)) is None) == taken, (late_s, sent)
        assert signing.refuses(signed, read_measurement(signed)) is not None, "the same again is refused"
        assert signing.refuses(line, read_measurement(line)) is not None, "unsigned"
