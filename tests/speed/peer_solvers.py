"""scipy, numbalsoda, diffrax and JiTCODE as peers: each function prepares a problem and returns what runs its members.

A member that a peer fails on has states that are not numbers.
"""

import contextlib
import os
import tempfile
from typing import Any

import numpy as np
from peer_problem import ABSOLUTE, FloatArray, Problem, Run, from_zero

STEP_LIMIT = 100_000  # enough at every tolerance; the default of 4096 or 10000 may be too few at the tightest


def scipy(problem: Problem, method: str) -> Run:
    """A loop over `solve_ivp` with the rates in plain Python numbers, which are faster there than numpy's."""
    from scipy.integrate import solve_ivp

    rates = problem.rates

    def run(starts: FloatArray, balances: FloatArray, tolerance: float, times: FloatArray) -> FloatArray:
        options = {"method": method, "t_eval": times, "rtol": tolerance, "atol": ABSOLUTE * tolerance}
        states = np.empty((balances.size, times.size, problem.dimension))
        for member, gain in enumerate(np.exp(balances).tolist()):
            path = solve_ivp(lambda _, state, gain=gain: rates(state.tolist(), gain), (0.0, times[-1]), starts[member], **options)
            states[member] = path.y.T
        return states

    return run


def numbalsoda(problem: Problem, method: str) -> Run:
    """numbalsoda's compiled `lsoda` or `dop853`, looped over in compiled code."""
    import numba
    import numbalsoda as package

    rates, dimension, solve = numba.njit(problem.rates), problem.dimension, getattr(package, method)

    @numba.cfunc(package.lsoda_sig)
    def write(_, state, out, values):
        new = rates(state, values[0])
        for i in range(dimension):
            out[i] = new[i]

    address = write.address

    @numba.njit
    def loop(starts, gains, tolerance, times, states):
        for member in range(gains.size):
            gain = gains[member : member + 1]
            path, has_worked = solve(address, starts[member], times, gain, tolerance, ABSOLUTE * tolerance, STEP_LIMIT)
            if not has_worked:
                path[:] = np.nan
            states[member] = path[times.size - states.shape[1] :]

    def run(starts: FloatArray, balances: FloatArray, tolerance: float, times: FloatArray) -> FloatArray:
        states = np.empty((balances.size, times.size, dimension))
        loop(starts, np.exp(balances), tolerance, from_zero(times), states)
        return states

    return run


def diffrax(problem: Problem, chunk_size: int) -> Run:
    """diffrax's Tsit5 mapped over members, compiled as a whole, a chunk of members at a time."""
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
    import diffrax as package
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    term = package.ODETerm(lambda _, state, gain: jnp.stack(problem.rates(state, gain)))

    def member(start: Any, gain: Any, tolerance: Any, times: Any) -> Any:
        controller = package.PIDController(rtol=tolerance, atol=ABSOLUTE * tolerance)
        saved = package.SaveAt(t1=True) if times.size == 1 else package.SaveAt(ts=times)
        options = {"saveat": saved, "stepsize_controller": controller, "max_steps": STEP_LIMIT, "throw": False}
        path = package.diffeqsolve(term, package.Tsit5(), 0.0, times[-1], None, start, gain, **options)
        return jnp.where(path.result == package.RESULTS.successful, path.ys, jnp.nan)

    chunk = jax.jit(jax.vmap(member, in_axes=(0, 0, None, None)))

    def run(starts: FloatArray, balances: FloatArray, tolerance: float, times: FloatArray) -> FloatArray:
        states = np.empty((balances.size, times.size, problem.dimension))
        for first in range(0, balances.size, chunk_size):
            rows = np.arange(first, first + chunk_size).clip(max=balances.size - 1)  # one shape, so compiled once
            states[rows] = chunk(starts[rows], np.exp(balances[rows]), tolerance, times)
        return states

    return run


def jitcode(problem: Problem, method: str) -> Run:
    """A loop over JiTCODE: the rates compiled by the C compiler, the steps by scipy's compiled `ode`."""
    import jitcode as package
    import symengine
    from jitcode.integrator_tools import UnsuccessfulIntegration

    gain = symengine.Symbol("gain")
    states_of = [package.y(i) for i in range(problem.dimension)]
    equations = package.jitcode(list(problem.rates(states_of, gain)), control_pars=[gain], verbose=False)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):  # its build reads a pyproject.toml lying where it runs
        equations.compile_C()

    def run(starts: FloatArray, balances: FloatArray, tolerance: float, times: FloatArray) -> FloatArray:
        states = np.empty((balances.size, times.size, problem.dimension))
        equations.set_integrator(method, rtol=tolerance, atol=ABSOLUTE * tolerance)
        for member, value in enumerate(np.exp(balances)):
            equations.set_parameters(value)
            equations.set_initial_value(starts[member], 0.0)
            try:
                for index, time in enumerate(times):
                    states[member, index] = equations.integrate(time) if time > 0.0 else starts[member]
            except UnsuccessfulIntegration:
                states[member] = np.nan
        return states

    return run
