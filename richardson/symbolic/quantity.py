"""What a state or a parameter is: name, letter, meaning, unit, bounds."""

import re
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

import numpy as np

from richardson.errors import ModelError, OutOfBoundsError

POSITIVE = 2.0**-1000  # a lower bound that excludes zero, for quantities that equations divide by

_UNIT_FACTOR = re.compile(r"^([A-Za-z]+)(?:\*\*([1-9]))?$")


@dataclass(frozen=True)
class Quantity:
    """Common part of `State` and `Parameter`.

    Attributes
    ----------
    name : str
        ASCII identifier used in calls.
    symbol : str
        LaTeX of its letter, without dollar signs.
    meaning : str
        A few words, for labels and messages.
    unit : str
        Product of powers such as ``"arms/yr"``, ``"1/yr"``, ``"1"``.
    lower, upper : float
        Closed bounds, in ``unit``; a lower bound of `POSITIVE` means "above zero".
    """

    name: str
    symbol: str = ""
    meaning: str = ""
    unit: str = "1"
    lower: float = -inf
    upper: float = inf

    def __post_init__(self) -> None:
        """Fill in the letter and meaning from the name, and refuse words that are no text and bounds that hold nothing."""
        for attribute in ("symbol", "meaning", "unit"):
            if not isinstance(getattr(self, attribute), str):
                raise ModelError(f"The {attribute} of '{self.name}' must be text; got {getattr(self, attribute)!r}.")
        object.__setattr__(self, "symbol", self.symbol or latex_name(self.name))
        object.__setattr__(self, "meaning", self.meaning or self.name.replace("_", " "))
        for attribute in ("lower", "upper"):
            try:
                object.__setattr__(self, attribute, float(getattr(self, attribute)))
            except (TypeError, ValueError, OverflowError) as error:
                raise ModelError(f"The {attribute} bound of '{self.name}' must be a number; got {getattr(self, attribute)!r}.") from error
        if not self.lower <= self.upper:
            raise ModelError(
                f"The bounds of '{self.name}' are [{self.lower:g}, {self.upper:g}], which holds no number. Give lower ≤ upper."
            )

    @property
    def label(self) -> str:
        """Axis label: meaning, unless that is but the name, letter and unit, with the letter as mathematics."""
        unit = "" if self.unit == "1" else f" [{self.unit}]"
        words = "" if self.meaning == self.name else f"{self.meaning}, "
        return f"{words}${self.symbol}${unit}"

    @property
    def interval(self) -> str:
        """The bounds as a reader writes them, for example ``[0, 1]`` or ``(0, inf)``."""
        left = "(-inf" if self.lower == -inf else "(0" if self.lower == POSITIVE else f"[{self.lower:g}"
        return f"{left}, inf)" if self.upper == inf else f"{left}, {self.upper:g}]"

    def check(self, value: Any) -> float:
        """``value`` as a float within the bounds.

        Parameters
        ----------
        value : float
            In ``unit``.

        Raises
        ------
        OutOfBoundsError
            If it is not a finite number in [lower, upper].
        """
        try:
            if isinstance(value, str | bytes | bool | np.bool_) or value is np.ma.masked:  # words and switches, which float would take
                raise TypeError
            number = float(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise OutOfBoundsError(f"{self.meaning} ({self.name}) must be a number; got {value!r}.") from error
        if not isfinite(number):
            raise OutOfBoundsError(f"{self.meaning} ({self.name}) must be finite; got {number}.")
        if not self.lower <= number <= self.upper:
            raise OutOfBoundsError(f"{self.meaning} ({self.name}) must lie in {self.interval}; got {number:g}.")
        return number


@dataclass(frozen=True)
class State(Quantity):
    """A variable that the equations move.

    Attributes
    ----------
    is_follower : bool
        Whether it only follows the others, as fear follows threat; the spiral number
        is formed after eliminating the followers.
    ceiling : str
        Parameter whose value is the upper bound, which moves with it; empty where the bound is a number.
    """

    is_follower: bool = False
    ceiling: str = ""


@dataclass(frozen=True)
class Parameter(Quantity):
    """A constant of the equations.

    Attributes
    ----------
    default : float
        Value until another is given, in ``unit``.
    at_most : str
        Parameter whose value this one must not exceed; empty where there is none.
    """

    default: float = 0.0
    at_most: str = ""

    def __post_init__(self) -> None:
        """Check the default like any value."""
        super().__post_init__()
        object.__setattr__(self, "default", self.check(self.default))


def unit_exponents(unit: str) -> dict[str, int]:
    """Powers of each base unit: ``"arms/yr"`` gives ``{"arms": 1, "yr": -1}``.

    Raises
    ------
    ModelError
        If the text is not a product of powers.
    """
    exponents: dict[str, int] = {}
    for position, part in enumerate(unit.replace(" ", "").split("/")):
        for factor in re.split(r"(?<!\*)\*(?!\*)", part):
            if factor == "1":
                continue
            match = _UNIT_FACTOR.match(factor)
            if match is None:
                raise ModelError(f"'{unit}' is not a unit. Write a product of powers, for example 'arms/yr' or '1/yr'.")
            power = int(match.group(2) or 1) * (-1 if position else 1)
            exponents[match.group(1)] = exponents.get(match.group(1), 0) + power
    return {base: power for base, power in exponents.items() if power}


def latex_name(name: str) -> str:
    """LaTeX of a bare name: one letter as it is, more upright, what follows an underscore as index."""
    head, _, tail = name.partition("_")
    letter = head if len(head) == 1 else rf"\mathrm{{{head}}}"
    return letter if not tail else rf"{letter}_{{\mathrm{{{tail.replace('_', ' ')}}}}}"
