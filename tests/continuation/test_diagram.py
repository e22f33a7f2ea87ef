import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson.compiled.field import Field
from richardson.continuation.branch import Branch
from richardson.continuation.diagram import equilibrium_diagram
from richardson.errors import InvalidInputError, NotAutonomousError, OutOfBoundsError, UnknownNameError
from richardson.models import linear, security_dilemma, submissive
from richardson.outcome import Outcome
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.symbolic.model import Model

ARMS = Window(x=(0, 60), y=(0, 60))


def kinds(branch: Branch) -> list[str]:
    return [point.kind for point in branch.points]


@pytest.fixture(scope="module")
def whole() -> Branch:
    return equilibrium_diagram(security_dilemma(), "balance", (-0.5, 0.5), ARMS)[0]


def test_the_dilemma_is_one_branch_with_both_published_folds(whole: Branch) -> None:
    assert kinds(whole) == ["fold", "fold"]  # docs/explanation/security-dilemma.md: 25-digit arithmetic
    np.testing.assert_allclose([point.value for point in whole.points], [0.109752115988938, -0.150475309989545], rtol=1e-8)
    np.testing.assert_allclose([point.state for point in whole.points], [[1.52085493165874] * 2, [8.65191896718218] * 2], rtol=1e-8)
    assert whole.outcome is Outcome.REACHED_END
    assert (whole.values[0], whole.values[-1]) == (-0.5, 0.5)


def test_a_fold_carries_how_well_it_is_known(whole: Branch) -> None:
    for fold in whole.points:
        assert fold.residual < 1e-13  # rounding of rates of order one
        low, high = fold.bracket
        assert low < fold.value < high and high - low < 1e-12
        assert fold.convention == "a = ½⟨p, B(q, q)⟩, ‖q‖ = 1, ⟨p, q⟩ = 1, the largest component of q positive"


def test_the_coefficient_is_that_of_the_scalar_reduction(whole: Branch) -> None:
    # on the diagonal ẋ = g(x), with q = p = (1, 1)/√2: a = g''/(2√2); g'' by central differences of g
    for fold in whole.points:
        field = Field.of(security_dilemma(balance=float(np.asarray(fold.value))))
        low, at, high = (field.rates(0.0, fold.state + step)[0] for step in (-1e-3, 0.0, 1e-3))
        assert fold.coefficient == pytest.approx((low - 2 * at + high) / 1e-6 / 8**0.5, rel=1e-5)  # second order in the step


def test_stability_changes_at_the_folds_and_nowhere_else(whole: Branch) -> None:
    at = [int(np.flatnonzero(whole.values == point.value)[0]) for point in whole.points]
    assert np.flatnonzero(~whole.is_stable).tolist() == list(range(at[0], at[1] + 1))
    assert (whole["x"][:-1] < whole["x"][1:]).all()
    assert whole["balance"] is whole.values


def test_every_equilibrium_of_a_search_lies_on_the_branch(whole: Branch) -> None:
    for value in (-0.2, 0.0, 0.1):
        for found in equilibria(security_dilemma(balance=value), ARMS):
            near = np.argmin(np.abs(whole.values - value) / 0.5 + np.abs(whole["x"] - found["x"]) / 60)
            assert whole["x"][near] == pytest.approx(found["x"], abs=1.2)  # two steps of a hundredth of the window
            assert bool(whole.is_stable[near]) == found.is_stable


def test_a_cubic_has_its_folds() -> None:
    found = equilibrium_diagram(Model.from_equations({"x": "m + x - x**3"}, {"m": 0}), "m", (-1, 1), Window(x=(-2, 2)), values=4)
    assert len(found) == 1
    np.testing.assert_allclose([point.value for point in found[0].points], [2 / 27**0.5, -2 / 27**0.5], rtol=1e-13)
    np.testing.assert_allclose([point.state[0] for point in found[0].points], [-(3**-0.5), 3**-0.5], rtol=1e-13)
    np.testing.assert_allclose([point.coefficient for point in found[0].points], [3**0.5, -(3**0.5)], rtol=1e-12)


