from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from overflight.errors import InputError
from overflight.report.public_notice import CallState
from overflight.service import public_page
from overflight.service.channel import DRILLS, REAL
from overflight.service.channels import file as files
from overflight.service.public_page import PublicPage, page_files
from overflight.warning.alert import Status
from pages.sample_public import sample


def write(page: PublicPage, *notices):
    return asyncio.run(page.write(notices))


def test_every_change_replaces_the_page_and_only_a_change(tmp_path):
    page = PublicPage(tmp_path, REAL)
    assert write(page, sample("shelter")) == 9
    assert "直ちに" in (tmp_path / "index.html").read_text("utf-8")
    assert write(page, sample("shelter")) == 0
    assert write(page, sample("passed")) == 9
    assert "解除しました" in (tmp_path / "index.html").read_text("utf-8")
    (folder,) = (tmp_path / "events").iterdir()
    assert sorted(one.name for one in folder.iterdir()) == ["easy.html", "en.html", "ja.html", "ko.html"]


def test_a_full_disk_leaves_the_old_page(tmp_path, monkeypatch):
    page = PublicPage(tmp_path, REAL)
    write(page, sample("shelter"))
    before = (tmp_path / "index.html").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(page, sample("passed"))
    assert (tmp_path / "index.html").read_bytes() == before
    assert not [one for one in tmp_path.rglob("*") if one.name.startswith(".new-")]


@pytest.mark.parametrize(("statuses", "status"), [(REAL, Status.EXERCISE), (DRILLS, Status.ACTUAL)])
def test_the_wall_holds_for_pages_too(tmp_path, statuses, status):
    with pytest.raises(InputError, match="folders of their own"):
        write(PublicPage(tmp_path, statuses), sample("shelter", status))
    assert list(tmp_path.iterdir()) == []


def test_what_stands_as_it_stood_is_not_drawn_anew(monkeypatch):
    drawn, made = {}, []
    monkeypatch.setattr(
        public_page,
        "render_editions",
        lambda n: made.append(n.event_id) or {"en.html": str(n.made), "ja.html": "x"},
    )
    old = replace(sample("passed"), event_id="old")
    new = replace(sample("shelter"), event_id="new")
    first = page_files([old, new], drawn)
    assert made == ["old", "new"], "each once, the one on top too"
    later = [replace(one, made=one.made + timedelta(seconds=30)) for one in (old, new)]
    second = dict(page_files(later, drawn))
    assert made == ["old", "new", "new"], "the page on top tells the time"
    assert dict(first)["events/old/en.html"] == second["events/old/en.html"]
    page_files([replace(old, state=CallState.WITHDRAWN), new], drawn)
    assert made[3:] == ["old", "new"]
