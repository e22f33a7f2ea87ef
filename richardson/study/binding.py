"""A design meets a model: names become positions, and members rows of parameters and start values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.field import Field
from richardson.errors import InvalidInputError, OutOfBoundsError, UnknownNameError, nearest
from richardson.study.design import Design
from richardson.symbolic.concepts import concepts, members
from richardson.symbolic.indexed_model import IndexedModel
from richardson.symbolic.model import Model
from richardson.symbolic.names import movable_members
from richardson.symbolic.order import demand, ordered_pairs
from richardson.symbolic.position import start_values
from richardson.symbolic.quantity import Quantity


@dataclass(frozen=True, eq=False, repr=False)
class Bound:
    """Parameters and start values of every member of a design, kept as what all have in common and what moves.

    Attributes
    ----------
    samples : ndarray, shape (m, q)
        The design's numbers.
    base_parameters : ndarray, shape (p,)
        The model's values, in its order.
    parameter_columns : ndarray of int, shape (k,)
        Positions of the parameters that the design moves, increasing.
    parameter_source : ndarray of int, shape (k,)
        Column of ``samples`` that feeds each of them; a concept feeds several.
    base_start : ndarray, shape (d,)
        Start values in the model's order of states; NaN where the design gives them.
    start_columns, start_source : ndarray of int, shape (j,)
        The same for the states.
    """

    samples: FloatArray
    base_parameters: FloatArray
    parameter_columns: IntArray
    parameter_source: IntArray
    base_start: FloatArray
    start_columns: IntArray
    start_source: IntArray

    def __len__(self) -> int:
        """Number of members m."""
        return int(self.samples.shape[0])

    def rows(self, part: slice) -> tuple[FloatArray, FloatArray]:
        """Parameters (n, p) and start values (n, d) of some members, new arrays.

        Parameters
        ----------
        part : slice
            Which members.
        """
        samples = self.samples[part]
        parameters = np.tile(self.base_parameters, (len(samples), 1))
        starts = np.tile(self.base_start, (len(samples), 1))
        parameters[:, self.parameter_columns] = samples[:, self.parameter_source]
        starts[:, self.start_columns] = samples[:, self.start_source]
        return parameters, starts

    def __repr__(self) -> str:
        """How many members, and how much of the model they move."""
        return f"<{len(self)} members that move {self.parameter_columns.size} parameters and {self.start_columns.size} start values>"


def bind(model: Model, design: Design, start: Mapping[str, float] | Sequence[float] | None = None) -> Bound:
    """The members of a design as parameters and start values of a model.

    Parameters
    ----------
    model : Model
    design : Design
        Each name is a state, a parameter, or a bare concept for all its parameters; a parameter that is named itself
        does not follow its concept.
    start : mapping or sequence, optional
        Start values of the states that the design does not name, by name; in state order only if it names none.

    Returns
    -------
    Bound

    Raises
    ------
    UnknownNameError
        If a name is not of the model.
    InvalidInputError
        If a parameter or a state is given twice or a state not at all, a column moves nothing, or one moves the bound of a state.
    OutOfBoundsError
        If a member lies outside the bounds of a parameter or a state, or a parameter exceeds one that it must not exceed.

    Examples
    --------
    >>> from richardson.models import linear
    >>> bound = bind(linear(), Design.grid({"defence": [0.25, 0.5], "x": [0, 1]}), {"y": 2})
    >>> bound.rows(slice(0, 2))[1].tolist()
    [[0.0, 2.0], [1.0, 2.0]]
    """
    if not isinstance(design, Design):
        raise InvalidInputError(f'A design was expected; got {design!r}. Write for example Design.grid({{"balance": [-1, 0, 1]}}).')
    states, parameters = _moved_states(model, design), _moved_parameters(model, design)
    _check_bounds(design, ((model.states[position], column) for position, column in states.items()))
    _check_bounds(design, ((quantity_at(model, position), column) for position, column in parameters.items()))
    _check_orders(model, design, parameters)
    field = Field.of(model)
    return Bound(
        samples=design.samples,
        base_parameters=field.parameters.copy(),
        parameter_columns=np.array(list(parameters), dtype=np.int64),
        parameter_source=np.array(list(parameters.values()), dtype=np.int64),
        base_start=_base_start(field, design, states, start),
        start_columns=np.array(list(states), dtype=np.int64),
        start_source=np.array(list(states.values()), dtype=np.int64),
    )


def quantity_at(model: Model, position: int) -> Quantity:
    """What stands at a position among the model's numbers: a parameter, or a family of them."""
    return model.family_at(position) if isinstance(model, IndexedModel) else model.parameters[position]


