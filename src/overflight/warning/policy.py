"""What a desk has decided beforehand: when to call people to shelter, how widely, and when to lift.

A policy is a TOML file.  It sets thresholds on the three named figures of a decision message
(:mod:`overflight.warning.decision`), says for each country under a path how wide a first call is, in which
languages and words, and how long things are held.  What it leaves out has the default written here.
:func:`overflight.warning.decide.decide` applies it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from overflight.errors import InputError
from overflight.warning.audiences import Audience
from overflight.warning.json_values import from_json
from overflight.warning.names import Language, Words

VERSION = 1
MAX_BYTES = 200_000


class Level(StrEnum):
    """How widely a launch is told before the impact line supports single municipalities."""

    REGION = "region"  # the whole prefecture or province of every place concerned
    PLACE = "place"  # the places concerned alone


class CueRule(StrEnum):
    """What a launch that a partner reports and nobody has measured leads to."""

    CALL = "call"  # drafts, by its figures, which people approve: no plan approved beforehand sends them
    TELL = "tell"  # it is shown on the desk, and nothing is drafted before it is tracked


@dataclass(frozen=True, slots=True)
class CallRules:
    """A place is called when any figure reaches its threshold; a figure left out never calls."""

    p_over_if_continues: float | None = 0.05
    p_over: float | None = 0.05
    p_debris: float | None = 1e-4


@dataclass(frozen=True, slots=True)
class LiftRules:
    """When a place that has passed, or will not be reached, is released.

    Nothing dangerous can come down on it any more: its last arrival, at probability ``arrival_p`` or
    more, lies ``after_s`` back, or at most ``p_debris`` is left.  ``confirmed`` asks in addition that a
    second source says the same.  ``come_down``: a lift is also drafted for what was seen to fall until the
    horizon hid it, once it must be down; without it people decide on such a flight by themselves.
    """

    arrival_p: float = 0.99
    after_s: float = 0.0
    p_debris: float = 1e-6
    confirmed: bool = False
    come_down: bool = True


@dataclass(frozen=True, slots=True)
class HoldRules:
    """How long things are held, seconds.

    A call is widened at once and narrowed at most every ``narrow_s``: who approves has time for one after the
    other.  New times of passage alone are told when they move by ``times_move_s``.  A call is valid until
    ``valid_after_last_s`` after the last passage or arrival known, at least for ``valid_at_least_s``; a lift
    for ``lift_valid_s``.
    """

    narrow_s: float = 30.0
    times_move_s: float = 60.0
    valid_after_last_s: float = 1800.0
    valid_at_least_s: float = 3600.0
    lift_valid_s: float = 3600.0


@dataclass(frozen=True, slots=True)
class AlarmRules:
    """When the people on duty are alarmed, seconds: no message, a draft that waits, a lift overdue."""

    silent_s: float = 10.0
    waiting_s: float = 15.0
    overdue_s: float = 120.0


@dataclass(frozen=True, slots=True)
class AreaRules:
    """One audience of one country: who speaks to them, how, and at which local time."""

    country: str  # ISO 3166-1 alpha-2, as in the keys of places ("JP-47361")
    zone_offset_h: float
    sender_name: str
    languages: tuple[Language, ...] = tuple(Language)
    level: Level = Level.REGION
    places: tuple[str, ...] = ()  # leading letters of keys ("JP-47"); none given: the whole country
    passed_to: Words | None = None
    contact: str | None = None
    web: str | None = None
    audience: Audience = Audience.PEOPLE

    @property
    def thread(self) -> str:
        """What the messages to this audience are kept under: ``JP``, ``JP:boats``."""
        return self.country if self.audience is Audience.PEOPLE else f"{self.country}:{self.audience}"

    def holds(self, key: str) -> bool:
        """Return whether a place is of this area."""
        starts = self.places or (f"{self.country}-", self.country)
        return key.startswith(f"{self.country}-") and key.startswith(starts)


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy."""

    version: int
    name: str
    area: tuple[AreaRules, ...]
    call: CallRules = CallRules()
    lift: LiftRules = LiftRules()
    hold: HoldRules = HoldRules()
    alarm: AlarmRules = AlarmRules()
    cue: CueRule = CueRule.CALL

    def __post_init__(self) -> None:
        if self.version != VERSION:
            raise _refuse("version", str(self.version), str(VERSION))
        threads = [area.thread for area in self.area]
        if not threads or len(set(threads)) != len(threads):
            raise _refuse("area", f"{threads}", "at least one [[area]], one for each country and audience")
        for area in self.area:
            _check_area(area)
        _check_numbers(self)


def read_policy(content: bytes, where: str = "policy") -> Policy:
    """Return the policy of a TOML file.

    Raises
    ------
    InputError : no TOML, or a key is missing, unknown, of another type or out of its range
    """
    if len(content) > MAX_BYTES:
        raise _refuse("", f"{len(content)} bytes", f"at most {MAX_BYTES}", where)
    try:
        value = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as fault:
        raise _refuse("", f"no TOML ({fault})"[:120], "a policy in TOML", where) from None
    try:
        return from_json(Policy, _plain(value), where)
    except InputError as fault:
        raise InputError(
            where, fault.key, found=fault.found, allowed=fault.allowed, remedy="Mend the policy."
        ) from None


def _plain(value: Any) -> Any:
    """Return what TOML read as JSON would have: instants as text."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _check_area(area: AreaRules) -> None:
    key = f"area[{area.thread}]"
    if len(area.country) != 2 or not area.country.isascii() or not area.country.isupper():
        raise _refuse(f"{key}.country", repr(area.country), "two capital letters of ISO 3166-1")
    if not -14.0 <= area.zone_offset_h <= 14.0 or area.zone_offset_h * 60 % 1:
        raise _refuse(f"{key}.zone_offset_h", str(area.zone_offset_h), "-14 to 14 hours, whole minutes")
    if not area.languages or len(set(area.languages)) != len(area.languages):
        raise _refuse(f"{key}.languages", f"{len(area.languages)}", "each language once, at least one")
    if not area.sender_name.strip():
        raise _refuse(f"{key}.sender_name", "nothing", "who speaks to the people there")


def _check_numbers(policy: Policy) -> None:
    call, lift = policy.call, policy.lift
    figures = [
        ("call.p_over_if_continues", call.p_over_if_continues),
        ("call.p_over", call.p_over),
        ("call.p_debris", call.p_debris),
        ("lift.arrival_p", lift.arrival_p),
        ("lift.p_debris", lift.p_debris),
    ]
    for key, value in figures:
        is_zero_call = key.startswith("call.") and value == 0.0
        if value is not None and (not 0.0 <= value <= 1.0 or is_zero_call):
            raise _refuse(key, str(value), "a probability above 0, to 1")
    if call == CallRules(None, None, None):
        raise _refuse("call", "no threshold", "at least one")
    for table, rules in (("hold", policy.hold), ("alarm", policy.alarm)):
        for name in rules.__dataclass_fields__:
            value = getattr(rules, name)
            if not 0.0 <= value <= 86_400.0:
                raise _refuse(f"{table}.{name}", str(value), "0 to 86400 seconds")
    if not 0.0 <= lift.after_s <= 86_400.0:
        raise _refuse("lift.after_s", str(lift.after_s), "0 to 86400 seconds")


def _refuse(key: str, found: str, allowed: str, where: str = "policy") -> InputError:
    return InputError(where, key, found=found, allowed=allowed, remedy="Mend the policy.")
