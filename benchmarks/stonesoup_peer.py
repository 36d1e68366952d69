"""Stone Soup's side of bench_stonesoup.py: one cubature filter over a ballistic arc, its own way.

Runs in an environment of its own; reads the problem as JSON from the file named, then, for each line of
standard input, filters once and prints seconds and states after each plot. Motion, gravity and observation
are written anew here.
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.polynomial import legendre
from stonesoup.base import Property
from stonesoup.models.measurement.base import MeasurementModel
from stonesoup.models.transition.base import TransitionModel
from stonesoup.predictor.kalman import CubatureKalmanPredictor
from stonesoup.types.array import CovarianceMatrix, StateVector
from stonesoup.types.detection import Detection
from stonesoup.types.hypothesis import SingleHypothesis
from stonesoup.types.state import GaussianState, State
from stonesoup.updater.kalman import CubatureKalmanUpdater

with open(sys.argv[1]) as file:
    TASK = json.load(file)
MU, RADIUS, SPIN, ZONALS = TASK["mu"], TASK["radius"], TASK["spin"], TASK["zonals"]
SITE, AXES = np.array(TASK["site"]), np.array(TASK["axes"])
SERIES = []
for n, j in enumerate(ZONALS, start=2):
    unit = np.zeros(n + 1)
    unit[n] = 1.0
    SERIES.append((n, j, unit, legendre.legder(unit)))


def force(r: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return the acceleration (3, k) of free motion in rotating axes, from the gradient of the potential."""
    far = np.sqrt(np.sum(r * r, axis=0))
    up, sine = r / far, r[2] / far
    radial, along = np.ones_like(far), np.zeros_like(far)
    for n, j, p, dp in SERIES:
        share = j * (RADIUS / far) ** n
        radial = radial - (n + 1) * share * legendre.legval(sine, p)
        along = along + share * legendre.legval(sine, dp)
    north = np.array([[0.0], [0.0], [1.0]]) - sine * up
    pull = -MU / far**2 * (radial * up + along * north)
    turn = np.array([2.0 * SPIN * v[1] + SPIN**2 * r[0], SPIN**2 * r[1] - 2.0 * SPIN * v[0], 0.0 * v[2]])
    return pull + turn


def move(x: np.ndarray, h: float) -> np.ndarray:
    """Return states (9, k) after ``h`` seconds: Runge-Kutta 4, a specific force that dies away."""
    r, v, a = x[:3], x[3:6], x[6:9]
    middle, end = a * np.exp(-0.5 * h / TASK["decay"]), a * np.exp(-h / TASK["decay"])
    k1 = force(r, v) + a
    k2 = force(r + 0.5 * h * v, v + 0.5 * h * k1) + middle
    k3 = force(r + 0.5 * h * (v + 0.5 * h * k1), v + 0.5 * h * k2) + middle
    k4 = force(r + h * (v + 0.5 * h * k2), v + h * k3) + end
    return np.concatenate(
        [r + h * v + h**2 / 6.0 * (k1 + k2 + k3), v + h / 6.0 * (k1 + 2 * k2 + 2 * k3 + k4), end]
    )


class Coast(TransitionModel):
    """Free motion with white jerk."""

    noise: np.ndarray = Property(doc="covariance over one step")
    ndim_state = 9

    def function(
        self, state: State, noise: bool = False, *, time_interval: timedelta, **_: object
    ) -> StateVector:
        return StateVector(move(np.asarray(state.state_vector, float), time_interval.total_seconds()))

    def covar(self, **_: object) -> CovarianceMatrix:
        return CovarianceMatrix(self.noise)

    rvs = pdf = None  # asked for by the base class, not by a filter


class Radar(MeasurementModel):
    """Range, azimuth, elevation from one site."""

    noise: np.ndarray = Property(doc="covariance")
    ndim_state, ndim_meas = 9, 3
    mapping = (0, 1, 2)

    def function(self, state: State, noise: bool = False, **_: object) -> StateVector:
        east, north, up = AXES @ (np.asarray(state.state_vector, float)[:3] - SITE[:, None])
        far = np.sqrt(east**2 + north**2 + up**2)
        return StateVector(np.array([far, np.arctan2(east, north), np.arcsin(up / far)]))

    def covar(self, **_: object) -> CovarianceMatrix:
        return CovarianceMatrix(self.noise)

    rvs = pdf = None


def once() -> tuple[float, list[list[float]]]:
    """Filter all plots; return seconds and states."""
    begun, at = time.process_time(), datetime(2030, 1, 1, tzinfo=UTC)
    predictor = CubatureKalmanPredictor(Coast(np.array(TASK["process"])))
    radar = Radar(np.array(TASK["noise"]))
    updater = CubatureKalmanUpdater(radar)
    state = GaussianState(StateVector(TASK["x"]), CovarianceMatrix(TASK["p"]), timestamp=at)
    states = []
    for plot in TASK["plots"]:
        at += timedelta(seconds=TASK["step"])
        ahead = predictor.predict(state, timestamp=at)
        seen = Detection(StateVector(plot), timestamp=at, measurement_model=radar)
        state = updater.update(SingleHypothesis(ahead, seen))
        states.append([float(value) for value in np.asarray(state.state_vector, float).ravel()])
    return time.process_time() - begun, states


for _ in sys.stdin:
    spent, states = once()
    print(json.dumps({"seconds": spent, "states": states}), flush=True)
