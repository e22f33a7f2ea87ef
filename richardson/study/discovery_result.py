"""What scenario discovery finds: boxes, how they were peeled, the leaves of a tree, and how often resamples find the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson import extras
from richardson.arrays import BoolArray, FloatArray, IntArray, as_floats
from richardson.errors import InvalidInputError
from richardson.provenance import Provenance
from richardson.study.design import Design
from richardson.symbolic.model import Model


@dataclass(frozen=True)
class BoxLimit:
    """An interval to which a box restricts one column of a design.

    Attributes
    ----------
    name : str
    low, high : float
        In the column's unit, both ends included; −inf or inf where that side is open.
    quasi_p_low, quasi_p_high : float
        Probability that the box would hold as many cases of interest if this end made no difference; NaN on an open side.
    """

    name: str
    low: float
    high: float
    quasi_p_low: float
    quasi_p_high: float

    def __repr__(self) -> str:
        """The interval, as one writes it."""
        if self.low == -inf:
            return f"{self.name} ≤ {self.high:.4g}"
        return f"{self.name} ≥ {self.low:.4g}" if self.high == inf else f"{self.low:.4g} ≤ {self.name} ≤ {self.high:.4g}"


@dataclass(frozen=True)
class ScenarioBox:
    """A part of a design's ranges: intervals of some columns, and what lies within.

    Attributes
    ----------
    limits : tuple of BoxLimit
        Of the restricted columns only, in the design's order.
    coverage : float
        Share of all cases of interest that lie within.
    density : float
        Share of the members within that are cases of interest; in a second box, of those that no earlier box holds.
    density_interval : pair of float
        Wilson's 95 % interval of the density, as of independent members; it knows nothing of the box having been sought.
    mass : float
        Share of all members that lie within.
    size, count : int
        Members within, and cases of interest among them: the support.
    """

    limits: tuple[BoxLimit, ...]
    coverage: float
    density: float
    density_interval: tuple[float, float]
    mass: float
    size: int
    count: int

    def contains(self, columns: Design | Mapping[str, Any]) -> BoolArray:
        """Which members lie within, shape (m,).

        Parameters
        ----------
        columns : Design or mapping of str to array_like
            Columns by name, shape (m,) each; all that the box restricts.

        Raises
        ------
        InvalidInputError
            If one is missing, is not numbers, or is of another length.
        """
        table = columns.to_table() if isinstance(columns, Design) else columns
        if not isinstance(table, Mapping) or not table:
            raise InvalidInputError(f"A box looks at a design, or at columns by name; got {columns!r}.")
        missing = [limit.name for limit in self.limits if limit.name not in table]
        if missing:
            raise InvalidInputError(f"The box restricts {', '.join(missing)}, which is not among the columns given. Add it.")
        count = len(next(iter(table.values())))
        within = np.ones(count, dtype=np.bool_)
        for limit in self.limits:
            values = as_floats(table[limit.name], f"Values of '{limit.name}'")
            if values.shape != (count,):
                raise InvalidInputError(f"Columns must be equally long; '{limit.name}' has shape {values.shape}, the first ({count},).")
            within &= (values >= limit.low) & (values <= limit.high)
        return within

    def __repr__(self) -> str:
        """Limits, density and coverage."""
        listed = ", ".join(map(repr, self.limits)) or "everything"
        return f"<box {listed}: density {self.density:.1%}, coverage {self.coverage:.1%}, {self.count} of {self.size} members>"


@dataclass(frozen=True, eq=False, repr=False)
class Peeling:
    """The boxes through which PRIM went, from everything down to the smallest and a little back.

    Attributes
    ----------
    names : tuple of str
    coverage, density, mass : FloatArray
        Shape (s,): of each box.
    restricted : IntArray
        Shape (s,): how many columns it restricts.
    lower, upper : FloatArray
        Shape (s, p): its limits; infinite where it is open.
    chosen : int
        Position of the box that was taken, before limits that made no difference were dropped from it.
    """

    names: tuple[str, ...]
    coverage: FloatArray
    density: FloatArray
    mass: FloatArray
    restricted: IntArray
    lower: FloatArray
    upper: FloatArray
    chosen: int

    def __len__(self) -> int:
        """Number of boxes s."""
        return int(self.coverage.size)

    def to_table(self) -> dict[str, npt.NDArray[Any]]:
        """Columns, one row a box."""
        columns = {name: getattr(self, name) for name in ("coverage", "density", "mass", "restricted")}
        for place, name in enumerate(self.names):
            columns |= {f"{name} low": self.lower[:, place], f"{name} high": self.upper[:, place]}
        return columns

    def __repr__(self) -> str:
        """How many boxes, and the densest."""
        return f"<{len(self)} boxes of density {self.density[0]:.1%} to {self.density.max():.1%}>"


@dataclass(frozen=True, eq=False, repr=False)
class Reproduction:
    """What the same search finds in random halves of the members, judged on the other halves.

    Attributes
    ----------
    names : tuple of str
    lower, upper : FloatArray
        Shape (h, p): limits of the first box in each half; infinite where it is open, NaN where no box was found.
    density, coverage : FloatArray
        Shape (h,): of what was found, among the members of the other half; NaN where no box was found.
    size : int
        Members in a half; of large studies not all are used.
    """

    names: tuple[str, ...]
    lower: FloatArray
    upper: FloatArray
    density: FloatArray
    coverage: FloatArray
    size: int

    @property
    def found(self) -> int:
        """In how many halves a box of the density asked for was found."""
        return int(np.count_nonzero(~np.isnan(self.lower).any(axis=1)))

    @property
    def restricted(self) -> FloatArray:
        """Share of the halves whose first box restricts each column, shape (p,)."""
        limited = np.isfinite(self.lower) | np.isfinite(self.upper)
        return np.asarray(limited.mean(axis=0))

    @property
    def statement(self) -> str:
        """What the halves say, in words."""
        count = len(self.density)
        text = f"Searched again in {count} random halves of {self.size} members, a box was found in {self.found}"
        if not self.found:
            return text + "; the box is not reproduced."
        shares = ", ".join(f"{name} in {share * count:.0f}" for name, share in zip(self.names, self.restricted, strict=True) if share)
        density, coverage = (f"{np.nanmin(each):.1%} to {np.nanmax(each):.1%}" for each in (self.density, self.coverage))
        return f"{text}, restricting {shares}; on the halves left out its density was {density} and its coverage {coverage}."

    def to_table(self) -> dict[str, npt.NDArray[Any]]:
        """Columns, one row a half."""
        columns: dict[str, npt.NDArray[Any]] = {"density": self.density, "coverage": self.coverage}
        for place, name in enumerate(self.names):
            columns |= {f"{name} low": self.lower[:, place], f"{name} high": self.upper[:, place]}
        return columns

    def __repr__(self) -> str:
        """How many halves, and in how many a box was found."""
        return f"<{self.found} of {len(self.density)} halves give a box>"


@dataclass(frozen=True, eq=False, repr=False)
class Discovery:
    """Boxes in the ranges of a design within which a condition mostly holds.

    Attributes
    ----------
    method : str
        "prim" or "cart".
    where : str
        The condition, or "a function".
    names : tuple of str
        Columns that were searched.
    boxes : tuple of ScenarioBox
        Those that are as dense as asked; of PRIM in the order found, of CART by coverage.
    peelings : tuple of Peeling
        Of PRIM, for each box.
    leaves : tuple of ScenarioBox
        Of CART, all of them, densest first; together they hold every member once.
    reproduction : Reproduction or None
        None if none was asked for.
    samples : FloatArray
        Shape (n, p): the members that were searched, in the order of ``names``.
    is_of_interest : BoolArray
        Shape (n,): of which the condition holds.
    failed : int
        Members that gave no answer.
    rule : str
        What was done with these: "refuse" (there are none), "drop", "True" or "False".
    density : float
        The least that was asked for.
    level : float
        Largest quasi-p-value of a limit that is kept.
    model : Model
    provenance : Provenance
    """

    method: str
    where: str
    names: tuple[str, ...]
    boxes: tuple[ScenarioBox, ...]
    peelings: tuple[Peeling, ...]
    leaves: tuple[ScenarioBox, ...]
    reproduction: Reproduction | None
    samples: FloatArray
    is_of_interest: BoolArray
    failed: int
    rule: str
    density: float
    level: float
    model: Model
    provenance: Provenance

    @property
    def coverage(self) -> float:
        """Share of all cases of interest that lie within any of the boxes."""
        table = dict(zip(self.names, self.samples.T, strict=True))
        within = np.logical_or.reduce([box.contains(table) for box in self.boxes])
        return float(np.count_nonzero(within & self.is_of_interest) / np.count_nonzero(self.is_of_interest))

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row a limit of a box: the box from 1 up, name, low, high, quasi-p-values, and what the box holds."""
        rows = [(number, box, limit) for number, box in enumerate(self.boxes, 1) for limit in box.limits]
        columns: dict[str, list[Any]] = {"box": [number for number, _, _ in rows]}
        columns |= {name: [getattr(limit, name) for _, _, limit in rows] for name in ("name", "low", "high", "quasi_p_low", "quasi_p_high")}
        return columns | {name: [getattr(box, name) for _, box, _ in rows] for name in ("coverage", "density", "mass", "size", "count")}

    def to_xarray(self) -> Any:
        """Dataset over ``box`` and ``name``: limits (infinite where open), quasi-p-values, and what each box holds.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        shape = (len(self.boxes), len(self.names))
        cells = {"low": np.full(shape, -inf), "high": np.full(shape, inf), "quasi_p_low": np.full(shape, np.nan)}
        cells["quasi_p_high"] = np.full(shape, np.nan)
        for row, box in enumerate(self.boxes):
            for limit in box.limits:
                for name, values in cells.items():
                    values[row, self.names.index(limit.name)] = getattr(limit, name)
        data: dict[str, Any] = {name: (("box", "name"), values) for name, values in cells.items()}
        data |= {name: ("box", [getattr(box, name) for box in self.boxes]) for name in ("coverage", "density", "mass", "size", "count")}
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "where": self.where, "method": self.method}
        return xarray.Dataset(data, coords={"box": np.arange(1, shape[0] + 1), "name": list(self.names)}, attrs=attributes)

    def __repr__(self) -> str:
        """The condition and the boxes."""
        share = f"{np.count_nonzero(self.is_of_interest)} of {self.is_of_interest.size}"
        return f"<{self.where} holds of {share} members; {', '.join(map(repr, self.boxes))}>"
