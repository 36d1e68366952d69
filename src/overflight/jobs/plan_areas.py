"""Areas of a plan (hazard, debris response, risk of one person): computed, as rows, and as GeoJSON files."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from overflight.debris.casualty import casualty_area_m2, propellant_kg
from overflight.debris.impacts import Impacts
from overflight.exposure.hazard_areas import HazardArea, ascent_area, hazard_areas
from overflight.exposure.response_areas import ResponseArea, response_areas
from overflight.exposure.risk_map import RiskContour, risk_contours
from overflight.flight.ensemble import Ensemble
from overflight.flight.trajectory import Trajectory
from overflight.formats.features import PolygonFeature, Role, utc_text
from overflight.formats.geojson import feature_collection
from overflight.jobs.planned import Planned
from overflight.report.risk_values import AreaRow, ResponseRow, RiskLevel
from overflight.report.values import LonLat
from overflight.scenario.model import Scenario

__all__ = ["area_rows", "areas_geojson", "compute_areas", "level_rows", "levels_geojson", "response_rows"]

NOTICE_MARGIN_S = 1800.0
"""Notices hold from half an hour before to half an hour after (14 CFR B417.9 and B417.11)."""


def compute_areas(
    scenario: Scenario, ensemble: Ensemble, impacts: Impacts, path: Trajectory
) -> tuple[tuple[HazardArea, ...], tuple[ResponseArea, ...], tuple[RiskContour, ...]]:
    """Return the hazard areas, the debris response areas and the risk contours of a launch."""
    area = casualty_area_m2(impacts, propellant_kg(scenario, ensemble, impacts), scenario.risk)
    return (
        (_ascent(path), *hazard_areas(ensemble, impacts, area, scenario.risk)),
        response_areas(ensemble, impacts, area),
        risk_contours(ensemble, impacts, area),
    )


def _ascent(path: Trajectory) -> HazardArea:
    lonlat = np.degrees(np.stack([path.longitude_rad, path.latitude_rad], axis=1))
    return ascent_area(lonlat, path.height_m, path.time_s)


def _outward(ring: np.ndarray) -> tuple[LonLat, ...]:
    """Return a ring to a thousandth of a degree, rounded away from its middle so that nothing is lost."""
    middle = ring[:-1].mean(axis=0)
    rounded = np.where(ring > middle, np.ceil(ring * 1e3), np.floor(ring * 1e3)) / 1e3
    return tuple((float(lon), float(lat)) for lon, lat in rounded)


def area_rows(planned: Planned) -> tuple[AreaRow, ...]:
    """Return the hazard areas with the times from which and until which a notice would hold."""
    return tuple(
        AreaRow(
            whom=area.whom,
            label=area.label,
            rule=area.rule,
            level=area.level,
            planned=area.planned,
            ring=_outward(area.ring_deg),
            from_s=min(0.0, area.from_s) - NOTICE_MARGIN_S,
            to_s=area.to_s + NOTICE_MARGIN_S,
        )
        for area in planned.safety.hazards
    )


def response_rows(planned: Planned) -> tuple[ResponseRow, ...]:
    """Return the debris response areas by the stretch of flight in which the failure comes."""
    return tuple(
        ResponseRow(
            start_s=area.start_s,
            end_s=area.end_s,
            chance=area.chance,
            level=area.footprint.level,
            contained=area.footprint.contained,
            contained_error=area.footprint.error,
            first_s=area.first_s,
            released_s=area.released_s,
            rings=tuple(_outward(ring) for ring in area.footprint.rings_deg),
        )
        for area in planned.safety.responses
    )


def areas_geojson(
    title: str, areas: tuple[AreaRow, ...], responses: tuple[ResponseRow, ...], lift_off_utc: datetime
) -> str:
    """Return both kinds of area as one GeoJSON file."""

    def at(seconds: float) -> str:
        return utc_text(lift_off_utc + timedelta(seconds=round(seconds)))

    features = [
        PolygonFeature.of_ring(
            f"{row.label}, {row.whom}",
            row.ring,
            Role.COMPUTED,
            {
                "kind": "hazard area", "whom": row.whom, "planned": row.planned, "level": row.level,
                "rule": row.rule, "from_utc": at(row.from_s), "to_utc": at(row.to_s),
            },
        )
        for row in areas
    ]  # fmt: skip
    features += [
        PolygonFeature(
            f"Debris response area, failure {row.start_s:.0f} to {row.end_s:.0f} s",
            tuple((ring,) for ring in row.rings),
            Role.COMPUTED,
            properties={
                "kind": "debris response area", "failure_from_s": row.start_s, "failure_to_s": row.end_s,
                "level": row.level, "contained": round(row.contained, 4),
                "contained_error": round(row.contained_error, 4), "released_utc": at(row.released_s),
            },
        )
        for row in responses
    ]  # fmt: skip
    return feature_collection(features, title=title)


def level_rows(planned: Planned) -> tuple[RiskLevel, ...]:
    """Return where one person outdoors is at risk, by powers of ten."""
    return tuple(
        RiskLevel(
            found.level,
            float(f"{found.area_m2 / 1e6:.3g}"),
            tuple(tuple(_ring(ring) for ring in rings) for rings in found.polygons_deg),
        )
        for found in planned.safety.contours
    )


def _ring(ring: np.ndarray) -> tuple[LonLat, ...]:
    return tuple((round(float(lon), 4), round(float(lat), 4)) for lon, lat in ring)


def levels_geojson(title: str, levels: tuple[RiskLevel, ...]) -> str:
    """Return the risk of one person as a GeoJSON file, the widest area first so that others lie on top."""
    features = [
        PolygonFeature(
            f"Risk of one person outdoors, {row.level:g} and more",
            row.polygons,
            Role.COMPUTED,
            properties={"kind": "individual risk", "level": row.level, "area_km2": row.area_km2},
        )
        for row in reversed(levels)
    ]
    return feature_collection(features, title=title)
