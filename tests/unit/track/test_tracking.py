"""The tracker on a short arc seen by two radars: right, whatever the order of delivery, the clutter, the clocks."""

from dataclasses import replace

import numpy as np
import pytest

from overflight.earth.constants import WGS84
from overflight.earth.frames import ecef_to_eci, eci_to_ecef, geodetic_to_ecef, local_axes
from overflight.flight.simulate import vacuum_impact
from overflight.formats.sensors_toml import site_of
from overflight.track.feed import Intake
from overflight.track.kernels_motion import COAST, propagate
from overflight.track.objects import State
from overflight.track.simulated import SimulatedSensor, TrueObject, simulate_plots
from overflight.track.starts import MOST

EARTH = WGS84.as_array()
EPOCH = 1_700_000_000.0
NORTH = SimulatedSensor("north", np.radians(38.0), np.radians(139.0), 100.0)
SOUTH = SimulatedSensor("south", np.radians(32.0), np.radians(137.0), 100.0)


def arc(seconds=160.0):
    """A ballistic climb at 2.5 km/s from 60 km, in steps of a second by the filter's own motion (no thrust)."""
    start = geodetic_to_ecef(np.radians(36.0), np.radians(136.0), 60e3)
    east, north, up = local_axes(np.radians(36.0), np.radians(136.0))
    state = np.concatenate([start, 1000.0 * east - 1800.0 * north + 1500.0 * up, np.zeros(3)])
    rows = [state]
    for _ in range(int(seconds)):
        out = np.empty(9)
        propagate(rows[-1], 1.0, COAST, 2800.0, EARTH, out)
        rows.append(out)
    table = np.array(rows)
    return TrueObject("body", np.arange(len(table), dtype=float), table[:, :3], table[:, 3:6])


def seen(*sensors, seed=3, until=100.0):
    body = arc()
    return body, simulate_plots([body], sensors, seed=seed, lift_off_s=EPOCH, until_s=until)


def tracked(plots, sensors, batch=7):
    intake = Intake([replace(site_of(sensor), refraction=0.0, refraction_sigma=0.05) for sensor in sensors])
    for i in range(0, len(plots), batch):
        intake.take(plots[i : i + batch])
    return intake


def error_m(intake, body):
    main = intake.knowledge.launches[0]
    return float(np.linalg.norm(main.mean[:3] - body.at(np.array([main.time_s - EPOCH]))[0])), main


def test_free_motion_meets_the_closed_vacuum_arc():
    """Without J2 the filter's motion ends where the two-body arc does, within its step."""
    earth = WGS84.up_to(0).as_array()
    state = np.concatenate([arc().position_m[0], arc().velocity_mps[0], np.zeros(3)])
    inertial = np.concatenate(ecef_to_eci(state[:3], state[3:6], 0.0))
    code, latitude, longitude, flight_s = vacuum_impact(np.zeros(1), inertial[None])[0]
    out = np.empty(9)
    propagate(state, float(flight_s), COAST, 2800.0, earth, out)
    there = geodetic_to_ecef(latitude, longitude, 0.0)
    assert code == 0
    assert np.linalg.norm(out[:3] - there) < 5.0


def test_the_track_is_right_and_says_how_far():
    body, delivered = seen(NORTH, SOUTH)
    error, main = error_m(tracked([d.plot for d in delivered], (NORTH, SOUTH)), body)
    sigma = float(np.sqrt(np.trace(main.covariance[:3, :3])))
    assert main.state(main.time_s) is State.FIRM
    assert error < 4.0 * sigma < 4000.0
    assert main.unpowered > 0.9


def test_delivery_in_any_order_and_twice_changes_nothing():
    _, delivered = seen(NORTH, SOUTH, until=40.0)
    plots = [d.plot for d in delivered]
    whole = tracked(plots, (NORTH, SOUTH)).knowledge.launches[0]
    order = sorted(range(len(plots)), key=lambda i: plots[i].time_s + 8.0 * np.random.default_rng(i).random())
    shuffled = [plots[i] for i in order] + [replace(plots[-1], seq=10**6), plots[-2]]
    intake = tracked(shuffled, (NORTH, SOUTH), batch=3)
    again = intake.knowledge.launches[0]
    np.testing.assert_array_equal(again.x, whole.x)
    np.testing.assert_array_equal(again.s, whole.s)
    assert intake.refused["north", "sent before"] + intake.refused["south", "sent before"] == 2


def test_what_is_older_than_the_window_is_counted_and_left_out():
    _, delivered = seen(NORTH, until=60.0)
    plots = [d.plot for d in delivered]
    late = plots.pop(5)
    intake = tracked([*plots, late], (NORTH,))
    assert sum(n for (_, why), n in intake.refused.items() if "older" in why) == 1


def test_clutter_alone_makes_no_launch():
    noisy = replace(NORTH, clutter=20.0, detection=0.0)
    _, delivered = seen(noisy, until=30.0)
    assert len(delivered) > 300
    assert tracked([d.plot for d in delivered], (noisy,), batch=50).knowledge.launches == ()


@pytest.mark.parametrize("labels", [True, False])
def test_a_launch_is_found_among_hundreds_of_false_plots_a_scan(labels):
    """More than the candidates of two scans that were once kept: what is kept is bounded all the same."""
    noisy = replace(NORTH, clutter=330.0)
    body, delivered = seen(noisy, until=8.0)
    plots = [d.plot if labels else replace(d.plot, track=None) for d in delivered]
    intake = tracked(plots, (noisy,), batch=200)
    error, main = error_m(intake, body)
    assert len(plots) > 5000
    assert error < 4.0 * float(np.sqrt(np.trace(main.covariance[:3, :3])))
    assert len(intake.knowledge.launches) == 1
    assert len(intake.knowledge.candidates["north"].every) <= MOST


