"""The forward Euler map of a flow: same equilibria, multipliers 1 + step · λ, and instability that only the step makes."""

from math import sqrt

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson import errors
from richardson.compiled.field import Field
from richardson.continuation.follow import continue_equilibrium
from richardson.dynamics.iterate import iterate
from richardson.models import carrying_capacity, grossman_mayer_kress, linear, saperstein, saturating_reaction, submissive
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.symbolic.discrete_time import in_discrete_time
from richardson.symbolic.model import Model

RATE = st.floats(0.05, 2.0)


def test_a_step_moves_by_the_step_times_the_rates() -> None:
    flow = submissive(submission=0.1)
    at = np.array([1.0, 2.0])
    stepped = in_discrete_time(flow, 0.3)
    np.testing.assert_allclose(Field.of(stepped).rates(0.0, at), at + 0.3 * Field.of(flow).rates(0.0, at), rtol=1e-14)
    assert (stepped.kind, stepped.states, stepped.parameters[-1].unit) == ("map", flow.states, "yr")
    assert stepped.values == flow.values | {"step": 0.3}


def test_the_multipliers_are_one_plus_step_times_the_eigenvalues() -> None:
    flow = linear()
    stepped = in_discrete_time(flow, 0.1)
    expected = sympy.eye(2) + stepped.symbol("step") * flow.jacobian
    assert (stepped.jacobian - expected).applyfunc(sympy.expand) == sympy.zeros(2)


@given(k=RATE, other=RATE, a=RATE, b=RATE, step=st.floats(0.01, 20))
@settings(max_examples=30)
def test_a_calm_linear_race_is_calm_in_steps_exactly_below_two_over_its_fastest_rate(
    k: float, other: float, a: float, b: float, step: float
) -> None:
    """Real eigenvalues: |1 + step · λ| < 1 for both iff −2/step < λ < 0 for both."""
    eigenvalues = (-(a + b) + np.array([-1, 1]) * sqrt((a - b) ** 2 + 4 * k * other)) / 2
    race = in_discrete_time(linear(defence_x=k, defence_y=other, fatigue_x=a, fatigue_y=b), step)
    multipliers = np.linalg.eigvals(Field.of(race).jacobian(0.0, np.zeros(2)))
    is_calm = eigenvalues.max() < 0 and step < 2 / np.abs(eigenvalues).max()
    if abs(np.abs(multipliers).max() - 1) > 1e-9:  # on the boundary rounding decides
        assert (np.abs(multipliers).max() < 1) == is_calm


def test_a_focus_needs_a_shorter_step_than_two_over_its_size() -> None:
    """Submission at σ = 0.2: λ = −0.05 ± 0.1323 i, |λ|² = 0.02, so stable below −2 Re λ/|λ|² = 5, not below 2/|λ| = 14.1."""
    pair = submissive(defence=0.1, fatigue=0.2, grievance=1, submission=0.2)
    for step, is_stable in ((4.99, True), (5.01, False)):
        field = Field.of(in_discrete_time(pair, step))
        largest = np.abs(np.linalg.eigvals(field.jacobian(0.0, np.array([10.0, 5.0])))).max()
        assert (largest < 1) == is_stable


def test_the_fixed_points_are_the_equilibria_and_proved_to_be_all() -> None:
    flow, window = carrying_capacity(), Window(x=(0, 10), y=(0, 10))
    fixed = equilibria(in_discrete_time(flow, 0.4), window)
    assert fixed.is_complete
    np.testing.assert_allclose([one.state for one in fixed], [one.state for one in equilibria(flow, window)], rtol=1e-10)


def test_continuation_along_the_step_finds_the_doubling_at_two_over_the_fastest_rate() -> None:
    """Saturating race, symmetric, g = 0, a = 1, k = 2.5, at x = K(1 − a/k): J = [[−k, a], [a, −k]], so λ = a − k and −a − k."""
    race = in_discrete_time(saturating_reaction(defence=2.5, grievance=0), 0.1)
    rest = equilibria(race, Window(x=(1, 9), y=(1, 9)))[0]
    path = continue_equilibrium(race, rest, "step", (0.1, 1.5))
    doublings = [point.value for point in path.points if point.kind == "period doubling"]
    np.testing.assert_allclose(doublings, [2 / 3.5, 2 / 1.5], rtol=1e-9)


