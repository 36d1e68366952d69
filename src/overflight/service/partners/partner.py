"""Another agency's desk: what it is called, how we know it, and what goes between us.

A partner has keys for us alone: one over the bodies it posts (``key_file``), and the certificate that its
alerts are signed with.  Losing one partner's key opens no other door.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from overflight.errors import InputError
from overflight.service.channels.config import Context, read_config
from overflight.service.channels.guard import check_wall
from overflight.service.channels.signed_body import BodyKey, body_key
from overflight.warning.alert import Scope, Status
from overflight.warning.cap.keys import Trust, load_certificates


class Kind(StrEnum):
    """What may go between two desks."""

    ALERTS = "alerts"
    TRACKS = "tracks"


class PartnerConfig(BaseModel):
    """``[[partner]]``: a desk that may post to us; what we post to it is a ``[[channel]]`` of kind desk."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="letters, digits, . _ -")
    ]
    key_file: Path
    certificate_file: Path
    statuses: Annotated[tuple[Status, ...], Field(min_length=1)]
    takes: Annotated[tuple[Kind, ...], Field(min_length=1)] = (Kind.ALERTS, Kind.TRACKS)
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1)] = (Scope.PUBLIC, Scope.RESTRICTED)


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner as the desk knows it. ``takes`` and ``scopes`` are what we take from it."""

    name: str
    key: BodyKey
    trust: Trust
    statuses: frozenset[Status]
    takes: frozenset[Kind]
    scopes: frozenset[Scope]


def make_partner(table: Mapping[str, Any], context: Context) -> Partner:
    """Return the partner of one table.

    Raises
    ------
    InputError : a key that is wrong, a file that cannot be read, or real alerts mixed with drills
    """
    config = read_config(PartnerConfig, table, context, what="partner")
    check_wall(config.name, frozenset(config.statuses))
    key = f"partner.{config.name}"
    try:
        pem = context.path(config.certificate_file).read_bytes()
    except OSError as fault:
        found = f"{config.certificate_file}: {fault.strerror}"
        remedy = "Ask the partner for the certificate that its alerts are signed with."
        raise InputError(
            context.where, f"{key}.certificate_file", found=found, allowed="a PEM file", remedy=remedy
        ) from None
    return Partner(
        config.name,
        body_key(context.secret(config.key_file, f"{key}.key_file"), f"{context.where}: {key}.key_file"),
        Trust(pinned=load_certificates(pem, f"{context.where}: {key}.certificate_file")),
        frozenset(config.statuses),
        frozenset(config.takes),
        frozenset(config.scopes),
    )
