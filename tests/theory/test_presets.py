"""Each theory's prediction that can fail (docs/explanation/theories.md), and what a preset refuses."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from richardson import errors, models, theories
from richardson.compiled.field import Field
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.symbolic.conditions import spiral_number_of
from richardson.symbolic.model import Model

SEEDS = st.integers(0, 2**32 - 1)
PRESETS = [
    theories.collective_security,
    theories.security_dilemma,
    theories.defensive_realism,
    theories.offensive_realism,
    theories.classical_realism,
]


def random_dilemma(rng: np.random.Generator) -> Model:
    """Fear without greed among three, every nation different, all of them seeing each other."""
    model = theories.security_dilemma(3)
    free = ("defence", "alarm", "threshold", "fatigue", "strain", "exposure", "defensive_share")
    values = {name: rng.uniform(0.3, 1.0) for concept in free for name in model.resolve(concept)}
    return model.with_values(**values, balance=rng.uniform(-1, 2), distinguishability=rng.uniform(0, 0.9))


@given(seed=SEEDS)
@settings(max_examples=40)
def test_a_security_dilemma_that_is_lost_lifts_all_nations_together(seed: int) -> None:
    """Wherever the race leaves a state, it leaves along one real vector without a zero or a change of sign."""
    rng = np.random.default_rng(seed)
    jacobian = Field.of(random_dilemma(rng)).jacobian(0.0, rng.uniform(0.1, 20, 3))
    values, vectors = np.linalg.eig(jacobian)
    first = int(np.argmax(values.real))
    direction = (vectors[:, first] / vectors[np.abs(vectors[:, first]).argmax(), first]).real
    assert values[first].imag == 0.0
    assert (direction > 1e-9).all()  # strictly: each sees every other


def test_a_race_that_is_lost_by_submission_lifts_one_and_lowers_the_other() -> None:
    """The prediction can fail: beyond σ* = 0.15 Richardson's submissive race leaves (10, 10) along (1, −1)."""
    jacobian = Field.of(models.submissive(defence=0.1, fatigue=0.2, grievance=1, submission=0.16)).jacobian(0.0, np.array([10.0, 10.0]))
    values, vectors = np.linalg.eigh(jacobian)
    assert values[-1] > 0 > vectors[0, -1] * vectors[1, -1]


@pytest.mark.parametrize(
    ("values", "name"), [({"ambition_y": 0.1}, "ambition_y"), ({"distinguishability": 1}, "below 1"), ({"defence": 0}, "defence_x")]
)
def test_a_security_dilemma_with_greed_or_certainty_is_refused(values: dict[str, float], name: str) -> None:
    with pytest.raises(errors.OutOfBoundsError, match=name):
        theories.security_dilemma(**values)  # type: ignore[arg-type] # parameters, not flags


def test_the_security_dilemma_is_the_flagship_itself() -> None:
    assert theories.security_dilemma(3, "state") == models.security_dilemma(3, "state")
    assert theories.security_dilemma(beliefs=True, balance_scaling=True) == models.security_dilemma(beliefs=True, balance_scaling=True)


def offensive(**values: float) -> Model:
    return theories.offensive_realism(**values)


@given(seed=SEEDS)
@settings(max_examples=60)
def test_calm_hegemons_find_no_equilibrium_exactly_when_the_spiral_number_reaches_one(seed: int) -> None:
    """φ = q = 0: x* of the linear equations, solved here, has arms iff R < 1; the library's R is taken at any state."""
    rng = np.random.default_rng(seed)
    defence, fatigue, ambition, target, grievance = rng.uniform((0.1, 0.5, 0.05, 1.01, 0.1), (0.8, 2, 0.6, 2, 1), (2, 5)).T
    per_nation = {"defence": defence, "fatigue": fatigue, "ambition": ambition, "target": target, "grievance": grievance}
    values = {f"{what}_{i}": float(pair[k]) for what, pair in per_nation.items() for k, i in enumerate("xy")}
    model = theories.offensive_realism(alarm=0, strain=0, distinguishability=rng.uniform(0, 1), **values)
    number = spiral_number_of(Field.of(model).jacobian(0.0, np.zeros(2)))
    assume(abs(number - 1) > 1e-9)
    threat = 1 - model.values["distinguishability"] * 0.6
    own, cross = fatigue + ambition, defence * threat + ambition * target
    arms = np.linalg.solve(np.array([[own[0], -cross[0]], [-cross[1], own[1]]]), grievance)
    assert bool((arms > 0).all()) == (number < 1)


