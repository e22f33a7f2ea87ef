"""Beliefs of many nations: the equations of few, as loops over nations and pairs."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson import errors
from richardson.compiled import emit
from richardson.compiled.kernels.layout import constant_rows, jacobian_rows
from richardson.dynamics.integrate import integrate
from richardson.files import load, save
from richardson.models import over_nations, security_dilemma
from richardson.stability.equilibria import equilibria
from richardson.stability.near import equilibrium_near
from richardson.stability.spectrum import spectrum
from richardson.stability.window import Window
from richardson.study.binding import bind
from richardson.study.design import Design
from richardson.study.run import run_ensemble
from richardson.symbolic.indexed_model import IndexedModel
from richardson.symbolic.model import Model
from tests.models.test_dilemma_over_nations import ROUNDING, check_sizes, evaluated, functions_of

MANY = 7  # the fewest that are kept as loops
FORMS = [  # those of six nations, whose 36 states have 1296 derivatives, and others that say the same again, are slow
    pytest.param(count, fear, scales, marks=() if (count, scales) == (2, False) else pytest.mark.slow)
    for count, fear, scales in product((2, 3, 6), ("instant", "state"), (False, True))
    if count < 6 or (fear, scales) == ("instant", False)
]


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    """Uncompiled functions take both sides of a choice, also where one is no number."""
    with np.errstate(all="ignore"):
        yield


def differing(model: Model) -> dict[str, float]:
    """Numbers for every parameter of a model that is written out, no two alike."""
    rng, ranges = (
        np.random.default_rng(1),
        {"steepness": (1.5, 2.5), "prior": (-2.0, 1.0), "exposure_high": (0.8, 0.9)},
    )
    found = {}
    for name in model.parameter_names:
        low, high = next((span for start, span in ranges.items() if name.startswith(start)), (0.1, 0.7))
        found[name] = float(rng.uniform(low, high))
    return found


def both_ways(monkeypatch: pytest.MonkeyPatch, count: int, fear: str, *, scales: bool = False) -> tuple[Model, IndexedModel]:
    """The same model, written out and as loops."""
    plain = security_dilemma(count, fear, beliefs=True, balance_scaling=scales)
    values = differing(plain)
    monkeypatch.setattr(over_nations, "MOST_WRITTEN", 1)
    loops = security_dilemma(count, fear, beliefs=True, balance_scaling=scales, **values)
    assert isinstance(loops, IndexedModel)
    return plain.with_values(**values), loops


def as_pair(count: int, fear: str = "instant", **values: Any) -> Model:
    """Identical nations that each see of all others together what one of a pair sees of the other."""
    shares = {"exposure_low": 0.2 / (count - 1), "exposure_high": 1 / (count - 1)}
    return security_dilemma(count, fear, beliefs=True, defence=0.45, **shares, **values)


def rates_by_hand(values: dict[str, Any], state: np.ndarray, count: int) -> np.ndarray:
    """Rates with instant fear, from the equations as MODELS has them, by numpy."""
    arms, distrust, off = state[:count], np.zeros((count, count)), ~np.eye(count, dtype=bool)
    distrust[off] = state[count:]
    exposure = values["exposure_low"] + (values["exposure_high"] - values["exposure_low"]) / (1 + np.exp(-distrust))
    offence = exposure * np.exp(values["balance"] - values["terrain"]) * off
    fear = offence @ ((1 - values["distinguishability"] * values["defensive_share"]) * arms) - values["reassurance"] * arms
    power = np.maximum(fear, 0) ** values["steepness"]
    reaction = values["defence"] * fear * (1 + values["alarm"] * power / (values["threshold"] ** values["steepness"] + power))
    greed = values["ambition"] * (values["target"] * (arms.sum() - arms) - arms)
    arming = reaction - values["fatigue"] * arms * (1 + values["strain"] * arms) + values["grievance"] + greed
    read = values["surprise"][:, None] * ((1 - values["empathy"])[:, None] * reaction + greed)
    return np.concatenate([arming, (read - values["forgetting"][:, None] * (distrust - values["prior"]))[off]])


@pytest.mark.parametrize(("count", "fear", "scales"), FORMS)
def test_loops_have_the_names_rates_and_jacobian_of_what_is_written_out(
    monkeypatch: pytest.MonkeyPatch, count: int, fear: str, scales: bool
) -> None:
    written, loops = both_ways(monkeypatch, count, fear, scales=scales)
    assert (loops.parameter_names, loops.numbers, loops.states) == (written.parameter_names, written.numbers, written.states)
    state = np.random.default_rng(2).uniform(0.2, 4.0, len(written.states))
    for one, same in zip(*(evaluated(emit.rates_source(model), model, state) for model in (written, loops)), strict=True):
        np.testing.assert_allclose(same, one, rtol=ROUNDING, atol=ROUNDING)


def test_many_nations_have_the_rates_of_the_equations_and_their_slopes() -> None:
    """Rates by numpy; the Jacobian by differences of rates, which are good to eight digits."""
    rng, count = np.random.default_rng(3), 8
    off = ~np.eye(count, dtype=bool)
    model = security_dilemma(count, beliefs=True, prior=rng.uniform(-2, 1, off.shape) * off, terrain=0.2, ambition=0.1, reassurance=0.05)
    model = model.with_values(empathy=rng.uniform(0, 1, count), surprise=rng.uniform(0.5, 1, count), alarm=rng.uniform(1, 3, count))
    state = rng.uniform(0.2, 3.0, len(model.states))
    rates, jacobian = evaluated(emit.rates_source(model), model, state)
    np.testing.assert_allclose(rates, rates_by_hand(model.values, state, count), rtol=1e-12, atol=1e-13)
    moved = [rates_by_hand(model.values, state + sign * step, count) for step in 1e-5 * np.eye(len(state)) for sign in (1, -1)]
    np.testing.assert_allclose(jacobian, (np.array(moved[::2]) - np.array(moved[1::2])).T / 2e-5, atol=1e-7)


@pytest.mark.parametrize("fear", [pytest.param("instant", marks=pytest.mark.slow), "state"])
def test_lanes_over_nations_have_the_rates_and_slopes_of_one_run(monkeypatch: pytest.MonkeyPatch, fear: str) -> None:
    lanes, (_, loops) = 2, both_ways(monkeypatch, 3, fear)
    functions, d = functions_of(emit.lanes_source(loops, lanes, with_slopes=True)), len(loops.states)
    block = np.full((constant_rows(d) + functions["CONSTANTS"]) * lanes, np.nan)
    functions["derive"](np.repeat(loops.numbers, lanes), block)
    rows = block.reshape(-1, lanes)
    rows[0], rows[1 : 1 + d] = 0.0, np.random.default_rng(3).uniform(0.2, 4.0, (d, lanes))
    functions["slopes"](block)
    functions["rates"](block)
    first = jacobian_rows(d)
    np.testing.assert_array_equal(rows[first + d * d : first + d * d + d], 0.0)
    for lane in range(lanes):
        rates, jacobian = evaluated(emit.rates_source(loops), loops, rows[1 : 1 + d, lane].copy())
        np.testing.assert_allclose(rows[1 + d : 1 + 2 * d, lane], rates, rtol=ROUNDING, atol=ROUNDING)
        np.testing.assert_allclose(rows[first : first + d * d, lane].reshape(d, d), jacobian, rtol=ROUNDING, atol=ROUNDING)


@pytest.mark.slow
@pytest.mark.parametrize("fear", ["instant", "state"])
def test_sizes_bound_what_errors_of_parameters_and_states_do(monkeypatch: pytest.MonkeyPatch, fear: str) -> None:
    check_sizes(both_ways(monkeypatch, 3, fear)[1])


def test_many_believing_nations_are_saved_and_loaded(tmp_path: Any) -> None:
    model = security_dilemma(MANY, "state", beliefs=True, prior_n1_n2=0.3)
    save(model, tmp_path / "model.rn")
    assert load(tmp_path / "model.rn") == model


def test_the_order_of_exposures_is_checked_of_many_too() -> None:
    with pytest.raises(errors.OutOfBoundsError, match="must not be above exposure in full distrust"):
        security_dilemma(MANY, beliefs=True, exposure_low=0.9, exposure_high=0.5)
    model = security_dilemma(MANY, beliefs=True, exposure_low=0.2, exposure_high=0.5)
    with pytest.raises(errors.OutOfBoundsError, match="exposure_high"):
        model.with_values(exposure_low=0.6)
    with pytest.raises(errors.OutOfBoundsError, match="first in member 1"):
        bind(model, Design.from_table({"exposure_low": [0.1, 0.6]}))


def test_a_hundred_believing_nations_are_refused_what_needs_a_table_of_derivatives() -> None:
    model = security_dilemma(100, beliefs=True)
    start = [0.5] * 100 + [-1.0] * 9900
    for ask in (lambda: equilibrium_near(model, start), lambda: spectrum(model, start), lambda: integrate(model, start, [0, 1])):
        with pytest.raises(errors.InvalidInputError, match="has 10000 states.*at most 3200"):
            ask()


@pytest.mark.slow
@pytest.mark.parametrize("fear", ["instant", "state"])
def test_identical_believing_nations_rest_where_a_pair_does_and_return_as_fast(fear: str) -> None:
    """Where all move alike the equations are those of the pair, and no other motion is slower, as no state lowers another's rate.

    R is not the pair's: what a nation's arms do to itself, by its own distrust, is less of all that it answers to.
    """
    many, pair = as_pair(MANY, fear, balance=-0.1), security_dilemma(fear=fear, beliefs=True, balance=-0.1)
    own = 1 if fear == "instant" else 2
    one = equilibrium_near(pair, [0.6] * 2 * own + [-0.7] * 2)
    same = equilibrium_near(many, [0.6] * MANY * own + [-0.7] * MANY * (MANY - 1))
    np.testing.assert_allclose(same.state[[0, -1]], one.state[[0, -1]], rtol=1e-12)
    linear = spectrum(many, same)
    assert linear.eigenvalues[0] == pytest.approx(one.eigenvalues[0], rel=1e-9)
    assert linear.is_stable and one.is_stable and linear.spiral_number < 1


@pytest.mark.slow
def test_the_spectrum_of_believing_nations_is_that_of_the_same_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    written, loops = (model.with_values(reassurance=0, ambition=0, balance=-2) for model in both_ways(monkeypatch, 3, "state"))
    one, same = (spectrum(model, equilibrium_near(model, np.zeros(12))) for model in (written, loops))
    np.testing.assert_allclose(same.state, one.state, rtol=1e-12)
    np.testing.assert_allclose(same.eigenvalues, one.eigenvalues, rtol=1e-9)
    assert same.spiral_number == pytest.approx(one.spiral_number, rel=1e-12)


@pytest.mark.slow
def test_the_order_leads_to_the_calm_and_the_distrustful_equilibrium_of_many() -> None:
    """Each is where a long run from its corner ends."""
    model = as_pair(MANY, balance=-0.1)
    window = Window(**{name: (-2.0, 90.0) if name.startswith("distrust") else (0.0, 40.0) for name in model.state_names})
    found = equilibria(model, window)
    stable = sorted(one.state[0] for one in found if one.is_stable)
    ends = [integrate(model, [arms] * MANY + [mood] * 42, [0, 500]).states[-1, 0] for arms, mood in ((0.0, -2.0), (40.0, 90.0))]
    np.testing.assert_allclose([stable[0], stable[-1]], ends, rtol=1e-6)
    assert not found.is_complete


@pytest.mark.slow
def test_a_run_of_many_believing_nations_goes_where_scipy_goes() -> None:
    rng = np.random.default_rng(7)
    model = security_dilemma(MANY, beliefs=True, empathy=rng.uniform(0, 1, MANY), grievance=rng.uniform(0.2, 0.6, MANY), defence=0.05)
    times, start = np.linspace(0.0, 20.0, 9), np.array([0.5] * MANY + [-1.0] * MANY * (MANY - 1))
    peer = solve_ivp(lambda _, x: rates_by_hand(model.values, x, MANY), (0.0, 20.0), start, "DOP853", times, rtol=1e-11, atol=1e-12)
    for method in ("LSODA", "Tsit5"):
        np.testing.assert_allclose(integrate(model, start, times, method=method).states, peer.y.T, rtol=1e-6, atol=1e-8)


@pytest.mark.slow
def test_an_ensemble_of_many_believing_nations_ends_where_single_runs_do() -> None:
    model = as_pair(MANY, balance=-0.1)
    start = dict(zip(model.state_names, [0.5] * MANY + [-1.0] * MANY * (MANY - 1), strict=True))
    design = Design.grid({"balance": [-0.3, 0.2], "prior_n1_n2": [-1.0, 2.0]})
    runs = run_ensemble(model, design, start, 10.0)
    for (balance, prior), end in zip(design.samples, runs.states[:, 0], strict=True):
        single = integrate(model.with_values(balance=balance, prior_n1_n2=prior), start, [0, 10])
        np.testing.assert_allclose(end, single.states[-1], rtol=1e-5)
