"""`overflight explain` from facts to pages: the whole way once, and what the pages and files then hold."""

from __future__ import annotations

import json
import re
import string
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

import explains
from overflight.cli.app import app
from overflight.report.bulletin_texts import GLOSSARY, LANGUAGES, TEXTS

runner = CliRunner()
EXTRA = """
[[claim]]
kind = "radar"
key = "radar"
utc = 2020-03-01T01:03:00Z
altitude_km = 100.0
altitude_tolerance_km = 40.0
date = 2020-03-01
confidence = "B"
source = "agency"
contradicts = ["how-high"]

[[claim]]
kind = "passage"
key = "between"
line_latlon_deg = [[32.0, 132.5], [29.0, 132.5]]
date = 2020-03-01
confidence = "B"
source = "observers"

[[claim]]
kind = "zone"
key = "keep-out"
body = "stage-1"
circle = { latitude_deg = 27.8, longitude_deg = 141.5, radius_km = 150.0 }
date = 2020-02-20
confidence = "A"
source = "coastguard"

[[claim]]
kind = "in-zone"
key = "outside"
body = "stage-1"
zone = "keep-out"
inside = false
tolerance_km = 100.0
date = 2020-03-03
confidence = "C"
source = "press"
revises = "first-stage"
translation.ja = { label = "区域の外に落下" }

[[hypothesis]]
key = "early"
label = "It ended early"
quantity = "end_s"
high = 420.0

[[warning]]
system = "Siren"
area = "The islands"
raised_utc = 2020-03-01T01:02:00Z
lifted_utc = 2020-03-01T01:30:00Z
asked = 12
confirmed = 11
damage = "none reported"
source = "agency"

[[change]]
utc = 2020-03-05T00:00:00Z
kind = "correction"
text = "The zone was on the wrong side."
"""
OPTIONS = ("--flights", "8192", "--samples", "300", "--fragments", "5", "-q")


def explain(folder, *options: str, name: str = "out"):
    (folder / "launch.toml").write_text(explains.LAUNCH)
    (folder / "facts.toml").write_text(explains.FACTS + EXTRA)
    arguments = ["explain", str(folder / "facts.toml"), "-s", str(folder / "launch.toml")]
    arguments += ["-o", str(folder / name), "--bank", str(folder / "bank"), *OPTIONS, *options]
    return runner.invoke(app, arguments)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explained")
    result = explain(folder)
    assert result.exit_code == 0, result.stderr
    return folder, result


def read(done, name: str) -> str:
    return (done[0] / "out" / name).read_text("utf-8-sig")


def test_the_answer_is_three_sentences(done):
    assert len(done[1].stdout.strip().split("\n")) == 3
    assert "was launched from Example pad" in done[1].stdout


def test_the_same_seed_gives_the_same_bits_from_the_shelf(done):
    folder, _ = done
    assert explain(folder, name="again").exit_code == 0
    first, second = (json.loads((folder / name / "run.json").read_text()) for name in ("out", "again"))
    assert first["run"]["run_id"] == second["run"]["run_id"]
    same = {k: v for k, v in first["outputs_sha256"].items() if k.endswith((".csv", ".geojson", ".svg"))}
    assert same.items() <= second["outputs_sha256"].items() and len(same) > 10


@pytest.mark.parametrize("name", ["index.html", "ja.html", "ko.html"])
def test_a_page_asks_nobody_for_anything_and_says_what_was_claimed(done, name):
    page = read(done, name)
    assert "<script" not in page and not re.search(r'(src|href)="(https?:)?//', page)
    language = {"index.html": "en", "ja.html": "ja", "ko.html": "ko"}[name]
    assert f'<html lang="{language}">' in page
    run = json.loads(read(done, "run.json"))
    for claim in run["bulletin"]["claims"]:
        words = (
            claim["label"][language]
            if language != "en" and claim["label"][language]
            else claim["label"]["text"]
        )
        assert words in page
    for figure in re.findall(r"<svg[^>]*class=\"fig[^>]*>", page):
        assert 'role="img"' in figure and "aria-labelledby" in figure
    assert run["run"]["run_id"] in page and run["bulletin"]["key"] in page


def test_every_kind_of_claim_is_compared(done):
    claims = {claim["key"]: claim for claim in json.loads(read(done, "run.json"))["bulletin"]["claims"]}
    silent = {key for key, claim in claims.items() if not claim["comparisons"]}
    assert silent == {"no-comment", "keep-out"}
    assert (
        claims["between"]["kind"] == "line"
        and claims["between"]["comparisons"][0]["what"] == "along the line"
    )
    assert claims["how-high"]["contradicts"] == ["radar"] and claims["first-stage"]["revised_by"] == [
        "outside"
    ]


def test_the_warning_is_measured(done):
    page = read(done, "index.html")
    assert re.search(r"[12]–[23] min", page) and "11 of 12" in page and "none reported" in page
    assert "The zone was on the wrong side." in page


