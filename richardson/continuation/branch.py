"""A branch: equilibria along a parameter, and the special points on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson import extras
from richardson.arrays import BoolArray, ComplexArray, FloatArray
from richardson.outcome import Outcome
from richardson.provenance import Provenance
from richardson.symbolic.model import Model
from richardson.symbolic.position import state_position


@dataclass(frozen=True, eq=False, repr=False)
class SpecialPoint:
    """A point at which what a model does changes, and how well it is located.

    Attributes
    ----------
    kind : str
        "fold", "transcritical", "pitchfork", "branch point", "hopf", "neutral saddle", "period doubling", "neimark-sacker",
        "fold of cycles", "cusp", "bogdanov-takens", "generalised hopf", "zero-hopf", "hopf-hopf" or "homoclinic".
    value : float or pair of float
        Of the parameter, in its unit; of both parameters on a locus.
    state : FloatArray
        Shape (d,), in the states' units.
    bracket : pair of float, or pair of such pairs
        Parameter values between which ``value`` lies, by the last correction and the rounding of the residual; one pair for each
        parameter on a locus.
    residual : float
        Largest of the equations that define the point, at the point.
    coefficient : float or None
        Normal form coefficient; None where it was not computed.
    convention : str or None
        How the coefficient is normalised.
    frequency : float or None
        Of the oscillation that begins, in rad/yr.
    first_lyapunov_coefficient : float or None
        Of a Hopf point.
    criticality : str or None
        "subcritical", "supercritical" or "degenerate".
    coefficients : tuple of float
        Where there are several: all of them, in the order that ``convention`` names; ``coefficient`` is the first.
    second_frequency : float or None
        Of the other oscillation at a Hopf–Hopf point, in rad/yr.
    condition : float or None
        Condition number of the equations that define a point of a branch, in coordinates of size about one: how far the point
        moves when they are off by a share of their largest derivative. Large beside a point of higher codimension. None on curves
        over two parameters and on cycles.
    """

    kind: str
    value: float | tuple[float, float]
    state: FloatArray
    bracket: tuple[float, float] | tuple[tuple[float, float], tuple[float, float]]
    residual: float
    coefficient: float | None = None
    convention: str | None = None
    frequency: float | None = None
    first_lyapunov_coefficient: float | None = None
    criticality: str | None = None
    coefficients: tuple[float, ...] = ()
    second_frequency: float | None = None
    condition: float | None = None

    def __repr__(self) -> str:
        """Kind, parameter value and state."""
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        return f"<{self.kind} at {', '.join(f'{value:.10g}' for value in values)}: {', '.join(f'{part:.8g}' for part in self.state)}>"


@dataclass(frozen=True, eq=False, repr=False)
class Branch:
    """Equilibria joined along one parameter; where the branch turns, values go back.

    Attributes
    ----------
    parameter : str
        Name of the parameter, or of the concept whose members move as one.
    values : FloatArray
        Shape (n,): parameter values, in order of arclength from the end that is reached by lowering the parameter.
    states : FloatArray
        Shape (n, d), in the states' units.
    eigenvalues : ComplexArray
        Shape (n, d), in 1/yr, largest real part first; of a map, the multipliers.
    is_stable : BoolArray
        Shape (n,): whether small disturbances die out, by the eigenvalues; never claimed at a special point.
    points : tuple of SpecialPoint
        In the same order.
    outcome : Outcome
        CLOSED; else what kept either end from reaching the end of the span (STEP_TOO_SMALL, STEP_LIMIT, REACHED_BOUND);
        else REACHED_END.
    model : Model
    provenance : Provenance
    """

    parameter: str
    values: FloatArray
    states: FloatArray
    eigenvalues: ComplexArray
    is_stable: BoolArray
    points: tuple[SpecialPoint, ...]
    outcome: Outcome
    model: Model
    provenance: Provenance

    def __getitem__(self, name: str) -> FloatArray:
        """Values (n,) of one state by name, or of the branch's parameter.

        Raises
        ------
        UnknownNameError
            If it is neither.
        """
        if name == self.parameter:
            return self.values
        return np.ascontiguousarray(self.states[:, state_position(self.model, name, also=(self.parameter,))])

    def __len__(self) -> int:
        """Number of equilibria."""
        return len(self.values)

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row an equilibrium: parameter, states, is_stable, eigenvalues."""
        columns: dict[str, Sequence[Any]] = {self.parameter: self.values.tolist()}
        columns |= {name: self.states[:, i].tolist() for i, name in enumerate(self.model.state_names)}
        columns["is_stable"] = self.is_stable.tolist()
        columns |= {f"eigenvalue_{i + 1}": self.eigenvalues[:, i].tolist() for i in range(self.states.shape[1])}
        return columns

    def to_xarray(self) -> Any:
        """Dataset along the branch (dimension ``point``): parameter, states, is_stable, and eigenvalues over ``mode``.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        columns: dict[str, Any] = {self.parameter: ("point", self.values), "is_stable": ("point", self.is_stable)}
        for position, state in enumerate(self.model.states):
            columns[state.name] = ("point", self.states[:, position], {"long_name": state.meaning, "units": state.unit})
        columns["eigenvalue"] = (("point", "mode"), self.eigenvalues, {"units": "1/yr"})
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "outcome": self.outcome.name}
        return xarray.Dataset(columns, attrs=attributes)

    def __repr__(self) -> str:
        """Parameter, span, number of equilibria, special points and outcome."""
        kinds = ", ".join(point.kind for point in self.points) or "no special point"
        low, high = self.values.min(), self.values.max()
        return f"<branch over {self.parameter} in [{low:.6g}, {high:.6g}]: {len(self)} equilibria, {kinds}, {self.outcome.name}>"
