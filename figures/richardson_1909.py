"""Richardson's four great powers, 1909–1913: the straight line as he drew it, and the same growth in continuous time.

The shipped table is an unverified transcription. Run as ``python figures/richardson_1909.py [--quick] OUT`` or through
``richardson figures``.
"""

import sys
from pathlib import Path

import numpy as np

import richardson as rn

MODEL = rn.Model.from_equations({"total": "growth*total + constant"}, parameters={"growth": 0.5, "constant": 0.0}, name="total of four")


def main(out: str | Path, quick: bool = False) -> None:
    """Write richardson_1909.pdf, .svg and .csv to ``out``; it is quick as it is."""
    table = rn.data.richardson_1909()
    total = table.sum(table.names)
    years, budgets = total.times, total.values[:, 0]
    observed = rn.Observations(years, {"total": budgets}, unit=total.unit)
    fits = {method: rn.estimate(MODEL, observed, method=method, rng=1) for method in ("midpoint", "transition")}
    growth, constant = ({method: fit[name].value for method, fit in fits.items()} for name in ("growth", "constant"))
    means, changes = 0.5 * (budgets[1:] + budgets[:-1]), np.diff(budgets)
    line = np.linspace(190, 300, 2)
    fine = np.linspace(years[0], years[-1], 101)
    rest = -constant["transition"] / growth["transition"]
    curve = rest + (budgets[0] - rest) * np.exp(growth["transition"] * (fine - years[0]))
    figure = rn.plot.figure(width=175, height=70)
    with rn.plot.paper():
        left, right = figure.subplots(1, 2)
        left.plot(line, growth["midpoint"] * line + constant["midpoint"], color=rn.plot.colour(0))
        left.plot(means, changes, "o", color="0.13", clip_on=False)
        left.annotate(f"slope {growth['midpoint']:.3f} a year", (232, 30), xytext=(6, -10), textcoords="offset points")
        left.set(xlabel="mean budget of two years [million GBP]", ylabel="change in a year [million GBP]", xlim=line, ylim=(0, None))
        right.plot(fine, curve, color=rn.plot.colour(0))
        right.plot(years, budgets, "o", color="0.13", clip_on=False)
        right.annotate(
            f"growth {growth['transition']:.3f} a year,\naway from {rest:.1f}", (1911.2, 213), xytext=(6, -14), textcoords="offset points"
        )
        right.set(xlabel="year", ylabel="budgets of four powers [million GBP]", xticks=years)
        rn.plot.name_panels(left, right, titles=["as Richardson drew it", "in continuous time"])
    tables = {
        "line": {"mean": means, "change": changes},
        "curve": {"year": fine, "total": curve},
        "data": {"year": years, "total": budgets},
    }
    tables |= {f"estimates, {method}": fit.to_table() for method, fit in fits.items()}
    rn.plot.save(figure, out, "richardson_1909", tables=tables)


if __name__ == "__main__":
    main(sys.argv[-1], quick="--quick" in sys.argv)
