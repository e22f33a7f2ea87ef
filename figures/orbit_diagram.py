"""Saperstein's arms race along its reaction: doublings from 0.75 on, chaos from 0.8925 on.

Run as ``python figures/orbit_diagram.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import numpy as np

import richardson as rn

MODEL = rn.models.saperstein()
SPAN = (0.7, 1.0)


def main(out: str | Path, quick: bool = False) -> None:
    """Write orbit_diagram.pdf, .svg and .csv to ``out``; quick: 30 values instead of 900."""
    values = np.linspace(*SPAN, 30 if quick else 900)
    found = rn.orbit_diagram(MODEL, "reaction", values, [0.3, 0.3], keep=20 if quick else 200)
    rn.plot.save(rn.plot.orbit_diagram(found), out, "orbit_diagram", tables={"orbits": found.to_table()})


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
