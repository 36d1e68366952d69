"""What a camera in orbit can show: ranges in, ranges out, never one number from a range.

Ground sample distance from pixel pitch and focal length, or from the aperture by diffraction, or as
published; interpretability (NIIRS) by the general image quality equations; then, for each class of object,
pixels on it and the chance that it is detected, recognised, identified, by two rules side by side that do
not agree: Johnson's cycles across the object, and the NIIRS level at which a task is listed.

GIQE-5: National Geospatial-Intelligence Agency, General Image Quality Equation version 5.0 (2015). GIQE-4:
J. C. Leachtenauer et al., "General Image-Quality Equation: GIQE", Applied Optics 36 (1997) 8322-8328, with
the standard error of 0.3 NIIRS. GIQE-3 as compared there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import product
from math import asin, cos, degrees, erf, exp, log10, radians, sin, sqrt
from typing import TYPE_CHECKING

from overflight.errors import InputError
from overflight.orbit.imaging_classes import CLASSES, JOHNSON_CYCLES, TASKS, ObjectClass

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Camera", "ImagingAssessment", "Span", "assess", "chance_word", "giqe3", "giqe4", "giqe5"]

INCH_M, EARTH_M, WAVELENGTH_M = 0.0254, 6371.0e3, 600e-9
GIQE_ERROR = 0.3
"""Standard error of the equations in NIIRS (Leachtenauer et al. 1997)."""
WORDS = (
    (0.05, "almost no chance"), (0.20, "very unlikely"), (0.45, "unlikely"), (0.55, "roughly even chance"),
    (0.80, "likely"), (0.95, "very likely"), (1.01, "almost certain"),
)  # fmt: skip
"""Words of estimative probability with their upper ends (ICD 203, Office of the Director of National
Intelligence, 2015, section D.6.e)."""


@dataclass(frozen=True, slots=True)
class Span:
    """A range from ``low`` to ``high``; one number only where they are equal."""

    low: float
    high: float
    unit: str = ""

    @classmethod
    def of(cls, value: float | Span | Sequence[float], unit: str = "") -> Span:
        """Return a range from a number, a pair, or a range."""
        if isinstance(value, Span):
            return value
        if isinstance(value, int | float):
            return cls(float(value), float(value), unit)
        low, high = (float(x) for x in value)
        return cls(min(low, high), max(low, high), unit)

    @property
    def is_point(self) -> bool:
        """Whether it is one number."""
        return self.high == self.low

    def __float__(self) -> float:
        if not self.is_point:
            raise InputError(
                "imaging", found=f"one number asked of the range {self}", allowed="its low and high ends",
                remedy="Read .low and .high: the inputs are ranges, so the answer is one.",
            )  # fmt: skip
        return self.low

    def __str__(self) -> str:
        ends = f"{self.low:.3g}" if self.is_point else f"{self.low:.3g} to {self.high:.3g}"
        return f"{ends} {self.unit}".rstrip()


def giqe5(gsd_m: float, rer: float, snr: float, elevation_rad: float | None = None) -> float:
    """Return NIIRS by GIQE-5; ``gsd_m`` in the plane across the line of sight, 90 degrees if none is
    given.
    """
    slant = 1.0 if elevation_rad is None else sin(elevation_rad) ** 0.25
    gsd_in = gsd_m / slant / INCH_M
    edge = log10(rer)
    return 9.57 - 3.32 * log10(gsd_in) + 3.32 * (1.0 - exp(-1.9 / snr)) * edge - 2.0 * edge**4 - 1.8 / snr


def giqe4(
    gsd_m: float, rer: float, snr: float, overshoot: float, gain: float, elevation_rad: float | None = None
) -> float:
    """Return NIIRS by GIQE-4; overshoot and noise gain are those of sharpening (1 and 1: none)."""
    slant = 1.0 if elevation_rad is None else sin(elevation_rad) ** 0.5
    a, b = (3.32, 1.559) if rer >= 0.9 else (3.16, 2.817)
    gsd_in = gsd_m / slant / INCH_M
    return 10.251 - a * log10(gsd_in) + b * log10(rer) - 0.656 * overshoot - 0.344 * gain / snr


def giqe3(gsd_m: float, rer: float, snr: float, overshoot: float, gain: float) -> float:
    """Return NIIRS by GIQE-3."""
    return 11.81 + 3.32 * log10(rer / (gsd_m / INCH_M)) - 1.48 * overshoot - gain / snr


def chance_word(probability: float) -> str:
    """Return the word of estimative probability of a chance."""
    return next(word for top, word in WORDS if probability < top)


@dataclass(frozen=True, slots=True)
class Camera:
    """What is known of a camera, each a range. Ground sample distances are at nadir from ``altitude_km``.

    Give ``gsd_m`` (published, or bounded by evidence), or pixel pitch and focal length, or the aperture,
    which bounds what is possible; with several, the coarsest limit holds at each end. ``rer`` is the
    relative edge response (0.5 soft to 0.9 sharp); ``evidence`` says where the numbers come from.
    """

    name: str
    altitude_km: Span
    aperture_m: Span | None = None
    pixel_pitch_um: Span | None = None
    focal_length_m: Span | None = None
    gsd_m: Span | None = None
    snr: Span = field(default=Span(30.0, 50.0))
    rer: Span = field(default=Span(0.5, 0.9))
    off_nadir_deg: Span = field(default=Span(0.0, 30.0))
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One object class and task: pixels on the object, and chances by both rules with their words."""

    object_class: str
    size: str
    task: str
    pixels_along: Span
    pixels_across: Span
    johnson: Span
    niirs_chance: Span
    niirs_needed: float
    basis: str

    @property
    def johnson_words(self) -> str:
        """Return the chance by Johnson's rule in words."""
        return _words(self.johnson)

    @property
    def niirs_words(self) -> str:
        """Return the chance by the NIIRS level in words."""
        return _words(self.niirs_chance)


