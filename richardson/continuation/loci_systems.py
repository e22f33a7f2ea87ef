"""Minimally augmented systems: equilibria with one zero eigenvalue, or with a pair ±iω, over two parameters or more [1]_.

The rates are augmented by as few equations as the condition has: one for a fold, two for a Hopf point. These come from a matrix
that is singular exactly there (J, or J² + ω²I), bordered so that it is regular. The borders are its singular vectors at each
point, so that they turn along with the curve; then the added equation's value is the smallest singular value σ, and its
derivative is ⟨u, J′v⟩ with the exact second derivatives of the rates.

References
----------
.. [1] W. J. F. Govaerts (2000), Numerical Methods for Bifurcations of Dynamical Equilibria, SIAM, chapters 3–5 (quoted from memory).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from richardson.arrays import FloatArray
from richardson.continuation.loci_plane import Plane


@dataclass(frozen=True, eq=False)
class FoldSystem:
    """F = 0 and σ(J) = 0 over states and k parameters: a point has shape (d + k,). On a curve k = 2.

    Attributes
    ----------
    plane : Plane
    weights : FloatArray
        Shape (d,): rates are multiplied by these, so that rates in any unit weigh alike.
    """

    plane: Plane
    weights: FloatArray

    parameter_count = 2

    @cached_property
    def lower(self) -> FloatArray:
        """Lower corner of the box, shape (d + k,)."""
        return np.append(self.plane.field.lower / self.plane.scale, np.zeros(len(self.plane.names)))

    @cached_property
    def upper(self) -> FloatArray:
        """Upper corner of the box, shape (d + k,)."""
        return np.append(self.plane.field.upper / self.plane.scale, np.ones(len(self.plane.names)))

    def values_and_matrix(self, point: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Residuals (d + 1,) and their derivatives (d + 1, d + k)."""
        plane, field = self.plane, self.plane.field
        state = plane.at(point)
        rates, jacobian = field.rates_and_jacobian(0.0, state)
        slopes = field.parameter_derivatives(state, plane.names)
        square = self.weights[:, np.newaxis] * jacobian * plane.scale
        if not np.isfinite(square).all():
            return np.full(len(state) + 1, np.nan), np.full((len(state) + 1, len(point)), np.nan)
        left, singular, right = np.linalg.svd(square)
        row, column = left[:, -1] * self.weights, right[-1] * plane.scale
        bent = np.einsum("i,ijk,j->k", row, field.second_derivatives(state), column) * plane.scale
        mixed = np.einsum("i,ijk,j->k", row, field.mixed_derivatives(state, plane.names), column) * plane.widths
        upper = np.hstack((square, self.weights[:, np.newaxis] * slopes * plane.widths))
        return np.append(self.weights * rates, singular[-1]), np.vstack((upper, np.append(bent, mixed)))

    def place(self, point: FloatArray) -> FloatArray:
        """A point of the plane (d + k,) in the system's coordinates: the same."""
        return point

    def null_vectors(self, point: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Left and right null vector of J at a point of the curve, shape (d,) each, of unit length in the system's own scales."""
        jacobian = self.plane.field.jacobian(0.0, self.plane.at(point))
        left, _, right = np.linalg.svd(self.weights[:, np.newaxis] * jacobian * self.plane.scale)
        return left[:, -1], right[-1]


@dataclass(frozen=True, eq=False)
class HopfSystem:
    """F = 0 and J² + κI of rank d − 2 over states, κ and k parameters: a point has shape (d + 1 + k,), κ before the parameters.

    κ = ω² where positive; the curve ends in κ = 0, a Bogdanov–Takens point, beyond which it is one of neutral saddles.

    Attributes
    ----------
    plane : Plane
    weights : FloatArray
        Shape (d,), as in `FoldSystem`.
    pace : float
        In rad/yr: time is measured by it, and κ by its square.
    """

    plane: Plane
    weights: FloatArray
    pace: float

    parameter_count = 2

    @cached_property
    def lower(self) -> FloatArray:
        """Lower corner of the box, shape (d + 1 + k,)."""
        return np.append(self.plane.field.lower / self.plane.scale, np.zeros(1 + len(self.plane.names)))

    @cached_property
    def upper(self) -> FloatArray:
        """Upper corner of the box, shape (d + 1 + k,)."""
        return np.concatenate((self.plane.field.upper / self.plane.scale, [np.inf], np.ones(len(self.plane.names))))

    def values_and_matrix(self, point: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Residuals (d + 2,) and their derivatives (d + 2, d + 1 + k)."""
        plane, field, size = self.plane, self.plane.field, self.plane.dimension
        state = plane.at(point)
        rates, jacobian = field.rates_and_jacobian(0.0, state)
        linear = self._measured(jacobian)
        squared = linear @ linear + point[size] * np.eye(size)
        if not np.isfinite(squared).all():
            return np.full(size + 2, np.nan), np.full((size + 2, len(point)), np.nan)
        left, _, right = np.linalg.svd(squared)
        rows, columns = left[:, -2:].T, right[-2:].T
        equations = _independent(rows @ columns, rows @ linear @ columns)
        moves = np.concatenate((field.second_derivatives(state), field.mixed_derivatives(state, plane.names)), axis=2)
        moves = self._measured(moves.transpose(2, 0, 1)) * np.append(plane.scale, plane.widths)[:, np.newaxis, np.newaxis]
        slopes = rows @ moves @ (linear @ columns) + (rows @ linear) @ moves @ columns
        matrix = np.zeros((size + 2, len(point)))
        matrix[:size, :size] = self.weights[:, np.newaxis] * jacobian * plane.scale
        matrix[:size, size + 1 :] = self.weights[:, np.newaxis] * field.parameter_derivatives(state, plane.names) * plane.widths
        along = equations @ slopes.reshape(-1, 4).T
        matrix[size:, :size], matrix[size:, size], matrix[size:, size + 1 :] = (
            along[:, :size],
            equations @ (rows @ columns).ravel(),
            along[:, size:],
        )
        return np.append(self.weights * rates, equations @ (rows @ squared @ columns).ravel()), matrix

    @cached_property
    def _ratio(self) -> FloatArray:
        return np.asarray(self.plane.scale / self.plane.scale[:, np.newaxis] / self.pace)

    def _measured(self, matrices: FloatArray) -> FloatArray:
        """Derivatives of rates in states (…, d, d) in units of scale and pace: a similarity transformation, which keeps eigenvalues."""
        return np.asarray(matrices * self._ratio)

    def place(self, point: FloatArray) -> FloatArray:
        """A point of the plane (d + k,) in the system's coordinates (d + 1 + k,), where ω is the system's pace."""
        return np.insert(point, self.plane.dimension, 1.0)

    def critical_rows(self, point: FloatArray) -> FloatArray:
        """Basis (2, d) of the left invariant space of the pair ±iω in units of scale."""
        linear = self._measured(self.plane.field.jacobian(0.0, self.plane.at(point)))
        left, _, _ = np.linalg.svd(linear @ linear + point[self.plane.dimension] * np.eye(self.plane.dimension))
        return np.asarray(left[:, -2:].T)


def _independent(unity: FloatArray, linear: FloatArray) -> FloatArray:
    """The two independent of the four equations rows (J² + κI) columns = 0, as orthonormal combinations (2, 4).

    On the pair's invariant plane J² + κI = (tr J) J + (κ − det J) I by Cayley and Hamilton, so that these four move along the
    images (2, 2) of I and J only.
    """
    first = unity.ravel() / np.linalg.norm(unity)
    second = linear.ravel() - (first @ linear.ravel()) * first
    return np.stack((first, second / np.linalg.norm(second)))
