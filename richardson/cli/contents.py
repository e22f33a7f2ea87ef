"""What the demo found, and the tables of its report, each written as csv and most of them shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from richardson.cli.tables import Table
from richardson.continuation.diagram import Diagram
from richardson.estimation.result import Estimate
from richardson.estimation.uncertainty import EstimateRow
from richardson.stability.equilibria import Equilibria
from richardson.stability.portrait import PhasePortrait
from richardson.symbolic.model import Model
from richardson.theory.worlds import FourWorlds

LONG = ("observations", "theory_branches", "theory_map")  # csv only: too long to read in a report
QUANTITIES = {
    "max_real_eigenvalue": ("largest growth rate, max Re λ", "1/yr"),
    "spiral_number": ("spiral number, R", "1"),
    "critical_balance_change": ("critical change of the balance, Δβ* = −ln R", "1"),
}


@dataclass(frozen=True, eq=False)
class Findings:
    """Everything that the report tells.

    Attributes
    ----------
    fit : Estimate
    picture : PhasePortrait
        Of the fitted race, in a window that holds the data.
    diagram : Diagram
        Of the theory, over the balance.
    rest : Equilibria
        Of the theory, at its default parameters.
    worlds : FourWorlds
    """

    fit: Estimate
    picture: PhasePortrait
    diagram: Diagram
    rest: Equilibria
    worlds: FourWorlds


def tables_of(found: Findings) -> dict[str, Table]:
    """Tables by file name, in the order of the report."""
    fit, observed = found.fit, found.fit.observations
    return {
        "coefficients": coefficients(fit),
        "stability": stability(fit),
        "differences": differences(fit),
        "observations": {
            "year": observed.times.tolist(),
            **{f"{name} [{observed.unit}]": observed[name].tolist() for name in observed.names},
        },
        "theory_equilibria": equilibria_table(found.rest),
        "theory_special_points": special_points(found.diagram),
        "theory_branches": found.diagram.to_table(),
        "theory_four_worlds": four_worlds_table(found.worlds),
        "theory_map": found.worlds.chart.to_table(),
    }


def coefficients(fit: Estimate) -> Table:
    """Columns of the estimated parameters, the nations by their names and arms in the unit of the data."""
    units = {parameter.name: parameter.unit.replace("arms", fit.observations.unit) for parameter in fit.model.parameters}
    letters = {parameter.name: parameter.symbol for parameter in fit.model.parameters}
    return {
        "coefficient": [told(fit, name) for name in fit.free],
        "letter": [letters[name] for name in fit.free],
        **_numbers(fit.rows),
        "unit": [units[name] for name in fit.free],
        "at a bound": [row.at_bound for row in fit.rows],
    }


def stability(fit: Estimate) -> Table:
    """Columns of what follows from the fit; the last row is P(stable), which has no interval."""
    names = dict(zip(fit.model.state_names, fit.observations.names, strict=True))
    rows = list(fit.derived.values())
    told_as = [QUANTITIES.get(row.name) or (f"equilibrium of {names[row.name.split()[-1]]}", fit.observations.unit) for row in rows]
    columns = {"quantity": [what for what, _ in told_as], **_numbers(rows), "unit": [unit for _, unit in told_as]}
    columns["undefined share"] = [row.undefined_share for row in rows]
    last = {"quantity": "P(stable), share of draws", "value": fit.stable_probability, "unit": "1", "undefined share": 0.0}
    return {name: [*column, last.get(name)] for name, column in columns.items()}


def differences(fit: Estimate) -> Table:
    """Columns of the regression of yearly changes on last year's levels."""
    found = fit.differences
    table = found.to_table()
    shares = [float(share) for share in found.r_squared for _ in range(len(found.names) + 1)]
    return {
        "yearly change of": table["series"],
        "on last year's": table["regressor"],
        "coefficient": table["coefficient"],
        "standard error": table["standard_error"],
        "R²": shares,
    }


def equilibria_table(rest: Equilibria) -> Table:
    """Columns of equilibria: states, kind, spiral number, eigenvalues."""
    names = rest.model.state_names
    columns: dict[str, Sequence[Any]] = {_with_unit(rest.model, name): [float(each[name]) for each in rest] for name in names}
    columns["kind"] = [each.kind for each in rest]
    columns["spiral number"] = [each.spiral_number for each in rest]
    return columns | {f"eigenvalue {i + 1} [1/yr]": [complex(each.eigenvalues[i]) for each in rest] for i in range(len(names))}


def special_points(found: Diagram) -> Table:
    """Columns: kind, the parameter, states; one row a special point of any branch."""
    points = [point for branch in found for point in branch.points]
    names = found.model.state_names
    columns: dict[str, Sequence[Any]] = {"kind": [point.kind for point in points], found.parameter: [point.value for point in points]}
    return columns | {_with_unit(found.model, name): [float(point.state[i]) for point in points] for i, name in enumerate(names)}


def four_worlds_table(found: FourWorlds) -> Table:
    """Columns: each world, where it stands, and the equilibrium that is reached there from no arms."""
    worlds, names = found.worlds, found.model.state_names
    columns: dict[str, Sequence[Any]] = {
        "world": [world.name for world in worlds],
        "balance": [world.balance for world in worlds],
        "distinguishability": [world.distinguishability for world in worlds],
    }
    for i, name in enumerate(names):
        columns[_with_unit(found.model, name)] = [None if world.state is None else float(world.state[i]) for world in worlds]
    return columns | {
        "kind": [world.kind for world in worlds],
        "spiral number": [world.spiral_number for world in worlds],
        "max Re λ [1/yr]": [world.leading_eigenvalue for world in worlds],
    }


def told(fit: Estimate, name: str) -> str:
    """A parameter in words, with the nation's own name: "defence coefficient of Greece"."""
    meanings = {parameter.name: parameter.meaning for parameter in fit.model.parameters}
    text = meanings.get(name, name.replace("_", " "))
    for state, series in zip(fit.model.state_names, fit.observations.names, strict=True):
        if text.endswith(f" of {state}"):
            return f"{text.removesuffix(state)}{series}"
    return text


def _with_unit(model: Model, name: str) -> str:
    """A state's name and unit, for the head of a column."""
    return next(f"{name} [{state.unit}]" for state in model.states if state.name == name)


def _numbers(rows: Sequence[EstimateRow]) -> dict[str, Sequence[Any]]:
    return {
        "value": [row.value for row in rows],
        "standard error": [row.standard_error for row in rows],
        "lower": [row.lower for row in rows],
        "upper": [row.upper for row in rows],
    }
