"""Small helpers that write SVG: numbers, paths, elements, clipping.

Drawings are styled by classes in ``static/page.css``, so that dark and printed pages need no second
drawing.  Coordinates are written to a tenth of a unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import numpy as np

__all__ = ["clip_line", "clip_ring", "dots", "element", "line_path", "number", "ring_path", "simplified"]


def number(value: float) -> str:
    """Return a coordinate as short text, a tenth of a unit at most."""
    text = f"{value:.1f}"
    return "0" if text == "-0.0" else text.removesuffix(".0")


def element(name: str, content: str = "", **attributes: object) -> str:
    """Return an element; attribute values are escaped, ``content`` is taken as it is.

    A trailing underscore is dropped (``class_``), others become hyphens; ``None`` leaves one out.
    """
    parts = [name]
    for key, value in attributes.items():
        if value is not None:
            text = number(value) if isinstance(value, float) else escape(str(value), quote=True)
            parts.append(f'{key.rstrip("_").replace("_", "-")}="{text}"')
    opening = " ".join(parts)
    return f"<{opening}>{content}</{name}>" if content else f"<{opening}/>"


def tenths(xy: np.ndarray) -> np.ndarray:
    """Return coordinates in whole tenths of a unit, repeated points dropped."""
    whole = np.round(np.asarray(xy, dtype=float) * 10).astype(np.int64)
    if len(whole) < 2:
        return whole
    return whole[np.concatenate([[True], np.any(np.diff(whole, axis=0) != 0, axis=1)])]


def line_path(xy: np.ndarray) -> str:
    """Return path data of an open line ``(n, 2)``; empty if it has no length."""
    whole = tenths(xy)
    if len(whole) < 2:
        return ""
    start = f"M{short(whole[0, 0])} {short(whole[0, 1])}"
    return start + "l" + " ".join(f"{short(dx)} {short(dy)}" for dx, dy in np.diff(whole, axis=0).tolist())


def ring_path(xy: np.ndarray) -> str:
    """Return path data of a closed ring ``(n, 2)``."""
    whole = tenths(xy)
    if len(whole) > 1 and (whole[0] == whole[-1]).all():
        whole = whole[:-1]
    path = line_path(whole / 10.0)
    return f"{path}z" if path else ""


def short(tenth: int) -> str:
    """Return a whole number of tenths as text: 5 is ``.5``, 10 is ``1``."""
    units, rest = divmod(abs(int(tenth)), 10)
    text = f"{units or ''}.{rest}" if rest else str(units)
    return f"-{text}" if tenth < 0 else text


def dots(xy: np.ndarray) -> str:
    """Return path data of round dots at ``(n, 2)``, for a stroke with round caps."""
    return "".join(f"M{short(x)} {short(y)}h0" for x, y in tenths(xy).tolist())


def simplified(xy: np.ndarray, tolerance: float) -> np.ndarray:
    """Return a line with fewer points, none farther than ``tolerance`` from the old (Douglas-Peucker)."""
    if len(xy) < 4:
        return xy
    import shapely

    return shapely.get_coordinates(
        shapely.simplify(shapely.LineString(xy), tolerance, preserve_topology=False)
    )


def clip_ring(xy: np.ndarray, low: tuple[float, float], high: tuple[float, float]) -> np.ndarray:
    """Return a ring cut to a rectangle (Sutherland and Hodgman 1974).

    Parts may be joined by lines along the edge of the rectangle; draw it wider than what is seen.
    """
    points = np.asarray(xy, dtype=float)
    if len(points) and (points[0] == points[-1]).all():
        points = points[:-1]
    for axis, bound, sign in ((0, low[0], 1), (0, high[0], -1), (1, low[1], 1), (1, high[1], -1)):
        if not len(points):
            break
        depth = sign * (points[:, axis] - bound)
        if (depth >= 0).all():
            continue
        after, depth_after = np.vstack([points[1:], points[:1]]), np.append(depth[1:], depth[0])
        crosses = (depth >= 0) != (depth_after >= 0)
        share = np.where(crosses, depth / np.where(crosses, depth - depth_after, 1.0), 0.0)
        met = points + share[:, None] * (after - points)
        met[:, axis] = bound
        points = np.stack([points, met], axis=1).reshape(-1, 2)[
            np.stack([depth >= 0, crosses], axis=1).ravel()
        ]
    return points


def clip_line(xy: np.ndarray, low: tuple[float, float], high: tuple[float, float]) -> list[np.ndarray]:
    """Return the pieces of a line that reach into a rectangle, each with one point beyond it."""
    points = np.asarray(xy, dtype=float)
    if len(points) < 2:
        return []
    inside = np.asarray(((points >= low) & (points <= high)).all(axis=1))
    near = np.array(inside)
    near[1:] |= inside[:-1]
    near[:-1] |= inside[1:]
    pieces = np.split(np.arange(len(points)), np.flatnonzero(np.diff(near.astype(int)) != 0) + 1)
    return [points[piece] for piece in pieces if near[piece[0]] and len(piece) > 1]


def title_and_description(prefix: str, title: str, description: Iterable[str]) -> str:
    """Return the two elements that say in words what a drawing shows."""
    text = escape(" ".join(description), quote=False)
    return f'<title id="{prefix}-t">{escape(title, quote=False)}</title><desc id="{prefix}-d">{text}</desc>'