def test_a_pitchfork_has_both_its_branches_and_no_fold() -> None:
    """A8: σ* = (a² − k²)/(2kg) = 0.15, by hand from the determinant of the symmetric equilibrium's Jacobian."""
    model = submissive(defence=0.1, fatigue=0.2, grievance=1)
    found = equilibrium_diagram(model, "submission", (0.05, 0.5), Window(x=(-5, 30), y=(-5, 30)), values=4)
    assert all("fold" not in kinds(branch) and kinds(branch).count("pitchfork") == 1 for branch in found) and len(found) == 2
    assert [p.value for branch in found for p in branch.points if p.kind == "pitchfork"] == pytest.approx([0.15] * 2, rel=1e-8)
    symmetric, parted = sorted(found, key=lambda branch: float(np.abs(branch["x"] - branch["y"]).max()))
    np.testing.assert_allclose(symmetric.states, 10.0, rtol=1e-10)
    assert parted.values.min() == pytest.approx(0.15, abs=1e-4)  # turns at the pitchfork; a step is a hundredth
    assert (parted["x"][0] - parted["y"][0]) * (parted["x"][-1] - parted["y"][-1]) < 0
    assert symmetric.is_stable[symmetric.values < 0.1499].all() and not symmetric.is_stable[symmetric.values > 0.1501].any()


def test_transcritical_branches_cross_without_a_fold() -> None:
    found = equilibrium_diagram(Model.from_equations({"x": "m*x - x**2"}, {"m": 0.3}), "m", (-1, 1), Window(x=(-2, 2)), values=4)
    assert [kinds(branch) for branch in found] == [["transcritical"], ["transcritical"]]
    assert all(branch.outcome is Outcome.REACHED_END for branch in found)


def test_a_line_that_leaves_through_a_pole_reaches_the_window() -> None:
    race = linear(fatigue=0.2, grievance=1)
    found = equilibrium_diagram(race, "defence", (0.05, 0.5), Window(x=(-50, 50), y=(-50, 50)), values=4)
    assert [branch.outcome for branch in found] == [Outcome.REACHED_BOUND] * 2  # x = 1/(0.2 - k), a pole at 0.2
    assert [kinds(branch) for branch in found] == [[], []]
    np.testing.assert_allclose(found[0].values[-1], 0.18, rtol=1e-12)
    np.testing.assert_allclose(found[1].values[0], 0.22, rtol=1e-12)
    for branch in found:
        np.testing.assert_allclose(branch["x"], 1 / (0.2 - branch.values), rtol=1e-9)
        assert (branch.is_stable == (branch.values < 0.2)).all()


def test_an_island_is_closed() -> None:
    found = equilibrium_diagram(Model.from_equations({"x": "m**2 + x**2 - 1"}, {"m": 0}), "m", (-2, 2), Window(x=(-2, 2)), values=4)
    assert [branch.outcome for branch in found] == [Outcome.CLOSED]
    np.testing.assert_allclose(sorted(point.value for point in found[0].points), [-1, 1], rtol=1e-13)
    np.testing.assert_allclose(np.hypot(found[0].values, found[0]["x"]), 1, rtol=1e-10)


def test_fixed_points_of_a_map_have_multipliers() -> None:
    logistic = Model.from_equations({"x": "r*x*(1 - x)"}, {"r": 2.5}, kind="map")
    found = equilibrium_diagram(logistic, "r", (1.5, 3.9), Window(x=(0.1, 1)), values=4)
    assert [kinds(branch) for branch in found] == [["period doubling"]]  # which is not a fold
    assert found[0].points[0].value == pytest.approx(3, rel=1e-12)
    np.testing.assert_allclose(found[0]["x"], 1 - 1 / found[0].values, rtol=1e-10)
    np.testing.assert_allclose(found[0].eigenvalues[:, 0], 2 - found[0].values, rtol=1e-9)
    assert (found[0].is_stable == (found[0].values < 3)).all()


