"""How long a new user waits: the import, and a new model from text to its first trajectory and to its first ensemble.

Run ``python tests/speed/start.py``. Each figure is the median of several fresh processes, by the clock on the wall and in processor
time, which other work on the machine lengthens less but in which all threads count; nothing here is a test.
"""

import atexit
import functools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

REPEATS = 7
CLOCKS = """
import time
def clocks():
    return time.perf_counter(), time.process_time()
def print_spent(begin):
    print(*(now - before for now, before in zip(clocks(), begin)))
"""
IMPORT = """
begin = clocks()
import richardson
print_spent(begin)
"""
FIRST_TRAJECTORY = """
import numpy as np
import richardson as rn
rn.Model, rn.integrate
begin = clocks()
model = rn.Model.from_equations(
    {"x": "k*y*(1 + 3*hill(y, 4, 2)) - a*x + g", "y": "k*x*(1 + 3*hill(x, 4, 2)) - a*y + g"}, {"k": 0.45, "a": 1, "g": 0.5}
)
rn.integrate(model, {"x": 1, "y": 2}, np.linspace(0, 100, 101))
print_spent(begin)
"""
FIRST_ENSEMBLE = """
import numpy as np
import richardson as rn
starts = rn.Design.from_table({"x": np.linspace(0, 5, 1000)})
rn.run_ensemble(rn.models.linear(), starts, {"y": 2}, 100.0)
begin = clocks()
model = rn.Model.from_equations(
    {"x": "k*y*(1 + 3*hill(y, 4, 2)) - a*x + g", "y": "k*x*(1 + 3*hill(x, 4, 2)) - a*y + g"}, {"k": 0.45, "a": 1, "g": 0.5}
)
rn.run_ensemble(model, starts, {"y": 2}, 100.0)
print_spent(begin)
"""
KERNEL_ONLY = """
import richardson as rn
rn.run_ensemble(rn.models.linear(), rn.Design.from_table({"x": [0.0]}), {"y": 2}, 100.0)
"""


def seconds(code: str, cache: str) -> list[float]:
    """What a fresh process prints of its two clocks."""
    environment = os.environ | {"RICHARDSON_CACHE_DIR": cache}
    command = [sys.executable, "-c", CLOCKS + code]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    return [float(number) for number in printed.split()]


def main() -> None:
    with tempfile.TemporaryDirectory() as filled:
        seconds(FIRST_TRAJECTORY, filled)
        rows = {
            "import richardson": [seconds(IMPORT, filled) for _ in range(REPEATS)],
            "text to first trajectory, filled cache": [seconds(FIRST_TRAJECTORY, filled) for _ in range(REPEATS)],
            "text to first trajectory, empty cache": [empty() for _ in range(REPEATS)],
            "text to first ensemble, kernel known, model new": [with_kernel() for _ in range(REPEATS)],
            "text to first ensemble, filled cache": [seconds(FIRST_ENSEMBLE, filled) for _ in range(REPEATS + 1)][1:],
        }
    for what, pairs in rows.items():
        both = [f"{statistics.median(times):.3f} s ({min(times):.3f} to {max(times):.3f})" for times in zip(*pairs, strict=True)]
        print(f"{what:50s} wall {both[0]}, processor {both[1]}, medians of {REPEATS} processes")


def with_kernel() -> list[float]:
    """In a process that has run another model's ensemble; the new model was never compiled."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        shutil.copytree(kernel_cache(), cache)
        cache.chmod(0o700)
        return seconds(FIRST_ENSEMBLE, str(cache))


@functools.cache
def kernel_cache() -> str:
    """A cache that holds the kernel of ensembles and no model but the linear one."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    seconds(KERNEL_ONLY, folder)
    return folder


def empty() -> list[float]:
    with tempfile.TemporaryDirectory() as cache:
        return seconds(FIRST_TRAJECTORY, cache)


if __name__ == "__main__":
    main()
