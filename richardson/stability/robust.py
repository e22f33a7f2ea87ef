"""Stability proved for a whole box of parameters, not at points of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, prod
from typing import Any

import numpy as np

from richardson.arrays import FloatArray, as_floats
from richardson.compiled.balls import ZERO
from richardson.compiled.enclosure import Enclosure
from richardson.compiled.linear_part import linear_part
from richardson.errors import InvalidInputError
from richardson.provenance import Provenance, record
from richardson.stability.certify import zeros
from richardson.stability.finding import MOST_STATES
from richardson.stability.inertia import is_attracting_for_all
from richardson.stability.krawczyk import ProvedRoot
from richardson.stability.linear_rest import is_stable_matrix
from richardson.stability.rest import RestEquations, refuse_time
from richardson.stability.window import Window
from richardson.symbolic.indexed_model import IndexedModel
from richardson.symbolic.model import Model
from richardson.symbolic.order import check_ranges

BUDGET = 500  # parts of the box of parameters
STATE_BUDGET = 200  # boxes of states that are looked at for one part
SMALLEST_PART = 1 / 128  # of each range: what is undecided there lies at a border of stability

Range = tuple[float, float]


@dataclass(frozen=True, eq=False, repr=False)
class StabilityOverBox:
    """What is proved of the stability of a model's equilibria over a box of parameters.

    Attributes
    ----------
    is_stable : bool or None
        True: at every point of the box every equilibrium in the window is stable. False: there are points at which one is not.
        None: neither was proved. The result itself is true only where this is True.
    unstable, undecided : tuple of dict
        Parts of the box: name of parameter to range (low, high). At every point of the first an equilibrium is not stable; of
        the second nothing was proved.
    stable_share : float
        Share of the box's volume that is proved stable.
    names : tuple of str
        Parameters, or concepts of which the members move as one.
    window : Window or None
        Where equilibria were looked for; None for rates whose Jacobian is the same in every state.
    model : Model
    provenance : Provenance
    """

    is_stable: bool | None
    unstable: tuple[dict[str, Range], ...]
    undecided: tuple[dict[str, Range], ...]
    stable_share: float
    names: tuple[str, ...]
    window: Window | None
    model: Model
    provenance: Provenance

    def __bool__(self) -> bool:
        """Whether stability is proved for the whole box."""
        return self.is_stable is True

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row a part that is not proved stable: lower and upper end of each range, and verdict."""
        parts = [(part, "unstable") for part in self.unstable] + [(part, "undecided") for part in self.undecided]
        columns: dict[str, list[Any]] = {}
        for name in self.names:
            columns[f"{name}_lower"] = [part[name][0] for part, _ in parts]
            columns[f"{name}_upper"] = [part[name][1] for part, _ in parts]
        columns["verdict"] = [verdict for _, verdict in parts]
        return columns

    def __repr__(self) -> str:
        """Verdict and how much of the box it covers."""
        verdict = {True: "stable everywhere", False: "not stable everywhere", None: "undecided"}[self.is_stable]
        counts = f"{len(self.unstable)} unstable parts, {len(self.undecided)} undecided"
        return f"<'{self.model.name}' over {', '.join(self.names)}: {verdict}; {self.stable_share:.3%} proved stable, {counts}>"


