"""Safe overshoots: how far beyond its fold, and for how long, a parameter may go before a path no longer comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson import extras
from richardson.arrays import FloatArray, IntArray, as_floats
from richardson.compiled.field import Field
from richardson.continuation.branch import SpecialPoint
from richardson.dynamics.arguments import as_bound
from richardson.errors import ComputationError, InvalidInputError, UnknownNameError, nearest
from richardson.landscape.excursions import RETURNS, TIPS, UNDECIDED, Course, Movement, between
from richardson.landscape.quasi_static import QuasiStatic, check_room, equilibrium_beside, quasi_static
from richardson.provenance import Provenance, record
from richardson.stability.equilibria import Equilibrium
from richardson.stability.window import Window
from richardson.symbolic.given import check_model
from richardson.symbolic.model import Model
from richardson.symbolic.order import check_ranges

# g(s) with g(0) = 1 and curvature −2 there; beyond the threshold for |s| ≤ width(share) where g is above 1 − share
PULSES = {
    "parabola": Movement("1 - ({s})**2", (-1.0, 1.0)),
    "sech2": Movement("1/cosh({s})**2", (-16.0, 16.0)),  # 1e-13 from its ends
}
WIDTHS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "parabola": lambda share: np.asarray(np.sqrt(share)),
    "sech2": lambda share: np.asarray(np.arctanh(np.sqrt(share))),
}
ANSWERS = {RETURNS: "returns", TIPS: "tips", UNDECIDED: "undecided"}
LADDER = np.geomspace(1.0 / 64.0, 64.0, 13)  # times of the asymptotic law at which a height's critical duration is looked for


@dataclass(frozen=True, eq=False, repr=False)
class SafeOvershoot:
    """What becomes of a path whose parameter goes beyond a fold and comes back, by how far and how long.

    Attributes
    ----------
    parameter : str
        Name of the parameter, or of the concept whose members move as one.
    shape : str
        "parabola" or "sech2".
    equilibrium : Equilibrium
        From which the path sets out, and to which it is to return.
    threshold : SpecialPoint
        The fold.
    heights : FloatArray
        Shape (n,): how far beyond the fold the parameter goes, > 0, in its unit.
    durations : FloatArray
        Shape (m,): how long it is beyond the fold, in years.
    answers : ndarray of str
        Shape (n, m): "returns", "tips" or "undecided".
    critical_durations : FloatArray
        Shape (n,): the duration at which the answer changes, in years; NaN where none was found.
    brackets : FloatArray
        Shape (n, 2): durations on either side of it.
    law : float
        Of height times the square of the critical duration the limit for small heights, in the parameter's unit times yr².
    model : Model
    provenance : Provenance
    """

    parameter: str
    shape: str
    equilibrium: Equilibrium
    threshold: SpecialPoint
    heights: FloatArray
    durations: FloatArray
    answers: npt.NDArray[np.str_]
    critical_durations: FloatArray
    brackets: FloatArray
    law: float
    model: Model
    provenance: Provenance

    @property
    def law_durations(self) -> FloatArray:
        """Shape (n,): critical durations by the asymptotic law, in years."""
        return np.asarray(np.sqrt(self.law / self.heights))

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row a cell, durations running fastest: height, duration, answer, critical_duration of the height."""
        height, duration = np.meshgrid(self.heights, self.durations, indexing="ij")
        critical = np.repeat(self.critical_durations, len(self.durations))
        parts = {"height": height.ravel(), "duration": duration.ravel(), "answer": self.answers.ravel(), "critical_duration": critical}
        return {name: part.tolist() for name, part in parts.items()}

    def to_xarray(self) -> Any:
        """Dataset over ``height`` and ``duration``: answer, and the critical duration of each height.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        cells = {
            "answer": (("height", "duration"), self.answers),
            "critical_duration": ("height", self.critical_durations, {"units": "yr"}),
        }
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "parameter": self.parameter, "law": self.law}
        return xarray.Dataset(cells, coords={"height": self.heights, "duration": self.durations}, attrs=attributes)

    def __repr__(self) -> str:
        """Parameter, size, fold and the share of cells that return."""
        n, m = self.answers.shape
        share = float((self.answers == ANSWERS[RETURNS]).mean()) if self.answers.size else float("nan")
        return f"<overshoots of {self.parameter} beyond {self.threshold!r}, {n} × {m}: {share:.1%} return>"


def safe_overshoot(
    model: Model,
    start: Equilibrium | Mapping[str, float] | Sequence[float],
    parameter: str,
    heights: npt.ArrayLike,
    durations: npt.ArrayLike,
    *,
    towards: float,
    shape: str = "parabola",
    window: Window | None = None,
    bound: float = 1e9,
) -> SafeOvershoot:
    r"""Whether a path returns from an excursion of a parameter beyond a fold, over the height and the duration of the excursion.

    Parameters
    ----------
    model : Model
        An autonomous flow, at the value of the parameter from which it sets out and to which it comes back.
    start : Equilibrium, mapping or sequence
        A stable equilibrium there.
    parameter : str
        Name of a parameter, or of a concept whose members are equal and move as one.
    heights : array_like, shape (n,)
        Increasing: how far beyond the fold it goes, > 0, in its unit.
    durations : array_like, shape (m,)
        Increasing: how long it is beyond the fold, > 0, in years.
    towards : float
        A value of the parameter beyond the fold: between it and the model's own the fold is looked for.
    shape : str
        "parabola", 1 − s², or "sech2", 1/cosh² s, which begins and ends gently.
    window : Window, optional
        As in `continue_equilibrium`.
    bound : float
        Magnitude of a state, in its unit, beyond which a path has escaped.

    Returns
    -------
    SafeOvershoot

    Raises
    ------
    NotAutonomousError, UnknownNameError, InvalidInputError, OutOfBoundsError, NotStableError
        If the rates contain time, a name is unknown, an argument does not fit, or the start is no stable equilibrium.
    ComputationError
        If the equilibrium does not lose its stability at a fold on the way.

    Notes
    -----
    For each height the lowest duration at which the answer changes is bracketed to 1e-9 of itself, among thirteen durations from 1/64
    to 64 times that of the asymptotic law. Near the fold the law is height · duration² = 4/\|a σ\| with a = ½⟨p, B(q, q)⟩ and
    σ = ⟨p, ∂f/∂β⟩, ⟨p, q⟩ = 1: with x' = σ(h − h(2t/τ)²) + a x² in the direction q, x = −u'/(a u) makes u a wave function in a harmonic
    well, which decays on both sides, so that x goes from the stable to the unstable equilibrium, at its lowest energy only. That the
    square of the duration is limited so is known as the inverse-square law [1]_.

    References
    ----------
    .. [1] P. D. L. Ritchie, J. J. Clarke, P. M. Cox, C. Huntingford, "Overshooting tipping point thresholds in a changing climate",
       Nature 592, 517–523, 2021 (quoted from memory).

    Examples
    --------
    >>> fold = Model.from_equations({"x": "p + x**2", "y": "-y"}, {"p": -1.0})
    >>> chart = safe_overshoot(fold, [-1.0, 0.0], "p", [1e-4, 0.1], [2.0, 150.0, 250.0], towards=1.0)
    >>> chart.answers.tolist(), round(chart.law, 9)
    ([['returns', 'returns', 'tips'], ['returns', 'tips', 'tips']], 4.0)
    """
    check_model(model)
    if shape not in PULSES:
        raise UnknownNameError(f"There is no pulse {shape!r}. {nearest(str(shape), PULSES)}")
    high, long, limit = _axis(heights, "Heights"), _axis(durations, "Durations"), as_bound(bound)
    slow = quasi_static(model, start, parameter, towards, window)
    check_room(slow, limit)
    threshold = _fold(slow, parameter, towards)
    own, edge = model.values[model.resolve(parameter)[0]], float(np.asarray(threshold.value))
    peak = edge + float(np.sign(edge - own) * high[-1])
    for member in model.resolve(parameter):
        model.parameters[model.parameter_names.index(member)].check(peak)
    check_ranges(model, {parameter: (min(own, peak), max(own, peak))})
    course = Course(model, parameter, PULSES[shape], slow.start, model, slow.start, slow.rate, limit)
    pulses = _Pulses(edge - own, shape)
    law = _law(model, parameter, threshold)
    grid = course.follow(*pulses.moves(np.repeat(high, len(long)), np.tile(long, len(high)))).answers.reshape(len(high), len(long))
    brackets = _brackets(course, pulses, high, law)
    provenance = record(
        model, verb="safe_overshoot", parameter=parameter, towards=float(towards), shape=shape, window=repr(window), bound=limit
    )
    return SafeOvershoot(
        parameter=parameter,
        shape=shape,
        equilibrium=equilibrium_beside(model, slow.start, provenance),
        threshold=threshold,
        heights=high,
        durations=long,
        answers=np.array([ANSWERS[each] for each in grid.ravel().tolist()]).reshape(grid.shape),
        critical_durations=brackets.mean(axis=1),
        brackets=brackets,
        law=law,
        model=model,
        provenance=provenance,
    )


@dataclass(frozen=True)
class _Pulses:
    """Pulses of one shape over a threshold that is ``gap`` away, with its sign."""

    gap: float
    shape: str

    def moves(self, heights: FloatArray, durations: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Changes and paces (k,) of pulses by their heights beyond the threshold and durations there, (k,)."""
        peak = abs(self.gap) + heights
        return np.sign(self.gap) * peak, durations / (2.0 * WIDTHS[self.shape](heights / peak))


