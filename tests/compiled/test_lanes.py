"""Rates over lanes against the scalar ones, kernels' texts, and the interface of a scheme run without the compiler."""

import os
import re
import subprocess
import sys
from collections import Counter
from typing import Any

import numpy as np
import pytest

from richardson.compiled import lanes, store
from richardson.compiled.emit import key_of, lanes_source
from richardson.compiled.field import Field
from richardson.compiled.kernels import TEXTS, ensemble, scheme
from richardson.compiled.kernels.layout import LANES, constant_rows, flag_row, jacobian_rows
from richardson.compiled.schemes import TABLEAUS, scheme_text
from richardson.models import linear, security_dilemma
from richardson.study.design import Design
from richardson.study.run import run_ensemble
from richardson.symbolic.model import Model

EVERYTHING = Model.from_equations(
    {
        "x": "exp(k - h)*x*(1 + exp(k - h)) + hill(x, h, m)*x**m - sqrt(y)*log(1 + y**2) + t*x",
        "y": "hill(h, y, 1 + m) + hill(x*y, h, -m) + hill(x, k, m + y) + x**y + x**(-m) + sin(k*t)",
        "z": "max(x, k, y)*min(h, m) + softplus(h*x) - sigmoid(-z) + (k*x + m*y + h)*(k*h*x + m)*h",
    },
    {"h": 1.5, "k": 0.7, "m": 2},
    name="everything",
)
HILLS = Model.from_equations(
    {"x": "k*hill(x, h, m) - x", "y": "hill(x, y, m)*hill(y, h, 2)", "z": "y*hill(x*z, k, m)"}, {"h": 1.5, "k": 0.7, "m": 2}, name="hills"
)
MODELS = {"everything": (EVERYTHING, [2.0, 3.0]), "hills": (HILLS, [1.0, 2.0, 3.0, 4.0])}  # m − 1 and m + 1 are exponents of the first
EXPRESSIONS = ["x*y + t*z", "hill(x, h, m)", "k"]


class Block:
    """A block of lanes with members of their own, and what a model's functions write to it.

    A member's m is whole, or other, or every third lane's is whole.
    """

    def __init__(self, name: str, kind: str, seed: int = 1) -> None:
        self.model, whole = MODELS[name]
        rng = np.random.default_rng(seed)
        self.parameters, self.states, self.times = (
            rng.uniform(0.3, 4, (LANES, 3)),
            rng.uniform(0.1, 3, (LANES, 3)),
            rng.uniform(0, 2, LANES),
        )
        every = {"whole": 1, "mixed": 3, "other": LANES + 1}[kind]
        self.parameters[every - 1 :: every, 2] = np.resize(whole, LANES)[every - 1 :: every]

    def evaluate(self, *, may_be_whole: bool = True) -> "Block":
        """Run the model's functions as a kernel does."""
        records = [self.model.expression(text) for text in EXPRESSIONS]
        key = key_of(self.model, "a test of lanes", store.toolchain())
        module = store.load(key, lambda: lanes_source(self.model, LANES, with_slopes=True, records=records))
        self.rows, self.values = np.zeros((constant_rows(3) + module.CONSTANTS, LANES)), np.zeros((2 * len(EXPRESSIONS), LANES))
        self.rows[0], self.rows[1:4] = self.times, self.states.T
        flat, one, two = self.rows.ravel(), "void(float64[::1])", "void(float64[::1], float64[::1])"
        store.function(module, "derive", two)(np.ascontiguousarray(self.parameters.T).ravel(), flat)
        self.flags = self.rows[constant_rows(3)].copy()
        flat[flag_row(3) * LANES] = self.flags.min() if may_be_whole else 0.0
        store.function(module, "rates", one)(flat)
        store.function(module, "slopes", one)(flat)
        store.function(module, "values", two)(flat, self.values.ravel())
        return self

    @property
    def found(self) -> np.ndarray:
        """Rates and Jacobians, shape (lane, 3 + 9)."""
        return np.concatenate([self.rows[4:7].T, self.rows[jacobian_rows(3) : jacobian_rows(3) + 9].T], axis=1)

    @property
    def expected(self) -> np.ndarray:
        """The same by the scalar functions."""
        numbers = []
        for values, state, time in zip(self.parameters, self.states, self.times, strict=True):
            rates, jacobian = Field.of(self.model.with_values(**dict(zip("hkm", values, strict=True)))).rates_and_jacobian(time, state)
            numbers.append([*rates, *jacobian.ravel()])
        return np.array(numbers)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("kind", ["whole", "other", "mixed"])