def test_equal_nations_in_steps_are_the_logistic_map() -> None:
    """x' = x + s(k x (1 − x/K) − a x): with z = s k x/(K r), r = 1 + s (k − a), z' = r z (1 − z)."""
    k, a, step = 4.0, 1.0, 0.9
    r = 1 + step * (k - a)
    run = iterate(in_discrete_time(saturating_reaction(defence=k, fatigue=a, grievance=0), step), [3.0, 3.0], 20)
    z = [step * k * 3.0 / (10 * r)]
    for _ in range(20):
        z.append(r * z[-1] * (1 - z[-1]))
    np.testing.assert_allclose(run["x"] * step * k / (10 * r), z, rtol=1e-9)  # rounding, stretched over twenty steps


def test_the_map_of_grossmann_and_mayer_kress_is_the_race_under_ceilings_in_steps() -> None:
    """k₁₁ = s a/X, k₁₂ = s k/X, x_s = g/a: the same map, symbol by symbol."""
    stepped, published = in_discrete_time(carrying_capacity(), 1), grossman_mayer_kress()
    for i, one, other in zip("xy", stepped.rates, published.rates, strict=True):
        k, a, g, top = (stepped.symbol(f"{what}_{i}") for what in ("defence", "fatigue", "grievance", "ceiling"))
        step = stepped.symbol("step")
        letters = {f"fatigue_{i}": step * a / top, f"defence_{i}": step * k / top, f"target_{i}": g / a}
        written = other.subs({published.symbol(name): value for name, value in letters.items()}, simultaneous=True)
        assert sympy.expand(written - one) == 0


def test_the_published_map_has_the_corner_and_richardsons_point_with_their_multipliers() -> None:
    values = {"fatigue": 0.08, "defence": 0.03, "target": 1.0, "ceiling": 9.0}
    found = equilibria(grossman_mayer_kress(**values), Window(x=(0, 9), y=(0, 9)))
    assert found.is_complete
    x = 0.08 * 1.0 / (0.08 - 0.03)  # k₁₁ (x_s − x) + k₁₂ x = 0
    np.testing.assert_allclose(found[0].state, [x, x], rtol=1e-10)
    np.testing.assert_allclose(sorted(found[0].eigenvalues.real), [1 - (9 - x) * 0.11, 1 - (9 - x) * 0.05], rtol=1e-10)
    np.testing.assert_allclose(found[-1].state, [9, 9], rtol=1e-10)
    np.testing.assert_allclose(found[-1].eigenvalues.real, 1 - (0.08 * (1 - 9) + 0.03 * 9), rtol=1e-10)


def test_a_step_of_zero_or_less_or_no_number_is_refused() -> None:
    for step in (0, -1, float("nan"), float("inf"), None, "long"):
        with pytest.raises(errors.OutOfBoundsError, match="time step"):
            in_discrete_time(linear(), step)  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize(
    ("model", "error", "reason"),
    [
        (saperstein(), errors.ModelError, "moves in steps already"),
        (in_discrete_time(linear(), 0.1), errors.ModelError, "moves in steps already"),
        (linear().with_drive(defence="0.5 + t/10"), errors.ModelError, "Use the model before with_drive"),
        (linear().with_term("x", "sin(t)"), errors.ModelError, "a map counts steps"),
        (Model.from_equations({"x": "-step*x"}, {"step": 1}), errors.InvalidInputError, "has a 'step' already"),
        (Model.from_equations({"step": "-step"}), errors.InvalidInputError, "has a 'step' already"),
        ("linear", errors.InvalidInputError, "A model was expected"),
    ],
)
def test_what_has_no_euler_map_is_refused(model: object, error: type, reason: str) -> None:
    with pytest.raises(error, match=reason):
        in_discrete_time(model, 0.1)  # type: ignore[arg-type] # one is wrong on purpose
