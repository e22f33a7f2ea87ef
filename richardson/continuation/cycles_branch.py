"""Limit cycles along a parameter: the result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson import extras
from richardson.arrays import BoolArray, ComplexArray, FloatArray
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.cycles import LimitCycle
from richardson.outcome import Outcome
from richardson.provenance import Provenance
from richardson.symbolic.model import Model
from richardson.symbolic.position import state_position


@dataclass(frozen=True, eq=False, repr=False)
class CycleBranch:
    """Limit cycles joined along one parameter; where the branch turns, values go back.

    Attributes
    ----------
    parameter : str
        Name of the parameter, or of the concept whose members move as one.
    values : FloatArray
        Shape (n,): parameter values, in order along the branch, from its Hopf point or from the end that is reached by lowering
        the parameter.
    periods : FloatArray
        Shape (n,), in the model's unit of time.
    multipliers : ComplexArray
        Shape (n, d), largest modulus first; one of each row is the 1 of the flow's direction.
    is_stable : BoolArray
        Shape (n,): whether small disturbances die out; never claimed at a special point.
    points : tuple of SpecialPoint
        In the same order: "hopf", "fold of cycles", "branch point", "period doubling", "neimark-sacker", "homoclinic". The state of
        one on a cycle is the cycle's first, or for a branch point, which is none of the ``cycles``, that of the nearest; of a Hopf
        point the equilibrium; of a homoclinic orbit its saddle.
    outcome : Outcome
        CLOSED; else what kept either end from reaching the end of the span (STEP_TOO_SMALL, STEP_LIMIT, RAN_AWAY: the period grew
        without a homoclinic orbit being recognised, REACHED_BOUND, VANISHED: into an equilibrium or a homoclinic orbit); else
        REACHED_END.
    cycles : tuple of LimitCycle
        The n cycles.
    model : Model
    provenance : Provenance
    """

    parameter: str
    values: FloatArray
    periods: FloatArray
    multipliers: ComplexArray
    is_stable: BoolArray
    points: tuple[SpecialPoint, ...]
    outcome: Outcome
    cycles: tuple[LimitCycle, ...]
    model: Model
    provenance: Provenance

    def __getitem__(self, name: str) -> FloatArray:
        """Lowest and highest value (n, 2) of one state on each cycle, by name; or the values (n,) of the branch's parameter.

        Raises
        ------
        UnknownNameError
            If it is neither.
        """
        if name == self.parameter:
            return self.values
        position = state_position(self.model, name, also=(self.parameter,))
        return np.array([(cycle.states[:, position].min(), cycle.states[:, position].max()) for cycle in self.cycles])

    def __len__(self) -> int:
        """Number of cycles."""
        return len(self.values)

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a cycle: parameter, period, lowest and highest value of each state, is_stable, multipliers."""
        columns: dict[str, Sequence[Any]] = {self.parameter: self.values.tolist(), "period": self.periods.tolist()}
        for name in self.model.state_names:
            columns |= {f"lowest_{name}": self[name][:, 0].tolist(), f"highest_{name}": self[name][:, 1].tolist()}
        columns["is_stable"] = self.is_stable.tolist()
        columns |= {f"multiplier_{i + 1}": self.multipliers[:, i].tolist() for i in range(self.multipliers.shape[1])}
        return columns

    def to_xarray(self) -> Any:
        """Dataset along the branch (dimension ``point``): parameter, period, extremes of the states, is_stable, multipliers.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        columns: dict[str, Any] = {name: ("point", list(column)) for name, column in self.to_table().items() if "multiplier" not in name}
        columns["multiplier"] = (("point", "mode"), self.multipliers)
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "outcome": self.outcome.name}
        return xarray.Dataset(columns, attrs=attributes)

    def __repr__(self) -> str:
        """Parameter, span, number of cycles, special points and outcome."""
        kinds = ", ".join(point.kind for point in self.points) or "no special point"
        low, high = self.values.min(), self.values.max()
        return f"<cycles over {self.parameter} in [{low:.6g}, {high:.6g}]: {len(self)} cycles, {kinds}, {self.outcome.name}>"
