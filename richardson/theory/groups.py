"""Which groups of nations run away together although every smaller part of them is calm."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any

import numpy as np

from richardson.arrays import FloatArray, IntArray
from richardson.errors import InvalidInputError
from richardson.provenance import Provenance, record
from richardson.stability.kinds import eigenvalues_with_errors
from richardson.symbolic.model import Model
from richardson.theory.reactions import Place, Reactions, reactions_at

Group = tuple[str, ...]
USUAL = 3  # nations in the largest group that is looked at
MOST_GROUPS = 2_000_000  # some ten seconds
BATCH = 500_000  # entries of matrices at a time: megabytes
NEAR = 1e-4  # of the norm, or the n-th root of rounding: of no block of n states is the leading eigenvalue off by much more
ROUNDINGS = 16  # of the norm: what LAPACK may be off with few states
SHOWN = 3  # groups in a repr


@dataclass(frozen=True, eq=False, repr=False)
class UnstableGroups:
    """Groups of nations that are unstable by themselves, every smaller group within them stable.

    Attributes
    ----------
    groups : tuple of tuple of str
        Smallest first, then the fastest first.
    growth : FloatArray
        Shape (m,), in 1/yr: largest real part of the eigenvalues of each, above 0.
    undecided : tuple of tuple of str
        Groups whose largest real part is not told from 0, every smaller group stable.
    counts : dict of int to int
        How many groups of each size were looked at.
    state : FloatArray or None
        The equilibrium; None for linear rates, where it does not matter.
    model : Model
    provenance : Provenance
    """

    groups: tuple[Group, ...]
    growth: FloatArray
    undecided: tuple[Group, ...]
    counts: dict[int, int]
    state: FloatArray | None
    model: Model
    provenance: Provenance

    def __len__(self) -> int:
        """Number of unstable groups."""
        return len(self.groups)

    @property
    def sizes(self) -> dict[int, int]:
        """How many of the unstable groups have each size."""
        return {size: sum(len(group) == size for group in self.groups) for size in self.counts}

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row an unstable group."""
        return {
            "group": [" ".join(group) for group in self.groups],
            "size": [len(group) for group in self.groups],
            "growth": self.growth.tolist(),
        }

    def __repr__(self) -> str:
        """How many of each size, and the first."""
        of_size = ", ".join(f"{count} of {size}" for size, count in self.sizes.items())
        first = "; ".join(" ".join(group) for group in self.groups[:SHOWN])
        return f"<unstable groups of '{self.model.name}' with all smaller parts stable: {of_size}{f' ({first})' if first else ''}>"


