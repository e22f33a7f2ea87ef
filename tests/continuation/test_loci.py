"""Fold and Hopf curves over two parameters: where they run, how they end, what is refused."""

import numpy as np
import pytest

from richardson.compiled.field import Field
from richardson.continuation.branch import SpecialPoint
from richardson.continuation.diagram import equilibrium_diagram
from richardson.continuation.loci import Locus, continue_point
from richardson.errors import InvalidInputError, NotAutonomousError, OutOfBoundsError, UnknownNameError
from richardson.models import security_dilemma
from richardson.outcome import Outcome
from richardson.stability.window import Window
from richardson.symbolic.model import Model

BEAD = Model.from_equations({"x": "m + l*x - x**3"}, {"m": 0, "l": 3})
SPANS = ((-3.0, 3.0), (-1.0, 4.0))
SLIDE = 2 * (4 / 3) ** 1.5  # |m| of the folds at l = 4


def special(kind: str, value: float, *state: float, frequency: float | None = None) -> SpecialPoint:
    return SpecialPoint(kind, value, np.array(state, dtype=float), (value, value), 0.0, frequency=frequency)


FOLD = special("fold", 2.0, -1.0)  # of the bead, along m at l = 3


def kinds(locus: Locus) -> list[str]:
    return [point.kind for point in locus.points]


@pytest.fixture(scope="module")
def wedge() -> Locus:
    return continue_point(BEAD, FOLD, ("m", "l"), SPANS)


