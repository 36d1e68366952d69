"""Lost as it fell: the horizon hid it and it is down, or nobody knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from shapely import MultiPolygon, box

from overflight.earth.frames import geodetic_to_ecef, local_axes
from overflight.exposure.ahead import PlacesAhead
from overflight.exposure.place import Place, Places
from overflight.jobs.warn_event import Event, next_message
from overflight.jobs.warn_evidence import Around
from overflight.jobs.warn_fall import LATE_S, LONG_S
from overflight.jobs.warn_figures import Ellipse, Figures
from overflight.jobs.warn_places import Said
from overflight.track.forecast import Forecast, Memory
from overflight.track.measurements import SensorSite
from overflight.track.objects import Tracked
from overflight.warning.alert import Status
from overflight.warning.decision import Evidence, EvidenceKind, Launch, read_decision, write_decision
from overflight.warning.life_records import Outcome

T0 = 1_700_000_000.0
DOWN_S = T0 + 200.0
SEEN, PASSED = 0, 1
AHEAD = PlacesAhead(
    Places(
        tuple(
            Place(code, code, code, "AA", code, None, None, MultiPolygon([box(125.0, lat, 126.0, lat + 0.5)]))
            for code, lat in (("AA-1", 20.0), ("AA-2", 30.0))
        )
    ),
    50e3,
)
BELOW = Ellipse(20.4, 125.5, 20e3, 5e3, 0.0, 90.0)


def site(name: str, latitude: float) -> SensorSite:
    return SensorSite(name, np.radians(latitude), np.radians(125.5), 0.0)


SITES = {"a": site("a", 26.0), "b": site("b", 26.2)}
"""Radars some 600 km behind a body that sinks below 40 km: it stands 1 degree above their horizon."""


def lost(height_m=20e3, climb_mps=-1500.0, heard=("a", "b"), hits=200) -> Tracked:
    """A body last seen at T0 on its way south."""
    where = np.radians(21.0), np.radians(125.5)
    _, north, up = local_axes(*where)
    state = np.concatenate(
        [geodetic_to_ecef(*where, height_m), -3000.0 * north + climb_mps * up, np.zeros(3)]
    )
    return Tracked(
        1, 1, T0, T0 - 400.0, T0, hits, np.tile(state, (4, 1)), np.tile(100.0 * np.eye(9), (4, 1, 1)),
        np.array([0.0, 0.0, 0.0, 1.0]), heard=tuple((name, T0, 1.0) for name in heard), launched=True,
    )  # fmt: skip


def flown(p_ended=0.999, ended_s=T0 - 100.0) -> Event:
    """What was known at the last plot: one place called, another passed."""
    none = np.zeros(0)
    view = Forecast(
        T0, np.zeros((0, 150, 3)), none.astype(np.int64), none > 0, none, none, p_ended, 0.9, 50.0,
        None, Memory(T0 - 700.0, 1.0, ended_s),  # type: ignore[arg-type]
    )  # fmt: skip
    ended = Evidence(EvidenceKind.THRUST_ENDED, "test", datetime.fromtimestamp(ended_s, UTC), "no thrust")
    beyond = replace(ended, kind=EvidenceKind.SEEN_BEYOND, countries=("AA",))
    said = {
        SEEN: Said(kept=True, figures=(0.99, 0.99, 1e-5), most=0.99),
        PASSED: Said(kept=True, most=0.99, beyond=True, outcome=Outcome.PASSED, clear=5),
    }
    return Event("e", 1, said=said, seen=(ended, beyond), forecast=view, ellipse=BELOW, down_s=DOWN_S)


def told(event, main, now_s, sites=SITES, figures=None) -> Event:
    return next_message(
        event, main, figures, AHEAD, Around(sites=sites), now_s=now_s, source="test", status=Status.EXERCISE,
        launch=Launch(datetime.fromtimestamp(T0 - 700.0, UTC), 1.0, "ZZ", "rocket"), assumed="",
    )  # fmt: skip


def outcomes(event: Event) -> list[Outcome]:
    assert event.message is not None
    return [event.message.outcome, *(place.outcome for place in event.message.places)]


AFTER_S = DOWN_S + LATE_S + 1.0


def test_what_fell_below_the_horizon_is_lost_until_all_of_it_must_be_down():
    soon = told(flown(), lost(), DOWN_S + LATE_S - 1.0)
    assert outcomes(soon) == [Outcome.LOST, Outcome.LOST, Outcome.PASSED]
    late = told(soon, lost(), AFTER_S)
    assert outcomes(late) == [Outcome.COME_DOWN, Outcome.COME_DOWN, Outcome.PASSED]
    assert late.message is not None
    (fact,) = [f for f in late.message.evidence if f.kind is EvidenceKind.LAST_ARRIVAL]
    assert fact.words == (
        "Not seen after 22:13:20Z, 20 km high and falling, below the horizon of a, b: down near 20.4, 125.5 "
        "(95 %: 20 x 5 km), the last by 22:16:40Z at probability 0.99"
    )
    assert read_decision(write_decision(late.message)) == late.message
    assert outcomes(told(late, lost(), AFTER_S + 600.0)) == outcomes(late)


@pytest.mark.parametrize(
    ("event", "main", "sites"),
    [
        pytest.param(flown(p_ended=0.96), lost(), SITES, id="thrust may have acted"),
        pytest.param(flown(ended_s=T0 - LONG_S + 1.0), lost(), SITES, id="thrust has only just ended"),
        pytest.param(flown(), lost(height_m=200e3), SITES, id="high above the horizon"),
        pytest.param(flown(), lost(climb_mps=10.0), SITES, id="not falling"),
        pytest.param(flown(), lost(hits=20), SITES, id="hardly seen"),
        pytest.param(flown(), lost(), {**SITES, "c": site("c", 21.5)}, id="another radar near by, even off"),
        pytest.param(flown(), lost(heard=("a", "b", "gps")), SITES, id="a source without a horizon"),
        pytest.param(flown(), lost(), {}, id="no sites known"),
        pytest.param(replace(flown(), seen=()), lost(), SITES, id="end of thrust not told"),
        pytest.param(replace(flown(), down_s=None), lost(), SITES, id="not known when it is down"),
    ],
)
def test_what_may_have_become_of_it_otherwise_stays_lost(event, main, sites):
    """13 April 2023 and 3 November 2022: lost is lost, for as long as it takes people to find out."""
    late = told(event, main, AFTER_S + 3600.0, sites)
    assert outcomes(late)[:2] == [Outcome.LOST, Outcome.LOST]


def test_what_is_seen_again_was_not_down():
    late = told(flown(), lost(), AFTER_S)
    again = replace(lost(), time_s=AFTER_S, last_s=AFTER_S)
    over, nothing = np.array([0.99]), np.array([0.0])
    seen = Figures(np.array([SEEN]), over, over, nothing, nothing, nothing + 30.0, nothing + 300.0)
    back = told(late, again, AFTER_S, figures=seen)
    assert outcomes(back)[:2] == [Outcome.FLYING, Outcome.FLYING]
    assert back.message is not None
    assert EvidenceKind.LAST_ARRIVAL not in {fact.kind for fact in back.message.evidence}
