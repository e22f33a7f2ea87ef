"""The balance of power once more, on bare arrays and from the paper, for tests to compare with."""

from collections.abc import Callable
from functools import cache
from itertools import combinations

import numpy as np
import sympy

from richardson.symbolic.functions import hill
from richardson.symbolic.model import Model

Rates = Callable[[np.ndarray], np.ndarray]


def on_paper(state: np.ndarray, grievance: np.ndarray, *, friend: float = 1.0, balance: float = 0.0) -> np.ndarray:
    """Rates at otherwise default parameters."""
    count = len(grievance)
    arms, alignment = state[:count], np.zeros((count, count))
    pairs = list(combinations(range(count), 2))
    for (i, j), value in zip(pairs, state[count:], strict=True):
        alignment[i, j] = alignment[j, i] = value
    others = 1.0 - np.eye(count)
    total = others @ arms
    seen = np.where(total > 0, total, 1.0)[:, None]
    shares = np.where(total[:, None] > 0, others * arms / seen, others / (count - 1))
    threat = np.exp(balance) * (others * (1 - alignment) / 2) @ arms
    alarm = np.maximum(threat, 0.0) / 4
    arming = 0.45 / (count - 1) * threat * (1 + 3 * alarm**2 / (1 + alarm**2)) - arms * (1 + 0.04 * arms) + grievance
    pull = 4 * shares @ shares.T - 2 * (shares + shares.T) + friend * alignment @ alignment
    realigning = 0.5 * (np.tanh(pull) - alignment)
    return np.concatenate([arming, [realigning[pair] for pair in pairs]])


@cache  # reading the equations costs more than a run
def of_model(model: Model) -> Rates:
    """Rates of a model at its values, interpreted by NumPy: nothing is compiled."""
    known = dict(zip(model.parameter_symbols, model.numbers, strict=True))

    def hill_by_powers(u: float, h: float, m: float) -> float:
        power = (max(u, 0.0) / h) ** m
        return power / (1 + power)

    rates = [rate.xreplace({symbol: sympy.Float(value) for symbol, value in known.items()}) for rate in model.rates]
    raw = sympy.lambdify([model.state_symbols], rates, modules=[{hill.__name__: hill_by_powers}, "numpy"], cse=True)
    return lambda state: np.array(raw(state), dtype=np.float64)


def full_state(count: int, hegemon: float, minor: float, rivalry: float, pact: float) -> np.ndarray:
    """One nation against ``count`` − 1 equal ones: arms, then its alignment with each of them, then theirs."""
    pairs = count * (count - 1) // 2
    return np.array([hegemon, *[minor] * (count - 1), *[rivalry] * (count - 1), *[pact] * (pairs - count + 1)])