def test_a_hopf_point_changes_stability_and_is_named() -> None:
    oscillator = Model.from_equations({"x": "m*x - y - x**3", "y": "x + m*y - y**3"}, {"m": 0.1})
    found = equilibrium_diagram(oscillator, "m", (-0.5, 0.5), Window(x=(-0.4, 0.4), y=(-0.4, 0.4)), values=4)
    assert kinds(found[0]) == ["hopf"]
    assert (found[0].is_stable == (found[0].values < 0)).all()


@settings(max_examples=3)  # each is a sweep
@given(arms=st.floats(1e-4, 1e4), pace=st.floats(0.01, 100))
def test_folds_do_not_depend_on_units(arms: float, pace: float) -> None:
    terms = {"defence": 0.45 / pace, "fatigue": 1 / pace, "grievance": 0.5 * arms / pace, "threshold": 4 * arms, "strain": 0.04 / arms}
    model = security_dilemma(**terms)
    found = equilibrium_diagram(model, "balance", (-0.3, 0.3), Window(x=(0, 60 * arms), y=(0, 60 * arms)), values=2)
    np.testing.assert_allclose([point.value for point in found[0].points], [0.109752115988938, -0.150475309989545], rtol=1e-8)


def test_two_folds_close_together_are_both_found() -> None:
    close = Model.from_equations({"x": "m + 1e-5*x - x**3"}, {"m": 0})  # 4.9e-8 apart in the parameter
    found = equilibrium_diagram(close, "m", (-1, 1), Window(x=(-2, 2)), values=4)
    value = 2 * (1e-5 / 3) ** 1.5
    np.testing.assert_allclose([point.value for branch in found for point in branch.points], [value, -value], rtol=1e-6)


def test_a_concept_moves_as_one_and_is_refused_where_members_differ() -> None:
    moved = equilibrium_diagram(security_dilemma(), "alarm", (2.5, 3.5), ARMS, values=1)
    assert {branch.parameter for branch in moved} == {"alarm"}
    with pytest.raises(InvalidInputError, match="alarm_x = 2"):
        equilibrium_diagram(security_dilemma(alarm_x=2), "alarm", (2.5, 3.5), ARMS)


@pytest.mark.parametrize(
    ("parameter", "span", "window", "error"),
    [
        ("balanse", (0, 1), ARMS, UnknownNameError),
        ("balance", (1, 0), ARMS, InvalidInputError),
        ("balance", (0, np.nan), ARMS, InvalidInputError),
        ("distinguishability", (0, 2), ARMS, OutOfBoundsError),
        ("balance", (0, 1), Window(x=(0, 60), y=3.0), InvalidInputError),
        ("balance", (0, 1), Window(x=(0, 60)), InvalidInputError),
    ],
)
def test_bad_input_is_refused(parameter: str, span: tuple[float, float], window: Window, error: type[Exception]) -> None:
    with pytest.raises(error):
        equilibrium_diagram(security_dilemma(), parameter, span, window)


def test_time_in_the_rates_is_refused() -> None:
    with pytest.raises(NotAutonomousError):
        equilibrium_diagram(Model.from_equations({"x": "a*t - x"}, {"a": 1}), "a", (0, 1), Window(x=(0, 1)))


def test_columns_hold_every_equilibrium() -> None:
    found = equilibrium_diagram(linear(fatigue=0.2, grievance=1), "defence", (0.05, 0.5), Window(x=(-50, 50), y=(-50, 50)), values=4)
    table = found.to_table()
    assert list(table) == ["branch", "defence", "x", "y", "is_stable", "eigenvalue_1", "eigenvalue_2"]
    assert len(table["x"]) == sum(len(branch) for branch in found)
    assert table["branch"][-1] == 1
    assert "REACHED_BOUND" in repr(found)
    with pytest.raises(UnknownNameError, match="defence"):
        _ = found[0]["defense"]