REPORT = {
    "kind": "overflight-desk-performance", "schema_version": 1, "desk": "Island desk", "event": "launch-1",
    "status": "Actual", "launch_utc": "2020-03-01T01:00:00Z", "written_utc": "2020-03-02T00:00:00Z",
    "called": [{
        "country": "JP", "area": {"en": "Two villages", "ja": "二つの村", "ko": "두 마을"}, "places": ["JP-1", "JP-2"],
        "raised_utc": "2020-03-01T01:03:30Z", "lifted_utc": "2020-03-01T01:09:00Z", "messages": ["a", "b"],
        "replies": {"asked": 2, "acknowledged": 2, "silent": 0, "no_damage": 1, "damage": 0, "object_found": 1},
    }],
}  # fmt: skip


def test_the_report_of_a_desk_is_how_the_warning_went(done):
    folder = done[0]
    (folder / "report.json").write_text(json.dumps(REPORT))
    assert explain(folder, "--warning", str(folder / "report.json"), name="warned").exit_code == 0
    page = (folder / "warned" / "index.html").read_text("utf-8")
    assert "2 of 2" in page and "Island desk" in page and "1 found an object" in page
    assert "Log of the desk Island desk" in page, "with its source"
    assert "二つの村" in (folder / "warned" / "ja.html").read_text("utf-8")
    assert json.loads((folder / "warned" / "performance.json").read_text()) == REPORT
    runs = [
        json.loads((folder / name / "run.json").read_text())["run"]["run_id"] for name in ("out", "warned")
    ]
    assert runs[0] != runs[1]
    (folder / "other.json").write_text(json.dumps(REPORT | {"launch_utc": "2021-03-01T01:00:00Z"}))
    result = explain(folder, "--warning", str(folder / "other.json"), name="refused")
    assert result.exit_code == 2 and "launch_utc" in result.stderr and not (folder / "refused").exists()


def test_tables_and_areas_can_be_read_again(done):
    areas = json.loads(read(done, "areas.geojson"))
    computed = [f for f in areas["features"] if f["properties"].get("containment") == 0.9]
    assert {f["properties"]["body"] for f in computed} >= {"stage-1"}
    shares: dict[str, float] = {}
    for line in read(done, "search.csv").strip().split("\n")[1:]:
        body, *_, share = line.split(",")
        shares[body] = shares.get(body, 0.0) + float(share)
    assert all(0.9 < share <= 1.0 + 1e-4 for share in shares.values()), shares  # sums of rounded shares


def test_drawings_stand_alone(done):
    for path in (done[0] / "out" / "figures").glob("*.svg"):
        text = path.read_text("utf-8")
        assert ET.fromstring(text).tag.endswith("svg")
        assert "var(--" not in text and "overflight" in text
        assert path.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_results_of_others_are_not_replaced(done):
    folder, _ = done
    result = explain(folder)
    assert result.exit_code == 2 and "--force" in result.stderr


def test_a_chain_that_is_too_short_is_refused(done):
    pytest.importorskip("emcee")
    result = explain(done[0], "--refine", "12", name="short")
    assert result.exit_code == 2 and "has not converged" in result.stderr
    assert not (done[0] / "short").exists()


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", TEXTS)
def test_each_text_asks_for_the_same_values_in_every_language(key):
    assert len(TEXTS[key]) == len(LANGUAGES) and all(TEXTS[key])
    assert len({frozenset(fields(text)) for text in TEXTS[key]}) == 1


def test_the_glossary_is_whole():
    assert all(len(row) == len(LANGUAGES) and all(all(pair) for pair in row) for row in GLOSSARY)


def test_bulletins_have_an_index_and_a_feed(done, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "run.json").write_text(read(done, "run.json"), "utf-8")
    result = runner.invoke(app, ["bulletins", str(tmp_path), "--base", "https://example.org/b/"])
    assert result.exit_code == 0, result.stderr
    feed = ET.fromstring((tmp_path / "feed.atom").read_text("utf-8"))
    atom = "{http://www.w3.org/2005/Atom}"
    entry = feed.find(f"{atom}entry")
    assert entry is not None and entry.find(f"{atom}id") is not None
    links = [link.get("href") for link in entry.findall(f"{atom}link")]
    assert links == [f"https://example.org/b/a/{name}.html" for name in ("index", "ja", "ko")]
    assert "a/ja.html" in (tmp_path / "index.html").read_text("utf-8")
    assert runner.invoke(app, ["bulletins", str(tmp_path)]).exit_code == 0  # again, over its own page
    (tmp_path / "index.html").write_text("somebody's home page")
    assert runner.invoke(app, ["bulletins", str(tmp_path)]).exit_code == 2
    assert runner.invoke(app, ["bulletins", str(tmp_path / "a")]).exit_code == 2
