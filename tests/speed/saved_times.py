"""Largest errors of ensembles at saved times, in tolerances: the table of docs/explanation/lanes.md.

Run as a script: ``python tests/speed/saved_times.py``. Members of the two-state flagship, the balance from (−1, 1) and the arms at the
start from (0, 5), at 101 times to t = 100; the reference is Tsit5 at 1e-12. The library as it stood before, at commit a2e0150, is
measured by this file put beside its own.
"""

import numpy as np
from peer_problem import FloatArray

from richardson import Design
from richardson.models import security_dilemma
from richardson.study.plan import Study
from richardson.study.work import run_task, task_of

MEMBERS, TIMES = 8192, np.linspace(0.0, 100.0, 101)
METHODS, TOLERANCES, REFERENCE = ("Tsit5", "DOP853", "Rodas5P"), (1e-5, 1e-8), 1e-12


def runs(samples: FloatArray, design: Design, method: str, relative: float) -> tuple[FloatArray, float]:
    """States (m, t, d), and steps a member."""
    study = Study(security_dilemma(), design, None, TIMES, method=method, relative=relative, absolute=0.01 * relative, audit=0)
    found = run_task(task_of(study), samples, states=study.shape)
    return found.states, float(found.counts.mean())


def main() -> None:
    """Print the table."""
    rng = np.random.default_rng(0)
    columns = {"balance": rng.uniform(-1, 1, MEMBERS), "x": rng.uniform(0, 5, MEMBERS), "y": rng.uniform(0, 5, MEMBERS)}
    design = Design.from_table(columns)
    samples = np.array(design.samples)
    exact, _ = runs(samples, design, "Tsit5", REFERENCE)
    for relative in TOLERANCES:
        for method in METHODS:
            states, steps = runs(samples, design, method, relative)
            errors = (np.abs(states - exact) / (relative * (0.01 + np.abs(exact)))).reshape(MEMBERS, -1).max(axis=1)
            worst, ordinary = errors.max(), np.quantile(errors, 0.999)
            print(f"{relative:g} {method}: at most {worst:.0f} tolerances, {ordinary:.1f} of 99.9 %; {steps:.1f} steps a member")


if __name__ == "__main__":
    main()
