"""The functions that generated modules call: exact values from mpmath, special values from numpy and C."""

import itertools
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import mpmath
import numpy as np
import pytest
from numba import njit
from numba.core.registry import cpu_target

from richardson.compiled import floating, functions

ROOT = Path(__file__).resolve().parents[2]
COUNT = 180
LANES = 32
LIMITS_ULP = {"hill_whole0": 5.0}  # its fourth powers are rounded twice each; the others carry low parts
INFINITE, NAN = np.inf, np.nan
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 5e-324, -1e-310, 1e-300, 1e300, -1e300, 800.0, -800.0, INFINITE, -INFINITE, NAN]

ELEMENTARY = ["exp", "log", "sqrt", "tanh", "sinh", "cosh", "sin", "cos", "tan", "arctan"]
ALL_OF_ONE = [*ELEMENTARY, "sigmoid", "softplus", "heaviside", "sign", "positive_log0", "positive_log1", "positive_log2"]
ALL_OF_TWO = ["power", "maximum", "minimum"]
ALMOST_WHOLE = [2.0**51 - 0.5, -(2.0**51) - 0.5, 2.0**51 + 1.0, 2.0**52 - 0.5, 2.0**52 + 1.0, 1.0 - 2.0**-53]  # where a fraction ends
ALL_OF_THREE = ["hill0", "hill1", "hill2", "hill3"]


def uniform(low: float, high: float) -> np.ndarray:
    return np.random.default_rng(7).uniform(low, high, COUNT)


def logarithmic(low: float, high: float) -> np.ndarray:
    return np.exp(np.random.default_rng(8).uniform(np.log(low), np.log(high), COUNT))


def both_signs(sizes: np.ndarray) -> np.ndarray:
    return sizes * np.random.default_rng(9).choice([-1.0, 1.0], sizes.size)


def whole(low: int, high: int) -> np.ndarray:
    return np.random.default_rng(10).integers(low, high, COUNT, endpoint=True).astype(float)


def near_quarter_turns() -> np.ndarray:
    return np.round(logarithmic(1.0, 6e8)) * np.pi / 2


def exact_sigmoid(z: mpmath.mpf) -> mpmath.mpf:
    return 1 / (1 + mpmath.exp(-z))


def exact_softplus(z: mpmath.mpf) -> mpmath.mpf:
    return mpmath.log1p(mpmath.exp(z))


def exact_hill(u: mpmath.mpf, h: mpmath.mpf, m: mpmath.mpf) -> mpmath.mpf:
    return u**m / (h**m + u**m)


EXACT = [
    ("exp", mpmath.exp, (uniform(-708, 709.7),)),
    ("exp", mpmath.exp, (uniform(-1, 1),)),
    ("log", mpmath.log, (logarithmic(1e-320, 1e308),)),
    ("log", mpmath.log, (uniform(0.5, 2),)),
    ("log", mpmath.log, (1 + both_signs(logarithmic(1e-12, 0.1)),)),
    ("sqrt", mpmath.sqrt, (logarithmic(1e-300, 1e300),)),
    ("power", mpmath.power, (logarithmic(1e-3, 1e3), uniform(-40, 40))),
    ("power", mpmath.power, (uniform(0.5, 2), uniform(-1000, 1000))),
    ("power", mpmath.power, (logarithmic(1e-320, 1e300), uniform(-0.9, 0.9))),
    ("power", mpmath.power, (1 + both_signs(logarithmic(1e-9, 1e-3)), both_signs(logarithmic(1, 1e5)))),
    ("power", mpmath.power, (both_signs(logarithmic(1e-3, 1e3)), whole(-9, 9))),
    ("tanh", mpmath.tanh, (both_signs(logarithmic(1e-9, 30)),)),
    ("tanh", mpmath.tanh, (uniform(-2, 2),)),
    ("sinh", mpmath.sinh, (both_signs(logarithmic(1e-9, 710)),)),
    ("sinh", mpmath.sinh, (uniform(-2, 2),)),
    ("cosh", mpmath.cosh, (both_signs(logarithmic(1e-9, 710)),)),
    ("sigmoid", exact_sigmoid, (uniform(-700, 40),)),
    ("sigmoid", exact_sigmoid, (uniform(-3, 3),)),
    ("softplus", exact_softplus, (uniform(-700, 40),)),
    ("softplus", exact_softplus, (uniform(-3, 3),)),
    ("sin", mpmath.sin, (uniform(-1e9, 1e9),)),
    ("sin", mpmath.sin, (near_quarter_turns(),)),
    ("cos", mpmath.cos, (uniform(-10, 10),)),
    ("cos", mpmath.cos, (near_quarter_turns(),)),
    ("tan", mpmath.tan, (uniform(-1e6, 1e6),)),
    ("tan", mpmath.tan, (near_quarter_turns(),)),
    ("arctan", mpmath.atan, (both_signs(logarithmic(1e-9, 1e20)),)),
    ("arctan", mpmath.atan, (uniform(0.3, 3),)),
    ("hill0", exact_hill, (logarithmic(1e-2, 1e2), logarithmic(0.1, 10), uniform(0.2, 20))),
    ("hill0", exact_hill, (logarithmic(1e-9, 1e9), logarithmic(0.5, 2), uniform(0.1, 0.9))),
    ("hill_whole0", exact_hill, (logarithmic(1e-2, 1e2), logarithmic(0.1, 10), whole(1, 4))),
]


