"""From détente into cold war, two ways: the balance moves past the fold, or one shock is large enough.

Run as ``python figures/tipping.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import numpy as np

import richardson as rn

MODEL = rn.models.security_dilemma()
WINDOW, ALL = rn.Window(x=(0, 25), y=(0, 25)), rn.Window(x=(0, 60), y=(0, 60))
NEAR = rn.Window(x=(0, 8), y=(0, 8))
RATE = 0.01  # of the balance, a year


def main(out: str | Path, quick: bool = False) -> None:
    """Write tipping.pdf, .svg and .csv to ``out``; it is quick as it is."""
    calm = rn.equilibria(MODEL, WINDOW)[0]
    ramp = rn.tipping(MODEL, calm, "balance", 0.2, RATE)
    found = rn.equilibrium_diagram(MODEL, "balance", (-0.2, 0.22), ALL)
    hard = rn.resilience(MODEL, calm, WINDOW)
    picture = rn.phase_portrait(MODEL, NEAR, rng=1)
    figure = rn.plot.figure(width=175, height=92)
    with rn.plot.paper():
        left, right = figure.subplots(1, 2, width_ratios=[1.15, 1.0])
        rn.plot.tipping(ramp, diagram=found, ax=left)
        rn.plot.portrait(picture, ax=right)
        rn.plot.shocks(hard, ax=right)
        rn.plot.name_panels(left, right)
    path = {"balance": np.asarray(ramp.values), "x": ramp.path["x"], "y": ramp.path["y"]}
    tables = {"ramp": path, "shocks": hard.to_table()} | rn.plot.portrait_tables(picture)
    tables |= {f"branch {number}": branch.to_table() for number, branch in enumerate(found, 1)}
    rn.plot.save(figure, out, "tipping", tables=tables)


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
