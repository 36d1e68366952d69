"""Nothing below cli prints, reads the terminal or writes to a standard stream."""

from __future__ import annotations

import ast

import pytest

from support import SOURCE, modules_below

STREAMS = {"stdin", "stdout", "stderr", "__stdout__", "__stderr__"}


def talks(source: str) -> list[str]:
    """Name each line of a source text that talks to the terminal."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("print", "input")
        ):
            found.append(f"{node.lineno}: {node.func.id}()")
        elif (
            isinstance(node, ast.Attribute)
            and node.attr in STREAMS
            and isinstance(node.value, ast.Name)
            and node.value.id == "sys"
        ):
            found.append(f"{node.lineno}: sys.{node.attr}")
        elif isinstance(node, ast.ImportFrom) and node.module == "sys":
            found += [f"{node.lineno}: sys.{alias.name}" for alias in node.names if alias.name in STREAMS]
    return found


def test_rooms_below_cli_are_silent():
    paths = modules_below("cli")
    assert len(paths) > 10, "the check sees no source"
    found = [
        f"{path.relative_to(SOURCE)}:{line}" for path in paths for line in talks(path.read_text("utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line", ["print(1)", "input()", "import sys; sys.stderr.write('a')", "from sys import stdout as out"]
)
def test_the_check_sees(line):
    assert len(talks(line)) == 1


@pytest.mark.parametrize("line", ["blueprint(1)", "page.print()", "process.stdout", "'print(1)'"])
def test_the_check_does_not_see_ghosts(line):
    assert talks(line) == []
