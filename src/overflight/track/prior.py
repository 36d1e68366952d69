"""An announced plan as the tracker uses it: many ways to fly it, as thrust programmes and states by time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overflight.earth.air import Air
from overflight.earth.constants import WGS84
from overflight.earth.frames import ecef_to_geodetic, eci_to_ecef, geodetic_to_ecef, local_axes
from overflight.flight.ensemble import Ensemble
from overflight.flight.launch import launch, refly
from overflight.scenario.model import Scenario
from overflight.track.kernels_forecast import FINE_S

__all__ = ["PlanPrior", "plan_prior"]

Array = NDArray[np.float64]
LONGEST_S = 1000.0
FLIGHTS = 400
STILL_MPS2 = 1.0
"""Specific force below which no engine burns: drag at the end of a first stage is less."""
MOST_PAUSES = 8
MOST_DROPS = 12


@dataclass(frozen=True, slots=True)
class PlanPrior:
    """Flights of a plan, arrays over samples (n,) and rows (k,) of ``FINE_S`` seconds after lift-off.

    ``position_m``, ``velocity_mps`` (n, k, 3) ECEF in powered flight, NaN after it; ``force`` (n, k, 3) the
    specific force east, north, up (thrust and drag, m/s2); ``energy`` at the end where it reached orbit, else
    infinite; ``fails`` whether the sample ends by a failure; ``pause_s`` (n, p, 2) when thrust pauses, NaN
    beyond the last pause; ``drop_s``, ``drop_kg``, ``drop_kgpm2`` (n, d) what is let go on the way: when, its
    mass and ballistic coefficient, NaN for none; ``rest_kg``, ``rest_kgpm2`` (n,) what is left when thrust
    ends in a failure: it falls in one piece, or breaks up (NaN), then without propellant.
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
    force: Array = field(repr=False)
    mass_kg: Array = field(repr=False)
    pause_s: Array = field(repr=False)
    drop_s: Array = field(repr=False)
    drop_kg: Array = field(repr=False)
    drop_kgpm2: Array = field(repr=False)
    rest_kg: Array = field(repr=False)
    rest_kgpm2: Array = field(repr=False)
    lift_off_s: float
    origin: str

    def __len__(self) -> int:
        return len(self.weight)


def plan_prior(scenario: Scenario, air: Air, *, seed: int = 1, flights: int = FLIGHTS) -> PlanPrior:
    """Return the prior of a scenario: every outcome flown, as ``flight.launch`` draws it."""
    ensemble = launch(scenario, air, flights=flights, seed=seed)
    rows = int(LONGEST_S / FINE_S)
    samples = ensemble.samples
    _, flown = refly(scenario, air, seed, samples.key, samples.outcome, rows=rows, row_s=FINE_S)
    table = flown.rows
    position, velocity = eci_to_ecef(table[:, :, 1:4], table[:, :, 4:7], table[:, :, 0])
    latitude, longitude, height = ecef_to_geodetic(position)
    force = _force(table, latitude, longitude)
    end = samples.end_state
    distance = np.linalg.norm(end[:, :3], axis=1)
    energy = 0.5 * np.sum(end[:, 3:6] ** 2, axis=1) - WGS84.mu_m3ps2 / distance
    site = scenario.site
    return PlanPrior(
        name=scenario.vehicle.name,
        site_m=geodetic_to_ecef(
            np.radians(site.latitude_deg), np.radians(site.longitude_deg), site.altitude_m
        ),
        weight=ensemble.weights,
        end_s=samples.end_s,
        fails=samples.outcome > 0,
        energy=np.where(samples.orbit, energy, np.inf),
        height_m=height,
        position_m=position,
        velocity_mps=velocity,
        force=force,
        mass_kg=table[:, :, 7],
        pause_s=_pauses(force, samples.end_s),
        **_let_go(ensemble, scenario),
        lift_off_s=scenario.launch.utc.timestamp(),
        origin=scenario.site.country or "",
    )


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


def _pauses(force: Array, end_s: Array) -> Array:
    """Return when thrust pauses and goes on (n, p, 2), NaN beyond the last pause of a flight."""
    size = np.linalg.norm(force, axis=2)
    found = []
    for of, end in zip(size, end_s, strict=True):
        still = of[: max(int(end / FINE_S) - 1, 0)] < STILL_MPS2
        edges = np.flatnonzero(np.diff(np.concatenate([[False], still, [False]]).astype(np.int8)))
        found.append(FINE_S * edges.reshape(-1, 2)[:MOST_PAUSES])
    out = np.full((len(found), MOST_PAUSES, 2), np.nan)
    for row, pauses in enumerate(found):
        out[row, : len(pauses)] = pauses
    return out


def _gravity(position: Array) -> Array:
    """Return gravity with J2 (..., 3); see ``earth.kernels.gravity``."""
    r2 = np.sum(position**2, axis=-1, keepdims=True)
    z2 = 5.0 * position[..., 2:3] ** 2 / r2
    q = 1.5 * WGS84.j2 * WGS84.equatorial_radius_m**2 / r2
    factor = 1.0 + q * (np.array([1.0, 1.0, 3.0]) - z2)
    return -WGS84.mu_m3ps2 / r2**1.5 * factor * position
