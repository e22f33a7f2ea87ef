"""Figures as pictures, in the one environment in which their pictures were made; structure is tested beside each plot function.

After a change that is meant: ``pytest tests/images -m slow --mpl-generate-path=tests/images/baseline -W ignore``, and look at what
changed.
"""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from richardson import data, models, plot, theories
from richardson.continuation.follow import continue_equilibrium
from richardson.dynamics.integrate import integrate
from richardson.estimation.estimate import estimate
from richardson.landscape.basins import basins
from richardson.landscape.orbits import orbit_diagram
from richardson.landscape.stability_map import stability_map
from richardson.stability.equilibria import equilibria
from richardson.stability.portrait import phase_portrait
from richardson.stability.window import Window
from richardson.study.design import Design
from richardson.study.sensitivity import sensitivity
from richardson.theory.diagnose import diagnose
from richardson.theory.shares import arming_shares
from tests.images.pinned import PINNED, SETTINGS, is_pinned, with_pinned

TOLERANCE = float(SETTINGS["tool"]["pytest"]["ini_options"]["mpl-default-tolerance"])
BASELINE = Path(__file__).with_name("baseline")
DOTS = 120  # an inch: enough to see what moved, few enough for small files
MODEL = models.security_dilemma()
PLANE, ALL = Window(x=(0, 25), y=(0, 25)), Window(x=(0, 60), y=(0, 60))

pytestmark = [pytest.mark.slow, with_pinned]
compared = pytest.mark.mpl_image_compare(style="default", savefig_kwargs={"dpi": DOTS}, deterministic=True)


def test_the_pictures_are_compared_with_the_matplotlib_that_drew_them() -> None:
    assert is_pinned, f"The pictures are those of matplotlib {PINNED}; this is {mpl.__version__}. Install '.[test,dev]'."


@compared
def test_portrait() -> Figure:
    return plot.portrait(phase_portrait(MODEL, PLANE)).figure


@compared
def test_portrait_in_computer_modern_on_a_slide() -> Figure:
    with plot.paper("slide", font="Computer Modern"):
        return plot.portrait(phase_portrait(MODEL, PLANE)).figure


@compared
def test_basins() -> Figure:
    return plot.basins(basins(models.security_dilemma(balance=0.05), Window(x=(0, 12), y=(0, 12)), resolution=(24, 24))).figure


@compared
def test_diagram() -> Figure:
    return plot.diagram(continue_equilibrium(MODEL, equilibria(MODEL, ALL)[0], "balance", (-0.5, 0.5))).figure


@compared
def test_stability_map() -> Figure:
    grids = {"balance": np.linspace(-1, 1, 21), "distinguishability": np.linspace(0, 1, 15)}
    return plot.stability_map(stability_map(MODEL, grids)).figure


@compared
def test_orbit_diagram() -> Figure:
    return plot.orbit_diagram(orbit_diagram(models.saperstein(), "reaction", np.linspace(0.7, 1.0, 40), [0.3, 0.3], keep=20)).figure


@compared
def test_series() -> Figure:
    return plot.series(integrate(MODEL, {"x": 1.0, "y": 4.0}, np.linspace(0, 30, 61))).figure


@compared
def test_estimate() -> Figure:
    fit = estimate(models.linear(), data.rivalry("Greece", "Turkey"), rng=1)
    return next(iter(plot.estimate(fit).values())).figure


@compared
def test_sensitivity() -> Figure:
    design = Design.for_sensitivity({"alarm": (2.7, 3.3), "balance": (-0.1, 0.1), "threshold": (3.6, 4.4)}, size=2**6, rng=1)
    return plot.sensitivity(sensitivity(MODEL, design, outcome="spiral_number", rng=1)).figure


@compared
def test_diagnoses() -> Figure:
    asked = {"a dilemma": theories.security_dilemma(), "an aggressor": theories.offensive_realism()}
    return plot.diagnoses({name: diagnose(model) for name, model in asked.items()}).figure


@compared
def test_arming_shares() -> Figure:
    return plot.arming_shares(arming_shares(MODEL, at=equilibria(MODEL, ALL)[-1])).figure


def lose_equilibria(axes: Axes) -> None:
    """Every marker, in so far as it is of an equilibrium."""
    for line in [line for line in axes.get_lines() if line.get_marker() == "o"]:
        line.remove()


def lose_one_equilibrium(axes: Axes) -> None:
    """The first that was drawn."""
    next(line for line in axes.get_lines() if line.get_marker() == "o").remove()


def lose_a_nullcline(axes: Axes) -> None:
    """The line of y at rest."""
    next(line for line in axes.get_lines() if line.get_color() == plot.colour(1)).remove()


def lose_the_legend(axes: Axes) -> None:
    """All that explains."""
    legend = axes.get_legend()
    assert legend is not None
    legend.remove()


def lose_a_label(axes: Axes) -> None:
    """What the upright axis shows."""
    axes.set_ylabel("")


@pytest.mark.parametrize("lose", [None, lose_equilibria, lose_one_equilibrium, lose_a_nullcline, lose_the_legend, lose_a_label])
def test_a_picture_that_lost_something_is_another(lose: Callable[[Axes], None] | None, tmp_path: Path) -> None:
    with mpl.style.context("default"):
        axes = plot.portrait(phase_portrait(MODEL, PLANE))
        axes.figure.savefig(BytesIO(), dpi=DOTS)
        axes.figure.set_layout_engine("none")  # what is left stays where it was: the hardest case
        if lose is not None:
            lose(axes)
        axes.figure.savefig(tmp_path / "drawn.png", dpi=DOTS)
    found = compare_images(str(BASELINE / "test_portrait.png"), str(tmp_path / "drawn.png"), TOLERANCE)
    assert (found is None) == (lose is None), found
