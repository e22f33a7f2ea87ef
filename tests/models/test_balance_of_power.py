"""Alignments (docs/explanation/balance-of-power.md): limits, closed forms, and the numbers of the page by two methods."""

from collections.abc import Callable

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import approx_fprime, root

from richardson import errors
from richardson.compiled.field import Field
from richardson.continuation.follow import continue_equilibrium
from richardson.dynamics.integrate import integrate
from richardson.models import balance_of_power, security_dilemma
from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.symbolic.quantity import unit_exponents
from tests.models.balance_equations import full_state, of_model, on_paper

GOLDEN = (1 + np.sqrt(5)) / 2
SLOWLY = pytest.mark.slow  # reading the equations of more nations takes seconds
SIZES = (3, 4, pytest.param(5, marks=SLOWLY))
COALITIONS = {3: (-0.938807, 0.459408), 4: (-0.994443, 0.975393), 5: (-0.999121, 0.997623)}  # (A₁ⱼ, Aⱼₘ) at g = (4, .5, …)
FOLDS = {4: 0.6003381749421134, 5: 0.6570875992278452}  # of the symmetric equations in 30 digits, by mpmath
STRONGEST = {3: "x", 4: "n1", 5: "n1"}


@pytest.mark.parametrize("count", [2, 3, pytest.param(4, marks=SLOWLY)])
def test_frozen_enmity_of_all_is_the_security_dilemma(count: int) -> None:
    """κ = 0, A = −1, ρ = 0: the same expressions, and alignments stand still."""
    model, dilemma = balance_of_power(count), security_dilemma(count)
    frozen = {symbol: sympy.Integer(-1) for symbol in model.state_symbols[count:]}
    frozen[model.symbol("realignment")] = sympy.Integer(0)
    frozen |= {model.symbol(name): sympy.Integer(0) for name in model.resolve("reassurance")}
    expected = [rate.subs({dilemma.symbol(name): 0 for name in dilemma.resolve("reassurance")}) for rate in dilemma.rates]
    found = [rate.subs(frozen) for rate in model.rates]
    assert [sympy.expand(one - other) for one, other in zip(found, expected, strict=False)] == [0] * count
    assert found[count:] == [0] * (count * (count - 1) // 2)


def test_the_parameters_of_the_security_dilemma_are_its_own() -> None:
    mine = balance_of_power(4)
    assert {name: mine.values[name] for name in security_dilemma(4).parameter_names} == dict(security_dilemma(4).values)


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("excess", [-1e-6, 1e-6])
def test_the_weak_ally_against_the_strongest_beyond_the_golden_ratio(count: int, excess: float) -> None:
    """Arms (r, 1, …, 1), λ = 0, η = ζ: r² − r − 1 decides, for every number of nations."""
    rates = of_model(balance_of_power(count, friend_of_friend=0))
    found = rates(full_state(count, GOLDEN + excess, 1.0, 0.0, 0.0))
    assert (found[-1] > 0) == (excess > 0)
    assert abs(found[-1]) < 1e-5  # of the order of the excess: no other root lies near


def symmetric_rates(count: int, **values: float) -> Callable[[float, np.ndarray], np.ndarray]:
    """Rates of (x₁, xⱼ, A₁ⱼ, Aⱼₘ) at a grievance of the strongest, from the model itself."""
    rates = of_model(balance_of_power(count, **values))

    def at(grievance: float, reduced: np.ndarray) -> np.ndarray:
        """The grievance enters as a plain summand."""
        found = rates(full_state(count, *reduced))[[0, 1, count, -1]]
        found[0] += grievance - 0.5
        return found

    return at


@pytest.mark.parametrize("count", SIZES)
def test_the_weak_unite_against_the_strongest_as_the_page_says(count: int) -> None:
    """From x = 1, A = 0 by SciPy, on the model's rates and on an independent right-hand side."""
    grievance = np.array([4.0, *[0.5] * (count - 1)])
    rates = of_model(balance_of_power(count, **{f"grievance_{STRONGEST[count]}": 4.0}))
    start = full_state(count, 1.0, 1.0, 0.0, 0.0)
    for flow in (rates, lambda state: on_paper(state, grievance)):
        end = solve_ivp(lambda _, state, flow=flow: flow(state), (0, 400), start, method="LSODA", rtol=1e-9, atol=1e-11).y[:, -1]
        assert end[[count, -1]] == pytest.approx(COALITIONS[count], abs=1e-6)  # as many digits as were given
        assert np.ptp(end[1:count]) < 1e-9  # the weak stay equal


@pytest.mark.parametrize(
    ("count", "friend", "threshold", "guess"),
    [
        (3, 1.0, 0.56415381965, (1.03, 0.88, -0.82)),
        (3, 0.0, 45.0896698941, (34.2, 21.1, -0.90)),
        (4, 0.0, 13.8178747023, (17.6, 10.9, -0.68)),
        pytest.param(5, 0.0, 6.16824283599, (10.3, 6.3, -0.50), marks=SLOWLY),
    ],
)
def test_a_pact_of_the_weak_begins_where_their_alignment_passes_zero(
    count: int, friend: float, threshold: float, guess: tuple[float, ...]
) -> None:
    """Reference: the symmetric equations in 30 digits, by mpmath."""
    rates = symmetric_rates(count, friend_of_friend=friend)
    found = root(lambda v: rates(v[0], np.array([*v[1:], 0.0])), [threshold * 1.001, *guess], tol=1e-13)
    assert found.success
    assert found.x[0] == pytest.approx(threshold, rel=1e-9)


@pytest.mark.parametrize(
    ("count", "guess"), [(4, (0.96, 0.804, -0.469, -0.075)), pytest.param(5, (1.04, 0.824, -0.345, -0.027), marks=SLOWLY)]
)
def test_with_four_nations_and_more_the_pact_begins_with_a_fold(count: int, guess: tuple[float, ...]) -> None:
    """Rates and the determinant of a numeric Jacobian vanish together."""
    rates = symmetric_rates(count)

    def conditions(v: np.ndarray) -> np.ndarray:
        jacobian = approx_fprime(v[1:], lambda state: rates(v[0], state), 1e-7)
        return np.array([*rates(v[0], v[1:]), np.linalg.det(jacobian)])

    found = root(conditions, [FOLDS[count], *guess], tol=1e-10)
    assert found.x[0] == pytest.approx(FOLDS[count], abs=1e-8)  # at a fold the parameter is flat in the state


@pytest.mark.slow
@pytest.mark.parametrize("count", [4])  # five nations: deriving what a fold needs takes many minutes
def test_continuation_finds_the_folds_at_which_pacts_begin(count: int) -> None:
    model = balance_of_power(count)
    start = solve_ivp(lambda _, s: on_paper(s, np.full(count, 0.5)), (0, 400), full_state(count, 1, 1, 0, 0), rtol=1e-9).y[:, -1]
    branch = continue_equilibrium(model, start.tolist(), f"grievance_{STRONGEST[count]}", (0.45, 0.8))
    assert [point.kind for point in branch.points] == ["fold"]
    assert branch.points[0].value == pytest.approx(FOLDS[count], abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("count", [3, 4, 5])
def test_our_own_integrator_comes_to_the_same_coalitions(count: int) -> None:
    model = balance_of_power(count, **{f"grievance_{STRONGEST[count]}": 4.0})
    end = integrate(model, full_state(count, 1.0, 1.0, 0.0, 0.0), [0, 400], method="DOP853").states[-1]
    assert end[[count, -1]] == pytest.approx(COALITIONS[count], abs=1e-6)


def driven(count: int, friend: float, levels: tuple[float, ...]) -> list[float]:
    """Alignment of the weak at the end of 300 years at each level of the strongest's grievance, one after the other."""
    state, found = full_state(count, 1.0, 1.0, 0.0, 0.0), []
    for level in levels:
        grievance = np.array([level, *[0.5] * (count - 1)])
        flow = lambda _, s, grievance=grievance: on_paper(s, grievance, friend=friend)  # noqa: E731 - one line of mathematics
        state = solve_ivp(flow, (0, 300), state, method="LSODA", rtol=1e-8, atol=1e-10).y[:, -1]
        found.append(state[-1])
    return found


def test_a_coalition_against_the_strongest_dissolves_when_it_falls() -> None:
    """Three nations go back the way they came; four only when the former hegemon is far below them; five never."""
    before, during, after = driven(3, 1.0, (0.5, 1.0, 0.5))
    assert (before, during) == (pytest.approx(-0.58043, abs=1e-4), pytest.approx(0.704, abs=1e-3))
    assert after == pytest.approx(before, abs=1e-6)
    four = driven(4, 1.0, (0.5, 1.0, 0.5, 0.3, 0.1))
    assert [round(alignment, 2) for alignment in four] == [-0.28, 0.97, 0.94, 0.88, -0.53]
    five = driven(5, 1.0, (0.5, 1.0, 0.5, 0.0))
    assert [round(alignment, 2) for alignment in five] == [-0.17, 1.0, 0.99, 0.99]


def test_by_the_models_own_rates_a_coalition_of_the_weak_forms_and_dissolves() -> None:
    """The strongest's grievance goes from 0.5 to 1 and back, 300 years each."""
    rates, state, seen = of_model(balance_of_power()), full_state(3, 1.0, 1.0, 0.0, 0.0), []
    for level in (0.5, 1.0, 0.5):
        extra = np.array([level - 0.5, *[0.0] * 5])  # the grievance is a plain summand
        flow = lambda _, s, extra=extra: rates(s) + extra  # noqa: E731 - one line of mathematics
        state = solve_ivp(flow, (0, 300), state, method="LSODA", rtol=1e-8, atol=1e-10).y[:, -1]
        seen.append(state)
    peace, hegemony, again = np.array(seen)
    assert peace[3:] == pytest.approx([-0.58043] * 3, abs=1e-5)  # all alike, all somewhat hostile
    assert hegemony[3:] == pytest.approx([-0.97187, -0.97187, 0.70388], abs=1e-5)  # two against one
    assert hegemony[0] > max(hegemony[1:3]) > peace[0]
    assert again == pytest.approx(peace, abs=1e-6)


def test_without_friends_of_friends_no_pact_outlives_its_enemy() -> None:
    """λ = 0, five nations: the same rise, enough for a pact, and the same fall."""
    before, during, after = driven(5, 0.0, (0.5, 10.0, 0.5))
    assert before < 0 < during
    assert after < 0


@pytest.mark.slow
def test_a_coalition_forms_and_dissolves_along_one_driven_run() -> None:
    """The strongest's grievance rises to 1 and falls back: our own integrator, in one run."""
    drive = "0.5 + 0.5*sigmoid((t - 60)/4) - 0.5*sigmoid((t - 200)/4)"
    run = integrate(balance_of_power().with_drive(grievance_x=drive), full_state(3, 1.0, 1.0, 0.0, 0.0), [0, 40, 150, 400])
    assert run["alignment_y_z"][1:] == pytest.approx([-0.58, 0.704, -0.58043], abs=0.01)
    assert run["alignment_x_y"] == pytest.approx(run["alignment_x_z"], abs=1e-6)  # the weak stay equal


MODEL = balance_of_power()
ARMS = st.one_of(st.just(0.0), st.floats(0.01, 30.0))  # between them NumPy, which adds 1 to arms, loses digits that compiled rates keep
STATES = st.lists(ARMS, min_size=3, max_size=3)


@settings(max_examples=20, deadline=None)
@given(arms=STATES, signs=st.lists(st.sampled_from([-1.0, 0.3, 1.0]), min_size=3, max_size=3))
def test_rates_are_those_on_paper_and_alignments_never_leave_their_range(arms: list[float], signs: list[float]) -> None:
    found = PLAIN(np.array([*arms, *signs]))
    assert found == pytest.approx(on_paper(np.array([*arms, *signs]), np.full(3, 0.5)), rel=1e-12, abs=1e-12)  # rounding
    for alignment, rate in zip(signs, found[3:], strict=True):
        assert abs(alignment) < 1 or rate * alignment < 0


@pytest.mark.slow
@pytest.mark.parametrize("size", [1e-12, 1e-6])
def test_compiled_rates_of_tiny_arms_lose_no_digits(size: float) -> None:
    field, rng = Field.of(balance_of_power(4)), np.random.default_rng(1)
    for _ in range(20):
        state = np.append(size * rng.uniform(0, 1, 4) * rng.integers(0, 2, 4), rng.uniform(-1, 1, 6))
        assert field.rates(0.0, state) == pytest.approx(on_paper(state, np.full(4, 0.5)), rel=1e-14, abs=1e-14)  # rounding


PLAIN = of_model(MODEL)


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), arms=st.floats(0.2, 3.0), time=st.floats(0.2, 3.0))
def test_changing_the_units_of_arms_and_time_changes_only_the_numbers(seed: int, arms: float, time: float) -> None:
    factors, rng = {"arms": arms, "yr": time}, np.random.default_rng(seed)

    def rescaled(unit: str) -> float:
        return float(np.prod([factors[base] ** power for base, power in unit_exponents(unit).items()]))

    model = MODEL.with_values(reassurance=0.2, ambition=0.1, balance=0.3, terrain_x_y=0.5)
    scaled = model.with_values(**{term.name: model.values[term.name] * rescaled(term.unit) for term in model.parameters})
    state, units = rng.uniform(0.1, 1, 6), np.array([arms] * 3 + [1.0] * 3)
    assert of_model(scaled)(state * units) == pytest.approx(of_model(model)(state) * units / time, rel=1e-11, abs=1e-12)  # rounding


