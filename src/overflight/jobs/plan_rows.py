"""Rows of the plan report: computed values worded and rounded for people, nothing computed anew."""

from __future__ import annotations

import numpy as np
from pyproj import Geod
from shapely import MultiPolygon, get_parts

from overflight.exposure.announced import zone_ring
from overflight.exposure.drop_zones import inside_ring, ring_area_centre, rings_overlap
from overflight.exposure.nearest import nearest_to_track
from overflight.exposure.statistics import weighted_quantile
from overflight.flight.trajectory import Trajectory
from overflight.jobs.plan_words import SHOWN_P, percent
from overflight.jobs.planned import BodyZone, Planned
from overflight.report.values import AnnouncedZone, DropZone, LonLat, Outcome, PlaceRow, Track, ZoneDriver
from overflight.scenario.words import quantity_words

__all__ = ["announced_rows", "drop_zone_rows", "outcome_rows", "outline_rings", "place_rows", "track_rows"]

SHOWN_MOST = 60
_GEOD = Geod(ellps="WGS84")


def _ring(points: np.ndarray, digits: int = 4) -> tuple[LonLat, ...]:
    return tuple((round(float(lon), digits), round(float(lat), digits)) for lon, lat in points)


def announced_rows(planned: Planned) -> tuple[AnnouncedZone, ...]:
    """Return the announced zones as rings."""
    scenario = planned.scenario
    return tuple(
        AnnouncedZone(
            key=zone.key,
            label=zone.label,
            body=zone.body,
            ring=_ring(zone_ring(zone, scenario.site)),
            note=zone.note or "",
            sources=_sources(zone.source),
        )
        for zone in scenario.announced_zone
    )


def _sources(source: str | list[str] | None) -> tuple[str, ...]:
    return () if source is None else (source,) if isinstance(source, str) else tuple(source)


def track_rows(planned: Planned) -> tuple[Track, ...]:
    """Return the vehicle's path, flown as far as is known, and the falls of what it lets go."""
    flight, flown_s = planned.flight, flown_until(planned)
    vehicle = flight.vehicle
    tracks = []
    if flown_s is None:
        tracks.append(_track(vehicle, vehicle.name, "planned", 0.0, np.inf))
    else:
        tracks.append(_track(vehicle, vehicle.name, "flown", 0.0, flown_s))
        tracks.append(_track(vehicle, f"{vehicle.name}, as planned", "planned", flown_s, np.inf))
    tracks += [_track(body, body.name, "fall", 0.0, np.inf) for body in flight.bodies]
    return tuple(tracks)


def flown_until(planned: Planned) -> float | None:
    """Return until when the flight went as planned for all that is known: the earliest drawn moment of the
    failure that happened. None if nothing has happened yet."""
    happened = next((i for i, o in enumerate(planned.ensemble.outcomes) if o.happened and i > 0), None)
    if happened is None:
        return None
    rows = planned.ensemble.samples.outcome == happened
    return float(planned.ensemble.samples.end_s[rows].min()) if rows.any() else None


def _track(path: Trajectory, name: str, kind: str, first_s: float, last_s: float) -> Track:
    step = 5.0
    inside = (path.time_s >= first_s) & (path.time_s <= last_s)
    whole = np.isclose(path.time_s % step, 0.0) | np.isclose(
        path.time_s, path.time_s[inside][[0, -1]][:, None]
    ).any(axis=0)
    rows = np.flatnonzero(inside & whole)
    return Track(
        name=name,
        kind=kind,
        time_s=tuple(round(float(x), 2) for x in path.time_s[rows]),
        longitude_deg=tuple(round(float(x), 4) for x in np.degrees(path.longitude_rad[rows])),
        latitude_deg=tuple(round(float(x), 4) for x in np.degrees(path.latitude_rad[rows])),
        altitude_km=tuple(round(float(x) / 1e3, 2) for x in path.height_m[rows]),
    )


