"""Following a branch of cycles by pseudo-arclength steps, with a new mesh for every step."""

from dataclasses import dataclass
from dataclasses import field as member

import numpy as np
from scipy.optimize import brentq

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.cycles_birth import birth_near
from richardson.continuation.cycles_chart import Chart, Stand
from richardson.continuation.cycles_points import UnresolvedError, is_explained, located
from richardson.continuation.homoclinic import homoclinic_end
from richardson.outcome import Outcome

FIRST_STEP = 0.02  # in the size of the oscillation, the logarithm of the period and the span
LONGEST_STEP = 0.15
SHORTEST_STEP = 1e-8
GROW, SHRINK = 1.4, 0.5
STRAIGHT = 0.95  # cosine between tangents one step apart
CORRECTION = 0.25  # of the step
SHORTEST_SEARCH = 1e-4  # step in which a special point that is not resolved is given up
LONGEST_BRANCH = 2000  # cycles
LONGEST_PERIOD = 1e5  # over the shortest on the branch
SHRUNK = 5e-3  # of the largest cycle on the branch: one that is about to become an equilibrium
SLACK = 1e-9  # of a state's oscillation: so far beyond a bound a cycle touches it


@dataclass
class CycleWalk:
    """Part of a branch from one cycle on, as it is being followed.

    Attributes
    ----------
    stands : list of Stand
        The cycles, special points among them.
    points : list of SpecialPoint
        In order.
    places : list of int
        For each point, which of the cycles it is; −1 for one that is no cycle.
    outcome : Outcome
    """

    stands: list[Stand]
    points: list[SpecialPoint] = member(default_factory=list)
    places: list[int] = member(default_factory=list)
    outcome: Outcome = Outcome.STEP_LIMIT


