"""Where every start of the security dilemma ends, behind its phase portrait: the separatrix is the border of the basins.

Run as ``python figures/basins.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import richardson as rn

MODEL = rn.models.security_dilemma(balance=0.05)
WINDOW = rn.Window(x=(0, 12), y=(0, 12))


def main(out: str | Path, quick: bool = False) -> None:
    """Write basins.pdf, .svg and .csv to ``out``; quick: of 20 × 20 cells instead of 240 × 240."""
    size = 20 if quick else 240
    part = rn.basins(MODEL, WINDOW, resolution=(size, size))
    picture = rn.phase_portrait(MODEL, WINDOW, rng=1)
    tables = rn.plot.portrait_tables(picture) | {"shares": {"label": list(part.shares), "share": list(part.shares.values())}}
    rn.plot.save(rn.plot.portrait(picture, basins=part), out, "basins", tables=tables)


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
