"""What an analysis of every member of a design finds: a column for each measure, a row for each member."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.arrays import BoolArray, FloatArray
from richardson.errors import InvalidInputError, UnknownNameError, counted, nearest
from richardson.outcome import Outcome
from richardson.provenance import Provenance
from richardson.stability.window import Window
from richardson.study.binding import bind
from richardson.study.dataset import OUTCOMES, to_dataset
from richardson.study.design import Design
from richardson.study.dynamics_layout import laid_out_dynamics
from richardson.symbolic.model import Model


@dataclass(frozen=True, eq=False, repr=False)
class DynamicsStudy:
    """The dynamics of a model at every member of a design: columns by name, as an `Ensemble` has them.

    Attributes
    ----------
    design : Design
    window : Window or None
        Where equilibria and basins were looked for.
    measures : tuple of str
        What was asked for.
    columns : dict of str to ndarray
        Shape (m,) each, numbers or texts; NaN or "" where a member has none. ``equilibrium x`` is the state in which the run from the
        start comes to rest.
    codes : ndarray of int8, shape (m,)
        Positions in ``list(Outcome)``: how the run from the start ends, or ``NOT_ANALYSED``; see ``outcomes``.
    model : Model
    provenance : Provenance
    """

    design: Design
    window: Window | None
    measures: tuple[str, ...]
    columns: dict[str, FloatArray | BoolArray | npt.NDArray[np.str_]]
    codes: npt.NDArray[np.int8]
    model: Model
    provenance: Provenance

    def __len__(self) -> int:
        """Number of members."""
        return int(self.codes.size)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        """A measure or a column of the design by name, shape (m,), a copy.

        Raises
        ------
        UnknownNameError
            If there is none of that name.
        """
        if name in self.columns:
            return self.columns[name].copy()
        if name in self.design.names:
            return self.design[name]
        raise UnknownNameError(f"This study has no measure or column {name!r}. {nearest(str(name), (*self.columns, *self.design.names))}")

    @property
    def outcomes(self) -> npt.NDArray[np.object_]:
        """How each member ended, shape (m,), as members of `Outcome`."""
        return np.array(OUTCOMES, dtype=object)[self.codes]

    @property
    def is_answer(self) -> BoolArray:
        """Whether each member was analysed, shape (m,); the others failed."""
        return np.array([outcome.is_answer for outcome in OUTCOMES])[self.codes]

    def count(self) -> dict[Outcome, int]:
        """How many members ended how, most frequent first."""
        return {OUTCOMES[code]: number for code, number in Counter(self.codes.tolist()).most_common()}

    def model_at(self, member: int) -> Model:
        """The model with the parameters of a member, to look at it more closely.

        Parameters
        ----------
        member : int
            Its row in the design, from the end where it is negative.

        Raises
        ------
        InvalidInputError
            If there is no such row.

        Examples
        --------
        >>> import richardson as rn
        >>> found = rn.run_dynamics(rn.models.linear(), rn.Design.grid({"defence": [0.5, 1.5]}))
        >>> rn.spectrum(found.model_at(0), [1.0, 1.0]).spiral_number
        0.5
        """
        if isinstance(member, bool) or not isinstance(member, int | np.integer) or not -len(self) <= member < len(self):
            raise InvalidInputError(f"The members are numbered from 0 to {len(self) - 1}; got {member!r}.")
        start: Mapping[str, float] = {name: 0.0 for name in self.model.state_names if name not in self.design.names}
        rows = bind(self.model, self.design, start).rows(slice(member, member + 1) if member >= 0 else slice(member, member + 1 or None))
        return replace(self.model, numbers=tuple(rows[0][0].tolist()))

    def to_table(self) -> dict[str, npt.NDArray[Any]]:
        """Columns, one row a member: the design, outcome, measures."""
        table: dict[str, npt.NDArray[Any]] = {name: self.design[name] for name in self.design.names}
        table["outcome"] = np.array([outcome.name for outcome in OUTCOMES])[self.codes]
        return table | {name: column.copy() for name, column in self.columns.items()}

    def to_xarray(self) -> Any:
        """Dataset over ``member`` that says what it holds without this library, as a stored study's.

        Measures have their names, the equilibrium reached ``equilibrium_x``, columns of the design ``design_`` before theirs. Kinds and
        ``outcome`` are codes with ``flag_meanings``; lists of kinds lie along ``place``, filled up with "none".

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        layout, arrays = laid_out_dynamics(self)
        return to_dataset(layout, arrays, np.arange(len(self)))

    def __repr__(self) -> str:
        """Model, members, measures and outcomes in one line."""
        ends = ", ".join(f"{number} {outcome.name}" for outcome, number in self.count().items())
        return f"DynamicsStudy({self.model.name}, {counted(len(self), 'member')}, {', '.join(self.measures)}: {ends})"
