"""What pydantic found wrong, in the words of this project: key, found, allowed, remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError

from overflight.scenario.keys import homes, kinds_of, known_keys, suggest, unit_of, value_at, written_as
from overflight.scenario.refusal import Refused

__all__ = ["Fault", "dotted", "faults", "quoted", "shown"]

Path: TypeAlias = tuple[str | int, ...]

_TYPES = {
    "float_type": ("a number", "Write the bare number, without quotes and without a unit."),
    "int_type": ("a whole number", "Write the whole number without quotes and without a point."),
    "int_from_float": ("a whole number", "Drop the fraction."),
    "bool_type": ("true or false", "Write true or false, without quotes."),
    "string_type": ("a text in quotes", "Put it in quotes."),
    "tuple_type": ("a list [..., ...]", "Write a list in square brackets, or [[rows]] for a list of tables."),
    "list_type": ("a list [..., ...]", "Write a list in square brackets."),
    "model_type": ("a table", "Write a [table], or { key = value } in line."),
    "dict_type": ("a table", "Write a [table], or { key = value } in line."),
    "finite_number": ("a finite number", "Give a number, or leave the key out if it is not known."),
}


_NAME = ("lower-case letters, digits and hyphens", "Change the text; it is a name for reference, not shown.")
_PATTERNS = {
    r"^[a-z0-9-]+$": _NAME,
    r"^[a-z0-9]+(-[a-z0-9]+)*$": _NAME,
    r"^[A-Z]{2}$": ("an ISO code of two capital letters", "Write the code of the country, such as JP."),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a scenario. ``path`` counts rows from 0, as in the document."""

    path: Path
    found: str
    allowed: str
    remedy: str

    @property
    def key(self) -> str:
        """The dotted key, rows counted from 1."""
        return dotted(self.path)


def dotted(path: Sequence[str | int]) -> str:
    """Return a path as people read it: ``vehicle.stage.2.isp_vacuum_s``, rows counted from 1."""
    return ".".join(str(step + 1) if isinstance(step, int) else shown(step) for step in path)


def shown(text: str, limit: int = 60) -> str:
    """Return a text that is safe to show: no control characters, not too long."""
    safe = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[: limit + 1])
    return safe if len(safe) <= limit else safe[: limit - 3] + "..."