class Walker:
    """What follows branches of cycles.

    Parameters
    ----------
    field : Field
    parameter : str
    span : pair of float
    """

    def __init__(self, field: Field, parameter: str, span: tuple[float, float]) -> None:
        self._field = field
        self._parameter = parameter
        self._span = span

    def walk(self, start: Stand, *, is_young: bool = False) -> CycleWalk:
        """Follow the branch from a cycle to where its tangent leads.

        Parameters
        ----------
        start : Stand
        is_young : bool
            Whether the cycles begin here, at a Hopf point, and so do not end in it.
        """
        found = CycleWalk([start])
        largest, shortest, step = self._size(start), start.profile.period, FIRST_STEP
        while len(found.stands) < LONGEST_BRANCH:
            before = found.stands[-1]
            chart = self._chart(before)
            after = self._advanced(chart, before, step)
            landing = None if after is None else self._landing(chart, before, after, step)
            if after is None or not self._add(found, before, *(landing or (after, step))):
                step *= SHRINK
                if step < SHORTEST_STEP:
                    found.outcome = Outcome.STEP_TOO_SMALL
                    return found
                continue
            if landing is not None:
                found.outcome = Outcome.REACHED_END if landing[0].value in self._span else Outcome.REACHED_BOUND
                return found
            largest, shortest = np.maximum(largest, self._size(after)), min(shortest, after.profile.period)
            if self._has_ended(found, largest, shortest) or (len(found.stands) > 2 and self._closes(found)):
                return found
            step = min(GROW * step, LONGEST_STEP)
        return found

    def _chart(self, stand: Stand, finer: float = 1.0) -> Chart:
        return Chart.at(self._field, stand, self._parameter, self._span, finer=finer)

    def _advanced(self, chart: Chart, before: Stand, step: float) -> Stand | None:
        """The next cycle, or None if the step was too long."""
        reached = chart.reach(step)
        if reached is None or reached[1] > CORRECTION * step or chart.straightness(reached[0]) < STRAIGHT:
            return None
        return reached[0] if is_explained(before, reached[0]) or step < 1e3 * SHORTEST_STEP else None

    def _add(self, found: CycleWalk, before: Stand, after: Stand, length: float) -> bool:
        """Add a cycle and the special points on the way to it; false if those are not resolved and a shorter step may do."""
        try:
            points = located(lambda finer: self._chart(before, finer), before, after, length)
        except UnresolvedError:
            if length > SHORTEST_SEARCH:
                return False
            points = []  # the change of stability is there to see
        if length > SHORTEST_SEARCH and any(stand is not None and self._is_beyond(stand) for _, _, stand in points):
            return False  # the branch turns back outside of the span: a shorter step ends there
        for _, point, stand in points:
            found.points.append(point)
            found.places.append(-1 if stand is None else len(found.stands))
            found.stands += [] if stand is None else [stand]
        found.stands.append(after)
        return True

    def _is_beyond(self, stand: Stand) -> bool:
        low, high = self._span
        return max(low - stand.value, stand.value - high) > SLACK * (high - low)

    def _landing(self, chart: Chart, before: Stand, after: Stand, step: float) -> tuple[Stand, float] | None:
        """The cycle, and its distance, with which the branch leaves the span or the states' bounds within a step."""
        if self._margin(after) < 0.0 <= self._margin(before):
            length = self._crossing(chart, step)
            reached = chart.reach(length)
            if reached is not None:
                return reached[0], length
        low, high = self._span
        if low <= after.value <= high:
            return None
        end = low if after.value < low else high
        length = step * (end - before.value) / (after.value - before.value)
        stand = chart.reach_value(length, end)
        return None if stand is None else (stand, length)

    def _margin(self, stand: Stand) -> float:
        """Least distance of a cycle's nodes from the states' bounds, in its size; negative beyond them."""
        nodes, scale = stand.profile.nodes, stand.scale
        return float(min(((nodes - self._field.lower) / scale).min(), ((self._field.upper - nodes) / scale).min())) + SLACK

    def _crossing(self, chart: Chart, step: float) -> float:
        """Distance at which a cycle touches a bound."""

        def margin(length: float) -> float:
            reached = chart.reach(length)
            return -SLACK if reached is None else self._margin(reached[0])

        return float(brentq(margin, 0.0, step, xtol=1e-10 * step)) if margin(0.0) > 0.0 > margin(step) else 0.0

    def _size(self, stand: Stand) -> FloatArray:
        size: FloatArray = np.ptp(stand.profile.nodes, axis=0)
        return size

    def _has_ended(self, found: CycleWalk, largest: FloatArray, shortest: float) -> bool:
        """Whether the cycles shrink to an equilibrium, tend to a homoclinic orbit, or grow too long to follow."""
        last = found.stands[-1]
        if (self._size(last) <= SHRUNK * largest).all() and len(found.stands) > 2:
            chart = self._chart(last)
            birth = birth_near(chart.equations, last.profile.nodes.mean(axis=0), last.value, 2.0 * np.pi / last.profile.period)
            if birth is not None:
                bracket = (birth.value - birth.doubt, birth.value + birth.doubt)
                found.points.append(SpecialPoint("hopf", birth.value, birth.state, bracket, birth.residual, frequency=birth.frequency))
                found.places.append(-1)
                found.outcome = Outcome.VANISHED
                return True
        last_chart = self._chart(last)
        last_chart.equations.move(last.value)
        end = homoclinic_end(self._field, found.stands, last_chart.equations.width)
        if end is not None:
            found.points.append(end)
            found.places.append(-1)
            found.outcome = Outcome.VANISHED
            return True
        if last.profile.period > LONGEST_PERIOD * shortest:
            found.outcome = Outcome.RAN_AWAY
            return True
        return False

    def _closes(self, found: CycleWalk) -> bool:
        """Whether the last step went through the first cycle, in its direction."""
        start, before, after = (self._marks(found, place) for place in (0, -2, -1))
        move, heading = after - before, self._marks(found, 1) - start
        length = float(move @ move)
        if length == 0.0:
            return False
        share = float((start - before) @ move) / length
        aside = float(np.linalg.norm(start - before - share * move))
        if not (0.0 < share <= 1.0 and aside < CORRECTION * np.sqrt(length) and heading @ move > 0.0):
            return False
        found.stands[-1] = found.stands[0]
        found.outcome = Outcome.CLOSED
        return True

    def _marks(self, found: CycleWalk, place: int) -> FloatArray:
        """What tells a cycle from others wherever it is begun: parameter, period, means and ranges, in sizes of the first."""
        stand, scale = found.stands[place], found.stands[0].scale
        profile, width = stand.profile, self._span[1] - self._span[0]
        states = profile.at(profile.phases)
        mean = np.trapezoid(states, profile.phases, axis=0)
        return np.concatenate(([stand.value / width, np.log(profile.period)], mean / scale, self._size(stand) / scale))
