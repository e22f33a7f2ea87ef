"""Edge states: what attracts within the boundary between two basins, and so decides what tips the system."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.continuation.cycles import LimitCycle, limit_cycle
from richardson.dynamics.arguments import as_bound, check_flow
from richardson.errors import ComputationError, InvalidInputError
from richardson.landscape.attractors import Attractor
from richardson.landscape.edge_tracking import PARTED, Sides, stage
from richardson.landscape.labelling import ESCAPED, LEFT_DOMAIN, UNDECIDED
from richardson.outcome import Outcome
from richardson.provenance import Provenance, record
from richardson.stability.by_length import crossings
from richardson.stability.closed_points import place_of
from richardson.stability.equilibria import Equilibrium, equilibrium_at
from richardson.stability.newton import polished
from richardson.stability.rest import RestEquations, refuse_time
from richardson.stability.window import Window
from richardson.symbolic.model import Model
from richardson.symbolic.position import start_values

STAGES = 200
SETTLED = 1e-4  # scales: distance of the path from a saddle at which it is tried
BESIDE = 1e-6  # scales: where the two sides of a saddle are labelled
RETURNED = 1e-3  # scales: distance of a return at which a cycle is tried
ON_CYCLE = 1e-2  # scales: how near to the path the cycle found must pass, and the path must have been one turn earlier
ROUND = 20.0  # returns: how wide a turn must be
ENDS = {ESCAPED: Outcome.ESCAPED, LEFT_DOMAIN: Outcome.LEFT_DOMAIN}


@dataclass(frozen=True, eq=False, repr=False)
class EdgeState:
    """Where a path ends that is kept on the boundary between two basins.

    Attributes
    ----------
    kind : str
        "equilibrium": a saddle with one unstable direction, whose two sides were seen to go where ``sides`` says. "cycle": an
        unstable cycle with one multiplier outside the unit circle, likewise. "undecided": it did not settle within the stages
        allowed, or was lost, as on a chaotic edge.
    states : FloatArray
        Shape (n, d): the equilibrium, points round the cycle, or the last stretch of the path, in the states' units.
    equilibrium : Equilibrium or None
    cycle : LimitCycle or None
    sides : pair of Attractor or Outcome
        What lies on the side of the first start and on that of the other: an attractor, or ESCAPED or LEFT_DOMAIN.
    times : FloatArray
        Shape (m,): time along the path.
    path : FloatArray
        Shape (m, d): on the boundary to 1e-5 of the scale, not a path of the model over longer times.
    widths : FloatArray
        Shape (k,): distance between both sides at the beginning of each stage, in scales (see `edge_state`).
    model : Model
    provenance : Provenance
    """

    kind: str
    states: FloatArray
    equilibrium: Equilibrium | None
    cycle: LimitCycle | None
    sides: tuple[Attractor | Outcome, Attractor | Outcome]
    times: FloatArray
    path: FloatArray
    widths: FloatArray
    model: Model
    provenance: Provenance

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row a point of the path: time, then the states."""
        columns = {name: self.path[:, i].tolist() for i, name in enumerate(self.model.state_names)}
        return {"time": self.times.tolist(), **columns}

    def __repr__(self) -> str:
        """Kind, place and sides."""
        what = f"equilibrium at {place_of(self.model, self.states[0])}" if self.equilibrium is not None else self.kind
        if self.cycle is not None:
            what = f"cycle of period {self.cycle.period:.6g}"
        first, other = (side.name if isinstance(side, Outcome) else repr(side) for side in self.sides)
        return f"<edge state of '{self.model.name}': {what}, between {first} and {other}>"


Start = Mapping[str, float] | Sequence[float] | Equilibrium


