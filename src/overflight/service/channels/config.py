"""What all kinds of channels have in common in the configuration, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from overflight.errors import InputError
from overflight.scenario.faults import faults
from overflight.service.channels.http import HttpClients
from overflight.warning.alert import Status
from overflight.warning.audiences import Audience

Model = TypeVar("Model", bound=BaseModel)


class ChannelConfig(BaseModel):
    """The keys of every ``[[channel]]``; a kind adds its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    name: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="letters, digits, . _ -")
    ]
    statuses: Annotated[
        tuple[Status, ...],
        Field(min_length=1, description='["Actual"], or some of ["Exercise", "Test"]'),
    ]
    audiences: Annotated[tuple[Audience, ...], Field(min_length=1)] = (Audience.PEOPLE,)
    limit_s: Annotated[float, Field(gt=0, le=60, description="seconds an attempt may take")] = 15.0


@dataclass(frozen=True, slots=True)
class Context:
    """What a channel is made in: the folder that relative paths start from, and the shared HTTP clients."""

    folder: Path = Path()
    where: str = "configuration"
    http: HttpClients = field(default_factory=HttpClients)

    def path(self, path: Path) -> Path:
        """Return a path of the configuration, from the folder that holds it."""
        return self.folder / path.expanduser()

    def secret(self, path: Path, key: str) -> str:
        """Return the secret in a file, without white space around it.

        Raises
        ------
        InputError : the file cannot be read or holds nothing
        """
        file = self.path(path)
        try:
            text = file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as fault:
            found = getattr(fault, "strerror", None) or "no text"
            remedy = f"Put the secret into {path}, readable by the desk only."
            raise InputError(
                self.where, key, found=f"{path}: {found}", allowed="a file with the secret", remedy=remedy
            ) from None
        if not text:
            remedy = "Put the secret into it, readable by the desk only."
            raise InputError(
                self.where, key, found=f"{path} is empty", allowed="a file with the secret", remedy=remedy
            )
        return text


def read_config(
    model: type[Model], table: Mapping[str, Any], context: Context, what: str = "channel"
) -> Model:
    """Return the configuration of one channel, or of another table with a ``name``.

    Raises
    ------
    InputError : names the first key that is wrong, missing or unknown
    """
    try:
        return model.model_validate(dict(table))
    except ValidationError as error:
        fault = faults(error, model, table)[0]
        name = table.get("name")
        key = f"{what}.{name}.{fault.key}" if isinstance(name, str) and name else f"{what}.{fault.key}"
        raise InputError(
            context.where, key, found=fault.found, allowed=fault.allowed, remedy=fault.remedy
        ) from None
