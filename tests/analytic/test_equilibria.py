"""Equilibria whose place and type are known in closed form."""

from math import e, log, sqrt

import numpy as np
import pytest
from scipy.optimize import brentq

from richardson.models.linear import linear, rivalry, submissive
from richardson.models.nations import nations
from richardson.models.security_dilemma import security_dilemma
from richardson.stability.equilibria import equilibria
from richardson.stability.spectrum import relaxation_time, spectrum
from richardson.stability.window import Window
from richardson.symbolic.model import Model

REFINED = 1e-8  # relative: closed forms are met far beyond it, a wrong root is not within it
ARMS = Window(x=(0, 60), y=(0, 60))
CASES = [  # two nations, instant fear, defaults: state, eigenvalues, spiral number, in 25-digit arithmetic
    (0.973883964480013, (-0.409724571, -1.746096863), 0.619890066131, "stable node"),
    (3.154663275665848, (0.353657032, -2.858403156), 1.282389523056, "saddle"),
    (19.252707940545456, (-0.688977646, -4.391455625), 0.728772091277, "stable node"),
]


@pytest.fixture(scope="module")
def dilemma() -> Model:
    return security_dilemma()


def test_linear_race_meets_at_its_formula_with_its_eigenvalues() -> None:
    race = linear(defence_x=0.15, defence_y=0.1, fatigue_x=0.2, fatigue_y=0.2, grievance_x=20, grievance_y=40)
    found = equilibria(race, Window(x=(0, 1000), y=(0, 1000)))
    assert found.is_complete
    assert len(found) == 1
    np.testing.assert_allclose(found[0].state, [400, 400], rtol=REFINED)
    np.testing.assert_allclose(found[0].eigenvalues, [-0.2 + sqrt(0.015), -0.2 - sqrt(0.015)], rtol=REFINED)
    assert found[0].kind == "stable node"
    assert found[0].spiral_number == pytest.approx(sqrt(0.015 / 0.04), rel=REFINED)
    assert relaxation_time(found[0]) == pytest.approx(1 / (0.2 - sqrt(0.015)), rel=REFINED)


def test_second_linear_race_meets_at_its_formula() -> None:
    race = linear(defence_x=2, defence_y=2, fatigue_x=5, fatigue_y=3, grievance_x=5, grievance_y=5)
    calm = equilibria(race, Window(x=(0, 10), y=(0, 10)))[0]
    np.testing.assert_allclose(calm.state, [25 / 11, 35 / 11], rtol=REFINED)
    np.testing.assert_allclose(calm.eigenvalues, [-4 + sqrt(5), -4 - sqrt(5)], rtol=REFINED)


def test_submission_splits_the_symmetric_pair_beyond_its_pitchfork() -> None:
    pair = submissive(defence=0.1, fatigue=0.2, grievance=1, submission=0.2)
    found = equilibria(pair, Window(x=(0, 30), y=(0, 30)))
    assert found.is_complete
    np.testing.assert_allclose([one.state for one in found], [[5, 10], [10, 5], [10, 10]], rtol=REFINED)
    assert [one.kind for one in found] == ["stable focus", "stable focus", "saddle"]
    np.testing.assert_allclose(found[1].eigenvalues, [-0.05 + 0.132287566j, -0.05 - 0.132287566j], rtol=1e-8)


@pytest.mark.parametrize(("submission", "kinds"), [(0.149, ["stable node"]), (0.15, ["degenerate"]), (0.151, None)])
def test_pitchfork_of_submission_lies_at_its_formula(submission: float, kinds: list[str] | None) -> None:
    k, a, g = 0.1, 0.2, 1
    assert (a**2 - k**2) / (2 * k * g) == pytest.approx(0.15)
    found = equilibria(submissive(defence=k, fatigue=a, grievance=g, submission=submission), Window(x=(0, 30), y=(0, 30)))
    assert [one.kind for one in found] == (kinds or ["stable node", "saddle", "stable node"])
    assert not (submission == 0.15 and found[0].is_stable)


