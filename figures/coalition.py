"""The weak unite against a hegemon: arms and alignments of three nations, one of which has eight times the grievance.

Run as ``python figures/coalition.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import numpy as np

import richardson as rn

MODEL = rn.models.balance_of_power(("x", "y", "z"), grievance_x=4.0, grievance_y=0.5, grievance_z=0.5)
TIMES = np.linspace(0, 20, 401)
PACT, ENMITY = ("alignment_y_z",), ("alignment_x_y", "alignment_x_z")


def main(out: str | Path, quick: bool = False) -> None:
    """Write coalition.pdf, .svg and .csv to ``out``; it is quick as it is."""
    start = dict.fromkeys(MODEL.state_names, 0.0) | {"x": 1.0, "y": 1.0, "z": 1.0}
    run = rn.integrate(MODEL, start, TIMES)
    figure = rn.plot.figure(width=85, height=105)
    with rn.plot.paper():
        arms, sides = figure.subplots(2, 1, sharex=True)
        rn.plot.series(run, names=("x", "y", "z"), ax=arms)
        rn.plot.series(run, names=(*PACT, *ENMITY), ax=sides)
        sides.axhline(0.0, color="0.6", linewidth=0.5, zorder=0)
        sides.set(ylim=(-1.05, 1.05), ylabel=f"{sides.get_ylabel()}: −1 enemies, 1 allies")
        arms.label_outer()
        rn.plot.legend(arms, columns=3)
        rn.plot.name_panels(arms, sides)
    rn.plot.save(figure, out, "coalition", tables={"run": run.to_table()})


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
