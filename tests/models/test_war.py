"""Lanchester's laws and the missile war: invariants, ends, the cone of deterrence."""

from math import atanh, exp, inf, log, sqrt

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from richardson import errors
from richardson.dynamics.integrate import integrate
from richardson.models import battle_end, deterrence_cone, lanchester_linear, lanchester_square, linear, missile_war
from richardson.outcome import Outcome

ARMS, FIRE = st.floats(1.0, 1e4), st.floats(1e-3, 1.0)
PUBLISHED = {"missiles_destroyed_x": 0.6, "missiles_destroyed_y": 0.4, "casualties_per_missile_x": 0.05, "casualties_per_missile_y": 0.08}


# -- Lanchester ----------------------------------------------------------------------------------------------------------------------


def test_each_law_keeps_its_invariant() -> None:
    square, line = lanchester_square(), lanchester_linear()
    x, y, a, b = (square.symbol(name) for name in ("x", "y", "effectiveness_x", "effectiveness_y"))
    for model, invariant in ((square, a * x**2 - b * y**2), (line, a * x - b * y)):
        change = sympy.diff(invariant, x) * model.rates[0] + sympy.diff(invariant, y) * model.rates[1]
        assert sympy.expand(change) == 0


def test_a_thousand_beat_eight_hundred_and_six_hundred_are_left() -> None:
    """ACCEPTANCE D6, by the closed form and by a run that stops where y reaches 0."""
    model = lanchester_square(effectiveness=0.01)
    end = battle_end(model, {"x": 1000, "y": 800})
    assert end.winner == "x"
    assert end.survivors == pytest.approx(600, rel=1e-14)
    assert end.time == pytest.approx(109.861229, rel=1e-8)
    assert end.time == pytest.approx(100 * log(3), rel=1e-14)  # artanh(0.8) = ln 3
    run = integrate(model, [1000, 800], [0, 500])
    assert run.outcome is Outcome.LEFT_DOMAIN
    assert run.stopped_at == pytest.approx(end.time, rel=1e-6)  # the integrator's tolerance
    np.testing.assert_allclose(run.states[-1], [600, 0], rtol=1e-6, atol=1e-5)


@given(x=ARMS, y=ARMS, a=FIRE, b=FIRE)
@settings(max_examples=30)
def test_the_winner_of_the_square_law_is_whom_the_exact_path_leaves(x: float, y: float, a: float, b: float) -> None:
    """At the end time the exact path, a matrix exponential, has the loser at 0 and the winner at the survivors."""
    end = battle_end(lanchester_square(effectiveness_x=a, effectiveness_y=b), [x, y])
    if end.time == inf:
        assert end.winner is None
        return
    left = expm(np.array([[0, -b], [-a, 0]]) * end.time) @ [x, y]
    loser, winner = (1, 0) if end.winner == "x" else (0, 1)
    scale = max(x, y) * exp(sqrt(a * b) * end.time) * max(sqrt(a / b), sqrt(b / a))  # what cancels in the exponential
    assert abs(left[loser]) <= 1e-12 * scale
    assert abs(left[winner] - end.survivors) <= 1e-12 * scale


@given(x=ARMS, y=ARMS, a=FIRE, b=FIRE)
@settings(max_examples=30)
def test_exchanging_the_sides_exchanges_the_winner(x: float, y: float, a: float, b: float) -> None:
    for make in (lanchester_square, lanchester_linear):
        one = battle_end(make(effectiveness_x=a, effectiveness_y=b), [x, y])
        other = battle_end(make(effectiveness_x=b, effectiveness_y=a), [y, x])
        assert (one.survivors, one.time) == (other.survivors, other.time)
        assert {one.winner, other.winner} in ({"x", "y"}, {None})


def test_under_the_linear_law_the_loser_fades_as_the_logistic_path_says() -> None:
    """ẋ = −x (a x − c) with c = a x₀ − b y₀: x(t) = c x₀/(a x₀ − b y₀ e^(−c t)), so x → c/a and y → 0, never reached."""
    a, b, x, y = 0.02, 0.01, 10.0, 15.0
    model, c = lanchester_linear(effectiveness_x=a, effectiveness_y=b), a * x - b * y
    times = np.linspace(0, 400, 9)
    run = integrate(model, [x, y], times, absolute=1e-14)
    np.testing.assert_allclose(run["x"], c * x / (a * x - b * y * np.exp(-c * times)), rtol=1e-6)  # the integrator's tolerance
    np.testing.assert_allclose(run["y"], (a * run["x"] - c) / b, atol=1e-6)
    end = battle_end(model, [x, y])
    assert (end.winner, end.time) == ("x", inf)
    assert end.survivors == pytest.approx(c / a, rel=1e-14)
    assert run.outcome is Outcome.REACHED_END


