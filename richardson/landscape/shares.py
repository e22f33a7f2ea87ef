"""What share of a window goes to each outcome, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson import extras
from richardson.errors import InvalidInputError
from richardson.landscape import wilson
from richardson.landscape.attractors import Attractor
from richardson.landscape.basins import NAMES
from richardson.landscape.labelling import ESCAPED, LEFT_DOMAIN, UNDECIDED
from richardson.landscape.outcomes import Outcomes
from richardson.landscape.tally import FIRST, SCRAMBLINGS, Asked, Tally, tally
from richardson.provenance import Provenance, record
from richardson.randomness import generator_of
from richardson.stability.window import Window
from richardson.symbolic.model import Model

BOUND = 1e9  # in the states' units, as in integrate
LARGEST = 2**24  # starts: minutes where a start takes microseconds, and shares known to a few parts in ten thousand


@dataclass(frozen=True, eq=False, repr=False)
class BasinShares:
    """How much of a window goes to each outcome.

    Attributes
    ----------
    window : Window
    attractors : tuple of Attractor
        A label from 0 up is a position here; the negative ones are UNDECIDED −1, ESCAPED −2 and LEFT_DOMAIN −3.
    shares : dict of int to float
        By label, the attractors first; they add up to 1.
    intervals : dict of int to pair of float
        Wilson's interval of each share.
    standard_errors : dict of int to float
        Of each share, from how the independent scramblings of the sample differ; mostly well below what the interval allows for.
    counts : dict of int to int
        Starts of each label.
    sample_size : int
    confidence : float
        Of each interval by itself.
    model : Model
    provenance : Provenance
    """

    window: Window
    attractors: tuple[Attractor, ...]
    shares: dict[int, float]
    intervals: dict[int, tuple[float, float]]
    standard_errors: dict[int, float]
    counts: dict[int, int]
    sample_size: int
    confidence: float
    model: Model
    provenance: Provenance

    @property
    def unseen(self) -> float:
        """Largest share that an outcome which no start met may have, at the same confidence."""
        return wilson.interval(0, self.sample_size, self.confidence)[1]

    def name(self, label: int) -> str:
        """The attractor of a label, or what happens instead, in words.

        Parameters
        ----------
        label : int
            A key of ``shares``.

        Examples
        --------
        >>> import richardson as rn
        >>> shares = rn.basin_shares(rn.models.security_dilemma(), rn.Window(x=(0, 4), y=(0, 4)), half_width=0.05, rng=1)
        >>> shares.name(0), shares.name(-1)
        ('stable node at x = 0.973884, y = 0.973884', 'undecided')
        """
        return NAMES[label] if label in NAMES else repr(self.attractors[label])[1:-1]

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a label."""
        return {
            "label": list(self.shares),
            "outcome": [self.name(label) for label in self.shares],
            "share": list(self.shares.values()),
            "low": [low for low, _ in self.intervals.values()],
            "high": [high for _, high in self.intervals.values()],
            "standard_error": list(self.standard_errors.values()),
            "count": list(self.counts.values()),
        }

    def to_xarray(self) -> Any:
        """Dataset over the labels.

        Raises
        ------
        MissingExtraError
            If xarray, of the extra ``data``, is not installed.
        """
        xarray = extras.require("xarray", "data")
        table = self.to_table()
        columns = {name: ("label", np.asarray(column)) for name, column in table.items() if name != "label"}
        attributes = {"model": self.model.name, "fingerprint": self.model.fingerprint, "sample_size": self.sample_size}
        return xarray.Dataset(columns, coords={"label": table["label"]}, attrs=attributes)

    def __repr__(self) -> str:
        """What was met, and how often."""
        met = ", ".join(f"{share:.1%} {self.name(label)}" for label, share in self.shares.items() if self.counts[label])
        return f"<shares of {' × '.join(self.window.spans)} from {self.sample_size} starts: {met}>"