def test_clutter_and_wild_plots_do_not_pull_the_track_away():
    noisy = replace(NORTH, clutter=5.0, wild=0.1), replace(SOUTH, wild=0.1)
    body, delivered = seen(*noisy, until=60.0)
    error, main = error_m(tracked([d.plot for d in delivered], noisy, batch=30), body)
    assert error < 5.0 * float(np.sqrt(np.trace(main.covariance[:3, :3])))
    assert error < 3000.0


@pytest.mark.parametrize("skew", [0.05, 0.3])
def test_a_wrong_clock_is_found_or_its_sensor_put_aside(skew):
    """Of three clocks only differences can be seen: the wrong one stands out against the mean of the others."""
    west = SimulatedSensor("west", np.radians(34.0), np.radians(133.0), 100.0)
    wrong = replace(SOUTH, clock_bias_s=skew)
    _, delivered = seen(NORTH, wrong, west)
    intake = tracked([d.plot for d in delivered], (NORTH, wrong, west), batch=20)
    main = intake.knowledge.launches[0]
    health = intake.knowledge.health["south"]
    if not health.quarantined:
        take = np.zeros(len(main.mean))
        for k, name in enumerate(main.sensors):
            take[9 + 4 * k + 3] = 1.0 if name == "south" else -0.5
        sigma = float(np.sqrt(take @ main.covariance @ take))
        assert abs(take @ main.mean - skew) < max(0.03, 3.0 * sigma)
        assert sigma < 0.1


def test_a_source_an_hour_ahead_stops_nobody():
    _, delivered = seen(NORTH, SOUTH, until=60.0)
    plots = [
        replace(d.plot, time_s=d.plot.time_s + 3600.0) if d.plot.source == "south" and i > 30 else d.plot
        for i, d in enumerate(delivered)
    ]
    intake = tracked(plots, (NORTH, SOUTH), batch=5)
    main = intake.knowledge.launches[0]
    assert main.time_s < EPOCH + 70.0
    assert sum(n for (_, why), n in intake.refused.items() if "ahead" in why) > 10


def flooded(delivered, jumps_s, *, most=20):
    """Return plots, between any two of which a stranger sends some with stamps far ahead."""
    out = []
    for i, d in enumerate(delivered):
        out.append(d.plot)
        if 30 < i < 45:
            ahead = [jumps_s + 0.01 * k for k in range(most)]
            out += [
                replace(
                    d.plot, source="stranger", seq=None, track="", time_s=d.plot.time_s + by, range_m=3e5 + i
                )
                for by in ahead
            ]
    return out


@pytest.mark.parametrize("jump_s", [12.0, 45.0, 3e7])
@pytest.mark.parametrize("honest", [(NORTH,), (NORTH, SOUTH)])
def test_a_flood_of_stamps_from_far_ahead_stops_nobody_for_long(jump_s, honest):
    """It is believed until those who were on time before have gone on at theirs; then it is undone."""
    _, delivered = seen(*honest, until=60.0)
    last_s = max(d.plot.time_s for d in delivered)
    stranger = replace(NORTH, key="stranger")
    intake = tracked(flooded(delivered, jump_s), (*honest, stranger), batch=5)
    main = intake.knowledge.launches[0]
    assert intake.knowledge.clock_s <= last_s + 5.0
    assert last_s - main.last_s < 3.0
    assert "stranger" not in {name for name, _, _ in main.heard}
    assert intake.refused["stranger", "its clock is ahead of all others"] > 150
    for sensor in honest:
        assert intake.refused[sensor.key, "older than the window, or its clock is behind"] < 10


def test_the_last_radar_that_sees_it_is_believed_whatever_the_others_said():
    """One radar goes on alone for long, and what is late of the others comes after that."""
    _, delivered = seen(NORTH, SOUTH, until=80.0)
    plots = [d.plot for d in delivered if d.plot.source == "north" or d.plot.time_s < EPOCH + 30.0]
    late = [d.plot for d in delivered if d.plot.source == "south" and d.plot.time_s < EPOCH + 30.0][-3:]
    plots = [plot for plot in plots if plot not in late]
    intake = tracked([*plots[:90], *late, *plots[90:]], (NORTH, SOUTH))
    assert intake.knowledge.launches[0].last_s > EPOCH + 75.0
    assert not any("ahead" in why for _, why in intake.refused)


def test_silence_is_coasting_then_lost_and_never_more():
    _, delivered = seen(NORTH, until=40.0)
    main = tracked([d.plot for d in delivered], (NORTH,)).knowledge.launches[0]
    assert main.state(main.last_s + 10.0) is State.COASTING
    assert main.state(main.last_s + 40.0) is State.LOST


def test_plots_wait_for_the_site_of_their_sensor():
    _, delivered = seen(NORTH, until=40.0)
    intake = Intake()
    intake.take([d.plot for d in delivered])
    assert intake.knowledge.launches == ()
    intake.take([site_of(NORTH)])
    assert len(intake.knowledge.launches) == 1


def test_a_state_turned_into_eci_and_back_is_itself():
    body = arc()
    there = ecef_to_eci(body.position_m, body.velocity_mps, 0.0)
    back = eci_to_ecef(*there, 0.0)
    np.testing.assert_allclose(back[0], body.position_m, atol=1e-6)
