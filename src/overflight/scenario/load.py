"""Reading a scenario or facts file: every fault becomes one :class:`~overflight.errors.ScenarioError`."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from overflight.errors import ScenarioError
from overflight.scenario.checks import scenario_faults
from overflight.scenario.facts import Facts
from overflight.scenario.faults import Fault, faults, quoted, shown
from overflight.scenario.fragments import FragmentCatalogue
from overflight.scenario.locate import line_of
from overflight.scenario.model import Scenario
from overflight.scenario.references import facts_faults, future_faults

__all__ = [
    "MAX_BYTES",
    "check_scenario",
    "faults_of",
    "load_facts",
    "load_scenario",
    "parse_catalogue",
    "parse_facts",
    "parse_scenario",
    "read_scenario",
    "refuse_future",
]

Document = TypeVar("Document", bound=BaseModel)

MAX_BYTES = 5_000_000
"""Largest scenario file that is read; the largest one known to us has 12 kB."""

MAX_TEXT = 4_000
"""Longest text in a scenario, characters."""

_HIDDEN = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\ufffe\uffff"
"""Characters that show nothing or turn the order of what is shown (Unicode TR 36, section 2.10)."""


def load_scenario(path: str | Path) -> Scenario:
    """Read a scenario from a TOML file.

    Raises :class:`~overflight.errors.ScenarioError` for whatever is wrong with it. The message names
    the first fault and counts the others; :func:`check_scenario` returns them all.
    """
    return parse_scenario(read_scenario(path), str(path))


def check_scenario(path: str | Path) -> list[ScenarioError]:
    """Return everything that is wrong with a scenario file, an empty list if nothing is."""
    try:
        return faults_of(read_scenario(path), str(path))
    except ScenarioError as error:
        return [error]


def faults_of(data: bytes, where: str) -> list[ScenarioError]:
    """Return everything that is wrong with the bytes of a scenario file; ``where`` names their origin."""
    try:
        found, _ = _parse(data, where, Scenario, scenario_faults)
    except ScenarioError as error:
        return [error]
    return found


def parse_scenario(data: bytes, where: str) -> Scenario:
    """Return the scenario in the bytes of a TOML file; ``where`` names their origin in messages."""
    found, scenario = _parse(data, where, Scenario, scenario_faults)
    if scenario is None:
        raise _counted(found, where)
    return scenario


def parse_catalogue(data: bytes, where: str) -> FragmentCatalogue:
    """Return the fragment catalogue in the bytes of a TOML file; ``where`` names it in messages."""
    found, catalogue = _parse(data, where, FragmentCatalogue, lambda _: [])
    if catalogue is None:
        raise found[0]
    return catalogue


def _with_catalogues(raw: dict[str, Any], where: str) -> None:
    """Put the fragment catalogues that a scenario names as files, beside it, in the place of their names."""
    rows = raw.get("breakup")
    for i, row in enumerate(rows if isinstance(rows, list) else ()):
        name = row.get("catalogue") if isinstance(row, dict) else None
        if not isinstance(name, str) or not name.endswith(".toml"):
            continue
        if Path(name).name != name or "\\" in name:
            raise ScenarioError(
                where, f"breakup.{i + 1}.catalogue", found=quoted(name),
                allowed="the name of a file in the folder of the scenario, without a path",
                remedy="Put the catalogue beside the scenario.",
            )  # fmt: skip
        path = Path(where).parent / name
        row["catalogue"] = parse_catalogue(read_scenario(path), str(path)).model_dump(mode="json")


def load_facts(path: str | Path, scenario: Scenario, now: datetime) -> Facts:
    """Read the facts about a launch from a TOML file, as :func:`parse_facts` does from its bytes."""
    return parse_facts(read_scenario(path), str(path), scenario, now)


def parse_facts(data: bytes, where: str, scenario: Scenario, now: datetime) -> Facts:
    """Return the facts in the bytes of a TOML file about the launch that ``scenario`` describes.

    What lies after ``now`` is refused: a fact has happened.
    """

    def check(facts: Facts) -> list[Fault]:
        every = [*future_faults(facts, scenario, now), *facts_faults(facts, scenario)]
        return list({fault.path: fault for fault in reversed(every)}.values())[::-1]  # one fault a place

    found, facts = _parse(data, where, Facts, check)
    if facts is None:
        first = found[0]
        others = [f"{fault.where}: {fault.key}" for fault in found[1:6]]
        more = f" (And {len(found) - 1} more: {'; '.join(others)}.)" if others else ""
        remedy = first.remedy + more
        raise ScenarioError(first.where, first.key, found=first.found, allowed=first.allowed, remedy=remedy)
    return facts


def refuse_future(scenario: Scenario, where: str, now: datetime) -> None:
    """Refuse a scenario of which a fit would take a claim about the future: it fits what has happened."""
    found = future_faults(scenario, scenario, now)
    if found:
        raise ScenarioError(
            where, found[0].key, found=found[0].found, allowed=found[0].allowed, remedy=found[0].remedy
        )


def _counted(found: list[ScenarioError], where: str) -> ScenarioError:
    """Return the first fault; its remedy counts the others."""
    first = found[0]
    if len(found) == 1:
        return first
    more = f"{first.remedy} (And {len(found) - 1} more: `overflight check {where}` lists all.)"
    return ScenarioError(first.where, first.key, found=first.found, allowed=first.allowed, remedy=more)


def read_scenario(path: str | Path) -> bytes:
    """Return the bytes of a scenario file; refuse what cannot be one before reading it."""
    where = str(path)
    try:
        status = Path(path).stat()
        if stat.S_ISDIR(status.st_mode):
            found, remedy = "a folder", "Name the TOML file in it."
            raise ScenarioError(where, found=found, allowed="a scenario file", remedy=remedy)
        if not stat.S_ISREG(status.st_mode):
            found, remedy = "a device, pipe or socket", "Save the scenario to a file and name that."
            raise ScenarioError(where, found=found, allowed="a regular file", remedy=remedy)
        if status.st_size > MAX_BYTES:
            raise _too_large(where, status.st_size)
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        allowed, remedy = (
            "a scenario file (TOML)",
            "Check the path, or write one with `overflight new -o FILE`.",
        )
        raise ScenarioError(where, found="no such file", allowed=allowed, remedy=remedy) from None
    except PermissionError:
        remedy = "Change its permissions, or copy it to where you may read it."
        raise ScenarioError(
            where, found="no permission to read", allowed="a readable file", remedy=remedy
        ) from None
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or str(error)
        remedy = "Check the path and the disk."
        raise ScenarioError(where, found=found, allowed="a readable file", remedy=remedy) from None
    if len(data) > MAX_BYTES:
        raise _too_large(where, len(data))
    return data


def _too_large(where: str, size: int) -> ScenarioError:
    remedy = "Check that this is the scenario; places are given with --places."
    return ScenarioError(
        where, found=f"{size / 1e6:.0f} MB", allowed=f"at most {MAX_BYTES // 1_000_000} MB", remedy=remedy
    )


def _parse(
    data: bytes, where: str, model: type[Document], check: Callable[[Document], list[Fault]]
) -> tuple[list[ScenarioError], Document | None]:
    """Return the faults, or none and the document."""
    text = _decode(data, where)
    raw = _toml(text, where)
    found = list(_hidden_text(raw))
    document = None
    if not found:
        if model is Scenario:
            _with_catalogues(raw, where)
        try:
            document = model.model_validate(raw)
        except ValidationError as error:
            found = faults(error, model, raw)
        else:
            found = check(document)
    return [_error(fault, text, where) for fault in found], None if found else document


def _error(fault: Fault, text: str, where: str) -> ScenarioError:
    line = line_of(text, fault.path)
    return ScenarioError(
        f"{where}:{line}" if line else where,
        fault.key,
        found=fault.found,
        allowed=fault.allowed,
        remedy=fault.remedy,
    )


def _decode(data: bytes, where: str) -> str:
    if not data.strip():
        remedy = "Write one with `overflight new -o FILE`."
        raise ScenarioError(where, found="an empty file", allowed="a scenario (TOML)", remedy=remedy)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        raise ScenarioError(
            f"{where}:{line}",
            found="UTF-16 text" if utf16 else f"the byte 0x{data[error.start]:02x}, which is not UTF-8",
            allowed="text in UTF-8",
            remedy="Save the file as UTF-8.",
        ) from None


def _toml(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        found, allowed = "brackets nested hundreds deep", "at most a few levels"
        raise ScenarioError(where, found=found, allowed=allowed, remedy="Close the brackets.") from None
    except ValueError as error:
        raise _syntax(str(error), text, where) from None


def _syntax(message: str, text: str, where: str) -> ScenarioError:
    """Return the error of a text that is not TOML, with its line."""
    reason, _, place = message.partition(" (at ")
    reason = f"{reason[:1].lower()}{reason[1:120]}"
    number = place.removeprefix("line ").partition(",")[0]
    lines = text.split("\n")
    line = int(number) if number.isdigit() else len(lines) if place else None
    found = reason if line is None else f"{shown(lines[line - 1].strip())}, {reason}"
    remedy = "Correct this line, or the one before it: quotes and brackets must close, keys stand once."
    allowed = "TOML: key = value"
    return ScenarioError(f"{where}:{line}" if line else where, found=found, allowed=allowed, remedy=remedy)


def _hidden_text(value: object, path: tuple[str | int, ...] = ()) -> Iterator[Fault]:
    """Yield texts that cannot be shown to people as they stand: they go to pages and alerts."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _hidden_text(item, (*path, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _hidden_text(item, (*path, i))
    elif isinstance(value, str):
        bad = next(
            (c for c in value if c in _HIDDEN or (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160),
            None,
        )
        if bad is not None:
            remedy = "Remove it; it may have come in by copy and paste."
            yield Fault(path, f"the control character U+{ord(bad):04X}", "visible text", remedy)
        elif len(value) > MAX_TEXT:
            remedy = "Shorten it, and cite the source instead."
            yield Fault(path, f"a text of {len(value)} characters", f"at most {MAX_TEXT}", remedy)
