"""Chebyshev series: the bounds by which most steps are cleared of having passed a barrier."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial import chebyshev
from scipy.stats import binom

from richardson.dynamics.chebyshev import basis, bounds, to_bernstein

POINTS = np.linspace(-1.0, 1.0, 401)


@pytest.mark.parametrize("degree", range(13))
def test_bernstein_coefficients_give_the_polynomial_that_chebyshev_coefficients_do(degree: int) -> None:
    bernstein = binom.pmf(np.arange(degree + 1), degree, (POINTS[:, np.newaxis] + 1.0) / 2.0)  # probabilities are Bernstein's polynomials
    np.testing.assert_allclose(bernstein @ to_bernstein(degree), basis(POINTS, degree), atol=1e-12 * np.abs(to_bernstein(degree)).max())


@given(series=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=13), shrink=st.floats(0.01, 1.0))
def test_no_series_goes_beyond_its_bounds(series: list[float], shrink: float) -> None:
    coefficients = np.array(series) * shrink ** np.arange(len(series))
    low, high = bounds(coefficients[np.newaxis])
    values = chebyshev.chebval(POINTS, coefficients)
    rounding = 1e-13 * np.abs(coefficients).sum()  # of the values that are compared
    assert low[0] <= values.min() + rounding
    assert high[0] >= values.max() - rounding


def test_a_series_that_leaves_its_lowest_value_slowly_is_bounded_by_it() -> None:
    """s = (1 + t)/2 in s² and s³(2 − s): they touch zero where s does, while a sum of magnitudes says −1/4 and less."""
    squared = chebyshev.poly2cheb(np.polynomial.polynomial.polypow([0.5, 0.5], 2))
    steep = chebyshev.poly2cheb(np.polynomial.polynomial.polymul(np.polynomial.polynomial.polypow([0.5, 0.5], 3), [1.5, -0.5]))
    for series in (squared, steep):
        low, high = bounds(series[np.newaxis])
        assert low[0] == pytest.approx(0.0, abs=1e-14)
        assert high[0] == pytest.approx(1.0, abs=1e-14)
        assert series[0] - np.abs(series[1:]).sum() < -0.2


def test_many_series_are_bounded_as_one_by_one() -> None:
    series = np.random.default_rng(1).normal(size=(20, 8))
    low, high = bounds(series)
    for place, one in enumerate(series):
        np.testing.assert_allclose(np.array(bounds(one[np.newaxis]))[:, 0], [low[place], high[place]], rtol=1e-13)
