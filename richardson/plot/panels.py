"""Letters of the panels of a figure, placed in one way everywhere: bold, above the upper left corner, a title after them."""

from collections.abc import Sequence
from string import ascii_lowercase

from matplotlib.axes import Axes

from richardson.errors import InvalidInputError
from richardson.plot.draws import draws

ABOVE = 3.0  # points between Axes or legend and letter
POINTS_PER_INCH = 72.0


@draws
def name_panels(*panels: Axes, titles: Sequence[str] = ()) -> None:
    r"""Write a, b, c … above the upper left corners of panels, above their legends too, and level where panels stand in a row.

    Parameters
    ----------
    *panels : Axes
        In the order of reading, drawn and with their legends; 26 at most.
    titles : sequence of str
        What is written after each letter; nothing by default.

    Raises
    ------
    InvalidInputError
        If there are more panels than letters, or not a title for each.

    Examples
    --------
    >>> import richardson as rn
    >>> figure = rn.plot.figure(width=175, height=60)
    >>> panels = figure.subplots(1, 2)
    >>> rn.plot.name_panels(*panels, titles=["before", "after"])
    >>> panels[1].get_title(loc="left")
    '$\\mathbf{b}$  after'
    """
    if len(panels) > len(ascii_lowercase) or len(titles) not in (0, len(panels)):
        raise InvalidInputError(
            f"Panels are named a to z, with a title for each or none; got {len(panels)} panels, {len(titles)} titles. Give as many of both."
        )
    heights = [_legend_height(ax) for ax in panels]
    rows = [_row(ax) for ax in panels]
    for place, ax in enumerate(panels):
        level = max(height for height, row in zip(heights, rows, strict=True) if row == rows[place])
        words = [bold(ascii_lowercase[place]), *([titles[place]] if titles and titles[place] else [])]
        ax.set_title("  ".join(words), loc="left", pad=ABOVE + level)


def bold(letter: str) -> str:
    """A panel's letter as it is written wherever it stands."""
    return rf"$\mathbf{{{letter}}}$"


def _row(ax: Axes) -> tuple[int, int]:
    """What panels that stand beside each other have in common."""
    place = ax.get_subplotspec()
    return (id(ax), 0) if place is None else (id(place.get_gridspec()), place.rowspan.start)


def _legend_height(ax: Axes) -> float:
    """Points by which a legend rises above the Axes; none where it lies inside or below."""
    legend = ax.get_legend()
    if legend is None:
        return 0.0
    return max(0.0, float(legend.get_window_extent().y1 - ax.get_window_extent().y1) * POINTS_PER_INCH / ax.figure.dpi)
