"""Early warnings: indicators against their definitions, trends where there are some and where there are none."""

import numpy as np
import pytest

from richardson.dynamics.integrate import integrate
from richardson.errors import DataError, InvalidInputError, UnknownNameError
from richardson.landscape.early_warning import early_warning
from richardson.models import linear


def slowing(count: int, seed: int) -> np.ndarray:
    """A series whose memory rises from 0.2 to 0.95."""
    rng = np.random.default_rng(seed)
    values = np.zeros(count)
    for i, memory in enumerate(np.linspace(0.2, 0.95, count - 1)):
        values[i + 1] = memory * values[i] + rng.normal()
    return values


def test_indicators_are_those_of_each_window() -> None:
    series = np.random.default_rng(2).normal(size=60)
    found = early_warning(series, window=0.5, bandwidth=0.0, surrogates=0)
    part = series[7:37] - series.mean()
    assert found.variance[7] == pytest.approx(np.var(part, ddof=1), rel=1e-12)
    centred = part - part.mean()
    assert found.autocorrelation[7] == pytest.approx(centred[:-1] @ centred[1:] / (centred @ centred), rel=1e-12)
    assert found.times[7] == 36.0


def test_slowing_down_is_seen_and_chance_does_not_make_it() -> None:
    found = early_warning(slowing(1000, 4), surrogates=60)
    assert min(found.variance_trend, found.autocorrelation_trend) > 0.8
    assert max(found.variance_chance, found.autocorrelation_chance) < 0.1


def test_a_stationary_series_is_no_warning_more_often_than_chance() -> None:
    chances = [early_warning(np.random.default_rng(seed).normal(size=200), surrogates=19).variance_chance for seed in range(20)]
    assert 0.2 < np.mean(chances) < 0.8  # uniform on 1/20 … 1: its mean over 20 series is 0.525 ± 0.07


def test_the_slow_part_is_taken_off() -> None:
    series = np.random.default_rng(3).normal(size=200) + np.linspace(0.0, 100.0, 200)
    assert np.var(early_warning(series, bandwidth=0.05, surrogates=0).residuals[20:-20]) < 2.0


def test_a_run_is_read_by_state() -> None:
    run = integrate(linear(), [0.0, 2.0], np.linspace(0.0, 10.0, 41))
    found = early_warning(run, state="y", surrogates=0)
    assert found.times[-1] == 10.0
    assert found.model == linear()


def test_the_same_surrogates_come_from_the_same_seed() -> None:
    series = np.random.default_rng(5).normal(size=100)
    one, other = (early_warning(series, surrogates=9, rng=3) for _ in range(2))
    assert one.variance_chance == other.variance_chance


@pytest.mark.parametrize(
    ("series", "options", "error"),
    [
        (np.zeros(100), {}, DataError),
        (np.arange(5.0), {}, DataError),
        (np.ones((30, 2)), {}, DataError),
        (np.where(np.arange(50) == 3, np.nan, np.sin(np.arange(50))), {}, DataError),
        (np.sin(np.arange(50)), {"window": 1.0}, InvalidInputError),
        (np.sin(np.arange(50)), {"window": 0.05}, InvalidInputError),
        (np.sin(np.arange(50)), {"bandwidth": -0.1}, InvalidInputError),
        (np.sin(np.arange(50)), {"surrogates": -1}, InvalidInputError),
        (np.sin(np.arange(50)), {"state": "x"}, InvalidInputError),
        ("text", {}, InvalidInputError),
    ],
    ids=["constant", "short", "table", "gap", "window", "narrow window", "bandwidth", "surrogates", "state", "text"],
)
def test_what_has_no_answer_is_refused(series: object, options: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        early_warning(series, **options)  # type: ignore[arg-type]


def test_uneven_times_and_unknown_states_are_refused() -> None:
    run = integrate(linear(), [0.0, 2.0], np.linspace(0.0, 5.0, 30) ** 2)
    with pytest.raises(DataError, match="uneven"):
        early_warning(run)
    with pytest.raises(UnknownNameError):
        early_warning(run, state="z")
