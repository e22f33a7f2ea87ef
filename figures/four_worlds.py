"""Jervis's four worlds in the security dilemma: the spiral number over balance and distinguishability, and each world's portrait.

Run as ``python figures/four_worlds.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import richardson as rn

FINE, COARSE = (121, 91), (9, 7)


def main(out: str | Path, quick: bool = False) -> None:
    """Write four_worlds.pdf, .svg and .csv to ``out``; ``quick`` takes a coarse map."""
    four = rn.four_worlds(rn.models.security_dilemma(), resolution=COARSE if quick else FINE)
    curve = {f"curve {number}": {"balance": piece[:, 0], "distinguishability": piece[:, 1]} for number, piece in enumerate(four.curve, 1)}
    tables = {"map": four.chart.to_table(), **curve, "worlds": four.to_table()}
    rn.plot.save(rn.plot.four_worlds(four), out, "four_worlds", tables=tables)


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
