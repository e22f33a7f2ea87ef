"""Tang's questions asked of three races: a security dilemma, a race that is secure, and an aggressor.

Run as ``python figures/tang.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import richardson as rn

PRESETS = {
    "security dilemma, at its defaults": rn.theories.security_dilemma(),
    "defence ahead, no alarm": rn.theories.security_dilemma(balance=-0.5, alarm=0.0),
    "offensive realism": rn.theories.offensive_realism(),
}


def main(out: str | Path, quick: bool = False) -> None:
    """Write tang.pdf, .svg and .csv to ``out``; it is quick as it is."""
    found = {name: rn.diagnose(model) for name, model in PRESETS.items()}
    rn.plot.save(rn.plot.diagnoses(found), out, "tang", tables={name: each.to_table() for name, each in found.items()})


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
