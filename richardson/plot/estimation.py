"""What was estimated, with its intervals, and how the fit follows the data."""

import math
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from richardson.errors import InvalidInputError
from richardson.estimation.estimate import Estimate, EstimateRow
from richardson.plot import key, style
from richardson.plot.draws import draws
from richardson.plot.series import series
from richardson.symbolic.model import Model

ROW = 5.5  # mm, height of an interval
FRAME = 13.0  # mm, axis, its label and the gap to the next
SMALLEST_SHARE = 0.001  # what 10 000 draws resolve
FOLLOWS = {"transition": "from the year before", "differences": "from the year before", "midpoint": "fitted"}
DERIVED = (  # name, label of the row, value that separates stable from unstable, unit
    ("max_real_eigenvalue", r"largest eigenvalue, max Re $\lambda$", 0.0, " [1/yr]"),
    ("spiral_number", "spiral number, $R$", 1.0, ""),
)


@draws
def interval(
    rows: Sequence[EstimateRow],
    *,
    labels: Mapping[str, str] | None = None,
    colours: Mapping[str, str] | None = None,
    mark: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Estimates as dots with their intervals, the first at the top.

    Parameters
    ----------
    rows : sequence of EstimateRow
        In one unit; a value at its bound, which has no interval, is a cross.
    labels, colours : mapping of str to str, optional
        By the rows' names; the names themselves and one ink by default.
    mark : float, optional
        Value of an upright line, such as R = 1.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes

    Raises
    ------
    InvalidInputError
        If there is no row.

    Examples
    --------
    >>> import richardson as rn
    >>> fit = rn.estimate(rn.models.linear(), rn.data.rivalry("Greece", "Turkey"), rng=1)
    >>> axes = rn.plot.interval([fit["defence_x"], fit["defence_y"]], mark=0)
    >>> [label.get_text() for label in axes.get_yticklabels()]
    ['defence_x', 'defence_y']
    """
    if not rows:
        raise InvalidInputError("There is no estimate to draw. Give the rows of a fit, for example fit.rows.")
    with style.drawing(ax, height=FRAME + ROW * len(rows)) as axes:
        if mark is not None:
            axes.axvline(mark, color=key.INK, linewidth=0.6, linestyle=key.DOTTED, zorder=1)
        for place, row in enumerate(rows):
            shade = (colours or {}).get(row.name, key.INK)
            axes.plot([row.lower, row.upper], [place, place], color=shade)
            axes.plot([row.value], [place], color=shade, marker="x" if math.isnan(row.lower) else "o", linestyle="none", markersize=4)
        axes.set_yticks(range(len(rows)), [(labels or {}).get(row.name, row.name) for row in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.margins(x=0.05)
        axes.autoscale_view(scaley=False)
    return axes


@draws
def estimate(fit: Estimate, *, figure: Figure | SubFigure | None = None) -> dict[str, Axes]:
    """Estimated parameters, max Re λ and R with their intervals, on Axes one below another, one for each unit.

    Parameters
    ----------
    fit : Estimate
    figure : Figure or SubFigure, optional
        Empty; one column wide and as high as needed by default.

    Returns
    -------
    dict of str to Axes
        By unit of the parameters, then "max_real_eigenvalue", with a line at 0, and "spiral_number", with a line at 1 and P(stable).

    Examples
    --------
    >>> import richardson as rn
    >>> fit = rn.estimate(rn.models.linear(), rn.data.rivalry("Greece", "Turkey"), rng=1)
    >>> list(rn.plot.estimate(fit))
    ['1/yr', 'arms/yr', 'max_real_eigenvalue', 'spiral_number']
    """
    groups = _by_unit(fit)
    counts = [len(rows) for rows in groups.values()] + [1] * len(DERIVED)
    with style.paper():
        made = figure or style.figure(height=sum(FRAME + ROW * count for count in counts))
        heights = [FRAME / 2 + ROW * count for count in counts]
        panels = made.subplots(len(counts), 1, squeeze=False, height_ratios=heights)[:, 0]
        drawn: dict[str, Axes] = {}
        for (unit, rows), panel in zip(groups.items(), panels, strict=False):
            labels, colours = _labels(fit.model, rows), _colours(fit.model, rows)
            drawn[unit] = interval(rows, labels=labels, colours=colours, mark=0.0, ax=panel)
            panel.set_xlabel(f"{_percent(fit.level)} interval" + (f" [{_unit(unit, fit)}]" if unit != "1" else ""))
        for (name, label, mark, unit), panel in zip(DERIVED, panels[len(groups) :], strict=True):
            drawn[name] = interval([fit.derived[name]], labels={name: label}, mark=mark, ax=panel)
            panel.set_xlabel(f"{_percent(fit.level)} interval{unit}{_remark(fit, name)}")
        if isinstance(made, Figure):
            made.draw_without_rendering()
    return drawn


@draws
def fit(fitted: Estimate, *, ax: Axes | None = None) -> Axes:
    """Observations as dots, and what the fit says of each year from the year before as lines.

    Parameters
    ----------
    fitted : Estimate
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import richardson as rn
    >>> fit = rn.estimate(rn.models.linear(), rn.data.rivalry("Greece", "Turkey"), rng=1)
    >>> rn.plot.fit(fit).get_ylabel()
    'bn current USD'
    """
    observed = fitted.observations
    with style.drawing(ax, height=60.0) as axes:
        series(observed, ax=axes)
        for position, (name, dots) in enumerate(zip(observed.names, list(axes.get_lines())[-len(observed.names) :], strict=True)):
            dots.set_linestyle("none")
            predicted = observed.values[1:, position] - fitted.residuals[:, position]
            label = f"{name}, {FOLLOWS[fitted.method]}"
            axes.plot(observed.times[1:], predicted, color=key.colour(position), linewidth=0.8, label=label)
        key.legend(axes)
    return axes


def _by_unit(fit: Estimate) -> dict[str, list[EstimateRow]]:
    units = {parameter.name: parameter.unit for parameter in fit.model.parameters}
    groups: dict[str, list[EstimateRow]] = {}
    for row in fit.rows:
        groups.setdefault(units[fit.model.resolve(row.name)[0]], []).append(row)
    return groups


def _labels(model: Model, rows: Sequence[EstimateRow]) -> dict[str, str]:
    symbols = {parameter.name: (parameter.meaning, parameter.symbol) for parameter in model.parameters}
    found = {}
    for row in rows:
        members = model.resolve(row.name)
        meaning, symbol = symbols[members[0]]
        found[row.name] = f"{meaning}, ${symbol}$" if len(members) == 1 else row.name.replace("_", " ")
    return found


def _colours(model: Model, rows: Sequence[EstimateRow]) -> dict[str, str]:
    """The colour of the nation that a parameter belongs to."""
    found = {}
    for row in rows:
        owners = [position for position, name in enumerate(model.state_names) if row.name.endswith(f"_{name}")]
        if owners:
            found[row.name] = key.colour(owners[0])
    return found


def _unit(unit: str, fit: Estimate) -> str:
    """A parameter's unit, with what the data count in place of arms."""
    return unit.replace("arms", fit.observations.unit)


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _remark(fit: Estimate, name: str) -> str:
    if name == "max_real_eigenvalue":
        return f"; P(stable) {_share(fit.stable_probability)}"
    share = fit.derived[name].undefined_share
    return f"; undefined in {_percent(share)} of draws" if share else ""


def _share(share: float) -> str:
    """A share of draws with its relation, never finer than they resolve, and never certainty."""
    if share < SMALLEST_SHARE:
        return f"< {SMALLEST_SHARE:g}"
    return f"> {1 - SMALLEST_SHARE:g}" if share > 1 - SMALLEST_SHARE else f"= {share:.2g}"
