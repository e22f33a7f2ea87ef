"""Engines and stores of studies: a million members end to end, what a member and a store cost, a cluster beside threads.

Run as a script: ``python tests/speed/engines.py [--members 1048576] [--seconds 60]``. Wall times mean something on a quiet machine
only; beside them stands the processor time of this process and of its children, which others hardly lengthen. Of what is done several
times the median is told, with the quartiles.
"""

import argparse
import os
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import richardson as rn

WORKERS = 2
RANGES = {"balance": (-0.3, 0.3), "alarm": (0.0, 6.0), "x": (0.0, 30.0), "y": (0.0, 30.0)}
TURNS = 6  # of each, by turns, so that what else the machine does meets all alike
FLAGSHIP = {"balance": (-1.0, 1.0), "x": (0.0, 5.0), "y": (0.0, 5.0)}


class Clock:
    """Wall time and processor time, of children that have ended too."""

    def __enter__(self) -> "Clock":
        self._begin = self._now()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall, self.cpu = (after - before for after, before in zip(self._now(), self._begin, strict=True))

    def __str__(self) -> str:
        return f"{self.wall:.2f} s wall, {self.cpu:.2f} s of processors"

    @staticmethod
    def _now() -> tuple[float, float]:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return time.perf_counter(), sum(each.ru_utime + each.ru_stime for each in used)


@dataclass(frozen=True)
class Spread:
    """Several measurements of one thing, as their median and the quartiles beside it."""

    values: tuple[float, ...]

    def told(self, form: str) -> str:
        """Median and quartiles, each in a form such as ``"{:.1%}"``."""
        low, middle, high = (form.format(value) for value in np.quantile(self.values, [0.25, 0.5, 0.75]))
        return f"{middle} ({low} to {high})"


def spread(values: Iterable[float]) -> Spread:
    """The spread of some numbers."""
    return Spread(tuple(values))


def end_to_end(members: int) -> None:
    """Design, runs of the flagship, store and dataset."""
    model = rn.models.security_dilemma()
    rn.run_ensemble(model, rn.Design.sobol(FLAGSHIP, size=64, rng=1), None, 100.0, audit=0)
    clocks: dict[str, list[Clock]] = defaultdict(list)
    for _ in range(TURNS):
        with tempfile.TemporaryDirectory() as folder:
            with timed(clocks["design"]):
                design = rn.Design.sobol(FLAGSHIP, size=members, rng=1)
            with timed(clocks["runs in memory"]):
                runs = rn.run_ensemble(model, design, None, 100.0)
            with timed(clocks["their Dataset"]):
                runs.to_xarray()
            with timed(clocks["runs into a store"]):
                rn.run_ensemble(model, design, None, 100.0, store=Path(folder) / "store")
            with timed(clocks["the store as a Dataset"]):
                rn.open_study(Path(folder) / "store").to_xarray()
            size = size_of(Path(folder) / "store")
    print(f"{members} members of the flagship to t = 100, ends; {size / members:.0f} bytes a member on disk; {TURNS} turns, {loaded()}")
    for name, found in clocks.items():
        wall, cpu = (spread(getattr(clock, each) for clock in found).told("{:.2f} s") for each in ("wall", "cpu"))
        print(f"  {name}: {wall} wall, {cpu} of processors")


def a_member(members: int) -> None:
    """What a member takes of processors and on disk, and what a store adds to it: the figures of the documents."""
    model = rn.models.security_dilemma()
    kinds: dict[str, tuple[int, dict[str, Any]]] = {  # as many members as take some seconds
        "until settled, ends kept": (4 * members, {"settle": True}),
        "500 years, ends kept": (4 * members, {"times": 500.0}),
        "the same with a Maximum": (members // 8, {"times": 500.0, "record": rn.Maximum("x")}),
        "the same at 100 times": (2 * members, {"times": np.linspace(0.0, 500.0, 100)}),
    }
    print(f"\nMembers of the flagship, four names in the design, relative 1e-6; {TURNS} turns with a store and without, {loaded()}")
    for name, (count, asked) in kinds.items():
        design = rn.Design.sobol(RANGES, size=count, rng=1)
        study = rn.Study(model, design, relative=1e-6, absolute=1e-8, audit=0, **asked)
        rn.run_study(study, progress=False)
        bare, stored, size = list[Clock](), list[Clock](), 0
        for turn in range(TURNS):
            for is_stored in (False, True) if turn % 2 else (True, False):  # neither always comes first
                with tempfile.TemporaryDirectory() as folder:
                    with timed(stored if is_stored else bare):
                        rn.run_study(study, store=Path(folder) / "store" if is_stored else None, progress=False)
                    size = max(size, size_of(Path(folder)))
        cost = spread(1e6 * clock.cpu / count for clock in bare).told("{:.1f} µs")
        added = {
            each: spread(getattr(b, each) / getattr(a, each) - 1 for a, b in zip(bare, stored, strict=True)) for each in ("cpu", "wall")
        }
        print(f"  {name}, {count} members: {cost} of processors a member, {size / count:.1f} bytes on disk")
        print(f"    a store adds {added['cpu'].told('{:+.1%}')} to the processors' time, {added['wall'].told('{:+.1%}')} to the wall time")


@contextmanager
def timed(into: list[Clock]) -> Iterator[None]:
    """Measure what is done in the context."""
    with Clock() as clock:
        yield
    into.append(clock)


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def loaded() -> str:
    """How busy the machine is."""
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def beside_threads(seconds: float) -> None:
    """The same work on threads, on processes and on a cluster of this machine."""
    model = rn.models.security_dilemma()

    def study(members: int) -> rn.Study:
        return rn.Study(model, rn.Design.latin_hypercube(FLAGSHIP, size=members, rng=1), None, 2000.0, relative=1e-10, audit=0)

    dry = rn.cost(study(4096), workers=1)
    asked = study(int(WORKERS * seconds / (dry.work / dry.members)))
    print(f"\n{len(asked)} members to t = 2000, about {seconds:g} s on {WORKERS} processors")
    engines: dict[str, Any] = {"threads": "local", "processes": rn.Processes(WORKERS), "cluster": rn.Dask(workers=WORKERS)}
    clocks, bits = {}, set()
    for name, engine in engines.items():
        with Clock() as clock:
            runs = rn.run_study(asked, engine=engine, progress=False)
        clocks[name] = clock
        bits.add(runs.states.tobytes())
        share = clock.wall / clocks["threads"].wall, clock.cpu / clocks["threads"].cpu
        print(f"  {name}: {clock}; {share[0]:.2f} of the threads' wall time, {share[1]:.2f} of their processor time")
    print(f"  {'the same bits' if len(bits) == 1 else 'OTHER BITS'} from all")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=2**20)
    parser.add_argument("--seconds", type=float, default=60.0, help="of work for each engine; 0: no engines")
    options = parser.parse_args()
    os.environ.setdefault("RICHARDSON_THREADS", str(WORKERS))
    end_to_end(options.members)
    a_member(options.members // 4)
    if options.seconds > 0.0:
        beside_threads(options.seconds)


if __name__ == "__main__":
    main()
