"""Our own kernels as the steps of a single run: right, smooth, resumable, and honest about how they end."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson.compiled.field import Field
from richardson.compiled.lanes import path_kernel
from richardson.compiled.paths import REACHED_END, STEPS_SPENT, UNDER_WAY, Path, Tolerances
from richardson.dynamics import kernel_march
from richardson.dynamics.dense import DenseOutput, from_nested
from richardson.dynamics.integrate import integrate
from richardson.dynamics.kernel_march import SCHEMES, KernelMarch
from richardson.dynamics.march import Accuracy, Flow
from richardson.errors import IntegrationError
from richardson.outcome import Outcome
from richardson.symbolic.model import Model

EXPLICIT = ["DOP853", "Tsit5"]
ORDERS = {"Tsit5": (5, 0.1), "DOP853": (8, 0.4), "Rodas5P": (5, 0.1)}  # and a step at which errors are small, but not yet rounding

SPRING = Model.from_equations({"x": "v", "v": "-x"}, {}, name="spring")
PREY = Model.from_equations({"x": "a*x - b*x*y", "y": "b*x*y - c*y"}, {"a": 1.5, "b": 1, "c": 3}, name="prey")
DRIVEN = Model.from_equations({"x": "v", "v": "-k*v - x**3 + 0.3*cos(t)"}, {"k": 0.2}, name="driven")
RING = Model.from_equations(
    {f"x{i}": f"k*(x{(i + 1) % 7} - x{i}) - x{i}*x{(i + 3) % 7} + {i + 1}" for i in range(7)}, {"k": 0.5}, name="ring"
)
STARTS = {PREY: [1.0, 1.0], DRIVEN: [0.5, 0.0], RING: [1.0, 0.5, 2.0, 0.1, 0.0, 1.5, 1.0]}


def march(model, start, end, method, **options):
    field = Field.of(model)
    settings = {"relative": 1e-8, "absolute": 1e-10, "longest": np.inf, "step_limit": 10_000} | options
    flow = Flow(field.rates, field.jacobian, np.array(start), 0.0, end, settings["longest"])
    return KernelMarch(field, flow, Accuracy(method, settings["relative"], settings["absolute"], settings["step_limit"]))


@pytest.mark.parametrize("method", SCHEMES)
@pytest.mark.parametrize("model", STARTS, ids=lambda model: model.name)
def test_a_tight_run_agrees_with_an_independent_solver(method, model):
    rates = Field.of(model).rates
    theirs = solve_ivp(rates, (0, 10), STARTS[model], method="DOP853", rtol=1e-13, atol=1e-14).y[:, -1]
    ours = integrate(model, STARTS[model], [0, 10], method=method, relative=1e-12, absolute=1e-13).states[-1]
    assert ours == pytest.approx(theirs, rel=1e-10)  # a few hundred steps of 1e-12, either of which may grow along the run


@pytest.mark.parametrize("method", SCHEMES)
def test_a_pair_of_exponentials_is_followed_to_rounding(method):
    """x' = −x + y, y' = −2y from (0, 1): x = e^−t − e^−2t."""
    pair = Model.from_equations({"x": "y - x", "y": "-2*y"}, {}, name="pair")
    times = np.linspace(0, 10, 101)
    run = integrate(pair, [0, 1], times, method=method, relative=1e-12, absolute=1e-14)
    assert run["x"] == pytest.approx(np.exp(-times) - np.exp(-2 * times), abs=2e-12)  # a step's tolerance, twice


@pytest.mark.parametrize("method", SCHEMES)
def test_the_polynomials_gain_the_order_of_the_method_when_steps_are_halved(method):
    """Errors are those between the steps, of cos t; tolerances so wide that all steps have the length that is allowed."""
    (order, longest), errors = ORDERS[method], []
    for step in (longest, longest / 2):
        breakpoints, pieces, _ = Path(Field.of(SPRING), method, np.array([1.0, 0.0]), (0.0, 8.0), Tolerances(0.5, 1e3, step, 1000)).steps(
            1000
        )
        times = np.linspace(0, 8, 2001)
        errors.append(np.abs(DenseOutput(breakpoints, from_nested(pieces))(times)[:, 0] - np.cos(times)).max())
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.3)  # the order is that of the limit of short steps


@pytest.mark.parametrize("method", SCHEMES)
def test_no_step_is_longer_than_allowed(method):
    block = march(SPRING, [1.0, 0.0], 10.0, method, longest=0.03, relative=1e-3).block()
    assert np.diff(block.breakpoints).max() <= 0.03 * 1.01 + 1e-12  # the last may be one part in a hundred longer


@pytest.mark.parametrize("method", SCHEMES)
@pytest.mark.parametrize("model", [PREY, RING], ids=lambda model: model.name)
def test_a_run_in_small_blocks_is_the_same_to_the_bit(method, model, monkeypatch):
    whole = integrate(model, STARTS[model], [0, 20], method=method).dense
    monkeypatch.setattr(kernel_march, "FIRST_BLOCK", 3)
    monkeypatch.setattr(kernel_march, "LONGEST_BLOCK", 7)
    parts = integrate(model, STARTS[model], [0, 20], method=method).dense
    assert whole.breakpoints.size > 20  # so that there are several blocks
    assert (parts.breakpoints == whole.breakpoints).all() and (parts.coefficients == whole.coefficients).all()


@pytest.mark.parametrize("method", SCHEMES)
def test_blocks_end_where_the_next_begin(method):
    field = Field.of(PREY)
    path = Path(field, method, np.array([1.0, 1.0]), (0.0, 5.0), Tolerances(1e-8, 1e-10, np.inf, 1000))
    first, second = path.steps(4), path.steps(1000)
    assert (first.code, second.code) == (UNDER_WAY, REACHED_END)
    assert first.breakpoints.size == 5 and second.breakpoints[0] == first.breakpoints[-1] and second.breakpoints[-1] == 5.0


@pytest.mark.parametrize("method", SCHEMES)
@pytest.mark.parametrize("span", [(0.0, 1e-9), (-7.3, 0.1), (1e9, 1e9 + 1.0), (0.0, 3e3), (1e16, 1e16 + 4.0)])
def test_a_run_ends_exactly_at_the_time_asked_for(method, span):
    run = integrate(Model.from_equations({"x": "1 - x"}, {}, name="one"), [0.0], span, method=method)
    assert run.times.tolist() == list(span) and run.dense.breakpoints[-1] == span[1]


@pytest.mark.parametrize("method", SCHEMES)
def test_a_run_that_rests_at_the_origin_stays_there_in_few_steps(method):
    run = integrate(SPRING, [0.0, 0.0], [0, 1e6], method=method)
    assert (run.states == 0.0).all() and run.dense.breakpoints.size < 60


@pytest.mark.parametrize("method", SCHEMES)
def test_a_start_at_rest_that_a_drive_moves_later_is_followed(method):
    """x' = 3t² from 0 at rest is t³."""
    run = integrate(Model.from_equations({"x": "3*t**2"}, {}, name="cube"), [0.0], [0, 1, 2], method=method)
    assert run["x"] == pytest.approx([0, 1, 8], rel=1e-9)


