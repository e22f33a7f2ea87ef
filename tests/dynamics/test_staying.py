"""From when on a run stays near a point, against closed forms and against samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson.dynamics.dense import DenseOutput
from richardson.dynamics.integrate import integrate
from richardson.dynamics.staying import largest_distances, last_outside
from richardson.symbolic.model import Model

SWING = Model.from_equations({"x": "v", "v": "-x - 2*z*v"}, {"z": 0.1}, name="swing")
REST = np.zeros(2)


def run_of(damping: float, end: float) -> DenseOutput:
    found = integrate(SWING.with_values(z=damping), [1.0, 0.0], [0.0, end], method="Tsit5", relative=1e-10, absolute=1e-12)
    assert found.dense is not None
    return found.dense


def test_the_largest_speed_of_a_swing_lies_between_its_steps() -> None:
    damping = 0.2
    root = np.sqrt(1 - damping**2)
    highest = np.exp(-damping / root * np.arctan2(root, damping))  # where the acceleration is zero
    assert largest_distances(run_of(damping, 40.0), REST) == pytest.approx([1.0, highest], rel=1e-8)


def test_a_swing_leaves_a_width_for_the_last_time_at_the_crossing_after_its_last_large_peak() -> None:
    damping, width = 0.1, 0.2
    found = last_outside(run_of(damping, 60.0), REST, np.array([width, 9.0]))
    root = np.sqrt(1 - damping**2)
    times = np.linspace(0.0, 60.0, 2_000_001)
    place = np.exp(-damping * times) * (np.cos(root * times) + damping / root * np.sin(root * times))
    assert found == pytest.approx(times[np.flatnonzero(np.abs(place) > width)[-1]], abs=4e-5)  # a sample and the error of the run


def test_a_peak_counts_that_is_higher_than_the_width_by_a_hair() -> None:
    """The n-th peak of the swing is exp(−n π z/√(1 − z²)): a width just below the fourth is left there, one just above it before."""
    damping = 0.1
    root = np.sqrt(1 - damping**2)
    height, when = np.exp(-4 * np.pi * damping / root), 4 * np.pi / root
    run = run_of(damping, 60.0)
    below, above = (last_outside(run, REST, np.array([height * (1 + share), 9.0])) for share in (-1e-6, 1e-6))
    assert below == pytest.approx(when, abs=3e-3)  # √(2e-6) from the top
    assert above < when - 1.0


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32), degree=st.integers(0, 6), steps=st.integers(1, 5), states=st.integers(1, 3))
def test_no_sample_of_any_polynomials_contradicts_what_is_found(seed: int, degree: int, steps: int, states: int) -> None:
    chance = np.random.default_rng(seed)
    run = DenseOutput(np.arange(steps + 1.0), chance.normal(size=(steps, degree + 1, states)))
    point, widths = chance.normal(size=states), chance.uniform(0.1, 3.0, states)
    places = np.linspace(-1.0, 1.0, 201)
    values = np.abs(run.at_points(np.arange(steps), np.tile(places, (steps, 1))) - point)
    largest = largest_distances(run, point)
    assert (values.max(axis=(0, 1)) <= largest * (1 + 1e-12) + 1e-12).all()
    assert largest == pytest.approx(values.max(axis=(0, 1)), rel=0.02, abs=0.02)
    outside = np.argwhere((values > widths).any(axis=2))
    sampled = 0.0 if not len(outside) else outside[-1][0] + (places[outside[-1][1]] + 1) / 2
    found = last_outside(run, point, widths)
    assert found >= sampled - 1e-9
    if found > sampled + 0.011:  # more than two samples later: an excursion between them, hardly above its width
        at = np.abs(run(np.array([found - 1e-9, found, found + 1e-9]).clip(0, steps)) - point) - widths
        assert at.max() > -1e-6


def test_a_run_that_is_never_outside_has_the_begin() -> None:
    assert last_outside(run_of(0.5, 5.0), REST, np.array([2.0, 2.0])) == 0.0
