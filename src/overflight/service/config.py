"""The configuration of a desk: one TOML file, with paths beside it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from overflight.errors import InputError
from overflight.scenario.faults import faults
from overflight.warning.alert import Status
from overflight.warning.cap.keys import Signer, load_signer


class Keys(BaseModel):
    """What one kind of message is signed with, and who sends it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sender: Annotated[str, Field(pattern=r"^[^\s,<&]{3,200}$", description="an address without spaces")]
    key_file: Path
    certificate_file: Path


class AnswersConfig(BaseModel):
    """``[answers]``: who answers for each place, what seals their links, and how long they may be silent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contacts: Path
    key_file: Path
    silent_s: Annotated[float, Field(gt=0, le=86400, description="seconds until silence is an alarm")] = 600.0


class PagingConfig(BaseModel):
    """``[paging]``: how long somebody has to answer before the next on call is paged as well."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    escalate_s: Annotated[float, Field(gt=0, le=3600, description="seconds until the next is called")] = 120.0


class DeskConfig(BaseModel):
    """A whole configuration. Without ``[actual]`` the desk can only drill: nothing real can leave it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="letters, digits, . _ -")
    ]
    store: Annotated[
        str,
        Field(
            pattern=r"^(sqlite:///.+|postgresql\+psycopg://.+)$",
            description="sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE",
        ),
    ] = "sqlite:///desk.db"
    policy: Path = Path("policy.toml")
    seal_file: Path = Path("keys/seal.key")
    places: tuple[str, ...] = ("JP",)
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    tls_before: bool = False
    drill: Keys
    actual: Keys | None = None
    public_folder: Path | None = None
    channel: tuple[dict[str, Any], ...] = ()
    answers: AnswersConfig | None = None
    partner: tuple[dict[str, Any], ...] = ()
    paging: PagingConfig = PagingConfig()
    pager: tuple[dict[str, Any], ...] = ()


def read_desk_config(path: Path) -> DeskConfig:
    """Return the configuration of a file.

    Raises
    ------
    InputError : the file cannot be read, is no TOML, or a key is wrong
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        remedy = "Make one with `overflight desk init FOLDER`."
        raise InputError(str(path), found="no such file", allowed="a desk's TOML", remedy=remedy) from None
    except (OSError, ValueError) as fault:
        found = f"{getattr(fault, 'strerror', None) or fault}"[:120]
        remedy = "Mend it, or make another with `overflight desk init FOLDER`."
        raise InputError(str(path), found=found, allowed="a desk's TOML", remedy=remedy) from None
    return parse_desk_config(table, str(path))


def parse_desk_config(table: Mapping[str, Any], where: str) -> DeskConfig:
    """Return the configuration of a table read from TOML."""
    try:
        config = DeskConfig.model_validate(dict(table))
    except ValidationError as error:
        fault = faults(error, DeskConfig, table)[0]
        raise InputError(
            where, fault.key, found=fault.found, allowed=fault.allowed, remedy=fault.remedy
        ) from None
    if config.actual is not None and config.actual.key_file == config.drill.key_file:
        remedy = "Make a key of its own for drills, so that no drill can be signed as real."
        raise InputError(
            where, "actual.key_file", found="the drill's key", allowed="another key", remedy=remedy
        )
    if config.actual is not None and config.actual.sender == config.drill.sender:
        remedy = "Give drills a sender of their own."
        raise InputError(where, "actual.sender", found="the drill's", allowed="another sender", remedy=remedy)
    return config


class Signing:
    """The keys of a desk, read once: which sender and key a status has, and whether it has any."""

    def __init__(self, config: DeskConfig, folder: Path) -> None:
        self._known: dict[Status, tuple[str, Signer]] = {}
        files: list[Path] = []
        for keys, statuses in (
            (config.drill, (Status.EXERCISE, Status.TEST)),
            (config.actual, (Status.ACTUAL,)),
        ):
            if keys is not None:
                files += [folder / keys.key_file, folder / keys.certificate_file]
                pair = (_bytes(folder / keys.key_file), _bytes(folder / keys.certificate_file))
                signer = load_signer(*pair, where=str(keys.key_file))
                self._known |= dict.fromkeys(statuses, (keys.sender, signer))
        self.files = tuple(files)

    @property
    def statuses(self) -> frozenset[Status]:
        """Statuses that this desk can send."""
        return frozenset(self._known)

    def of(self, status: Status) -> tuple[str, Signer]:
        """Return sender and key of a status.

        Raises
        ------
        InputError : the desk has none, or its certificate has run out: nothing is sent then
        """
        known = self._known.get(status)
        if known is None:
            allowed = ", ".join(sorted(self._known))
            remedy = "Configure key and sender for it; until then nothing of it can be sent."
            raise InputError("desk", "status", found=status.value, allowed=allowed, remedy=remedy)
        return known

    def days_left(self, now: datetime | None = None) -> float:
        """Return in how many days the first certificate runs out."""
        now = now or datetime.now(UTC)
        ends = [signer.certificate.not_valid_after_utc for _, signer in self._known.values()]
        return min((end - now).total_seconds() / 86400.0 for end in ends)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        remedy = "Nothing can be signed without it: put it there, readable by the desk only."
        found = fault.strerror or "nothing"
        raise InputError(str(path), found=found, allowed="a PEM file", remedy=remedy) from None
