"""Reliability growth: every launch of a vehicle as a disc or a ring, the success so far with its band."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Protocol

import numpy as np

from overflight.report.svg import element, line_path, number, ring_path, title_and_description

__all__ = ["growth_figure"]


class Point(Protocol):
    """What is drawn of a launch."""

    @property
    def succeeded(self) -> bool: ...
    @property
    def mean(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


def growth_figure(name: str, days: Sequence[str], points: Sequence[Point]) -> str:
    """Return the figure of a vehicle as SVG; ``days`` are written under the launches."""
    width, height, left, bottom = max(360.0, 120.0 + 90.0 * len(points)), 260.0, 52.0, 52.0
    x = left + 40.0 + (width - left - 80.0) * (np.arange(len(points)) / max(len(points) - 1, 1))

    def up(values: Sequence[float]) -> np.ndarray:
        return height - bottom - (height - bottom - 20.0) * np.asarray(values)

    parts = []
    for share in (0.0, 0.5, 1.0):
        y = float(up([share])[0])
        parts.append(element("path", class_="rule", d=f"M{number(left)} {number(y)}H{number(width - 12)}"))
        label = f"{100 * share:.0f} %"
        parts.append(element("text", label, class_="s", x=left - 6, y=y + 4, text_anchor="end"))
    low, mean, high = (up([getattr(p, key) for p in points]) for key in ("low", "mean", "high"))
    if len(points) > 1:
        band = np.concatenate([np.stack([x, high], axis=1), np.stack([x, low], axis=1)[::-1]])
        parts.append(element("path", class_="growth-band", d=ring_path(band)))
        parts.append(element("path", class_="growth", d=line_path(np.stack([x, mean], axis=1))))
    else:
        parts.append(
            element("path", class_="growth", d=f"M{number(x[0])} {number(low[0])}V{number(high[0])}")
        )
    for i, (point, day) in enumerate(zip(points, days, strict=True)):
        css = "hit" if point.succeeded else "miss"
        parts.append(element("circle", class_=css, cx=float(x[i]), cy=float(mean[i]), r=6))
        parts.append(
            element("text", day, class_="s", x=float(x[i]), y=height - bottom + 20.0, text_anchor="middle")
        )
    words = "disc: success, ring: failure; line: chance of success so far, band: 90 % interval"
    parts.append(element("text", words, class_="s", x=left, y=height - 8.0))
    said = [
        f"{day}: {'success' if p.succeeded else 'failure'}, {100 * p.mean:.0f} % "
        f"({100 * p.low:.0f} to {100 * p.high:.0f} %)."
        for day, p in zip(days, points, strict=True)
    ]
    title = f"Reliability of {name} launch by launch"
    return element(
        "svg", title_and_description("growth", escape(title), said) + "".join(parts), id="growth",
        class_="fig plain chart", viewBox=f"0 0 {number(width)} {number(height)}", role="img",
        aria_labelledby="growth-t", aria_describedby="growth-d",
    )  # fmt: skip
