"""Branches from a known equilibrium: the special points of published models, and what may go wrong on the way.

Numbers marked B1 … B10 are of the acceptance list: refined values; each is checked here by an independent method as well.
"""

from collections.abc import Callable

import mpmath
import numpy as np
import pytest
import scipy.optimize

from richardson.compiled.field import Field
from richardson.continuation.branch import Branch, SpecialPoint
from richardson.continuation.follow import continue_equilibrium, switch_branch
from richardson.errors import ComputationError, InvalidInputError, NotAutonomousError, OutOfBoundsError, UnknownNameError
from richardson.models import linear, security_dilemma, submissive
from richardson.outcome import Outcome
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.symbolic.model import Model
from tests.continuation.systems import bursting_neuron, co_oxidation, lorenz, stirred_tank


def kinds(branch: Branch) -> list[str]:
    return [point.kind for point in branch.points]


def values(branch: Branch, kind: str) -> list[float]:
    return [float(np.asarray(point.value)) for point in branch.points if point.kind == kind]


def solved_at(model: Model, parameter: str, point: SpecialPoint, condition: Callable[[np.ndarray], float]) -> np.ndarray:
    """State and parameter at which the rates and ``condition(jacobian)`` vanish, by scipy from a start a thousandth off."""

    def equations(place: np.ndarray) -> np.ndarray:
        rates, jacobian = Field.of(model.with_values(**{parameter: place[-1]})).rates_and_jacobian(0.0, place[:-1].copy())
        return np.append(rates, condition(jacobian))

    start = np.append(point.state, point.value) * 1.001
    return np.asarray(scipy.optimize.root(equations, start, tol=1e-15).x)


@pytest.fixture(scope="module")
def catalyst() -> Branch:
    return continue_equilibrium(co_oxidation(), (0.1066, 0.1758, 0.5126), "q2", (0.9, 1.2))


def test_the_catalytic_oscillator_has_its_folds_and_hopf_points_in_order(catalyst: Branch) -> None:
    """B1–B4."""
    assert kinds(catalyst) == ["hopf", "fold", "fold", "hopf"]
    np.testing.assert_allclose(
        [point.value for point in catalyst.points], [1.04099156953, 1.05220028787, 1.04204850538, 1.05155746246], rtol=1e-11
    )
    states = [
        (0.0779277706, 0.2330649301, 0.4921480709),
        (0.0540294151, 0.3022414400, 0.4598065321),
        (0.0247164, 0.4502600, 0.3750168),
        (0.0163575430, 0.5239711846, 0.3283366231),
    ]
    np.testing.assert_allclose([point.state for point in catalyst.points], states, atol=6e-8)  # the digits given


def test_the_catalytic_oscillators_coefficients_are_the_refined_ones(catalyst: Branch) -> None:
    """B1–B4: Re c₁ and |a|."""
    first, *folds, second = catalyst.points
    assert [abs(fold.coefficient or 0) for fold in folds] == pytest.approx([0.1346505161, 0.1166593469], rel=1e-9)
    assert (first.coefficient, second.coefficient) == pytest.approx((4.331378978, 10.70101963), rel=1e-8)
    assert (first.frequency, second.frequency) == pytest.approx((0.05910614794, 0.0507403449), rel=1e-8)
    assert first.first_lyapunov_coefficient == pytest.approx(73.28136, rel=1e-6)
    assert (first.criticality, second.criticality) == ("subcritical", "subcritical")


def test_the_catalytic_oscillators_points_solve_their_conditions_for_scipy(catalyst: Branch) -> None:
    def hopf(jacobian: np.ndarray) -> float:  # Hurwitz: c₁c₂ − c₃ of the characteristic polynomial
        minors = sum(np.linalg.det(np.delete(np.delete(jacobian, i, 0), i, 1)) for i in range(3))
        return float(-np.trace(jacobian) * minors + np.linalg.det(jacobian))

    conditions = {"hopf": hopf, "fold": lambda jacobian: float(np.linalg.det(jacobian))}
    for point in catalyst.points:
        found = solved_at(co_oxidation(), "q2", point, conditions[point.kind])
        np.testing.assert_allclose(found, np.append(point.state, point.value), rtol=1e-9)


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_tiny_and_huge_scales_change_nothing(catalyst: Branch, unit: float) -> None:
    found = continue_equilibrium(co_oxidation(unit=unit), np.array((0.1066, 0.1758, 0.5126)) * unit, "q2", (0.9, 1.2))
    assert kinds(found) == kinds(catalyst)
    np.testing.assert_allclose([point.value for point in found.points], [point.value for point in catalyst.points], rtol=1e-11)
    np.testing.assert_allclose([point.state / unit for point in found.points], [point.state for point in catalyst.points], rtol=1e-9)


