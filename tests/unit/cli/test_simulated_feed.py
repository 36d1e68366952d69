"""`simulate` in every format it writes, read again as `warn` reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from overflight.cli.feeds import Feeds
from overflight.cli.options import FeedFormat
from overflight.cli.player import play, sink
from overflight.cli.recordings import Recordings
from overflight.cli.simulated_feed import feed_pieces, moved_to, summed_up
from overflight.errors import InputError
from overflight.formats.plots import read_measurement
from overflight.formats.sensors_toml import read_cues, read_sensors
from overflight.formats.tdm import read_tdm, write_tdm
from overflight.formats.tdm_xml import tdm_xml_of_lines
from overflight.jobs.simulate import Simulation
from overflight.scenario.load import load_scenario
from overflight.track.measurements import Cue, Plot, SensorSite
from overflight.track.simulated import Delivered
from overflight.track.simulated_cues import simulate_cues
from support import ROOT

SENSORS = read_sensors(
    b'[[sensor]]\nkey = "a"\nlatitude_deg = 36.95\nlongitude_deg = 126.3\nasterix = [25, 10]\n'
    b'[[sensor]]\nkey = "b"\nlatitude_deg = 26.2\nlongitude_deg = 127.7\nasterix = [25, 11]\n',
    "sensors.toml",
)
AT = datetime(2023, 8, 23, 18, 52, tzinfo=UTC).timestamp()


def simulation(exercise: bool = True, far_m: float = 6e5) -> Simulation:
    sigma = SENSORS[0].sigma
    plots = [
        Plot("ab"[k % 2], k, AT + k + 0.125, f"{'ab'[k % 2]}-{k % 3}", 2e5 + 20 * k, 3.0 + 0.001 * k, 0.15, sigma, exercise)
        for k in range(40)
    ]  # fmt: skip
    plots.append(replace(plots[0], seq=99, time_s=AT + 50, range_m=far_m, elevation_rad=0.01))
    return Simulation((), tuple(Delivered(p.time_s - AT, p, 0) for p in plots), "as-planned", 300.0, AT)


def again(path, exercise: bool = True) -> list[Plot]:
    feeds = Feeds([str(path)], recordings=Recordings(date(2023, 8, 23), SENSORS))
    found = [read_measurement(line) for batch in feeds.batches() for line in batch.lines]
    assert not feeds.troubles
    assert all(m.exercise == exercise for m in found)
    return [m for m in found if isinstance(m, Plot)]


@pytest.mark.parametrize("style", FeedFormat)
@pytest.mark.parametrize("exercise", [True, False])
def test_what_is_written_is_read_again(tmp_path, style, exercise):
    if style is FeedFormat.ASTERIX:
        pytest.importorskip("asterix", reason="the extra sensors is not installed")
    flown, path = simulation(exercise), tmp_path / "feed"
    pieces, left_out = feed_pieces(flown, SENSORS, style, exercise=exercise)
    assert not left_out
    with sink(str(path)) as put:
        play(pieces, 0.0, put)
    found = again(path, exercise)
    given = sorted((d.plot for d in flown.plots), key=lambda p: (p.time_s, p.source))
    assert len(found) == len(given)
    coarse = style is FeedFormat.ASTERIX
    for one, other in zip(sorted(found, key=lambda p: (p.time_s, p.source)), given, strict=True):
        assert one.source == other.source
        assert one.time_s == pytest.approx(other.time_s, abs=0.004 if coarse else 1e-5)
        assert one.range_m == pytest.approx(other.range_m, abs=4.0 if coarse else 0.02)
        assert one.azimuth_rad == pytest.approx(other.azimuth_rad, abs=6e-5 if coarse else 1e-7)
        step_rad = 8.0 / other.range_m if coarse else 1e-7  # heights come in steps of 25 ft
        assert one.elevation_rad == pytest.approx(other.elevation_rad, abs=step_rad)
    tracks = {(p.source, p.track) for p in given}
    assert len({(p.source, p.track) for p in found}) == len(tracks)


def test_what_asterix_cannot_tell_is_counted(tmp_path):
    pytest.importorskip("asterix", reason="the extra sensors is not installed")
    flown = simulation()
    high = replace(flown.plots[0].plot, elevation_rad=1.0)
    flown = replace(flown, plots=(*flown.plots, Delivered(60.0, high, 0)))
    pieces, left_out = feed_pieces(flown, SENSORS, FeedFormat.ASTERIX, exercise=True)
    assert left_out == {("a", "higher than I048/110 can tell (62 km)"): 1}
    assert len(pieces) == 41
    with pytest.raises(InputError, match="asterix"):
        feed_pieces(flown, [replace(SENSORS[0], asterix=None)], FeedFormat.ASTERIX, exercise=True)


def test_sites_go_first_and_say_what_their_elevations_hold():
    pieces, _ = feed_pieces(simulation(), SENSORS, FeedFormat.NDJSON, exercise=True)
    sites = [read_measurement(piece) for _, piece in pieces[:2]]
    assert all(isinstance(site, SensorSite) and site.refraction == 0.0 for site in sites)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<tdm ", '<!DOCTYPE x [<!ENTITY a "b">]><tdm ', "type declaration"),
        ("</tdm>", "", "no XML"),
        ("<TIME_SYSTEM>UTC", "<TIME_SYSTEM>GPS", "TIME_SYSTEM"),
        ('version="2.0"', 'version="9"', "CCSDS_TDM_VERS"),
        ("<RANGE>", "<RANGE>1</RANGE><RANGE>", "observation"),
        ("<metadata>", "<extra/><metadata>", "<extra>"),
    ],
)
def test_xml_that_would_be_misread_is_refused(old, new, words):
    plots, created = [simulation().plots[0].plot], datetime(2023, 8, 24, tzinfo=UTC)
    text = tdm_xml_of_lines(write_tdm(plots, originator="T", created_utc=created))
    assert len(read_tdm(text.encode(), "x.xml")) == 1
    with pytest.raises(InputError, match=words):
        read_tdm(text.replace(old, new, 1).encode(), "x.xml")


def test_a_launch_may_be_moved_in_time():
    scenario = load_scenario(ROOT / "examples" / "malligyong-1-2023-08-24" / "launch.toml")
    moved = moved_to(scenario, "2030-01-02T03:04:05+09:00")
    assert moved.launch.utc.timestamp() == datetime(2030, 1, 1, 18, 4, 5, tzinfo=UTC).timestamp()
    before = datetime.now(UTC).timestamp()
    assert moved_to(scenario, "now+60").launch.utc.timestamp() >= before + 60.0
    assert moved_to(scenario, None) is scenario
    for wrong in ("tomorrow", "2030-01-02T03:04:05", "now-x"):
        with pytest.raises(InputError, match="--lift-off"):
            moved_to(scenario, wrong)


CUES = b'[[cue]]\nsource = "p"\ndelay_s = 20\nspread_km = 3\nwithdrawn_s = 30.5\n[[cue]]\nsource = "q"\nlatitude_deg = 1\nlongitude_deg = 2\n'
SITE = (0.692, 2.1765)


def reported() -> Simulation:
    told = simulate_cues(read_cues(CUES, "sensors.toml"), SITE, seed=3, lift_off_s=AT, until_s=100.0)
    return replace(simulation(), cues=told)


def test_reports_of_partners_arrive_among_the_plots_and_are_taken_back():
    pieces, left_out = feed_pieces(reported(), SENSORS, FeedFormat.NDJSON, exercise=True)
    times = [at for at, _ in pieces]
    assert times == sorted(times)
    found = [(at, m) for at, line in pieces if isinstance(m := read_measurement(line), Cue)]
    assert [(at, m.source, m.confidence) for at, m in found] == [
        (20.0, "p", 0.9),
        (30.5, "p", 0.0),
        (45.0, "q", 0.9),
    ]
    first, back, elsewhere = (m for _, m in found)
    assert (first.seq, first.time_s, first.told_s) == (back.seq, back.time_s, AT + 20.0)
    assert abs(first.time_s - AT) < 20.0
    assert 0.0 < abs(first.latitude_rad - SITE[0]) < 4 * 3e3 / 6.37e6
    assert elsewhere.latitude_rad == pytest.approx(0.01745, abs=0.01)
    assert not left_out
    assert "41 plots of 2 sensors and 3 cues of partners" in next(summed_up(reported(), SENSORS, left_out))


def test_what_has_no_cues_says_that_they_are_left_out():
    pieces, left_out = feed_pieces(reported(), SENSORS, FeedFormat.TDM, exercise=True)
    assert len(pieces) == 1
    words = list(summed_up(reported(), SENSORS, left_out))
    assert words[0].startswith("41 plots of 2 sensors: ")
    assert words[1:] == [
        "  2 cues of p left out: the format has no cues",
        "  1 cues of q left out: the format has no cues",
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (b"cue = 5", "cue"),
        (b"[[cue]]\ndelay_s = 3", "cue[0].source"),
        (b'[[cue]]\nsource = "p"\nspread = 3', "cue[0].spread"),
        (b'[[cue]]\nsource = "p"\nconfidence = 2', "cue[0].confidence"),
        (b'[[cue]]\nsource = "p"\nlatitude_deg = 3', "cue[0].latitude_deg"),
    ],
)
def test_each_fault_of_a_simulated_cue_is_named(text, key):
    with pytest.raises(InputError) as fault:
        read_cues(text, "sensors.toml")
    assert fault.value.key == key
