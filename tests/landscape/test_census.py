from itertools import pairwise, product

import numpy as np
import pytest

from richardson.errors import InvalidInputError
from richardson.landscape.boundaries import stability_boundaries
from richardson.landscape.many_kinds import KINDS, eigenvalues_of, formulas_differ, hurwitz_numbers, kind_codes, spirals_of
from richardson.landscape.stability_map import StabilityMap, stability_map
from richardson.models import linear, scalar_balance, security_dilemma, submissive
from richardson.stability.equilibria import equilibria
from richardson.stability.spectrum import spectrum
from richardson.stability.window import Window
from richardson.symbolic.model import Model

LOWER_FOLD, UPPER_FOLD = -0.150475309989545, 0.109752115988938  # balance, 15 digits (25-digit arithmetic)
CUSP = 0.359368016615822, 0.893973557706609  # balance and alarm, likewise
EVERYWHERE, SOMEWHERE = (slice(None), slice(None)), (slice(27, 38), slice(250, 263))


def chart_of(model: Model, window: Window | None = None, **grids: list[float]) -> StabilityMap:
    return stability_map(model, grids, window=window)


def same_as_certified(chart: StabilityMap, cell: tuple[int, int], window: Window) -> bool:
    """Whether a cell lists exactly what a proof in ball arithmetic finds for it alone."""
    values = {name: float(axis[place]) for name, axis, place in zip(chart.parameters, chart.grids, cell, strict=True)}
    found = equilibria(chart.model.with_values(**values), window, method="certified")
    states = np.array([one.state for one in found]).reshape(-1, len(chart.model.states))
    listed = chart.states[cell][: chart.count[cell]]
    same_kinds = [one.kind for one in found] == chart.kinds[cell][: chart.count[cell]].tolist()
    return found.is_complete and listed.shape == states.shape and np.allclose(listed, states, rtol=1e-9, atol=1e-12) and same_kinds


@pytest.mark.parametrize("margin", [1e-2, 1e-8])
def test_three_equilibria_live_between_the_folds_however_near(margin: float) -> None:
    balances = [LOWER_FOLD - margin, LOWER_FOLD + margin, 0.0, UPPER_FOLD - margin, UPPER_FOLD + margin]
    assert chart_of(security_dilemma(), balance=balances, defence=[0.45]).count[:, 0].tolist() == [1, 3, 3, 3, 1]


@pytest.mark.parametrize("distance", [pytest.param(1e-2, marks=pytest.mark.slow), 1e-4])
def test_no_equilibrium_is_missed_around_the_cusp(distance: float) -> None:
    balances, alarms = (list(place + distance * np.linspace(-1, 1, 9)) for place in CUSP)
    chart = chart_of(security_dilemma(), balance=balances, alarm=alarms)
    cells = [(4, 8), (3, 7), (8, 0), (0, 8), (2, 7), (4, 0)]
    assert all(same_as_certified(chart, cell, Window(x=(0, 60), y=(0, 60))) for cell in cells)


@pytest.mark.parametrize("second", ["alarm", "steepness"])
def test_a_cell_holds_the_same_whichever_cells_stand_beside_it(second: str) -> None:
    balances, others = np.linspace(0.0, 0.2, 43), np.linspace(1.5, 2.5, 270)  # several tiles, and lanes left over
    whole, part = (stability_map(security_dilemma(), {"balance": balances[i], second: others[j]}) for i, j in (EVERYWHERE, SOMEWHERE))
    assert (whole.count[SOMEWHERE] == part.count).all()
    width = part.states.shape[2]
    np.testing.assert_allclose(whole.states[SOMEWHERE][..., :width, :], part.states, rtol=1e-11)  # magnified beside a fold
    np.testing.assert_allclose(whole.reached[SOMEWHERE], part.reached, rtol=1e-11)


def test_more_equilibria_than_there_is_room_for_at_first_are_all_listed() -> None:
    wave = Model.from_equations({"x": "sin(b*x) - a"}, {"a": 0.0, "b": 1.0})
    chart = chart_of(wave, Window(x=(0.5, 60.0)), a=[-0.5, 0.25], b=[1.0, 1.5])
    for (i, a), (j, b) in product(enumerate(chart.grids[0]), enumerate(chart.grids[1])):
        turns = 2 * np.pi * np.arange(-1, 16)
        zeros = np.sort(np.concatenate((turns + np.arcsin(a), turns + np.pi - np.arcsin(a)))) / b
        np.testing.assert_allclose(chart.states[i, j, : chart.count[i, j], 0], zeros[(zeros > 0.5) & (zeros < 60.0)], rtol=1e-12)


def test_states_kinds_and_numbers_are_the_published_ones() -> None:
    chart = chart_of(security_dilemma(), balance=[0.0], distinguishability=[0.0])
    np.testing.assert_allclose(chart.states[0, 0, :, 0], (0.973883964480013, 3.154663275665848, 19.252707940545456), rtol=1e-14)
    assert chart.kinds[0, 0].tolist() == ["stable node", "saddle", "stable node"]
    assert chart.spiral_numbers[0, 0] == pytest.approx((0.619890066131, 1.282389523056, 0.728772091277), rel=1e-11)
    assert chart.leading_eigenvalues[0, 0] == pytest.approx((-0.409724571, 0.353657032, -0.688977646), abs=1e-9)
    assert chart.stable_count.tolist() == [[2]]


