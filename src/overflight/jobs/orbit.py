"""Job ``orbit``: from element sets or a state to what the satellite does and can see."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import numpy as np

from overflight import __version__
from overflight.errors import InputError
from overflight.formats.features import utc_text
from overflight.orbit.elements import ElementSeries, ElementSet
from overflight.report.orbit_page import render_orbit_page
from overflight.report.orbit_values import OrbitReport, OrbitSection

__all__ = ["NEWEST_DAYS", "OrbitRequest", "OrbitResult", "Part", "finish", "one_satellite", "start_of"]

NEWEST_DAYS = 30.0
"""If the newest set is older than this now, what is shown starts at its epoch, unless a start is given."""


@dataclass(frozen=True, slots=True)
class OrbitRequest:
    """What is asked: when it starts (None: now, or the newest epoch), how long, over which places, limits."""

    now_utc: datetime
    start_utc: datetime | None = None
    days: float = 3.0
    places: tuple[str, ...] = ("region:Okinawa",)
    satellite: int | None = None
    min_elevation_deg: float = 10.0
    max_off_nadir_deg: float = 30.0
    min_sun_deg: float = 10.0
    clear_sky: float | None = None
    satellites: int = 5
    camera: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    progress: Callable[[str, int, int], None] = field(default=lambda *_: None, compare=False)


@dataclass(frozen=True, slots=True)
class Part:
    """What one action gives: sections, files beside the page (name, content, about), words for the head."""

    sections: tuple[OrbitSection, ...]
    files: tuple[tuple[str, bytes, str], ...] = ()
    headline: str = ""
    lede: str = ""
    key_figures: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrbitResult:
    """The report, and every file by name (``index.html``, ``run.json``, tables, exports)."""

    report: OrbitReport
    files: dict[str, bytes] = field(repr=False)

    def json_text(self) -> str:
        """Return what the sections say as JSON."""
        return self.files["orbit.json"].decode()

    def _repr_html_(self) -> str:
        return f"<b>{self.report.headline}</b><p>{self.report.lede}</p>"


def one_satellite(series: ElementSeries, wanted: int | None) -> ElementSeries:
    """Return the sets of the one satellite that is asked for, or that is in the file.

    Raises
    ------
    InputError : several satellites and none asked for, or one that is not there
    """
    there = series.satellites
    listed = ", ".join(list(there.values())[:8]) + (", ..." if len(there) > 8 else "")
    if wanted is None and len(there) > 1:
        raise InputError(
            series.where, "catalogue number", found=f"sets of {len(there)} satellites: {listed}",
            allowed="sets of one satellite, or one named", remedy=f"Add --satellite {next(iter(there))}.",
        )  # fmt: skip
    if wanted is not None and wanted not in there:
        raise InputError(
            "--satellite", found=str(wanted), allowed=f"a satellite of {series.where}: {listed}",
            remedy="Name one of them by its catalogue number.",
        )  # fmt: skip
    return series.of_satellite(wanted if wanted is not None else next(iter(there)))


def start_of(series: ElementSeries, request: OrbitRequest) -> tuple[datetime, str]:
    """Return when what is shown starts, and why if that is not now.

    Raises
    ------
    InputError : an epoch more than a day after now
    """
    newest = max(series, key=lambda s: s.epoch_jd + s.epoch_fraction)
    for elements in series:
        if elements.epoch_utc > request.now_utc + timedelta(days=1):
            raise InputError(
                elements.where or series.where, "epoch", found=f"{elements.epoch_utc:%Y-%m-%d %H:%M} UTC, "
                f"in the future",
                allowed=f"an epoch up to now, {request.now_utc:%Y-%m-%d %H:%M} UTC, and a day",
                remedy="Check the year (columns 19-20 of line 1) and the clock of this machine.",
            )  # fmt: skip
    if request.start_utc is not None:
        return request.start_utc, ""
    age = newest.age_days(request.now_utc)
    if age <= NEWEST_DAYS:
        return request.now_utc, ""
    words = (
        f"The newest element set is {age:.0f} days old, too old to say where the satellite is now. "
        f"What follows starts at its epoch, {newest.epoch_utc:%Y-%m-%d %H:%M} UTC; --from sets another time."
    )
    return newest.epoch_utc, words


def finish(
    title: str, about: str, part: Part, request: OrbitRequest, inputs: dict[str, bytes]
) -> OrbitResult:
    """Return the result of an action: page, JSON, the files of its part, and the record of the run."""
    files = {name: content for name, content, _ in part.files}
    listed = [(name, about_it) for name, _, about_it in part.files]
    listed += [("orbit.json", "everything on this page, as numbers"), ("run.json", "inputs and versions")]
    report = OrbitReport(
        title=title, about=about, headline=part.headline, lede=part.lede, warnings=part.warnings,
        key_figures=part.key_figures, sections=part.sections, files=tuple(listed), sources=part.sources,
        version=__version__, computed_utc=request.now_utc,
    )  # fmt: skip
    data = {
        "title": title, "headline": part.headline, "warnings": list(part.warnings),
        "sections": {section.key: plain(section.data) for section in part.sections},
    }  # fmt: skip
    files["orbit.json"] = (json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()
    files["index.html"] = render_orbit_page(report).encode()
    record = {
        "made_by": f"overflight {__version__}", "computed_utc": utc_text(request.now_utc),
        "inputs": {name: hashlib.sha256(content).hexdigest() for name, content in inputs.items()},
        "outputs_sha256": {
            name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())
        },
    }  # fmt: skip
    files["run.json"] = (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode()
    return OrbitResult(report, files)


def plain(value: Any) -> Any:
    """Return a value as JSON can carry it: instants as UTC text, what is not finite as null."""
    if isinstance(value, ElementSet):
        return {"satellite": value.label, "epoch_utc": utc_text(value.epoch_utc), "where": value.where}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value
