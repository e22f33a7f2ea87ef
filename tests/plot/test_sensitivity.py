"""Bars and courses of sensitivity show the numbers of the result, and name what they show."""

from typing import Any

import numpy as np
import pytest
from matplotlib.container import BarContainer

from richardson import plot
from richardson.errors import UnknownNameError
from richardson.models import linear
from richardson.study.design import Design
from richardson.study.elasticities import elasticities
from richardson.study.sensitivity import sensitivity

RANGES = {"a": (0.0, 1.0), "b_y": (0.0, 2.0), "c": (0.0, 0.1)}


def outcomes(members: Any) -> Any:
    a, b, c = members.T
    return np.column_stack([a * b + c, np.full(len(a), 2.0), a])


def texts(labels: Any) -> list[str]:
    return [label.get_text() for label in labels]


@pytest.mark.parametrize("method", ["sobol", "morris", "pawn"])
def test_bars_are_the_indices_in_the_order_of_what_matters(method: str) -> None:
    found = sensitivity(
        outcomes, Design.for_sensitivity(RANGES, method=method, size=128, rng=1), outcome=["ab", "two", "a"], rng=1, resamples=20
    )
    axes = plot.sensitivity(found)
    headline = found[found.headline][0]
    order = np.argsort(-headline)
    assert texts(axes.get_yticklabels()) == [found.names[place].replace("_", " ") for place in order]
    widths = [[bar.get_width() for bar in part] for part in axes.containers if isinstance(part, BarContainer)]
    assert widths[-1 if method == "sobol" else 0] == pytest.approx(headline[order])
    assert len(widths) == (1 if method == "pawn" else 2)
    assert "ab" in axes.get_xlabel()
    legend = axes.get_legend()
    assert legend is not None
    assert ("an input that does nothing" in texts(legend.get_texts())) == (method == "pawn")


def test_another_outcome_is_drawn_by_name_and_a_wrong_name_refused() -> None:
    found = sensitivity(outcomes, Design.for_sensitivity(RANGES, size=32, rng=1), outcome=["ab", "two", "a"], rng=1)
    assert texts(plot.sensitivity(found, outcome="a").get_yticklabels())[0] == "a"
    for draw in (plot.sensitivity, plot.convergence):
        with pytest.raises(UnknownNameError, match="'abc' was not analysed"):
            draw(found, outcome="abc")
    with pytest.raises(UnknownNameError, match="no index 'frst'"):
        plot.convergence(found, index="frst")


def test_a_course_shows_every_size_with_its_interval() -> None:
    found = sensitivity(outcomes, Design.for_sensitivity(RANGES, size=128, rng=1), outcome=["ab", "two", "a"], rng=1)
    axes = plot.convergence(found, index="first")
    lines = [line for line in axes.lines if len(line.get_xdata()) == len(found.sizes)]
    assert len(lines) == 3
    assert len(axes.collections) == 3
    top = int(np.argmax(found["first"][0]))
    assert lines[0].get_ydata() == pytest.approx(found.estimates[:, 0, 0, top])
    assert texts(axes.get_xticklabels())[:4] == ["16", "32", "64", "128"]


EVERY = [
    ("sobol", {"second_order": True}, ("first", "total", "second")),
    ("morris", {}, ("mean_effect", "mean_absolute_effect", "spread_of_effects")),
    ("pawn", {}, ("median", "mean", "maximum")),
    pytest.param("delta", {}, ("delta", "first"), marks=pytest.mark.extra),
]


@pytest.mark.parametrize(("method", "asked", "indices"), EVERY)
def test_a_course_shows_every_index_of_every_method(method: str, asked: dict[str, Any], indices: tuple[str, ...]) -> None:
    if method == "delta":
        pytest.importorskip("SALib")
    design = Design.for_sensitivity(RANGES, method=method, size=128 if method != "delta" else 200, rng=1, **asked)
    found = sensitivity(outcomes, design, outcome=["ab", "two", "a"], rng=1, resamples=20)
    assert found.indices == indices
    for index in indices:
        axes = plot.convergence(found, index=index, outcome="a")
        lines = {str(line.get_label()): np.asarray(line.get_ydata()) for line in axes.lines if len(line.get_xdata()) == len(found.sizes)}
        drawn = {label: line for label, line in lines.items() if not label.startswith("_")}
        course = found.course(index)[0][:, 2]
        if index == "second":
            expected = {"a × b y": course[:, 0, 1], "a × c": course[:, 0, 2], "b y × c": course[:, 1, 2]}
        else:
            expected = dict(zip(("a", "b y", "c"), course.T, strict=True))
        if found.idle is not None:
            expected["an input that does nothing"] = found.estimates[:, found.indices.index(index), 2, -1]
        assert drawn.keys() == expected.keys()
        assert all(drawn[label] == pytest.approx(expected[label]) for label in drawn)
        assert len(axes.collections) == len(drawn)
        unit = "change of" if method == "morris" else "share of the variance" if index in ("first", "total", "second") else "distance"
        assert axes.get_ylabel().startswith(unit)


def test_the_band_of_an_input_that_does_nothing_is_its_interval() -> None:
    found = sensitivity(
        outcomes, Design.for_sensitivity(RANGES, method="pawn", size=128, rng=1), outcome=["ab", "two", "a"], rng=1, resamples=20
    )
    assert found.idle_interval is not None
    axes = plot.sensitivity(found)
    bands = [patch for patch in axes.patches if patch.get_alpha() is not None]
    assert len(bands) == 1
    low, high = bands[0].get_x(), bands[0].get_x() + bands[0].get_width()  # type: ignore[attr-defined]
    assert (low, high) == pytest.approx(tuple(found.idle_interval[:, 0, 0]))


def test_elasticities_are_bars_to_either_side_and_leave_out_what_has_none() -> None:
    found = elasticities(linear(defence=0.5, grievance_y=0), {"x": 2 / 3, "y": 1 / 3}, outcome=["x"])
    axes = plot.elasticities(found)
    widths = [bar.get_width() for bar in axes.patches]
    assert np.all(np.diff(np.abs(widths)) <= 1e-12)
    assert min(widths) < 0 < max(widths)
    assert not any("grievance y" in text for text in texts(axes.get_yticklabels()))
    assert texts(axes.get_yticklabels())[0].startswith("fatigue x ($")
