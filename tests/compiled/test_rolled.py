"""Long functions as loops, and derivatives through what rates share: the numbers of the formulas that are written out."""

from typing import Any

import numpy as np
import pytest
import sympy

from richardson.compiled import emit
from richardson.compiled.emit_rolled import Statement, rolled
from richardson.models import balance_of_power, security_dilemma
from richardson.symbolic.chain import with_slopes
from richardson.symbolic.model import Model

ROUNDING = 1e-13  # relative to the largest entry: sums in another order


def evaluated(text: str, model: Model, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rates and Jacobian of an emitted module, not compiled."""
    module: dict[str, Any] = {}
    exec(text, module)
    d = len(state)
    out, jacobian = np.full(d, np.nan), np.full((d, d), np.nan)
    with np.errstate(all="ignore"):
        module["rates_and_jacobian"](0.0, state, np.array(model.numbers), out, jacobian)
    return out, jacobian


def differing(model: Model) -> Model:
    """The model at numbers of which no two are alike."""
    spread = np.random.default_rng(1).uniform(0.3, 0.9, len(model.numbers))
    values = dict(zip(model.parameter_names, spread.tolist(), strict=True))
    return model.with_values(**values | {"steepness": 2.5})


@pytest.mark.parametrize("count", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_rolled_functions_have_the_bits_of_straight_ones(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    model = differing(balance_of_power(count))
    state = np.random.default_rng(2).uniform(0.1, 0.9, len(model.states))
    straight = evaluated(emit.rates_source(model), model, state)
    monkeypatch.setattr(emit, "MOST_IN_LINE", 0)
    text = emit.rates_source(model)
    assert "for r in range" in text
    for one, same in zip(straight, evaluated(text, model, state), strict=True):
        np.testing.assert_array_equal(same, one)


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(lambda: balance_of_power(2), id="two nations"),
        pytest.param(lambda: balance_of_power(3), id="three nations"),
        pytest.param(lambda: balance_of_power(4), id="four nations", marks=pytest.mark.slow),
        pytest.param(lambda: security_dilemma(3, beliefs=True), id="beliefs", marks=pytest.mark.slow),
    ],
)
def test_derivatives_through_shared_parts_are_those_of_formulas(monkeypatch: pytest.MonkeyPatch, model: Any) -> None:
    made = differing(model())
    state, both = np.random.default_rng(3).uniform(0.1, 0.9, len(made.states)), []
    for most in (10**9, 0):
        monkeypatch.setattr(emit, "MOST_IN_FORMULAS", most)
        both.append(evaluated(emit.rates_source(made), made, state))
    for one, same in zip(*both, strict=True):
        np.testing.assert_allclose(same, one, rtol=ROUNDING, atol=ROUNDING * np.abs(one).max())


@pytest.mark.slow
def test_six_nations_with_alignments_are_some_tens_of_loops_with_the_slopes_of_their_rates() -> None:
    """By differences of rates, which are good to eight digits."""
    model = differing(balance_of_power(6))
    text, state = emit.rates_source(model), np.random.default_rng(4).uniform(0.1, 0.9, 21)
    assert 10 < text.count("for r in range") < 100
    jacobian, step = evaluated(text, model, state)[1], 1e-6
    moved = [evaluated(text, model, state + sign * way)[0] for way in step * np.eye(21) for sign in (1, -1)]
    np.testing.assert_allclose(jacobian, (np.array(moved[::2]) - np.array(moved[1::2])).T / (2 * step), atol=1e-8)


def test_statements_may_come_in_any_order_and_are_computed_after_what_they_need() -> None:
    statements = [Statement("out[0]", "c1*x1"), Statement("c1", "c0 + p0"), Statement("out[1]", "c0*x0"), Statement("c0", "x0*x1")]
    module: dict[str, Any] = {"array": np.array, "empty": np.empty}
    exec(rolled("f(x, p, out)", statements, 2, 1), module)
    out = np.empty(2)
    module["f"](np.array([2.0, 3.0]), np.array([5.0]), out)
    assert out.tolist() == [33.0, 12.0]


def test_slopes_go_through_shared_parts_each_over_those_before_it() -> None:
    x, y, a = sympy.symbols("x y a", real=True)
    rate = sympy.exp(x * y + a) * (x * y + a) + sympy.sign(x * y + a)
    shared, values, slopes = with_slopes([rate, a], [x, y])

    known = {x, y, a}
    for symbol, part in shared:
        assert part.free_symbols <= known
        known.add(symbol)

    def whole(expression: sympy.Expr) -> sympy.Expr:
        while expression.free_symbols & dict(shared).keys():
            expression = expression.xreplace(dict(shared))
        return expression

    assert [sympy.simplify(whole(value) - one) for value, one in zip(values, (rate, a), strict=True)] == [0, 0]
    smooth = sympy.exp(x * y + a) * (x * y + a)
    expected = [smooth.diff(x), smooth.diff(y), 0, 0]
    assert [sympy.simplify(whole(slope) - one) for slope, one in zip(slopes, expected, strict=True)] == [0, 0, 0, 0]
