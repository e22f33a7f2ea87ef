"""A script that runs a study into a folder and kills it again and again: ``python killed.py FOLDER SEED KILLS``.

Each attempt is a fork of a process that has compiled already, so that it is killed while it computes and writes, not while it imports.
"""

import json
import os
import random
import signal
import sys
import time
from math import inf
from pathlib import Path
from typing import Any

from richardson.models import linear
from richardson.study import layout
from richardson.study.design import Design
from richardson.study.ensemble import Ensemble
from richardson.study.recording import Maximum
from richardson.study.run import run_ensemble
from richardson.study.store.journal import JOURNAL
from richardson.study.store.status import status

MEMBERS = 2**13
BLOCK_BYTES = 4_000  # so that there are some hundred blocks
MOST_BLOCKS = 20  # of an attempt, about: all of them together stop short of the end
LINE = 180  # bytes of a line of the journal, about
LONGEST = 0.01  # seconds after that


def run(size: int = MEMBERS, **options: Any) -> Ensemble:
    """A race from many starts, with what it was at three times and its highest arms."""
    design = Design.sobol({"defence": (0.1, 0.9), "x": (0, 4)}, size=size, rng=1)
    return run_ensemble(linear(), design, {"y": 1}, [0, 1, 40], record=Maximum("x"), audit=0, progress=False, **options)


def attempt(folder: Path, lines: float, moment: float) -> bool:
    """Whether a study went to its end before it was killed: some time after so many more blocks were finished."""
    journal, child = folder / JOURNAL, os.fork()
    if not child:
        status_code = 1
        try:
            run(store=folder, resume=folder.exists())
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


def main(folder: Path, seed: int, kills: int) -> None:
    """Print how many blocks were finished after each attempt."""
    layout.BLOCK_BYTES = BLOCK_BYTES
    run(64)
    chance, finished = random.Random(seed), list[int]()
    for _ in range(kills):
        attempt(folder, chance.uniform(0.0, MOST_BLOCKS), chance.uniform(0.0, LONGEST))
        finished.append(status(folder).finished if (folder / "manifest.json").exists() else 0)
    if not attempt(folder, inf, 0.0):
        sys.exit("the last attempt failed")
    finished.append(status(folder).finished)
    print(json.dumps({"finished": finished, "blocks": status(folder).blocks}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
