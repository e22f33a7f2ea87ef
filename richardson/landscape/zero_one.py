"""The 0–1 test: whether a series, of a run or of data, is regular or chaotic, without equations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson.arrays import FloatArray, as_floats
from richardson.dynamics.trajectory import Trajectory
from richardson.errors import DataError, InvalidInputError
from richardson.provenance import Provenance, record
from richardson.randomness import generator_of
from richardson.symbolic.model import Model

SLOWEST, FASTEST = np.pi / 5, 4 * np.pi / 5  # between which frequencies are drawn: away from resonances with constants and alternation
CUT = 10  # displacements up to a tenth of the series: beyond, their averages are over too little
REGULAR, CHAOTIC = 0.3, 0.7  # quartiles of the correlations below or above which the verdict is sure enough
FEWEST = 300  # values after thinning out: below, neither 0 nor 1 is reached
UNEVEN = 1e-6  # relative: spacing of times that differs more is no sampling at one rate
BINS = 16  # of equal count, between which information is shared
FARTHEST = 20  # lags up to this part of the series are looked at
SMOOTH = 1.8  # mean steps within the standard deviation, ten samples in a turn: with more, a series runs rather than jumps about
LOOKED_AT = 20_000  # values from whose beginning the lag is found
STILL = 1e-12  # relative: a series that varies less stands still


@dataclass(frozen=True, eq=False, repr=False)
class ZeroOneTest:
    """How far a series drifts from where it was, when it drives a walk in the plane: like a walk at random (1), or not (0).

    Attributes
    ----------
    statistic : float
        K, the median of ``correlations``: near 0 for regular motion, near 1 for chaos.
    quartiles : pair of float
        Of the correlations: between them lies the middle half.
    frequencies : FloatArray
        Shape (c,), the random frequencies.
    correlations : FloatArray
        Shape (c,): of the mean square displacement with time, for each.
    every : int
        Every how many values of the series one was used.
    length : int
        How many were used.
    model : Model or None
        Of the run; None for other series.
    provenance : Provenance
    """

    statistic: float
    quartiles: tuple[float, float]
    frequencies: FloatArray
    correlations: FloatArray
    every: int
    length: int
    model: Model | None
    provenance: Provenance

    @property
    def verdict(self) -> str:
        """Either "regular", where three quarters of the correlations are below 0.3, or "chaotic", above 0.7; else "undecided"."""
        low, high = self.quartiles
        return "regular" if high < REGULAR else "chaotic" if low > CHAOTIC else "undecided"

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a frequency: frequency and correlation."""
        return {"frequency": self.frequencies.tolist(), "correlation": self.correlations.tolist()}

    def __repr__(self) -> str:
        """Verdict, K with its quartiles, and what of the series was used."""
        low, high = self.quartiles
        thinned = "" if self.every == 1 else f", one in {self.every}"
        return f"<0–1 test: {self.verdict}, K = {self.statistic:.3f} ({low:.3f} … {high:.3f}); {self.length} values{thinned}>"


def zero_one_test(
    series: Trajectory | Sequence[float] | FloatArray,
    *,
    state: str | None = None,
    every: int | None = None,
    count: int = 100,
    rng: int | np.random.Generator | None = 0,
) -> ZeroOneTest:
    """Whether a series is regular or chaotic, by the 0–1 test of Gottwald and Melbourne.

    Parameters
    ----------
    series : Trajectory or array_like, shape (n,)
        At even times, after its transient; a run contributes one of its states.
    state : str, optional
        Which state of a run; the first by default.
    every : int, optional
        Use one value in so many. By default all of a map's, and of any series that jumps about; of one that runs smoothly, one in as
        many as lie before the first minimum of the information that values share with later ones [2]_, because a series sampled too
        finely looks regular, whatever it is.
    count : int
        Number of random frequencies.
    rng : int, numpy.random.Generator or None
        Draws the frequencies.

    Returns
    -------
    ZeroOneTest

    Raises
    ------
    InvalidInputError, UnknownNameError
        If the series is not one of finite numbers at even times, or an option makes no sense.
    DataError
        If too few values remain for a verdict.

    Notes
    -----
    The correlation method of [1]_. The mean of the series is taken off first, which takes away the bounded oscillation (V_osc there)
    that it adds to the mean square displacement. The test tells regular from irregular, not chaos from noise; and what has not yet
    settled, or drifts, it takes for chaos.

    References
    ----------
    .. [1] G. A. Gottwald, I. Melbourne (2009), On the implementation of the 0–1 test for chaos, SIAM Journal on Applied Dynamical Systems
       8, 129–145 (abstract seen).
    .. [2] A. M. Fraser, H. L. Swinney (1986), Independent coordinates for strange attractors from mutual information, Physical Review A
       33, 1134–1140 (quoted from memory).

    Examples
    --------
    >>> from richardson.dynamics.iterate import iterate
    >>> from richardson.models import saperstein
    >>> zero_one_test(iterate(saperstein(reaction=0.97), {"x": 0.3, "y": 0.4}, 2000)).verdict
    'chaotic'
    """
    values, model = _values(series, state)
    drawn = _whole(count, "count")
    step = _whole(every, "every") if every is not None else 1 if model is not None and model.kind == "map" else decorrelated(values)
    used = np.ascontiguousarray(values[::step])
    if used.size < FEWEST:
        thinned = f", of which {used.size} remain, one in {step}, because neighbours say the same" if step > 1 and every is None else ""
        raise DataError(
            f"The 0–1 test needs {FEWEST} values or more; got {values.size}{thinned}. "
            + ("Give a longer series (it may be sampled more coarsely)." if thinned else "Give a longer series, or use more of it.")
        )
    generator, entropy = generator_of(rng)
    frequencies = np.sort(generator.uniform(SLOWEST, FASTEST, drawn))
    moved = used - used.mean()
    correlations = np.array([_correlation(moved, frequency) for frequency in frequencies])
    low, middle, high = np.quantile(correlations, (0.25, 0.5, 0.75)).tolist()
    provenance = record(model, entropy=entropy, verb="zero_one_test", state=state, every=step, count=drawn)
    return ZeroOneTest(middle, (low, high), frequencies, correlations, step, used.size, model, provenance)


