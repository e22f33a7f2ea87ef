import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from richardson.errors import InvalidInputError, OutOfBoundsError, UnknownNameError
from richardson.models import linear, nations, security_dilemma
from richardson.study.binding import bind
from richardson.study.design import Design
from richardson.symbolic.model import Model

RACE = linear()  # states x, y
FEARFUL = security_dilemma(fear="state")  # states x, y, fear_x, fear_y, none below 0
THREE = nations(3)  # states x, y, z
ALL = slice(None)
shares = st.floats(0.01, 1)  # within the bounds of every parameter below


@given(data=st.data())
def test_every_member_has_the_parameters_that_the_model_would_have_at_its_values(data: st.DataObject) -> None:
    names = data.draw(
        st.lists(st.sampled_from(["terrain", "balance", "alarm", "alarm_y", "exposure", "fatigue_x"]), min_size=1, unique=True)
    )
    table = {name: data.draw(st.lists(shares, min_size=3, max_size=3)) for name in names}
    parameters, _ = bind(FEARFUL, Design.from_table(table), [0, 0, 0, 0]).rows(ALL)
    for member, row in enumerate(parameters):
        at_its_values = FEARFUL.with_values(**{name: column[member] for name, column in table.items()})
        assert tuple(row) == at_its_values.numbers


@given(xs=st.lists(shares, min_size=2, max_size=2), fears=st.lists(shares, min_size=2, max_size=2))
def test_start_values_come_from_the_design_and_the_rest_from_the_start(xs: list[float], fears: list[float]) -> None:
    bound = bind(FEARFUL, Design.from_table({"fear_y": fears, "x": xs}), {"fear_x": 3, "y": 2})
    _, starts = bound.rows(ALL)
    assert starts.tolist() == [[x, 2.0, 3.0, fear] for x, fear in zip(xs, fears, strict=True)]


@pytest.mark.parametrize("start", [{"y": 2, "x": 1}, [1, 2], (1, 2), np.array([1.0, 2.0])], ids=repr)
def test_a_start_of_all_states_is_the_same_for_every_member(start: Any) -> None:
    bound = bind(RACE, Design.grid({"defence": [1, 2, 3]}), start)
    assert bound.rows(ALL)[1].tolist() == [[1.0, 2.0]] * 3


@pytest.mark.parametrize("start", [None, {}])
def test_no_start_is_needed_where_the_design_gives_every_state(start: Any) -> None:
    bound = bind(RACE, Design.grid({"y": [0, 1], "x": [2, 3]}), start)
    assert bound.rows(ALL)[1].tolist() == [[2.0, 0.0], [3.0, 0.0], [2.0, 1.0], [3.0, 1.0]]


def test_a_design_of_states_alone_leaves_the_parameters_at_the_values_of_the_model() -> None:
    model = RACE.with_values(defence_x=0.3)
    assert bind(model, Design.grid({"x": [0, 1], "y": [0]})).rows(ALL)[0].tolist() == [list(model.numbers)] * 2


def test_some_members_are_rows_of_all_members() -> None:
    bound = bind(FEARFUL, Design.sobol({"alarm": (0, 5), "x": (0, 1)}, size=64, rng=1), {"y": 1, "fear_x": 0, "fear_y": 0})
    whole = bound.rows(ALL)
    for part in (slice(0, 32), slice(32, 64), slice(5, 6), slice(60, 99), slice(3, 3)):
        for rows, every in zip(bound.rows(part), whole, strict=True):
            assert np.array_equal(rows, every[part])
            assert rows.flags.c_contiguous
            assert rows.flags.writeable


def test_rows_are_new_each_time() -> None:
    bound = bind(RACE, Design.grid({"defence": [1, 2]}), [0, 0])
    for rows in bound.rows(ALL):
        rows[:] = 7.0
    assert bound.rows(ALL)[1].tolist() == [[0.0, 0.0]] * 2
    assert bound.base_parameters.tolist() == list(RACE.numbers)


def test_what_is_common_is_kept_once_and_what_moves_by_position() -> None:
    bound = bind(RACE, Design.grid({"y": [1, 2], "fatigue": [3, 4]}), {"x": 5})
    assert bound.parameter_columns.tolist() == [2, 3]
    assert bound.parameter_source.tolist() == [1, 1]
    assert (bound.start_columns.tolist(), bound.start_source.tolist()) == ([1], [0])
    assert np.array_equal(bound.base_start, [5.0, np.nan], equal_nan=True)
    assert len(bound) == 4
    assert repr(bound) == "<4 members that move 2 parameters and 1 start values>"


def test_what_is_bound_survives_pickling() -> None:
    bound = bind(RACE, Design.grid({"x": [1, 2], "fatigue": [3, 4]}), {"y": 5})
    copy = pickle.loads(pickle.dumps(bound))
    assert all(np.array_equal(one, other) for one, other in zip(copy.rows(ALL), bound.rows(ALL), strict=True))


def test_a_parameter_named_itself_does_not_follow_its_concept_in_any_order() -> None:
    for table in ({"alarm": [1, 2], "alarm_x": [3, 4]}, {"alarm_x": [3, 4], "alarm": [1, 2]}):
        parameters, _ = bind(FEARFUL, Design.from_table(table), [0, 0, 0, 0]).rows(ALL)
        columns = [FEARFUL.parameter_names.index(name) for name in ("alarm_x", "alarm_y")]
        assert parameters[:, columns].tolist() == [[3.0, 1.0], [4.0, 2.0]]


