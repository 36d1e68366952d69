"""Dormand-Prince 5(4): tableau, step control, dense output and event location, written once.

J. R. Dormand and P. J. Prince, "A family of embedded Runge-Kutta formulae", J. Comp. Appl. Math. 6
(1980) 19-26, RK5(4)7M; dense output of L. F. Shampine, "Some practical Runge-Kutta formulas", Math.
Comp. 46 (1986) 135-150, fourth order.

Everything is a vector of three numbers, as a tuple: a place with the velocities of its stages as slopes,
a velocity with its accelerations. Tuples stay in registers; rows of an array would cost a fifth of the
time in descriptors passed on and counted. The second slope has weight zero from the third stage's end on.
"""

from __future__ import annotations

from math import exp, log, sqrt

from overflight.compiled import inline_kernel

C2, C3, C4, C5 = 0.2, 0.3, 0.8, 8.0 / 9.0
A21 = 0.2
A31, A32 = 3 / 40, 9 / 40
A41, A42, A43 = 44 / 45, -56 / 15, 32 / 9
A51, A52, A53, A54 = 19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729
A61, A62, A63, A64, A65 = 9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656
B1, B3, B4, B5, B6 = 35 / 384, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84
E1, E3, E4, E5, E6, E7 = -71 / 57600, 71 / 16695, -71 / 1920, 17253 / 339200, -22 / 525, 1 / 40
D12, D13, D14 = -8048581381 / 2820520608, 8663915743 / 2820520608, -12715105075 / 11282082432
D32, D33, D34 = 131558114200 / 32700410799, -68118460800 / 10900136933, 87487479700 / 32700410799
D42, D43, D44 = -1754552775 / 470086768, 14199869525 / 1410260304, -10690763975 / 1880347072
D52, D53, D54 = 127303824393 / 49829197408, -318862633887 / 49829197408, 701980252875 / 199316789632
D62, D63, D64 = -282668133 / 205662961, 2019193451 / 616988883, -1453857185 / 822651844
D72, D73, D74 = 40617522 / 29380423, -110615467 / 29380423, 69997945 / 29380423
NO_STEP_BEFORE = -9.210340371976182  # log(1e-4)
EVENT_TIME_S = 1e-9


@inline_kernel
def stage2(y, h, k1):
    """Value for the second evaluation."""
    s = h * A21
    return y[0] + s * k1[0], y[1] + s * k1[1], y[2] + s * k1[2]


@inline_kernel
def stage3(y, h, k1, k2):
    """Value for the third evaluation."""
    return (
        y[0] + h * (A31 * k1[0] + A32 * k2[0]),
        y[1] + h * (A31 * k1[1] + A32 * k2[1]),
        y[2] + h * (A31 * k1[2] + A32 * k2[2]),
    )


@inline_kernel
def stage4(y, h, k1, k2, k3):
    """Value for the fourth evaluation."""
    return (
        y[0] + h * (A41 * k1[0] + A42 * k2[0] + A43 * k3[0]),
        y[1] + h * (A41 * k1[1] + A42 * k2[1] + A43 * k3[1]),
        y[2] + h * (A41 * k1[2] + A42 * k2[2] + A43 * k3[2]),
    )


@inline_kernel
def stage5(y, h, k1, k2, k3, k4):
    """Value for the fifth evaluation."""
    return (
        y[0] + h * (A51 * k1[0] + A52 * k2[0] + A53 * k3[0] + A54 * k4[0]),
        y[1] + h * (A51 * k1[1] + A52 * k2[1] + A53 * k3[1] + A54 * k4[1]),
        y[2] + h * (A51 * k1[2] + A52 * k2[2] + A53 * k3[2] + A54 * k4[2]),
    )


@inline_kernel
def stage6(y, h, k1, k2, k3, k4, k5):
    """Value for the sixth evaluation."""
    return (
        y[0] + h * (A61 * k1[0] + A62 * k2[0] + A63 * k3[0] + A64 * k4[0] + A65 * k5[0]),
        y[1] + h * (A61 * k1[1] + A62 * k2[1] + A63 * k3[1] + A64 * k4[1] + A65 * k5[1]),
        y[2] + h * (A61 * k1[2] + A62 * k2[2] + A63 * k3[2] + A64 * k4[2] + A65 * k5[2]),
    )