def edge_state(
    model: Model,
    one: Start,
    other: Start,
    window: Window,
    *,
    stages: int = STAGES,
    bound: float = 1e9,
    horizon: float | None = None,
) -> EdgeState:
    """The state that attracts within the boundary between the basins of two starts: the saddle or cycle that paths tip over.

    Parameters
    ----------
    model : Model
        An autonomous flow of any number of states.
    one, other : mapping, sequence or Equilibrium
        Starts that end differently.
    window : Window
        Names every state; where attractors are looked for, as in `basins`. The scale of distances is, for each state, the larger of
        its span and the distance of the starts.
    stages : int
        How often the bracket is narrowed again before the edge state counts as undecided.
    bound : float
        Magnitude of a state at which a path has escaped.
    horizon : float, optional
        Time after which a start is undecided.

    Returns
    -------
    EdgeState

    Raises
    ------
    NotAutonomousError, InvalidInputError, UnknownNameError, OutOfBoundsError
        If the rates contain time, the model is a map, an argument does not fit, or the starts end alike or undecided.
    ComputationError
        If the boundary cannot be bracketed to 1e-9 scales, or the paths cannot be followed.

    Notes
    -----
    The segment between the starts is divided until two neighbours that end differently are 1e-9 scales apart; both are followed until
    they have parted by 1e-5, and the segment between them is divided again [1]_. Where labels change more than once, the change
    nearest to ``one`` is taken. When the middle comes to rest, Newton's method gives the equilibrium, and both sides of its unstable
    direction are labelled; when it has been twice round where it was, collocation gives the cycle. On a chaotic edge it does neither, or
    settles at one of the cycles in it; where the boundary is fractal, that is one of many.

    References
    ----------
    .. [1] J. D. Skufca, J. A. Yorke, B. Eckhardt (2006), Edge of chaos in a parallel shear flow, Physical Review Letters 96, 174101
       (quoted from memory).

    Examples
    --------
    >>> from richardson.models import security_dilemma
    >>> found = edge_state(security_dilemma(), {"x": 0, "y": 3}, {"x": 25, "y": 8}, Window(x=(0, 30), y=(0, 30)))
    >>> found.equilibrium
    <saddle at x = 3.15466, y = 3.15466>
    """
    check_flow(model)
    refuse_time(model, "Edge states")
    Window.of(window).check(model)
    if isinstance(stages, bool) or not isinstance(stages, int | np.integer) or stages < 1:
        raise InvalidInputError(f"The number of stages is a whole number, 1 or more; got {stages!r}.")
    field = Field.of(model)
    starts = np.array([_start(field, each) for each in (one, other)])
    sides = Sides(model, window, _scale(model, window, starts), as_bound(bound), horizon)
    inner = _inner(sides, starts)
    settings = {"starts": starts.tolist(), "window": repr(window), "stages": int(stages), "bound": bound, "horizon": horizon}
    return _tracked(sides, (starts[0], starts[1]), inner, int(stages), record(model, verb="edge_state", **settings))


def _start(field: Field, given: Start) -> FloatArray:
    return given.state if isinstance(given, Equilibrium) else start_values(field.model, given)


def _scale(model: Model, window: Window, starts: FloatArray) -> FloatArray:
    lower, upper = window.box(model)
    scale = np.maximum(upper - lower, np.abs(starts[1] - starts[0]))
    return np.where(scale > 0.0, scale, max(float(scale.max()), 1.0))


def _inner(sides: Sides, starts: FloatArray) -> int:
    """Label of the first start, which the other must not have."""
    first, second = (int(found) for found in sides.labels(starts))
    names = [_named(sides, found) for found in (first, second)]
    if UNDECIDED in (first, second):
        raise InvalidInputError(
            f"Both starts must end somewhere; of {starts.tolist()} one is undecided. Move it, or give a longer horizon."
        )
    if first == second:
        raise InvalidInputError(
            f"The two starts must lie in different basins; {starts[0].tolist()} and {starts[1].tolist()} both end at {names[0]}. "
            "Choose one on the other side."
        )
    return first


def _named(sides: Sides, found: int) -> str:
    return repr(sides.attractors[found]) if found >= 0 else str(ENDS.get(found, "no known end"))


def _tracked(sides: Sides, ends: tuple[FloatArray, FloatArray], inner: int, stages: int, provenance: Provenance) -> EdgeState:
    field = Field.of(sides.model)
    times, states, widths = [np.empty(0)], [np.empty((0, field.dimension))], []
    found: Equilibrium | LimitCycle | None = None
    elapsed, apart, outer = 0.0, np.inf, UNDECIDED
    for number in range(stages):
        bracket = sides.bracket(*ends, inner)
        if bracket is None and number == 0:
            raise ComputationError(
                f"The boundary of '{sides.model.name}' between {ends[0].tolist()} and {ends[1].tolist()} cannot be bracketed: starts "
                "beside it stay undecided. Choose other starts, or a longer horizon."
            )
        if bracket is None and (pair := sides.beside(*ends, inner)) is not None:
            bracket = sides.bracket(*pair, inner)
        if bracket is None:
            break
        widths.append(sides.distance(bracket.inside, bracket.outside))
        piece, outer = stage(field, sides, bracket), bracket.outer
        ends = piece.ends
        times.append(elapsed + piece.times)
        states.append(piece.states)
        elapsed += float(piece.times[-1])
        found, apart = _saddle(sides, piece.states[-1], inner, apart)
        found = found or _cycle(sides, np.concatenate(times), np.concatenate(states), ends, inner)
        if found is not None:
            break
    return _state(sides, found, (inner, outer), (np.concatenate(times), np.concatenate(states), np.array(widths)), provenance)


