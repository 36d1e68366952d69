"""The checks that a page lists are tests that exist."""

import re

from support import ROOT


def test_every_check_of_the_safety_page_is_a_test() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", (ROOT / "docs" / "safety.md").read_text("utf-8"))
    assert len(named) >= 18
    missing = [(file, name) for file, name in named if f"def {name}(" not in (ROOT / file).read_text("utf-8")]
    assert missing == []
