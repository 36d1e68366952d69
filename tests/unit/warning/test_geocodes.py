from __future__ import annotations

from overflight.exposure.places import load_places
from overflight.warning.geocodes import geocodes


def test_own_codes_first_then_those_of_the_meteorological_agency():
    more = (("JMA class20", "4736100"), ("GeoNames", "1"), ("JMA class20", "4736102"))
    pairs = geocodes([("JP", "47361", more), ("KR", "11110", ()), ("JP", "47361", more)])
    assert pairs == (("JISX0402", "47361"), ("JMAclass20", "4736100"), ("JMAclass20", "4736102"))


def test_packaged_municipalities_have_both():
    places = load_places(["JP"], bbox=(122.0, 23.5, 132.0, 27.5))
    naha = places.find("JP-47201")
    assert naha is not None
    pairs = geocodes([("JP", naha.code, naha.other_codes)])
    assert pairs == (("JISX0402", "47201"), ("JMAclass20", "4720100"))
