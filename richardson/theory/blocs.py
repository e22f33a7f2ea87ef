"""Blocs and alliances: who stands with whom, read off a matrix of alignments, and a race in which friends are feared less.

Alignments Aᵢⱼ = Aⱼᵢ run from −1 (enemies) to 1 (allies), 0 being neither. Both forms here are this project's own; the factions are
those into which structural balance drives such a matrix [1]_.

References
----------
.. [1] S. A. Marvel, J. Kleinberg, R. D. Kleinberg, S. H. Strogatz (2011), Continuous-time model of structural balance,
   Proceedings of the National Academy of Sciences 108(5), 1771–1776.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse.csgraph import connected_components

from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError, OutOfBoundsError
from richardson.models.quantities import is_in_order
from richardson.provenance import Provenance, record
from richardson.symbolic.families import as_numbers, values_of
from richardson.symbolic.given import check_model
from richardson.symbolic.model import Model

SIDE = 1e-9  # of the largest component: a nation below it belongs to no faction
GAP = 1e-9  # relative: leading eigenvalues closer than this leave the factions open


@dataclass(frozen=True, eq=False, repr=False)
class Blocs:
    """Who stands with whom.

    Attributes
    ----------
    names : tuple of str
    alignment : FloatArray
        Shape (n, n), symmetric, 0 on the diagonal.
    blocs : tuple of tuple of str
        Nations joined by chains of positive alignments, the largest bloc first; a nation without a friend is a bloc of its own.
    factions : tuple of tuple of str
        The two sides by the signs of the leading eigenvector, the larger first (of two alike that of the first nation), one of them
        empty where all stand together; both empty where the leading eigenvalue is not simple, so that the sides are not defined.
    unaligned : tuple of str
        Nations on neither side.
    frustration : float
        Share, by size, of the alignments that contradict the factions: enemies on one side, friends across; 0 is balance.
    provenance : Provenance
    """

    names: tuple[str, ...]
    alignment: FloatArray
    blocs: tuple[tuple[str, ...], ...]
    factions: tuple[tuple[str, ...], tuple[str, ...]]
    unaligned: tuple[str, ...]
    frustration: float
    provenance: Provenance

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a nation: its bloc, and its faction (0, 1, or −1 for neither)."""
        bloc = {name: place for place, members in enumerate(self.blocs) for name in members}
        side = {name: place for place, members in enumerate(self.factions) for name in members}
        return {
            "nation": list(self.names),
            "bloc": [bloc[name] for name in self.names],
            "faction": [side.get(name, -1) for name in self.names],
        }

    def __repr__(self) -> str:
        """The blocs and how frustrated the factions are."""
        shown = "; ".join(" ".join(members) for members in self.blocs)
        return f"<{len(self.blocs)} blocs: {shown}; frustration {self.frustration:.3g}>"


def blocs(alignment: Any, nations: Sequence[str] | None = None) -> Blocs:
    """Blocs and factions of a matrix of alignments.

    Parameters
    ----------
    alignment : array_like, mapping or table
        Aᵢⱼ = Aⱼᵢ in [−1, 1], of shape (n, n) with 0 or NaN on the diagonal, by pair, or with named rows and columns.
    nations : sequence of str, optional
        Names, in order; not needed for a table with named rows.

    Returns
    -------
    Blocs

    Raises
    ------
    InvalidInputError, UnknownNameError, OutOfBoundsError
        If there are fewer than two nations, the matrix does not fit them or is not symmetric, or an entry is outside [−1, 1].

    Notes
    -----
    Under Ẋ = X² a matrix falls into the factions that the signs of its leading eigenvector give, if that eigenvalue is positive and
    simple [1]_.

    References
    ----------
    .. [1] S. A. Marvel, J. Kleinberg, R. D. Kleinberg, S. H. Strogatz (2011), Continuous-time model of structural balance,
       Proceedings of the National Academy of Sciences 108(5), 1771–1776.

    Examples
    --------
    >>> blocs({("x", "y"): 0.8, ("x", "z"): -0.5, ("y", "z"): -0.5}, ("x", "y", "z"))
    <2 blocs: x y; z; frustration 0>
    """
    names = _names(alignment, nations)
    matrix = _alignments(alignment, names)
    count, labels = connected_components(matrix > 0, directed=False)
    groups = [tuple(name for name, label in zip(names, labels, strict=True) if label == place) for place in range(count)]
    side = _sides(matrix)
    first, second, neither = (tuple(name for name, sign in zip(names, side, strict=True) if sign == which) for which in (1, -1, 0))
    agreed = matrix * np.outer(side, side)
    size = np.abs(matrix[np.outer(side, side) != 0]).sum()
    return Blocs(
        names=names,
        alignment=matrix,
        blocs=tuple(sorted(groups, key=len, reverse=True)),
        factions=_larger_first(first, second, names[0]),
        unaligned=neither,
        frustration=float(np.abs(agreed[agreed < 0]).sum() / size) if size else 0.0,
        provenance=record(None, verb="blocs", nations=names),
    )


