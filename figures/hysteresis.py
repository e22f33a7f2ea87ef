"""Détente and cold war along the balance: two folds, and the plane of arms before, between and after them.

Run as ``python figures/hysteresis.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import richardson as rn

MODEL = rn.models.security_dilemma()
WINDOW = rn.Window(x=(0, 40), y=(0, 40))
SPAN = (-0.4, 0.4)
VALUES = {"b": -0.3, "c": 0.0, "d": 0.3}


def main(out: str | Path, quick: bool = False) -> None:
    """Write hysteresis.pdf, .svg and .csv to ``out``; it is quick as it is."""
    found = rn.equilibrium_diagram(MODEL, "balance", SPAN, WINDOW)
    tables = {f"branch {number}": branch.to_table() for number, branch in enumerate(found, 1)}
    figure = rn.plot.figure(width=175, height=125)
    with rn.plot.paper():
        above, below = figure.subfigures(2, 1, height_ratios=[1.0, 1.05])
        diagram = rn.plot.diagram(found, ax=above.subplots())
        diagram.set_title("a", fontweight="bold")
        for ax, (letter, value) in zip(below.subplots(1, 3, sharey=True), VALUES.items(), strict=True):
            picture = rn.phase_portrait(MODEL.with_values(balance=value), WINDOW, rng=1)
            rn.plot.portrait(picture, legend=False, ax=ax).set_title(f"$\\beta = {value:g}$")
            ax.set_title(letter, fontweight="bold", loc="right")
            ax.label_outer()
            diagram.axvline(value, color="0.6", linewidth=0.5, zorder=0)
            diagram.annotate(letter, (value, 1.0), xycoords=("data", "axes fraction"), xytext=(3, -9), textcoords="offset points")
            tables |= {f"{letter}, {part}": table for part, table in rn.plot.portrait_tables(picture).items()}
        rn.plot.legend(below, columns=4)
    rn.plot.save(figure, out, "hysteresis", tables=tables)


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
