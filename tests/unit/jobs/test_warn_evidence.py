"""From facts to outcomes: seen beyond, confirmed, broken up, silent feeds; and lost is never passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from shapely import MultiPolygon, box

from overflight.earth.frames import geodetic_to_ecef, local_axes
from overflight.exposure.ahead import PlacesAhead
from overflight.exposure.place import Place, Places
from overflight.flight.ensemble import Ensemble
from overflight.jobs.warn_event import Event, next_message
from overflight.jobs.warn_evidence import Around
from overflight.jobs.warn_figures import Ellipse, Figures
from overflight.jobs.warn_places import Said
from overflight.track.forecast import Forecast, Memory
from overflight.track.objects import Tracked
from overflight.warning.alert import Status
from overflight.warning.decision import EvidenceKind, Launch, read_decision, write_decision
from overflight.warning.life_records import Outcome

T0 = 1_700_000_000.0
NORTH, SOUTH = 0, 1  # rows of the places


def place(code: str, latitude: float) -> Place:
    square = MultiPolygon([box(125.0, latitude, 126.0, latitude + 0.5)])
    return Place(code, code, code, code[:2], code, None, None, square)


AHEAD = PlacesAhead(Places((place("AA-1", 30.0), place("BB-1", 15.0))), 50e3)


def body(latitude: float, *, number: int = 1, time_s: float = 0.0, heard=("a", "b")) -> Tracked:
    """A body 400 km high on its way south at 5 km/s, without thrust."""
    where = np.radians(latitude), np.radians(125.5)
    _, north, _ = local_axes(*where)
    state = np.concatenate([geodetic_to_ecef(*where, 400e3), -5000.0 * north, np.zeros(3)])
    now = T0 + time_s
    return Tracked(
        number, 1, now, now, now, 50, np.tile(state, (4, 1)), np.tile(100.0 * np.eye(9), (4, 1, 1)),
        np.array([0.0, 0.0, 1.0, 0.0]), heard=tuple((name, now, 1.0) for name in heard), launched=True,
    )  # fmt: skip


def forecast(time_s: float, p_ended: float) -> Forecast:
    none = np.zeros(0)
    memory = Memory(T0 - 300.0, 1.0, T0 if p_ended > 0.5 else None)
    lines = np.zeros((0, 150, 3))
    ensemble: Ensemble | None = None
    return Forecast(
        T0 + time_s, lines, none.astype(np.int64), none > 0, none, none, p_ended, 0.9, 50.0, ensemble, memory
    )  # type: ignore[arg-type]


def figures(*given: tuple[int, float, float]) -> Figures:
    """(place, probability that it is passed, and that debris comes down there)."""
    over = np.array([p for _, p, _ in given])
    debris = np.array([d for _, _, d in given])
    index = np.array([i for i, _, _ in given], np.int64)
    zero = np.zeros(len(given))
    return Figures(index, over, over, debris, zero, zero + 30.0, zero + 300.0)


NOTHING, ALONE = figures(), Around()


def story(latitudes, p_ended=0.99, event=None, given=NOTHING, around=ALONE, ellipse=None, heard=("a", "b")):
    """Return the event after one message for each latitude, two seconds apart, after those it has."""
    event = event or Event("e", 1, said={NORTH: Said(kept=True, figures=(0.9, 0.8, 1e-5), most=0.8)})
    for latitude in latitudes:
        time_s = 2.0 * event.seq
        event = replace(event, forecast=forecast(time_s, p_ended), ellipse=ellipse)
        main = body(latitude, time_s=time_s, heard=heard)
        event = told(event, main, given, around, main.last_s)
    return event


def near(other: Place) -> Place:
    """Another place of the same region."""
    return replace(other, code=f"{other.code}-2", name="near by")


def told(event, main, given, around, now_s, aside=frozenset(), ahead=AHEAD):
    return next_message(
        event, main, given, ahead, around, now_s=now_s, source="test", status=Status.EXERCISE,
        launch=Launch(datetime.fromtimestamp(T0, UTC), 1.0, "ZZ", "rocket"), assumed="", aside=aside,
    )  # fmt: skip


def kinds(event: Event) -> set[EvidenceKind]:
    assert event.message is not None
    return {fact.kind for fact in event.message.evidence}


def outcomes(*events: Event) -> list[Outcome]:
    """The outcome of the first place in the last message of each."""
    return [event.message.places[0].outcome for event in events if event.message is not None]


def test_measured_beyond_every_place_and_confirmed_is_passed():
    event = story([26.0] * 5)
    message = event.message
    assert message is not None
    assert message.outcome is Outcome.PASSED
    assert {EvidenceKind.SEEN_BEYOND, EvidenceKind.CONFIRMED, EvidenceKind.THRUST_ENDED} <= kinds(event)
    beyond = next(f for f in message.evidence if f.kind is EvidenceKind.SEEN_BEYOND)
    assert beyond.countries == ("AA",)
    assert read_decision(write_decision(message)) == message


def test_what_lies_behind_and_was_never_likely_to_be_passed_was_not():
    """A launch flies elsewhere: who was called at the first plots hears that it did not come, not that it passed."""
    called = {NORTH: Said(kept=True, figures=(0.07, 0.04, 0.0), most=0.04)}
    event = story([26.0] * 5, p_ended=0.0, event=Event("e", 1, said=called))
    assert event.message is not None
    assert [p.outcome for p in event.message.places] == [Outcome.WILL_NOT_ARRIVE]
    assert event.message.outcome is Outcome.WILL_NOT_ARRIVE
    assert {EvidenceKind.SEEN_BEYOND, EvidenceKind.CONFIRMED} <= kinds(event)
    assert read_decision(write_decision(event.message)) == event.message
    passed = Event("e", 1, said=called | {SOUTH: Said(kept=True, figures=(0.9, 0.8, 0.0), most=0.8)})
    both = story([5.0] * 5, p_ended=0.0, event=passed)
    assert both.message is not None
    assert [p.outcome for p in both.message.places] == [Outcome.WILL_NOT_ARRIVE, Outcome.PASSED]
    assert both.message.outcome is Outcome.PASSED


def flying(event, seconds, *, aside, p_ended=0.0):
    """The event after messages two seconds apart of a flight under thrust that leads to no place."""
    for _ in range(seconds // 2):
        time_s = 2.0 * event.seq
        event = replace(event, forecast=forecast(time_s, p_ended))
        event = told(event, body(32.0, time_s=time_s), NOTHING, ALONE, T0 + time_s, aside)
    return event


def test_a_place_that_no_turn_leads_to_is_released_after_half_a_minute():
    called = Event("e", 1, said={NORTH: Said(kept=True, figures=(0.07, 0.04, 0.0), most=0.04)})
    soon = flying(called, 30, aside={NORTH})
    later = flying(soon, 2, aside={NORTH})
    assert outcomes(soon, later) == [Outcome.FLYING, Outcome.WILL_NOT_ARRIVE]
    assert later.message is not None
    assert later.message.outcome is Outcome.WILL_NOT_ARRIVE
    assert {EvidenceKind.FLIES_ELSEWHERE, EvidenceKind.CONFIRMED} <= kinds(later)
    assert EvidenceKind.SEEN_BEYOND not in kinds(later)
    (fact,) = [f for f in later.seen if f.kind is EvidenceKind.FLIES_ELSEWHERE]
    assert fact.countries == ("AA",)
    assert read_decision(write_decision(later.message)) == later.message
    back = told(later, body(32.0, time_s=34.0), figures((NORTH, 0.2, 0.0)), ALONE, T0 + 34.0)
    back = told(back, body(32.0, time_s=36.0), figures((NORTH, 0.2, 0.0)), ALONE, T0 + 36.0)
    assert outcomes(back) == [Outcome.FLYING]
    assert EvidenceKind.FLIES_ELSEWHERE not in kinds(back)


def test_a_turn_that_might_lead_there_begins_the_half_minute_anew():
    called = Event("e", 1, said={NORTH: Said(kept=True, figures=(0.07, 0.04, 0.0), most=0.04)})
    event = flying(flying(flying(called, 20, aside={NORTH}), 2, aside=frozenset()), 28, aside={NORTH})
    never = flying(called, 120, aside=frozenset())
    assert outcomes(event, never) == [Outcome.FLYING] * 2


@pytest.mark.parametrize("count", [1, 2])
def test_seen_beyond_waits_for_some_messages_in_a_row(count):
    event = story([26.0] * count)
    assert event.message is not None
    assert event.message.outcome is Outcome.FLYING
    assert EvidenceKind.SEEN_BEYOND not in kinds(event)


def test_what_can_still_come_down_holds_the_place():
    event = story([26.0] * 8, given=figures((NORTH, 0.0, 1e-5)))
    assert event.message is not None
    assert event.message.outcome is Outcome.FLYING
    assert EvidenceKind.SEEN_BEYOND not in kinds(event)


def test_one_source_alone_confirms_nothing():
    event = story([26.0] * 5, heard=("a",))
    assert EvidenceKind.SEEN_BEYOND in kinds(event)
    assert EvidenceKind.CONFIRMED not in kinds(event)


def test_some_passed_and_others_not_reached_is_not_passed():
    both = {i: Said(kept=True, figures=(0.9, 0.8, 1e-5), most=0.8) for i in (NORTH, SOUTH)}
    event = story([26.0] * 5, event=Event("e", 1, said=both))
    assert event.message is not None
    assert [p.outcome for p in event.message.places] == [Outcome.PASSED, Outcome.WILL_NOT_ARRIVE]
    assert event.message.outcome is Outcome.WILL_NOT_ARRIVE


def test_a_place_on_the_other_side_of_the_earth_is_not_behind():
    event = story([-60.0] * 5, p_ended=0.0)
    assert event.message is not None
    assert [p.outcome for p in event.message.places] == [Outcome.FLYING]


def test_a_place_that_some_flight_would_still_pass_is_not_passed():
    goes_on = replace(figures((NORTH, 0.01, 0.0)), over=np.zeros(1))
    event = story([26.0] * 8, p_ended=0.0, given=goes_on)
    assert event.message is not None
    assert [p.outcome for p in event.message.places] == [Outcome.FLYING]


def test_a_passage_once_expected_later_does_not_hold_a_place_that_lies_behind():
    """A flight that failed would have come there late; none does any more, and the body is beyond."""
    said = {NORTH: Said(kept=True, most=0.8, first_s=T0 + 50.0, last_s=T0 + 930.0)}
    event = story([26.0] * 5, p_ended=0.0, event=Event("e", 1, said=said))
    assert event.message is not None
    (place,) = event.message.places
    assert place.outcome is Outcome.PASSED
    assert place.last_passage is not None
    assert place.last_passage <= event.message.time


def crossing(p_over: float) -> Figures:
    """No place is passed, and the waters between those of their region with that probability."""
    return replace(NOTHING, regions={AHEAD.region(NORTH): (1.0, p_over)})


def test_a_region_that_is_crossed_between_its_places_is_not_out_of_reach():
    event = story([32.0] * 8, given=crossing(0.99))
    assert event.message is not None
    assert [p.outcome for p in event.message.places] == [Outcome.FLYING]
    assert event.message.outcome is Outcome.FLYING
    falls_short = story([32.0] * 5, event=event, given=crossing(0.0))
    assert falls_short.message is not None
    assert falls_short.message.outcome is Outcome.WILL_NOT_ARRIVE
    flies_on = story([32.0] * 2, event=falls_short, given=crossing(0.5))
    assert flies_on.message is not None
    assert flies_on.message.outcome is Outcome.FLYING


def test_what_is_not_measured_anew_puts_nothing_out_of_reach():
    event = story([32.0] * 2)
    for _ in range(8):
        event = told(event, body(32.0, time_s=2.0), NOTHING, ALONE, T0 + 14.0)
    assert event.message is not None
    assert [p.outcome for p in event.message.places] == [Outcome.FLYING]


def test_what_is_out_of_reach_stays_so_while_its_chance_is_small():
    event = story([32.0] * 5)
    small = story([32.0], event=event, given=figures((NORTH, 0.01, 0.0)))
    large = story([32.0] * 2, event=event, given=figures((NORTH, 0.05, 0.0)))
    assert outcomes(event, small, large) == [Outcome.WILL_NOT_ARRIVE, Outcome.WILL_NOT_ARRIVE, Outcome.FLYING]


@pytest.mark.parametrize("given", [figures((NORTH, 0.05, 0.0)), figures((NORTH, 0.0, 2e-4))])
def test_one_measurement_alone_takes_no_outcome_back(given):
    """A watch that errs for one plot, or one improbable piece: nobody is called anew for it."""
    short = story([32.0] * 5)
    once = story([32.0], event=short, given=given)
    again = told(once, body(32.0, time_s=10.0), given, ALONE, T0 + 11.0)  # nothing new was measured
    calm = story([32.0], event=once)
    later = story([32.0], event=calm, given=given)
    twice = story([32.0], event=later, given=given)
    assert outcomes(once, again, calm, later, twice) == [Outcome.WILL_NOT_ARRIVE] * 4 + [Outcome.FLYING]


def test_pieces_drawn_once_and_told_again_take_no_outcome_back():
    short, hit = story([32.0] * 5), figures((NORTH, 0.0, 2e-4))
    once = story([32.0], event=short, given=hit)
    again = story([32.0] * 3, event=once, given=replace(hit, anew=False))
    twice = story([32.0], event=again, given=hit)
    assert outcomes(once, again, twice) == [Outcome.WILL_NOT_ARRIVE] * 2 + [Outcome.FLYING]


def test_a_place_of_a_region_out_of_reach_is_not_called_when_it_is_first_told_of():
    """Thrust has ended, and one improbable piece comes near: that it were passed if it went on calls nobody."""
    short = story([32.0] * 5)
    ahead = PlacesAhead(Places((AHEAD.places[NORTH], AHEAD.places[SOUTH], near(AHEAD.places[NORTH]))), 50e3)
    piece = replace(figures((2, 0.0003, 2e-6)), if_continues=np.array([0.75]))
    event = replace(short, forecast=forecast(10.0, 0.999))
    event = told(event, body(32.0, time_s=10.0), piece, ALONE, T0 + 10.0, ahead=ahead)
    assert event.message is not None
    assert [p.outcome for p in event.message.places] == [Outcome.WILL_NOT_ARRIVE] * 2
    likely = figures((2, 0.4, 0.0))
    for time_s in (12.0, 14.0):
        event = told(event, body(32.0, time_s=time_s), likely, ALONE, T0 + time_s, ahead=ahead)
    assert event.message is not None
    assert event.message.places[1].outcome is Outcome.FLYING


def test_close_messages_do_not_make_an_outcome_sooner():
    event = story([32.0])
    for k in range(8):
        event = replace(event, forecast=forecast(0.4 * k, 0.99))
        event = told(event, body(32.0, time_s=0.4 * k), NOTHING, ALONE, T0 + 0.4 * k)
    assert event.message is not None
    assert [p.outcome for p in event.message.places] == [Outcome.FLYING]


def test_a_place_behind_is_passed_while_others_of_its_region_lie_ahead():
    event = story([26.0] * 5, given=crossing(0.99))
    assert event.message is not None
    assert event.message.outcome is Outcome.PASSED


def test_lost_before_it_is_seen_beyond_is_lost():
    event = story([32.0] * 5, p_ended=0.0)
    late = told(event, body(32.0, time_s=8.0), None, Around(heard={"a": T0 + 8.0, "b": T0 + 60.0}), T0 + 60.0)
    message = late.message
    assert message is not None
    assert message.outcome is Outcome.LOST
    assert {p.outcome for p in message.places} == {Outcome.LOST}
    silent = [f.source for f in message.evidence if f.kind is EvidenceKind.FEED_SILENT]
    assert silent == ["a"]  # the other radar still speaks, of something else


@pytest.mark.parametrize(("p_ended", "where"), [(0.99, True), (0.0, False)])
def test_of_a_lost_body_it_is_told_how_it_flew_and_without_thrust_where_it_comes_down(p_ended, where):
    here = Ellipse(30.2, 125.5, 20e3, 5e3, 0.0, 300.0)
    event = story([32.0], p_ended=p_ended, ellipse=here)
    late = told(event, body(32.0), None, Around(), T0 + 60.0)
    (words,) = [f.words for f in late.seen if f.kind is EvidenceKind.TRACK_LOST]
    assert words.startswith("No plot since 22:13:20Z: then 400 km high and ")
    assert words.endswith("; as it fell, down near 30.2, 125.5 about 22:18:20Z") is where


def test_what_was_seen_beyond_stays_passed_when_it_is_lost_later():
    event = story([26.0] * 5)
    late = told(event, body(26.0, time_s=8.0), None, Around(), T0 + 100.0)
    assert late.message is not None
    assert late.message.outcome is Outcome.PASSED
    assert {EvidenceKind.TRACK_LOST, EvidenceKind.FEED_SILENT, EvidenceKind.SEEN_BEYOND} <= kinds(late)


def test_a_source_that_says_it_is_off_is_told_at_once():
    event = story([32.0], around=Around(off=frozenset({"b"})))
    assert event.message is not None
    words = [f.words for f in event.message.evidence if f.kind is EvidenceKind.FEED_SILENT]
    assert words == ["b says that it is off"]
    assert EvidenceKind.FEED_SILENT not in kinds(story([32.0], event=event))


@pytest.mark.parametrize(("count", "broken"), [(2, False), (3, True)])
def test_several_bodies_at_the_end_of_thrust_are_a_break_up(count, broken):
    parts = tuple(body(32.0, number=2 + k) for k in range(count))
    event = story([32.0], around=Around(parts))
    assert (EvidenceKind.BROKEN_UP in kinds(event)) is broken
    thrust_again = story([32.0], event=event, p_ended=0.1, around=Around(parts))
    assert not kinds(thrust_again) & {EvidenceKind.BROKEN_UP, EvidenceKind.THRUST_ENDED}


def test_the_impact_line_is_told_for_the_country_it_reaches():
    here = Ellipse(30.2, 125.5, 20e3, 5e3, 0.0, 300.0)
    said = {i: Said(kept=True) for i in (NORTH, SOUTH)}
    likely = figures((NORTH, 0.9, 0.0), (SOUTH, 0.9, 0.0))
    event = story([33.0], p_ended=0.0, event=Event("e", 1, said=said), given=likely, ellipse=here)
    assert event.message is not None
    facts = {f.kind: f.countries for f in event.message.evidence}
    assert facts[EvidenceKind.IMPACT_LINE] == ("AA",)


@pytest.mark.parametrize(
    ("major_m", "minor_m", "azimuth_deg", "reached"),
    [(250e3, 20e3, 0.0, True), (250e3, 20e3, 90.0, False), (1500e3, 500e3, 0.0, False)],
)
def test_the_impact_line_reaches_as_far_as_its_ellipse_and_a_very_wide_one_tells_nothing(
    major_m, minor_m, azimuth_deg, reached
):
    """The place is 330 km north of the centre; it, the width and half the ellipse reach there."""
    here = Ellipse(27.25, 125.5, major_m, minor_m, azimuth_deg, 300.0)
    event = Event("e", 1, said={NORTH: Said(kept=True)})
    event = story([33.0], p_ended=0.0, event=event, given=figures((NORTH, 0.9, 0.0)), ellipse=here)
    assert (EvidenceKind.IMPACT_LINE in kinds(event)) is reached