@pytest.mark.parametrize(("name", "exact", "columns"), EXACT)
def test_values_are_within_two_ulps(name: str, exact: Callable[..., mpmath.mpf], columns: tuple[np.ndarray, ...]) -> None:
    function = getattr(functions, name)
    assert max(ulps(function(*row), exact, row) for row in rows(*columns)) <= LIMITS_ULP.get(name, 2.0)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_derivatives_of_hill_are_right_to_thirteen_digits(order: int) -> None:
    function = getattr(functions, f"hill{order}")
    errors = []
    for u, h, m in rows(logarithmic(1e-2, 1e2), logarithmic(0.1, 10), uniform(1, 8)):
        with mpmath.workdps(60):
            exact = mpmath.diff(lambda z, h=h, m=m: exact_hill(z, mpmath.mpf(h), mpmath.mpf(m)), mpmath.mpf(u), order)
            spread = exact_hill(u, mpmath.mpf(h), m) * exact_hill(h, mpmath.mpf(u), m)
            scale = spread * m * (m + 1) ** (order - 1) / mpmath.mpf(u) ** order  # of its terms, which cancel at its zeros
            errors.append(float(abs(function(u, h, m) - exact) / scale))
    assert max(errors) <= 1e-13


@pytest.mark.parametrize(
    ("name", "known"),
    [
        *((name, getattr(np, name)) for name in ("exp", "log", "sqrt", "tanh", "sinh", "cosh", "arctan", "sign")),
        ("heaviside", lambda z: np.heaviside(z, 0.5)),
        ("sigmoid", lambda z: 1.0 / (1.0 + np.exp(-z))),
        ("softplus", lambda z: np.logaddexp(0.0, z)),
    ],
)
def test_special_values_are_those_of_numpy(name: str, known: Callable[..., np.ndarray]) -> None:
    with np.errstate(all="ignore"):
        expected = known(np.array(SPECIAL))
    np.testing.assert_allclose([getattr(functions, name)(z) for z in SPECIAL], expected, rtol=1e-15, atol=2.3e-308)


def test_powers_of_special_values_are_those_of_c() -> None:
    pairs = [pair for pair in itertools.product(SPECIAL[:-1], [*SPECIAL[:-1], 4.0, -5.0, *ALMOST_WHOLE, 2.0**53 + 2.0, 1e17])]
    bases, exponents = np.array(pairs).T
    with np.errstate(all="ignore"):
        expected = np.power(bases, exponents)
    values = np.array([functions.power(*pair) for pair in pairs])
    np.testing.assert_array_equal(np.signbit(values[values == 0.0]), np.signbit(expected[values == 0.0]))
    np.testing.assert_allclose(values, expected, rtol=1e-15, atol=2.3e-308)


@pytest.mark.parametrize("other", [0.0, 1.0, -2.0, INFINITE, NAN])
@pytest.mark.parametrize("name", ALL_OF_TWO)
def test_nan_on_either_side_gives_nan(name: str, other: float) -> None:
    function = getattr(functions, name)
    assert np.isnan([function(NAN, other), function(other, NAN)]).all()


@pytest.mark.parametrize(("name", "known"), [("maximum", np.maximum), ("minimum", np.minimum)])
def test_extremes_are_those_of_numpy(name: str, known: Callable[..., float]) -> None:
    pairs = list(itertools.product(SPECIAL, SPECIAL))
    np.testing.assert_array_equal([getattr(functions, name)(*pair) for pair in pairs], [known(*pair) for pair in pairs])


