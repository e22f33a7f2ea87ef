"""When a model is affine in its states, and which of its parameters may move without ending that."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from richardson.arrays import BoolArray, FloatArray
from richardson.compiled.field import Field
from richardson.symbolic.model import Model
from richardson.symbolic.names import members_of

GENERIC_STATES = 6  # a piecewise affine rate shows its pieces among states of both signs
WIDTH = 2.0  # of the interval that generic values of an unbounded parameter are taken from
SAME = 1e-9  # relative difference of Jacobians that rounding explains


def is_affine(field: Field, parameters: FloatArray) -> bool:
    """Whether the rates are affine in the states: the Jacobian is the same at generic states of both signs."""
    count = field.dimension
    states = np.random.default_rng(2).normal(size=(GENERIC_STATES, count)) * 10.0
    states[0] = np.abs(states[0])
    jacobians = np.empty((GENERIC_STATES, count, count))
    rates = np.empty(count)
    for state, jacobian in zip(states, jacobians, strict=True):
        field.raw_rates_and_jacobian(0.0, state, field.prepared(parameters), rates, jacobian)
    if not np.isfinite(jacobians).all():
        return False
    return bool((np.abs(jacobians - jacobians[0]) <= SAME * np.abs(jacobians).max()).all())


def movable_parameters(model: Model) -> list[str]:
    """Parameters that can all move while the rates stay affine; the rest hold the form together."""
    field, rng = Field.of(model), np.random.default_rng(3)
    moved, movable = field.parameters.copy(), []
    for name in model.parameter_names:
        trial = generic_values(model, [name], rng, start=moved)
        if is_affine(field, trial):
            moved = trial
            movable.append(name)
    return movable


def generic_values(model: Model, names: Sequence[str], rng: np.random.Generator, start: FloatArray | None = None) -> FloatArray:
    """Parameters with those named at generic values within their bounds."""
    parameters = np.array(model.numbers) if start is None else start.copy()
    for place, parameter in enumerate(model.parameters):
        if parameter.name in names:
            share = rng.uniform(0.2, 0.8)
            low = parameter.lower if np.isfinite(parameter.lower) else min(0.0, parameter.upper - WIDTH)
            parameters[place] = low + share * min(WIDTH, parameter.upper - low)
    return parameters


def zeros_that_make_affine(model: Model) -> tuple[str, ...]:
    """One or two concepts that, set to zero, leave an affine model with every coupling it had."""
    couplings = _couplings(model)
    zeroable = [concept for concept in _concepts(model) if _may_be_zero(model, concept)]
    for size in (1, 2):
        for chosen in combinations(zeroable, size):
            simpler = model.with_values(**dict.fromkeys(chosen, 0.0))
            field = Field.of(simpler)
            if is_affine(field, field.parameters) and (_couplings(simpler) == couplings).all():
                return chosen
    return ()


def _couplings(model: Model) -> BoolArray:
    return np.asarray(Field.of(model).jacobian(0.0, np.full(len(model.states), 3.0)) != 0)


def _may_be_zero(model: Model, concept: str) -> bool:
    members = [parameter for parameter in model.parameters if parameter.name in members_of(model, concept)]
    return all(parameter.lower <= 0 <= parameter.upper for parameter in members)


def _concepts(model: Model) -> list[str]:
    return list(dict.fromkeys(_concept_of(model, name) for name in model.parameter_names))


def _concept_of(model: Model, name: str) -> str:
    """Shortest concept that has the parameter as a member, else the parameter."""
    parts = name.split("_")
    for count in range(1, len(parts)):
        head = "_".join(parts[:count])
        tail = name[len(head) + 1 :]
        if any(tail == state or tail.startswith(f"{state}_") for state in model.state_names) and name in members_of(model, head):
            return head
    return name


def shorten(model: Model, names: Sequence[str]) -> list[str]:
    """Names with every complete concept written once."""
    short = []
    for name in names:
        concept = _concept_of(model, name)
        short.append(concept if set(members_of(model, concept)) <= set(names) else name)
    return list(dict.fromkeys(short))
