"""Replay the satellite launches in the record of public alerts, and keep what a desk would have done as data.

    python tools/replay_alerts.py [KEY ...]        writes src/overflight/record/replays.json

Flies each launch several times, lets the example's radars see it, follows it with the plan drafted from the
zones announced before it, and hears the messages at desks whose people take a stated time to approve. About a
quarter of an hour for all. With keys of alerts only those are made anew. What each case stands for is written
into the file, and from there onto the page (`overflight record --alerts --page alerts.html`).
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from overflight import __version__
from overflight.exposure.places import load_places
from overflight.flight.simulate import scenario_air
from overflight.formats.sensors_toml import read_sensors
from overflight.jobs.alert_replay import Case, replay
from overflight.record.alerts import load_alerts
from overflight.record.replays import Replayed, ReplayRun, Replays, read_replays
from overflight.scenario.load import load_scenario
from overflight.scenario.model import Scenario
from overflight.track.prior import plan_prior
from overflight.warning.policy import read_policy

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "src/overflight/record/replays.json"
AUGUST = ROOT / "examples/malligyong-1-2023-08-24"
MAY = ROOT / "examples/malligyong-1-2023-05-31"
POLICY = ROOT / "examples/desk/policy.toml"
PARTS = (0.1, 0.3, 0.5, 0.7, 0.9)
"""When it fails, as shares of the time in which it may: never published, so spread evenly."""
APPROVALS_S = (0.0, 60.0, 180.0)
EVERY_S = 2.0
WIDTH_M = 50e3


@dataclass(frozen=True)
class Story:
    """How one launch is stood in for."""

    truth: Path
    launched: datetime
    announced_from: datetime
    outcome: str
    is_own: bool
    manner: str


STORIES = {
    "2023-05-31": Story(
        MAY / "launch.toml", datetime(2023, 5, 30, 21, 27, 30, tzinfo=UTC),
        datetime(2023, 5, 30, 15, 0, tzinfo=UTC), "stage-2-no-ignition", True,
        "The launch itself: stage 2 does not ignite.",
    ),
    "2023-08-24": Story(
        AUGUST / "launch.toml", datetime(2023, 8, 23, 18, 50, 30, tzinfo=UTC),
        datetime(2023, 8, 23, 15, 0, tzinfo=UTC), "stage-3-termination", True,
        "The launch itself: stages 1 and 2 normal, stage 3 lost to its termination system, at moments spread "
        "evenly over its burn.",
    ),
    "2023-11-21": Story(
        AUGUST / "launch.toml", datetime(2023, 11, 21, 13, 42, 28, tzinfo=UTC),
        datetime(2023, 11, 21, 15, 0, tzinfo=UTC), "as-planned", False,
        "In its manner: the vehicle of August 2023 flies as planned, 77 minutes before the announced window.",
    ),
    "2024-05-27": Story(
        AUGUST / "launch.toml", datetime(2024, 5, 27, 13, 44, tzinfo=UTC),
        datetime(2024, 5, 26, 15, 0, tzinfo=UTC), "stage-1-loss", False,
        "In its manner: the vehicle was another and was never described; that of August 2023 explodes during "
        "its first stage, at moments spread evenly over the burn.",
    ),
}  # fmt: skip
PRIOR = (
    "the vehicle as public sources give it, fitted to the announced zones alone "
    "(announced.toml of the example)"
)
MISSILE = (
    "It was a missile. This tool has no scenario of one: how it would fly is not public, and guessing it "
    "would be a model of a weapon."
)


def moved(scenario: Scenario, to: datetime) -> Scenario:
    """Return a scenario at another instant."""
    return scenario.model_copy(update={"launch": scenario.launch.model_copy(update={"utc": to})})


def made(key: str) -> Replayed:
    """Fly all cases of one alert."""
    story = STORIES[key]
    truth = moved(load_scenario(story.truth), story.launched)
    plan = moved(load_scenario(AUGUST / "announced.toml"), story.announced_from)
    sensors = read_sensors((AUGUST / "sensors.toml").read_bytes(), "sensors.toml")
    policy = read_policy(POLICY.read_bytes(), "policy.toml")
    prior = plan_prior(plan, scenario_air(plan))
    runs: list[ReplayRun] = []
    for seed, part in enumerate(PARTS, 1):
        case = Case(story.outcome, part, seed, every_s=EVERY_S)
        runs.append(replay(truth, sensors, prior, policy, case, APPROVALS_S, perf_counter))
        print(key, runs[-1], flush=True)
    return Replayed(
        key=key, scenario=f"{story.truth.parent.name}/{story.truth.name}", is_own=story.is_own,
        manner=story.manner, prior=PRIOR, outcome=story.outcome, runs=tuple(runs),
    )  # fmt: skip


def main() -> int:
    """Make the replays asked for and write the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("key", nargs="*", help=f"alerts to make anew; all if none: {', '.join(STORIES)}")
    wanted = parser.parse_args().key or list(STORIES)
    if unknown := [key for key in wanted if key not in STORIES]:
        print(f"{', '.join(unknown)}: choose among {', '.join(STORIES)}", file=sys.stderr)
        return 2
    kept = {}
    if KEPT.exists() and set(wanted) != set(STORIES):
        kept = {alert.key: alert for alert in read_replays(KEPT.read_bytes(), str(KEPT)).alert}
    kept |= {key: made(key) for key in wanted}
    policy = read_policy(POLICY.read_bytes(), "policy.toml")
    places = sum(any(area.holds(place.key) for area in policy.area) for place in load_places())
    replays = Replays(
        schema_version=1, version=__version__, made=f"{datetime.now(UTC):%Y-%m-%d}",
        sensors="three radars at generic places, their numbers assumptions (sensors.toml of the example)",
        policy="Okinawa, called at a probability of 0.05 of a passage within the width, or 1e-4 of debris "
        "(examples/desk/policy.toml)",
        places_of_policy=places, every_s=EVERY_S, width_m=WIDTH_M,
        alert=tuple(kept[key] for key in STORIES if key in kept),
        not_replayed={alert.key: MISSILE for alert in load_alerts() if alert.key not in STORIES},
    )  # fmt: skip
    KEPT.write_text(replays.model_dump_json(indent=1) + "\n", "utf-8")
    print(f"wrote {KEPT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
