"""Files of a reconstruction: the pages, the drawings, and every value in formats people open."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta

import numpy as np

from overflight.formats.csv_tables import Column, csv_table
from overflight.formats.features import Feature, PointFeature, PolygonFeature, Role
from overflight.formats.geojson import feature_collection
from overflight.inference.refine import Refined
from overflight.jobs.explain import Explained
from overflight.report.bulletin_page import PAGES, bulletin_figures, render_bulletin
from overflight.report.bulletin_story import lead
from overflight.report.bulletin_values import Bulletin
from overflight.report.bulletin_words import Talk
from overflight.report.raster import png_of

__all__ = ["explain_files"]

_LISTED = ("run.json", "areas.geojson", "search.csv", "claims.csv", "learned.csv", "flights.csv")
_CELL_DEG = 0.25


def explain_files(
    found: Explained, bulletin: Bulletin, facts_bytes: bytes, scenario_bytes: bytes
) -> dict[str, bytes]:
    """Return the content of every file of the output folder by its relative name."""
    drawings = {name: text.encode() for name, text in bulletin_figures(bulletin).items()}
    pictures = {name.replace(".svg", ".png"): png_of(content) for name, content in drawings.items()}
    files = {
        **drawings,
        **{name: content for name, content in pictures.items() if content is not None},
        "areas.geojson": _areas(bulletin).encode(),
        "search.csv": _search(found).encode(),
        "claims.csv": _claims(bulletin).encode("utf-8-sig"),
        "learned.csv": _learned(bulletin).encode(),
        "flights.csv": _flights(found).encode(),
    }
    if found.refined is not None:
        files["refined.csv"] = _refined(found.refined).encode()
    listed = [
        *_LISTED,
        *(["refined.csv"] if found.refined else []),
    ]
    figures = sorted(name for name in files if name.startswith("figures/"))
    for language, name in PAGES.items():
        own = [figure for figure in figures if f"-{language}." in figure]
        files[name] = render_bulletin(bulletin, language, [*listed, *own]).encode()
    files["run.json"] = _run_json(bulletin, facts_bytes, scenario_bytes, files)
    return files


def _areas(b: Bulletin) -> str:
    features: list[Feature] = [PointFeature(b.site, *b.site_lonlat, role=Role.SITE)]
    features += [PolygonFeature.of_ring(zone.label, zone.ring, Role.ANNOUNCED) for zone in b.announced]
    for row in b.falls:
        for share, ring in ((row.containment, row.ring), (0.5, row.ring_half)):
            properties = {
                "body": row.body,
                "containment": share,
                "probability": round(row.probability, 3),
                "semi_major_km": round(row.semi_major_km),
                "semi_minor_km": round(row.semi_minor_km),
            }
            name = f"{row.body}, {100 * share:.0f} %"
            features.append(PolygonFeature.of_ring(name, ring, Role.COMPUTED, properties))
    for area in b.drift:
        for share, ring in ((0.9, area.ring), (0.5, area.ring_half)):
            features.append(
                PolygonFeature.of_ring(
                    f"{area.body}, afloat after {area.hours:g} h, {100 * share:.0f} %", ring, Role.COMPUTED,
                    {"body": area.body, "containment": share, "branch": "afloat", "hours": area.hours,
                     "time_utc": (b.lift_off_utc + timedelta(hours=area.hours)).isoformat(),
                     "stranded": round(area.stranded, 3)},
                )
            )  # fmt: skip
    return feature_collection(features, title=b.title.text)


def _search(found: Explained) -> str:
    """Return the density of each body's mass at the surface over cells of a quarter of a degree."""
    ensemble, impacts = found.ensemble, found.impacts
    rows: dict[tuple[str, int, int], float] = {}
    names = np.array(
        [
            b.key if b.kind in ("spent", "fairing", "jettisoned") else f"remains-{b.stage}"
            for b in ensemble.bodies
        ]
    )
    weight = ensemble.weights[impacts.sample] * impacts.mass_kg * impacts.pieces
    lat = np.floor(np.degrees(impacts.latitude_rad) / _CELL_DEG).astype(int)
    lon = np.floor((np.degrees(impacts.longitude_rad) + 180.0) % 360.0 / _CELL_DEG).astype(int)
    for name in dict.fromkeys(names.tolist()):
        mine = np.isin(impacts.body, np.flatnonzero(names == name))
        if not mine.any():
            continue
        cells, at = np.unique(np.stack([lat[mine], lon[mine]], axis=1), axis=0, return_inverse=True)
        share = np.bincount(at.ravel(), weight[mine]) / weight[mine].sum()
        rows |= {(name, int(i), int(j)): float(s) for (i, j), s in zip(cells, share, strict=True) if s > 1e-4}
    keys = sorted(rows, key=lambda key: (key[0], -rows[key]))
    return csv_table(
        [
            Column("body", None, [key[0] for key in keys]),
            Column("latitude", "deg", [(key[1] + 0.5) * _CELL_DEG for key in keys]),
            Column("longitude", "deg", [(key[2] + 0.5) * _CELL_DEG - 180.0 for key in keys]),
            Column("share", None, [rows[key] for key in keys], 6),
        ]
    )


