"""Three nations: every pair lives in peace, and the three together do not.

Run as ``python figures/three_nations.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import numpy as np

import richardson as rn

VALUES = {"defence": 0.12, "fatigue": 0.2, "grievance": 0.1}  # k < a < 2k: (N − 1) k − a is −0.08 for two, +0.04 for three
TIMES = np.linspace(0, 40, 201)
STARTS = [(1.5, 0.4), (0.4, 2.5), (1.0, 3.0)]


def main(out: str | Path, quick: bool = False) -> None:
    """Write three_nations.pdf, .svg and .csv to ``out``; it is quick as it is."""
    whole = rn.models.nations(("x", "y", "z"), **VALUES)
    start = {"x": 1.5, "y": 0.4, "z": 2.5}
    groups = (("x", "y"), ("y", "z"), ("x", "z"), ("x", "y", "z"))
    figure = rn.plot.figure(width=175, height=62)
    tables = {}
    with rn.plot.paper():
        for ax, group in zip(figure.subplots(1, 4, sharey=True), groups, strict=True):
            model = whole if len(group) == 3 else rn.models.nations(group, **VALUES)
            run = rn.integrate(model, {name: start[name] for name in group}, TIMES)
            for name in group:
                colour = rn.plot.colour(whole.state_names.index(name))
                ax.plot(run.times, run[name], color=colour, label=f"arms of {name}")
            growth = rn.spectrum(model, rn.equilibria(model, rn.Window(**dict.fromkeys(group, (-60, 60))))[0]).eigenvalues.real.max()
            ax.set_title(rf"{', '.join(group)}: max Re $\lambda = {growth:.2f}$")
            ax.set_xlabel("time, $t$ [yr]")
            tables[" and ".join(group)] = run.to_table()
        figure.axes[0].set(ylabel="arms", ylim=(0, None))
        rn.plot.legend(figure, columns=3)
    rn.plot.save(figure, out, "three_nations", tables=tables)


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
