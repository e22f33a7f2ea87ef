"""Accuracy of every method against closed forms and published values, and every refusal."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson.dynamics.arguments import METHODS
from richardson.dynamics.integrate import integrate
from richardson.errors import InvalidInputError, OutOfBoundsError, ParseError, RichardsonError, UnknownNameError
from richardson.outcome import Outcome
from richardson.symbolic.model import Model

STIFF = ["BDF", "LSODA", "Radau", "Rodas5P"]
TIMES = np.linspace(0.0, 30.0, 13)

RACE = Model.from_equations(
    {"x": "k*y - a*x + g", "y": "l*x - b*y + h"}, {"k": 0.15, "a": 0.2, "g": 20, "l": 0.1, "b": 0.2, "h": 40}, name="race"
)
PREY = Model.from_equations({"x": "a*x - b*x*y", "y": "b*x*y - c*y"}, {"a": 1.5, "b": 1, "c": 3}, name="prey")
ROBERTSON = Model.from_equations(
    {"a": "-k*a + m*b*c", "b": "k*a - m*b*c - n*b**2", "c": "n*b**2"}, {"k": 0.04, "n": 3e7, "m": 1e4}, name="Robertson"
)
SPRING = Model.from_equations({"x": "v", "v": "-x"}, {}, name="spring")


def exact_race(times):
    values, vectors = np.linalg.eig([[-0.2, 0.15], [0.1, -0.2]])
    weights = np.linalg.solve(vectors, [1.0 - 400.0, 2.0 - 400.0])  # of the start, from the equilibrium (400, 400)
    return 400.0 + (weights * np.exp(np.outer(times, values))) @ vectors.T


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("relative", [1e-5, pytest.param(1e-7, marks=pytest.mark.slow), 1e-9])
def test_error_stays_within_a_few_hundred_tolerances_of_the_closed_form(method, relative):
    run = integrate(RACE, [1, 2], TIMES, method=method, relative=relative, absolute=relative)
    error = np.abs(run.states - exact_race(TIMES)).max() / 400.0
    # tolerances bound the error of a step; some hundred steps add up, multistep methods worst
    assert error < 300 * relative


@pytest.mark.parametrize("method", METHODS)
def test_states_between_the_steps_are_as_good_as_at_them(method):
    run = integrate(RACE, [1, 2], [0, 30], method=method)
    between = np.linspace(0, 30, 1001)
    # interpolants are an order or two below their method; at most a hundred times the error at the steps
    assert np.abs(run.at(between) - exact_race(between)).max() < 400 * 3e-6


@pytest.mark.parametrize("method", METHODS)
def test_lotka_volterra_reaches_the_published_state(method):
    """Lotka–Volterra with 1.5, 1, 3, 1 from (1, 1) at t = 10, a standard problem."""
    run = integrate(PREY, {"x": 1, "y": 1}, [0, 10], method=method, relative=1e-10, absolute=1e-12)
    assert run.states[-1] == pytest.approx([1.02634477, 0.90969108], rel=2e-8)  # nine digits are given


@pytest.mark.slow
def test_scipys_dop853_has_a_name_of_its_own():
    ours, scipys = (integrate(RACE, [1, 2], TIMES, method=method) for method in ("DOP853", "scipy-DOP853"))
    assert ours.states == pytest.approx(scipys.states, rel=1e-7)


@pytest.mark.parametrize("method", STIFF)
def test_robertson_reaches_the_published_state(method):
    """Robertson's kinetics with 0.04, 3e7, 1e4 at t = 40, a standard stiff problem."""
    run = integrate(ROBERTSON, [1, 0, 0], [0, 40], method=method, relative=1e-10, absolute=1e-14)
    assert run.states[-1] == pytest.approx([0.715827069, 9.18553476e-6, 0.284163746], rel=1e-8)
    assert run.dense.breakpoints.size < 3000  # an explicit method would need a hundred thousand


@pytest.mark.parametrize("method", METHODS)
def test_energy_of_a_spring_is_kept_to_the_accumulated_tolerance(method):
    run = integrate(SPRING, [1, 0], np.linspace(0, 50, 101), method=method)
    energy = (run.states**2).sum(axis=1)
    assert np.abs(energy - 1.0).max() < 2e-5  # BDF damps most: some thousand steps of 1e-8