def _claims(b: Bulletin) -> str:
    rows = [(claim, row) for claim in b.claims for row in claim.comparisons]
    return csv_table(
        [
            Column("claim", None, [claim.key for claim, _ in rows]),
            Column("kind", None, [claim.kind for claim, _ in rows]),
            Column("what", None, [row.what for _, row in rows]),
            Column("unit", None, [row.unit for _, row in rows]),
            Column("fact", None, [row.fact for _, row in rows]),
            Column("tolerance", None, [row.tolerance for _, row in rows]),
            Column("model", None, [row.model for _, row in rows]),
            Column("model_sd", None, [row.model_sd for _, row in rows]),
            Column("residual_sigma", None, [row.residual for _, row in rows]),
            Column("tension_sigma", None, [row.tension for _, row in rows]),
            Column("probability_right", None, [row.agrees for _, row in rows]),
            Column("influence_sd", None, [claim.influence for claim, _ in rows]),
            Column("influence_on", None, [claim.influence_on for claim, _ in rows]),
        ]
    )


def _learned(b: Bulletin) -> str:
    names = ("path", "label", "prior_mean", "prior_sd", "mean", "sd", "low", "high")
    rows = [{**asdict(row), "label": row.label.text} for row in b.learned]
    return csv_table([Column(name, None, [row[name] for row in rows]) for name in names])


def _refined(chain: Refined) -> str:
    count = len(chain.paths)
    return csv_table(
        [
            Column("path", None, list(chain.paths)),
            Column("mean", None, chain.value_mean, 6),
            Column("sd", None, chain.value_sd, 6),
            Column("shift_prior_sd", None, chain.mean),
            Column("left_of_prior_sd", None, chain.sd),
            Column("autocorrelation_steps", None, [chain.tau] * count),
            Column("scale_reduction", None, [chain.reduction] * count),
        ]
    )


def _flights(found: Explained) -> str:
    samples = found.ensemble.samples
    return csv_table(
        [
            Column("key", None, samples.key.tolist()),
            Column("outcome", None, [found.ensemble.outcomes[i].key for i in samples.outcome]),
            Column("weight", None, found.ensemble.weights.tolist(), 9),
            Column("end", "s", samples.end_s.tolist()),
            Column("orbit", None, samples.orbit.astype(int).tolist()),
        ]
    )


def _run_json(b: Bulletin, facts: bytes, scenario: bytes, files: Mapping[str, bytes]) -> bytes:
    record = {
        "made_by": "overflight explain",
        "run": asdict(b.run),
        "inputs": {
            "facts_sha256": hashlib.sha256(facts).hexdigest(),
            "scenario_sha256": hashlib.sha256(scenario).hexdigest(),
        },
        "platform": {
            "system": platform.system(),
            "machine": platform.machine(),
            "python": platform.python_version(),
        },
        "outputs_sha256": {
            name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())
        },
        "lead": {language: list(lead(Talk(b, language))) for language in PAGES},
        "bulletin": asdict(b),
    }
    return json.dumps(record, ensure_ascii=False, default=_json_value).encode()


def _json_value(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
