"""Détente and cold war along the balance: two folds, and the plane of arms before, between and after them.

Run as ``python figures/hysteresis.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import richardson as rn

MODEL = rn.models.security_dilemma()
WINDOW, PLANE = rn.Window(x=(0, 60), y=(0, 60)), rn.Window(x=(0, 40), y=(0, 40))  # of the branches; of the portraits
SPAN = (-0.4, 0.4)
VALUES = {"b": -0.3, "c": 0.0, "d": 0.3}  # by the letter of the panel that draws the plane


def main(out: str | Path, quick: bool = False) -> None:
    """Write hysteresis.pdf, .svg and .csv to ``out``; it is quick as it is."""
    found = rn.equilibrium_diagram(MODEL, "balance", SPAN, WINDOW)
    tables = {f"branch {number}": branch.to_table() for number, branch in enumerate(found, 1)}
    figure = rn.plot.figure(width=175, height=125)
    with rn.plot.paper():
        above, below = figure.subfigures(2, 1, height_ratios=[1.0, 1.05])
        diagram = rn.plot.diagram(found, ax=above.subplots())
        planes = below.subplots(1, 3, sharey=True)
        for ax, (letter, value) in zip(planes, VALUES.items(), strict=True):
            picture = rn.phase_portrait(MODEL.with_values(balance=value), PLANE, rng=1)
            rn.plot.portrait(picture, legend=False, ax=ax).label_outer()
            diagram.axvline(value, color="0.6", linewidth=0.5, zorder=0)
            place = {"xycoords": ("data", "axes fraction"), "xytext": (3, -9), "textcoords": "offset points"}
            diagram.annotate(rf"$\mathbf{{{letter}}}$", (value, 1.0), **place)
            tables |= {f"{letter}, {part}": table for part, table in rn.plot.portrait_tables(picture).items()}
        titles = [f"$\\beta = {value:g}$" for value in VALUES.values()]
        rn.plot.name_panels(diagram, *planes, titles=["", *titles])
        rn.plot.legend(below, columns=4)
    rn.plot.save(figure, out, "hysteresis", tables=tables)


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