@pytest.mark.parametrize("name", ["sin", "cos", "tan"])
def test_angles_too_large_to_reduce_give_nan(name: str) -> None:
    assert np.isnan([getattr(functions, name)(z) for z in (1.1e9, -1e300, INFINITE, -INFINITE, NAN)]).all()


@pytest.mark.parametrize("name", ["hill0", "hill1", "hill2", "hill3"])
def test_hill_is_zero_where_its_argument_is_not_positive(name: str) -> None:
    assert [getattr(functions, name)(u, 1.5, m) for u in (0.0, -2.0, -INFINITE) for m in (2.0, 2.5)] == [0.0] * 6


@pytest.mark.parametrize("row", [(NAN, 1.0, 2.5), (1.0, NAN, 2.5), (1.0, 1.0, NAN), (NAN, 1.0, 2.0), (1.0, NAN, 2.0)])
@pytest.mark.parametrize("name", ["hill0", "hill1", "hill2", "hill3"])
def test_hill_of_nan_is_nan(name: str, row: tuple[float, float, float]) -> None:
    assert np.isnan(getattr(functions, name)(*row))


@pytest.mark.parametrize("m", [0.5, 1.0, 2.0, 4.0, 7.3])
def test_hill_saturates_without_overflow(m: float) -> None:
    levels = [functions.hill0(u, h, m) for u, h in [(1e300, 1e-300), (INFINITE, 1.0), (1e-300, 1e300), (1e300, 1e300), (1e-300, 1e-300)]]
    np.testing.assert_allclose(levels, [1.0, 1.0, 0.0, 0.5, 0.5], rtol=0, atol=1e-200)


@pytest.mark.parametrize("u", [logarithmic(1e-300, 1e300), both_signs(logarithmic(0.1, 10))], ids=["anywhere", "near the threshold"])
def test_general_hill_has_the_bits_of_the_whole_form(lanes: Callable[..., np.ndarray], u: np.ndarray) -> None:
    columns = u, logarithmic(0.1, 10), whole(1, 4)
    np.testing.assert_array_equal(lanes("hill0", *columns), lanes("hill_whole0", *columns))


def test_general_power_has_the_bits_of_the_whole_form(lanes: Callable[..., np.ndarray]) -> None:
    columns = both_signs(logarithmic(1e-90, 1e90)), whole(1, 4)
    np.testing.assert_array_equal(lanes("power", *columns), lanes("whole_power", *columns))


def test_hill_of_the_plain_formula_has_the_same_bits() -> None:
    u, h, m = logarithmic(0.01, 100), logarithmic(0.1, 10), whole(1, 4)
    powers = [np.choose(m.astype(int) - 1, [z, z * z, z * z * z, (z * z) * (z * z)]) for z in (u, h)]
    np.testing.assert_array_equal([functions.hill_whole0(*row) for row in rows(u, h, m)], powers[0] / (powers[1] + powers[0]))


@pytest.mark.parametrize(("name", "count"), [("hill0", 3), ("power", 2)])
def test_lanes_have_the_bits_of_single_values(lanes: Callable[..., np.ndarray], name: str, count: int) -> None:
    columns = (logarithmic(0.01, 100), logarithmic(0.1, 10), uniform(0.5, 6))[:count]
    np.testing.assert_array_equal(lanes(name, *columns), [getattr(functions, name)(*row) for row in rows(*columns)])


def test_fused_products_without_compiler_are_exact() -> None:
    @njit
    def fused(a: float, b: float, c: float) -> float:
        return floating.fma(a, b, c)  # type: ignore[no-any-return]

    cases = [(a, b, -a * b) for a, b in rows(logarithmic(1e-3, 1e3), both_signs(logarithmic(1e-3, 1e3)))]
    cases += [(1e300, 1e300, 1.0), (-1e300, 1e300, 1.0), (INFINITE, 1.0, -1.0), (0.0, -1.0, -0.0), (NAN, 1.0, 1.0)]
    np.testing.assert_array_equal([floating.fma(*case) for case in cases], [fused(*case) for case in cases])


