"""Richardson's race as a game: the derivation as symbols, the closed forms, and what scipy finds by itself."""

from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize, minimize_scalar

from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError, NotAutonomousError, NotStableError, OutOfBoundsError, UnknownNameError
from richardson.models import linear, nations, rivalry, saperstein, security_dilemma
from richardson.theory.game import PrisonersDilemma, prisoners_dilemma
from richardson.theory.security_game import security_game

PUBLISHED = {"defence": 0.1, "fatigue": 0.2, "grievance": 10}
shares = st.floats(0.05, 0.95)


def costs(game: PrisonersDilemma, arms: FloatArray) -> FloatArray:
    """Costs as the docstring states them."""
    return 0.5 * game.cost * arms**2 + 0.5 * game.concern * (game.ratio @ arms + game.need - arms) ** 2


@pytest.mark.parametrize("count", [2, 3, 6])
def test_gradient_play_is_exactly_richardsons_race(count: int) -> None:
    assert security_game(count).remainders == (0,) * count


def test_a_wrong_coefficient_leaves_a_remainder() -> None:
    game = security_game()
    wrong = {**game.coefficients, sympy.Symbol("fatigue_x", real=True): sympy.Symbol("v_x", real=True)}
    assert sympy.expand(game.play[0] - game.richardson[0].xreplace(wrong)) == -sympy.Symbol("c_x", real=True) * sympy.Symbol("x", real=True)


def test_the_derivation_is_written_in_letters() -> None:
    text = security_game(("x", "y")).to_latex()
    assert (
        r"-\frac{\partial C_{x}}{\partial x} &= - c_{x} x + v_{x} \left(b_{x y} y - x + z_{x}\right) = k_{x y} y - a_{x} x + g_{x}" in text
    )
    assert r"k_{x y} &= b_{x y} v_{x}" in text


@pytest.mark.parametrize(("concern", "joint", "price"), [(0.10, 0.0, 2.0), (0.15, 50.0, 4 / 3), (0.19, 90.0, 1.0 / 0.95)])
def test_the_same_race_has_another_game_for_every_concern(concern: float, joint: float, price: float) -> None:
    game = prisoners_dilemma(linear(**PUBLISHED), concern)
    np.testing.assert_allclose(game.nash, 100.0, rtol=1e-12)
    np.testing.assert_allclose(game.joint_optimum, joint, rtol=1e-12, atol=1e-12)
    assert game.price_of_anarchy == pytest.approx(price, rel=1e-12)
    assert game.is_prisoners_dilemma


def test_the_coefficients_of_the_race_come_back_from_the_game() -> None:
    race = nations(3, defence_x_y=0.3, fatigue_y=2.0, grievance_z=4.0)
    game = prisoners_dilemma(race, {"x": 0.2, "y": 1.5, "z": 0.4})
    values = dict(zip(race.state_names, range(3), strict=True))
    for i, j in product(values, values):
        if i != j:
            found = game.concern[values[i]] * game.ratio[values[i], values[j]]
            assert found == pytest.approx(race.values[f"defence_{i}_{j}"], rel=1e-14)
    np.testing.assert_allclose(game.cost + game.concern, [race.values[f"fatigue_{i}"] for i in values], rtol=1e-14)
    np.testing.assert_allclose(game.concern * game.need, [race.values[f"grievance_{i}"] for i in values], rtol=1e-14)


def random_game(seed: int, count: int) -> PrisonersDilemma:
    """A stable race of some nations, with concerns, drawn."""
    rng = np.random.default_rng(seed)
    names = [f"n{i}" for i in range(count)]
    values = {f"defence_{i}_{j}": rng.uniform(0, 0.9 / (count - 1)) for i in names for j in names if i != j}
    values |= {f"fatigue_{i}": rng.uniform(1, 2) for i in names} | {f"grievance_{i}": rng.uniform(0, 5) for i in names}
    return prisoners_dilemma(nations(names, **values), rng.uniform(0.05, 0.95, count))


@pytest.mark.parametrize(("seed", "count"), [(1, 2), (2, 3), (3, 4), (4, 5)])
def test_no_nation_gains_alone_at_the_nash_equilibrium(seed: int, count: int) -> None:
    game = random_game(seed, count)
    for i in range(count):

        def alone(own: float, nation: int = i) -> float:
            return float(costs(game, np.where(np.arange(count) == nation, own, game.nash))[nation])

        best = minimize_scalar(alone, bounds=(0, 10 * game.nash.max()), method="bounded", options={"xatol": 1e-12})
        assert best.x == pytest.approx(game.nash[i], rel=1e-6)  # a minimum is known to half of the digits


