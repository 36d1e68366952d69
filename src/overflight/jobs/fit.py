"""Job ``fit``: a scenario with wide spreads in, the same scenario narrowed by its facts out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tomlkit
from tomlkit.items import InlineTable

from overflight.inference.fit import Fit, fit_scenario
from overflight.scenario.draws import quantities
from overflight.scenario.model import Scenario

__all__ = ["fit", "fitted_text", "quantity_table"]

_HEADING = "# Written by `overflight fit`: quantities noted as fitted carry what the facts say and the"
_FITTED = "fitted to the facts"
_CORRELATIONS = "Correlations that the fit left between the quantities (linearised)."


def fit(
    prior_text: str,
    scenario: Scenario,
    progress: Callable[[str, int, int], None] = lambda *_: None,
    *,
    starts: int = 12,
    announced: bool = False,
) -> str:
    """Return the TOML text of ``scenario`` with its free quantities fitted to its facts.

    With ``announced`` only the announced zones and the planned orbit are fitted, what was known before the
    launch; the facts of the day stay for a reconstruction to weigh.

    Comments and layout of ``prior_text`` are kept. Fitted quantities carry their new value, standard
    deviation and a note; their correlations are added as ``[correlation]``. Quantities that only took
    part as nuisance (ballistic coefficients, wind, density, drag, payload) stay as they were.
    """
    known = scenario.model_copy(update={"claim": ()}) if announced else scenario
    result = fit_scenario(known, starts=starts, progress=lambda done, total: progress("Fitting", done, total))
    return fitted_text(prior_text, scenario, result)


def fitted_text(prior_text: str, scenario: Scenario, result: Fit) -> str:
    """Return the TOML text of ``scenario`` with the result of a fit in it; see ``fit``."""
    document = tomlkit.parse(_unreported(prior_text))
    document.pop("correlation", None)
    every = quantities(scenario)
    deviation = np.sqrt(np.diag(result.covariance))
    kept = [i for i, path in enumerate(result.paths) if not result.is_nuisance(path)]
    for i in kept:
        path = result.paths[i]
        low, value, high = every[path].from_normal(result.mean[i] + deviation[i] * np.array([-1.0, 0.0, 1.0]))
        table = quantity_table(document, path)
        table["value"] = _rounded(value, high - low)
        table["sigma"] = _rounded((high - low) / 2.0, high - low)
        table.pop("shape", None)
        table["note"] = _fitted_note(str(table.get("note", "")))
    correlation = result.covariance[np.ix_(kept, kept)] / np.outer(deviation[kept], deviation[kept])
    document.add(tomlkit.nl())
    document.add(tomlkit.comment(_CORRELATIONS))
    table = tomlkit.table()
    paths = tomlkit.array().multiline(True)
    paths.extend(result.paths[i] for i in kept)
    table["paths"] = paths
    rows = tomlkit.array().multiline(True)
    for row in correlation:
        rows.append([round(float(x), 6) for x in row])
    table["matrix"] = rows
    document["correlation"] = table
    return _report(result) + tomlkit.dumps(document)


def _fitted_note(note: str) -> str:
    if note.startswith(_FITTED):
        return note
    before = note.removeprefix("fitted").strip(":; ")
    return f"{_FITTED}; before the fit: {before}" if before else _FITTED


def _unreported(text: str) -> str:
    """Return a scenario's text without what an earlier fit wrote about itself."""
    if text.startswith(_HEADING):
        text = text.partition("\n\n")[2]
    return text.replace(f"# {_CORRELATIONS}\n", "")


def _report(result: Fit) -> str:
    """Return the heading of the fitted file: how each fact is met, in sigma."""
    lines = [
        _HEADING,
        "# spread they leave.",
        "# Residuals of the fitted facts at the best flight (model minus fact, in units of the tolerance):",
        *(f"#   {name:<48}{value:+.2f}" for name, value in zip(result.facts, result.residuals, strict=True)),
        "",
    ]
    return "\n".join(lines) + "\n"


def quantity_table(document: tomlkit.TOMLDocument, path: str) -> InlineTable:
    """Return the inline table at a dotted path, turning a bare number into one."""
    *parents, name = path.split(".")
    node = document
    for part in parents:
        node = node[int(part) - 1] if part.isdigit() else node[part]  # type: ignore[index,assignment]
    if not isinstance(node[name], dict):
        table = tomlkit.inline_table()
        table["value"] = node[name]
        node[name] = table
    return node[name]  # type: ignore[return-value]


def _rounded(value: float, scale: float) -> float:
    """Round to a thousandth of ``scale``: more digits would pretend to knowledge."""
    digits = int(np.ceil(-np.log10(max(abs(scale), 1e-12)))) + 3
    return round(float(value), digits) if digits > 0 else float(round(float(value)))
