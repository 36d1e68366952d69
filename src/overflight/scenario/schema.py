"""The JSON Schema of scenario files, of facts, and of fragment catalogues."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from overflight.scenario.facts import Facts
from overflight.scenario.fragments import FragmentCatalogue
from overflight.scenario.keys import unit_of
from overflight.scenario.model import Scenario
from overflight.scenario.performance import Performance

__all__ = ["catalogue_schema", "facts_schema", "performance_schema", "scenario_schema"]


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a scenario, every number with its unit in ``x-unit``.

    It describes tables, keys, types and ranges; what concerns several keys at once (lift-off, names that
    lead nowhere) only ``overflight check`` can tell.
    """
    return _schema(Scenario, "overflight scenario")


def catalogue_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a fragment catalogue."""
    return _schema(FragmentCatalogue, "overflight fragment catalogue")


def performance_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of what ``overflight desk report`` writes."""
    return _schema(Performance, "overflight desk performance")


def facts_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the facts of a launch, as `overflight explain` reads them.

    A claim needs no key, label or words there: its kind and place in the file stand in.
    """
    schema = _schema(Facts, "overflight facts")
    for name, table in schema["$defs"].items():
        if name.endswith("Claim"):
            table["required"] = [key for key in table["required"] if key not in ("key", "label", "published")]
    schema["$defs"]["LineClaim"]["properties"]["kind"] = {"enum": ["line", "passage"], "type": "string"}
    for field in _claims_of(schema):
        field.pop("discriminator", None)  # a passage over a line is told from one of a point by its keys
    return schema


def _claims_of(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "discriminator" in node:
            yield node
        for value in node.values():
            yield from _claims_of(value)


def _schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    schema = model.model_json_schema(mode="validation")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    schema["title"] = title
    _drop_null(schema)
    for key, field in _properties(schema):
        field.pop("title", None)
        unit = unit_of(key)
        if unit is not None:
            field["x-unit"] = unit
            text = field.get("description")
            field["description"] = f"{text} ({unit})" if text else f"in {unit}"
    return schema


def _drop_null(node: Any) -> None:
    """Remove null, which TOML does not have: a key that has no value is left out."""
    if isinstance(node, dict):
        choices = [choice for choice in node.get("anyOf", ()) if choice != {"type": "null"}]
        if len(choices) == 1 and len(node["anyOf"]) > 1:
            del node["anyOf"]
            node.update({key: value for key, value in choices[0].items() if key not in node})
        elif choices:
            node["anyOf"] = choices
        if "default" in node and node["default"] is None:
            del node["default"]
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _drop_null(value)


def _properties(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every property of every table, by key."""
    if isinstance(node, dict):
        for key, field in node.get("properties", {}).items():
            if isinstance(field, dict):
                yield key, field
        for value in node.values():
            yield from _properties(value)
    elif isinstance(node, list):
        for value in node:
            yield from _properties(value)
