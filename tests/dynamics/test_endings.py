"""How runs end: each outcome, where and when, with the partial run kept."""

import pickle
import warnings

import numpy as np
import pytest

from richardson.dynamics.arguments import METHODS
from richardson.dynamics.events import Event
from richardson.dynamics.integrate import integrate
from richardson.errors import IntegrationError
from richardson.outcome import Outcome
from richardson.symbolic.model import Model

# A state all but at rest on its bound is within tolerance of it from then on: only rounding says when it is beyond, latest for BDF,
# whose steps are the longest there.
SOON = {"BDF": 1e-2}


def model(rate, parameters=(), **bounds):
    return Model.from_equations({"x": rate}, dict(parameters), name="one", **bounds)


@pytest.mark.parametrize("method", METHODS)
def test_a_runaway_race_escapes_when_it_crosses_the_bound(method):
    run = integrate(model("x"), [1.0], [0, 1, 2, 100], method=method, bound=1e3)
    assert run.outcome is Outcome.ESCAPED
    assert run.stopped_at == pytest.approx(np.log(1e3), abs=1e-5)
    assert run.times.tolist() == [0, 1, 2, run.stopped_at]
    assert run["x"][-1] == 1e3


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("power", [2, pytest.param(1.5, marks=pytest.mark.slow)])
def test_blow_up_in_finite_time_escapes_at_the_right_time_without_a_warning(method, power, capfd):
    """x' = xᵖ from 1 reaches b at (1 − b^(1−p))/(p − 1)."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = integrate(model("x**p", {"p": power}), [1.0], [0, 10], method=method)
    assert run.outcome is Outcome.ESCAPED
    assert run.stopped_at == pytest.approx((1 - 1e9 ** (1 - power)) / (power - 1), rel=1e-6)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("method", METHODS)
def test_escape_downwards_is_an_escape_too(method):
    run = integrate(model("x - 2"), [1.0], [0, 100], method=method, bound=50.0)
    assert run.outcome is Outcome.ESCAPED
    assert run.stopped_at == pytest.approx(np.log(52.0), abs=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_an_excursion_beyond_the_bound_inside_a_step_is_not_missed(method):
    """x = 10 t exp(−t²) rises to 4.28… and falls again within a few steps of any method."""
    pulse = model("10*(1 - 2*t**2)*exp(-t**2)")
    highest = 10 * np.sqrt(0.5) * np.exp(-0.5)
    run = integrate(pulse, [0.0], [0, 5], method=method, bound=highest * (1 - 1e-5))
    assert run.outcome is Outcome.ESCAPED and run.stopped_at < np.sqrt(0.5)
    assert integrate(pulse, [0.0], [0, 5], method=method, bound=highest * (1 + 1e-5)).outcome is Outcome.REACHED_END


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("bounds", "sign"), [({"lower": {"x": -1.0}}, -1), ({"upper": {"x": 1.0}}, 1)])
def test_a_state_that_crosses_its_bound_leaves_the_domain_then(method, bounds, sign):
    run = integrate(model(f"{sign}*0.4", **bounds), [0.0], [0, 1, 2, 3], method=method)
    assert run.outcome is Outcome.LEFT_DOMAIN
    assert run.stopped_at == pytest.approx(2.5, rel=1e-9)
    assert run["x"][-1] == sign  # exactly, so that a run can be taken up from there
    assert run.times[:-1].tolist() == [0, 1, 2]


@pytest.mark.parametrize("method", METHODS)
def test_a_start_on_the_bound_that_moves_outwards_leaves_at_once(method):
    run = integrate(model("-1 - x", lower={"x": 0.0}), [0.0], [5, 6], method=method)
    assert run.outcome is Outcome.LEFT_DOMAIN
    assert run.times.tolist() == [5.0] and run.stopped_at == 5.0 and run["x"].tolist() == [0.0]
    assert run.at(5.0) == pytest.approx([0.0])


@pytest.mark.parametrize(
    ("method", "fall", "decay"),
    [("Tsit5", 2.7, 50.0), ("DOP853", 0.9, 20.0), ("scipy-DOP853", 0.9, 20.0), ("Rodas5P", 2.9, 20.0), ("Radau", 0.1, 2.0)],
)
def test_a_start_at_zero_that_rounding_puts_a_hair_within_its_bound_leaves_at_once(method, fall, decay):
    """There the crossing lies at some 1e-20, of which no search finds the last digit."""
    run = integrate(model("-fall - decay*x", {"fall": fall, "decay": decay}, lower={"x": 0.0}), [0.0], [0, 2], method=method)
    assert run.outcome is Outcome.LEFT_DOMAIN
    assert 0.0 <= run.stopped_at < 1e-15 and run["x"][-1] == 0.0


@pytest.mark.parametrize("method", METHODS)
def test_a_start_on_the_bound_that_moves_inwards_stays(method):
    assert integrate(model("1 - x", lower={"x": 0.0}), [0.0], [0, 9], method=method).outcome is Outcome.REACHED_END


@pytest.mark.parametrize("method", METHODS)
def test_an_invariant_axis_and_a_decay_towards_it_do_not_leave(method):
    pair = Model.from_equations({"x": "x*(1 - y)", "y": "-3*y"}, {}, lower={"x": 0, "y": 0}, name="pair")
    run = integrate(pair, [0.0, 2.0], [0, 200], method=method)
    assert run.outcome is Outcome.REACHED_END
    assert (run["x"] == 0.0).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("relative", [1e-2, 1e-4])
def test_a_state_that_comes_down_to_its_bound_from_far_above_does_not_leave_by_the_error_of_a_step(method, relative):
    """x' = −x from 1000 never reaches 0; a step that begins at size s may end relative · s beside it."""
    run = integrate(model("-x", lower={"x": 0.0}), [1e3], [0, 60], method=method, relative=relative, absolute=1e-9)
    assert run.outcome is Outcome.REACHED_END