def test_every_pair_of_three_nations_is_calm_and_the_triple_is_not() -> None:
    pair, triple = nations(2, defence=0.12, fatigue=0.2), nations(3, defence=0.12, fatigue=0.2)
    calm = equilibria(pair, Window(**{name: (-100, 100) for name in pair.state_names}))[0]
    race = equilibria(triple, Window(**{name: (-100, 100) for name in triple.state_names}))[0]
    assert calm.eigenvalues[0].real == pytest.approx(-0.08, rel=REFINED)
    assert calm.is_stable
    assert race.eigenvalues[0].real == pytest.approx(0.04, rel=REFINED)
    np.testing.assert_allclose(race.eigenvalues[1:], [-0.32, -0.32], rtol=REFINED)
    assert race.kind == "saddle"
    assert race.spiral_number == pytest.approx(1.2, rel=REFINED)


def test_rivalry_is_stable_with_the_formula_of_its_linear_twin() -> None:
    race = rivalry(defence_x=0.5, defence_y=0.3, fatigue_x=0.1, fatigue_y=0.2, grievance_x=1, grievance_y=2)
    calm = equilibria(race, Window(x=(0, 100), y=(0, 100)))[0]
    a, b, k, l, g, h = 0.6, 0.5, 0.5, 0.3, 1, 2  # noqa: E741 -- the letters of the formula
    determinant = a * b - k * l
    np.testing.assert_allclose(calm.state, [(k * h + b * g) / determinant, (l * g + a * h) / determinant], rtol=REFINED)
    assert calm.is_stable


@pytest.mark.parametrize("method", ["auto", "newton"])
def test_security_dilemma_rests_at_detente_threshold_and_cold_war_only(dilemma: Model, method: str) -> None:
    found = equilibria(dilemma, ARMS, method=method)
    assert found.is_complete == (method == "auto")
    assert len(found) == 3
    for one, (state, eigenvalues, spiral_number, kind) in zip(found, CASES, strict=True):
        np.testing.assert_allclose(one.state, [state, state], rtol=REFINED)
        np.testing.assert_allclose(one.eigenvalues, eigenvalues, rtol=REFINED)
        assert one.spiral_number == pytest.approx(spiral_number, rel=REFINED)
        assert one.kind == kind
        assert one.residual < 1e-13


def test_the_equilibrium_below_zero_arms_is_not_listed(dilemma: Model) -> None:
    with_all = equilibria(dilemma, Window(x=(-30, 60), y=(-30, 60)))
    assert [one["x"] > 0 for one in with_all] == [True, True, True]


def test_fear_as_a_state_has_the_same_equilibria_and_the_same_verdicts(dilemma: Model) -> None:
    slow = security_dilemma(fear="state")
    window = Window(x=(0, 60), y=(0, 60), fear_x=(0, 60), fear_y=(0, 60))
    found = equilibria(slow, window)
    assert [one.is_stable for one in found] == [True, False, True]
    for one, (state, _, spiral_number, _) in zip(found, CASES, strict=True):
        np.testing.assert_allclose(one.state, [state] * 4, rtol=REFINED)
        assert one.spiral_number == pytest.approx(spiral_number, rel=REFINED)


def symmetric_states(balance: float, alarm: float, strain: float, grievance: float) -> list[float]:
    """Arms of the symmetric equilibria in [0, 60], from sign changes of one equation on a fine scan."""
    threat = e**balance

    def rate(x: float) -> float:
        u = (threat * x / 4) ** 2
        return 0.45 * threat * x * (1 + alarm * u / (1 + u)) - x * (1 + strain * x) + grievance

    scan = np.linspace(0, 60, 20001)
    values = np.array([rate(x) for x in scan])
    ends = np.flatnonzero(values[:-1] * values[1:] < 0)
    return [float(brentq(rate, scan[i], scan[i + 1], xtol=1e-14, rtol=1e-14)) for i in ends]


@pytest.mark.parametrize("method", ["auto", "newton"])
@pytest.mark.parametrize("balance", [-0.15, 0.05, 0.1097])
def test_every_symmetric_equilibrium_is_found_as_by_a_scan_of_one_equation(dilemma: Model, balance: float, method: str) -> None:
    expected = symmetric_states(balance, 3, 0.04, 0.5)
    found = equilibria(dilemma.with_values(balance=balance), ARMS, method=method)
    symmetric = [one["x"] for one in found if abs(one["x"] - one["y"]) < 1e-6]
    np.testing.assert_allclose(symmetric, expected, rtol=REFINED)


