"""What keeps an aggressor's race, and what made it: shares of fear, grievance and ambition.

Run as ``python figures/arming_shares.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import richardson as rn

MODEL = rn.models.security_dilemma(ambition_x=1.0)


def main(out: str | Path, quick: bool = False) -> None:
    """Write arming_shares.pdf, .svg and .csv to ``out``; quick is the same, it takes a second."""
    shares = rn.arming_shares(MODEL)
    rn.plot.save(rn.plot.arming_shares(shares), out, "arming_shares", tables={"shares": shares.to_table()})


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
