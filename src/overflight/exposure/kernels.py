"""Compiled search for the places that tracks pass."""

from __future__ import annotations

from math import sqrt

import numpy as np

from overflight.compiled import kernel


@kernel
def _segment_distance2(px, py, pz, ax, ay, az, dx, dy, dz, length2):
    """Squared distance of a point from a segment, and where along it (0..1) it is least."""
    part = ((px - ax) * dx + (py - ay) * dy + (pz - az) * dz) / length2 if length2 > 0.0 else 0.0
    part = min(1.0, max(0.0, part))
    ex = ax + part * dx - px
    ey = ay + part * dy - py
    ez = az + part * dz - pz
    return ex * ex + ey * ey + ez * ez, part


@kernel
def passes(points, row_s, centres, radii, vertices, offsets, width_m):
    """Find when tracks come within ``width_m`` of places.

    ``points`` (n, r, 3) ECEF of the ground under each row, NaN past the end; place ``j`` has the bounding
    sphere ``centres[j]``, ``radii[j]`` and the points ``vertices[offsets[j]:offsets[j + 1]]``. Distances are
    chords, which differ from the ellipsoid's arcs by less than 0.01 % below 150 km.
    Returns (n, p, 3): time of first and of last approach within the width (NaN if never) and the least
    distance (inf if the track never came near the bounding sphere).
    """
    n, r = points.shape[0], points.shape[1]
    p = centres.shape[0]
    out = np.empty((n, p, 3))
    for i in range(n):
        for j in range(p):
            first = np.nan
            last = np.nan
            least = np.inf
            near2 = (radii[j] + width_m) ** 2
            for k in range(r - 1):
                ax = points[i, k, 0]
                ay = points[i, k, 1]
                az = points[i, k, 2]
                dx = points[i, k + 1, 0] - ax
                dy = points[i, k + 1, 1] - ay
                dz = points[i, k + 1, 2] - az
                length2 = dx * dx + dy * dy + dz * dz
                if not length2 >= 0.0:
                    continue
                gap2, _ = _segment_distance2(
                    centres[j, 0], centres[j, 1], centres[j, 2], ax, ay, az, dx, dy, dz, length2
                )
                if gap2 > near2:
                    continue
                best2 = np.inf
                where = 0.0
                for v in range(offsets[j], offsets[j + 1]):
                    d2, part = _segment_distance2(
                        vertices[v, 0], vertices[v, 1], vertices[v, 2], ax, ay, az, dx, dy, dz, length2
                    )
                    if d2 < best2:
                        best2 = d2
                        where = part
                if best2 < least * least:
                    least = sqrt(best2)
                if best2 <= width_m * width_m:
                    time = (k + where) * row_s
                    if not first <= time:
                        first = time
                    if not last >= time:
                        last = time
            out[i, j, 0] = first
            out[i, j, 1] = last
            out[i, j, 2] = least
    return out
