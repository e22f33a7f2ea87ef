"""Lane kernels: an integrator over blocks of runs, compiled once for a scheme and a number of states and cached on disk.

A kernel's text is put together from the modules of `richardson.compiled.kernels`, with the scheme of a tableau in the place of
`kernels.scheme`. Models enter as functions that are called once a block and stage, so that a new model compiles its own rates only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.address import addressed
from richardson.compiled.algebra import algebra_text
from richardson.compiled.build import CODE_ROWS, CODES, MATRIX, STACK, VECTOR, kernel_from, module_from
from richardson.compiled.kernels import TEXTS, ensemble, layout, lookout, queue
from richardson.compiled.schemes import scheme_text, state_rows

LANES = layout.LANES
UNROLLED = 4  # up to this many states, the number is written into the kernel; above, it is read at run time, and compiles sooner

RATES = f"FunctionType(void({VECTOR}))"
DERIVE = f"FunctionType(void({VECTOR}, {VECTOR}))"
ENSEMBLE = (
    f"void({DERIVE}, {RATES}, {RATES}, {DERIVE}, {MATRIX}, {VECTOR}, {CODES}, {VECTOR}, {CODES}, {VECTOR}, {VECTOR}, {MATRIX}, {MATRIX}, "
    f"{CODE_ROWS}, {CODES}, {VECTOR}, int64, {VECTOR}, {CODES}, {STACK}, {MATRIX}, {CODES}, {VECTOR}, {CODES})"
)
WALK = (
    f"int64({DERIVE}, {RATES}, {RATES}, {MATRIX}, {VECTOR}, {VECTOR}, {CODES}, {VECTOR}, {MATRIX}, {VECTOR}, int64, {VECTOR}, {CODES}, "
    f"{VECTOR}, {STACK})"
)

_IMPORT = re.compile(r"^from (?:__future__|richardson\.compiled\.kernels\S*) import (?:\([^)]*\)|[^\n]*)\n", re.MULTILINE)


class LaneFunctions(NamedTuple):
    """A model over lanes: ``derive(p, b)``, ``rates(b)``, ``slopes(b)``, ``values(b, v)``.

    Then how many constants the first computes. Without slopes or records, another function stands in their place, which nothing calls.
    """

    derive: Any
    rates: Any
    slopes: Any
    values: Any
    constants: int


class EnsembleKernel(NamedTuple):
    """The kernel of many runs, and the rows of its buffer for each state."""

    run: Any
    rows: int


class PathKernel(NamedTuple):
    """The kernel of single runs, the rows of its buffer for each state, and the degree of a step's polynomial."""

    walk: Any
    rows: int
    degree: int


