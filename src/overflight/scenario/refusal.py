"""How a check inside a model says what is wrong."""

from __future__ import annotations

__all__ = ["Refused"]


class Refused(ValueError):
    """A value that a scenario may not hold.

    Parameters
    ----------
    found : what stands there, in words; None lets the loader quote the value
    allowed : what would be accepted
    remedy : what the user should do, a sentence
    key : key below the table that was checked, empty for the table itself
    """

    def __init__(self, *, allowed: str, remedy: str, found: str | None = None, key: str = "") -> None:
        self.found, self.allowed, self.remedy, self.key = found, allowed, remedy, key
        super().__init__(f"allowed: {allowed}. {remedy}")
