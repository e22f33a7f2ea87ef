"""The classical relatives of Richardson's race: limits between them, closed forms, bounds."""

from math import exp, log

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson import errors
from richardson.compiled.field import Field
from richardson.dynamics.integrate import integrate
from richardson.models import carrying_capacity, economic_brake, hostility, linear, nations, rivalry, saturating_reaction, stock_adjustment
from richardson.models.closed_forms import blow_up_time
from richardson.outcome import Outcome
from richardson.stability.capture import capture
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.symbolic.model import Model

ROUNDING = 1e-10  # relative: a root refined to rounding, times its condition
RATE = st.floats(0.05, 2.0)


def zero(expression: sympy.Expr) -> bool:
    return bool(sympy.simplify(expression) == 0)


# -- limits between models ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "size"), [(carrying_capacity(), "ceiling"), (saturating_reaction(), "ceiling"), (economic_brake(), "economy")]
)
def test_without_an_economic_limit_it_is_the_linear_race(model: Model, size: str) -> None:
    for nation, rate, plain in zip("xy", model.rates, linear().rates, strict=True):
        assert zero(sympy.limit(rate, model.symbol(f"{size}_{nation}"), sympy.oo) - plain)


@pytest.mark.parametrize(("make", "size"), [(carrying_capacity, "ceiling"), (saturating_reaction, "ceiling"), (economic_brake, "economy")])
def test_the_distance_to_the_linear_race_shrinks_as_the_limit_recedes(make: type, size: str) -> None:
    at = np.array([1.5, 0.7])
    plain = Field.of(linear()).rates(0.0, at)
    gaps = [np.abs(Field.of(make(**{size: limit})).rates(0.0, at) - plain).max() for limit in (1e3, 1e4)]
    assert gaps[0] / gaps[1] == pytest.approx(10, rel=0.01)  # first order in 1/X, 1/K or 1/λ
    assert gaps[1] < 1e-3


def test_stock_adjustment_is_the_linear_race_in_other_letters() -> None:
    model, race = stock_adjustment(), linear()
    rates = dict(zip("xy", race.rates, strict=True))
    for i in "xy":
        speed, reaction, base = (model.symbol(f"{what}_{i}") for what in ("adjustment", "reaction", "base"))
        letters = {f"defence_{i}": speed * reaction, f"fatigue_{i}": speed, f"grievance_{i}": speed * base}
        rates[i] = rates[i].subs({race.symbol(name): value for name, value in letters.items()})
    assert all(zero(one - other) for one, other in zip(rates.values(), model.rates, strict=True))


def test_hostility_without_acceleration_grows_exponentially_and_never_to_infinity() -> None:
    calm = hostility(growth=0.3, acceleration=0)
    assert integrate(calm, [2.0], [0, 5]).states[-1, 0] == pytest.approx(2 * exp(1.5), rel=1e-7)  # the integrator's tolerance
    assert blow_up_time(calm, [2.0]) == np.inf


# -- linear and rivalry, which have closed forms throughout ------------------------------------------------------------------------


def test_the_linear_race_meets_where_its_formula_says() -> None:
    race = linear()
    k, other, a, b, g, h = race.parameter_symbols
    determinant = a * b - k * other
    meeting = {race.symbol("x"): (k * h + b * g) / determinant, race.symbol("y"): (other * g + a * h) / determinant}
    assert all(zero(rate.subs(meeting)) for rate in race.rates)


def test_the_eigenvalues_of_the_linear_race_are_those_of_its_formula() -> None:
    race = linear()
    k, other, a, b, *_ = race.parameter_symbols
    z = sympy.Symbol("z")
    characteristic = (race.jacobian - z * sympy.eye(2)).det()
    for sign in (-1, 1):
        assert zero(characteristic.subs(z, (-(a + b) + sign * sympy.sqrt((a - b) ** 2 + 4 * k * other)) / 2))


