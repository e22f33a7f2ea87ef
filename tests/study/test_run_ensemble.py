"""Ensembles against closed forms: states, tolerances, the outcome of every kind of run, and what is refused."""

from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm

from richardson.errors import InvalidInputError, NotAutonomousError, OutOfBoundsError, ParseError, UnknownNameError
from richardson.models import linear
from richardson.outcome import Outcome
from richardson.study.design import Design
from richardson.study.recording import FirstCrossing, Integral, Maximum
from richardson.study.run import run_ensemble
from richardson.symbolic.model import Model

RACE = linear()
RANGES = {"x": (0, 4), "y": (0, 4), "defence_x": (0.1, 0.4), "defence_y": (0.1, 0.4), "grievance_x": (0, 2)}
TIMES = np.linspace(0, 20, 8)
METHODS = ["Tsit5", *(pytest.param(name, marks=pytest.mark.slow) for name in ("DOP853", "Rodas5P"))]  # two kernels less to compile
ADDED_UP = 10.0  # tolerances: the errors of the steps add up, and all decay with the flow

CUBE = Model.from_equations({"x": "a + b*x + c*x**2", "y": "a"}, {"a": 0, "b": 0, "c": 0}, lower={"x": 0}, name="cube")
EDGE = Model.from_equations({"x": "a", "y": "log(2 - x)"}, {"a": 0}, name="edge")
DRIVEN = Model.from_equations({"x": "cos(w*t)", "y": "2*t"}, {"w": 1}, name="driven")


def exact(design: Design, times: Any) -> np.ndarray:
    """States of the race, shape (m, t, 2): of A = K − f, K² = s², the exponential is e^(−f t) (cosh s t + K/s sinh s t)."""
    values = {name: np.full(len(design), RACE.values[name]) for name in RACE.parameter_names} | design.to_table()
    values = {name: column[:, None] for name, column in values.items()}
    kx, ky, gx, gy, f = (values[name] for name in ("defence_x", "defence_y", "grievance_x", "grievance_y", "fatigue_x"))
    assert np.array_equal(f, values["fatigue_y"])
    rest_x, rest_y = (f * gx + kx * gy) / (f**2 - kx * ky), (f * gy + ky * gx) / (f**2 - kx * ky)
    x, y, s, time = values["x"] - rest_x, values["y"] - rest_y, np.sqrt(kx * ky), np.atleast_1d(times)
    even, odd = np.exp(-f * time) * np.cosh(s * time), np.exp(-f * time) * np.sinh(s * time) / s
    return np.stack([rest_x + even * x + odd * kx * y, rest_y + even * y + odd * ky * x], axis=-1)


def drawn(size: int) -> Design:
    return Design.latin_hypercube(RANGES, size=size, rng=size)


def table(**columns: list[float]) -> Design:
    return Design.from_table(columns)


def outcome(model: Model, design: Design, times: Any, **settings: Any) -> list[Outcome]:
    return list(run_ensemble(model, design, settings.pop("start", {"y": 0}), times, audit=0, **settings).outcomes)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [1, 31, 32, 33, 1000])  # a block has 32 lanes
def test_ends_of_the_linear_race_are_those_of_the_matrix_exponential(method: str, size: int) -> None:
    design = drawn(size)
    runs = run_ensemble(RACE, design, None, 20.0, method=method, audit=0)
    assert runs.states == pytest.approx(exact(design, 20.0), rel=ADDED_UP * 1e-8, abs=ADDED_UP * 1e-10)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [1, 33])
