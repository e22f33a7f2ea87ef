"""What the spiral number R of the security dilemma rests on, and how the shares settled with more members.

Five parameters move a tenth up and down, the balance by 0.1 either way, and distinguishability from 0 to 0.1.

Run as ``python figures/sensitivity_of_r.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import richardson as rn

SIZE, QUICK = 2**12, 2**6
TENTH = ("alarm", "threshold", "defence", "fatigue", "grievance")


def main(out: str | Path, quick: bool = False) -> None:
    """Write sensitivity_of_r.pdf, .svg and .csv to ``out``; quick: a smaller sample."""
    model = rn.models.security_dilemma()
    ranges = {name: (0.9 * model.values[f"{name}_x"], 1.1 * model.values[f"{name}_x"]) for name in TENTH}
    ranges |= {"balance": (-0.1, 0.1), "distinguishability": (0.0, 0.1)}
    design = rn.Design.for_sensitivity(ranges, size=QUICK if quick else SIZE, rng=1)
    found = rn.sensitivity(model, design, outcome="spiral_number", rng=1)
    drawn = rn.plot.figure(width=175, height=78)
    with rn.plot.paper():
        bars, course = drawn.subplots(1, 2)
        rn.plot.sensitivity(found, ax=bars)
        rn.plot.convergence(found, ax=course)
        rn.plot.name_panels(bars, course)
    rn.plot.save(drawn, out, "sensitivity_of_r", tables={"indices": found.to_table()})


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
