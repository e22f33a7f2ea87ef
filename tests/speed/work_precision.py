"""Work against precision: time a member over achieved error, ours and every peer that is installed, on the same members.

Run as a script: ``python tests/speed/work_precision.py`` writes the table beside ``figures/work_precision.py``, which draws it. Times
are of the processor, a member, over as many members as a method's speed allows, the best of a few, as in `peers`; errors are the
largest of the first `JUDGED` members, which are the same for all. Compilation comes before. A row says with what it was measured.
"""

import argparse
import csv
import datetime
import importlib.metadata
import os
import platform
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import peers
from ensembles import OURS
from peer_problem import PROBLEMS, SAVED, Problem
from peers import MICRO, PEERS, Peer, sweep

from richardson.compiled.threads import VARIABLE

TABLE = Path(__file__).parents[2] / "figures" / "work_precision_measured.csv"
TOLERANCES = tuple(10.0**-power for power in range(4, 12))
METHODS = (  # one form of each method: what the peers' other forms gain is in the tables of docs/benchmarks.md
    *("richardson Tsit5", "richardson DOP853", "heyoka batch of 4", "numbalsoda lsoda", "numbalsoda dop853"),
    *("diffrax Tsit5", "JiTCODE dopri5", "JiTCODE dop853", "scipy LSODA", "scipy DOP853"),
)
MOST_MEMBERS = 8192  # enough to fill the lanes hundreds of times
JUDGED = 128  # members whose errors are compared, and the least that anyone runs
UNDER_WAY = np.array([10.0])  # years: after a hundred all judged members lie at rest, where those that may land are exact
KEPT = {"states after 10 years": UNDER_WAY, "101 saved times": SAVED}
COLUMNS = ("kept", "method", "package", "version", "tolerance", "members", "time", "judged", "error", "date", "commit", "processor", "load")


def chosen() -> list[Peer]:
    """Ours and the installed peers in the order of `METHODS`."""
    known = {peer.name: peer for peer in (*OURS, *PEERS)}
    counts = {name: sorted((JUDGED, known[name].member_count, MOST_MEMBERS))[1] for name in METHODS}
    return peers.installed([replace(known[name], member_count=count) for name, count in counts.items()])


def rows(problem: Problem, everyone: Iterable[Peer], folder: Path) -> Iterator[dict[str, Any]]:
    """A row for each method, tolerance and kind of result; a method that cannot be prepared is named and left out."""
    problem.check()
    starts, balances = problem.draw(MOST_MEMBERS, rng=0)
    for kept, times in KEPT.items():
        truth = peers.reference(problem, starts[:JUDGED], balances[:JUDGED], times, folder)
        for peer in everyone:
            try:
                run = peer.prepare(problem)
            except Exception as failure:  # whatever a package's compiler raises
                print(f"{peer.name} could not be prepared, so it is left out: {str(failure).splitlines()[:1]}")
                continue
            for point in sweep(peer, run, (starts, balances, truth), times, TOLERANCES):
                print(f"{kept}, {peer.name}: {MICRO * point.seconds:.3g} µs at error {point.error:.1e}", flush=True)
                yield {
                    "kept": kept,
                    "method": peer.name,
                    "package": peer.package,
                    "version": importlib.metadata.version(peer.package),
                    "tolerance": f"{point.tolerance:.0e}",
                    "members": peer.member_count,
                    "time": f"{MICRO * point.seconds:.4g}",
                    "judged": JUDGED,
                    "error": f"{point.error:.3g}",
                }


def circumstances() -> dict[str, str]:
    """When, of which commit, on which processor and beside how much other work."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=TABLE.parent, capture_output=True, text=True, check=False)
    names = [line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "commit": commit.stdout.strip(),
        "processor": names[0] if names else platform.processor(),
        "load": f"{os.getloadavg()[0]:.1f}",
    }


def _lines(file: str) -> list[str]:
    return Path(file).read_text(encoding="utf-8").splitlines() if Path(file).exists() else []


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=TABLE, help="the table to write")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where references are kept")
    options = parser.parse_args()
    os.environ[VARIABLE] = "1"
    everyone, around = chosen(), circumstances()
    print(f"{peers.versions(everyone)}; numpy {np.__version__}; load {around['load']}")
    measured = [row | around for row in rows(PROBLEMS[0], everyone, options.folder)]
    with options.out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(measured)


if __name__ == "__main__":
    main()