def test_points_are_well_located(catalyst: Branch) -> None:
    for point in catalyst.points:
        low, high = point.bracket
        assert low < float(np.asarray(point.value)) < high and high - low < 1e-11
        assert point.residual < 1e-13  # rounding of rates of order one


@pytest.mark.parametrize("closeness", [1.0, 1e-2, 1e-4, 1e-8])
def test_the_condition_number_of_a_fold_is_the_ratio_of_its_two_derivatives_and_grows_towards_the_cusp(closeness: float) -> None:
    """x' = m + l x − x³: F_m = 1 and |F_xx| = 6 √(l/3) move m and x, here over a box of widths 2 and 4."""
    model = Model.from_equations({"x": "m + l*x - x**3"}, {"m": 0.0, "l": closeness})
    points = continue_equilibrium(model, [closeness**0.5], "m", (-1, 1), window=Window(x=(-2, 2))).points
    slope, bend = 2.0, 6 * (closeness / 3) ** 0.5 * 4**2
    assert [point.condition for point in points] == pytest.approx([max(slope, bend) / min(slope, bend)] * 2, rel=1e-6)


def test_lorenz_has_its_pitchfork_and_the_branch_that_leaves_there_its_hopf_point() -> None:
    """B6; ρ = σ(σ + β + 3)/(σ − β − 1) and x² = β(ρ − 1), by hand from Routh and Hurwitz."""
    still = continue_equilibrium(lorenz(0.5), (0, 0, 0), "r", (0, 30))
    assert values(still, "pitchfork") == pytest.approx([1.0], rel=1e-12)
    fork = next(point for point in still.points if point.kind == "pitchfork")
    assert fork.criticality == "supercritical"
    moving = switch_branch(still, fork, (0, 30))
    hopf = 10 * (10 + 8 / 3 + 3) / (10 - 8 / 3 - 1)
    assert values(moving, "hopf") == pytest.approx([hopf, hopf], rel=1e-12)
    first, last = (point for point in moving.points if point.kind == "hopf")
    assert sorted((first.state[0], last.state[0])) == pytest.approx([-7.956019458, 7.956019458], rel=1e-9)
    assert {first.criticality, last.criticality} == {"subcritical"}
    assert values(moving, "pitchfork") == pytest.approx([1.0], rel=1e-9)
    np.testing.assert_allclose(moving["x"] ** 2, 8 / 3 * (moving["r"] - 1), atol=1e-8)


def test_the_stirred_tank_has_two_folds_one_hopf_point_and_a_neutral_saddle() -> None:
    """B7."""
    found = continue_equilibrium(stirred_tank(0.05), (0.0636, 0.2967), "p1", (0.05, 0.15))
    assert kinds(found) == ["fold", "neutral saddle", "fold", "hopf"]
    expected = [0.105738978, 0.10571050120634, 0.088931846, 0.13090004482]
    assert [point.value for point in found.points] == pytest.approx(expected, rel=1e-8)
    assert 2 * np.pi / (found.points[-1].frequency or 0) == pytest.approx(1.567749, rel=1e-6)
    for point, condition in zip(found.points, (np.linalg.det, np.trace, np.linalg.det, np.trace), strict=True):
        there = solved_at(stirred_tank(0.05), "p1", point, lambda jacobian, condition=condition: float(condition(jacobian)))
        assert there[-1] == pytest.approx(float(np.asarray(point.value)), rel=1e-9)


