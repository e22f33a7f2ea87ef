"""Where each start ends: labels against separatrices that are known, and against ends that are known."""

import numpy as np
import pytest

from richardson.errors import InvalidInputError
from richardson.landscape.labelling import label
from richardson.stability.window import Window
from richardson.symbolic.model import Model

COMPETITION = Model.from_equations({"x": "x*(3 - x - 2*y)", "y": "y*(2 - x - y)"}, lower={"x": 0, "y": 0}, name="competition")


@pytest.mark.slow
def test_starts_go_to_the_attractor_on_their_side() -> None:
    starts = np.array([[3.0, 0.1], [0.1, 2.0], [1.0, 1.2], [1.2, 1.0]])
    found = label(COMPETITION, starts, Window(x=(0, 4), y=(0, 4)))
    assert [found.attractors[place].states[0].round(9).tolist() for place in found.labels] == [[3, 0], [0, 2], [0, 2], [3, 0]]


def test_starts_of_another_shape_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="have the shape"):
        label(COMPETITION, np.zeros((3, 3)), Window(x=(0, 4), y=(0, 4)))


@pytest.mark.slow
def test_a_start_on_a_stable_manifold_of_a_saddle_is_undecided() -> None:
    double_well = Model.from_equations({"x": "x - x**3", "y": "-y"})
    found = label(double_well, np.array([[0.0, 0.5], [1e-9, 0.5], [-1e-9, 0.5]]), Window(x=(-2, 2), y=(-1, 1)))
    assert found.labels.tolist() == [-1, 1, 0]


@pytest.mark.slow
def test_orbits_round_a_centre_go_to_no_attractor() -> None:
    found = label(Model.from_equations({"x": "y", "y": "-x"}), np.array([[1.0, 0.0], [0.0, 2.0]]), Window(x=(-3, 3), y=(-3, 3)))
    assert (found.labels.tolist(), found.attractors) == ([-1, -1], ())