def outcome_rows(planned: Planned) -> tuple[Outcome, ...]:
    """Return how the launch may go, with the stated ranges of probability, most likely first."""
    rows = []
    modes = {mode.key: mode for mode in planned.scenario.failure}
    for index, outcome in enumerate(planned.ensemble.outcomes):
        mode = modes.get(outcome.key)
        bounds = mode.probability.range if mode is not None else None
        flights = int(np.sum(planned.ensemble.samples.outcome == index))
        rows.append(
            Outcome(
                key=outcome.key,
                label=outcome.label,
                probability=outcome.probability,
                low=bounds[0] if bounds else None,
                high=bounds[1] if bounds else None,
                falls=_where_it_falls(planned, index),
                happened=outcome.happened and index > 0,
                is_failure=index > 0,
                flights=flights,
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.is_failure, -row.probability)))


def _where_it_falls(planned: Planned, index: int) -> str:
    ensemble, impacts, site = planned.ensemble, planned.impacts, planned.scenario.site
    kinds = np.array([body.kind for body in ensemble.bodies])
    rows = (ensemble.samples.outcome[impacts.sample] == index) & np.isin(
        kinds[impacts.body], ("intact", "breakup")
    )
    flights = ensemble.samples.outcome == index
    if not flights.any():
        return "not computed"
    if index == 0:
        reached = float(ensemble.samples.orbit[flights].mean())
        if reached > 0.5:
            return f"reaches orbit in {percent(reached)} of these flights; only the planned parts fall"
    if not rows.any():
        return "nothing but the planned parts falls"
    lon, lat = np.degrees(impacts.longitude_rad[rows]), np.degrees(impacts.latitude_rad[rows])
    ones = np.ones(len(lon))
    _, _, distance = _GEOD.inv(site.longitude_deg * ones, site.latitude_deg * ones, lon, lat)
    low, high = weighted_quantile(distance / 1e3, impacts.pieces[rows], (0.05, 0.95))
    return f"comes down {_km_words(low)} to {_km_words(high)} km from the pad"


def _km_words(value: float) -> str:
    step = 1 if value < 20 else 10 if value < 1000 else 100
    return f"{round(value / step) * step:,.0f}"


def place_rows(planned: Planned) -> tuple[PlaceRow, ...]:
    """Return the places shown: under the track in 1 % of flights or more, or with debris."""
    exposure = planned.exposure
    likely = exposure.over.mean >= SHOWN_P
    debris = exposure.debris.mean
    riskiest = np.zeros(len(debris), bool)
    riskiest[np.argsort(-debris, kind="stable")[:10]] = True
    chosen = np.flatnonzero(likely | (riskiest & (debris > 0.0)))
    order = sorted(
        chosen,
        key=lambda j: (
            -exposure.over.mean[j],
            exposure.first_s[j],
            planned.places[int(exposure.place[j])].key,
        ),
    )
    return tuple(_place_row(planned, int(j)) for j in order[:SHOWN_MOST])


def _place_row(planned: Planned, j: int) -> PlaceRow:
    exposure = planned.exposure
    place = planned.places[int(exposure.place[j])]
    near = nearest_to_track(place, planned.flight.vehicle)
    middle = place.geometry.representative_point()
    return PlaceRow(
        code=place.code,
        name=place.name,
        name_en=place.name_en,
        country=place.country or "",
        region=place.region_en or place.region,
        population=place.population,
        population_source=place.population_source,
        longitude_deg=round(middle.x, 4),
        latitude_deg=round(middle.y, 4),
        rings=outline_rings(place.geometry),
        closest_km=round(near.distance_m / 1e3, 1),
        closest_side=near.side,
        closest_time_s=round(near.time_s, 1),
        first_time_s=_finite(exposure.first_s[j]),
        last_time_s=_finite(exposure.last_s[j]),
        p_over=float(exposure.over.mean[j]),
        p_over_se=float(exposure.over.error[j]),
        p_impact_line=float(exposure.impact_line.mean[j]),
        p_impact_line_se=float(exposure.impact_line.error[j]),
        p_debris=float(exposure.debris.mean[j]),
        p_debris_se=float(exposure.debris.error[j]),
        p_debris_below=_finite(exposure.debris.below[j]),
    )


