"""Files of a plan: the report and its values in the formats people open them in."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from typing import Any

import numpy as np

from overflight.flight.trajectory import Trajectory
from overflight.formats.csv_tables import Column, csv_table
from overflight.formats.czml import scene
from overflight.formats.features import Feature, PathRows, PointFeature, PolygonFeature, Role
from overflight.formats.geojson import feature_collection
from overflight.formats.kml import document
from overflight.formats.oem import StateRows, write_oem
from overflight.jobs.plan_areas import areas_geojson, levels_geojson
from overflight.jobs.plan_footprints import footprints_geojson
from overflight.jobs.plan_inputs import plan_inputs
from overflight.jobs.plan_tables import flights_csv, risk_csv
from overflight.jobs.plan_words import percent
from overflight.jobs.planned import Planned
from overflight.report.plan_page import render_plan_page
from overflight.report.values import PlanReport
from overflight.warning.cap.compose import compose
from overflight.warning.drafts import Draft

__all__ = ["plan_files", "run_json"]

_LIBRARIES = ("numpy", "numba", "scipy", "shapely", "pyproj")


def plan_files(
    planned: Planned, report: PlanReport, drafts: Sequence[Draft], scenario_bytes: bytes
) -> dict[str, bytes]:
    """Return the content of every file of the output folder by its relative name."""
    features = _features(planned, report)
    areas = [feature for feature in features if isinstance(feature, PolygonFeature)]
    files = {
        "index.html": render_plan_page(report).encode(),
        "nominal.csv": _nominal_csv(planned).encode(),
        "impacts.csv": _impacts_csv(planned).encode(),
        "flights.csv": flights_csv(planned).encode(),
        "places.csv": _places_csv(planned).encode("utf-8-sig"),
        "sensitivities.csv": _sensitivities_csv(planned).encode(),
        "risk.csv": risk_csv(planned).encode("utf-8-sig"),
        "hazard_areas.geojson": _hazard_areas(report).encode(),
        "risk_map.geojson": levels_geojson(report.title, report.risk.levels if report.risk else ()).encode(),
        "footprints.geojson": footprints_geojson(planned, report.title).encode(),
        "zones.geojson": feature_collection(areas, title=report.title).encode(),
        "scene.czml": scene(report.title, features).encode(),
        "scene.kml": document(report.title, features, description=report.headline),
        "trajectory.oem": _oem(planned, report).encode(),
        "scenario.json": planned.scenario.model_dump_json().encode(),  # the prior of `overflight warn`
    }
    files |= {f"alerts/{draft.file_name}": compose(draft.alert) for draft in drafts}
    files |= {notice.file: notice.text.encode() for notice in report.notices}
    files["run.json"] = run_json(report, plan_inputs(planned, scenario_bytes), files)
    return files


def _hazard_areas(report: PlanReport) -> str:
    """Return the hazard and response areas of a report as GeoJSON."""
    risk = report.risk
    rows, responses = (risk.areas, risk.responses) if risk else ((), ())
    return areas_geojson(report.title, rows, responses, report.lift_off_utc)


def run_json(report: PlanReport, inputs: dict[str, Any], files: dict[str, bytes]) -> bytes:
    """Return what repeats and proves a run: hashes of inputs and outputs, versions, every figure shown."""
    record = {
        "made_by": "overflight plan",
        "run": asdict(report.run),
        "inputs": inputs,
        "platform": {
            "system": platform.system(),
            "machine": platform.machine(),
            "python": platform.python_version(),
        },
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "outputs_sha256": {
            name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())
        },
        "report": asdict(report),
    }
    return json.dumps(record, ensure_ascii=False, default=_json_value).encode()


def _json_value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _features(planned: Planned, report: PlanReport) -> list[Feature]:
    epoch, flight = report.lift_off_utc, planned.flight
    features: list[Feature] = [PointFeature(report.site, *report.site_lonlat, role=Role.SITE)]
    features.append(_path(flight.vehicle, epoch, Role.PLANNED))
    features += [_path(body, epoch, Role.FALL) for body in flight.bodies]
    if report.band:
        features.append(PolygonFeature.of_ring("90 % band of ground tracks", report.band, Role.BAND))
    for zone in report.announced:
        properties = {"note": zone.note, "sources": ", ".join(zone.sources)}
        features.append(PolygonFeature.of_ring(zone.label, zone.ring, Role.ANNOUNCED, properties))
    for zone in report.drop_zones:
        properties = {
            "containment": zone.containment,
            "contained": round(zone.contained, 4),
            "semi_major_km": round(zone.semi_major_km, 1),
            "semi_minor_km": round(zone.semi_minor_km, 1),
            "azimuth_deg": round(zone.azimuth_deg, 1),
            "condition": zone.condition,
        }
        features.append(
            PolygonFeature.of_ring(
                f"{zone.body}, {percent(zone.containment)}", zone.ring, Role.COMPUTED, properties
            )
        )
    for place in report.places:
        if not place.rings:
            continue
        properties = {"code": place.code, "p_over": round(place.p_over, 4), "p_debris": place.p_debris}
        polygons = tuple((ring,) for ring in place.rings)
        features.append(
            PolygonFeature(place.name_en or place.name, polygons, Role.PLACE, properties=properties)
        )
    return features


def _path(path: Trajectory, epoch: datetime, role: Role) -> PathRows:
    keep = np.unique(np.r_[np.arange(0, len(path), 5), len(path) - 1])
    return PathRows(
        name=path.name,
        epoch_utc=epoch,
        time_s=path.time_s[keep],
        longitude_deg=np.degrees(path.longitude_rad[keep]),
        latitude_deg=np.degrees(path.latitude_rad[keep]),
        altitude_m=path.height_m[keep],
        role=role,
    )


def _nominal_csv(planned: Planned) -> str:
    path = planned.flight.vehicle
    return csv_table(
        [
            Column("time", "s", path.time_s),
            Column("latitude", "deg", np.degrees(path.latitude_rad), 6),
            Column("longitude", "deg", np.degrees(path.longitude_rad), 6),
            Column("geodetic_height", "m", path.height_m, 1),
            Column("earth_relative_speed", "mps", path.speed_mps, 2),
            Column("inertial_speed", "mps", path.inertial_speed_mps, 2),
            Column("mass", "kg", path.mass_kg, 1),
            *(Column(f"ecef_{axis}", "m", path.position_m[:, i], 1) for i, axis in enumerate("xyz")),
            *(
                Column(f"ecef_velocity_{axis}", "mps", path.velocity_mps[:, i], 3)
                for i, axis in enumerate("xyz")
            ),
        ]
    )


def _impacts_csv(planned: Planned) -> str:
    impacts, ensemble = planned.impacts, planned.ensemble
    classes = planned.catalogues.class_keys
    return csv_table(
        [
            Column("flight", None, impacts.sample),
            Column(
                "outcome", None, [ensemble.outcomes[i].key for i in ensemble.samples.outcome[impacts.sample]]
            ),
            Column("flight_weight", None, ensemble.weights[impacts.sample], 8),
            Column("body", None, [ensemble.bodies[i].key for i in impacts.body]),
            Column("fragment_class", None, [classes[i] if i >= 0 else "" for i in impacts.fragment_class]),
            Column("pieces", None, impacts.pieces, 4),
            Column("time", "s", impacts.time_s, 1),
            Column("latitude", "deg", np.degrees(impacts.latitude_rad), 5),
            Column("longitude", "deg", np.degrees(impacts.longitude_rad), 5),
            Column("piece_mass", "kg", impacts.mass_kg, 2),
            Column("impact_speed", "mps", impacts.speed_mps, 1),
            Column("piece_energy", "j", impacts.energy_j, 0),
        ]
    )


def _places_csv(planned: Planned) -> str:
    exposure = planned.exposure
    rows = [planned.places[int(i)] for i in exposure.place]
    return csv_table(
        [
            Column("key", None, [p.key for p in rows]),
            Column("code", None, [p.code for p in rows]),
            Column("code_scheme", None, [p.scheme for p in rows]),
            Column("name", None, [p.name for p in rows]),
            Column("name_en", None, [p.name_en for p in rows]),
            Column("country", None, [p.country for p in rows]),
            Column("region", None, [p.region for p in rows]),
            Column("population", None, [p.population for p in rows]),
            Column("population_source", None, [p.population_source for p in rows]),
            Column("within_width", "km", [exposure.width_m / 1e3] * len(rows), 1),
            Column("p_over", None, exposure.over.mean, 6),
            Column("p_over_error", None, exposure.over.error, 6),
            Column("first_over", "s", exposure.first_s, 1),
            Column("last_over", "s", exposure.last_s, 1),
            Column("p_impact_line", None, exposure.impact_line.mean, 6),
            Column("p_impact_line_error", None, exposure.impact_line.error, 6),
            Column("p_debris", None, exposure.debris.mean, 9),
            Column("p_debris_error", None, exposure.debris.error, 9),
            Column("p_debris_below", None, exposure.debris.below, 9),
        ]
    )


def _oem(planned: Planned, report: PlanReport) -> str:
    """Return the planned path, one segment between each two events where the thrust or the mass jumps."""
    path, site = planned.flight.vehicle, planned.scenario.site
    cuts = [event.time_s for event in planned.flight.events]
    edges = np.unique(
        [path.time_s[0], *(t for t in cuts if path.time_s[0] < t < path.time_s[-1]), path.time_s[-1]]
    )
    segments = []
    for first, last in pairwise(edges):
        rows = np.flatnonzero((path.time_s >= first) & (path.time_s <= last))
        if len(rows) < 2:
            continue
        segments.append(
            StateRows(
                name=_ascii(planned.scenario.vehicle.name),
                object_id=f"PLANNED-{report.lift_off_utc:%Y%m%d}",
                epoch_utc=report.lift_off_utc,
                time_s=path.time_s[rows],
                position_m=path.position_m[rows],
                velocity_mps=path.velocity_mps[rows],
            )
        )
    comments = (
        "Analysis, not an official product.",
        f"Planned flight from {_ascii(site.name)}, stated values of the scenario.",
    )
    return write_oem(
        segments, originator="OVERFLIGHT", created_utc=report.run.computed_utc, comments=comments
    )


def _ascii(text: str) -> str:
    plain = text.encode("ascii", "ignore").decode().strip()
    return plain or "VEHICLE"


def _sensitivities_csv(planned: Planned) -> str:
    rows = [(zone.body.key, driver) for zone in planned.zones for driver in zone.drivers]
    return csv_table(
        [
            Column("body", None, [body for body, _ in rows]),
            Column("axis", None, [driver.axis for _, driver in rows]),
            Column("input", None, [driver.path for _, driver in rows]),
            Column("share_of_variance", None, [driver.share for _, driver in rows], 4),
            Column("standard_error", None, [driver.error for _, driver in rows], 4),
        ]
    )
