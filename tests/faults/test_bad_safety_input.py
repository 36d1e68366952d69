"""What a safety analyst may get wrong, from the command line: refused with the reason, and nothing written."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner

from overflight.cli.app import app
from scenarios import edited

FITTED = "fitted = true\n"
RULES = FITTED + "\n[termination.rules]\n"
OWN = ("[termination]\n", '[[breakup]]\ncatalogue = "mine.toml"\n\n[termination]\n')
CROSSED = "ring_latlon_deg = [[30, 128], [24, 130], [24, 128], [30, 130], [30, 128]]\n"
SWAPPED = """NAVAREA XI 1/23. ROCKET LAUNCHING 010100Z TO 010200Z MAR 24 IN AREA BOUND BY
27-30S 129-30E, 27-30S 131-30E, 25-30S 131-30E, 25-30S 129-30E."""


def scenario(name: str) -> str:
    """Return a scenario with one fault."""
    edits = {
        "masses": OWN,
        "never fires": (FITTED, RULES + "straight_up_s = 60.0\nsafe_from_s = 50.0\n"),
        "nobody acts": (FITTED, "fitted = false\n\n[termination.rules]\nattitude_deg = 20.0\n"),
        "not there": (FITTED, RULES + "attitude_deg = 20.0\narmed_stages = [3]\n"),
        "crossing area": (
            FITTED,
            RULES + '[[termination.rules.protect]]\nkey = "a"\nlabel = "A"\nmargin_km = 5.0\n' + CROSSED,
        ),
        "pad inside": (
            FITTED,
            RULES + '[[termination.rules.protect]]\nkey = "a"\nlabel = "A"\nmargin_km = 5.0\n'
            "circle = { latitude_deg = 31.3, longitude_deg = 131.1, radius_km = 9.0 }\n",
        ),
        "crossing line": (
            FITTED,
            RULES + '[[termination.rules.limit_line]]\nkey = "a"\nprotects = "A"\n'
            "latlon_deg = [[30, 128], [24, 130], [24, 128], [30, 130]]\n",
        ),
    }
    gone = ('mode = "spurious_termination"', 'mode = "thrust_loss"')
    return edited(edits[name], gone)


@pytest.mark.parametrize(
    ("name", "key", "words"),
    [
        ("masses", "mine.toml", "sum"),
        ("never fires", "termination.rules", "could never fire"),
        ("nobody acts", "termination.rules", "can never fire"),
        ("not there", "armed_stages", "1 to 2, the stages of the vehicle"),
        ("crossing area", "ring_latlon_deg", "crosses or touches itself near"),
        ("pad inside", "margin_km", "every flight starts there"),
        ("crossing line", "latlon_deg", "side 1 meets its side 3"),
    ],
)
def test_a_faulty_analysis_is_refused(name: str, key: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "launch.toml").write_text(scenario(name))
    generic = files("overflight.debris.data").joinpath("generic.toml").read_text("utf-8")
    assert "mass_share = 0.24" in generic
    (tmp_path / "mine.toml").write_text(generic.replace("mass_share = 0.24", "mass_share = 0.34", 1))
    run = CliRunner().invoke(app, ["plan", str(tmp_path / "launch.toml"), "-o", str(tmp_path / "out")])
    assert run.exit_code == 2, run.output
    assert key in run.stderr and words in run.stderr.replace("\n", " "), run.stderr
    assert not (tmp_path / "out").exists()


def test_a_notice_with_a_swapped_hemisphere_is_refused(tmp_path: Path) -> None:
    """27 S for 27 N: an inland box of Australia, where no launch is drafted to; the message names the letters."""
    (tmp_path / "notice.txt").write_text(SWAPPED)
    run = CliRunner().invoke(
        app, ["draft", str(tmp_path / "notice.txt"), "--site", "31.25,131.08", "-o", str(tmp_path / "x.toml")]
    )
    assert run.exit_code == 2
    assert "100 % of it on land" in run.stderr and "letters N, S, E and W" in run.stderr.replace("\n", " ")
    assert not (tmp_path / "x.toml").exists()
