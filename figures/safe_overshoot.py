"""How far beyond the fold the balance may go, and for how long, before détente tips into cold war.

Run as ``python figures/safe_overshoot.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import numpy as np

import richardson as rn

MODEL = rn.models.security_dilemma()
WINDOW = rn.Window(x=(0, 60), y=(0, 60))


def main(out: str | Path, quick: bool = False) -> None:
    """Write safe_overshoot.pdf, .svg and .csv to ``out``; quick: 6 × 6 cells instead of 40 × 40."""
    size = 6 if quick else 40
    calm = rn.equilibria(MODEL, WINDOW)[0]
    heights, durations = np.geomspace(0.001, 0.5, size), np.geomspace(1, 100, size)
    chart = rn.safe_overshoot(MODEL, calm, "balance", heights, durations, towards=0.5)
    rn.plot.save(rn.plot.safe_overshoot(chart), out, "safe_overshoot", tables={"cells": chart.to_table()})


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