def test_the_folds_of_a_cubic_lie_on_its_discriminant(wedge: Locus) -> None:
    # F = 0 and F' = 0 give l = 3x², m = −2x³: acceptance list, B5
    np.testing.assert_allclose(wedge["l"], 3 * wedge["x"] ** 2, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(wedge["m"], -2 * wedge["x"] ** 3, rtol=1e-11, atol=1e-14)
    assert wedge.kind == "fold" and wedge.frequencies is None


def test_a_cubic_has_its_cusp_at_zero(wedge: Locus) -> None:
    (cusp,) = wedge.points  # B5; ẋ = −x³ there
    assert cusp.kind == "cusp"
    assert cusp.coefficient == pytest.approx(-1.0, rel=1e-12)
    np.testing.assert_allclose((*cusp.value, *cusp.state), 0.0, atol=1e-12)  # type: ignore[misc]
    assert cusp.residual < 1e-14  # rounding of rates of order one
    assert all(low < value < high for (low, high), value in zip(cusp.bracket, cusp.value, strict=True))  # type: ignore[misc,arg-type]
    assert (wedge.values == cusp.value).all(axis=1).sum() == 1  # it lies on the curve that is drawn


def test_a_curve_begins_at_the_end_that_lowers_the_first_parameter_and_ends_exactly_on_the_span(wedge: Locus) -> None:
    assert wedge.outcome is Outcome.REACHED_END
    assert wedge["m"][0] == -3.0 and wedge["m"][-1] == 3.0
    narrow = continue_point(BEAD, FOLD, ("m", "l"), ((-6, 6), (-1, 4)))
    assert (narrow["l"][[0, -1]] == 4.0).all()
    np.testing.assert_allclose(narrow["m"][[0, -1]], (-SLIDE, SLIDE), rtol=1e-12)


def test_the_order_of_the_parameters_changes_nothing_but_the_columns(wedge: Locus) -> None:
    turned = continue_point(BEAD, FOLD, ("l", "m"), SPANS[::-1])
    assert turned.parameters == ("l", "m")
    np.testing.assert_allclose(turned.points[0].value, (0.0, 0.0), atol=1e-12)
    np.testing.assert_allclose(turned["m"], -2 * turned["x"] ** 3, atol=1e-13)


def test_a_point_found_along_a_third_parameter_is_continued_where_the_model_is_at_it() -> None:
    shifted = Model.from_equations({"x": "m + n + l*x - x**3"}, {"m": 0.5, "n": 0, "l": 3})
    found = continue_point(shifted.with_values(n=1.5), special("fold", 1.5, -1.0), ("m", "l"), SPANS)
    np.testing.assert_allclose(found.points[0].value, (-1.5, 0.0), atol=1e-12)


def test_a_curve_ends_exactly_on_a_bound_of_a_state() -> None:
    kept = Model.from_equations({"x": "m + l*x - x**3"}, {"m": 0, "l": 3}, lower={"x": -1.1})
    found = continue_point(kept, FOLD, ("m", "l"), ((-3, 30), (-1, 40)))
    assert found.outcome is Outcome.REACHED_BOUND
    assert found["x"].min() == -1.1
    assert found["l"][-1] == pytest.approx(3 * 1.1**2, rel=1e-12)


def test_a_curve_that_closes_is_recognised() -> None:
    island = Model.from_equations({"x": "m**2 + l**2 - 1 + x**2"}, {"m": 0, "l": 0})
    found = continue_point(island, special("fold", 1.0, 0.0), ("m", "l"), ((-2, 2), (-2, 2)))
    assert found.outcome is Outcome.CLOSED
    np.testing.assert_allclose(np.hypot(found["m"], found["l"]), 1.0, rtol=1e-10)
    np.testing.assert_array_equal(found.values[0], found.values[-1])


@pytest.mark.parametrize("size", [1e-5, 1.0, 1e5])
def test_the_cusp_does_not_depend_on_units(size: float) -> None:
    scaled = Model.from_equations({"x": "m + l*x - a*(x - b)**3"}, {"m": 0, "l": 3, "a": size**-2, "b": size})
    found = continue_point(scaled, special("fold", -size, 0.0), ("m", "l"), ((-9 * size, 9 * size), (-1, 4)))
    # with y = x − b: ẏ = m + l b + l y − a y³, so the cusp lies at l = 0, m = 0, x = b
    np.testing.assert_allclose(found.points[0].value, (0.0, 0.0), atol=1e-10 * max(size, 1.0))
    assert found.points[0].state[0] == pytest.approx(size, rel=1e-8)


def test_two_folds_of_the_dilemma_meet_in_the_published_cusp() -> None:
    # models' specification, section 2: 25-digit arithmetic, confirmed by a second computation
    path = equilibrium_diagram(security_dilemma(), "balance", (-0.3, 0.3), Window(x=(0, 60), y=(0, 60)), values=1)[0]
    curves = [continue_point(security_dilemma(), fold, ("balance", "alarm"), ((-1, 1), (0, 5))) for fold in path.points]
    for curve in curves:
        (cusp,) = curve.points
        np.testing.assert_allclose(cusp.value, (0.359368016615822, 0.893973557706609), rtol=1e-10)
        np.testing.assert_allclose(cusp.state, 3.01997348270816, rtol=1e-8)
        assert curve.outcome is Outcome.REACHED_END and (curve["alarm"][[0, -1]] == 5.0).all()


def test_a_curve_is_tabulated_by_name(wedge: Locus) -> None:
    table = wedge.to_table()
    assert list(table) == ["m", "l", "x"] and len(table["x"]) == len(wedge)
    assert repr(wedge) == f"<fold curve over m and l: {len(wedge)} points, cusp, REACHED_END>"
    with pytest.raises(UnknownNameError, match="no state 'y'"):
        wedge["y"]


@pytest.mark.extra
def test_a_curve_is_a_dataset_along_its_points(wedge: Locus) -> None:
    pytest.importorskip("xarray", reason="xarray comes with the extra data; .ci/run has it")
    data = wedge.to_xarray()
    assert data.attrs["outcome"] == "REACHED_END" and data["m"].dims == ("point",)


@pytest.mark.parametrize("kind", ["cusp", "neutral saddle", "transcritical"])
def test_only_folds_and_hopf_points_are_continued(kind: str) -> None:
    with pytest.raises(InvalidInputError, match=f"A {kind} cannot be continued in two parameters"):
        continue_point(BEAD, special(kind, 2.0, -1.0), ("m", "l"), SPANS)


def test_only_special_points_are_continued() -> None:
    with pytest.raises(InvalidInputError, match="A special point of a branch is needed; got 2.0"):
        continue_point(BEAD, 2.0, ("m", "l"), SPANS)  # type: ignore[arg-type]


def test_a_point_on_the_border_of_its_span_is_one_end() -> None:
    bordered = continue_point(BEAD, FOLD, ("m", "l"), ((0.1, 2.0), (0.3, 3.0)))
    assert (bordered["m"][-1], bordered["l"][-1]) == (2.0, 3.0)
    assert bordered["m"][0] == 0.1 and bordered["l"].min() >= 0.3


def test_parameters_that_are_not_two_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="'m' and 'm' both move m"):
        continue_point(BEAD, FOLD, ("m", "m"), SPANS)
    with pytest.raises(UnknownNameError, match="no parameter 'k'"):
        continue_point(BEAD, FOLD, ("m", "k"), SPANS)
    for names in ("ml", ("m",), ("m", "l", "m")):
        with pytest.raises(InvalidInputError, match="A pair of parameter names is needed"):
            continue_point(BEAD, FOLD, names, SPANS)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="'alarm' and 'alarm_x' both move alarm_x"):
        continue_point(security_dilemma(), FOLD, ("alarm", "alarm_x"), SPANS)
    with pytest.raises(InvalidInputError, match="its members differ: alarm_x = 2, alarm_y = 3"):
        continue_point(security_dilemma(alarm_x=2), FOLD, ("balance", "alarm"), SPANS)


def test_spans_that_do_not_fit_are_refused() -> None:
    with pytest.raises(OutOfBoundsError, match=r"The span of 'm', \(-1, 1\), excludes the point to start from, at 2"):
        continue_point(BEAD, FOLD, ("m", "l"), ((-1, 1), (0, 4)))
    with pytest.raises(OutOfBoundsError, match=r"The span of 'l', \(-1, 2\), excludes"):
        continue_point(BEAD, FOLD, ("m", "l"), ((-3, 3), (-1, 2)))
    with pytest.raises(InvalidInputError, match="low < high"):
        continue_point(BEAD, FOLD, ("m", "l"), ((3, -3), (-1, 2)))
    for spans in (((-3, 3),), None):
        with pytest.raises(InvalidInputError, match="Two spans are needed"):
            continue_point(BEAD, FOLD, ("m", "l"), spans)
    with pytest.raises(OutOfBoundsError, match="distinguishability"):
        continue_point(security_dilemma(), FOLD, ("balance", "distinguishability"), ((-1, 1), (0, 2)))


