"""Equilibria at which some blocs are high and others low, where no state lowers the rate of another.

Let a be an equilibrium and B a bloc of states. With all others held as at a, B falls from its greatest values to the greatest rest that
it has there, no lower than at a. That place pushes no state down: B rests, and every other state rested while B was lower. From such a
place the order leads up to the least equilibrium above it, as from a corner (`ordered`) [1]_. Likewise downwards from the greatest. What
is found is an equilibrium; that all are found is not claimed.

Blocs are sets of states that act on each other, directly or by turns, more strongly than some threshold: the strongly connected parts
of what acts that strongly. Those come first that stay the same over the widest range of thresholds.

References
----------
.. [1] H. L. Smith (1995), Monotone Dynamical Systems, American Mathematical Society, chapter 3 (quoted from memory).
"""

from dataclasses import replace

import numpy as np
from scipy.sparse.csgraph import connected_components

from richardson.arrays import FloatArray, IntArray
from richardson.stability.ordered import led
from richardson.stability.rest import RestEquations

MOST_BLOCS, FEWEST_BLOCS = 24, 2  # that are tried on every equilibrium: as many as
MOST_ENTRIES = 2_000_000  # of their Jacobians together: what a bloc costs grows with the square of the states and faster
MOST_BASES = 8  # equilibria on which they are tried, each way
THRESHOLDS = 24  # at which blocs are looked for, between the weakest action and the strongest
SAME = 1e-6  # widths: nearer than this two equilibria are one
LINE = np.linspace(0.0, 1.0, 3)  # places from the least to the greatest equilibrium where actions are measured


def mixed(equations: RestEquations, least: FloatArray, greatest: FloatArray) -> list[FloatArray]:
    """Equilibria between two, other than those, as far as blocs lead to some, shape (k,) each.

    Parameters
    ----------
    equations : RestEquations
        Every state spanned.
    least, greatest : FloatArray
        Shape (k,): equilibria with ``least`` nowhere above ``greatest``.
    """
    known = [least, greatest]
    groups = _blocs(equations, least, greatest)
    for side, end in ((1, greatest), (-1, least)):
        bases = [least if side == 1 else greatest]
        for base in bases:
            for bloc in groups:
                found = _with_bloc_at(equations, base, end, bloc, side)
                if found is not None and not any(_are_same(equations, found, one) for one in known):
                    known.append(found)
                    bases += [found] if len(bases) < MOST_BASES else []
    return known[2:]


def _with_bloc_at(equations: RestEquations, base: FloatArray, end: FloatArray, bloc: IntArray, side: int) -> FloatArray | None:
    """The equilibrium to which an equilibrium is led when a bloc leaves it for its rest nearest to ``end``; None if it leads nowhere."""
    alone = replace(
        equations,
        base=equations.full(base),
        free=equations.free[bloc],
        lower=equations.lower[bloc],
        upper=equations.upper[bloc],
    )
    apart = led(alone, end[bloc], -side)
    if apart is None or _are_same(alone, apart, base[bloc]):
        return None
    start = base.copy()
    start[bloc] = apart
    return led(equations, start, side)


def _are_same(equations: RestEquations, first: FloatArray, second: FloatArray) -> bool:
    return bool((np.abs(first - second) <= SAME * equations.width).all())


def _blocs(equations: RestEquations, least: FloatArray, greatest: FloatArray) -> list[IntArray]:
    """Positions of the states of each bloc, those first that persist over the widest range of thresholds."""
    span = greatest - least
    moving = np.flatnonzero(span > SAME * equations.width)
    if len(moving) < 2:
        return []
    most = min(MOST_BLOCS, max(FEWEST_BLOCS, MOST_ENTRIES // len(moving) ** 2))
    slopes = [np.abs(equations.values_and_jacobian(least + share * span)[1])[np.ix_(moving, moving)] for share in LINE]
    with np.errstate(divide="ignore", invalid="ignore"):
        action = np.max([slope * span[moving] / (span[moving] * np.diagonal(slope))[:, np.newaxis] for slope in slopes], axis=0)
    np.fill_diagonal(action, 0.0)
    acting = action[np.isfinite(action) & (action > 0.0)]
    if not acting.size:
        return [moving[[place]] for place in range(min(len(moving), most))]
    seen: dict[tuple[int, ...], int] = {}
    for threshold in np.geomspace(acting.min(), acting.max(), THRESHOLDS):
        labels = connected_components(action > threshold, connection="strong")[1]
        for label in range(labels.max() + 1):
            members = tuple(np.flatnonzero(labels == label).tolist())
            if len(members) < len(moving):
                seen[members] = seen.get(members, 0) + 1
    order = sorted(seen, key=lambda members: (len(members) == 1, -seen[members], members))
    return [moving[list(members)] for members in order[:most]]
