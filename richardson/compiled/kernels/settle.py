"""Where paths come to rest: one start, many parameter values.

A path is followed by RODAS, an L-stable Rosenbrock method of order 4 [1]_. Errors count relative to the largest size that each
state has had, so units do not matter, or to what other states of theirs may move it by within the shortest time scale, if that is
more: the errors allowed in those move it by as large a share of it. A path has arrived once Newton's iteration from its own point
converges to a root right beside it, far closer than any other root.

References
----------
.. [1] E. Hairer, G. Wanner (1996), Solving Ordinary Differential Equations II, section IV.7 (coefficients from memory; a test
   checks their order).
"""
# ruff: noqa: PLR0917 -- kernels take bare arrays by position

from __future__ import annotations

from typing import Any

from numpy import array, empty, inf, isfinite

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.kernels.factors import factor, solve

SETTLED, ESCAPED, LEFT_DOMAIN, STEP_LIMIT, NOT_FINITE = 0, 1, 2, 3, 4
BOUND, TOLERANCE, CLOSE, LONGEST, STEPS = 0, 1, 2, 3, 4  # positions in settings
STAGES = 6
LAST, TRIAL, VALUE, CORRECTION, WORK = 5, 6, 7, 8, 9  # rows of the workspace after one a stage, and how many

GAMMA, ORDER = 0.25, 4.0
POINTS = array(  # a: where each stage is evaluated; the last stage's correction is the error estimate
    (
        (0.0, 0.0, 0.0, 0.0, 0.0),
        (1.544, 0.0, 0.0, 0.0, 0.0),
        (0.9466785280815826, 0.2557011698983284, 0.0, 0.0, 0.0),
        (3.314825187068521, 2.896124015972201, 0.9986419139977817, 0.0, 0.0),
        (1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895, 0.0),
        (1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895, 1.0),
    )
)
COUPLING = array(  # c: how stages enter the later ones, divided by the step
    (
        (0.0, 0.0, 0.0, 0.0, 0.0),
        (-5.6688, 0.0, 0.0, 0.0, 0.0),
        (-2.430093356833875, -0.2063599157091915, 0.0, 0.0, 0.0),
        (-0.1073529058151375, -9.594562251023355, -20.47028614809616, 0.0, 0.0),
        (7.496443313967647, -10.24680431464352, -33.99990352819905, 11.7089089320616, 0.0),
        (8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054),
    )
)

FIRST_STEP = 1e-2  # of the shortest time scale: the first error is about its third power, relative to the displacement
SAFETY, SHRINK, GROW = 0.9, 0.2, 6.0
NEWTON_LIMIT = 20
CONTRACTION = 0.05  # second Newton step over the first: about the distance to the root over that to the next root
ARRIVED = 1e-14  # relative size of a Newton step at which the root is known
STAGNANT = 1e-9  # relative size of a Newton step above which one that does not shrink has not converged
EDGE = 1e-12  # relative slack of a root at the border of the domain: rounding


def settle(
    rule: Any,
    parameters: FloatArray,
    start: FloatArray,
    groups: IntArray,
    lower: FloatArray,
    upper: FloatArray,
    settings: FloatArray,
    states: FloatArray,
    jacobians: FloatArray,
    codes: IntArray,
) -> None:
    """Follow the flow from ``start`` for each row of ``parameters``; ends, Jacobians and codes come out.

    ``groups`` has for each state the first one that it stays equal to by symmetry: rounding must not part them.
    """
    work = empty((WORK, start.size))
    matrices = empty((2, start.size, start.size))
    pivots = empty(start.size)
    size = empty(start.size)
    for row in range(parameters.shape[0]):
        codes[row] = follow(
            rule, parameters[row], start, groups, lower, upper, settings, states[row], jacobians[row], size, work, matrices, pivots
        )


def follow(
    rule: Any,
    p: FloatArray,
    start: FloatArray,
    groups: IntArray,
    lower: FloatArray,
    upper: FloatArray,
    settings: FloatArray,
    x: FloatArray,
    jacobian: FloatArray,
    size: FloatArray,
    work: FloatArray,
    matrices: FloatArray,
    pivots: FloatArray,
) -> int:
    """Code of one path; ``x`` and ``jacobian`` hold its end, polished where it settled."""
    rate = empty(x.size)
    for i in range(x.size):
        x[i] = start[i]
        size[i] = abs(start[i])
    rule(0.0, x, p, rate, jacobian)
    step = FIRST_STEP / largest(jacobian) if largest(jacobian) > 0.0 else 1.0  # anything, where the rates are constant
    for _ in range(int(settings[STEPS])):
        if not (isfinite(largest(jacobian)) and isfinite(length(rate))):
            return NOT_FINITE
        if has_arrived(rule, p, x, rate, jacobian, size, settings[CLOSE], work, matrices, pivots):
            return SETTLED if is_within(x, lower, upper, size, EDGE) else LEFT_DOMAIN
        step = min(step, settings[LONGEST] / max(largest(jacobian), 1e-300))
        error = inf
        if attempt(rule, p, x, rate, jacobian, step, work, matrices, pivots):
            scale_of(work[TRIAL], size, matrices[1], work[VALUE])
            error = relative_length(work[LAST], work[VALUE], work[TRIAL]) / settings[TOLERANCE]
        if error <= 1.0:
            for i in range(x.size):
                x[i] = work[TRIAL, groups[i]]
                size[i] = max(size[i], abs(x[i]))
            if length(x) > settings[BOUND]:
                return ESCAPED
            if not is_within(x, lower, upper, size, 10.0 * settings[TOLERANCE]):
                return LEFT_DOMAIN
            rule(0.0, x, p, rate, jacobian)
        step *= min(GROW, max(SHRINK, SAFETY * max(error, 1e-30) ** (-1.0 / ORDER)))
    return STEP_LIMIT


