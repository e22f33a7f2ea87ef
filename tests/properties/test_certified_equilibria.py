"""No equilibrium is lost while `is_complete` is True: random systems of which all zeros are known."""

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from richardson.stability.equilibria import equilibria
from richardson.stability.window import Window
from richardson.symbolic.model import Model

roots = st.lists(st.integers(-40, 40), min_size=3, max_size=3, unique=True).map(lambda tenths: sorted(tenth / 10 for tenth in tenths))
turns = st.tuples(*[st.integers(-20, 20).map(lambda tenth: tenth / 10)] * 4)
# products of the linear forms u = a x + b y and v = c x + d y, mixed: the zeros are the solutions of u = uᵢ, v = vⱼ
CUBICS = Model.from_equations(
    {
        "x": "(a*x + b*y - u1)*(a*x + b*y - u2)*(a*x + b*y - u3) + m*(c*x + d*y - v1)*(c*x + d*y - v2)*(c*x + d*y - v3)",
        "y": "(c*x + d*y - v1)*(c*x + d*y - v2)*(c*x + d*y - v3) - m*(a*x + b*y - u1)*(a*x + b*y - u2)*(a*x + b*y - u3)",
    },
    {name: 0.0 for name in ("a", "b", "c", "d", "u1", "u2", "u3", "v1", "v2", "v3")} | {"m": 0.5},
)
WAVES = Model.from_equations(
    {"x": "sin(a*x + b*y) + m*tanh(c*x + d*y - v1)", "y": "tanh(c*x + d*y - v1) - m*sin(a*x + b*y)"},
    {"a": 0, "b": 0, "c": 0, "d": 0, "v1": 0, "m": 0.5},
)
REACH = 4.0


def solutions(entries: tuple[float, ...], us: list[float], vs: list[float]) -> list[list[float]]:
    """Points of the window at which one form has a value of ``us`` and the other of ``vs``, off the border by more than rounding."""
    a, b, c, d = entries
    found = [np.linalg.solve([[a, b], [c, d]], [u, v]) for u in us for v in vs]
    assume(all(abs(abs(part) - REACH) > 1e-6 for point in found for part in point))
    return in_order(point for point in found if np.abs(point).max() < REACH)


def in_order(points: Iterable[np.ndarray]) -> list[list[float]]:
    """Points sorted, numbers that differ by rounding taken as equal."""
    return sorted((np.round(point, 9) + 0.0).tolist() for point in points)


def is_skew(entries: tuple[float, ...]) -> bool:
    a, b, c, d = entries
    return abs(a * d - b * c) > 0.3


def check_cubics(entries: tuple[float, ...], us: list[float], vs: list[float]) -> None:
    values = (
        dict(zip("abcd", entries, strict=True)) | {f"u{k + 1}": u for k, u in enumerate(us)} | {f"v{k + 1}": v for k, v in enumerate(vs)}
    )
    found = equilibria(CUBICS.with_values(**values), Window(x=(-REACH, REACH), y=(-REACH, REACH)), method="certified")
    expected = solutions(entries, us, vs)
    assert found.is_complete
    np.testing.assert_allclose(in_order(one.state for one in found), expected, atol=2e-9)


@given(turns.filter(is_skew), roots, roots)
@settings(max_examples=4)
def test_all_nine_zeros_of_mixed_cubics_are_proved(entries: tuple[float, ...], us: list[float], vs: list[float]) -> None:
    check_cubics(entries, us, vs)


@pytest.mark.slow
@given(turns.filter(is_skew), roots, roots)
@settings(max_examples=60)
def test_all_nine_zeros_of_many_mixed_cubics_are_proved(entries: tuple[float, ...], us: list[float], vs: list[float]) -> None:
    check_cubics(entries, us, vs)


@given(turns.filter(is_skew), st.integers(-30, 30).map(lambda tenth: tenth / 10))
@settings(max_examples=15)
def test_all_zeros_of_waves_are_proved(entries: tuple[float, ...], v: float) -> None:
    values = dict(zip("abcd", entries, strict=True)) | {"v1": v}
    found = equilibria(WAVES.with_values(**values), Window(x=(-REACH, REACH), y=(-REACH, REACH)), method="certified")
    expected = solutions(entries, (np.pi * np.arange(-8, 9)).tolist(), [v])
    assert found.is_complete
    np.testing.assert_allclose(in_order(one.state for one in found), expected, atol=2e-9)


@given(roots, st.sampled_from([1e-9, 1e-5, 1e-2, 0.0]))
@settings(max_examples=20)
def test_two_zeros_that_approach_are_both_proved_or_their_box_is_undecided(points: list[float], gap: float) -> None:
    p, q, r = points
    model = Model.from_equations({"x": "(x - p)*(x - q)*(x - q - g)*(x - r)"}, {"p": p, "q": q, "r": r, "g": gap})
    known = np.unique([p, q, q + gap, r])
    found = equilibria(model, Window(x=(-REACH - 1, REACH + 1)), method="certified")
    proved = [one["x"] for one in found if one.certificate is not None]
    missing = [root for root in known if not np.isclose(root, proved, rtol=0, atol=1e-12 + 0.01 * gap).any()]
    assert found.is_complete == (not missing)
    assert all(any(box.lower[0] <= root <= box.upper[0] for box in found.undecided) for root in missing)
