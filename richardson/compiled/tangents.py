"""An orbit and its tangent vectors on their way through the kernels: from one stretch of time, or of steps, to the next."""

from __future__ import annotations

from functools import cache
from math import inf
from typing import Any, NamedTuple

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.address import addressed
from richardson.compiled.build import CODES, MATRIX, RULE, VECTOR, kernel_from
from richardson.compiled.field import Field
from richardson.compiled.kernels import TEXTS, basis
from richardson.compiled.lanes import one_text
from richardson.compiled.tableaus import DOP853

REACHED_END, ESCAPED, LEFT_DOMAIN, NOT_FINITE = basis.REACHED_END, basis.ESCAPED, basis.LEFT_DOMAIN, basis.NOT_FINITE
STEP_TOO_SMALL, STEP_LIMIT = basis.STEP_TOO_SMALL, basis.STEP_LIMIT

ALONG_FLOW = (
    f"void({RULE}, {VECTOR}, {MATRIX}, {VECTOR}, {MATRIX}, {MATRIX}, {VECTOR}, {VECTOR}, {CODES}, {VECTOR}, {MATRIX}, {VECTOR}, "
    f"{MATRIX}, {MATRIX})"
)
ALONG_MAP = f"void({RULE}, {VECTOR}, {MATRIX}, {VECTOR}, {VECTOR}, {CODES}, {VECTOR}, {MATRIX}, {CODES}, {MATRIX}, {MATRIX}, {VECTOR})"


class Accuracy(NamedTuple):
    """Relative and absolute tolerance of a step, the size of a state that has escaped, the longest step, and the most steps of a run."""

    relative: float
    absolute: float
    bound: float
    longest: float = inf
    step_limit: int = 2**62


class Stretches(NamedTuple):
    """What became of an orbit over n stretches, as far as it came.

    Attributes
    ----------
    growth : ndarray, shape (n, d)
        Logarithm of the factor by which each stretch multiplied the tangent vectors, the fastest first.
    states : ndarray, shape (n, d)
        Where each stretch ended.
    code : int
        `REACHED_END`, or why it came no farther.
    """

    growth: FloatArray
    states: FloatArray
    code: int


class TangentRun:
    """An orbit with a basis of tangent vectors.

    Parameters
    ----------
    field : Field
        Of a flow or a map.
    start : ndarray, shape (d,)
    limits : ndarray, shape (2, d)
        Lowest and highest values of the states, the slack included.
    accuracy : Accuracy
        Of a map, which is exact, only the bound counts.

    Attributes
    ----------
    state : ndarray, shape (d,)
        Where it is.
    repeats_after : int
        Of a map: the number of steps after which the same state was met to the last bit; 0 if none was.
    """

    def __init__(self, field: Field, start: FloatArray, limits: FloatArray, accuracy: Accuracy) -> None:
        self._field, self._limits = field, limits
        self._is_map = field.model.kind == "map"
        self.state: FloatArray = start.copy()
        self._mark = start.copy()
        self._counts = np.zeros(basis.COUNTS, dtype=np.int64)
        self._counts[basis.STEPS_LEFT], self._counts[basis.LAP] = accuracy.step_limit, 1
        self._settings = np.array([accuracy.relative, accuracy.absolute, accuracy.bound, accuracy.longest, 0.0])
        self.measure_in(np.maximum(np.abs(start), 1.0))

    def measure_in(self, scale: FloatArray) -> None:
        """Begin anew with tangent vectors along the axes, of states measured in ``scale`` (d,)."""
        self._scale = scale.copy()
        self._basis = np.eye(scale.size)

    @property
    def repeats_after(self) -> int:
        """Of a map: after how many steps the orbit was again where it had been, to the last bit; 0 if it never was."""
        return int(self._counts[basis.PERIOD])

    def follow(self, moments: Any) -> Stretches:
        """Go on over the stretches between ``moments`` (n + 1,): times of a flow, numbers of steps of a map."""
        d, count = self.state.size, len(moments) - 1
        growth, states = np.zeros((count, d)), np.empty((count, d))
        rule = addressed(self._field.raw_rates_and_jacobian)
        common = (self._limits, self._scale, self._settings, self._counts, self.state, self._basis)
        if self._is_map:
            steps = np.array(moments, dtype=np.int64)
            _kernel("tangent_map", "along_map", ALONG_MAP)(rule, self._field.constants, *common, steps, growth, states, self._mark)
        else:
            times = np.array(moments, dtype=np.float64)
            _kernel("tangent_flow", "along_flow", ALONG_FLOW)(rule, self._field.constants, *_pair(), *common, times, growth, states)
        done = int(self._counts[basis.DONE])
        return Stretches(growth[:done], states[:done], int(self._counts[basis.CODE]))


@cache
def _pair() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Points (s, s), times (s,) and errors (2, s) of DOP853 over the stages that a step needs."""
    count = len(DOP853.weights) + 1
    points = np.zeros((count, count))
    for stage, row in enumerate(DOP853.points[:count]):
        points[stage, : len(row)] = row
    return points, np.array(DOP853.times[:count]), np.array(DOP853.errors)


def _kernel(module: str, name: str, signature: str) -> Any:
    return kernel_from(one_text((TEXTS["basis"], TEXTS[module])), name, signature)
