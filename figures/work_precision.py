"""What a member of an ensemble costs at a given precision, ours beside heyoka: drawn from the times beside this script.

They are those of docs/benchmarks.md, as tests/speed/ensembles.py measured them; run that on an idle machine for others.
Run as ``python figures/work_precision.py [--quick] OUT`` or through ``richardson figures``.
"""

import csv
import sys
from pathlib import Path

import richardson as rn

MEASURED = Path(__file__).with_name("work_precision_measured.csv")
COLUMNS = {"worst member": ("o", "full"), "99.9 % of members": ("o", "none")}


def main(out: str | Path, quick: bool = False) -> None:
    """Write work_precision.pdf, .svg and .csv to ``out``; it is quick as it is."""
    with MEASURED.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    methods = list(dict.fromkeys(row["method"] for row in rows))
    kept = list(dict.fromkeys(row["kept"] for row in rows))
    table = {name: [row[name] for row in rows] for name in ("method", "kept")}
    table |= {f"{name} [µs]": [float(row[name]) if row[name] else None for row in rows] for name in COLUMNS}
    figure = rn.plot.figure(width=175, height=66)
    with rn.plot.paper():
        for ax, what in zip(figure.subplots(1, 2, sharey=True), kept, strict=True):
            for name, (marker, fill) in COLUMNS.items():
                times = {row["method"]: float(row[name]) for row in rows if row["kept"] == what and row[name]}
                for method, time in times.items():
                    is_peer = method.startswith("heyoka")
                    look = {"marker": marker, "fillstyle": fill, "color": rn.plot.colour(int(is_peer)), "linestyle": "none"}
                    ax.plot([time], [methods.index(method)], label=f"{'heyoka' if is_peer else 'richardson'}, {name}", **look)
            ax.set(title=what, xscale="log", xlabel="time a member at an error of 1e−6 [µs]", xlim=(1, 100))
            ax.set_yticks(range(len(methods)), methods)
            ax.grid(axis="y", color="0.9", linewidth=0.5)
        figure.axes[0].invert_yaxis()
        rn.plot.legend(figure, columns=4)
    rn.plot.save(figure, out, "work_precision", tables={"times": table})


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
