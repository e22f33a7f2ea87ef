"""Signs of slowing down in a series: rolling variance and autocorrelation, and how steadily they rise."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import gaussian_filter1d
from scipy.signal import lfilter
from scipy.stats import kendalltau

from richardson.arrays import FloatArray, as_floats
from richardson.dynamics.trajectory import Trajectory
from richardson.errors import DataError, InvalidInputError
from richardson.provenance import Provenance, record
from richardson.randomness import generator_of
from richardson.symbolic.model import Model

FEWEST = 20  # values: fewer tell nothing of a trend in their variance
FEWEST_IN_WINDOW = 8
EVEN = 1e-6  # of a gap: how much gaps between times may differ
WARM_UP = 200  # values of a surrogate before it counts: it has then forgotten its start


@dataclass(frozen=True, eq=False, repr=False)
class EarlyWarning:
    """Indicators of critical slowing down along a series.

    Attributes
    ----------
    times : FloatArray
        Shape (n,): end of each rolling window.
    variance : FloatArray
        Shape (n,): of the residuals in the window.
    autocorrelation : FloatArray
        Shape (n,): of the residuals with those one sample later.
    variance_trend, autocorrelation_trend : float
        Kendall's τ of each indicator with time: 1 where it always rises, −1 where it always falls.
    variance_chance, autocorrelation_chance : float
        Share of stationary series, with the memory and variance of this one, whose trend is at least as strong; NaN without surrogates.
    residuals : FloatArray
        Shape (m,): the series less its slow part.
    window : int
        Values in each rolling window.
    bandwidth : float
        Standard deviation, in samples, of the Gaussian weights that make the slow part; 0 where only the mean is taken off.
    model : Model or None
        Of the run; None for a bare series.
    provenance : Provenance
    """

    times: FloatArray
    variance: FloatArray
    autocorrelation: FloatArray
    variance_trend: float
    autocorrelation_trend: float
    variance_chance: float
    autocorrelation_chance: float
    residuals: FloatArray
    window: int
    bandwidth: float
    model: Model | None
    provenance: Provenance

    def to_table(self) -> dict[str, FloatArray]:
        """Columns of shape (n,): t, variance, autocorrelation."""
        return {"t": self.times.copy(), "variance": self.variance.copy(), "autocorrelation": self.autocorrelation.copy()}

    def __repr__(self) -> str:
        """The trends, and how often chance makes them."""
        parts = (
            f"{name} trend {trend:+.3f}" + ("" if np.isnan(chance) else f" (by chance {chance:.3g})")
            for name, trend, chance in (
                ("variance", self.variance_trend, self.variance_chance),
                ("autocorrelation", self.autocorrelation_trend, self.autocorrelation_chance),
            )
        )
        return f"<early warning over {len(self.residuals)} values: {', '.join(parts)}>"


class _Indicators(NamedTuple):
    """Variance and autocorrelation in each window, shape (…, n) each."""

    variance: FloatArray
    autocorrelation: FloatArray


def early_warning(
    series: Trajectory | npt.ArrayLike,
    *,
    state: str | None = None,
    window: float = 0.5,
    bandwidth: float = 0.1,
    surrogates: int = 500,
    rng: int | np.random.Generator | None = 0,
) -> EarlyWarning:
    """Rolling variance and autocorrelation of a series, their trends, and how often chance alone makes such trends.

    Parameters
    ----------
    series : Trajectory or array_like, shape (m,)
        At even times.
    state : str, optional
        Which state of a run; the first by default.
    window : float
        Length of the rolling window, as a share of the series.
    bandwidth : float
        Standard deviation of the Gaussian weights with which the slow part is smoothed off, as a share of the series; 0 takes off
        the mean alone.
    surrogates : int
        How many stationary series of the same memory and variance are drawn; 0 for none.
    rng : int, numpy.random.Generator or None
        Draws them.

    Returns
    -------
    EarlyWarning

    Raises
    ------
    DataError
        If values are missing, too few or all equal, or times uneven.
    InvalidInputError, UnknownNameError
        If an option does not fit, or the run has no such state.

    Notes
    -----
    Before a fold the slowest eigenvalue goes to zero as the square root of the distance d in the parameter, so that the variance under
    small noise rises as d^(−1/2) and the autocorrelation towards 1 [1]_. Windows overlap, so the usual significance of Kendall's τ does
    not hold: the share of first-order autoregressive series with the same coefficient and variance takes its place [2]_. A trend is no
    proof: not every tipping has a warning (large shocks and fast changes have none), and not every rise is followed by one.

    References
    ----------
    .. [1] M. Scheffer and others (2009), Early-warning signals for critical transitions, Nature 461, 53–59 (quoted from memory).
    .. [2] V. Dakos and others (2008), Slowing down as an early warning signal for abrupt climate change, Proceedings of the National
       Academy of Sciences 105, 14308–14312 (quoted from memory).

    Examples
    --------
    >>> noise = np.random.default_rng(1).normal(size=400)
    >>> early_warning(noise * np.linspace(1, 3, 400)).variance_trend > 0.9
    True
    """
    values, times, model = _values(series, state)
    count = len(values)
    _check_options(window, bandwidth, surrogates)
    length = round(window * count)
    if length < FEWEST_IN_WINDOW or length >= count:
        raise InvalidInputError(
            f"A window of {window:g} of {count} values holds {length}; it must hold {FEWEST_IN_WINDOW} or more, and not all."
        )
    generator, entropy = generator_of(rng)
    residuals = _residuals(values, bandwidth * count)
    if not residuals.std() > 0.0:
        raise DataError("The series does not vary about its slow part, so it has no variance to follow. Give one with noise.")
    found = _indicators(residuals, length)
    trends = _trend(found.variance), _trend(found.autocorrelation)
    chances = _chances(residuals, length, bandwidth * count, trends, draws=(generator, int(surrogates)))
    return EarlyWarning(
        times=np.ascontiguousarray(times[length - 1 :]),
        variance=found.variance,
        autocorrelation=found.autocorrelation,
        variance_trend=trends[0],
        autocorrelation_trend=trends[1],
        variance_chance=chances[0],
        autocorrelation_chance=chances[1],
        residuals=residuals,
        window=length,
        bandwidth=float(bandwidth * count),
        model=model,
        provenance=record(
            model, entropy=entropy, verb="early_warning", state=state, window=window, bandwidth=bandwidth, surrogates=int(surrogates)
        ),
    )


def _values(series: Trajectory | npt.ArrayLike, state: str | None) -> tuple[FloatArray, FloatArray, Model | None]:
    if isinstance(series, Trajectory):
        values, times = series[state or series.model.state_names[0]], series.times
        gaps = np.diff(times)
        if len(gaps) and np.ptp(gaps) > EVEN * gaps.max():
            raise DataError(f"The run's times are uneven (gaps from {gaps.min():g} to {gaps.max():g}). Ask for evenly spaced times.")
        model: Model | None = series.model
    else:
        values, model = as_floats(series, "The series"), None
        if state is not None:
            raise InvalidInputError(f"state='{state}' chooses a state of a run; the series given is bare numbers. Leave it out.")
        times = np.arange(values.shape[0] if values.ndim else 0, dtype=np.float64)
    if values.ndim != 1 or len(values) < FEWEST:
        raise DataError(f"A series of at least {FEWEST} values is needed; got shape {values.shape}.")
    if not np.isfinite(values).all():
        raise DataError(f"The series has {int((~np.isfinite(values)).sum())} values that are missing or infinite. Cut or fill them.")
    return values, times, model


def _check_options(window: Any, bandwidth: Any, surrogates: Any) -> None:
    if isinstance(window, bool) or not isinstance(window, int | float | np.number) or not 0.0 < window < 1.0:
        raise InvalidInputError(f"The window is a share of the series between 0 and 1; got {window!r}.")
    if isinstance(bandwidth, bool) or not isinstance(bandwidth, int | float | np.number) or not 0.0 <= bandwidth < 1.0:
        raise InvalidInputError(f"The bandwidth is a share of the series of 0 or more, below 1; got {bandwidth!r}.")
    if isinstance(surrogates, bool) or not isinstance(surrogates, int | np.integer) or surrogates < 0:
        raise InvalidInputError(f"The number of surrogates is a whole number of 0 or more; got {surrogates!r}.")


def _residuals(values: FloatArray, width: float) -> FloatArray:
    """Series (…, m) less their slow parts."""
    slow = gaussian_filter1d(values, width, axis=-1, mode="nearest") if width > 0.0 else values.mean(axis=-1, keepdims=True)
    return np.asarray(values - slow)


def _indicators(residuals: FloatArray, length: int) -> _Indicators:
    """Indicators in rolling windows of ``length`` values."""
    views = sliding_window_view(residuals, length, axis=-1)
    variance = views.var(axis=-1, ddof=1)
    centred = views - views.mean(axis=-1, keepdims=True)
    product = np.einsum("...i,...i->...", centred[..., :-1], centred[..., 1:])
    with np.errstate(divide="ignore", invalid="ignore"):
        return _Indicators(np.ascontiguousarray(variance), np.ascontiguousarray(product / (centred**2).sum(axis=-1)))


def _trend(indicator: FloatArray) -> float:
    return float(kendalltau(np.arange(len(indicator)), indicator).statistic)


def _chances(
    residuals: FloatArray, length: int, width: float, trends: tuple[float, float], *, draws: tuple[np.random.Generator, int]
) -> tuple[float, float]:
    """Share of surrogates with trends as strong, for both indicators; each surrogate counts itself, so no share is 0."""
    generator, count = draws
    if count == 0:
        return float("nan"), float("nan")
    memory = float(np.clip(residuals[:-1] @ residuals[1:] / (residuals @ residuals), -0.999, 0.999))
    exceeded = np.zeros(2)
    for _ in range(count):
        kicks = generator.normal(size=len(residuals) + WARM_UP)
        surrogate = _autoregressive(kicks, memory)[WARM_UP:]
        found = _indicators(_residuals(surrogate, width), length)
        exceeded += [_trend(found.variance) >= trends[0], _trend(found.autocorrelation) >= trends[1]]
    shares = (exceeded + 1.0) / (count + 1.0)
    return float(shares[0]), float(shares[1])


def _autoregressive(kicks: FloatArray, memory: float) -> FloatArray:
    """x₍ᵢ₊₁₎ = memory · xᵢ + kick."""
    return np.asarray(lfilter([1.0], [1.0, -memory], kicks))
