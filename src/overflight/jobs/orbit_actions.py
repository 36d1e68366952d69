"""The actions of ``overflight orbit``: read what is given, do one, and put the result together."""

from __future__ import annotations

from overflight.errors import InputError
from overflight.formats.element_sets import as_text, read_element_sets
from overflight.formats.opm import read_opm
from overflight.jobs.orbit import OrbitRequest, OrbitResult, finish
from overflight.jobs.orbit_coverage import coverage_part
from overflight.jobs.orbit_imaging import imaging_part
from overflight.jobs.orbit_insertion import insertion_part, scenario_insertion
from overflight.jobs.orbit_lifetime import lifetime_part, manoeuvres_part
from overflight.jobs.orbit_passes import passes_part, whereabouts_part
from overflight.orbit.elements import ElementSeries
from overflight.orbit.insertion import Insertion, assess_insertion
from overflight.orbit.state import sgp4_elements
from overflight.scenario.load import parse_scenario

__all__ = ["orbit"]

_OF_SETS = {
    "where": whereabouts_part,
    "passes": passes_part,
    "coverage": coverage_part,
    "imaging": imaging_part,
    "lifetime": lifetime_part,
    "manoeuvres": manoeuvres_part,
}


def orbit(content: bytes, where: str, action: str, request: OrbitRequest) -> OrbitResult:
    """Return the result of an action on the bytes of a file called ``where``.

    A state (an OPM, or a scenario whose flights end in one) is first judged: does it stay in orbit? The
    actions then work on the SGP4 elements that give it.

    Raises
    ------
    InputError : whatever cannot be used
    """
    found = _state(content, where)
    if found is None:
        series = read_element_sets(content, where)
    elif action == "where":
        part = insertion_part(found, request)
        return finish(f"Orbit of {found.state.name}", found.state.name, part, request, {where: content})
    elif found.probability("orbit")[0] < 0.5:
        raise InputError(
            where, "state", found=found.verdict, allowed=f"a state in orbit for {action}",
            remedy="Ask without an action for the verdict on the state.",
        )  # fmt: skip
    else:
        series = ElementSeries((sgp4_elements(found.state),), where)
    part = _OF_SETS[action](series, request)
    about = ", ".join(list(series.satellites.values())[:4])
    return finish(f"Orbit of {about}", about, part, request, {where: content})


def _state(content: bytes, where: str) -> Insertion | None:
    """Return the verdict on a state, or None if the file holds no state."""
    if where.lower().endswith(".toml"):
        return scenario_insertion(parse_scenario(content, where))
    if b"CCSDS_OPM_VERS" in content[:2000].replace(b"\x00", b""):
        return assess_insertion(read_opm(as_text(content, where, "an OPM"), where))
    return None
