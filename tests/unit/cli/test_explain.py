"""`overflight explain` from facts to pages: the whole way once, and what the pages and files then hold."""

from __future__ import annotations

import json
import re
import string
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

import explains
from overflight.cli.app import app
from overflight.report.bulletin_texts import GLOSSARY, LANGUAGES, TEXTS

runner = CliRunner()
OPTIONS = ("--flights", "8192", "--samples", "300", "--fragments", "5", "-q")


def explain(folder, *options: str, name: str = "out"):
    (folder / "launch.toml").write_text(explains.LAUNCH)
    (folder / "facts.toml").write_text(explains.FACTS + explains.TOLD)
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


def plain_words(done, name: str) -> str:
    """Return a page with plain spaces between numbers and units."""
    return read(done, name).replace("\u00a0", " ")


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
    assert silent == {"no-comment", "keep-out", "nobody-hurt", "launches"}
    assert (
        claims["between"]["kind"] == "line"
        and claims["between"]["comparisons"][0]["what"] == "along the line"
    )
    assert claims["how-high"]["contradicts"] == ["radar"] and claims["first-stage"]["revised_by"] == [
        "outside"
    ]


def test_the_warning_is_measured(done):
    page = read(done, "index.html")
    assert re.search(r"[12]–[23]\smin", page) and "11 of 12" in page and "none reported" in page
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


def test_words_of_sources_stand_under_the_questions_they_answer(done):
    page = read(done, "index.html")
    hurt = page[page.index("Was anyone hurt?") :]
    assert "Nobody was hurt, says the harbour" in hurt[: hurt.index("</details>")]
    assert "Launches from this pad" in page and "1,234, as published" in page
    assert "A stronger valve." in page and "弁を強くした。" in read(done, "ja.html")
    assert "1 May 2020 09:00 to 8 May 2020 09:00" in page


def test_what_the_satellite_could_see_is_a_range(done):
    page = plain_words(done, "index.html")
    seen = json.loads(read(done, "run.json"))["bulletin"]["imaging"]
    assert seen["altitude_is"] == "published" and seen["gsd_low_m"] == 1.5 < 4.0 < seen["gsd_high_m"]
    assert "480–520" in page and re.search(r"1\.5 to [45]\.\d m on the ground a pixel", page)
    assert "aircraft carrier (330 m): " in page and "A picture shown at a fair." in page


def test_the_search_by_day_follows_wind_and_current(done):
    run = json.loads(read(done, "run.json"))["bulletin"]
    assert run["sea"]["assumed"] is False
    days = {area["hours"] for area in run["drift"]}
    assert days == {24.0, 120.0}
    for body in {area["body"] for area in run["drift"]}:
        first, last = sorted((a for a in run["drift"] if a["body"] == body), key=lambda a: a["hours"])
        assert last["centre"][0] > first["centre"][0]  # wind and current both carry it east
        assert last["semi_minor_km"] > first["semi_minor_km"]
    floating = [f for f in json.loads(read(done, "areas.geojson"))["features"] if "hours" in f["properties"]]
    assert len(floating) == 2 * len(run["drift"])
    assert "7 from 300° ± 2 m/s" in plain_words(done, "index.html")


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


def valid_feed(feed: ET.Element) -> list[ET.Element]:
    """Hold what RFC 4287 asks of a feed (sections 4.1.1 and 4.1.2), and return its entries."""
    atom = "{http://www.w3.org/2005/Atom}"
    assert feed.tag == f"{atom}feed"

    def once(node: ET.Element, name: str) -> str:
        [only] = node.findall(f"{atom}{name}")
        assert only.text
        return only.text

    entries = feed.findall(f"{atom}entry")
    identities = [once(node, "id") for node in (feed, *entries)]
    assert len(set(identities)) == len(identities)
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", identity) for identity in identities)
    assert feed.find(f"{atom}author/{atom}name") is not None
    for node in (feed, *entries):
        once(node, "title")
        assert datetime.fromisoformat(once(node, "updated")).tzinfo is not None
        alternates = [
            (link.get("type"), link.get("hreflang"))
            for link in node.findall(f"{atom}link")
            if link.get("rel", "alternate") == "alternate"
        ]
        assert len(set(alternates)) == len(alternates)
        assert all(link.get("href") for link in node.findall(f"{atom}link"))
    assert [once(e, "updated") for e in entries] == sorted(
        (once(e, "updated") for e in entries), reverse=True
    )
    return entries


