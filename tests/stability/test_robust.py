"""Stability proved over boxes of parameters: against closed forms, eigenvalues at random points, and the folds of the flagship."""

import numpy as np
import pytest

from richardson.errors import InvalidInputError, NotAutonomousError, OutOfBoundsError, UnknownNameError
from richardson.models import collective_security, linear, nations, saperstein, security_dilemma
from richardson.stability.equilibria import equilibria
from richardson.stability.robust import is_stable_for_all
from richardson.stability.window import Window
from richardson.symbolic.model import Model

SQUARE = Window(x=(0, 60), y=(0, 60))


def test_the_linear_race_is_stable_exactly_while_fatigue_outweighs_defence() -> None:
    """Stable iff D = ab − kl > 0 (MODELS.md section 1): on this box D ≥ 1 − 0.99²."""
    proof = is_stable_for_all(linear(), {"defence": (0, 0.99), "fatigue": (1, 2)})
    assert proof
    assert (proof.stable_share, proof.unstable, proof.undecided) == (pytest.approx(1), (), ())


def test_parts_that_fail_are_returned_and_lie_where_the_determinant_is_negative() -> None:
    box = {"defence_x": (0.0, 2.0), "defence_y": (0.1, 2.0)}
    proof = is_stable_for_all(linear(), box)
    assert proof.is_stable is False
    assert not proof
    assert all(part["defence_x"][0] * part["defence_y"][0] >= 1 - 1e-12 for part in proof.unstable)
    assert all(part["defence_x"][0] * part["defence_y"][0] < 1.05 for part in proof.undecided)  # products of balls are wide
    assert all(part["defence_x"][1] * part["defence_y"][1] > 0.95 for part in proof.undecided)
    below = (2 * (0.5 - 0.1) + np.log(2 / 0.5)) / 3.8  # area where kl < 1: all k for l < 1/2, then k < 1/l
    assert below - 0.03 < proof.stable_share <= below


@pytest.mark.parametrize("count", [3, 6, 7, 12])
def test_many_alike_nations_are_stable_exactly_while_fatigue_outweighs_all_their_defence(count: int) -> None:
    """λ = (N − 1)k − a (MODELS.md section 1), whether the race is written out (to six) or compiled as loops (from seven)."""
    worst = 0.9 / (count - 1)  # the least fatigue against the greatest defence
    proof = is_stable_for_all(nations(count), {"defence": (0.0, worst * (1 - 1e-9)), "fatigue": (0.9, 1.1)})
    assert proof.is_stable is True
    assert proof.stable_share == pytest.approx(1.0)
    across = is_stable_for_all(nations(count), {"defence": (0.0, 2 * worst)})
    assert across.is_stable is False
    border = 1 / (count - 1)  # fatigue 1
    assert all(part["defence"][0] >= border * (1 - 1e-12) for part in across.unstable)
    assert all(low <= border <= high for low, high in (part["defence"] for part in across.undecided))


def test_every_pair_is_stable_and_the_triple_is_not_all_over_a_box() -> None:
    """k < a < 2k (MODELS.md section 1)."""
    box = {"defence": (0.11, 0.19), "fatigue": (0.2, 0.21)}
    assert is_stable_for_all(nations(2), box)
    assert is_stable_for_all(nations(3), box).stable_share == 0.0
    assert is_stable_for_all(nations(3), box).is_stable is False


@pytest.mark.parametrize("count", [5, 8])
def test_stability_over_a_box_is_that_of_eigenvalues_at_random_points(count: int) -> None:
    """Reactions of both signs and of one pair alone; numpy's eigenvalues of the matrix written down here."""
    rng = np.random.default_rng(count)
    defence = rng.uniform(-0.3, 0.3, (count, count)) * (1 - np.eye(count)) * 2 / count
    model = nations(tuple("abcdefgh"[:count]), defence=defence)
    proof = is_stable_for_all(model, {"defence_a_b": (-3.0, 8.0), "defence_b_a": (0.5, 3.0)})
    parts = [*proof.unstable, *proof.undecided]
    for k, back in rng.uniform((-3.0, 0.5), (8.0, 3.0), (300, 2)):
        matrix = defence - np.eye(count)
        matrix[0, 1], matrix[1, 0] = k, back
        inside = [part for part in parts if all(low <= one <= high for one, (low, high) in zip((k, back), part.values(), strict=True))]
        if not inside:
            assert np.linalg.eigvals(matrix).real.max() < 0
        elif inside[0] in proof.unstable:
            assert np.linalg.eigvals(matrix).real.max() >= 0
    assert 0.05 < proof.stable_share < 0.95


def test_commitment_to_a_pact_of_many_is_proved_to_calm_them_from_where_the_closed_form_says() -> None:
    """k[(N − 1)(1 − κ) + κ] = a at κ = ((N − 1)k − a)/((N − 2)k)."""
    calm = (8 * 0.05 - 0.2) / (7 * 0.05)
    pact = collective_security(9, defence=0.05, fatigue=0.2)
    assert is_stable_for_all(pact, {"commitment": (calm + 1e-9, 1.0)})
    assert is_stable_for_all(pact, {"commitment": (0.0, calm - 1e-9)}).stable_share == 0.0