@pytest.mark.parametrize("seed", [1, 2])
def test_rates_and_slopes_over_lanes_are_the_scalar_ones(name: str, kind: str, seed: int) -> None:
    block = Block(name, kind, seed).evaluate()
    assert block.found == pytest.approx(block.expected, rel=1e-12, abs=1e-12)  # the same sums in another order


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("seed", range(1, 9))
def test_whole_exponents_have_the_same_bits_whether_all_lanes_have_them_or_not(name: str, seed: int) -> None:
    fast, general = Block(name, "whole", seed).evaluate(), Block(name, "whole", seed).evaluate(may_be_whole=False)
    assert fast.flags.min() > 0
    np.testing.assert_array_equal(fast.found, general.found)


def test_a_kernel_is_made_of_the_texts_that_were_kept_at_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TEXTS, "path", "a text that is in no file")
    assert "a text that is in no file" in lanes.kernel_text(("queue", "path"), "Tsit5", 2, LANES)


@pytest.mark.parametrize(
    "parts",
    [("unrecorded", "landless"), ("search", "pieces", "records", "places", "algebra", "exponential", "approach", "landed", "landing")],
    ids=["plain", "everything"],
)
@pytest.mark.parametrize("scheme_name", TABLEAUS)
def test_no_two_modules_of_a_kernel_define_the_same_name(parts: tuple[str, ...], scheme_name: str) -> None:
    """The second would take the place of the first, since a kernel is one module of all their texts."""
    text = lanes.kernel_text(("queue", "control", "domain", "lookout", *parts, "attend", "ensemble"), scheme_name, 2, LANES)
    own = re.findall(r"^(?:def )?(\w+(?:, \w+)*)(?: = |\()", text, flags=re.MULTILINE)
    names = [name for line in own for name in line.split(", ")]
    assert len(names) > 100
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_a_flag_is_raised_by_small_whole_exponents_only() -> None:
    block = Block("hills", "other")
    block.parameters[:8, 2] = [1, 2, 3, 4, 5, 2.5, 0, 4.0000001]
    assert (block.evaluate().flags[:8] > 0).tolist() == [True] * 4 + [False] * 4


def test_derivatives_of_driven_rates_in_time_stand_behind_the_jacobian() -> None:
    block = Block("everything", "mixed").evaluate()
    k, x = block.parameters[:, 1], block.states[:, 0]
    drifts = block.rows[jacobian_rows(3) + 9 : jacobian_rows(3) + 12].T
    assert drifts == pytest.approx(np.stack([x, k * np.cos(k * block.times), 0 * x], axis=1), rel=1e-14, abs=1e-14)  # rounding


def test_records_have_their_values_and_derivatives_along_the_run() -> None:
    block = Block("everything", "mixed").evaluate()
    (x, y, z), t, (h, k, m) = block.states.T, block.times, block.parameters.T
    rates = block.rows[4:7]
    hill = 1 / (1 + (h / x) ** m)
    slopes = [rates[0] * y + x * rates[1] + z + t * rates[2], m * hill * (1 - hill) / x * rates[0], 0 * k]
    assert block.values == pytest.approx(np.array([x * y + t * z, hill, k, *slopes]), rel=1e-12)  # rounding


def test_no_name_that_a_user_gave_reaches_the_text() -> None:
    odd = Model.from_equations({"zorn": "eifer*zorn - furcht", "furcht": "zorn - furcht**eifer"}, {"eifer": 2}, name="Wut")
    text = lanes_source(odd, LANES, with_slopes=True, records=[odd.expression("zorn + furcht")])
    assert [name for name in ("zorn", "furcht", "eifer", "Wut") if name in text] == []


