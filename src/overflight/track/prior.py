"""An announced plan as the tracker uses it: many ways to fly it, and when it may fail.

How a flight goes and when it fails are drawn apart: a failure that ends powered flight can strike any of the
flights, so that each is kept as it goes on without it, and beside them stands how probable an end is in which
part of the flight.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from overflight.earth.air import Air
from overflight.earth.constants import WGS84
from overflight.earth.frames import ecef_to_geodetic, eci_to_ecef, geodetic_to_ecef, local_axes
from overflight.flight.ensemble import Ensemble
from overflight.flight.failing import BREAKUP_MODES, ENDING_MODES
from overflight.flight.launch import launch, refly, relaunch
from overflight.flight.simulate import Flown
from overflight.scenario.model import FailureMode, Scenario
from overflight.track.kernels_forecast import FINE_S

__all__ = ["Cuts", "PlanPrior", "plan_prior"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
LONGEST_S = 1000.0
FLIGHTS = 400
MOST_DROPS = 12
EVENLY = "sobol"
"""How the flights are drawn: few stand for all, so that they and the moments of failures spread evenly."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """Ends of powered flight by failure that the plan reckons with, arrays (m,) in order of ``phase``.

    ``phase`` is where in a flight powered flight ends (see :meth:`PlanPrior.phase`), ``thrust_phase`` where
    thrust was last: before a pause, if the stage after it does not light. ``weight`` is the probability
    before the launch. ``rest_kg``, ``rest_kgpm2``: what is left falls in one piece, or breaks up (NaN), then
    without propellant. ``mode`` numbers the way it fails, ``unsure`` is the standard deviation of how
    probable that is, as a share of it.
    """

    phase: Array
    thrust_phase: Array
    weight: Array
    rest_kg: Array
    rest_kgpm2: Array
    mode: Integers
    unsure: Array

    def __len__(self) -> int:
        return len(self.weight)

    def spread(self, weight: Array) -> float:
        """Return the standard deviation of the sum of weights (m,), each way to fail unsure by itself."""
        by_mode = np.bincount(self.mode, weight * self.unsure)
        return float(np.sqrt(np.sum(by_mode**2)))


@dataclass(frozen=True, slots=True)
class PlanPrior:
    """Flights of a plan, arrays over flights (n,) and rows (k,) of ``FINE_S`` seconds after lift-off.

    ``position_m``, ``velocity_mps`` (n, k, 3) ECEF in powered flight, NaN after it, with ``height_m`` and
    ``speed_mps`` (n, k); ``force`` (n, k, 3) the specific force east, north, up (thrust and drag, m/s2);
    ``energy`` at the end where it reached orbit, else infinite; ``fails`` whether it goes another way by a
    failure that does not end it at once; ``weight`` with the flights that are cut on the way, so that it sums
    to one; ``burn_s`` (n, 2 stages) when each stage lights and burns out; ``drop_s``, ``drop_kg``,
    ``drop_kgpm2`` (n, d) what is let go on the way: when, its mass and ballistic coefficient, NaN for none;
    ``rest_kg``, ``rest_kgpm2`` (n,) what is left at the end.

    ``drawn`` is the plan's own ensemble, failures as they come, and ``powered_m`` (n, k, 3) ECEF its flights
    as long as thrust acts; ``window_s`` from when to when it may lift off (Unix, UTC).
    """

    name: str
    site_m: Array = field(repr=False)
    weight: Array = field(repr=False)
    end_s: Array = field(repr=False)
    fails: NDArray[np.bool_] = field(repr=False)
    energy: Array = field(repr=False)
    height_m: Array = field(repr=False)
    position_m: Array = field(repr=False)
    velocity_mps: Array = field(repr=False)
    speed_mps: Array = field(repr=False)
    force: Array = field(repr=False)
    burn_s: Array = field(repr=False)
    drop_s: Array = field(repr=False)
    drop_kg: Array = field(repr=False)
    drop_kgpm2: Array = field(repr=False)
    rest_kg: Array = field(repr=False)
    rest_kgpm2: Array = field(repr=False)
    cuts: Cuts = field(repr=False)
    lift_off_s: float
    window_s: tuple[float, float]
    origin: str
    drawn: Ensemble = field(repr=False)
    powered_m: Array = field(repr=False)

    def __len__(self) -> int:
        return len(self.weight)

    def phase(self, row: Integers, time_s: Array) -> Array:
        """Return where flights (m,) are at times of their own: 0 to 1 in the first burn, 1 to 2 in the pause
        after it, and so on. So a moment in one flight is found in another that burns longer."""
        knots = self.burn_s[row]
        at = np.clip(np.sum(knots <= time_s[:, None], axis=1) - 1, 0, knots.shape[1] - 2)
        index = np.arange(len(row))
        begin, length = knots[index, at], knots[index, at + 1] - knots[index, at]
        return at + np.clip((time_s - begin) / np.maximum(length, 1e-9), 0.0, 1.0)

    def time(self, row: Integers, phase: Array) -> Array:
        """Return when flights (m,) reach phases (m,), seconds after lift-off."""
        knots = self.burn_s[row]
        at = np.clip(phase.astype(np.int64), 0, knots.shape[1] - 2)
        index = np.arange(len(row))
        begin = knots[index, at]
        return begin + (phase - at) * (knots[index, at + 1] - begin)

    def cuts_ahead(self, weight: Array, flown_s: Array, *, burns: bool) -> Array:
        """Return how probable each of the cuts (m,) is from now on, none having struck until now.

        ``weight`` (n,) of the flights, ``flown_s`` (n,) where in each it is now. Around the end of a burn
        some of them burn and others pause; with ``burns`` thrust is seen to act, so that those that would
        pause have not come to it yet, or have it behind them, whichever is nearer.
        """
        phase = self.phase(np.arange(len(self)), flown_s)
        whole = np.floor(phase)
        if burns:
            nearer = np.where(phase - whole < 0.5, np.nextafter(whole, 0.0), whole + 1.0)
            phase = np.where(whole % 2.0 == 1.0, nearer, phase)
        struck = self.cuts.thrust_phase[None, :] <= phase[:, None]
        lasting = 1.0 - float(self.weight[self.fails].sum()) - struck @ self.cuts.weight
        return self.cuts.weight * ((weight / np.maximum(lasting, 1e-9)) @ ~struck)

    def going(self, phase: float) -> float:
        """Return the probability before the launch that thrust is not ended by failure up to a phase."""
        return 1.0 - float(self.cuts.weight[self.cuts.thrust_phase <= phase].sum())


def plan_prior(scenario: Scenario, air: Air, *, seed: int = 1, flights: int = FLIGHTS) -> PlanPrior:
    """Return the prior of a scenario: every outcome flown, as ``flight.launch`` draws it.

    Flights that a failure ends are flown again without it, and how they end stands in ``cuts``.
    """
    drawn = launch(scenario, air, flights=flights, seed=seed, sampling=EVENLY)
    keys, outcome = drawn.samples.key, drawn.samples.outcome
    ended = np.array([False, *(_ends(mode) for mode in scenario.failure)])[outcome]
    onward = np.where(ended, 0, outcome)
    weight = drawn.weights.copy()
    lasting = onward == 0
    weight[lasting] = weight[lasting].sum() / max(lasting.sum(), 1)
    whole = relaunch(scenario, air, seed, keys, onward, np.log(np.maximum(weight, 1e-300)), sampling=EVENLY)
    rows = int(LONGEST_S / FINE_S)
    _, flown = refly(scenario, air, seed, keys, onward, rows=rows, row_s=FINE_S, sampling=EVENLY)
    table = flown.rows
    position, velocity = eci_to_ecef(table[:, :, 1:4], table[:, :, 4:7], table[:, :, 0])
    latitude, longitude, height = ecef_to_geodetic(position)
    end = whole.samples.end_state
    distance = np.linalg.norm(end[:, :3], axis=1)
    energy = 0.5 * np.sum(end[:, 3:6] ** 2, axis=1) - WGS84.mu_m3ps2 / distance
    site = scenario.site
    burns = _burns(flown, whole.samples.end_s)
    out = PlanPrior(
        name=scenario.vehicle.name,
        site_m=geodetic_to_ecef(
            np.radians(site.latitude_deg), np.radians(site.longitude_deg), site.altitude_m
        ),
        weight=weight,
        end_s=whole.samples.end_s,
        fails=(onward > 0) & ~whole.samples.orbit,
        energy=np.where(whole.samples.orbit, energy, np.inf),
        height_m=height,
        position_m=position,
        velocity_mps=velocity,
        speed_mps=np.linalg.norm(velocity, axis=2),
        force=_force(table, latitude, longitude),
        burn_s=burns,
        **_let_go(whole, scenario),
        cuts=_no_cuts(),
        lift_off_s=scenario.launch.utc.timestamp(),
        window_s=_window(scenario),
        origin=scenario.site.country or "",
        drawn=_without_propellant(drawn, scenario),
        powered_m=_powered(scenario, air, drawn),
    )
    return replace(out, cuts=_cuts(out, drawn, np.flatnonzero(ended), scenario))


def _window(scenario: Scenario) -> tuple[float, float]:
    """Return from when to when a plan may lift off: its instant, shifted in its range or by three spreads."""
    utc_s, shift = scenario.launch.utc.timestamp(), scenario.launch.offset_s
    wide = 3.0 * (shift.sigma or 0.0)
    low, high = shift.range or (shift.value - wide, shift.value + wide)
    return utc_s + low, utc_s + high


def _powered(scenario: Scenario, air: Air, drawn: Ensemble) -> Array:
    """Return the flights of an ensemble (n, k, 3) ECEF, a row each ``FINE_S``, NaN after powered flight."""
    rows, of = int(LONGEST_S / FINE_S), drawn.samples
    _, flown = refly(
        scenario, air, drawn.seed, of.key, of.outcome, rows=rows, row_s=FINE_S, sampling=drawn.sampling
    )
    position, _ = eci_to_ecef(flown.rows[:, :, 1:4], flown.rows[:, :, 4:7], flown.rows[:, :, 0])
    return position


def _without_propellant(drawn: Ensemble, scenario: Scenario) -> Ensemble:
    """Return an ensemble in which what breaks up has no propellant."""
    of = drawn.releases
    dry = np.array(
        [_dry_kg(scenario, body.stage) if body.kind == "breakup" else np.inf for body in drawn.bodies]
    )
    return replace(drawn, releases=replace(of, mass_kg=np.minimum(of.mass_kg, dry[of.body])))


def _ends(mode: FailureMode) -> bool:
    """Return whether a failure ends powered flight where it strikes."""
    return mode.mode in (ENDING_MODES if mode.booster is None else BREAKUP_MODES)


def _no_cuts() -> Cuts:
    none = np.zeros(0)
    return Cuts(none, none, none, none, none, none.astype(np.int64), none)


def _cuts(prior: PlanPrior, drawn: Ensemble, row: Integers, scenario: Scenario) -> Cuts:
    """Return how the flights of some rows end, in order of the phase."""
    if len(row) == 0:
        return _no_cuts()
    phase = prior.phase(row, drawn.samples.end_s[row])
    last = np.ceil(phase) - 1.0
    thrust = np.where(last % 2 == 1.0, last, phase)
    left = _let_go(drawn, scenario)
    order = np.argsort(phase, kind="stable")
    row, phase, thrust = row[order], phase[order], thrust[order]
    mode = drawn.samples.outcome[row]
    chances = [failure.probability for failure in scenario.failure]
    unsure = np.array([0.0, *(one.scale() / max(one.value, 1e-9) for one in chances)])
    return Cuts(
        phase, thrust, drawn.weights[row], left["rest_kg"][row], left["rest_kgpm2"][row], mode, unsure[mode]
    )


def _burns(flown: Flown, end_s: Array) -> Array:
    """Return when stages light and burn out (n, 2 stages), the last at the end of powered flight."""
    times = flown.inputs.times
    knots = np.stack([times.ignition_s, times.burnout_s], axis=2).reshape(len(end_s), -1)
    return np.maximum.accumulate(np.minimum(knots, end_s[:, None]), axis=1)


def _force(table: Array, latitude: Array, longitude: Array) -> Array:
    """Return specific forces (n, k, 3) east, north, up between rows of ECI states, zero past the end."""
    position, velocity = table[:, :, 1:4], table[:, :, 4:7]
    middle = 0.5 * (position[:, 1:] + position[:, :-1])
    acceleration = np.diff(velocity, axis=1) / FINE_S - _gravity(middle)
    axes = local_axes(latitude[:, :-1], longitude[:, :-1] + WGS84.rotation_radps * table[:, :-1, 0])
    parts = np.stack([np.sum(acceleration * axis, axis=-1) for axis in axes], axis=-1)
    out = np.zeros((len(table), table.shape[1], 3))
    out[:, :-1] = np.nan_to_num(parts)
    return out


def _let_go(ensemble: Ensemble, scenario: Scenario) -> dict[str, Array]:
    """Return what every flight lets go on its way, and what is left of it at the end."""
    of, count = ensemble.releases, len(ensemble.samples.key)
    bodies = ensemble.bodies
    out = {name: np.full((count, MOST_DROPS), np.nan) for name in ("drop_s", "drop_kg", "drop_kgpm2")}
    out |= {name: np.full(count, np.nan) for name in ("rest_kg", "rest_kgpm2")}
    used = np.zeros(count, np.int64)
    for row, sample in enumerate(of.sample):
        body, mass, ballistic = bodies[of.body[row]], of.mass_kg[row], of.ballistic_kgpm2[row]
        if body.kind in ("intact", "breakup"):
            out["rest_kg"][sample] = (
                mass if body.kind == "intact" else min(mass, _dry_kg(scenario, body.stage))
            )
            out["rest_kgpm2"][sample] = ballistic
        elif used[sample] < MOST_DROPS:
            place = sample, used[sample]
            out["drop_s"][place], out["drop_kg"][place], out["drop_kgpm2"][place] = (
                of.time_s[row],
                mass,
                ballistic,
            )
            used[sample] += 1
    return out


def _dry_kg(scenario: Scenario, stage: int) -> float:
    """Return the mass without propellant of a vehicle from a stage on, as stated."""
    above = scenario.vehicle.stage[max(stage - 1, 0) :]
    return sum(one.dry_mass_kg.value for one in above) + scenario.vehicle.payload_kg.value


def _gravity(position: Array) -> Array:
    """Return gravity with J2 (..., 3); see ``earth.kernels.gravity``."""
    r2 = np.sum(position**2, axis=-1, keepdims=True)
    z2 = 5.0 * position[..., 2:3] ** 2 / r2
    q = 1.5 * WGS84.j2 * WGS84.equatorial_radius_m**2 / r2
    factor = 1.0 + q * (np.array([1.0, 1.0, 3.0]) - z2)
    return -WGS84.mu_m3ps2 / r2**1.5 * factor * position
