"""Which worlds end in cold war? A million races of fear: what decides, in which part of their ranges, and how sharply.

Run as ``python figures/discovered_box.py [--quick] OUT`` or through ``richardson figures``.
"""

import sys
from pathlib import Path

import richardson as rn

RANGES = {"balance": (-0.3, 0.3), "distinguishability": (0, 1), "alarm": (0, 6), "grievance": (0, 1), "x": (0, 30), "y": (0, 30)}
COLD_WAR = "heaviside(min(x, y) - 4)"  # 1 where both nations end with more than the threshold of alarm, else 0
SIZE, QUICK = 2**17, 2**7  # times eight members: two samples, and one mixed from both for each of the six inputs


def main(out: str | Path, quick: bool = False) -> None:
    """Write discovered_box.pdf, .svg and .csv to ``out``; quick: a thousand members instead of a million."""
    design = rn.Design.for_sensitivity(RANGES, size=QUICK if quick else SIZE, rng=1)
    runs = rn.run_ensemble(rn.models.security_dilemma(), design, record=COLD_WAR, settle=True)
    index = rn.sensitivity(runs, outcome=COLD_WAR, resamples=100, rng=1)
    found = rn.discover(runs, f"`{COLD_WAR}` == 1", density=0.9, failed="drop", resamples=2 if quick else 10, rng=1)
    drawn = rn.plot.figure(width=175, height=150)
    with rn.plot.paper():
        (members, limits), (path, bars) = drawn.subplots(2, 2)
        rn.plot.discovery(found, ax=members).get_legend().get_texts()[1].set_text("ends in cold war")
        rn.plot.box_limits(found, ax=limits)
        rn.plot.peeling(found, ax=path)
        rn.plot.sensitivity(index, ax=bars).set_xlabel("share of the variance of whether it ends in cold war")
        rn.plot.name_panels(members, limits, path, bars)
    tables = {"limits": found.to_table(), "path": found.peelings[0].to_table(), "indices": index.to_table()}
    rn.plot.save(drawn, out, "discovered_box", tables=tables)


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
