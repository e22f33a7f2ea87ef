"""Where linear reactions tip: the closed forms, and the same from the spiral number by bisection."""

from collections.abc import Callable

import numpy as np
import pytest
import sympy
from scipy.optimize import brentq

from richardson.errors import InvalidInputError
from richardson.models import linear, security_dilemma
from richardson.symbolic.conditions import critical_ambition, critical_balance, spiral_number_of
from richardson.symbolic.model import Model

LINEAR = {"alarm": 0, "strain": 0, "fatigue": 0.2, "defence": 0.5, "reassurance": 0.1}
UNEQUAL = {**LINEAR, "exposure_x": 0.5, "fatigue_y": 0.4, "ambition_x": 0.03, "target_x": 1.2, "distinguishability": 0.3, "terrain": 0.2}
RING = {"exposure": 0.0, "exposure_x_y": 0.9, "exposure_y_z": 0.7, "exposure_z_x": 0.4, "terrain_x_z": 0.3}


def spirals(model: Model, name: str) -> Callable[[float], float]:
    """R from the Jacobian in numbers over a parameter; linear, so at any state."""
    values = {model.symbol(other): value for other, value in model.values.items() if other not in model.resolve(name)}
    free = sympy.Symbol("free")
    values |= {model.symbol(member): free for member in model.resolve(name)}
    jacobian = sympy.lambdify(free, model.jacobian.xreplace(values), "numpy")
    followers = np.array([state.is_follower for state in model.states])
    return lambda value: spiral_number_of(np.asarray(jacobian(value), dtype=float), followers) or np.nan


def spiral(model: Model) -> float:
    return spirals(model, "balance")(model.values["balance"])


@pytest.mark.parametrize(("share", "gain"), [(0.0, 0.5), (0.5, 5 / 7), (1.0, 1.25)])
def test_the_critical_balance_has_its_closed_form(share: float, gain: float) -> None:
    found = critical_balance(security_dilemma(**LINEAR, distinguishability=share))
    assert np.exp(found.value) == pytest.approx(gain, rel=1e-14)


@pytest.mark.parametrize(("gain", "share", "number"), [(1.2, 0, 2.4), (0.4, 0, 0.8), (1.2, 1, 0.96), (0.4, 1, 0.32)])
def test_the_spiral_number_is_the_gain_over_the_critical_one(gain: float, share: float, number: float) -> None:
    world = security_dilemma(**LINEAR, balance=np.log(gain), distinguishability=share)
    assert gain / np.exp(critical_balance(world).value) == pytest.approx(number, rel=1e-14)
    assert spiral(world) == pytest.approx(number, rel=1e-14)


def test_the_formula_is_the_documented_one() -> None:
    a, k, p, w, d, s, m, c, terrain, balance = sympy.symbols(
        "fatigue defence reassurance exposure distinguishability defensive_share ambition target terrain balance", real=True
    )
    gain = k * w * (1 - d * s)
    found = critical_balance(security_dilemma(**LINEAR)).expression
    assert sympy.simplify(found - (a + k * p - m * (c - 1)) * sympy.exp(terrain) / gain) == 0
    greed = critical_ambition(security_dilemma(**LINEAR)).expression
    assert sympy.simplify(greed - (a + k * p - gain * sympy.exp(balance - terrain)) / (c - 1)) == 0


@pytest.mark.parametrize("nations", [2, 3])
@pytest.mark.parametrize("fear", ["instant", "state"])
def test_formula_and_number_agree(nations: int, fear: str) -> None:
    model = security_dilemma(nations, fear=fear, **LINEAR, ambition=0.01, distinguishability=0.4, terrain=0.1)
    found = critical_balance(model)
    assert found.expression is not None
    numbers = {symbol: model.values[model.resolve(symbol.name)[0]] for symbol in found.expression.free_symbols}
    assert float(sympy.log(found.expression.subs(numbers))) == pytest.approx(found.value, rel=1e-12)


