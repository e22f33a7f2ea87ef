"""Phase portraits along a parameter, one after another as in a film."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.arrays import FloatArray, as_floats
from richardson.errors import InvalidInputError
from richardson.provenance import Provenance, record
from richardson.stability.portrait import PhasePortrait, phase_portrait
from richardson.stability.window import Window
from richardson.symbolic.given import check_model
from richardson.symbolic.model import Model


@dataclass(frozen=True, eq=False, repr=False)
class PhasePortraits(Sequence[PhasePortrait]):
    """A sequence of phase portraits of one window, each at its value of a parameter.

    Attributes
    ----------
    parameter : str
        A name, or a concept whose members move as one.
    values : FloatArray
        Shape (n,), in the parameter's unit.
    portraits : tuple of PhasePortrait
        At each value.
    model : Model
        At its own value.
    provenance : Provenance
    """

    parameter: str
    values: FloatArray
    portraits: tuple[PhasePortrait, ...]
    model: Model
    provenance: Provenance

    def __len__(self) -> int:
        """Number of portraits."""
        return len(self.portraits)

    def __getitem__(self, at: Any) -> Any:
        """One portrait by its place, or a slice of them."""
        return self.portraits[at]

    def __iter__(self) -> Iterator[PhasePortrait]:
        """The portraits in order."""
        return iter(self.portraits)

    def to_table(self) -> dict[str, list[Any]]:
        """Columns of the equilibria of all portraits, one row each, the value of the parameter first."""
        tables = [portrait.to_table() for portrait in self.portraits]
        counts = [len(portrait.equilibria) for portrait in self.portraits]
        columns = {name: [entry for table in tables for entry in table[name]] for name in tables[0]}
        return {self.parameter: np.repeat(self.values, counts).tolist(), **columns}

    def __repr__(self) -> str:
        """Model, parameter and span."""
        span = f"{self.values[0]:g} to {self.values[-1]:g}"
        return f"<{len(self)} phase portraits of '{self.model.name}' at {self.parameter} = {span}>"


def phase_portraits(
    model: Model, window: Window, parameter: str, values: npt.ArrayLike, *, rng: int | np.random.Generator | None = 0
) -> PhasePortraits:
    """Phase portraits of one window at each of some values of a parameter.

    Parameters
    ----------
    model : Model
        Autonomous, with two states or more.
    window : Window
        Spans exactly two states and fixes the others.
    parameter : str
        By name; a bare concept name moves all its members as one.
    values : array_like
        Shape (n,), in the parameter's unit, in the order of the portraits.
    rng : int, numpy.random.Generator or None
        For the search of `equilibria`, where one is needed; the same at each value if it is a number.

    Returns
    -------
    PhasePortraits

    Raises
    ------
    InvalidInputError
        If there are no values, or they are no sequence.
    UnknownNameError, OutOfBoundsError, NotAutonomousError, ComputationError
        As `phase_portrait` and ``model.with_values``.

    Examples
    --------
    >>> from richardson.models import linear
    >>> film = phase_portraits(linear(grievance=1.0), Window(x=(0, 4), y=(0, 4)), "defence", [0.2, 0.5, 0.7])
    >>> [round(picture.equilibria[0]["x"], 3) for picture in film]
    [1.25, 2.0, 3.333]
    """
    check_model(model)
    numbers = as_floats(values, "Values")
    if numbers.ndim != 1 or not numbers.size:
        raise InvalidInputError(f"Portraits along {parameter} need a sequence of values; got {values!r}. Give for example [0.0, 0.1].")
    models = [model.with_values(**{parameter: value}) for value in numbers.tolist()]  # a value that cannot be is refused at once
    pictures = tuple(phase_portrait(one, window, rng=rng) for one in models)
    provenance = record(model, verb="phase_portraits", window=repr(window), parameter=parameter, values=numbers)
    return PhasePortraits(parameter, numbers, pictures, model, provenance)
