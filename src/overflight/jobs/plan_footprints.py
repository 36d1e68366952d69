"""Footprints: where the pieces of each class come down after each failure, as a file of polygons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from overflight.debris.catalogue import Catalogues
from overflight.debris.impacts import Impacts
from overflight.exposure.response_areas import Footprint, footprint
from overflight.flight.ensemble import Body, Ensemble, Outcome
from overflight.formats.features import PolygonFeature, Role
from overflight.formats.geojson import feature_collection
from overflight.jobs.planned import Planned

__all__ = ["ClassFootprint", "class_footprints", "footprints_geojson"]

LEVEL = 0.97
LEAST_FLIGHTS = 10
"""Fewer flights say too little of where an area ends."""


@dataclass(frozen=True, slots=True)
class ClassFootprint:
    """The area of one class (None: in one piece) of one body after one outcome, and from how many flights."""

    outcome: Outcome
    body: Body
    fragment_class: str | None
    footprint: Footprint
    flights: int
    first_s: float
    last_s: float


def class_footprints(
    ensemble: Ensemble, impacts: Impacts, catalogues: Catalogues, level: float = LEVEL
) -> Iterator[ClassFootprint]:
    """Yield the areas that hold ``level`` of the pieces, by outcome, body and class of fragments.

    Only of what breaks up or falls in one piece after a failure; pieces that cannot hurt are among them.
    """
    remains = np.array([body.kind in ("intact", "breakup") for body in ensemble.bodies])
    rows = np.flatnonzero(remains[impacts.body])
    outcome = ensemble.samples.outcome[impacts.sample[rows]]
    kinds = np.stack([outcome, impacts.body[rows], impacts.fragment_class[rows]], axis=1)
    groups, which = np.unique(kinds, axis=0, return_inverse=True)
    for number, (k, body, kind) in enumerate(groups):
        here = rows[which.ravel() == number]
        sample = impacts.sample[here]
        flights = len(np.unique(sample))
        if flights < LEAST_FLIGHTS:
            continue
        area = footprint(
            np.degrees(impacts.longitude_rad[here]), np.degrees(impacts.latitude_rad[here]),
            ensemble.weights[sample] * impacts.pieces[here], sample, level,
        )  # fmt: skip
        yield ClassFootprint(
            ensemble.outcomes[k], ensemble.bodies[body], catalogues.class_keys[kind] if kind >= 0 else None,
            area, flights, float(impacts.time_s[here].min()), float(impacts.time_s[here].max()),
        )  # fmt: skip


def footprints_geojson(planned: Planned, title: str) -> str:
    """Return the footprints of a plan as GeoJSON."""
    return feature_collection(
        (
            PolygonFeature(
                f"{found.outcome.label}: {found.fragment_class or found.body.label}",
                tuple((tuple(map(tuple, ring.tolist())),) for ring in found.footprint.rings_deg),
                Role.COMPUTED,
                properties={
                    "kind": "footprint", "outcome": found.outcome.key, "body": found.body.key,
                    "fragment_class": found.fragment_class or "in one piece",
                    "level": found.footprint.level, "contained": round(found.footprint.contained, 4),
                    "contained_error": round(found.footprint.error, 4), "flights": found.flights,
                    "first_s": round(found.first_s, 1), "last_s": round(found.last_s, 1),
                },
            )
            for found in class_footprints(planned.ensemble, planned.impacts, planned.catalogues)
        ),
        title=title,
    )  # fmt: skip
