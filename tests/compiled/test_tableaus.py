"""The order conditions of the rooted trees, and what else is claimed of the coefficients.

A method has order p exactly if Σ bⱼ Φⱼ(τ) = 1/γ(τ) for every rooted tree τ of at most p vertices, and its dense output if
Σ bⱼ(θ) Φⱼ(τ) = θ^ρ/γ(τ), where ρ counts the vertices (Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I,
sections II.2 and II.6; for Rosenbrock methods part II, section IV.7; both from memory). A tree is the tuple of the subtrees of
its root.
"""

from functools import cache
from math import prod

import numpy as np
import pytest
from scipy.integrate import DOP853 as SCIPY_DOP853

from richardson.compiled.tableaus import DOP853, RODAS5P, TSIT5, ExplicitTableau, RosenbrockTableau, matrix

EXPLICIT = [TSIT5, DOP853]
ALL = [*EXPLICIT, RODAS5P]
PAIRS = [(tableau, position) for tableau in ALL for position in range(len(tableau.errors))]
FRACTIONS = [0.0, 0.07, 0.31, 0.5, 0.83, 1.0]
ROUNDING = 1e-13  # of coefficients up to about 500 in float64, and of their sums

Tableau = ExplicitTableau | RosenbrockTableau
Tree = tuple["Tree", ...]


@cache
def trees(vertices: int) -> list[Tree]:
    """Rooted trees of that many vertices, each once."""
    return [tuple(forest) for forest in forests(vertices - 1, vertices - 1)]


def forests(vertices: int, largest: int, last: Tree | None = None) -> list[list[Tree]]:
    """Sets of trees with that many vertices in all, in falling order of (size, tree)."""
    if vertices == 0:
        return [[]]
    return [
        [tree, *rest]
        for size in range(min(vertices, largest), 0, -1)
        for tree in trees(size)
        if last is None or size < vertices_of(last) or tree <= last
        for rest in forests(vertices - size, size, tree)
    ]


def vertices_of(tree: Tree) -> int:
    return 1 + sum(vertices_of(branch) for branch in tree)


def density(tree: Tree) -> int:
    return vertices_of(tree) * prod(density(branch) for branch in tree)


def explicit_matrix(tableau: ExplicitTableau) -> np.ndarray:
    return matrix(tableau.points, len(tableau.points))


def untransformed(tableau: RosenbrockTableau) -> tuple[np.ndarray, np.ndarray]:
    """α and Γ of the form with Jacobians, kᵢ = f(x₀ + h Σ αᵢⱼ kⱼ) + h J Σ Γᵢⱼ kⱼ, whose stages give u = h Γ k."""
    stages = len(tableau.points)
    gammas = np.linalg.inv(np.eye(stages) / tableau.gamma - matrix(tableau.coupling, stages))
    return matrix(tableau.points, stages) @ gammas, gammas


def elementary(tableau: Tableau, tree: Tree) -> np.ndarray:
    """Φ of a tree at each stage; a vertex with one branch meets the Jacobian too."""
    if isinstance(tableau, ExplicitTableau):
        branching = passing = explicit_matrix(tableau)
    else:
        branching, gammas = untransformed(tableau)
        passing = branching + gammas
    stepping = passing if len(tree) == 1 else branching
    return prod((stepping @ elementary(tableau, branch) for branch in tree), start=np.ones(len(tableau.points)))


def over_stages(tableau: Tableau, weights: tuple[float, ...] | np.ndarray) -> np.ndarray:
    """Weights of the kⱼ: padded to all stages, or carried over from those of the uⱼ."""
    padded = np.pad(weights, (0, len(tableau.points) - len(weights)))
    return padded if isinstance(tableau, ExplicitTableau) else padded @ untransformed(tableau)[1]


def dense_weights(tableau: Tableau, theta: float) -> np.ndarray:
    """b(θ): the dense output is x₀ + h Σ bⱼ(θ) kⱼ."""
    rest = 1.0 - theta
    if isinstance(tableau, RosenbrockTableau):
        first, second, third = np.array(tableau.dense)
        return over_stages(tableau, theta * (np.array(tableau.weights) + rest * (first + theta * (second + theta * third))))
    start, end = np.eye(len(tableau.points))[[0, len(tableau.weights)]]
    hermite = theta**2 * (3 - 2 * theta) * over_stages(tableau, tableau.weights) + theta * rest * (rest * start - theta * end)
    first, second, third, fourth = (*np.array(tableau.dense), *np.zeros((4 - len(tableau.dense), len(start))))
    return hermite + (theta * rest) ** 2 * (first + theta * (second + rest * (third + theta * fourth)))


def defects(tableau: Tableau, weights: np.ndarray, vertices: int, share: float) -> np.ndarray:
    """What the order conditions of that many vertices miss, where ``share`` is θ^ρ (0 for weights of an error)."""
    return np.array([weights @ elementary(tableau, tree) - share / density(tree) for tree in trees(vertices)])


