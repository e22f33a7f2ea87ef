"""Where a model rests: every equilibrium in a window, and whether the list is known to be complete."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, overload

import numpy as np

from richardson.arrays import ComplexArray, FloatArray
from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.provenance import Provenance, record
from richardson.randomness import generator_of
from richardson.stability.certificate import Certificate, UndecidedBox
from richardson.stability.closed_points import place_of
from richardson.stability.finding import METHODS, found_by
from richardson.stability.kinds import attracts, eigenvalues_with_errors, kind_of
from richardson.stability.rest import RestEquations, jacobian_uncertainty, refuse_time
from richardson.stability.window import Window
from richardson.symbolic.conditions import spiral_number_of
from richardson.symbolic.model import Model
from richardson.symbolic.position import state_position

BUDGET = 20_000  # boxes: some seconds


@dataclass(frozen=True, eq=False, repr=False)
class Equilibrium:
    """A state of rest (of a map: a fixed point) and its type.

    Attributes
    ----------
    state : FloatArray
        Shape (d,), in the states' units; ``equilibrium["x"]`` is one of them.
    residual : float
        Largest absolute rate there.
    eigenvalues : ComplexArray
        Shape (d,), of the Jacobian, in 1/yr, largest real part first; of a map, the multipliers.
    kind : str
        "stable node", "unstable node", "stable focus", "unstable focus", "saddle", "saddle focus", "centre" or
        "degenerate"; see `richardson.stability.kinds.kind_of`.
    is_stable : bool
        Whether small disturbances die out, by the eigenvalues; never claimed of a centre or a degenerate equilibrium.
    spiral_number : float or None
        None where it is undefined.
    certificate : Certificate or None
        The proof that it exists and where it is the only one; None for one that a search found.
    model : Model
    provenance : Provenance
    """

    state: FloatArray
    residual: float
    eigenvalues: ComplexArray
    kind: str
    is_stable: bool
    spiral_number: float | None
    certificate: Certificate | None
    model: Model
    provenance: Provenance

    def __getitem__(self, name: str) -> float:
        """Value of the state of that name."""
        return float(self.state[state_position(self.model, name)])

    def to_table(self) -> dict[str, list[Any]]:
        """Columns with one row, as `Equilibria.to_table`."""
        return _table((self,), self.model)

    def __repr__(self) -> str:
        """Kind and state."""
        return f"<{self.kind} at {place_of(self.model, self.state)}>"


@dataclass(frozen=True, eq=False, repr=False)
class Equilibria(Sequence[Equilibrium]):
    """Equilibria of a model in a window, sorted by state, first state first.

    Attributes
    ----------
    found : tuple of Equilibrium
    is_complete : bool
        Whether it is proved that the window holds no other.
    undecided : tuple of UndecidedBox
        Boxes in which existence could not be decided; empty for closed forms and searches.
    window : Window
    model : Model
    provenance : Provenance
    """

    found: tuple[Equilibrium, ...]
    is_complete: bool
    undecided: tuple[UndecidedBox, ...]
    window: Window
    model: Model
    provenance: Provenance

    def __len__(self) -> int:
        """Number of equilibria."""
        return len(self.found)

    @overload
    def __getitem__(self, index: int) -> Equilibrium: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Equilibrium, ...]: ...

    def __getitem__(self, index: int | slice) -> Equilibrium | tuple[Equilibrium, ...]:
        """One equilibrium, or some as a tuple."""
        return self.found[index]

    def __iter__(self) -> Iterator[Equilibrium]:
        """Equilibria in order."""
        return iter(self.found)

    def to_table(self) -> dict[str, list[Any]]:
        """Columns, one row an equilibrium: the states, then residual, kind, is_stable, spiral_number, eigenvalues."""
        return _table(self.found, self.model)

    def __repr__(self) -> str:
        """How many, of what kinds, and whether that is all."""
        rest, noun = "complete" if self.is_complete else "not proved complete", "equilibrium" if len(self) == 1 else "equilibria"
        return f"<{len(self)} {noun} of '{self.model.name}' ({rest}): {', '.join(map(repr, self.found)) or 'none'}>"

    def _repr_html_(self) -> str:
        table = self.to_table()
        head = "".join(f"<th>{escape(name)}</th>" for name in table)
        cells = ("".join(f"<td>{escape(_cell(value))}</td>" for value in row) for row in zip(*table.values(), strict=True))
        rows = "".join(f"<tr>{row}</tr>" for row in cells)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def equilibria(
    model: Model, window: Window, *, method: str = "auto", budget: int = BUDGET, rng: int | np.random.Generator | None = 0
) -> Equilibria:
    """Every equilibrium of ``model`` that was found in the closed ``window``, by default with a proof that there is no other.

    Parameters
    ----------
    model : Model
        Autonomous; of a map, fixed points are found.
    window : Window
        Spans every state. Only what lies within the states' bounds too is listed; borders count, to rounding.
    method : str
        "certified" proves, for up to six states, that each box of the window holds no equilibrium or exactly one, by Krawczyk's
        operator on ball arithmetic; what it cannot decide (a multiple equilibrium, say) is in ``undecided``. "closed form" holds
        for rates that are quotients of polynomials (hill functions of whole steepness included) of small degree, and decides
        multiple ones too. "newton" searches from the cells of a grid, the corners and quasi-random starts, so others may exist; of
        more than six states, none of which lowers another's rate, it follows the order to the least and the greatest, and looks for
        those at which some blocs are high and others low.
        "auto" proves; where something stays undecided it takes the closed form if there is a quick one, else adds what a search
        finds there. In all proofs a parameter stands for its float and the decimal that prints it.
    budget : int
        How many boxes a proof may look at; 10 000 take about one to three seconds with two to four states.
    rng : int, numpy.random.Generator or None
        Scrambles the starts of the search.

    Returns
    -------
    Equilibria

    Raises
    ------
    NotAutonomousError
        If the rates contain time.
    UnknownNameError, InvalidInputError, OutOfBoundsError
        If the window does not span exactly the model's states, the budget is no positive whole number, or the method is unknown
        or not available.
    ComputationError
        If the equilibria are not isolated but form a line or more, so that they cannot be listed.

    Examples
    --------
    >>> race = Model.from_equations({"x": "0.15*y - 0.2*x + 20", "y": "0.1*x - 0.2*y + 40"})
    >>> equilibria(race, Window(x=(0, 1000), y=(0, 1000)))
    <1 equilibrium of 'own' (complete): <stable node at x = 400, y = 400>>
    """
    refuse_time(model, "Equilibria")
    if method not in METHODS:
        raise UnknownNameError(f"There is no method '{method}' to find equilibria. {nearest(str(method), METHODS)}")
    if isinstance(budget, bool) or not isinstance(budget, int | np.integer) or budget < 1:
        raise InvalidInputError(f"The budget is a number of boxes, 1 or more; got {budget!r}.")
    Window.of(window).check(model)
    if window.fixed:
        raise InvalidInputError(
            f"Equilibria need every state free to move; the window fixes {', '.join(window.fixed)}. "
            f"Span it with a pair, for example {next(iter(window.fixed))}=(0, 10)."
        )
    lower, upper = window.box(model)
    if (lower >= upper).any():
        raise InvalidInputError(f"{window!r} and the bounds of the states leave no interior to search. Widen the window.")
    generator, entropy = generator_of(rng)
    equations = RestEquations.of(model, lower, upper)
    found = found_by(method, equations, generator, int(budget))
    provenance = record(model, entropy=entropy, verb="equilibria", window=repr(window), method=found.method, budget=int(budget))
    each = zip(found.points, found.certificates, found.doubts(equations.width), strict=True)
    listed = tuple(equilibrium_at(equations, point, certificate, provenance, slack=doubt) for point, certificate, doubt in each)
    return Equilibria(listed, found.is_complete, found.undecided, window, model, provenance)


def equilibrium_at(
    equations: RestEquations, point: FloatArray, certificate: Certificate | None, provenance: Provenance, *, slack: float = 0.0
) -> Equilibrium:
    """Type of the equilibrium at a known root.

    Parameters
    ----------
    equations : RestEquations
        With every state spanned.
    point : FloatArray
        Shape (d,).
    certificate : Certificate or None
        As in `Equilibrium`.
    provenance : Provenance
    slack : float
        How far the point may be off, in widths, if more than rounding.
    """
    model = equations.field.model
    jacobian = equations.field.jacobian(0.0, point)
    uncertainty = jacobian_uncertainty(equations, point, slack)
    eigenvalues, _, errors = eigenvalues_with_errors(jacobian, uncertainty)
    is_map = model.kind == "map"
    stable = attracts(eigenvalues, errors, jacobian, uncertainty, is_map=is_map)
    followers = np.array([state.is_follower for state in model.states])
    return Equilibrium(
        state=point,
        residual=float(np.abs(equations.values(point)).max()),
        eigenvalues=eigenvalues,
        kind=kind_of(eigenvalues, errors, is_map=is_map, is_stable=stable),
        is_stable=stable,
        spiral_number=None if is_map else spiral_number_of(jacobian, followers),
        certificate=certificate,
        model=model,
        provenance=provenance,
    )


def _table(found: Sequence[Equilibrium], model: Model) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {name: [float(one.state[i]) for one in found] for i, name in enumerate(model.state_names)}
    for name in ("residual", "kind", "is_stable", "spiral_number"):
        columns[name] = [getattr(one, name) for one in found]
    for i in range(len(model.states)):
        columns[f"eigenvalue_{i + 1}"] = [complex(one.eigenvalues[i]) for one in found]
    return columns


def _cell(value: Any) -> str:
    if isinstance(value, complex):
        return f"{value.real:.6g}" if value.imag == 0 else f"{value.real:.6g} {value.imag:+.6g}i"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
