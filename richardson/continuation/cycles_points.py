"""Special points on a branch of cycles: found by changes of sign, located on finer and finer meshes."""

from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.polynomial.chebyshev import Chebyshev, chebpts1
from scipy.optimize import brentq

from richardson.continuation.branch import SpecialPoint
from richardson.continuation.cycles_chart import Chart, Stand, crossing_circle, crossing_minus_one, crossing_plus_one, turning

Test = Callable[[Stand], float]

FINER = (1.0, 1.5, 2.25, 3.4)  # meshes on which a point is located, until its value stands
SETTLED = 1e-9  # of the span
LENGTH = 1e-13  # of a step: how closely a zero is located along it
ROUNDING = 1e-10  # of the span or the value: what Newton's iteration and the multipliers leave open
ON_CIRCLE = 1e-4  # distance from it of a multiplier that passes it: a check, since the point itself is known far better
CYCLES_AROUND = 10  # from which a branch point is interpolated
REAL = 1e-3  # imaginary part below which a pair has met on the real axis


class UnresolvedError(Exception):
    """A zero of a test function that corrected cycles do not show."""


def changes(before: Stand, after: Stand) -> list[Test]:
    """Test functions that change sign between two cycles."""
    tests: list[Test] = []
    is_turning = turning(before) * turning(after) < 0.0
    is_crossing = crossing_plus_one(before) * crossing_plus_one(after) < 0.0
    if is_turning or is_crossing:
        tests.append(turning if is_turning else crossing_plus_one)
    if crossing_minus_one(before) * crossing_minus_one(after) < 0.0:
        tests.append(crossing_minus_one)
    if crossing_circle(before) * crossing_circle(after) < 0.0:
        tests.append(crossing_circle)
    return tests


def is_explained(before: Stand, after: Stand) -> bool:
    """Whether the number of unstable multipliers changes as the test functions say; else two points lie in between."""
    sizes: dict[Test, tuple[int, ...]] = {
        turning: (-1, 0, 1),
        crossing_plus_one: (-1, 1),
        crossing_minus_one: (-1, 1),
        crossing_circle: (-2, 0, 2),
    }
    change = after.solved.multipliers.unstable_count - before.solved.multipliers.unstable_count
    return change in {sum(each) for each in product(*(sizes[test] for test in changes(before, after)))}


def located(chart: Callable[[float], Chart], before: Stand, after: Stand, length: float) -> list[tuple[float, SpecialPoint, Stand | None]]:
    """Special points between two cycles, each with its distance from the first and, unless it is interpolated, its cycle.

    Parameters
    ----------
    chart : callable
        From how much finer the mesh shall be to the chart in which ``after`` was reached from ``before``.
    before, after : Stand
    length : float
        Distance between them.

    Raises
    ------
    UnresolvedError
        If cycles in between do not converge, or do not show what the ends do.
    """
    found = [_located(chart, test, length) for test in changes(before, after)]
    return sorted((each for each in found if each is not None), key=lambda each: each[0])


def _located(chart: Callable[[float], Chart], test: Test, length: float) -> tuple[float, SpecialPoint, Stand | None] | None:
    """One point, on meshes refined until its parameter value stands."""
    values: list[float] = []
    for finer in FINER:
        here = chart(finer)
        place, value, residual, stand = _zero(here, test, length)
        values.append(value)
        if len(values) > 1 and abs(values[-1] - values[-2]) <= SETTLED * here.equations.width:
            break
    kind = _kind(test, stand, _reached(here, 0.0), _reached(here, length))
    if kind is None:
        return None
    doubt = abs(values[-1] - values[-2]) + ROUNDING * max(here.equations.width, abs(value))
    across = stand.solved.multipliers.across
    turn = across[np.argmin(np.abs(np.abs(across) - 1.0))]
    point = SpecialPoint(
        kind=kind,
        value=value,
        state=stand.profile.nodes[0].copy(),
        bracket=(value - doubt, value + doubt),
        residual=residual,
        frequency=float(abs(np.angle(turn)) / stand.profile.period) if kind == "neimark-sacker" else None,
    )
    return place, point, stand if stand.value == value else None


def _zero(chart: Chart, test: Test, length: float) -> tuple[float, float, float, Stand]:
    """Where a test function vanishes on a chart: distance, parameter value, what is left of the function, and cycle."""
    if test is crossing_plus_one:
        return _interpolated(chart, test, length)
    try:
        return _iterated(chart, test, length)
    except UnresolvedError:
        if test is not turning:
            raise
        return _interpolated(chart, test, length)


def _iterated(chart: Chart, test: Test, length: float) -> tuple[float, float, float, Stand]:
    """The zero from cycles ever nearer to it."""
    low, high = test(_reached(chart, 0.0)), test(_reached(chart, length))
    if low * high > 0.0:
        raise UnresolvedError
    place = 0.0 if low == 0.0 else length
    if low * high < 0.0:
        place = float(brentq(lambda at: test(_reached(chart, at)), 0.0, length, xtol=LENGTH * length, rtol=8.9e-16))
    stand = _reached(chart, place)
    return place, stand.value, abs(test(stand)), stand


def _interpolated(chart: Chart, test: Test, length: float) -> tuple[float, float, float, Stand]:
    """The zero from cycles around it, where another branch crosses and Newton's iteration does not converge."""
    places = 0.5 * length * (chebpts1(CYCLES_AROUND) + 1.0)
    stands = [_reached(chart, float(place)) for place in places]
    domain = (0.0, length)
    tests, values = (
        Chebyshev.fit(places, column, CYCLES_AROUND - 1, domain=domain)
        for column in ([test(stand) for stand in stands], [stand.value for stand in stands])
    )
    if tests(0.0) * tests(length) > 0.0:
        raise UnresolvedError
    place = float(brentq(tests, 0.0, length, xtol=LENGTH * length, rtol=8.9e-16))
    nearest = stands[int(np.argmin(np.abs(places - place)))]
    return place, float(values(place)), float(abs(tests.coef[-1])), nearest


def _reached(chart: Chart, length: float) -> Stand:
    found = chart.reach(length)
    if found is None:
        raise UnresolvedError
    return found[0]


def _kind(test: Test, stand: Stand, before: Stand, after: Stand) -> str | None:
    """What a zero of a test function is; None for what is no special point."""
    across = stand.solved.multipliers.across
    if test is crossing_minus_one:
        return "period doubling" if np.abs(across + 1.0).min() <= ON_CIRCLE else None
    if test is crossing_circle:
        pairs = across[across.imag > REAL]
        return "neimark-sacker" if pairs.size and np.abs(np.abs(pairs) - 1.0).min() <= ON_CIRCLE else None
    is_crossing = crossing_plus_one(before) * crossing_plus_one(after) < 0.0
    return "fold of cycles" if test is turning and is_crossing else "branch point"
