"""Which attractor a path goes to that none of the known ones has caught."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.continuation.cycles import LimitCycle, limit_cycle
from richardson.continuation.cycles_start import run_of
from richardson.errors import ComputationError
from richardson.landscape.attractors import REMEMBERED, Attractor, equilibria_about, equilibrium_from, widened, width_of
from richardson.landscape.catching import Ball, Box, Catch, Cells, ball_round
from richardson.stability.capture import Capture, capture, with_cells
from richardson.stability.equilibria import Equilibrium
from richardson.stability.finding import MOST_STATES
from richardson.stability.window import Window

CALM = 1e-6  # of a state's size and fastest rate: rates of a path that has come to rest or to something very slow
TUBE, LARGEST_TUBE = 0.05, 1e-3  # half-width of the cells of a cycle: of what is missing to 1 of its multipliers; and at most, of its size
FENCE_CELLS = 512  # across the window, in which a front's inside is told
TURNS = 1.5  # that a path must stay in a cycle's cells
SAMPLES = 60_000  # points of a strange attractor
SHOWN = 4_000  # of them that are kept
FINENESS = (256, 128, 64, 32, 16)  # cells across a strange attractor: as many as the path fills
RECURRENT = 0.99  # of the later half of the points that lie in cells of the earlier half
CONTRACTION = 1e-2  # mean rate at which volumes shrink, at the least: of the size of the Jacobian; of a map, of the logarithm
BATCHES, SURE = 8, 5.0  # parts of a path whose means are compared, and standard errors by which they must differ from none
FLAT = 1e-6  # of the window: width of cells, all together, in a state in which a strange attractor is flat
STAY = 30.0  # turns in a strange attractor's cells before a path counts as caught
LONGEST_PERIOD = 512  # of a map
TRANSIENT, RETURNS = 4_096, 2_048  # steps of a map before, and in which, it is to come back
RETURNED = 1e-7  # of the states' range: a map's path that has come back
LEGS, STEPS_A_LEG = 6, 10_000  # runs in which a strange attractor is sampled


@dataclass(frozen=True, eq=False)
class Discovery:
    """An attractor and what catches paths to it."""

    attractor: Attractor
    catches: list[Catch]


def caught_by(field: Field, attractor: Attractor, window: Window, bound: float) -> list[Catch]:
    """What catches the paths to an attractor; the window spans every state."""
    if attractor.equilibrium is not None:
        return list(_round_equilibrium(attractor.equilibrium, window, bound))
    if attractor.kind == "cycle" and field.model.kind == "map":
        return list(ball_round(field, list(attractor.states)))
    if attractor.period is not None:
        return [_tube(field, attractor.states, attractor.period, LARGEST_TUBE)]
    return list(_through_strange(attractor, window, bound))


@lru_cache(REMEMBERED)
def _through_strange(attractor: Attractor, window: Window, bound: float) -> tuple[Catch, ...]:
    """The cells that a path on a strange attractor fills; none if this one does not."""
    field, state = Field.of(attractor.model), attractor.states[-1]
    found = _of_map(field, state, window) if attractor.model.kind == "map" else _strange_of_flow(field, state, window, bound)
    return () if found is None else tuple(found.catches)


@lru_cache(REMEMBERED)
def _round_equilibrium(equilibrium: Equilibrium, window: Window, bound: float) -> tuple[Catch, ...]:
    """Regions from which every path provably goes to the equilibrium; where none is proved, what its neighbourhood shows."""
    model = equilibrium.model
    if len(model.states) > MOST_STATES:
        return tuple(ball_round(Field.of(model), [equilibrium.state]))
    found = _captured(equilibrium, window, bound)
    balls = [Ball(centre, form / level) for centre, form, level in zip(found.centres, found.forms, found.levels, strict=True)]
    boxes = [Box(lower, upper) for lower, upper in zip(found.lower, found.upper, strict=True)]
    return (*balls, *boxes) if found else tuple(ball_round(Field.of(model), [equilibrium.state]))


@lru_cache(REMEMBERED)
def _captured(equilibrium: Equilibrium, window: Window, bound: float) -> Capture:
    return capture(equilibrium.model, equilibrium, window, known=equilibria_about(equilibrium.model, window), bound=bound)


@lru_cache(REMEMBERED)
def fenced(attractor: Attractor, window: Window, bound: float) -> Capture | None:
    """What a front about a stable equilibrium encloses besides, in cells of the window; None where there is none."""
    if attractor.equilibrium is None:
        return None
    wide = widened(attractor.model, window, attractor.equilibrium.state)
    found = with_cells(_captured(attractor.equilibrium, wide, bound), FENCE_CELLS)
    return found if found.cells.size else None


def discover(field: Field, state: FloatArray, window: Window, bound: float) -> Discovery | None:
    """The attractor that a long path, which has come to ``state`` (d,), goes to; None where there is none or it cannot be told."""
    state = np.clip(state, field.lower, field.upper)  # a path may end beyond a bound by rounding
    resting = _equilibrium(field, state, window, bound)
    if resting is not None:
        return resting
    if field.model.kind == "map":
        return _of_map(field, state, window)
    if _is_calm(field, state):
        return None
    return _cycle(field, state, window, bound) if field.dimension > 1 else None


def _equilibrium(field: Field, state: FloatArray, window: Window, bound: float) -> Discovery | None:
    found = equilibrium_from(field.model, state, width_of(field.model, window))
    if found is None or not found.is_stable:
        return None
    catches = _round_equilibrium(found, widened(field.model, window, found.state), bound)
    return Discovery(Attractor.of(found), list(catches)) if catches else None


def _is_calm(field: Field, state: FloatArray) -> bool:
    """Whether nothing moves, as beside a saddle."""
    rates, jacobian = field.rates_and_jacobian(0.0, state)
    return bool(np.abs(rates).max() <= CALM * np.abs(jacobian).max() * max(float(np.abs(state).max()), 1e-300))


def _cycle(field: Field, state: FloatArray, window: Window, bound: float) -> Discovery | None:
    """The cycle on which the path settles, else the strange attractor that it fills."""
    try:
        cycle = limit_cycle(field.model, state.tolist())
    except ComputationError:
        return (
            _strange_of_flow(field, state, window, bound) if field.dimension > 2 else None
        )  # in the plane there are none: Poincaré and Bendixson
    if not cycle.is_stable:
        return None
    states = np.ascontiguousarray(_evenly(cycle))
    across = np.sort(np.abs(cycle.multipliers))[-2]
    tube = _tube(field, states, cycle.period, min(LARGEST_TUBE, TUBE * (1.0 - across)))
    return Discovery(Attractor("cycle", states, None, cycle.period, field.model), [tube])


def _evenly(cycle: LimitCycle) -> FloatArray:
    """Points of a cycle, the last leading to the first."""
    return cycle.states[:-1]


def _tube(field: Field, states: FloatArray, period: float, width: float) -> Cells:
    """Cells round a cycle, from a run once round that is sampled twice a cell."""
    count = int(1.0 / width)
    dense = run_of(field, states[0], period)
    even = dense(np.linspace(0.0, period, 8 * count + 1))
    lengths = np.append(0.0, np.cumsum((np.abs(np.diff(even, axis=0)) / np.maximum(np.ptp(even, axis=0), 1e-300)).max(axis=1)))
    times = np.interp(np.linspace(0.0, lengths[-1], int(3 * lengths[-1] * count) + 1), lengths, np.linspace(0.0, period, 8 * count + 1))
    return Cells.through(dense(times), count, TURNS * period)


def _strange_of_flow(field: Field, state: FloatArray, window: Window, bound: float) -> Discovery | None:
    """The strange attractor that a path fills, from legs of about so many steps each that one run may take."""
    leg = 100.0 / max(float(np.abs(np.linalg.eigvals(field.jacobian(0.0, state))).max()), 1e-300)
    points: list[FloatArray] = []
    try:
        for _ in range(LEGS):
            dense = run_of(field, state, leg)
            state = np.clip(dense(dense.breakpoints[-1:])[0], field.lower, field.upper)
            if points or len(dense.breakpoints) > STEPS_A_LEG // 2:
                points.append(dense(np.linspace(0.0, leg, SAMPLES // LEGS, endpoint=False)))
            else:
                leg *= STEPS_A_LEG / len(dense.breakpoints)
    except ComputationError:
        return None
    resting = _equilibrium(field, state, window, bound)
    if resting is not None or not points:  # chaos was only on the way
        return resting
    return _recurrent(field, np.concatenate(points), leg / (SAMPLES // LEGS), window)


def _recurrent(field: Field, states: FloatArray, spacing: float, window: Window) -> Discovery | None:
    """The strange attractor that these states (n, d) of a path fill; None if it does not come back to them, or nothing contracts."""
    if not _contracts(field, states[:: max(1, len(states) // SHOWN)]):
        return None
    half, least = len(states) // 2, FLAT * width_of(field.model, window)
    for count in FINENESS:
        if Cells.through(states[:half], count, 0.0, 0.0, least).holds(states[half:]).mean() >= RECURRENT:
            turn = spacing * _turn(states)
            attractor = Attractor("strange attractor", np.ascontiguousarray(states[-SHOWN:]), None, None, field.model)
            return Discovery(attractor, [Cells.through(states, count, STAY * turn, turn, least)])
    return None


def _turn(states: FloatArray) -> float:
    """Steps from state to state (n, d) that make one turn, about."""
    lengths = (np.abs(np.diff(states, axis=0)) / np.maximum(np.ptp(states, axis=0), 1e-300)).max(axis=1)
    return max(2.0 / max(float(lengths.mean()), 1e-300), 1.0)


def _contracts(field: Field, states: FloatArray) -> bool:
    """Whether volumes shrink along a path, on the mean and beyond what means over its parts leave open."""
    _, jacobians = field.rates_and_jacobians(states)
    if field.model.kind == "map":
        with np.errstate(divide="ignore"):
            rates = np.log(np.maximum(np.abs(np.linalg.det(jacobians)), 1e-300))
    else:
        rates = np.trace(jacobians, axis1=1, axis2=2) / np.abs(jacobians).max(axis=(1, 2)).mean()
    means = np.array([part.mean() for part in np.array_split(rates, BATCHES)])
    return bool(means.mean() + SURE * means.std() / np.sqrt(BATCHES) < -CONTRACTION)


def _of_map(field: Field, state: FloatArray, window: Window) -> Discovery | None:
    """The cycle of a map to which a path comes back, else the strange attractor that it fills."""
    path = _path(field, state, TRANSIENT + RETURNS)
    if path is None:
        return None
    late = path[TRANSIENT:]
    if np.ptp(late, axis=0).max() <= CALM * np.abs(late).max():  # at rest, on a fixed point that does not attract, or all but
        return None
    size = np.maximum(np.ptp(late, axis=0), 1e-9 * np.maximum(np.abs(late).max(axis=0), np.finfo(np.float64).tiny))
    gaps = (np.abs(late[1:] - late[0]) / size).max(axis=1)
    for period in np.flatnonzero(gaps[:LONGEST_PERIOD] < RETURNED) + 1:
        found = _cycle_of_map(field, late[0], int(period))
        if found is not None:
            return found
    longer = _path(field, path[-1], SAMPLES)
    return None if longer is None else _recurrent(field, longer, 1.0, window)


def _path(field: Field, state: FloatArray, steps: int) -> FloatArray | None:
    states = np.empty((steps + 1, field.dimension))
    states[0] = state
    for step in range(steps):
        field.raw_rates(0.0, states[step], field.constants, states[step + 1])
    return states if np.isfinite(states).all() else None


def _cycle_of_map(field: Field, state: FloatArray, period: int) -> Discovery | None:
    """The stable cycle of that period beside a state, by Newton's iteration."""
    point = state
    for _ in range(20):
        image, slope = point, np.eye(len(point))
        for _ in range(period):
            image, part = field.rates_and_jacobian(0.0, image)
            slope = part @ slope
        try:
            step = np.linalg.solve(slope - np.eye(len(point)), point - image)
        except np.linalg.LinAlgError:
            return None
        point = point + step
        if np.abs(step).max() <= 1e-13 * max(float(np.abs(point).max()), 1e-300):
            break
    if not np.isfinite(point).all() or np.abs(np.linalg.eigvals(slope)).max() >= 1.0 - 1e-9:
        return None
    points = [point]
    for _ in range(period - 1):
        points.append(field.rates(0.0, points[-1]))
    balls = ball_round(field, points)
    if not balls:
        return None
    return Discovery(Attractor("cycle", np.array(points), None, float(period), field.model), list(balls))
