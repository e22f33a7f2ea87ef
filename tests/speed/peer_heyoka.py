"""heyoka's Taylor integrators as a peer, in batch mode and through its own ensemble call, and as the reference.

heyoka compiles for each tolerance anew, since its order follows from it; that is done before the clock starts. Of fast-math
{off, on} and batches of {1, 2, 4, 8, 16}, on and 4 were fastest with four doubles a register. The ensemble call copies the
integrator for every batch, about a millisecond each, so large batches suit it better.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from peer_problem import FloatArray, Problem, Run, from_zero

REFERENCE_TOLERANCE = 1e-18  # in 80-bit numbers; the same run in doubles differs from it by less than 1e-12


def system(problem: Problem) -> list[tuple[Any, Any]]:
    """The equations as heyoka's expressions, the gain being parameter 0."""
    import heyoka

    states = [heyoka.expression(name) for name in ("x", "y", "fear_x", "fear_y")[: problem.dimension]]
    return list(zip(states, problem.rates(states, heyoka.par[0]), strict=True))


def batch(problem: Problem, size: int) -> Run:
    """One integrator of ``size`` members, given new members again and again: heyoka's batch mode."""
    integrator_at = _integrators(problem, size)

    def run(starts: FloatArray, balances: FloatArray, tolerance: float, times: FloatArray) -> FloatArray:
        integrator, (starts, gains, member_count) = integrator_at(tolerance), _in_batches(starts, balances, size)
        states = np.empty((gains.size, times.size, problem.dimension))
        grid = np.repeat(times[:, None], size, axis=1)
        for first in range(0, gains.size, size):
            rows = slice(first, first + size)
            integrator.set_time(0.0)
            integrator.state[:], integrator.pars[0] = starts[rows].T, gains[rows]
            if times.size == 1:
                integrator.propagate_until(times[0])
                states[rows, 0] = integrator.state.T
            else:
                states[rows] = integrator.propagate_grid(grid)[1].transpose(2, 0, 1)
        return states[:member_count]

    return run


def by_balance(problem: Problem, size: int) -> Run:
    """Batch mode with the members sorted by their balance, so that those of one batch take nearly the same steps."""
    run_batches = batch(problem, size)

    def run(starts: FloatArray, balances: FloatArray, tolerance: float, times: FloatArray) -> FloatArray:
        order = np.argsort(balances)
        states = np.empty((balances.size, times.size, problem.dimension))
        states[order] = run_batches(starts[order], balances[order], tolerance, times)
        return states

    return run


def ensemble(problem: Problem, size: int, thread_count: int) -> Run:
    """heyoka's own ensemble call over batches of ``size`` members, in so many threads."""
    integrator_at = _integrators(problem, size)

    def run(starts: FloatArray, balances: FloatArray, tolerance: float, times: FloatArray) -> FloatArray:
        import heyoka

        starts, gains, member_count = _in_batches(starts, balances, size)

        def place(integrator: Any, index: int) -> Any:
            rows = slice(index * size, (index + 1) * size)
            integrator.set_time(0.0)
            integrator.state[:], integrator.pars[0] = starts[rows].T, gains[rows]
            return integrator

        whole = (gains.size // size, place)
        if times.size == 1:
            ends = heyoka.ensemble_propagate_until_batch(integrator_at(tolerance), times[0], *whole, max_workers=thread_count)
            return np.concatenate([end[0].state.T for end in ends])[:member_count, None]
        paths = heyoka.ensemble_propagate_grid_batch(integrator_at(tolerance), times, *whole, max_workers=thread_count)
        return np.concatenate([path[-1].transpose(2, 0, 1) for path in paths])[:member_count]

    return run


def reference(problem: Problem, starts: FloatArray, balances: FloatArray, times: FloatArray) -> FloatArray:
    """States of every member in 80-bit numbers at a tolerance of 1e-18, shape (m, t, d)."""
    import heyoka

    wide = np.longdouble
    ones, pars = np.ones(problem.dimension, wide), np.zeros(1, wide)
    integrator = heyoka.taylor_adaptive(system(problem), ones, pars=pars, fp_type=wide, tol=wide(REFERENCE_TOLERANCE))
    states, grid = np.empty((balances.size, times.size, problem.dimension)), from_zero(times).astype(wide)
    for member, gain in enumerate(np.exp(balances)):
        integrator.time = wide(0.0)
        integrator.state[:], integrator.pars[0] = starts[member], gain
        states[member] = integrator.propagate_grid(grid)[-1][-times.size :]
    return states


def _integrators(problem: Problem, size: int) -> Callable[[float], Any]:
    import heyoka

    @functools.cache
    def integrator_at(tolerance: float) -> Any:
        ones, pars = np.ones((problem.dimension, size)), np.zeros((1, size))
        return heyoka.taylor_adaptive_batch(system(problem), ones, pars=pars, tol=tolerance, compact_mode=False, fast_math=True)

    return integrator_at


def _in_batches(starts: FloatArray, balances: FloatArray, size: int) -> tuple[FloatArray, FloatArray, int]:
    missing = -balances.size % size  # the last batch is filled up with its last member
    whole = np.pad(starts, ((0, missing), (0, 0)), mode="edge"), np.exp(np.pad(balances, (0, missing), mode="edge"))
    return *whole, balances.size
