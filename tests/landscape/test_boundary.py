"""Dimensions of boundaries and entropies of basins: closed forms, published numbers, refusals."""

from functools import cache
from math import log, sqrt

import numpy as np
import pytest

from richardson.arrays import FloatArray, IntArray
from richardson.errors import ComputationError, InvalidInputError, UnknownNameError
from richardson.landscape.boundary import BoundaryDimension, boundary_dimension
from richardson.landscape.entropy import basin_entropy
from richardson.landscape.labelling import UNDECIDED
from richardson.landscape.scaling import power_law
from richardson.landscape.uncertainty import uncertain_shares, uncertainty_exponent
from richardson.stability.window import Window
from richardson.symbolic.model import Model

MIDDLES = (np.arange(500) + 0.5) / 500
ACROSS, UP = np.meshgrid(MIDDLES, MIDDLES, indexing="ij")
DISC = (ACROSS - 0.5) ** 2 + (UP - 0.5) ** 2 < 0.1
NOISE = np.random.default_rng(1).integers(0, 3, (500, 500))
SIZES = 2.0 ** -np.arange(4.0, 14.0)


def gaps(x: FloatArray, parts: int) -> IntArray:
    """Colours of the gaps of a Cantor set on [0, 1], of dimension ln((parts + 1)/2)/ln(parts): every second part is a gap.

    The gaps of each level have both colours.
    """
    colours = np.full(x.shape, UNDECIDED, dtype=np.int64)
    rest = x.copy()
    for level in range(30):
        part = np.floor(rest * parts)
        fresh = (colours == UNDECIDED) & (part % 2 == 1)
        colours[fresh] = (part[fresh] // 2 + level) % 2
        rest = rest * parts - part
    return np.where(colours == UNDECIDED, 0, colours)


def carpet(across: FloatArray, up: FloatArray) -> IntArray:
    """Colours, by level, of the holes of Sierpinski's carpet, of dimension ln 8/ln 3."""
    colours = np.full(across.shape, UNDECIDED, dtype=np.int64)
    for level in range(20):
        column, row = np.floor(3 * across), np.floor(3 * up)
        colours[(colours == UNDECIDED) & (column == 1) & (row == 1)] = level % 2
        across, up = 3 * across - column, 3 * up - row
    return np.where(colours == UNDECIDED, 0, colours)


@cache
def newton() -> IntArray:
    """Root of z³ = 1 to which Newton's iteration from each cell of [−1, 1]² goes."""
    z = 2 * ACROSS - 1 + 1j * (2 * UP - 1)
    for _ in range(40):
        z = z - (z**3 - 1) / (3 * z**2)
    roots: IntArray = np.abs(z[..., np.newaxis] - np.exp(2j * np.pi * np.arange(3) / 3)).argmin(axis=-1)
    return roots


def doubling(points: FloatArray, growth: float) -> IntArray:
    """Sign in which z of θ → 2θ, z → λz + cos θ runs off, for θ in [0, 2π) and z in its bounded range."""
    angle, z = 2 * np.pi * points[:, 0], (2 * points[:, 1] - 1) / (growth - 1)
    for _ in range(round(20 / log(growth))):  # a factor of e^20
        z = growth * z + np.cos(angle)
        angle = np.mod(2 * angle, 2 * np.pi)
    return (z > 0).astype(np.int64)


def measured(labels: IntArray, method: str) -> BoundaryDimension:
    return boundary_dimension(labels, method=method)


@pytest.mark.parametrize("method", ["pairs", "boxes"])
def test_a_smooth_boundary_has_dimension_one(method: str) -> None:
    found = measured(DISC, method)
    assert found.dimension == pytest.approx(1.0, abs=max(2 * found.standard_error, 0.005))
    assert found.standard_error < 0.03


@pytest.mark.parametrize("method", ["pairs", "boxes"])
def test_labels_at_random_leave_no_exponent(method: str) -> None:
    found = measured(NOISE, method)
    assert found.exponent == pytest.approx(0.0, abs=2e-3)  # of 250 000 cells
    assert found.dimension == 2 - found.exponent


@pytest.mark.parametrize(
    ("labels", "dimension"),
    [(gaps(0.8 * ACROSS + 0.19 * UP, 3), 1 + log(2) / log(3)), (carpet(0.83 * ACROSS + 0.05, 0.83 * UP + 0.1), log(8) / log(3))],
    ids=["cantor", "carpet"],
)
def test_sets_of_known_dimension_have_it(labels: IntArray, dimension: float) -> None:
    found = measured(labels, "pairs")
    assert found.dimension == pytest.approx(dimension, abs=3 * found.standard_error)
    assert found.standard_error < 0.04


@pytest.mark.parametrize("factor", [1, 3])
def test_renamed_labels_and_enlarged_windows_have_the_same_shares(factor: int) -> None:
    plain = measured(DISC, "pairs")
    assert np.array_equal(measured(7 - factor * DISC.astype(np.int64), "pairs").values, plain.values)


def test_undecided_cells_are_left_out() -> None:
    holes = np.where(np.random.default_rng(2).random(DISC.shape) < 0.3, UNDECIDED, DISC)
    assert measured(holes, "pairs").exponent == pytest.approx(measured(DISC, "pairs").exponent, abs=0.03)  # fewer pairs, more noise


def test_newtons_fractal_has_the_same_dimension_by_both_methods() -> None:
    one, other = measured(newton(), "pairs"), measured(newton(), "boxes")
    assert one.dimension == pytest.approx(other.dimension, abs=0.03)  # boxes underrate what is finer than a cell


@pytest.mark.parametrize("growth", [pytest.param(1.2, marks=pytest.mark.slow), 1.5, pytest.param(1.8, marks=pytest.mark.slow)])
def test_the_graph_of_weierstrass_has_its_exponent(growth: float) -> None:
    """The boundary of θ → 2θ, z → λz + cos θ is z = −Σ λ^−(l+1) cos 2^l θ, whose Hölder exponent is ln λ/ln 2."""
    rng = np.random.default_rng(3)
    sizes, shares, errors = uncertain_shares(lambda points: doubling(points, growth), 2, 2.0 ** -np.arange(6.0, 16.0), rng, 2**14)
    law = power_law(sizes, shares, errors)
    assert law.exponent == pytest.approx(log(growth) / log(2), abs=3 * law.standard_error)
    assert law.standard_error < 0.05


@pytest.mark.parametrize("parts", [3, pytest.param(5, marks=pytest.mark.slow)])
def test_a_cantor_set_has_its_exponent_on_a_line(parts: int) -> None:
    rng = np.random.default_rng(4)
    sizes, shares, errors = uncertain_shares(lambda points: gaps(points[:, 0], parts), 1, 2.0 ** -np.arange(3.0, 16.0), rng, 2**14)
    law = power_law(sizes, shares, errors)
    assert law.exponent == pytest.approx(1 - log((parts + 1) / 2) / log(parts), abs=3 * law.standard_error)
    assert law.standard_error < 0.02


def test_a_ball_in_three_states_has_a_surface_of_dimension_two() -> None:
    rng = np.random.default_rng(5)
    sizes, shares, errors = uncertain_shares(lambda points: ((points**2).sum(axis=1) < 0.7).astype(np.int64), 3, SIZES, rng, 2**15)
    law = power_law(sizes, shares, errors)
    assert 3 - law.exponent == pytest.approx(2.0, abs=3 * law.standard_error)


def test_the_share_of_uncertain_pairs_about_a_point_is_known() -> None:
    rng = np.random.default_rng(6)
    sizes, shares, errors = uncertain_shares(lambda points: (points[:, 0] > 0.4).astype(np.int64), 1, SIZES, rng, 2**15)
    assert (np.abs(shares - sizes) < 4 * errors).all()  # a pair of length ε straddles it with probability ε


def test_sizes_at_which_many_pairs_are_undecided_are_left_out() -> None:
    def slow(points: FloatArray) -> IntArray:
        labels = (points[:, 0] > 0.4).astype(np.int64)
        return np.where(np.abs(points[:, 0] - 0.4) < 2.8e-4, UNDECIDED, labels)

    sizes, *_ = uncertain_shares(slow, 1, SIZES, np.random.default_rng(7), 2**15)
    assert sizes[0] == 2.0**-6  # 4 × 2.8e-4 is a tenth of 2 ** -6.5


def test_a_boundary_of_a_model_is_a_point_on_a_line() -> None:
    found = uncertainty_exponent(Model.from_equations({"x": "x - x**3"}), Window(x=(-1, 2)), pairs=2**14, rng=1)
    assert found.dimension == pytest.approx(0.0, abs=3 * found.standard_error)
    assert found.provenance.entropy == 1 and found.unit == "width of the window"


def test_a_bend_ends_the_range_from_above() -> None:
    sizes = 2.0 ** np.arange(12.0)
    law = power_law(sizes, np.minimum(sizes**0.5, 20.0), np.zeros(12))
    assert (law.exponent, law.is_used.sum()) == (pytest.approx(0.5), 9)


def test_errors_of_a_slope_are_those_that_are_made() -> None:
    rng, sizes, pulls = np.random.default_rng(8), 2.0 ** np.arange(10.0), []
    for _ in range(200):
        law = power_law(sizes, 1e-3 * sizes**0.7 * (1 + 0.05 * rng.standard_normal(10)), 0.05e-3 * sizes**0.7)
        pulls.append((law.exponent - 0.7) / law.standard_error)
    assert 0.75 < sqrt(np.mean(np.square(pulls))) < 1.25  # 200 draws: 5 per cent; dropped sizes and rescaled errors do the rest


@pytest.mark.parametrize(
    ("labels", "complaint"),
    [
        (np.zeros((300, 300), dtype=int), "no boundary in it"),
        (np.full((300, 300), UNDECIDED), "no boundary in it"),
        (np.indices((300, 300))[0] // 3 % 2, "no power law"),  # stripes, all of one width
    ],
    ids=["one label", "nothing decided", "stripes"],
)
def test_where_there_is_no_power_law_none_is_told(labels: IntArray, complaint: str) -> None:
    with pytest.raises(ComputationError, match=complaint):
        boundary_dimension(labels)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="too few cells"):
        boundary_dimension(DISC[200:250])
    with pytest.raises(InvalidInputError, match="array of whole numbers"):
        boundary_dimension(ACROSS)
    with pytest.raises(UnknownNameError, match="not measured by 'box'"):
        boundary_dimension(DISC, method="box")
    with pytest.raises(InvalidInputError, match="array of whole numbers"):
        basin_entropy(ACROSS)


def test_what_does_not_fit_an_exponent_is_refused() -> None:
    model, window = Model.from_equations({"x": "x - x**3"}), Window(x=(-1, 2))
    for sizes in ([], [0.1, 0.2], [0.7], [0.1, 0.0], [[0.1]]):
        with pytest.raises(InvalidInputError, match="Sizes are distances"):
            uncertainty_exponent(model, window, sizes=sizes)
    with pytest.raises(InvalidInputError, match="At least 50 pairs"):
        uncertainty_exponent(model, window, pairs=10)
    with pytest.raises(ComputationError, match="window that the boundary crosses"):
        uncertainty_exponent(model, Window(x=(1, 2)), pairs=2**10)


def test_a_straight_boundary_between_columns_of_cells_has_the_entropy_of_its_boxes() -> None:
    found = basin_entropy(np.indices((100, 100))[0] >= 42)  # in the ninth of twenty columns of boxes, two to three
    share = 2 / 5
    told = -share * log(share) - (1 - share) * log(1 - share)
    assert (found.boundary_entropy, found.entropy) == (pytest.approx(told), pytest.approx(told / 20))
    assert (found.box_count, found.boundary_box_count, found.exceeds_log_2) == (400, 20, False)


def test_smooth_boundaries_stay_below_log_2() -> None:
    found = basin_entropy(DISC)
    assert found.boundary_entropy < log(2) and not found.exceeds_log_2


def test_random_labels_have_the_mean_entropy_of_their_counts() -> None:
    found = basin_entropy(NOISE, side=2)
    expected = 0.0  # of four cells, three labels
    for a in range(5):
        for b in range(5 - a):
            counts = np.array([a, b, 4 - a - b])
            ways = 24 / np.prod([[1, 1, 2, 6, 24][count] for count in counts])
            shares = counts[counts > 0] / 4
            expected -= ways / 81 * (shares * np.log(shares)).sum()
    assert found.entropy == pytest.approx(expected, abs=4 * found.standard_error)
    assert found.standard_error < 2e-3


def test_newtons_fractal_is_told_by_the_criterion_of_log_2() -> None:
    found = basin_entropy(newton())
    assert found.exceeds_log_2 and found.outcome_count == 3


def test_entropy_scales_with_the_uncertainty_exponent() -> None:
    """Sb ~ ε^α, in Daza et al. 2016."""
    labels = np.asarray(gaps(0.8 * ACROSS + 0.19 * UP, 3))
    sides = np.array([4, 6, 9, 13, 19, 27])
    slope = np.polyfit(np.log(sides), [log(basin_entropy(labels, side=side).entropy) for side in sides.tolist()], 1)[0]
    assert slope == pytest.approx(1 - log(2) / log(3), abs=0.04)  # boxes of few cells lose entropy


def test_undecided_cells_are_no_outcome() -> None:
    stripes = np.where(np.indices((100, 100))[0] >= 42, 1, UNDECIDED)
    found = basin_entropy(stripes)
    assert (found.entropy, found.undecided, found.outcome_count) == (0.0, 0.42, 1)
    assert np.isnan(found.boundary_entropy) and not found.exceeds_log_2
    with pytest.raises(ComputationError, match="No cell of the picture was decided"):
        basin_entropy(np.full((10, 10), UNDECIDED))


@pytest.mark.parametrize("side", [0, 1, 501])
def test_boxes_that_the_picture_has_not_are_refused(side: int) -> None:
    with pytest.raises(InvalidInputError, match="box of"):
        basin_entropy(DISC, side=side)


def test_boxes_are_cubes_in_three_dimensions() -> None:
    found = basin_entropy(np.indices((20, 20, 20))[2] >= 7)
    share = 2 / 5
    assert found.boundary_entropy == pytest.approx(-share * log(share) - (1 - share) * log(1 - share))
    assert (found.box_count, found.boundary_box_count) == (64, 16)


@pytest.mark.slow
def test_the_map_of_grebogi_and_others_has_the_exponent_published_for_it() -> None:
    """0.2 for a = 1.32, b = 0.90, J = 0.3, of Grebogi, McDonald, Ott and Yorke 1983, from memory."""

    def ends(points: FloatArray) -> IntArray:
        angle, x = 2 * np.pi * points[:, 0], points[:, 1] - 0.5
        for _ in range(400):
            angle, x = angle + 1.32 * np.sin(2 * angle) - 0.90 * np.sin(4 * angle) - x * np.sin(angle), -0.3 * np.cos(angle)
        return np.where(np.abs(np.sin(angle)) < 1e-6, (np.cos(angle) < 0).astype(np.int64), UNDECIDED)

    sizes, shares, errors = uncertain_shares(ends, 2, 2.0 ** -np.arange(4.0, 24.0, 2.0), np.random.default_rng(1), 2**14)
    law = power_law(sizes, shares, errors)
    assert law.exponent == pytest.approx(0.2, abs=0.02) and law.standard_error < 0.03