def largest_defect(tableau: Tableau, weights: np.ndarray, order: int, theta: float = 1.0) -> float:
    return max(np.abs(defects(tableau, weights, vertices, theta**vertices)).max() for vertices in range(1, order + 1))


def by_name(value: object) -> str:
    return getattr(value, "name", str(value))


def test_there_are_as_many_trees_as_cayley_counted() -> None:
    assert [len(trees(vertices)) for vertices in range(1, 9)] == [1, 1, 2, 4, 9, 20, 48, 115]  # OEIS A000081


@pytest.mark.parametrize("tableau", EXPLICIT, ids=by_name)
def test_each_stage_lies_where_its_row_sums_to(tableau: ExplicitTableau) -> None:
    np.testing.assert_allclose(explicit_matrix(tableau).sum(axis=1), tableau.times, atol=2e-14)  # rounding of entries up to 43


@pytest.mark.parametrize("tableau", ALL, ids=by_name)
def test_a_step_is_of_the_claimed_order(tableau: Tableau) -> None:
    assert largest_defect(tableau, over_stages(tableau, tableau.weights), tableau.order) < ROUNDING


@pytest.mark.parametrize("tableau", ALL, ids=by_name)
def test_a_step_is_of_no_higher_order(tableau: Tableau) -> None:
    assert np.abs(defects(tableau, over_stages(tableau, tableau.weights), tableau.order + 1, 1.0)).max() > 1e-6


@pytest.mark.parametrize(("tableau", "position"), PAIRS, ids=by_name)
def test_a_comparison_solution_is_of_the_claimed_order(tableau: Tableau, position: int) -> None:
    comparison = over_stages(tableau, tableau.weights) - over_stages(tableau, tableau.errors[position])
    assert largest_defect(tableau, comparison, tableau.error_orders[position]) < ROUNDING


@pytest.mark.parametrize(("tableau", "position"), PAIRS, ids=by_name)
def test_an_estimate_sees_the_first_error_of_its_comparison_solution(tableau: Tableau, position: int) -> None:
    estimate = defects(tableau, over_stages(tableau, tableau.errors[position]), tableau.error_orders[position] + 1, 0.0)
    assert np.abs(estimate).max() > 1e-4


@pytest.mark.parametrize("theta", FRACTIONS)
@pytest.mark.parametrize("tableau", ALL, ids=by_name)
def test_dense_output_is_of_the_claimed_order(tableau: Tableau, theta: float) -> None:
    assert largest_defect(tableau, dense_weights(tableau, theta), tableau.dense_order, theta) < ROUNDING


@pytest.mark.parametrize("tableau", EXPLICIT, ids=by_name)
def test_the_stage_after_the_weights_is_the_first_of_the_next_step(tableau: ExplicitTableau) -> None:
    last = len(tableau.weights)
    assert (tableau.points[last], tableau.times[last]) == (tableau.weights, 1.0)


@pytest.mark.parametrize("tableau", ALL, ids=by_name)
def test_rows_have_the_lengths_that_are_documented(tableau: Tableau) -> None:
    stages = len(tableau.times)
    errors = len(tableau.weights) + isinstance(tableau, ExplicitTableau)
    found = [len(row) for row in (*tableau.points, *tableau.errors, *tableau.dense)]
    assert found == [*range(stages), *[errors] * len(tableau.error_orders), *[stages] * len(tableau.dense)]


def test_tsit5_interpolates_by_the_published_polynomials() -> None:
    published = {  # coefficients of θ² and θ³, of each stage (Tsitouras 2011, as in SciML's OrdinaryDiffEq)
        2: (
            -2.763706197274826,
            0.13169999999999998,
            3.9302962368947516,
            -12.411077166933676,
            37.50931341651104,
            -27.896526289197286,
            1.5,
        ),
        3: (2.9132554618219126, -0.2234, -5.941033872131505, 30.33818863028232, -88.1789048947664, 65.09189467479366, -4.0),
    }
    (fourth,) = np.array(TSIT5.dense)
    powers = np.array([np.eye(7)[0], published[2], published[3], fourth])
    polynomials = [theta ** np.arange(1, 5) @ powers for theta in FRACTIONS]
    np.testing.assert_allclose([dense_weights(TSIT5, theta) for theta in FRACTIONS], polynomials, atol=1e-13)  # rounding of 88


def test_dop853_has_the_coefficients_of_scipy() -> None:
    ours = (DOP853.weights, *DOP853.errors, *DOP853.dense, DOP853.times)
    scipys = (SCIPY_DOP853.B, SCIPY_DOP853.E5, SCIPY_DOP853.E3, *SCIPY_DOP853.D, (*SCIPY_DOP853.C, 1.0, *SCIPY_DOP853.C_EXTRA))
    assert [tuple(row) for row in ours] == [tuple(row) for row in scipys]