def basin_shares(
    model: Model,
    window: Window,
    *,
    half_width: float = 0.01,
    confidence: float = 0.95,
    rng: int | np.random.Generator | None = 0,
    bound: float = BOUND,
    largest: int = LARGEST,
) -> BasinShares:
    """Share of a window that goes to each attractor, escapes, leaves the domain or stays undecided, as surely as asked.

    Parameters
    ----------
    model : Model
        Autonomous; of any number of states.
    window : Window
        Starts are uniform in the states that it spans, within their bounds.
    half_width : float
        Every interval is at most twice as long; between 0 and 0.5.
    confidence : float
        Of each interval; between 0 and 1.
    rng : int, numpy.random.Generator or None
        Scrambles the sample (SPEC 7).
    bound : float
        Size of a state, in its unit, beyond which a path has escaped.
    largest : int
        Starts, at most.

    Returns
    -------
    BasinShares

    Raises
    ------
    NotAutonomousError, UnknownNameError, OutOfBoundsError
        If the rates contain time, or the window does not fit.
    InvalidInputError
        If the half-width or the confidence is none, the window spans no state, or more than ``largest`` starts would be needed;
        the message estimates the time that these would take.

    Notes
    -----
    The sample is sixteen independently scrambled Sobol' sequences, which put one start in every cell of many regular partitions of
    the window, and doubles until Wilson's interval of every share is as narrow as asked. The interval is that of independent
    starts. Evenly spread ones mostly do better, by orders of magnitude where basins are large and boundaries smooth; no theorem
    promises it for every basin (the variance of scrambled Sobol' points is at most a constant times the binomial one), so the
    interval stays binomial, and ``standard_errors`` tells beside it what was seen. An interval holds with its confidence for
    one share; an attractor whose basin no start met is not listed, and ``unseen`` bounds its share. Labels are as sure
    as `basins` makes them.

    References
    ----------
    .. [1] E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference, Journal of the American
       Statistical Association 22, 209–212 (from memory).
    .. [2] A. B. Owen (1997), Monte Carlo variance of scrambled net quadrature, SIAM Journal on Numerical Analysis 34, 1884–1910
       (from memory).

    Examples
    --------
    >>> from richardson.symbolic.model import Model
    >>> found = basin_shares(Model.from_equations({"x": "x - x**3"}), Window(x=(-1, 3)), half_width=0.02)
    >>> [round(share, 2) for share in found.shares.values()]
    [0.25, 0.75, 0.0, 0.0, 0.0]
    """
    wilson.check(half_width, confidence)
    if not largest >= FIRST * SCRAMBLINGS:
        raise InvalidInputError(f"A sample has {FIRST * SCRAMBLINGS} starts at least; largest={largest!r} allows fewer. Raise it.")
    outcomes = Outcomes.of(model, window, bound, "Shares of basins")
    generator, entropy = generator_of(rng)
    found = tally(outcomes, len(outcomes.free), generator, Asked(half_width, confidence, largest))
    provenance = record(
        model,
        entropy=entropy,
        verb="basin_shares",
        window=repr(window),
        half_width=half_width,
        confidence=confidence,
        bound=bound,
        scramblings=SCRAMBLINGS,
    )
    return _shares(found, outcomes, confidence, provenance)


def _shares(found: Tally, outcomes: Outcomes, confidence: float, provenance: Provenance) -> BasinShares:
    """The result, with every attractor known and every other outcome, met or not."""
    labels = [*range(len(outcomes.attractors)), ESCAPED, LEFT_DOMAIN, UNDECIDED]
    counts = {label: found.count(label) for label in labels}
    return BasinShares(
        window=outcomes.window,
        attractors=outcomes.attractors,
        shares={label: count / found.size for label, count in counts.items()},
        intervals={label: wilson.interval(count, found.size, confidence) for label, count in counts.items()},
        standard_errors={label: found.standard_error(label) for label in labels},
        counts=counts,
        sample_size=found.size,
        confidence=confidence,
        model=outcomes.model,
        provenance=provenance,
    )
