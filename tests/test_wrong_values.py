"""Every model, theory, game, closed form and reader refuses in a sentence what is no value of its arguments."""

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

import richardson as rn
from richardson.errors import RichardsonError

SQUARE = (3, 3)
WRONG: dict[str, Any] = {
    "nothing": None,
    "a word": "much",
    "an empty word": "",
    "bytes": b"much",
    "NaN": float("nan"),
    "infinity": float("inf"),
    "a complex number": 1j,
    "a switch": True,
    "numpy's switch": np.True_,
    "a masked number": np.ma.masked,
    "too large to be a float": 10**400,
    "an object": object(),
    "an empty sequence": [],
    "an empty array": np.zeros((0, 2)),
    "a list of nothing": [None],
    "a list of words": ["much"],
    "a ragged list": [[1.0, 2.0], [3.0]],
    "a wrong shape": np.zeros((2, 3)),
    "a deep array": np.zeros((3, 3, 3)),
    "NaN in a matrix": np.full(SQUARE, np.nan),
    "complex numbers in a matrix": np.array([[0, 1j, 1], [1, 0, 1], [1, 1, 0]]),
    "words in a matrix": np.array([["0", "1", "1"], ["1", "0", "1"], ["1", "1", "0"]]),
    "switches in a matrix": ~np.eye(3, dtype=bool),
    "masked numbers in a matrix": np.ma.masked_array(np.ones(SQUARE) - np.eye(3), mask=np.eye(3) == 0),
    "dates in a matrix": np.zeros(SQUARE, dtype="datetime64[D]"),
    "a mapping of nobody": {"nobody": 1.0},
    "a mapping to nothing": {"x": None, "y": None},
    "a mapping to words": {"x": "1", "y": "1"},
    "a mapping to switches": {("x", "y"): True},
}
TAKEN = {  # what is right there
    "nations": {"a mapping to nothing", "a mapping to words"},  # whose keys are names in an order
    "members": {"a mapping to nothing", "a mapping to words"},
    "pact": {"nothing", "a mapping to nothing", "a mapping to words"},
    "beliefs": {"a switch"},
    "balance_scaling": {"a switch"},
    "at": {"nothing"},
    "diagnose concern": {"nothing"},
    "efforts": {"a wrong shape", "a deep array", "an empty array", "switches in a matrix"},
}
RACE = rn.models.linear(defence=0.1, fatigue=0.2, grievance=10)
NUMBERS: dict[str, dict[str, Any]] = {
    "contest_equilibrium": {"contestants": 2, "prize": 100.0, "decisiveness": 1.0, "cost": 1.0, "success": "ratio"},
    "contest_success": {"efforts": [1.0, 2.0], "decisiveness": 1.0, "success": "ratio"},
    "feedback_nash": {"discount": 0.05, "depreciation": 0.1, "weight": 1.0, "margin": 1.0, "ratio": 0.5},
    "prisoners_dilemma": {"model": RACE, "concern": 0.15},
    "diagnose": {"model": rn.models.security_dilemma(), "at": None, "concern": None},
    "deterrence_cone": {"model": rn.models.missile_war(), "tolerable": {"x": 10, "y": 15}},
    "battle_end": {"model": rn.models.lanchester_square(), "start": (1000, 800)},
    "blow_up_time": {"model": rn.models.hostility(), "start": (1.0,)},
    "factions": {"model": rn.models.structural_balance(), "start": np.eye(3)},
    "balance_path": {"model": rn.models.structural_balance(), "start": np.eye(3), "times": (0.0, 0.1)},
    "read_matrix": {"path": "none.csv"},
    "read_table": {"path": "none.csv"},
    "load": {"path": "none.rn"},
    "Window": {"x": (0, 1)},
    "rivalry": {"first": "Greece", "second": "Turkey"},
}
Call = Callable[..., Any]