def test_a_point_that_is_not_one_of_the_model_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="has no fold in the state of .* at m = 2.1, l = 3"):
        continue_point(BEAD, special("fold", 2.1, -1.0), ("m", "l"), SPANS)
    with pytest.raises(InvalidInputError, match="has no hopf in the state"):
        continue_point(BEAD, special("hopf", 2.0, -1.0, frequency=1.0), ("m", "l"), SPANS)
    with pytest.raises(InvalidInputError, match="has 2 states, and 'own' has 1"):
        continue_point(BEAD, special("fold", 2.0, -1.0, 0.0), ("m", "l"), SPANS)


def test_a_neutral_saddle_given_for_a_hopf_point_is_refused() -> None:
    saddle = Model.from_equations({"x": "m*x + x - y", "y": "l*y - y - x"}, {"m": 0, "l": 0})  # eigenvalues ±√2
    with pytest.raises(InvalidInputError, match="has no hopf in the state"):
        continue_point(saddle, special("hopf", 0.0, 0.0, 0.0), ("m", "l"), ((-1, 1), (-1, 1)))


def test_models_in_time_and_maps_are_refused() -> None:
    driven = Model.from_equations({"x": "m + l*x - x**3 + sin(t)"}, {"m": 0, "l": 3})
    with pytest.raises(NotAutonomousError, match="Curves over two parameters"):
        continue_point(driven, FOLD, ("m", "l"), SPANS)
    logistic = Model.from_equations({"x": "r*x*(1 - x) + m"}, {"r": 1, "m": 0}, kind="map")
    with pytest.raises(InvalidInputError, match="is a map"):
        continue_point(logistic, special("fold", 1.0, 0.0), ("r", "m"), ((0, 4), (-1, 1)))


@pytest.fixture(scope="module")
def cubics() -> Model:
    """Three states that decay by their cubes, with every quadratic term; its parameters are drawn by each test."""
    names = ("x", "y", "z")
    terms = ["1", *names, *(f"{a}*{b}" for i, a in enumerate(names) for b in names[i:])]
    rates = {name: " + ".join(f"k{i}q{j}*{term}" for j, term in enumerate(terms)) + f" - {name}**3" for i, name in enumerate(names)}
    return Model.from_equations(rates, {f"k{i}q{j}": 0.0 for i in range(3) for j in range(len(terms))})


@pytest.mark.slow
@pytest.mark.parametrize("draw", [0, 3, 6, 9, 12])  # each has folds, and all but one oscillations
def test_curves_of_random_systems_keep_their_condition_and_do_not_depend_on_where_they_are_entered(cubics: Model, draw: int) -> None:
    rng = np.random.default_rng(draw)
    model = cubics.with_values(**{name: rng.normal() for name in cubics.parameter_names})
    spans = tuple((model.values[name] - 3, model.values[name] + 3) for name in ("k0q0", "k1q2"))
    window = Window(x=(-3, 3), y=(-3, 3), z=(-3, 3))
    curves: dict[tuple[object, ...], set[tuple[object, ...]]] = {}
    for branch in equilibrium_diagram(model, "k0q0", spans[0], window, values=2, method="newton"):
        for point in branch.points:
            if point.kind not in ("fold", "hopf"):
                continue
            found = continue_point(model, point, ("k0q0", "k1q2"), spans)
            assert found.outcome in (Outcome.REACHED_END, Outcome.CLOSED)
            assert _misfit(model, found) < 1e-9  # of the largest entry of the Jacobian, to the power of the determinant's degree
            named = tuple(sorted((other.kind, *np.round(np.add(other.value, 0.0), 6)) for other in found.points))
            if found.outcome is Outcome.REACHED_END:
                places = {tuple(np.round((*found.values[i], *found.states[i]), 4)) for i in (0, -1)}
                curves.setdefault((found.kind, frozenset(places)), set()).add(named)
    assert curves and all(len(seen) == 1 for seen in curves.values())


def _misfit(model: Model, found: Locus) -> float:
    """How far, at worst, the determinant of a fold curve or the Hurwitz determinant of a Hopf curve is from zero, relatively."""
    worst, field = 0.0, Field.of(model)
    places = [model.parameter_names.index(name) for name in found.parameters]
    for pair, state in zip(found.values, found.states, strict=True):
        field.parameters[places] = pair
        matrix = field.jacobian(0.0, state)
        trace, determinant = float(np.trace(matrix)), float(np.linalg.det(matrix))
        minors = (trace**2 - float(np.trace(matrix @ matrix))) / 2
        defect = determinant if found.kind == "fold" else minors * -trace + determinant
        worst = max(worst, abs(defect) / float(np.abs(matrix).max()) ** 3)
    return worst