NUMBER = re.compile(r"(?<![\w.,:−+-])\d+(?:,\d{3})*(?:\.\d+)?(?::\d\d)*")
COMPUTED = ("what", "questions", "performance", "falls", "weighed", "learned", "places")


def told(values: dict) -> set[str]:
    """Return every number of ``run.json`` as a page may write it: rounded, doubled, as share, as clock time."""
    from overflight.report.words import plain, rounded

    lift = datetime.fromisoformat(values["lift_off_utc"])
    found = {"50", "90", "60"}  # the width of a passage, the content of areas, the limits of the record

    def walk(value):
        if isinstance(value, dict):
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            found.add(f"{len(value)}")
            for item in value:
                walk(item)
        elif isinstance(value, str):
            found.update(NUMBER.findall(value))
            if re.match(r"\d{4}-\d\d-\d\dT", value):
                clock(datetime.fromisoformat(value))
        elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15:
            number(float(value))

    def clock(instant):
        for hours in (0.0, values["zone_offset_h"]):
            for late in (0, 1, 30):
                local = instant + timedelta(hours=hours, seconds=late)
                found.update(
                    (f"{local:%H:%M}", f"{local:%H:%M:%S}", f"{local.year}", f"{local.day}", f"{local.month}")
                )

    def number(value):
        size = abs(value)
        for one in (size, 2.0 * size, 100.0 * size, 1.0 / size if size else 0.0, size / 24.0, size / 60.0):
            for digits in (1, 2, 3):
                found.add(plain(rounded(one, digits)))
            found.update((f"{one:.0f}", f"{one:.1f}", f"{one:,.0f}", f"{one:.2g}"))
        if size < 1e6:
            clock(lift + timedelta(seconds=value))

    walk(values)
    for area in values["falls"]:
        clock(lift + timedelta(seconds=0.5 * (area["first_time_s"] + area["last_time_s"])))
    return found


def words_of(page: str, section: str) -> str:
    """Return the text of a section without drawings: those are drawn from the same rows."""
    part = page[page.index(f'<section id="{section}"') :]
    part = re.sub(r"(?s)<svg.*?</svg>", " ", part[: part.index("</section>")])
    return re.sub(r"<[^>]+>", " ", part).replace("\u00a0", " ")


def test_every_number_of_the_page_stands_in_run_json(done):
    page, run = read(done, "index.html"), json.loads(read(done, "run.json"))
    known = told(run["bulletin"])
    fixed = {
        number for text in TEXTS.values() for number in NUMBER.findall(re.sub(r"\{\w+\}", "", text[0]))
    }  # fmt: skip
    minutes = {f"{n}" for row in run["bulletin"]["warnings"] for n in range(60) if row}
    for section in COMPUTED:
        if f'<section id="{section}"' not in page:
            continue
        numbers = set(NUMBER.findall(words_of(page, section)))
        strange = numbers - known - fixed - (minutes if section in ("questions", "performance") else set())
        assert numbers and not strange, (section, strange)


def test_bulletins_have_an_index_and_a_feed(done, tmp_path):
    for name, title in (("a", "The lost flight"), ("b", "The other <flight> & more")):
        (tmp_path / name).mkdir()
        run = json.loads(read(done, "run.json"))
        run["bulletin"]["title"]["text"] = title
        run["bulletin"]["key"] += name
        (tmp_path / name / "run.json").write_text(json.dumps(run), "utf-8")
    result = runner.invoke(app, ["bulletins", str(tmp_path), "--base", "https://example.org/b/"])
    assert result.exit_code == 0, result.stderr
    feed = ET.fromstring((tmp_path / "feed.atom").read_text("utf-8"))
    atom = "{http://www.w3.org/2005/Atom}"
    entry = valid_feed(feed)[0]
    links = [link.get("href") for link in entry.findall(f"{atom}link")]
    assert links == [f"https://example.org/b/a/{name}.html" for name in ("index", "ja", "ko")]
    index = (tmp_path / "index.html").read_text("utf-8")
    assert "a/ja.html" in index and "The other &lt;flight&gt; &amp; more" in index
    assert not re.search(r'(src|href)="(https?:)?//', index) and index.count('lang="ja"') >= 2
    assert runner.invoke(app, ["bulletins", str(tmp_path)]).exit_code == 0  # again, over its own page
    (tmp_path / "index.html").write_text("somebody's home page")
    assert runner.invoke(app, ["bulletins", str(tmp_path)]).exit_code == 2
    assert runner.invoke(app, ["bulletins", str(tmp_path / "a")]).exit_code == 2
