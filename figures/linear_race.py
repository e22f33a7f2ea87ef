"""The linear race's four cases: reaction weaker or stronger than fatigue, with grievance or with goodwill.

Run as ``python figures/linear_race.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import richardson as rn

WINDOW = rn.Window(x=(-6, 6), y=(-6, 6))  # negative arms are cooperation
CASES = {
    "balance": {"defence": 0.5, "grievance": 1.0},
    "runaway race": {"defence": 1.6, "grievance": 1.0},
    "disarmament": {"defence": 0.5, "grievance": -1.0},
    "race or disarmament": {"defence": 1.6, "grievance": -1.0},
}


def main(out: str | Path, quick: bool = False) -> None:
    """Write linear_race.pdf, .svg and .csv to ``out``; it is quick as it is."""
    figure = rn.plot.figure(width=120, height=132)
    tables = {}
    with rn.plot.paper():
        panels = figure.subplots(2, 2, sharex=True, sharey=True)
        for ax, (title, values) in zip(panels.flat, CASES.items(), strict=True):
            picture = rn.phase_portrait(rn.models.linear(**values), WINDOW, rng=1)
            rn.plot.portrait(picture, legend=False, ax=ax)
            ax.label_outer()
            tables |= {f"{title}, {part}": table for part, table in rn.plot.portrait_tables(picture).items()}
        rn.plot.name_panels(*panels.flat, titles=list(CASES))
        rn.plot.legend(figure, columns=3)
    rn.plot.save(figure, out, "linear_race", tables=tables)


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