def test_the_bursting_neuron_has_two_folds_one_hopf_point_and_a_neutral_saddle() -> None:
    """B8."""
    start = equilibria(bursting_neuron(-0.05), Window(v=(-1, 1), w=(0, 1)), method="newton")
    found = continue_equilibrium(bursting_neuron(-0.05), start[0], "y", (-0.1, 0.15))
    assert sorted(kinds(found)) == ["fold", "fold", "hopf", "neutral saddle"]
    assert sorted(values(found, "fold")) == pytest.approx([-0.02072716526, 0.08325656894], rel=1e-8)
    assert values(found, "hopf") == pytest.approx([0.07565878645], rel=1e-8)
    assert values(found, "neutral saddle") == pytest.approx([0.03320708345], rel=1e-8)
    for point in found.points:
        condition = np.linalg.det if point.kind == "fold" else np.trace
        there = solved_at(bursting_neuron(0.0), "y", point, lambda jacobian, condition=condition: float(condition(jacobian)))
        assert there[-1] == pytest.approx(float(np.asarray(point.value)), rel=1e-9)


@pytest.mark.slow
def test_eight_states_show_each_hopf_point_of_four_oscillators() -> None:
    """Oscillators ż = (m − 0.3k + iω)z − |z|²z, each but weakly pushed by the next: born at m = 0.3k with Re c₁ = −2 (‖q‖ = 1)."""
    rates = {}
    for k in range(4):
        x, y, pace = f"x{k}", f"y{k}", 1 + 0.37 * k
        rates[x] = f"(m - {0.3 * k:.1f})*{x} - {pace}*{y} - {x}*({x}**2 + {y}**2) + 0.01*x{(k + 1) % 4}**2"
        rates[y] = f"{pace}*{x} + (m - {0.3 * k:.1f})*{y} - {y}*({x}**2 + {y}**2)"
    branch = continue_equilibrium(Model.from_equations(rates, {"m": -1.0}), [0.0] * 8, "m", (-1, 0.7))
    assert [point.kind for point in branch.points] == ["hopf"] * 3
    np.testing.assert_allclose([point.value for point in branch.points], [0.0, 0.3, 0.6], atol=1e-12)
    np.testing.assert_allclose([point.coefficient for point in branch.points], -2.0, rtol=1e-9)


def test_ambition_ends_detente_unless_arms_can_be_told_apart() -> None:
    """MODELS.md sections 2 and 3: fold at μ = 0.23489954428 (c = 1.5); at δ = 1 none, and at μ = 5 arms of 55.29855044."""
    square = Window(x=(0, 60), y=(0, 60))
    blind, seeing = security_dilemma(), security_dilemma(distinguishability=1)
    (fold,) = continue_equilibrium(blind, equilibria(blind, square)[0], "ambition", (0, 0.5)).points
    assert (fold.kind, fold.value) == ("fold", pytest.approx(0.23489954428, rel=1e-10))
    np.testing.assert_allclose(fold.state, 1.72950446972, rtol=1e-8)
    calm = continue_equilibrium(seeing, equilibria(seeing, square)[0], "ambition", (0, 5))
    assert calm.points == ()
    np.testing.assert_allclose(calm.states[-1], 55.29855044, rtol=1e-8)


def test_the_dilemmas_folds_are_those_of_25_digits() -> None:
    """B10; and mpmath solves the scalar of the diagonal and its slope to thirty digits."""
    found = continue_equilibrium(security_dilemma(), (0.974, 0.974), "balance", (-0.5, 0.5))

    def force(x: mpmath.mpf, balance: mpmath.mpf) -> mpmath.mpf:
        fear = mpmath.exp(balance) * x
        raised = (fear / 4) ** 2
        return mpmath.mpf("0.45") * fear * (1 + 3 * raised / (1 + raised)) - x * (1 + mpmath.mpf("0.04") * x) + mpmath.mpf("0.5")

    with mpmath.workdps(30):
        slope = [force, lambda x, b: mpmath.diff(lambda z: force(z, b), x)]
        exact = [float(mpmath.findroot(slope, start)[1]) for start in ((1.5, 0.1), (8.6, -0.15))]
    assert kinds(found) == ["fold", "fold"]
    assert values(found, "fold") == pytest.approx([0.109752115988938, -0.150475309989545], rel=1e-12)
    assert values(found, "fold") == pytest.approx(exact, rel=1e-12)


