"""Tipping under a ramp of a parameter: a path follows its equilibrium, loses it at a bifurcation, or falls behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, isfinite, log
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.arrays import FloatArray, IntArray
from richardson.compiled.field import Field
from richardson.compiled.kernels import lookout
from richardson.continuation.branch import Branch, SpecialPoint
from richardson.dynamics.arguments import as_bound
from richardson.dynamics.integrate import integrate
from richardson.dynamics.trajectory import Trajectory
from richardson.errors import IntegrationError, InvalidInputError, UnknownNameError, nearest
from richardson.landscape.excursions import RETURNS, TIPS, UNDECIDED, Course, Ends, Movement, between, unused
from richardson.landscape.quasi_static import QuasiStatic, check_room, equilibrium_beside, quasi_static
from richardson.outcome import Outcome
from richardson.provenance import Provenance, record
from richardson.stability.equilibria import Equilibrium
from richardson.stability.window import Window
from richardson.symbolic.given import check_model
from richardson.symbolic.model import Model
from richardson.symbolic.transform import extended

# g(s) from 0 to 1 with the steepest slope 1, so that a ramp of the rate r over Δ has the pace |Δ|/r
RAMPS = {
    "linear": Movement("min(max({s}, 0), 1)", (0.0, 1.0)),
    "tanh": Movement("(1 + tanh(2*{s}))/2", (-7.0, 7.0)),  # 1e-12 from its ends
}
ANSWERS = {RETURNS: "tracks", TIPS: "tips", UNDECIDED: "undecided"}
TRACKS, BIFURCATION, RATE = "tracks", "bifurcation-induced tipping", "rate-induced tipping"
SLOWEST, FASTEST = 1e-3, 1e3  # of the natural rate |Δ|/relaxation time: between these rates a change is looked for
SLOWER = 1e-3  # further, where even the slowest of them tips
SCANNED = 96  # rates looked at: two changes within 16 % of each other are missed
DRAWN = 400  # times of the path
AFTER = 8.0  # relaxation times that it is shown for after the ramp, at the least
ENDS = {
    lookout.AT_REST: Outcome.SETTLED,
    lookout.REACHED_END: Outcome.REACHED_END,
    lookout.ESCAPED: Outcome.ESCAPED,
    lookout.LEFT_DOMAIN: Outcome.LEFT_DOMAIN,
    lookout.STEP_TOO_SMALL: Outcome.STEP_TOO_SMALL,
    lookout.STEPS_SPENT: Outcome.STEP_LIMIT,
    lookout.NOT_FINITE: Outcome.NOT_FINITE,
}


@dataclass(frozen=True, eq=False, repr=False)
class Tipping:
    """What becomes of a stable equilibrium when a parameter is ramped.

    Attributes
    ----------
    parameter : str
        Name of the parameter, or of the concept whose members move as one.
    ramp : pair of float
        First and last value, in its unit.
    rate : float
        Largest speed of the parameter, in its unit a year.
    shape : str
        "linear" or "tanh".
    verdict : str
        "tracks": the path ends at the equilibrium into which its own one moves; "bifurcation-induced tipping": it ends elsewhere, and
        the equilibrium loses its stability on the way (be it softly, to one that crosses it or to a small cycle), so that slow ramps
        tip too; "rate-induced tipping": it ends elsewhere although the equilibrium stays stable throughout, or what it loses on the
        way it regains, and the slowest ramp looked at follows it to its end; "undecided".
    point : SpecialPoint or None
        Where stability is first lost on the way.
    critical_rate : float or None
        The lowest rate found at which the answer changes, in the parameter's unit a year; None if it never does.
    bracket : pair of float or None
        Rates on either side of it, with different answers.
    rates : FloatArray
        Shape (n,): the rates that were looked at.
    answers : ndarray of str
        Shape (n,): "tracks", "tips" or "undecided" at each.
    branch : Branch
        The equilibrium along the parameter, between both values.
    path : Trajectory
        The path at ``rate``, of the driven model, from the beginning of the ramp at time 0 until it has settled or is lost.
    values : FloatArray
        Shape (t,): the parameter at the times of ``path``.
    end : Equilibrium or None
        Where the path settles; None if it does not.
    outcome : Outcome
        SETTLED, ESCAPED, LEFT_DOMAIN, REACHED_END (not settled after 10⁴ relaxation times), or a failure.
    model : Model
    provenance : Provenance
    """

    parameter: str
    ramp: tuple[float, float]
    rate: float
    shape: str
    verdict: str
    point: SpecialPoint | None
    critical_rate: float | None
    bracket: tuple[float, float] | None
    rates: FloatArray
    answers: npt.NDArray[np.str_]
    branch: Branch
    path: Trajectory
    values: FloatArray
    end: Equilibrium | None
    outcome: Outcome
    model: Model
    provenance: Provenance

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row a rate looked at: rate and answer."""
        return {"rate": self.rates.tolist(), "answer": self.answers.tolist()}

    def __repr__(self) -> str:
        """Ramp, verdict, critical rate and end."""
        critical = "no critical rate" if self.critical_rate is None else f"critical rate {self.critical_rate:.8g}"
        where = str(self.outcome) if self.end is None else f"ends at {self.end!r}"
        ramp = f"{self.parameter} from {self.ramp[0]:g} to {self.ramp[1]:g} at {self.rate:g}/yr"
        return f"<{self.verdict}: {ramp}, {critical}, {where}>"


