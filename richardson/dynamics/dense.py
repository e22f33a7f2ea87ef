"""A run between its steps: one polynomial a step, as Chebyshev coefficients."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.arrays import FloatArray, IntArray
from richardson.dynamics.chebyshev import at_ends, basis, nodes, to_coefficients

LSODA_ORDER, BDF_ORDER = 12, 5  # highest degrees of these methods' polynomials

NORDSIECK = 10  # where ODEPACK's history array starts, counted from the size of the step taken


@dataclass(frozen=True, eq=False)
class DenseOutput:
    """Piecewise polynomial, continuous, one piece a step.

    Attributes
    ----------
    breakpoints : ndarray, shape (n + 1,)
        Ends of the steps, increasing.
    coefficients : ndarray, shape (n, degree + 1, d)
        Chebyshev coefficients on each step, mapped to [−1, 1].
    """

    breakpoints: FloatArray
    coefficients: FloatArray

    def __call__(self, times: FloatArray) -> FloatArray:
        """States (k, d) at ``times`` (k,), which must lie within the breakpoints."""
        steps = np.searchsorted(self.breakpoints, times, side="right") - 1
        return self.within(np.clip(steps, 0, self.coefficients.shape[0] - 1), times[:, None])[:, 0, :]

    def within(self, steps: IntArray | npt.NDArray[np.intp], times: FloatArray) -> FloatArray:
        """States (k, j, d) at ``times`` (k, j), row by row on the polynomials of ``steps`` (k,)."""
        left, right = self.breakpoints[steps, None], self.breakpoints[steps + 1, None]
        width = np.where(right > left, right - left, 1.0)
        return self.at_points(steps, np.clip(((times - left) - (right - times)) / width, -1.0, 1.0))

    def at_points(self, steps: IntArray | npt.NDArray[np.intp], points: FloatArray) -> FloatArray:
        """States (k, j, d) at ``points`` (k, j) of [−1, 1], row by row on the polynomials of ``steps`` (k,).

        Late in a run a step may be so short that times round to a thousandth of it; its points do not.
        """
        return _product(basis(points, self.coefficients.shape[1] - 1), self.coefficients[steps])

    def times_of(self, steps: IntArray | npt.NDArray[np.intp], points: FloatArray) -> FloatArray:
        """Times of ``points`` of [−1, 1], of the shape of ``points``, on ``steps`` (k,); those of ±1 are the breakpoints."""
        shape = (-1,) + (1,) * (points.ndim - 1)
        left, right = self.breakpoints[steps].reshape(shape), self.breakpoints[steps + 1].reshape(shape)
        return np.where(points < 1.0, left + (right - left) * (points + 1.0) / 2.0, right)

    def until(self, stop: float) -> "DenseOutput":
        """The same polynomial cut off at ``stop``, a time within the breakpoints."""
        last = max(int(np.searchsorted(self.breakpoints, stop, side="left")) - 1, 0)
        breakpoints = self.breakpoints[: last + 2].copy()
        coefficients = self.coefficients[: last + 1].copy()
        if stop < breakpoints[-1]:
            degree = coefficients.shape[1] - 1
            points = breakpoints[-2] + (stop - breakpoints[-2]) * (nodes(degree) + 1.0) / 2.0
            values = self.within(np.array([last]), points[None, :])[0]
            coefficients[-1] = to_coefficients(degree) @ values
            breakpoints[-1] = stop
        return DenseOutput(breakpoints, coefficients)


def constant(time: float, state: FloatArray) -> DenseOutput:
    """A run of no length."""
    return DenseOutput(np.array([time, time]), state[None, None, :].copy())


def joined(pieces: Sequence[DenseOutput]) -> DenseOutput:
    """Consecutive pieces as one, without columns of coefficients that are zero throughout."""
    breakpoints = np.concatenate([pieces[0].breakpoints[:1], *(piece.breakpoints[1:] for piece in pieces)])
    coefficients = np.concatenate([piece.coefficients for piece in pieces])
    used = np.flatnonzero(coefficients.reshape(coefficients.shape[0], -1).any(axis=0)) // coefficients.shape[2]
    return DenseOutput(breakpoints, np.ascontiguousarray(coefficients[:, : (used[-1] + 1 if used.size else 1)]))


def from_nested(rows: FloatArray) -> FloatArray:
    """Chebyshev coefficients (n, degree + 1, d) of ``x₀ + w(c₁ + (1 − w)(c₂ + w(c₃ + …)))``, from its rows x₀, c₁, … of that shape."""
    return _product(_nested(rows.shape[1] - 1), rows)


class Recorder:
    """Collects the polynomials of a scipy solver's steps, and gives them in Chebyshev form.

    Parameters
    ----------
    form : str
        Key of `POLYNOMIALS`, or "LSODA".
    capacity : int
        The most steps it can hold.
    start : ndarray, shape (d,)
    time : float
        Where the first step begins.
    """

    def __init__(self, form: str, capacity: int, time: float, start: FloatArray) -> None:
        self._form = form
        self._times, self._states = [time], [start]
        self._solutions: list[Any] = []
        if form == "LSODA":  # a copy of its history array costs a tenth of scipy's object
            self._histories = np.empty((capacity, NORDSIECK + (LSODA_ORDER + 1) * start.size))
            self._orders = np.empty((capacity, 2), dtype=np.int64)

    def add(self, solver: Any) -> None:
        """The solver's last step."""
        if self._form == "LSODA":
            index = len(self._times) - 1
            integrator = solver._lsoda_solver._integrator
            self._histories[index] = integrator.rwork[10 : 10 + self._histories.shape[1]]
            self._orders[index] = integrator.iwork[13:15]
        else:
            self._solutions.append(solver.dense_output())
        self._times.append(solver.t)
        self._states.append(solver.y)

    @property
    def count(self) -> int:
        """Number of steps held."""
        return len(self._times) - 1

    @property
    def states(self) -> list[FloatArray]:
        """States at the ends of the steps, the start first."""
        return self._states

    def dense(self) -> DenseOutput:
        """The steps as one continuous piecewise polynomial.

        Multistep polynomials miss the older end of their step by about the local error; a straight line added
        to each makes the run continuous, so that events see no jump.
        """
        breakpoints, states, widths = np.array(self._times), np.array(self._states), np.diff(self._times)
        if self._form == "LSODA":
            coefficients = _lsoda(self._histories[: self.count], self._orders[: self.count], widths)
        else:
            coefficients = POLYNOMIALS[self._form](self._solutions, widths)
        ends = _product(at_ends(coefficients.shape[1] - 1), coefficients)
        left, right = states[:-1] - ends[:, 0], states[1:] - ends[:, 1]
        coefficients[:, 0] += 0.5 * (right + left)
        coefficients[:, 1] += 0.5 * (right - left)
        return DenseOutput(breakpoints, coefficients)