def test_the_submissive_pair_parts_at_its_pitchfork() -> None:
    """A8: σ* = 0.15; at σ = 0.2 (10, 5) and its mirror with −0.05 ± 0.132287566 i."""
    model = submissive(defence=0.1, fatigue=0.2, grievance=1, submission=0.05)
    together = continue_equilibrium(model, (10, 10), "submission", (0.05, 0.5))
    assert values(together, "pitchfork") == pytest.approx([0.15], rel=1e-12)
    apart = switch_branch(together, together.points[0], (0.05, 0.5))
    at = continue_equilibrium(model.with_values(submission=0.2), (10.0, 5.0), "submission", (0.19, 0.21))
    middle = int(np.argmin(np.abs(at.values - 0.2)))
    assert at.eigenvalues[middle] == pytest.approx([-0.05 + 0.132287566j, -0.05 - 0.132287566j], abs=1e-9)
    crossing = np.flatnonzero(np.diff(np.sign(apart.values - 0.2)))
    assert len(crossing) == 2 and {bool(apart["x"][i] > apart["y"][i]) for i in crossing} == {True, False}


def test_a_transcritical_point_says_how_the_branches_bend() -> None:
    found = continue_equilibrium(Model.from_equations({"x": "m*x - 3*x**2"}, {"m": -0.5}), [0.0], "m", (-1, 1))
    assert kinds(found) == ["transcritical"]
    assert found.points[0].value == pytest.approx(0.0, abs=1e-15)
    assert found.points[0].coefficient == pytest.approx(-3.0, rel=1e-12)
    other = switch_branch(found, found.points[0], (-1, 1))
    np.testing.assert_allclose(other["x"], other.values / 3, atol=1e-12)


@pytest.mark.parametrize(("sign", "criticality"), [(-1, "supercritical"), (1, "subcritical")])
def test_a_pitchfork_says_to_which_side_it_opens(sign: int, criticality: str) -> None:
    model = Model.from_equations({"x": f"m*x + {2 * sign}*x**3 + x*y", "y": "-y + 0*x"}, {"m": -0.5})
    found = continue_equilibrium(model, [0.0, 0.0], "m", (-0.9, 1))
    fork = next(point for point in found.points if point.kind == "pitchfork")
    assert (fork.value, fork.coefficient) == pytest.approx((0.0, 2.0 * sign), abs=1e-12)
    assert fork.criticality == criticality


def test_an_isola_closes_on_itself() -> None:
    found = continue_equilibrium(Model.from_equations({"x": "m**2 + x**2 - 1"}, {"m": 0}), [1.0], "m", (-2, 2))
    assert found.outcome is Outcome.CLOSED
    assert sorted(values(found, "fold")) == pytest.approx([-1, 1], rel=1e-13)
    np.testing.assert_allclose(np.hypot(found.values, found["x"]), 1, rtol=1e-10)


def test_a_race_without_a_balance_runs_away() -> None:
    """x = g/(a − k), by hand: without limit as k rises to a."""
    found = continue_equilibrium(linear(fatigue=0.2, grievance=1, defence=0.1), (10, 10), "defence", (0.05, 0.5))
    assert found.outcome is Outcome.RAN_AWAY
    assert found.values[-1] == pytest.approx(0.2, abs=1e-6)
    np.testing.assert_allclose(found["x"] * (0.2 - found.values), 1.0, rtol=1e-6)


def test_a_branch_ends_exactly_on_a_states_bound_and_on_the_windows() -> None:
    model = Model.from_equations({"x": "m - x"}, {"m": 1.0}, lower={"x": 0.25})
    bounded = continue_equilibrium(model, [1.0], "m", (-1, 2))
    assert (bounded.outcome, bounded["x"][0], bounded.values[-1]) == (Outcome.REACHED_BOUND, 0.25, 2.0)
    seen = continue_equilibrium(model, [1.0], "m", (-1, 2), window=Window(x=(0, 1.5)))
    assert (seen["x"][0], seen["x"][-1]) == (0.25, 1.5)


