"""The fit finds again the vehicle that made the facts, and knows how well it is known."""

from __future__ import annotations

import numpy as np
import pytest

from ensembles import small
from overflight.errors import NumericsError
from overflight.flight.passage import closest_approach, parallel_crossing
from overflight.flight.simulate import scenario_air
from overflight.flight.trajectory import fly_planned
from overflight.inference.fit import _gauss_newton, fit_scenario
from overflight.inference.observe import observe
from overflight.scenario.draws import nominal_draws
from overflight.scenario.model import Scenario

THRUST, HEADING, PITCH = (
    "vehicle.stage.1.thrust_vacuum_n", "flight_plan.steering.1.heading_deg", "flight_plan.steering.2.pitch_end_deg",
)  # fmt: skip
TRUTH = {THRUST: 457_000.0, HEADING: 107.1, PITCH: 64.1}
PRIOR = {THRUST: (450_000.0, 6_000.0), HEADING: (105.0, 2.0), PITCH: (64.6, 0.6)}
POINTS = (("cape", 30.9, 133.2), ("island", 30.2, 136.5))
CORRELATION = """[correlation]
paths = ["vehicle.stage.1.dry_mass_kg", "vehicle.stage.1.propellant_kg"]
matrix = [[1.0, 0.5], [0.5, 1.0]]
"""


