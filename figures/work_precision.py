"""Work against precision: what a member of an ensemble costs at the error achieved, ours and the peers that were installed.

Drawn from the times beside this script, which ``python tests/speed/work_precision.py`` measures anew (see docs/benchmarks.md).
Run as ``python figures/work_precision.py [--quick] OUT`` or through ``richardson figures``.
"""

import csv
import sys
from pathlib import Path

import richardson as rn

MEASURED = Path(__file__).with_name("work_precision_measured.csv")
COLOURS = {"richardson": 0, "heyoka": 1, "numbalsoda": 2, "jitcode": 3, "diffrax": 4}  # scipy, the common yardstick, is grey
LOOKS = {  # marker, fill and name
    "richardson Tsit5": ("o", "full", "richardson, Tsit5"),
    "richardson DOP853": ("s", "none", "richardson, DOP853"),
    "heyoka batch of 4": ("D", "full", "heyoka, batches of 4"),
    "numbalsoda lsoda": ("p", "full", "numbalsoda, LSODA"),
    "numbalsoda dop853": ("h", "none", "numbalsoda, DOP853"),
    "diffrax Tsit5": ("^", "full", "diffrax, Tsit5"),
    "JiTCODE dopri5": ("v", "full", "JiTCODE, dopri5"),
    "JiTCODE dop853": ("v", "none", "JiTCODE, DOP853"),
    "scipy LSODA": ("X", "full", "scipy, LSODA"),
    "scipy DOP853": ("P", "none", "scipy, DOP853"),
}


def main(out: str | Path, quick: bool = False) -> None:
    """Write work_precision.pdf, .svg and .csv to ``out``; it is quick as it is."""
    with MEASURED.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    kept = list(dict.fromkeys(row["kept"] for row in rows))
    figure = rn.plot.figure(width=175, height=88)
    with rn.plot.paper():
        panels = figure.subplots(1, 2, sharey=True)
        for ax, what in zip(panels, kept, strict=True):
            for method, (marker, fill, label) in LOOKS.items():
                points = [row for row in rows if (row["kept"], row["method"]) == (what, method)]
                if points:
                    errors, times = ([float(row[column]) for row in points] for column in ("error", "time"))
                    package = points[0]["package"]
                    look = {"marker": marker, "fillstyle": fill, "markersize": 4.0, "linewidth": 1.6 if package == "richardson" else 0.8}
                    colour = rn.plot.colour(COLOURS[package]) if package in COLOURS else "0.4"
                    ax.loglog(errors, times, color=colour, label=label, **look)
            ax.set(xlabel=f"largest error of the same {rows[0]['judged']} members")
            ax.margins(0.05)
            ax.grid(color="0.92", linewidth=0.4)
        panels[0].set_ylabel("time a member, one thread [µs]")
        rn.plot.name_panels(*panels, titles=kept)
        rn.plot.legend(figure, columns=4)
    rn.plot.save(figure, out, "work_precision", tables={"times": {name: [row[name] for row in rows] for name in rows[0]}})


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
