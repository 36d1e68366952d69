"""Banks on disk: what is kept, what goes."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

import explains
from overflight.cli import shelf
from overflight.cli.shelf import DiskShelf, bank_digest, tidy
from overflight.inference.bank import BLOCK

DAY = 86_400.0
NOW = 1.8e9


@pytest.fixture
def banks(tmp_path, monkeypatch):
    monkeypatch.setattr(shelf, "kernel_hash", lambda: "k1")

    def bank(name: str, *, used_days_ago: float, kilobytes: int = 1, kernels: str = "k1"):
        folder = tmp_path / name
        folder.mkdir()
        mark = {"version": shelf.__version__, "kernels": kernels, "form": shelf.FORM}
        (folder / "bank.json").write_text(json.dumps(mark))
        (folder / "000000.npz").write_bytes(bytes(1000 * kilobytes))
        os.utime(folder, (NOW - DAY * used_days_ago,) * 2)

    return tmp_path, bank


def test_banks_of_another_program_go_and_those_in_use_stay(banks):
    base, bank = banks
    bank("ours", used_days_ago=90)
    bank("old-kernels", used_days_ago=2, kernels="k0")
    bank("old-but-in-use", used_days_ago=0.1, kernels="k0")
    (base / "unmarked").mkdir()
    os.utime(base / "unmarked", (NOW - 3 * DAY,) * 2)
    (base / "a file").write_text("not a bank")
    tidy(base, now_s=NOW)
    assert {path.name for path in base.iterdir()} == {"ours", "old-but-in-use", "a file"}


def test_beyond_a_size_the_bank_longest_unused_goes_first(banks):
    base, bank = banks
    for name, days in (("a", 30), ("b", 20), ("c", 10), ("today", 0.2)):
        bank(name, used_days_ago=days, kilobytes=100)
    tidy(base, now_s=NOW, most_bytes=250_000)
    assert {path.name for path in base.iterdir()} == {"c", "today"}
    tidy(base, now_s=NOW, most_bytes=10)
    assert {path.name for path in base.iterdir()} == {"today"}


def test_a_folder_of_ones_own_is_never_tidied(banks):
    base, bank = banks
    bank("foreign", used_days_ago=100, kernels="k0")
    mine = DiskShelf(base, "mine")
    mine.put(3, {"end_s": np.zeros(BLOCK, np.float32)})
    assert (base / "foreign").is_dir() and mine.get(3) is not None and mine.get(4) is None


def test_what_was_published_flies_nothing_anew():
    """Words, values and tolerances of the claims share a bank; another body, point or kind does not."""
    facts, launch = explains.FACTS, explains.launch()

    def digest(text: str) -> str:
        return bank_digest(launch, explains.facts(text).claim, 1)

    same = facts.replace("tolerance_km = 12.0", "tolerance_km = 30.0").replace('"press"', '"another paper"')
    same = same.replace("altitude_km = 330.0", "altitude_km = 300.0").replace("we are looking", "we looked")
    assert digest(same) == digest(facts)
    assert digest(facts.replace("latitude_deg = 30.9", "latitude_deg = 30.8")) != digest(facts)
    assert digest(facts.replace('body = "stage-1"', 'body = "stage-2"')) != digest(facts)
