"""The one error tree.

::

    OverflightError
    ├── InputError          what the user gave is wrong: file, key, found, allowed, remedy
    │   ├── ScenarioError   a scenario (TOML) cannot be used
    │   ├── PlacesError     a file of places cannot be used
    │   └── LifeError       a step that the rules of an alert's life do not allow
    ├── OutputError         where the user wants results is not usable
    ├── EngineError         where the work is done was lost: a scheduler, or all its workers
    └── NumericsError       a computation could not reach its stated accuracy

A message names the file, the key or field, what was found, what is allowed and what to do.
Per-sample failures inside an ensemble are outcome codes in arrays, not exceptions.
"""

from __future__ import annotations


class OverflightError(Exception):
    """Base of every error this package raises on purpose."""


class InputError(OverflightError):
    """Input that cannot be used.

    Parameters
    ----------
    where : file (or other origin) that holds the fault
    key : dotted key or field, empty when the whole file is meant
    found : what was found there
    allowed : what would be accepted
    remedy : what the user should do
    """

    def __init__(self, where: str, key: str = "", *, found: str, allowed: str, remedy: str) -> None:
        self.where, self.key = where, key
        self.found, self.allowed, self.remedy = found, allowed, remedy
        place = f"{where}: {key}" if key else where
        super().__init__(f"{place}: found {found}; allowed: {allowed}. {remedy}")

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way back from a worker of another process."""
        return _again, (type(self), self.where, self.key, self.found, self.allowed, self.remedy)


def _again(kind: type[InputError], where: str, key: str, found: str, allowed: str, remedy: str) -> InputError:
    return kind(where, key, found=found, allowed=allowed, remedy=remedy)


class ScenarioError(InputError):
    """A scenario that cannot be used."""


class PlacesError(InputError):
    """A file of places that cannot be used."""


class LifeError(InputError):
    """A step in the life of an alert that its rules do not allow; ``key`` names the rule."""


class OutputError(OverflightError):
    """An output folder or file that cannot be written."""


class EngineError(OverflightError):
    """Work that was lost with the machines that did it."""


class NumericsError(OverflightError):
    """A computation that did not reach its stated accuracy."""
