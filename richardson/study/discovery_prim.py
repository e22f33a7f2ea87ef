"""The patient rule induction method, as ema-workbench peels and pastes.

Importing ema-workbench loads pandas, seaborn, statsmodels and matplotlib.pyplot, and warns of what it misses; nothing of that is drawn
on, printed, or left changed.
"""

from __future__ import annotations

import warnings
from math import inf, log
from typing import Any

import numpy as np

from richardson import extras
from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError
from richardson.study.discovery_boxes import Cases, Ends

MOST_PEELS = 500  # ema-workbench peels by recursion, and Python allows about a thousand levels
ANY = 1e-9  # as the density that ema-workbench is asked for, so that it returns every trajectory and counts the cases right


def check_peeling(peel: float, paste: float, least_mass: float) -> None:
    """Refuse shares that peel nothing or everything, or that take more peels than can be made.

    Raises
    ------
    InvalidInputError
        If there are any.
    """
    for name, share in (("peel", peel), ("paste", paste)):
        if not isinstance(share, float | np.floating) or not 0.0 < share < 0.5:
            raise InvalidInputError(f"{name}= is the share of members moved at a time, between 0 and 0.5; got {share!r}. Use 0.05.")
    peels = log(least_mass) / log(1.0 - peel)
    if peels > MOST_PEELS:
        raise InvalidInputError(
            f"Down to a mass of {least_mass:g} by shares of {peel:g} takes {peels:.0f} peels; at most {MOST_PEELS} are made. "
            "Peel more at a time, or raise least_mass."
        )


def peeled(cases: Cases, *, peel: float, paste: float, least_mass: float) -> list[Ends]:
    """The boxes through which PRIM goes among the members that are left, the first of which restricts nothing.

    Parameters
    ----------
    cases : Cases
    peel, paste : float
        Shares of members taken off, and given back, at a time.
    least_mass : float
        Share of all members that a box holds at least.

    Raises
    ------
    MissingExtraError
        If ema-workbench, of the extra ``discovery``, is not installed.

    References
    ----------
    .. [1] J. H. Friedman, N. I. Fisher (1999), Bump hunting in high-dimensional data, Statistics and Computing 9, 123–143 (quoted from
       memory).
    .. [2] J. H. Kwakkel (2017), The Exploratory Modeling Workbench, Environmental Modelling & Software 96, 239–250 (quoted from memory).
    """
    left = cases.samples[cases.is_left]
    whole = len(cases.samples) / len(left)
    interest = cases.is_of_interest[cases.is_left].astype(np.int64)
    options: dict[str, Any] = {"peel_alpha": peel, "paste_alpha": paste, "mass_min": min(least_mass * whole, 1.0)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what ema-workbench misses, and of what pandas is going to change
        prim, pandas = extras.require("ema_workbench.analysis.prim", "discovery"), extras.require("pandas", "discovery")
        table = pandas.DataFrame(left, columns=range(left.shape[1]))
        found = prim.Prim(table, interest, threshold=ANY, **options).find_box()
    everything = left.min(axis=0), left.max(axis=0)
    return [_opened(limits.to_numpy(dtype=np.float64), everything) for limits in found.box_lims]


def _opened(limits: FloatArray, everything: tuple[FloatArray, FloatArray]) -> Ends:
    """Limits (2, p), open where they do not cut."""
    lowest, highest = everything
    return Ends(np.where(limits[0] <= lowest, -inf, limits[0]), np.where(limits[1] >= highest, inf, limits[1]))