def quantities(values) -> tuple[tuple[str, str], ...]:
    def text(path: str) -> str:
        value = values[path]
        return f"{{ value = {value[0]}, sigma = {value[1]} }}" if isinstance(value, tuple) else f"{value}"

    return (
        ("thrust_vacuum_n = 450000.0", f"thrust_vacuum_n = {text(THRUST)}"),
        ("heading_deg = 105.0", f"heading_deg = {text(HEADING)}"),
        ("pitch_end_deg = 64.6", f"pitch_end_deg = {text(PITCH)}"),
    )


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """The small scenario with wide spreads, and facts made by the true vehicle."""
    true = small(*quantities(TRUTH))
    flight = fly_planned(true, scenario_air(true))
    path = flight.vehicle
    rows = path.time_s, path.latitude_rad[None], path.longitude_rad[None]
    claims = ""
    for key, latitude, longitude in POINTS:
        offset_km = closest_approach(*rows, (latitude, longitude)).towards("north")[0] / 1e3
        side = "north" if offset_km > 0.0 else "south"
        claims += f"""[[claim]]
kind = "passage"
key = "{key}"
label = "Passes the {key}"
latitude_deg = {latitude}
longitude_deg = {longitude}
side = "{side}"
distance_km = {abs(offset_km)}
tolerance_km = 1.0
confidence = "B"
source = "made-up"
published = "passes"
use = "fit"

"""
    crossing = parallel_crossing(*rows, 29.5)
    longitude = np.degrees(crossing.longitude_rad[0])
    claims += f"""[[claim]]
kind = "crossing"
key = "parallel"
label = "Crosses 29.5 N"
latitude_deg = 29.5
west_deg = {longitude - 0.1}
east_deg = {longitude + 0.1}
confidence = "B"
source = "made-up"
published = "crosses"
use = "fit"

"""
    zones = []
    for body in flight.bodies:
        latitude, longitude, _ = body.at(body.time_s[-1])
        zones.append(
            f"circle = {{ latitude_deg = {latitude}, longitude_deg = {longitude}, radius_km = 4.0 }}"
        )
    return small(
        *quantities(PRIOR),
        ("band = { azimuth_deg = 110.0, near_km = 900.0, far_km = 1400.0, half_width_km = 100.0 }", zones[0]),
        ("ring_latlon_deg = [[29.0, 141.0], [27.0, 146.0], [25.0, 145.0], [27.0, 140.0], [29.0, 141.0]]", zones[1]),
        (CORRELATION, claims),
        ('range = [120.0, 800.0], shape = "loguniform"', "range = [290.0, 310.0]"),
        ("dry_mass_kg = { value = 1600.0, sigma = 40.0 }", "dry_mass_kg = 1600.0"),
        ('propellant_kg = { value = 22000.0, sigma = 100.0, source = "made-up" }', "propellant_kg = 22000.0"),
        ("ignition_delay_s = { value = 3.0, range = [2.0, 4.0] }", "ignition_delay_s = 3.0"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def fit(scenario):
    return fit_scenario(scenario, starts=3)


def test_at_the_truth_no_fact_is_missed(scenario) -> None:
    draws = nominal_draws(scenario).replaced({path: np.array([v]) for path, v in TRUTH.items()})
    seen = observe(scenario, draws, scenario_air(scenario))
    assert set(seen.names) == {
        "cape", "island", "parallel (longitude)", "zone-stage-1 (east)", "zone-stage-1 (north)", "zone-fairing (east)",
        "zone-fairing (north)", "planned orbit (propellant left)", "planned orbit (height at cut-off)",
        "planned orbit (climb at cut-off)",
    }  # fmt: skip
    made = [i for i, name in enumerate(seen.names) if not name.startswith("planned")]
    assert np.abs(seen.residuals[0, made]).max() < 0.02


def test_the_true_vehicle_is_found(fit) -> None:
    assert set(fit.paths) == {*TRUTH, "vehicle.stage.1.ballistic_kgpm2"}
    deviation = np.sqrt(np.diag(fit.covariance))
    for path, truth in TRUTH.items():
        i = fit.paths.index(path)
        value, sigma = PRIOR[path]
        found, spread = value + sigma * fit.mean[i], sigma * deviation[i]
        assert abs(found - truth) < 2.0 * spread, path
        assert spread < 0.6 * sigma, f"{path}: the facts say something"
        assert abs(found - truth) < 0.5 * abs(truth - value), f"{path}: nearer than before"
    assert fit.is_nuisance("vehicle.stage.1.ballistic_kgpm2")
    assert not fit.is_nuisance(THRUST)


def test_the_covariance_is_one(fit) -> None:
    assert fit.covariance == pytest.approx(fit.covariance.T, abs=1e-12)
    assert np.linalg.eigvalsh(fit.covariance).min() > 0.0
    assert np.diag(fit.covariance).max() < 1.0 + 1e-6, "facts never widen a prior"
    assert len(fit.residuals) == len(fit.facts)
    assert fit.cost == pytest.approx(0.5 * (fit.residuals @ fit.residuals + fit.mean @ fit.mean))


def test_it_is_the_least_cost(scenario, fit) -> None:
    """A little to any side costs more: by the curvature that the covariance says."""
    import overflight.scenario.draws as d

    every, fixed, air = d.quantities(scenario), nominal_draws(scenario), scenario_air(scenario)

    def cost(z: np.ndarray) -> float:
        values = {path: every[path].from_normal(z[i : i + 1]) for i, path in enumerate(fit.paths)}
        residuals = observe(scenario, fixed.replaced(values), air).residuals[0]
        return 0.5 * float(residuals @ residuals + z @ z)

    assert cost(fit.mean) == pytest.approx(fit.cost, rel=1e-3, abs=1e-3)
    vectors = np.linalg.cholesky(fit.covariance)
    for column in vectors.T:
        for side in (1.0, -1.0):
            assert cost(fit.mean + side * column) - fit.cost == pytest.approx(0.5, abs=0.25)


def test_facts_far_from_any_flight_are_said_to_be(scenario) -> None:
    far = [
        c.model_copy(update={"distance_km": 3000.0, "tolerance_km": 1.0})
        if c.key in ("cape", "island")
        else c
        for c in scenario.claim
    ]
    with pytest.raises(NumericsError, match="no flight near the facts"):
        fit_scenario(scenario.model_copy(update={"claim": tuple(far)}), starts=1)


def test_gauss_newton_solves_what_is_linear() -> None:
    generator = np.random.Generator(np.random.Philox(1))
    matrix, data = generator.standard_normal((9, 3)), generator.standard_normal(9) * 0.3

    def residuals(z):
        return np.concatenate([z @ matrix.T - data, z], axis=1)

    cost, z, jacobian, _ = _gauss_newton(residuals, np.array([2.0, -2.0, 1.0]))
    exact = np.linalg.solve(matrix.T @ matrix + np.eye(3), matrix.T @ data)
    assert z == pytest.approx(exact, abs=1e-4)
    assert jacobian == pytest.approx(np.concatenate([matrix, np.eye(3)]), abs=1e-9)
    assert cost == pytest.approx(0.5 * (np.sum((matrix @ exact - data) ** 2) + exact @ exact), rel=1e-6)


def test_gauss_newton_through_a_bent_valley() -> None:
    def residuals(z):
        return np.stack([10.0 * (z[:, 1] - z[:, 0] ** 2), 1.0 - z[:, 0]], axis=1)

    cost, z, _, rounds = _gauss_newton(residuals, np.array([-1.2, 1.0]))
    assert z == pytest.approx([1.0, 1.0], abs=1e-3)
    assert cost < 1e-6
    assert rounds < 80