@pytest.mark.parametrize("method", METHODS)
def test_a_model_with_explicit_time_starts_its_clock_at_the_first_time(method):
    clock = Model.from_equations({"x": "2*t"}, {}, name="clock")
    run = integrate(clock, [9.0], [3.0, 4.0, 5.0], method=method)
    assert run["x"] == pytest.approx([9.0, 16.0, 25.0], rel=1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_a_pulse_that_drives_a_resting_model_is_not_stepped_over(method):
    """x' = −x + p(t) from rest: x(60) = ∫ e^(s − 60) p(s) ds, for a narrow bell √π · 0.1 · e^(50 + 0.1²/4 − 60)."""
    driven = Model.from_equations({"x": "exp(-((t - 50)/0.1)**2) - x"}, {}, name="driven")
    run = integrate(driven, [0.0], [0, 60, 100], method=method)
    assert run["x"][1] == pytest.approx(0.1 * np.sqrt(np.pi) * np.exp(-10 + 0.1**2 / 4), rel=1e-4)


def test_a_new_parameter_value_is_used_and_compiles_nothing():
    from richardson.compiled.field import Field

    slow, fast = RACE.with_values(a=0.3), RACE.with_values(a=0.9)
    compiled = Field.of(slow).raw_rates
    first, second = integrate(slow, [1, 2], [0, 5]), integrate(fast, [1, 2], [0, 5])
    assert Field.of(fast).raw_rates is compiled
    assert first["x"][-1] > second["x"][-1] + 1.0


@settings(max_examples=10, deadline=None)
@given(shift=st.floats(-100, 100), scale=st.floats(0.1, 10))
def test_an_autonomous_run_does_not_depend_on_when_it_starts(shift, scale):
    times = np.array([0.0, 0.3, 1.0]) * scale
    here, there = integrate(PREY, [1, 1], times), integrate(PREY, [1, 1], times + shift)
    assert there.states == pytest.approx(here.states, rel=1e-6)  # steps differ by rounding of times


def test_times_and_start_are_kept_exactly():
    run = integrate(RACE, {"y": 2, "x": 1}, TIMES)
    assert (run.times == TIMES).all() and (run.states[0] == [1.0, 2.0]).all()
    assert run.outcome is Outcome.REACHED_END and run.stopped_at is None


REFUSALS = {
    "unknown method": (dict(method="RK54"), UnknownNameError, "Did you mean 'RK45'"),
    "relative too small": (dict(relative=1e-17), InvalidInputError, "relative tolerance"),
    "relative too large": (dict(relative=1.0), InvalidInputError, "relative tolerance"),
    "relative NaN": (dict(relative=float("nan")), InvalidInputError, "relative tolerance"),
    "absolute zero": (dict(absolute=0.0), InvalidInputError, "absolute tolerance"),
    "absolute infinite": (dict(absolute=float("inf")), InvalidInputError, "absolute tolerance"),
    "bound negative": (dict(bound=-1.0), InvalidInputError, "bound must be positive"),
    "bound NaN": (dict(bound=float("nan")), InvalidInputError, "bound must be positive"),
    "start beyond bound": (dict(bound=1.5), OutOfBoundsError, "already beyond bound"),
    "relative text": (dict(relative="small"), InvalidInputError, "relative= must be a number"),
    "absolute missing": (dict(absolute=None), InvalidInputError, "absolute= must be a number"),
    "bound text": (dict(bound="far"), InvalidInputError, "bound= must be a number"),
    "half a step": (dict(step_limit=2.5), InvalidInputError, "whole number"),
    "endless steps": (dict(step_limit=float("inf")), InvalidInputError, "whole number"),
    "list of methods": (dict(method=["LSODA"]), UnknownNameError, "no method"),
    "no event": (dict(events=None), ParseError, "NoneType"),
    "no steps": (dict(step_limit=0), InvalidInputError, "step limit"),
    "unknown name in event": (dict(events="x - fear"), RichardsonError, "fear"),
    "call in event": (dict(events="__import__('os')"), ParseError, "column"),
    "two events alike": (dict(events=["x", "x"]), InvalidInputError, "Give them names"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_bad_options_are_refused_with_a_sentence(case):
    options, kind, words = REFUSALS[case]
    with pytest.raises(kind, match=words):
        integrate(RACE, [1, 2], [0, 1], **options)


@pytest.mark.parametrize(
    ("start", "times", "words"),
    [
        ([1, 2, 3], [0, 1], "2 states"),
        ({"x": 1}, [0, 1], "no value for y"),
        ({"x": 1, "z": 2}, [0, 1], "no state 'z'"),
        ([1, float("nan")], [0, 1], "must be finite"),
        ([1, 2], [0], "at least two"),
        ([1, 2], [0, 2, 1], "must increase"),
        ([1, 2], [0, float("inf")], "finite"),
    ],
)
def test_bad_starts_and_times_are_refused_with_a_sentence(start, times, words):
    with pytest.raises(RichardsonError, match=words):
        integrate(RACE, start, times)


def test_a_start_out_of_bounds_is_refused():
    bounded = Model.from_equations({"x": "-x"}, {}, lower={"x": 0}, name="bounded")
    with pytest.raises(OutOfBoundsError, match=r"must lie in \[0, inf"):
        integrate(bounded, [-1.0], [0, 1])


def test_what_is_no_model_is_refused():
    with pytest.raises(InvalidInputError, match="A model was expected"):
        integrate("linear", [1.0], [0, 1])


def test_a_map_is_refused_with_a_pointer_to_iterate():
    logistic = Model.from_equations({"x": "r*x*(1 - x)"}, {"r": 3.2}, kind="map", name="logistic")
    with pytest.raises(InvalidInputError, match="iterate"):
        integrate(logistic, [0.5], [0, 1])


@pytest.mark.parametrize("equation", ["1/x", "log(x)", "x/x"])
def test_rates_that_are_not_finite_at_the_start_are_refused_naming_the_state(equation):
    model = Model.from_equations({"w": "-w", "x": f"{equation} - 1"}, {}, name="singular")
    if equation == "x/x":  # cancels, so it is finite
        assert integrate(model, [1.0, 0.0], [0, 1]).outcome is Outcome.REACHED_END
        return
    with pytest.raises(OutOfBoundsError, match=r"rate of x is .*x = 0"):
        integrate(model, [1.0, 0.0], [0, 1])