def test_states_at_kept_times_are_as_accurate_as_ends(method: str, size: int) -> None:
    """Fifty times fall within and between steps of any length."""
    design, times = drawn(size), np.linspace(0, 20, 50)
    runs = run_ensemble(RACE, design, None, times, method=method, audit=0)
    assert runs.states == pytest.approx(exact(design, times), rel=ADDED_UP * 1e-8, abs=ADDED_UP * 1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_errors_at_kept_times_are_proportional_to_the_tolerance(method: str) -> None:
    design, tolerances = drawn(64), np.array([1e-4, 1e-6, 1e-8, 1e-10])
    errors = []
    for tolerance in tolerances:
        runs = run_ensemble(RACE, design, None, TIMES, method=method, relative=tolerance, absolute=tolerance, audit=0)
        errors.append(np.abs(runs.states - exact(design, TIMES)).max())
    slope = np.polyfit(np.log(tolerances), np.log(errors), 1)[0]
    assert slope == pytest.approx(0.95, abs=0.2)  # between order 5 and, of Rodas5P's polynomial, order 4, over order 5


def test_the_start_is_kept_as_it_was_given() -> None:
    design = drawn(40)
    runs = run_ensemble(RACE, design, None, TIMES, audit=0)
    assert np.array_equal(runs.states[:, 0], design.samples[:, :2])


def test_runs_that_begin_later_are_the_same_where_time_does_not_matter() -> None:
    design = drawn(5)
    runs = run_ensemble(RACE, design, None, TIMES + 100.0, audit=0)
    assert runs.states == pytest.approx(exact(design, TIMES), rel=ADDED_UP * 1e-8)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "count"), [("Tsit5", 1), ("Rodas5P", 1), ("Tsit5", 6), ("Rodas5P", 3), ("DOP853", 7), ("Rodas5P", 7)]
)  # states: written into the kernel up to six, then read at run time
def test_any_number_of_states_is_solved(method: str, count: int) -> None:
    """A ring of states, each driven by the next: x' = A x with a circulant A."""
    rates = {f"x{place}": f"a*x{(place + 1) % count} - x{place}" for place in range(count)}
    ring = Model.from_equations(rates, {"a": 0.5}, name="ring")
    starts = np.random.default_rng(1).uniform(0, 2, (40, count))
    runs = run_ensemble(ring, table(**{f"x{place}": starts[:, place].tolist() for place in range(count)}), None, [0, 1, 3], method=method)
    matrix = 0.5 * np.roll(np.eye(count), 1, axis=1) - np.eye(count)
    expected = np.stack([starts @ expm(time * matrix).T for time in (0, 1, 3)], axis=1)
    assert runs.states == pytest.approx(expected, rel=ADDED_UP * 1e-8, abs=ADDED_UP * 1e-10)


@pytest.mark.slow
def test_the_stiff_method_solves_the_robertson_problem() -> None:
    """D7 of the list of numbers to reproduce: refined values at t = 40."""
    rates = {"x": "-0.04*x + 1e4*y*z", "y": "0.04*x - 1e4*y*z - k*y**2", "z": "k*y**2"}
    robertson = Model.from_equations(rates, {"k": 3e7}, name="Robertson")
    runs = run_ensemble(robertson, table(k=[3e7] * 2), [1, 0, 0], 40.0, method="Rodas5P", absolute=1e-13)
    assert runs.states[1, 0] == pytest.approx([0.715827069, 9.18553476e-6, 0.284163746], rel=2e-9)  # to the digits given


@pytest.mark.slow
def test_the_stiff_method_takes_few_steps_where_an_explicit_one_spends_its_limit() -> None:
    """x' = −1e6 x: stability holds the explicit steps at 3e-6."""
    stiff = {"a": [0.0], "b": [-1e6], "x": [1.0]}
    assert outcome(CUBE, table(**stiff), 10.0, method="Rodas5P", step_limit=500) == [Outcome.REACHED_END]
    assert outcome(CUBE, table(**stiff), 10.0, method="Tsit5", step_limit=500) == [Outcome.STEP_LIMIT]


def test_a_driven_race_keeps_its_end_and_its_times() -> None:
    """x = sin(w t)/w + x₀, y = t²."""
    design, times = table(w=[1.0, 2.0, 40.0]), np.array([3.0, 5.0, 9.0])
    rates = design["w"][:, None]
    expected = np.stack([(np.sin(rates * times) - np.sin(rates * 3)) / rates, np.tile(times**2 - 9, (3, 1))], axis=-1)
    kept = run_ensemble(DRIVEN, design, [0, 0], times, audit=0)
    ends = run_ensemble(DRIVEN, design, [0, 0], 9.0, audit=0)
    assert kept.states == pytest.approx(expected, rel=1e-7, abs=1e-7)  # a hundred times the tolerance: errors of 360 years
    assert ends["x"][:, 0] == pytest.approx(np.sin(9 * design["w"]) / design["w"], abs=1e-7)


