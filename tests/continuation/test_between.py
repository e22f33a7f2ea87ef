"""Where a curve turns back within a step, by the roots of the slope of its cubic."""

from dataclasses import dataclass

import numpy as np
import pytest

from richardson.arrays import FloatArray
from richardson.continuation.between import first_exit


@dataclass(frozen=True)
class Corner:
    """All below 0 in the first coordinate and above −1 in the second."""

    lower: FloatArray
    upper: FloatArray


BOX = Corner(np.array([-np.inf, -1.0]), np.array([0.0, np.inf]))


@pytest.mark.parametrize("second", [-1.0, -0.3, -2.0])
@pytest.mark.parametrize(
    ("first", "rise"), [(1e-12, 0.0), (1e-12, 0.3), (1e-6, 0.0), (1e-6, 0.3), (0.1, 0.3), (0.1, -0.2), (1.0, 0.0), (1.0, -0.2)]
)
def test_a_curve_that_turns_outside_leaves_at_the_turn_of_its_cubic(first: float, second: float, rise: float) -> None:
    slope = [3.0 * (first + second) - 6.0 * rise, 6.0 * rise - 4.0 * first - 2.0 * second, first]
    turn = next(root.real for root in np.roots(slope) if 0.0 < root.real < 1.0)
    begin = -0.5 * (max(rise, 0.0) + np.polyval(np.polyint(slope), turn))  # both ends inside, the turn outside
    found = first_exit(BOX, np.array([begin, 0.0]), np.array([begin + rise, 1.0]), np.array([first, 1.0]), np.array([second, 1.0]))
    assert found == pytest.approx(turn, rel=1e-9)


def test_a_curve_along_a_border_does_not_leave_by_rounding() -> None:
    point, after = np.array([-2.0, -1.0]), np.array([-1.98, -1.0])
    assert first_exit(BOX, point, after, np.array([0.02, 1.6e-32]), np.array([0.02, -3.4e-18])) == 1.0
    assert first_exit(BOX, point, after, np.array([0.02, -3.4e-18]), np.array([0.02, 3.4e-18])) == 1.0