def _saddle(sides: Sides, middle: FloatArray, inner: int, before: float) -> tuple[Equilibrium | None, float]:
    """The saddle that the path approaches, if its one unstable direction leads to both sides; and the distance from it."""
    equations = RestEquations.of(sides.model, middle - sides.scale, middle + sides.scale)
    point = polished(equations, middle)
    if not equations.is_zero(point):
        return None, np.inf
    apart = sides.distance(point, middle)
    values, vectors = np.linalg.eig(equations.field.jacobian(0.0, point))
    unstable = np.flatnonzero(values.real > 0.0)
    if apart > SETTLED or apart > before or len(unstable) != 1:
        return None, apart
    step = vectors[:, unstable[0]].real
    step = BESIDE * step / float(np.linalg.norm(step / sides.scale))
    there = sides.labels(np.array([point - step, point + step])) == inner
    if there[0] == there[1]:
        return None, apart
    return equilibrium_at(equations, point, None, record(sides.model, verb="edge_state")), apart


def _cycle(sides: Sides, times: FloatArray, states: FloatArray, ends: tuple[FloatArray, FloatArray], inner: int) -> LimitCycle | None:
    """The unstable cycle round which the path goes, if it has been round it twice and the cycle's two sides are the boundary's."""
    places = states / sides.scale
    passes, rows = crossings(places)
    gaps = np.linalg.norm(passes - places[-1], axis=1)
    near = np.flatnonzero(gaps < RETURNED)
    if not near.size:
        return None
    row = int(rows[near[-1]])
    period = float(times[-1] - times[row])
    turn = float(np.ptp(places[row:], axis=0).max())
    earlier = places[np.searchsorted(times, times[-1] - 2.0 * period)]  # one return may be chance: on a chaotic edge there are many
    if times[-1] < 2.0 * period or turn < ROUND * RETURNED or float(np.linalg.norm(earlier - places[-1])) > ON_CYCLE:
        return None
    try:
        found = limit_cycle(sides.model, states[-1].tolist(), period=period)
    except ComputationError:
        return None
    away = np.linalg.norm((found.states - states[-1]) / sides.scale, axis=1)
    outside = np.count_nonzero(np.abs(found.multipliers) > 1.0 + 2.0 * found.trivial_error + PARTED)
    if outside != 1 or away.min() > ON_CYCLE:
        return None
    across = BESIDE * (ends[1] - ends[0]) / sides.distance(*ends)  # the two ends have parted along the unstable direction
    middle = found.states[int(np.argmin(away))]
    there = sides.labels(np.array([middle - across, middle + across])) == inner
    return found if there[0] and not there[1] else None


def _state(
    sides: Sides,
    found: Equilibrium | LimitCycle | None,
    labels: tuple[int, int],
    tracked: tuple[FloatArray, FloatArray, FloatArray],
    provenance: Provenance,
) -> EdgeState:
    times, path, widths = tracked
    inner, outer = (sides.attractors[each] if each >= 0 else ENDS[each] for each in labels)
    if isinstance(found, Equilibrium):
        kind, states = "equilibrium", found.state[np.newaxis].copy()
    elif isinstance(found, LimitCycle):
        kind, states = "cycle", found.states
    else:
        kind, states = "undecided", path[-min(len(path), len(path) // 4 + 1) :]
    return EdgeState(
        kind=kind,
        states=np.ascontiguousarray(states),
        equilibrium=found if isinstance(found, Equilibrium) else None,
        cycle=found if isinstance(found, LimitCycle) else None,
        sides=(inner, outer),
        times=times,
        path=np.ascontiguousarray(path),
        widths=widths,
        model=sides.model,
        provenance=provenance,
    )