def attempt(
    rule: Any,
    p: FloatArray,
    x: FloatArray,
    rate: FloatArray,
    jacobian: FloatArray,
    step: float,
    work: FloatArray,
    matrices: FloatArray,
    pivots: FloatArray,
) -> bool:
    """Whether a step could be made: new point, error and Jacobian beside it in ``work[TRIAL]``, ``work[LAST]`` and ``matrices[1]``."""
    trial, value = work[TRIAL], work[VALUE]
    matrix, beside = matrices[0], matrices[1]
    for i in range(x.size):
        for j in range(x.size):
            matrix[i, j] = -jacobian[i, j]
        matrix[i, i] += 1.0 / (GAMMA * step)
        trial[i] = x[i]
        value[i] = rate[i]
    if not factor(matrix, pivots):
        return False
    for stage in range(STAGES):
        if stage > 0:
            for i in range(x.size):
                trial[i] = x[i]
                for earlier in range(stage):
                    trial[i] += POINTS[stage, earlier] * work[earlier, i]
            rule(0.0, trial, p, value, beside)
        for i in range(x.size):
            work[stage, i] = value[i]
            for earlier in range(stage):
                work[stage, i] += COUPLING[stage, earlier] / step * work[earlier, i]
        solve(matrix, pivots, work[stage])
    for i in range(x.size):
        trial[i] += work[LAST, i]
    return True


def scale_of(point: FloatArray, size: FloatArray, jacobian: FloatArray, scale: FloatArray) -> None:
    """What the error of each state counts relative to.

    Its own size does not do: of a state that begins as t⁴ it is as small as the error of this order, however short the step.
    """
    fastest = largest(jacobian)
    for i in range(point.size):
        driven = 0.0
        for j in range(point.size):
            driven += abs(jacobian[i, j]) * max(size[j], abs(point[j]))
        scale[i] = max(size[i], driven / fastest) if fastest > 0.0 and isfinite(fastest) else size[i]


def has_arrived(
    rule: Any,
    p: FloatArray,
    x: FloatArray,
    rate: FloatArray,
    jacobian: FloatArray,
    size: FloatArray,
    close: float,
    work: FloatArray,
    matrices: FloatArray,
    pivots: FloatArray,
) -> bool:
    """Whether a root lies right beside ``x``; if so ``x`` and ``jacobian`` become those of it."""
    correction, point, value = work[CORRECTION], work[TRIAL], work[VALUE]
    matrix, slope = matrices[0], matrices[1]
    for i in range(x.size):
        point[i], value[i] = x[i], rate[i]
    copy_matrix(jacobian, slope)
    before = inf
    for iteration in range(NEWTON_LIMIT):
        copy_matrix(slope, matrix)
        for i in range(x.size):
            correction[i] = -value[i]
        if not factor(matrix, pivots):
            return iteration == 0 and length(rate) == 0.0
        solve(matrix, pivots, correction)
        now = relative_length(correction, size, x)
        if iteration == 0 and not now <= close:
            return False
        if iteration == 1 and not (now <= CONTRACTION * before or now <= STAGNANT):
            return False
        if now >= 0.5 * before and now > ARRIVED:
            return now <= STAGNANT and settle_at(rule, p, point, x, jacobian, rate, size, close)
        for i in range(x.size):
            point[i] += correction[i]
        if now <= ARRIVED:
            return settle_at(rule, p, point, x, jacobian, rate, size, close)
        before = now
        rule(0.0, point, p, value, slope)
    return False


def settle_at(
    rule: Any, p: FloatArray, point: FloatArray, x: FloatArray, jacobian: FloatArray, rate: FloatArray, size: FloatArray, close: float
) -> bool:
    """Move to the root unless it is farther away than the first Newton step promised."""
    for i in range(x.size):
        if not abs(point[i] - x[i]) <= 2.0 * close * size[i]:
            return False
    for i in range(x.size):
        x[i] = point[i]
    rule(0.0, x, p, rate, jacobian)
    return True


def relative_length(step: FloatArray, size: FloatArray, point: FloatArray) -> float:
    """Largest component over the size that its state has had, ``point`` included; infinite where that is unknown."""
    worst = 0.0
    for i in range(step.size):
        if not (isfinite(step[i]) and isfinite(point[i])):
            return inf
        if step[i] != 0.0:
            worst = max(worst, abs(step[i]) / max(size[i], abs(point[i]), 1e-300))
    return worst


def is_within(x: FloatArray, lower: FloatArray, upper: FloatArray, size: FloatArray, slack: float) -> bool:
    """Whether no state lies beyond its bounds by more than ``slack`` of its size."""
    inside = True
    for i in range(x.size):
        inside = inside and lower[i] - slack * size[i] <= x[i] <= upper[i] + slack * size[i]
    return inside


def copy_matrix(source: FloatArray, target: FloatArray) -> None:
    """Write one matrix over another."""
    for i in range(source.shape[0]):
        for j in range(source.shape[1]):
            target[i, j] = source[i, j]


def length(vector: FloatArray) -> float:
    """Largest absolute component; infinite if one is not finite."""
    worst = 0.0
    for value in vector:
        worst = max(worst, abs(value)) if isfinite(value) else inf
    return worst


def largest(matrix: FloatArray) -> float:
    """Largest absolute row sum; infinite if an entry is not finite."""
    worst = 0.0
    for i in range(matrix.shape[0]):
        total = 0.0
        for j in range(matrix.shape[1]):
            total += abs(matrix[i, j])
        worst = max(worst, total) if isfinite(total) else inf
    return worst
