"""A balance that moves with investment: offence gains first, defence later (docs/explanation/security-dilemma.md)."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from richardson.compiled.field import Field
from richardson.models import security_dilemma


@pytest.mark.parametrize("fear", ["instant", "state"])
@pytest.mark.parametrize("nations", [2, 3])
def test_a_balance_that_does_not_move_is_the_constant_balance(nations: int, fear: str) -> None:
    """o₀ = o_∞ = e^β, symbolically."""
    scaled, constant = security_dilemma(nations, fear, balance_scaling=True), security_dilemma(nations, fear)
    same = {scaled.symbol(name): sympy.exp(constant.symbol("balance")) for name in ("offence_early", "offence_late")}
    for one, other in zip(scaled.rates, constant.rates, strict=True):
        assert sympy.expand(one.subs(same), power_exp=True) == sympy.expand(other, power_exp=True)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_the_balance_falls_from_early_to_late_with_the_mean_of_arms(seed: int) -> None:
    """Threat as seen in fear's rate, τ ḟ + f = w o(x̄) e^−γ (1 − δ s) y, against the formula."""
    rng = np.random.default_rng(seed)
    early, late, scale, terrain, seen = rng.uniform((1, 0.1, 0.5, 0, 0), (3, 1, 20, 1, 1))
    model = security_dilemma(
        fear="state",
        balance_scaling=True,
        offence_early=early,
        offence_late=late,
        investment_scale=scale,
        terrain=terrain,
        distinguishability=seen,
    )
    x, y, fear = rng.uniform(0, 30, 3)
    threat = Field.of(model).rates(0.0, np.array([x, y, fear, 0.0]))[2] * 0.5 + fear
    offence = late + (early - late) / (1 + (x + y) / 2 / scale)
    assert threat == pytest.approx(offence * np.exp(-terrain) * (1 - 0.6 * seen) * y, rel=1e-12, abs=1e-12)  # rounding
    assert late <= offence <= early


def test_the_constant_balance_is_no_parameter_of_a_balance_that_scales() -> None:
    model = security_dilemma(balance_scaling=True)
    assert model.parameter_names[:3] == ("offence_early", "offence_late", "investment_scale")
    assert "balance" not in model.parameter_names
    assert any("Garfinkel" in source for source in model.references)


def test_beliefs_and_scaling_go_together() -> None:
    both = security_dilemma(beliefs=True, balance_scaling=True)
    assert {"prior_x", "offence_early"} <= set(both.parameter_names)
    assert not {"exposure_x", "balance"} & set(both.parameter_names)
