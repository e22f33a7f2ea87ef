"""How the dynamics of members lie in files: numbers as they are, words as codes with their meanings, lists as rows of codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from richardson.landscape.many_kinds import KINDS
from richardson.study.collect import CODES
from richardson.study.dataset import (
    CODE,
    DESIGN,
    END,
    FLOAT,
    NAME,
    PART,
    attributes_of,
    described,
    design_variable,
    free_name,
    made,
    outcome_codes,
    outcome_flags,
)
from richardson.study.layout import MEMBER, OUTCOME, Arrays, Coordinate, Layout, Variable
from richardson.symbolic.model import Model

if TYPE_CHECKING:
    from richardson.study.dynamics_result import DynamicsStudy

MEASURE, PLACE = "measure", "place"  # the part of a result that an array is, and the dimension of lists
WORDS = ("", *KINDS, "cycle", "strange attractor")  # by their codes; lists are filled up with 0
LISTS, TRUTHS, WORD = ("kinds", "attractors"), ("is_complete",), "kind"
LONGEST_LIST = 16  # equilibria or attractors of a member
NOTHING, NO_YES = "none", "no yes"  # meanings of codes
EQUILIBRIUM = "equilibrium "  # begins the name of a state in which a member comes to rest
UNITS = {"max_real_eigenvalue": "1/yr", "relaxation_time": "yr", "settling_time": "yr"}
MEANINGS = {
    "kind": "kind of the equilibrium that is reached",
    "spiral_number": "spiral number R of the equilibrium that is reached; of linear equations R of theirs, reached or not",
    "max_real_eigenvalue": "largest real part of the eigenvalues there; of linear equations of theirs, reached or not",
    "relaxation_time": "time in which small disturbances of it shrink by a factor e",
    "settling_time": "time after which every state stays near the equilibrium that is reached; infinite where none is",
    "distance": "distance of the nearest critical point, in scales of the parameters",
    "count": "equilibria in the window",
    "stable_count": "stable equilibria in the window",
    "kinds": "kinds of the equilibria in the window, in order of the first state",
    "is_complete": "whether it is proved that the window holds no other",
    "attractor_count": "attractors that were found",
    "attractors": "kinds of the attractors, in order of the least that the first state is on them",
    "share_reached": "share of the window that goes to the equilibrium that is reached",
    "share_reached_low": "low end of the 95 % interval of that share",
    "share_reached_high": "high end of the 95 % interval of that share",
    "share_escaped": "share of the window that escapes",
    "share_left_domain": "share of the window that leaves the domain",
    "share_undecided": "share of the window that stays undecided",
}


def dynamics_layout(model: Model, names: Sequence[str], columns: Sequence[str], count: int, *, about: Mapping[str, Any]) -> Layout:
    """The layout of what is found of members, in one block.

    Parameters
    ----------
    model : Model
    names : sequence of str
        Of the design.
    columns : sequence of str
        Names of what is found.
    count : int
        Members.
    about : mapping
        Attributes of the whole, besides those of the model.
    """
    taken = {MEMBER, PLACE, OUTCOME}
    designs = [design_variable(model, name, taken) for name in names]
    found = [_variable(model, name, taken) for name in columns]
    end = Variable(OUTCOME, (MEMBER,), CODE, {**attributes_of(END, OUTCOME, "how the run from the start ended"), **outcome_flags()})
    places = Coordinate(PLACE, np.arange(LONGEST_LIST), {"long_name": "place in a list of kinds", "units": "1"})
    attributes = {**described(model), "title": f"Dynamics of the model {model.name}", **about}
    return Layout(count, count, (*designs, *found, end), (places,) if set(columns) & set(LISTS) else (), attributes)


def laid_out_dynamics(study: DynamicsStudy) -> tuple[Layout, Arrays]:
    """Layout and arrays of a result; what made it is written out in attributes."""
    layout = dynamics_layout(study.model, study.design.names, tuple(study.columns), len(study), about=made(study.provenance))
    found = {name: in_codes(name, column) for name, column in study.columns.items()}
    return layout, pack(layout, study.design.samples, {**found, CODES: study.codes})


def pack(layout: Layout, samples: npt.NDArray[Any], arrays: Mapping[str, npt.NDArray[Any]]) -> Arrays:
    """What a block function gives of members, with their samples (n, p), by the names of the layout."""
    designs = (variable.name for variable in layout.variables if variable.attributes[PART] == DESIGN)
    found = {each.name: arrays[each.attributes[NAME]] for each in layout.variables if each.attributes[PART] == MEASURE}
    return {**dict(zip(designs, samples.T, strict=True)), **found, OUTCOME: arrays[CODES]}


def unpack(layout: Layout, arrays: Mapping[str, npt.NDArray[Any]]) -> Arrays:
    """What the block function gave, out of what `pack` made of it."""
    found = {each.attributes[NAME]: arrays[each.name] for each in layout.variables if each.attributes[PART] == MEASURE}
    return {**found, CODES: outcome_codes(layout)[arrays[OUTCOME]]}


def room_for(names: Sequence[str], count: int) -> Arrays:
    """Columns of members of which nothing is known."""
    return {name: np.zeros(_shape(name, count), np.int8) if is_coded(name) else np.full(count, np.nan) for name in names}


def is_coded(name: str) -> bool:
    """Whether a column holds words, lists of words or truth values."""
    return name == WORD or name in LISTS or name in TRUTHS


def in_words(name: str, column: npt.NDArray[Any], words: Sequence[str] = WORDS) -> npt.NDArray[Any]:
    """A column with its codes as texts or truth values, shape (n,); lists of codes (n, k) are filled up with 0."""
    if name in TRUTHS:
        return column.astype(np.bool_)
    if name == WORD:
        return np.asarray(np.array(words)[column])
    if name not in LISTS:
        return column
    rows, place = np.unique(column, axis=0, return_inverse=True)
    texts = np.array(["; ".join(words[code] for code in row if code) for row in rows.tolist()], dtype=np.str_)
    return np.asarray(texts[place.ravel()])


def as_told(variable: Variable, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """An array of a file as a result has it: what was found in words, by the meanings that stand beside it; anything else as it is."""
    if variable.attributes[PART] != MEASURE:
        return array
    return in_words(variable.attributes[NAME], array, ["" if word == NOTHING else word for word in meanings_of(variable)])


def meanings_of(variable: Variable) -> tuple[str, ...]:
    """What the codes of an array mean, by their number: names of outcomes, and of kinds in words; nothing where there are no codes."""
    meanings = variable.attributes.get("flag_meanings", "").split()
    return tuple(word.replace("_", " ") if variable.attributes.get(PART) == MEASURE else word for word in meanings)


def in_codes(name: str, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """What `in_words` was given: shape (n,), of lists (n, 16)."""
    if name == WORD or name in LISTS:
        codes = np.zeros((column.size, LONGEST_LIST if name in LISTS else 1), dtype=np.int8)
        for place, text in enumerate(column.tolist()):
            words = text.split("; ") if text else []
            codes[place, : len(words)] = [WORDS.index(word) for word in words]
        return codes if name in LISTS else codes[:, 0]
    return column.astype(np.int8) if name in TRUTHS else column


def _shape(name: str, count: int) -> tuple[int, ...]:
    return (count, LONGEST_LIST) if name in LISTS else (count,)


def _variable(model: Model, name: str, taken: set[str]) -> Variable:
    """The array of a column."""
    free = free_name(name.replace(" ", "_"), MEASURE, taken)
    if is_coded(name):
        axes = (MEMBER, PLACE) if name in LISTS else (MEMBER,)
        return Variable(free, axes, CODE, {**attributes_of(MEASURE, name, MEANINGS[name]), **_flags(name)})
    state = next((each for each in model.states if name == EQUILIBRIUM + each.name), None)
    meaning, unit = (MEANINGS[name], UNITS.get(name, "1")) if state is None else (f"{state.meaning} at rest", state.unit)
    return Variable(free, (MEMBER,), FLOAT, attributes_of(MEASURE, name, meaning, unit))


def _flags(name: str) -> dict[str, Any]:
    """What the codes of a column mean, each meaning in one word as the CF conventions ask."""
    meanings = NO_YES.split() if name in TRUTHS else [NOTHING, *(word.replace(" ", "_") for word in WORDS[1:])]
    return {"flag_values": list(range(len(meanings))), "flag_meanings": " ".join(meanings)}