def with_alignment(model: Model, alignment: Any) -> Model:
    """The model with every reaction to another nation scaled by enmity: kᵢⱼ becomes kᵢⱼ (1 − Aᵢⱼ)/2.

    An ally (A = 1) is not feared, an enemy (A = −1) in full, and a nation that is neither by half: the form, this project's own, in
    which alignment stands in the threat of a balance of power.

    Parameters
    ----------
    model : Model
        With ``defence_i_j`` for every pair, such as `richardson.models.nations`.
    alignment : array_like, mapping or table
        As `blocs`; pairs that a mapping does not name are neither friends nor enemies.

    Returns
    -------
    Model

    Raises
    ------
    InvalidInputError, UnknownNameError, OutOfBoundsError
        If the model has no such reactions, or the alignments are none of its nations.

    Examples
    --------
    >>> from richardson.models.nations import nations
    >>> with_alignment(nations(3, defence=0.4), {("x", "y"): 1, ("x", "z"): -1}).values["defence_x_z"]
    0.4
    """
    check_model(model)
    names = model.state_names
    known = dict(zip(model.parameter_names, model.numbers, strict=True))
    pairs = {(i, j): f"defence_{i}_{j}" for i in names for j in names if i != j}
    if not all(name in known for name in pairs.values()):
        raise InvalidInputError(f"'{model.name}' has no defence_i_j for every pair of its states. Use a model such as nations(3).")
    matrix = _alignments(alignment, names)
    scaled = {(i, j): known[name] * (1 - matrix[names.index(i), names.index(j)]) / 2 for (i, j), name in pairs.items()}
    return model.with_values(defence=scaled)


def _names(alignment: Any, nations: Sequence[str] | None) -> tuple[str, ...]:
    if nations is None:
        labels = getattr(alignment, "index", None)
        if labels is None or callable(labels):
            raise InvalidInputError("The alignments do not name their nations. Give nations=, in the order of the rows.")
        nations = list(labels)
    if not is_in_order(nations):
        raise InvalidInputError(f"The nations of alignments are a sequence of names; got {nations!r}. Write for example ('x', 'y').")
    names = tuple(map(str, nations))
    if len(names) < 2 or len(set(names)) < len(names):
        raise InvalidInputError(f"Alignments are of two different nations or more; got {', '.join(names) or 'none'}.")
    return names


def _alignments(alignment: Any, names: Sequence[str]) -> FloatArray:
    """The matrix, symmetric, within [−1, 1]."""
    owners = [(i, j) for place, i in enumerate(names) for j in names[place + 1 :]]
    given = values_of("alignment", names, owners, alignment)
    try:
        numbers = as_numbers("alignment", given, (-1.0, 1.0), "[-1, 1]")
    except OutOfBoundsError as error:
        raise OutOfBoundsError(f"{error} Alignments run from -1 (enemies) to 1 (allies).") from None
    matrix = np.zeros((len(names), len(names)))
    for (i, j), number in zip(given, numbers, strict=True):
        matrix[names.index(i), names.index(j)] = matrix[names.index(j), names.index(i)] = number
    return matrix


def _larger_first(first: tuple[str, ...], second: tuple[str, ...], nation: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (first, second) if (len(first), nation in first) >= (len(second), nation in second) else (second, first)


def _sides(matrix: FloatArray) -> FloatArray:
    """Sign of each nation's component of the leading eigenvector, 0 for neither side or where that is not defined."""
    values, vectors = np.linalg.eigh(matrix)
    if not (values[-1] > 0 and values[-1] - values[-2] > GAP * np.abs(values).max()):
        return np.zeros(len(matrix))
    leading = vectors[:, -1]
    return np.where(np.abs(leading) > SIDE * np.abs(leading).max(), np.sign(leading), 0.0)
