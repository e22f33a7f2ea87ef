"""Robustness of policies over scenarios, against a table computed by hand."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from richardson.errors import InvalidInputError, UnknownNameError
from richardson.landscape import wilson
from richardson.models import linear
from richardson.study.design import Design
from richardson.study.robustness import robustness
from richardson.study.run import run_ensemble
from tests.study.recorded import ByHand, recorded

PRODUCT = Design.grid({"defence": [0.1, 0.2, 0.3]}) * Design.from_table({"grievance_x": [0, 1, 2, 3], "grievance_y": [5, 4, 4, 5]})
COST = np.array([[1.0, 5.0, 2.0, 9.0], [2.0, 2.0, 4.0, 6.0], [9.0, 1.0, 1.0, 1.0]])  # policies × scenarios


def study(cost: Any = COST, is_answer: Any = None) -> ByHand:
    return recorded(PRODUCT, is_answer, cost=np.asarray(cost).ravel())


def tried(**columns: list[float]) -> ByHand:
    """A design that is no product, and a cost of every member."""
    return recorded(Design.from_table(columns), cost=[1.0] * len(columns["defence"]))


def test_regret_is_measured_against_the_best_policy_of_each_scenario() -> None:
    found = robustness(study(), "defence", "cost")
    assert found.policies.ravel().tolist() == [0.2, 0.3, 0.1]  # the largest regrets are 5, 8 and 8; between equals the mean decides
    assert found.regret.tolist() == [[1, 1, 3, 5], [8, 0, 0, 0], [0, 4, 1, 8]]
    assert found.maximum_regret.tolist() == [5, 8, 8]


def test_a_smaller_quantile_ranks_by_the_regret_that_is_seldom_exceeded() -> None:
    found = robustness(study(), "defence", "cost", quantile=0.5)
    assert found.best == {"defence": 0.3}
    assert found.regret_at_quantile[0] == 0.0


def test_satisficing_counts_scenarios_and_has_wilsons_interval() -> None:
    found = robustness(study(), "defence", "cost", satisfies="cost <= 2", rule="satisficing")
    assert found.policies.ravel().tolist() == [0.3, 0.2, 0.1]
    assert found.satisficing.tolist() == [0.75, 0.5, 0.5]
    assert tuple(found.satisficing_interval[0]) == wilson.interval(3, 4, 0.95)


def test_more_may_be_better() -> None:
    found = robustness(study(-COST), "defence", "cost", better="more", rule="mean")
    other = robustness(study(), "defence", "cost", rule="mean")
    assert found.policies.tolist() == other.policies.tolist()
    assert found.regret.tolist() == other.regret.tolist()
    assert found.worst.tolist() == (-other.worst).tolist()
    assert found.standard_deviation.tolist() == other.standard_deviation.tolist()


@given(arrays(np.float64, (3, 4), elements=st.floats(-100, 100, allow_subnormal=False)))
def test_some_policy_has_no_regret_in_each_scenario_and_none_a_negative_one(cost: Any) -> None:
    found = robustness(study(cost), "defence", "cost")
    assert (found.regret >= 0.0).all()
    assert (found.regret.min(axis=0) == 0.0).all()
    assert found.maximum_regret[0] == found.maximum_regret.min()


def test_members_may_come_in_any_order() -> None:
    order = np.random.default_rng(1).permutation(len(PRODUCT))
    shuffled = Design.from_table({name: column[order] for name, column in PRODUCT.to_table().items()})
    found = robustness(recorded(shuffled, cost=COST.ravel()[order]), ["defence"], "cost")
    assert found.values.tolist() == robustness(study(), ["defence"], "cost").values.tolist()


def test_failed_members_are_refused_dropped_with_their_scenarios_or_given_a_number() -> None:
    answers = np.ones(12, dtype=bool)
    answers[3] = False  # policy 0.1 in the last scenario
    cost = np.where(answers, COST.ravel(), np.nan)
    with pytest.raises(InvalidInputError, match="1 of the 12 members have no number to compare .cost; 1 of them failed"):
        robustness(study(cost, answers), "defence", "cost")
    dropped = robustness(study(cost, answers), "defence", "cost", failed="drop")
    assert (dropped.failed, dropped.dropped, dropped.values.shape) == (1, 1, (3, 3))
    given = robustness(study(cost, answers), "defence", "cost", failed=100.0, satisfies="cost < 1000")
    assert given.maximum_regret.max() == 99.0
    assert sorted(given.satisficing.tolist()) == [0.75, 1.0, 1.0]


@pytest.mark.parametrize(
    ("runs", "levers", "options", "words"),
    [
        (
            tried(defence=[0, 0, 1], fatigue=[1, 2, 1]),
            "defence",
            {},
            "defence = 1 lacks 1 of the 2",
        ),
        (tried(defence=[0, 0, 1], fatigue=[1, 1, 1]), "defence", {}, "more than once"),
        (tried(defence=[1, 1], fatigue=[1, 2]), "defence", {}, "Only one policy"),
        (tried(defence=[1, 2]), "defence", {}, "not all"),
        (study(np.full((3, 4), np.nan)), "defence", {}, "12 of the 12 members have no number"),
        (study(), "defence", {"rule": "satisficing"}, "good enough"),
        (study(), "defence", {"better": "higher"}, "'less' or 'more'"),
        (study(), "defence", {"quantile": 0.0}, "quantile"),
        (study(), 5, {}, "levers= is a name"),
        (study(), ["defence", "defence"], {}, "levers= has .defence. twice"),
        (study(), "defence", {"better": ["less"]}, "'less' or 'more'"),
        (study(), "defence", {"failed": np.array([1, 2])}, "'refuse', 'drop'"),
        (study(), "defence", {"failed": True}, "'refuse', 'drop'"),
        (7, "defence", {}, "what a study recorded"),
    ],
)
def test_what_cannot_be_compared_is_refused(runs: Any, levers: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        robustness(runs, levers, "cost", **options)


def test_unknown_levers_and_rules_are_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="defence"):
        robustness(study(), "defense", "cost")
    with pytest.raises(UnknownNameError, match="regret"):
        robustness(study(), "defence", "cost", rule="regrets")


def test_the_table_and_the_dataset_hold_a_row_a_policy() -> None:
    found = robustness(study(), "defence", "cost")
    assert list(found.to_table())[:2] == ["defence", "satisficing"]
    assert {len(column) for column in found.to_table().values()} == {3}
    assert "3 policies in 4 scenarios" in repr(found)


@pytest.mark.extra
def test_the_dataset_keeps_every_regret() -> None:
    pytest.importorskip("xarray")
    assert robustness(study(), "defence", "cost").to_xarray()["regret"].shape == (3, 4)


@pytest.mark.slow
def test_runs_that_escaped_have_no_state_to_compare_and_are_given_one_or_dropped() -> None:
    policies = Design.grid({"defence": [0.5, 1.5]}) * Design.grid({"fatigue": [0.8, 2.0]})
    runs = run_ensemble(linear(grievance=1.0), policies, {"x": 0.0, "y": 0.0}, settle=True, record="x + y")
    for measure in ("x", "`x at the end`", "`x + y`"):
        with pytest.raises(InvalidInputError, match="1 of the 4 members have no number"):
            robustness(runs, "defence", measure)
    kept = robustness(runs, "defence", "x", failed="drop")
    assert (kept.failed, kept.dropped, kept.values.shape) == (1, 1, (2, 1))
    given = robustness(runs, "defence", "x", failed=np.int64(100))
    assert given.values.max() == 100.0
    escaped = robustness(runs, "defence", "outcome == ESCAPED", rule="mean")
    assert escaped.mean.tolist() == [0.0, 0.5]


def test_runs_that_escaped_satisfy_no_text_of_states_but_one_of_outcomes() -> None:
    design = Design.grid({"grievance": [0.2, 0.5]}) * Design.grid({"defence": [0.5, 1.5]})
    runs = run_ensemble(linear(), design, {"x": 0.0, "y": 0.0}, 40.0, bound=50.0)
    shares = [
        robustness(runs, ["grievance"], "x", satisfies=text, failed=1e3).satisficing.tolist()
        for text in ("x < 60", "not (x > 60)", "outcome == ESCAPED")
    ]
    assert shares == [[0.5, 0.5]] * 3
