"""Texts of the command line as values."""

import pytest

from richardson.cli.arguments import assignments, intervals, spans
from richardson.errors import InvalidInputError


def test_values_and_intervals_are_read_as_they_are_written() -> None:
    assert assignments(["balance=0.05", "alarm = -1e-3"]) == {"balance": 0.05, "alarm": -0.001}
    assert spans(["x=0:25", "fear_x=2"]) == {"x": (0.0, 25.0), "fear_x": 2.0}
    assert intervals(["balance=-1:1"]) == {"balance": (-1.0, 1.0)}


@pytest.mark.parametrize("text", ["balance", "=1", "balance=", "balance=a", "balance=nan", "balance=inf", "balance=1:2"])
def test_a_malformed_value_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="balance|'=1'"):
        assignments([text])


@pytest.mark.parametrize("text", ["x=0:1:2", "x=:", "x=0:", "x=0:nan"])
def test_a_malformed_span_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="x="):
        spans([text])


@pytest.mark.parametrize("text", ["x=1", "x=1:1", "x=2:1"])
def test_an_interval_needs_two_ends_in_order(text: str) -> None:
    with pytest.raises(InvalidInputError, match="lower end first"):
        intervals([text])


@pytest.mark.parametrize("read", [assignments, spans, intervals])
def test_a_name_given_twice_is_refused(read: object) -> None:
    with pytest.raises(InvalidInputError, match="given twice"):
        read(["x=1", "x=2"])  # type: ignore[operator]
