"""The security dilemma of many nations: the equations of few, as loops."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from richardson import errors
from richardson.compiled import emit
from richardson.compiled.field import Field
from richardson.compiled.kernels.layout import constant_rows, jacobian_rows
from richardson.dynamics.integrate import integrate
from richardson.files import load, save
from richardson.models import over_nations, security_dilemma
from richardson.stability.equilibria import equilibria
from richardson.stability.near import equilibrium_near
from richardson.stability.spectrum import spectrum
from richardson.stability.window import Window
from richardson.study.design import Design
from richardson.study.run import run_ensemble
from richardson.symbolic.indexed_model import IndexedModel
from richardson.symbolic.model import Model
from richardson.theory.diagnose import diagnose
from richardson.theory.shares import arming_shares

ROUNDING = 1e-13  # sums of few terms, in another order
MANY = 7  # the fewest that are kept as loops
FORMS = [  # all but one slow: thousands of derivatives are written
    pytest.param(count, fear, scales, marks=() if (count, fear, scales) == (3, "state", True) else pytest.mark.slow)
    for count, fear, scales in product((2, 3, 5), ("instant", "state"), (False, True))
]


def differing(count: int, fear: str = "instant", *, scales: bool = False, seed: int = 1) -> dict[str, Any]:
    """Numbers for every parameter, no two alike."""
    rng = np.random.default_rng(seed)
    plain = security_dilemma(count, fear, balance_scaling=scales)
    ranges = {"balance": (-0.2, 0.3), "steepness": (1.5, 2.5), "defence": (0.1, 0.4), "threshold": (1.0, 3.0), "strain": (0.02, 0.1)}
    names = plain.parameter_names if not isinstance(plain, IndexedModel) else tuple(plain.values)
    found: dict[str, Any] = {}
    for name in names:
        low, high = next((span for start, span in ranges.items() if name.startswith(start)), (0.1, 0.9))
        shape = () if not isinstance(plain, IndexedModel) else np.shape(plain.values[name])
        value = rng.uniform(low, high, shape)
        if len(shape) == 2:
            value = (value + value.T if name == "terrain" else value) * ~np.eye(count, dtype=bool)
        found[name] = value if shape else float(value)
    return found


def both_ways(monkeypatch: pytest.MonkeyPatch, count: int, fear: str, *, scales: bool) -> tuple[Model, IndexedModel]:
    """The same model, written out and as loops."""
    values = differing(count, fear, scales=scales)
    written = security_dilemma(count, fear, balance_scaling=scales, **values)
    monkeypatch.setattr(over_nations, "MOST_WRITTEN", 1)
    loops = security_dilemma(count, fear, balance_scaling=scales, **values)
    assert isinstance(loops, IndexedModel)
    return written, loops


def functions_of(text: str) -> dict[str, Any]:
    """The functions of an emitted module, not compiled."""
    module: dict[str, Any] = {}
    exec(text, module)
    return module


def evaluated(text: str, model: Model, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    d, functions = len(state), functions_of(text)
    out, jacobian = np.full(d, np.nan), np.full((d, d), np.nan)
    functions["rates_and_jacobian"](0.0, state, prepared(functions, np.array(model.numbers)), out, jacobian)
    return out, jacobian


def prepared(functions: dict[str, Any], numbers: np.ndarray) -> np.ndarray:
    """Parameters as rates take them: over nations, followed by what depends on them only."""
    if "prepare" not in functions:
        return numbers
    constants = np.full(functions["PREPARED"], np.nan)
    constants[: numbers.size] = numbers
    functions["prepare"](constants)
    return constants


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    """Uncompiled functions take both sides of a choice, also where one is no number."""
    with np.errstate(all="ignore"):
        yield


def rates_by_hand(values: dict[str, Any], arms: np.ndarray) -> np.ndarray:
    """ẋ of instant fear with a constant balance, from the equations as MODELS has them, by numpy."""
    offence = values["exposure"] * np.exp(values["balance"] - values["terrain"]) * ~np.eye(len(arms), dtype=bool)
    fear = offence @ ((1 - values["distinguishability"] * values["defensive_share"]) * arms) - values["reassurance"] * arms
    power = np.maximum(fear, 0) ** values["steepness"]
    alarm = power / (values["threshold"] ** values["steepness"] + power)
    rivals = arms.sum() - arms
    greed = values["ambition"] * (values["target"] * rivals - arms)
    wear = values["fatigue"] * arms * (1 + values["strain"] * arms)
    return values["defence"] * fear * (1 + values["alarm"] * alarm) - wear + values["grievance"] + greed


@pytest.mark.parametrize(("count", "fear", "scales"), FORMS)
def test_loops_have_the_names_rates_and_jacobian_of_what_is_written_out(
    monkeypatch: pytest.MonkeyPatch, count: int, fear: str, scales: bool
) -> None:
    written, loops = both_ways(monkeypatch, count, fear, scales=scales)
    assert (loops.parameter_names, loops.numbers, loops.states) == (written.parameter_names, written.numbers, written.states)
    state = np.random.default_rng(2).uniform(0.2, 4.0, len(written.states))
    for one, same in zip(*(evaluated(emit.rates_source(model), model, state) for model in (written, loops)), strict=True):
        np.testing.assert_allclose(same, one, rtol=ROUNDING, atol=ROUNDING)


@pytest.mark.parametrize("fear", [pytest.param("instant", marks=pytest.mark.slow), "state"])
def test_lanes_over_nations_have_the_rates_and_slopes_of_one_run(monkeypatch: pytest.MonkeyPatch, fear: str) -> None:
    lanes, (_, loops) = 2, both_ways(monkeypatch, 3, fear, scales=True)
    functions, d = functions_of(emit.lanes_source(loops, lanes, with_slopes=True)), len(loops.states)
    block = np.full((constant_rows(d) + functions["CONSTANTS"]) * lanes, np.nan)
    functions["derive"](np.repeat(loops.numbers, lanes), block)
    rows = block.reshape(-1, lanes)
    rows[0], rows[1 : 1 + d] = 0.0, np.random.default_rng(3).uniform(0.2, 4.0, (d, lanes))
    functions["rates"](block)
    functions["slopes"](block)
    first = jacobian_rows(d)
    for lane in range(lanes):
        rates, jacobian = evaluated(emit.rates_source(loops), loops, rows[1 : 1 + d, lane].copy())
        np.testing.assert_allclose(rows[1 + d : 1 + 2 * d, lane], rates, rtol=ROUNDING, atol=ROUNDING)
        np.testing.assert_allclose(rows[first : first + d * d, lane].reshape(d, d), jacobian, rtol=ROUNDING, atol=ROUNDING)


def test_many_nations_have_the_rates_that_numpy_computes_from_the_equations() -> None:
    values = differing(30)
    model = security_dilemma(30, **values)
    arms = np.random.default_rng(4).uniform(0.0, 3.0, 30)
    np.testing.assert_allclose(evaluated(emit.rates_source(model), model, arms)[0], rates_by_hand(values, arms), rtol=1e-12)


@pytest.mark.parametrize("fear", ["instant", "state"])
def test_no_exponential_is_computed_at_a_state_that_depends_on_parameters_only(fear: str) -> None:
    model = security_dilemma(MANY, fear, **differing(MANY, fear))
    functions = functions_of(emit.rates_source(model))
    numbers, state = prepared(functions, np.array(model.numbers)), np.ones(len(model.states))
    before, after, jacobian = np.empty(state.size), np.empty(state.size), np.empty((state.size, state.size))
    functions["rates"](0.0, state, numbers, before)
    del functions["exp"]
    functions["rates"](0.0, state, numbers, after)
    np.testing.assert_array_equal(after, before)
    functions["rates_and_jacobian"](0.0, state, numbers, after, jacobian)
    np.testing.assert_allclose(after, before, rtol=ROUNDING)


def test_a_field_prepares_rows_of_parameters_as_it_does_its_own() -> None:
    values = [differing(MANY, seed=seed) for seed in (8, 9)]
    fields = [Field.of(security_dilemma(MANY, **given)) for given in values]
    rows = fields[0].prepared(np.array([field.parameters for field in fields]))
    np.testing.assert_array_equal(rows, [field.constants for field in fields])
    np.testing.assert_array_equal(rows[:, : fields[0].parameters.size], [field.parameters for field in fields])


def check_sizes(loops: IndexedModel) -> None:
    """Move each parameter and state alone: the sum of the changes is what sizes say, or up to a third less.

    It is less where a parameter or a state stands in several places, whose changes cancel.
    """
    text, d, step = emit.rates_source(loops), len(loops.states), 1e-7
    state, errors = (np.random.default_rng(seed).uniform(0.5, 3.0, d) for seed in (5, 6))
    before, moved = evaluated(text, loops, state), [np.zeros(d), np.zeros((d, d))]
    numbers = np.array(loops.numbers)
    functions = functions_of(text)
    moves = [(state, numbers * (1 + step * unit)) for unit in np.eye(len(numbers))] + [(state + step * e, numbers) for e in np.diag(errors)]
    for place, parameters in moves:
        out, jacobian = np.empty(d), np.empty((d, d))
        functions["rates_and_jacobian"](0.0, place, prepared(functions, parameters), out, jacobian)
        moved = [moved[0] + np.abs(out - before[0]), moved[1] + np.abs(jacobian - before[1])]
    sizes = np.empty(d), np.empty((d, d))
    functions_of(emit.sizes_source(loops))["sizes"](0.0, state, errors, numbers, *sizes)
    for size, change in zip(sizes, moved, strict=True):
        assert (size >= (1 - 1e-4) * change / step - 1e-6).all()
        assert (size <= 1.5 * change / step + 1e-6).all()


@pytest.mark.slow
@pytest.mark.parametrize("fear", ["instant", "state"])
def test_sizes_bound_what_errors_of_parameters_and_states_do(monkeypatch: pytest.MonkeyPatch, fear: str) -> None:
    check_sizes(both_ways(monkeypatch, 3, fear, scales=False)[1])


def test_a_family_takes_an_array_a_mapping_or_a_table() -> None:
    table = np.random.default_rng(7).uniform(0, 1, (MANY, MANY)) * ~np.eye(MANY, dtype=bool)
    many = security_dilemma(MANY, exposure=table, terrain={("n1", "n2"): 0.5}, alarm=np.arange(MANY), exposure_n1_n2=0.25)
    assert many.values["exposure"][0, 1] == 0.25
    np.testing.assert_array_equal(many.values["exposure"][1:], table[1:])
    assert many.values["terrain"][1, 0] == many.values["terrain"][0, 1] == 0.5
    few = security_dilemma(3, exposure=table[:3, :3], alarm={"y": 2.0})
    assert (few.values["exposure_z_x"], few.values["alarm_x"], few.values["alarm_y"]) == (table[2, 0], 3.0, 2.0)
    pair = security_dilemma(exposure={"x": 0.5}, grievance=[1, 2])
    assert (pair.values["exposure_x"], pair.values["exposure_y"], pair.values["grievance_y"]) == (0.5, 1.0, 2.0)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"exposure": 1.5}, errors.OutOfBoundsError),
        ({"fatigue": {"n9": 1.0}}, errors.UnknownNameError),
        ({"exposure": np.ones((2, 2))}, errors.InvalidInputError),
        ({"terrain": [[0, 1, 0, 0, 0, 0, 0], *[[0] * 7] * 6]}, errors.InvalidInputError),
        ({"alrm": 1.0}, errors.UnknownNameError),
    ],
)
def test_numbers_that_do_not_fit_are_refused(values: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        security_dilemma(MANY, **values)


def test_a_count_of_nations_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(errors.InvalidInputError, match="at most 1000 nations"):
        security_dilemma(10**7)


def test_what_needs_formulas_is_refused_of_many_with_what_to_do() -> None:
    model = security_dilemma(MANY)
    for ask in (lambda: model.rates, lambda: model.resolve("balance"), model.to_latex, lambda: model.with_term("n1", "1")):
        with pytest.raises(errors.ModelError, match="at most 6 nations"):
            ask()
    window = Window(**dict.fromkeys(model.state_names, (0.0, 60.0)))
    with pytest.raises(errors.InvalidInputError, match="proofs are for 6 at most"):
        equilibria(model, window, method="certified")
    with pytest.raises(errors.InvalidInputError, match="no quick closed form"):
        equilibria(model, window, method="closed form")


def test_many_nations_are_saved_and_loaded(tmp_path: Any) -> None:
    model = security_dilemma(MANY, "state", balance_scaling=True, exposure_n1_n2=0.3)
    save(model, tmp_path / "model.rn")
    assert load(tmp_path / "model.rn") == model


def as_pair(count: int, fear: str = "instant", **values: float) -> Model:
    """Identical nations that each see of all others together what one of a pair sees of the other."""
    return security_dilemma(count, fear, exposure=1 / (count - 1), defence=0.45, **values)


@pytest.mark.slow
@pytest.mark.parametrize("fear", ["instant", "state"])
def test_identical_nations_rest_where_a_pair_does(fear: str) -> None:
    """Détente, threshold and cold war of MODELS, and R of the pair; only the former and the latter attract."""
    model, d = as_pair(9, fear), 9 if fear == "instant" else 18
    found = equilibria(model, Window(**dict.fromkeys(model.state_names, (0.0, 60.0))))
    assert not found.is_complete
    known = {0.973883964480013: 0.619890066131, 3.154663275665848: 1.282389523056, 19.252707940545456: 0.728772091277}
    for arms, number in known.items():
        one = equilibrium_near(model, np.full(d, round(arms, 2)))
        np.testing.assert_allclose(one.state, arms, rtol=1e-12)
        assert one.spiral_number == pytest.approx(number, rel=1e-10)
        assert one.is_stable == (number < 1)
    for arms in (0.973883964480013, 19.252707940545456):
        assert any(np.allclose(one.state, arms, rtol=1e-10) for one in found)


@pytest.mark.slow
def test_a_run_of_many_nations_goes_where_scipy_goes() -> None:
    values = differing(MANY)
    model, times = security_dilemma(MANY, **values), np.linspace(0.0, 20.0, 9)
    run = integrate(model, np.zeros(MANY), times)
    peer = solve_ivp(lambda _, x: rates_by_hand(values, x), (0.0, 20.0), np.zeros(MANY), "DOP853", times, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(run.states, peer.y.T, rtol=1e-6, atol=1e-8)


@pytest.mark.slow
def test_an_ensemble_of_many_nations_ends_where_single_runs_do() -> None:
    model = security_dilemma(MANY, **differing(MANY))
    design = Design.grid({"balance": [-0.3, 0.2], "exposure_n1_n2": [0.0, 0.8], "n3": [0.0, 2.0]})
    runs = run_ensemble(model, design, {name: 0.0 for name in model.state_names if name != "n3"}, 10.0, method="Rodas5P")
    for (balance, exposure, start), end in zip(design.samples, runs.states[:, 0], strict=True):
        changed = model.with_values(balance=balance, exposure_n1_n2=exposure)
        single = integrate(changed, [start if name == "n3" else 0.0 for name in model.state_names], [0, 10])
        np.testing.assert_allclose(end, single.states[-1], rtol=1e-5)


@pytest.mark.slow
def test_the_spectrum_of_many_is_that_of_the_same_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    written, loops = (model.with_values(reassurance=0) for model in both_ways(monkeypatch, 3, "state", scales=False))
    places = [equilibrium_near(model, np.zeros(6)) for model in (written, loops)]
    np.testing.assert_allclose(places[1].state, places[0].state, rtol=1e-12)
    one, same = (spectrum(model, place) for model, place in zip((written, loops), places, strict=True))
    np.testing.assert_allclose(same.eigenvalues, one.eigenvalues, rtol=1e-10)
    assert (same.kind, same.is_stable) == (one.kind, one.is_stable)
    assert same.spiral_number == pytest.approx(one.spiral_number, rel=1e-12)


@pytest.mark.slow
def test_many_nations_are_diagnosed_as_the_pair_but_for_what_needs_a_proof_or_a_branch() -> None:
    many, pair = diagnose(as_pair(MANY)), diagnose(security_dilemma())
    assert many.ticks["spiral"].answer in {pair.ticks["spiral"].answer, "not decidable"}
    assert many.ticks["spiral"].number is None
    assert many.ticks["competition"].number == pytest.approx(pair.ticks["competition"].number, rel=1e-10)
    shares = arming_shares(as_pair(MANY))
    np.testing.assert_allclose(shares.maintenance[:, 0], arming_shares(security_dilemma()).maintenance[:, 0], rtol=1e-6, atol=1e-9)
