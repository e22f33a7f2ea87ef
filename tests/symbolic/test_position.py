"""Start values are read by name or in order, and refused with what is wrong."""

import pytest

from richardson import errors
from richardson.models import security_dilemma
from richardson.symbolic.position import start_values


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ({"x": 1}, "no value for y"),
        ({"x": 1, "y": 2, "z": 3}, "no state 'z'"),
        ([1], "2 states"),
        ([[1, 2]], "2 states"),
        ([1, float("nan")], "finite"),
        (["a", "b"], "numbers"),
        (None, "2 states"),
        ([-1, 1], r"\[0, inf\)"),
    ],
)
def test_a_wrong_start_is_refused(start: object, message: str) -> None:
    with pytest.raises(errors.RichardsonError, match=message):
        start_values(security_dilemma(), start)  # type: ignore[arg-type] # wrong on purpose