def unstable_groups(model: Model, at: Place = None, *, largest: int | None = None) -> UnstableGroups:
    """Groups of nations that run away together, while every smaller group within them, left to itself, is stable.

    Parameters
    ----------
    model : Model
        Autonomous flow; fear belongs to every group, and follows its arms.
    at : Equilibrium, mapping or sequence, optional
        Where it rests; not needed where the rates are linear.
    largest : int, optional
        Nations in the largest groups that are looked at; 3 by default, or 2 of two.

    Returns
    -------
    UnstableGroups
        A group is a race of its own: the others' arms are held where they are.

    Raises
    ------
    NotAutonomousError, InvalidInputError
        If the rates contain time, ``at`` is missing or no equilibrium, or there are too many groups.

    Notes
    -----
    The linear part of a group is the principal submatrix of J of its arms and of all that follows. For J without a negative entry off
    its diagonal a larger group never has a smaller leading eigenvalue, so the groups listed are all minimal ones, and every group that
    holds one of them is unstable too. Three identical nations are stable in pairs and unstable together for a/2 < k < a.

    Examples
    --------
    >>> from richardson.models.nations import nations
    >>> unstable_groups(nations(3, defence=0.12, fatigue=0.2))
    <unstable groups of 'nations' with all smaller parts stable: 0 of 1, 0 of 2, 1 of 3 (x y z)>
    """
    found = reactions_at(model, at, "The groups that run away")
    count = len(found.names)
    largest = min(USUAL, count) if largest is None else largest
    if isinstance(largest, bool) or not isinstance(largest, int | np.integer) or not 1 <= largest <= count:
        raise InvalidInputError(f"The largest group has from 1 to {count} nations; got largest={largest!r}.")
    total = sum(comb(count, size) for size in range(1, largest + 1))
    if total > MOST_GROUPS:
        raise InvalidInputError(f"{count} nations have {total} groups of up to {largest}, more than {MOST_GROUPS}. Lower largest=.")
    unstable: list[tuple[tuple[int, ...], float]] = []
    undecided: list[tuple[int, ...]] = []
    for size in range(1, largest + 1):
        known = [frozenset(group) for group in (*(group for group, _ in unstable), *undecided)]
        for group, growth, doubt in _leading(found, size, known):
            if growth > doubt:
                unstable.append((group, growth))
            elif growth >= -doubt:
                undecided.append(group)
    unstable.sort(key=lambda one: (len(one[0]), -one[1]))
    return UnstableGroups(
        groups=tuple(_named(found, group) for group, _ in unstable),
        growth=np.array([growth for _, growth in unstable]),
        undecided=tuple(_named(found, group) for group in undecided),
        counts={size: comb(count, size) for size in range(1, largest + 1)},
        state=found.state,
        model=model,
        provenance=record(model, verb="unstable_groups", at=None if found.state is None else found.state.tolist(), largest=int(largest)),
    )


def _leading(found: Reactions, size: int, known: list[frozenset[int]]) -> list[tuple[tuple[int, ...], float, float]]:
    """Groups of a size that hold none of the known ones, largest real part and how far it may be off, unless that is below zero."""
    kept = []
    groups = np.array(list(combinations(range(len(found.names)), size)), dtype=np.int64).reshape(-1, size)
    groups = groups[~_holds(groups, known, len(found.names))]
    leaders, followers = np.flatnonzero(~found.followers), np.flatnonzero(found.followers)
    batch = max(1, BATCH // (size + len(followers)) ** 2)
    for begin in range(0, len(groups), batch):
        part = groups[begin : begin + batch]
        states = np.hstack([leaders[part], np.broadcast_to(followers, (len(part), len(followers)))])
        blocks, doubts = (table[states[:, :, np.newaxis], states[:, np.newaxis, :]] for table in (found.full, found.full_uncertainty))
        growth, errors = _growth(blocks, doubts)
        kept += [(tuple(part[place].tolist()), float(growth[place]), float(errors[place])) for place in np.flatnonzero(growth >= -errors)]
    return kept


def _growth(blocks: FloatArray, doubts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Largest real part of the eigenvalues of each block (n, s, s), and how far it may be off, looked at closely where it is near zero."""
    growth = np.linalg.eigvals(blocks).real.max(axis=1)
    near = max(NEAR, float(np.finfo(np.float64).eps ** (1 / blocks.shape[-1])))
    scale = np.linalg.norm(blocks, axis=(1, 2))
    errors = np.linalg.norm(doubts, axis=(1, 2)) + ROUNDINGS * np.finfo(np.float64).eps * scale
    for place in np.flatnonzero(np.abs(growth) <= near * scale):
        values, _, doubt = eigenvalues_with_errors(blocks[place], doubts[place])
        errors[place] = max(doubt[0], (values.real + doubt).max() - growth[place])
    return growth, errors


def _holds(groups: IntArray, known: list[frozenset[int]], count: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether each group holds a known one."""
    members = np.zeros((len(groups), count), dtype=bool)
    np.put_along_axis(members, groups, values=True, axis=1)
    held = np.zeros(len(groups), dtype=bool)
    for one in known:
        held |= members[:, list(one)].all(axis=1)
    return held


def _named(found: Reactions, group: tuple[int, ...]) -> Group:
    return tuple(found.names[place] for place in group)
