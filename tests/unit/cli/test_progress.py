"""Progress lines where there is no terminal."""

from __future__ import annotations

import io
import sys

from overflight.cli.progress import PlainProgress, progress_shown


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_one_line_at_the_start_some_between_one_at_the_end(capsys):
    clock = Clock()
    report = PlainProgress(every_s=5.0, clock=clock)
    for second in range(21):
        clock.now = float(second)
        report("Flying", second * 50, 1000)
    report("Flying", 1000, 1000)
    lines = capsys.readouterr().err.split("\n")
    assert lines == [
        "Flying: 0 of 1000",
        "Flying: 250 of 1000, 15 s left",
        "Flying: 500 of 1000, 10 s left",
        "Flying: 750 of 1000, 5 s left",
        "Flying: done in 20.0 s",
        "",
    ]


def test_phases_without_a_known_end(capsys):
    report = PlainProgress(clock=Clock())
    report("Reading", 0, 0)
    report("Writing", 1, 1)
    assert capsys.readouterr().err == "Reading ...\nWriting: done in 0.0 s\n"


def test_quiet_says_nothing(capsys):
    with progress_shown(quiet=True) as report:
        report("Flying", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_a_bar_on_a_terminal(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress_shown(quiet=False) as report:
        report("Flying", 0, 10)
        report("Flying", 10, 10)
        report("Falling", 1, 0)
    assert "Flying" in terminal.getvalue() and "10/10" in terminal.getvalue()