def test_a_runaway_race_escapes_when_it_crosses_the_bound() -> None:
    """x = x₀ eᵇᵗ reaches the bound at ln(bound/x₀)/b."""
    design = table(x=[1.0, 2.0, 5.0], b=[1.0, 0.5, 0.01])
    runs = run_ensemble(CUBE, design, {"y": 0}, 1000.0, bound=1e6, audit=0)
    assert [each.name for each in runs.outcomes] == ["ESCAPED"] * 2 + ["REACHED_END"]
    assert runs["x"][:2, 0].tolist() == [1e6, 1e6]
    assert runs.stopped_at[:2] == pytest.approx(np.log(1e6 / design["x"][:2]) / design["b"][:2], abs=1e-6)
    assert runs["x"][2, 0] == pytest.approx(5 * np.exp(10), rel=1e-7)


def test_a_state_that_crosses_its_bound_has_left_at_that_time_and_place() -> None:
    """x = x₀ + a t is 0 at −x₀/a."""
    design = table(x=[1.0, 2.0, 0.0, 3.0], a=[-1.0, -4.0, -1.0, -0.001])
    runs = run_ensemble(CUBE, design, {"y": 0}, 100.0, audit=0)
    assert [each.name for each in runs.outcomes] == ["LEFT_DOMAIN"] * 3 + ["REACHED_END"]
    assert runs["x"][:3, 0].tolist() == [0.0, 0.0, 0.0]
    assert runs.stopped_at == pytest.approx([1.0, 0.5, 0.0, 100.0], abs=1e-14)


def test_a_state_that_rests_on_its_bound_has_not_left() -> None:
    runs = run_ensemble(CUBE, table(x=[0.0, 0.0, 1e-300], b=[0.0, -2.0, -2.0]), {"y": 0}, 1000.0, audit=0)
    assert [each.name for each in runs.outcomes] == ["REACHED_END"] * 3


def test_times_after_the_end_of_a_run_are_nan_and_no_others() -> None:
    design, times = table(x=[1.0, 2.0, 9.0], a=[-1.0, -1.0, -1.0]), np.linspace(0, 4, 9)
    runs = run_ensemble(CUBE, design, {"y": 0}, times, audit=0)
    assert np.array_equal(np.isnan(runs["x"]), times > runs.stopped_at[:, None])
    assert runs["x"][2] == pytest.approx(9.0 - times, abs=1e-14)


