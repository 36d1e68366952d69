"""Public alerts that were raised for real, as reported: how long people waited for the call and for its end.

The figures to beat: a tool for warning is measured against what happened, minute by minute.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, timedelta, timezone
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["AlertRecord", "PublicAlert", "alert_at", "load_alerts"]

SAME_LAUNCH = timedelta(minutes=15)

Text = Annotated[str, Field(min_length=1, max_length=400)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Minutes = tuple[int, int]
"""A span in minutes, earliest to latest: reports give whole minutes, and differ."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PublicAlert(_Strict):
    """One alert. Clocks are local; a pair is the earliest and the latest that was reported.

    ``reached`` is when the object was over the country, absent where it never was. ``wrong`` says what of the
    alert turned out to be untrue. ``launch_event`` is the key of the launch in the record of launches.
    """

    key: Text
    day: date
    launch: tuple[Clock, Clock]
    first_alert: tuple[Clock, Clock]
    area: Text
    reached: Clock | None = None
    course: Text
    ended: tuple[Clock, Clock]
    ended_by: Text
    wrong: Text | None = None
    launch_event: Text | None = None
    source: Annotated[tuple[Text, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> PublicAlert:
        for first, last in (self.launch, self.first_alert, self.ended, (self.launch[0], self.first_alert[1])):
            if _minute(last) < _minute(first):
                raise ValueError(f"{last} before {first}: an alert within one day, in order")
        return self

    @property
    def to_alert_min(self) -> Minutes:
        """Minutes from launch to the first alert."""
        return _between(self.launch, self.first_alert)

    @property
    def to_passage_min(self) -> Minutes | None:
        """Minutes from the first alert to the passage; below nought where the alert came after it."""
        return None if self.reached is None else _between(self.first_alert, (self.reached, self.reached))

    @property
    def to_end_min(self) -> Minutes:
        """Minutes from the first alert to its end."""
        return _between(self.first_alert, self.ended)

    @property
    def after_passage_min(self) -> Minutes | None:
        """Minutes from the passage to the end of the alert."""
        return None if self.reached is None else _between((self.reached, self.reached), self.ended)


class AlertRecord(_Strict):
    """The alerts in order of time; ``zone_offset_h`` is their clock minus UTC."""

    schema_version: Literal[1]
    zone_offset_h: float
    alert: Annotated[tuple[PublicAlert, ...], Field(min_length=1)]


def load_alerts() -> tuple[PublicAlert, ...]:
    """Return the packaged alerts: those for overflights of Japan, 2017 to 2024."""
    return _record().alert


def alert_at(launched: datetime) -> PublicAlert | None:
    """Return the alert for a launch within a quarter of an hour of an instant; None if there is none."""
    record = _record()
    zone = timezone(timedelta(hours=record.zone_offset_h))
    for alert in record.alert:
        times = (datetime.combine(alert.day, time.fromisoformat(clock), zone) for clock in alert.launch)
        if any(abs(one - launched) <= SAME_LAUNCH for one in times):
            return alert
    return None


def _record() -> AlertRecord:
    text = resources.files("overflight.record").joinpath("alerts.toml").read_text("utf-8")
    return AlertRecord.model_validate(tomllib.loads(text))


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(timedelta(hours=int(hours), minutes=int(minutes)).total_seconds()) // 60


def _between(start: tuple[str, str], end: tuple[str, str]) -> Minutes:
    return _minute(end[0]) - _minute(start[1]), _minute(end[1]) - _minute(start[0])
