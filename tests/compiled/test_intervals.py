"""Arrays of intervals: they hold what balls of high precision say, and know nothing where a function is undefined."""

from collections.abc import Callable

import numpy as np
import pytest
from flint import arb, ctx

from richardson.compiled import balls, interval_functions
from richardson.compiled.bounds import Bounds
from richardson.compiled.enclosure import Enclosure
from richardson.compiled.intervals import Intervals
from richardson.models import security_dilemma
from richardson.symbolic.model import Model

PLACES = np.concatenate([np.linspace(-8, 8, 33), [-700.0, -1e-3, 1e-300, 1e-9, 30.0, 600.0]])
ONE = ["exp", "tanh", "sinh", "arctan", "cosh", "softplus", "sigmoid", "cos", "sin", "tan", "absolute"]


def holds(found: Intervals, place: int, exact: arb) -> bool:
    """Whether an interval holds a number, or knows nothing."""
    low, high = float(found.low[place]), float(found.high[place])
    return bool(np.isnan(low + high) or (arb(low) <= exact.upper() and exact.lower() <= arb(high)))


@pytest.mark.parametrize("name", ONE)
def test_functions_of_one_hold_every_value_between_the_ends(name: str) -> None:
    widths = np.array([0.0, 1e-12, 0.3, 5.0])
    low, width = (each.ravel() for each in np.meshgrid(PLACES, widths))
    with np.errstate(all="ignore"):
        found = getattr(interval_functions, name)(Intervals(low, low + width))
    with ctx.workprec(200):
        for share in (0.0, 0.37, 1.0):
            points = np.clip(low + share * width, low, low + width)
            assert all(holds(found, k, getattr(balls, name)(arb(point))) for k, point in enumerate(points.tolist()))
    assert np.isfinite(found.low).sum() > len(low) / 2


@pytest.mark.parametrize("steepness", [0.5, 1.0, 2.0, 3.7])
@pytest.mark.parametrize("name", ["hill0", "hill1"])
def test_hill_and_its_slope_hold_every_value(name: str, steepness: float) -> None:
    low, width = (each.ravel() for each in np.meshgrid(np.linspace(-2, 12, 29), [0.0, 0.4, 6.0]))
    threshold, exponent = (Intervals(np.asarray(each), np.asarray(each)) for each in (4.0, steepness))
    with np.errstate(all="ignore"):
        found = getattr(interval_functions, name)(Intervals(low, low + width), threshold, exponent)
    with ctx.workprec(200):
        for share in (0.0, 0.37, 1.0):
            for k, point in enumerate((low + share * width).tolist()):
                exact = getattr(balls, name)(arb(point), arb(4), arb(steepness))
                assert exact.is_nan() or holds(found, k, exact)
    assert np.isfinite(found.high).sum() > len(low) / 3


def test_arithmetic_holds_exact_results_and_keeps_zero_exact() -> None:
    rng = np.random.default_rng(3)
    low = rng.normal(size=(2, 500)) * 10.0 ** rng.integers(-200, 150, (2, 500))
    high = low + np.abs(low) * rng.uniform(0, 2, (2, 500))
    first, second = Intervals(low[0], high[0]), Intervals(low[1], high[1])
    with np.errstate(all="ignore"):
        answers: list[tuple[Intervals, Callable[[arb, arb], arb]]] = [
            (first + second, lambda a, b: a + b),
            (first - second, lambda a, b: a - b),
            (first * second, lambda a, b: a * b),
            (first / second, lambda a, b: a / b),
            (interval_functions.whole(first, 3), lambda a, b: a**3),
        ]
    with ctx.workprec(400):
        for found, rule in answers:
            for one, other in ((low[0], low[1]), (low[0], high[1]), (high[0], low[1]), (high[0], high[1])):
                assert all(holds(found, k, rule(arb(a), arb(b))) for k, (a, b) in enumerate(zip(one.tolist(), other.tolist(), strict=True)))
    zero = Intervals(np.zeros(3), np.zeros(3)) * Intervals(np.full(3, -1.0), np.ones(3))
    assert (zero.low == 0).all()
    assert (zero.high == 0).all()


@pytest.mark.parametrize("ends", [(0.3, 0.3), (-0.3, -0.3), (0.1, 0.2), (-0.2, -0.1), (-0.1, 0.2), (0.0, 0.0), (0.0, 0.2), (-0.2, 0.0)])
def test_a_product_with_one_number_holds_exact_results(ends: tuple[float, float]) -> None:
    low = np.array([-3.0, -1.0, 0.0, 1.1, -2.0, 1e-300, -1e-300])
    high = np.array([-2.0, 0.5, 0.0, 1.1, 0.0, 2e-300, 1e-300])
    one = Intervals(*ends)
    for found in (Intervals(low, high) * one, one * Intervals(low, high)):
        for end in ends:
            for points in (low, high):
                assert all(holds(found, k, arb(end) * arb(point)) for k, point in enumerate(points.tolist()))
        assert np.isfinite(found.low + found.high).all()
        assert (found.low[2], found.high[2]) == (0.0, 0.0)
    assert np.isnan((one * Intervals(np.array([np.nan]), np.array([np.nan]))).low).all()


def test_what_underflow_loses_is_not_taken_for_zero() -> None:
    tiny = Intervals(np.array([1e-200]), np.array([2e-200]))
    assert (tiny * tiny).high[0] > 0
    assert ((-tiny) * tiny).low[0] < 0
    assert interval_functions.exp(Intervals(np.array([-800.0]), np.array([-790.0]))).high[0] > 0


@pytest.mark.parametrize("text", ["sqrt(x)", "log(x)", "heaviside(x)", "sign(x)", "1/x", "x**0.5", "tan(x + pi/2)", "x/abs(x)"])
def test_rates_are_unknown_where_they_are_undefined_or_jump(text: str) -> None:
    bounds = Bounds(Enclosure(Model.from_equations({"x": text})))
    rate = bounds.rates(np.array([[-0.1], [0.5]]), np.array([[0.1], [0.6]]))[0]
    assert np.isnan(rate.low[0] + rate.high[0])
    assert np.isfinite(rate.low[1] + rate.high[1])


def test_bounds_of_the_flagship_hold_what_its_rates_and_jacobian_are() -> None:
    model = security_dilemma(balance=0.05, reassurance=0.1, ambition=0.2, distinguishability=0.3)
    enclosure = Enclosure(model)
    rng = np.random.default_rng(5)
    low = rng.uniform(0, 30, (60, 2))
    high = low + rng.uniform(0, 2, (60, 2))
    points = low + rng.random((60, 2)) * (high - low)
    rates, slopes = Bounds(enclosure).rates(low, high), Bounds(enclosure).jacobian(low, high)
    for k, point in enumerate(points.tolist()):
        exact = [arb(one) for one in point]
        assert all(holds(rate, k, value) for rate, value in zip(rates, enclosure.rates(exact), strict=True))
        assert all(
            holds(slope, k, value) for slope, value in zip([*slopes[0], *slopes[1]], enclosure.jacobian(exact).entries(), strict=True)
        )
