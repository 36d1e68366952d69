"""Whether the names inside a scenario lead somewhere: bodies, zones, claims, sources, correlated values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from difflib import get_close_matches

import numpy as np
from pydantic import BaseModel

from overflight.scenario.claims import CrossingClaim, FallClaim, LaunchTimeClaim, ZoneClaim
from overflight.scenario.draws import quantities
from overflight.scenario.faults import Fault
from overflight.scenario.model import Correlation, Scenario

__all__ = ["bodies", "reference_faults"]

Path = tuple[str | int, ...]


def bodies(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of what may come down: ``stage-1`` ..., ``fairing``, ``payload``."""
    stages = tuple(f"stage-{i}" for i in range(1, len(scenario.vehicle.stage) + 1))
    return (*stages, *(("fairing",) if scenario.vehicle.fairing is not None else ()), "payload")


def reference_faults(scenario: Scenario) -> list[Fault]:
    """Return names that lead nowhere, keys used twice, and times far from the launch."""
    return [
        *_repeated(scenario),
        *_body_names(scenario),
        *_claims(scenario),
        *_citations("", scenario, [source.key for source in scenario.source], ()),
        *_correlation(scenario),
    ]


def _unknown(path: Path, name: str, known: Sequence[str], what: str) -> Fault:
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    remedy = f'Did you mean "{close[0]}"?' if close else f"Correct it, or add the missing {what}."
    return Fault(path, f'"{name}"', ", ".join(f'"{k}"' for k in known) or f"no {what} is defined", remedy)


def _repeated(scenario: Scenario) -> Iterator[Fault]:
    for table in ("failure", "announced_zone", "claim", "source"):
        seen: dict[str, int] = {}
        for i, row in enumerate(getattr(scenario, table)):
            if row.key in seen:
                found = f'"{row.key}", as in row {seen[row.key] + 1}'
                yield Fault(
                    (table, i, "key"), found, "a key of its own for every row", "Rename one of the two."
                )
            seen.setdefault(row.key, i)


def _body_names(scenario: Scenario) -> Iterator[Fault]:
    known = bodies(scenario)
    for i, zone in enumerate(scenario.announced_zone):
        if zone.body is not None and zone.body not in known:
            yield _unknown(("announced_zone", i, "body"), zone.body, known, "body")
    for i, claim in enumerate(scenario.claim):
        if isinstance(claim, FallClaim | ZoneClaim) and claim.body not in known:
            yield _unknown(("claim", i, "body"), claim.body, known, "body")


def _claims(scenario: Scenario) -> Iterator[Fault]:
    zones = [zone.key for zone in scenario.announced_zone]
    keys = [claim.key for claim in scenario.claim]
    for i, claim in enumerate(scenario.claim):
        if isinstance(claim, ZoneClaim) and claim.zone not in zones:
            yield _unknown(("claim", i, "zone"), claim.zone, zones, "announced_zone")
        for j, other in enumerate(claim.contradicts):
            path = ("claim", i, "contradicts", j)
            if other == claim.key:
                yield Fault(
                    path, f'"{other}", the claim itself', "another claim", "Remove it, or name the other one."
                )
            elif other not in keys:
                yield _unknown(path, other, keys, "claim")
        timed = isinstance(claim, LaunchTimeClaim | CrossingClaim | FallClaim)
        if timed and claim.utc is not None and abs(claim.utc - scenario.launch.utc) > timedelta(days=1):
            yield Fault(
                ("claim", i, "utc"),
                f"{claim.utc:%Y-%m-%dT%H:%M:%SZ}",
                f"within a day of lift-off at {scenario.launch.utc:%Y-%m-%dT%H:%M:%SZ}",
                "Check the date and the time zone.",
            )


def _citations(name: str, value: object, known: Sequence[str], path: Path) -> Iterator[Fault]:
    """Walk the tables and yield every citation of a source that is not listed."""
    if name == "source" and isinstance(value, str | list):
        for j, key in enumerate([value] if isinstance(value, str) else value):
            if key not in known:
                yield _unknown(path if isinstance(value, str) else (*path, j), key, known, "[[source]]")
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from _citations(field, getattr(value, field), known, (*path, field))
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from _citations("", item, known, (*path, i))


def _correlation(scenario: Scenario) -> Iterator[Fault]:
    table = scenario.correlation
    if table is None:
        return
    drawn = [path for path, quantity in quantities(scenario).items() if quantity.spread]
    for i, path in enumerate(table.paths):
        if path not in drawn:
            close = get_close_matches(path, drawn, n=1, cutoff=0.6)
            remedy = (
                f"Did you mean {close[0]}?"
                if close
                else "Give the value a sigma or a range, or remove the path."
            )
            found = f'"{path}", which carries no spread'
            yield Fault(("correlation", "paths", i), found, "a dotted path of a drawn value", remedy)
        if path in table.paths[:i]:
            found = f'"{path}" for the second time'
            yield Fault(("correlation", "paths", i), found, "each path once", "Remove the repetition.")
    yield from _matrix(table)


def _matrix(table: Correlation) -> Iterator[Fault]:
    n, at = len(table.paths), ("correlation", "matrix")
    if len(table.matrix) != n or any(len(row) != n for row in table.matrix):
        widths = sorted({len(row) for row in table.matrix})
        found = f"{len(table.matrix)} rows of {' or '.join(map(str, widths)) or 'no'} values"
        yield Fault(at, found, f"{n} rows of {n} values, one for each path", "Make the matrix square.")
        return
    matrix = np.array(table.matrix, dtype=np.float64).reshape(n, n)
    for i, j in np.argwhere(np.abs(matrix - matrix.T) > 1e-9)[:1]:
        found = f"{matrix[i, j]:g} against {matrix[j, i]:g} across the diagonal"
        yield Fault((*at, int(i), int(j)), found, "a symmetric matrix", "Make the two values equal.")
        return
    for i in np.flatnonzero(np.abs(np.diag(matrix) - 1.0) > 1e-9)[:1]:
        yield Fault(
            (*at, int(i), int(i)),
            f"{matrix[i, i]:g} on the diagonal",
            "1",
            "A value correlates fully with itself.",
        )
        return
    for i, j in np.argwhere(np.abs(matrix) > 1.0)[:1]:
        yield Fault(
            (*at, int(i), int(j)), f"{matrix[i, j]:g}", "-1 to 1", "Write correlations, not covariances."
        )
        return
    if n and float(np.linalg.eigvalsh(matrix)[0]) < -1e-12:
        yield Fault(
            at,
            f"correlations that exclude each other (eigenvalue {np.linalg.eigvalsh(matrix)[0]:.2g})",
            "a matrix without negative eigenvalues",
            "Weaken the strongest correlations; rounded ones need more digits.",
        )