def tipping(
    model: Model,
    start: Equilibrium | Mapping[str, float] | Sequence[float],
    parameter: str,
    to: float,
    rate: float,
    *,
    shape: str = "linear",
    window: Window | None = None,
    bound: float = 1e9,
) -> Tipping:
    """Whether a ramp of a parameter tips a stable equilibrium, by what, and from which rate on.

    Parameters
    ----------
    model : Model
        An autonomous flow; its own value of the parameter is where the ramp begins.
    start : Equilibrium, mapping or sequence
        The stable equilibrium at which the path begins.
    parameter : str
        Name of a parameter, or of a concept whose members are equal and move as one.
    to : float
        Where the ramp ends, in the parameter's unit; it stays there.
    rate : float
        The largest speed of the parameter on the way, > 0, in its unit a year.
    shape : str
        "linear", or "tanh", which begins and ends gently: to + from over two and half their difference times tanh(2 rate t/|to − from|).
    window : Window, optional
        As in `continue_equilibrium`.
    bound : float
        Magnitude of a state, in its unit, beyond which a path has escaped.

    Returns
    -------
    Tipping

    Raises
    ------
    NotAutonomousError, UnknownNameError, InvalidInputError, OutOfBoundsError, NotStableError
        If the rates contain time, a name is unknown, an argument does not fit, or the start is no stable equilibrium.
    ComputationError
        If the equilibrium cannot be followed, for another reason than a change of its stability, or is critical at the end of the ramp.

    Notes
    -----
    The quasi-static answer comes from continuation of the equilibrium, the others from paths: at the rate asked for, and at 96 rates
    from a thousandth to a thousand times |to − from| over the relaxation time, and as close up to the rate asked for. Between two
    neighbours with different answers the critical rate is bracketed to 1e-9 of itself; the paths have a tolerance of 1e-11 a step.
    Where a path ends is judged after the ramp: a path may stray on the way and come back [1]_. A path that does not settle (on a
    cycle) is undecided.

    References
    ----------
    .. [1] P. Ashwin, S. Wieczorek, R. Vitolo, P. Cox, "Tipping points in open systems: bifurcation, noise-induced and rate-dependent
       examples in the climate system", Philosophical Transactions of the Royal Society A 370, 1166–1184, 2012 (quoted from memory).

    Examples
    --------
    >>> pursuit = Model.from_equations({"x": "(x + shift)**2 - 1", "y": "-y"}, {"shift": 0.0})
    >>> tipping(pursuit, [-1.0, 0.0], "shift", 4.0, 2.5, shape="tanh")
    <rate-induced tipping: shift from 0 to 4 at 2.5/yr, critical rate 2, ran away: a state's magnitude passed the bound>
    """
    check_model(model)
    if shape not in RAMPS:
        raise UnknownNameError(f"There is no ramp {shape!r}. {nearest(str(shape), RAMPS)}")
    speed, limit = _rate(rate), as_bound(bound)
    slow = quasi_static(model, start, parameter, to, window)
    own, last = model.values[model.resolve(parameter)[0]], float(to)
    rest = model.with_values(**{parameter: last})
    slowest = slow.rate if slow.target_rate is None else min(slow.rate, slow.target_rate)
    check_room(slow, limit)
    course = Course(model, parameter, RAMPS[shape], slow.start, rest, slow.target, slowest, limit)
    asked, rates, answers, bracket = _scan(course, last - own, speed, slow)
    answer = int(asked.answers[0])
    slow_tracks = slow.point is None or answers[0] == RETURNS
    verdicts = {RETURNS: TRACKS, UNDECIDED: ANSWERS[UNDECIDED], TIPS: RATE if slow_tracks else BIFURCATION}
    settled = asked.codes[0] == lookout.AT_REST
    provenance = record(model, verb="tipping", parameter=parameter, to=last, rate=speed, shape=shape, window=repr(window), bound=limit)
    path, values = _path(course, last, speed, shape, float(asked.stops[0]) if settled else 0.0)
    return Tipping(
        parameter=parameter,
        ramp=(own, last),
        rate=speed,
        shape=shape,
        verdict=verdicts[answer],
        point=slow.point,
        critical_rate=None if bracket is None else 0.5 * (bracket[0] + bracket[1]),
        bracket=bracket,
        rates=rates,
        answers=np.array([ANSWERS[each] for each in answers.tolist()]),
        branch=slow.branch,
        path=path,
        values=values,
        end=equilibrium_beside(rest, asked.states[0], provenance) if settled else None,
        outcome=ENDS[int(asked.codes[0])],
        model=model,
        provenance=provenance,
    )


