"""How a battle under Lanchester's laws ends, in closed form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atanh, inf, sqrt
from typing import Any

from richardson import extras
from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError
from richardson.models.war import lanchester_linear, lanchester_square
from richardson.provenance import Provenance, record
from richardson.symbolic.model import Model
from richardson.symbolic.position import start_values


@dataclass(frozen=True, repr=False)
class BattleEnd:
    """Who wins a battle, with what is left and when.

    Attributes
    ----------
    winner : str or None
        The side that is left; None where both wear each other down to nothing.
    survivors : float
        What the winner has left, in the unit of the states; 0 without a winner.
    time : float
        When the loser reaches 0, in years; infinite where it nears 0 and never gets there.
    start : tuple of float
        Arms of x and y at the beginning.
    model : Model
    provenance : Provenance
    """

    winner: str | None
    survivors: float
    time: float
    start: tuple[float, float]
    model: Model
    provenance: Provenance

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, in one row."""
        return {"winner": [self.winner], "survivors": [self.survivors], "time": [self.time]}

    def to_xarray(self) -> Any:
        """Dataset without dimensions.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "winner": self.winner or "nobody"}
        return xarray.Dataset({"survivors": ((), self.survivors), "time": ((), self.time)}, attrs=attributes)

    def __repr__(self) -> str:
        """Winner, survivors and time."""
        when = "never quite" if self.time == inf else f"at {self.time:.6g} yr"
        outcome = f"'{self.winner}' wins with {self.survivors:.6g} left" if self.winner else "nobody is left"
        return f"<battle: {outcome}, {when}>"


def battle_end(model: Model, start: Mapping[str, float] | Sequence[float] | FloatArray) -> BattleEnd:
    """End of a battle under `lanchester_square` or `lanchester_linear`, in closed form.

    Parameters
    ----------
    model : Model
        One of the two, at any values.
    start : mapping or sequence
        Arms by name, or of x and y.

    Returns
    -------
    BattleEnd

    Raises
    ------
    InvalidInputError
        If the equations are others, neither side is there, or the battle has no end because nobody's fire hits.
    UnknownNameError, OutOfBoundsError
        If the start does not fit the model.

    Notes
    -----
    Square law: a x² − b y² is kept, so that x wins with √(x² − (b/a) y²) left exactly if it is positive, after
    artanh(√(b/a) y/x)/√(ab). Linear law: a x − b y is kept, x wins with x − (b/a) y left, and y nears 0 exponentially.

    References
    ----------
    .. [1] F. W. Lanchester (1916), Aircraft in Warfare: The Dawn of the Fourth Arm, Constable (quoted from memory).

    Examples
    --------
    >>> from richardson.models import lanchester_square
    >>> battle_end(lanchester_square(effectiveness=0.01), {"x": 1000, "y": 800})
    <battle: 'x' wins with 600 left, at 109.861 yr>
    """
    is_square = isinstance(model, Model) and model.fingerprint == lanchester_square().fingerprint
    if not is_square and not (isinstance(model, Model) and model.fingerprint == lanchester_linear().fingerprint):
        raise InvalidInputError(f"The closed form is that of lanchester_square and lanchester_linear; got {model!r}. Use integrate.")
    x, y = (float(value) for value in start_values(model, start))
    own, other = model.numbers
    if max(x, y) == 0.0 or (min(x, y) > 0.0 and own == other == 0.0):
        raise InvalidInputError(
            f"No battle of {x:g} against {y:g} with effectiveness {own:g} and {other:g} ends. Give both sides arms and fire."
        )
    winner, survivors, time = _early(x, y) or (_square if is_square else _linear)(x, y, own, other)
    return BattleEnd(winner, survivors, time, (x, y), model, record(model, verb="battle_end", start=(x, y)))


def _early(x: float, y: float) -> tuple[str, float, float] | None:
    """The end of a battle to which one side does not come."""
    if min(x, y) > 0.0:
        return None
    return ("x", x, 0.0) if y == 0.0 else ("y", y, 0.0)


def _square(x: float, y: float, own: float, other: float) -> tuple[str | None, float, float]:
    strength, opposing = sqrt(own) * x, sqrt(other) * y
    if strength == opposing:
        return None, 0.0, inf
    if strength < opposing:
        return "y", *_square(y, x, other, own)[1:]
    time = atanh(opposing / strength) / sqrt(own * other) if other > 0.0 else y / (own * x)
    return "x", x * sqrt((1.0 - opposing / strength) * (1.0 + opposing / strength)), time


def _linear(x: float, y: float, own: float, other: float) -> tuple[str | None, float, float]:
    strength, opposing = own * x, other * y
    if strength == opposing:
        return None, 0.0, inf
    return ("x", x - opposing / own, inf) if strength > opposing else ("y", y - strength / other, inf)
