"""Beliefs: distrust that grows when rivals arm more than their fear explains (docs/explanation/security-dilemma.md)."""

import numpy as np
import pytest
import sympy
from scipy.integrate import solve_ivp
from scipy.optimize import root

from richardson.arrays import FloatArray
from richardson.compiled.field import Field
from richardson.dynamics.integrate import integrate
from richardson.models import security_dilemma
from richardson.stability.near import equilibrium_near
from richardson.stability.spectrum import spectrum
from richardson.symbolic.conditions import spiral_number_of
from richardson.symbolic.model import Model

PRIOR_EXPOSURE = 0.2 + 0.8 / (1 + np.e)  # w at l = −1
START = np.array([0.5, 0.5, 0.5 * PRIOR_EXPOSURE, 0.5 * PRIOR_EXPOSURE, -1.0, -1.0])
ARMS = {1.0: 0.63075542, 0.5: 0.67078885, 0.0: 29.892377}  # empathy -> arms at t = 300, of the specification of these models


def independent_rates(time: float, place: FloatArray, empathy: float) -> FloatArray:
    """The equations of two nations at a balance of 0.2 and defaults, written a second time."""
    arms, fear, distrust = place[:2], place[2:4], place[4:]
    exposure = 0.2 + 0.8 / (1 + np.exp(-distrust))
    ratio = np.maximum(fear, 0.0) / 4.0
    answer = 0.45 * fear * (1 + 3 * ratio**2 / (1 + ratio**2))
    return np.concatenate(
        [
            answer - arms * (1 + 0.04 * arms) + 0.5,
            (exposure * np.exp(0.2) * arms[::-1] - fear) / 0.5,
            (1 - empathy) * answer[::-1] - 0.2 * (distrust + 1),
        ]
    )


def at(expression: sympy.Expr, model: Model, place: dict[str, float]) -> float:
    """Number of an expression at the model's values and at a state."""
    plain = expression.subs(dict(zip(model.parameter_symbols, model.numbers, strict=True)))
    plain = plain.subs({model.symbol(name): value for name, value in place.items()})
    calls = {call: call.as_rational() for call in plain.atoms(sympy.Function) if hasattr(call, "as_rational")}
    logistic = {call: 1 / (1 + sympy.exp(-call.args[0])) for call in plain.atoms(sympy.Function) if call.func.__name__ == "sigmoid"}
    return float(plain.subs(calls | logistic))


@pytest.mark.parametrize("empathy", ARMS)
def test_the_same_material_world_spirals_only_for_lack_of_empathy(empathy: float) -> None:
    """By the library, and by scipy on equations written here; the specification gives eight digits."""
    model = security_dilemma(fear="state", beliefs=True, balance=0.2, empathy=empathy)
    run = integrate(model, START, [0, 300], relative=1e-11, absolute=1e-12)
    again = solve_ivp(independent_rates, (0, 300), START, args=(empathy,), method="LSODA", rtol=1e-11, atol=1e-12)
    assert run.states[-1, :2] == pytest.approx(ARMS[empathy], rel=1e-7)
    assert run.states[-1] == pytest.approx(again.y[:, -1], rel=1e-8)


def test_at_rest_the_three_minds_are_stable_and_their_spiral_numbers_below_one() -> None:
    """Without reassurance and ambition no state lowers another's rate, so R < 1 and stability say the same (M-matrices)."""
    for empathy, arms in ARMS.items():
        model = security_dilemma(fear="state", beliefs=True, balance=0.2, empathy=empathy)
        end = solve_ivp(independent_rates, (0, 400), START, args=(empathy,), method="LSODA", rtol=1e-12, atol=1e-13).y[:, -1]
        rest = spectrum(model, end)
        assert (end[0], rest.spiral_number < 1, max(rest.eigenvalues.real) < 0) == (pytest.approx(arms, rel=1e-6), True, True)


def of_two_alike(arms: complex, distrust: complex, empathy: float) -> FloatArray:
    """Rates of arms and distrust of two alike, instant fear, a balance of 0.2, written a third time, for complex numbers."""
    fear = (0.2 + 0.8 / (1 + np.exp(-distrust))) * np.exp(0.2) * arms
    answer = 0.45 * fear * (1 + 3 * fear**2 / (16 + fear**2))
    return np.array([answer - arms * (1 + 0.04 * arms) + 0.5, (1 - empathy) * answer - 0.2 * (distrust + 1)])


