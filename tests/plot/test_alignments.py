"""Who sides with whom, as a square of colours."""

import numpy as np
import pytest

from richardson import errors, plot
from richardson.dynamics.trajectory import Trajectory
from richardson.models import balance_of_power, linear
from richardson.outcome import Outcome
from richardson.provenance import record
from richardson.symbolic.model import Model

MODEL = balance_of_power(("a", "b", "c"))
TIMES = np.array([0.0, 1.0, 2.0])


def run_of(model: Model, ends: list[float]) -> Trajectory:
    """A run that ends somewhere, made up."""
    states = np.outer([0.0, 0.5, 1.0], ends)
    return Trajectory(TIMES, states, (), Outcome.REACHED_END, None, None, model, record(model))


def test_every_pair_has_its_alignment_both_ways_and_nobody_one_with_itself() -> None:
    ax = plot.alignments(run_of(MODEL, [1.0, 1.0, 1.0, -0.9, -0.5, 0.75]))
    colours = ax.collections[0].get_array().reshape(3, 3)
    expected = np.ma.masked_invalid([[np.nan, -0.9, -0.5], [-0.9, np.nan, 0.75], [-0.5, 0.75, np.nan]])
    np.testing.assert_array_equal(colours.mask, expected.mask)
    np.testing.assert_array_equal(colours.compressed(), expected.compressed())
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "b", "c"]
    assert sorted(text.get_text() for text in ax.texts) == sorted(["−0.90", "−0.50", "0.75"] * 2)


def test_what_has_no_alignments_is_refused_with_what_to_give() -> None:
    with pytest.raises(errors.InvalidInputError, match="no alignments of its nations. Give"):
        plot.alignments(run_of(linear(), [1.0, 1.0]))
