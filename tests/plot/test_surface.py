"""Equilibria over two parameters as a surface: the sheets in the colour of their stability, the folds upon it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from mpl_toolkits.mplot3d.axes3d import Axes3D

from richardson import plot
from richardson.arrays import FloatArray
from richardson.continuation.branch import Branch, SpecialPoint
from richardson.continuation.loci import Locus
from richardson.errors import InvalidInputError, UnknownNameError
from richardson.outcome import Outcome
from richardson.plot.surface import STABLE, UNSTABLE
from richardson.provenance import record
from richardson.symbolic.model import Model

CUBIC = Model.from_equations({"x": "m + l*x - x**3"}, parameters={"m": 0.0, "l": 1.0}, name="cubic")  # the cusp's normal form
STATES = np.linspace(-1.5, 1.5, 301)


def section(level: float) -> Branch:
    """Equilibria along m in closed form, m = x³ − l x, stable where 3 x² > l."""
    model = CUBIC.with_values(l=level)
    stable = level < 3 * STATES**2
    values = STATES**3 - level * STATES
    return Branch("m", values, STATES[:, None], (level - 3 * STATES**2)[:, None], stable, (), Outcome.REACHED_END, model, record(model))


@pytest.fixture(scope="module")
def folds() -> Locus:
    side = np.linspace(-0.6, 0.6, 61)
    values = np.column_stack((-2 * side**3, 3 * side**2))
    cusp = SpecialPoint("cusp", (0.0, 0.0), np.zeros(1), ((0.0, 0.0), (0.0, 0.0)), 0.0)
    return Locus("fold", ("m", "l"), values, side[:, None], None, (cusp,), Outcome.REACHED_END, CUBIC, record(CUBIC))


def test_facets_lie_on_the_surface_in_the_colour_of_their_stability(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def surface(axes: Axes3D, *grids: FloatArray, facecolors: FloatArray, **look: Any) -> None:
        seen["grids"], seen["colours"] = grids, facecolors

    monkeypatch.setattr(Axes3D, "plot_surface", surface)
    plot.equilibrium_surface([section(level) for level in (1.0, -0.5, 0.25)], "l")
    m, level, x = seen["grids"]
    assert level[:, 0].tolist() == [-0.5, 0.25, 1.0]
    np.testing.assert_allclose(m, x**3 - level * x, atol=1e-3)  # chords of 300 points
    clear = np.abs(3 * x**2 - level) > 0.05
    wanted = np.where((3 * x**2 > level)[..., None], to_rgba(STABLE), to_rgba(UNSTABLE))
    np.testing.assert_array_equal(seen["colours"][clear], wanted[clear])


def test_the_fold_and_its_cusp_stand_on_the_surface_and_are_explained(folds: Locus) -> None:
    ax = plot.equilibrium_surface([section(level) for level in (0.0, 1.0)], "l", folds=[folds])
    drawn = {line.get_label(): np.array(line.get_data_3d()) for line in ax.get_lines()}
    _, level, x = drawn["fold"]
    np.testing.assert_allclose(level, 3 * x**2, atol=0.1)  # lifted a little, so that it is not hidden
    np.testing.assert_allclose(drawn["cusp"][:2, 0], (0, 0))
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["stable equilibrium", "unstable equilibrium", "fold", "cusp"]
    assert [label.split(",")[0] for label in (ax.get_xlabel(), ax.get_ylabel(), ax.get_zlabel())] == ["$m$", "$l$", "$x$"]


def test_what_is_no_surface_is_refused(folds: Locus) -> None:
    pair = [section(0.0), section(1.0)]
    for wrong, match in (([pair[0]], "two branches or more"), ([pair[0], pair[0]], "its own value of l")):
        with pytest.raises(InvalidInputError, match=match):
            plot.equilibrium_surface(wrong, "l")
    with pytest.raises(UnknownNameError):
        plot.equilibrium_surface(pair, "k")
    with pytest.raises(InvalidInputError, match="three dimensions"):
        plot.equilibrium_surface(pair, "l", ax=plot.figure().add_subplot())
    with pytest.raises(InvalidInputError, match="Continue them over these two"):
        plot.equilibrium_surface(pair, "l", folds=[replace(folds, parameters=("m", "k"))])
