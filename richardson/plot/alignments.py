"""Who sides with whom: the alignment of every pair of nations as a square of colours."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from richardson.arrays import FloatArray
from richardson.dynamics.trajectory import Trajectory
from richardson.errors import InvalidInputError
from richardson.plot import key
from richardson.plot.draws import draws
from richardson.plot.style import drawing
from richardson.stability.equilibria import Equilibrium
from richardson.symbolic.model import Model

HEIGHT = 72.0  # mm
COLOURS = "PuOr"  # enemies orange, allies violet; both dark in grey, which the numbers tell apart
NOTHING = "#e8e8e8"
MOST_WRITTEN = 6  # nations up to which the numbers stand in their fields
DARK = 0.6  # size of an alignment on whose colour white letters are read better
STATE = "alignment_"


@draws
def alignments(found: Trajectory | Equilibrium, *, at: float | None = None, ax: Axes | None = None) -> Axes:
    """Alignments of all pairs of nations, from −1 (enemies) to 1 (allies), in a run or at rest.

    Parameters
    ----------
    found : Trajectory or Equilibrium
        Of `models.balance_of_power`.
    at : float, optional
        Time [yr] within the run; by default its end.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes
        Nations across and down, in the model's order; up to six have the numbers in their fields.

    Raises
    ------
    InvalidInputError, OutOfBoundsError
        If the model has no alignments, or the time is not one of the run.

    Examples
    --------
    >>> import richardson as rn
    >>> powers = rn.models.balance_of_power()
    >>> run = rn.integrate(powers, dict.fromkeys(powers.state_names, 0.5), [0.0, 20.0])
    >>> axes = rn.plot.alignments(run)
    """
    nations = _nations(found.model)
    if isinstance(found, Equilibrium) and at is not None:
        raise InvalidInputError(f"An equilibrium is the same at all times; got at={at!r}. Leave it out, or give a run.")
    state = found.state if isinstance(found, Equilibrium) else found.states[-1] if at is None else found.at(at)
    matrix = _matrix(found.model, nations, state)
    with drawing(ax, height=HEIGHT) as axes:
        axes.set_facecolor(NOTHING)
        mesh = axes.pcolormesh(np.ma.masked_invalid(matrix), cmap=COLOURS, vmin=-1.0, vmax=1.0, edgecolors="white", linewidth=0.8)
        bar = axes.figure.colorbar(mesh, ax=axes, label="alignment", ticks=[-1.0, 0.0, 1.0], pad=0.03, shrink=0.8)
        bar.ax.set_yticklabels(["−1, enemies", "0", "1, allies"])
        _write(axes, matrix)
        places = np.arange(len(nations)) + 0.5
        axes.set_xticks(places, nations, rotation=90 if max(map(len, nations)) > 3 else 0)
        axes.set_yticks(places, nations)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_minor_locator(NullLocator())
        axes.tick_params(length=0.0)
        axes.invert_yaxis()
        axes.set_aspect("equal")
    return axes


def _nations(model: Model) -> tuple[str, ...]:
    """Nations of a model with alignments, in order."""
    nations = tuple(name for name in model.state_names if not name.startswith(STATE))
    count = len(nations)
    if len(model.state_names) - count != count * (count - 1) // 2 or count < 2:
        raise InvalidInputError(
            f"'{model.name}' has no alignments of its nations. Give a run or an equilibrium of models.balance_of_power."
        )
    return nations


def _matrix(model: Model, nations: tuple[str, ...], state: FloatArray) -> FloatArray:
    """Alignments as a symmetric matrix (N, N), NaN on its diagonal."""
    matrix = np.full((len(nations), len(nations)), np.nan)
    rows, columns = np.triu_indices(len(nations), 1)
    for row, column in zip(rows, columns, strict=True):
        value = state[model.state_names.index(f"{STATE}{nations[row]}_{nations[column]}")]
        matrix[row, column] = matrix[column, row] = value
    return matrix


def _write(axes: Axes, matrix: FloatArray) -> None:
    """The numbers, in their fields."""
    if len(matrix) > MOST_WRITTEN:
        return
    for row, column in np.argwhere(np.isfinite(matrix)):
        value = matrix[row, column]
        colour = "white" if abs(value) > DARK else key.INK
        axes.text(
            column + 0.5, row + 0.5, f"{value:.2f}".replace("-", "−"), color=colour, ha="center", va="center_baseline", fontsize="small"
        )
