"""Words on a drawing, placed so that none covers another.

Places are tried in order of preference; one that would run off the drawing or touch what is already
there is refused, one that crosses a line costs.  A label that finds no place is left out: the text
beside the drawing says the same.  Widths are estimated on the generous side, since a server does not
know the reader's font; a test in a real browser compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import numpy as np

from overflight.report.svg import element, number

__all__ = ["Box", "LabelField", "Spot", "around", "numbered_disc", "split_label", "text_width"]

NARROW = frozenset("iljftrI.,:;'|!()[]-° \u00a0·")
WIDE = frozenset("mwMW@—%")
SIZES = {"s": 11.0, "geo": 11.0, "lan": 11.0, "sea": 12.0, "num": 11.5}
"""Font size in drawing units by class; every other class is 12.  As in ``static/page.css``."""
BOLD = frozenset({"b", "tm", "am", "mo", "num"})
SPACED = {"sea": 0.05, "geo": 0.03, "lan": 0.03}
"""Letter spacing in em, as in ``static/page.css``."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the drawing."""

    left: float
    top: float
    right: float
    bottom: float

    def grown(self, by: float) -> Box:
        """Return the box with a margin."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)


@dataclass(frozen=True, slots=True)
class Spot:
    """A point to write at: ``align`` is ``start``, ``middle`` or ``end``; y is the middle of the text.

    ``leader`` draws a thin line from there to the text; ``cost`` ranks the spot against others.
    """

    x: float
    y: float
    align: str = "start"
    cost: float = 0.0
    leader: tuple[float, float] | None = None


@lru_cache(maxsize=4096)
def text_width(text: str, css: str) -> float:
    """Return about how wide a text is in drawing units, for the sizes of its classes."""
    classes = css.split()
    size = font_size(css)
    em = sum(char_width(char) for char in text)
    spaced = sum(SPACED.get(name, 0.0) for name in classes) * len(text)
    return size * (em * (1.1 if BOLD & set(classes) else 1.0) + spaced)


def font_size(css: str) -> float:
    """Return the font size of classes in drawing units."""
    return next((SIZES[name] for name in css.split() if name in SIZES), 12.0)


def char_width(char: str) -> float:
    """Return the width of a character in em, on the generous side."""
    if ord(char) > 0x2E80:
        return 1.0
    if char in NARROW:
        return 0.33
    if char in WIDE:
        return 0.92
    return 0.68 if char.isupper() else 0.575


def around(x: float, y: float, gap: float, *, cost: float = 0.0) -> list[Spot]:
    """Return spots round a point, right and left first."""
    slant, up = 0.72 * gap, 0.9 * gap
    return [
        Spot(x + gap, y, "start", cost),
        Spot(x - gap, y, "end", cost + 0.2),
        Spot(x + slant, y - up, "start", cost + 0.5),
        Spot(x + slant, y + up, "start", cost + 0.5),
        Spot(x - slant, y - up, "end", cost + 0.7),
        Spot(x - slant, y + up, "end", cost + 0.7),
        Spot(x, y - gap - 7, "middle", cost + 0.9),
        Spot(x, y + gap + 7, "middle", cost + 0.9),
    ]


def split_label(text: str, longest: int = 20) -> list[str]:
    """Return a label in one or two lines, parted at a space near its middle."""
    if len(text) <= longest or " " not in text:
        return [text]
    spaces = [i for i, char in enumerate(text) if char == " "]
    cut = min(spaces, key=lambda i: abs(i - len(text) / 2))
    return [text[:cut], text[cut + 1 :]]


class LabelField:
    """Collects labels for one drawing and remembers what is taken."""

    def __init__(self, width: float, height: float, margin: float = 4.0) -> None:
        self._frame = Box(margin, margin, width - margin, height - margin)
        self._taken = np.empty((0, 4))
        self._lines = np.empty((0, 2))
        self._out: list[str] = []

    def block(self, *boxes: Box) -> None:
        """Mark boxes as taken."""
        rows = np.array([(box.left, box.top, box.right, box.bottom) for box in boxes]).reshape(-1, 4)
        self._taken = np.vstack([self._taken, rows])

    def avoid(self, xy: np.ndarray) -> None:
        """Mark points ``(n, 2)`` of lines that a label should rather not cross."""
        self._lines = np.vstack([self._lines, xy])

    def free(self, box: Box) -> bool:
        """Return whether a box lies in the frame and touches nothing taken."""
        frame = self._frame
        if (
            box.left < frame.left
            or box.right > frame.right
            or box.top < frame.top
            or box.bottom > frame.bottom
        ):
            return False
        left, top, right, bottom = self._taken.T
        return not bool(
            ((box.left < right) & (box.right > left) & (box.top < bottom) & (box.bottom > top)).any()
        )

    def crossings(self, box: Box) -> int:
        """Return how many points of lines lie under a box."""
        x, y = self._lines.T
        return int(((x > box.left) & (x < box.right) & (y > box.top) & (y < box.bottom)).sum())

    def put(self, lines: Sequence[tuple[str, str]], spots: Iterable[Spot], *, most: float = 6.0) -> bool:
        """Write lines of ``(text, classes)`` at the cheapest free spot; return whether there was one.

        A spot that costs more than ``most``, counting half for each point of a line it covers, is not
        used.
        """
        best: tuple[float, Spot] | None = None
        for spot in spots:
            box = label_box(lines, spot)
            if self.free(box):
                cost = spot.cost + 0.5 * self.crossings(box.grown(2))
                if cost <= most and (best is None or cost < best[0]):
                    best = (cost, spot)
        if best is None:
            return False
        spot = best[1]
        self.block(label_box(lines, spot).grown(2.5))
        self._out.append(label_svg(lines, spot))
        return True

    def disc(self, x: float, y: float, radius: float) -> tuple[float, float]:
        """Take room for a disc: at its own point if free, else at the nearest free one round it."""
        spot = (x, y)
        for reach in (0.0, 2.4 * radius, 3.4 * radius, 4.6 * radius):
            turns = np.arange(16 if reach else 1) * np.pi / 8
            tried = [(x + reach * float(np.cos(turn)), y + reach * float(np.sin(turn))) for turn in turns]
            free = [point for point in tried if self.free(disc_box(*point, radius))]
            if free:
                spot = free[0]
                break
        self.block(disc_box(*spot, radius + 1))
        return spot

    def svg(self) -> str:
        """Return all labels as SVG."""
        return "".join(self._out)


def disc_box(x: float, y: float, radius: float) -> Box:
    """Return the box round a disc."""
    return Box(x - radius, y - radius, x + radius, y + radius)


def numbered_disc(field: LabelField, number_on_it: int, x: float, y: float, radius: float) -> str:
    """Return a disc with a number; one that had to move aside keeps a thin line to its point."""
    spot = field.disc(x, y, radius)
    line = f"M{number(x)} {number(y)}L{number(spot[0])} {number(spot[1])}"
    leader = element("path", class_="leader", d=line) if spot != (x, y) else ""
    circle = element("circle", cx=float(spot[0]), cy=float(spot[1]), r=radius)
    text = element("text", str(number_on_it), x=float(spot[0]), y=float(spot[1] + 4.1))
    return leader + element("g", circle + text, class_="num")


def label_box(lines: Sequence[tuple[str, str]], spot: Spot) -> Box:
    """Return the box that lines of text take at a spot."""
    width = max(text_width(text, css) for text, css in lines)
    height = sum(1.22 * font_size(css) for _, css in lines)
    left = spot.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[spot.align] * width
    return Box(left, spot.y - height / 2, left + width, spot.y + height / 2)


def label_svg(lines: Sequence[tuple[str, str]], spot: Spot) -> str:
    """Return the text elements, and the leader if the spot has one."""
    top = label_box(lines, spot).top
    parts: list[str] = []
    if spot.leader is not None:
        end_y = (
            spot.y
            if spot.align != "middle"
            else (top - 1 if spot.leader[1] < spot.y else 2 * spot.y - top + 1)
        )
        gap = {"start": -2.0, "middle": 0.0, "end": 2.0}[spot.align]
        parts.append(
            f'<path class="leader" d="M{number(spot.leader[0])} {number(spot.leader[1])}'
            f'L{number(spot.x + gap)} {number(end_y)}"/>'
        )
    for text, css in lines:
        size = font_size(css)
        base, top = top + 0.96 * size, top + 1.22 * size
        anchor = "" if spot.align == "start" else f' text-anchor="{spot.align}"'
        place = f'x="{number(spot.x)}" y="{number(base)}"{anchor}'
        parts.append(f'<text class="halo {css}" {place}>{escape(text, quote=False)}</text>')
    return "".join(parts)
