"""How many outcomes the security dilemma has over balance and distinguishability, and the folds between: Jervis's four worlds.

Run as ``python figures/stable_counts.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import numpy as np

import richardson as rn

MODEL = rn.models.security_dilemma()
WINDOW = rn.Window(x=(0, 100), y=(0, 100))


def main(out: str | Path, quick: bool = False) -> None:
    """Write stable_counts.pdf, .svg and .csv to ``out``; quick: 12 × 9 cells instead of 160 × 120."""
    n, m = (12, 9) if quick else (160, 120)
    chart = rn.stability_map(MODEL, {"balance": np.linspace(-1, 1, n), "distinguishability": np.linspace(0, 1, m)}, window=WINDOW)
    curves = rn.stability_boundaries(chart)
    tables = {"cells": chart.to_table()} | {f"curve {number}": curve.to_table() for number, curve in enumerate(curves, 1)}
    rn.plot.save(rn.plot.stable_counts(chart, boundaries=curves), out, "stable_counts", tables=tables)


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
