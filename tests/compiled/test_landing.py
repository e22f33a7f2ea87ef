"""The parts of `kernels.approach` without the compiler: exponentials, their written-out form, bounds and times of rest."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm

from richardson.compiled.algebra import algebra_text
from richardson.compiled.kernels import algebra, approach, exponential, places, scheme
from richardson.compiled.kernels.layout import (
    BEGIN,
    COMMON,
    END,
    LANES,
    POINT,
    RATE,
    RELATIVE,
    SETTINGS,
    TIME,
    constant_rows,
    jacobian_rows,
)
from richardson.compiled.kernels.places import AWAY, DOUBLINGS, JACOBIAN, PATH, POWER, SCALE, TO_GO, WORST, ZERO

RNG = np.random.default_rng(4)


def matrix(w: np.ndarray, which: int, d: int) -> np.ndarray:
    """A view of a matrix, shape (d, d, lanes)."""
    first = places.matrix_row(which, d)
    return w[first : first + d * d * LANES].reshape(d, d, LANES)


def vector(w: np.ndarray, which: int, d: int) -> np.ndarray:
    """A view of a vector, shape (d, lanes)."""
    first = places.vector_row(which, d)
    return w[first : first + d * LANES].reshape(d, LANES)


def scalar(w: np.ndarray, which: int, d: int) -> np.ndarray:
    """A view of a number, shape (lanes,)."""
    first = places.scalar_row(which, d)
    return w[first : first + LANES]


def drawn(d: int) -> np.ndarray:
    """Room with matrices of all sizes from slow to stiff, and tolerances of unlike states."""
    w = np.zeros(places.approach_room(d))
    matrix(w, JACOBIAN, d)[:] = RNG.normal(size=(d, d, LANES)) - 2 * np.eye(d)[:, :, None]
    matrix(w, JACOBIAN, d)[:] *= np.geomspace(1e-3, 1e3, LANES)
    vector(w, SCALE, d)[:] = 1e-6
    vector(w, AWAY, d)[:] = RNG.normal(size=(d, LANES))
    scalar(w, TO_GO, d)[:] = RNG.uniform(0, 3, LANES)
    scalar(w, TO_GO, d)[::5] = 0.0
    return w


@pytest.mark.parametrize("d", [1, 2, 4])
def test_exponentials_are_those_of_scipy(d: int) -> None:
    w = drawn(d)
    exponential.exponentiate(w, d)
    for lane in range(LANES):
        exact = expm(matrix(w, JACOBIAN, d)[:, :, lane] * scalar(w, TO_GO, d)[lane])
        growth = max(1.0, np.abs(exact).max())
        rounding = 1e-14 * 2.0 ** scalar(w, DOUBLINGS, d)[lane] * growth  # a square doubles the relative error
        assert np.abs(matrix(w, POWER, d)[:, :, lane] - exact).max() < rounding


@pytest.fixture(params=[1, 2, 3, 4])
def written(request: pytest.FixtureRequest) -> Iterator[tuple[int, dict[str, Any]]]:
    """The number of states, and the functions written out for it."""
    d = int(request.param)
    module = ModuleType("algebra_written_out")
    exec(compile(algebra_text(d, LANES, scheme.ROWS), "algebra", "exec"), vars(module))
    yield d, vars(module)


def test_what_is_written_out_is_what_the_loops_do(written: tuple[int, dict[str, Any]]) -> None:
    d, functions = written
    calls: list[tuple[str, tuple[Any, ...]]] = [
        ("measure_jacobian", ()),
        ("add_term", (3.0,)),
        ("square", (2.0,)),
        ("measure_power", ()),
        ("set_path", ()),
        ("carry", (2.0,)),
    ]
    one = drawn(d)
    scalar(one, DOUBLINGS, d)[:] = np.arange(LANES) % 5
    matrix(one, POWER, d)[:] = RNG.normal(size=(d, d, LANES))
    other, spare = one.copy(), slice(places.matrix_row(places.SPARE, d), places.matrix_row(places.MATRICES, d))
    for name, arguments in calls:
        getattr(algebra, name)(one, d, *arguments)
        functions[name](other, d, *arguments)
        one[spare] = other[spare] = 0.0
        assert other == pytest.approx(one, rel=1e-13, abs=1e-300), name  # sums in another order


def test_newton_and_defects_are_written_out_as_the_loops_have_them(written: tuple[int, dict[str, Any]]) -> None:
    d, functions = written
    block = RNG.normal(size=(d * scheme.ROWS + COMMON + constant_rows(d) + 1) * LANES)
    one = drawn(d)
    other, first, second = one.copy(), block.copy(), block.copy()
    for name in ("newton_step", "compare"):
        getattr(algebra, name)(first, one, d)
        functions[name](second, other, d)
        first[:] = second[:] = block
        assert other == pytest.approx(one, rel=1e-10, abs=1e-13), name


class Line:
    """Members of x' = −c x + q x² in all lanes, which come down to 0 from below the other equilibrium at c/q."""

    def __init__(self, damping: float, bend: float, start: np.ndarray, end: float, relative: float = 1e-6) -> None:
        self.damping, self.bend = damping, bend
        self.b, self.w = np.zeros((scheme.ROWS + COMMON + constant_rows(1) + 1) * LANES), np.zeros(places.approach_room(1))
        self.settings = np.zeros(SETTINGS)
        self.settings[[BEGIN, END, RELATIVE]] = 0.0, end, relative
        self.absolute = np.array([relative])
        self.rows[POINT] = start
        self.rows[RATE] = self.slope(start)
        self.rows[scheme.ROWS + TIME] = 0.0

    @property
    def rows(self) -> np.ndarray:
        return self.b.reshape(-1, LANES)

    def slope(self, x: np.ndarray) -> np.ndarray:
        return -self.damping * x + self.bend * x**2

    def rates(self, region: np.ndarray) -> None:
        region[2 * LANES : 3 * LANES] = self.slope(region[LANES : 2 * LANES])

    def slopes(self, region: np.ndarray) -> None:
        place = jacobian_rows(1) * LANES
        region[place : place + LANES] = -self.damping + 2 * self.bend * region[LANES : 2 * LANES]

    def exact(self, time: float) -> np.ndarray:
        """1/x is linear under x' = −c x + q x²."""
        x, growth = self.rows[POINT], np.exp(self.damping * time)
        return x / (growth - self.bend / self.damping * x * (growth - 1.0))

    def followed(self) -> "Line":
        approach.find_zero(self.rates, self.slopes, self.b, self.w, 1, self.absolute, self.settings)
        approach.follow(self.rates, self.b, self.w, 1, self.settings)
        return self


