"""Two rivalries fitted: how the race follows the data, and what is known of its stability, R and max Re λ with intervals.

Run as ``python figures/rivalries.py [--quick] OUT`` or through ``richardson figures``.
"""

import math
import sys
from pathlib import Path

import richardson as rn

DATA = {
    "India and Pakistan, 1948–2022": rn.data.rivalry("India", "Pakistan"),
    "United States and Russia (USSR), 1946–1988": rn.data.rivalry("United States", "USSR").select(
        years=(1946, 1988)
    ),  # later, other accounts
}
ROWS = {"spiral_number": (r"spiral number, $R$", 1.0), "max_real_eigenvalue": (r"max Re $\lambda$ [1/yr]", 0.0)}


def main(out: str | Path, quick: bool = False) -> None:
    """Write rivalries.pdf, .svg and .csv to ``out``; it is quick as it is."""
    figure = rn.plot.figure(width=175, height=105)
    tables, courses = {}, []
    with rn.plot.paper():
        for part, (title, observed) in zip(figure.subfigures(1, 2), DATA.items(), strict=True):
            fit = rn.estimate(rn.models.linear(), observed, level=0.95, rng=1)
            series, *intervals = part.subplots(3, 1, height_ratios=[5.0, 0.8, 0.8])
            courses.append(rn.plot.fit(fit, ax=series))
            series.set_ylabel(f"military expenditure [{observed.unit}]")
            for ax, (name, (label, border)) in zip(intervals, ROWS.items(), strict=True):
                row = fit.derived[name]
                is_defined = not math.isnan(row.value)
                rn.plot.interval([row], labels={name: label}, mark=border if is_defined else None, ax=ax)
                ax.set_xlabel(f"95 % interval; undefined in {100 * row.undefined_share:.0f} % of draws")
                if not is_defined:
                    ax.tick_params(axis="x", length=0, labelcolor="none")  # unseen, so that both columns stay level
                    ax.text(0.5, 0.5, "not defined: a fatigue is negative", transform=ax.transAxes, ha="center", va="center_baseline")
            stable = fit.stable_probability
            ax.set_xlabel("95 % interval; P(stable) " + (f"= {stable:.2f}" if stable >= 0.001 else "< 0.001"))
            tables |= {f"{title}, estimates": fit.to_table(), f"{title}, data": observed.to_table()}
        rn.plot.name_panels(*courses, titles=list(DATA))
    rn.plot.save(figure, out, "rivalries", tables=tables)


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