def test_renaming_the_nations_renames_the_rates() -> None:
    values = {"grievance_x": 0.9, "exposure_y_x": 0.4, "terrain_y_z": 0.7, "defensive_share_z": 0.2, "distinguishability": 0.5}
    renamed = {"grievance_y": 0.9, "exposure_x_y": 0.4, "terrain_x_z": 0.7, "defensive_share_z": 0.2, "distinguishability": 0.5}
    state = np.array([3.0, 1.0, 2.0, 0.1, -0.4, 0.8])  # alignments of xy, xz, yz
    one = of_model(balance_of_power(**values))(state)
    other = of_model(balance_of_power(**renamed))(state[[1, 0, 2, 3, 5, 4]])
    assert other[[1, 0, 2, 3, 5, 4]] == pytest.approx(one, rel=1e-12)  # rounding


def test_where_nobody_has_arms_threats_are_shared_evenly() -> None:
    """σ = 1/(N − 1): tanh(4/4 − 4/2 + λA²) − A, and a lone armed nation is all that the others see."""
    at_zero = PLAIN(np.array([0, 0, 0, 0.2, 0.2, 0.2]))
    assert at_zero[3:] == pytest.approx(0.5 * (np.tanh(-1 + 0.04) - 0.2), rel=1e-14)
    lone = PLAIN(np.array([1.0, 0, 0, 0, 0, 0]))  # σ_yx = σ_zx = 1, σ_xy = σ_xz = 1/2
    assert lone[3:] == pytest.approx(0.5 * np.tanh([-4 * 1.5 / 2, -4 * 1.5 / 2, 4.0]), rel=1e-14)