def test_a_state_is_meant_where_a_concept_has_the_same_name() -> None:
    model = Model.from_equations({"x": "-x_y*x", "y": "x - y_x*y"}, {"x_y": 1, "y_x": 2})
    bound = bind(model, Design.grid({"x": [7, 8]}), {"y": 0})
    assert bound.parameter_columns.size == 0
    assert bound.rows(ALL)[1].tolist() == [[7.0, 0.0], [8.0, 0.0]]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("alrm", "alarm"), ("defence_z", "defence_y"), ("fear_z", "fear_y"), ("Balance", "balance"), ("fears_x", "fear_x")],
)
def test_an_unknown_name_is_refused_with_the_nearest_state_parameter_or_concept(name: str, nearest: str) -> None:
    with pytest.raises(UnknownNameError, match=f"names '{name}', which 'security dilemma' does not have. Did you mean '{nearest}'"):
        bind(FEARFUL, Design.grid({name: [1]}), [0, 0, 0, 0])


def test_a_column_that_moves_nothing_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="'alarm' moves nothing, since alarm_x, alarm_y are named themselves"):
        bind(FEARFUL, Design.grid({"alarm_x": [1], "alarm_y": [1], "alarm": [1]}), [0, 0, 0, 0])


def test_two_concepts_that_share_a_parameter_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="'defence' and 'defence_x' both move defence_x_y"):
        bind(THREE, Design.grid({"defence": [1], "defence_x": [2]}), [0, 0, 0])


@pytest.mark.parametrize("start", [{"x": 1, "y": 2}, {"y": 2, "x": 1, "z": 3}], ids=repr)
def test_a_state_of_both_the_design_and_the_start_is_refused(start: Any) -> None:
    with pytest.raises(InvalidInputError, match="Both the design and the start give x; a member starts once"):
        bind(THREE, Design.grid({"x": [1]}), start)


@pytest.mark.parametrize("start", [[1, 2, 3], [2, 3], np.zeros(3), 5], ids=repr)
def test_a_sequence_beside_states_in_the_design_is_refused(start: Any) -> None:
    with pytest.raises(
        InvalidInputError, match="gives every state, but the design gives y, z already. Write the start by name, without y, z"
    ):
        bind(THREE, Design.grid({"z": [1], "y": [1]}), start)


@pytest.mark.parametrize(
    ("design", "start", "missing"),
    [({"fatigue": [1]}, None, "x, y, z"), ({"y": [1]}, None, "x, z"), ({"y": [1]}, {"x": 1}, "z"), ({"fatigue": [1]}, {"x": 1}, "y, z")],
)
def test_states_that_nothing_gives_are_refused_by_name(design: Any, start: Any, missing: str) -> None:
    with pytest.raises(InvalidInputError, match=f"Neither the design nor the start gives a value for {missing}. Add"):
        bind(THREE, Design.grid(design), start)


def test_a_misspelt_state_of_the_start_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="no state 'feer_x'. Did you mean 'fear_x'"):
        bind(FEARFUL, Design.grid({"x": [1]}), {"y": 0, "feer_x": 0, "fear_y": 0})


@pytest.mark.parametrize(
    ("start", "refusal", "reason"),
    [
        ({"y": -1, "fear_x": 0, "fear_y": 0}, OutOfBoundsError, r"\(y\) must lie in \[0, inf\); got -1"),
        ({"y": float("nan"), "fear_x": 0, "fear_y": 0}, OutOfBoundsError, r"\(y\) must be finite"),
        ({"y": "many", "fear_x": 0, "fear_y": 0}, InvalidInputError, "Start values must be numbers"),
    ],
)
def test_a_start_value_that_is_none_is_refused(start: Any, refusal: type[Exception], reason: str) -> None:
    with pytest.raises(refusal, match=reason):
        bind(FEARFUL, Design.grid({"x": [1]}), start)


def test_a_sequence_of_another_length_is_refused() -> None:
    with pytest.raises(InvalidInputError, match=r"3 states \(x, y, z\); the start has shape \(2,\)"):
        bind(THREE, Design.grid({"fatigue": [1]}), [1, 2])


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        (
            "distinguishability",
            [0.5, 1.5, 2.5],
            r"\(distinguishability\) must lie in \[0, 1\]; 2 of the 3 members.*first member 1 with 1\.5",
        ),
        ("exposure", [-0.25, 0.5, 1], r"\(exposure_x\) must lie in \[0, 1\]; 1 of the 3 members.*member 0 with -0\.25. Keep 'exposure'"),
        ("x", [0, 1, -3], r"\(x\) must lie in \[0, inf\); 1 of the 3 members.*member 2 with -3. Keep 'x'"),
    ],
)
def test_members_out_of_bounds_are_counted_and_refused(name: str, values: list[float], reason: str) -> None:
    start = {state: 0.0 for state in FEARFUL.state_names if state != name}
    with pytest.raises(OutOfBoundsError, match=reason):
        bind(FEARFUL, Design.from_table({name: values}), start)


def test_the_bounds_themselves_are_allowed() -> None:
    bound = bind(FEARFUL, Design.grid({"distinguishability": [0, 1], "x": [0]}), {"y": 0, "fear_x": 0, "fear_y": 0})
    assert len(bound) == 2


@pytest.mark.parametrize("design", [{"x": [1]}, None, np.zeros((2, 2))], ids=repr)
def test_what_is_no_design_is_refused(design: Any) -> None:
    with pytest.raises(InvalidInputError, match="A design was expected"):
        bind(RACE, design, [0, 0])
