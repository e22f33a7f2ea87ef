"""The flow of a plane seen from one of its points: in widths of a window, parametrised by length, and how far a followed path is off."""

import numpy as np
from numpy.polynomial import chebyshev

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.field import Field
from richardson.dynamics.dense import DenseOutput

SLOWEST = 1e-12  # widths times the point's rate: at rest the pace drops to zero instead of growing beyond all bounds
NODES, WEIGHTS = np.polynomial.legendre.leggauss(6)  # a step: its polynomial's slope is of degree eleven at most


class ByLength:
    """A field of the same paths in places u = (state − origin)/width, with |du/ds| = 1 but at rest.

    Parameters
    ----------
    field : Field
        Of two states.
    origin, width : ndarray, shape (2,)
    rate : float
        A rate of the flow, for its scale.
    direction : int
        1 forwards, −1 backwards.
    """

    def __init__(self, field: Field, origin: FloatArray, width: FloatArray, rate: float, direction: int) -> None:
        self.field, self.origin, self.width, self.direction = field, origin, width, direction
        self._slowest = SLOWEST * abs(rate)

    def states(self, places: FloatArray) -> FloatArray:
        """States of places (…, 2)."""
        return np.asarray(self.origin + self.width * places)

    def rates(self, time: float, place: FloatArray) -> FloatArray:
        """Unit vector along the flow."""
        rates = self.direction * self.field.rates(0.0, self.states(place)) / self.width
        return rates * self._pace(rates)[0]

    def jacobian(self, time: float, place: FloatArray) -> FloatArray:
        """Its derivative."""
        rates, jacobian = self.linearised(place)
        pace, slope = self._pace(rates)
        return np.asarray(pace * jacobian + slope * np.outer(rates, 2 * rates @ jacobian))

    def linearised(self, place: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Rates (2,) and Jacobian (2, 2) in time, in widths."""
        rates, jacobian = self.field.rates_and_jacobian(0.0, self.states(place))
        return self.direction * rates / self.width, self.direction * jacobian * self.width / self.width[:, np.newaxis]

    def linearised_over(self, places: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The same at places (n, 2)."""
        rates, jacobians = self.field.rates_and_jacobians(self.states(places))
        return self.direction * rates / self.width, self.direction * jacobians * self.width / self.width[:, np.newaxis]

    def _pace(self, rates: FloatArray) -> tuple[float, float]:
        """h(q) = q/(q + ε²)^(3/2) and its derivative, q the squared speed."""
        square = float(rates @ rates)
        total = square + self._slowest**2
        if total == 0.0:
            return 0.0, 0.0
        return square / total**1.5, (1.0 - 1.5 * square / total) / total**1.5


def distance_bound(paths: ByLength, dense: DenseOutput, before: float) -> float:
    """Bound, to first order, of how far a followed path strays from the curve through the start that it should have had.

    Parameters
    ----------
    paths : ByLength
    dense : DenseOutput
        The path, over its length.
    before : float
        How far its start may be off, in widths.

    Returns
    -------
    float
        Widths, across the curve; infinite where the rates are no numbers.

    Notes
    -----
    The distance η across the curve obeys dη/ds = (n·Jn/|f|) η + n·(du/ds), n the normal of the flow: what neighbouring paths do,
    and the slope of the path's own polynomials across the flow. The latter's magnitude is summed, so nothing cancels by luck.
    """
    steps = np.arange(len(dense.coefficients))
    halves = np.diff(dense.breakpoints) / 2
    points = np.broadcast_to(NODES, (len(steps), len(NODES)))
    places = dense.at_points(steps, points)
    slopes = DenseOutput(dense.breakpoints, _derived(dense.coefficients)).at_points(steps, points)  # over [−1, 1]
    rates, jacobians = paths.linearised_over(places.reshape(-1, 2))
    speed = np.linalg.norm(rates, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        normal = np.stack([-rates[:, 1], rates[:, 0]], axis=1) / speed[:, np.newaxis]
        spread = np.einsum("ki,kij,kj->k", normal, jacobians, normal) / speed
    across = np.abs(np.einsum("ki,ki->k", normal, slopes.reshape(-1, 2))).reshape(points.shape) @ WEIGHTS
    growth = halves * (spread.reshape(points.shape) @ WEIGHTS)
    off = largest = before
    for gain, defect in zip(np.exp(np.minimum(growth, 700.0)), across, strict=True):
        largest = max(largest, max(gain, 1.0) * (off + defect))
        off = gain * off + max(gain, 1.0) * defect
    return float(largest) if np.isfinite(largest) and np.isfinite(off) else float("inf")


def newton_steps(rates: FloatArray, jacobians: FloatArray) -> FloatArray:
    """Newton's steps −J⁻¹f at many places, shape (n, 2); infinite where the derivative is singular."""
    (a, b), (c, d) = jacobians.transpose(1, 2, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        determinant = a * d - b * c
        steps = np.stack([b * rates[:, 1] - d * rates[:, 0], c * rates[:, 0] - a * rates[:, 1]], axis=1) / determinant[:, np.newaxis]
    return np.where(np.isfinite(steps), steps, np.inf)


def crossings(places: FloatArray) -> tuple[FloatArray, IntArray]:
    """Where a path (n, 2) earlier passed the line across its end the same way, shape (k, 2), in order, and the rows before, shape (k,)."""
    end, along = places[-1], places[-1] - places[-2]
    ahead = (places[:-1] - end) @ along
    before = np.flatnonzero((ahead[:-1] < 0.0) & (ahead[1:] >= 0.0))
    share = ahead[before] / (ahead[before] - ahead[before + 1])
    return places[before] + share[:, np.newaxis] * (places[before + 1] - places[before]), before


def _derived(coefficients: FloatArray) -> FloatArray:
    """Chebyshev coefficients (n, degree, 2) of the derivatives of series (n, degree + 1, 2)."""
    return np.ascontiguousarray(np.moveaxis(chebyshev.chebder(np.moveaxis(coefficients, 1, 0)), 0, 1))