def test_random_cells_hold_what_a_proof_of_each_alone_finds() -> None:
    rng = np.random.default_rng(7)
    model = security_dilemma(reassurance_x=0.1, ambition_y=0.05, grievance_y=0.4)
    chart = chart_of(model, balance=list(np.sort(rng.uniform(-0.4, 0.5, 30))), alarm=list(np.sort(rng.uniform(0.5, 4.0, 20))))
    cells = zip(rng.integers(30, size=6), rng.integers(20, size=6), strict=True)
    assert (chart.count >= 0).all()
    assert all(same_as_certified(chart, (int(i), int(j)), Window(x=(0, 200), y=(0, 200))) for i, j in cells)


def test_a_linear_race_is_stable_exactly_where_fatigue_outweighs_defence() -> None:
    rates = np.linspace(0.1, 2.0, 25)
    chart = chart_of(linear(grievance_x=1.0, grievance_y=2.0, fatigue=1.0), defence_x=list(rates), defence_y=list(rates + 0.013))
    assert (chart.count == 1).all()  # of negative arms where the race runs away
    np.testing.assert_array_equal(chart.stable_count, np.outer(rates, rates + 0.013) < 1.0)
    assert len(chart.disagreements) == 0


def test_a_pitchfork_gives_birth_to_two_that_dominate_and_submit() -> None:
    model = submissive(defence=0.1, fatigue=0.2, grievance=1.0)
    chart = chart_of(model, window=Window(x=(0, 40), y=(0, 40)), submission=[0.14, 0.15 - 1e-7, 0.15 + 1e-7, 0.2], fatigue=[0.2])
    assert chart.count[:, 0].tolist() == [1, 1, 3, 3]
    assert sorted(map(tuple, chart.states[3, 0].round(12).tolist())) == [(5, 10), (10, 5), (10, 10)]
    assert sorted(chart.kinds[3, 0].tolist()) == ["saddle", "stable focus", "stable focus"]


def test_a_multiple_equilibrium_is_decided_in_closed_form() -> None:
    bead = Model.from_equations({"x": "m + l*x - x**3"}, {"m": 0.0, "l": 1.0})
    chart = chart_of(bead, window=Window(x=(-3, 3)), m=[0.0, 0.1], l=[-1.0, 0.0, 1.0])
    assert chart.count.tolist() == [[1, 1, 3], [1, 1, 3]]
    assert chart.kinds[0, 1, 0] == "degenerate"


def test_the_folds_of_scalar_balance_lie_between_neighbouring_cells() -> None:
    alphas = [0.0519175031426 - 1e-9, 0.0519175031426 + 1e-9, 0.0786049507553 - 1e-9, 0.0786049507553 + 1e-9]
    chart = chart_of(scalar_balance(), drive=alphas, saturation=[6.0])
    assert chart.count[:, 0].tolist() == [1, 3, 3, 1]


def test_equilibria_that_form_a_line_are_not_counted() -> None:
    idle = Model.from_equations({"x": "a*(y - x)", "y": "b*(x - y)"}, {"a": 1.0, "b": 1.0})
    assert (chart_of(idle, window=Window(x=(0, 1), y=(0, 1)), a=[1.0, 2.0], b=[1.0, 2.0, 3.0]).count == -1).all()


def test_a_border_equilibrium_counts_and_one_beyond_does_not() -> None:
    chart = chart_of(linear(grievance=1.0), window=Window(x=(0, 2), y=(0, 2)), defence=[0.5, 0.6], fatigue=[1.0])
    assert chart.count[:, 0].tolist() == [1, 0]  # at g/(a − k) = 2 and 2.5


@pytest.mark.parametrize("size", [2, 3, 4])
def test_conditions_and_eigenvalues_tell_the_same_of_random_matrices(size: int) -> None:
    matrices = np.random.default_rng(size).normal(size=(500, size, size)) - np.eye(size)
    eigenvalues, none = eigenvalues_of(matrices), np.full(500, np.nan)
    np.testing.assert_allclose(np.sort(eigenvalues.real), np.sort(np.linalg.eigvals(matrices).real), atol=1e-9)
    assert not formulas_differ(matrices, eigenvalues, none).any()
    if size > 2:
        np.testing.assert_array_equal((hurwitz_numbers(matrices) > 0).all(axis=1), eigenvalues.real.max(axis=1) < 0)


def test_a_calm_number_at_an_unstable_equilibrium_is_reported() -> None:
    matrix = np.array([[[0.5, -1.0], [1.0, -0.25]]])  # arms feed on themselves; fear, slow to follow, calms them
    eigenvalues, spirals = eigenvalues_of(matrix), spirals_of(matrix, np.array([False, True]))
    assert spirals[0] == 0.0 and KINDS[kind_codes(eigenvalues, matrix)[0]] == "unstable focus"
    assert formulas_differ(matrix, eigenvalues, spirals).tolist() == [True]


