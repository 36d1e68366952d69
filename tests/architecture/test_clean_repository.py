"""No file names a package registry or a path of one developer's machine.

The patterns are written so that this file does not match itself.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support import ROOT, require

HOSTS = [
    r"py[p]i\.(?:org|io)", r"python[h]osted\.org", r"npmj[s]\.(?:org|com)", r"yarnp[k]g\.com", r"npmm[i]rror",
    r"anacon[d]a\.(?:org|com)", r"deb\.d[e]bian\.org", r"security\.d[e]bian\.org", r"archive\.u[b]untu\.com",
    r"docker\.(?:io|com)", r"ghc[r]\.io", r"qua[y]\.io", r"golan[g]\.org", r"crates\.(?:io)",
    r"rubyg[e]ms\.org",
    r"artif[a]ctory", r"unp[k]g\.com", r"jsde[l]ivr\.net",
]  # fmt: skip
OPTIONS = [r"index[-_]u[r]l", r"find[-_]l[i]nks", r"trusted[-_]h[o]st", r"_aut[h]Token"]
HOST = re.compile("|".join(HOSTS + OPTIONS).encode(), re.IGNORECASE)
MACHINE_PATH = re.compile(rb"(?<![\w.~:/%*\]})-])(?:file://)?/(?:wor[k]|roo[t]|hom[e]|User[s])/[\w.-]")


def repository_files() -> list[Path]:
    """Return the files git knows or would add."""
    require(shutil.which("git") and (ROOT / ".git").exists(), "this is not a git clone")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in output.decode().split("\0") if name and (ROOT / name).is_file()]


def findings(pattern: re.Pattern[bytes]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {match.group().decode(errors='replace')}"
        for path in repository_files()
        for match in pattern.finditer(path.read_bytes())
    ]


def test_no_registry_is_named():
    assert findings(HOST) == []


def test_no_path_of_a_machine():
    assert findings(MACHINE_PATH) == []


@pytest.mark.parametrize("name", ["py" + "pi.org", "registry.np" + "mjs.org", "files.python" + "hosted.org"])
def test_a_host_is_seen(name):
    assert HOST.search(f"https://{name}/simple/x".encode())
    assert HOST.search(f"see {name}".encode())


@pytest.mark.parametrize(
    "text", ["open('/ho" + "me/eve/x')", " /ro" + "ot/.cache", "file:///wo" + "rk/a.whl"]
)
def test_a_machine_path_is_seen(text):
    assert MACHINE_PATH.search(text.encode())


@pytest.mark.parametrize(
    "text", ["https://example.invalid" + "/wo" + "rk/a", "~/wo" + "rk/a", "../ho" + "me/a", "src/ro" + "ot/x"]
)
def test_other_paths_are_not(text):
    assert not MACHINE_PATH.search(text.encode())


def test_pins_name_versions_only():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 20
    assert [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9._!+]+", line)] == []
