"""The security dilemma at its defaults: détente, a threshold and a cold war, and the separatrix between them.

Run as ``python figures/flagship_portrait.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import richardson as rn

WINDOW = rn.Window(x=(0, 25), y=(0, 25))


def main(out: str | Path, quick: bool = False) -> None:
    """Write flagship_portrait.pdf, .svg and .csv to ``out``; it is quick as it is."""
    picture = rn.phase_portrait(rn.models.security_dilemma(), WINDOW, rng=1)
    rn.plot.save(rn.plot.portrait(picture), out, "flagship_portrait", tables=rn.plot.portrait_tables(picture))


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
