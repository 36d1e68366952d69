"""Drawings as PNG, where a renderer is installed (extra ``explain``)."""

from __future__ import annotations

__all__ = ["png_of"]

ZOOM = 2.0


def png_of(svg: bytes) -> bytes | None:
    """Return a drawing as PNG at twice its size, ``None`` without ``resvg_py``."""
    try:
        from resvg_py import svg_to_bytes
    except ModuleNotFoundError:
        return None
    return bytes(svg_to_bytes(svg_string=svg.decode(), zoom=int(ZOOM)))
