"""The codebook: every variable of every file of the package, in words, with unit, bounds, coding and what an empty cell means."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from math import isfinite
from pathlib import Path

from richardson.cli.replication.script import Product
from richardson.cli.replication.sources import Source
from richardson.cli.replication.words import ANALYSES, MISSING, SUMMARIES
from richardson.cli.tables import Table
from richardson.errors import InvalidInputError
from richardson.files.batches import TEXT, Column, columns_of
from richardson.files.stata import stata_names
from richardson.outcome import Outcome
from richardson.study.binding import quantity_at
from richardson.study.dataset import PART, RECORD, STOPPED_AT, TIME
from richardson.study.dynamics_layout import MEASURE
from richardson.study.layout import OUTCOME, Layout
from richardson.symbolic.concepts import members
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import POSITIVE, Quantity, State

TYPES = {"<f8": "number, double precision", "<i8": "whole number"}
CODED = "text, one of the values; in Stata their numbers"
MODEL = "the model"
OF_RECORDS = "that of the expression"
CROSSING, INTEGRAL = re.compile(r"first (rising |falling )?crossing of "), "integral of "  # how names of records begin
ALWAYS = {STOPPED_AT, TIME}  # columns that every member has
CODES = "; ".join(f"{code} {outcome.name} = {outcome.value}" for code, outcome in enumerate(Outcome))


@dataclass(frozen=True)
class Entry:
    """A variable of a file, or a quantity of the model."""

    file: str
    variable: str
    meaning: str
    unit: str = "1"
    type: str = TYPES["<f8"]
    lower: str = ""
    upper: str = ""
    values: str = ""
    missing: str = ""
    stata_name: str = ""


def entries_of(model: Model, layout: Layout, sources: Sequence[Source], products: Sequence[Product], folder: Path) -> list[Entry]:
    """All entries, file by file.

    Parameters
    ----------
    model : Model
    layout : Layout
        Of the runs.
    sources : sequence of Source
        Files that the scenario names.
    products : sequence of Product
    folder : Path
        Of the results, which says what columns tables have; where it holds none, those that are known before a run.
    """
    found = [*_model(model), *(entry for source in sources for entry in _source(source, model))]
    for product in products:
        if product.kind == "runs":
            found += _runs(product, model, layout)
        elif product.kind == "table":
            found += _table(product, model, folder)
    return found


def as_table(entries: Sequence[Entry]) -> Table:
    """Columns, one row an entry."""
    rows = zip(*map(astuple, entries), strict=True)
    return {field.name.replace("_", " "): list(column) for field, column in zip(fields(Entry), rows, strict=True)}


def as_text(entries: Sequence[Entry]) -> str:
    """The same to read, a section for each file."""
    parts = ["# Codebook\n\nThe same as codebook.csv. Files are in UTF-8; csv files have a line of names, and a point before decimals.\n"]
    for file in dict.fromkeys(entry.file for entry in entries):
        parts.append(f"\n## {file}\n\n| variable | meaning | unit | type | bounds | values | an empty cell | in Stata |\n|{'---|' * 8}\n")
        parts += (_row(entry) for entry in entries if entry.file == file)
    return "".join(parts)


def _row(entry: Entry) -> str:
    bounds = f"{entry.lower or '−∞'} to {entry.upper or '∞'}" if entry.lower or entry.upper else ""
    cells = (entry.variable, entry.meaning, entry.unit, entry.type, bounds, entry.values, entry.missing, entry.stata_name)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _model(model: Model) -> Iterator[Entry]:
    """States and parameters; the value of a parameter is that of every member whose design does not move it."""
    for state in model.states:
        yield _quantity(MODEL, state, "state, moved by the equations", "")
    for parameter in model.parameters:
        value = model.values[parameter.name]
        told = repr(value) if isinstance(value, float) else f"{value.size} numbers, in documentation/provenance.json"
        yield _quantity(MODEL, parameter, "parameter", f"{told}, where no design moves it")


def _quantity(file: str, quantity: Quantity, kind: str, values: str) -> Entry:
    symbol = "" if quantity.symbol == quantity.name else f" (${quantity.symbol}$)"
    lower, upper = _bounds(quantity)
    return Entry(file, quantity.name, f"{quantity.meaning}{symbol}", quantity.unit, kind, lower, upper, values)


def _bounds(quantity: Quantity | None) -> tuple[str, str]:
    if quantity is None:
        return "", ""
    lower = "above 0" if quantity.lower == POSITIVE else f"{quantity.lower:g}" if isfinite(quantity.lower) else ""
    return lower, f"{quantity.upper:g}" if isfinite(quantity.upper) else ""


def _source(source: Source, model: Model) -> Iterator[Entry]:
    """Columns of a table or a matrix; a model that was saved is one thing."""
    if source.place.startswith("model") and not source.place.startswith("model.values"):
        yield Entry(source.path, "(all)", f"the model {model.name}; richardson.load reads it", type="zip file as richardson.save writes it")
        return
    names = next(csv.reader(source.content.decode("utf-8-sig").splitlines()), [])
    if source.place.startswith("model.values"):
        family = source.place.split(".")[2]
        yield Entry(source.path, names[0].strip() or "(first column)", "nation of the row", type="text")
        quantity = _moved(model, family)
        unit = quantity.unit if quantity else "1"
        for name in map(str.strip, names[1:]):
            yield Entry(source.path, name, f"{family} of the row's nation towards {name}", unit, missing="of a nation towards itself: 0")
        return
    for name in map(str.strip, names):
        quantity = _moved(model, name)
        lower, upper = _bounds(quantity)
        yield Entry(source.path, name, _told(model, name), quantity.unit if quantity else "1", lower=lower, upper=upper, missing="none")


def _runs(product: Product, model: Model, layout: Layout) -> Iterator[Entry]:
    """The table of all members."""
    columns, parts = columns_of(layout), {each.name: each.attributes[PART] for each in layout.variables}
    clock = next((each.unit for each in columns if each.name == STOPPED_AT), "")
    try:
        names = stata_names(columns)
    except InvalidInputError:  # what Stata cannot hold it has no names for
        names = {}
    own = {state.name: state for state in model.states}
    for column in columns:
        lower, upper = _bounds(own.get(column.name))
        yield Entry(
            product.files[0],
            column.name,
            column.meaning,
            _unit(column, parts.get(column.name), clock) if column.kind in TYPES and not column.meanings else "",
            CODED if column.meanings else TYPES.get(column.kind, "text"),
            lower,
            upper,
            CODES if column.name == OUTCOME else _coded(column),
            _missing(column, parts.get(column.name), own),
            names.get(column.name, "none: Stata cannot hold it"),
        )


def _coded(column: Column) -> str:
    return "; ".join(f"{code} {meaning}" for code, meaning in enumerate(column.meanings))


def _unit(column: Column, part: str | None, clock: str) -> str:
    """The unit of a column; of a record that of its expression, which no quantity of the model tells, unless it is a time."""
    if part != RECORD:
        return column.unit
    if CROSSING.match(column.meaning):
        return clock
    return f"{OF_RECORDS}, times {clock}" if column.meaning.startswith(INTEGRAL) else OF_RECORDS


def _missing(column: Column, part: str | None, states: Mapping[str, State]) -> str:
    if part == MEASURE and not column.meanings:
        return MISSING["list" if column.kind == TEXT else "measure"]
    if column.kind != "<f8" or column.name in ALWAYS or column.name.startswith("design_"):
        return "none"
    return MISSING["state"] if column.name in states else MISSING["record"]


def _table(product: Product, model: Model, folder: Path) -> Iterator[Entry]:
    """Columns of a table that was written, or that is known to be."""
    known = ANALYSES.get(product.source) or SUMMARIES.get(product.name, {})
    for name in _head(folder / Path(product.files[0]).relative_to("output")) or list(known):
        meaning, unit, kind = known.get(name) or (_told(model, name), None, TYPES["<f8"])
        quantity = _moved(model, name) if unit is None else None
        told = meaning if name in known or quantity else f"{name}, as {product.source} returns it: help({product.source})"
        yield Entry(product.files[0], name, told, unit or (quantity.unit if quantity else "1"), kind, missing=MISSING["table"])


def _head(file: Path) -> list[str]:
    """Names of the columns of a csv file; none if there is no such file."""
    if not file.is_file():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        return next(csv.reader(lines), [])


def _moved(model: Model, name: str) -> Quantity | None:
    """What a design's column moves: a state at its start, a parameter, or the first of a concept."""
    if name in model.state_names:
        return model.states[model.state_names.index(name)]
    own = members(name, model.parameter_names, model.state_names)
    return quantity_at(model, model.parameter_names.index(own[0])) if own else None


def _told(model: Model, name: str) -> str:
    quantity = _moved(model, name)
    if quantity is None:
        return name
    if name in model.state_names:
        return f"{quantity.meaning} at the start"
    return quantity.meaning if quantity.name == name else f"{name.replace('_', ' ')}: of all nations at once"
