"""The smallest shock from which a system does not come back: the distance from an equilibrium to the border of its basin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any

import numpy as np

from richardson.arrays import FloatArray, IntArray
from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.landscape.attractors import Attractor, around, equilibria_about
from richardson.landscape.directions import nearest_of, spread
from richardson.landscape.labelling import ESCAPED, LEFT_DOMAIN, RELATIVE, UNDECIDED, Labeller
from richardson.stability.capture import Capture
from richardson.stability.equilibria import Equilibrium
from richardson.stability.spectrum import relaxation_time
from richardson.stability.window import Window
from richardson.symbolic.position import state_position

RAYS = 64
SAMPLES = 64  # along a ray, from the equilibrium to the window's edge
PARTS, ROUNDS, FINE = 32, 6, 8  # a bracket is cut in so many parts, so often while directions are compared, and at last
BEYOND = 1e-3  # of a shock: how much larger one is, of which it is said where it leads
HORIZON = 1e4  # relaxation times: a path that has gone nowhere by then counts as one that does not come back, undecided
INSIDE = 1.0 - 1e-9  # of the way to the window's edge: how far rays go
SAME = 1e-6  # relative: an attractor so near the equilibrium is it
NORMS = (1.0, 2.0, inf)


@dataclass(frozen=True, eq=False, repr=False)
class Shock:
    """The smallest shock of some states from which the system does not come back.

    Attributes
    ----------
    name : str
        Which states are shocked, in one word.
    states : tuple of str
        Those states; all others keep their value.
    distance : float
        Its size; infinite where no shock within the window was found to be fatal.
    bracket : pair of float
        Sizes in its direction of which the system comes back from the first, and not from the second.
    shock : FloatArray
        Shape (d,), in the states' units: what is added to the equilibrium; NaN where none was found.
    leads_to : str
        Where the system goes beyond: an attractor, "escapes", "leaves the domain" or, if it is nowhere by ten thousand relaxation
        times, "undecided"; empty where none was found.
    at_least : float
        No smaller shock was found to be fatal, in or outside the window: the distance, or that to the window's nearest edge if it is
        smaller (edges that are bounds of the states do not count).
    proved : float
        No smaller shock is fatal, by proof; 0 where nothing is proved.
    """

    name: str
    states: tuple[str, ...]
    distance: float
    bracket: tuple[float, float]
    shock: FloatArray
    leads_to: str
    at_least: float
    proved: float

    def __repr__(self) -> str:
        """Name, size and where it leads."""
        if self.at_least == inf:
            return f"<shock of {self.name}: none is fatal>"
        if self.distance == inf:
            return f"<shock of {self.name}: none within the window is fatal; at least {self.at_least:.6g}>"
        return f"<shock of {self.name}: {self.distance:.6g}, beyond it {self.leads_to}>"


@dataclass(frozen=True, eq=False)
class Basin:
    """The basin of a stable equilibrium, as runs tell it.

    Attributes
    ----------
    equilibrium : Equilibrium
    window : Window
    scales : FloatArray
        Shape (d,): shocks of each state are measured in these.
    norm : float
        1, 2 or infinity.
    labeller : Labeller
        Says where paths end; the equilibrium is the first of its attractors.
    capture : Capture or None
        What is proved of it.
    """

    equilibrium: Equilibrium
    window: Window
    scales: FloatArray
    norm: float
    labeller: Labeller
    capture: Capture | None

    @classmethod
    def of(
        cls, equilibrium: Equilibrium, window: Window, scales: FloatArray, norm: float, *, bound: float, capture: Capture | None
    ) -> "Basin":
        """Basin in a checked window."""
        model, place = equilibrium.model, equilibrium.state
        size = np.maximum(np.abs(place), float(np.abs(place).max(initial=0.0)) or 1.0)
        others = [one for one in equilibria_about(model, around(model, window)) or () if one.is_stable]
        apart = [one for one in others if (np.abs(one.state - place) > SAME * size).any()]
        horizon = HORIZON * (max(relaxation_time(equilibrium), 1.0) if model.kind == "map" else relaxation_time(equilibrium))
        known = [Attractor.of(one) for one in (equilibrium, *apart)]
        return cls(equilibrium, window, scales, norm, Labeller(model, window, known, bound=bound, horizon=horizon), capture)

    def smallest(self, name: str, positions: IntArray) -> Shock:
        """The smallest fatal shock of the states at ``positions``, shape (k,)."""
        names = tuple(self.equilibrium.model.state_names[position] for position in positions)
        direction, distance = nearest_of(partial(self.radii, positions), spread(RAYS, len(positions)), self.norm)
        edge, proved = self._edge(positions), self._proved(positions)
        if distance == inf:
            nowhere = np.full(len(self.scales), np.nan)
            return Shock(name, names, inf, (inf, inf), nowhere, "", edge, proved)
        lengths, labels = self._crossing(positions, direction[np.newaxis], FINE)
        size = float(np.linalg.norm(direction, self.norm))
        shock = np.zeros(len(self.scales))
        shock[positions] = lengths[0, 1] * self.scales[positions] * direction
        bracket = float(lengths[0, 0] * size), float(lengths[0, 1] * size)
        leads_to = self._destination(shock, int(labels[0]))
        return Shock(name, names, bracket[1], bracket, shock, leads_to, min(bracket[1], edge), proved)

    def _destination(self, shock: FloatArray, mark: int) -> str:
        """Where a shock (d,) leads that is larger by a thousandth; right on the border a path may take for ever."""
        beyond = int(self._labels((self.equilibrium.state + (1.0 + BEYOND) * shock)[np.newaxis])[0]) or mark
        words = {UNDECIDED: "undecided", ESCAPED: "escapes", LEFT_DOMAIN: "leaves the domain"}
        return words[beyond] if beyond < 0 else repr(self.labeller.attractors[beyond])

    def radii(self, positions: IntArray, directions: FloatArray) -> FloatArray:
        """Sizes (n,) of the first shock along unit directions (n, k) of the states at ``positions`` that is fatal, infinite if none."""
        lengths, _ = self._crossing(positions, directions, ROUNDS)
        return np.asarray(lengths[:, 1] * np.linalg.norm(directions, self.norm, axis=1))

    def _crossing(self, positions: IntArray, directions: FloatArray, rounds: int) -> tuple[FloatArray, IntArray]:
        """Lengths (n, 2) along rays, in scales, on both sides of the basin's border, infinite if none; labels (n,) beyond."""
        rays = np.zeros((len(directions), len(self.scales)))
        rays[:, positions] = directions * self.scales[positions]
        ends = self._room(rays)
        inside, outside = np.zeros(len(rays)), ends
        labels = np.zeros(len(rays), dtype=np.int64)
        is_open = ends > 0.0
        for turn, parts in enumerate((SAMPLES, *[PARTS] * rounds)):
            rows = np.flatnonzero(is_open)
            if not rows.size:
                break
            shares = np.arange(1, parts + 1) / parts
            lengths = inside[rows, None] + (outside - inside)[rows, None] * shares
            starts = self.equilibrium.state + lengths[:, :, None] * rays[rows, None, :]
            marks = self._labels(starts.reshape(-1, len(self.scales))).reshape(lengths.shape)
            fatal = marks != 0
            if turn == 0:
                is_open[rows[~fatal.any(axis=1)]] = False
            else:
                fatal[:, -1], marks[:, -1] = True, np.where(fatal[:, -1], marks[:, -1], labels[rows])
            hit = fatal.any(axis=1)
            first = np.argmax(fatal, axis=1)
            kept, place = rows[hit], first[hit]
            before = np.concatenate((inside[rows, None], lengths), axis=1)[hit, place]
            inside[kept], outside[kept], labels[kept] = before, lengths[hit, place], marks[hit, place]
        lost = ~is_open
        return np.stack((np.where(lost, inf, inside), np.where(lost, inf, outside)), axis=1), labels

    def _labels(self, starts: FloatArray) -> IntArray:
        """Labels (n,) of starts (n, d), put within the bounds of the states where rounding alone led beyond."""
        states = self.equilibrium.model.states
        lower, upper = (np.array([getattr(state, side) for state in states]) for side in ("lower", "upper"))
        return self.labeller.labels(np.clip(starts, lower, upper), RELATIVE)

    def _room(self, rays: FloatArray) -> FloatArray:
        """Lengths (n,) of rays (n, d) up to just before the window's edge or a bound of the states, where paths may stay for ever."""
        lower, upper = self.window.box(self.equilibrium.model)
        with np.errstate(divide="ignore", invalid="ignore"):
            rooms = np.where(rays > 0.0, upper - self.equilibrium.state, lower - self.equilibrium.state) / rays
        return np.asarray(INSIDE * np.maximum(np.where(rays == 0.0, inf, rooms).min(axis=1), 0.0))

    def _edge(self, positions: IntArray) -> float:
        """Distance to the nearest face of the window that is no bound of a state."""
        model, place = self.equilibrium.model, self.equilibrium.state
        lower, upper = self.window.box(model)
        gaps = [inf]
        for position in positions:
            state = model.states[position]
            if lower[position] > state.lower:
                gaps.append(float((place[position] - lower[position]) / self.scales[position]))
            if upper[position] < state.upper:
                gaps.append(float((upper[position] - place[position]) / self.scales[position]))
        return min(gaps)

    def _proved(self, positions: IntArray) -> float:
        """Radius of the largest ball of shocks that is seen to lie in one captured region."""
        if self.capture is None or not self.capture:
            return 0.0
        place, scales, found = self.equilibrium.state, self.scales[positions], [0.0]
        share = 1.0 if self.norm <= 2.0 else 1.0 / np.sqrt(len(positions))  # of the Euclidean ball that holds the ball of this norm
        for centre, form, level in zip(self.capture.centres, self.capture.forms, self.capture.levels, strict=True):
            off = place - centre
            steepest = np.linalg.eigvalsh(form[np.ix_(positions, positions)] * np.outer(scales, scales)).max()
            found.append(float(share * (np.sqrt(level) - np.sqrt(off @ form @ off)) / np.sqrt(steepest)))
        for lower, upper in zip(self.capture.lower, self.capture.upper, strict=True):
            found.append(self._room_in(lower, upper, positions))
        return max(found)

    def _room_in(self, lower: FloatArray, upper: FloatArray, positions: IntArray) -> float:
        """Distance from the equilibrium to the nearest face of a box that is no bound of a state; negative outside."""
        place, gaps = self.equilibrium.state, [inf]
        if ((place < lower) | (place > upper)).any():
            return 0.0
        for position in positions:
            state = self.equilibrium.model.states[position]
            if lower[position] > state.lower:
                gaps.append(float((place[position] - lower[position]) / self.scales[position]))
            if upper[position] < state.upper:
                gaps.append(float((upper[position] - place[position]) / self.scales[position]))
        return min(gaps)