@pytest.mark.parametrize("method", METHODS)
def test_a_dip_below_the_bound_inside_a_step_is_not_missed(method):
    """x = (t − 1)² − d² dips below 0 between 1 − d and 1 + d."""
    dip = model("2*(t - 1)", lower={"x": 0.0})
    run = integrate(dip, [1 - 1e-4], [0, 2], method=method, relative=1e-10)
    assert run.outcome is Outcome.LEFT_DOMAIN
    assert run.stopped_at == pytest.approx(0.99, abs=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_a_terminal_event_stops_at_its_first_crossing(method):
    spring = Model.from_equations({"x": "v", "v": "-x"}, {}, name="spring")
    events = [Event("v", name="turn"), Event("x + 0.5", is_terminal=True, direction=1, name="back"), Event("v - 0.1", name="late")]
    run = integrate(spring, [1.0, 0.0], [0, 1, 20], events=events, method=method)
    assert run.outcome is Outcome.STOPPED_BY_EVENT
    assert run.stopped_at == pytest.approx(4 * np.pi / 3, rel=1e-5)  # x = cos t rises through −1/2
    assert [crossing.event for crossing in run.crossings] == ["turn", "late", "back"]
    assert run.crossings[-1].time == run.stopped_at == run.dense.breakpoints[-1]
    assert run.times.tolist() == [0, 1, run.stopped_at]


def test_an_event_wins_over_a_bound_that_it_coincides_with():
    fall = model("-1", lower={"x": 0.0})
    run = integrate(fall, [1.0], [0, 2], events=Event("x", is_terminal=True))
    assert run.outcome is Outcome.STOPPED_BY_EVENT and run.stopped_at == pytest.approx(1.0)


def test_crossings_after_a_stop_are_not_reported():
    run = integrate(model("-1", lower={"x": 0.0}), [1.0], [0, 2], events=["x - 0.5", "x + 0.1"])
    assert run.outcome is Outcome.LEFT_DOMAIN
    assert [crossing.event for crossing in run.crossings] == ["x - 0.5"]


def failure(*arguments, **options):
    with pytest.raises(IntegrationError) as caught:
        integrate(*arguments, **options)
    run = caught.value.trajectory
    assert run.outcome.name in {"STEP_TOO_SMALL", "NOT_FINITE", "NO_CONVERGENCE", "STEP_LIMIT"}
    assert run.stopped_at == run.times[-1] and np.isfinite(run.states).all()
    return caught.value


@pytest.mark.parametrize("method", METHODS)
def test_too_many_steps_fail_with_what_was_reached(method):
    error = failure(model("cos(t)"), [0.0], [0, 1, 1e6], method=method, step_limit=200)
    assert error.trajectory.outcome is Outcome.STEP_LIMIT
    assert error.trajectory.dense.breakpoints.size == 201
    assert error.trajectory.states[1, 0] == pytest.approx(np.sin(1.0), abs=1e-6)
    assert "step_limit" in str(error)


@pytest.mark.parametrize("method", METHODS)
def test_rates_that_cease_to_be_numbers_fail_and_end(method):
    """x' = −√x reaches 0 at t = 2, beyond which the root of a negative number is NaN."""
    error = failure(model("-sqrt(x)"), [1.0], [0, 1, 5], method=method)
    assert error.trajectory.outcome is Outcome.NOT_FINITE
    assert error.trajectory.stopped_at == pytest.approx(2.0, abs=SOON.get(method, 1e-3))
    assert error.trajectory.states[1, 0] == pytest.approx(0.25, abs=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_a_state_that_meets_its_bound_where_rates_end_leaves_the_domain(method):
    """x' = −√x − 1 reaches 0 at t = 2 − 2 log 2 with speed 1, and has no rates below."""
    run = integrate(model("-sqrt(x) - 1", lower={"x": 0.0}), [1.0], [0, 5], method=method)
    assert run.outcome is Outcome.LEFT_DOMAIN
    assert run.stopped_at == pytest.approx(2 - 2 * np.log(2), abs=1e-6)
    assert run["x"][-1] == 0.0


@pytest.mark.parametrize("method", METHODS)
def test_a_state_that_comes_to_rest_on_its_bound_where_rates_end_leaves_the_domain(method):
    """x' = −√x reaches 0 at t = 2 with speed 0; rounding then takes it below, where the root is NaN."""
    run = integrate(model("-sqrt(x)", lower={"x": 0.0}), [1.0], [0, 5], method=method)
    assert run.outcome is Outcome.LEFT_DOMAIN
    assert run.stopped_at == pytest.approx(2.0, abs=SOON.get(method, 1e-3)) and run["x"][-1] == 0.0


@pytest.mark.parametrize("method", METHODS)
def test_a_singularity_that_no_step_can_pass_fails_as_such(method):
    """x' = −1/x hits 0 at t = 1/2 with infinite speed."""
    error = failure(model("-1/x"), [1.0], [0, 5], method=method)
    assert error.trajectory.stopped_at == pytest.approx(0.5, abs=1e-6)


def test_a_failure_survives_pickling_with_its_partial_run():
    error = failure(model("-1/x"), [1.0], [0, 5])
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) and again.trajectory.outcome is error.trajectory.outcome
    assert (again.trajectory.states == error.trajectory.states).all()


@pytest.mark.parametrize("method", METHODS)
def test_an_escape_before_a_failure_is_an_answer(method):
    """exp(x) blows up logarithmically: x = −log(1 − t) passes 20 at 1 − e^−20, and no step gets much further."""
    run = integrate(model("exp(x)"), [0.0], [0, 2], method=method, bound=15.0)
    assert run.outcome is Outcome.ESCAPED
    assert run.stopped_at == pytest.approx(1 - np.exp(-15.0), abs=1e-6)
