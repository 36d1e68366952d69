"""Dormand-Prince 5(4): tableau, step control, dense output and event location, written once.

J. R. Dormand and P. J. Prince, "A family of embedded Runge-Kutta formulae", J. Comp. Appl. Math. 6
(1980) 19-26, RK5(4)7M; dense output of L. F. Shampine, "Some practical Runge-Kutta formulas", Math.
Comp. 46 (1986) 135-150, fourth order.  The pieces are inlined into the two loops (``kernels_ascent``,
``kernels_fall``), so that each sees its own constant number of components ``n``: a loop with a
run-time length, or a right-hand side passed as an argument, costs a factor of two and the cache.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from overflight.compiled import inline_kernel

C2, C3, C4, C5 = 0.2, 0.3, 0.8, 8.0 / 9.0
A21 = 0.2
A31, A32 = 3 / 40, 9 / 40
A41, A42, A43 = 44 / 45, -56 / 15, 32 / 9
A51, A52, A53, A54 = 19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729
A61, A62, A63, A64, A65 = 9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656
B1, B3, B4, B5, B6 = 35 / 384, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84
E1, E3, E4, E5, E6, E7 = -71 / 57600, 71 / 16695, -71 / 1920, 17253 / 339200, -22 / 525, 1 / 40
DENSE = np.array(
    [
        [1.0, -8048581381 / 2820520608, 8663915743 / 2820520608, -12715105075 / 11282082432],
        [0.0, 0.0, 0.0, 0.0],
        [0.0, 131558114200 / 32700410799, -68118460800 / 10900136933, 87487479700 / 32700410799],
        [0.0, -1754552775 / 470086768, 14199869525 / 1410260304, -10690763975 / 1880347072],
        [0.0, 127303824393 / 49829197408, -318862633887 / 49829197408, 701980252875 / 199316789632],
        [0.0, -282668133 / 205662961, 2019193451 / 616988883, -1453857185 / 822651844],
        [0.0, 40617522 / 29380423, -110615467 / 29380423, 69997945 / 29380423],
    ]
)
SPEED_PER_POSITION = 100.0  # 1/s: the velocity tolerance is the position tolerance times 0.01 1/s
EVENT_TIME_S = 1e-9


@inline_kernel
def stage2(n, y, h, k, out):
    """State for the second evaluation."""
    for i in range(n):
        out[i] = y[i] + h * A21 * k[0, i]


@inline_kernel
def stage3(n, y, h, k, out):
    """State for the third evaluation."""
    for i in range(n):
        out[i] = y[i] + h * (A31 * k[0, i] + A32 * k[1, i])


@inline_kernel
def stage4(n, y, h, k, out):
    """State for the fourth evaluation."""
    for i in range(n):
        out[i] = y[i] + h * (A41 * k[0, i] + A42 * k[1, i] + A43 * k[2, i])


@inline_kernel
def stage5(n, y, h, k, out):
    """State for the fifth evaluation."""
    for i in range(n):
        out[i] = y[i] + h * (A51 * k[0, i] + A52 * k[1, i] + A53 * k[2, i] + A54 * k[3, i])


@inline_kernel
def stage6(n, y, h, k, out):
    """State for the sixth evaluation."""
    for i in range(n):
        out[i] = y[i] + h * (A61 * k[0, i] + A62 * k[1, i] + A63 * k[2, i] + A64 * k[3, i] + A65 * k[4, i])


@inline_kernel
def solution(n, y, h, k, out):
    """State at the end of the step, fifth order."""
    for i in range(n):
        out[i] = y[i] + h * (B1 * k[0, i] + B3 * k[2, i] + B4 * k[3, i] + B5 * k[4, i] + B6 * k[5, i])


@inline_kernel
def error_norm(n, h, k, per_position):
    """Root mean square of the error estimate in units of the tolerance, over the first ``n`` components:
    position (3) or position and velocity (6)."""
    per_speed = per_position * SPEED_PER_POSITION
    total = 0.0
    for i in range(n):
        e = h * (E1 * k[0, i] + E3 * k[2, i] + E4 * k[3, i] + E5 * k[4, i] + E6 * k[5, i] + E7 * k[6, i])
        e *= per_position if i < 3 else per_speed
        total += e * e
    return sqrt(total / n)


@inline_kernel
def grow(error):
    """Factor on the step after an accepted step."""
    return 5.0 if error < 1e-5 else min(5.0, 0.9 * error**-0.2)


@inline_kernel
def shrink(error):
    """Factor on the step after a rejected step; a non-finite error shrinks most."""
    factor = 0.9 * error**-0.2
    return factor if factor > 0.2 else 0.2


@inline_kernel
def dense(n, k, y, h, theta, out):
    """State at ``t + theta h`` inside an accepted step."""
    t2 = theta * theta
    t3 = t2 * theta
    t4 = t3 * theta
    for i in range(n):
        s = 0.0
        for j in range(7):
            if j != 1:
                s += k[j, i] * (DENSE[j, 0] * theta + DENSE[j, 1] * t2 + DENSE[j, 2] * t3 + DENSE[j, 3] * t4)
        out[i] = y[i] + h * s


@inline_kernel
def illinois(side, g, theta, low, high, g_low, g_high):
    """One Illinois update of a bracket with ``g(low) > 0 >= g(high)``; returns the new bracket and side."""
    if g > 0.0:
        low = theta
        g_low = g
        if side == 1:
            g_high *= 0.5
        side = 1
    else:
        high = theta
        g_high = g
        if side == -1:
            g_low *= 0.5
        side = -1
    return side, low, high, g_low, g_high