def test_the_path_from_zero_arms_does_not_depend_on_how_threats_are_shared_there() -> None:
    """σ at the start matters for an instant only: the path from 0 is the limit of paths from near it."""
    ends = []
    for first in (0.0, 1e-9):
        start = np.array([first] * 3 + [0.0] * 3)
        ends.append(solve_ivp(lambda _, s: on_paper(s, np.array([2.0, 0.5, 0.3])), (0, 3), start, rtol=1e-10, atol=1e-12).y[:, -1])
    assert ends[0] == pytest.approx(ends[1], abs=1e-8)


@pytest.mark.parametrize("nations", [1, 7, ("x", "x"), "xyz"])
def test_what_names_no_two_to_six_nations_is_refused(nations: object) -> None:
    with pytest.raises(errors.InvalidInputError):
        balance_of_power(nations)  # type: ignore[arg-type] # wrong on purpose


@pytest.mark.slow  # a search in six states
def test_a_far_too_wide_window_shows_all_that_scipy_finds_from_many_starts() -> None:
    """Two stable equilibria, and the seven saddles between them; the window is six times as wide as they lie apart."""
    model, rng, found = balance_of_power(), np.random.default_rng(5), set()
    for start in np.hstack([rng.uniform(0, 15, (300, 3)), rng.uniform(-1, 1, (300, 3))]):
        end = root(on_paper, start, args=(np.full(3, 0.5),), tol=1e-12)
        if end.success and (end.x[:3] >= 0).all():
            found.add(tuple(np.round(end.x, 6) + 0.0))
    spans = {state.name: (max(state.lower, -1.0), min(state.upper, 60.0)) for state in model.states}
    listed = equilibria(model, Window(**spans))
    assert len(found) == 9
    assert {tuple(np.round(one.state, 6) + 0.0) for one in listed} == found
    assert sum(one.is_stable for one in listed) == 2


def test_a_misspelt_parameter_is_refused_with_the_nearest() -> None:
    with pytest.raises(errors.UnknownNameError, match="friend_of_friend"):
        balance_of_power(friend_of_friends=2)
