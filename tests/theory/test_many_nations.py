"""M-matrix theory in use: dyads that destabilise, comparative statics, groups that run away, blocs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson import errors
from richardson.models import linear, nations, security_dilemma
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.symbolic.conditions import spiral_number_of
from richardson.symbolic.model import Model
from richardson.theory.blocs import blocs, with_alignment
from richardson.theory.dyads import destabilising_dyads
from richardson.theory.groups import unstable_groups
from richardson.theory.statics import comparative_statics

NAMES = ("a", "b", "c", "d")
STEP = 1e-6  # central differences of R: error h² R''' ~ 1e-12, rounding ~ 1e-10


def race(seed: int, scale: float = 0.25, count: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Reactions and fatigues of a race."""
    rng = np.random.default_rng(seed)
    return rng.uniform(0.01, scale, (count, count)) * ~np.eye(count, dtype=bool), rng.uniform(0.8, 1.2, count)


@settings(max_examples=20)  # each compiles nothing, but builds a model
@given(seed=st.integers(0, 2**32 - 1))
def test_the_slopes_are_the_differences_of_the_spiral_number(seed: int) -> None:
    defence, fatigue = race(seed)
    found = destabilising_dyads(nations(NAMES, defence=defence, fatigue=fatigue))
    for reacting, rival, slope in zip(found.reacting, found.rivals, found.slopes, strict=True):
        i, j = NAMES.index(reacting), NAMES.index(rival)
        bump = np.zeros((4, 4))
        bump[i, j] = STEP
        above, below = (spiral_number_of(defence + sign * bump - np.diag(fatigue)) for sign in (1, -1))
        assert slope == pytest.approx((above - below) / (2 * STEP), rel=1e-6)


@settings(max_examples=20)  # each compiles nothing, but builds a model
@given(seed=st.integers(0, 2**32 - 1))
def test_the_shares_of_all_dyads_add_up_to_one(seed: int) -> None:
    """Euler: R is homogeneous of degree one in P."""
    defence, fatigue = race(seed)
    found = destabilising_dyads(nations(NAMES, defence=defence, fatigue=fatigue))
    assert found.shares.sum() == pytest.approx(1, rel=1e-12)
    assert (np.diff(found.slopes) <= 0).all()


def test_two_nations_have_the_slopes_of_the_square_root() -> None:
    """R = √(kl/(ab)): ∂R/∂k = R/(2k)."""
    found = destabilising_dyads(linear(defence_x=0.4, defence_y=0.9))
    assert found.to_table()["reacting"] == ["x", "y"]
    np.testing.assert_allclose(found.slopes, [0.6 / (2 * 0.4), 0.6 / (2 * 0.9)], rtol=1e-12)


def test_fear_that_follows_is_ranked_as_fear_that_is_instant() -> None:
    window = Window(**dict.fromkeys(("x", "y"), (0, 2)))
    instant, slow = security_dilemma(alarm_x=2.0), security_dilemma(alarm_x=2.0, fear="state")
    rest = equilibria(instant, window)[0]
    delayed = [*rest.state, rest["y"], rest["x"]]
    np.testing.assert_allclose(destabilising_dyads(slow, delayed).slopes, destabilising_dyads(instant, rest).slopes, rtol=1e-6)


def test_a_ranking_away_from_an_equilibrium_is_refused() -> None:
    with pytest.raises(errors.InvalidInputError, match="at="):
        destabilising_dyads(security_dilemma())
    with pytest.raises(errors.InvalidInputError, match="not at rest"):
        destabilising_dyads(security_dilemma(), {"x": 2, "y": 2})


@pytest.mark.slow
@settings(max_examples=20)  # each compiles nothing, but builds a model
@given(seed=st.integers(0, 2**32 - 1))
def test_neither_the_units_of_each_nations_arms_nor_their_order_change_the_shares(seed: int) -> None:
    defence, fatigue = race(seed)
    rng = np.random.default_rng(seed)
    order, units = rng.permutation(4), 10.0 ** rng.uniform(-6, 6, 4)
    other = nations(
        tuple(NAMES[place] for place in order), fatigue=fatigue[order], defence=(defence * units[:, None] / units)[order][:, order]
    )
    shares = [
        dict(zip(zip(one.reacting, one.rivals, strict=True), one.shares, strict=True))
        for one in (destabilising_dyads(nations(NAMES, defence=defence, fatigue=fatigue)), destabilising_dyads(other))
    ]
    assert shares[1] == pytest.approx(shares[0], rel=1e-9)


def test_reactions_outside_the_leading_bloc_have_no_share() -> None:
    """x and y race, z and u look on: nobody in the bloc answers them."""
    table = np.array([[0, 0.5, 0, 0], [0.6, 0, 0, 0], [0.1, 0.2, 0, 0.3], [0, 0, 0.2, 0]])
    found = destabilising_dyads(nations(NAMES, defence=table))
    assert found.spiral_number == pytest.approx(np.sqrt(0.3))
    assert {i for i, slope in zip(found.reacting, found.slopes, strict=True) if slope == 0} == {"c", "d"}