def outline_rings(geometry: MultiPolygon) -> tuple[tuple[LonLat, ...], ...]:
    """Return outer rings as fine as a page can show: a province needs fewer points than an island."""
    west, south, east, north = geometry.bounds
    drawn = geometry.simplify(min(max((north - south) / 300.0, (east - west) / 300.0, 0.002), 0.05))
    return tuple(_ring(np.asarray(part.exterior.coords)) for part in get_parts(drawn))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def drop_zone_rows(planned: Planned) -> tuple[DropZone, ...]:
    """Return where each body falls beside the zone announced for it."""
    return tuple(_drop_zone_row(planned, zone) for zone in planned.zones)


def _drop_zone_row(planned: Planned, found: BodyZone) -> DropZone:
    ensemble, impacts, zone, body = planned.ensemble, planned.impacts, found.zone, found.body
    rows = np.flatnonzero(impacts.of(ensemble.body_index(body.key)))
    if found.happened:
        happened = next(i for i, o in enumerate(ensemble.outcomes) if o.happened)
        rows = rows[ensemble.samples.outcome[impacts.sample[rows]] == happened]
    weights = ensemble.weights[impacts.sample[rows]] * impacts.pieces[rows]
    lon, lat = np.degrees(impacts.longitude_rad[rows]), np.degrees(impacts.latitude_rad[rows])
    first, last = weighted_quantile(impacts.time_s[rows], weights, (0.05, 0.95))
    thin = np.linspace(0, len(rows) - 1, min(len(rows), 150)).astype(int)
    announced = next((z for z in planned.scenario.announced_zone if z.body == body.key), None)
    inside = overlap = offset = centre = None
    if announced is not None:
        ring = zone_ring(announced, planned.scenario.site)
        inside = float(weights[inside_ring(ring, lon, lat)].sum() / weights.sum())
        overlap = rings_overlap(ring, zone.ring_deg)
        centre = ring_area_centre(ring)
        offset = _GEOD.inv(*centre, *zone.centre_deg)[2] / 1e3
    return DropZone(
        body_key=body.key,
        body=body.label,
        condition="flights with the failure that happened"
        if found.happened
        else "all flights that let it go",
        announced_key=announced.key if announced else None,
        announced_centre=centre,
        centre=zone.centre_deg,
        semi_major_km=zone.semi_major_m / 1e3,
        semi_minor_km=zone.semi_minor_m / 1e3,
        azimuth_deg=zone.azimuth_deg,
        containment=zone.containment,
        contained=zone.contained,
        ring=_ring(zone.ring_deg),
        ring_half=_ring(zone.half_ring_deg),
        samples=_ring(np.stack([lon[thin], lat[thin]], axis=1), 3),
        impacts=len(rows),
        first_time_s=first,
        last_time_s=last,
        inside_announced=inside,
        overlaps_announced=overlap,
        centre_offset_km=offset,
        agreement=_agreement(inside, overlap, offset),
        shape=zone.shape,
        planned=not found.happened,
        drivers=_drivers(planned, found),
    )


def _drivers(planned: Planned, found: BodyZone) -> tuple[ZoneDriver, ...]:
    """Return the inputs that drive a zone more than twice their error and 3 %, two an axis at most."""
    rows = []
    for axis in ("along", "across"):
        clear = [d for d in found.drivers if d.axis == axis and d.share > max(2.0 * d.error, 0.03)]
        rows += [
            ZoneDriver(axis, d.path, quantity_words(d.path, planned.scenario), d.share, d.error)
            for d in clear[:2]
        ]
    return tuple(rows)


def _agreement(inside: float | None, overlap: bool | None, offset_km: float | None) -> str:
    if inside is None or offset_km is None:
        return "Cannot be said. No zone announced for it"
    share = f"{percent(inside)} inside, centre {_km_words(offset_km)} km off"
    if inside >= 0.9:
        return f"Yes. {share}"
    return f"In part. {share}" if overlap else f"No. {share}"
