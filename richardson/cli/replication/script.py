"""The script of a package: the lines that the scenario stands for, then those that write every table and figure."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from richardson import __version__
from richardson.cli.calls import Call, Line, Name, function_named, script, statement
from richardson.cli.recipe import analysis_lines, run_line, study_lines
from richardson.cli.scenario import Document
from richardson.study.dynamics_layout import is_coded
from richardson.study.dynamics_plan import DynamicsPlan
from richardson.study.plan import Study

STUDY = "code/study.py"
OUTPUT, RESULTS, WORK = "output", "results", Path("work")  # what a run makes; what was deposited of it; what it keeps on the way
TABLES, FIGURES = f"{OUTPUT}/tables", f"{OUTPUT}/figures"
Figure = tuple[str, str, str, dict[str, Any]]  # name, what it shows, function of rn.plot, its further arguments
SUMMARIES = {  # functions of richardson.cli.summary
    "ends": "how runs ended, and how many",
    "spread": "least, median and greatest value of what was recorded",
    "words": "how many members have which kind, list of kinds, or yes and no",
    "accuracy": "relative error of the members that ran again at a hundredth of the tolerances",
}
KINDS = (".pdf", ".svg")  # that rn.plot.save writes of a figure
HEAD = f"""\
# Made by richardson {__version__} from scenario.toml, which says the same: `richardson run scenario.toml --show-script`.
# Run it by run_all.py, or from the folder of the package: python code/study.py
"""


@dataclass(frozen=True)
class Product:
    """A table or a figure that the script writes.

    Attributes
    ----------
    kind : str
        ``"table"``, ``"figure"``, or ``"runs"``, the table of all members.
    name : str
        Of its files, without ending.
    shows : str
        What it shows, in a few words.
    files : tuple of str
        From the package's folder.
    line : Line
        Of the script.
    source : str
        The function whose result is written, such as ``"rn.sensitivity"``.
    """

    kind: str
    name: str
    shows: str
    files: tuple[str, ...]
    line: Line
    source: str


def all_lines(document: Document, study: Study | DynamicsPlan) -> tuple[list[Line], list[Product]]:
    """Every line of the script, and the products that the last of them write.

    Parameters
    ----------
    document : Document
        Beside which the files of the package lie.
    study : Study or DynamicsPlan
        Which the first lines make.
    """
    columns = study.members.names
    running, analyses = run_line(document, WORK, resume=True), analysis_lines(document)
    products = [*_tables(running, study), *(product for line in analyses for product in _of_analysis(line, document, columns))]
    return [*study_lines(document), running, *analyses, *(product.line for product in products)], products


def text_of(lines: Sequence[Line]) -> str:
    """The script."""
    return f"{HEAD}\n{script(lines)}\n"


def line_numbers(products: Sequence[Product], text: str) -> list[int]:
    """Where the script begins to write each product, counted from 1; they are the last lines of it."""
    heights = [len(statement(product.line).splitlines()) for product in products]
    end = len(text.splitlines())
    return [end - sum(heights[place:]) + 1 for place in range(len(heights))]


def check_draws(document: Document) -> None:
    """Refuse a scenario that others cannot run to the same numbers: one that needs somebody's cluster, or draws others every time.

    Parameters
    ----------
    document : Document

    Raises
    ------
    InvalidInputError
        The message names the key.
    """
    if document.scenario.engine.address is not None:
        raise document.fault("engine.address", "nobody else can reach this. Leave it out; every engine gives the same numbers.")
    for line in (study_lines(document)[-1], *analysis_lines(document)):
        parameters = inspect.signature(function_named(line.call.function)).parameters
        named = line.call.named
        if "rng" in parameters and parameters["rng"].default is None and "rng" not in named and named.get("audit") != 0:
            table, more = ("run", ", or audit = 0") if line.name == "study" else (line.within[0], "")
            raise document.fault(
                f"{table}.rng",
                f"this is missing, so that every run would draw other random numbers. Give a whole number, for example rng = 1{more}.",
            )


def _tables(running: Line, study: Study | DynamicsPlan) -> Iterator[Product]:
    """What every study gives, and what one of its kind gives besides."""
    names = ["ends", "spread"]
    if isinstance(study, DynamicsPlan):
        names += ["words"] if any(map(is_coded, study.columns)) else []
    else:
        names += ["accuracy"] if study.audit else []
    for name in names:
        made = Call(f"summary.{name}", (Name(running.name),))
        yield _table(running, name, made, SUMMARIES[name], made.function)
    file = f"{OUTPUT}/runs.csv"  # after the tables, which make the folder
    call = Call("rn.export", (Name(running.name), file))
    yield Product(
        "runs", "runs", "every member: its inputs, how it ended, what was found of it", (file,), _like(running, call), "rn.export"
    )


def _of_analysis(line: Line, document: Document, columns: Sequence[str]) -> Iterator[Product]:
    """The table of an analysis and its figures."""
    table = line.within[0]
    yield _table(line, table, Name(line.name), f"what {line.call.function} finds, by [{table}] of the scenario", line.call.function)
    for name, shows, function, named in FIGURES_OF.get(line.call.function, _none)(document, columns):
        drawn = Call(f"rn.plot.{function}", (Name(line.name),), named)
        files = tuple(f"{FIGURES}/{name}{kind}" for kind in KINDS)
        yield Product("figure", name, shows, files, _like(line, Call("rn.plot.save", (drawn, FIGURES, name))), line.call.function)


def _table(line: Line, name: str, made: Any, shows: str, source: str) -> Product:
    file = f"{TABLES}/{name}.csv"
    return Product("table", name, shows, (file,), _like(line, Call("summary.write", (made, file))), source)


def _like(line: Line, call: Call) -> Line:
    """A call that stands where another line does, before or behind the guard of new processes."""
    return Line("", call, line.within, is_guarded=line.is_guarded)


def _none(_: Document, __: Sequence[str]) -> Iterator[Figure]:
    return iter(())


def _of_sensitivity(document: Document, _: Sequence[str]) -> Iterator[Figure]:
    """Two for each outcome."""
    section = document.scenario.sensitivity
    outcomes = section.outcome if section is not None and isinstance(section.outcome, list) else [None]
    for number, outcome in enumerate(outcomes, 1):
        suffix, named = ("", {}) if outcome is None else (f"_{number}", {"outcome": outcome})
        of = "" if outcome is None else f" of {outcome}"
        yield f"sensitivity{suffix}", f"how much{of} each input explains", "sensitivity", named
        yield f"convergence{suffix}", f"how the indices{of} settled with the size of the design", "convergence", named


def _of_discovery(document: Document, columns: Sequence[str]) -> Iterator[Figure]:
    """The plane needs two columns, and only PRIM has a path of peeling."""
    section = document.scenario.discovery
    if section is None:
        return
    if len(section.names or columns) > 1:
        yield "discovery", "the boxes over the members, in the plane that the first restricts most", "discovery", {}
    yield "box_limits", "limits of the first box in every column", "box_limits", {}
    if section.method in (None, "prim"):
        yield "peeling", "coverage and density along the path to the first box", "peeling", {}


FIGURES_OF: dict[str, Callable[[Document, Sequence[str]], Iterator[Figure]]] = {
    "rn.sensitivity": _of_sensitivity,
    "rn.discover": _of_discovery,
}