def test_rodas5p_counts_time_as_one_more_state() -> None:
    alphas, gammas = untransformed(RODAS5P)
    found = alphas.sum(axis=1), gammas.sum(axis=1)
    np.testing.assert_allclose(found, (RODAS5P.times, RODAS5P.drifts), atol=2e-14)  # rounding, through an inverse of entries up to 147


def test_rodas5p_compares_with_the_point_of_its_last_stage() -> None:
    np.testing.assert_array_equal(RODAS5P.errors, [RODAS5P.weights - matrix(RODAS5P.points, 8)[-1]])


def test_rodas5p_has_the_published_numbers_where_no_order_condition_fixes_them() -> None:
    last = [row[-1] for row in RODAS5P.dense]  # its stage is the error estimate, which no condition of the dense output's order sees
    assert last == [-0.17202221070155493, -6.710236069923372, 4.883087185713722]  # as in SciML's OrdinaryDiffEq


@pytest.mark.parametrize("error_share", [0.0, 1.0], ids=["step", "comparison"])
def test_rodas5p_forgets_infinitely_stiff_directions(error_share: float) -> None:
    weights = np.array(RODAS5P.weights) - error_share * np.array(RODAS5P.errors[0])
    alphas, gammas = untransformed(RODAS5P)
    at_infinity = 1.0 - weights @ gammas @ np.linalg.solve(alphas + gammas, np.ones(8))
    np.testing.assert_allclose(at_infinity, 0.0, atol=ROUNDING)


def test_rodas5p_amplifies_no_oscillation() -> None:
    alphas, gammas = untransformed(RODAS5P)
    frequencies = np.logspace(-2, 5, 2001)
    stages = np.linalg.solve(np.eye(8) - 1j * frequencies[:, None, None] * (alphas + gammas), np.ones((8, 1)))[..., 0]
    growth = np.abs(1 + 1j * frequencies * (stages @ (RODAS5P.weights @ gammas)))
    assert growth.max() <= 1.0 + 1e-12  # rounding; with no pole on the left this is A-stability


def truth(time: float) -> np.ndarray:
    return np.array([np.cos(time), np.sin(time)])


def rates(time: float, x: np.ndarray) -> np.ndarray:
    """A nonlinear rule that depends on time, with the path `truth`; towards it the first state decays at rates of 20 to 40."""
    gap = x - truth(time)
    return np.array([-20.0 * gap[0] * (1.0 + x[1] ** 2) - np.sin(time), x[0] * (1.0 + gap[1])])


def derivatives(time: float, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Jacobian of `rates`, and their derivative by time."""
    gap, stiffness = x - truth(time), 20.0 * (1.0 + x[1] ** 2)
    jacobian = np.array([[-stiffness, -40.0 * gap[0] * x[1]], [1.0 + gap[1], x[0]]])
    return jacobian, np.array([-stiffness * np.sin(time) - np.cos(time), -x[0] * np.cos(time)])


def rodas5p(time: float, x: np.ndarray, step: float) -> np.ndarray:
    """Stages u of one step."""
    jacobian, by_time = derivatives(time, x)
    system, stages = np.eye(2) / (step * RODAS5P.gamma) - jacobian, np.zeros((8, 2))
    points, coupling = matrix(RODAS5P.points, 8), matrix(RODAS5P.coupling, 8)
    for i in range(8):
        rate = rates(time + RODAS5P.times[i] * step, x + points[i] @ stages)
        stages[i] = np.linalg.solve(system, rate + coupling[i] @ stages / step + step * RODAS5P.drifts[i] * by_time)
    return stages


def step_error(steps: int) -> float:
    """At time 1, after that many steps."""
    x, step = truth(0.0), 1.0 / steps
    for position in range(steps):
        x = x + np.array(RODAS5P.weights) @ rodas5p(position * step, x, step)
    return float(np.abs(x - truth(1.0)).max())


def dense_error(step: float) -> float:
    """Within one step from time 0.3."""
    x = truth(0.3)
    stages = rodas5p(0.3, x, step)
    end, (first, second, third) = x + np.array(RODAS5P.weights) @ stages, np.array(RODAS5P.dense) @ stages
    thetas = np.linspace(0.0, 1.0, 21)
    between = [
        (1 - theta) * x + theta * (end + (1 - theta) * (first + theta * (second + theta * third))) - truth(0.3 + theta * step)
        for theta in thetas
    ]
    return float(np.abs(between).max())


def test_rodas5p_converges_at_order_five_on_a_stiff_rule_that_depends_on_time() -> None:
    orders = np.log2([step_error(40) / step_error(80), step_error(80) / step_error(160)])
    np.testing.assert_allclose(orders, 5.0, atol=0.3)  # the next order's share at these steps


def test_rodas5p_errs_within_a_step_by_its_fifth_power() -> None:
    orders = np.log2([dense_error(0.02) / dense_error(0.01), dense_error(0.01) / dense_error(0.005)])
    np.testing.assert_allclose(orders, RODAS5P.dense_order + 1.0, atol=0.3)  # the next order's share at these steps
