"""What the satellite of a launch could see: its camera, from the orbit that it reached or was to reach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from overflight.exposure.statistics import weighted_quantile
from overflight.flight.orbit_reached import apsides
from overflight.jobs.explain import Explained
from overflight.orbit.evidence import known_camera
from overflight.orbit.imaging import Camera, ImagingAssessment, Span, TaskRow, assess
from overflight.report.bulletin_values import Imaging, SeenRow
from overflight.scenario.claims import OrbitClaim

__all__ = ["imaging_row"]

_SHOWN = ("carrier", "destroyer", "fighter")
_TASK = "recognise"


def imaging_row(found: Explained) -> Imaging | None:
    """Return what the camera could show, None where nothing bounds it: neither the facts nor our evidence."""
    told = found.facts.camera
    heights, height_is = _heights(found)
    if told is not None and told.altitude_km is not None:
        heights, height_is = Span(*told.altitude_km, "km"), "published"
    if heights is None:
        return None
    name = found.scenario.vehicle.payload_name or ""
    if told is not None:
        given = {key: Span(*ends) for key, ends in told.given.items()}
        camera = Camera(told.name or name, heights, **given, evidence=told.evidence)
        sources = (told.source,) if isinstance(told.source, str) else tuple(told.source)
    else:
        known = known_camera(name)
        if known is None:
            return None
        camera, sources = replace(known, altitude_km=heights), ()
    return _row(assess(camera), height_is, sources)


def _heights(found: Explained) -> tuple[Span | None, str]:
    """Return from which heights it looks: as published, else computed, else as planned."""
    for claim in found.facts.claim:
        if isinstance(claim, OrbitClaim) and claim.perigee_km is not None:
            top = claim.apogee_km or claim.perigee_km
            return Span(claim.perigee_km, top, "km"), "published"
    samples, weights = found.ensemble.samples, found.ensemble.weights
    orbit = samples.orbit
    if weights[orbit].sum() >= 0.5:
        shape = apsides(samples.end_state[orbit])
        low = weighted_quantile(shape.perigee_m / 1e3, weights[orbit], (0.05,))[0]
        high = weighted_quantile(np.minimum(shape.apogee_m / 1e3, 50_000.0), weights[orbit], (0.95,))[0]
        return Span(low, high, "km"), "computed"
    plan = found.scenario.flight_plan
    if plan.target_orbit is not None:
        low = plan.target_orbit.perigee_km.value
        apogee = plan.target_orbit.apogee_km
        return Span(low, low if apogee is None else apogee.value, "km"), "planned"
    if plan.cut_off is not None:
        height = plan.cut_off.mean_altitude_km.value
        return Span(height, height, "km"), "planned"
    return None, ""


def _row(seen: ImagingAssessment, height_is: str, sources: tuple[str, ...]) -> Imaging:
    camera = seen.camera
    return Imaging(
        camera=camera.name,
        altitude_low_km=camera.altitude_km.low,
        altitude_high_km=camera.altitude_km.high,
        altitude_is=height_is,
        off_nadir_deg=camera.off_nadir_deg.high,
        gsd_low_m=seen.gsd_m.low,
        gsd_high_m=seen.gsd_m.high,
        niirs_low=seen.niirs.low,
        niirs_high=seen.niirs.high,
        niirs_error=seen.niirs_error,
        seen=tuple(_seen(seen.row(key, _TASK)) for key in _SHOWN),
        evidence=camera.evidence,
        sources=sources,
    )


def _seen(row: TaskRow) -> SeenRow:
    """Return the chances of a task over both rules: neither is right for all."""
    chances = (row.johnson, row.niirs_chance)
    low, high = min(c.low for c in chances), max(c.high for c in chances)
    return SeenRow(row.object_class, row.task, low, high)
