"""Flows followed for drawing: forwards, backwards, to the border of a box."""

import numpy as np
import pytest

from richardson.dynamics.follow import follow
from richardson.dynamics.march import SOLVERS
from richardson.outcome import Outcome

METHODS = sorted(SOLVERS)
MATRIX = np.array([[1.0, 2.0], [3.0, -1.0]])


class Linear:
    def rates(self, time, state):
        return MATRIX @ state

    def jacobian(self, time, state):
        return MATRIX


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("direction", [1, -1])
def test_a_path_follows_the_flow_either_way(method, direction):
    path = follow(Linear(), np.array([1.0, -0.5]), 2.0, direction=direction, method=method, relative=1e-7, absolute=1e-9)
    root = np.sqrt(7.0)  # MATRIX² = 7, so e^(A t) = cosh(√7 t) + A sinh(√7 t)/√7
    growth, turn = np.cosh(root * path.times), direction * np.sinh(root * path.times) / root
    exact = growth[:, None] * [1.0, -0.5] + turn[:, None] * (MATRIX @ [1.0, -0.5])
    assert path.outcome is Outcome.REACHED_END and path.times[-1] == 2.0
    assert path.states == pytest.approx(exact, rel=1e-3, abs=1e-4)  # the error grows as e^(2√7)
    assert (np.diff(path.times) > 0).all() and len(path.times) > 60


@pytest.mark.parametrize("method", METHODS)
def test_a_path_ends_on_the_border_of_its_box(method):
    box = np.array([-2.0, -np.inf]), np.array([3.0, np.inf])
    path = follow(Linear(), np.array([1.0, 0.5]), 50.0, box=box, method=method)
    assert path.outcome is Outcome.REACHED_BOUND
    assert path.states[-1, 0] == 3.0 and (path.states[:-1, 0] <= 3.0).all()


def test_a_path_that_starts_on_the_border_and_moves_inwards_stays_inside():
    box = np.array([-1.0, -1.0]), np.array([1.0, 1.0])

    class Sink(Linear):
        def rates(self, time, state):
            return -state

        def jacobian(self, time, state):
            return -np.eye(2)

    path = follow(Sink(), np.array([1.0, -1.0]), 5.0, box=box)
    assert path.outcome is Outcome.REACHED_END
    assert path.states[-1] == pytest.approx(np.array([1, -1]) * np.exp(-5.0), rel=1e-6)


def test_escape_and_failure_are_outcomes_and_never_raised():
    class Wall(Linear):
        def rates(self, time, state):
            return -1.0 / state

        def jacobian(self, time, state):
            return np.diag(1.0 / state**2)

    assert follow(Linear(), np.array([1.0, 1.0]), 50.0, bound=1e3).outcome is Outcome.ESCAPED
    path = follow(Wall(), np.array([1.0, 1.0]), 5.0)
    assert path.outcome in (Outcome.STEP_TOO_SMALL, Outcome.NOT_FINITE) and path.times[-1] == pytest.approx(0.5, abs=1e-5)
    assert follow(Linear(), np.array([1.0, 1.0]), 5.0, step_limit=3).outcome is Outcome.STEP_LIMIT
