"""Where a place lies, for readers of each language: its region as they write it, else its country."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from overflight.report.bulletin_words import place_region
from pages.sample_report import sohae


@pytest.mark.parametrize(
    ("country", "region", "local", "expected"),
    [
        ("JP", "Okinawa", "沖縄県", {"en": "Okinawa", "ja": "沖縄県", "ko": "오키나와현"}),
        ("KR", "Incheon", "인천광역시", {"en": "Incheon", "ja": "韓国", "ko": "인천광역시"}),
        ("CN", "China", None, {"en": "China", "ja": "中国", "ko": "중국"}),
        ("ID", "Indonesia", None, {"en": "Indonesia", "ja": "Indonesia", "ko": "Indonesia"}),
    ],
)
def test_region(country, region, local, expected):
    there = replace(sohae().places[0], country=country, region=region, region_local=local)
    for language, words in expected.items():
        assert place_region(SimpleNamespace(language=language), there) == words