def test_a_reaction_over_a_fatigue_that_overflows_is_refused() -> None:
    with pytest.raises(errors.InvalidInputError, match="overflows"):
        destabilising_dyads(nations(NAMES, defence=1e300, fatigue=1e-300))


def test_two_blocs_alike_that_do_not_meet_have_no_ranking() -> None:
    apart = {("a", "b"): 0.5, ("b", "a"): 0.5, ("c", "d"): 0.5, ("d", "c"): 0.5}
    with pytest.raises(errors.ComputationError, match="two blocs"):
        destabilising_dyads(nations(NAMES, defence=0).with_values(defence=apart))


def test_a_race_without_a_circle_has_no_ranking() -> None:
    with pytest.raises(errors.InvalidInputError, match="R = 0"):
        destabilising_dyads(linear(defence_y=0))


def test_friends_who_disarm_have_no_spiral_number_to_rank_by() -> None:
    with pytest.raises(errors.InvalidInputError, match="undefined"):
        destabilising_dyads(linear(defence_y=-0.1))


@settings(max_examples=20)  # each compiles nothing, but builds a model
@given(seed=st.integers(0, 2**32 - 1))
def test_a_grievance_never_lowers_anybodys_arms_in_a_cooperative_race(seed: int) -> None:
    defence, fatigue = race(seed)
    found = comparative_statics(nations(NAMES, defence=defence, fatigue=fatigue))
    assert found.is_cooperative
    assert (found.signs == 1).all()
    np.testing.assert_allclose(found.effects, np.linalg.inv(np.diag(fatigue) - defence), rtol=1e-10)


def test_a_nation_that_nobody_answers_moves_nobody() -> None:
    found = comparative_statics(linear(defence_x=0.5, defence_y=0))
    np.testing.assert_array_equal(found.signs, [[1, 1], [0, 1]])


def test_a_nation_that_gives_way_lowers_its_arms_when_its_rival_is_pushed() -> None:
    found = comparative_statics(linear(defence_x=0.5, defence_y=-0.5))
    assert (found.is_cooperative, found.signs[1, 0], found.to_table()["effect"][1]) == (False, -1, pytest.approx(-0.4))


def test_a_race_that_runs_away_has_no_comparative_statics() -> None:
    with pytest.raises(errors.NotStableError, match="real part"):
        comparative_statics(linear(defence=2))


def test_three_nations_are_stable_in_pairs_and_unstable_together() -> None:
    """k = .12, a = .2: each pair −.08, the triple +.04."""
    found = unstable_groups(nations(3, defence=0.12, fatigue=0.2))
    assert found.groups == (("x", "y", "z"),)
    assert found.growth.tolist() == pytest.approx([0.04], abs=1e-15)
    assert unstable_groups(nations(3, defence=0.12, fatigue=0.2), largest=2).groups == ()


def test_the_groups_of_two_nations_are_looked_at_without_a_word() -> None:
    assert unstable_groups(linear(defence=2)).groups == (("x", "y"),)


def test_a_triple_on_the_border_is_undecided() -> None:
    found = unstable_groups(nations(3, defence=0.1, fatigue=0.2))
    assert (found.groups, found.undecided) == ((), (("x", "y", "z"),))


def test_a_group_that_holds_an_unstable_pair_is_not_listed() -> None:
    found = unstable_groups(nations(3, defence=0.05, fatigue=0.2, defence_x_y=1, defence_y_x=1))
    assert found.groups == (("x", "y"),)


def ring_of_fear(fear: str) -> tuple[Model, np.ndarray]:
    """Three who fear one another in a ring and are reassured by their own arms: calm at once, swinging where fear takes its time."""
    values = {"exposure": 0, "alarm": 0, "strain": 0, "grievance": 0, "distinguishability": 0, "defence": 1, "fatigue": 1}
    model = security_dilemma(3, fear=fear, balance=float(np.log(100)), reassurance=100, **values)
    ring = model.with_values(exposure={("x", "y"): 1, ("y", "z"): 1, ("z", "x"): 1})
    return ring.with_values(fear_time=1) if fear == "state" else ring, np.zeros(len(model.states))


@pytest.mark.slow
def test_fear_that_takes_its_time_may_drive_a_group_away_that_instant_fear_leaves_calm() -> None:
    """With w = 100, ρ = 100, a = k = τ = 1: (λ + 1)² = 100 (e^(2πi/3) − 1), so Re λ = 2.40625."""
    model, rest = ring_of_fear("state")
    found = unstable_groups(model, rest)
    assert found.groups == (("x", "y", "z"),)
    assert found.growth.tolist() == pytest.approx([-1 + np.sqrt(100 * (np.exp(2j * np.pi / 3) - 1)).real], rel=1e-9)
    assert unstable_groups(*ring_of_fear("instant")).groups == ()


