"""Chaos drawn: what stands on the axes, and that every number of a result is there."""

import numpy as np
import pytest

from richardson.errors import InvalidInputError, UnknownNameError
from richardson.landscape.lyapunov import lyapunov_spectrum
from richardson.landscape.orbits import OrbitDiagram, orbit_diagram
from richardson.landscape.poincare import poincare_section
from richardson.models import saperstein
from richardson.plot import chaos
from richardson.symbolic.model import Model

HENON = Model.from_equations({"x": "1 - a*x**2 + y", "y": "b*x"}, {"a": 1.4, "b": 0.3}, kind="map", name="Hénon")
CIRCLE = Model.from_equations({"x": "y", "y": "-x", "z": "0"}, name="circle")


@pytest.fixture(scope="module")
def diagram() -> OrbitDiagram:
    return orbit_diagram(HENON, "a", np.linspace(1, 2, 21), [0, 0], keep=10)


def test_averages_are_drawn_less_the_last_with_its_value_in_the_legend() -> None:
    found = lyapunov_spectrum(HENON, [0.1, 0.1], horizon=2000)
    ax = chaos.lyapunov(found)
    assert ax.lines[0].get_ydata()[-1] == 0.0
    assert ax.get_legend().get_texts()[0].get_text().startswith(r"$\lambda_{1} = 0.4")
    assert ax.get_xlabel() == "steps after the transient"


def test_exponents_along_a_parameter_stand_in_its_order() -> None:
    several = [lyapunov_spectrum(saperstein(reaction=value), [0.3, 0.3], horizon=500) for value in (0.8, 0.7, 0.5)]
    ax = chaos.lyapunov(several, parameter="reaction")
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [0.5, 0.7, 0.8])
    assert np.isnan(ax.lines[0].get_ydata()[0])  # −∞ has no place
    assert ax.get_xlabel().startswith("reaction")


def test_every_state_that_is_known_is_a_dot(diagram: OrbitDiagram) -> None:
    ax = chaos.orbit_diagram(diagram, state="y")
    assert ax.lines[0].get_ydata().size == np.isfinite(diagram["y"]).sum()
    assert ax.get_ylabel() == "$y$"


def test_orbits_that_end_are_marked_under_the_others(diagram: OrbitDiagram) -> None:
    ax = chaos.orbit_diagram(diagram)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["escaped"]
    assert ax.lines[1].get_xdata().size == sum(outcome.name == "ESCAPED" for outcome in diagram.outcomes)


def test_a_section_is_drawn_in_the_states_that_vary() -> None:
    found = poincare_section(CIRCLE, [0, 1, 5], "x - y", direction=0, count=6)
    ax = chaos.poincare(found)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x$", "$y$")
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), found["x"])


def test_what_cannot_be_drawn_is_refused(diagram: OrbitDiagram) -> None:
    found = lyapunov_spectrum(saperstein(reaction_x=0.6), [0.3, 0.3], horizon=100)
    with pytest.raises(InvalidInputError, match="is for several"):
        chaos.lyapunov(found, parameter="reaction")
    with pytest.raises(InvalidInputError, match="over a parameter"):
        chaos.lyapunov([found])
    with pytest.raises(InvalidInputError, match="differ"):
        chaos.lyapunov([found], parameter="reaction")
    with pytest.raises(UnknownNameError):
        chaos.orbit_diagram(diagram, state="z")
    with pytest.raises(InvalidInputError, match="two states"):
        chaos.poincare(poincare_section(CIRCLE, [0, 1, 0], "y", count=1), states=("x",))  # type: ignore[arg-type]
