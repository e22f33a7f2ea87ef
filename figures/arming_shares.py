"""What keeps arms, and what made them: shares of fear, grievance and ambition in a spiral and in an aggressor's race.

Run as ``python figures/arming_shares.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import richardson as rn

WINDOW = rn.Window(x=(0, 60), y=(0, 60))
SPIRAL = rn.models.security_dilemma()
AGGRESSOR = rn.models.security_dilemma(ambition_x=1.0)


def main(out: str | Path, quick: bool = False) -> None:
    """Write arming_shares.pdf, .svg and .csv to ``out``; quick is the same, it takes a second."""
    cold_war = rn.equilibria(SPIRAL, WINDOW)[-1]
    found = {
        "spiral: the cold war of two fearful nations": rn.arming_shares(SPIRAL, at=cold_war),
        "aggressor: x is ambitious, y is not": rn.arming_shares(AGGRESSOR),
    }
    figure = rn.plot.figure(width=85, height=112)
    with rn.plot.paper():
        panels = figure.subplots(2, 1)
        for ax, shares in zip(panels, found.values(), strict=True):
            rn.plot.arming_shares(shares, legend=False, ax=ax)
        longest = max(ax.get_xlim()[1] for ax in panels)
        for ax in panels:
            ax.set_xlim(0, longest)
        rn.plot.name_panels(*panels, titles=list(found))
        rn.plot.legend(figure, columns=4)
    rn.plot.save(figure, out, "arming_shares", tables={title: shares.to_table() for title, shares in found.items()})


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