def fold_conditions(place: FloatArray) -> FloatArray:
    """Rates, and the determinant of their slopes by complex steps, at (arms, distrust, empathy)."""
    step = 1e-30
    slopes = [of_two_alike(place[0] + one * 1j, place[1] + other * 1j, place[2]).imag / step for one, other in ((step, 0), (0, step))]
    return np.array([*of_two_alike(place[0], place[1], place[2]).real, np.linalg.det(slopes)])


@pytest.mark.parametrize(("empathy", "arms", "distrust"), [(0.1037494753, 0.86504143, 0.76997514), (0.9874799364, 23.64742826, 1.84928244)])
def test_detente_is_lost_for_want_of_empathy_and_cold_war_outlasts_its_return(empathy: float, arms: float, distrust: float) -> None:
    """Two folds over empathy at a balance of 0.2: the numbers that continuation gives are those of scipy, and R is one there."""
    fold = root(fold_conditions, [arms, distrust, empathy], tol=1e-13).x
    assert fold == pytest.approx([arms, distrust, empathy], rel=1e-7)
    field = Field.of(security_dilemma(beliefs=True, balance=0.2, empathy=fold[2]))
    at = fold[[0, 0, 1, 1]]
    assert field.rates(0.0, at) == pytest.approx(0.0, abs=1e-10)
    assert spiral_number_of(field.jacobian(0.0, at), np.array([False, False, True, True])) == pytest.approx(1.0, abs=1e-7)


@pytest.mark.parametrize("fear", ["instant", "state"])
def test_distrust_that_nothing_surprises_stays_at_its_prior(fear: str) -> None:
    """χ = 0 and l(0) = l⁰, symbolically."""
    model = security_dilemma(fear=fear, beliefs=True)
    still = {model.symbol(f"surprise_{i}"): 0 for i in "xy"} | {model.symbol(f"distrust_{i}"): model.symbol(f"prior_{i}") for i in "xy"}
    assert [sympy.expand(rate.subs(still)) for rate in model.rates[-2:]] == [0, 0]


@pytest.mark.parametrize("fear", ["instant", "state"])
def test_with_constant_distrust_arms_and_fear_move_as_with_the_exposure_that_it_means(fear: str) -> None:
    model, plain = security_dilemma(fear=fear, beliefs=True), security_dilemma(fear=fear)
    meant = {}
    for i in "xy":
        low, high, distrust = (model.symbol(name) for name in ("exposure_low", "exposure_high", f"distrust_{i}"))
        logistic = next(call for rate in model.rates for call in rate.atoms(sympy.Function) if call.args[0] == distrust)
        meant[plain.symbol(f"exposure_{i}")] = low + (high - low) * logistic
    expected = [rate.subs(meant) for rate in plain.rates]
    assert [sympy.expand(rate) for rate in model.rates[: len(expected)]] == [sympy.expand(rate) for rate in expected]


def test_with_full_empathy_only_greed_raises_distrust() -> None:
    model = security_dilemma(fear="state", beliefs=True)
    calm = model.rates[-2].subs(model.symbol("empathy_x"), 1)
    x, y = model.symbol("x"), model.symbol("y")
    forgetting, excess = model.symbol("forgetting_x"), model.symbol("distrust_x") - model.symbol("prior_x")
    greed = model.symbol("surprise_x") * model.symbol("ambition_y") * (model.symbol("target_y") * x - y)
    assert sympy.expand(calm - (greed - forgetting * excess)) == 0


def test_without_full_empathy_the_rivals_fear_raises_distrust() -> None:
    model = security_dilemma(fear="state", beliefs=True)
    place = {"x": 1.0, "y": 1.0, "fear_x": 0.4, "fear_y": 2.0, "distrust_x": -1.0, "distrust_y": -1.0}
    raised = [at(model.rates[4], model.with_values(empathy=empathy), place) for empathy in (0.0, 0.5, 1.0)]
    answer = 0.45 * 2.0 * (1 + 3 * 0.25 / 1.25)  # k f [1 + φ H(f)], u = ½
    assert raised == pytest.approx([answer, answer / 2, 0.0], abs=1e-14)


