"""Whether what a path seems to fill attracts, and equilibria so nearly double that nobody can tell what paths do beside them."""

from collections.abc import Callable

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled.chase import Ends
from richardson.compiled.kernels import lookout
from richardson.landscape.catching import Ball, Cells
from richardson.stability.equilibria import Equilibria, Equilibrium

BESIDE = 16  # paths that set out beside a set
AWAY, CELLS_AWAY = 0.05, 4.0  # of its size, and in its cells: how far, at the least
FLAT = 1e-2  # of the window: least size of a set in a state, so that what is flat is seen from aside too
FOLLOWED, LOOKS, BETWEEN = 10_000, 128, 37  # steps until paths are looked at, how often, and steps between
HELD, BACK = 0.9, 0.75  # of the looks that must find a path in the cells; of the paths that must have come back
LEFT_OVER = 4  # paths at the least that must not have ended elsewhere
SPOT = 1e-5  # of the window: more than steps err by beside a multiple equilibrium


def attracts(states: FloatArray, cells: Cells, width: FloatArray, follow: Callable[[FloatArray, int], Ends]) -> bool:
    """Whether paths from beside a set come to it: beside a centre, or one torus of many, they stay where they are.

    Parameters
    ----------
    states : FloatArray
        Shape (n, d), on the set.
    cells : Cells
        Through which it passes.
    width : FloatArray
        Shape (d,): of the window.
    follow : callable
        Follows paths from starts (m, d) for so many steps. Those that leave, or end on another attractor, tell nothing.
    """
    extent = np.ptp(states, axis=0)
    across = float((cells.per_width * extent).max())
    heading = np.random.default_rng(BESIDE).standard_normal((BESIDE, states.shape[1]))
    heading *= np.maximum(extent, FLAT * width) / np.linalg.norm(heading, axis=1, keepdims=True)
    chosen = states[np.linspace(0, len(states) - 1, BESIDE).astype(np.int64)]
    ahead = follow(chosen + max(AWAY, CELLS_AWAY / across) * heading, FOLLOWED)
    states = ahead.states[ahead.codes == lookout.STEPS_SPENT]
    if len(states) < LEFT_OVER:
        return False
    seen = np.zeros(len(states))
    for _ in range(LOOKS):
        states = follow(states, BETWEEN).states
        seen += cells.holds(states)
    return bool((seen >= HELD * LOOKS).mean() >= BACK)


def attracting(found: Equilibria | None) -> list[Equilibrium]:
    """The stable equilibria among those of a window, without those that may be double ones."""
    return [] if found is None else [one for one in found if one.is_stable and not _may_be_double(one, found)]


def spots(found: Equilibria | None, width: FloatArray) -> list[Ball]:
    """Small ellipsoids round equilibria that may be multiple ones: from within, errors of steps decide where a path goes.

    Paths come to such an equilibrium from one side and leave it on the other, so slowly that a step may pass over it.
    """
    doubtful = [] if found is None else [one for one in found if one.kind == "degenerate" or _may_be_double(one, found)]
    return [Ball(one.state.copy(), np.diag((SPOT * width) ** -2)) for one in doubtful]


def _may_be_double(one: Equilibrium, found: Equilibria) -> bool:
    """Whether no proof tells the equilibrium from others, in a box too small to be cut further."""
    return one.certificate is None and any(((box.lower <= one.state) & (one.state <= box.upper)).all() for box in found.undecided)
