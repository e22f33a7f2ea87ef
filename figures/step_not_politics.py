"""A calm race decided in steps: doublings from step 2/(k − a) on, then chaos, where the flow rests at 7.5 throughout.

Run as ``python figures/step_not_politics.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import numpy as np

import richardson as rn

RACE = rn.models.saturating_reaction(defence=4, grievance=0)  # equal nations in steps: the logistic map, r = 1 + 3 step
REST = 7.5  # K (1 − a/k), where the flow goes from every start with arms
SPAN = (0.5, 1.0)


def main(out: str | Path, quick: bool = False) -> None:
    """Write step_not_politics.pdf, .svg and .csv to ``out``; quick: 30 steps instead of 900."""
    values = np.linspace(*SPAN, 30 if quick else 900)
    found = rn.orbit_diagram(rn.in_discrete_time(RACE, 0.5), "step", values, [3, 3], keep=20 if quick else 200)
    with rn.plot.paper():
        axes = rn.plot.orbit_diagram(found)
        axes.plot(SPAN, [REST, REST], linestyle="--", color="0.35", linewidth=0.9)
        axes.annotate("where the flow rests", (0.51, REST), xytext=(0, -10), textcoords="offset points")
    rn.plot.save(axes, out, "step_not_politics", tables={"orbits": found.to_table()})


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
