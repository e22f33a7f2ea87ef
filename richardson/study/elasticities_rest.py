"""How an equilibrium, and what is read off its linear part, answers small changes of parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from richardson.arrays import ComplexArray, FloatArray
from richardson.compiled.field import Field
from richardson.errors import InvalidInputError
from richardson.stability.equilibria import Equilibrium
from richardson.stability.spectrum import Spectrum, spectrum
from richardson.symbolic.conditions import without_followers
from richardson.symbolic.model import Model
from richardson.symbolic.transform import extended

SPIRAL, LEADING = "spiral_number", "max_real_eigenvalue"
EQUILIBRIUM = "equilibrium "
PARALLEL = 1e-9  # of left and right vectors: below it an eigenvalue is not simple, and has no derivative that can be known


@dataclass(frozen=True, eq=False)
class Rest:
    """An equilibrium and how it moves.

    Attributes
    ----------
    field : Field
    spectrum : Spectrum
    names : tuple of str
        The k parameters.
    """

    field: Field
    spectrum: Spectrum
    names: tuple[str, ...]

    @cached_property
    def jacobian(self) -> FloatArray:
        """J, shape (d, d)."""
        return self.field.jacobian(0.0, self.spectrum.state)

    @cached_property
    def moves(self) -> FloatArray:
        """∂x*/∂p, shape (d, k).

        Raises
        ------
        InvalidInputError
            If the equilibrium is at a fold, where it has none.
        """
        state, is_map = self.spectrum.state, self.field.model.kind == "map"
        distances = np.abs(self.spectrum.eigenvalues - (1.0 if is_map else 0.0))
        if (distances <= self.spectrum.errors).any():
            raise InvalidInputError(
                f"The equilibrium of '{self.field.model.name}' lies on a fold or a branch point to rounding (an eigenvalue is "
                f"{'one' if is_map else 'zero'}), where it has no derivative in parameters. Move a parameter off it."
            )
        matrix = self.jacobian - np.eye(len(state)) if is_map else self.jacobian
        return np.asarray(np.linalg.solve(matrix, -self.field.parameter_derivatives(state, self.names)), dtype=np.float64)

    @cached_property
    def turns(self) -> FloatArray:
        """dJ/dp along the moving equilibrium, shape (d, d, k)."""
        state = self.spectrum.state
        return np.asarray(self.field.mixed_derivatives(state, self.names) + self.field.second_derivatives(state) @ self.moves)

    def leading(self) -> tuple[float, FloatArray] | str:
        """Largest real part of the eigenvalues and its slopes (k,), or why it has none."""
        if self.field.model.kind == "map":
            return "a map has multipliers, of which this is no measure"
        values, vectors, adjoint = *np.linalg.eig(self.jacobian), np.linalg.eig(self.jacobian.T)
        place = int(np.argmax(values.real))
        others = np.ones(len(values), dtype=np.bool_)
        others[place] = False
        if values[place].imag != 0.0:
            others[int(np.argmin(np.abs(values - values[place].conj())))] = False
        doubt = 2.0 * self.spectrum.errors.max()
        if (values[place].real - values[others].real <= doubt).any():
            return "two eigenvalues share the largest real part, which has a kink there"
        right = vectors[:, place]
        left = adjoint[1][:, int(np.argmin(np.abs(adjoint[0] - values[place])))]
        if abs(left @ right) <= PARALLEL:
            return "the leading eigenvalue is not simple"
        return float(values[place].real), _simple_slopes(left, self.turns, right).real

    def spiral(self) -> tuple[float, FloatArray] | str:
        """Spiral number R and its slopes (k,), or why it has none."""
        number = self.spectrum.spiral_number
        if number is None:
            return "it is not defined there: reactions must be positive, and every nation's arms must wear themselves down"
        followers = np.array([state.is_follower for state in self.field.model.states])
        reduced = without_followers(self.jacobian, followers)
        if reduced is None or number == 0.0:
            return "nothing couples the nations, and a square root has no derivative at zero"
        matrix, left, right = reduced
        turns = np.einsum("ai,ijk,jb->abk", left, self.turns, right)
        own = -np.diagonal(matrix)
        cross = ~np.eye(len(matrix), dtype=bool)
        ratios = np.where(cross, matrix, 0.0) / own[:, np.newaxis]
        own_turns = np.diagonal(turns).T  # (n, k): those of −D
        changes = (np.where(cross[:, :, np.newaxis], turns, 0.0) + ratios[:, :, np.newaxis] * own_turns[:, np.newaxis]) / own[:, None, None]
        sides = []
        for one in (ratios.T, ratios):
            values, vectors = np.linalg.eig(one)
            sides.append(np.abs(vectors[:, int(np.argmax(values.real))]))
        if sides[0] @ sides[1] <= PARALLEL:
            return "the largest eigenvalue of its matrix is not simple, so that it has a kink or a root there"
        return number, np.asarray(_simple_slopes(*(sides[0], changes, sides[1])).real)


def slopes_at_rest(
    model: Model, at: Equilibrium | Mapping[str, float] | Sequence[float], asked: Sequence[Any] | None, names: tuple[str, ...]
) -> tuple[tuple[str, ...], FloatArray, FloatArray]:
    """Labels (q), values (1, q) and slopes (1, q, k) of outcomes at an equilibrium.

    Parameters
    ----------
    model : Model
    at : Equilibrium, mapping or sequence
    asked : sequence, or None
        None: the states, and the two numbers where they have slopes.
    names : tuple of str

    Raises
    ------
    InvalidInputError, ParseError, NotAutonomousError
        If it is no equilibrium, or an outcome is not defined or has no derivative there.
    """
    rest = Rest(Field.of(model), spectrum(model, at), names)
    found = {name: number for name, number in ((SPIRAL, rest.spiral), (LEADING, rest.leading)) if name not in model.parameter_names}
    known = {name: number() for name, number in found.items()}
    if asked is None:
        asked = [*model.state_names, *(name for name, number in known.items() if not isinstance(number, str))]
    texts = [_text(model, each) for each in asked]
    numbers = {name: 1.0 if isinstance(number, str) else number[0] for name, number in known.items()}
    wider = extended(model, numbers)
    used = {symbol.name for text in texts for symbol in wider.expression(text).free_symbols}
    for name in used & set(known):
        if isinstance(known[name], str):
            raise InvalidInputError(
                f"{name} of '{model.name}' has no derivative at this equilibrium: {known[name]}. Ask for other outcomes."
            )
    own = tuple(name for name in known if name in used)
    there = Field.of(wider).gradients_of(texts, (*names, *own))(0.0, rest.spectrum.state[np.newaxis])
    count = len(names)
    slopes = there.in_states[0] @ rest.moves + there.in_parameters[0, :, :count]
    for place, name in enumerate(own):
        slopes = slopes + there.in_parameters[0, :, count + place, np.newaxis] * known[name][1]
    if not (np.isfinite(slopes).all() and np.isfinite(there.values).all()):
        raise InvalidInputError(f"An outcome of {', '.join(map(str, asked))} has no finite derivative at this equilibrium. Ask for others.")
    return tuple(str(each) for each in asked), there.values, slopes[np.newaxis]


def _text(model: Model, outcome: Any) -> Any:
    """An outcome as an expression over states, parameters and the two numbers."""
    if isinstance(outcome, str) and outcome.startswith(EQUILIBRIUM):
        return outcome.removeprefix(EQUILIBRIUM)
    if not isinstance(outcome, str) and not hasattr(outcome, "free_symbols"):
        raise InvalidInputError(
            f"An outcome at an equilibrium is a text over states and parameters of '{model.name}', {SPIRAL} and {LEADING}; got "
            f"{outcome!r}. Give times= for outcomes of a run."
        )
    return outcome


def _simple_slopes(left: Any, changes: FloatArray, right: Any) -> ComplexArray:
    """How a simple eigenvalue with vectors (n,) moves with its matrix, whose slopes are (n, n, k), shape (k,)."""
    slopes: ComplexArray = np.einsum("i,ijk,j->k", left, changes, right) / (left @ right) + 0j
    return slopes