@given(k=RATE, other=RATE, a=RATE, b=RATE)
@settings(max_examples=30)
def test_a_rivalry_with_positive_parameters_is_always_stable_and_never_spirals_in_time(k: float, other: float, a: float, b: float) -> None:
    matrix = np.array([[-k - a, k], [other, -other - b]])
    field = Field.of(rivalry(defence_x=k, defence_y=other, fatigue_x=a, fatigue_y=b))
    np.testing.assert_allclose(field.jacobian(0.0, np.zeros(2)), matrix, rtol=1e-15)
    eigenvalues = np.linalg.eigvals(field.jacobian(0.0, np.zeros(2)))
    assert eigenvalues.real.max() < 0
    assert not np.iscomplex(eigenvalues).any()


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_identical_nations_have_the_eigenvalues_of_their_formula(count: int) -> None:
    """(N − 1)k − a once, −(k + a) otherwise."""
    race = nations(count, defence=0.12, fatigue=0.2)
    eigenvalues = np.linalg.eigvalsh(
        np.array(race.jacobian.subs(dict(zip(race.parameter_symbols, race.numbers, strict=True))), dtype=float)
    )
    np.testing.assert_allclose(eigenvalues, [-0.32] * (count - 1) + [0.12 * (count - 1) - 0.2], rtol=1e-12)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30)
def test_a_race_of_nations_is_stable_exactly_if_its_negative_is_an_m_matrix(seed: int) -> None:
    """For k ≥ 0: every leading principal minor of diag(a) − [kᵢⱼ] is positive."""
    rng = np.random.default_rng(seed)
    defence, fatigue = rng.uniform(0, 0.6, (3, 3)), rng.uniform(0.2, 1, 3)
    values = {f"defence_{i}_{j}": defence[p, q] for p, i in enumerate("xyz") for q, j in enumerate("xyz") if p != q}
    race = nations(3, **values, **{f"fatigue_{i}": fatigue[p] for p, i in enumerate("xyz")})
    matrix = -Field.of(race).jacobian(0.0, np.zeros(3))
    minors = [np.linalg.det(matrix[:size, :size]) for size in (1, 2, 3)]
    if min(map(abs, minors)) > 1e-9:  # on the boundary rounding decides
        assert (np.linalg.eigvals(matrix).real.min() > 0) == (min(minors) > 0)


# -- carrying capacity ---------------------------------------------------------------------------------------------------------------


def test_a_race_under_ceilings_has_its_four_equilibria_and_no_other() -> None:
    """Richardson's point, either nation at its ceiling with the other at (l X + h)/b, and the corner."""
    values = {"defence_x": 0.4, "defence_y": 0.3, "fatigue_x": 1.0, "fatigue_y": 0.8, "grievance_x": 0.5, "grievance_y": 0.7}
    race = carrying_capacity(**values, ceiling_x=8, ceiling_y=6)
    k, other, a, b, g, h = values.values()
    determinant = a * b - k * other
    expected = [
        ((k * h + b * g) / determinant, (other * g + a * h) / determinant),
        ((k * 6 + g) / a, 6),
        (8, (other * 8 + h) / b),
        (8, 6),
    ]
    found = equilibria(race, Window(x=(0, 8), y=(0, 6)))
    assert found.is_complete
    np.testing.assert_allclose([one.state for one in found], sorted(expected), rtol=ROUNDING)
    assert [one.kind for one in found] == ["stable node", "saddle", "saddle", "unstable node"]
    np.testing.assert_allclose(sorted(found[-1].eigenvalues.real), sorted([a - (k * 6 + g) / 8, b - (other * 8 + h) / 6]), rtol=ROUNDING)


def test_the_corner_has_the_eigenvalues_of_its_formula() -> None:
    race = carrying_capacity()
    k, a, g, top, other = (race.symbol(name) for name in ("defence_x", "fatigue_x", "grievance_x", "ceiling_x", "ceiling_y"))
    corner = race.jacobian.subs({race.symbol("x"): top, race.symbol("y"): other})
    assert zero(corner[0, 1]) and zero(corner[1, 0])
    assert zero(corner[0, 0] - (a - (k * other + g) / top))


def test_a_race_that_would_run_away_settles_at_its_ceilings() -> None:
    run = integrate(carrying_capacity(defence=2, ceiling=5), [1.0, 0.5], [0, 200])
    assert run.outcome is Outcome.REACHED_END
    np.testing.assert_allclose(run.states[-1], 5.0, rtol=1e-9)


