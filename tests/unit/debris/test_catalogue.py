"""Fragment catalogues: the packaged one is sound, a faulty one is refused with a reason."""

from __future__ import annotations

from importlib import resources

import pytest

from ensembles import small
from overflight.debris.catalogue import (
    catalogues_of,
    generic_catalogue,
    packaged_catalogue,
    parse_catalogue,
)
from overflight.errors import InputError
from overflight.scenario.fragments import PACKAGED
from overflight.scenario.load import check_scenario, load_scenario

TEXT = resources.files("overflight.debris.data").joinpath("generic.toml").read_text("utf-8")


def test_the_packaged_catalogue() -> None:
    catalogue = generic_catalogue()
    assert "estimate" in catalogue.label
    assert catalogue.pieces == 270
    assert sum(c.mass_share for c in catalogue.classes) == pytest.approx(1.0)
    assert len({c.key for c in catalogue.classes}) == len(catalogue.classes)
    for c in catalogue.classes:
        low, high = c.ballistic_kgpm2
        assert high / low <= 10.0**0.5 * 1.001, "half a decade (14 CFR A417.11)"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("mass_share = 0.24", "mass_share = 0.24\npropellant_share = 0.1", "either mass_share"),
        ("mass_share = 0.24", "propellant_share = 1.01", "propellant_share"),
        ('key = "light"', 'key = "engines"', '"engines" twice'),
        ("mass_share = 0.24", "mass_share = 0.25", "a sum of 1"),
        ("mass_share = 0.24", "mass_share = -0.24", "mass_share"),
        ("mass_share = 0.24\n", "", "mass_share: found nothing"),
        ("mass_share = 0.24", 'mass_share = "much"', "a number"),
        ("mass_share = 0.24", "mass_share = ", "key = value"),
        ("[300.0, 900.0]", "[300.0]", "too few numbers"),
        ("pieces = 4\n", "pieces = 0\n", "pieces.*1 to 100000"),
        ("imparted_speed_mps = 15.0", "imparted_speed_mps = -1.0", "0 to 5000"),
        ("[300.0, 900.0]", "[300.0, 1000.0]", "half a decade"),
        ("[300.0, 900.0]", "[900.0, 300.0]", "rising"),
        ("[300.0, 900.0]", "[0.0, 900.0]", "more than 0"),
        ("[300.0, 900.0]", "[nan, 900.0]", "finite"),
        ("mass_share = 0.24", "mass_share = nan", "finite"),
        ("imparted_speed_mps = 15.0", "imparted_speed_mps = nan", "finite"),
        ("imparted_speed_mps = 15.0", "imparted_speed_mps = inf", "finite"),
    ],
)
def test_faults_are_refused(old, new, told) -> None:
    assert TEXT.count(old) == 1
    with pytest.raises(InputError, match=told) as refusal:
        parse_catalogue(TEXT.replace(old, new), "mine.toml")
    assert "mine.toml" in str(refusal.value)


@pytest.mark.parametrize("name", PACKAGED)
def test_packaged_catalogues_are_labelled_and_have_all_their_mass(name) -> None:
    catalogue = packaged_catalogue(name)
    assert catalogue.label.startswith("estimate")
    assert sum(c.mass_share for c in catalogue.classes) == pytest.approx(1.0)


def test_every_packaged_file_can_be_named() -> None:
    files = {f.name for f in resources.files("overflight.debris.data").iterdir() if f.name.endswith(".toml")}
    assert files == {f"{name}.toml" for name in PACKAGED}


def rows(*rows: str) -> tuple[str, str]:
    """Return the edit that adds rows of [[breakup]] to the small scenario."""
    return "[wind]\n", "".join(f"[[breakup]]\n{row}\n\n" for row in rows) + "[wind]\n"


def test_without_rows_the_generic_one_holds_for_all() -> None:
    found = catalogues_of(small())
    assert found.catalogues == (generic_catalogue(),)
    assert found.class_keys == tuple(c.key for c in generic_catalogue().classes)
    assert {found.index(cause, k) for cause in ("explosion", "destruct", "aerodynamic") for k in (1, 2)} == {
        0
    }


def test_the_first_row_that_fits_is_taken() -> None:
    found = catalogues_of(
        small(
            rows(
                'cause = "destruct"\nstage = 2\ncatalogue = "destruct-upper"',
                'cause = "destruct"\ncatalogue = "destruct-lower"',
                'stage = 2\ncatalogue = "explosion-upper"',
            )
        )
    )

    def name(cause: str, stage: int) -> str:
        return found.catalogues[found.index(cause, stage)].name

    assert name("destruct", 2) == packaged_catalogue("destruct-upper").name
    assert name("destruct", 1) == packaged_catalogue("destruct-lower").name
    assert name("explosion", 2) == packaged_catalogue("explosion-upper").name
    assert name("aerodynamic", 1) == generic_catalogue().name
    first = found.first_class(found.index("explosion", 2))
    assert found.classes[first] == packaged_catalogue("explosion-upper").classes[0]


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        (('catalogue = "explosion-lowr"',), 'Did you mean "explosion-lower"'),
        (('stage = 7\ncatalogue = "generic"',), "stages of the vehicle"),
        (('cause = "fire"\ncatalogue = "generic"',), '"explosion"'),
        (('catalogue = "generic"', 'stage = 2\ncatalogue = "destruct-upper"'), "never used"),
        (('catalogue = "../mine.toml"',), "without a path"),
        (('catalogue = "none.toml"',), "no such file"),
        (("stage = 1",), "catalogue"),
    ],
)
def test_rows_that_lead_nowhere_are_refused(stated, told) -> None:
    with pytest.raises(InputError, match=told):
        small(rows(*stated))


def test_a_scenario_names_its_own_file(tmp_path) -> None:
    text = resources.files("overflight.scenario.templates").joinpath("small-3-stage.toml").read_text("utf-8")
    (tmp_path / "launch.toml").write_text(text + '\n[[breakup]]\ncatalogue = "mine.toml"\n')
    own = TEXT.replace("pieces = 150", "pieces = 151")
    (tmp_path / "mine.toml").write_text(own)
    found = catalogues_of(load_scenario(tmp_path / "launch.toml"))
    assert [c.pieces for c in found.catalogues] == [271]
    again = type(load_scenario(tmp_path / "launch.toml")).model_validate_json(
        load_scenario(tmp_path / "launch.toml").model_dump_json()
    )
    assert catalogues_of(again) == found, "a stored scenario holds the catalogue itself"
    (tmp_path / "mine.toml").write_text(own.replace("mass_share = 0.08", "mass_share = 0.09"))
    (fault,) = check_scenario(tmp_path / "launch.toml")
    assert "mine.toml" in fault.where
    assert "a sum of 1.01" in fault.found
