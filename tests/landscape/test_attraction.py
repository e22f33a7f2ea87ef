"""What looks like an attractor and is none: members of continuous families, and equilibria that attract from one side only."""

import numpy as np
import pytest

from richardson.landscape.labelling import ESCAPED, UNDECIDED, label
from richardson.stability.window import Window
from richardson.symbolic.model import Model


@pytest.mark.parametrize(
    ("rate", "bounds", "expected"),
    [("x**2", {}, [UNDECIDED, UNDECIDED, ESCAPED]), ("-x**2", {"lower": {"x": 0}}, [-3, UNDECIDED, UNDECIDED])],
    ids=["from below", "on a bound"],
)
def test_paths_do_not_pass_over_an_equilibrium_that_attracts_from_one_side(
    rate: str, bounds: dict[str, dict[str, float]], expected: list[int]
) -> None:
    model = Model.from_equations({"x": rate}, **bounds, name="half-stable")  # x = −1/(1 + t) never passes zero
    found = label(model, np.array([[-1.0], [0.0], [1.0]]), Window(x=(-2, 2)))
    assert (found.labels.tolist(), found.attractors) == (expected, ())


@pytest.mark.slow
def test_an_equilibrium_that_may_be_a_double_one_is_no_attractor() -> None:
    model = Model.from_equations({"x": "1 - cos(x)", "y": "-y"}, name="half-stable")  # zero with its slope, whatever rounding says
    found = label(model, np.array([[-1.0, 0.5]]), Window(x=(-2, 2), y=(-1, 1)))
    assert (found.labels.tolist(), found.attractors) == ([UNDECIDED], ())


@pytest.mark.slow
def test_a_neutral_cycle_of_a_map_is_no_attractor_though_volumes_shrink() -> None:
    flip = Model.from_equations({"x": "-x", "y": "y/2"}, kind="map", name="flip")  # every (±x, 0) is a cycle of period 2
    found = label(flip, np.array([[0.5, 1.0]]), Window(x=(-2, 2), y=(-1, 1)))
    assert (found.labels.tolist(), found.attractors) == ([UNDECIDED], ())


@pytest.mark.slow
@pytest.mark.parametrize(
    "equations",
    [{"x": "y", "y": "-x", "z": "-z"}, {"x": "x*(1 - y)", "y": "y*(x - 1)", "z": "x - z"}],
    ids=["harmonic", "Lotka–Volterra"],
)
def test_orbits_of_a_centre_that_drives_a_third_state_are_no_attractors(equations: dict[str, str]) -> None:
    starts = np.array([[0.3, 0.8, 0.5], [0.9, 0.4, 0.2], [1.5, 0.7, 0.1]])
    found = label(Model.from_equations(equations, name="driven"), starts, Window(x=(0, 3), y=(0, 3), z=(-1, 1)))
    assert (found.labels.tolist(), found.attractors) == ([UNDECIDED] * 3, ())


@pytest.mark.slow
def test_a_torus_that_attracts_is_told_from_one_of_many() -> None:
    circle = Model.from_equations(
        {"x": "(0.6*x - 0.8*y)*(1.5 - 0.5*(x**2 + y**2))", "y": "(0.8*x + 0.6*y)*(1.5 - 0.5*(x**2 + y**2))"}, kind="map", name="circle"
    )
    found = label(circle, np.array([[0.5, 0.0], [0.0, 0.0], [0.0, 1.2]]), Window(x=(-2, 2), y=(-2, 2)))
    assert (found.labels.tolist(), len(found.attractors)) == ([0, UNDECIDED, 0], 1)


def test_a_path_that_stops_where_slopes_are_infinite_is_undecided() -> None:
    tank = Model.from_equations({"x": "-sqrt(x)", "y": "-y"}, lower={"x": 0}, name="tank")
    assert label(tank, np.array([[0.1, 1.0]]), Window(x=(0, 1), y=(-1, 1))).labels.tolist() == [UNDECIDED]
