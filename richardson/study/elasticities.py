"""How outcomes answer small changes of parameters, by exact derivatives: elasticities at an equilibrium and along a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson import extras
from richardson.arrays import FloatArray
from richardson.dynamics.arguments import as_accuracy
from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.provenance import Provenance, record
from richardson.stability.equilibria import Equilibrium
from richardson.study.elasticities_rest import slopes_at_rest
from richardson.study.elasticities_run import slopes_of_run
from richardson.symbolic.given import check_model
from richardson.symbolic.model import Model

SHOWN = 3  # inputs in the short name


@dataclass(frozen=True, eq=False, repr=False)
class Elasticities:
    """Derivatives of outcomes in parameters; ``found["x"]`` is the elasticity of one in every input, by name, at the end.

    Attributes
    ----------
    names : tuple of str
        The p inputs: parameters, concepts whose parameters move as one, or states at the start of a run.
    numbers : ndarray, shape (p,)
        Their values, in their units.
    outcomes : tuple of str
        The q outcomes.
    times : ndarray, shape (t,), or None
        When they are asked of a run; None at an equilibrium or at the end only, with t = 1.
    values : ndarray, shape (t, q)
        The outcomes themselves, in their units.
    slopes : ndarray, shape (t, q, p)
        ∂ outcome/∂ input.
    model : Model
    provenance : Provenance
    """

    names: tuple[str, ...]
    numbers: FloatArray
    outcomes: tuple[str, ...]
    times: FloatArray | None
    values: FloatArray
    slopes: FloatArray
    model: Model
    provenance: Provenance

    @property
    def semi_elasticities(self) -> FloatArray:
        """∂ ln outcome/∂ input, shape (t, q, p); NaN where the outcome is zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.slopes / np.where(self.values == 0.0, np.nan, self.values)[:, :, np.newaxis])

    @property
    def elasticities(self) -> FloatArray:
        """∂ ln outcome/∂ ln input, shape (t, q, p): per cent by one per cent; NaN where either is zero, which no per cent changes."""
        return np.asarray(self.semi_elasticities * np.where(self.numbers == 0.0, np.nan, self.numbers))

    def __getitem__(self, outcome: str) -> dict[str, float]:
        """Elasticities of an outcome, at the last time, by input.

        Raises
        ------
        UnknownNameError
            If it was not asked.
        """
        if outcome not in self.outcomes:
            raise UnknownNameError(f"The outcome {outcome!r} was not asked. {nearest(str(outcome), self.outcomes)}")
        return dict(zip(self.names, self.elasticities[-1, self.outcomes.index(outcome)].tolist(), strict=True))

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row for each time, outcome and input: time, outcome, input, number, value, slope, elasticity."""
        t, q, p = self.slopes.shape
        times = [None] * t if self.times is None else self.times.tolist()
        return {
            "time": [time for time in times for _ in range(q * p)],
            "outcome": [outcome for outcome in self.outcomes for _ in range(p)] * t,
            "input": list(self.names) * (t * q),
            "number": self.numbers.tolist() * (t * q),
            "value": np.repeat(self.values.ravel(), p).tolist(),
            "slope": self.slopes.ravel().tolist(),
            "elasticity": self.elasticities.ravel().tolist(),
        }

    def to_xarray(self) -> Any:
        """Dataset over ``outcome`` and ``input``, and ``time`` where times were kept: value, slope, elasticity.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        axes: tuple[str, ...] = ("outcome", "input") if self.times is None else ("time", "outcome", "input")
        parts = {"slope": self.slopes, "elasticity": self.elasticities}
        cells: dict[str, Any] = {name: (axes, part[0] if self.times is None else part) for name, part in parts.items()}
        cells["value"] = (axes[:-1], self.values[0] if self.times is None else self.values)
        coordinates: dict[str, Any] = {"outcome": list(self.outcomes), "input": list(self.names)}
        coordinates |= {} if self.times is None else {"time": self.times}
        return xarray.Dataset(cells, coords=coordinates, attrs={"model": self.model.name, "fingerprint": self.model.fingerprint})

    def __repr__(self) -> str:
        """The largest elasticities of the first outcome, in one line."""
        numbers = self.elasticities[-1, 0]
        order = [place for place in np.argsort(-np.abs(np.nan_to_num(numbers))) if np.isfinite(numbers[place])]
        told = ", ".join(f"{self.names[place]} {numbers[place]:+.3g}" for place in order[:SHOWN])
        more = f" (and {len(self.outcomes) - 1} more)" if len(self.outcomes) > 1 else ""
        return f"<elasticities of {self.outcomes[0]}{more} of '{self.model.name}': {told or 'none, as a value is zero'}>"


