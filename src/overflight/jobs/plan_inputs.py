"""What a plan was made from, as ``run.json`` says and the run id carries: scenario, weather, own places."""

from __future__ import annotations

import hashlib
from typing import Any

from overflight.exposure.place import Places
from overflight.jobs.planned import Planned

__all__ = ["own_places_digest", "plan_inputs"]


def plan_inputs(planned: Planned, scenario_bytes: bytes) -> dict[str, Any]:
    """Return hashes of what went in. Own places stand there by their keys, too: of a place that a plan does
    not list, they tell whether it was looked at."""
    inputs: dict[str, Any] = {"scenario_sha256": hashlib.sha256(scenario_bytes).hexdigest()}
    if planned.weather is not None:
        inputs["weather_sha256"] = planned.weather.digest
    if own := own_places_digest(planned.places):
        inputs["places_sha256"] = own
        inputs["places"] = [place.key for place in planned.places]
    return inputs


def own_places_digest(places: Places) -> str:
    """Return the hash of a user's own places, empty for the packaged ones, which alone carry credits."""
    if places.credits:
        return ""
    digest = hashlib.sha256()
    for place in places:
        digest.update(f"{place.key}\0{place.population}\0".encode() + place.geometry.wkb)
    return digest.hexdigest()