@given(targets=st.tuples(st.floats(1.01, 3), st.floats(1.01, 3)))
@settings(max_examples=30)
def test_ambition_alone_ends_all_equilibria_once_it_is_large(targets: tuple[float, float]) -> None:
    """φ = q = 0, μ → ∞: R → √(c_x c_y) > 1, whatever k, w and δ."""
    model = theories.offensive_realism(alarm=0, strain=0, ambition=1e9, target_x=targets[0], target_y=targets[1], distinguishability=1)
    number = spiral_number_of(Field.of(model).jacobian(0.0, np.zeros(2)))
    assert number == pytest.approx(np.sqrt(targets[0] * targets[1]), rel=1e-7)


@pytest.mark.parametrize(("seen", "arms"), [(0.0, 82.57236795), (1.0, 55.29855044)])
def test_hegemons_with_strain_arm_highly_however_well_defence_is_told_apart(seen: float, arms: float) -> None:
    """The specification's numbers at μ = 5, c = 1.5: by the library with proof, by scipy on the symmetric equation, roughly by formula."""
    threat = 1 - 0.6 * seen

    def rate(x: float) -> float:
        fear = threat * x
        return 0.45 * fear * (1 + 3 * fear**2 / (16 + fear**2)) - x * (1 + 0.04 * x) + 0.5 + 5 * 0.5 * x

    (rest,) = equilibria(offensive(ambition=5, distinguishability=seen), Window(x=(0, 200), y=(0, 200)))
    assert (rest.is_stable, rest["x"]) == (True, pytest.approx(arms, rel=1e-9))
    assert brentq(rate, 10, 200, xtol=1e-12) == pytest.approx(arms, rel=1e-9)
    assert (0.45 * threat * 4 + 5 * 0.5 - 1) / 0.04 == pytest.approx(arms, rel=0.02)  # leaves out g, and that alarm is not quite full


@pytest.mark.parametrize("seen", [0.0, 0.5, 1.0])
def test_the_highest_equilibrium_of_hegemons_grows_with_ambition_however_well_defence_is_told_apart(seen: float) -> None:
    window = Window(x=(0, 500), y=(0, 500))
    found = [equilibria(offensive(ambition=ambition, distinguishability=seen), window)[-1]["x"] for ambition in (1.0, 2.0, 5.0, 10.0)]
    assert (np.diff(found) > 0).all()


def test_weak_ambition_leaves_a_low_equilibrium_standing() -> None:
    """Below the fold at μ = 0.2349 two are stable at δ = 0; at δ = 1 the only one is low."""
    window = Window(x=(0, 60), y=(0, 60))
    stable = [
        [rest["x"] for rest in equilibria(offensive(ambition=0.2, distinguishability=seen), window) if rest.is_stable] for seen in (0, 1)
    ]
    assert [len(rests) for rests in stable] == [2, 1]
    assert max(stable[0][0], stable[1][0]) < 2.0
    assert stable[0][1] > 20.0


@pytest.mark.parametrize(
    ("values", "name"), [({"ambition_x": 0}, "ambition_x must be above 0"), ({"target": 1}, "target_x must be above 1")]
)
def test_a_hegemon_that_is_content_is_refused(values: dict[str, float], name: str) -> None:
    with pytest.raises(errors.OutOfBoundsError, match=name):
        theories.offensive_realism(**values)  # type: ignore[arg-type] # parameters, not nations


RATES = st.floats(0.1, 5)
REACTIONS = st.tuples(st.floats(0, 1.5), st.floats(0, 1.5))
BASES = st.tuples(st.floats(0.1, 10), st.floats(0.1, 10))


@given(speeds=st.tuples(RATES, RATES), reactions=REACTIONS, bases=BASES)
@settings(max_examples=40)
def test_defensive_realists_rest_where_both_are_secure_exactly_when_their_reactions_multiply_to_less_than_one(
    speeds: tuple[float, float], reactions: tuple[float, float], bases: tuple[float, float]
) -> None:
    """x* = (m_x + o_x m_y)/(1 − o_x o_y), stable iff o_x o_y < 1, however fast they arm."""
    product = reactions[0] * reactions[1]
    assume(abs(product - 1) > 1e-6)
    values = {
        f"{what}_{i}": pair[k]
        for what, pair in (("adjustment", speeds), ("reaction", reactions), ("base", bases))
        for k, i in enumerate("xy")
    }
    field = Field.of(theories.defensive_realism(**values))
    arms = np.array([bases[0] + reactions[0] * bases[1], bases[1] + reactions[1] * bases[0]]) / (1 - product)
    assert field.rates(0.0, arms) == pytest.approx(0.0, abs=1e-11 * np.abs(arms).max() * max(speeds))
    assert (np.linalg.eigvals(field.jacobian(0.0, arms)).real.max() < 0) == (product < 1)