@pytest.mark.parametrize("end", [0.3, 2.0, 50.0])
@pytest.mark.parametrize("bend", [0.5, -0.5])
def test_the_bound_of_the_error_holds_and_is_no_more_than_ten_times_it(bend: float, end: float) -> None:
    """The largest error on the way: at e^(−c s) = 1/2 or at the end."""
    line = Line(1.0, bend, np.geomspace(1e-6, 1e-2, LANES), end).followed()
    looks = np.linspace(0, end, 400)
    largest = np.max([np.abs(line.exact(s) - line.rows[POINT] * np.exp(-s)) for s in looks], axis=0) / scale_of(line)
    bound = scalar(line.w, WORST, 1)
    assert (largest <= bound).all()
    assert (bound <= 10 * largest + 1e-6).all()  # rounding


def scale_of(line: Line) -> np.ndarray:
    return np.asarray(vector(line.w, SCALE, 1)[0])


def test_the_end_is_the_exact_one_to_what_the_bound_says() -> None:
    line = Line(1.0, 0.5, np.geomspace(1e-6, 1e-2, LANES), 3.0).followed()
    found, bound = vector(line.w, ZERO, 1)[0] + vector(line.w, PATH, 1)[0], scalar(line.w, WORST, 1)
    lands = bound <= approach.ALLOWED
    assert 5 < lands.sum() < LANES  # the others are not followed to their end
    assert (np.abs(found - line.exact(3.0)) <= bound * scale_of(line))[lands].all()


def test_rest_is_where_the_distance_is_a_tolerance() -> None:
    """x = x(0) e^(−c s), so after ln(x(0)/tolerance)/c."""
    start = np.geomspace(1e-5, 1e-3, LANES)
    line = Line(2.0, 0.0, start, np.inf)
    line.settings[approach.REST] = 30.0
    line.followed()
    assert all(approach.comes_to_rest(line.w, 1, lane) for lane in range(LANES))
    found = [approach.time_to_rest(line.w, 1, lane) for lane in range(LANES)]
    assert found == pytest.approx(np.log(start / 1e-6) / 2.0, rel=1e-9)


@pytest.mark.parametrize("damping", [0.0, -1.0])
def test_what_does_not_attract_is_no_rest(damping: float) -> None:
    line = Line(damping, 1e-3, np.full(LANES, 1e-7), np.inf)
    line.settings[approach.REST] = 30.0
    with np.errstate(all="ignore"):
        line.followed()
    known = [approach.is_known(line.w, 1, lane, np.array([[-1e9], [1e9]]), np.zeros((3, 1))) for lane in range(LANES)]
    rests = [approach.comes_to_rest(line.w, 1, lane) for lane in range(LANES)]
    assert not any(is_known and comes for is_known, comes in zip(known, rests, strict=True))


def test_limits_hold_on_the_way() -> None:
    """From above, one state comes down to 0 and no lower; from below it begins beyond the limit."""
    limits, slack = np.array([[0.0], [1.0]]), np.zeros((3, 1))
    for sign, is_within in ((1.0, True), (-1.0, False)):
        line = Line(1.0, 0.0, np.full(LANES, sign * 1e-3), 5.0).followed()
        assert approach.is_known(line.w, 1, 0, limits, slack) == is_within
