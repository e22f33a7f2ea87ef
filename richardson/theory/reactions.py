"""What drives and what brakes each nation at an equilibrium: the linear part of a race, split into reactions and own slopes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from richardson.arrays import BoolArray, FloatArray
from richardson.compiled.field import Field
from richardson.errors import InvalidInputError
from richardson.stability.equilibria import Equilibrium
from richardson.stability.rest import RestEquations, jacobian_uncertainty, refuse_time
from richardson.stability.spectrum import spectrum
from richardson.symbolic.conditions import without_followers
from richardson.symbolic.indexed_model import IndexedModel
from richardson.symbolic.model import Model
from richardson.symbolic.synchrony import has_linear_rates

Place: TypeAlias = Equilibrium | Mapping[str, float] | Sequence[float] | None


@dataclass(frozen=True, eq=False)
class Reactions:
    """Linear part of a flow in the arms, fear eliminated.

    Attributes
    ----------
    names : tuple of str
        The n states that do not follow others.
    matrix : FloatArray
        Shape (n, n), in 1/yr: entry (i, j) is how the rate of i answers j.
    uncertainty : FloatArray
        Shape (n, n): how far each entry may be off.
    state : FloatArray or None
        Shape (d,): the equilibrium; None where the matrix is the same everywhere and none was given.
    full, full_uncertainty : FloatArray
        Shape (d, d): the Jacobian with what follows, which has the last word on stability, and how far its entries may be off.
    followers : BoolArray
        Shape (d,): states that follow.
    """

    names: tuple[str, ...]
    matrix: FloatArray
    uncertainty: FloatArray
    state: FloatArray | None
    full: FloatArray
    full_uncertainty: FloatArray
    followers: BoolArray

    @property
    def own(self) -> FloatArray:
        """Shape (n,): how each nation's arms wear themselves down, the negated diagonal."""
        return -np.diagonal(self.matrix)

    @property
    def cross(self) -> FloatArray:
        """Shape (n, n): reactions to the others, 0 on the diagonal."""
        return np.where(np.eye(len(self.names), dtype=bool), 0.0, self.matrix)


def reactions_at(model: Model, at: Place, what: str) -> Reactions:
    """Linear part of ``model`` at an equilibrium, or of a linear model anywhere.

    Parameters
    ----------
    model : Model
        Autonomous flow.
    at : Equilibrium, mapping, sequence or None
        None for linear rates only.
    what : str
        What is asked, for the refusals.

    Raises
    ------
    NotAutonomousError, InvalidInputError
        If the rates contain time, the model is a map or does not rest at ``at``, or ``at`` is missing.
    """
    refuse_time(model, what)
    if model.kind != "flow":
        raise InvalidInputError(f"{what} of '{model.name}' cannot be given: it is a {model.kind}. Ask a flow.")
    field = Field.of(model)
    if at is None and not _is_linear(model):
        raise InvalidInputError(f"{what} of '{model.name}' depends on where it rests. Give at=, one of equilibria(model, window).")
    point = np.zeros(field.dimension) if at is None else spectrum(model, at).state
    width = np.maximum(np.abs(point), 1.0)
    uncertainty = jacobian_uncertainty(RestEquations.of(model, point - width, point + width), point)
    followers = np.array([state.is_follower for state in model.states])
    jacobian = field.jacobian(0.0, point)
    reduced = without_followers(jacobian, followers)
    if reduced is None:
        raise InvalidInputError(f"{what} of '{model.name}' cannot be given: what follows the arms does not settle by itself.")
    matrix, left, right = reduced
    names = tuple(state.name for state in model.states if not state.is_follower)
    doubt = np.abs(left) @ uncertainty @ np.abs(right)
    return Reactions(names, matrix, doubt, None if at is None else point, jacobian, uncertainty, followers)


def _is_linear(model: Model) -> bool:
    return model.equations.is_linear if isinstance(model, IndexedModel) else has_linear_rates(model)