@pytest.mark.parametrize(("seed", "count"), [(1, 2), (2, 3), (3, 4), (4, 5), (5, 5)])
def test_the_joint_optimum_is_the_minimum_that_scipy_finds(seed: int, count: int) -> None:
    game = random_game(seed, count)
    options = {"ftol": 1e-15, "gtol": 1e-10}
    found = minimize(lambda arms: costs(game, arms).sum(), game.nash, bounds=[(0, None)] * count, method="L-BFGS-B", options=options)
    np.testing.assert_allclose(game.joint_optimum, found.x, atol=1e-5)
    assert game.joint_costs.sum() <= found.fun * (1 + 1e-12)
    assert game.price_of_anarchy is not None and game.price_of_anarchy >= 1


def test_the_margins_of_the_symmetric_dilemma_are_squares() -> None:
    # exact arithmetic in the field of rational functions; r = k/a, e = Nash − cooperation, within the bounds
    _, c, v, b, z = sympy.polys.fields.field("c,v,b,z", sympy.QQ)
    a, r = c + v, v * b / (c + v)
    nash, together = v * z / (c + v - v * b), v * (1 - b) * z / (c + v * (1 - b) ** 2)
    alone, e = (v * b * together + v * z) / a, nash - together

    def paid(own: Any, other: Any) -> Any:
        return (c * own**2 + v * (b * other + z - own) ** 2) / 2

    reward, punishment = -paid(together, together), -paid(alone, alone)
    temptation, sucker = -paid(alone, together), -paid(together, alone)
    square = (1 - r) ** 2 * e**2 / 2
    assert temptation - reward == a * square
    assert reward - punishment == (c + v * (1 - b) ** 2) * square
    assert punishment - sucker == a * (1 + 2 * r) * square
    assert 2 * reward - temptation - sucker == (a + v * b**2) * square
    assert -paid(nash, together) - reward == a * (1 - 2 * r) * e**2 / 2


@settings(max_examples=60, deadline=None)
@given(reaction=shares, concern=shares, grievance=st.floats(0.1, 100))
def test_a_symmetric_pair_that_fears_is_always_in_the_dilemma(reaction: float, concern: float, grievance: float) -> None:
    game = prisoners_dilemma(linear(defence=reaction, fatigue=1.0, grievance=grievance), concern)
    assert game.verdict == "prisoner's dilemma"
    assert game.with_nash is not None
    if abs(reaction - 0.5) > 1e-6:  # at one half temptation equals reward
        assert game.with_nash.is_prisoners_dilemma == (reaction < 0.5)


@settings(max_examples=60, deadline=None)
@given(reaction=shares, concern=shares)
def test_a_pair_whose_arms_protect_each_other_plays_chicken_beyond_one_half(reaction: float, concern: float) -> None:
    game = prisoners_dilemma(linear(defence=-reaction, fatigue=1.0, grievance=1.0), concern).game
    assert game is not None
    if reaction < 0.5 - 1e-6:
        assert game.orders == ("prisoner's dilemma",) * 2
    elif reaction > 0.5 + 1e-6:
        assert game.orders == ("chicken",) * 2
        assert [text.split(" fails")[0] for text in game.failures] == ["punishment > sucker"]


@pytest.mark.parametrize("values", [{"defence": 0.0}, {"grievance": 0.0}])
def test_where_there_is_nothing_to_play_for_no_inequality_holds(values: dict[str, float]) -> None:
    game = prisoners_dilemma(linear(**values), 0.5)
    assert game.game is not None
    assert len(game.game.failures) == 4
    assert game.price_of_anarchy == (1.0 if "defence" in values else None)


def test_a_nation_that_wants_nothing_and_fears_nobody_has_no_arms() -> None:
    game = prisoners_dilemma(linear(defence_x=0.0, grievance_x=0.0, fatigue_x=0.3, grievance_y=1 / 3), 0.1)
    assert (game.nash[0], game.joint_optimum[0]) == (0.0, 0.0)


def test_an_unequal_pair_may_have_one_who_loses_by_the_joint_optimum() -> None:
    game = prisoners_dilemma(linear(defence_x=0.1, defence_y=0.8, grievance_x=5.0, grievance_y=0.1), 0.5)
    assert game.joint_costs.sum() < game.nash_costs.sum()
    assert game.joint_costs[0] > game.nash_costs[0]
    assert not game.is_prisoners_dilemma
    assert game.verdict.startswith("not a prisoner's dilemma: reward > punishment fails for x (")


