"""How a desk's warning went, as the file that the desk writes and a bulletin takes in.

Figures alone: who was called, when, until when, how many answered what. What contacts wrote in their own
words stays at the desk.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from overflight.errors import InputError
from overflight.scenario.facts import Facts, Warned, WarnedWords
from overflight.scenario.model import Scenario, Source
from overflight.scenario.quantity import Instant, Name, Strict, Whole
from overflight.scenario.refusal import Refused

__all__ = ["MAX_BYTES", "CalledArea", "Performance", "Replies", "facts_with", "read_performance"]

MAX_BYTES = 4_000_000
NEAR = timedelta(hours=1)
"""How far the launch that a desk heard of may lie from that of the scenario."""

Language = Literal["ja", "en", "ko"]
ByLanguage = Annotated[dict[Language, Name], Field(min_length=3, max_length=3)]
Count = Annotated[Whole, Field(ge=0)]


class Replies(Strict):
    """What the places told came back with; ``silent`` of them did not answer in time."""

    asked: Count
    acknowledged: Count
    silent: Count
    no_damage: Count
    damage: Count
    object_found: Count

    @model_validator(mode="after")
    def _at_most_all(self) -> Replies:
        reports = self.no_damage + self.damage + self.object_found
        if not reports <= self.acknowledged <= self.asked:
            raise Refused(
                key="acknowledged",
                found=f"{reports} reports, {self.acknowledged} answers, {self.asked} asked",
                allowed="no more reports than answers, no more answers than places asked",
                remedy="Take the file as the desk wrote it.",
            )
        return self


class CalledArea(Strict):
    """The call to the people of one country: first sent, lifted for the last of them, and where."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    area: ByLanguage
    places: Annotated[tuple[Name, ...], Field(min_length=1, max_length=5000)]
    raised_utc: Instant
    lifted_utc: Instant | None = None
    messages: Annotated[tuple[Name, ...], Field(min_length=1)]
    replies: Replies

    @model_validator(mode="after")
    def _in_order(self) -> CalledArea:
        if self.lifted_utc is not None and self.lifted_utc < self.raised_utc:
            raise Refused(
                key="lifted_utc",
                found="a time before raised_utc",
                allowed="the moment it was lifted, after it was raised",
                remedy="Take the file as the desk wrote it.",
            )
        return self


class Performance(Strict):
    """A report of one event by ``overflight desk report``."""

    kind: Literal["overflight-desk-performance"]
    schema_version: Literal[1]
    desk: Name
    event: Name
    title: str = ""
    status: Literal["Actual", "Exercise", "Test"]
    launch_utc: Instant | None = None
    written_utc: Instant
    called: tuple[CalledArea, ...] = ()


def read_performance(content: bytes, where: str) -> Performance:
    """Return the report in a file.

    Raises
    ------
    InputError : it is no report of a desk, or one that contradicts itself
    """
    try:
        return Performance.model_validate_json(content)
    except ValidationError as fault:
        first = fault.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        cause = first.get("ctx", {}).get("error")
        found, allowed = first["msg"], "what `overflight desk report` writes"
        if isinstance(cause, Refused):
            found, allowed = cause.found or found, cause.allowed
        raise InputError(
            where, key, found=found, allowed=allowed,
            remedy="Write it anew: overflight desk report FOLDER EVENT -o FILE.",
        ) from None  # fmt: skip


def facts_with(facts: Facts, scenario: Scenario, report: Performance, where: str) -> Facts:
    """Return the facts with the desk's own warnings first, each with the desk as its source.

    Raises
    ------
    InputError : the report is of another launch, or of no call at all
    """
    told = report.launch_utc
    if told is not None and abs(told - scenario.launch.utc) > NEAR:
        raise InputError(
            where, "launch_utc", found=told.isoformat(),
            allowed=f"within an hour of {scenario.launch.utc.isoformat()}",
            remedy="Give the report of this launch.",
        )  # fmt: skip
    if not report.called:
        remedy = "Leave the option out: there was no call to report on."
        raise InputError(where, "called", found="nobody", allowed="at least one call", remedy=remedy)
    key = "desk-report"
    while key in {source.key for source in (*facts.source, *scenario.source)}:
        key += "-x"
    source = Source(key=key, text=f"Log of the desk {report.desk}, event {report.event} ({report.status})")
    warned = tuple(_warned(report, area, key) for area in report.called)
    return facts.model_copy(
        update={
            "warning": (*warned, *facts.warning),
            "source": (*(facts.source or scenario.source), source),
        }
    )


_DRILL = {"en": "DRILL: ", "ja": "訓練：", "ko": "훈련: "}
_DAMAGE = {
    "en": (
        "Of {asked} places told, {acknowledged} answered: {no_damage} without damage, {damage} with damage, "
        "{object_found} found an object."
    ),
    "ja": (
        "伝達した{asked}市町村のうち{acknowledged}が応答。"
        "被害なし{no_damage}、被害あり{damage}、落下物あり{object_found}。"
    ),
    "ko": (
        "알린 {asked}개 지역 중 {acknowledged}곳이 응답. "
        "피해 없음 {no_damage}, 피해 있음 {damage}, 낙하물 발견 {object_found}."
    ),
}


def _warned(report: Performance, area: CalledArea, source: str) -> Warned:
    mark = {language: "" if report.status == "Actual" else words for language, words in _DRILL.items()}
    system = {language: f"{mark[language]}{report.desk}"[:200] for language in mark}
    damage = {language: words.format(**area.replies.model_dump()) for language, words in _DAMAGE.items()}
    others: tuple[Literal["ja", "ko"], ...] = ("ja", "ko")
    return Warned(
        system=system["en"],
        area=area.area["en"],
        country=area.country,
        raised_utc=area.raised_utc,
        lifted_utc=area.lifted_utc,
        asked=area.replies.asked or None,
        confirmed=area.replies.acknowledged if area.replies.asked else None,
        damage=damage["en"] if area.replies.asked else None,
        source=source,
        translation={
            one: WarnedWords(
                system=system[one],
                area=area.area[one],
                damage=damage[one] if area.replies.asked else None,
            )
            for one in others
        },
    )
