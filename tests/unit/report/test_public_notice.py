"""What the public page says, and that it says no more than was issued."""

from __future__ import annotations

import html
import re

import pytest

from lives import at
from overflight.report.public_notice import CallState
from overflight.report.public_page import render_editions, render_public, ruby
from overflight.report.public_words import EASY_JAPANESE, EDITIONS, ENGLISH, JAPANESE
from overflight.warning.alert import Status
from overflight.warning.cap.words import denies_drill, marks_drill
from pages.sample_public import CODES, NAMES, sample


def text_of(page: str) -> str:
    body = re.sub(r"<style>.*?</style>|<(svg|rt|rp)\b.*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", body)).split())


@pytest.mark.parametrize(
    ("name", "state", "called", "released"),
    [
        ("none", CallState.NONE, 0, 0),
        ("shelter", CallState.SHELTER, 11, 0),
        ("partly", CallState.SHELTER, 5, 6),
        ("passed", CallState.PASSED, 0, 11),
        ("withdrawn", CallState.WITHDRAWN, 0, 11),
        ("run_out", CallState.RUN_OUT, 11, 0),
    ],
)
def test_state_and_places(name, state, called, released):
    made = sample(name)
    assert (made.state, len(made.called), len(made.released)) == (state, called, released)
    assert (made.expires == at(5400)) is (state is CallState.SHELTER)


def test_a_call_that_ran_out_never_reads_as_passed():
    page = text_of(render_public(sample("run_out"), ENGLISH))
    assert "Stay inside" in page and "nobody has confirmed" in page
    assert "passed" not in page and "lifted" not in page.lower() and "No action needed" not in page


@pytest.mark.parametrize("words", EDITIONS, ids=lambda words: words.file)
@pytest.mark.parametrize("name", NAMES)
def test_the_first_sentence_says_what_to_do(name, words):
    made = sample(name)
    page = render_public(made, words)
    heading = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
    assert heading and text_of(heading[1]) == re.sub("《.*?》", "", words.lead[made.state][0])
    assert page.count("<h1>") == 1 and f'lang="{words.tag}"' in page
    assert "<script" not in page and "http" not in re.sub(r"http-equiv", "", page)
    if made.called or made.released:
        assert ruby(words.outside[bool(made.called)]) in page


def test_people_outside_are_told_so():
    assert "You have nothing to do." in text_of(render_public(sample("shelter"), ENGLISH))
    assert "outside the warned area the whole time" in text_of(render_public(sample("passed"), ENGLISH))


def test_every_place_is_named_in_every_edition():
    for words in EDITIONS:
        page = text_of(render_public(sample("shelter"), words))
        for place, _ in sample("shelter").called:
            assert place[words.language] in page


@pytest.mark.parametrize("status", [Status.EXERCISE, Status.TEST])
@pytest.mark.parametrize("name", NAMES)
def test_a_drill_looks_like_one_and_the_real_never(name, status):
    for file, page in render_editions(sample(name, status)).items():
        said = text_of(page)
        assert marks_drill(said[:300]), file
        assert not denies_drill(said), file
        assert 'class="public drill"' in page
    for file, page in render_editions(sample(name)).items():
        assert not marks_drill(text_of(page)), file
        assert 'class="public"' in page


def test_readings_stand_above_and_nothing_gets_through():
    assert str(ruby("避難《ひなん》<b>")) == ("<ruby>避難<rp>(</rp><rt>ひなん</rt><rp>)</rp></ruby>&lt;b&gt;")
    page = render_public(sample("shelter"), EASY_JAPANESE)
    assert "《" not in page and "Kumejima" in page


def test_every_kanji_of_easy_japanese_has_its_reading():
    def texts(value):
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for item in value.values():
                yield from texts(item)
        elif isinstance(value, tuple):
            for item in value:
                yield from texts(item)

    for name in EASY_JAPANESE.__dataclass_fields__:
        if name == "name":
            continue
        for text in texts(getattr(EASY_JAPANESE, name)):
            assert not re.search(r"[\u4e00-\u9fff](?![\u4e00-\u9fff《])", text), text


def test_a_retraction_is_shown_once_with_its_map_of_who_was_called():
    made = sample("withdrawn")
    assert [entry.kind.value for entry in made.entries] == ["launch", "retraction"]
    assert made.rings and len(made.released) == len(CODES)
    assert "誤りでした" in text_of(render_public(made, JAPANESE))
