"""Whose clock runs ahead: told by the stamps of the others, in the order in which all are heard."""

from __future__ import annotations

from overflight.track.source_clocks import TESTIMONIES, SourceClocks


def heard(clocks: SourceClocks, *stamps: tuple[str, float]) -> list[str]:
    """Return who is not believed any more, in order."""
    return [wrong for name, time_s in stamps if (wrong := clocks.heard(name, time_s)) is not None]


def on_time(*names: str, until_s: int = 10) -> SourceClocks:
    clocks = SourceClocks(10.0, 5.0)
    assert not heard(clocks, *((name, float(t)) for t in range(until_s) for name in names))
    return clocks


def later(name: str, start_s: float, count: int = TESTIMONIES) -> list[tuple[str, float]]:
    return [(name, start_s + k) for k in range(count)]


def test_one_that_was_on_time_is_enough_against_a_jump():
    clocks = on_time("a")
    assert heard(clocks, *later("evil", 1000.0, 50), *later("a", 10.0)) == ["evil"]
    assert not clocks.believes("evil", 1050.0)
    assert clocks.believes("a", 15.0)
    assert clocks.now_s() == 14.0


def test_a_newcomer_alone_proves_nothing():
    """He may be the one whose clock is behind."""
    clocks = on_time("a")
    assert heard(clocks, *later("a", 30.0, 3), *later("slow", -3600.0, 50)) == []


def test_small_steps_ahead_take_two_to_contradict():
    creep = [("evil", 9.0 + 0.4 * k) for k in range(40)]
    assert heard(on_time("a", "evil"), *creep, *later("a", 10.0)) == []
    two = [stamp for pair in zip(later("a", 10.0), later("b", 10.0), strict=True) for stamp in pair]
    assert heard(on_time("a", "b", "evil"), *creep, *two) == ["evil"]


def test_a_silence_of_all_is_no_contradiction():
    clocks = on_time("a", "b")
    assert heard(clocks, *later("a", 500.0, 20), *later("b", 515.0, 20), *later("a", 520.0, 20)) == []


def test_one_whose_clock_was_set_right_is_believed_again():
    clocks = on_time("a")
    heard(clocks, *later("b", 1000.0), *later("a", 10.0))
    assert not clocks.believes("b", 25.0)
    assert clocks.believes("b", 15.0)
    assert clocks.believes("b", 16.0)


def test_who_gives_way_is_forgotten():
    clocks = on_time("a")
    heard(clocks, *later("b", 1000.0), *later("a", 10.0))
    clocks.forget("b")
    assert clocks.believes("b", 1000.0)
