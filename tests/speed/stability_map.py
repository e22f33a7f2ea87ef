"""Maps with all equilibria against multi-start root finding: time a cell, and the share of equilibria that each misses.

Run ``python tests/speed/stability_map.py [cells a side]``. Nothing here is a test. Wall and processor seconds are printed; the peer is
scipy's ``fsolve`` from nine starts a cell on the same compiled rates, on a sample of the cells. What is missed is counted against
`equilibria(method="certified")` on a sample of cells, half of them beside a fold.
"""

import sys
import time
from collections.abc import Callable
from itertools import product

import numpy as np
from scipy.optimize import fsolve

import richardson as rn
from richardson.compiled.field import Field

MODEL = rn.models.security_dilemma()
WINDOW = rn.Window(x=(0, 100), y=(0, 100))
STARTS = list(product((0.5, 5.0, 20.0), repeat=2))
SAMPLE = 200


def timed(work: Callable[[], object]) -> tuple[object, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def multistart(model: rn.Model) -> int:
    """How many equilibria fsolve finds from nine starts."""
    field = Field.of(model)
    found: list[np.ndarray] = []
    for start in STARTS:
        root, _, flag, _ = fsolve(lambda x: field.rates(0.0, x), start, fprime=lambda x: field.jacobian(0.0, x), full_output=True)
        if flag == 1 and (root >= 0).all() and not any(np.allclose(root, other, rtol=1e-6) for other in found):
            found.append(root)
    return len(found)


def main(side: int = 1000) -> None:
    grids = {"balance": np.linspace(-0.5, 0.6, side), "alarm": np.linspace(0.0, 4.0, side)}
    rn.stability_map(MODEL, {name: axis[:: max(side // 5, 1)] for name, axis in grids.items()})
    chart, wall, cpu = timed(lambda: rn.stability_map(MODEL, grids))
    cells = chart.count.size
    print(f"stability_map, {side} × {side}: {wall:.2f} s ({cpu:.2f} s of processors), {1e6 * cpu / cells:.2f} µs a cell")
    print(f"not decided: {(chart.count < 0).sum()} of {cells}; formula and eigenvalues differ at {len(chart.disagreements)}")
    rng = np.random.default_rng(1)
    near = np.argwhere(np.diff(chart.count, axis=0) != 0)
    picked = np.concatenate((rng.integers(side, size=(SAMPLE // 2, 2)), near[rng.integers(len(near), size=SAMPLE // 2)]))
    models = [MODEL.with_values(balance=grids["balance"][i], alarm=grids["alarm"][j]) for i, j in picked]
    proved, _, cpu_proof = timed(lambda: [len(rn.equilibria(model, WINDOW, method="certified")) for model in models])
    peers, _, cpu_peer = timed(lambda: [multistart(model) for model in models])
    ours = [chart.count[i, j] for i, j in picked]
    for name, counts, seconds in (
        ("this map", ours, cpu / cells),
        ("fsolve, nine starts", peers, cpu_peer / len(models)),
        ("equilibria, one by one", proved, cpu_proof / len(models)),
    ):
        missed = sum(max(all_of - some, 0) for all_of, some in zip(proved, counts, strict=True)) / sum(proved)
        print(f"{name:24s} {1e6 * seconds:10.1f} µs a cell, {seconds * cells / cpu:8.0f} times the map; {missed:.2%} of equilibria missed")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
