"""A straight line through shares on logarithmic scales: its slope, how sure that is, and over which sizes the line is straight."""

from dataclasses import dataclass
from math import hypot, log

import numpy as np

from richardson.arrays import BoolArray, FloatArray, IntArray
from richardson.errors import ComputationError

LEAST = 5  # sizes on a line: three decide a bend, and two more whether it is one
REACH = log(8.0)  # from the smallest to the largest size of a line, on a logarithmic scale
BEND = 0.05  # change of the slope along a line that is still called straight
SURE = 2.0  # standard errors from which on a bend is one
SCATTER = 0.25  # natural logarithm: points that stray further than this from their line follow none


@dataclass(frozen=True, eq=False)
class PowerLaw:
    """values ~ sizes ** exponent.

    Attributes
    ----------
    exponent : float
    standard_error : float
    is_used : BoolArray
        Shape (n,): sizes on which the exponent rests.
    """

    exponent: float
    standard_error: float
    is_used: BoolArray


def power_law(sizes: FloatArray, values: FloatArray, errors: FloatArray) -> PowerLaw:
    """The power law that values follow from the smallest size on, up to the size at which they bend away.

    Parameters
    ----------
    sizes : FloatArray
        Shape (n,), increasing.
    values : FloatArray
        Shape (n,); those that are not above zero are left out.
    errors : FloatArray
        Shape (n,): standard errors of the values; zero where they are exact and only their scatter tells the error.

    Raises
    ------
    ComputationError
        If they follow no power law over five sizes and a factor of eight.

    Notes
    -----
    Sizes are left out from the largest down, where the window and the shape of the basins are seen rather than the boundary, until
    a parabola through the logarithms is no better than a line: its bend less than two standard errors, or such that the slope
    changes by less than 0.05. The standard error is that of the fit, from the larger of the given errors and the scatter; where a
    small bend is seen, half the change of slope along the line is added to it in square. It does not know that another range
    might have been chosen, nor that the law may change at sizes that were not measured.
    """
    rows = np.flatnonzero(np.isfinite(values) & (values > 0))
    while rows.size >= LEAST and log(sizes[rows[-1]] / sizes[rows[0]]) >= REACH:
        x, y, weights = np.log(sizes[rows]), np.log(values[rows]), errors[rows] / values[rows]
        (_, slope), (_, error), scatter = _fit(x, y, weights, 1)
        (_, _, bend), (_, _, bend_error), _ = _fit(x, y, weights, 2)
        change = 2 * abs(bend) * (x[-1] - x[0]) if abs(bend) > SURE * bend_error else 0.0
        if change <= BEND and scatter <= SCATTER:
            return PowerLaw(slope, hypot(error, change / 2), np.isin(np.arange(len(sizes)), rows))
        rows = rows[:-1]
    raise ComputationError(_without_law(sizes, values))


def _fit(x: FloatArray, y: FloatArray, errors: FloatArray, degree: int) -> tuple[list[float], list[float], float]:
    """Coefficients of a polynomial about the middle of x, their standard errors, and the root mean square of what is left."""
    known = bool((errors > 0).all())
    weights = 1 / errors if known else np.ones_like(y)
    powers: IntArray = np.arange(degree + 1)
    design = (x - x.mean())[:, np.newaxis] ** powers * weights[:, np.newaxis]
    coefficients, *_ = np.linalg.lstsq(design, y * weights, rcond=None)
    left = design @ coefficients - y * weights
    spread = float(left @ left) / (len(y) - degree - 1)
    variances = np.diag(np.linalg.inv(design.T @ design)) * (max(spread, 1.0) if known else spread)
    scatter = float(np.sqrt(np.mean((left / weights) ** 2)))
    return coefficients.tolist(), np.sqrt(variances).tolist(), scatter


def _without_law(sizes: FloatArray, values: FloatArray) -> str:
    listed = ", ".join(f"{value:.3g} at {size:.3g}" for size, value in zip(sizes, values, strict=True))
    return (
        f"The shares follow no power law over {LEAST} sizes and a factor of eight ({listed}), so the boundary has no dimension that "
        "could be told from them. Give a finer picture, or more pairs of starts, or a window in which the basins look alike everywhere."
    )