def _runge_kutta(solutions: Sequence[Any], widths: FloatArray) -> FloatArray:
    """``y + h Σ Qₖ wᵏ⁺¹`` with w from 0 to 1."""
    return _from_stages(np.stack([each.Q for each in solutions]) * widths[:, None, None], [each.y_old for each in solutions])


def _radau(solutions: Sequence[Any], widths: FloatArray) -> FloatArray:
    """``y + Σ Qₖ wᵏ⁺¹`` with w from 0 to 1."""
    return _from_stages(np.stack([each.Q for each in solutions]), [each.y_old for each in solutions])


def _from_stages(powers: FloatArray, starts: Sequence[FloatArray]) -> FloatArray:
    full = np.concatenate([np.stack(starts)[:, :, None], powers], axis=2)
    return np.ascontiguousarray(np.matmul(full, _powers(full.shape[2] - 1, 0.0)).transpose(0, 2, 1))


def _lsoda(histories: FloatArray, orders: IntArray, widths: FloatArray) -> FloatArray:
    """``Σ yₖ ((t − t₁)/h)ᵏ`` with h the step to be tried next, not the one taken (scipy's ``LSODA._dense_output_impl``)."""
    order, next_order = orders.T
    used, tried = histories[:, 0], histories[:, 1]
    table = histories[:, NORDSIECK:].reshape(order.size, LSODA_ORDER + 1, -1)
    table = np.where((np.arange(LSODA_ORDER + 1) <= order[:, None])[:, :, None], table, 0.0)
    lowered = np.flatnonzero(next_order < order)  # then the last entry is still in units of the step taken
    table[lowered, order[lowered]] *= ((tried / used)[lowered] ** order[lowered])[:, None]
    powers = np.empty((order.size, LSODA_ORDER + 1))
    powers[:, 0] = 1.0
    powers[:, 1:] = (widths / tried)[:, None]
    table *= np.multiply.accumulate(powers, axis=1)[:, :, None]
    return _product(_powers(LSODA_ORDER, -1.0).T, table)


def _bdf(solutions: Sequence[Any], widths: FloatArray) -> FloatArray:
    """Backward differences ``Σ Dₖ Π (s + i)/(i + 1)``, s = (t − t₁)/h with h the step to be tried next."""
    table = np.zeros((len(solutions), BDF_ORDER + 1, solutions[0].D.shape[1]))
    for row, each in zip(table, solutions, strict=True):
        row[: each.D.shape[0]] = each.D
    ratio = widths / np.array([each.denom[0] for each in solutions])
    position = ratio[:, None] * (nodes(BDF_ORDER) - 1.0) / 2.0
    factors = np.ones((*position.shape, BDF_ORDER + 1))
    for order in range(BDF_ORDER):
        factors[..., order + 1] = factors[..., order] * (position + order) / (order + 1)
    return _product(to_coefficients(BDF_ORDER), _product(factors, table))


def _dop853(solutions: Sequence[Any], widths: FloatArray) -> FloatArray:
    """``y + w(F₀ + (1 − w)(F₁ + w(F₂ + …)))`` with w from 0 to 1."""
    full = np.concatenate([np.stack([each.y_old for each in solutions])[:, None], np.stack([each.F for each in solutions])], axis=1)
    return from_nested(full)


@cache
def _powers(degree: int, left: float) -> FloatArray:
    """Rows: Chebyshev coefficients on [−1, 1] of wᵏ, k = 0 … degree, with w from ``left`` to ``left + 1``."""
    points = left + (nodes(degree) + 1.0) / 2.0
    table = to_coefficients(degree) @ points[:, None] ** np.arange(degree + 1)
    return np.ascontiguousarray(np.tril(table.T))


@cache
def _nested(degree: int) -> FloatArray:
    """Columns: Chebyshev coefficients of 1, w, w(1 − w), w²(1 − w), …, with w from 0 to 1."""
    points = (nodes(degree) + 1.0) / 2.0
    columns = [np.ones_like(points)]
    for order in range(degree):
        columns.append(columns[-1] * (points if order % 2 == 0 else 1.0 - points))
    return to_coefficients(degree) @ np.stack(columns, axis=1)


def _product(left: FloatArray, right: FloatArray) -> FloatArray:
    """Matrix product over the last two axes; NumPy's is annotated as Any."""
    return np.asarray(np.matmul(left, right), dtype=np.float64)


POLYNOMIALS: dict[str, Callable[[Sequence[Any], FloatArray], FloatArray]] = {
    "RK45": _runge_kutta,
    "DOP853": _dop853,
    "Radau": _radau,
    "BDF": _bdf,
}
