"""Questions that people ask after a launch, answered from the values of a bulletin."""

from __future__ import annotations

from collections.abc import Iterator

from overflight.orbit.imaging import WORDS
from overflight.report.bulletin_values import ClaimRow, FallRow, Imaging, SeenRow
from overflight.report.bulletin_words import Line, Talk, moment, odds, sentence, whole_minutes
from overflight.report.words import count, distance, plain, rounded

__all__ = ["answers", "fell"]

_LEAST = 0.2  # a fall less likely than this is not told
_SURE = 0.9  # a fall likelier than this needs no word on whether it was


def answers(talk: Talk) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """Yield questions with their answers; words of sources that answer one stand under it."""
    questions = {
        "outcome": _outcome, "why": _why, "warned": _warned, "hurt": _hurt, "where": _where, "next": _next,
        "see": _see, "said": _said,
    }  # fmt: skip
    b = talk.bulletin
    for key, answer in questions.items():
        said = [_said_by(talk, claim) for claim in b.claims if claim.answers == key and claim.published.text]
        lines = (*said, *answer(talk)) if key == "hurt" else (*answer(talk), *said)
        if lines:
            yield talk(f"q_{key}"), lines
    for claim in b.claims:
        if claim.count is not None:
            number = talk.line("a_count", claim.sources, count=count(claim.count))
            yield talk("q_count", label=talk.own(claim.label).text), (number,)
    for row in b.answers:
        yield talk.own(row.question).text, (talk.own(row.answer, row.sources),)


def _said_by(talk: Talk, claim: ClaimRow) -> Line:
    """Return the words of a source with the one who spoke them."""
    said = talk.own(claim.published, claim.sources)
    if claim.speaker is None:
        return Line(sentence(said.text), said.language, said.sources)
    return Line(f"{talk.own(claim.speaker).text}: {said.text}", said.language, said.sources)


def _outcome(talk: Talk) -> Iterator[Line]:
    reached = talk.bulletin.orbit >= 0.5
    share = odds(talk, talk.bulletin.orbit if reached else 1.0 - talk.bulletin.orbit)
    yield talk.line("a_orbit" if reached else "a_no_orbit", share=share)


def _why(talk: Talk) -> Iterator[Line]:
    if talk.bulletin.orbit >= 0.5:
        return
    ways = "; ".join(
        f"{talk.outcome(row.mode, row.stage)} {odds(talk, row.after)}"
        for row in talk.bulletin.outcomes
        if row.after >= 0.01
    )
    yield talk.line("a_why", outcomes=ways)


def _warned(talk: Talk) -> Iterator[Line]:
    if not talk.bulletin.warnings:
        yield talk.line("a_not_warned")
    for row in talk.bulletin.warnings:
        raised = talk.since(row.raised_utc)
        said = talk(
            "a_warned", system=talk.own(row.system).text, area=talk.own(row.area).text,
            raised=talk.minute(raised), minutes=whole_minutes(talk, raised),
        )  # fmt: skip
        if row.lifted_utc is not None:
            said += " " + talk("a_lifted", lifted=talk.minute(talk.since(row.lifted_utc)))
        yield Line(said, talk.language, row.sources)


def _hurt(talk: Talk) -> Iterator[Line]:
    b = talk.bulletin
    told = [talk.own(row.damage, row.sources) for row in b.warnings if row.damage is not None]
    yield from told
    if not told and not any(claim.answers == "hurt" for claim in b.claims):
        yield talk.line("a_hurt_unknown")
    if b.debris_on_land > 0.0:
        value = odds(talk, b.debris_on_land)
    else:
        value = talk("below", value=odds(talk, b.debris_below or 1e-3))
    yield talk.line("a_debris", chance=value)


def _where(talk: Talk) -> Iterator[Line]:
    b = talk.bulletin
    reached = b.orbit >= 0.5
    rows = [
        row
        for row in b.falls
        if row.probability >= _LEAST and not (reached and row.body.startswith("remains"))
    ]
    if reached and rows:
        yield talk.line("a_where_orbit")
    yield from (fell(talk, row) for row in rows)
    if not rows:
        yield talk.line("a_where_none")


def fell(talk: Talk, row: FallRow) -> Line:
    """Return where a body came down, and how likely it did so at all where that is not sure."""
    key = "a_where" if row.probability >= _SURE else "a_where_if"
    return Line(sentence(talk.fall(key, row)), talk.language)


def _next(talk: Talk) -> Iterator[Line]:
    row, announced = talk.bulletin.next_attempt, talk.bulletin.upcoming
    if announced is not None:
        first, last = (moment(talk, instant) for instant in (announced.from_utc, announced.to_utc))
        yield talk.line("a_next_window", announced.sources, first=first, last=last)
        if announced.changed is not None:
            yield talk.own(announced.changed, announced.sources)
    if row is None:
        yield talk.line("a_next_unknown")
        return
    yield talk.line(
        "a_next_similar" if row.similar else "a_next", flights=row.flights, failures=row.failures,
        low=f"{100 * row.low:.0f}\u00a0%", high=f"{100 * row.high:.0f}\u00a0%",
    )  # fmt: skip


def _see(talk: Talk) -> Iterator[Line]:
    b = talk.bulletin
    reached = b.orbit >= 0.5
    if not reached:
        yield talk.line("a_see_nothing")
    if b.imaging is None:
        if reached:
            yield talk.line("a_see_unknown")
        return
    yield from _camera(talk, b.imaging, "a_see_does" if reached else "a_see_would")
    yield from (Line(text, "en", b.imaging.sources) for text in b.imaging.evidence)


def _camera(talk: Talk, row: Imaging, key: str) -> Iterator[Line]:
    low, high = rounded(row.altitude_low_km), rounded(row.altitude_high_km)
    height = distance(low) if low == high else f"{plain(low)}–{distance(high)}"
    yield talk.line(
        key, row.sources, height=height, whose=talk(row.altitude_is), tilt=f"{row.off_nadir_deg:.0f}",
        low=plain(rounded(row.gsd_low_m)), high=plain(rounded(row.gsd_high_m)),
    )  # fmt: skip
    alike: dict[str, list[str]] = {}
    for seen in row.seen:
        alike.setdefault(_chance(talk, seen), []).append(talk(f"seen_{seen.object_class}"))
    comma = "、" if talk.language == "ja" else ", "
    objects = "; ".join(f"{comma.join(names)}: {words}" for words, names in alike.items())
    yield talk.line("a_see_objects", objects=objects)


def _chance(talk: Talk, row: SeenRow) -> str:
    """Return a range of chances in words; a range over nearly everything decides nothing."""
    if row.low < 0.2 and row.high > 0.8:
        return talk("seen_open")
    low, high = (
        talk(f"likely_{next(i for i, (top, _) in enumerate(WORDS) if chance < top)}")
        for chance in (row.low, row.high)
    )
    return low if low == high else talk("seen_span", low=low, high=high)


def _said(talk: Talk) -> Iterator[Line]:
    claims = talk.bulletin.claims
    contradicted = sum(bool(claim.contradicts) for claim in claims)
    yield talk.line("a_said", claims=len(claims), contradicted=contradicted)