def test_even_sides_wear_each_other_down_to_nothing_and_never_quite() -> None:
    for make in (lanchester_square, lanchester_linear):
        end = battle_end(make(), [50, 50])
        assert (end.winner, end.survivors, end.time) == (None, 0.0, inf)
        assert repr(end) == "<battle: nobody is left, never quite>"


def test_a_side_that_does_not_fire_or_does_not_come_loses_as_it_must() -> None:
    """Square: with b = 0 y falls evenly and is gone at y/(a x). Linear: exponentially. Nobody there: over at once."""
    assert battle_end(lanchester_square(effectiveness_x=0.5, effectiveness_y=0), [10, 20]).time == 20 / 5
    assert battle_end(lanchester_square(effectiveness_x=0, effectiveness_y=0.5), [10, 20]).winner == "y"
    assert battle_end(lanchester_linear(effectiveness_y=0), [10, 20]).survivors == 10
    assert [battle_end(lanchester_square(), start).winner for start in ([5, 0], [0, 5])] == ["x", "y"]
    assert battle_end(lanchester_linear(), [0, 5]).time == 0


@pytest.mark.parametrize(
    ("model", "start", "error"),
    [
        (linear(), [1, 1], errors.InvalidInputError),
        (lanchester_square().with_term("x", "1"), [1, 1], errors.InvalidInputError),
        (lanchester_square(effectiveness=0), [1, 1], errors.InvalidInputError),
        (lanchester_linear(), [0, 0], errors.InvalidInputError),
        (lanchester_linear(), [1, -1], errors.OutOfBoundsError),
        (lanchester_linear(), {"x": 1, "z": 1}, errors.UnknownNameError),
    ],
)
def test_what_is_no_battle_is_refused(model: object, start: object, error: type) -> None:
    with pytest.raises(error):
        battle_end(model, start)  # type: ignore[arg-type] # wrong on purpose


# -- missile war ---------------------------------------------------------------------------------------------------------------------


def test_the_cone_of_deterrence_has_the_vertex_of_its_formula() -> None:
    """ACCEPTANCE A10; independently the two edges M_y = f_x M_x + C_x/v_y and M_x = f_y M_y + C_y/v_x, solved."""
    cone = deterrence_cone(missile_war(**PUBLISHED), tolerable={"x": 10, "y": 15})
    assert cone.exists
    assert cone.vertex == pytest.approx((460.526316, 401.315789), rel=1e-8)
    assert cone.vertex == pytest.approx(np.linalg.solve([[-0.6, 1], [1, -0.4]], [10 / 0.08, 15 / 0.05]), rel=1e-13)


@given(fx=st.floats(0.01, 3), fy=st.floats(0.01, 3), limits=st.tuples(st.floats(0.1, 50), st.floats(0.1, 50)))
@settings(max_examples=30)
def test_there_is_a_cone_exactly_where_both_missiles_together_destroy_less_than_one(
    fx: float, fy: float, limits: tuple[float, float]
) -> None:
    """Far out along the ray M_x = √(f_y/f_x) M_y, which lies within the cone if there is one, both are deterred."""
    model = missile_war(missiles_destroyed_x=fx, missiles_destroyed_y=fy)
    cone = deterrence_cone(model, tolerable={"x": limits[0], "y": limits[1]})
    assert cone.exists == (fx * fy < 1) == (cone.vertex is not None)
    if abs(fx * fy - 1) > 1e-6:  # else far out is farther than floats go
        far = 1e12
        assert all(cone.deterred(far * sqrt(fy), far * sqrt(fx))) == cone.exists


def test_at_the_vertex_each_side_could_just_answer_a_first_strike() -> None:
    """y, struck by all of x, has M_y − f_x M_x left, whose casualties in x are exactly what x tolerates; and the mirror."""
    cone = deterrence_cone(missile_war(**PUBLISHED), tolerable={"x": 10, "y": 15})
    assert cone.vertex is not None
    x, y = cone.vertex
    assert 0.08 * (y - 0.6 * x) == pytest.approx(10, rel=1e-12)
    assert 0.05 * (x - 0.4 * y) == pytest.approx(15, rel=1e-12)
    assert cone.deterred(1.01 * x, 1.01 * y) == (True, True)
    assert cone.deterred(x, 0.99 * y) == (False, True)
    assert cone.deterred(0.99 * x, y) == (True, False)