@pytest.mark.parametrize("name", TABLEAUS)
@pytest.mark.parametrize("dimension", [0, 1, 2, 6])
def test_the_text_of_a_scheme_offers_the_interface(name: str, dimension: int) -> None:
    offered: dict[str, Any] = {}
    exec(compile(scheme_text(name, dimension), name, "exec"), offered)
    assert {"ROWS", "ORDER", "DEGREE", "COEFFICIENTS", "attempt", "interpolate"} <= set(offered)
    assert offered["COEFFICIENTS"] + offered["DEGREE"] <= offered["ROWS"]


@pytest.mark.parametrize("name", TABLEAUS)
def test_the_text_of_a_scheme_has_every_offset_written_in_where_the_number_of_states_is_known(name: str) -> None:
    assert "range(d)" in scheme_text(name, 0) and "range(d)" not in scheme_text(name, 3)


def decaying(region: np.ndarray) -> None:
    """x' = −x as a model's function, in plain Python."""
    region[2 * LANES : 3 * LANES] = -region[LANES : 2 * LANES]


def solved_by_the_shown_scheme(relative: float, times: list[float], monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """Three members of x' = −x by the scheme that shows the interface, through the kernel's own text without the compiler."""
    monkeypatch.setattr(lanes.Task, "kernel", lanes.EnsembleKernel(ensemble.run, scheme.ROWS))
    functions = lanes.LaneFunctions(lambda p, b: None, decaying, decaying, decaying, 1)
    settings = np.array([0.0, times[-1], relative, 1e5, np.inf, 1e-14, *[0.0] * 4])
    samples, into = np.array([[1.0], [2.0], [-0.5]]), lanes.Members(*(np.zeros(shape) for shape in ((3, len(times), 1), (3, 0), 3, 3, 3)))
    task = lanes.Task(
        scheme="shown",
        functions=functions,
        parameters=np.empty(0),
        parameter_source=np.empty(0, dtype=np.int64),
        start=np.zeros(1),
        start_source=np.zeros(1, dtype=np.int64),
        times=np.array(times),
        absolute=np.array([relative]),
        limits=np.array([[-1e9], [1e9]]),
        slack=np.zeros((3, 1)),
        barriers=np.ones((2, 1), dtype=np.int64),
        kinds=np.empty(0, dtype=np.int64),
        settings=settings,
    )
    with np.errstate(all="ignore"):  # lanes without a member stand still, and divide by the step
        task.run(samples, into)
    return into.states[:, :, 0] / samples


def test_the_scheme_that_shows_the_interface_solves_a_decay_with_errors_of_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of a step, h², is the tolerance: steps are its root, and the error of Heun's method h² is the tolerance again."""
    times = [0.0, 0.7, 2.0]
    errors = [np.abs(solved_by_the_shown_scheme(each, times, monkeypatch) - np.exp(-np.array(times))).max() for each in (1e-3, 1e-4)]
    assert errors[0] < 1e-2
    assert np.log10(errors[0] / errors[1]) == pytest.approx(1.0, abs=0.4)  # not yet in the limit of small steps


PLAIN = """
import sys
sys.path.insert(0, {folder!r})
from test_lanes import two_races
print(*map(repr, two_races()))
"""


def two_races() -> list[float]:
    """Two members of the linear race for a while."""
    design = Design.grid({"defence": [0.2, 0.4]})
    return run_ensemble(linear(), design, {"x": 1, "y": 3}, [0, 0.5, 1], relative=1e-5, audit=0).states.ravel().tolist()


@pytest.mark.slow
def test_without_the_compiler_an_ensemble_is_the_same() -> None:
    code, plain = PLAIN.format(folder=os.path.dirname(__file__)), os.environ | {"NUMBA_DISABLE_JIT": "1"}
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=plain).stdout
    assert two_races() == pytest.approx([float(number) for number in printed.split()], rel=1e-8)  # the promise


def test_a_new_parameter_value_compiles_nothing() -> None:
    model = security_dilemma()
    first = Field.of(model).over_lanes(LANES, with_slopes=False)
    second = Field.of(model.with_values(balance=0.3)).over_lanes(LANES, with_slopes=False)
    assert first.rates is second.rates
