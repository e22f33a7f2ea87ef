"""One run on its way through the kernel of single runs: its buffers, and the steps it takes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.address import addressed
from richardson.compiled.field import Field
from richardson.compiled.kernels import layout, lookout
from richardson.compiled.lanes import path_kernel
from richardson.compiled.schemes import STIFF

REACHED_END, UNDER_WAY = lookout.REACHED_END, lookout.UNDER_WAY  # ends of a call, and the three failures
STEP_TOO_SMALL, STEPS_SPENT, NOT_FINITE = lookout.STEP_TOO_SMALL, lookout.STEPS_SPENT, lookout.NOT_FINITE

NO_SAMPLES: FloatArray = np.zeros((1, 0))


class Tolerances(NamedTuple):
    """Relative and absolute tolerance of a step (absolute in each state's unit), the longest step, and the most steps of a run."""

    relative: float
    absolute: float
    longest: float
    step_limit: int


class Steps(NamedTuple):
    """Steps taken.

    Attributes
    ----------
    breakpoints : ndarray, shape (n + 1,)
        Their ends.
    pieces : ndarray, shape (n, degree + 1, d)
        x₀, c₁, c₂, … of x₀ + w(c₁ + v(c₂ + w(c₃ + …))) on each, with w from 0 to 1 and v = 1 − w.
    code : int
        `REACHED_END`, `UNDER_WAY` or a failure.
    """

    breakpoints: FloatArray
    pieces: FloatArray
    code: int


class Path:
    """One run of a field from ``start`` (d,) over ``span``, as far as it has come.

    Parameters
    ----------
    field : Field
    scheme : str
        Key of `schemes.TABLEAUS`.
    start : ndarray, shape (d,)
    span : pair of float
        First and last time.
    tolerances : Tolerances
    """

    def __init__(self, field: Field, scheme: str, start: FloatArray, span: tuple[float, float], tolerances: Tolerances) -> None:
        d, parameters = field.dimension, field.parameters.copy()
        functions = field.over_lanes(1, with_slopes=scheme in STIFF)
        self._walk, self._rows, self._degree = path_kernel(scheme)
        self._dimension = d
        block = d * self._rows + layout.COMMON + layout.constant_rows(d) + functions.constants
        self._room = np.zeros(block + parameters.size)
        self._progress = np.array([-1])
        settings = np.zeros(layout.SETTINGS)
        settings[[layout.BEGIN, layout.END]] = span
        settings[layout.RELATIVE], settings[layout.LONGEST] = tolerances.relative, tolerances.longest
        settings[layout.STEP_LIMIT] = tolerances.step_limit
        limits = np.array([[-np.inf], [np.inf]]).repeat(d, axis=1)  # barriers are looked at along the polynomials
        self._functions = tuple(map(addressed, functions[:3]))
        self._run = (
            NO_SAMPLES,
            parameters,
            start,
            np.full(max(d, parameters.size), -1),
            np.full(d, tolerances.absolute),
            limits,
            settings,
            functions.constants,
            self._room,
            self._progress,
        )

    @property
    def state(self) -> FloatArray:
        """State (d,) at the end of the last step."""
        return self._room[: self._dimension * self._rows].reshape(self._dimension, -1)[:, layout.POINT].copy()

    def steps(self, most: int) -> Steps:
        """The next steps, at most as many as asked for; none, with the reason, where the run is over."""
        before = max(int(self._progress[0]), 0)
        breakpoints, pieces = np.empty(most + 1), np.empty((most, self._degree + 1, self._dimension))
        code = self._walk(*self._functions, *self._run, breakpoints, pieces)
        count = int(self._progress[0]) - before
        return Steps(breakpoints[: count + 1].copy(), pieces[:count], code)