def is_stable_for_all(
    model: Model, box: Mapping[str, Sequence[float]], *, window: Window | None = None, budget: int = BUDGET
) -> StabilityOverBox:
    """Whether every equilibrium is stable at every point of a box of parameters, proved on ball arithmetic.

    Parameters
    ----------
    model : Model
        Autonomous, of up to six states, or a linear race of any number of nations; other parameters keep its values.
    box : mapping of str to pair of float
        Range (low, high) of each parameter, in its unit; a bare concept name moves its members as one.
    window : Window, optional
        Spans every state: equilibria in it are meant. Needed unless the Jacobian is the same in every state, as in linear races,
        of which the one equilibrium is meant wherever it lies.
    budget : int
        How many parts of the box may be looked at.

    Returns
    -------
    StabilityOverBox
        True only if stability is proved for all of the box; so it is where the window holds no equilibrium at all.

    Raises
    ------
    NotAutonomousError, UnknownNameError, OutOfBoundsError
        If the rates contain time, a name is no parameter, an end of a range lies outside the parameter's
        bounds, or two parameters cross in the box of which one must not exceed the other.
    InvalidInputError
        If the box is empty or a range is none, a name occurs twice, the window is missing or stands before a linear race of more than
        six nations, or the model has too many states.

    Notes
    -----
    The box is halved until in each part all equilibria are enclosed by Krawczyk's operator and the Routh array of their
    Jacobians keeps its signs. At a border of stability, and at a fold, parts of 1/128 of each range stay undecided. Members of a
    concept, and a parameter that occurs more than once, are bounded as if they moved apart, which can only leave more undecided.

    Of linear races in which every nation reacts to others in kind (kᵢⱼ ≥ 0) the Jacobian is compared with the greatest and the least in
    the part: by Perron and Frobenius all are stable if the greatest is, and none if the least is not. So it is for any number of nations.

    Examples
    --------
    >>> race = Model.from_equations({"x": "k*y - x + 1", "y": "k*x - y + 1"}, {"k": 0.5})
    >>> bool(is_stable_for_all(race, {"k": (0, 0.99)}))
    True
    >>> is_stable_for_all(race, {"k": (0.5, 1.5)}).is_stable
    False
    """
    refuse_time(model, "Stability")
    ranges = _checked(model, box)
    if isinstance(budget, bool) or not isinstance(budget, int | np.integer) or budget < 1:
        raise InvalidInputError(f"The budget is a number of parts of the box, 1 or more; got {budget!r}.")
    is_linear = _is_linear(model)
    if window is None and not is_linear:
        raise InvalidInputError(
            f"'{model.name}' is not linear in its states, so stability depends on which equilibria are meant. "
            "Say where they lie, for example window=rn.Window(x=(0, 60), y=(0, 60))."
        )
    if window is not None:
        if isinstance(model, IndexedModel):
            raise InvalidInputError(
                f"'{model.name}' of {len(model.equations.nations)} nations is linear, and its one equilibrium is meant wherever it lies. "
                "Leave the window out."
            )
        Window.of(window).check(model, spanned=len(model.states))
    provenance = record(model, verb="is_stable_for_all", box=ranges, window=repr(window), budget=int(budget))
    stable, unstable, undecided = _parts(_Question(model, ranges, window), int(budget))
    verdict = False if unstable else None if undecided else True
    share = sum(_volume(part, ranges) for part in stable)
    return StabilityOverBox(verdict, tuple(unstable), tuple(undecided), share, tuple(ranges), window, model, provenance)


def _is_linear(model: Model) -> bool:
    """Whether the Jacobian is the same in every state; refused is what nothing can be proved of."""
    if isinstance(model, IndexedModel):
        if model.equations.is_linear:
            return True
    elif len(model.states) <= MOST_STATES and (enclosure := Enclosure.of(model)) is not None:
        return enclosure.is_affine
    raise InvalidInputError(
        f"Nothing can be proved of '{model.name}': it is not linear and has more than {MOST_STATES} states, or hill with a state in its "
        "exponent. Use stability_map or run_ensemble, which compute at points."
    )