def _words(chance: Span) -> str:
    low, high = chance_word(chance.low), chance_word(chance.high)
    return low if low == high else f"{low} to {high}"


@dataclass(frozen=True, slots=True)
class ImagingAssessment:
    """Ranges of ground sample distance (m) and NIIRS, and a row for each object class and task."""

    camera: Camera
    gsd_m: Span
    diffraction_m: Span | None
    niirs: Span
    niirs_error: float
    rows: tuple[TaskRow, ...]
    reasons: tuple[str, ...]

    def row(self, object_class: str, task: str) -> TaskRow:
        """Return the row of an object class (``carrier``) and task (``detect``)."""
        return next(r for r in self.rows if r.object_class == object_class and r.task == task)

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row an object class and task."""
        import pandas as pd

        table = [
            {
                "object": r.object_class, "task": r.task, "pixels_along_low": r.pixels_along.low,
                "pixels_along_high": r.pixels_along.high, "johnson_low": r.johnson.low,
                "johnson_high": r.johnson.high, "niirs_needed": r.niirs_needed,
                "niirs_low": r.niirs_chance.low, "niirs_high": r.niirs_chance.high,
            }
            for r in self.rows
        ]  # fmt: skip
        return pd.DataFrame(table)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{t}</th>" for t in ("object", "task", "pixels", "Johnson", "NIIRS"))
        body = "".join(
            f"<tr><td>{r.object_class}</td><td>{r.task}</td><td>{r.pixels_along}</td>"
            f"<td>{r.johnson_words}</td><td>{r.niirs_words}</td></tr>"
            for r in self.rows
        )
        title = f"{escape(self.camera.name)}: sample {self.gsd_m}, NIIRS {self.niirs} ± {self.niirs_error}"
        return f"<table><caption>{title}</caption><tr>{head}</tr>{body}</table>"


def assess(camera: Camera, classes: Sequence[ObjectClass] = CLASSES) -> ImagingAssessment:
    """Return what a camera can show, as ranges.

    Raises
    ------
    InputError : nothing that bounds the ground sample distance, or a range outside of what can be
    """
    _check(camera)
    off = (radians(camera.off_nadir_deg.low), radians(camera.off_nadir_deg.high))
    nadir, diffraction, reasons = _nadir_gsd(camera)
    gsd = Span(nadir.low * _stretch(camera.altitude_km.low, off[0]),
               nadir.high * _stretch(camera.altitude_km.high, off[1]), "m")  # fmt: skip
    niirs = _range(giqe5, gsd, camera.rer, camera.snr)
    rows = [_row(item, task, gsd, niirs) for item in classes for task in TASKS]
    return ImagingAssessment(camera, gsd, diffraction, niirs, GIQE_ERROR, tuple(rows), tuple(reasons))


def _range(rule: Callable[..., float], *inputs: Span) -> Span:
    """Return the least and greatest value at the corners; the rules are monotonic in each input."""
    values = [rule(*corner) for corner in product(*((s.low, s.high) for s in inputs))]
    return Span(min(values), max(values))


def _stretch(altitude_km: float, off_nadir_rad: float) -> float:
    """Return the mean of sample distances along and across, off nadir over nadir, on a sphere.

    Across the line of sight it grows with the range, along it with the range over the sine of the elevation;
    GIQE takes the geometric mean.
    """
    radius = EARTH_M + 1e3 * altitude_km
    sine = radius / EARTH_M * sin(off_nadir_rad)
    if sine >= 1.0:
        return float("inf")
    incidence = asin(sine)
    central = incidence - off_nadir_rad
    distance = EARTH_M * sin(central) / sin(off_nadir_rad) if off_nadir_rad > 1e-9 else 1e3 * altitude_km
    return distance / (1e3 * altitude_km) / sqrt(cos(incidence))


def _nadir_gsd(camera: Camera) -> tuple[Span, Span | None, list[str]]:
    h, found, reasons = camera.altitude_km, [], []
    diffraction = None
    if camera.gsd_m is not None:
        found.append(camera.gsd_m)
        reasons.append(f"Sample distance given as {Span(camera.gsd_m.low, camera.gsd_m.high, 'm')}.")
    if camera.pixel_pitch_um is not None and camera.focal_length_m is not None:
        p, f = camera.pixel_pitch_um, camera.focal_length_m
        pixel = Span(p.low * h.low / f.high * 1e-3, p.high * h.high / f.low * 1e-3, "m")
        found.append(pixel)
        reasons.append(f"Pixel pitch and focal length give {pixel} at nadir.")
    if camera.aperture_m is not None:
        d = camera.aperture_m
        wide = 1.22 * WAVELENGTH_M * 1e3
        diffraction = Span(wide * h.low / d.high, wide * h.high / d.low, "m")
        reasons.append(
            f"An aperture of {Span(d.low, d.high, 'm')} resolves {diffraction} at best (1.22 lambda h / "
            f"D, 600 nm)."
        )
        if found:
            found = [Span(max(s.low, diffraction.low), max(s.high, diffraction.low)) for s in found]
        else:
            found.append(diffraction)
    return Span(max(s.low for s in found), max(s.high for s in found), "m"), diffraction, reasons


def _row(item: ObjectClass, task: str, gsd: Span, niirs: Span) -> TaskRow:
    needed, basis = item.niirs[task]
    critical = sqrt(item.length_m * item.width_m)

    def johnson(sample: float) -> float:
        ratio = critical / (2.0 * sample) / JOHNSON_CYCLES[task]
        power = 2.7 + 0.7 * ratio
        if ratio > 20.0:
            return 1.0
        return ratio**power / (1.0 + ratio**power)

    def reached(level: float) -> float:
        return 0.5 * (1.0 + erf((level - needed) / GIQE_ERROR / sqrt(2.0)))

    return TaskRow(
        item.key, item.size, task,
        Span(item.length_m / gsd.high, item.length_m / gsd.low, "px"),
        Span(item.width_m / gsd.high, item.width_m / gsd.low, "px"),
        Span(johnson(gsd.high), johnson(gsd.low)), Span(reached(niirs.low), reached(niirs.high)),
        needed, basis,
    )  # fmt: skip


_LIMITS = {
    "altitude_km": (100.0, 50_000.0), "aperture_m": (0.001, 10.0), "pixel_pitch_um": (0.5, 100.0),
    "focal_length_m": (0.01, 100.0), "gsd_m": (0.01, 10_000.0), "snr": (1.0, 10_000.0), "rer": (0.05, 1.5),
    "off_nadir_deg": (0.0, 60.0),
}  # fmt: skip


def _check(camera: Camera) -> None:
    for name, (low, high) in _LIMITS.items():
        span = getattr(camera, name)
        if span is not None and not low <= span.low <= span.high <= high:
            raise InputError(
                "imaging", name, found=str(span), allowed=f"a range within {low:g} to {high:g}",
                remedy="Give low and high ends that can be.",
            )  # fmt: skip
    optics = camera.pixel_pitch_um is not None and camera.focal_length_m is not None
    if camera.gsd_m is None and camera.aperture_m is None and not optics:
        raise InputError(
            "imaging", "camera", found="nothing that bounds the sample distance",
            allowed="gsd_m, aperture_m, or pixel_pitch_um with focal_length_m",
            remedy="Give a range for one of them.",
        )  # fmt: skip
    horizon = degrees(asin(EARTH_M / (EARTH_M + 1e3 * camera.altitude_km.high)))
    if camera.off_nadir_deg.high >= horizon:
        raise InputError(
            "imaging", "off_nadir_deg", found=str(camera.off_nadir_deg), allowed=f"below the horizon, "
            f"{horizon:.0f}",
            remedy="Give a smaller angle.",
        )  # fmt: skip
