"""The actions of ``overflight orbit``: read what is given, do one, and put the result together."""

from __future__ import annotations

from overflight.formats.element_sets import read_element_sets
from overflight.jobs.orbit import OrbitRequest, OrbitResult, finish
from overflight.jobs.orbit_coverage import coverage_part
from overflight.jobs.orbit_imaging import imaging_part
from overflight.jobs.orbit_passes import passes_part, whereabouts_part

__all__ = ["orbit"]

_OF_SETS = {
    "where": whereabouts_part,
    "passes": passes_part,
    "coverage": coverage_part,
    "imaging": imaging_part,
}


def orbit(content: bytes, where: str, action: str, request: OrbitRequest) -> OrbitResult:
    """Return the result of an action on the bytes of a file called ``where``.

    Raises
    ------
    InputError : whatever cannot be used
    """
    series = read_element_sets(content, where)
    part = _OF_SETS[action](series, request)
    about = ", ".join(list(series.satellites.values())[:4])
    return finish(f"Orbit of {about}", about, part, request, {where: content})
