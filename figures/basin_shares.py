"""How sure the outcome is: the share of starts that ends in détente, and in cold war, with intervals.

Run as ``python figures/basin_shares.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import richardson as rn

MODEL = rn.models.security_dilemma()
WINDOW = rn.Window(x=(0, 4), y=(0, 4))


def main(out: str | Path, quick: bool = False) -> None:
    """Write basin_shares.pdf, .svg and .csv to ``out``; quick: intervals of half-width 0.05 instead of 0.01."""
    found = rn.basin_shares(MODEL, WINDOW, half_width=0.05 if quick else 0.01, rng=1)
    rn.plot.save(rn.plot.basin_shares(found), out, "basin_shares", tables={"shares": found.to_table()})


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
