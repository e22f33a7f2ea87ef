import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson.compiled import covers
from richardson.compiled.emit_tape import tape_of
from richardson.compiled.enclosure import Enclosure
from richardson.compiled.field import Field
from richardson.errors import ModelError
from richardson.models import security_dilemma
from richardson.symbolic.model import Model

SMOOTH = "tanh(x)*sinh(y) + cosh(x*y) - atan(x)/(2 + y**2) + exp(-x) + sigmoid(x) + softplus(y) + sin(x) - cos(2*y)"
BENT = "abs(x - a) + max(x, y) - min(x, 2*y) + hill(x, 2, 3) - hill(y, b, 1.5) + sqrt(3 + x*x) + log(2 + y*y) + (1 + x*x)**b - y**3"
EVERY = Model.from_equations({"x": SMOOTH, "y": BENT}, {"a": 0.3, "b": 1.7})
ENCLOSURE = Enclosure(EVERY)
WIDEST = 4.0  # of the states drawn: larger ones overflow nothing, but make every interval wide


def bounds(model: Model, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Intervals (…, 2) of rates and Jacobian on a box of states, parameters at their values."""
    cover = covers.Cover(Field.of(model), tape_of(model), (np.zeros(0, np.int64), np.zeros(0, np.int64)), np.zeros((4, 2)), holds_all=False)
    slots, tape, d = cover._slots(), cover.tape, len(model.states)
    slots[:d] = np.stack((low, high), axis=-1)
    covers._interpreter()(tape.operations, slots, tape.first, 0, len(tape.operations))
    found = slots[tape.places]
    return found[:d], found[d:].reshape(d, d, 2)


corners = st.tuples(*[st.floats(-WIDEST, WIDEST)] * 2)


@settings(max_examples=100)
@given(one=corners, other=corners, shares=st.tuples(*[st.floats(0, 1)] * 2))
def test_rates_and_slopes_at_a_point_lie_in_the_intervals_of_every_box_around_it(one: tuple, other: tuple, shares: tuple) -> None:
    low, high = np.minimum(one, other), np.maximum(one, other)
    point = np.clip(low + np.array(shares) * (high - low), low, high)
    at = [arb(float(x)) for x in point]
    values = [*ENCLOSURE.rates(at), *ENCLOSURE.jacobian(at).entries()]  # balls that hold the true values: another arithmetic
    for value, (below, above) in zip(values, np.concatenate([part.reshape(-1, 2) for part in bounds(EVERY, low, high)]), strict=True):
        assert below <= float(value.upper()) and float(value.lower()) <= above


@given(point=corners)
def test_the_interval_of_a_point_is_as_narrow_as_rounding(point: tuple) -> None:
    found = bounds(EVERY, np.array(point), np.array(point))
    straddles = np.isclose(point[0], [0.3, point[1], 2 * point[1]], atol=1e-12).any() or abs(point[0]) < 1e-300 or abs(point[1]) < 1e-300
    for part in found:
        assert straddles or ((part[..., 1] - part[..., 0]) <= 1e-9 * (1.0 + np.abs(part).max(axis=-1))).all()


def test_a_derivative_of_hill_in_its_exponent_has_no_bounds() -> None:
    with pytest.raises(ModelError, match="bounds"):
        tape_of(Model.from_equations({"x": "hill(x, 1, x) - x"}))


def test_products_of_what_is_not_negative_are_not_negative() -> None:
    _, slopes = bounds(security_dilemma(), np.zeros(2), np.full(2, 60.0))
    assert (slopes[[0, 1], [1, 0], 0] >= 0.0).all()  # so that monotony is seen


def test_overflow_makes_an_interval_wide_and_never_wrong() -> None:
    steep = Model.from_equations({"x": "2*(exp(x) - exp(2*x)) + 3*(exp(2*x) - exp(x))"})  # about e^2x, above all floats from 355 on
    ((below, above),), _ = bounds(steep, np.array([300.0]), np.array([800.0]))
    assert below <= np.exp(600.0) and above == np.inf
