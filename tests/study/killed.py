"""A script that runs a study into a folder and kills it again and again: ``python killed.py WHICH STORAGE FOLDER SEED KILLS``.

Each attempt is a fork of a process that has compiled already, so that it is killed while it computes and writes, not while it imports.
"""

import importlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Any

from richardson.models import linear
from richardson.stability.window import Window
from richardson.study import dynamics_run, layout
from richardson.study.design import Design
from richardson.study.dynamics import run_dynamics
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.ensemble import Ensemble
from richardson.study.recording import Maximum
from richardson.study.run import run_ensemble
from richardson.study.store.journal import JOURNAL
from richardson.study.store.status import status
from richardson.symbolic.model import Model

MEMBERS, ANALYSED = 2**13, 2**8
SECONDS = 0.01  # of work in a block of an analysis
BLOCK_BYTES = 4_000  # so that there are some hundred blocks
MOST_BLOCKS = 20  # of an attempt, about: all of them together stop short of the end
LINE = 180  # bytes of a line of the journal, about
LONGEST = 0.01  # seconds after that


def run(size: int = MEMBERS, **options: Any) -> Ensemble:
    """A race from many starts, with what it was at three times and its highest arms."""
    design = Design.sobol({"defence": (0.1, 0.9), "x": (0, 4)}, size=size, rng=1)
    return run_ensemble(linear(), design, {"y": 1}, [0, 1, 40], record=Maximum("x"), audit=0, progress=False, **options)


def analyse(size: int = ANALYSED, **options: Any) -> DynamicsStudy:
    """A bead in one well or two, with the shares of both, which are drawn at random."""
    bead = Model.from_equations({"x": "m + x - x**3"}, {"m": 0}, name="bead")
    design = Design.sobol({"m": (-0.6, 0.6), "x": (-1, 1)}, size=size, rng=1)
    measure = ("kind", "kinds", "is_complete", "shares")
    return run_dynamics(bead, design, Window(x=(-2, 2)), measure=measure, half_width=0.3, rng=2, progress=False, **options)


WRITERS = {"netcdf": "h5netcdf", "zarr": "zarr"}  # imported once, before the forks
STUDIES: dict[str, Callable[..., Any]] = {"runs": run, "dynamics": analyse}


def attempt(study: Callable[..., Any], storage: str, folder: Path, lines: float, moment: float) -> bool:
    """Whether a study went to its end before it was killed: some time after so many more blocks were finished."""
    journal, child = folder / JOURNAL, os.fork()
    if not child:
        status_code = 1
        try:
            study(store=folder, storage=storage, resume=folder.exists())
            status_code = 0
        finally:
            os._exit(status_code)
    goal = size_of(journal) + LINE * lines
    while size_of(journal) < goal or not folder.exists():
        ended, code = os.waitpid(child, os.WNOHANG)
        if ended:
            return code == 0
        time.sleep(0.0005)
    time.sleep(moment)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def size_of(file: Path) -> int:
    """Bytes of a file, none of one that is not there."""
    return file.stat().st_size if file.exists() else 0


def main(which: str, storage: str, folder: Path, seed: int, kills: int) -> None:
    """Print how many blocks were finished after each attempt."""
    importlib.import_module(WRITERS[storage])
    layout.BLOCK_BYTES, dynamics_run.LOST, study = BLOCK_BYTES, SECONDS, STUDIES[which]
    study(64)
    chance, finished = random.Random(seed), list[int]()
    for _ in range(kills):
        attempt(study, storage, folder, chance.uniform(0.0, MOST_BLOCKS), chance.uniform(0.0, LONGEST))
        finished.append(status(folder).finished if (folder / "manifest.json").exists() else 0)
    if not attempt(study, storage, folder, inf, 0.0):
        sys.exit("the last attempt failed")
    finished.append(status(folder).finished)
    print(json.dumps({"finished": finished, "blocks": status(folder).blocks}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