def _brackets(course: Course, pulses: _Pulses, heights: FloatArray, law: float) -> FloatArray:
    """Brackets (n, 2) of the critical durations, NaN where none was found."""
    trials = np.sqrt(law / heights)[:, None] * LADDER
    answers = course.follow(*pulses.moves(np.repeat(heights, len(LADDER)), trials.ravel())).answers.reshape(trials.shape)
    changed = (answers[:, 1:] != answers[:, :-1]) & (answers[:, 1:] != UNDECIDED) & (answers[:, :-1] != UNDECIDED)
    found = np.full((len(heights), 2), np.nan)
    rows = np.flatnonzero(changed.any(axis=1))
    first = changed[rows].argmax(axis=1)

    def moves(places: IntArray, durations: FloatArray) -> tuple[FloatArray, FloatArray]:
        return pulses.moves(heights[rows[places]], durations)

    found[rows, 0], found[rows, 1] = between(course, trials[rows, first], trials[rows, first + 1], moves)
    return found


def _fold(slow: QuasiStatic, parameter: str, towards: float) -> SpecialPoint:
    """The fold at which the equilibrium ends."""
    if slow.point is None:
        raise ComputationError(
            f"The equilibrium stays stable up to {parameter} = {towards:g}, so that there is no threshold to overshoot. Look further."
        )
    if slow.point.kind != "fold":
        raise ComputationError(f"The equilibrium is lost at {slow.point!r}, which is no fold. Overshoots are measured from a fold only.")
    return slow.point


def _law(model: Model, parameter: str, fold: SpecialPoint) -> float:
    """The limit of height times duration², 4/|a σ|."""
    field = Field.of(model.with_values(**{parameter: float(np.asarray(fold.value))}))
    left, _, right = np.linalg.svd(field.jacobian(0.0, fold.state))
    q, p = right[-1], left[:, -1]
    p = p / (p @ q)
    bend = 0.5 * float(p @ (field.second_derivatives(fold.state) @ q @ q))
    slope = float(p @ field.parameter_derivatives(fold.state, [parameter])[:, 0])
    return 4.0 / abs(bend * slope)


def _axis(values: npt.ArrayLike, what: str) -> FloatArray:
    axis = as_floats(values, what)
    if axis.ndim != 1 or axis.size < 1 or not np.isfinite(axis).all() or not (axis > 0.0).all() or not (np.diff(axis) > 0.0).all():
        raise InvalidInputError(f"{what} must be an increasing sequence of positive numbers; got {values!r}.")
    return axis