@pytest.mark.parametrize("gap", [1e-2, 1e-4, 1e-6, 1e-8, 1e-9])
def test_a_branch_that_turns_back_just_beyond_the_span_ends_where_it_leaves_it(gap: float) -> None:
    """m + x − x³ has its fold at m = 2/(3√3): a span that ends before it holds no fold, and one that ends beyond holds it."""
    fold, bead = 2 / (3 * 3**0.5), Model.from_equations({"x": "m + x - x**3"}, {"m": 0.0})
    before = continue_equilibrium(bead, [-1.0], "m", (-0.2, fold - gap))
    assert (before.points, before.outcome, before.values[-1]) == ((), Outcome.REACHED_END, fold - gap)
    assert before.is_stable.all() and before.values.max() == fold - gap
    beyond = continue_equilibrium(bead, [-1.0], "m", (-0.2, fold + gap))
    assert [point.kind for point in beyond.points] == ["fold"] and beyond.values[-1] == -0.2


def test_a_branch_that_turns_back_just_beyond_the_window_ends_where_it_leaves_it() -> None:
    """x = 1 − m² passes a window that ends at 1 − 10⁻⁸ at m = −10⁻⁴."""
    model = Model.from_equations({"x": "1 - m**2 - x"}, {"m": -0.5})
    found = continue_equilibrium(model, [0.75], "m", (-1, 1), window=Window(x=(-2, 1 - 1e-8)))
    assert found.outcome is Outcome.REACHED_BOUND and found.values[-1] == pytest.approx(-1e-4, rel=1e-6)


def test_a_branch_has_the_ends_of_its_span_to_the_last_digit() -> None:
    """−1 + 0.99 · 1 is not −0.01 in floats."""
    model = Model.from_equations({"x": "m - x"}, {"m": -0.5})
    ends = [tuple(continue_equilibrium(model, [-0.5], "m", (-1, last)).values[[0, -1]]) for last in (-0.01, -0.1, 0.3)]
    assert ends == [(-1.0, -0.01), (-1.0, -0.1), (-1.0, 0.3)]


def test_a_branch_that_meets_another_on_a_states_bound_ends_there() -> None:
    """x = m leaves x ≥ 0 at the transcritical point m = 0, where no correction along the bound exists."""
    model = Model.from_equations({"x": "m*x - x**2"}, {"m": 0.5}, lower={"x": 0})
    found = continue_equilibrium(model, [0.5], "m", (-1, 1))
    assert (found.outcome, found["x"][0]) == (Outcome.REACHED_BOUND, 0.0)
    assert found.values[0] == pytest.approx(0.0, abs=1e-12)


def test_a_branch_that_is_flat_to_high_order_is_passed() -> None:
    """m = x⁵/(1 + x³), by hand, hardly moves near 0."""
    found = continue_equilibrium(Model.from_equations({"x": "m*x**3 - x**5 + m"}, {"m": 0.5}), [1.0], "m", (-1, 1))
    assert (found.outcome, found.points) == (Outcome.REACHED_END, ())
    np.testing.assert_allclose(found.values, found["x"] ** 5 / (1 + found["x"] ** 3), atol=1e-12)


def test_a_subcritical_pitchfork_turns_back_at_its_folds_and_has_none_itself() -> None:
    """ẋ = mx + x³ − x⁵: folds at m = −¼, x² = ½, by hand."""
    still = continue_equilibrium(Model.from_equations({"x": "m*x + x**3 - x**5"}, {"m": -0.5}), [0.0], "m", (-1, 1))
    found = switch_branch(still, still.points[0], (-1, 1))
    assert kinds(found) == ["fold", "pitchfork", "fold"]
    assert values(found, "fold") == pytest.approx([-0.25, -0.25], rel=1e-12)


def test_a_start_may_be_a_fold_but_no_branch_point() -> None:
    fold = continue_equilibrium(Model.from_equations({"x": "m - x**2"}, {"m": 0}), [0.0], "m", (-1, 1))
    assert (kinds(fold), fold["x"][0], fold["x"][-1]) == (["fold"], 1.0, -1.0)
    with pytest.raises(ComputationError, match="Branches cross at the start"):
        continue_equilibrium(Model.from_equations({"x": "m*x - x**2"}, {"m": 0}), [0.0], "m", (-1, 1))


