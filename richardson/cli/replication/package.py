"""The contents of a package: first what is there before the study runs, then its results and what tells of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from richardson.cli.calls import Line, perform
from richardson.cli.replication import codebook
from richardson.cli.replication.archive import SUMS, write_sums
from richardson.cli.replication.citations import bibtex
from richardson.cli.replication.environment import LOCK, direct_requirements, extras_of, library, lock_text, locked
from richardson.cli.replication.readme import Facts, readme
from richardson.cli.replication.script import OUTPUT, RESULTS, STUDY, WORK, Product, all_lines, line_numbers, text_of
from richardson.cli.replication.seeds import seeds
from richardson.cli.replication.sources import SCENARIO, Source, moved_text, sources_of
from richardson.cli.replication.terms import citations, licence_text
from richardson.cli.replication.wheel import FOLDER, NAME, licence_of, wheel_of
from richardson.cli.scenario import Document, read_scenario
from richardson.cli.tables import Table, as_csv
from richardson.errors import RichardsonError
from richardson.files.batches import layout_of_runs
from richardson.outcome import Outcome
from richardson.provenance import record
from richardson.study.dataset import TIME
from richardson.study.dynamics_plan import DynamicsPlan
from richardson.study.plan import Study
from richardson.study.shelves import shelf_of

RUN_ALL = Path(__file__).with_name("run_all.py")
DOCUMENTATION = "documentation"


@dataclass(frozen=True, eq=False)
class Package:
    """What a package holds, as far as it is known before the study runs.

    Attributes
    ----------
    document : Document
        Of the scenario in the package.
    study : Study or DynamicsPlan
    workers : int
        Threads or processes that the study has.
    sources : tuple of Source
        Files that the scenario names.
    lines : list of Line
        Of the script.
    products : list of Product
        Tables and figures that the last of them write.
    script : str
    """

    document: Document
    study: Study | DynamicsPlan
    workers: int
    sources: tuple[Source, ...]
    lines: list[Line]
    products: list[Product]
    script: str

    @property
    def map(self) -> Table:
        """Columns: which table or figure is made by which line of the script, and its files."""
        figures = [product.kind == "figure" for product in self.products]
        numbers = [1 + figures[:place].count(figure) for place, figure in enumerate(figures)]
        return {
            "table or figure": [f"{'Figure' if figure else 'Table'} {number}" for figure, number in zip(figures, numbers, strict=True)],
            "shows": [product.shows for product in self.products],
            "program": [STUDY for _ in self.products],
            "line": line_numbers(self.products, self.script),
            "output file": [" ".join(product.files) for product in self.products],
            "from": [product.source for product in self.products],
        }


def gather(document: Document, study: Study | DynamicsPlan, workers: int, stage: Path) -> Package:
    """Write what does not depend on a run: scenario, data, script, lock file, the library, its licence.

    Parameters
    ----------
    document : Document
        As its author has it.
    study : Study or DynamicsPlan
        Of it.
    workers : int
        Threads or processes.
    stage : Path
        The folder to write to.
    """
    sources = sources_of(document)
    _write(stage / SCENARIO, moved_text(document, sources))
    for source in sources:
        _write(stage / source.path, source.content)
    own = read_scenario(stage / SCENARIO)
    here = Document(Path(SCENARIO), own.data, own.scenario)
    lines, products = all_lines(here, study)
    package = Package(here, study, workers, sources, lines, products, text_of(lines))
    installed = library()
    _write(stage / STUDY, package.script)
    _write(stage / RUN_ALL.name, RUN_ALL.read_bytes())
    _write(stage / FOLDER / NAME, wheel_of(installed))
    _write(stage / LOCK, lock_text(locked(extras_of(here)), f"{FOLDER}/{NAME}", SUMS))
    _write(stage / "LICENSE.txt", licence_text(licence_of(installed), sources))
    return package


def run_study(package: Package, refusal: Callable[..., RichardsonError]) -> dict[str, Any]:
    """Variables of the script after it was run in the working folder; what it wrote becomes the results.

    Parameters
    ----------
    package : Package
    refusal : callable
        Of the scenario as its author has it; see `perform`.

    Raises
    ------
    KeyboardInterrupt
        If it was interrupted, so that nothing is written.
    """
    before = next(place for place, line in enumerate(package.lines) if line.name == "runs") + 1
    made = perform(package.lines[:before], refusal)
    if Outcome.INTERRUPTED in made["runs"].count():
        raise KeyboardInterrupt
    if made["runs"].is_answer.any():
        made = perform(package.lines[before:], refusal, made)
        Path(OUTPUT).rename(RESULTS)
    shutil.rmtree(WORK)
    return made


def finish(package: Package, made: Mapping[str, Any]) -> None:
    """Write in the working folder what tells of the package, and at last the checksums of all.

    Parameters
    ----------
    package : Package
    made : mapping
        Variables of the script; empty if it was not run.
    """
    references, data = package.study.model.references, citations(package.sources)
    layout = layout_of_runs(made["runs"]) if made else shelf_of(package.study).layout
    entries = codebook.entries_of(package.study.model, layout, package.sources, package.products, Path(RESULTS))
    planted = seeds(package.document.data, package.study)
    texts = {
        "codebook.csv": as_csv(codebook.as_table(entries)),
        "codebook.md": codebook.as_text(entries),
        "seeds.csv": as_csv(planted),
        "tables_and_figures.csv": as_csv(package.map),
        "citations.bib": bibtex(references, data, direct_requirements(extras_of(package.document))),
        "provenance.json": json.dumps(_provenance(package, made), indent=1, ensure_ascii=False) + "\n",
    }
    for name, text in texts.items():
        _write(Path(DOCUMENTATION, name), text)
    has_times = any(each.name == TIME for each in layout.coordinates)
    facts = Facts(package.document, package.study, package.workers, package.sources, package.map, planted, has_times, bool(made))
    _write(Path("README.md"), readme(facts, data))
    write_sums(Path())


def _provenance(package: Package, made: Mapping[str, Any]) -> dict[str, Any]:
    """Of the study and of every result that has one; without the time, so that a package made again is the same."""
    study = record(package.study.model, verb="replicate-package", fingerprint=package.study.fingerprint).to_dict()
    found = {name: value.provenance.to_dict() for name, value in made.items() if hasattr(value, "provenance")}
    plain = {"package": study, "configuration": package.study.configuration(), **found}
    return {name: {key: value for key, value in each.items() if key != "time"} for name, each in plain.items()}


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
