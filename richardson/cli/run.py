"""``richardson run``: the study that a scenario describes, kept in a folder and told in tables and a last line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from richardson.cli.calls import perform, script
from richardson.cli.found import tables_of
from richardson.cli.recipe import WITH_PROCESSES, analysis_lines, given, run_line, study_lines
from richardson.cli.scenario import Document, read_scenario
from richardson.cli.summary import ends
from richardson.cli.tables import SIZES, TIMES, Table, aligned, scaled, shown
from richardson.compiled.threads import thread_count
from richardson.errors import RichardsonError, counted
from richardson.outcome import Outcome
from richardson.study.cost import Cost, cost
from richardson.study.ensemble import Ensemble
from richardson.study.planned import Planned
from richardson.study.questions import check_discovery, check_robustness, check_sensitivity

SUFFIX = "-study"  # of the folder beside a scenario
INTERRUPTED = 130  # exit status, as shells have it


def run(asked: argparse.Namespace) -> int:
    """Run a scenario, or only say what it would take or which Python does the same.

    Raises
    ------
    InvalidInputError
        If the scenario is not one, or asks for what there is not; the message holds the file and the path of the key.
    OutputError
        If the folder holds something else, or cannot be written.
    """
    document = read_scenario(Path(asked.scenario))
    lines, folder = study_lines(document), _folder(document, asked.out)
    running = run_line(document, folder, resume=asked.resume)
    made = perform(lines, document.refusal)
    check_analyses(document, made["study"])
    if asked.show_script:
        print(script([*lines, running, *analysis_lines(document)]))
        return 0
    print(document.scenario.title or document.path.stem)
    print(made["study"])
    if asked.dry_run:
        print(aligned(_estimate(cost(made["study"], workers=workers_of(document)))))
        return 0
    sys.stdout.flush()
    made = perform([running], document.refusal, made)
    runs = made["runs"]
    print(aligned(ends(runs)))
    for table in tables_of(runs):
        print(aligned(table))
    status = _status(runs, folder, asked.scenario)
    try:
        if status == 0:
            _analyse(document, made)
    finally:
        print(_summary(runs, folder))
    return status


def check_analyses(document: Document, study: Planned[Any]) -> None:
    """Refuse analyses that cannot be made, whatever comes of the runs."""
    checks = {"sensitivity": check_sensitivity, "discovery": check_discovery, "robustness": check_robustness}
    for name, check in checks.items():
        section = getattr(document.scenario, name)
        if section is not None:
            try:
                check(study, **given(section))
            except RichardsonError as error:
                raise document.refusal(error, name) from error


def _analyse(document: Document, made: dict[str, Any]) -> None:
    """Print what the analyses find, each in a line and a table."""
    for line in analysis_lines(document):
        found = perform([line], document.refusal, made)[line.name]
        print(found)
        print(aligned({name: list(column) for name, column in found.to_table().items()}))


def _folder(document: Document, out: str | None) -> Path:
    """Where the study is kept: as asked for, else as the scenario says, else beside it."""
    if out is not None:
        return Path(out)
    return document.file(document.scenario.store.folder or f"{document.path.stem}{SUFFIX}")


def _estimate(found: Cost) -> Table:
    """Columns: what a study takes, and about how much of it."""
    rows = {
        "work of one processor": scaled(found.work, TIMES),
        "its standard error": scaled(found.work_error, TIMES),
        f"time on {counted(found.workers, 'worker')}": scaled(found.seconds, TIMES),
        "memory": scaled(found.memory, SIZES),
        "disk": scaled(found.disk, SIZES),
        "files of blocks": shown(found.blocks),
        f"failed, of {found.sampled} tried": shown(found.failed),
    }
    return {"takes": list(rows), "about": list(rows.values())}


def workers_of(document: Document) -> int | None:
    """How many work at once, where the scenario or its engine says so: `cost` knows no engine, and lets dynamics be analysed by one."""
    engine = document.scenario.engine
    return engine.workers or (thread_count() if engine.name in WITH_PROCESSES else None)


def _summary(runs: Any, folder: Path) -> str:
    """The last line: how many members, how many failed, what the audit found, and where the study is."""
    failed = int(np.count_nonzero(~runs.is_answer))
    audit = runs.audit if isinstance(runs, Ensemble) else None
    found = (
        f"; {audit.members.size} run again: largest relative error {audit.error:.1e}, {audit.disagreements} ended otherwise"
        if audit
        else ""
    )
    return f"{counted(len(runs), 'member')}, {failed} failed{found}; kept in {folder}"


def _status(runs: Any, folder: Path, scenario: str) -> int:
    """Exit status; an interruption and a study without any answer are told on stderr."""
    if Outcome.INTERRUPTED in runs.count():
        print(f"richardson: Interrupted. Go on with: richardson run {scenario} --out {folder} --resume", file=sys.stderr)
        return INTERRUPTED
    if not runs.is_answer.any():
        other = "looser tolerances or another method" if isinstance(runs, Ensemble) else "another window, or one member by itself"
        print(f"richardson: No member gave an answer. The outcomes above say why; try {other}.", file=sys.stderr)
        return 1
    return 0