def quoted(value: object) -> str:
    """Return a value of the document as a person would recognise it, at most some 60 characters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'the text "{shown(value)}"'
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return (
            f"a table with {', '.join(shown(str(key)) for key in list(value)[:5])}"
            if value
            else "an empty table"
        )
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    return shown(str(value))


def faults(error: ValidationError, model: type[BaseModel], raw: Mapping[str, Any]) -> list[Fault]:
    """Return what is wrong in the order of the document's keys, each fault once.

    A key that is missing because it is misspelt shows as the misspelt one only.
    """
    unknown: list[Fault] = []
    others: dict[Path, Fault] = {}
    explained: set[Path] = set()
    for entry in error.errors(include_url=False):
        path = _document_path(entry["loc"], raw, missing=entry["type"] == "missing")
        if entry["type"] == "extra_forbidden":
            meant, fault = _unknown(path, model, raw, entry["input"])
            unknown.append(fault)
            if meant is not None:
                explained.add((*path[:-1], meant))
        elif path not in others and not _is_consequence(dict(entry), raw, path):
            others[path] = _fault(path, dict(entry), model, raw)
    return unknown + [fault for path, fault in others.items() if path not in explained]


def _is_consequence(entry: dict[str, Any], raw: Any, path: Path) -> bool:
    """Whether a list seems too short only because its faulty rows were left out."""
    if entry["type"] != "too_short":
        return False
    given = value_at(raw, path)
    return isinstance(given, list) and len(given) >= entry["ctx"]["min_length"]


def _document_path(loc: Sequence[str | int], raw: Any, *, missing: bool) -> Path:
    """Return where an error lies in the document: tags of unions and the value of bare numbers drop out."""
    path: Path = ()
    for i, step in enumerate(loc):
        inside = isinstance(raw, dict) and step in raw
        inside |= isinstance(raw, list) and isinstance(step, int) and 0 <= step < len(raw)
        if inside:
            raw = value_at(raw, (step,))
            path = (*path, step)
        elif missing and i == len(loc) - 1:
            path = (*path, step)
    return path


def _unknown(path: Path, model: type[BaseModel], raw: Any, value: object) -> tuple[str | None, Fault]:
    known = list(known_keys(model, raw, path[:-1]) or ())
    meant, remedy = suggest(str(path[-1]), known, value)
    kinds = [] if meant else kinds_of(model, raw, path[:-1], str(path[-1]))
    elsewhere = [] if meant else homes(model, str(path[-1]))
    if kinds:
        remedy = f"It is a key of kind = {' or '.join(quoted_name(kind) for kind in kinds[:4])}."
    elif elsewhere:
        remedy = f"It belongs into {' or '.join(f'[{table}]' for table in elsewhere[:4])}."
    return meant, Fault(path, "an unknown key", ", ".join(known), remedy)


def quoted_name(name: str) -> str:
    """Return a name as it is written in the file."""
    return f'"{name}"'


def _fault(path: Path, entry: dict[str, Any], model: type[BaseModel], raw: Any) -> Fault:
    kind, value, context = entry["type"], entry["input"], entry.get("ctx", {})
    refused = context.get("error")
    if isinstance(refused, Refused):
        below = tuple(int(s) - 1 if s.isdigit() else s for s in refused.key.split(".")) if refused.key else ()
        return Fault((*path, *below), refused.found or quoted(value), refused.allowed, refused.remedy)
    if kind == "missing":
        return _missing(path, model, raw)
    if kind in _TYPES:
        return Fault(path, quoted(value), *_TYPES[kind])
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        return _out_of_range(path, value, model, raw)
    if kind in ("literal_error", "union_tag_invalid"):
        return _not_one_of(path, kind, value, context, raw)
    if kind == "union_tag_not_found":
        kinds = ", ".join(quoted_name(kind) for kind in kinds_of(model, raw, path))
        return Fault(
            (*path, "kind"), "nothing", kinds, 'Add the kind of the row, such as kind = "statement".'
        )
    if kind in ("string_too_short", "string_too_long", "too_short", "too_long"):
        return _length(path, value, context)
    if kind == "string_pattern_mismatch":
        return Fault(path, quoted(value), *_pattern_words(path, context["pattern"], model, raw))
    return Fault(path, quoted(value), entry["msg"], "Correct the value; `overflight schema` describes it.")


def _pattern_words(path: Path, pattern: str, model: type[BaseModel], raw: Any) -> tuple[str, str]:
    """Return in words what a text must look like, and what to do: by the pattern, or as its field says."""
    if pattern in _PATTERNS:
        return _PATTERNS[pattern]
    named = next((step for step in reversed(path) if isinstance(step, str)), "")
    at = len(path) - path[::-1].index(named) - 1 if named else 0
    described = getattr((known_keys(model, raw, path[:at]) or {}).get(named), "description", None)
    return described or f"a text of the form {pattern}", "Write it in that form."


def _missing(path: Path, model: type[BaseModel], raw: Any) -> Fault:
    last = path[-1]
    if isinstance(last, int):
        return Fault(
            path[:-1], "too few numbers", "[first, second]", "Give both numbers, in square brackets."
        )
    field = (known_keys(model, raw, path[:-1]) or {}).get(last)
    description = getattr(field, "description", None)
    unit = unit_of(last)
    allowed = description or (f"a number in {unit}" if unit else str(last))
    return Fault(
        path, "nothing", f"{allowed}; it is required", f"Add {written_as(last, dotted(path), field)}."
    )


def _out_of_range(path: Path, value: object, model: type[BaseModel], raw: Any) -> Fault:
    last = path[-1]
    unit = unit_of(str(last)) or (unit_of(str(path[-2])) if len(path) > 1 else None)
    latlon = any("latlon" in str(step) for step in path)
    allowed = ("-90 to 90", "-180 to 180")[last == 1] if latlon else _limits(path, model, raw)
    remedy = "Check the sign and the unit."
    if latlon:
        allowed, remedy = f"{allowed} degrees", "Points are [latitude, longitude]: the two may be exchanged."
    elif "latitude" in str(last):
        remedy = "Check the sign; latitude and longitude may be exchanged."
    return Fault(path, quoted(value), allowed + (f", in {unit}" if unit else ""), remedy)


def _limits(path: Path, model: type[BaseModel], raw: Any) -> str:
    """Return the bounds of a number in words."""
    named = next((step for step in reversed(path) if isinstance(step, str)), "")
    at = len(path) - path[::-1].index(named) - 1
    field = (known_keys(model, raw, path[:at]) or {}).get(named)
    bounds = {
        name: getattr(item, name)
        for item in _metadata(field)
        for name in ("gt", "ge", "lt", "le")
        if getattr(item, name, None) is not None
    }
    if bounds.keys() == {"ge", "le"}:
        return f"{bounds['ge']:g} to {bounds['le']:g}"
    words = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}
    return " and ".join(f"{words[name]} {bound:g}" for name, bound in bounds.items())


def _metadata(field: Any) -> list[Any]:
    """Return the constraints of a field, also those inside its annotation."""
    found: list[Any] = []
    todo: list[Any] = [] if field is None else [field.annotation, *field.metadata]
    while todo:
        item = todo.pop(0)
        todo += [
            *getattr(item, "__metadata__", ()),
            *getattr(item, "metadata", ()),
            *getattr(item, "__args__", ()),
        ]
        todo += [item.__origin__] if hasattr(item, "__metadata__") else []
        found.append(item)
    return found


def _not_one_of(path: Path, kind: str, value: object, context: dict[str, Any], raw: Any) -> Fault:
    expected = context.get("expected") or context.get("expected_tags", "")
    if kind == "union_tag_invalid":
        path, value = (*path, "kind"), context.get("tag")
    if path == ("schema_version",):
        remedy = "Write schema_version = 1, or use the release of overflight that wrote this file."
        return Fault(path, quoted(value), "1, the only version this release reads", remedy)
    names = [name.strip("' ") for part in expected.split(",") for name in part.split(" or ")]
    meant, _ = suggest(str(value), names)
    remedy = f'Did you mean "{meant}"?' if meant else "Take one of these."
    return Fault(path, quoted(value), ", ".join(f'"{name}"' for name in names), remedy)


def _length(path: Path, value: Any, context: dict[str, Any]) -> Fault:
    low, high = context.get("min_length"), context.get("max_length")
    what = " characters" if isinstance(value, str) else ""
    if low is not None:
        return Fault(path, quoted(value), f"at least {low}{what}", "Fill it in.")
    remedy = "Shorten it; longer text belongs into a note." if what else "Remove what is too much."
    return Fault(path, f"{len(value)}{what}", f"at most {high}{what}", remedy)
