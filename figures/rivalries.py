"""Two rivalries fitted: how the race follows the data, and what is known of its stability, R and max Re λ with intervals.

Run as ``python figures/rivalries.py [--quick] OUT`` or through ``richardson figures``.
"""

import math
import sys
from pathlib import Path

import richardson as rn

DATA = {
    "India and Pakistan, 1948–2022": rn.data.rivalry("India", "Pakistan"),
    "United States and USSR, 1946–1988": rn.data.rivalry("United States", "USSR").select(years=(1946, 1988)),  # later, other accounts
}
ROWS = {"spiral_number": (r"$R$", 1.0), "max_real_eigenvalue": (r"max Re $\lambda$ [1/yr]", 0.0)}


def main(out: str | Path, quick: bool = False) -> None:
    """Write rivalries.pdf, .svg and .csv to ``out``; it is quick as it is."""
    figure = rn.plot.figure(width=175, height=105)
    tables = {}
    with rn.plot.paper():
        for part, (title, observed) in zip(figure.subfigures(1, 2), DATA.items(), strict=True):
            fit = rn.estimate(rn.models.linear(), observed, rng=1)
            series, *intervals = part.subplots(3, 1, height_ratios=[5.0, 0.8, 0.8])
            rn.plot.fit(fit, ax=series).set_title(title, pad=34)
            for ax, (name, (label, border)) in zip(intervals, ROWS.items(), strict=True):
                row = fit.derived[name]
                rn.plot.interval([row], labels={name: label}, mark=border, ax=ax)
                ax.set_xlabel(f"{fit.level:.0%} interval; undefined in {row.undefined_share:.0%} of draws")
                if math.isnan(row.value):
                    ax.text(0.5, 0.5, "not defined: a fatigue is negative", transform=ax.transAxes, ha="center", va="center_baseline")
            stable = fit.stable_probability
            ax.set_xlabel(f"{fit.level:.0%} interval; P(stable) " + (f"= {stable:.2f}" if stable >= 0.001 else "< 0.001"))
            tables |= {f"{title}, estimates": fit.to_table(), f"{title}, data": observed.to_table()}
    rn.plot.save(figure, out, "rivalries", tables=tables)


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
