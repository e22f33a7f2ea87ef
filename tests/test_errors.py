"""Refusals: each a kind of ours and of Python's, whole after a journey between processes."""

import inspect
import pickle

import pytest

from richardson import errors

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.RichardsonError)]
REFUSALS = [kind for kind in KINDS if kind is not errors.RichardsonError]


@pytest.mark.parametrize("kind", REFUSALS)
def test_every_kind_is_ours_and_one_of_pythons(kind: type[errors.RichardsonError]) -> None:
    assert issubclass(kind, errors.RichardsonError)
    assert sum(issubclass(kind, builtin) for builtin in (ValueError, RuntimeError, ImportError)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_survives_pickling_with_its_message(kind: type[errors.RichardsonError]) -> None:
    refusal = pickle.loads(pickle.dumps(kind("asked, why, what to do")))
    assert type(refusal) is kind
    assert str(refusal) == "asked, why, what to do"


def test_a_parse_error_keeps_text_and_column_through_pickling() -> None:
    refusal = pickle.loads(pickle.dumps(errors.ParseError("not a number", text="k*?", column=3)))
    assert (str(refusal), refusal.text, refusal.column) == ("not a number", "k*?", 3)


def test_an_integration_error_keeps_what_was_computed_through_pickling() -> None:
    refusal = pickle.loads(pickle.dumps(errors.IntegrationError("failed", trajectory=[1.0, 2.0])))
    assert (str(refusal), refusal.trajectory) == ("failed", [1.0, 2.0])


def test_a_misspelt_name_meets_its_nearest() -> None:
    assert errors.nearest("defense_x", ["defence_x", "fatigue_x", "grievance_x"]) == "Did you mean 'defence_x'?"


def test_a_strange_name_meets_the_list_of_known_ones() -> None:
    assert errors.nearest("qqq", ["defence_x", "fatigue_x"]) == "Known names: defence_x, fatigue_x."


def test_a_long_list_of_known_names_is_cut() -> None:
    names = [f"name_{index}" for index in range(errors.LISTED_NAMES + 1)]
    suggestion = errors.nearest("zzz", names)
    assert suggestion.endswith(", ….")
    assert names[-1] not in suggestion


def test_a_name_among_none_is_told_so() -> None:
    assert errors.nearest("anything", []) == "There are none."
