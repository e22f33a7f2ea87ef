"""A model at many states, one after another."""

from __future__ import annotations

from typing import Any

from richardson.arrays import FloatArray


def linearised(rule: Any, parameters: FloatArray, states: FloatArray, rates: FloatArray, jacobians: FloatArray) -> None:
    """Rates (n, d) and Jacobians (n, d, d) at ``states``, shape (n, d)."""
    for row in range(states.shape[0]):
        rule(0.0, states[row], parameters, rates[row], jacobians[row])


def derived(rule: Any, parameters: FloatArray, states: FloatArray, derivatives: FloatArray) -> None:
    """Derivatives (n, k) at ``states``, shape (n, d)."""
    for row in range(states.shape[0]):
        rule(0.0, states[row], parameters, derivatives[row])
