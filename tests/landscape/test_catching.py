"""Ellipsoids that are shown, not proved, to hold paths: they lie within the basin, and shrink where another border is near."""

import numpy as np
import pytest

from richardson.compiled.field import Field
from richardson.landscape.catching import Ball, ball_round
from richardson.symbolic.model import Model


def half_axes(ball: Ball) -> np.ndarray:
    """Lengths of the half axes, largest first."""
    return 1.0 / np.sqrt(np.linalg.eigvalsh(ball.matrix))


@pytest.mark.parametrize("gap", [0.5, 0.05, 0.005], ids=str)
def test_an_ellipsoid_stays_clear_of_a_saddle(gap: float) -> None:
    model = Model.from_equations({"x": "(x - 1)*(x - 1 + gap)*(-1)*3", "y": "-y"}, {"gap": gap})  # stable at 1, saddle at 1 − gap
    balls = ball_round(Field.of(model), [np.array([1.0, 0.0])])
    assert half_axes(balls[0]).max() < gap


def test_the_ellipsoid_of_a_linear_flow_is_as_large_as_is_tried() -> None:
    balls = ball_round(Field.of(Model.from_equations({"x": "-x + 1", "y": "-y + 1"})), [np.ones(2)])
    assert half_axes(balls[0]) == pytest.approx(0.025)  # half of a twentieth


def test_nothing_is_found_round_what_does_not_attract() -> None:
    assert ball_round(Field.of(Model.from_equations({"x": "x", "y": "-y"})), [np.zeros(2)]) == []


def test_no_ellipsoid_lets_paths_leave_the_domain() -> None:
    spiral = Model.from_equations({"x": "-0.1*x + y", "y": "-x - 0.1*y"}, lower={"x": 0})  # turns through x < 0
    assert ball_round(Field.of(spiral), [np.zeros(2)]) == []


def test_each_point_of_a_cycle_of_a_map_has_an_ellipsoid() -> None:
    logistic = Model.from_equations({"x": "3.2*x*(1 - x)"}, kind="map")
    root = np.sqrt((3.2 + 1) * (3.2 - 3))
    points = [np.array([(3.2 + 1 + root) / 6.4]), np.array([(3.2 + 1 - root) / 6.4])]
    assert [ball.centre.tolist() for ball in ball_round(Field.of(logistic), points)] == [point.tolist() for point in points]
