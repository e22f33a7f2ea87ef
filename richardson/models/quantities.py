"""Words, letters and names that the models of the catalogue share."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

from richardson.errors import InvalidInputError
from richardson.symbolic.parse import check_name
from richardson.symbolic.quantity import Parameter, State

FEW_NATIONS = ("x", "y", "z")
MOST_NATIONS = 1000  # a million named reactions; a count typed in error would fill the memory


def nation_names(nations: Sequence[str] | int, *, most: int | None = None) -> tuple[str, ...]:
    """Names of the nations, from names or a count.

    Parameters
    ----------
    nations : sequence of str or int
        2 means x and y, 3 means x, y and z, more means n1 … nN.
    most : int, optional
        Largest number allowed.

    Raises
    ------
    InvalidInputError
        If there are fewer than two, more than ``most``, or a count beyond a thousand,
        or a name occurs twice, or they are neither names in an order nor a count.
    """
    if isinstance(nations, int | np.integer) and not isinstance(nations, bool) and nations >= 2:
        if nations > MOST_NATIONS:
            raise InvalidInputError(
                f"A race of {nations} nations has {nations}² reactions; at most {MOST_NATIONS} nations are taken. Take fewer."
            )
        names = FEW_NATIONS[:nations] if nations <= len(FEW_NATIONS) else tuple(f"n{i + 1}" for i in range(nations))
    elif not isinstance(nations, int | np.integer) and is_in_order(nations):
        names = tuple(check_name(name, "nation") for name in nations)
    else:
        raise InvalidInputError(f"A race needs at least two nations; got {nations!r}. Give names such as ('x', 'y') or a count.")
    if len(names) < 2 or len(set(names)) < len(names):
        raise InvalidInputError(f"A race needs at least two different nations; got {', '.join(map(repr, names)) or 'none'}.")
    if most is not None and len(names) > most:
        raise InvalidInputError(
            f"This model is written out for at most {most} nations; got {len(names)}. Take fewer; of races, nations, "
            "collective_security and security_dilemma are compiled as loops and take more."
        )
    return names


def is_in_order(names: Any) -> bool:
    """Whether names are several, one after the other."""
    if isinstance(names, np.ndarray):
        return names.ndim > 0
    return isinstance(names, Iterable) and not isinstance(names, str | set | frozenset)


def arms(nation: str, *, lower: float = -inf) -> State:
    """State of a nation's arms."""
    return State(nation, _letter(nation), f"arms of {nation}", "arms", lower=lower)


def each(term: Parameter, nations: Sequence[str]) -> list[Parameter]:
    """``<what>_<nation>`` for every nation, from a parameter that names the what."""
    return [replace(term, name=f"{term.name}_{i}", symbol=indexed(term.symbol, i), meaning=f"{term.meaning} of {i}") for i in nations]


def pair_name(what: str, i: str, j: str, nations: Sequence[str]) -> str:
    """``<what>_<i>_<j>``; of two nations ``<what>_<i>``, as there is but one j."""
    return f"{what}_{i}" if len(nations) == 2 else f"{what}_{i}_{j}"


def indexed(letter: str, *indices: str) -> str:
    """LaTeX of a letter with nations as its index."""
    written = [index if len(index) == 1 else rf"\mathrm{{{index}}}".replace("_", r"\_") for index in indices]
    return f"{letter}_{{{' '.join(written)}}}"


def _letter(nation: str) -> str:
    return nation if len(nation) == 1 else indexed("x", nation)
