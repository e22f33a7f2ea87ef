"""``richardson replicate-package``: check a scenario, make its package, run what it holds, and tell where it is."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np

from richardson.cli.calls import perform
from richardson.cli.folder import MANIFEST, files_in, output_folder
from richardson.cli.recipe import study_lines
from richardson.cli.replication.archive import zip_folder
from richardson.cli.replication.package import Package, finish, gather, run_study
from richardson.cli.replication.script import check_draws
from richardson.cli.replication.sources import SCENARIO
from richardson.cli.run import check_analyses, workers_of
from richardson.cli.scenario import Document, read_scenario
from richardson.cli.tables import SIZES, TIMES, scaled
from richardson.errors import ComputationError, InvalidInputError, OutputError, counted
from richardson.study.cost import Cost, cost
from richardson.study.dynamics_plan import DynamicsPlan
from richardson.study.plan import Study

MAKER = "richardson replicate-package"
SUFFIX = "-replication"  # of the folder beside a scenario
ZIP = ".zip"
HOUR = 3600.0
MOST_BYTES = 10**9  # of results: what a journal's archive takes without being asked
TEXT = 2.5  # letters of an exact number for each of its bytes


def replicate_package(asked: argparse.Namespace) -> int:
    """Write the replication package of a scenario, with the results of a run of it unless they were not wanted.

    Raises
    ------
    InvalidInputError
        If the scenario is not one, draws other numbers every time, or takes longer than was allowed.
    OutputError
        If the place holds something else, or cannot be written.
    ComputationError
        If no member gave an answer.
    """
    document = read_scenario(Path(asked.scenario))
    check_draws(document)
    study: Study | DynamicsPlan = perform(study_lines(document), document.refusal)["study"]
    check_analyses(document, study)
    estimate = cost(study, workers=workers_of(document))
    if not asked.without_results:
        _check_size(estimate, asked.hours)
    place = Path(asked.out) if asked.out else document.file(f"{document.path.stem}{SUFFIX}")
    print(document.scenario.title or document.path.stem)
    print(study)
    print(f"By a few of its members, it takes about {_time(estimate)}; the compilation of the model, tables and figures come on top.")
    sys.stdout.flush()
    with _place(place) as stage:
        package = gather(document, study, estimate.workers, stage)
        with chdir(stage):
            made = {} if asked.without_results else _results(package, document)
            finish(package, made)
    _tell(place, package, with_results=not asked.without_results)
    return 0


def _results(package: Package, document: Document) -> dict[str, Any]:
    """What the lines of the script make; their files become the package's results."""
    made = run_study(package, document.refusal)
    if not made["runs"].is_answer.any():
        raise ComputationError(
            "No member gave an answer, so that there is nothing to replicate. Run the scenario by `richardson run`, see why, and mend it."
        )
    return made


def _time(estimate: Cost) -> str:
    return f"{scaled(estimate.seconds, TIMES)} on {counted(estimate.workers, 'worker')}"


def _check_size(estimate: Cost, hours: float) -> None:
    if not (np.isfinite(hours) and hours > 0.0):
        raise InvalidInputError(f"--hours is how long a study may take, above 0; got {hours:g}. Give for example --hours 8.")
    size = TEXT * estimate.disk
    takes = f"The study takes about {_time(estimate)}, and {scaled(size, SIZES)} of csv"
    if estimate.seconds > hours * HOUR:
        more = f"--hours {estimate.seconds / HOUR * 1.5:.2g} lets it, --without-results leaves the run to those who replicate it."
        raise InvalidInputError(f"{takes}, longer than the {hours:g} h that a package runs unasked. {more}")
    if size > MOST_BYTES:
        raise InvalidInputError(
            f"{takes}, more than the {scaled(MOST_BYTES, SIZES)} of results that archives take. Record less, or give --without-results."
        )


@contextmanager
def _place(path: Path) -> Iterator[Path]:
    """A folder to write the package to, which appears whole at the end: as a folder, or as a zip file where the name ends so."""
    if path.suffix.lower() != ZIP:
        with output_folder(path, MAKER) as stage:
            yield stage
        return
    _check_zip(path)
    try:
        with tempfile.TemporaryDirectory() as parent:
            folder = Path(parent, path.stem)
            with output_folder(folder, MAKER) as stage:
                yield stage
            temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
            try:
                zip_folder(folder, temporary)
                os.replace(temporary, path)
            finally:
                temporary.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}. Name a file that you can write.") from error


def _check_zip(path: Path) -> None:
    """Refuse to replace a file that is no earlier package."""
    if not path.parent.is_dir():
        raise OutputError(f"{path.parent} is not a folder, so {path} cannot be written. Create it first, or give another file with --out.")
    if not path.exists():
        return
    try:
        with ZipFile(path) as archive:
            is_own = _is_as_written(archive)
    except (OSError, BadZipFile, ValueError, LookupError, TypeError, AttributeError):
        is_own = False
    if not is_own:
        raise OutputError(
            f"{path} is no package as '{MAKER}' wrote it, so it was left alone; what authors filled in would be lost. "
            "Name another with --out, or move it away."
        )


def _is_as_written(archive: ZipFile) -> bool:
    """Whether an archive has the files of its manifest, each as it was written, and no others."""
    names = [name for name in archive.namelist() if not name.endswith("/")]
    folder = f"{names[0].partition('/')[0]}/"
    own = folder + MANIFEST
    manifest = json.loads(archive.read(own))
    if manifest["made_by"] != MAKER or {*names} - {own} != {folder + name for name in manifest["files"]}:
        return False
    return all(hashlib.sha256(archive.read(folder + name)).hexdigest() in digests for name, digests in manifest["files"].items())


def _tell(place: Path, package: Package, *, with_results: bool) -> None:
    """The files, what was copied from where, and the last line."""
    for source in package.sources:
        print(f"Copied {source.name} to {source.path}")
    if place.is_dir():
        for file in files_in(place):
            print(f"  {file.as_posix()}")
    tables = sum(product.kind != "figure" for product in package.products)
    told = f"{tables} tables and {len(package.products) - tables} figures" if with_results else "no results: run_all.py makes them"
    print(f"Wrote {place}: {told}. README.md marks by [AUTHOR] what only you can say; {SCENARIO} and code/study.py are what runs.")
