"""The smallest shocks that tip détente into cold war: both nations, X alone, Y alone; dark what is proved harmless.

Run as ``python figures/resilience.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import richardson as rn

MODEL = rn.models.security_dilemma()
WINDOW = rn.Window(x=(0, 60), y=(0, 60))


def main(out: str | Path, quick: bool = False) -> None:
    """Write resilience.pdf, .svg and .csv to ``out``; quick: the same, for it takes a second."""
    calm = rn.equilibria(MODEL, WINDOW)[0]
    found = rn.resilience(MODEL, calm, WINDOW)
    rn.plot.save(rn.plot.resilience(found), out, "resilience", tables={"shocks": found.to_table()})


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