def test_a_loop_over_lanes_becomes_packed_instructions() -> None:
    if platform.machine() not in {"x86_64", "AMD64"} or not {"+avx2", "+fma"} <= target_features():
        pytest.skip("packed instructions are read in the assembly of x86-64 with AVX2 and FMA, for which numba compiles nothing here")
    terms = [f"{name}(a)" for name in ALL_OF_ONE] + [f"{name}(a, b)" for name in ALL_OF_TWO] + [f"{name}(a, b, c)" for name in ALL_OF_THREE]
    assembly = "\n".join(loop(" + ".join(terms)).inspect_asm().values())
    libraries = re.findall(r"\b(exp|log|pow|sin|cos|tan|tanh|sinh|cosh|atan|floor|fma)\b", assembly)
    single = re.findall(r"\bv(?:fn?m\w+|mul|div|sqrt)sd\b", assembly)
    packed = re.findall(r"\bvfn?m\w+pd\b.*%[yz]mm", assembly)
    assert (libraries, single, len(packed) > len(terms)) == ([], [], True)


PLAIN = """
import json, sys, warnings
import numpy as np
warnings.simplefilter("error")
from richardson.compiled import functions
cases = json.load(sys.stdin)
kinds = float, np.float64
print(json.dumps([[float(getattr(functions, name)(*map(kind, row))) for kind in kinds] for name, row in cases]))
"""


def test_without_compiler_the_values_are_the_same() -> None:
    grid = [0.0, -0.3, 0.7, 1.0, 2.5, -17.0, 710.2, -745.0, 1e9, INFINITE, -INFINITE, NAN]
    cases = [(name, (z,)) for name in ALL_OF_ONE for z in grid]
    cases += [(name, row) for name in [*ALL_OF_TWO] for row in itertools.product(grid, [0.0, 2.0, -3.0, 0.4, INFINITE, NAN])]
    cases += [(name, row) for name in ALL_OF_THREE for row in itertools.product(grid, [0.8], [2.0, 3.3])]
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    plain = subprocess.run(
        [sys.executable, "-c", PLAIN], input=json.dumps(cases), capture_output=True, text=True, check=True, cwd=ROOT, env=environment
    )
    expected = [[getattr(functions, name)(*row)] * 2 for name, row in cases]
    np.testing.assert_allclose(json.loads(plain.stdout), expected, rtol=1e-12, atol=0)


@pytest.fixture(scope="module")
def lanes() -> Callable[..., np.ndarray]:
    """What a compiled loop over lanes makes of columns, by the name of the function."""
    loops = {
        name: loop(f"{name}({', '.join('abc'[:count])})")
        for name, count in [("hill0", 3), ("hill_whole0", 3), ("power", 2), ("whole_power", 2)]
    }

    def values(name: str, *columns: np.ndarray) -> np.ndarray:
        out = np.empty(COUNT)
        for start in range(0, COUNT, LANES):
            block = np.ones((4, LANES))
            size = min(LANES, COUNT - start)
            for row, column in enumerate(columns):
                block[row + 1, :size] = column[start : start + size]
            loops[name](block.ravel())
            out[start : start + size] = block[0, :size]
        return out

    return values


def loop(expression: str) -> Callable[..., None]:
    """A compiled loop over lanes of one flat buffer, as generated modules have it."""
    lines = [
        "def over(w):",
        f"  for i in range({LANES}):",
        *(f"    {a} = w[{n * LANES} + i]" for n, a in enumerate("abc", 1)),
        f"    w[i] = {expression}",
    ]
    names = {name: getattr(functions, name) for name in functions.__all__}
    exec("\n".join(lines), names)
    dispatcher = njit(names["over"], error_model="numpy", nogil=True)
    dispatcher.compile("void(float64[::1])")
    return dispatcher  # type: ignore[no-any-return]


def rows(*columns: np.ndarray) -> list[tuple[float, ...]]:
    return [tuple(row) for row in np.column_stack(columns).tolist()]


def ulps(value: float, exact: Callable[..., mpmath.mpf], row: tuple[float, ...]) -> float:
    """Error in units of the last place of the exact value (or of the smallest normal number)."""
    with mpmath.workprec(160):
        true = exact(*map(mpmath.mpf, row))
        unit = np.spacing(max(abs(float(true)), np.finfo(float).tiny))
        return float(abs(mpmath.mpf(float(value)) - true) / mpmath.mpf(float(unit)))


def target_features() -> set[str]:
    """Features of the processor for which numba compiles, which ``NUMBA_CPU_FEATURES`` may set below this machine's, as ``+avx2``."""
    _, _, features = cpu_target.target_context.codegen().magic_tuple()
    return set(features.split(","))