def test_the_verdict_names_the_failing_inequality_and_its_numbers() -> None:
    game = prisoners_dilemma(linear(defence=-0.12, fatigue=0.2, grievance=10), 0.15)
    assert game.verdict == (
        "not a prisoner's dilemma: punishment > sucker fails for x (-34.8259 against -34.5474) and y (-34.8259 against -34.5474)"
    )


def test_three_nations_have_a_price_and_no_game_of_two_by_two() -> None:
    game = prisoners_dilemma(nations(3), 0.5)
    assert (game.game, game.with_nash, game.is_prisoners_dilemma) == (None, None, None)
    assert game.verdict.startswith("undecided")
    # identical: x^C = max(0, v(1 − B)z/(c + v(1 − B)²)), B = (N − 1)b; here b = ½, so B = 1
    np.testing.assert_allclose((game.nash, game.joint_optimum), ([1.0] * 3, [0.0] * 3), atol=1e-12)


def test_forms_of_one_race_play_one_game() -> None:
    pair = prisoners_dilemma(linear(defence=0.3, fatigue=1.3, grievance=2), 0.4)
    for race in (rivalry(defence=0.3, fatigue=1.0, grievance=2), nations(2, defence=0.3, fatigue=1.3, grievance=2)):
        game = prisoners_dilemma(race, 0.4)
        np.testing.assert_allclose(game.joint_optimum, pair.joint_optimum, rtol=1e-14)
        assert game.price_of_anarchy == pytest.approx(pair.price_of_anarchy, rel=1e-14)
    fearful = security_dilemma(alarm=0, strain=0, defence=0.3, fatigue=1.3, grievance=2)
    np.testing.assert_allclose(prisoners_dilemma(fearful, 0.4).nash, pair.nash, rtol=1e-14)


def test_a_concern_may_be_given_by_name_or_in_order() -> None:
    by_name, in_order = (prisoners_dilemma(linear(), concern) for concern in ({"y": 0.2, "x": 0.6}, [0.6, 0.2]))
    assert by_name.concern.tolist() == in_order.concern.tolist() == [0.6, 0.2]


@pytest.mark.parametrize(
    ("race", "error", "match"),
    [
        (security_dilemma(), InvalidInputError, "not linear"),
        (security_dilemma(fear="state", alarm=0, strain=0), InvalidInputError, "arms as the only states"),
        (saperstein(), InvalidInputError, "continuous time"),
        (linear().with_drive(grievance_x="t"), NotAutonomousError, "before with_drive"),
        (linear(defence=2.0), NotStableError, "runs away"),
        (linear(defence=-2.0), NotStableError, "several places"),
        (linear(grievance=-1.0), InvalidInputError, "rests at -2 for x"),
    ],
)
def test_a_race_without_such_a_game_is_refused(race: object, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        prisoners_dilemma(race, 0.5)


@pytest.mark.parametrize("concern", [0.0, -1.0, 1.0, 2.0, float("nan"), [0.5, 1.5]])
def test_a_concern_that_leaves_arms_no_cost_is_refused(concern: object) -> None:
    with pytest.raises(OutOfBoundsError, match="above 0 and below its fatigue"):
        prisoners_dilemma(linear(), concern)


def test_a_concern_of_nobody_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="none is called 'z'"):
        prisoners_dilemma(linear(), {"x": 0.5, "y": 0.5, "z": 0.5})
    with pytest.raises(UnknownNameError, match="every nation; y has none"):
        prisoners_dilemma(linear(), {"x": 0.5})
    with pytest.raises(InvalidInputError, match="one for each of x, y"):
        prisoners_dilemma(linear(), [0.5, 0.5, 0.5])


def test_columns_have_one_row_a_nation() -> None:
    game = prisoners_dilemma(linear(**PUBLISHED), 0.15)
    table = game.to_table()
    assert table["nation"] == ["x", "y"] and table["joint_optimum"] == pytest.approx([50.0, 50.0])
    assert game.game is not None and game.game.to_table()["order"] == ["prisoner's dilemma"] * 2
    assert repr(game) == "<game of x, y: alone 100, 100; together 50, 50; price of anarchy 1.33333; prisoner's dilemma>"


@pytest.mark.parametrize("grievance", [1e160, 1e-170])
def test_arms_whose_squares_are_no_numbers_are_refused(grievance: float) -> None:
    with pytest.raises(OutOfBoundsError, match="another unit"):
        prisoners_dilemma(linear(defence=0.1, fatigue=0.2, grievance=grievance), 0.15)


def test_a_game_is_read_off_a_model() -> None:
    with pytest.raises(InvalidInputError, match="read off a model"):
        prisoners_dilemma("linear", 0.1)  # type: ignore[arg-type]
