"""The documents build without a warning, and their pages load nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import overflight
from support import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-E", "-b", "html"]
    command += ["-d", str(folder / "doctrees"), str(ROOT / "docs"), str(folder / "html")]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return folder / "html"


def test_every_page_is_built(site):
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")}
    assert pages >= {"index", "design", "dependencies", "api"}
    assert pages <= {path.stem for path in site.glob("*.html")}


def test_public_names_are_documented(site):
    text = (site / "api.html").read_text("utf-8")
    names = set(overflight.__all__) - {"__version__"}
    assert {name for name in names if f'id="overflight.{name}"' not in text} == set()


def test_pages_load_nothing_from_elsewhere(site):
    elsewhere = r'"(?:https?:)?//'
    loads = re.compile(
        rf'<(?:script|img|iframe)[^>]+src={elsewhere}|<link[^>]+rel="stylesheet"[^>]+href={elsewhere}'
    )
    for page in site.glob("*.html"):
        assert not loads.search(page.read_text("utf-8")), page.name
