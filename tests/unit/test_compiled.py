"""The cache of compiled kernels: where it lies, and that nothing stale or foreign is loaded from it."""

from __future__ import annotations

import ast
import os
import shutil
import stat
import tempfile
from pathlib import Path

import pytest

from overflight import __version__, compiled


@pytest.fixture
def homeless(monkeypatch, tmp_path) -> Path:
    """A machine on which neither home nor cache folder can be written; returns its temporary folder."""
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder is wanted")
    for variable in ("OVERFLIGHT_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(blocked))
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return temporary


def test_the_folder_says_version_and_sources(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("OVERFLIGHT_CACHE", str(tmp_path))
    assert compiled.cache_folder() == tmp_path / "overflight" / f"{__version__}-{compiled.kernel_hash()}"
    monkeypatch.delenv("OVERFLIGHT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert compiled.cache_folder().parent == tmp_path / "xdg" / "overflight"
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert compiled.cache_folder().parent == tmp_path / "home" / ".cache" / "overflight"


def test_any_change_of_a_kernel_or_its_flags_is_another_folder(monkeypatch, tmp_path) -> None:
    package = tmp_path / "overflight"
    shutil.copytree(
        Path(compiled.__file__).parent,
        package,
        ignore=lambda _, names: [n for n in names if n == "__pycache__"],
    )
    monkeypatch.setattr(compiled, "__file__", str(package / "compiled.py"))
    before = compiled.kernel_hash()
    for changed in ("compiled.py", "earth/kernels.py", "flight/kernels_fall.py", "exposure/kernels.py"):
        path = package / changed
        text = path.read_text("utf-8")
        path.write_text(text + "\n", "utf-8")
        assert compiled.kernel_hash() != before, changed
        path.write_text(text, "utf-8")
    (package / "earth" / "frames.py").write_text("", "utf-8")
    assert compiled.kernel_hash() == before


def test_every_kernel_lives_in_a_file_that_counts() -> None:
    root = Path(compiled.__file__).parent
    for path in root.rglob("*.py"):
        if path.name.startswith("kernels") or path.name == "compiled.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "overflight.compiled":
                assert not [name.name for name in node.names if name.name.endswith("kernel")], path


def test_without_a_home_the_temporary_folder_serves(homeless) -> None:
    folder = compiled.cache_folder()
    assert homeless in folder.parents
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert compiled.cache_folder() == folder, "the same again"


@pytest.mark.parametrize("trap", ["open to all", "a link", "a file"])
def test_a_folder_that_others_may_fill_is_not_used(homeless, tmp_path, trap) -> None:
    name = homeless / f"overflight-{os.getuid()}"
    if trap == "open to all":
        name.mkdir()
        name.chmod(0o777)
    elif trap == "a link":
        (tmp_path / "elsewhere").mkdir()
        name.symlink_to(tmp_path / "elsewhere")
    else:
        name.write_text("")
    folder = compiled.cache_folder()
    assert name not in folder.parents
    assert homeless in folder.parents
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700


def test_kernels_are_strict_about_numbers() -> None:
    """No fast-math: what is not a number stays so, and division by zero gives infinity."""
    for make in (compiled.kernel, compiled.inline_kernel):
        options = make(_divide).targetoptions
        assert options.get("fastmath", False) is False
        assert options["nogil"] is True


def _divide(a, b):
    return a / b