@pytest.mark.slow
def test_fold_curves_between_the_cells_meet_in_the_cusp() -> None:
    chart = chart_of(security_dilemma(), balance=list(np.linspace(-0.3, 0.5, 21)), alarm=list(np.linspace(0.5, 4.0, 21)))
    (curve,) = stability_boundaries(chart)
    (cusp,) = curve.points
    assert cusp.value == pytest.approx(CUSP, abs=1e-9)


def crossings(chart: StabilityMap, value: float) -> dict[str, list[float]]:
    """First parameter where the curves of each kind pass ``value`` of the second, in order."""
    found: dict[str, set[float]] = {"fold": set(), "hopf": set()}
    for curve in stability_boundaries(chart):
        for (p, q), (next_p, next_q) in pairwise(curve.values):
            if (q - value) * (next_q - value) <= 0.0:
                found[curve.kind].add(round(p + (next_p - p) * (value - q) / (next_q - q), 9))
    return {kind: sorted(places) for kind, places in found.items()}


@pytest.mark.slow
def test_folds_and_hopf_points_of_a_stirred_tank_are_found() -> None:
    rate = "p*(1 - u)*exp(v)"
    tank = Model.from_equations({"u": f"-u + {rate}", "v": f"-v + q*{rate} - 2*v"}, {"p": 0.1, "q": 14.0}, name="stirred tank")
    window = Window(u=(0, 1), v=(0, 15))
    chart = chart_of(tank, window=window, p=list(np.linspace(0.08, 0.14, 25)), q=[13.5, 14.0, 14.5])
    found = crossings(chart, 14.0)  # published; the neutral saddle at 0.1057105 is no Hopf point
    assert found["fold"] == pytest.approx([0.088931846, 0.105738978], abs=1e-6)  # a chord between points of a curve is off by 1e-7
    assert found["hopf"] == pytest.approx([0.13090004482], abs=1e-6)
    assert all(same_as_certified(chart, (i, 1), window) for i in range(0, 25, 3))


@pytest.mark.slow
def test_folds_and_hopf_points_of_three_states_are_found() -> None:
    free = "(1 - x - y - s)"
    rates = {"x": f"5*{free}**2 - 2*x**2 - 10*x*y", "y": f"q*{free} - 0.1*y - 10*x*y", "s": f"r*({free} - 0.4*s)"}
    oxidation = Model.from_equations(rates, {"q": 1.04, "r": 0.0675}, name="CO oxidation")
    coverages = Window(x=(0, 1), y=(0, 1), s=(0, 1))
    chart = chart_of(oxidation, window=coverages, q=list(np.linspace(1.0355, 1.0555, 26)), r=[0.066, 0.0675, 0.069])
    found = crossings(chart, 0.0675)  # published
    assert found["fold"] == pytest.approx([1.04204850538, 1.05220028787], abs=1e-8)  # folds do not move along the second parameter
    assert found["hopf"] == pytest.approx([1.04099156953, 1.05155746246], abs=1e-8)


@pytest.mark.slow
def test_four_states_are_counted_too() -> None:
    grid = {"balance": [LOWER_FOLD - 1e-3, 0.0, UPPER_FOLD + 1e-3], "fear_time": [0.1, 0.5, 5.0]}
    chart = stability_map(security_dilemma(fear="state"), grid)
    assert chart.count.tolist() == [[1] * 3, [3] * 3, [1] * 3]


@pytest.mark.parametrize(
    ("window", "words"),
    [(Window(x=(0, 5), y=1.0), "span every state"), (Window(x=(-5, 0), y=(0, 5)), "span every state")],
)
def test_windows_without_room_are_refused(window: Window, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        chart_of(security_dilemma(), window=window, balance=[0.0], alarm=[1.0])


def test_a_hundred_million_cells_are_refused_with_what_they_would_take() -> None:
    with pytest.raises(InvalidInputError, match=r"1e\+08 cells needs about 42 GB .* minutes"):
        chart_of(security_dilemma(), balance=list(np.linspace(-1, 1, 10_000)), alarm=list(np.linspace(0, 5, 10_000)))


def test_numbers_of_a_map_belong_to_the_equilibrium_to_rounding() -> None:
    chart = chart_of(security_dilemma(), balance=list(np.linspace(-0.3, 0.3, 16)), alarm=list(np.linspace(0.5, 4.0, 16)))
    for cell in ((0, 0), (3, 12), (8, 8), (15, 15)):
        values = {name: float(axis[place]) for name, axis, place in zip(chart.parameters, chart.grids, cell, strict=True)}
        for place in range(chart.count[cell]):
            exact = spectrum(chart.model.with_values(**values), chart.states[cell][place])
            assert chart.spiral_numbers[cell][place] == pytest.approx(exact.spiral_number, rel=1e-12)
