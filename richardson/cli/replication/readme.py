"""README.md of a package, under the headings of the social science data editors' template.

Its text is ``readme.md`` beside this file. What only the author can say is marked there and left open: rights, ethics, where data came
from, which tables of the paper these are.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from richardson import __version__
from richardson.cli.replication.citations import reference_list
from richardson.cli.replication.environment import extras_of, machine, system
from richardson.cli.replication.script import OUTPUT, RESULTS
from richardson.cli.replication.sources import SCENARIO, Source
from richardson.cli.replication.terms import AUTHOR, shipped_as, terms_of
from richardson.cli.replication.wheel import NAME
from richardson.cli.scenario import Document
from richardson.cli.tables import SIZES, Table, scaled
from richardson.errors import counted
from richardson.study.dynamics_plan import DynamicsPlan
from richardson.study.plan import Study
from richardson.study.shelves import shelf_of

TEXT = Path(__file__).with_name("readme.md")
SPANS = (  # of the template; none is ticked here, for an estimate of it would not be the same when the package is made again
    "less than 10 minutes",
    "10 to 60 minutes",
    "1 to 2 hours",
    "2 to 8 hours",
    "8 to 24 hours",
    "1 to 3 days",
    "3 to 14 days",
    "more than 14 days",
)


@dataclass(frozen=True, eq=False)
class Facts:
    """What a README tells.

    Attributes
    ----------
    document : Document
    study : Study or DynamicsPlan
    workers : int
        Threads or processes.
    sources : tuple of Source
    map : Table
        Tables and figures with the lines that write them.
    seeds : Table
    has_times : bool
        Whether states at several times were kept.
    has_results : bool
    """

    document: Document
    study: Study | DynamicsPlan
    workers: int
    sources: tuple[Source, ...]
    map: Table
    seeds: Table
    has_times: bool
    has_results: bool


def readme(facts: Facts, data: Sequence[str]) -> str:
    """The text.

    Parameters
    ----------
    facts : Facts
    data : sequence of str
        Citations that known sources of data ask for.
    """
    figures = sum(name.startswith("Figure") for name in facts.map["table or figure"])
    filled = {
        "author": AUTHOR,
        "title": facts.document.scenario.title or facts.study.model.name,
        "version": __version__,
        "members": len(facts.study),
        "what": "analyses" if isinstance(facts.study, DynamicsPlan) else "runs",
        "model": facts.study.model.name,
        "tables": counted(len(facts.map["line"]) - figures, "table"),
        "figures": counted(figures, "figure"),
        "references": reference_list(facts.study.model.references, data),
        "list": _list(facts),
    }
    return TEXT.read_text(encoding="utf-8").format_map(filled | _of_results(facts) | _of_data(facts) | _of_computing(facts))


def _of_results(facts: Facts) -> dict[str, str]:
    """What differs between a package whose study was run and one that leaves this to others."""
    if facts.has_results:
        return {
            "compares": ", and compares them with what was deposited",
            "holds": "The deposited results are in `results/`.",
            "used": "was used",
            "made": "that computed the results",
            "where": "The study was run on",
            "deposited": "The deposited files have the same names in `results/`.",
        }
    return {
        "compares": "",
        "holds": "It holds no results to compare them with: the study was not run when the package was made.",
        "used": "made this package",
        "made": "that made this package",
        "where": "The study was not run yet; the times are for",
        "deposited": "None of these files is in the package.",
    }


def _of_data(facts: Facts) -> dict[str, str]:
    own = facts.sources
    reads = f"The scenario reads {counted(len(own), 'file')}; all are in the package." if own else "The scenario names no file of data."
    return {
        "reads": reads,
        "simulated": " " if own else "x",
        "details": "\n\n".join(map(_detail, own)) or "There is none.",
        "datasets": _datasets(facts),
    }


def _of_computing(facts: Facts) -> dict[str, str | int]:
    members = len(facts.study)
    return {
        "python": platform.python_version(),
        "extras": ", ".join(sorted(extras_of(facts.document))),
        "wheel": NAME,
        "system": system(),
        "machine": machine(),
        "workers": counted(facts.workers, "worker"),
        "card": " It needs a graphics card of NVIDIA's." if facts.document.scenario.engine.name == "cuda" else "",
        "memory": _rounded(members * facts.study.row_bytes),
        "disk": _rounded(members * shelf_of(facts.study).layout.member_bytes),
        "spans": "\n".join(f"- [ ] {AUTHOR} {name}" for name in SPANS),
        "seeds": _seeds(facts.seeds),
    }


def _rounded(size: int) -> str:
    """A size with one figure: it tells whether a machine is large enough."""
    return scaled(float(f"{size:.1g}"), SIZES)


def _detail(source: Source) -> str:
    entry = shipped_as(source)
    if entry is None:
        told = f"{AUTHOR} say where it comes from, how others get it, at what cost, and cite it."
    else:
        origin = f"{entry['title']}. Read from {entry.get('read_from', 'the work cited')}; {entry['transformations']}."
        told = " ".join(filter(None, (origin, entry.get("status"), f"Cite: {'; '.join(entry['citation'])}.")))
    return f"`{source.path}`, named in `{source.place}` of the scenario. {told} Terms: {terms_of(source)}"


def _datasets(facts: Facts) -> str:
    rows = [f"| `{each.path}` | {_origin(each)} | input; its columns are in documentation/codebook.md | yes |" for each in facts.sources]
    times = " and time" if facts.has_times else ""
    made, folder = ("yes", RESULTS) if facts.has_results else ("no: made by the first run", OUTPUT)
    rows.append(f"| `{folder}/runs.csv` | this study | one row a member{times}; made by code/study.py | {made} |")
    return "\n".join(rows)


def _origin(source: Source) -> str:
    entry = shipped_as(source)
    return AUTHOR if entry is None else str(entry["title"])


def _seeds(planted: Table) -> str:
    rows = list(zip(planted["place in scenario.toml"], planted["seed"], planted["draws"], strict=True))
    if not rows:
        return "Nothing in this study is random."
    return "\n".join(
        (f"| in {SCENARIO} | seed | what is drawn |\n|---|---|---|", *(f"| `{at}` | {seed} | {draws} |" for at, seed, draws in rows))
    )


def _list(facts: Facts) -> str:
    rows = zip(*(facts.map[head] for head in ("table or figure", "program", "line", "output file", "shows")), strict=True)
    return "\n".join(f"| {name} | {AUTHOR} | {program} | {line} | {files} | {shows} |" for name, program, line, files, shows in rows)
