"""Frozen dataclasses to plain JSON values and back, strictly, by their declared types.

What is written once must be read the same in ten years and on another desk: a field that is missing,
unknown or of another type is an error that names it, never a default.  Instants are ISO 8601 with
their offset, enumerations their value, tuples lists.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from overflight.errors import InputError

T = TypeVar("T")
Json = Any
"""What :mod:`json` reads and writes."""


def to_json(value: object) -> Json:
    """Return ``value`` (dataclass, tuple, enumeration, instant, plain value) as plain JSON values."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise TypeError(f"{value!r} has no JSON form here")


def brief_json(value: object) -> Json:
    """Return what :func:`to_json` does in fewer bytes, read back as the same value.

    Fields that hold their default are left out, and instants of UTC end in Z.
    """
    if isinstance(value, datetime):
        text = value.isoformat()
        return f"{text[:-6]}Z" if text.endswith("+00:00") else text
    if is_dataclass(value) and not isinstance(value, type):
        held = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: brief_json(item) for field, item in held if not _is_default(field, item)}
    if isinstance(value, tuple | list):
        return [brief_json(item) for item in value]
    return to_json(value)


def _is_default(field: Field[Any], item: object) -> bool:
    if field.default_factory is not MISSING:
        return item == field.default_factory()
    return field.default is not MISSING and item == field.default


def from_json(kind: type[T], value: Json, where: str = "record") -> T:
    """Return the ``kind`` that :func:`to_json` wrote.

    Raises
    ------
    InputError : a field is missing, unknown or of another type; names it by its dotted path
    """
    return _read(kind, value, where, "")


def canonical(value: object) -> bytes:
    """Return one spelling of a value as UTF-8 JSON: sorted keys, no spaces. What is hashed."""
    text = json.dumps(
        to_json(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def digest(value: object) -> str:
    """Return the SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


@cache
def _fields(kind: type) -> tuple[tuple[Field[Any], Any], ...]:
    hints = get_type_hints(kind)
    return tuple((field, hints[field.name]) for field in fields(kind))


def _read(kind: Any, value: Json, where: str, path: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        if value is None and type(None) in get_args(kind):
            return None
        (inner,) = (part for part in get_args(kind) if part is not type(None))
        return _read(inner, value, where, path)
    if origin is tuple:
        return _read_tuple(get_args(kind), value, where, path)
    if is_dataclass(kind) and isinstance(kind, type):
        return _read_dataclass(kind, value, where, path)
    return _read_plain(kind, value, where, path)


def _read_plain(kind: Any, value: Json, where: str, path: str) -> Any:
    if kind is datetime:
        return _convert(_instant, value, where, path, "an ISO 8601 instant with an offset")
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _convert(kind, value, where, path, "one of " + ", ".join(str(item.value) for item in kind))
    if kind is float and type(value) in (int, float) and math.isfinite(value):
        return float(value)
    if type(value) is kind:
        return value
    raise _refuse(where, path, repr(value)[:60], getattr(kind, "__name__", str(kind)))


def _instant(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.utcoffset() is None:
        raise ValueError
    return time


def _convert(maker: Callable[[Any], Any], value: Json, where: str, path: str, allowed: str) -> Any:
    try:
        return maker(value)
    except (ValueError, TypeError):
        raise _refuse(where, path, repr(value)[:60], allowed) from None


def _read_tuple(kinds: tuple[Any, ...], value: Json, where: str, path: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _refuse(where, path, repr(value)[:60], "a list")
    if len(kinds) == 2 and kinds[1] is ...:
        kinds = (kinds[0],) * len(value)
    if len(kinds) != len(value):
        raise _refuse(where, path, f"{len(value)} items", f"{len(kinds)} items")
    return tuple(_read(kind, item, where, f"{path}[{i}]") for i, (kind, item) in enumerate(zip(kinds, value)))  # noqa: B905


def _read_dataclass(kind: type, value: Json, where: str, path: str) -> Any:
    if not isinstance(value, Mapping):
        raise _refuse(where, path, repr(value)[:60], f"an object: {kind.__name__}")
    lead = f"{path}." if path else ""
    known = {field.name for field, _ in _fields(kind)}
    for name in value:
        if name not in known:
            raise _refuse(where, f"{lead}{name}", "an unknown field", ", ".join(sorted(known)))
    given = {}
    for field, hint in _fields(kind):
        if field.name in value:
            given[field.name] = _read(hint, value[field.name], where, f"{lead}{field.name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise _refuse(where, f"{lead}{field.name}", "nothing", "a value")
    return kind(**given)


def _refuse(where: str, key: str, found: str, allowed: str) -> InputError:
    remedy = "Mend the field, or read it with the version that wrote it."
    return InputError(where, key, found=found, allowed=allowed, remedy=remedy)