def makers() -> Iterator[tuple[str, Call]]:
    """Functions that make a model of numbers: those of the catalogue, and the theories."""
    yield from ((name, getattr(rn.models, name)) for name in rn.models.catalogue())
    for name in rn.theories.__all__:
        function = getattr(rn.theories, name)
        if inspect.isfunction(function) and function.__annotations__["return"] is rn.Model:
            yield f"theories.{name}", function


def arguments() -> Iterator[tuple[str, Call, str]]:
    """Name, function of one argument alone, and that argument."""
    for label, function in makers():
        named = [each.name for each in inspect.signature(function).parameters.values() if each.kind is not each.VAR_KEYWORD]
        parameters = function().parameters[:1] if "values" in inspect.signature(function).parameters else ()
        yield from ((f"{label} {name}", function, name) for name in (*named, *(each.name for each in parameters)))
    for name, given in NUMBERS.items():
        function = next(getattr(room, name) for room in (rn, rn.models, rn.theories, rn.data) if hasattr(room, name))
        for argument in set(given) - {"model"}:
            yield f"{name} {argument}", partial(function, **{other: given[other] for other in given if other != argument}), argument
    yield "Observations.from_csv path", partial(rn.Observations.from_csv, unit="USD"), "path"
    for count in (3, 7):
        names = ("x", "y", "z", "u", "v", "w", "t_1")[:count]
        for function, family in (
            (rn.models.nations, "defence"),
            (rn.models.nations, "fatigue"),
            (rn.models.security_dilemma, "terrain"),
            (rn.models.security_dilemma, "exposure"),
            (rn.models.collective_security, "defence"),
        ):
            yield f"{function.__name__} of {count} {family}", partial(function, names), family


ARGUMENTS = {label: (function, argument) for label, function, argument in sorted(arguments(), key=lambda one: one[0])}


def larger(value: Any) -> Any:
    """A square matrix as large as seven nations need."""
    if not isinstance(value, np.ndarray) or value.shape != SQUARE:
        return value
    return value[np.ix_([0, 1, 2, 0, 1, 2, 0], [0, 1, 2, 0, 1, 2, 0])]


def refusal(function: Call, argument: str, value: Any) -> str | None:
    """What is said to a value; None where it is taken."""
    try:
        function(**{argument: value})
    except RichardsonError as error:
        return str(error)
    return None


def test_the_walk_meets_models_theories_games_and_readers() -> None:
    assert len(ARGUMENTS) > 60
    assert {label.partition(" ")[0] for label in ARGUMENTS} >= {"linear", "theories.contest", "feedback_nash", "read_matrix", *NUMBERS}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("label", ARGUMENTS)
def test_what_is_no_value_of_an_argument_is_refused_in_a_sentence(label: str) -> None:
    function, argument = ARGUMENTS[label]
    taken = TAKEN.get(label, TAKEN.get(argument, set()))
    given = {name: larger(value) if "of 7" in label else value for name, value in WRONG.items() if name not in taken}
    said = {name: refusal(function, argument, value) for name, value in given.items()}
    assert [name for name, text in said.items() if text is None] == []
    assert [text for text in said.values() if text is not None and not (text.endswith((".", "?")) and text.count(" ") > 3)] == []


@pytest.mark.parametrize("count", [3, 7])
@pytest.mark.parametrize("kind", ["complex numbers in a matrix", "words in a matrix", "masked numbers in a matrix", "switches in a matrix"])
def test_a_matrix_of_no_numbers_is_refused_for_what_it_holds(count: int, kind: str) -> None:
    matrix = larger(WRONG[kind]) if count == 7 else WRONG[kind]
    with pytest.raises(RichardsonError, match=r"no real number|must be a (finite )?number"):
        rn.models.nations(count, defence=matrix)


@pytest.mark.parametrize("count", [3, 7])
def test_a_mask_on_the_diagonal_hides_what_is_there(count: int) -> None:
    hidden = np.ma.masked_array(np.full((count, count), 0.1), mask=np.eye(count, dtype=bool))
    shown = np.where(np.eye(count, dtype=bool), 0.0, 0.1)
    assert rn.models.nations(count, defence=hidden) == rn.models.nations(count, defence=shown)
