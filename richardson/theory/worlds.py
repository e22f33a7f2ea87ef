"""Jervis's four worlds: the offence–defence balance against how well defence can be told from offence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson import extras
from richardson.arrays import FloatArray, as_floats
from richardson.errors import InvalidInputError
from richardson.landscape.critical_curve import critical_curve
from richardson.landscape.stability_map import StabilityMap, stability_map
from richardson.provenance import Provenance, record
from richardson.stability.equilibria import equilibria
from richardson.stability.portrait import PhasePortrait, phase_portrait
from richardson.stability.window import Window
from richardson.symbolic.model import Model
from richardson.theory.curve_check import check_curve

BALANCE, DISTINGUISHABILITY = "balance", "distinguishability"
NAMES = (
    "doubly dangerous",
    "security dilemma, but security requirements may be compatible",
    "no security dilemma, but aggression possible",
    "doubly stable",
)
RESOLUTION = (81, 61)
FIRST_WINDOW = 4.0  # times the largest equilibrium reached: the first window that is searched
WIDER = 4.0
WINDOWS = 6  # at most: four thousand times the equilibrium reached
MARGIN = 0.15  # of the equilibria's extent


@dataclass(frozen=True, eq=False, repr=False)
class World:
    """One of the four worlds, at a representative balance and distinguishability.

    Attributes
    ----------
    name : str
        Jervis's.
    balance, distinguishability : float
        Where it stands, pure numbers.
    spiral_number : float or None
        R at the equilibrium reached from zero arms and fear, None where it is undefined (see `StabilityMap`).
    leading_eigenvalue : float or None
        Largest real part of the eigenvalues there, in 1/yr.
    kind : str
        Of the equilibrium reached, or why none is, as in `StabilityMap`.
    is_stable : bool
        Whether an equilibrium is reached and small disturbances of it die out.
    state : FloatArray or None
        Shape (d,): the equilibrium, None where none is reached.
    portrait : PhasePortrait or None
        Of models with two states.
    model : Model
        At this world's parameter values.
    """

    name: str
    balance: float
    distinguishability: float
    spiral_number: float | None
    leading_eigenvalue: float | None
    kind: str
    is_stable: bool
    state: FloatArray | None
    portrait: PhasePortrait | None
    model: Model

    def __repr__(self) -> str:
        """Name, place, spiral number and kind."""
        number = "undefined" if self.spiral_number is None else f"{self.spiral_number:.4g}"
        return f"<{self.name}: balance {self.balance:g}, distinguishability {self.distinguishability:g}, R {number}, {self.kind}>"


@dataclass(frozen=True, eq=False, repr=False)
class FourWorlds:
    """R over balance and distinguishability, the curve R = 1, and the four worlds.

    Attributes
    ----------
    chart : StabilityMap
        Over "balance" (axis 0) and "distinguishability" (axis 1).
    curve : tuple of FloatArray
        Polylines of shape (n, 2), columns balance and distinguishability, on which R = 1 (see `critical_curve`); it is not the
        worlds' border.
    worlds : tuple of World
        Doubly dangerous (offence, indistinguishable); security dilemma (defence, indistinguishable); aggression possible
        (offence, distinguishable); doubly stable (defence, distinguishable).
    model : Model
    provenance : Provenance
    """

    chart: StabilityMap
    curve: tuple[FloatArray, ...]
    worlds: tuple[World, World, World, World]
    model: Model
    provenance: Provenance

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a world."""
        names = ("name", "balance", "distinguishability", "spiral_number", "leading_eigenvalue", "kind", "is_stable")
        return {name: [getattr(world, name) for world in self.worlds] for name in names}

    def to_xarray(self) -> Any:
        """Dataset over the four worlds; ``chart.to_xarray()`` is the map.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        table = self.to_table()
        numbers = ("balance", "distinguishability", "spiral_number", "leading_eigenvalue")
        columns: dict[str, Any] = {name: ("world", np.array(table[name], dtype=np.float64)) for name in numbers}  # None becomes NaN
        columns |= {name: ("world", table[name]) for name in ("kind", "is_stable")}
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint}
        return xarray.Dataset(columns, coords={"world": table["name"]}, attrs=attributes)

    def __repr__(self) -> str:
        """The worlds."""
        return f"<four worlds of '{self.model.name}': {', '.join(map(repr, self.worlds))}>"


def four_worlds(
    model: Model,
    *,
    balance: tuple[float, float] = (-0.5, 0.5),
    distinguishability: tuple[float, float] = (0.25, 0.75),
    resolution: tuple[int, int] = RESOLUTION,
    window: Window | None = None,
) -> FourWorlds:
    """Jervis's four worlds of a model: sign of the balance times distinguishability below or above one half.

    Parameters
    ----------
    model : Model
        With the parameters ``balance`` and ``distinguishability``.
    balance : pair of float
        Where the worlds stand: defence has the advantage at the first, below 0, offence at the second, above 0.
    distinguishability : pair of float
        The same: below and above one half.
    resolution : pair of int
        Number of values of balance and of distinguishability in the chart, which reaches beyond the worlds on every side by half
        of the distance between them, within the parameters' bounds.
    window : Window, optional
        Of the portraits; by default one that holds every equilibrium found in the four worlds.

    Returns
    -------
    FourWorlds

    Raises
    ------
    InvalidInputError, OutOfBoundsError
        If the model has no such parameters, the worlds do not lie in their quadrants, or the resolution is too small.

    Notes
    -----
    The names are Jervis's [1]_. That a world is dangerous is his claim; whether it is unstable here, R says. Where the reaction is
    linear the curve is held against its closed form (`conditions.critical_balance`), at both ends and the middle of each piece.

    References
    ----------
    .. [1] R. Jervis (1978), Cooperation Under the Security Dilemma, World Politics 30(2), 167–214 (quoted from memory).

    Examples
    --------
    >>> import richardson as rn
    >>> four = rn.four_worlds(rn.models.security_dilemma(), resolution=(9, 7))
    >>> for world in four.worlds:
    ...     print(world.name)
    doubly dangerous
    security dilemma, but security requirements may be compatible
    no security dilemma, but aggression possible
    doubly stable
    """
    _check_parameters(model)
    sides = _quadrant(balance, BALANCE, 0.0), _quadrant(distinguishability, DISTINGUISHABILITY, 0.5)
    _check_resolution(resolution)
    axes = [_axis(model, name, side, count) for name, side, count in zip((BALANCE, DISTINGUISHABILITY), sides, resolution, strict=True)]
    chart = stability_map(model, {BALANCE: axes[0], DISTINGUISHABILITY: axes[1]})
    corners = stability_map(model, {BALANCE: sides[0], DISTINGUISHABILITY: sides[1]})
    places = [(1, 0), (0, 0), (1, 1), (0, 1)]
    at = [model.with_values(balance=sides[0][i], distinguishability=sides[1][j]) for i, j in places]
    shown = _portraits(at, corners, window)
    parts = zip(NAMES, places, at, shown, strict=True)
    worlds = [_world(name, corners, place, world, portrait) for name, place, world, portrait in parts]
    provenance = record(model, verb="four_worlds", balance=sides[0], distinguishability=sides[1], resolution=resolution)
    curve = critical_curve(chart)
    check_curve(model, curve)
    return FourWorlds(chart, curve, (worlds[0], worlds[1], worlds[2], worlds[3]), model, provenance)


def _check_parameters(model: Model) -> None:
    if not isinstance(model, Model):
        raise InvalidInputError(f"Jervis's four worlds are drawn of a model; got {model!r}. Give for example models.security_dilemma().")
    missing = [name for name in (BALANCE, DISTINGUISHABILITY) if name not in model.parameter_names]
    if missing:
        raise InvalidInputError(
            f"Jervis's four worlds differ in the parameters 'balance' and 'distinguishability'; '{model.name}' has no "
            f"{' and no '.join(missing)}. Use security_dilemma, or stability_map over two parameters of this model."
        )


def _check_resolution(resolution: tuple[int, int]) -> None:
    is_pair = isinstance(resolution, Sequence) and len(resolution) == 2
    if not is_pair or any(not isinstance(count, int | np.integer) or count < 2 for count in resolution):
        raise InvalidInputError(f"The resolution must be two whole numbers of 2 or more; got {resolution!r}. Give for example (81, 61).")


def _quadrant(pair: tuple[float, float], name: str, border: float) -> tuple[float, float]:
    values = as_floats(pair, f"The worlds' {name}")
    if values.shape != (2,) or not np.isfinite(values).all() or not values[0] < border < values[1]:
        raise InvalidInputError(f"The worlds' {name} must be a pair (low, high) with low < {border:g} < high; got {pair!r}.")
    return float(values[0]), float(values[1])


def _axis(model: Model, name: str, side: tuple[float, float], count: int) -> FloatArray:
    parameter = model.parameters[model.parameter_names.index(name)]
    beyond = 0.5 * (side[1] - side[0])
    return np.linspace(max(side[0] - beyond, parameter.lower), min(side[1] + beyond, parameter.upper), count)


def _world(name: str, corners: StabilityMap, place: tuple[int, int], model: Model, portrait: PhasePortrait | None) -> World:
    number, leading = (float(array[place]) for array in (corners.spiral_number, corners.leading_eigenvalue))
    state = corners.reached[place]
    return World(
        name=name,
        balance=model.values[BALANCE],
        distinguishability=model.values[DISTINGUISHABILITY],
        spiral_number=None if np.isnan(number) else number,
        leading_eigenvalue=None if np.isnan(leading) else leading,
        kind=str(corners.kind[place]),
        is_stable=bool(corners.is_stable[place]),
        state=None if np.isnan(state).any() else state,
        portrait=portrait,
        model=model,
    )


def _portraits(worlds: list[Model], corners: StabilityMap, window: Window | None) -> list[PhasePortrait | None]:
    """Portraits in one window, so that they can be compared; none of models with other than two states."""
    if len(worlds[0].states) != 2:
        if window is not None:
            raise InvalidInputError(
                f"Portraits of the four worlds are drawn of models with two states; '{worlds[0].name}' has {len(worlds[0].states)}. "
                "Leave the window out."
            )
        return [None] * len(worlds)
    chosen = window or _common_window(worlds, corners)
    return [phase_portrait(world, chosen) for world in worlds]


def _common_window(worlds: list[Model], corners: StabilityMap) -> Window:
    """A window that holds every equilibrium of the worlds."""
    states = worlds[0].states
    is_known = bool((corners.count >= 0).all())
    found = corners.states[corners.kind_codes >= 0] if is_known else _searched(worlds, corners)
    low, high = min(0.0, float(found.min(initial=0.0))), float(found.max(initial=0.0)) or _first_side(corners)
    edge = MARGIN * (high - low)
    return Window(**{state.name: (max(low - edge, state.lower), min(high + edge, state.upper)) for state in states})


def _first_side(corners: StabilityMap) -> float:
    return FIRST_WINDOW * (float(np.nan_to_num(np.abs(corners.reached)).max()) or 1.0)


def _searched(worlds: list[Model], corners: StabilityMap) -> FloatArray:
    """Equilibria of the worlds, shape (n, 2), in a window that is widened until no more are found."""
    states, side = worlds[0].states, _first_side(corners)
    found, before = np.zeros((0, 2)), -1
    for _ in range(WINDOWS):
        spans = {state.name: (max(-side, state.lower), min(side, state.upper)) for state in states}
        every = (equilibria(world, Window(**spans), method="newton") for world in worlds)
        found = np.array([one.state for there in every for one in there]).reshape(-1, 2)
        if len(found) == before:
            break
        before, side = len(found), WIDER * side
    return found
