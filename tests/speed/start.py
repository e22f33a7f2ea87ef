"""How long a new user waits: the import, and a new model from text to its first trajectory and to its first ensemble.

Run ``python tests/speed/start.py``. Each figure is the median of several fresh processes, in seconds of processor time, which other
work on the machine does not lengthen as it does those of the clock; nothing here is a test.
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

REPEATS = 3
IMPORT = """
import time
begin = time.process_time()
import richardson
print(time.process_time() - begin)
"""
FIRST_TRAJECTORY = """
import time
import numpy as np
import richardson as rn
rn.Model, rn.integrate
begin = time.process_time()
model = rn.Model.from_equations(
    {"x": "k*y*(1 + 3*hill(y, 4, 2)) - a*x + g", "y": "k*x*(1 + 3*hill(x, 4, 2)) - a*y + g"}, {"k": 0.45, "a": 1, "g": 0.5}
)
rn.integrate(model, {"x": 1, "y": 2}, np.linspace(0, 100, 101))
print(time.process_time() - begin)
"""
FIRST_ENSEMBLE = """
import time
import numpy as np
import richardson as rn
design = rn.Design.from_table({"x": np.linspace(0, 5, 1000)})
rn.run_ensemble(rn.models.linear(), design, {"x": 1, "y": 2}, 100.0)
begin = time.process_time()
model = rn.Model.from_equations(
    {"x": "k*y*(1 + 3*hill(y, 4, 2)) - a*x + g", "y": "k*x*(1 + 3*hill(x, 4, 2)) - a*y + g"}, {"k": 0.45, "a": 1, "g": 0.5}
)
rn.run_ensemble(model, design, {"x": 1, "y": 2}, 100.0)
print(time.process_time() - begin)
"""
KERNEL_ONLY = """
import richardson as rn
rn.run_ensemble(rn.models.linear(), rn.Design.from_table({"balance": [0.0]}), {"x": 1, "y": 2}, 100.0)
print(0)
"""


def seconds(code: str, cache: str) -> float:
    environment = os.environ | {"RICHARDSON_CACHE_DIR": cache}
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment).stdout
    return float(printed)


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
    for what, times in rows.items():
        print(f"{what:50s} median {statistics.median(times):.3f} s, range {min(times):.3f} to {max(times):.3f} s of {REPEATS} processes")


def with_kernel() -> float:
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


def empty() -> float:
    with tempfile.TemporaryDirectory() as cache:
        return seconds(FIRST_TRAJECTORY, cache)


if __name__ == "__main__":
    main()
