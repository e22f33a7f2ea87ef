"""What a sensitivity analysis found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson import extras
from richardson.arrays import FloatArray, IntArray
from richardson.errors import UnknownNameError, nearest
from richardson.provenance import Provenance
from richardson.study.design import Design
from richardson.symbolic.model import Model

HEADLINES = {"sobol": "total", "morris": "mean_absolute_effect", "pawn": "median", "delta": "delta"}  # by which inputs are ranked
SHOWN = 3  # inputs in the short name


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity:
    """Indices of sensitivity with intervals; ``found["total"]`` is one of them, shape (q, p).

    Attributes
    ----------
    names : tuple of str
        The p inputs.
    outcomes : tuple of str
        The q outcomes.
    indices : tuple of str
        Names of the k indices.
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
        """An index from all blocks, shape (q, p), by its name.

        Raises
        ------
        UnknownNameError
            If the method has no such index.
        """
        return np.array(self.estimates[-1, self._place(index), :, : len(self.names)])

    def interval(self, index: str) -> FloatArray:
        """Lower and upper ends of the intervals of an index from all blocks.

        Parameters
        ----------
        index : str
            Its name.

        Returns
        -------
        ndarray, shape (2, q, p)

        Raises
        ------
        UnknownNameError
            If the method has no such index.
        """
        return np.array(self.bounds[-1, :, self._place(index), :, : len(self.names)])

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
    def second(self) -> FloatArray | None:
        """Share of the variance that two inputs explain together beyond what each does alone, shape (q, p, p); None without pairs."""
        return self._pairs(self.estimates[-1])

    @property
    def second_interval(self) -> FloatArray | None:
        """Lower and upper ends of the intervals of those, shape (2, q, p, p); None without pairs."""
        ends = [self._pairs(each) for each in self.bounds[-1]]
        return None if any(each is None for each in ends) else np.array(ends)

    @property
    def idle(self) -> FloatArray | None:
        """What an input gets that does nothing, shape (k, q), of the methods that never give zero; None of the others."""
        return np.array(self.estimates[-1, :, :, -1]) if self.method in ("pawn", "delta") else None

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row for each outcome, index and input, pairs after them: outcome, index, input, value, lower, upper."""
        table: dict[str, list[Any]] = {name: [] for name in ("outcome", "index", "input", "value", "lower", "upper")}
        second, ends = self.second, self.second_interval
        for place, outcome in enumerate(self.outcomes):
            for index in self.indices:
                numbers = (self[index][place], *self.interval(index)[:, place])
                rows = zip([outcome] * len(self.names), [index] * len(self.names), self.names, *numbers, strict=True)
                for row in rows:
                    _add(table, row)
            for one, other in zip(*np.triu_indices(len(self.names), 1), strict=True):
                if second is not None and ends is not None:
                    pair = f"{self.names[one]} × {self.names[other]}"
                    _add(table, (outcome, "second", pair, second[place, one, other], *ends[:, place, one, other]))
        return table

    def to_xarray(self) -> Any:
        """Dataset over ``size`` (numbers of blocks), ``outcome`` and ``input``: every index with its ends, ``total_lower`` and so on.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        axes, count, cells = ("size", "outcome", "input"), len(self.names), {}
        for place, index in enumerate(self.indices):
            cells[index] = (axes, self.estimates[:, place, :, :count])
            cells |= {f"{index}_{end}": (axes, self.bounds[:, side, place, :, :count]) for side, end in enumerate(("lower", "upper"))}
        if self.second is not None and self.second_interval is not None:
            cells["second"] = (("outcome", "input", "other"), self.second)
            ends = zip(("lower", "upper"), self.second_interval, strict=True)
            cells |= {f"second_{end}": (("outcome", "input", "other"), values) for end, values in ends}
        coordinates = {"size": self.sizes, "outcome": list(self.outcomes), "input": list(self.names), "other": list(self.names)}
        used = {name: values for name, values in coordinates.items() if name != "other" or self.second is not None}
        return xarray.Dataset(cells, coords=used, attrs={"method": self.method, "confidence": self.confidence, "failed": self.failed})

    def __repr__(self) -> str:
        """Outcome, method, blocks and the inputs that matter most, of the first outcome that varies."""
        place = int(np.argmax(np.isfinite(self[self.headline]).any(axis=1)))
        values = self[self.headline][place]
        order = np.argsort(-np.nan_to_num(values, nan=-np.inf))[:SHOWN]
        told = ", ".join(f"{self.names[each]} {values[each]:.3g}" for each in order)
        more = f" (and {len(self.outcomes) - 1} more)" if len(self.outcomes) > 1 else ""
        lost = f", {self.failed} members failed" if self.failed else ""
        return f"<sensitivity of {self.outcomes[place]}{more} by {self.method}, {self.sizes[-1]} blocks{lost}: {self.headline} {told}>"

    def _place(self, index: str) -> int:
        if index not in self.indices:
            raise UnknownNameError(f"The method '{self.method}' has no index {index!r}. {nearest(str(index), self.indices)}")
        return self.indices.index(index)

    def _pairs(self, values: FloatArray) -> FloatArray | None:
        """Pairs (q, p, p) out of indices (k, q, c)."""
        count = len(self.names)
        if self.design.blocks is None or not self.design.blocks.second_order:
            return None
        return np.array(values[0, :, count:].reshape(-1, count, count))


def _add(table: dict[str, list[Any]], row: Any) -> None:
    for column, entry in zip(table.values(), row, strict=True):
        column.append(entry if isinstance(entry, str) else float(entry))
