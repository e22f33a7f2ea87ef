"""Many paths of one model followed until they are caught, by a kernel over lanes for flows, a scalar one for maps."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.address import addressed
from richardson.compiled.build import CODE_ROWS, CODES, MATRIX, STACK, VECTOR, kernel, kernel_from, module_from
from richardson.compiled.field import Field
from richardson.compiled.kernels import TEXTS, basins, layout, queue
from richardson.compiled.kernels import traps as traps_kernel
from richardson.compiled.lanes import DERIVE, LANES, RATES, kernel_text, one_text
from richardson.compiled.schemes import STIFF
from richardson.compiled.threads import thread_count

CELLS = f"{STACK}, {CODE_ROWS}, {CODES}, {CODES}, {MATRIX}, {CODES}"
HELD = f"{MATRIX}, {STACK}, {CODES}, {STACK}, {CODES}"
TRAPS = f"{HELD}, {CELLS}"
OUT = f"{MATRIX}, {CODES}, {CODES}, {CODES}"
FLOW = (
    f"void({DERIVE}, {RATES}, {RATES}, {MATRIX}, {VECTOR}, {CODES}, {CODES}, {VECTOR}, {MATRIX}, {MATRIX}, {CODE_ROWS}, {VECTOR}, int64, "
    f"{TRAPS}, {VECTOR}, {CODES}, {OUT})"
)
STEP = f"FunctionType(void(float64, {VECTOR}, {VECTOR}, {VECTOR}))"
HOLD = f"void({MATRIX}, {HELD}, {CODES})"
MAP = f"void({STEP}, {MATRIX}, {VECTOR}, {VECTOR}, {VECTOR}, float64, int64, {TRAPS}, {OUT})"
UNROLLED = {2, 3}  # numbers of states that are written into a kernel of their own, which runs up to three times as fast
BLOCK = 4096  # members: some milliseconds, so that threads end together


class Traps(NamedTuple):
    """What catches a path, as `kernels.traps` takes it; owners are positions of attractors.

    Ellipsoids (x − c)ᵀ P (x − c) ≤ 1 by centres (k, d) and matrices (k, d, d); boxes (j, 2, d) by their corners. Sets of cells: grids
    (s, 2, d) with lowest corner and cells per unit, shapes (s, d), the places (s + 1) of each set in the table of its cells, how long
    a path must stay and may be absent (s, 2).
    """

    centres: FloatArray
    matrices: FloatArray
    ball_owners: IntArray
    boxes: FloatArray
    box_owners: IntArray
    grids: FloatArray
    shapes: IntArray
    firsts: IntArray
    table: IntArray
    stays: FloatArray
    cell_owners: IntArray


class Ends(NamedTuple):
    """What becomes of paths: last states (n, d), codes of `kernels.lookout`, owners of what caught them or −1, steps taken (n,)."""

    states: FloatArray
    codes: IntArray
    owners: IntArray
    counts: IntArray

    @classmethod
    def room(cls, count: int, dimension: int) -> Ends:
        """Arrays to be filled."""
        return cls(np.empty((count, dimension)), *(np.zeros(count, dtype=np.int64) for _ in range(3)))

    def part(self, rows: slice) -> Ends:
        """Views of some paths."""
        return Ends(self.states[rows], self.codes[rows], self.owners[rows], self.counts[rows])


@dataclass(frozen=True, eq=False)
class Care:
    """How carefully paths are followed, and where they end.

    Attributes
    ----------
    scheme : str
        Key of `schemes.TABLEAUS`; not used for maps.
    relative : float
        Relative tolerance.
    absolute : FloatArray
        Shape (d,), in the states' units.
    steps : int
        Steps after which a path is left.
    horizon : float
        Time after which it is left; not used for maps.
    bound : float
        Magnitude of a state beyond which a path has escaped.
    limits, slack, barriers : array
        As in `lanes.Task`.
    """

    scheme: str
    relative: float
    absolute: FloatArray
    steps: int
    horizon: float
    bound: float
    limits: FloatArray
    slack: FloatArray
    barriers: IntArray


def chase(field: Field, starts: FloatArray, traps: Traps, care: Care) -> Ends:
    """Follow the paths from ``starts`` (n, d) until they are caught, leave, or have taken their steps.

    Every path is computed by the same operations whatever is beside it, so nothing depends on the number of threads.
    """
    found = Ends.room(*starts.shape)
    follow = _map_part(field, traps, care) if field.model.kind == "map" else _flow_part(field, traps, care)

    _in_blocks(len(starts), lambda rows: follow(np.ascontiguousarray(starts[rows]), found.part(rows)))
    return found


def held(starts: FloatArray, traps: Traps) -> IntArray:
    """Owner of a trap that holds each start (n, d), or −1, shape (n,)."""
    owners = np.empty(len(starts), dtype=np.int64)
    hold = kernel(traps_kernel, "hold_all", HOLD)
    _in_blocks(len(starts), lambda rows: hold(np.ascontiguousarray(starts[rows]), *traps[:5], owners[rows]))
    return owners


def _in_blocks(count: int, work: Callable[[slice], None]) -> None:
    """Do the work on all rows, block by block, on all threads."""
    with ThreadPoolExecutor(thread_count()) as pool:
        list(pool.map(work, (slice(low, min(low + BLOCK, count)) for low in range(0, count, BLOCK))))


def _flow_part(field: Field, traps: Traps, care: Care) -> Any:
    d, functions = field.dimension, field.over_lanes(LANES, with_slopes=care.scheme in STIFF)
    run, rows = _flow_kernel(care.scheme, d if d in UNROLLED else 0)
    settings = np.zeros(layout.SETTINGS)
    settings[[layout.END, layout.RELATIVE, layout.STEP_LIMIT, layout.LONGEST]] = care.horizon, care.relative, care.steps, np.inf
    size = basins.float_room(rows, d, field.parameters.size, functions.constants)
    shared, own = np.full(field.parameters.size, -1, dtype=np.int64), np.arange(d, dtype=np.int64)
    of_model = tuple(addressed(each) for each in (functions.derive, functions.rates, functions.slopes))
    limits = (care.absolute, care.limits, care.slack, care.barriers, settings)

    def follow(starts: FloatArray, into: Ends) -> None:
        numbers = np.zeros(2 * LANES + queue.QUEUE, dtype=np.int64)
        run(*of_model, starts, field.parameters.copy(), shared, own, *limits, functions.constants, *traps, np.zeros(size), numbers, *into)

    return follow


def _map_part(field: Field, traps: Traps, care: Care) -> Any:
    run, rule = _map_kernel(), addressed(field.raw_rates)
    is_lower, is_upper = field.lower >= care.limits[0], field.upper <= care.limits[1]
    lower = np.where(is_lower, care.limits[0] - care.slack[0], -np.inf)
    upper = np.where(is_upper, care.limits[1] + care.slack[1], np.inf)
    return lambda starts, into: run(rule, starts, field.constants, lower, upper, care.bound, care.steps, *traps, *into)


@cache
def _flow_kernel(scheme: str, dimension: int) -> tuple[Any, int]:
    text = kernel_text(("queue", "control", "domain", "lookout", "traps", "basins"), scheme, dimension, LANES)
    return kernel_from(text, "run", FLOW), module_from(text).ROWS


@cache
def _map_kernel() -> Any:
    text = one_text([TEXTS[name] for name in ("traps", "basins_map")])
    return kernel_from(text, "iterate_all", MAP)
