"""On what terms the data of a package may be used: of series that come with the library, what it recorded of them."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from richardson import data
from richardson.cli.replication.sources import Source

AUTHOR = "**[AUTHOR]**"  # marks what only the author can say


@cache
def _recorded() -> dict[str, Any]:
    """Sources by name, and the shipped files with the source of each."""
    return tomllib.loads((Path(data.__file__).parent / "provenance.toml").read_text(encoding="utf-8"))


def shipped_as(source: Source) -> dict[str, Any] | None:
    """What is recorded of a file that is, to the bit, one of those that come with the library.

    Parameters
    ----------
    source : Source
    """
    digest = hashlib.sha256(source.content).hexdigest()
    entry = next((entry for entry in _recorded()["files"].values() if entry["sha256"] == digest), None)
    return None if entry is None else {**_recorded()[entry["source"]], **entry}


def citations(sources: Sequence[Source]) -> list[str]:
    """Citations asked for by the files that are known."""
    known = filter(None, map(shipped_as, sources))
    return list(dict.fromkeys(citation for entry in known for citation in entry["citation"]))


def within_the_library() -> str:
    """The series in the library's own wheel, with their terms: a list in Markdown."""
    recorded = _recorded()
    lines = []
    for name, entry in sorted(recorded["files"].items()):
        origin = recorded[entry["source"]]
        lines.append(f"- `richardson/data/{name}`: {origin['title']}. Terms: {origin['terms']}")
    return "\n".join(lines)


def terms_of(source: Source) -> str:
    """The terms of a file of the scenario, or that its author must state them."""
    entry = shipped_as(source)
    return f"{AUTHOR} state the terms on which this file may be used and passed on." if entry is None else entry["terms"]


def licence_text(library: str, sources: Sequence[Source]) -> str:
    """LICENSE.txt: the library's licence, then what is known of the data's terms.

    Parameters
    ----------
    library : str
        The text of its licence.
    sources : sequence of Source
    """
    files = "\n".join(f"- `{source.path}`: {terms_of(source)}" for source in sources) or "- The scenario names no file of data."
    return f"""\
This package holds works of several makers on several terms. Nothing here widens what a maker granted.

1. The study: scenario.toml, code/study.py, results/, README.md, documentation/

{AUTHOR} name the licence on which others may use these, such as CC BY 4.0 for text and results and the BSD 3-Clause licence for code.

2. The data of the study

{files}

3. The library richardson: wheels/, run_all.py

{library.strip()}

4. Series inside the library's wheel, in richardson/data/, whether the study uses them or not

{within_the_library()}
"""
