"""Below service and cli no code asks what time it is: an instant comes in as an argument."""

from __future__ import annotations

import ast

import pytest

from support import SOURCE, modules_below

CLOCKS = {
    "time": {
        "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns",
        "process_time", "process_time_ns", "localtime", "gmtime", "ctime", "strftime", "sleep",
    },
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "Timestamp": {"now", "utcnow", "today"},
}  # fmt: skip


def clock_reads(source: str) -> list[str]:
    """Name each line of a source text that reads a clock of the machine."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = (
                owner.id
                if isinstance(owner, ast.Name)
                else owner.attr
                if isinstance(owner, ast.Attribute)
                else ""
            )
            if node.attr in CLOCKS.get(name, ()):
                found.append(f"{node.lineno}: {name}.{node.attr}")
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            found += [
                f"{node.lineno}: time.{alias.name}" for alias in node.names if alias.name in CLOCKS["time"]
            ]
    return found


def test_rooms_below_service_read_no_clock():
    paths = modules_below("cli", "service")
    assert len(paths) > 10, "the check sees no source"
    found = [
        f"{path.relative_to(SOURCE)}:{line}"
        for path in paths
        for line in clock_reads(path.read_text("utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "import time; time.time()",
        "from time import perf_counter",
        "datetime.now(UTC)",
        "import datetime; datetime.datetime.utcnow()",
        "clock = datetime.now",
        "date.today()",
    ],
)
def test_the_check_sees(line):
    assert len(clock_reads(line)) == 1


@pytest.mark.parametrize(
    "line", ["event.time", "state.time.time_s", "datetime.fromisoformat(a)", "scenario.now()"]
)
def test_the_check_does_not_see_ghosts(line):
    assert clock_reads(line) == []