@pytest.mark.parametrize(("ceiling", "is_proved"), [(7.25, True), (5, True), (7.3, False)])
def test_the_corner_is_proved_to_attract_its_neighbourhood_where_the_ceiling_is_exact(ceiling: float, is_proved: bool) -> None:
    """At x = X the rate is zero exactly, also where 1/X is no float; 7.3 is another number as a float than as a decimal."""
    race, window = carrying_capacity(defence=2, ceiling=ceiling), Window(x=(0, ceiling), y=(0, ceiling))
    (corner,) = equilibria(race, window)
    assert corner.state.tolist() == [ceiling, ceiling]
    assert bool(capture(race, corner, window)) == is_proved


def test_a_start_beyond_the_ceiling_is_refused_whatever_the_ceiling_has_become() -> None:
    with pytest.raises(errors.OutOfBoundsError, match=r"arms of x \(x\) must lie in \[0, 10\]; got 11"):
        integrate(carrying_capacity(), {"x": 11, "y": 1}, [0, 1])
    lower = carrying_capacity().with_values(ceiling_x=4)
    assert [state.upper for state in lower.states] == [4, 10]
    with pytest.raises(errors.OutOfBoundsError, match=r"\[0, 4\]; got 5"):
        integrate(lower, {"x": 5, "y": 1}, [0, 1])
    assert integrate(lower.with_values(ceiling=20), {"x": 11, "y": 1}, [0, 1]).outcome is Outcome.REACHED_END


# -- economic brake ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("beyond", "count"), [(1e-4, 2), (-1e-4, 0)])
def test_the_economic_brake_folds_where_its_formula_says(beyond: float, count: int) -> None:
    """Symmetric, k > a: slope k − a e^(a x/λ) = 0 at x = (λ/a) ln(k/a), where the rate is zero at g = −λ [1 − k/a + (k/a) ln(k/a)]."""
    k, a, size = 2.0, 1.0, 3.0
    ratio = k / a
    fold, place = -size * (1 - ratio + ratio * log(ratio)), size / a * log(ratio)
    race = economic_brake(defence=k, fatigue=a, economy=size, grievance=fold + beyond)
    found = equilibria(race, Window(x=(0, 20), y=(0, 20)))
    assert found.is_complete
    assert [one["x"] for one in found] == pytest.approx([place] * count, abs=0.05)  # apart by the root of the distance to the fold
    assert [one.is_stable for one in found] == [False, True][:count]


def test_the_economic_brake_with_grievance_has_one_equilibrium_also_where_the_linear_race_runs_away() -> None:
    found = equilibria(economic_brake(defence=2, economy=3), Window(x=(0, 30), y=(0, 30)))
    root = mpmath.findroot(lambda x: 3 * (1 - mpmath.exp(x / 3)) + 2 * x + 0.5, 5)
    assert found.is_complete and len(found) == 1 and found[0].is_stable
    np.testing.assert_allclose(found[0].state, float(root), rtol=ROUNDING)


# -- saturating reaction -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("defence", "states", "stable"), [(0.8, [0], [True]), (1.0, [0], [False]), (2.5, [0, 6], [False, True])])
def test_the_saturating_race_hands_over_at_equal_defence_and_fatigue(defence: float, states: list[float], stable: list[bool]) -> None:
    """Symmetric, g = 0, a = 1, K = 10: 0 and K (1 − a/k), whose eigenvalue along the diagonal is ±(k − a)."""
    found = equilibria(saturating_reaction(defence=defence, grievance=0), Window(x=(0, 20), y=(0, 20)))
    np.testing.assert_allclose([one.state for one in found], [[x, x] for x in states], atol=1e-12)
    assert [one.is_stable for one in found] == stable
    assert min(np.abs(found[-1].eigenvalues.real - (-abs(defence - 1)))) < 1e-12
    assert (found[0].kind == "degenerate") == (defence == 1.0)


def test_saturating_arms_never_pass_their_ceiling() -> None:
    run = integrate(saturating_reaction(defence=50), [9.0, 1.0], np.linspace(0, 20, 41))
    assert run.states.max() < 10


# -- stock adjustment ----------------------------------------------------------------------------------------------------------------


