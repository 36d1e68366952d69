"""Fragment catalogues: the packaged one is sound, a faulty one is refused with a reason."""

from __future__ import annotations

from importlib import resources

import pytest

from overflight.debris.catalogue import generic_catalogue, parse_catalogue
from overflight.errors import InputError

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
        ("mass_share = 0.24", "mass_share = 0.25", "a sum of 1"),
        ("mass_share = 0.24", "mass_share = -0.24", "mass_share"),
        ("mass_share = 0.24\n", "", "no 'mass_share'"),
        ("mass_share = 0.24", 'mass_share = "much"', "could not convert"),
        ("mass_share = 0.24", "mass_share = ", "every|all its keys"),
        ("[300.0, 900.0]", "[300.0]", "all its keys"),
        ("pieces = 4\n", "pieces = 0\n", "engines"),
        ("imparted_speed_mps = 15.0", "imparted_speed_mps = -1.0", "engines"),
        ("[300.0, 900.0]", "[300.0, 1000.0]", "half a decade"),
        ("[300.0, 900.0]", "[900.0, 300.0]", "engines"),
        ("[300.0, 900.0]", "[0.0, 900.0]", "engines"),
        ("[300.0, 900.0]", "[nan, 900.0]", "engines"),
        ("mass_share = 0.24", "mass_share = nan", "sum"),
        ("imparted_speed_mps = 15.0", "imparted_speed_mps = nan", "engines"),
        ("imparted_speed_mps = 15.0", "imparted_speed_mps = inf", "engines"),
    ],
)
def test_faults_are_refused(old, new, told) -> None:
    assert TEXT.count(old) == 1
    with pytest.raises(InputError, match=told) as refusal:
        parse_catalogue(TEXT.replace(old, new), "mine.toml")
    assert "mine.toml" in str(refusal.value)
