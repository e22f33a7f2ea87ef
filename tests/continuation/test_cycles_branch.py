"""Branches of limit cycles: special points in closed form and by shooting, ends, what is refused."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, fsolve

from richardson.continuation.branch import SpecialPoint
from richardson.continuation.cycles import LimitCycle, limit_cycle
from richardson.continuation.cycles_branch import CycleBranch
from richardson.continuation.cycles_continue import continue_cycle
from richardson.continuation.follow import continue_equilibrium
from richardson.errors import InvalidInputError, OutOfBoundsError, UnknownNameError
from richardson.files import load, save
from richardson.outcome import Outcome
from richardson.symbolic.model import Model


def hopf(value: float, *state: float) -> SpecialPoint:
    return SpecialPoint("hopf", value, np.array(state), (value, value), 0.0)


def polar(rate: str, parameters: dict[str, float], **others: str) -> Model:
    """Rotation at unit speed with r' = r · rate, where R stands for r²."""
    growth = rate.replace("R", "(x**2 + y**2)")
    return Model.from_equations({"x": f"x*({growth}) - y", "y": f"y*({growth}) + x", **others}, parameters)


def kinds(branch: CycleBranch) -> list[str]:
    return [point.kind for point in branch.points]


def holds(point: SpecialPoint, value: float) -> bool:
    return point.bracket[0] <= value <= point.bracket[1]


@pytest.fixture(scope="module")
def folded() -> CycleBranch:
    """r' = r (m + R − R²): cycles R = (1 ± √(1 + 4m))/2, fold at m = −¼, multiplier exp(2π(2R − 4R²))."""
    return continue_cycle(polar("m + R - R**2", {"m": 0.0}), hopf(0.0, 0.0, 0.0), "m", (-1.0, 1.0))


def test_a_subcritical_branch_turns_at_its_fold(folded: CycleBranch) -> None:
    assert kinds(folded) == ["hopf", "fold of cycles"]
    fold = folded.points[1]
    assert fold.value == pytest.approx(-0.25, abs=1e-9)
    assert holds(fold, -0.25) and fold.bracket[1] - fold.bracket[0] < 1e-9
    assert folded.outcome is Outcome.REACHED_END and folded.values[-1] == 1.0
    at = int(np.flatnonzero(folded.values == fold.value)[0])
    assert not folded.is_stable[: at + 1].any() and folded.is_stable[at + 1 :].all()


@pytest.mark.parametrize("gap", [1e-2, 1e-4, 1e-7])
def test_a_branch_that_turns_just_beyond_the_span_ends_where_it_leaves_it(gap: float) -> None:
    found = continue_cycle(polar("m + R - R**2", {"m": 0.0}), hopf(0.0, 0.0, 0.0), "m", (-0.25 + gap, 1.0))
    assert (kinds(found), found.outcome, found.values[-1]) == (["hopf"], Outcome.REACHED_END, -0.25 + gap)


def test_cycles_and_multipliers_are_those_of_the_closed_form(folded: CycleBranch) -> None:
    for cycle, value, multipliers in zip(folded.cycles[1:], folded.values[1:], folded.multipliers[1:], strict=True):
        squares = (cycle.states**2).sum(axis=1)
        np.testing.assert_allclose(squares * (1 - squares), -value, atol=1e-8)  # local errors of the polynomials, 1e-7 of the range
        exponents = sorted([0.0, 2 * np.pi * (2 - 4 * squares[0]) * squares[0]], reverse=True)
        np.testing.assert_allclose(np.log(multipliers.real), exponents, rtol=2e-5, atol=1e-7)  # e⁻⁴⁵ at 20 intervals
    np.testing.assert_allclose(folded.periods, 2 * np.pi, rtol=1e-9)