@pytest.mark.parametrize("method", SCHEMES)
def test_steps_run_out_after_as_many_as_allowed(method):
    steps = march(SPRING, [1.0, 0.0], 1e9, method, step_limit=300)
    counts = []
    while not steps.is_over:
        block = steps.block()
        counts.append(0 if block is None else block.coefficients.shape[0])
    assert steps.failure is Outcome.STEP_LIMIT and sum(counts) == 300


@pytest.mark.parametrize("method", SCHEMES)
def test_as_many_steps_as_needed_are_enough(method):
    needed = integrate(SPRING, [1.0, 0.0], [0, 9], method=method).dense.coefficients.shape[0]
    assert integrate(SPRING, [1.0, 0.0], [0, 9], method=method, step_limit=needed).outcome is Outcome.REACHED_END
    path = Path(Field.of(SPRING), method, np.array([1.0, 0.0]), (0.0, 9.0), Tolerances(1e-8, 1e-10, np.inf, needed - 1))
    assert path.steps(1000).code == STEPS_SPENT


@pytest.mark.parametrize("method", SCHEMES)
def test_rates_that_end_within_a_step_leave_only_finite_polynomials(method):
    """x' = 1/√(1 − t) − 1 is infinite at t = 1, and no number beyond."""
    with pytest.raises(IntegrationError) as caught:
        integrate(Model.from_equations({"x": "1/sqrt(1 - t) - 1"}, {}, name="wall"), [0.0], [0, 0.5, 3], method=method)
    run = caught.value.trajectory
    assert run.outcome is Outcome.NOT_FINITE and run.stopped_at == pytest.approx(1.0, abs=1e-6)
    assert np.isfinite(run.dense.coefficients).all()


@pytest.mark.parametrize("method", SCHEMES)
def test_a_state_that_overshoots_its_last_time_of_life_escapes_in_one_block(method):
    run = integrate(Model.from_equations({"x": "x**2"}, {}, name="blow-up"), [1.0], [0, 3], method=method)
    assert run.outcome is Outcome.ESCAPED and run.stopped_at == pytest.approx(1 - 1e-9, abs=1e-8)


def test_a_kernel_is_put_together_once():
    assert path_kernel("Tsit5") is path_kernel("Tsit5")  # else every run would write its text anew, which takes longer than the run


def test_many_states_are_taken_in_blocks_of_fewer_steps(monkeypatch):
    monkeypatch.setattr(kernel_march, "MOST_NUMBERS", 8 * 7 * 5)
    assert march(RING, STARTS[RING], 20.0, "Tsit5").block().coefficients.shape[0] == 5


@pytest.mark.slow
@pytest.mark.parametrize("method", EXPLICIT)
def test_a_stiff_model_is_solved_in_far_fewer_steps_by_the_stiff_method(method):
    stiff = Model.from_equations({"x": "-1000*(x - cos(t))"}, {}, name="stiff")
    ours = integrate(stiff, [0.0], [0, 5], method="Rodas5P", relative=1e-6, absolute=1e-8)
    theirs = integrate(stiff, [0.0], [0, 5], method=method, relative=1e-6, absolute=1e-8)
    assert ours.states[-1] == pytest.approx(theirs.states[-1], abs=1e-5)
    assert 3 * ours.dense.breakpoints.size < theirs.dense.breakpoints.size
