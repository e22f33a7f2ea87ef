"""Where a model rests: every equilibrium in a window, and whether the list is known to be complete."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, overload

import numpy as np
from scipy.optimize import linprog

from richardson.arrays import ComplexArray, FloatArray
from richardson.errors import ComputationError, InvalidInputError, UnknownNameError, nearest
from richardson.provenance import Provenance, record
from richardson.randomness import generator_of
from richardson.stability.kinds import eigenvalues_with_errors, is_attracting, kind_of
from richardson.stability.rest import RestEquations, jacobian_uncertainty, refuse_time
from richardson.stability.search import roots
from richardson.stability.window import Window
from richardson.symbolic.closed_form import ClosedForm, real_zeros
from richardson.symbolic.conditions import spiral_number_of
from richardson.symbolic.model import Model

METHODS = ("auto", "closed form", "newton")


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
    certificate : str or None
        How the equilibrium is proved to exist; None for one that a search found.
    model : Model
    provenance : Provenance
    """

    state: FloatArray
    residual: float
    eigenvalues: ComplexArray
    kind: str
    is_stable: bool
    spiral_number: float | None
    certificate: str | None
    model: Model
    provenance: Provenance

    def __getitem__(self, name: str) -> float:
        """Value of the state of that name."""
        names = self.model.state_names
        if name not in names:
            raise UnknownNameError(f"'{self.model.name}' has no state '{name}'. {nearest(str(name), names)}")
        return float(self.state[names.index(name)])

    def to_table(self) -> dict[str, list[Any]]:
        """Columns with one row, as `Equilibria.to_table`."""
        return _table((self,), self.model)

    def __repr__(self) -> str:
        """Kind and state."""
        return f"<{self.kind} at {_place(self.model, self.state)}>"


@dataclass(frozen=True, eq=False, repr=False)
class Equilibria(Sequence[Equilibrium]):
    """Equilibria of a model in a window, sorted by state, first state first.

    Attributes
    ----------
    found : tuple of Equilibrium
    is_complete : bool
        Whether it is proved that the window holds no other.
    undecided : tuple
        Boxes in which existence could not be decided; empty for closed forms and searches.
    window : Window
    model : Model
    provenance : Provenance
    """

    found: tuple[Equilibrium, ...]
    is_complete: bool
    undecided: tuple[Any, ...]
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


def equilibria(model: Model, window: Window, *, method: str = "auto", rng: int | np.random.Generator | None = 0) -> Equilibria:
    """Every equilibrium of ``model`` that was found in the closed ``window``.

    Parameters
    ----------
    model : Model
        Autonomous; of a map, fixed points are found.
    window : Window
        Spans every state. Only what lies within the states' bounds too is listed.
    method : str
        "auto" takes the closed form where there is a quick one, else searches. "closed form" holds for rates that are
        quotients of polynomials (hill functions of whole steepness included) of small degree, with parameters read as
        the decimals that print them: all are found, and ``is_complete`` is True. "newton" searches from the cells of a
        grid, the corners and quasi-random starts, so others may exist.
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
        If the window does not span exactly the model's states, or the method is unknown or not available.
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
    closed = None if method == "newton" else _closed(equations)
    if closed is None and method == "closed form":
        raise InvalidInputError(
            f"'{model.name}' has no quick closed form: its rates are no quotients of polynomials of small degree, or it is at a "
            'bifurcation with rounded constants. Use method="auto" or "newton".'
        )
    used = "newton" if closed is None else "closed form"
    provenance = record(model, entropy=entropy, verb="equilibria", window=repr(window), method=used)
    points = _searched(equations, generator) if closed is None else closed.states
    certificate = None if closed is None else "closed form"
    found = tuple(equilibrium_at(equations, point, certificate, provenance) for point in points[np.lexsort(points.T[::-1])])
    return Equilibria(found, closed is not None, (), window, model, provenance)


def equilibrium_at(
    equations: RestEquations, point: FloatArray, certificate: str | None, provenance: Provenance, *, slack: float = 0.0
) -> Equilibrium:
    """Type of the equilibrium at a known root.

    Parameters
    ----------
    equations : RestEquations
        With every state spanned.
    point : FloatArray
        Shape (d,).
    certificate : str or None
        As in `Equilibrium`.
    provenance : Provenance
    slack : float
        How far the point may be off, in widths, if more than rounding.
    """
    model = equations.field.model
    jacobian = equations.field.jacobian(0.0, point)
    eigenvalues, _, errors = eigenvalues_with_errors(jacobian, jacobian_uncertainty(equations, point, slack))
    is_map = model.kind == "map"
    followers = np.array([state.is_follower for state in model.states])
    return Equilibrium(
        state=point,
        residual=float(np.abs(equations.values(point)).max()),
        eigenvalues=eigenvalues,
        kind=kind_of(eigenvalues, errors, is_map=is_map),
        is_stable=is_attracting(eigenvalues, errors, is_map=is_map),
        spiral_number=None if is_map else spiral_number_of(jacobian, followers),
        certificate=certificate,
        model=model,
        provenance=provenance,
    )


def _closed(equations: RestEquations) -> ClosedForm | None:
    """Closed form within the box, if it is all; None where only a search can answer."""
    closed = real_zeros(equations.field.model, equations.field.lower)
    if closed is None:
        return None
    if closed.continuum is not None:
        if _meets_box(closed.continuum, equations):
            _refuse_plane(equations.field.model, closed.continuum)
        return ClosedForm(closed.states, closed.multiplicities, closed.is_exact)
    inside = ((closed.states >= equations.lower) & (closed.states <= equations.upper)).all(axis=1)
    states = closed.states[inside]
    if not closed.is_exact and not all(_is_simple(equations, state) for state in states):
        return None  # a rounded constant could have split or merged these
    return ClosedForm(states, closed.multiplicities[inside], closed.is_exact)


def _is_simple(equations: RestEquations, point: FloatArray) -> bool:
    """Whether the Jacobian at a root is regular beyond its uncertainty."""
    _, jacobian = equations.values_and_jacobian(point)
    scaled = jacobian * equations.width
    doubt = np.linalg.norm(jacobian_uncertainty(equations, point) * equations.width)
    return bool(np.isfinite(scaled).all()) and float(np.linalg.svd(scaled, compute_uv=False)[-1]) > float(doubt)


def _meets_box(plane: FloatArray, equations: RestEquations) -> bool:
    point, directions = plane[0], plane[1:]
    rows = np.concatenate([directions.T, -directions.T])
    limits = np.concatenate([equations.upper - point, point - equations.lower])
    result = linprog(np.zeros(len(directions)), A_ub=rows, b_ub=limits, bounds=(None, None))
    return int(result.status) != 2  # 2: proved infeasible


def _refuse_plane(model: Model, plane: FloatArray) -> None:
    raise ComputationError(
        f"The equilibria of '{model.name}' cannot be listed: its linear rates vanish on a {len(plane) - 1}-dimensional plane "
        f"through {_place(model, plane[0])} that meets the window. Change a parameter so that the matrix of rates is regular."
    )


def _searched(equations: RestEquations, generator: np.random.Generator) -> FloatArray:
    search = roots(equations, generator)
    if search.curve_point is not None:
        model = equations.field.model
        raise ComputationError(
            f"The equilibria of '{model.name}' cannot be listed: a whole curve of them passes through "
            f"{_place(model, search.curve_point)}. Change a parameter, or move the window off the curve."
        )
    return search.points


def _place(model: Model, state: FloatArray) -> str:
    return ", ".join(f"{name} = {value:.6g}" for name, value in zip(model.state_names, state, strict=True))


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