def test_a_pole_in_the_box_leaves_it_undecided() -> None:
    race = Model.from_equations({"x": "-x/k", "y": "-y"}, {"k": 1.0})
    assert is_stable_for_all(race, {"k": (-1.0, 1.0)}).is_stable is False
    assert is_stable_for_all(race, {"k": (0.0, 1.0)}).is_stable is None


def test_detente_and_cold_war_are_proved_stable_on_either_side_of_the_folds() -> None:
    """MODELS.md section 2: below β = −0.150475 only détente is left; détente's own window up to β = 0.08 holds nothing unstable."""
    assert is_stable_for_all(security_dilemma(), {"balance": (-0.5, -0.2)}, window=SQUARE)
    calm = Window(x=(0, 1.4), y=(0, 1.4))
    assert is_stable_for_all(security_dilemma(), {"balance": (0.0, 0.08)}, window=calm)


@pytest.mark.slow
def test_across_the_fold_the_unstable_parts_lie_above_it() -> None:
    proof = is_stable_for_all(security_dilemma(), {"balance": (-0.2, -0.1)}, window=SQUARE)
    assert proof.is_stable is False
    assert min(part["balance"][0] for part in proof.unstable) > -0.150475309989545
    touching = [part["balance"] for part in proof.undecided]
    assert any(low <= -0.150475309989545 <= high for low, high in touching)
    for low, high in (part["balance"] for part in proof.unstable[:5]):
        kinds = [one.is_stable for one in equilibria(security_dilemma(balance=0.5 * (low + high)), SQUARE)]
        assert False in kinds


def test_of_a_map_all_multipliers_stay_within_the_circle() -> None:
    """Saperstein's fixed point has multipliers ±(2 − 4a): stable from a = 1/4 to 3/4."""
    window = Window(x=(0.1, 1), y=(0.1, 1))
    assert is_stable_for_all(saperstein(), {"reaction": (0.45, 0.7)}, window=window)
    assert is_stable_for_all(saperstein(), {"reaction": (0.76, 0.8)}, window=window, budget=40).is_stable is False


def test_a_spent_budget_decides_nothing_it_has_not_seen() -> None:
    proof = is_stable_for_all(linear(), {"defence": (0.5, 1.5)}, budget=1)
    assert proof.is_stable is None
    assert proof.undecided == ({"defence": (0.5, 1.0)}, {"defence": (1.0, 1.5)})
    assert proof.to_table()["verdict"] == ["undecided", "undecided"]
    assert "undecided" in repr(proof)


def test_bad_questions_are_refused_with_what_to_do() -> None:
    with pytest.raises(InvalidInputError, match="Say where they lie"):
        is_stable_for_all(security_dilemma(), {"balance": (0, 1)})
    with pytest.raises(UnknownNameError, match="Did you mean 'balance'"):
        is_stable_for_all(security_dilemma(), {"balanse": (0, 1)}, window=SQUARE)
    with pytest.raises(OutOfBoundsError, match="distinguishability"):
        is_stable_for_all(security_dilemma(), {"distinguishability": (0, 2)}, window=SQUARE)
    with pytest.raises(InvalidInputError, match="low < high"):
        is_stable_for_all(linear(), {"defence": (1, 1)})
    with pytest.raises(InvalidInputError, match="two ranges"):
        is_stable_for_all(linear(), {"defence": (0, 1), "defence_x": (0, 1)})
    with pytest.raises(InvalidInputError, match="gives each of its parameters a range"):
        is_stable_for_all(linear(), {})
    with pytest.raises(InvalidInputError, match="number of parts"):
        is_stable_for_all(linear(), {"defence": (0, 1)}, budget=0)
    with pytest.raises(UnknownNameError, match="Did you mean 'defence'"):
        is_stable_for_all(nations(7), {"defense": (0, 1)})
    with pytest.raises(InvalidInputError, match="Leave the window out"):
        is_stable_for_all(nations(7), {"defence": (0, 1)}, window=Window(**{f"n{i}": (0, 1) for i in range(1, 8)}))
    with pytest.raises(InvalidInputError, match="two ranges"):
        is_stable_for_all(nations(7), {"defence": (0, 1), "defence_n1_n2": (0, 1)})
    with pytest.raises(OutOfBoundsError, match="commitment"):
        is_stable_for_all(collective_security(7), {"commitment": (0, 2)})
    with pytest.raises(NotAutonomousError):
        is_stable_for_all(Model.from_equations({"x": "k*t - x"}, {"k": 1}), {"k": (0, 1)})
    with pytest.raises(InvalidInputError, match="more than 6 states"):
        is_stable_for_all(security_dilemma(4, fear="state"), {"balance": (0, 1)}, window=SQUARE)


def test_a_range_of_exponents_is_not_taken_to_exclude_the_whole_one_in_it() -> None:
    """At p = 2 alone 4 − x^p has a second zero, −2, which is unstable."""
    proof = is_stable_for_all(Model.from_equations({"x": "4 - x**p"}, {"p": 1.9}), {"p": (1.5, 2.5)}, window=Window(x=(-2.5, 3)))
    assert proof.is_stable is None
    assert any(part["p"][0] <= 2 <= part["p"][1] for part in proof.undecided)
