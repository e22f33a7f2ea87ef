"""The demo's report: one page that stands alone."""

from collections.abc import Iterable, Mapping

from richardson.cli import html, wording
from richardson.cli.contents import LONG, Findings
from richardson.cli.tables import Table, shown
from richardson.cli.verdict import verdict
from richardson.continuation.diagram import Diagram
from richardson.estimation.result import Estimate

CAPTIONS = {
    "coefficients": "Coefficients of the fitted race",
    "stability": "What follows from them",
    "differences": "Beside it: yearly changes regressed on last year's levels",
    "theory_equilibria": "Equilibria at the default parameters (β = 0)",
    "theory_special_points": "Where equilibria appear or vanish along the balance",
    "theory_four_worlds": "The four worlds",
}


def report(found: Findings, tables: Mapping[str, Table], pictures: Mapping[str, bytes]) -> str:
    """The page as HTML.

    Parameters
    ----------
    found : Findings
    tables : mapping of str to table
        By file name, as `tables_of` gives them.
    pictures : mapping of str to bytes
        Drawings by file name.
    """
    parts = [*_opening(found.fit), *_data_part(found, tables, pictures), *_theory_part(found.diagram, tables, pictures), *_closing(found)]
    return html.page(wording.title(found.fit), parts)


def _opening(fit: Estimate) -> Iterable[str]:
    yield html.heading(wording.title(fit), 1)
    yield html.paragraph(verdict(fit), "verdict")
    for text in wording.reading(fit):
        yield html.paragraph(text)


def _data_part(found: Findings, tables: Mapping[str, Table], pictures: Mapping[str, bytes]) -> Iterable[str]:
    fit = found.fit
    names, unit = " and ".join(fit.observations.names), fit.observations.unit
    yield html.heading("From the data")
    yield html.paragraph(wording.METHOD)
    yield html.paragraph(_equations(fit))
    yield html.picture(
        pictures["series"],
        "figures/series",
        f"Military expenditure of {names} by year, as dots, with the model's value for each year computed from the year before, as lines.",
        f"Military expenditure [{unit}] and what the fitted race expects for each year from the year before. Source: "
        f"{fit.observations.source}",
    )
    yield _table("coefficients", tables)
    yield html.terms(wording.COEFFICIENTS)
    yield html.picture(
        pictures["estimates"],
        "figures/estimates",
        "Every estimated coefficient, the largest growth rate and the spiral number as dots with their intervals as bars; dotted lines "
        "mark the borders.",
        f"Estimates with {fit.level:.0%} intervals; x is {fit.observations.names[0]}, y is {fit.observations.names[1]}. The dotted "
        "lines are 0, and 1 for R: an interval that crosses the border of "
        "stability leaves the verdict open.",
    )
    yield _table("stability", tables)
    yield html.terms(wording.QUANTITIES)
    yield html.heading("What an interval means", 3)
    yield html.paragraph(wording.INTERVALS.format(level=f"{fit.level:.0%}"))
    yield html.picture(
        pictures["portrait"],
        "figures/portrait",
        f"Phase portrait of the fitted race: spending of {names} against each other, with arrows of the flow, nullclines, the "
        "equilibrium and the observed path.",
        "The fitted race as a plane: arrows show where spending moves, on a coloured line one nation's spending stands still, "
        f"where the lines cross both do. The dark path is what happened. Equilibrium: {_equilibrium(found)}.",
    )
    yield html.heading("The usual regression beside it", 3)
    yield html.paragraph(wording.DIFFERENCES)
    yield _table("differences", tables)
    yield html.heading("What these numbers cannot say", 3)
    yield html.listing(wording.CAVEATS)


def _theory_part(diagram: Diagram, tables: Mapping[str, Table], pictures: Mapping[str, bytes]) -> Iterable[str]:
    yield html.heading("From theory: default parameters, not fitted")
    yield html.paragraph(wording.THEORY, "theory")
    yield html.heading("Hysteresis over the offence–defence balance", 3)
    yield html.paragraph(wording.HYSTERESIS)
    yield html.picture(
        pictures["hysteresis"],
        "figures/hysteresis",
        "Arms at equilibrium against the offence–defence balance: two stable branches, low and high, joined by an unstable one at two "
        "folds.",
        "Default parameters, not fitted. Solid: stable; dashed: unstable; diamonds: folds, at which an outcome appears or vanishes. "
        f"Arms are in the model's own unit. {_folds(diagram)}",
    )
    yield _table("theory_special_points", tables)
    yield _table("theory_equilibria", tables)
    yield html.heading("The four worlds", 3)
    yield html.paragraph(wording.WORLDS)
    yield html.picture(
        pictures["four_worlds"],
        "figures/four_worlds",
        "Spiral number over balance and distinguishability with the curve R = 1 and the four worlds, and a phase portrait of each world.",
        "Default parameters, not fitted. Dark: large R. The letters mark where the phase portraits are taken.",
        is_wide=True,
    )
    yield _table("theory_four_worlds", tables)


def _closing(found: Findings) -> Iterable[str]:
    fit, provenance = found.fit, found.fit.provenance
    yield html.heading("Where it comes from")
    yield html.listing(
        [
            f"Data: {fit.observations.source}",
            *(f"Fitted model: {reference}" for reference in fit.model.references),
            *(f"Theory: {reference}" for reference in found.diagram.model.references),
            f"Computed {provenance.time} with {', '.join(f'{name} {number}' for name, number in provenance.versions)} on "
            f"{provenance.platform}; draws from seed {provenance.entropy}.",
        ]
    )
    yield html.links("Settings, versions and equations of every result:", ["provenance.json"])
    yield html.links("Tables too long for this page:", [f"tables/{name}.csv" for name in LONG])


def _table(name: str, tables: Mapping[str, Table]) -> str:
    return html.table(tables[name], CAPTIONS[name], f"tables/{name}.csv")


def _equations(fit: Estimate) -> str:
    first, second = fit.observations.names
    spending = f"With x the spending of {first} and y that of {second}, in {fit.observations.unit}, and t in years:"
    return f"{spending} dx/dt = k y − a x + g and dy/dt = l x − b y + h."


def _equilibrium(found: Findings) -> str:
    fit = found.fit
    rows = [fit.derived[f"equilibrium {state}"] for state in fit.model.state_names]
    places = ", ".join(f"{name} {shown(row.value)}" for name, row in zip(fit.observations.names, rows, strict=True))
    return f"{places} {fit.observations.unit}" + ("" if len(found.picture.equilibria) else ", outside the picture")


def _folds(diagram: Diagram) -> str:
    places = [point.value for branch in diagram for point in branch.points if point.kind == "fold"]
    return f"Folds at β = {' and '.join(map(shown, sorted(places)))}." if places else "There is no fold in this range."