def test_the_exposures_vanish_and_pairs_keep_the_names_of_exposures() -> None:
    two, three = security_dilemma(beliefs=True), security_dilemma(3, "state", beliefs=True)
    assert not {name for name in two.parameter_names if name.startswith("exposure_")} - {"exposure_low", "exposure_high"}
    assert two.state_names == ("x", "y", "distrust_x", "distrust_y")
    assert three.state_names[6:] == ("distrust_x_y", "distrust_x_z", "distrust_y_x", "distrust_y_z", "distrust_z_x", "distrust_z_y")
    assert three.with_values(prior=0.5).values["prior_z_x"] == 0.5
    assert (two.states[2].lower, two.states[2].is_follower) == (-np.inf, True)


def test_three_nations_judge_each_rival_by_what_that_rival_does() -> None:
    """Against numbers worked out by hand: y alone is afraid, z alone greedy."""
    model = security_dilemma(3, "state", beliefs=True, empathy=0.0, ambition_z=0.4, target_z=2.0, surprise=0.5)
    place = {"x": 1.0, "y": 2.0, "z": 3.0, "fear_x": 0.0, "fear_y": 4.0, "fear_z": 0.0}
    place |= {name: -1.0 for name in model.state_names if name.startswith("distrust")}
    rates = dict(zip(model.state_names, model.rates, strict=True))
    afraid, greedy = 0.225 * 4.0 * (1 + 3 / 2), 0.4 * (2.0 * (1.0 + 2.0) - 3.0)
    expected = {"distrust_x_y": afraid / 2, "distrust_z_y": afraid / 2, "distrust_x_z": greedy / 2, "distrust_y_z": greedy / 2}
    expected |= {"distrust_y_x": 0.0, "distrust_z_x": 0.0}
    assert {name: at(rates[name], model, place) for name in expected} == pytest.approx(expected, abs=1e-14)


def test_beliefs_name_their_source_and_say_that_the_form_is_ours() -> None:
    assert any("Kydd (1997)" in source and "form is ours" in source for source in security_dilemma(beliefs=True).references)
    assert not any("Kydd" in source for source in security_dilemma().references)


def spiral_of_alike(empathy: float) -> float:
    """R of two alike believing nations at rest near zero arms, from equations of one nation written out here."""

    def answer(fear: float) -> float:
        ratio = fear / 4.0
        return 0.45 * fear * (1 + 3 * ratio**2 / (1 + ratio**2))

    def parts(arms: float, distrust: float) -> tuple[float, float]:
        seen = 0.2 + 0.8 / (1 + np.exp(-distrust))
        return answer(seen * arms) - arms * (1 + 0.04 * arms) + 0.5, (1 - empathy) * answer(seen * arms) - 0.2 * (distrust + 1)

    arms, distrust = root(lambda v: parts(*v), [0.6, -0.7], tol=1e-14).x
    seen, slope = 0.2 + 0.8 / (1 + np.exp(-distrust)), 0.8 * np.exp(-distrust) / (1 + np.exp(-distrust)) ** 2
    ratio = seen * arms / 4.0
    gain = 0.45 * (1 + 3 * ratio**2 / (1 + ratio**2) + 6 * ratio**2 / (1 + ratio**2) ** 2)
    own, by_belief = 1 + 0.08 * arms, gain * slope * arms
    told, echo = (1 - empathy) * gain * seen / 0.2, (1 - empathy) * by_belief / 0.2
    # beliefs follow: distrust of x at rest is (told x + echo told y)/(1 − echo²), as that of y mirrors it
    follows = by_belief * told / (1 - echo**2)
    return float((gain * seen + echo * follows) / (own - follows))


@pytest.mark.parametrize("empathy", [0.0, 0.5, 1.0])
def test_the_spiral_number_of_believing_nations_is_that_of_one_nation_written_out(empathy: float) -> None:
    start = {"x": 0, "y": 0, "distrust_x": -1, "distrust_y": -1}
    found = equilibrium_near(security_dilemma(beliefs=True, empathy=empathy), start)
    assert found.spiral_number == pytest.approx(spiral_of_alike(empathy), rel=1e-10)


def test_empathy_calms_at_the_rate_that_the_page_on_diagnosis_says() -> None:
    slope = (np.log(spiral_of_alike(0.5 + 1e-5)) - np.log(spiral_of_alike(0.5 - 1e-5))) / 2e-5
    assert slope == pytest.approx(-0.4969, abs=5e-5)
