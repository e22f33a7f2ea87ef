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
    tables = {"equilibria": picture.equilibria.to_table()}
    for state, pieces in picture.nullclines.items():
        tables |= {f"nullcline {state} {number}": {"x": piece[:, 0], "y": piece[:, 1]} for number, piece in enumerate(pieces, 1)}
    tables |= {f"{manifold.kind} manifold": manifold.to_table() for manifold in picture.manifolds}
    rn.plot.save(rn.plot.portrait(picture), out, "flagship_portrait", tables=tables)


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
