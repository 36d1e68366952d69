from __future__ import annotations

import asyncio

import pytest

from overflight.errors import InputError
from overflight.service.channel import DRILLS, REAL
from overflight.service.channels import file as files
from overflight.service.public_page import PublicPage
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
