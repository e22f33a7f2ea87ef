"""Engines and stores of studies: a million members end to end, what a member and a store cost, a cluster beside threads.

Run as a script: ``python tests/speed/engines.py [--members 1048576] [--seconds 60]``. Wall times mean something on a quiet machine
only; beside them stands the processor time of this process and of its children, which others do not lengthen.
"""

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import richardson as rn

WORKERS = 2
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


def end_to_end(members: int) -> None:
    """Design, runs of the flagship, store and dataset."""
    model = rn.models.security_dilemma()
    rn.run_ensemble(model, rn.Design.sobol(FLAGSHIP, size=64, rng=1), None, 100.0, audit=0)
    with tempfile.TemporaryDirectory() as folder:
        with Clock() as design_clock:
            design = rn.Design.sobol(FLAGSHIP, size=members, rng=1)
        with Clock() as bare:
            runs = rn.run_ensemble(model, design, None, 100.0)
        with Clock() as stored:
            rn.run_ensemble(model, design, None, 100.0, store=Path(folder) / "store")
        with Clock() as dataset:
            runs.to_xarray()
        with Clock() as opened:
            rn.open_study(Path(folder) / "store").to_xarray()
        size = sum(file.stat().st_size for file in (Path(folder) / "store").rglob("*") if file.is_file())
    print(f"{members} members of the flagship to t = 100, ends: design {design_clock}; runs {bare}; Dataset {dataset}")
    print(f"  with a store: {stored}, {size / members:.0f} bytes a member, opened as a Dataset {opened}")
    print(f"  the store adds {stored.cpu / bare.cpu - 1:.1%} of processor time; {1e6 * bare.cpu / members:.2f} µs a member")


def a_member(members: int) -> None:
    """What a member takes, of processors and on disk: the table of docs/explanation/large-studies.md."""
    model = rn.models.security_dilemma()
    design = rn.Design.sobol({"balance": (-0.3, 0.3), "alarm": (0.0, 6.0), "x": (0.0, 30.0), "y": (0.0, 30.0)}, size=members, rng=1)
    kinds: dict[str, dict[str, Any]] = {
        "until settled, ends kept": {"settle": True},
        "500 years, ends kept": {"times": 500.0},
        "the same with a Maximum": {"times": 500.0, "record": rn.Maximum("x")},
        "the same at 100 times": {"times": np.linspace(0.0, 500.0, 100)},
    }
    print(f"\n{members} members of the flagship, four names in the design, relative 1e-6")
    for name, asked in kinds.items():
        study = rn.Study(model, design, relative=1e-6, absolute=1e-8, audit=0, **asked)
        rn.run_study(study, progress=False)
        with Clock() as clock:
            rn.run_study(study, progress=False)
        with tempfile.TemporaryDirectory() as folder:
            rn.run_study(study, store=Path(folder) / "store", progress=False)
            size = sum(file.stat().st_size for file in (Path(folder) / "store" / "blocks").rglob("*.nc"))
        print(f"  {name}: {1e6 * clock.cpu / members:.1f} µs of processors, {size / members:.1f} bytes on disk")


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
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    os.environ.setdefault("RICHARDSON_THREADS", str(WORKERS))
    end_to_end(options.members)
    a_member(options.members // 8)
    beside_threads(options.seconds)


if __name__ == "__main__":
    main()
