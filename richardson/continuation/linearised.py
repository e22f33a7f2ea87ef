"""Eigenvalues along a branch, and what their signs say about it."""

from typing import NamedTuple

import numpy as np

from richardson.arrays import BoolArray, ComplexArray, FloatArray, IntArray
from richardson.continuation.defining import ENTRY_ERROR
from richardson.continuation.family import Family
from richardson.stability.kinds import attracts, eigenvalues_with_errors

CLEAR = 1e-6  # relative to the largest: an eigenvalue so far from the axis is on its side whatever its error
FLAT = 1e-9  # of a unit tangent: a branch that stands on its parameter value
BALANCED = 1e-10  # relative: a sum of eigenvalues, or a determinant, that rounding may have made


class Signs(NamedTuple):
    """Test functions at points of a branch: 1 or −1, and 0 where rounding decides; each of shape (n,).

    ``turn`` changes at a fold, ``crossing`` at a branch point, ``pair`` at a Hopf or Neimark–Sacker point and at a neutral saddle,
    ``flip`` at a period doubling; ``unstable`` counts eigenvalues beyond the axis (of a map, the circle), −1 where rounding decides.
    """

    turn: IntArray
    crossing: IntArray
    pair: IntArray
    flip: IntArray
    unstable: IntArray


def linearised(family: Family, places: FloatArray) -> tuple[ComplexArray, BoolArray]:
    """Eigenvalues (n, d), or multipliers, and stability (n,) at states and parameter values of shape (n, d + 1)."""
    jacobians = _jacobians(family, places)
    eigenvalues = _eigenvalues(jacobians)
    order = np.lexsort((-eigenvalues.imag, -eigenvalues.real), axis=-1)
    eigenvalues = np.take_along_axis(eigenvalues, order, axis=-1)
    growth = _growth(family, eigenvalues)
    stable = np.asarray((growth < 0.0).all(axis=1), dtype=np.bool_)
    doubtful = (np.abs(growth) < CLEAR * np.abs(eigenvalues).max(axis=1, keepdims=True)).any(axis=1)  # never where they are not numbers
    for row in np.flatnonzero(doubtful):
        uncertainty = ENTRY_ERROR * np.abs(jacobians[row])
        eigenvalues[row], _, errors = eigenvalues_with_errors(jacobians[row], uncertainty)
        stable[row] = attracts(eigenvalues[row], errors, jacobians[row], uncertainty, is_map=family.is_map)
    return eigenvalues, stable


def signs(family: Family, points: FloatArray, tangents: FloatArray) -> Signs:
    """Test functions at points of shape (n, d + 1) with unit tangents of the same shape."""
    matrices = np.array([family.values_and_matrix(point)[1] for point in points])
    turn = np.where(np.abs(tangents[:, -1]) > FLAT, np.sign(tangents[:, -1]), 0.0).astype(np.int64)
    crossing = _determinant_signs(np.concatenate((matrices, tangents[:, None, :]), axis=1))
    squares = matrices[:, :, :-1]
    flip = np.zeros_like(turn)
    if family.is_map:
        squares = squares + np.eye(family.dimension)
        flip = _determinant_signs(squares + np.eye(family.dimension))
    eigenvalues = _eigenvalues(squares)
    growth, size = _growth(family, eigenvalues), np.abs(eigenvalues).max(axis=1)
    clear = (np.abs(growth) > BALANCED * size[:, None]).all(axis=1)
    unstable = np.where(clear, (growth > 0.0).sum(axis=1), -1)
    return Signs(turn, crossing, _pair_signs(eigenvalues, is_map=family.is_map), flip, unstable)


def _jacobians(family: Family, places: FloatArray) -> FloatArray:
    """Derivatives of the rates in the states, shape (n, d, d), in their units."""
    jacobians = np.empty((len(places), family.dimension, family.dimension))
    for row, place in enumerate(np.ascontiguousarray(places)):
        jacobians[row] = family.field.jacobian(0.0, place)[:-1, :-1]
    return jacobians


def _eigenvalues(matrices: FloatArray) -> ComplexArray:
    """Eigenvalues (n, d) of matrices (n, d, d), NaN of those that are not finite."""
    eigenvalues = np.full(matrices.shape[:2], np.nan, dtype=np.complex128)
    finite = np.isfinite(matrices).all(axis=(1, 2))
    eigenvalues[finite] = np.linalg.eigvals(matrices[finite])
    return eigenvalues


def _growth(family: Family, eigenvalues: ComplexArray) -> FloatArray:
    return np.abs(eigenvalues) - 1.0 if family.is_map else eigenvalues.real


def _determinant_signs(matrices: FloatArray) -> IntArray:
    """Signs of determinants (n, m, m), 0 where the matrix is singular to rounding."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        rows = np.abs(matrices).max(axis=2, keepdims=True)
        sign, size = np.linalg.slogdet(matrices / np.where(rows > 0.0, rows, 1.0))
    clear = np.isfinite(size) & (size > np.log(BALANCED) - matrices.shape[1] * np.log(matrices.shape[1]))
    return np.where(clear, sign, 0.0).astype(np.int64)


def _pair_signs(eigenvalues: ComplexArray, *, is_map: bool) -> IntArray:
    """Signs of the product over pairs of λᵢ + λⱼ (of a map, λᵢλⱼ − 1), which is the determinant of the bialternate product."""
    first, second = np.triu_indices(eigenvalues.shape[1], 1)
    if not len(first):
        return np.zeros(len(eigenvalues), dtype=np.int64)
    a, b = eigenvalues[:, first], eigenvalues[:, second]
    sums = a * b - 1.0 if is_map else a + b
    size = 1.0 + np.abs(a * b) if is_map else np.abs(eigenvalues).max(axis=1, keepdims=True)
    clear = np.asarray((np.abs(sums) > BALANCED * size).all(axis=1))
    phases = np.where(clear[:, None], sums / np.maximum(np.abs(sums), np.finfo(np.float64).tiny), 1.0)
    return np.where(clear, np.sign(np.prod(phases, axis=1).real), 0.0).astype(np.int64)
