"""How uncertain the outcome is when the start is known only within some error."""

import numpy as np
import numpy.typing as npt

from richardson.arrays import FloatArray, as_floats
from richardson.errors import ComputationError, InvalidInputError
from richardson.landscape.boundary import BoundaryDimension
from richardson.landscape.labelling import UNDECIDED
from richardson.landscape.outcomes import Labeller, Outcomes
from richardson.landscape.scaling import power_law
from richardson.landscape.shares import BOUND
from richardson.provenance import record
from richardson.randomness import generator_of
from richardson.stability.window import Window
from richardson.symbolic.model import Model

SIZES = 2.0 ** -np.arange(3.0, 31.0)  # of the window's widths; where the shape of basins still shows, the fit leaves them out
PAIRS = 2**17  # of starts at a size
BLOCK = 2**13  # pairs followed at once
ENOUGH = 1000  # uncertain pairs at a size: its share is then known to three per cent
LEAST = 50  # fewer tell no share
UNDECIDED_PART = 0.1  # of the uncertain pairs: more undecided ones, which crowd at the boundary, would bias the share


def uncertainty_exponent(
    model: Model,
    window: Window,
    *,
    sizes: npt.ArrayLike | None = None,
    pairs: int = PAIRS,
    rng: int | np.random.Generator | None = 0,
    bound: float = BOUND,
) -> BoundaryDimension:
    """Uncertainty exponent and dimension of the boundary between basins, from pairs of starts that lie close together.

    Parameters
    ----------
    model : Model
        Autonomous; of any number of states.
    window : Window
        Starts are uniform in the states that it spans, within their bounds.
    sizes : array_like, optional
        Shape (n,), decreasing: distances in widths of the window, between 0 and one half. From an eighth down by halves unless given.
    pairs : int
        Most pairs followed at a size. Fewer are once a thousand of them had two outcomes, and smaller sizes are left out once fewer
        than fifty of that many had.
    rng : int, numpy.random.Generator or None
        For starts and directions (SPEC 7).
    bound : float
        Size of a state, in its unit, beyond which a path has escaped.

    Returns
    -------
    BoundaryDimension
        With the binomial standard errors of the shares.

    Raises
    ------
    NotAutonomousError, InvalidInputError, UnknownNameError, OutOfBoundsError
        If the rates contain time, or an argument does not fit.
    ComputationError
        If all starts have one outcome, or no range of sizes is found over which a power law holds.

    Notes
    -----
    f(ε) ~ ε^α, and D = d − α for the dimension of the boundary in d spanned states [1]_. Each size has pairs of its own, at a
    random place and in a random direction. Pairs of which a start is undecided are left out; a size at which they are more than a
    tenth of the uncertain pairs is left out altogether.

    References
    ----------
    .. [1] C. Grebogi, S. W. McDonald, E. Ott, J. A. Yorke (1983), Final state sensitivity: an obstruction to predictability,
       Physics Letters A 99, 415–418 (from memory).

    Examples
    --------
    >>> from richardson.symbolic.model import Model
    >>> found = uncertainty_exponent(Model.from_equations({"x": "x - x**3"}), Window(x=(-1, 1)), pairs=2**14)
    >>> round(found.exponent, 1), round(found.dimension, 1)
    (1.0, 0.0)
    """
    distances = SIZES if sizes is None else _checked(sizes)
    if not pairs >= LEAST:
        raise InvalidInputError(f"At least {LEAST} pairs of starts are needed at a size; got {pairs!r}. Leave it out for {PAIRS}.")
    outcomes = Outcomes.of(model, window, bound, "An uncertainty exponent")
    generator, entropy = generator_of(rng)
    known, shares, errors = uncertain_shares(outcomes, len(outcomes.free), distances, generator, pairs)
    law = power_law(known, shares, errors)
    return BoundaryDimension(
        dimension=len(outcomes.free) - law.exponent,
        exponent=law.exponent,
        standard_error=law.standard_error,
        sizes=known,
        values=shares,
        errors=errors,
        is_used=law.is_used,
        method="starts",
        unit="width of the window",
        model=model,
        provenance=record(model, entropy=entropy, verb="uncertainty_exponent", window=repr(window), pairs=pairs, bound=bound),
    )


def uncertain_shares(
    labeller: Labeller, dimension: int, sizes: FloatArray, generator: np.random.Generator, pairs: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sizes that could be measured, increasing, the share of pairs of two outcomes at each, and its standard error; shape (n,) each.

    Parameters
    ----------
    labeller : callable
        Points (m, k) of the unit cube to labels (m,).
    dimension : int
        Of the cube, k.
    sizes : FloatArray
        Decreasing.
    generator : numpy.random.Generator
    pairs : int
        At a size, at most.

    Raises
    ------
    ComputationError
        If no size has enough uncertain pairs.
    """
    rows = []
    for size in sizes.tolist():
        uncertain, decided, undecided = _followed(labeller, dimension, size, generator, pairs)
        if uncertain < LEAST:
            break
        if undecided <= UNDECIDED_PART * uncertain:
            share = uncertain / decided
            rows.append((size, share, np.sqrt(share * (1 - share) / decided)))
    if not rows:
        raise ComputationError(
            f"Fewer than {LEAST} of {pairs} pairs of starts have two outcomes, or too many have none that was decided. "
            "Choose a window that the boundary crosses, larger sizes, or more pairs."
        )
    known, shares, errors = np.array(rows[::-1]).T.copy()
    return known, shares, errors


def _followed(labeller: Labeller, dimension: int, size: float, generator: np.random.Generator, pairs: int) -> tuple[int, int, int]:
    """How many pairs have two outcomes, have both decided, and have one undecided."""
    uncertain, decided, undecided = 0, 0, 0
    while uncertain < ENOUGH and decided + undecided < pairs:
        count = min(BLOCK, pairs - decided - undecided)
        starts = generator.random((count, dimension))
        step = generator.standard_normal((count, dimension))
        step *= size / np.linalg.norm(step, axis=1, keepdims=True)
        beyond = np.abs(starts + step - 0.5) > 0.5
        others = starts + np.where(beyond, -step, step)  # a pair at the edge points inwards
        one, other = labeller(np.concatenate([starts, others])).reshape(2, count)
        known = (one != UNDECIDED) & (other != UNDECIDED)
        uncertain += int((known & (one != other)).sum())
        decided += int(known.sum())
        undecided += int((~known).sum())
    return uncertain, decided, undecided


def _checked(sizes: npt.ArrayLike) -> FloatArray:
    distances = as_floats(sizes, "Sizes")
    if distances.ndim != 1 or not distances.size or not ((distances > 0) & (distances < 0.5)).all() or (np.diff(distances) >= 0).any():
        raise InvalidInputError(
            f"Sizes are distances in widths of the window, decreasing, above 0 and below one half; got {sizes!r}. "
            "Give for example 2.0 ** -numpy.arange(4.0, 16.0)."
        )
    return distances
