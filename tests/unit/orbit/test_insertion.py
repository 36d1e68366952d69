"""Verdicts on states: a circle stays, a low perigee falls, draws repeat; states leave as OPM and OMM and come back."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.errors import InputError
from overflight.formats.opm import read_opm, write_opm
from overflight.orbit.insertion import assess_insertion
from overflight.orbit.state import StateVector, ellipsoid_heights_m, osculating, sgp4_elements

EPOCH = datetime(2024, 6, 7, 1, 2, 3, 250000, tzinfo=UTC)
SPEED = np.sqrt(398600.4418e9 / 6878137.0)


def state(factor=1.0, tilt_deg=97.4, spread=True) -> StateVector:
    tilt = np.radians(tilt_deg)
    velocity = factor * SPEED * np.array([0.0, np.cos(tilt), np.sin(tilt)])
    covariance = np.diag([1e6] * 3 + [4.0] * 3) if spread else None
    return StateVector("SAT", EPOCH, np.array([6878137.0, 0.0, 0.0]), velocity, covariance, "2024-001A")


@pytest.mark.parametrize(("factor", "likely"), [(1.0, "orbit"), (0.9835, "falls"), (0.9, "falls")])
def test_verdicts(factor, likely):
    found = assess_insertion(state(factor), draws=40)
    assert found.probability(likely)[0] > 0.8
    assert sum(
        found.probability(name)[0] for name in ("orbit", "decays", "falls", "escapes")
    ) == pytest.approx(1.0)
    down = np.isfinite(found.down_s)
    assert (np.isfinite(found.down_lonlat[:, 0]) == down).all()
    if factor < 0.95:
        assert down.all() and found.down_s.max() < 3600.0
    assert likely[:4] in found.verdict or "in orbit" in found.verdict
    assert len(found.to_dataframe()) == 40 and "SAT" in found._repr_html_()


def test_a_grazing_perigee_divides_the_draws_and_repeats():
    one, other = (assess_insertion(state(0.985), draws=60, seed=5) for _ in range(2))
    assert (one.outcome == other.outcome).all()
    assert len(set(one.outcome.tolist())) >= 2


def test_a_hyperbola_is_refused():
    with pytest.raises(InputError, match="hyperbolic"):
        assess_insertion(state(1.5))
    with pytest.raises(InputError, match="hyperbolic state"):
        read_opm(write_opm(state(1.5), EPOCH), "x.opm")


@pytest.mark.parametrize("tilt", [0.0, 5.0, 63.4, 97.4, 150.0])
def test_sgp4_elements_give_the_state_back(tilt):
    wanted = state(tilt_deg=tilt)
    elements = sgp4_elements(wanted)
    _, position, velocity = elements.satrec().sgp4(elements.epoch_jd, elements.epoch_fraction)
    assert np.linalg.norm(1e3 * np.array(position) - wanted.position_m) < 0.02
    assert np.linalg.norm(1e3 * np.array(velocity) - wanted.velocity_mps) < 0.02


def test_opm_there_and_back():
    again = read_opm(write_opm(state(), EPOCH).replace("\n", "\r\n"), "x.opm")
    assert again.vector == pytest.approx(state().vector, rel=1e-9, abs=1e-5)
    assert again.covariance == pytest.approx(state().covariance, rel=1e-9, abs=1e-6)
    assert again.epoch_utc == EPOCH


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("REF_FRAME = TEME", "REF_FRAME = MOON", "REF_FRAME"),
        ("X_DOT = ", "XDOT = ", "X_DOT: found 'nothing'"),
        ("EPOCH = 2024", "EPOCH = 24", "EPOCH"),
        ("TIME_SYSTEM = UTC", "TIME_SYSTEM = TAI", "TIME_SYSTEM"),
        ("CX_X = 1.0", "CX_X = -1.0", "negative variance"),
        ("\nX = 6878.", "\nX = 6.", "km from the centre"),
        ("ORIGINATOR = ", "ORIGINATOR ", "KEY = value"),
    ],
)
def test_faults_of_an_opm(old, new, words):
    text = write_opm(state(), EPOCH)
    assert old in text
    with pytest.raises(InputError, match=words):
        read_opm(text.replace(old, new), "x.opm")


@pytest.mark.parametrize("frame", ["ITRF2000", "GCRF", "EME2000"])
def test_other_frames_turn_and_keep_lengths(frame):
    text = write_opm(state(spread=False), EPOCH).replace("REF_FRAME = TEME", f"REF_FRAME = {frame}")
    found = read_opm(text, "x.opm")
    assert np.linalg.norm(found.position_m) == pytest.approx(6878137.0, abs=1e-3)
    assert np.linalg.norm(found.position_m - state().position_m) > 1e3


def test_heights_over_the_ellipsoid_know_the_flat_poles():
    low, high = ellipsoid_heights_m(osculating(state().vector))
    assert low == pytest.approx(500e3, abs=50.0)
    assert high == pytest.approx(500e3 + 21.0e3, abs=500.0)