@given(reactions=st.tuples(st.floats(0, 2), st.floats(0, 2)), speeds=st.tuples(RATE, RATE))
@settings(max_examples=30)
def test_stocks_settle_exactly_when_the_product_of_reactions_is_below_one(
    reactions: tuple[float, float], speeds: tuple[float, float]
) -> None:
    product = reactions[0] * reactions[1]
    model = stock_adjustment(reaction_x=reactions[0], reaction_y=reactions[1], adjustment_x=speeds[0], adjustment_y=speeds[1])
    largest = np.linalg.eigvals(Field.of(model).jacobian(0.0, np.zeros(2))).real.max()
    assert abs(product - 1) < 1e-9 or (largest < 0) == (product < 1)  # on the boundary rounding decides


def test_stocks_settle_at_their_formula() -> None:
    found = equilibria(stock_adjustment(reaction_x=0.5, reaction_y=0.8, base_x=1, base_y=2), Window(x=(0, 20), y=(0, 20)))
    np.testing.assert_allclose(found[0].state, [(1 + 0.5 * 2) / 0.6, (2 + 0.8 * 1) / 0.6], rtol=ROUNDING)


# -- hostility -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("growth", "acceleration", "start"), [(0.1, 0.1, 1.0), (-0.2, 0.3, 2.0), (0.0, 0.5, 4.0), (2.0, 1e-3, 0.1)])
def test_hostility_reaches_infinity_when_its_formula_says(growth: float, acceleration: float, start: float) -> None:
    """t* = ln(1 + a/(b H₀))/a; independently the integral of dH/(aH + bH²), and the run."""
    model = hostility(growth=growth, acceleration=acceleration)
    time = blow_up_time(model, {"hostility": start})
    area = mpmath.quad(lambda h: 1 / (growth * h + acceleration * h**2), [start, 100 * start, mpmath.inf])
    assert time == pytest.approx(float(area), rel=1e-10)  # the quadrature's
    run = integrate(model, [start], [0, 2 * time])
    assert run.outcome is Outcome.ESCAPED
    assert run.stopped_at == pytest.approx(time, rel=1e-5)  # at 1e9, with the integrator's error before


@pytest.mark.parametrize(("growth", "start"), [(-0.2, 1.0), (-0.2, 2.0), (0.1, 0.0)])
def test_hostility_that_fades_or_rests_never_reaches_infinity(growth: float, start: float) -> None:
    model = hostility(growth=growth, acceleration=0.1)
    assert blow_up_time(model, [start]) == np.inf
    assert integrate(model, [start], [0, 100]).states[-1, 0] <= start


def test_the_closed_form_of_other_equations_is_refused() -> None:
    for model in (linear(), hostility().with_term("hostility", "-hostility**3"), "hostility"):
        with pytest.raises(errors.InvalidInputError, match="closed form"):
            blow_up_time(model, [1.0])  # type: ignore[arg-type] # one is wrong on purpose
    with pytest.raises(errors.OutOfBoundsError, match=r"\[0, inf\)"):
        blow_up_time(hostility(), [-1.0])
    with pytest.raises(errors.UnknownNameError, match="Did you mean 'hostility'"):
        blow_up_time(hostility(), {"hostilty": 1.0})


# -- bounds --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (carrying_capacity, {"ceiling_x": 0}),
        (carrying_capacity, {"defence": -0.1}),
        (economic_brake, {"economy_y": 0}),
        (economic_brake, {"fatigue_x": -1}),
        (saturating_reaction, {"ceiling": -2}),
        (saturating_reaction, {"defence_x": "much"}),
        (stock_adjustment, {"adjustment": -1}),
        (stock_adjustment, {"reaction_y": -0.5}),
        (hostility, {"acceleration": -0.1}),
        (hostility, {"growth": float("nan")}),
    ],
)
def test_a_value_out_of_bounds_is_refused(make: type, value: dict[str, float]) -> None:
    with pytest.raises(errors.OutOfBoundsError, match="must"):
        make(**value)


@pytest.mark.parametrize("make", [carrying_capacity, economic_brake, saturating_reaction, stock_adjustment])
def test_arms_are_never_negative(make: type) -> None:
    with pytest.raises(errors.OutOfBoundsError, match=r"got -1"):
        integrate(make(), [-1.0, 0.0], [0, 1])
