"""Guesses of a cycle: where a run returns to itself, or one of given period."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.continuation.collocation import Profile, adapted, traced
from richardson.continuation.cycles_solve import Solved, guessed_multipliers, once, scale_of, solve
from richardson.dynamics.dense import DenseOutput
from richardson.dynamics.integrate import integrate
from richardson.errors import ComputationError, IntegrationError
from richardson.outcome import Outcome

ACCURACY: dict[str, Any] = {"relative": 1e-10, "absolute": 1e-12, "step_limit": 25_000}
FIRST_LEG = 30.0  # of the fastest time scale at the start
LEGS = 16  # each twice as long as the one before: 2·10⁶ time scales
SAMPLES = 8  # points a step at which returns are looked for
AWAY = 0.2  # of the orbit's size: what has not been so far away has not returned
CLOSE = 3e-3  # of the size: a return close enough to correct
CLOSER = 0.1  # after one that was corrected to no stable cycle
EXACT = 1e-6  # of the size: a return whose gap is the error of the run
FAMILY = 1e-3  # a multiplier, guessed, that may be 1
NEAR = 0.1  # of the size: how far correction may move a return
CALM = 1e-7  # of the states: an oscillation so small has died out
EVEN_MESH = 400  # intervals over which a guess is first laid


class _TooLongError(ComputationError):
    """A run takes too many steps."""


@dataclass(frozen=True, eq=False)
class Return:
    """A return of a run to its end.

    Attributes
    ----------
    period : float
        How long before the end it was there.
    gap : float
        How far it missed the end, in the size of its oscillation.
    profile : Profile
    """

    period: float
    gap: float
    profile: Profile


def settled_cycle(field: Field, origin: FloatArray) -> tuple[Solved, float]:
    """The cycle on which the run from ``origin`` settles, and the error of its period as in `solve`.

    Raises
    ------
    ComputationError
        If the run escapes, leaves the domain, comes to rest, or does not settle on a cycle.
    """
    leg, close, nearest_gap = FIRST_LEG * _time_scale(field, origin), CLOSE, np.inf
    state = origin
    for _ in range(LEGS):
        try:
            dense = run_of(field, state, leg)
        except _TooLongError:
            break
        state, leg = np.clip(dense(dense.breakpoints[-1:])[0], field.lower, field.upper), 2.0 * leg  # beyond a bound by rounding
        _refuse_rest(field, dense)
        found = last_return(dense, close)
        if found is None:
            continue
        nearest_gap = min(found.gap, nearest_gap)
        if found.gap <= close:
            solved = corrected_return(field, found)
            if solved is not None and not solved[0].multipliers.unstable_count:
                return solved
            close *= CLOSER
    raise ComputationError(
        f"The run of '{field.model.name}' from {described(field, origin)} settles on no cycle: in t = {leg:g} it came back to where "
        f"it ended to within {nearest_gap:.2g} of its size at best, and no stable cycle is there. It may be chaotic or quasi-periodic; "
        "look at integrate, or give a start near an unstable cycle and its period."
    )


def corrected_return(field: Field, found: Return) -> tuple[Solved, float] | None:
    """The cycle next to a return; None if there is none so near.

    Raises
    ------
    ComputationError
        If the run returns exactly, but on an orbit whose neighbours are closed too.
    """
    answer = solve(field, found.profile)
    if answer is None:
        if found.gap <= EXACT and is_one_of_many(field, found.profile):
            raise not_isolated(field, found.period)
        return None
    profile = answer[0].point.profile
    scale = scale_of(found.profile.nodes)
    ratio = np.ptp(profile.nodes, axis=0).max() / max(np.ptp(found.profile.nodes, axis=0).max(), np.finfo(np.float64).tiny)
    same = np.abs(profile.at(found.profile.phases) - found.profile.at(found.profile.phases)) / scale
    if not 0.5 < ratio < 2.0 or float(same.max()) > NEAR:
        return None
    reduced = once(profile)
    return answer if reduced is profile else solve(field, reduced)


def is_one_of_many(field: Field, guess: Profile) -> bool:
    """Whether a second multiplier of a nearly closed orbit seems to be 1."""
    found = guessed_multipliers(field, guess)
    return found is not None and bool(np.abs(found.across - 1.0).min() <= FAMILY)


def not_isolated(field: Field, period: float) -> ComputationError:
    """The refusal of a closed orbit beside which others are closed."""
    return ComputationError(
        f"The closed orbit of '{field.model.name}' with period {period:.8g} is no limit cycle: a second multiplier is 1. "
        "Either its neighbours are closed too, as where something is conserved, or it is at a fold of cycles. "
        "Use integrate for one of the family, or move a parameter off the fold."
    )


def last_return(dense: DenseOutput, close: float = CLOSE) -> Return | None:
    """The latest time at which a run was where it ends, having been away in between; None if it has not been away."""
    end = float(dense.breakpoints[-1])
    shares = np.linspace(0.0, 1.0, SAMPLES, endpoint=False)
    times = np.append((dense.breakpoints[:-1, None] + np.diff(dense.breakpoints)[:, None] * shares).ravel(), end)
    states = dense(times)
    scale = scale_of(states[len(states) // 2 :])

    def distance(time: float) -> float:
        return float(np.abs((dense(np.array([time]))[0] - states[-1]) / scale).max())

    apart = np.abs((states - states[-1]) / scale).max(axis=1)
    away = np.flatnonzero(apart > AWAY)
    if not away.size:
        return None
    best: tuple[float, float] | None = None
    dips = np.flatnonzero((apart[1:-1] <= apart[:-2]) & (apart[1:-1] <= apart[2:])) + 1
    for dip in dips[(dips < away[-1]) & (apart[dips] < AWAY)][::-1]:
        bounds = (times[dip - 1], times[dip + 1])
        found = minimize_scalar(distance, bounds=bounds, method="bounded", options={"xatol": 1e-9 * (end - times[0])})
        if best is None or found.fun < 0.1 * best[1]:
            best = float(found.x), float(found.fun)
        if best[1] <= close:
            break
    if best is None:
        return None
    return Return(end - best[0], best[1], profile_of(dense, best[0], end))


def profile_of(dense: DenseOutput, first: float, last: float) -> Profile:
    """The part of a run between two times as a closed curve, over a mesh that suits it."""

    def curve(phases: FloatArray) -> FloatArray:
        return dense(np.minimum(first + phases * (last - first), last))

    even = traced(curve, np.linspace(0.0, 1.0, EVEN_MESH + 1), last - first)
    return traced(curve, adapted(even, scale_of(even.nodes), EVEN_MESH), last - first)


def described(field: Field, state: FloatArray) -> str:
    """A state in words."""
    return ", ".join(f"{name} = {value:g}" for name, value in zip(field.model.state_names, state, strict=True))


def run_of(field: Field, state: FloatArray, length: float) -> DenseOutput:
    """The run from ``state`` for a time ``length``.

    Raises
    ------
    ComputationError
        If it does not last so long.
    """
    try:
        run = integrate(field.model, state.tolist(), [0.0, length], **ACCURACY)
    except IntegrationError as error:
        if error.trajectory is None or error.trajectory.outcome is not Outcome.STEP_LIMIT:
            raise
        raise _TooLongError(f"A run of '{field.model.name}' over t = {length:g} takes too many steps. Give a shorter period.") from error
    if run.outcome is not Outcome.REACHED_END or run.dense is None:
        raise ComputationError(
            f"The run of '{field.model.name}' that should settle on a cycle {run.outcome} at t = {run.stopped_at:g} "
            f"({described(field, run.states[-1])}). Start near the cycle, or give its period."
        )
    return run.dense


def _refuse_rest(field: Field, dense: DenseOutput) -> None:
    """Refuse a run whose oscillation has died out."""
    middle = 0.5 * (dense.breakpoints[0] + dense.breakpoints[-1])
    states = dense(np.append(dense.breakpoints[dense.breakpoints >= middle], dense.breakpoints[-1]))
    if (np.ptp(states, axis=0) <= CALM * np.maximum(np.abs(states).max(axis=0), CALM)).all():
        raise ComputationError(
            f"The run of '{field.model.name}' comes to rest at {described(field, states[-1])}, so it settles on no cycle. "
            "Choose other parameters or another start; an unstable cycle needs a start near it and its period."
        )


def _time_scale(field: Field, state: FloatArray) -> float:
    """Time in which the fastest part of the motion changes."""
    size = float(np.abs(np.linalg.eigvals(field.jacobian(0.0, state))).max())
    return 1.0 / size if size > 0.0 else 1.0
