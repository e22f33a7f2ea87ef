"""A run: what it passed through, at which times, and how it ended."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson import extras
from richardson.arrays import FloatArray, as_floats
from richardson.dynamics.dense import DenseOutput
from richardson.dynamics.events import Crossing
from richardson.errors import InvalidInputError
from richardson.outcome import Outcome
from richardson.provenance import Provenance
from richardson.symbolic.model import Model
from richardson.symbolic.position import state_position


@dataclass(frozen=True, eq=False)
class Trajectory:
    """One run of a model.

    Attributes
    ----------
    times : ndarray, shape (t,)
        The asked times that were reached, then the stopping time if it stopped early.
    states : ndarray, shape (t, d)
        States at ``times``, in the model's order and units.
    crossings : tuple of Crossing
        Of all events, in order of time.
    outcome : Outcome
        How it ended.
    stopped_at : float or None
        When, if before the last asked time.
    dense : DenseOutput or None
        The run between ``times``; None for a map.
    model : Model
    provenance : Provenance
    """

    times: FloatArray
    states: FloatArray
    crossings: tuple[Crossing, ...]
    outcome: Outcome
    stopped_at: float | None
    dense: DenseOutput | None
    model: Model
    provenance: Provenance

    def __getitem__(self, name: str) -> FloatArray:
        """Values (t,) of one state by name.

        Raises
        ------
        UnknownNameError
            If the model has no such state.
        """
        return np.ascontiguousarray(self.states[:, state_position(self.model, name)])

    def __len__(self) -> int:
        """Number of times."""
        return int(self.times.size)

    def at(self, times: npt.ArrayLike) -> FloatArray:
        """States between the times, to the accuracy of the run.

        Parameters
        ----------
        times : float or array_like, shape (n,)
            Within the run.

        Returns
        -------
        ndarray, shape (d,) for one time, (n, d) for several

        Raises
        ------
        InvalidInputError
            If a time lies outside the run or is NaN, or if the run is that of a map.

        Examples
        --------
        >>> import richardson as rn
        >>> run = rn.integrate(rn.Model.from_equations({"x": "-x"}), [1], [0, 2])
        >>> run.at(1.0).round(6)
        array([0.367879])
        """
        if self.dense is None:
            raise InvalidInputError(f"'{self.model.name}' is a map, which has no states between its steps. Read states from .states.")
        asked = as_floats(times, "Times")
        first, last = self.dense.breakpoints[0], self.dense.breakpoints[-1]
        outside = ~((asked >= first) & (asked <= last))
        if asked.ndim > 1 or outside.any():
            wrong = f"got shape {asked.shape}" if asked.ndim > 1 else f"got {np.atleast_1d(asked)[np.atleast_1d(outside)][0]:g}"
            raise InvalidInputError(
                f"States are known from t = {first:g} to {last:g} ({self.outcome}); {wrong}. "
                "Ask for a time, or a sequence of times, in between."
            )
        states = self.dense(np.atleast_1d(asked))
        return states if asked.ndim else states[0]

    def to_table(self) -> dict[str, FloatArray]:
        """Columns: ``t`` and every state by name, each of shape (t,)."""
        return {"t": self.times.copy(), **{name: self[name] for name in self.model.state_names}}

    def to_xarray(self) -> Any:
        """Dataset over the dimension ``t``, each state a variable with its meaning and unit.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        variables = {state.name: ("t", self[state.name], {"long_name": state.meaning, "units": state.unit}) for state in self.model.states}
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "outcome": self.outcome.name}
        return xarray.Dataset(variables, coords={"t": ("t", self.times)}, attrs=attributes)

    def __repr__(self) -> str:
        """Model, span, outcome and events in one line."""
        events = f", {len(self.crossings)} crossings" if self.crossings else ""
        span = f"t = {self.times[0]:g} … {self.times[-1]:g}, {self.times.size} times"
        return f"Trajectory({self.model.name}, {span}, {self.outcome.name}{events})"