def test_defensive_realism_is_stock_adjustment_and_no_second_model() -> None:
    assert theories.defensive_realism(reaction=0.8) == models.stock_adjustment(reaction=0.8)


@pytest.mark.parametrize("values", [{"adjustment_x": 0}, {"base": -1}])
def test_a_defensive_realist_that_never_arms_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(errors.OutOfBoundsError, match="arms to be secure"):
        theories.defensive_realism(**values)


@given(grievance=st.floats(0.1, 3), fatigue=st.floats(0.2, 2), strain=st.floats(0.01, 1), rival=st.floats(0, 100))
@settings(max_examples=30)
def test_the_arming_of_classical_realists_does_not_depend_on_the_rival(
    grievance: float, fatigue: float, strain: float, rival: float
) -> None:
    model = theories.classical_realism(grievance_x=grievance, fatigue_x=fatigue, strain_x=strain)
    alone = (np.sqrt(1 + 4 * strain * grievance / fatigue) - 1) / (2 * strain)  # a x (1 + q x) = g
    assert Field.of(model).rates(0.0, np.array([alone, rival]))[0] == pytest.approx(0.0, abs=1e-12 * (1 + grievance + fatigue * alone))
    jacobian = Field.of(model).jacobian(0.0, np.array([alone, rival]))
    assert jacobian[0, 1] == jacobian[1, 0] == 0.0


@pytest.mark.parametrize("values", [{"defence_x": 0.1}, {"ambition": 0.1}, {"grievance_y": 0}])
def test_a_classical_realist_that_answers_rivals_or_wants_nothing_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(errors.OutOfBoundsError, match="whoever the rival"):
        theories.classical_realism(**values)  # type: ignore[arg-type] # parameters, not nations


def leading(model: Model) -> float:
    """Largest real part of the eigenvalues; the model is linear."""
    place = dict.fromkeys(model.state_symbols, 0)
    numbers = dict(zip(model.parameter_symbols, model.numbers, strict=True))
    return float(np.linalg.eigvals(np.array(model.jacobian.subs(numbers).subs(place), dtype=np.float64)).real.max())


@pytest.mark.parametrize(("commitment", "value"), [(1e-12, 0.04), (1 / 3, 0.0), (1.0, -0.08)])
def test_a_pact_of_all_makes_a_race_of_three_as_tame_as_one_of_two(commitment: float, value: float) -> None:
    """k = .12, a = .2: k[(N − 1)(1 − κ) + κ] − a."""
    assert leading(theories.collective_security(3, commitment=commitment, defence=0.12, fatigue=0.2)) == pytest.approx(value, abs=1e-12)


@given(seed=SEEDS)
@settings(max_examples=15)
def test_commitment_never_makes_a_race_less_stable(seed: int) -> None:
    """Perron and Frobenius: the pact lowers entries of a matrix that is non-negative off its diagonal; nations and pact as they come."""
    rng = np.random.default_rng(seed)
    model = theories.collective_security(4, pact=("n1", "n3", "n4")[: int(rng.integers(2, 4))])
    values = {name: rng.uniform(0, 1) for concept in ("defence", "fatigue") for name in model.resolve(concept)}
    found = [leading(model.with_values(**values, commitment=commitment)) for commitment in (0.0, 0.3, 0.7, 1.0)]
    assert (np.diff(found) < 1e-12).all()


@pytest.mark.parametrize("values", [{"commitment": 0}, {"defence_x_y": -0.1}])
def test_a_pact_of_paper_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(errors.OutOfBoundsError, match="pact that binds"):
        theories.collective_security(3, **values)


@pytest.mark.parametrize("theory", PRESETS)
def test_a_theory_names_itself_and_says_that_the_reading_is_ours(theory: Any) -> None:
    model = theory()
    assert model.name == f"theory: {theory.__name__.replace('_', ' ')}"
    assert "this project's reading" in model.references[0]
    assert len(model.references) == len(set(model.references))
