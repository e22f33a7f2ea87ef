"""The cusp of the security dilemma: equilibria over balance and alarm as a folded surface, and the plane below it.

Run as ``python figures/cusp.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import numpy as np

import richardson as rn

WINDOW = rn.Window(x=(0, 60), y=(0, 60))
SPANS = ((-0.25, 0.45), (0.2, 3.2))  # of the balance, and of the alarm


def main(out: str | Path, quick: bool = False) -> None:
    """Write cusp.pdf, .svg and .csv to ``out``; quick: 4 sections of the surface instead of 25."""
    model = rn.models.security_dilemma()
    levels = np.linspace(*SPANS[1], 4 if quick else 25).tolist()
    sections = [model.with_values(alarm=level) for level in levels]
    branches = [rn.continue_equilibrium(section, rn.equilibria(section, WINDOW)[0], "balance", SPANS[0]) for section in sections]
    fold = next(point for branch in branches for point in branch.points if point.kind == "fold")
    at = next(branch for branch in branches if fold in branch.points)
    locus = rn.continue_point(at.model, fold, ("balance", "alarm"), SPANS)
    figure = rn.plot.figure(width=175, height=88)
    with rn.plot.paper():
        left, right = figure.subfigures(1, 2, width_ratios=[1.1, 1.0])
        surface = rn.plot.equilibrium_surface(branches, "alarm", folds=[locus], ax=left.add_subplot(projection="3d"))
        plane = rn.plot.locus(locus, ax=right.subplots())
        rn.plot.name_panels(surface, plane)
        plane.text(-0.15, 1.2, "one outcome")
        plane.text(0.02, 2.7, "two outcomes", ha="center", va="center")
    tables = {"fold": locus.to_table()} | {f"alarm {level:.4g}": each.to_table() for level, each in zip(levels, branches, strict=True)}
    rn.plot.save(figure, out, "cusp", tables=tables)


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