def test_a_rest_that_fear_in_its_time_destroys_has_no_comparative_statics() -> None:
    with pytest.raises(errors.NotStableError, match=r"2\.40625"):
        comparative_statics(*ring_of_fear("state"))
    assert (comparative_statics(*ring_of_fear("instant")).signs == 1).all()


def test_every_triple_of_many_nations_is_looked_at() -> None:
    found = unstable_groups(nations(9, defence=0.12, fatigue=0.2))
    assert (len(found), found.counts, found.sizes) == (84, {1: 9, 2: 36, 3: 84}, {1: 0, 2: 0, 3: 84})


def test_more_groups_than_can_be_looked_at_are_refused() -> None:
    with pytest.raises(errors.InvalidInputError, match="from 1 to 9"):
        unstable_groups(nations(9), largest=10)
    with pytest.raises(errors.InvalidInputError, match="from 1 to 9"):
        unstable_groups(nations(9), largest=2.0)  # type: ignore[arg-type] # wrong on purpose
    with pytest.raises(errors.InvalidInputError, match="Lower largest"):
        unstable_groups(nations(30), largest=9)


def test_balanced_alignments_fall_into_their_two_factions() -> None:
    side = np.array([1, 1, -1, 1])
    found = blocs(np.outer(side, side) - np.eye(4), NAMES)
    assert found.factions == (("a", "b", "d"), ("c",))
    assert found.blocs == (("a", "b", "d"), ("c",))
    assert found.frustration == 0.0


@pytest.mark.parametrize("order", [("a", "b", "c", "d"), ("c", "a", "d", "b"), ("d", "c", "b", "a")])
def test_of_two_factions_as_large_that_of_the_first_nation_comes_first(order: tuple[str, ...]) -> None:
    side = {"a": 1, "b": 1, "c": -1, "d": -1}
    table = [[0 if i == j else side[i] * side[j] for j in order] for i in order]
    assert order[0] in blocs(table, order).factions[0]


def test_a_triangle_of_enemies_has_no_factions_and_one_of_friends_and_an_enemy_is_frustrated() -> None:
    enemies = blocs(np.eye(3) - np.ones((3, 3)), ("x", "y", "z"))
    assert (enemies.factions, enemies.unaligned, len(enemies.blocs)) == (((), ()), ("x", "y", "z"), 3)
    torn = blocs({("x", "y"): 1, ("y", "z"): 1, ("x", "z"): -0.2}, ("x", "y", "z"))
    assert torn.blocs == (("x", "y", "z"),)
    assert torn.frustration == pytest.approx(0.2 / 2.2)


@pytest.mark.parametrize("entry", [1.1, -2, float("nan"), "ally"])
def test_an_alignment_outside_its_range_is_refused(entry: object) -> None:
    with pytest.raises(errors.OutOfBoundsError, match=r"\[-1, 1\].*enemies"):
        blocs({("x", "y"): entry}, ("x", "y"))


def test_alignments_that_differ_both_ways_are_refused() -> None:
    with pytest.raises(errors.InvalidInputError, match="both ways"):
        blocs([[0, 0.5], [0.4, 0]], ("x", "y"))


@pytest.mark.parametrize("table", [[[0, np.nan], [np.nan, 0]], [[0, np.nan], [0.5, 0]], [[0, 0.5], [np.nan, 0]]])
def test_an_alignment_that_is_missing_is_refused_by_its_pair(table: object) -> None:
    with pytest.raises(errors.OutOfBoundsError, match="x to y must be a finite number"):
        blocs(table, ("x", "y"))


@pytest.mark.parametrize("names", [("x",), ("x", "x"), None, "xy", 2])
def test_alignments_of_no_two_nations_are_refused(names: object) -> None:
    with pytest.raises(errors.InvalidInputError):
        blocs([[0.0]], names)  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.parametrize("names", [NAMES, tuple("abcdefgh")])
def test_allies_are_not_feared_and_enemies_in_full(names: tuple[str, ...]) -> None:
    model = with_alignment(nations(names, defence=0.4), {("a", "b"): 1, ("a", "c"): -1})
    known = dict(zip(model.parameter_names, model.numbers, strict=True))
    assert [known[f"defence_{pair}"] for pair in ("a_b", "b_a", "a_c", "c_a", "a_d")] == [0, 0, 0.4, 0.4, 0.2]


def test_alignment_of_a_model_without_reactions_to_each_nation_is_refused() -> None:
    with pytest.raises(errors.InvalidInputError, match="defence_i_j"):
        with_alignment(security_dilemma(), {("x", "y"): 1})