def shocked_states(equilibrium: Equilibrium, window: Window, shocks: Mapping[str, Any] | None) -> dict[str, IntArray]:
    """Positions of the states of each shock that is asked for, by name.

    Parameters
    ----------
    equilibrium : Equilibrium
    window : Window
        The states it fixes are not shocked.
    shocks : mapping of str to sequence of str, or None
        By default any of the spanned states together, arms, fear and distrust where there are several kinds, and each alone.

    Raises
    ------
    UnknownNameError, InvalidInputError
        If a shock names no state, or one that the window fixes.
    """
    model, spanned = equilibrium.model, [name for name in equilibrium.model.state_names if name in window.spans]
    if shocks is None:
        followers = {state.name: state.unit for state in model.states if state.is_follower and state.name in spanned}
        leaders = [name for name in spanned if name not in followers]
        kinds = {
            "arms": leaders,
            "fear": [name for name, unit in followers.items() if unit != "1"],
            "distrust": [name for name, unit in followers.items() if unit == "1"],
        }
        groups = {kind: names for kind, names in kinds.items() if names} if followers and leaders else {}
        alone = {name: [name] for name in spanned} if len(spanned) > 1 else {}
        chosen: dict[str, Any] = {"any": spanned, **groups, **alone}
    else:
        chosen = {str(name): [states] if isinstance(states, str) else states for name, states in shocks.items()}
    if not chosen:
        raise InvalidInputError('Name at least one shock, for example {"both": ["x", "y"]}.')
    for name, states in chosen.items():
        if not isinstance(states, Sequence) or not states or len({str(state) for state in states}) < len(states):
            raise InvalidInputError(f"The shock '{name}' needs states, each once; got {states!r}.")
        for state in states:
            position = state_position(model, state)
            if model.state_names[position] not in spanned:
                raise InvalidInputError(f"The shock '{name}' moves {state}, which {window!r} fixes. Span it with a pair.")
    return {name: np.array([state_position(model, state) for state in states]) for name, states in chosen.items()}


def checked_norm(norm: Any) -> float:
    """1, 2 or infinity.

    Raises
    ------
    UnknownNameError
        If it is none of these.
    """
    if isinstance(norm, bool) or norm not in NORMS:
        raise UnknownNameError(f"Sizes of shocks are measured in the norm 1, 2 or infinity; got {norm!r}. {nearest(str(norm), ['2'])}")
    return float(norm)
