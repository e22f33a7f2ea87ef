"""How long a run takes to settle: from when on it stays near the equilibrium in which it comes to rest."""

from __future__ import annotations

from functools import partial

import numpy as np

from richardson.arrays import FloatArray
from richardson.dynamics.integrate import integrate
from richardson.dynamics.march import Accuracy
from richardson.dynamics.staying import largest_distances, last_outside
from richardson.errors import ComputationError
from richardson.outcome import Outcome
from richardson.symbolic.model import Model

NOISE = 100.0  # tolerances: a state that is never farther from rest than that is taken to be there
NEAR = 0.1  # of the width, within which every state has to end for the run to have been followed far enough
DOUBLINGS = 10  # of the time, of a run that began so near its equilibrium that it was not followed to within that


def settling_time(
    model: Model, start: FloatArray, rest: FloatArray, ended: float, *, within: float, accuracy: Accuracy, bound: float
) -> float:
    """Time after which no state is farther from rest than a share of the largest distance that it has had.

    Parameters
    ----------
    model : Model
        An autonomous flow.
    start : ndarray, shape (d,)
    rest : ndarray, shape (d,)
        The equilibrium in which the run comes to rest.
    ended : float
        When the run was seen to come to rest there.
    within : float
        The share.
    accuracy : Accuracy
    bound : float
        Size of a state beyond which a run has escaped.

    Returns
    -------
    float
        In the model's unit of time; zero for a run that is at rest from the start.

    Raises
    ------
    IntegrationError, ComputationError
        If the run does not come to rest there when it is followed again.
    """
    noise = NOISE * (accuracy.absolute + accuracy.relative * np.abs(rest))
    if ended <= 0.0 or (np.abs(start - rest) <= noise).all():
        return 0.0
    follow = partial(
        integrate,
        model,
        start.tolist(),
        method=accuracy.method,
        relative=accuracy.relative,
        absolute=accuracy.absolute,
        step_limit=accuracy.step_limit,
        bound=bound,
    )
    for _ in range(DOUBLINGS):
        run = follow([0.0, ended])
        if run.outcome is not Outcome.REACHED_END or run.dense is None:
            break
        widths = np.maximum(within * largest_distances(run.dense, rest), noise)
        if (np.abs(run.states[-1] - rest) <= NEAR * widths).all():
            return last_outside(run.dense, rest, widths)
        ended *= 2.0
    raise ComputationError(f"A run of '{model.name}' does not settle where it came to rest. Look at the member by itself.")
