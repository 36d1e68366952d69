"""What the camera of a satellite can show, as ranges with their reasons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from overflight.errors import InputError
from overflight.formats.csv_tables import Column, csv_table
from overflight.jobs.orbit import OrbitRequest, Part, one_satellite, start_of
from overflight.orbit.elements import ElementSeries
from overflight.orbit.evidence import malligyong_1
from overflight.orbit.imaging import Camera, ImagingAssessment, Span, assess, giqe5
from overflight.orbit.imaging_classes import CLASSES
from overflight.orbit.summary import Whereabouts, whereabouts
from overflight.report.orbit_values import Curve, OrbitChart, OrbitSection, OrbitTable

__all__ = ["imaging_part", "imaging_section"]

SOURCES = (
    "GIQE-5: National Geospatial-Intelligence Agency, General Image Quality Equation 5.0 (2015); standard "
    "error "
    "0.3 NIIRS: Leachtenauer et al., Applied Optics 36 (1997) 8322.",
    "NIIRS levels of tasks: IRARS Committee, Visible NIIRS, March 1994; where the scale lists no such "
    "task the level "
    "is inferred here.",
    "Cycles 1, 2, 6 across the object: Johnson 1958 in the two-dimensional form, Chevalier 2015; chance "
    "by the "
    "target transfer function of the US Army's NVL.",
    "Words for chances: ICD 203 (2015).",
)
NOTE = (
    "The two rules do not agree, and neither is right for all: ships of five by five pixels are found in "
    "practice "
    "(Proia and Page, IEEE GRSL 2010, SPOT-5 at 5 m), while the scale asks for what an analyst can "
    "report. A chance "
    "from “almost no chance” to “almost certain” means that what is known does not decide it."
)
SAMPLES_M = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0)
MALLIGYONG_1 = 58400


def imaging_part(series: ElementSeries, request: OrbitRequest) -> Part:
    """Return what the camera can show from the height of the orbit."""
    own = one_satellite(series, request.satellite)
    start, why = start_of(own, request)
    elements = own.known_at(start)
    here = whereabouts(elements, start)
    camera = _camera(here, request)
    found = assess(camera)
    section = imaging_section(found)
    best = found.row("destroyer", "recognise")
    return Part(
        sections=(section,),
        files=(("imaging.csv", _csv(found).encode(), "pixels and chances for each object and task"),),
        headline=f"{camera.name}: a sample of {found.gsd_m}, NIIRS {_niirs(found.niirs)}",
        lede=(
            f"From {camera.altitude_km} up to {camera.off_nadir_deg.high:g}° off nadir. Recognising a "
            f"destroyer: "
            f"{best.johnson_words} by pixels, {best.niirs_words} by the NIIRS scale. The ranges are those "
            f"of what "
            "is publicly known; no single number follows from them."
        ),
        key_figures=(
            (str(found.gsd_m), "ground sample distance"),
            (f"{_niirs(found.niirs)} ± {found.niirs_error}", "NIIRS by GIQE-5"),
        ),
        warnings=(why,) if why else (),
        sources=(*camera.evidence, *SOURCES),
    )


def _camera(here: Whereabouts, request: OrbitRequest) -> Camera:
    heights = Span(here.perigee_km, here.apogee_km, "km")
    given = {name: Span(*ends) for name, ends in request.camera.items()}
    if "off_nadir_deg" not in given:
        given["off_nadir_deg"] = Span(0.0, request.max_off_nadir_deg)
    known = any(name in given for name in ("gsd_m", "aperture_m", "pixel_pitch_um"))
    if not known and here.elements.catalogue_number == MALLIGYONG_1:
        return replace(malligyong_1(heights), **given)
    if not known:
        raise InputError(
            "imaging", "camera", found="nothing known of the camera of this satellite",
            allowed="--gsd, --aperture, or --pixel-pitch with --focal-length",
            remedy="Give a range, as in --aperture 0.1..0.4.",
        )  # fmt: skip
    name = here.elements.label
    return Camera(name, heights, **given, evidence=("Camera as given on the command line.",))


def imaging_section(found: ImagingAssessment) -> OrbitSection:
    """Return the section of an assessment."""
    rows = tuple(
        (
            r.object_class, r.size, r.task, _pixels(r.pixels_along, r.pixels_across),
            r.johnson_words, r.niirs_words, f"{r.niirs_needed:g} ({r.basis})",
        )
        for r in found.rows
    )  # fmt: skip
    heads = (
        "Object",
        "Size",
        "To",
        "Pixels, long x wide",
        "By pixels (Johnson)",
        "By NIIRS level",
        "NIIRS needed",
    )
    tables = (
        OrbitTable("Chance over the whole range of what is known", heads, rows),
        OrbitTable("Recognition if the sample were known: by pixels / by NIIRS", *_by_sample(found)),
    )
    curve = np.geomspace(max(found.gsd_m.low, 0.2), max(found.gsd_m.high, found.gsd_m.low * 1.5), 40)
    camera = found.camera
    soft = [giqe5(g, camera.rer.low, camera.snr.low) for g in curve]
    sharp = [giqe5(g, camera.rer.high, camera.snr.high) for g in curve]
    chart = OrbitChart(
        "NIIRS over sample distance", "ground sample distance, m", "NIIRS",
        (Curve("soft to sharp", tuple(curve.tolist()), tuple(soft), tuple(sharp)),),
        f"Between an edge response of {camera.rer.low:g} with a signal-to-noise ratio of "
        f"{camera.snr.low:g} and "
        f"{camera.rer.high:g} with {camera.snr.high:g}; the equation's own error of 0.3 comes on top.",
        log_x=True,
    )  # fmt: skip
    return OrbitSection(
        "imaging", "What its camera can show",
        f"{' '.join(found.reasons)} Up to {camera.off_nadir_deg.high:g}° off nadir: {found.gsd_m}, NIIRS "
        f"{_niirs(found.niirs)} ± {found.niirs_error}.",
        tables=tables, charts=(chart,),
        notes=(NOTE,),
        data={
            "gsd_m": [found.gsd_m.low, found.gsd_m.high], "niirs": [found.niirs.low, found.niirs.high],
            "niirs_standard_error": found.niirs_error, "rows": list(found.rows),
            "reasons": list(found.reasons),
            "evidence": list(camera.evidence),
        },
    )  # fmt: skip


def _pixels(along: Span, across: Span) -> str:
    ends = [
        f"{a:.0f} x {b:.0f}" if a >= 10 else f"{a:.1f} x {b:.1f}"
        for a, b in ((along.low, across.low), (along.high, across.high))
    ]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _niirs(span: Span) -> str:
    """Return levels to a tenth, finer than the error of the equation."""
    low, high = (f"{value:.1f}".replace("-", "−") for value in (span.low, span.high))
    return low if low == high else f"{low} to {high}"


def _by_sample(found: ImagingAssessment) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return recognition at single sample distances, by pixels / by NIIRS."""
    heads = ("Sample", "NIIRS", *(item.key for item in CLASSES))
    rows = []
    for sample in SAMPLES_M:
        if not found.gsd_m.low * 0.5 <= sample <= found.gsd_m.high * 1.01:
            continue
        one = assess(replace(found.camera, gsd_m=Span(sample, sample), aperture_m=None, pixel_pitch_um=None,
                             off_nadir_deg=Span(0.0, 0.0)))  # fmt: skip
        cells = []
        for item in CLASSES:
            row = one.row(item.key, "recognise")
            cells.append(f"{_percent(row.johnson)} / {_percent(row.niirs_chance)}")
        rows.append((f"{sample:g} m", _niirs(one.niirs), *cells))
    return heads, tuple(rows)


def _percent(chance: Span) -> str:
    low, high = round(100 * chance.low), round(100 * chance.high)
    return f"{low} %" if low == high else f"{low}-{high} %"


def _csv(found: ImagingAssessment) -> str:
    rows = found.rows
    return csv_table(
        [
            Column("object", None, [r.object_class for r in rows]),
            Column("task", None, [r.task for r in rows]),
            Column("pixels_along_low", None, [r.pixels_along.low for r in rows], 2),
            Column("pixels_along_high", None, [r.pixels_along.high for r in rows], 2),
            Column("pixels_across_low", None, [r.pixels_across.low for r in rows], 2),
            Column("pixels_across_high", None, [r.pixels_across.high for r in rows], 2),
            Column("johnson_low", None, [r.johnson.low for r in rows], 4),
            Column("johnson_high", None, [r.johnson.high for r in rows], 4),
            Column("niirs_needed", None, [r.niirs_needed for r in rows], 1),
            Column("niirs_basis", None, [r.basis for r in rows]),
            Column("niirs_low", None, [r.niirs_chance.low for r in rows], 4),
            Column("niirs_high", None, [r.niirs_chance.high for r in rows], 4),
        ]
    )
