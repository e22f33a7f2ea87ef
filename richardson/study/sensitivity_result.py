"""What a sensitivity analysis found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson.arrays import FloatArray, IntArray
from richardson.errors import UnknownNameError, nearest
from richardson.provenance import Provenance
from richardson.study.design import Design
from richardson.study.sensitivity_dataset import dataset_of
from richardson.symbolic.model import Model

HEADLINES = {"sobol": "total", "morris": "mean_absolute_effect", "pawn": "median", "delta": "delta"}  # by which inputs are ranked
PAIRS = "second"  # the index of two inputs
IDLE = "an input that does nothing"
SHOWN = 3  # inputs in the short name


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity:
    """Indices of sensitivity with intervals; ``found["total"]`` is one of them, shape (q, p), and ``found["second"]`` that of pairs.

    Attributes
    ----------
    names : tuple of str
        The p inputs.
    outcomes : tuple of str
        The q outcomes.
    indices : tuple of str
        Names of the indices, of "sobol" with pairs "second" after the k others.
    sizes : ndarray of int, shape (s,)
        Numbers of blocks from which they were computed: nested parts of the design, the last all that have outcomes.
    estimates : ndarray, shape (s, k, q, c)
        Index by size, index, outcome and input; NaN of an outcome that does not vary. After the p inputs come, of "sobol" with pairs,
        the p² pairs in the row of the first index, and of "pawn" and "delta" an input that does nothing.
    bounds : ndarray, shape (s, 2, k, q, c)
        Lower and upper ends of their intervals; NaN where some resample did not vary.
    failures : dict of str to int
        How many members had no outcome, and how they ended.
    dropped : int
        How many blocks were left out for that.
    confidence : float
        Of the intervals.
    design : Design
        What was sampled; says by which method.
    model : Model or None
    provenance : Provenance
    """

    names: tuple[str, ...]
    outcomes: tuple[str, ...]
    indices: tuple[str, ...]
    sizes: IntArray
    estimates: FloatArray
    bounds: FloatArray
    failures: dict[str, int]
    dropped: int
    confidence: float
    design: Design
    model: Model | None
    provenance: Provenance

    def __getitem__(self, index: str) -> FloatArray:
        """An index from all blocks by its name, shape (q, p); "second", of pairs, (q, p, p) with NaN for an input and itself.

        Raises
        ------
        UnknownNameError
            If the method has no such index.
        """
        return np.array(self.course(index)[0][-1])

    def interval(self, index: str) -> FloatArray:
        """Lower and upper ends of the intervals of an index from all blocks.

        Parameters
        ----------
        index : str
            Its name.

        Returns
        -------
        ndarray, shape (2, q, p), of "second" (2, q, p, p)

        Raises
        ------
        UnknownNameError
            If the method has no such index.
        """
        return np.array(self.course(index)[1][-1])

    def course(self, index: str) -> tuple[FloatArray, FloatArray]:
        """An index over the ``sizes`` of the design, and its intervals.

        Parameters
        ----------
        index : str
            Its name.

        Returns
        -------
        tuple of ndarray
            Shapes (s, q, p) and (s, 2, q, p); of "second" (s, q, p, p) and (s, 2, q, p, p).

        Raises
        ------
        UnknownNameError
            If the method has no such index.

        Examples
        --------
        >>> import richardson as rn
        >>> design = rn.Design.for_sensitivity({"a": (0, 1), "b": (0, 2)}, size=64, rng=1)
        >>> found = rn.sensitivity(lambda members: members.sum(axis=1), design, rng=1)
        >>> found.sizes.tolist(), found.course("first")[0].shape
        ([16, 32, 64], (3, 1, 2))
        """
        if index not in self.indices:
            hint = "; second_order=True adds pairs to a design" if self.method == "sobol" and index == PAIRS else ""
            raise UnknownNameError(f"The method '{self.method}' has no index {index!r}{hint}. {nearest(str(index), self.indices)}")
        count = len(self.names)
        if index == PAIRS:
            pairs = (len(self.sizes), len(self.outcomes), count, count)
            return self.estimates[:, 0, :, count:].reshape(pairs), self.bounds[:, :, 0, :, count:].reshape(pairs[0], 2, *pairs[1:])
        place = self.indices.index(index)
        return self.estimates[:, place, :, :count], self.bounds[:, :, place, :, :count]

    @property
    def method(self) -> str:
        """By which method: "sobol", "morris", "pawn" or "delta"."""
        return "" if self.design.blocks is None else self.design.blocks.method

    @property
    def headline(self) -> str:
        """The index by which inputs are ranked: "total", "mean_absolute_effect", "median" or "delta"."""
        return HEADLINES[self.method]

    @property
    def failed(self) -> int:
        """How many members had no outcome."""
        return sum(self.failures.values())

    @property
    def idle(self) -> FloatArray | None:
        """What an input gets that does nothing, shape (k, q), of the methods that never give zero; None of the others."""
        return np.array(self.estimates[-1, :, :, -1]) if self.method in ("pawn", "delta") else None

    @property
    def idle_interval(self) -> FloatArray | None:
        """Lower and upper ends of the intervals of that, shape (2, k, q); None of the others."""
        return np.array(self.bounds[-1, :, :, :, -1]) if self.method in ("pawn", "delta") else None

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row for each outcome, index and input: outcome, index, input, value, lower, upper.

        After the inputs comes, of "pawn" and "delta", one that does nothing; after the other indices those of pairs.
        """
        table: dict[str, list[Any]] = {name: [] for name in ("outcome", "index", "input", "value", "lower", "upper")}
        for place, outcome in enumerate(self.outcomes):
            for number, index in enumerate(self.indices):
                names, values, ends = in_rows(self, index, place)
                for row in zip(names, values[-1], *ends[-1], strict=True):
                    _add(table, (outcome, index, *row))
                if self.idle is not None and self.idle_interval is not None:
                    _add(table, (outcome, index, IDLE, self.idle[number, place], *self.idle_interval[:, number, place]))
        return table

    def to_xarray(self) -> Any:
        """Dataset over ``size`` (numbers of blocks), ``outcome`` and ``input``: every index with its ends, ``total_lower`` and so on.

        Pairs lie along ``other`` too; ``total_idle`` and so on is of an input that does nothing. ``low`` and ``high`` are the ranges, and
        ``design`` has the members. How the members failed, blocks dropped, how the design was drawn, the model, versions, settings,
        random numbers' source, machine and time are attributes.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        return dataset_of(self)

    def __repr__(self) -> str:
        """Outcome, method, blocks and the inputs that matter most, of the first outcome that varies."""
        place = int(np.argmax(np.isfinite(self[self.headline]).any(axis=1)))
        values = self[self.headline][place]
        order = np.argsort(-np.nan_to_num(values, nan=-np.inf))[:SHOWN]
        told = ", ".join(f"{self.names[each]} {values[each]:.3g}" for each in order)
        more = f" (and {len(self.outcomes) - 1} more)" if len(self.outcomes) > 1 else ""
        lost = f", {self.failed} members failed" if self.failed else ""
        return f"<sensitivity of {self.outcomes[place]}{more} by {self.method}, {self.sizes[-1]} blocks{lost}: {self.headline} {told}>"


def in_rows(found: Sensitivity, index: str, outcome: int) -> tuple[tuple[str, ...], FloatArray, FloatArray]:
    """An index of one outcome in a row: names (c) of inputs or of pairs, each once, values (s, c), and ends of intervals (s, 2, c).

    Raises
    ------
    UnknownNameError
        If the method has no such index.
    """
    values, bounds = found.course(index)
    if index != PAIRS:
        return found.names, values[:, outcome], bounds[:, :, outcome]
    one, other = np.triu_indices(len(found.names), 1)
    names = tuple(f"{found.names[a]} × {found.names[b]}" for a, b in zip(one, other, strict=True))
    return names, values[:, outcome, one, other], bounds[:, :, outcome, one, other]


def _add(table: dict[str, list[Any]], row: Any) -> None:
    for column, entry in zip(table.values(), row, strict=True):
        column.append(entry if isinstance(entry, str) else float(entry))
