"""What series of the states can tell about parameters, decided before any fit.

Of a model that is affine in its states, ẋ = A(θ) x + c(θ), series of x show A and c and nothing else. A parameter
is identifiable exactly when no other unknown parameter can undo its effect on them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import null_space

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.errors import ModelError, NotAutonomousError, NotIdentifiableError
from richardson.estimation.affine import generic_values, is_affine, movable_parameters, shorten, zeros_that_make_affine
from richardson.estimation.system import parameter_derivatives
from richardson.symbolic.derive import linear_part
from richardson.symbolic.model import Model
from richardson.symbolic.write import to_text

GENERIC_POINTS = 3  # parameter points; the rank is the largest found
NULL = 1e-9  # relative singular value of a direction without effect
PART = 1e-6  # component of such a direction that is not rounding
SUPPORTED = "ẋ = A x + c with constant A and c"


@dataclass(frozen=True)
class Unknowns:
    """What a fit is asked and told.

    Attributes
    ----------
    free : tuple of str
        Names to be estimated: parameters, or concepts moved as one.
    known : tuple of str
        Parameters whose values the user takes as known.
    """

    free: tuple[str, ...]
    known: tuple[str, ...]


def check_identifiable(model: Model, unknowns: Unknowns) -> tuple[bool, ...]:
    """Refuse what series of the states cannot tell.

    Parameters
    ----------
    model : Model
    unknowns : Unknowns

    Returns
    -------
    tuple of bool
        For each free name, whether it is identifiable without the values taken as known.

    Raises
    ------
    ModelError, NotAutonomousError
        If the model is a map, moves with time, or is not affine in its states.
    NotIdentifiableError
        If a free name shares its effect with another parameter that is free or not declared known; the message
        names the combinations that are identifiable.
    """
    _check_form(model)
    movable = movable_parameters(model)
    _refuse_structural(model, unknowns, movable)
    effects = _Effects.of(model, movable)
    free = [model.resolve(name) for name in unknowns.free]
    taken = {member for members in free for member in members}
    others = [name for name in movable if name not in taken]
    undeclared = [name for name in others if name not in unknowns.known]
    confounded = effects.confounded(free, [])
    if any(confounded):
        _refuse_confounded(model, unknowns.free, confounded, movable)
    confounded = effects.confounded(free, undeclared)
    if any(confounded):
        _refuse_undeclared(model, unknowns, confounded, effects.partners(free, undeclared), movable)
    return tuple(not blurred for blurred in effects.confounded(free, others))


@dataclass(frozen=True, eq=False)
class _Effects:
    """Effect of every parameter on the entries of A and c at generic points, shape (point, entry, parameter)."""

    names: tuple[str, ...]
    columns: FloatArray

    @classmethod
    def of(cls, model: Model, movable: Sequence[str]) -> "_Effects":
        rng = np.random.default_rng(1)
        points = []
        for _ in range(GENERIC_POINTS):
            parameters = generic_values(model, movable, rng)
            effect = parameter_derivatives(model, parameters)
            points.append(effect.reshape(len(parameters), -1).T)
        return cls(model.parameter_names, np.stack(points))

    def confounded(self, free: Sequence[Sequence[str]], others: Sequence[str]) -> list[bool]:
        """For each free group, whether the rest can undo its effect, at the generic point of largest rank."""
        directions = self._null_directions(free, others)
        return [bool((np.abs(directions[place]) > PART).any()) for place in range(len(free))]

    def partners(self, free: Sequence[Sequence[str]], others: Sequence[str]) -> list[str]:
        """Which of the others take part in undoing the effect of the free."""
        directions = self._null_directions(free, others)
        alone = self._null_directions([], others)
        moving = directions[len(free) :]
        moving = moving - alone @ (alone.T @ moving)  # what the others undo among themselves is beside the point
        involved = (np.abs(directions[: len(free)]) > PART).any(axis=0)
        return [name for name, row in zip(others, moving, strict=True) if (np.abs(row[involved]) > PART).any()]

    def _null_directions(self, free: Sequence[Sequence[str]], others: Sequence[str]) -> FloatArray:
        """Directions without effect, shape (group, count), fewest over the generic points."""
        groups = [*free, *([name] for name in others)]
        if not groups:
            return np.zeros((0, 0))
        found: list[FloatArray] = []
        for point in self.columns:
            matrix = np.stack([point[:, [self.names.index(name) for name in group]].sum(axis=1) for group in groups], axis=1)
            scale = np.linalg.norm(matrix, axis=0)
            found.append(null_space(matrix / np.where(scale > 0, scale, 1.0), rcond=NULL))
        return min(found, key=lambda directions: directions.shape[1])


def identifiable_combinations(model: Model, held: Sequence[str]) -> list[str]:
    """Entries of A (the diagonal negated) and c in parameter names, each once.

    Parameters
    ----------
    model : Model
    held : sequence of str
        Parameters that must keep their values for the rates to be affine; these are put in as numbers.
    """
    values = {model.symbol(name): _whole(model.values[name]) for name in held}
    parts = linear_part(replace(model, rates=tuple(rate.subs(values) for rate in model.rates)))
    if parts is None:
        return []
    matrix, constant = parts
    count = len(model.states)
    entries = [matrix[i, j] if i != j else -matrix[i, i] for i in range(count) for j in range(count)]
    texts = [to_text(entry) for entry in (*entries, *constant) if not entry.is_number]
    return list(dict.fromkeys(texts))


def _check_form(model: Model) -> None:
    if model.kind != "flow":
        raise ModelError(f"'{model.name}' is a map. Estimation now fits flows of the form {SUPPORTED}.")
    if not model.is_autonomous:
        raise NotAutonomousError(f"The rates of '{model.name}' contain time. Estimation now fits {SUPPORTED}.")
    field = Field.of(model)
    if is_affine(field, field.parameters):
        return
    zeros = zeros_that_make_affine(model)
    advice = "Write a model that is affine in its states, or take rn.models.linear()."
    if zeros:
        simpler = model.with_values(**dict.fromkeys(zeros, 0.0))
        shown = _list(identifiable_combinations(simpler, _held(simpler, movable_parameters(simpler))))
        setting = ", ".join(f"{name}=0" for name in zeros)
        advice = f"Set {setting}: then it has this form, and series of its states identify only {shown}."
    raise _refusal(model, zeros)(
        f"The rates of '{model.name}' are not affine in its states at these values; estimation now fits {SUPPORTED}. {advice}"
    )


def _refusal(model: Model, zeros: tuple[str, ...]) -> type[NotIdentifiableError] | type[ModelError]:
    """A model whose simpler form is not identifiable is not identifiable either; else it is only not supported."""
    if not zeros:
        return ModelError
    simpler = model.with_values(**dict.fromkeys(zeros, 0.0))
    movable = movable_parameters(simpler)
    every = [(name,) for name in movable]
    return NotIdentifiableError if any(_Effects.of(simpler, movable).confounded(every, [])) else ModelError


def _held(model: Model, movable: Sequence[str]) -> list[str]:
    return [name for name in model.parameter_names if name not in movable]


def _refuse_structural(model: Model, unknowns: Unknowns, movable: Sequence[str]) -> None:
    for name in unknowns.free:
        stuck = [member for member in model.resolve(name) if member not in movable]
        if stuck:
            raise ModelError(
                f"'{stuck[0]}' cannot be free: away from {model.values[stuck[0]]:g} the rates of '{model.name}' are not affine in the "
                f"states, and estimation now fits {SUPPORTED}. Leave it out of free=."
            )


def _refuse_confounded(model: Model, free: Sequence[str], confounded: Sequence[bool], movable: Sequence[str]) -> None:
    names = [name for name, blurred in zip(free, confounded, strict=True) if blurred]
    shown = _list(identifiable_combinations(model, _held(model, movable)))
    raise NotIdentifiableError(
        f"Series of {_list(model.state_names)} cannot tell {_list(names)} of '{model.name}': what the series show does not change "
        f"with it, or changes in the same way with the other free parameters. Identifiable are only {shown}. "
        "Free fewer of them, or take a model in these combinations, such as rn.models.linear()."
    )


def _refuse_undeclared(
    model: Model, unknowns: Unknowns, confounded: Sequence[bool], partners: Sequence[str], movable: Sequence[str]
) -> None:
    names = [name for name, blurred in zip(unknowns.free, confounded, strict=True) if blurred]
    quoted = ", ".join(f"'{name}'" for name in shorten(model, partners))
    raise NotIdentifiableError(
        f"Series of {_list(model.state_names)} cannot tell {_list(names)} of '{model.name}' from other parameters that are not known. "
        f"Identifiable are only {_list(identifiable_combinations(model, _held(model, movable)))}. Fit rn.models.linear(), or say which "
        f"values you take as known: fixed=[{quoted}]; the estimate is then conditional on them."
    )


def _list(names: Sequence[str]) -> str:
    return "; ".join(names) if any(" " in name for name in names) else ", ".join(names)


def _whole(value: float) -> int | float:
    return int(value) if value == int(value) else value