def _moved_states(model: Model, design: Design) -> dict[int, int]:
    """Column of the design by position of the state, in order."""
    return {position: design.names.index(name) for position, name in enumerate(model.state_names) if name in design.names}


def _moved_parameters(model: Model, design: Design) -> dict[int, int]:
    """Column of the design by position of the parameter, in order."""
    feeds: dict[str, str] = {}
    columns = {name: column for column, name in enumerate(design.names)}
    for name in columns:
        if name not in model.state_names:
            for member in _own_members(model, design, name):
                if member in feeds:
                    raise InvalidInputError(
                        f"The design's '{feeds[member]}' and '{name}' both move {member}, which has one value a member. "
                        f"Leave one of them out, or name {member} itself too."
                    )
                feeds[member] = name
    return {position: columns[feeds[name]] for position, name in enumerate(model.parameter_names) if name in feeds}


def _own_members(model: Model, design: Design, name: str) -> list[str]:
    """Parameters that a name of the design moves: those of a concept only where they are not named themselves."""
    named = members(name, model.parameter_names, model.state_names)
    if not named:
        known = (*model.state_names, *model.parameter_names, *concepts(model.parameter_names, model.state_names))
        raise UnknownNameError(f"The design names '{name}', which '{model.name}' does not have. {nearest(name, known)}")
    movable_members(model, name)
    own = [member for member in named if member == name or member not in design.names]
    if not own:
        raise InvalidInputError(
            f"The design's '{name}' moves nothing, since {', '.join(named)} are named themselves. Leave out '{name}', or one of those."
        )
    return own


def _check_bounds(design: Design, fed: Iterable[tuple[Quantity, int]]) -> None:
    for quantity, column in fed:
        values = design.samples[:, column]
        outside = np.flatnonzero((values < quantity.lower) | (values > quantity.upper))
        if outside.size:
            raise OutOfBoundsError(
                f"{quantity.meaning} ({quantity.name}) must lie in {quantity.interval}; {outside.size} of the {len(design)} members of the "
                f"design lie outside, first member {outside[0]} with {values[outside[0]]:g}. "
                f"Keep '{design.names[column]}' within the bounds, or leave those members out."
            )


def _check_orders(model: Model, design: Design, moved: Mapping[int, int]) -> None:
    """Refuse members in which a parameter exceeds one that it must not exceed; ``moved`` has the column by position."""
    for low, high in ordered_pairs(model.parameters):
        positions = [model.parameter_names.index(parameter.name) for parameter in (low, high)]
        below, above = (
            design.samples[:, moved[place]] if place in moved else np.full(len(design), model.numbers[place]) for place in positions
        )
        crossed = np.flatnonzero(below > above)
        if crossed.size:
            first = crossed[0]
            raise OutOfBoundsError(
                f"{demand(low, high)}; in {crossed.size} of the {len(design)} members of the design it is, first in member {first} with "
                f"{below[first]} and {above[first]}. Leave those members out (Design.from_table), or give ranges that keep the order."
            )


def _base_start(field: Field, design: Design, moved: Mapping[int, int], start: Any) -> FloatArray:
    """Start values that all members share, shape (d,), NaN where the design gives them."""
    names = field.model.state_names
    fed = {names[position]: design.samples[0, column] for position, column in moved.items()}
    if start is not None and not isinstance(start, Mapping):
        if fed:
            raise InvalidInputError(
                f"A start that is no mapping gives every state, but the design gives {', '.join(fed)} already. "
                f"Write the start by name, without {', '.join(fed)}."
            )
        return start_values(field.model, start)
    shared = {} if start is None else start
    for name in shared:
        field.position(name)
    twice = ", ".join(name for name in shared if name in fed)
    if twice:
        raise InvalidInputError(f"Both the design and the start give {twice}; a member starts once. Leave it out of one of them.")
    missing = ", ".join(name for name in names if name not in shared and name not in fed)
    if missing:
        raise InvalidInputError(
            f"Neither the design nor the start gives a value for {missing}. Add it to either, so that every state of "
            f"'{field.model.name}' ({', '.join(names)}) has one."
        )
    values = start_values(field.model, {**shared, **fed})
    values[list(moved)] = np.nan
    return values
