"""What can be measured of the dynamics of a member, and the numbers that say how."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

import numpy as np

from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.landscape import wilson
from richardson.landscape.parameter_box import checked_farthest
from richardson.study.discovery_columns import several

AT_REST: tuple[str, ...] = ("kind", "spiral_number", "max_real_eigenvalue", "relaxation_time")
SETTLING = ("settling_time",)
DISTANCE = ("distance",)
EQUILIBRIA = ("count", "stable_count", "kinds", "is_complete")
SHARES = (
    "attractor_count",
    "attractors",
    "share_reached",
    "share_reached_low",
    "share_reached_high",
    "share_escaped",
    "share_left_domain",
    "share_undecided",
)
GROUPS = (AT_REST, SETTLING, DISTANCE, EQUILIBRIA, SHARES)  # measures that are found together
ALL_SHARES = "shares"  # the measure that stands for all of them
MEASURES = (*AT_REST, *SETTLING, *DISTANCE, *EQUILIBRIA, ALL_SHARES, *SHARES)
LEAST_WITHIN = 1e-4  # of the largest distance: what is less, the error of a run decides


class Option(NamedTuple):
    """A number that some measures need: which, what it is where nothing is said, and how it is read."""

    group: tuple[str, ...]
    usual: float
    read: Callable[[Any], float]


def read_measures(measure: Any) -> tuple[str, ...]:
    """The measures that a call asks for.

    Raises
    ------
    UnknownNameError, InvalidInputError
        If there is none, or one that is none.
    """
    asked = several(measure, "measure")
    for name in asked:
        if name not in MEASURES:
            raise UnknownNameError(f"There is no measure {name!r} of dynamics. {nearest(str(name), MEASURES)}")
    if not asked:
        raise InvalidInputError(f"Nothing is asked for. Name a measure: {', '.join(MEASURES)}.")
    return asked


def read_option(name: str, value: float | None, columns: Collection[str]) -> float | None:
    """An option, None where no column needs it.

    Parameters
    ----------
    name : str
        A key of `OPTIONS`.
    value : float or None
        As a user wrote it; None for the usual number.
    columns : collection of str
        Names of what is found of a member.

    Raises
    ------
    InvalidInputError
        If it is not what it should be, or is given where nothing that is measured depends on it.
    """
    option = OPTIONS[name]
    if set(option.group) & set(columns):
        return option.usual if value is None else option.read(value)
    if value is not None:
        needing = ALL_SHARES if option.group is SHARES else option.group[0]
        raise InvalidInputError(f"{name}= is for the measure '{needing}', which is not asked for. Ask for it, or leave {name} out.")
    return None


def _half_width(value: Any) -> float:
    wilson.check(value, 0.95)
    return float(value)


def _within(value: Any) -> float:
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not is_number or not LEAST_WITHIN <= value < 1.0:
        raise InvalidInputError(
            f"settled_within= is a share of the largest distance from rest, from {LEAST_WITHIN:g} to below 1; got {value!r}. "
            "Take for example 0.02."
        )
    return float(value)


OPTIONS = {
    "farthest": Option(DISTANCE, 10.0, checked_farthest),
    "half_width": Option(SHARES, 0.05, _half_width),
    "settled_within": Option(SETTLING, 0.02, _within),
}