def test_where_there_is_no_cone_the_reason_is_told() -> None:
    disarming = deterrence_cone(missile_war(missiles_destroyed=1), tolerable={"x": 1, "y": 1})
    assert (disarming.exists, disarming.vertex) == (False, None)
    assert "≥ 1, so whoever strikes first disarms the other" in repr(disarming)
    harmless = deterrence_cone(missile_war(casualties_per_missile_y=0), tolerable={"x": 1, "y": 1})
    assert not harmless.exists
    assert "nothing deters x" in harmless.reason
    assert harmless.deterred(0, 1e9) == (False, False)


@pytest.mark.parametrize(
    ("model", "tolerable", "error"),
    [
        (linear(), {"x": 1, "y": 1}, errors.InvalidInputError),
        (missile_war(), {"x": 1}, errors.InvalidInputError),
        (missile_war(), {"x": 1, "y": 1, "z": 1}, errors.UnknownNameError),
        (missile_war(), {"x": -1, "y": 1}, errors.OutOfBoundsError),
        (missile_war(), {"x": float("nan"), "y": 1}, errors.OutOfBoundsError),
        (missile_war(), [1, 2], errors.InvalidInputError),
    ],
)
def test_a_cone_of_nothing_is_refused(model: object, tolerable: object, error: type) -> None:
    with pytest.raises(error):
        deterrence_cone(model, tolerable=tolerable)  # type: ignore[arg-type] # wrong on purpose
    with pytest.raises(errors.OutOfBoundsError, match="missiles_x must be a finite number, 0 or more"):
        deterrence_cone(missile_war(), tolerable={"x": 1, "y": 1}).deterred(-1, 0)


def test_a_missile_war_takes_the_path_of_its_matrix_exponential() -> None:
    """The equations of MODELS.md section 1 as a matrix in (M_x, M_y, C_x, C_y), exponentiated by scipy."""
    a, b, ap, bp, fx, fy, vx, vy = 0.3, 0.2, 0.7, 0.4, 0.5, 0.6, 0.05, 0.08
    war = missile_war(
        fire_rate_x=a,
        fire_rate_y=b,
        counterforce_x=ap,
        counterforce_y=bp,
        missiles_destroyed_x=fx,
        missiles_destroyed_y=fy,
        casualties_per_missile_x=vx,
        casualties_per_missile_y=vy,
    )
    matrix = np.zeros((4, 4))
    matrix[:2, :2] = [[-a, -bp * b * fy], [-ap * a * fx, -b]]
    matrix[2, 1], matrix[3, 0] = (1 - bp) * b * vy, (1 - ap) * a * vx
    run = integrate(war, [100, 80, 0, 0], [0, 2, 5])
    for time, state in zip(run.times, run.states, strict=True):
        np.testing.assert_allclose(state, expm(matrix * time) @ [100, 80, 0, 0], rtol=1e-6, atol=1e-8)  # the integrator's tolerance


def test_a_war_of_cities_only_is_decay_and_one_of_missiles_only_harms_nobody() -> None:
    cities = integrate(missile_war(counterforce=0, fire_rate=0.5), [100, 60, 0, 0], [0, 4]).states[-1]
    np.testing.assert_allclose(cities[:2], np.array([100, 60]) * exp(-2), rtol=1e-6)
    np.testing.assert_allclose(cities[2:], 0.05 * np.array([60, 100]) * (1 - exp(-2)), rtol=1e-6)  # every missile fired, v each
    missiles = integrate(missile_war(counterforce=1), [100, 60, 0, 0], [0, 0.5]).states[-1]
    assert missiles[2:].tolist() == [0, 0]


def test_a_missile_war_ends_where_a_side_has_none_left() -> None:
    """Symmetric rates: sum and difference decay by e^(−(1 ± ½·½) α t), so y is gone when their ratio is M_x − M_y to M_x + M_y."""
    run = integrate(missile_war(), [100, 50, 0, 0], [0, 10])
    assert run.outcome is Outcome.LEFT_DOMAIN
    assert run.stopped_at == pytest.approx(atanh(0.5) / 0.25, rel=1e-6)


@pytest.mark.parametrize("value", [{"counterforce": 1.1}, {"counterforce_x": -0.1}, {"fire_rate": -1}, {"missiles_destroyed_y": -1}])
def test_a_value_out_of_bounds_is_refused(value: dict[str, float]) -> None:
    with pytest.raises(errors.OutOfBoundsError, match="must lie in"):
        missile_war(**value)


def test_fire_that_heals_is_refused() -> None:
    with pytest.raises(errors.OutOfBoundsError, match="effectiveness"):
        lanchester_linear(effectiveness_x=-1)
