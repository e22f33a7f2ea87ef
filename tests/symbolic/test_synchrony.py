from richardson.models import linear, nations, security_dilemma
from richardson.symbolic.model import Model
from richardson.symbolic.synchrony import has_linear_rates, synchronous_states


def test_identical_nations_move_as_one_with_their_fears() -> None:
    assert synchronous_states(security_dilemma(3, fear="state")) == (0, 0, 0, 3, 3, 3)


def test_a_nation_that_differs_moves_alone() -> None:
    assert synchronous_states(security_dilemma(3, grievance_y=0.6)) == (0, 1, 0)
    assert synchronous_states(security_dilemma(threshold_x=5.0)) == (0, 1)


def test_a_concept_that_varies_as_one_keeps_nations_alike_and_a_member_does_not() -> None:
    assert synchronous_states(linear(), ("defence",)) == (0, 0)
    assert synchronous_states(linear(), ("defence_x",)) == (0, 1)


def test_a_difference_that_needs_two_steps_to_show_is_found() -> None:
    chain = Model.from_equations({"x": "1 - x", "y": "1 - y + 0*x", "u": "x - u", "v": "w - v", "w": "2 - w"})
    assert synchronous_states(chain) == (0, 0, 2, 3, 4)


def test_linearity_is_seen_at_the_values_used() -> None:
    assert has_linear_rates(nations(3))
    assert not has_linear_rates(security_dilemma())
    assert has_linear_rates(security_dilemma(alarm=0, strain=0), ("balance", "distinguishability"))
    assert not has_linear_rates(security_dilemma(alarm=0, strain=0), ("strain",))