def decorrelated(values: FloatArray) -> int:
    """The first lag at which values (n,) share no more information with later ones than at the next, and no longer run smoothly.

    Information is counted between sixteen bins of equal count, so that it depends on the order of values alone. Where the series
    runs smoothly at every such lag, as one of spikes does, it is the lag of the least information; where it never does, it is 1.
    """
    if not _runs_smoothly(values):
        return 1
    part = values[:LOOKED_AT]
    bins = np.searchsorted(np.quantile(part, np.arange(1, BINS) / BINS), part, side="right")
    shared = [_shared(bins, lag) for lag in range(1, part.size // FARTHEST)]
    for lag in range(1, len(shared)):
        is_least = shared[lag] >= shared[lag - 1] and (lag == 1 or shared[lag - 1] < shared[lag - 2])
        if is_least and not _runs_smoothly(values[::lag]):
            return lag
    return 1 + int(np.argmin(shared)) if shared else 1


def _runs_smoothly(values: FloatArray) -> bool:
    return bool(values.std() > SMOOTH * np.abs(np.diff(values)).mean())


def _shared(bins: Any, lag: int) -> float:
    """Mutual information, in nats, of values and those ``lag`` later."""
    table = np.bincount(bins[:-lag] * BINS + bins[lag:], minlength=BINS * BINS).reshape(BINS, BINS) / (bins.size - lag)
    alone = table.sum(axis=1)[:, None] * table.sum(axis=0)
    met = table > 0.0
    return float((table[met] * np.log(table[met] / alone[met])).sum())


def _correlation(values: FloatArray, frequency: float) -> float:
    """Correlation with time of the mean square displacement of the walk that the values drive at a frequency; 0 where it never moves."""
    if not values.any():
        return 0.0
    walk = np.cumsum(values * np.exp(1j * frequency * np.arange(1, values.size + 1)))
    longest = values.size // CUT
    displacement = _mean_squares(walk - walk.mean(), longest)
    times = np.arange(1, longest + 1)
    return float(np.corrcoef(times, displacement)[0, 1]) if np.ptp(displacement) > 0.0 else 0.0


def _mean_squares(walk: Any, longest: int) -> FloatArray:
    """Mean of |z(j + n) − z(j)|² over the first j that have all, for n = 1 … ``longest``, by a Fourier transform."""
    kept = walk.size - longest
    size = 2 ** int(np.ceil(np.log2(2 * walk.size)))
    products = np.fft.ifft(np.fft.fft(walk, size) * np.conj(np.fft.fft(walk[:kept], size)))[1 : longest + 1].real
    squares = np.concatenate(([0.0], np.cumsum(np.abs(walk) ** 2)))
    lags = np.arange(1, longest + 1)
    return np.asarray((squares[lags + kept] - squares[lags] + squares[kept] - 2.0 * products) / kept)


def _values(series: Any, state: str | None) -> tuple[FloatArray, Model | None]:
    """The series as numbers (n,), and the model that it comes from."""
    model = None
    if isinstance(series, Trajectory):
        gaps = np.diff(series.times)
        if gaps.size and np.ptp(gaps) > UNEVEN * gaps.max():
            raise InvalidInputError(
                f"The run's times are not even: they are {gaps.min():g} to {gaps.max():g} apart. Read it at even times with .at, or "
                "integrate to numpy.linspace(…)."
            )
        model = series.model
        series = series[model.state_names[0] if state is None else state]
    elif state is not None:
        raise InvalidInputError(f"state={state!r} names a state of a run; the series given is not one. Leave it out.")
    values = as_floats(series, "The series")
    if values.ndim != 1 or values.size < 2 or not np.isfinite(values).all():
        raise InvalidInputError(f"The series must be one sequence of finite numbers; got shape {values.shape}. Give one state at a time.")
    values = np.ldexp(values, -int(np.frexp(np.abs(values).max())[1]))  # in a unit in which squares are numbers, to the same bits
    if np.ptp(values) <= STILL * np.abs(values).max():
        values = np.zeros_like(values)
    return values, model


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise InvalidInputError(f"{name}= must be a whole number, 1 or more; got {value!r}.")
    return int(value)
