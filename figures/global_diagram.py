"""Détente and cold war along the balance: every branch of equilibria, and how many starts end at which.

Run as ``python figures/global_diagram.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import richardson as rn

MODEL = rn.models.security_dilemma()
STARTS = rn.Window(x=(0, 10), y=(0, 10))
NAMES = {0: "détente", 1: "cold war"}


def main(out: str | Path, quick: bool = False) -> None:
    """Write global_diagram.pdf, .svg and .csv to ``out``; quick: 3 values of the balance instead of 41."""
    values = [-0.2 + 0.2 * step for step in range(3)] if quick else [-0.3 + 0.015 * step for step in range(41)]
    found = rn.global_diagram(MODEL, "balance", values, STARTS, half_width=0.1 if quick else 0.02)
    rn.plot.save(rn.plot.global_diagram(found, names=NAMES), out, "global_diagram", tables={"shares": found.to_table()})


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
