"""Safe overshoots: the inverse-square law with its coefficient, an exact border, and agreement of map and curve."""

from typing import Any

import mpmath
import numpy as np
import pytest

from richardson import errors
from richardson.landscape.overshoot import SafeOvershoot, safe_overshoot
from richardson.models import security_dilemma
from richardson.symbolic.model import Model

# The fold's normal form; y only follows, so that there are two states
NORMAL = Model.from_equations({"x": "sigma*p + bend*x**2", "y": "-y"}, {"p": -1.0, "sigma": 1.0, "bend": 1.0}, upper={"p": 3.0})
DILEMMA, CALM = security_dilemma(), [0.973883964480013] * 2
HEIGHTS, DURATIONS = np.geomspace(1e-3, 0.5, 8), np.geomspace(1.0, 100.0, 12)
SHAPES = ["parabola", pytest.param("sech2", marks=pytest.mark.slow)]
MADE: dict[str, SafeOvershoot] = {}


def of_dilemma(shape: str = "parabola") -> SafeOvershoot:
    if shape not in MADE:
        MADE[shape] = safe_overshoot(DILEMMA, CALM, "balance", HEIGHTS, DURATIONS, towards=0.5, shape=shape)
    return MADE[shape]


def exact_duration(height: float, gap: float) -> float:
    """Duration beyond p = 0 at which x' = p + x² under a parabola from −gap goes from −√gap to √gap.

    x = −u'/u with u'' + (h − (gap + h)(t/L)²) u = 0, whose even solution is a confluent hypergeometric function; by symmetry the path
    that ends on the threshold passes x = 0 in the middle, so that u is even.
    """
    peak = gap + height

    def missed(length: Any) -> Any:
        root = mpmath.sqrt(peak) / length

        def wave(t: Any) -> Any:
            return mpmath.exp(-root * t**2 / 2) * mpmath.hyp1f1(0.25 * (1 - height / root), 0.5, root * t**2)

        return mpmath.diff(wave, length) + mpmath.sqrt(gap) * wave(length)

    with mpmath.workdps(30):
        law = mpmath.sqrt(peak) / height  # half the duration by the law, as a half length
        length = mpmath.findroot(missed, (0.5 * law, 1.01 * law), solver="anderson")
        return float(2 * length * mpmath.sqrt(height / peak))


@pytest.mark.parametrize(("sigma", "bend"), [(1.0, 1.0), (2.0, 0.3), (1.0, -0.7)])
def test_the_law_of_the_normal_form_is_four_over_its_coefficients(sigma: float, bend: float) -> None:
    model = NORMAL.with_values(sigma=sigma, bend=bend, p=-1.0 if sigma * bend > 0 else 1.0)
    start = -np.sqrt(abs(sigma / bend)) * np.sign(bend)
    chart = safe_overshoot(model, [start, 0.0], "p", [1e-4], [1.0], towards=-float(np.sign(model.values["p"])))
    assert chart.law == pytest.approx(4.0 / abs(sigma * bend), rel=1e-12)
    assert chart.heights * chart.critical_durations**2 == pytest.approx(chart.law, rel=1e-6)  # it nears the law as the height goes to 0


@pytest.mark.parametrize("height", [0.1, 0.5, 1.0])
def test_the_critical_duration_of_the_normal_form_is_exact(height: float) -> None:
    chart = safe_overshoot(NORMAL, [-1.0, 0.0], "p", [height], [1.0], towards=1.0)
    assert chart.critical_durations[0] == pytest.approx(exact_duration(height, 1.0), rel=2e-9)  # width of the bracket, tolerances


@pytest.mark.parametrize("shape", SHAPES)
def test_the_law_holds_near_the_fold_of_detente_whatever_the_pulse(shape: str) -> None:
    chart = of_dilemma(shape)
    products = chart.heights * chart.critical_durations**2
    assert products[0] == pytest.approx(chart.law, rel=5e-3)
    assert (np.diff(products) < 0).all()  # farther from the fold less time is left than the law says


def test_the_fold_is_that_of_detente() -> None:
    assert of_dilemma().threshold.value == pytest.approx(0.109752115988938, abs=1e-12)  # MODELS.md


@pytest.mark.parametrize("shape", SHAPES)
def test_cells_and_curve_agree(shape: str) -> None:
    chart = of_dilemma(shape)
    expected = np.where(chart.durations < chart.critical_durations[:, None], "returns", "tips")
    assert (chart.answers == expected).all()


def test_brackets_are_narrow_and_hold_the_critical_durations() -> None:
    chart = of_dilemma()
    low, high = chart.brackets.T
    assert ((low <= chart.critical_durations) & (chart.critical_durations <= high) & (high - low <= 1e-9 * high)).all()


def test_a_table_has_a_row_a_cell() -> None:
    table = of_dilemma().to_table()
    assert len(table["answer"]) == HEIGHTS.size * DURATIONS.size and table["duration"][1] == DURATIONS[1]


@pytest.mark.extra
def test_an_overshoot_is_a_dataset() -> None:
    pytest.importorskip("xarray")
    assert of_dilemma().to_xarray()["answer"].sel(height=HEIGHTS[0]).values.tolist() == of_dilemma().answers[0].tolist()


@pytest.mark.parametrize(
    ("heights", "durations", "options", "error", "words"),
    [
        ([0.0, 1.0], [1.0], {}, errors.InvalidInputError, "Heights must be"),
        ([1.0, 0.5], [1.0], {}, errors.InvalidInputError, "Heights must be"),
        ([0.1], [-1.0], {}, errors.InvalidInputError, "Durations must be"),
        ([0.1], [1.0], {"shape": "parabole"}, errors.UnknownNameError, "Did you mean 'parabola'"),
        ([0.1], [1.0], {"towards": -0.5}, errors.ComputationError, "stays stable"),
        ([0.1, 5.0], [1.0], {}, errors.OutOfBoundsError, r"must lie in \(-inf, 3\]; got 5"),
    ],
    ids=["zero height", "order", "negative", "shape", "no fold", "bounds"],
)
def test_an_overshoot_that_cannot_be_is_refused(
    heights: list[float], durations: list[float], options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        safe_overshoot(NORMAL, [-1.0, 0.0], "p", heights, durations, **({"towards": 1.0} | options))


@pytest.mark.slow
def test_only_folds_are_overshot() -> None:
    normal = Model.from_equations({"x": "p*x - y - x*(x**2 + y**2)", "y": "x + p*y - y*(x**2 + y**2)"}, {"p": -1.0})
    with pytest.raises(errors.ComputationError, match="no fold"):
        safe_overshoot(normal, [0.0, 0.0], "p", [0.1], [1.0], towards=1.0)


def test_a_bound_that_the_equilibrium_itself_passes_is_refused() -> None:
    with pytest.raises(errors.OutOfBoundsError, match="begins at x = -1, beyond bound = 0.5"):
        safe_overshoot(NORMAL, [-1.0, 0.0], "p", [0.1], [1.0], towards=1.0, bound=0.5)
