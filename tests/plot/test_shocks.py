"""Smallest fatal shocks as arrows over a plane of two states."""

from math import inf

import numpy as np
import pytest
from matplotlib.axes import Axes

from richardson import models, plot
from richardson.errors import InvalidInputError
from richardson.landscape.resilience import Resilience
from richardson.landscape.shocks import Shock
from richardson.provenance import record
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.symbolic.model import Model


def resilience_of(model: Model) -> Resilience:
    """Of a model with one equilibrium near: a fatal shock of (2, 1), and none found for x."""
    window = Window(**dict.fromkeys(model.state_names, (0, 8)))
    extra = len(model.states) - 2
    shocks = (
        Shock("any", model.state_names, 5.0**0.5, (2.2, 2.3), np.array([2.0, 1.0, *[0.0] * extra]), "escapes", 2.2, 2.0),
        Shock("x", ("x",), inf, (inf, inf), np.full(len(model.states), np.nan), "", 5.0, 0.0),
    )
    start = equilibria(model, window)[0]
    unknown = np.eye(len(model.states))
    rest = {"reactivity": -0.4, "amplification": 1.0, "amplification_time": 0.0, "margin": None, "noise": unknown[0], "covariance": unknown}
    more = {"autocorrelation": unknown[0], "lag": 1.0, "relaxation_time": 2.4, "norm": 2.0, "scales": np.ones(len(model.states))}
    return Resilience(equilibrium=start, window=window, shocks=shocks, model=model, provenance=record(model), **rest, **more)


@pytest.fixture(scope="module")
def found() -> Resilience:
    return resilience_of(models.linear(defence=0.5, fatigue=1.0, grievance=1.0))


def arrows(ax: Axes) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Start and end of each arrow."""
    return [(text.xyann, text.xy) for text in ax.texts if text.arrow_patch is not None]


def test_an_arrow_goes_from_the_equilibrium_to_where_the_shock_leads_and_bears_its_size(found: Resilience) -> None:
    ax = plot.shocks(found)
    ((start, end),) = arrows(ax)
    np.testing.assert_allclose(start, (2.0, 2.0), rtol=1e-9)  # g/(a − k)
    np.testing.assert_allclose(end, (4.0, 3.0), rtol=1e-9)
    assert "2.24" in [text.get_text() for text in ax.texts]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["smallest fatal shock [arms]"]


def test_the_plane_may_be_turned_and_given_limits_stay(found: Resilience) -> None:
    ax = plot.figure().add_subplot()
    ax.set(xlim=(0, 5), ylim=(0, 6))
    assert plot.shocks(found, states=("y", "x"), ax=ax) is ax
    np.testing.assert_allclose(arrows(ax)[0][1], (3.0, 4.0), rtol=1e-9)
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 5), (0, 6))


def test_other_planes_are_refused(found: Resilience) -> None:
    with pytest.raises(InvalidInputError, match="has the states"):
        plot.shocks(found, states=("x", "z"))
    with pytest.raises(InvalidInputError, match="has 3 states"):
        plot.shocks(resilience_of(models.nations(3)))
