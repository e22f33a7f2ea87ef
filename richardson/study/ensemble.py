"""Many runs of one model: where each ended, how, and what was recorded of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.arrays import BoolArray, FloatArray
from richardson.errors import UnknownNameError, counted, nearest
from richardson.outcome import Outcome
from richardson.provenance import Provenance
from richardson.study.dataset import OUTCOMES, laid_out, to_dataset
from richardson.study.design import Design
from richardson.symbolic.model import Model

IS_ANSWER = np.array([outcome.is_answer for outcome in OUTCOMES])


@dataclass(frozen=True, eq=False, repr=False)
class Audit:
    """A few members run again at a hundredth of the tolerances.

    Attributes
    ----------
    members : ndarray of int, shape (k,)
        Which ones.
    errors : ndarray, shape (k,)
        Largest difference of any state at any time, over the state's size plus absolute/relative; NaN where the outcomes differ
        or the runs failed.
    disagreements : int
        How many ended otherwise, those apart of which either run spent its steps.
    unfinished : int
        How many spent their steps, in their own run or again, so that nothing is known of their errors. An audit may take ten times
        as many steps.
    """

    members: npt.NDArray[np.int64]
    errors: FloatArray
    disagreements: int
    unfinished: int

    @property
    def error(self) -> float:
        """Largest of the errors; NaN if none is known."""
        known = self.errors[np.isfinite(self.errors)]
        return float(known.max()) if known.size else float("nan")

    def __repr__(self) -> str:
        """Members, error, disagreements in one line."""
        spent = f", {self.unfinished} spent their steps" if self.unfinished else ""
        found = f"largest relative error {self.error:.1e}, {self.disagreements} ended otherwise{spent}"
        return f"Audit({counted(self.members.size, 'member')} run again: {found})"


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble:
    """Runs of a model, one a member of a design.

    Attributes
    ----------
    design : Design
    times : ndarray, shape (t,), or None
        When states were kept; None for the end only.
    states : ndarray, shape (m, t, d)
        In the model's order and units; t = 1 where only the end was kept. NaN at times that a run did not reach; the end of a run
        that stopped early is where it stopped. A run that settled stays at its equilibrium.
    records : ndarray, shape (m, r)
        In the order of ``labels``.
    labels : tuple of str
        Names of the records.
    codes : ndarray of int8, shape (m,)
        Positions in ``list(Outcome)``; see ``outcomes``.
    stopped_at : ndarray, shape (m,)
        When each run ended.
    audit : Audit or None
        What errors a few members show when they run again.
    model : Model
    provenance : Provenance
    """

    design: Design
    times: FloatArray | None
    states: FloatArray
    records: FloatArray
    labels: tuple[str, ...]
    codes: npt.NDArray[np.int8]
    stopped_at: FloatArray
    audit: Audit | None
    model: Model
    provenance: Provenance

    def __len__(self) -> int:
        """Number of members."""
        return int(self.states.shape[0])

    def __getitem__(self, name: str) -> FloatArray:
        """A state (m, t), a record (m,) or a column of the design (m,) by name.

        Raises
        ------
        UnknownNameError
            If there is none of that name.
        """
        names = self.model.state_names
        if name in names:
            return np.ascontiguousarray(self.states[:, :, names.index(name)])
        if name in self.labels:
            return np.ascontiguousarray(self.records[:, self.labels.index(name)])
        if name in self.design.names:
            return self.design[name]
        known = (*names, *self.labels, *self.design.names)
        raise UnknownNameError(f"This ensemble has no state, record or column {name!r}. {nearest(str(name), known)}")

    @property
    def outcomes(self) -> npt.NDArray[np.object_]:
        """How each run ended, shape (m,), as members of `Outcome`."""
        return np.array(OUTCOMES, dtype=object)[self.codes]

    @property
    def is_answer(self) -> BoolArray:
        """Whether each run gave an answer, shape (m,); the others failed."""
        return np.asarray(IS_ANSWER[self.codes])

    def count(self) -> dict[Outcome, int]:
        """How many runs ended how, most frequent first."""
        found = Counter(dict(enumerate(np.bincount(self.codes, minlength=len(OUTCOMES)).tolist())))
        return {OUTCOMES[code]: number for code, number in found.most_common() if number}

    def to_table(self) -> dict[str, npt.NDArray[Any]]:
        """Columns, one row a member: the design, outcome, stopping time, last state (``x at the end``), records.

        Returns
        -------
        dict of str to ndarray, each of shape (m,)
        """
        table: dict[str, npt.NDArray[Any]] = {name: self.design[name] for name in self.design.names}
        table["outcome"] = np.array([outcome.name for outcome in OUTCOMES])[self.codes]
        table["stopped_at"] = self.stopped_at.copy()
        table |= {f"{name} at the end": self[name][:, -1] for name in self.model.state_names}
        return table | {label: self[label] for label in self.labels}

    def to_xarray(self) -> Any:
        """Dataset over ``member`` and, where times were kept, ``time``, that says what it holds without this library.

        States have their names, columns of the design ``design_`` before theirs, records theirs in words, as in ``maximum_of_x``; each
        has ``long_name``, ``units`` and the ``name`` that it has here. ``outcome`` is a code with ``flag_meanings``. The equations as
        text, the parameters, versions, settings, random numbers' source, machine and time are attributes.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        layout, arrays = laid_out(self)
        return to_dataset(layout, arrays, np.arange(len(self)))

    def __repr__(self) -> str:
        """Model, members, times and outcomes in one line."""
        kept = "the end" if self.times is None else counted(self.times.size, "time")
        ends = ", ".join(f"{number} {outcome.name}" for outcome, number in self.count().items())
        return f"Ensemble({self.model.name}, {counted(len(self), 'member')}, {kept}: {ends})"