@pytest.mark.parametrize(
    "model",
    [
        security_dilemma(**UNEQUAL),
        security_dilemma(fear="state", **UNEQUAL),
        security_dilemma(3, **LINEAR, **RING),
        security_dilemma(4, **{**LINEAR, "ambition": 0.02, "exposure_n1_n3": 0.1}),
    ],
    ids=["pair", "pair with fear", "ring", "four"],
)
def test_bisection_of_the_spiral_number_finds_the_critical_balance(model: Model) -> None:
    number = spirals(model, "balance")
    found = brentq(lambda balance: number(balance) - 1, -6, 6, xtol=1e-13, rtol=1e-14)
    assert critical_balance(model).value == pytest.approx(found, rel=1e-9)


@pytest.mark.parametrize(
    "model", [security_dilemma(**{**UNEQUAL, "balance": -2.0}), security_dilemma(3, **LINEAR, **RING, balance=-2)], ids=["pair", "ring"]
)
def test_bisection_of_the_spiral_number_finds_the_critical_ambition(model: Model) -> None:
    number = spirals(model, "ambition")
    found = brentq(lambda ambition: number(ambition) - 1, 0, 50, xtol=1e-13, rtol=1e-14)
    assert critical_ambition(model).value == pytest.approx(found, rel=1e-9)


def test_greed_undoes_the_third_world_at_its_closed_form() -> None:
    third = security_dilemma(**LINEAR, balance=np.log(1.2), distinguishability=1)
    assert critical_ambition(third).value == pytest.approx(0.02, rel=1e-12)
    assert spiral(third.with_values(ambition=0.0199)) < 1 < spiral(third.with_values(ambition=0.0201))


def test_what_no_balance_and_no_ambition_can_do_is_infinite() -> None:
    assert critical_balance(security_dilemma(**LINEAR, exposure_x=0)).value == np.inf  # no fear comes back
    chain = {**dict.fromkeys(("exposure_y_x", "exposure_z_x", "exposure_z_y"), 0.0)}
    assert critical_balance(security_dilemma(3, **LINEAR, **chain)).value == np.inf
    assert critical_ambition(security_dilemma(**LINEAR, balance=-3, target=1.0)).value == np.inf
    assert critical_balance(security_dilemma(**LINEAR, ambition=1.0)).value == -np.inf
    assert critical_ambition(security_dilemma(**LINEAR, balance=3)).value == -np.inf


def test_ambition_that_calms_has_no_critical_value_from_below() -> None:
    # k = 1.5, a = 1, c = ½: R = (1.5 + μ/2)/(1 + μ) is 1.5 at μ = 0 and falls through 1 at μ = 1
    for target in (0.5, 0.9):
        with pytest.raises(InvalidInputError, match="stable with some"):
            critical_ambition(security_dilemma(alarm=0, strain=0, defence=1.5, fatigue=1.0, target=target))


def test_the_formula_is_written_in_letters() -> None:
    found = critical_balance(security_dilemma(**LINEAR))
    assert found.to_latex().startswith(r"e^{\beta^*} = \frac{")
    assert repr(found) == "<R = 1 at balance -0.6931471806>"
    assert critical_balance(security_dilemma(**UNEQUAL)).expression is None


@pytest.mark.parametrize(
    ("model", "match"),
    [
        (security_dilemma(), "the reaction is linear"),
        (linear(), "flows with the parameter 'balance'"),
        (Model.from_equations({"x": "balance*y - x", "y": "x - 2*y"}, {"balance": 0.0}), "in the way of security_dilemma"),
        (Model.from_equations({"x": "exp(balance)*y + x", "y": "x - 2*y"}, {"balance": 0.0}), "not defined"),
        (Model.from_equations({"x": "-exp(balance)*y - x", "y": "x - 2*y"}, {"balance": 0.0}), "not defined"),
    ],
)
def test_other_races_have_no_such_balance(model: Model, match: str) -> None:
    with pytest.raises(InvalidInputError, match=match):
        critical_balance(model)


def test_critical_values_belong_to_a_model() -> None:
    for critical in (critical_balance, critical_ambition):
        with pytest.raises(InvalidInputError, match="belongs to a model"):
            critical("security dilemma")  # type: ignore[arg-type]