@pytest.mark.parametrize("method", METHODS)
def test_blow_up_in_finite_time_escapes_or_without_a_bound_comes_to_steps_too_small(method: str) -> None:
    """x' = x² from x₀ is infinite at 1/x₀."""
    design = table(x=[1.0, 2.0], c=[1.0, 1.0])
    bounded = run_ensemble(CUBE, design, {"y": 0}, 10.0, method=method, audit=0)
    free = run_ensemble(CUBE, design, {"y": 0}, 10.0, method=method, bound=np.inf, audit=0)
    assert [each.name for each in (*bounded.outcomes, *free.outcomes)] == ["ESCAPED"] * 2 + ["STEP_TOO_SMALL"] * 2
    assert bounded.stopped_at == pytest.approx([1.0, 0.5], abs=1e-7)  # ten times the tolerance, and 1e-9 before the pole
    assert free.stopped_at == pytest.approx([1.0, 0.5], abs=1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_rates_that_are_no_numbers_at_the_start_end_a_run_there(method: str) -> None:
    runs = run_ensemble(EDGE, table(x=[3.0, 0.0]), {"y": 1}, 10.0, method=method, audit=0)
    assert [each.name for each in runs.outcomes] == ["NOT_FINITE", "REACHED_END"]
    assert [*runs.states[0, 0], runs.stopped_at[0]] == [3.0, 1.0, 0.0]


@pytest.mark.parametrize("method", METHODS)
def test_rates_that_stop_being_numbers_on_the_way_end_a_run_at_that_time(method: str) -> None:
    """log(2 − x) with x = t."""
    runs = run_ensemble(EDGE, table(x=[0.0, 0.5, 1.0], a=[1.0, 1.0, 1.0]), {"y": 1}, 10.0, method=method, audit=0)
    assert [each.name for each in runs.outcomes] == ["NOT_FINITE"] * 3
    assert runs.stopped_at == pytest.approx([2.0, 1.5, 1.0], abs=1e-12)


def test_a_run_whose_steps_are_spent_says_so_and_where_it_is() -> None:
    runs = run_ensemble(RACE, drawn(3), None, TIMES, step_limit=10, audit=0)
    assert [each.name for each in runs.outcomes] == ["STEP_LIMIT"] * 3
    assert np.array_equal(np.isnan(runs["x"]), runs.stopped_at[:, None] < TIMES)


def test_a_start_at_rest_at_the_origin_reaches_the_end() -> None:
    runs = run_ensemble(CUBE, table(x=[0.0], b=[1.0]), {"y": 0}, 100.0, audit=0)
    assert (runs.outcomes[0], runs.states[0, 0].tolist()) == (Outcome.REACHED_END, [0.0, 0.0])


def test_an_audit_reports_the_size_of_the_true_error() -> None:
    design = drawn(16)
    runs = run_ensemble(RACE, design, None, 20.0, audit=16, rng=1)
    assert runs.audit is not None
    truth = exact(design, 20.0)
    error = (np.abs(runs.states - truth) / (np.abs(truth) + 1e-2)).max()  # as it is defined: 1e-2 is absolute/relative
    assert runs.audit.error == pytest.approx(error, rel=0.1)  # what runs at a hundredth of the tolerances are off themselves


def test_a_member_that_only_needs_more_steps_at_tighter_tolerances_has_them_in_the_audit() -> None:
    """Forty steps suffice at the tolerances asked for, and not at a hundredth of them."""
    runs = run_ensemble(CUBE, table(x=[1.0, 0.0], b=[1.0, 1.0]), {"y": 0}, 10.0, relative=1e-5, absolute=1e-7, step_limit=40, audit=2)
    assert runs.audit is not None
    assert (runs.audit.disagreements, runs.audit.unfinished, np.isnan(runs.audit.errors).tolist()) == (0, 0, [False, False])


def test_members_whose_steps_are_spent_are_no_disagreement_and_have_no_known_error() -> None:
    runs = run_ensemble(RACE, drawn(2), None, 20.0, step_limit=5)
    assert runs.audit is not None
    assert (runs.audit.disagreements, runs.audit.unfinished, np.isnan(runs.audit.errors).tolist()) == (0, 2, [True, True])


def test_the_members_of_an_audit_are_drawn_once_each_and_again_with_the_same_rng() -> None:
    chosen = [run_ensemble(RACE, drawn(100), None, 1.0, audit=10, rng=3).audit for _ in range(2)]
    assert chosen[0] is not None and chosen[1] is not None
    assert chosen[0].members.tolist() == chosen[1].members.tolist() == sorted(set(chosen[0].members.tolist()))


def test_no_audit_is_made_where_none_is_asked_for() -> None:
    assert run_ensemble(RACE, drawn(2), None, 1.0, audit=0).audit is None


def test_provenance_names_what_was_asked_for() -> None:
    provenance = run_ensemble(RACE, drawn(2), None, [0, 1], method="Tsit5", relative=1e-5, rng=7).provenance
    assert {("method", "Tsit5"), ("relative", 1e-5)} <= set(provenance.settings)


@pytest.mark.parametrize(
    ("settings", "error", "told"),
    [
        ({"method": "Tsit"}, UnknownNameError, "method 'Tsit' for ensembles.*Tsit5"),
        ({"method": "LSODA"}, UnknownNameError, "Known names: Tsit5, DOP853, Rodas5P"),
        ({"method": ["Tsit5"]}, UnknownNameError, "method"),
        ({"engine": "gpu"}, UnknownNameError, "engine 'gpu'"),
        ({"relative": 0}, InvalidInputError, "relative tolerance"),
        ({"relative": "x"}, InvalidInputError, "relative="),
        ({"absolute": 0}, InvalidInputError, "absolute tolerance"),
        ({"absolute": np.inf}, InvalidInputError, "absolute tolerance"),
        ({"step_limit": 0}, InvalidInputError, "step limit"),
        ({"bound": 0}, InvalidInputError, "bound must be positive"),
        ({"bound": np.nan}, InvalidInputError, "bound must be positive"),
        ({"bound": 3}, OutOfBoundsError, r"\|x\| = 4, already beyond bound = 3"),
        ({"audit": -1}, InvalidInputError, "audit="),
        ({"audit": 1.5}, InvalidInputError, "audit="),
        ({"audit": True}, InvalidInputError, "audit="),
        ({"rng": "dice"}, InvalidInputError, "rng='dice'"),
        ({"record": 3}, InvalidInputError, "got 3"),
        ({"record": None}, InvalidInputError, "got None"),
        ({"record": [Maximum("x"), "x +"]}, ParseError, "ends after"),
        ({"record": "z"}, ParseError, "'z'"),
        ({"record": ["x", "y", "x"]}, InvalidInputError, "called 'x'"),
        ({"record": [FirstCrossing("x", 1), FirstCrossing("x", 1)]}, InvalidInputError, "first rising crossing of x"),
        ({"record": Integral("x"), "settle": True}, InvalidInputError, "integral"),
    ],
    ids=str,
)
def test_a_wrong_option_is_refused_by_its_name(settings: dict[str, Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        run_ensemble(RACE, table(x=[1.0, -4.0]), {"y": 0}, 10.0, **settings)


@pytest.mark.parametrize(
    "times", [None, 0, -1.0, np.inf, np.nan, "ten", True, [], [1], [1, 1], [1, 0], [0, np.nan], [[0, 1]], 1j], ids=repr
)
def test_times_without_a_length_are_refused(times: Any) -> None:
    with pytest.raises(InvalidInputError, match="(?i)time"):
        run_ensemble(RACE, table(x=[1.0]), {"y": 0}, times)


def test_a_direction_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="got 2"):
        FirstCrossing("x", 2)


@pytest.mark.parametrize(
    ("model", "design", "start", "error", "told"),
    [
        ("linear", table(x=[1.0]), {"y": 0}, InvalidInputError, "'linear'"),
        (Model.from_equations({"x": "r*x"}, {"r": 2}, kind="map"), table(x=[1.0]), None, InvalidInputError, "map"),
        (RACE, {"x": [1.0]}, {"y": 0}, InvalidInputError, "design was expected"),
        (RACE, table(z=[1.0]), {"x": 0, "y": 0}, UnknownNameError, "'z'"),
        (RACE, table(x=[1.0]), None, InvalidInputError, "no|nor"),
        (RACE, table(x=[1.0]), {"x": 1, "y": 0}, InvalidInputError, "give x"),
        (CUBE, table(x=[1.0, -1.0]), {"y": 0}, OutOfBoundsError, "member 1 with -1"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_what_is_no_model_or_design_for_it_is_refused(model: Any, design: Any, start: Any, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        run_ensemble(model, design, start, 1.0)


def test_what_changes_with_time_cannot_settle() -> None:
    with pytest.raises(NotAutonomousError, match="driven"):
        run_ensemble(DRIVEN, table(w=[1.0]), [0, 0], 10.0, settle=True)


def test_names_of_states_and_parameters_never_meet_those_of_the_kernels() -> None:
    """States called as the emitted text's own names, which a prototype once mixed up."""
    odd = Model.from_equations({"c0": "q0*b - c0", "b": "v1 - b*p0"}, {"q0": 0.5, "v1": 1, "p0": 1}, name="odd")
    plain = Model.from_equations({"x": "k*y - x", "y": "g - y*a"}, {"k": 0.5, "g": 1, "a": 1}, name="plain")
    first = run_ensemble(odd, table(q0=[0.5, 0.7]), [1, 2], 3.0, audit=0)
    second = run_ensemble(plain, table(k=[0.5, 0.7]), [1, 2], 3.0, audit=0)
    assert np.array_equal(first.states, second.states)


def test_a_model_at_other_values_runs_at_those() -> None:
    twice = RACE.with_values(defence=0.3)
    design = table(x=[1.0], defence_x=[0.3], defence_y=[0.3])
    assert np.array_equal(run_ensemble(twice, table(x=[1.0]), {"y": 2}, 5.0).states, run_ensemble(RACE, design, {"y": 2}, 5.0).states)


@pytest.mark.slow
def test_a_start_next_to_nothing_moves_off_in_a_long_run() -> None:
    """A first step by the size of such a state would be less than the spacing of times at the end of the run."""
    model = Model.from_equations({"x": "a - b*x"}, {"a": 1, "b": 1}, name="tap")
    found = run_ensemble(model, table(b=[1.0, 2.0]), [1e-12], 1e4, audit=0)
    np.testing.assert_allclose(found.states[:, -1, 0], [1.0, 0.5], rtol=1e-7)  # a relative tolerance of 1e-8 a step
