"""What a ball function returns holds every value on its argument: against mpmath at random points, and against differences."""

from fractions import Fraction
from math import inf

import mpmath
import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from richardson.compiled import balls
from richardson.compiled.enclosure import Enclosure
from richardson.compiled.field import Field
from richardson.models import security_dilemma
from richardson.symbolic.model import Model

DILEMMA = Field.of(security_dilemma(balance=0.07, ambition=0.1, reassurance=0.2))
ends = st.tuples(st.floats(-20, 20), st.floats(-20, 20)).map(lambda pair: (min(pair), max(pair)))
shares = st.floats(0, 1)
SMOOTH = {
    "exp": mpmath.exp,
    "tanh": mpmath.tanh,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "arctan": mpmath.atan,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "softplus": lambda z: mpmath.log(1 + mpmath.exp(z)),
    "absolute": abs,
}


def holds(ball: arb, value: object) -> bool:
    """Whether the ball holds a value that mpmath computed to forty digits."""
    digits = mpmath.nstr(value, 40)
    return bool(ball.overlaps(arb(digits)))


def between(pair: tuple[float, float], share: float) -> float:
    return min(max(pair[0] + share * (pair[1] - pair[0]), pair[0]), pair[1])


@pytest.mark.parametrize("name", SMOOTH)
@given(pair=ends, share=shares)
def test_a_smooth_function_stays_in_its_ball(name: str, pair: tuple[float, float], share: float) -> None:
    with mpmath.workdps(50):
        value = SMOOTH[name](mpmath.mpf(between(pair, share)))
        assert holds(getattr(balls, name)(balls.over(*pair)), value)


@pytest.mark.parametrize("exponent", [-2, -1, 0, 1, 2, 3, 4])
@given(pair=ends, share=shares)
def test_whole_powers_stay_in_their_ball(exponent: int, pair: tuple[float, float], share: float) -> None:
    point = Fraction(between(pair, share))
    if point == 0:
        return
    ball = balls.whole(balls.over(*pair), exponent)
    value = point**exponent
    assert not ball.is_finite() or ball.overlaps(arb(value.numerator) / arb(value.denominator))


@given(pair=ends, share=shares, h=st.floats(0.1, 10), m=st.sampled_from([1.0, 1.5, 2.0, 3.7, 8.0]))
def test_hill_and_its_slope_stay_in_their_balls(pair: tuple[float, float], share: float, h: float, m: float) -> None:
    point, box = between(pair, share), balls.over(*pair)
    with mpmath.workdps(50):
        u = mpmath.mpf(max(point, 0.0))
        raised = (u / mpmath.mpf(h)) ** m
        slope = mpmath.mpf(0) if point <= 0 else m * raised / ((1 + raised) ** 2 * u)
        assert holds(balls.hill0(box, arb(h), arb(m)), raised / (1 + raised))
        assert holds(balls.hill1(box, arb(h), arb(m)), slope)


@given(u=st.floats(0.01, 30), low=st.floats(0.5, 5), width=st.floats(0, 3), share=shares)
def test_hill_with_ranges_of_threshold_and_steepness_stays_in_its_ball(u: float, low: float, width: float, share: float) -> None:
    h, m = low + share * width, 1.2 + share * width
    thresholds, steepness = balls.over(low, low + width), balls.over(1.2, 1.2 + width)
    with mpmath.workdps(50):
        raised = (mpmath.mpf(u) / mpmath.mpf(h)) ** mpmath.mpf(m)
        assert holds(balls.hill0(arb(u), thresholds, steepness), raised / (1 + raised))
        assert holds(balls.hill1(arb(u), thresholds, steepness), m * raised / ((1 + raised) ** 2 * u))


def test_the_slope_of_hill_is_bounded_tightly_at_its_peak() -> None:
    """H' of u²/(1 + u²) is largest at u = 1/√3, where it is 3√3/8."""
    low, high = balls.ends(balls.hill1(balls.over(0, 10), arb(1), arb(2)))
    assert low <= 0 <= low + 1e-6
    assert high == pytest.approx(3 * np.sqrt(3) / 8, rel=1e-6)


def test_the_slope_at_a_kink_is_all_between_both_sides() -> None:
    low, high = balls.ends(balls.hill1(balls.over(-1, 1e-3), arb(4), arb(1)))
    assert low <= 0
    assert high >= 0.25
    assert not balls.hill1(balls.over(-1, 1), arb(4), arb("0.5")).is_finite()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("sqrt", (-1, 4)), ("log", (-1, 4)), ("sign", (-1, 4)), ("heaviside", (-1, 4))],
)
def test_where_a_function_is_undefined_or_jumps_only_the_defined_part_is_bounded(name: str, arguments: tuple[float, float]) -> None:
    box = balls.over(*arguments)
    top = getattr(balls.DEFINED, name)(box)
    assert not getattr(balls.STRICT, name)(box).is_finite()
    assert top.overlaps(getattr(balls.DEFINED, name)(arb(4)))


def test_a_real_power_of_a_box_that_reaches_below_zero_is_bounded_where_it_is_defined() -> None:
    box = balls.over(-1, 4)
    assert not balls.STRICT.power(box, arb("1.5")).is_finite()
    assert balls.DEFINED.power(box, arb("1.5")).overlaps(arb(8))
    assert balls.STRICT.power(box, arb(2)).overlaps(arb(16))
    assert not balls.DEFINED.power(box, arb("-0.5")).is_finite()


def test_a_parameter_stands_for_its_float_and_its_decimal() -> None:
    """0.1 is no float: the ball holds the decimal 1/10 and the float nearest to it; 0.5 is both."""
    tenth = balls.printed(0.1)
    assert tenth.contains(arb(0.1))
    assert (10 * tenth - 1).contains(0)
    assert balls.printed(0.5).is_exact()


@given(low=st.floats(0, 20), width=st.floats(0, 20), first=shares, second=shares)
def test_rates_and_slopes_of_the_flagship_stay_in_their_balls(low: float, width: float, first: float, second: float) -> None:
    point = np.array([between((low, low + width), first), between((low, low + width), second)])
    enclosure, box = Enclosure(DILEMMA.model), [balls.over(low, low + width)] * 2
    rates, slopes = DILEMMA.rates_and_jacobian(0.0, point)
    for ball, value in zip([*enclosure.rates(box), *enclosure.jacobian(box).entries()], [*rates, *slopes.ravel()], strict=True):
        low_end, high_end = balls.ends(ball)
        assert low_end - 1e-12 * (1 + abs(value)) <= value <= high_end + 1e-12 * (1 + abs(value))  # the compiled value is rounded


def test_of_a_map_the_image_minus_the_state_is_bounded() -> None:
    doubling = Enclosure(Model.from_equations({"x": "2*x"}, kind="map"))
    assert balls.ends(doubling.rates([arb(3)])[0]) == (3.0, 3.0)
    assert balls.ends(doubling.jacobian([arb(3)]).entries()[0]) == (1.0, 1.0)


def test_a_pole_has_no_bounds_and_constants_keep_all_their_digits() -> None:
    model = Enclosure(Model.from_equations({"x": "1/(x - 1) + x/3 - pi/4"}))
    assert not model.rates([balls.over(0, 2)])[0].is_finite()
    low, high = balls.ends(model.rates([arb(2)])[0])
    assert -inf < low <= 5 / 3 - np.pi / 4 <= high
    assert high - low < 1e-15