def elasticities(
    model: Model,
    at: Equilibrium | Mapping[str, float] | Sequence[float],
    times: Any = None,
    *,
    outcome: Any = None,
    parameters: Sequence[str] | str | None = None,
    relative: float = 1e-8,
    absolute: float = 1e-10,
) -> Elasticities:
    """By how many per cent outcomes change when a parameter grows by one per cent, and the derivatives themselves.

    Parameters
    ----------
    model : Model
        Without ``times`` an autonomous flow or map; with them a flow.
    at : Equilibrium, mapping or sequence
        Without ``times`` an equilibrium; with them the start of a run.
    times : float or array_like, shape (t,), optional
        A number: the run goes from 0 to it, and its end is asked. A sequence: when outcomes are asked; the first is the start.
    outcome : str, Record or sequence of them, optional
        Texts over states and parameters; at an equilibrium with "spiral_number" and "max_real_eigenvalue" as further names, and
        "equilibrium x" for x. Of a run to a number of years, `Minimum`, `Maximum`, `FirstCrossing` and `Integral` too. By default the
        states, and at an equilibrium those two numbers where they have derivatives.
    parameters : sequence of str, optional
        Parameters, bare concepts whose parameters are equal and move as one, and of a run states (their start values). By default all
        parameters that bound no state.
    relative, absolute : float
        Error allowed in a step of a run, for states and for their derivatives by the logarithm of each input.

    Returns
    -------
    Elasticities

    Raises
    ------
    NotAutonomousError, InvalidInputError, UnknownNameError, ParseError, OutOfBoundsError
        If the model does not rest at ``at``, the run ends early, an outcome is not defined or has no derivative there, or a name is
        none of the model.
    ComputationError, IntegrationError
        If the run cannot be followed, or not closely enough.

    Notes
    -----
    At an equilibrium ∂x*/∂p = −J⁻¹ ∂f/∂p. The leading eigenvalue λ with vectors w, v moves by wᴴ(dJ/dp)v/(wᴴv), and R, the spectral
    radius of D⁻¹P, by uᵀ(dM/dp)v/(uᵀv) with the Perron vectors of M = D⁻¹P; dJ/dp counts that the equilibrium moves. Along a run the
    derivatives S of the states solve S' = J S + ∂f/∂p beside them, under the same control of errors. Of a smallest or largest value
    the time does not count, as the slope is zero there; a first crossing of e moves by −(de/dp)/(de/dt). At kinks (``max``, ``abs``) the
    mean of both sides stands for the derivative; rates that jump where a state says so are refused for runs.

    Examples
    --------
    >>> from richardson.models import linear
    >>> race = linear(defence=0.5, grievance=1)
    >>> found = elasticities(race, {"x": 2, "y": 2}, outcome=["spiral_number", "x"], parameters=["defence", "fatigue", "grievance"])
    >>> {name: round(number, 6) for name, number in found["spiral_number"].items()}
    {'defence': 1.0, 'fatigue': -1.0, 'grievance': 0.0}
    >>> {name: round(number, 6) for name, number in found["x"].items()}
    {'defence': 1.0, 'fatigue': -2.0, 'grievance': 1.0}
    """
    check_model(model)
    names = _inputs(model, parameters, of_run=times is not None)
    numbers = np.array([_number(model, name, at) for name in names])
    asked = None if outcome is None else list(outcome) if isinstance(outcome, Iterable) and not isinstance(outcome, str) else [outcome]
    if asked is not None and not asked:
        raise InvalidInputError('outcome= names nothing. Write for example outcome="x + y", or leave it out.')
    twice = next((each for each in asked or () if asked is not None and asked.count(each) > 1), None)
    if twice is not None:
        raise InvalidInputError(f"The outcome {twice!r} is named twice. Name each once.")
    settings: dict[str, Any] = {"parameters": names}
    if times is None:
        labels, values, slopes = slopes_at_rest(model, at, asked, names)
        kept = None
    else:
        accuracy = as_accuracy("LSODA", relative, absolute, 100_000)
        kept, labels, values, slopes = slopes_of_run(model, at, times, asked, (names, numbers), accuracy=accuracy)
        settings |= {"times": repr(times), "relative": relative, "absolute": absolute}
    start = at.state.tolist() if isinstance(at, Equilibrium) else dict(at) if isinstance(at, Mapping) else list(at)
    provenance = record(model, verb="elasticities", at=start, outcomes=labels, **settings)
    return Elasticities(names, numbers, labels, kept, values, slopes, model, provenance)


def _inputs(model: Model, parameters: Sequence[str] | str | None, *, of_run: bool) -> tuple[str, ...]:
    """The inputs of a call, each checked to stand for something that moves."""
    if parameters is None:
        ceilings = {state.ceiling for state in model.states}
        return tuple(name for name in model.parameter_names if name not in ceilings)
    names = tuple(parameters) if isinstance(parameters, Iterable) and not isinstance(parameters, str) else (parameters,)
    if not names or len(set(names)) < len(names):
        raise InvalidInputError(f"parameters={parameters!r} must name one input or more, each once. Leave it out for all parameters.")
    for name in names:
        if name in model.state_names and not of_run:
            raise InvalidInputError(
                f"An equilibrium does not depend on the start of {name}. Name parameters, or give times= for a run from there."
            )
        if name not in model.state_names:
            model.resolve(name)
    return names


def _number(model: Model, name: str, at: Any) -> float:
    """The value of an input; of a concept that which all its parameters have."""
    if name in model.state_names:
        try:
            state = at.state if isinstance(at, Equilibrium) else at
            return float(state[name] if isinstance(state, Mapping) else np.asarray(state, dtype=np.float64)[model.state_names.index(name)])
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise InvalidInputError(f"The start gives no number for {name}; got {at!r}. Name every state.") from error
    members = model.resolve(name)
    numbers = {model.values[member] for member in members}
    if len(numbers) > 1:
        told = ", ".join(f"{member} = {model.values[member]:g}" for member in members)
        raise InvalidInputError(f"'{name}' stands for {told}, which differ, so that it has no value to change. Name them one by one.")
    return numbers.pop()
