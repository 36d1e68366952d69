"""Compiled search for the places that tracks pass."""

from __future__ import annotations

import numpy as np

from overflight.compiled import kernel


@kernel
def _segment_distance2(px, py, pz, ax, ay, az, dx, dy, dz, length2):
    """Return the squared distance of a point from a segment, and where along it (0..1) it is least."""
    part = ((px - ax) * dx + (py - ay) * dy + (pz - az) * dz) / length2 if length2 > 0.0 else 0.0
    part = min(1.0, max(0.0, part))
    ex = ax + part * dx - px
    ey = ay + part * dy - py
    ez = az + part * dz - pz
    return ex * ex + ey * ey + ez * ez, part


@kernel
def _nearest_on_segment(line, k, spheres, first, last, vertices, starts, width_m):
    """Return where along segment ``k`` (0..1) a vertex is nearest, -1 if none is within ``width_m``.

    Vertices stand in blocks ``first`` to ``last``; block ``b`` owns ``vertices[starts[b]:starts[b + 1]]`` and
    has the bounding sphere ``spheres[b]`` (centre and radius).
    """
    ax = line[k, 0]
    ay = line[k, 1]
    az = line[k, 2]
    dx = line[k + 1, 0] - ax
    dy = line[k + 1, 1] - ay
    dz = line[k + 1, 2] - az
    length2 = dx * dx + dy * dy + dz * dz
    best2 = width_m * width_m
    where = -1.0
    if not length2 >= 0.0:
        return where
    for b in range(first, last):
        reach = spheres[b, 3] + np.sqrt(best2)
        gap2, _ = _segment_distance2(
            spheres[b, 0], spheres[b, 1], spheres[b, 2], ax, ay, az, dx, dy, dz, length2
        )
        if gap2 > reach * reach:
            continue
        for v in range(starts[b], starts[b + 1]):
            d2, part = _segment_distance2(
                vertices[v, 0], vertices[v, 1], vertices[v, 2], ax, ay, az, dx, dy, dz, length2
            )
            if d2 <= best2:
                best2 = d2
                where = part
    return where


@kernel
def _is_near(line, k, sphere, width_m):
    """Return whether segment ``k`` comes within ``width_m`` of a sphere (centre and radius)."""
    dx = line[k + 1, 0] - line[k, 0]
    dy = line[k + 1, 1] - line[k, 1]
    dz = line[k + 1, 2] - line[k, 2]
    length2 = dx * dx + dy * dy + dz * dz
    gap2, _ = _segment_distance2(
        sphere[0], sphere[1], sphere[2], line[k, 0], line[k, 1], line[k, 2], dx, dy, dz, length2
    )
    reach = sphere[3] + width_m
    return gap2 <= reach * reach


@kernel
def passes(lines, row_s, place_spheres, blocks, spheres, starts, vertices, width_m):
    """Find when tracks first and last come within ``width_m`` of places.

    ``lines`` (n, r, 3) ECEF of the ground under each row, NaN past the end; place ``j`` has the bounding
    sphere ``place_spheres[j]`` (centre and radius) and the blocks ``blocks[j]`` to ``blocks[j + 1]`` of
    vertices. Distances are chords, shorter than the ellipsoid's arcs by less than 0.01 % below 150 km.
    Returns (n, p, 2) seconds, NaN where a track never comes so near.
    """
    n, r, p = lines.shape[0], lines.shape[1], place_spheres.shape[0]
    out = np.full((n, p, 2), np.nan)
    for i in range(n):
        line = lines[i]
        for j in range(p):
            found = r
            for k in range(r - 1):
                if _is_near(line, k, place_spheres[j], width_m):
                    where = _nearest_on_segment(
                        line, k, spheres, blocks[j], blocks[j + 1], vertices, starts, width_m
                    )
                    if where >= 0.0:
                        out[i, j, 0] = (k + where) * row_s
                        found = k
                        break
            for k in range(r - 2, found - 1, -1):
                if _is_near(line, k, place_spheres[j], width_m):
                    where = _nearest_on_segment(
                        line, k, spheres, blocks[j], blocks[j + 1], vertices, starts, width_m
                    )
                    if where >= 0.0:
                        out[i, j, 1] = (k + where) * row_s
                        break
    return out
