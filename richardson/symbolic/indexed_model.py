"""A model of many nations whose equations are kept as they are written: once, over nations."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, NoReturn

import numpy as np
import sympy

from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError, ModelError, UnknownNameError, nearest
from richardson.symbolic import families
from richardson.symbolic.equations import check_kind, check_names
from richardson.symbolic.indexed import SHARED, Family, OverNations
from richardson.symbolic.model import Model
from richardson.symbolic.order import check_values

MOST_WRITTEN = 6  # nations up to which equations are written out, state by state: beyond it N² symbols derive slowly
WAY_OUT = f"Use at most {MOST_WRITTEN} nations, whose equations are written out"


@dataclass(frozen=True, eq=False, repr=False)
class IndexedModel(Model):
    """Equations over nations, compiled as loops; what needs every rate as a symbol is refused.

    Attributes
    ----------
    name, states, kind, references, drives
        As those of `Model`.
    parameters : tuple of Family
        Each with its shape.
    numbers : tuple of float
        Of every member of every family, in the order of ``parameter_names``.
    rates : tuple
        Refused.
    equations : OverNations
    """

    rates: tuple[sympy.Expr, ...] = field(init=False)
    equations: OverNations = field(kw_only=True)

    def __post_init__(self) -> None:
        """Refuse names that clash and numbers out of bounds, and keep the numbers as floats."""
        check_kind(self.kind)
        check_names((*self.states, *self.families))
        self._refuse_twins()
        singles = {family.name for family in self.families if family.index == SHARED}
        if any(family.at_most and not {family.name, family.at_most} <= singles for family in self.families):
            self.refuse("values of nations or pairs that must not exceed others are not held against them")
        if len(self.numbers) != len(self.parameter_names):
            raise ModelError(f"'{self.name}' has {len(self.parameter_names)} parameters; got {len(self.numbers)} numbers.")
        kept: list[float] = []
        for family, values in zip(self.families, self._parts(), strict=True):
            given = dict(zip(family.owners, values, strict=True))
            kept += families.as_numbers(family.meaning, given, (family.lower, family.upper), family.interval).tolist()
        object.__setattr__(self, "numbers", tuple(kept))
        shared = {family.name: values[0] for family, values in zip(self.families, self._parts(), strict=True) if family.index == SHARED}
        check_values(self.families, shared)

    @property
    def families(self) -> tuple[Family, ...]:
        """The parameters."""
        return self.equations.families

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:  # kept once found: there are N² of them
        """Names of all members of all families, such as ``defence_n1_n2``."""
        return tuple(name for family in self.families for name in family.names)

    @property
    def values(self) -> dict[str, Any]:
        """Value of each family by its name: a number, an array (N,), or an array (N, N) with zeros on its diagonal."""
        return {family.name: _array(family, values) for family, values in zip(self.families, self._parts(), strict=True)}

    @property
    def is_autonomous(self) -> bool:
        """True: time does not occur in equations over nations."""
        return True

    @cached_property
    def fingerprint(self) -> str:
        """Sha256 of kind and equations (never values), in hexadecimal."""
        return hashlib.sha256(f"{self.kind} over nations\n{self.equations.text}".encode()).hexdigest()

    def family_at(self, position: int) -> Family:
        """The family whose member stands at a position among the numbers.

        Parameters
        ----------
        position : int
        """
        ends = np.cumsum([family.size for family in self.families])
        return self.families[int(np.searchsorted(ends, position, side="right"))]

    def with_values(self, **values: Any) -> IndexedModel:
        """The same equations at other parameter values.

        Parameters
        ----------
        **values : float, array_like, mapping or table
            By family (one number for all, an array of its shape, a mapping by nation or pair, a table with named rows and
            columns), or by member, such as ``defence_n1_n2``, which wins over its family.

        Raises
        ------
        UnknownNameError, OutOfBoundsError, InvalidInputError
            If a name is misspelt, a value outside its bounds, or a table does not fit the nations.
        """
        members, whole = self._positions, {family.name: family for family in self.families}
        numbers = list(self.numbers)
        for name, value in sorted(values.items(), key=lambda item: item[0] in members):
            if name not in whole and name not in members:
                raise UnknownNameError(f"'{self.name}' has no parameter '{name}'. {nearest(name, (*whole, *members))}")
            given = self._of_family(whole[name], value) if name in whole else {name: value}
            for member, number in given.items():
                numbers[members[member]] = number
        return replace(self, numbers=tuple(numbers))

    def members(self, name: str) -> tuple[str, ...]:
        """Full names of the parameters that a name stands for: those of its family, or its own.

        Raises
        ------
        UnknownNameError
            If it is neither.
        """
        for family in self.families:
            if family.name == name:
                return tuple(family.names)
        if name not in self._positions:
            families_named = (family.name for family in self.families)
            raise UnknownNameError(f"'{self.name}' has no parameter '{name}'. {nearest(str(name), (*families_named, *self._positions))}")
        return (name,)

    def resolve(self, name: str) -> tuple[str, ...]:
        """Refused: what moves a parameter along a branch or over a map needs equations that are written out."""
        self.members(name)
        self.refuse(f"'{name}' cannot be moved here")

    def with_term(self, state: str, term: Any, parameters: Mapping[str, float] | None = None) -> Model:
        """Refused: the equations are written over all nations."""
        self.refuse(f"the rate of {state} cannot be changed")

    def with_equation(self, state: str, equation: Any, parameters: Mapping[str, float] | None = None) -> Model:
        """Refused: the equations are written over all nations."""
        self.refuse(f"the equation of {state} cannot be changed")

    def with_drive(self, **drives: Any) -> Model:
        """Refused: the equations are written over all nations."""
        self.refuse(f"{' and '.join(drives) or 'nothing'} cannot be driven")

    @cached_property
    def jacobian(self) -> sympy.ImmutableMatrix:
        """Refused; `Field.jacobian` has the numbers."""
        self.refuse("its Jacobian has no symbols")

    def to_latex(self) -> str:
        """Refused."""
        self.refuse("it has no LaTeX")

    def jacobian_to_latex(self) -> str:
        """Refused."""
        self.refuse("its Jacobian has no LaTeX")

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse ``rates``, which are not written out."""
        if name == "rates":
            self.refuse("what was asked needs the rate of every state as a formula")
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __repr__(self) -> str:
        """Name, kind, number of nations and the families."""
        shapes = (f"{family.name} {' × '.join(map(str, family.shape))}".rstrip() for family in self.families)
        return f"<{self.kind} '{self.name}' of {len(self.equations.nations)} nations: {', '.join(shapes)}>"

    def _repr_latex_(self) -> None:  # type: ignore[override]  # nothing to show
        return None

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.parameter_names)}

    def _refuse_twins(self) -> None:
        """Refuse members whose names say the same, such as defence of a_b to c and of a to b_c, or that a state has."""
        names = (*(state.name for state in self.states), *self.parameter_names)
        if len(set(names)) < len(names):
            twin = next(name for name, count in Counter(names).items() if count > 1)
            raise ModelError(f"The name '{twin}' occurs twice. Give every state and parameter a name of its own.")

    def _parts(self) -> list[tuple[float, ...]]:
        """The numbers, family by family."""
        ends = np.cumsum([0, *(family.size for family in self.families)]).tolist()
        return [self.numbers[begin:end] for begin, end in pairwise(ends)]

    def _of_family(self, family: Family, value: Any) -> dict[str, Any]:
        if not families.is_many(value):
            return dict.fromkeys(family.names, family.check(value))
        if family.index == SHARED:
            raise InvalidInputError(f"'{family.name}' of '{self.name}' is one number; got a {type(value).__name__}. Give a number.")
        given = families.values_of(family.name, family.nations, family.owners, value)
        numbers = families.as_numbers(family.meaning, given, (family.lower, family.upper), family.interval)
        return {family.name_of[owner]: number for owner, number in zip(given, numbers.tolist(), strict=True)}

    def refuse(self, what: str) -> NoReturn:
        """Refuse what needs equations that are written out.

        Parameters
        ----------
        what : str
            What cannot be, as the end of a sentence.

        Raises
        ------
        ModelError
            Always; the message says what to do.
        """
        count = len(self.equations.nations)
        raise ModelError(
            f"'{self.name}' of {count} nations is written once over nations and compiled as loops: {what}. {WAY_OUT}; or use what works "
            "on loops: integrate, run_ensemble, equilibria, spectrum, destabilising_dyads, and with_values for other numbers."
        )


def _array(family: Family, values: tuple[float, ...]) -> float | FloatArray:
    """Values of a family in its shape."""
    if family.index == SHARED:
        return values[0]
    if len(family.shape) == 1:
        return np.array(values)
    table = np.zeros(family.shape)
    if family.index == "pair":
        table[~np.eye(len(table), dtype=bool)] = values
    else:
        table[np.triu_indices(len(table), 1)] = values
        table += table.T
    return table
