"""Lane kernels against scipy's DOP853 at 1e-12, on right-hand sides drawn from the grammar of the parser.

They are smooth: over a kink, as of ``abs``, an error estimate of high order may by chance be far too small. Of 300 runs of DOP853 over
one at 1e-8 the worst was off by 1e-6 here and by 3e-6 with scipy, the median by 1e-10 with both.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from richardson.compiled.field import Field
from richardson.study.design import Design
from richardson.study.run import run_ensemble
from richardson.symbolic.model import Model

pytestmark = pytest.mark.slow  # its kernels take half a minute to compile

TIMES = np.array([0.0, 0.4, 1.1, 3.0])
MEMBERS = 5
GROWTH = 1e3  # errors of 1e-8 a step: some twenty steps, and rates that stretch a difference by at most e^(2·3) on the way

states = st.sampled_from(["x", "y"])
numbers = st.sampled_from(["h", "k", "m", "0.5", "2", "h*k", "(k - m)", "exp(-h)"])
arguments = st.one_of(states, st.builds("({0}*{1} - {2})".format, numbers, states, numbers), st.just("(x - y)"), st.just("(x*y/3)"))
bounded = st.one_of(
    st.builds("tanh({0})".format, arguments),
    st.builds("exp(-{0}**2)".format, arguments),
    st.builds("sin({0})".format, arguments),
    st.builds("cos({0} + t)".format, arguments),
    st.builds("sigmoid({0})".format, arguments),
    st.builds("hill({0}, h, 2)".format, arguments),
    st.builds("hill({0}**2, k, m)".format, states),
    st.builds("atan({0})".format, arguments),
    st.builds("1/(1 + {0}**2)".format, arguments),
    st.builds("sqrt(1 + {0}**2)/(1 + {0}**2)".format, arguments),
    st.builds("log(2 + sin({0}))".format, arguments),
)
terms = st.builds("{0}*{1}".format, numbers, st.one_of(bounded, st.builds("{0}*{1}".format, bounded, bounded)))
sums = st.lists(terms, min_size=1, max_size=3).map(" + ".join)


@st.composite
def models(draw: st.DrawFn) -> Model:
    rates = {name: f"{draw(sums)} - {draw(st.sampled_from([name, name + '**3', name + '/2']))}" for name in "xy"}
    return Model.from_equations(rates, {"h": 1.0, "k": 0.8, "m": 2.0}, name="drawn")


def reference(model: Model, design: Design) -> np.ndarray:
    """States at all times by scipy, from the scalar rates, shape (m, t, 2)."""
    found = []
    for row in design.samples:
        values = dict(zip(design.names, row, strict=True))
        field = Field.of(model.with_values(h=values["h"], k=values["k"], m=values["m"]))
        run = solve_ivp(
            field.rates, (TIMES[0], TIMES[-1]), [values["x"], values["y"]], method="DOP853", t_eval=TIMES, rtol=1e-12, atol=1e-13
        )
        found.append(run.y.T)
    return np.array(found)


def drawn(seed: int) -> Design:
    """Members of which every other has a whole exponent."""
    ranges = {"x": (-2, 2), "y": (-2, 2), "h": (0.3, 2), "k": (0.3, 2), "m": (1, 4)}
    table = Design.latin_hypercube(ranges, size=MEMBERS, rng=seed).to_table()
    table["m"][::2] = np.round(table["m"][::2])
    return Design.from_table(table)


def check(model: Model, seed: int, method: str) -> None:
    design = drawn(seed)
    runs = run_ensemble(model, design, None, TIMES, method=method, audit=0)
    assert runs.states == pytest.approx(reference(model, design), rel=GROWTH * 1e-8, abs=GROWTH * 1e-10)


@settings(max_examples=6, phases=[Phase.generate])  # a new model compiles for half a second
@given(model=models(), seed=st.integers(0, 1000))
def test_explicit_lanes_agree_with_scipy(model: Model, seed: int) -> None:
    check(model, seed, "Tsit5")


@pytest.mark.slow
@pytest.mark.parametrize("method", ["Tsit5", "DOP853", "Rodas5P"])
@settings(max_examples=12, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(model=models(), seed=st.integers(0, 1000))
def test_lanes_of_every_method_agree_with_scipy(method: str, model: Model, seed: int) -> None:
    check(model, seed, method)