def _scan(course: Course, change: float, speed: float, slow: QuasiStatic) -> tuple[Ends, FloatArray, IntArray, tuple[float, float] | None]:
    """The path at the rate asked for; rates, their answers, and the bracket of the lowest at which the answer changes."""

    def moves(rows: IntArray, rates: FloatArray) -> tuple[FloatArray, FloatArray]:
        return np.full(len(rates), change), abs(change) / rates

    asked = course.follow(*moves(np.zeros(1, dtype=np.int64), np.array([speed])))
    natural = abs(change) * slow.rate
    low, high = min(SLOWEST * natural, speed), max(FASTEST * natural, speed)
    count = ceil(SCANNED * max(log(high / low) / log(FASTEST / SLOWEST), 1.0))  # as close where the rate asked for lies outside
    rates = np.geomspace(low, high, count)
    if slow.target is None:  # nowhere to track to
        return asked, rates, np.full(count, TIPS, dtype=np.int64), None
    answers = course.follow(*moves(np.zeros(count, dtype=np.int64), rates)).answers
    if slow.point is None and answers[0] == TIPS:
        slower = np.geomspace(SLOWER * low, low, SCANNED // 2, endpoint=False)
        answers = np.concatenate([course.follow(*moves(np.zeros(len(slower), dtype=np.int64), slower)).answers, answers])
        rates = np.concatenate([slower, rates])
    changed = np.flatnonzero((answers[1:] != answers[:-1]) & (answers[1:] != UNDECIDED) & (answers[:-1] != UNDECIDED))
    if not changed.size:
        return asked, rates, answers, None
    first = int(changed[0])
    below, above = between(course, rates[first : first + 1], rates[first + 1 : first + 2], moves)
    return asked, rates, answers, (float(below[0]), float(above[0]))


def _path(course: Course, last: float, speed: float, shape: str, settling: float) -> tuple[Trajectory, FloatArray]:
    """The path in years from the beginning of the ramp, and the parameter along it (t,)."""
    model, movement = course.model, RAMPS[shape]
    own = model.values[model.resolve(course.parameter)[0]]
    taken = {*model.state_names, *model.parameter_names}
    begin, end, pace = (unused(name, taken) for name in ("ramp_from", "ramp_to", "ramp_rate"))
    wider = extended(model, {begin: own, end: last, pace: speed})
    lasts = (movement.span[1] - movement.span[0]) * abs(last - own) / speed
    moment = f"(t*{pace}/abs({end} - {begin}) + ({movement.span[0]:g}))"
    driven = wider.with_drive(**{course.parameter: f"{begin} + ({end} - {begin})*({movement.formula.format(s=moment)})"})
    times = np.linspace(0.0, lasts + max(settling, AFTER / course.slowest), DRAWN + 1)
    try:
        path = integrate(driven, course.start.tolist(), times, relative=1e-9, absolute=1e-12, bound=course.bound)
    except IntegrationError as error:  # what it says is in the outcome
        path = error.trajectory
    if path.outcome is not Outcome.REACHED_END and path.dense is not None:
        times = np.linspace(0.0, float(path.times[-1]), DRAWN + 1)
        path = replace(path, times=times, states=path.dense(times))
    along = Field.of(driven).values_of(driven.drives[0].names[:1])
    return path, np.ascontiguousarray(along(path.times, path.states)[:, 0])


def _rate(rate: float) -> float:
    """The rate as a positive number."""
    try:
        speed = float(rate)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"The rate of a ramp must be a number; got {rate!r}.") from error
    if not (isfinite(speed) and speed > 0.0):
        raise InvalidInputError(f"The rate of a ramp must be positive and finite, in the parameter's unit a year; got {rate!r}.")
    return speed
