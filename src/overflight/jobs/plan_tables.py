"""Tables of a plan: the risk of every place, and what each flight does."""

from __future__ import annotations

import numpy as np

from overflight.exposure.landed import hits
from overflight.formats.csv_tables import Column, csv_table
from overflight.jobs.planned import Planned

__all__ = ["flights_csv", "risk_csv"]


def risk_csv(planned: Planned) -> str:
    """Return every place that something harmful may hit, or that part 420's baseline counts, by risk.

    A place may be hit though none of the flights did: its risk is 0, with an upper limit.
    """
    risk, rule = planned.safety.risk, planned.safety.baseline
    ruled = {} if rule is None else dict(zip(rule.place.tolist(), rule.casualties.tolist(), strict=True))
    known = {int(index): j for j, index in enumerate(risk.place)}
    order = sorted({*known, *ruled}, key=lambda i: (-_at(risk.casualties, known, i), -ruled.get(i, 0.0), i))
    rows = [planned.places[i] for i in order]

    def column(values: np.ndarray, *, seen: bool = False) -> list[str]:
        """Return values of the places in order, empty where unknown or, if ``seen``, where nothing was."""
        at = [known.get(i) for i in order]
        said = [j is not None and np.isfinite(values[j]) and not (seen and values[j] == 0.0) for j in at]
        return [f"{values[j]:.3g}" if ok else "" for j, ok in zip(at, said, strict=True)]

    return csv_table(
        [
            Column("key", None, [p.key for p in rows]),
            Column("name", None, [p.name for p in rows]),
            Column("name_en", None, [p.name_en for p in rows]),
            Column("country", None, [p.country for p in rows]),
            Column("population", None, [p.population for p in rows]),
            Column("expected_casualties", None, column(risk.casualties)),
            Column("expected_casualties_error", None, column(risk.casualties_error, seen=True)),
            Column("expected_casualties_low", None, column(risk.casualties_low)),
            Column("expected_casualties_high", None, column(risk.casualties_high)),
            Column("individual_risk", None, column(risk.individual)),
            Column("individual_risk_error", None, column(risk.individual_error, seen=True)),
            Column("individual_risk_low", None, column(risk.individual_low)),
            Column("individual_risk_high", None, column(risk.individual_high)),
            Column("part420_casualties", None, [f"{ruled.get(i, 0.0):.3g}" for i in order]),
        ]
    )


def _at(values: np.ndarray, known: dict[int, int], index: int) -> float:
    value = values[known[index]] if index in known else 0.0
    return float(np.nan_to_num(value))


def flights_csv(planned: Planned) -> str:
    """Return one row a flight: its key and outcome, where its planned parts fall, whom it passes and harms.

    ``passes`` marks the places of ``places.csv`` as a hexadecimal number, its lowest bit the first row;
    ``debris`` gives the chance that a piece of the flight lands there, as ``ROW:CHANCE`` with rows counted
    from 0. Two plans of one seed are compared flight by flight with them.
    """
    ensemble, samples = planned.ensemble, planned.ensemble.samples
    columns = [
        Column("key", None, samples.key),
        Column("outcome", None, [ensemble.outcomes[i].key for i in samples.outcome]),
        Column("weight", None, ensemble.weights, 9),
        Column("end", "s", samples.end_s, 2),
        Column("orbit", None, samples.orbit.astype(np.int64)),
        Column("expected_casualties", None, [f"{v:.6g}" for v in planned.safety.risk.by_flight]),
        Column("passes", None, [_mask(row) for row in planned.exposure.passes]),
        Column("debris", None, _debris(planned)),
    ]
    for index, body in enumerate(ensemble.bodies):
        if body.kind in ("intact", "breakup"):
            continue
        where = np.full((2, len(ensemble)), np.nan)
        rows = np.flatnonzero(planned.impacts.of(index))[::-1]  # of several pieces, the first
        where[:, planned.impacts.sample[rows]] = np.degrees(
            [planned.impacts.latitude_rad[rows], planned.impacts.longitude_rad[rows]]
        )
        name = body.key.replace("-", "_")
        columns += [
            Column(f"{name}_latitude", "deg", where[0], 5),
            Column(f"{name}_longitude", "deg", where[1], 5),
        ]
    return csv_table(columns)


def _debris(planned: Planned) -> list[str]:
    """Return the chances of debris of each flight by row of ``places.csv``."""
    place, expected = hits(planned.ensemble, planned.impacts, planned.fallen)
    row_of = {int(index): row for row, index in enumerate(planned.exposure.place)}
    rows = [row_of[int(index)] for index in place]
    return [
        " ".join(f"{rows[j]}:{-np.expm1(-flight[j]):.5g}" for j in np.flatnonzero(flight))
        for flight in expected
    ]


def _mask(passes: np.ndarray) -> str:
    return np.packbits(passes, bitorder="little")[::-1].tobytes().hex()
