"""Run the reference tests and write docs/verification.md: each oracle, with the worst difference found.

    python tools/write_verification.py

Writes nothing, and exits with code 1, unless every reference test that ran has passed. Oracles that are
programs are asked where OVERFLIGHT_ORACLES names the Python of an environment that has them.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "verification.md"
HEADER = """\
# Verification

Each section is an oracle: an answer that someone else published or computed. Written by `make verification`
from the tests in `tests/reference/`; do not edit by hand.
"""


@dataclass
class Oracle:
    """What the tests of one file said."""

    outcomes: Counter[str] = field(default_factory=Counter)
    figures: list[dict[str, Any]] = field(default_factory=list)
    skips: list[str] = field(default_factory=list)


class Collector:
    """A pytest plugin that gathers outcomes and recorded figures by test file."""

    def __init__(self) -> None:
        self.oracles: dict[str, Oracle] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one test's outcome: its call, or the setup that kept it from being called."""
        if report.when != "call" and report.passed:
            return
        oracle = self.oracles.setdefault(report.location[0], Oracle())
        oracle.outcomes[report.outcome] += 1
        recorded: list[tuple[str, Any]] = [*report.user_properties]
        oracle.figures += [value for name, value in recorded if name == "verified"]
        if report.skipped and isinstance(report.longrepr, tuple):
            oracle.skips.append(report.longrepr[2].removeprefix("Skipped: "))


def section(file: str, oracle: Oracle) -> str:
    """Return the Markdown of one oracle: its docstring, its counts, its figures."""
    docstring = ast.get_docstring(ast.parse((ROOT / file).read_text("utf-8"))) or Path(file).stem
    title, _, rest = docstring.partition("\n")
    lines = [f"## {title.rstrip('.')}", ""]
    if rest.strip():
        lines += [rest.strip(), ""]
    counts = f"`{file}`: {oracle.outcomes['passed']} checks passed"
    if oracle.skips:
        counts += f"; {len(oracle.skips)} not run here ({'; '.join(sorted(set(oracle.skips)))})"
    lines += [counts + ".", ""]
    if oracle.figures:
        lines += ["| quantity | worst difference | allowed | unit |", "|---|---|---|---|"]
        lines += [
            f"| {f['quantity']} | {f['worst']:.2g} | {f['allowed']:.2g} | {f['unit']} |"
            for f in oracle.figures
        ]
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    """Run, write, and return the exit code."""
    collector = Collector()
    code = pytest.main(["tests/reference", "-q", "--oracles", "--rootdir", str(ROOT)], plugins=[collector])
    if code != pytest.ExitCode.OK:
        print("docs/verification.md not written: the reference tests did not all pass", file=sys.stderr)
        return 1
    sections = [section(file, oracle) for file, oracle in sorted(collector.oracles.items())]
    PAGE.write_text(HEADER + "\n" + "\n".join(sections), "utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(sections)} oracles")
    return 0


if __name__ == "__main__":
    sys.exit(main())