def test_a_branch_is_judged_up_to_where_its_equations_end() -> None:
    found = continue_equilibrium(Model.from_equations({"x": "sqrt(m) - x"}, {"m": 1.0}), [1.0], "m", (-1, 2))
    assert found.outcome is Outcome.STEP_TOO_SMALL
    assert found.values[0] == pytest.approx(0.0, abs=1e-12)
    assert found.is_stable[1:].all()
    np.testing.assert_allclose(found.eigenvalues[1:], -1.0)


def test_two_points_in_one_step_are_parted() -> None:
    """Two pairs cross the axis 1e-4 apart, within one step of 1e-2: the sign of no test function changes."""
    equations = {
        "x": "(m - 0.3)*x - y - x**3",
        "y": "x + (m - 0.3)*y - y**3",
        "u": "(m - 0.3001)*u - 2*v - u**3",
        "v": "2*u + (m - 0.3001)*v - v**3",
    }
    found = continue_equilibrium(Model.from_equations(equations, {"m": 0.0}), [0, 0, 0, 0], "m", (-1, 1))
    assert kinds(found) == ["hopf", "hopf"]
    assert values(found, "hopf") == pytest.approx([0.3, 0.3001], rel=1e-12)
    assert [point.frequency for point in found.points] == pytest.approx([1, 2], rel=1e-12)


def test_a_fold_and_a_hopf_point_close_together_are_both_found() -> None:
    equations = {"z": "m - z**2", "x": "(z + 1e-3)*x - y - x**3", "y": "x + (z + 1e-3)*y - y**3"}
    found = continue_equilibrium(Model.from_equations(equations, {"m": 0.5}), [0.5**0.5, 0, 0], "m", (-1, 1))
    assert sorted(kinds(found)) == ["fold", "hopf"]
    assert values(found, "fold") == pytest.approx([0.0], abs=1e-14)
    assert values(found, "hopf") == pytest.approx([1e-6], rel=1e-8)


def test_the_centre_of_predator_and_prey_is_no_hopf_point() -> None:
    equations = {"x": "x*(1 - y)", "y": "y*(x - m)"}
    found = continue_equilibrium(Model.from_equations(equations, {"m": 1.0}), [1, 1], "m", (0.5, 2))
    assert (found.points, found.is_stable.any()) == ((), False)


def test_maps_have_neimark_sacker_points() -> None:
    """The delayed logistic map loses its fixed point 1 − 1/r at r = 2, where the multipliers are e^{±iπ/3}, by hand."""
    model = Model.from_equations({"x": "r*x*(1 - y)", "y": "x"}, {"r": 1.5}, kind="map")
    found = continue_equilibrium(model, [1 / 3, 1 / 3], "r", (1.2, 2.5))
    assert kinds(found) == ["neimark-sacker"]
    assert (found.points[0].value, found.points[0].frequency) == pytest.approx((2, np.pi / 3), rel=1e-12)
    assert found.points[0].criticality == "supercritical"


def test_a_period_doubling_has_its_coefficient() -> None:
    """Logistic map at r = 3: b = a² + c of y ↦ −y + a y² + c y³, a = −r, c = 0, by hand."""
    found = continue_equilibrium(Model.from_equations({"x": "r*x*(1 - x)"}, {"r": 2.5}, kind="map"), [0.6], "r", (1.5, 3.9))
    assert (found.points[0].value, found.points[0].coefficient) == pytest.approx((3, 9), rel=1e-11)
    assert found.points[0].criticality == "supercritical"


def test_a_concept_moves_as_one() -> None:
    found = continue_equilibrium(security_dilemma(), (0.974, 0.974), "alarm", (1.0, 6.0))
    fields = Field.of(security_dilemma(alarm=float(found.values[3])))
    assert np.abs(fields.rates(0.0, found.states[3])).max() < 1e-12


def test_a_start_that_is_no_equilibrium_is_refused_with_its_residual() -> None:
    with pytest.raises(InvalidInputError, match=r"no equilibrium .* rate there is 2\.05"):
        continue_equilibrium(Model.from_equations({"x": "m - x"}, {"m": 0.95}), [3.0], "m", (0, 1))


