"""Figures as pictures, in the one environment in which their pictures were made; structure is tested beside each plot function.

After a change that is meant: ``pytest tests/images -m slow --mpl-generate-path=tests/images/baseline -W ignore``, and look at what
changed.
"""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from richardson import models, plot
from richardson.continuation.follow import continue_equilibrium
from richardson.dynamics.integrate import integrate
from richardson.stability.equilibria import equilibria
from richardson.stability.portrait import phase_portrait
from richardson.stability.window import Window

PINNED = "3.11.2"  # of matplotlib: another draws letters and ticks elsewhere
DOTS = 120  # an inch: enough to see what moved, few enough for small files
MODEL = models.security_dilemma()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(mpl.__version__ != PINNED, reason=f"the pictures are those of matplotlib {PINNED}"),
]
compared = pytest.mark.mpl_image_compare(style="default", savefig_kwargs={"dpi": DOTS}, deterministic=True)


@compared
def test_portrait() -> Figure:
    return plot.portrait(phase_portrait(MODEL, Window(x=(0, 25), y=(0, 25)))).figure


@compared
def test_portrait_in_computer_modern_on_a_slide() -> Figure:
    with plot.paper("slide", font="Computer Modern"):
        return plot.portrait(phase_portrait(MODEL, Window(x=(0, 25), y=(0, 25)))).figure


@compared
def test_diagram() -> Figure:
    calm = equilibria(MODEL, Window(x=(0, 60), y=(0, 60)))[0]
    return plot.diagram(continue_equilibrium(MODEL, calm, "balance", (-0.5, 0.5))).figure


@compared
def test_series() -> Figure:
    return plot.series(integrate(MODEL, {"x": 1.0, "y": 4.0}, np.linspace(0, 30, 61))).figure
