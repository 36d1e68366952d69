"""Keys of a scenario: which ones a table knows, what their units are, and what a wrong one may mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

__all__ = ["UNITS", "homes", "kinds_of", "known_keys", "suggest", "unit_of", "value_at", "written_as"]

UNITS = {
    "deg": "degrees",
    "h": "hours",
    "kg": "kilograms",
    "kgpm2": "kilograms per square metre",
    "km": "kilometres",
    "m": "metres",
    "m2": "square metres",
    "mps": "metres per second",
    "n": "newtons",
    "s": "seconds",
    "wpm2": "watts per square metre",
}
"""Units that end the keys of a scenario."""

FACTORS = {
    ("kn", "n"): 1e3,
    ("mn", "n"): 1e6,
    ("kgf", "n"): 9.80665,
    ("tf", "n"): 9806.65,
    ("lbf", "n"): 4.4482216152605,
    ("t", "kg"): 1e3,
    ("g", "kg"): 1e-3,
    ("lb", "kg"): 0.45359237,
    ("km", "m"): 1e3,
    ("m", "km"): 1e-3,
    ("ft", "m"): 0.3048,
    ("mi", "km"): 1.609344,
    ("nmi", "km"): 1.852,
    ("cm2", "m2"): 1e-4,
    ("mm2", "m2"): 1e-6,
    ("ms", "s"): 1e-3,
    ("min", "s"): 60.0,
    ("h", "s"): 3600.0,
    ("min", "h"): 1.0 / 60.0,
    ("rad", "deg"): 57.29577951308232,
    ("kmh", "mps"): 1.0 / 3.6,
    ("kmps", "mps"): 1e3,
    ("kt", "mps"): 1852.0 / 3600.0,
    ("kwpm2", "wpm2"): 1e3,
}
"""Factors from a unit people may write to the unit of the key (NIST SP 811 (2008), appendix B.8)."""


def unit_of(key: str) -> str | None:
    """Return the unit a key ends with in words, e.g. ``newtons`` for ``thrust_vacuum_n``."""
    return UNITS.get(key.rpartition("_")[2]) if "_" in key else None


def known_keys(model: type[BaseModel], raw: Any, path: Sequence[str | int]) -> dict[str, Any] | None:
    """Return the fields by name of the table at ``path``, or None where no table belongs.

    ``raw`` is the document, which chooses between the kinds of a claim.
    """
    annotation: Any = model
    for step in path:
        raw = _below(raw, step)
        annotation = _annotation_below(_table(annotation, raw), step)
        if annotation is None:
            return None
    table = _table(annotation, raw)
    is_table = isinstance(table, type) and issubclass(table, BaseModel)
    return dict(table.model_fields) if is_table else None


def kinds_of(model: type[BaseModel], raw: Any, path: Sequence[str | int], key: str = "") -> list[str]:
    """Return the kinds that rows like the one at ``path`` may be of: all, or those that know a key."""
    annotation: Any = model
    for step in path:
        raw = _below(raw, step)
        annotation = _annotation_below(_table(annotation, raw), step)
    return [
        str(kind)
        for table in _tables(annotation)
        if "kind" in table.model_fields and (not key or key in table.model_fields)
        for kind in get_args(table.model_fields["kind"].annotation)
    ]


def value_at(raw: Any, path: Sequence[str | int]) -> Any:
    """Return what stands in the document at ``path``, None if nothing does."""
    for step in path:
        raw = _below(raw, step)
    return raw


def _below(raw: Any, step: str | int) -> Any:
    try:
        return raw[step]
    except (KeyError, IndexError, TypeError):
        return None


def _alternatives(annotation: Any) -> Iterator[Any]:
    """Yield the plain types an annotation stands for."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for choice in get_args(annotation):
            yield from _alternatives(choice)
    else:
        yield annotation


def _table(annotation: Any, raw: Any) -> type[BaseModel] | Any:
    """Return the model of a table, or the type of a list, that an annotation stands for."""
    choices = [a for a in _alternatives(annotation) if a is not type(None)]
    models = [a for a in choices if isinstance(a, type) and issubclass(a, BaseModel)]
    if len(models) > 1 and isinstance(raw, dict):
        kind = raw.get("kind")
        models = [m for m in models if kind in get_args(m.model_fields["kind"].annotation)]
    if models:
        return models[0]
    return next((a for a in choices if get_origin(a) in (tuple, list)), None)


def _annotation_below(table: Any, step: str | int) -> Any:
    if table is None:
        return None
    if isinstance(table, type) and issubclass(table, BaseModel):
        field = table.model_fields.get(str(step))
        return None if field is None else field.annotation
    return get_args(table)[0] if isinstance(step, int) and get_args(table) else None


def written_as(key: str, path: str, field: Any) -> str:
    """Return how a missing key is added: a value, a ``[table]`` or ``[[rows]]``; ``path`` is dotted."""
    tables = [] if field is None or unit_of(key) else list(_tables(field.annotation))
    if field is None or not tables:
        where, _, _ = path.rpartition(".")
        return f"{key} = ... to {f'[{where}]' if where else 'the top of the file'}"
    direct = any(choice in tables for choice in _alternatives(field.annotation))
    return f"a table [{path}]" if direct else f"rows [[{path}]]"


def homes(model: type[BaseModel], key: str) -> list[str]:
    """Return the dotted tables of a scenario that know a key."""
    found: list[str] = []
    todo: list[tuple[str, Any]] = [("", model)]
    while todo:
        path, annotation = todo.pop(0)
        for table in _tables(annotation):
            if key in table.model_fields and path and path not in found:
                found.append(path)
            todo += [
                (f"{path}.{name}".lstrip("."), field.annotation) for name, field in table.model_fields.items()
            ]
    return found


def _tables(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models an annotation may stand for, rows of lists included."""
    for choice in _alternatives(annotation):
        if isinstance(choice, type) and issubclass(choice, BaseModel):
            yield choice
        elif get_origin(choice) in (tuple, list):
            for item in get_args(choice):
                yield from _tables(item)


def suggest(key: str, known: Sequence[str], value: object = None) -> tuple[str | None, str]:
    """Return the key probably meant (or None) and what to do about an unknown key.

    ``value`` is what stands behind the key; a number in a unit we know is converted in the remedy.
    """
    lower = key.lower().replace("-", "_")
    if lower in known and lower != key:
        return lower, f"Write {lower}."
    stem, _, unit = lower.rpartition("_")
    for candidate in known:
        base, _, wanted = candidate.rpartition("_")
        if wanted in UNITS and candidate != key and base and base in (stem, lower):
            return candidate, f"Write {candidate}, in {UNITS[wanted]}{_converted(unit, wanted, value)}."
    longer = [k for k in known if len(lower) > 2 and (k.startswith(lower) or lower.startswith(k))]
    close = get_close_matches(lower, known, n=1, cutoff=0.6) or longer[:1]
    if close:
        words = unit_of(close[0])
        return close[0], f"Did you mean {close[0]}{f', in {words}' if words else ''}?"
    return None, "Remove it; `overflight schema` lists all keys."


def _converted(unit: str, wanted: str, value: object) -> str:
    factor = FACTORS.get((unit, wanted))
    if isinstance(value, dict):
        value = value.get("value")
    if factor is None or isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    return f": {value:g} {unit} = {value * factor:.6g}"
