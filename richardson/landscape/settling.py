"""The equilibrium that a race reaches from zero arms and fear, at many parameter values."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import inf

import numpy as np

from richardson.arrays import BoolArray, FloatArray, IntArray
from richardson.compiled.build import CODES, MATRIX, RULE, STACK, VECTOR, kernel_from
from richardson.compiled.field import Field
from richardson.compiled.kernels import TEXTS
from richardson.compiled.kernels import settle as settle_kernel
from richardson.compiled.lanes import one_text
from richardson.compiled.threads import thread_count
from richardson.errors import InvalidInputError, OutOfBoundsError
from richardson.landscape.many_kinds import eigenvalues_of
from richardson.stability.rest import refuse_time
from richardson.symbolic.model import Model

SIGNATURE = f"void({RULE}, {MATRIX}, {VECTOR}, {CODES}, {VECTOR}, {VECTOR}, {VECTOR}, {MATRIX}, {STACK}, {CODES})"
SETTLED = settle_kernel.SETTLED
ENDS = {
    settle_kernel.ESCAPED: "escaped",
    settle_kernel.LEFT_DOMAIN: "left domain",
    settle_kernel.STEP_LIMIT: "undecided",
    settle_kernel.NOT_FINITE: "undecided",
}
SLACK = 1e-9  # relative: an eigenvalue within this of zero does not show that the equilibrium attracts


@dataclass(frozen=True)
class Care:
    """How carefully a path is followed.

    Attributes
    ----------
    tolerance : float
        Relative error of a step.
    close : float
        Relative distance at which a path has arrived.
    longest : float
        Longest step times the size of the Jacobian.
    steps : int
        Steps after which a path is undecided.
    """

    tolerance: float
    close: float
    longest: float
    steps: int


PLAIN = Care(tolerance=1e-6, close=1e-5, longest=inf, steps=2_000)
TIGHT = Care(tolerance=1e-9, close=1e-6, longest=inf, steps=20_000)  # where a neighbour's path ends elsewhere
PATIENT = Care(tolerance=1e-9, close=1e-6, longest=inf, steps=1_000_000)  # beside a Hopf point paths spiral in for long
RESOLVED = Care(tolerance=1e-7, close=1e-9, longest=0.5, steps=20_000)  # long L-stable steps would hide growth away from a saddle


@dataclass(frozen=True, eq=False)
class Reached:
    """Ends of paths from zero.

    Attributes
    ----------
    states : FloatArray
        Shape (n, d): the equilibrium, NaN where none was reached.
    jacobians : FloatArray
        Shape (n, d, d), NaN likewise.
    codes : IntArray
        Shape (n,): `SETTLED` or a key of `ENDS`.
    """

    states: FloatArray
    jacobians: FloatArray
    codes: IntArray

    def put(self, rows: IntArray, other: "Reached") -> None:
        """Replace some rows."""
        self.states[rows], self.jacobians[rows], self.codes[rows] = other.states, other.jacobians, other.codes


def check_start(model: Model, what: str) -> None:
    """Refuse a model that has no path from zero.

    Raises
    ------
    NotAutonomousError, InvalidInputError, OutOfBoundsError
        If its rates contain time, it is a map, or a state must not be zero.
    """
    refuse_time(model, what)
    if model.kind != "flow":
        raise InvalidInputError(f"{what} follows the flow from zero arms; '{model.name}' is a {model.kind}. Give a flow.")
    for state in model.states:
        if not state.lower <= 0.0 <= state.upper:
            raise OutOfBoundsError(
                f"{what} starts from zero arms and fear, but {state.meaning} ({state.name}) must lie in {state.interval}. "
                "Give a model whose states may be zero."
            )


def parameter_rows(model: Model, names: Sequence[str], columns: Sequence[FloatArray]) -> FloatArray:
    """The model's parameters in rows, shape (n, p), with the named ones (or concepts, as one) set to ``columns`` of shape (n,)."""
    rows = np.tile(np.array(model.numbers), (len(columns[0]), 1))
    for name, column in zip(names, columns, strict=True):
        for member in model.resolve(name):
            rows[:, model.parameter_names.index(member)] = column
    return rows


def reach(
    field: Field, groups: IntArray, parameters: FloatArray, *, bound: float, care: Care = PLAIN, start: FloatArray | None = None
) -> Reached:
    """Follow the flow from zero, or another start, for each row of ``parameters``.

    Parameters
    ----------
    field : Field
    groups : IntArray
        Shape (d,): see `synchronous_states`; rounding does not part states that symmetry keeps equal.
    parameters : FloatArray
        Shape (n, p), in the model's order.
    bound : float
        Size of a state beyond which the path has escaped.
    care : Care
    start : FloatArray, optional
        Shape (d,): equal in states of one group; zero by default.

    Notes
    -----
    An equilibrium that does not attract is accepted only when a second path, with steps short enough to see growth away from it,
    comes to rest there too: that happens where symmetry keeps the path on its stable side.
    """
    origin = np.zeros(field.dimension) if start is None else start
    found = _follow(field, groups, parameters, bound, care, start=origin)
    rows = np.flatnonzero((found.codes == SETTLED) & ~attracts(found.jacobians))
    if rows.size:
        found.put(rows, _follow(field, groups, parameters[rows], bound, RESOLVED, start=origin))
    return found


def _follow(field: Field, groups: IntArray, parameters: FloatArray, bound: float, care: Care, *, start: FloatArray) -> Reached:
    count, dimension = parameters.shape[0], field.dimension
    found = Reached(np.empty((count, dimension)), np.empty((count, dimension, dimension)), np.empty(count, dtype=np.int64))
    settings = np.array([bound, care.tolerance, care.close, care.longest, care.steps], dtype=np.float64)
    run = kernel_from(one_text([TEXTS["factors"], TEXTS["settle"]]), "settle", SIGNATURE)
    rule, constants = field.raw_rates_and_jacobian, field.prepared(parameters)

    def part(rows: slice) -> None:
        run(
            rule,
            constants[rows],
            start,
            groups,
            field.lower,
            field.upper,
            settings,
            found.states[rows],
            found.jacobians[rows],
            found.codes[rows],
        )

    workers = thread_count()
    size = max(1, -(-count // (8 * workers)))
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(part, (slice(low, low + size) for low in range(0, count, size))))
    lost = found.codes != SETTLED
    found.states[lost], found.jacobians[lost] = np.nan, np.nan
    return found


def attracts(jacobians: FloatArray) -> BoolArray:
    """Whether every eigenvalue lies left of the axis beyond rounding, shape (n,)."""
    known: BoolArray = np.isfinite(jacobians).min(axis=(1, 2))
    leading = np.full(len(jacobians), np.inf)
    leading[known] = eigenvalues_of(jacobians[known]).real.max(axis=1, initial=-np.inf)
    attracting: BoolArray = leading < -SLACK * np.abs(np.where(known[:, None, None], jacobians, 0.0)).max(axis=(1, 2))
    return attracting