def test_a_line_of_equilibria_is_refused() -> None:
    with pytest.raises(ComputationError, match="continuum"):
        continue_equilibrium(Model.from_equations({"x": "m*(y - x)", "y": "m*(x - y)"}, {"m": 1.0}), [1, 1], "m", (0.5, 2))


def test_a_race_at_its_edge_stands_upright() -> None:
    """Without grievance k = a lets every x = y rest: a line at one parameter value, and no fold on it."""
    found = continue_equilibrium(
        linear(fatigue=0.2, grievance=0, defence=0.2), (1, 1), "defence", (0.1, 0.3), window=Window(x=(-5, 5), y=(-5, 5))
    )
    assert "fold" not in kinds(found)
    np.testing.assert_allclose(found.values, 0.2, rtol=1e-12)
    assert found.outcome is Outcome.REACHED_BOUND


@pytest.mark.parametrize(
    ("parameter", "span", "error", "message"),
    [
        ("balanse", (-0.5, 0.5), UnknownNameError, "balance"),
        ("balance", (0.1, 0.5), OutOfBoundsError, "outside the span"),
        ("balance", (0.5, -0.5), InvalidInputError, "low < high"),
        ("distinguishability", (0, 2), OutOfBoundsError, "must lie in"),
    ],
)
def test_bad_input_is_refused(parameter: str, span: tuple[float, float], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        continue_equilibrium(security_dilemma(), (0.974, 0.974), parameter, span)


def test_more_bad_input_is_refused() -> None:
    with pytest.raises(NotAutonomousError):
        continue_equilibrium(Model.from_equations({"x": "m*t - x"}, {"m": 0}), [0.0], "m", (-1, 1))
    with pytest.raises(InvalidInputError, match="outside"):
        continue_equilibrium(security_dilemma(), (0.974, 0.974), "balance", (-0.5, 0.5), window=Window(x=(2, 3), y=(2, 3)))
    branch = continue_equilibrium(security_dilemma(), (0.974, 0.974), "balance", (-0.5, 0.5))
    with pytest.raises(InvalidInputError, match="No other branch crosses at a fold"):
        switch_branch(branch, branch.points[0], (-0.5, 0.5))


def test_a_slope_that_changes_by_rounding_alone_sets_no_scale() -> None:
    """x = 0.3 is a float beside 3/10, where the second derivative of a cubic about 3/10 is 1e-17 and not 0."""
    away = "(x - 0.3)**2 + y**2"
    model = Model.from_equations({"x": f"p*(x - 0.3) - y - (x - 0.3)*({away})", "y": f"x - 0.3 + p*y - y*({away})"}, {"p": -1.0})
    assert kinds(continue_equilibrium(model, [0.3, 0.0], "p", (-1, 1))) == ["hopf"]


def test_a_fold_is_found_on_a_branch_whose_states_grow_by_decades() -> None:
    # fear reaches 9000 on the branch and is 4 at the fold; the values solve F = F' = 0 of x alone, f put in, by another root finder
    race = Model.from_equations(
        {"x": "0.1125*f*(1 + 3*hill(f, 4, 2)) - x*(1 + 0.04*x) + 0.5", "f": "4*exp(b)*x - f"}, {"b": 0.0}, lower={"x": 0.0, "f": 0.0}
    )

    def rest(point: np.ndarray) -> list[float]:
        x, b = point
        u = np.exp(b) * x
        reaction = 0.45 * u * (1 + 3 * u**2 / (1 + u**2))
        slope = 0.45 * (1 + 3 * u**2 / (1 + u**2) + 6 * u**2 / (1 + u**2) ** 2)
        return [reaction - x * (1 + 0.04 * x) + 0.5, np.exp(b) * slope - 1 - 0.08 * x]

    expected = [scipy.optimize.root(rest, guess, tol=1e-13).x[1] for guess in ((1.3, -0.42), (3.0, -0.46))]
    cold_war = scipy.optimize.root(lambda x: rest(np.array([x[0], 0.0]))[0], [20.5], tol=1e-12).x[0]
    branch = continue_equilibrium(race, [cold_war, 4 * cold_war], "b", (-2, 2))
    assert [point.kind for point in branch.points] == ["fold", "fold"]
    np.testing.assert_allclose([point.value for point in branch.points], expected, atol=1e-10)