@dataclass(frozen=True, eq=False)
class _Question:
    model: Model
    ranges: dict[str, Range]
    window: Window | None

    def answer(self, part: dict[str, Range]) -> bool | None:
        """Whether all equilibria are stable for all of the part (True), one is unstable for all of it (False), or neither is seen."""
        members = {member: ends for name, ends in part.items() for member in _members(self.model, name)}
        if isinstance(self.model, IndexedModel):
            return is_stable_matrix(linear_part(self.model, members)[0])
        enclosure = Enclosure(self.model, members)
        if self.window is None:
            matrix, is_map = enclosure.jacobian([ZERO] * len(self.model.states)), self.model.kind == "map"
            compared = None if is_map else is_stable_matrix(matrix)  # exact to the border where all react in kind
            return is_attracting_for_all(matrix, is_map=is_map) if compared is None else compared
        middle = self.model.with_values(**{name: 0.5 * (low + high) for name, (low, high) in part.items()})
        lower, upper = self.window.box(middle)
        found, undecided = zeros(RestEquations.of(middle, lower, upper), enclosure, STATE_BUDGET)
        if any(root.is_attracting is False and _is_inside(root, lower, upper) for root in found):
            return False
        return True if not undecided and all(root.is_attracting for root in found) else None


def _is_inside(root: ProvedRoot, lower: FloatArray, upper: FloatArray) -> bool:
    return bool((root.lower >= lower).all() and (root.upper <= upper).all())


def _parts(question: _Question, budget: int) -> tuple[list[dict[str, Range]], list[dict[str, Range]], list[dict[str, Range]]]:
    """Parts that are stable, unstable and undecided, larger ones looked at first."""
    answers: dict[bool | None, list[dict[str, Range]]] = {True: [], False: [], None: []}
    waiting = [question.ranges]
    for _ in range(budget):
        if not waiting:
            break
        part = waiting.pop(0)
        answer = question.answer(part)
        halves = [] if answer is not None else _halves(part, question.ranges)
        waiting += halves
        if not halves:
            answers[answer].append(part)
    return answers[True], answers[False], answers[None] + waiting


def _halves(part: dict[str, Range], whole: dict[str, Range]) -> list[dict[str, Range]]:
    """The part cut along its relatively longest range, or nothing if that is as small as may be."""
    shares = {name: (high - low) / (whole[name][1] - whole[name][0]) for name, (low, high) in part.items()}
    name = max(shares, key=lambda each: shares[each])
    if shares[name] <= SMALLEST_PART:
        return []
    low, high = part[name]
    middle = 0.5 * (low + high)
    return [part | {name: (low, middle)}, part | {name: (middle, high)}]


def _volume(part: dict[str, Range], whole: dict[str, Range]) -> float:
    return prod((high - low) / (whole[name][1] - whole[name][0]) for name, (low, high) in part.items())


def _checked(model: Model, box: Mapping[str, Sequence[float]]) -> dict[str, Range]:
    """Ranges by name, each within its parameter's bounds and no parameter in two."""
    if not isinstance(box, Mapping) or not box:
        raise InvalidInputError(f"A box gives each of its parameters a range, for example {{'balance': (-1, 1)}}; got {box!r}.")
    ranges: dict[str, Range] = {}
    seen: set[str] = set()
    for name, given in box.items():
        ends = as_floats(given, f"The range of '{name}'")
        if ends.shape != (2,) or not all(isfinite(end) for end in ends) or not ends[0] < ends[1]:
            raise InvalidInputError(f"The range of '{name}' must be a pair (low, high) of finite numbers, low < high; got {given!r}.")
        for member in _members(model, name):
            if member in seen:
                raise InvalidInputError(f"The box gives '{member}' two ranges. Name it once.")
            seen.add(member)
            place = model.parameter_names.index(member)
            for end in ends:
                (model.family_at(place) if isinstance(model, IndexedModel) else model.parameters[place]).check(end)
        ranges[name] = (float(ends[0]), float(ends[1]))
    if not isinstance(model, IndexedModel):  # whose linear equations have no parameters in an order
        check_ranges(model, ranges)
    return ranges


def _members(model: Model, name: str) -> tuple[str, ...]:
    return model.members(name) if isinstance(model, IndexedModel) else model.resolve(name)