def test_a_branch_is_a_table_and_can_be_kept(folded: CycleBranch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert {"m", "period", "lowest_x", "highest_y", "is_stable", "multiplier_2"} <= set(folded.to_table())
    np.testing.assert_allclose(folded["x"][1:, 1] ** 2, (folded.cycles[1].states[:, 0].max() ** 2, *folded["x"][2:, 1] ** 2))
    assert folded["m"] is folded.values and repr(folded).startswith("<cycles over m in [-0.25, 1]:")
    with pytest.raises(UnknownNameError):
        _ = folded["z"]
    save(folded, tmp_path / "branch.richardson")
    np.testing.assert_array_equal(load(tmp_path / "branch.richardson").periods, folded.periods)


def test_an_isola_of_cycles_closes_with_both_folds() -> None:
    # R = 3 ± √(1 − m²)
    model = polar("1 - m**2 - (R - 3)**2", {"m": 0.0})
    branch = continue_cycle(model, limit_cycle(model, [2.0, 0.0]), "m", (-2.0, 2.0))
    assert branch.outcome is Outcome.CLOSED
    assert kinds(branch) == ["fold of cycles"] * 2
    assert sorted(point.value for point in branch.points) == pytest.approx([-1.0, 1.0], abs=1e-9)


def test_a_pitchfork_of_cycles_is_a_branch_point_and_no_fold() -> None:
    model = polar("1 - R", {"m": -0.3}, u="m*u - u**3")
    branch = continue_cycle(model, limit_cycle(model, [1.0, 0.0, 0.3]), "m", (-0.5, 0.5))
    assert kinds(branch) == ["branch point"]
    assert branch.points[0].value == pytest.approx(0.0, abs=1e-9) and holds(branch.points[0], 0.0)
    assert (branch.is_stable == (branch.values < 0.0)).all()


def test_a_torus_begins_where_langfords_equations_say() -> None:
    # r' = (z − b) r, z' = c + a z − z³/3 − r²(1 + e z): the cycle z = b = 0, r² = c has trace a − e c and determinant 2c,
    # so a pair passes the unit circle at a = e c, at the frequency √(2c) less the rotation d, folded into [0, d/2]
    equations = {"x": "z*x - d*y", "y": "d*x + z*y", "z": "c + a*z - z**3/3 - (x**2 + y**2)*(1 + e*z)"}
    model = Model.from_equations(equations, {"a": 0.1, "c": 0.6, "d": 3.5, "e": 0.25})
    branch = continue_cycle(model, limit_cycle(model, [0.77, 0.0, 0.05], period=1.8), "a", (0.0, 0.3))
    assert kinds(branch) == ["neimark-sacker"]
    point = branch.points[0]
    assert point.value == pytest.approx(0.15, abs=1e-8) and holds(point, 0.15)
    assert point.frequency == pytest.approx(1.2**0.5, rel=1e-6)
    assert (branch.is_stable == (branch.values < point.value)).all()


def test_real_multipliers_whose_product_is_one_are_no_torus() -> None:
    # multipliers exp(2πm), exp(−2π), exp(−4π): the product of the first two is 1 at m = 1
    model = polar("1 - R", {"m": 0.7}, u="m*u", v="-v")
    branch = continue_cycle(model, limit_cycle(model, [1.0, 0.0, 0.0, 0.0], period=6.2), "m", (0.5, 1.5))
    assert branch.points == ()


@pytest.fixture(scope="module")
def rossler() -> Model:
    return Model.from_equations({"x": "-y - z", "y": "x + 0.2*y", "z": "0.2 + z*(x - c)"}, {"c": 2.6}, name="Rössler")


def shoot(unknown: np.ndarray) -> list[float]:
    """Closure of Rössler's orbit from (0, y, z) after a time, and det(monodromy + 1), by the variational equations."""
    y, z, period, c = unknown

    def variation(_: float, s: np.ndarray) -> np.ndarray:
        jacobian = np.array([[0, -1, -1], [1, 0.2, 0], [s[2], 0, s[0] - c]])
        rates = (-s[1] - s[2], s[0] + 0.2 * s[1], 0.2 + s[2] * (s[0] - c))
        return np.concatenate((rates, (jacobian @ s[3:].reshape(3, 3)).ravel()))

    start = np.concatenate(([0.0, y, z], np.eye(3).ravel()))
    end = solve_ivp(variation, (0, period), start, method="DOP853", rtol=1e-12, atol=1e-13).y[:, -1]
    return [*(end[:3] - start[:3]), float(np.linalg.det(end[3:].reshape(3, 3) + np.eye(3)))]


def test_rosslers_first_doubling_is_that_of_shooting(rossler: Model) -> None:
    branch = continue_cycle(rossler, limit_cycle(rossler, [1.0, 1.0, 1.0]), "c", (2.5, 3.2))
    assert kinds(branch) == ["period doubling"]
    point = branch.points[0]
    cycle = branch.cycles[int(np.flatnonzero(branch.values == point.value)[0])]
    crossing = int(np.flatnonzero((cycle["x"][:-1] < 0) & (cycle["x"][1:] >= 0))[0])
    guess = [cycle["y"][crossing], cycle["z"][crossing], cycle.period, point.value]
    reference = fsolve(shoot, guess, xtol=1e-12)
    assert point.value == pytest.approx(reference[3], abs=1e-7)  # finite differences of runs at 1e-12
    assert cycle.period == pytest.approx(reference[2], rel=1e-7)
    assert (branch.is_stable == (branch.values < point.value)).all()


def test_a_doubled_cycle_is_stable_beyond_the_doubling(rossler: Model) -> None:
    once = limit_cycle(rossler, [1.0, 1.0, 1.0])
    twice = limit_cycle(rossler.with_values(c=3.0), [1.0, 1.0, 1.0])
    assert twice.is_stable and twice.period == pytest.approx(2 * once.period, rel=0.02)


def test_cycles_of_the_bogdanov_takens_form_end_in_the_homoclinic_orbit_of_shooting() -> None:
    # x' = y, y' = b − x + x² − x y from the Hopf point b = 0 at the origin
    model = Model.from_equations({"x": "y", "y": "b - x + x**2 - x*y"}, {"b": 0.0})
    branch = continue_cycle(model, hopf(0.0, 0.0, 0.0), "b", (-1.0, 1.0))
    assert kinds(branch) == ["hopf", "homoclinic"] and branch.outcome is Outcome.VANISHED
    end = branch.points[1]
    assert end.residual < 1e-4 and branch.periods[-1] > 4 * branch.periods[0]

    def gap(b: float) -> float:
        """Where the saddle's unstable manifold comes to rest in y, less where its stable manifold does."""
        saddle = 0.5 * (1 + np.sqrt(1 - 4 * b))
        places = []
        for sign in (1.0, -1.0):
            root = 0.5 * (-saddle + sign * np.sqrt(saddle**2 + 4 * (2 * saddle - 1)))  # λ² + saddle λ − (2 saddle − 1) = 0
            start = np.array([saddle, 0.0]) - 1e-6 * np.array([1.0, root])  # the manifold's bend is 1e-12 there

            def stops(_: float, s: np.ndarray) -> float:
                return float(s[1])

            stops.terminal, stops.direction = True, sign  # type: ignore[attr-defined]
            run = solve_ivp(
                lambda _, s, sign=sign: (sign * s[1], sign * (b - s[0] + s[0] ** 2 - s[0] * s[1])),
                (0, 100),
                start,
                method="DOP853",
                rtol=1e-12,
                atol=1e-14,
                events=stops,
            )
            places.append(run.y_events[0][0, 0])
        return places[0] - places[1]

    reference = brentq(gap, -0.25, -0.15, xtol=1e-12)
    assert end.value == pytest.approx(reference, abs=1e-7) and holds(end, reference)
    assert end.bracket[1] - end.bracket[0] < 1e-6


def test_the_cycles_of_autos_demonstration_are_born_with_its_period() -> None:
    # ACCEPTANCE B7: Hopf point at p = 0.13090004482, period 1.567749; the period of the first cycle differs by its amplitude squared
    equations = {"u": "-u + p*(1 - u)*exp(v)", "v": "-v + 14*p*(1 - u)*exp(v) - 2*v"}
    model = Model.from_equations(equations, {"p": 0.13})
    branch = continue_cycle(model, hopf(0.13090004482, 0.8950806, 4.177043), "p", (0.118, 0.2))
    assert branch.points[0].value == pytest.approx(0.13090004482, rel=1e-9)
    assert branch.periods[:2] == pytest.approx([1.567749, 1.567749], rel=1e-5)
    assert branch.is_stable[1:].all() and branch.values.max() == branch.values[0]  # supercritical
    near = int(np.argmin(np.abs(branch.values - 0.1198815)))
    row = branch.cycles[near]
    assert limit_cycle(row.model, row.states[0], period=row.period).period == pytest.approx(row.period, rel=1e-6)


def test_a_hopf_point_of_a_branch_of_equilibria_is_a_start() -> None:
    brusselator = Model.from_equations({"x": "1 - (b + 1)*x + x**2*y", "y": "b*x - x**2*y"}, {"b": 1.5})
    path = continue_equilibrium(brusselator, [1.0, 1.5], "b", (1.0, 3.0))
    start = next(point for point in path.points if point.kind == "hopf")
    branch = continue_cycle(brusselator, start, "b", (1.0, 3.0))
    assert branch.points[0].value == pytest.approx(2.0, abs=1e-10)  # b = 1 + a²
    assert branch.outcome is Outcome.REACHED_END and branch.is_stable[1:].all()


CO = {
    "x": "2*2.5*(1 - x - y - s)**2 - 2*x**2 - 10*x*y",
    "y": "q*(1 - x - y - s) - 0.1*y - 10*x*y",
    "s": "0.0675*(1 - x - y - 1.4*s)",
}
HOPF_POINTS = [
    (1.04099156953, (0.0779277706, 0.2330649301, 0.4921480709)),
    (1.05155746246, (0.0163575430, 0.5239711846, 0.3283366231)),
]


@pytest.fixture(scope="module")
def oxidation() -> Model:
    return Model.from_equations(CO, {"q": 1.045}, name="CO oxidation")


@pytest.mark.parametrize(("value", "state"), HOPF_POINTS)
def test_cycles_of_co_oxidation_are_born_unstable(oxidation: Model, value: float, state: tuple[float, float, float]) -> None:
    # ACCEPTANCE B3, B4: both are subcritical, Re c₁ > 0; the narrow span ends the branch before it turns
    branch = continue_cycle(oxidation, hopf(value, *state), "q", (value - 2e-5, value + 2e-5))
    assert branch.points[0].value == pytest.approx(value, rel=1e-10)
    assert len(branch) > 3 and not branch.is_stable.any() and branch.points[1:] == ()


@pytest.mark.slow
def test_cycles_of_co_oxidation_join_both_hopf_points_over_two_folds(oxidation: Model) -> None:
    there, back = (continue_cycle(oxidation, hopf(value, *state), "q", (0.8, 1.4)) for value, state in HOPF_POINTS)
    assert kinds(there) == ["hopf", "fold of cycles", "fold of cycles", "hopf"] == kinds(back)
    assert there.outcome is back.outcome is Outcome.VANISHED
    # the way back meets the same four points, on other meshes
    np.testing.assert_allclose([point.value for point in there.points], [point.value for point in back.points[::-1]], atol=1e-9)
    assert there.points[3].value == pytest.approx(HOPF_POINTS[1][0], rel=1e-10)


@pytest.mark.slow
def test_a_saddle_node_on_a_cycle_is_not_called_homoclinic() -> None:
    # on the circle the angle moves at m − cos: period 2π/√(m² − 1); as m falls to 1 it grows without bound, and no saddle exists
    model = Model.from_equations({"x": "x*(1 - x**2 - y**2) - y*(m - x)", "y": "y*(1 - x**2 - y**2) + x*(m - x)"}, {"m": 2.0})
    branch = continue_cycle(model, limit_cycle(model, [1.0, 0.0]), "m", (0.5, 3.0))
    assert branch.points == () and branch.outcome is Outcome.RAN_AWAY
    near = branch.values > 1.001
    np.testing.assert_allclose(branch.periods[near], 2 * np.pi / np.sqrt(branch.values[near] ** 2 - 1), rtol=1e-6)


@pytest.fixture(scope="module")
def oscillator() -> Model:
    return Model.from_equations({"x": "y", "y": "mu*(1 - x**2)*y - x"}, {"mu": 1.0}, name="van der Pol")


@pytest.fixture(scope="module")
def cycle(oscillator: Model) -> LimitCycle:
    return limit_cycle(oscillator, [2.0, 0.0])


def test_a_branch_through_a_cycle_goes_both_ways_to_the_ends_of_the_span(oscillator: Model, cycle: LimitCycle) -> None:
    branch = continue_cycle(oscillator, cycle, "mu", (0.5, 5.0))
    assert (branch.values[0], branch.values[-1]) == (0.5, 5.0) and branch.outcome is Outcome.REACHED_END
    assert branch.periods[-1] == pytest.approx(11.61223067, rel=1e-7)  # ACCEPTANCE C2; local errors 1e-7 on a branch


def test_cycles_stop_where_they_touch_a_bound(cycle: LimitCycle) -> None:
    # the cycle reaches from −2.0086 to 2.0086 at μ = 1, further for larger μ
    bounded = Model.from_equations({"x": "y", "y": "mu*(1 - x**2)*y - x"}, {"mu": 1.0}, lower={"y": -3.0}, name="van der Pol")
    branch = continue_cycle(bounded, limit_cycle(bounded, [2.0, 0.0]), "mu", (0.9, 5.0))
    assert branch.outcome is Outcome.REACHED_BOUND
    assert branch["y"][-1, 0] == pytest.approx(-3.0, abs=1e-6)


def test_bad_input_is_refused(oscillator: Model, cycle: LimitCycle) -> None:
    with pytest.raises(UnknownNameError, match="mu"):
        continue_cycle(oscillator, cycle, "muu", (0.5, 2.0))
    with pytest.raises(InvalidInputError, match="low < high"):
        continue_cycle(oscillator, cycle, "mu", (2.0, 0.5))
    with pytest.raises(OutOfBoundsError, match="outside the span"):
        continue_cycle(oscillator, cycle, "mu", (2.0, 3.0))
    with pytest.raises(InvalidInputError, match="Newton's iteration finds none"):
        continue_cycle(oscillator.with_values(mu=9.0), cycle, "mu", (0.5, 10.0))
    with pytest.raises(InvalidInputError, match="no Hopf point"):
        continue_cycle(oscillator, hopf(1.0, 0.0, 0.0), "mu", (0.5, 2.0))
    with pytest.raises(InvalidInputError, match="of the kind 'hopf'"):
        continue_cycle(oscillator, SpecialPoint("fold", 1.0, np.zeros(2), (1.0, 1.0), 0.0), "mu", (0.5, 2.0))
    with pytest.raises(InvalidInputError, match="from a LimitCycle or from a Hopf point"):
        continue_cycle(oscillator, [2.0, 0.0], "mu", (0.5, 2.0))  # type: ignore[arg-type]