def test_a_search_in_a_far_too_wide_window_finds_the_same_three(dilemma: Model) -> None:
    found = equilibria(dilemma, Window(x=(0, 1e6), y=(0, 1e6)), method="newton")
    np.testing.assert_allclose([one["x"] for one in found], symmetric_states(0, 3, 0.04, 0.5), rtol=REFINED)


@pytest.mark.slow
def test_many_parameter_values_miss_no_symmetric_equilibrium(dilemma: Model) -> None:
    rng = np.random.default_rng(7)
    for _ in range(60):
        balance, alarm = rng.uniform(-0.5, 0.5), rng.uniform(0, 6)
        strain, grievance = rng.uniform(0.02, 0.1), rng.uniform(0.1, 1)
        model = dilemma.with_values(balance=balance, alarm=alarm, strain=strain, grievance=grievance)
        found = equilibria(model, ARMS, method="newton")
        symmetric = [one["x"] for one in found if abs(one["x"] - one["y"]) < 1e-6]
        np.testing.assert_allclose(symmetric, symmetric_states(balance, alarm, strain, grievance), rtol=1e-7)


@pytest.mark.parametrize(("fold", "x", "survivors"), [(0.109752115988938, 1.52085493165874, 1), (-0.150475309989545, 8.65191896718218, 1)])
def test_folds_of_the_security_dilemma_lose_two_equilibria(dilemma: Model, fold: float, x: float, survivors: int) -> None:
    outward = 1e-6 * np.sign(fold)
    for method in ("closed form", "newton"):
        before = equilibria(dilemma.with_values(balance=fold - outward), ARMS, method=method)
        after = equilibria(dilemma.with_values(balance=fold + outward), ARMS, method=method)
        assert len(before) == survivors + 2
        assert len(after) == survivors
        near = [one for one in before if abs(one["x"] - x) < 0.05]  # apart by the root of the distance to the fold
        assert len(near) == 2
        assert {one.is_stable for one in near} == {True, False}


def test_ring_of_three_has_a_small_spiral_number_and_yet_oscillates() -> None:
    """A small spiral number alone proves nothing where fear is a state; the eigenvalues are a separate computation."""
    arming = {f"x{i}": f"5*f{i} - 0.1*x{i}" for i in (1, 2, 3)}
    fearing = {f"f{i}": f"(0.9*x{i % 3 + 1} - x{i} - f{i})/tau" for i in (1, 2, 3)}
    ring = Model.from_equations({**arming, **fearing}, {"tau": 1})
    quick = spectrum(ring, np.zeros(6)).eigenvalues[0]
    slow = spectrum(ring.with_values(tau=0.01), np.zeros(6)).eigenvalues[0]
    assert quick.real == pytest.approx(0.159135063, rel=1e-8)
    assert abs(quick.imag) == pytest.approx(2.747794122, rel=1e-8)
    assert slow.real == pytest.approx(-0.603033460, rel=1e-8)


def test_balance_of_the_linear_reaction_is_critical_at_its_formula() -> None:
    a, k, w, s = 0.2, 0.5, 1, 0.6
    for delta, expected in ((0, 0.4), (0.5, 0.4 / 0.7), (1, 1.0)):
        critical = log(a / (k * w * (1 - delta * s)))
        assert e**critical == pytest.approx(expected)
        linearised = security_dilemma(
            alarm=0, strain=0, fatigue=a, defence=k, distinguishability=delta, defensive_share=s, grievance=0, balance=critical + 1e-3
        )
        beyond = equilibria(linearised, Window(x=(0, 10), y=(0, 10)))[0]
        within = equilibria(linearised.with_values(balance=critical - 1e-3), Window(x=(0, 10), y=(0, 10)))[0]
        assert (within.spiral_number or 0) < 1 < (beyond.spiral_number or 0)
        assert within.is_stable
        assert not beyond.is_stable
