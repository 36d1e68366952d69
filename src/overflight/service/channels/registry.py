"""Channels from the ``[[channel]]`` tables of a configuration, by their ``kind``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from overflight.errors import InputError
from overflight.service.channel import Channel
from overflight.service.channels.config import Context
from overflight.service.channels.guard import Guarded, check_apart
from overflight.warning.audiences import Audience

Maker = Callable[[Mapping[str, Any], Context], Channel]
"""Makes the channel of one table; reads all keys itself and raises InputError for what is wrong."""

GROUP = "overflight.channels"
"""Entry points of this group are makers; the name of one is its ``kind``."""

_KINDS = ("atom", "desk", "file", "mail", "mqtt", "webhook")
_HOME = "overflight.service.channels"


def make_channel(table: Mapping[str, Any], context: Context | None = None) -> Guarded:
    """Return the channel of one table, behind its guard. Nothing is connected yet.

    Raises
    ------
    InputError : no such kind, or a key that is wrong; names it
    """
    context = context or Context()
    kind = table.get("kind")
    made = _maker(kind, context)(table, context)
    audiences = table.get("audiences", [Audience.PEOPLE])
    if kind == "atom" and Audience.PARTNERS in audiences:
        raise InputError(
            context.where, f"channel.{made.name}.audiences", found="partners, on a feed that anybody reads",
            allowed="people, boats, aircraft", remedy="Share with partners by a channel of kind desk.",
        )  # fmt: skip
    return Guarded(made, float(table.get("limit_s", 15.0)), frozenset(Audience(one) for one in audiences))


def make_channels(tables: Iterable[Mapping[str, Any]], context: Context | None = None) -> tuple[Guarded, ...]:
    """Return the channels of a configuration, whose names differ and whose walls hold.

    Raises
    ------
    InputError : as :func:`make_channel`; a name twice; or one receiver for real alerts and for drills
    """
    context = context or Context()
    channels = tuple(make_channel(table, context) for table in tables)
    check_apart(channels)
    return channels


def _maker(kind: object, context: Context) -> Maker:
    if kind in _KINDS:
        return import_module(f"{_HOME}.{kind}").make
    if isinstance(kind, str):
        for entry in entry_points(group=GROUP, name=kind):
            return entry.load()
    known = sorted({*_KINDS, *entry_points(group=GROUP).names})
    remedy = "Take one of these kinds, or install the package that brings it."
    raise InputError(context.where, "channel.kind", found=repr(kind), allowed=", ".join(known), remedy=remedy)