@dataclass(frozen=True, eq=False)
class Task:
    """What all members of an ensemble share, as the kernel takes it; shapes with p parameters, d states, r records.

    Attributes
    ----------
    scheme : str
        Key of `schemes.TABLEAUS`.
    functions : LaneFunctions
        Of the model, for that many lanes.
    parameters, start : FloatArray
        Shapes (p,) and (d,): the values that all members have in common.
    parameter_source, start_source : IntArray
        Shapes (p,) and (d,): the column of the samples that gives the value instead, or −1.
    times : FloatArray
        Shape (t,): when states are kept; empty for the end only.
    absolute : FloatArray
        Shape (d,): absolute tolerances.
    limits : FloatArray
        Shape (2, d): where a state ends a run, below and above.
    slack : FloatArray
        Shape (3, d): how far beyond each limit it must be, and the share of its size that is added.
    barriers : IntArray
        Shape (2, d): outcome code of each limit.
    kinds : IntArray
        Shape (r,): kinds of the records.
    settings : FloatArray
        As `kernels.layout` numbers them.
    lanes : int
        Runs side by side; 1 is the scalar form, which gives the same and takes longer.
    """

    scheme: str
    functions: LaneFunctions
    parameters: FloatArray
    parameter_source: IntArray
    start: FloatArray
    start_source: IntArray
    times: FloatArray
    absolute: FloatArray
    limits: FloatArray
    slack: FloatArray
    barriers: IntArray
    kinds: IntArray
    settings: FloatArray
    lanes: int = LANES

    @property
    def lands(self) -> bool:
        """Whether runs may go beside an equilibrium by the exponential of its Jacobian."""
        return bool(self.settings[layout.LANDS] + self.settings[layout.REST] > 0.0)

    @property
    def kernel(self) -> EnsembleKernel:
        """The kernel that runs it, compiled now if it is not there yet."""
        d = self.start.size if self.start.size <= UNROLLED else 0
        return _ensemble_kernel(self.scheme, d, self.lanes, self.kinds.size > 0, self.lands)

    def run(self, samples: FloatArray, into: Members) -> None:
        """Run the members of ``samples`` (n, columns) and write what comes out, n rows of each array."""
        functions, d = self.functions, self.start.size
        kernel = self.kernel
        size = ensemble.float_room(kernel.rows, d, self.parameters.size, functions.constants, self.kinds.size, lands=self.lands)
        blocks = -(-self.lanes // LANES)
        kernel.run(
            *(addressed(each) for each in (functions.derive, functions.rates, functions.slopes, functions.values)),
            samples,
            self.parameters,
            self.parameter_source,
            self.start,
            self.start_source,
            self.times,
            self.absolute,
            self.limits,
            self.slack,
            self.barriers,
            self.kinds,
            self.settings,
            functions.constants,
            np.zeros(size * blocks),
            np.zeros((ensemble.NUMBERS * LANES + queue.QUEUE) * blocks, dtype=np.int64),
            *into,
        )


class Members(NamedTuple):
    """What comes out of members: states (n, t, d), records (n, r), outcome codes, stopping times and step counts (n,)."""

    states: FloatArray
    records: FloatArray
    codes: IntArray
    stops: FloatArray
    counts: IntArray

    def part(self, rows: slice) -> Members:
        """Views of some members."""
        return Members(self.states[rows], self.records[rows], self.codes[rows], self.stops[rows], self.counts[rows])


def empty_members(task: Task, count: int, states: tuple[int, int]) -> Members:
    """Room for what comes out of members, none of which has been reached; ``states`` are the times kept and the number of states."""
    return Members(
        np.empty((count, *states)),
        np.empty((count, task.kinds.size)),
        np.full(count, lookout.UNDER_WAY, dtype=np.int64),
        np.full(count, task.settings[layout.BEGIN]),
        np.zeros(count, dtype=np.int64),
    )


@cache
def path_kernel(scheme: str) -> PathKernel:
    """The kernel that takes one run a block of steps further (`kernels.path.walk`), compiled or from disk.

    It is the same for all numbers of states: written in, the number saves about a microsecond a step, and costs up to a minute once.
    """
    text = kernel_text(("queue", "control", "domain", "lookout", "path"), scheme, dimension=0, lanes=1)
    module = module_from(text)
    return PathKernel(kernel_from(text, "walk", WALK), module.ROWS, module.DEGREE)


@cache
def _ensemble_kernel(scheme: str, dimension: int, lanes: int, records_some: bool, lands: bool) -> EnsembleKernel:
    recording = ("search", "pieces", "records") if records_some else ("unrecorded",)
    parts = ("lookout", *recording, *(("places", "algebra", "exponential", "approach", "landed", "landing") if lands else ("landless",)))
    text = kernel_text(("queue", "control", "domain", *parts, "attend", "ensemble"), scheme, dimension, lanes)
    return EnsembleKernel(kernel_from(text, "run", ENSEMBLE), module_from(text).ROWS)


def kernel_text(modules: Sequence[str], scheme: str, dimension: int, lanes: int) -> str:
    """One module's text out of several: layout with its numbers set, linear algebra, the scheme, then ``modules`` in order."""
    written = {"algebra": algebra_text(dimension, lanes, state_rows(scheme))} if dimension else {}
    parts = [layout_text(dimension, lanes), TEXTS["inverse"], scheme_text(scheme, dimension, lanes)]
    return one_text([*parts, *(written.get(name, TEXTS[name]) for name in modules)])


def layout_text(dimension: int, lanes: int) -> str:
    """The text of `kernels.layout` with its numbers set; 0 states where their number is not known when compiling."""
    text = TEXTS["layout"]
    for constant, number in {"LANES": lanes, "DIMENSION": dimension}.items():
        text = re.sub(rf"^{constant} = \d+.*$", f"{constant} = {number}", text, flags=re.MULTILINE)
    return text


def one_text(parts: Sequence[str]) -> str:
    """Texts of kernel modules as one module, which needs no imports between them."""
    return "\n".join(_IMPORT.sub("", part) for part in parts)
