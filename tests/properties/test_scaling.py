"""Units are scaled, not physics: every model of the catalogue is the same race in other units of arms and, if it is a flow, of time.

A state or parameter whose unit is armsᵖ·yrʳ is multiplied by cᵖsʳ; the rates are then multiplied by c/s, so that the trajectory,
the equilibria and the eigenvalues are the same in the new units. It holds exactly when every unit is declared right.
"""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import richardson as rn
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import Quantity, unit_exponents
from tests.properties.rates import FLOWS, FORMS, rates, somewhere

ROUNDING = 1e-9  # relative to the largest term that may cancel
factors = st.floats(0.2, 5.0)
seeds = st.integers(0, 2**32 - 1)
MEASURED = {name: model for name, model in FORMS.items() if any(one.unit != "1" for one in model.states) or model.kind == "flow"}


def bases(model: Model) -> list[str]:
    """Base units of a model, time first."""
    units = [unit_exponents(one.unit) for one in (*model.states, *model.parameters)]
    return list(dict.fromkeys(["yr", *(base for unit in units for base in unit)]))


def sizes(quantities: tuple[Quantity, ...], scales: dict[str, float]) -> np.ndarray:
    """Factor of each quantity when the base units are scaled."""
    units = [unit_exponents(one.unit) for one in quantities]
    return np.array([np.prod([scales[base] ** power for base, power in unit.items()]) for unit in units])


def rescaled(model: Model, scales: dict[str, float]) -> Model:
    numbers = np.array(model.numbers) * sizes(model.parameters, scales)
    return model.with_values(**dict(zip(model.parameter_names, numbers, strict=True)))


def drawn(model: Model, arms: float, time: float) -> dict[str, float]:
    """The same factor for every base unit but time, each a little apart so that none can stand for another."""
    return {base: arms * 1.1**place if place else time for place, base in enumerate(bases(model))}


def test_only_saperstein_measures_nothing() -> None:
    assert set(FORMS) - set(MEASURED) == {"saperstein"}


@pytest.mark.parametrize("name", MEASURED)
@settings(max_examples=10)
@given(arms=factors, time=factors, seed=seeds)
def test_rates_in_other_units_are_the_same_rates(name: str, arms: float, time: float, seed: int) -> None:
    """Of a map the next state, whose steps are counted: its time has no unit."""
    model = MEASURED[name]
    scales = drawn(model, arms, time := time if model.kind == "flow" else 1.0)
    state, values = somewhere(model, np.random.default_rng(seed))
    there = rates(model, state * sizes(model.states, scales), values * sizes(model.parameters, scales))
    here = rates(model, state, values) * sizes(model.states, scales) / time
    np.testing.assert_allclose(there, here, rtol=ROUNDING, atol=ROUNDING * np.abs(here).max())


@pytest.mark.parametrize("name", FLOWS)
def test_every_flow_declares_a_unit_of_time(name: str) -> None:
    """Else the test above would hold of a model without units at all."""
    assert any("yr" in unit_exponents(one.unit) for one in (*FLOWS[name].parameters, *FLOWS[name].states))


@pytest.mark.slow  # compiles a kernel for each model
@pytest.mark.parametrize("name", FLOWS)
def test_a_run_in_other_units_is_the_same_run(name: str) -> None:
    model, scales = FLOWS[name], drawn(FLOWS[name], 3.7, 0.6)
    start = 0.1 * np.abs(somewhere(model, np.random.default_rng(1))[0])  # so small that none blows up so soon
    times, tight = np.linspace(0.0, 0.5, 6), {"method": "LSODA", "relative": 1e-11, "absolute": 1e-12}
    run = rn.integrate(model, start, times, **tight)
    other = rn.integrate(rescaled(model, scales), start * sizes(model.states, scales), times * scales["yr"], **tight)
    assert other.outcome is run.outcome
    expected = run.states * sizes(model.states, scales)
    np.testing.assert_allclose(other.states, expected, rtol=1e-7, atol=1e-8 * np.abs(expected).max())  # errors of both runs


@pytest.mark.slow  # proofs for each model, twice
@pytest.mark.parametrize("name", [name for name, model in FLOWS.items() if 2 <= len(model.states) <= 4])
def test_equilibria_and_eigenvalues_are_the_same_in_other_units(name: str) -> None:
    model, scales = FLOWS[name], drawn(FLOWS[name], 3.7, 0.6)
    spans = {one.name: np.array([max(one.lower, -20.0), min(one.upper, 30.0)]) for one in model.states}
    sized = dict(zip(model.state_names, sizes(model.states, scales), strict=True))
    window = rn.Window(**{one: tuple(span) for one, span in spans.items()})
    larger = rn.Window(**{one: tuple(span * sized[one]) for one, span in spans.items()})
    try:
        here = rn.equilibria(model, window)
    except rn.errors.ComputationError as refusal:
        assert re.search("curve|isolated|plane", str(refusal))  # a line of them has no list, in no units
        with pytest.raises(rn.errors.ComputationError, match="curve|isolated|plane"):
            rn.equilibria(rescaled(model, scales), larger)
        return
    there = rn.equilibria(rescaled(model, scales), larger)
    assert len(here) > 0
    assert [one.kind for one in there] == [one.kind for one in here]
    for one, other in zip(here, there, strict=True):
        np.testing.assert_allclose(other.state, one.state * list(sized.values()), rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(other.eigenvalues, one.eigenvalues / scales["yr"], rtol=1e-7, atol=1e-9)
