"""The curve R = 1 held against its closed form, where there is one."""

from collections.abc import Sequence

import numpy as np

from richardson.arrays import FloatArray
from richardson.errors import ComputationError, InvalidInputError
from richardson.symbolic.critical import critical_balance
from richardson.symbolic.model import Model
from richardson.symbolic.synchrony import has_linear_rates

CLOSE = 1e-8  # of the balance, a logarithm: both are known to rounding


def check_curve(model: Model, curve: Sequence[FloatArray]) -> None:
    """Refuse a curve over balance and distinguishability that is not where the closed form puts it.

    Parameters
    ----------
    model : Model
    curve : sequence of FloatArray
        Polylines of shape (n, 2), columns balance and distinguishability; nothing is checked where rates are not linear.

    Raises
    ------
    ComputationError
        If a vertex that is looked at, at the ends and in the middle, lies elsewhere.
    """
    if not has_linear_rates(model, ("balance", "distinguishability")):
        return
    for balance, share in (vertex for piece in curve for vertex in piece[[0, len(piece) // 2, -1]].tolist()):
        known = _closed_form(model.with_values(distinguishability=share))
        if known is not None and not np.isclose(balance, known, rtol=0.0, atol=CLOSE):
            raise ComputationError(
                f"For distinguishability {share:g} the curve R = 1 of '{model.name}' was found at balance {balance:.10g}, and its closed "
                f"form is {known:.10g}. This is an error of the library: please report it."
            )


def _closed_form(model: Model) -> float | None:
    """β*, or None where the threat does not grow as e^β."""
    try:
        return critical_balance(model).value
    except InvalidInputError:
        return None
