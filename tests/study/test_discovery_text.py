"""Conditions and measures written as texts over what a study recorded."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from richardson.errors import InvalidInputError, ParseError, RichardsonError, UnknownNameError
from richardson.study.design import Design
from richardson.study.discovery_columns import condition, numbers
from richardson.study.discovery_text import LONGEST_TEXT, evaluate
from tests.study.recorded import recorded

COLUMNS = {
    "x": np.array([1.0, 5.0, np.nan]),
    "y": np.array([4.0, 2.0, 0.0]),
    "x at the end": np.array([1.0, 2.0, 3.0]),
    "outcome": np.array(["SETTLED", "ESCAPED", "LEFT_DOMAIN"]),
    "kind": np.array(["stable node", "", "stable focus"]),
    "kinds": np.array(["stable node; saddle; stable node", "", "saddle"]),
    "is_complete": np.array([True, False, True]),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x > 4", [False, True, False]),
        ("not x > 4", [True, False, True]),
        ("x != x", [False, False, True]),
        ("0*x < 1 and x - x == 0", [True, True, False]),  # nothing is simplified: what is missing stays so
        ("0 < x < 4 or y <= 0", [True, False, True]),
        ("`x at the end`**2 - 2*x >= 0", [False, False, False]),
        ("-x + y/2 == 1", [True, False, False]),
        ("max(x, y) >= 5 and sqrt(abs(y)) < 2", [False, True, False]),
        ("outcome == ESCAPED", [False, True, False]),
        ("outcome in (ESCAPED, LEFT_DOMAIN)", [False, True, True]),
        ("outcome not in (ESCAPED, LEFT_DOMAIN)", [True, False, False]),
        ("'ESCAPED' != outcome", [True, False, True]),
        ("kind == 'stable node' or is_complete and y < 1", [True, False, True]),
        ("kinds == 'stable node; saddle; stable node' or kinds == ''", [True, True, False]),
        ("1 < 2", [True, True, True]),
    ],
)
def test_a_condition_holds_of_the_members_that_it_says(text: str, expected: list[bool]) -> None:
    assert evaluate(text, COLUMNS).tolist() == expected


def test_arithmetic_is_that_of_floats_and_never_of_long_integers() -> None:
    assert evaluate("9**9**9**9 > x", {"x": np.ones(2)}).tolist() == [True, True]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("__import__('os').system('true')", "functions"),
        ("x.sum() > 1", "functions"),
        ("x[0] > 1", "Subscript"),
        ("(lambda: 1) > x", "Lambda"),
        ("[x for x in y]", "ListComp"),
        ("x > 1 if y > 1 else x > 2", "IfExp"),
        ("x and y", "join comparisons"),
        ("x % 2 == 0", "BinOp"),
        ("x is y", "compare by"),
        ("x in y", "list in parentheses"),
        ("outcome > ESCAPED", "no order"),
        ("outcome == 1", "compared with a word"),
        ("outcome", "text by itself"),
        ("outcome + 1 > 2", "need numbers"),
        ("x >", "not a condition"),
        ("(" * 300, "not a condition"),
        ("+".join("1" * 900) + " > 1", "nests"),
        ("x > " + "1" * LONGEST_TEXT, "at most"),
        ("x > " + "9" * 400, "beyond"),
        ("max(x) > 1", "2 plain arguments"),
        ("x > True", "no number"),
        ("x == 'saddle'", "column of texts"),
        ("'saddle' == 'saddle'", "column of texts"),
    ],
)
def test_anything_else_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        evaluate(text, COLUMNS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("z > 1", "'z'"),
        ("outcome == ESCAPE", "ESCAPED"),
        ("kind == 'stabel node'", "node"),
        ("ESCAPED == x", "ESCAPED"),
        ("attractors == 'saddle' or x > 1", "'attractors'"),
        ("kinds == 'saddle; stable nod'", "'stable nod'"),
    ],
)
def test_unknown_names_are_refused_with_the_nearest(text: str, words: str) -> None:
    with pytest.raises(UnknownNameError, match=words):
        evaluate(text, COLUMNS)


@given(st.text(max_size=40))
def test_no_text_does_anything_but_give_truth_values_or_a_refusal(text: str) -> None:
    try:
        found = evaluate(text, COLUMNS)
    except RichardsonError:
        return
    assert found.shape == (3,)
    assert found.dtype.kind in "bf"


def test_a_start_value_and_a_state_of_the_same_name_are_told_apart() -> None:
    runs = recorded(Design.from_table({"x": [0.0, 1.0]}), **{"x at the end": [5.0, 0.0]})
    assert condition(runs, "`x at the start` < `x at the end`").tolist() == [True, False]
    with pytest.raises(UnknownNameError, match="at the start"):
        condition(runs, "x > 1")


def test_a_state_by_its_bare_name_is_its_last_value() -> None:
    assert numbers(recorded(Design.from_table({"defence": [0.0, 1.0]}), **{"x at the end": [5.0, 1.0]}), "2*x").tolist() == [10.0, 2.0]


@pytest.mark.parametrize(
    ("where", "words"),
    [(lambda _: np.ones((2, 1), dtype=bool), "axis of times"), (lambda _: np.ones(2), "float64"), (lambda _: True, "shape"), (3, "a text")],
)
def test_a_function_must_give_one_truth_value_a_member(where: Any, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        condition(recorded(Design.from_table({"defence": [0.0, 1.0]})), where)


def test_a_number_is_no_condition() -> None:
    with pytest.raises(ParseError, match="gives numbers"):
        condition(recorded(Design.from_table({"defence": [0.0, 1.0]})), "defence")
