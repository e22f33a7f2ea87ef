"""Three nations: every pair lives in peace, and the three together do not.

Run as ``python figures/three_nations.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import numpy as np

import richardson as rn

VALUES = {"defence": 0.12, "fatigue": 0.2}  # k < a < 2k: (N − 1) k − a is −0.08 for two, +0.04 for three
TIMES = np.linspace(0, 40, 201)
START = {"x": 3.0, "y": 0.4, "z": 1.5}
COLOURS = {name: rn.plot.colour(place) for place, name in enumerate("xyz")}  # of a nation in whatever company
OWN = {"x": 0.25, "y": 0.05, "z": 0.15}  # grievances, which change no eigenvalue


def main(out: str | Path, quick: bool = False) -> None:
    """Write three_nations.pdf, .svg and .csv to ``out``; it is quick as it is."""
    groups = (("x", "y"), ("y", "z"), ("x", "z"), ("x", "y", "z"))
    figure = rn.plot.figure(width=175, height=62)
    tables, titles = {}, []
    with rn.plot.paper():
        for ax, group in zip(figure.subplots(1, 4, sharey=True), groups, strict=True):
            model = rn.models.nations(group, **VALUES, grievance={name: OWN[name] for name in group})
            run = rn.integrate(model, {name: START[name] for name in group}, TIMES)
            rn.plot.series(run, colours={name: COLOURS[name] for name in group}, legend=False, ax=ax)
            growth = rn.spectrum(model, rn.equilibria(model, rn.Window(**dict.fromkeys(group, (-60, 60))))[0]).eigenvalues.real.max()
            titles.append(rf"{', '.join(group)}: max Re $\lambda = {growth:.2f}$/yr")
            ax.set_xticks((0, 15, 30))
            tables[" and ".join(group)] = run.to_table()
            ax.label_outer()
        figure.axes[0].set_ylim(0, None)
        rn.plot.name_panels(*figure.axes, titles=titles)
        rn.plot.legend(figure, columns=3)
    rn.plot.save(figure, out, "three_nations", tables=tables)


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
