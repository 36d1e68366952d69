"""Impacts of an ensemble: every release comes down once, with its mass, in its class."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ensembles import flown, small
from overflight.debris.casualty import blast_radius_m, casualty_area_m2, propellant_kg
from overflight.debris.catalogue import catalogues_of, generic_catalogue, packaged_catalogue
from overflight.debris.impacts import fall_ensemble
from overflight.flight.launch import launch
from overflight.flight.simulate import scenario_air
from overflight.scenario.draws import draw

SCENARIO, ENSEMBLE, AIR = flown(flights=60)


@pytest.fixture(scope="module")
def impacts():
    return fall_ensemble(SCENARIO, ENSEMBLE, generic_catalogue(), AIR, fragments=30)


def test_every_release_comes_down_once(impacts) -> None:
    kinds = np.array([body.kind for body in ENSEMBLE.bodies])
    whole = kinds[ENSEMBLE.releases.body] != "breakup"
    assert impacts.aloft == 0
    assert np.sum(impacts.fragment_class < 0) == whole.sum()
    assert np.sum(impacts.fragment_class >= 0) == 30 * np.sum(~whole)
    for i in range(len(ENSEMBLE)):
        released = sorted(ENSEMBLE.releases.body[(ENSEMBLE.releases.sample == i) & whole])
        assert sorted(impacts.body[(impacts.sample == i) & (impacts.fragment_class < 0)]) == released
    assert (np.diff(impacts.sample) >= 0).all()
    assert (kinds[impacts.body[impacts.fragment_class >= 0]] == "breakup").all()


def test_nothing_lands_before_it_is_let_go(impacts) -> None:
    for body in range(len(ENSEMBLE.bodies)):
        for i in np.unique(impacts.sample[impacts.of(body)]):
            start = ENSEMBLE.releases.time_s[
                (ENSEMBLE.releases.sample == i) & (ENSEMBLE.releases.body == body)
            ]
            assert impacts.time_s[(impacts.sample == i) & impacts.of(body)].min() > start.min()
    assert (impacts.speed_mps > 0.0).all()
    assert np.abs(impacts.latitude_rad).max() < np.pi / 2
    assert impacts.energy_j == pytest.approx(0.5 * impacts.mass_kg * impacts.speed_mps**2)


def test_the_fairing_breaks_up_with_the_vehicle_while_it_is_on(impacts) -> None:
    draws = draw(SCENARIO, ENSEMBLE.seed, ENSEMBLE.samples.key)
    fairing = ENSEMBLE.body_index("fairing")
    for stage, body in ((1, ENSEMBLE.body_index("breakup-1")), (2, ENSEMBLE.body_index("breakup-2"))):
        for i in np.unique(impacts.sample[impacts.of(body)]):
            mine = (impacts.sample == i) & impacts.of(body)
            on = not np.any((ENSEMBLE.releases.sample == i) & (ENSEMBLE.releases.body == fairing))
            expected = 450.0 + 200.0 + (130.0 if on else 0.0)
            expected += draws["vehicle.stage.1.dry_mass_kg"][i] if stage == 1 else 0.0
            assert np.sum(impacts.pieces[mine] * impacts.mass_kg[mine]) == pytest.approx(expected)
            assert on or stage == 2
    assert {bool(np.any((ENSEMBLE.releases.sample == i) & (ENSEMBLE.releases.body == fairing)))
            for i in np.unique(impacts.sample[impacts.of(ENSEMBLE.body_index("breakup-1"))])} == {False}  # fmt: skip


def test_terminal_speeds(impacts) -> None:
    """Light pieces arrive at the terminal speed of the ground, sqrt(2 g beta / rho) over a drag near 1."""
    light = impacts.ballistic_kgpm2 < 40.0
    terminal = np.sqrt(2.0 * 9.79 * impacts.ballistic_kgpm2[light] / 1.225)
    assert impacts.speed_mps[light] == pytest.approx(np.hypot(terminal, 5.0), rel=0.03)  # carried by the wind


def test_what_stays_in_orbit_is_counted_not_placed() -> None:
    state = ENSEMBLE.releases.state.copy()
    stage = ENSEMBLE.releases.body == 0
    state[stage] = [7.2e6, 0.0, 0.0, 0.0, 7450.0, 0.0]
    high = replace(ENSEMBLE, releases=replace(ENSEMBLE.releases, state=state))
    impacts = fall_ensemble(SCENARIO, high, generic_catalogue(), AIR, fragments=5)
    assert impacts.aloft == stage.sum()
    assert not impacts.of(0).any()
    assert np.isfinite(impacts.latitude_rad).all()


def test_views(impacts) -> None:
    frame = impacts.to_dataframe(ENSEMBLE)
    assert set(frame.body) <= {body.key for body in ENSEMBLE.bodies}
    assert frame.energy_j.to_numpy() == pytest.approx(impacts.energy_j)
    assert "rows for" in impacts._repr_html_()
    assert list(impacts.to_dataframe().body) == list(impacts.body)


def test_each_break_up_takes_the_catalogue_of_its_cause() -> None:
    rows = '[[breakup]]\ncause = "explosion"\ncatalogue = "destruct-solid"\n\n[wind]\n'
    scenario, ensemble, air = flown(("[wind]\n", rows), flights=60)
    chosen = catalogues_of(scenario)
    some = fall_ensemble(scenario, ensemble, chosen, air, fragments=30, chunk=7)
    modes = np.array([o.mode for o in ensemble.outcomes])[ensemble.samples.outcome[some.sample]]
    broken = some.fragment_class >= 0
    first = chosen.first_class(1)
    assert first == len(packaged_catalogue("destruct-solid").classes)
    assert (some.fragment_class[broken & (modes == "explosion")] < first).all()
    assert (some.fragment_class[broken & (modes == "spurious_termination")] >= first).all()
    propellant = propellant_kg(scenario, ensemble, some)
    chunk = np.array([c.explosive for c in chosen.classes])[some.fragment_class] & broken
    assert chunk.any()
    assert np.array_equal(propellant[broken] > 0.0, chunk[broken])
    area = casualty_area_m2(some, propellant, scenario.risk)
    assert area[chunk] == pytest.approx(np.pi * blast_radius_m(0.1 * some.mass_kg[chunk]) ** 2)
    again = fall_ensemble(scenario, ensemble, chosen, air, fragments=30, chunk=60)
    assert np.array_equal(some.latitude_rad, again.latitude_rad)
    assert np.array_equal(some.mass_kg, again.mass_kg)


BOOSTERS = (
    "[vehicle.fairing]",
    '[[vehicle.booster]]\nname = "Booster"\ncount = 4\ndry_mass_kg = 300.0\npropellant_kg = 3000.0\n'
    "thrust_vacuum_n = 120000.0\nisp_vacuum_s = 270.0\nballistic_kgpm2 = 200.0\n\n"
    '[[vehicle.jettisoned]]\nname = "Tower"\nmass_kg = 90.0\nstage = 2\nafter_s = 12.0\n'
    "ballistic_kgpm2 = 100.0\n\n[vehicle.fairing]",
)
DRY_KG = 1600.0 + 450.0 + 200.0 + 130.0 + 1200.0 + 90.0


@pytest.mark.parametrize("mode", ["explosion", "thrust_loss"])
def test_what_is_still_attached_is_inert(mode) -> None:
    """Boosters and a tower that go down with the vehicle are structure: fragments of it, no propellant."""
    first = f'mode = "{mode}"\nstage = 1\nend_fraction = 0.3'
    scenario = small(
        BOOSTERS, ('mode = "explosion"\nstage = 1', first),
        ("dry_mass_kg = { value = 1600.0, sigma = 40.0 }", "dry_mass_kg = 1600.0"),
        ('[correlation]\npaths = ["vehicle.stage.1.dry_mass_kg", "vehicle.stage.1.propellant_kg"]\n'
         "matrix = [[1.0, 0.5], [0.5, 1.0]]\n", ""),
    )  # fmt: skip
    air = scenario_air(scenario)
    ensemble = launch(scenario, air, flights=20, seed=2)
    found = fall_ensemble(scenario, ensemble, generic_catalogue(), air, fragments=20)
    failed = np.flatnonzero(ensemble.samples.outcome == 1)
    assert len(failed) >= 4
    bursting = propellant_kg(scenario, ensemble, found)
    for i in failed:
        mine = found.sample == i
        if mode == "explosion":
            assert np.sum(found.pieces[mine] * found.mass_kg[mine]) == pytest.approx(DRY_KG)
        else:
            left_kg = ensemble.samples.end_state[i, 6] - DRY_KG
            assert bursting[mine] == pytest.approx(left_kg)