@inline_kernel
def solution(y, h, k1, k3, k4, k5, k6):
    """Value at the end of the step, fifth order."""
    return (
        y[0] + h * (B1 * k1[0] + B3 * k3[0] + B4 * k4[0] + B5 * k5[0] + B6 * k6[0]),
        y[1] + h * (B1 * k1[1] + B3 * k3[1] + B4 * k4[1] + B5 * k5[1] + B6 * k6[1]),
        y[2] + h * (B1 * k1[2] + B3 * k3[2] + B4 * k4[2] + B5 * k5[2] + B6 * k6[2]),
    )


@inline_kernel
def squared_error(h, k):
    """Sum of squares of the error estimate, fifth order against fourth, from the slopes 1, 3, 4, 5, 6, 7."""
    a, b, c, d, e, f = k
    x = h * (E1 * a[0] + E3 * b[0] + E4 * c[0] + E5 * d[0] + E6 * e[0] + E7 * f[0])
    y = h * (E1 * a[1] + E3 * b[1] + E4 * c[1] + E5 * d[1] + E6 * e[1] + E7 * f[1])
    z = h * (E1 * a[2] + E3 * b[2] + E4 * c[2] + E5 * d[2] + E6 * e[2] + E7 * f[2])
    return x * x + y * y + z * z


@inline_kernel
def error_norm(h, slopes, pulls, reach_s):
    """Root mean square error (m) of a step: of the place, and of the velocity over ``reach_s``.

    ``reach_s`` is the time for which an error of the velocity goes on moving the place.
    """
    return sqrt((squared_error(h, slopes) + reach_s * reach_s * squared_error(h, pulls)) / 6.0)


@inline_kernel
def grow(error, before):
    """Return the factor on the step after an accepted step, and the logarithm of its error for the next call.

    Proportional-integral control, which seldom overshoots (K. Gustafsson, ACM Trans. Math. Softw. 17 (1991)
    533-554; constants of E. Hairer, S. P. Norsett and G. Wanner, Solving Ordinary Differential Equations I,
    2nd ed. 1993, section II.4, and II, 1996, section IV.2). ``before`` is what the last call returned,
    :data:`NO_STEP_BEFORE` at first. ``error`` is in units of the tolerance.
    """
    now = log(max(error, 1e-4))
    return min(5.0, 0.9 * exp(0.04 * before - 0.17 * now)), now


@inline_kernel
def shrink(error):
    """Factor on the step after a rejected step; a non-finite error shrinks most."""
    factor = 0.9 * error**-0.2
    return factor if factor > 0.2 else 0.2


@inline_kernel
def dense_weights(theta):
    """Weights of the slopes 1, 3, 4, 5, 6, 7 at ``t + theta h`` inside an accepted step."""
    t2 = theta * theta
    t3 = t2 * theta
    t4 = t3 * theta
    return (
        theta + D12 * t2 + D13 * t3 + D14 * t4,
        D32 * t2 + D33 * t3 + D34 * t4,
        D42 * t2 + D43 * t3 + D44 * t4,
        D52 * t2 + D53 * t3 + D54 * t4,
        D62 * t2 + D63 * t3 + D64 * t4,
        D72 * t2 + D73 * t3 + D74 * t4,
    )


@inline_kernel
def dense(y, h, w, k):
    """Value inside a step from the weights there and the slopes 1, 3, 4, 5, 6, 7."""
    a, b, c, d, e, f = k
    return (
        y[0] + h * (w[0] * a[0] + w[1] * b[0] + w[2] * c[0] + w[3] * d[0] + w[4] * e[0] + w[5] * f[0]),
        y[1] + h * (w[0] * a[1] + w[1] * b[1] + w[2] * c[1] + w[3] * d[1] + w[4] * e[1] + w[5] * f[1]),
        y[2] + h * (w[0] * a[2] + w[1] * b[2] + w[2] * c[2] + w[3] * d[2] + w[4] * e[2] + w[5] * f[2]),
    )


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
