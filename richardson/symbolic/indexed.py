"""Equations written once over nations: a rate of nation i in its own quantities, those of the others, and sums over the others.

`own` is a quantity of nation i, `other` that of nation j, `pair` one of i towards j, `mutual` one that i and j share, `shared` one
of the whole system, and ``total(term)`` is Σ over j ≠ i. So ẋᵢ = Σⱼ kᵢⱼ xⱼ − aᵢ xᵢ + gᵢ is

    total(pair("defence") * other("arms")) - own("fatigue") * own("arms") + own("grievance")

A state may also belong to i towards j, such as i's distrust of j. Its rate holds no sums of its own; what it needs of a whole nation,
such as all that j does out of fear, is a `part` of that nation, a name for an expression, which stands in it as `own` or `other`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, permutations

import sympy

from richardson.symbolic.derive import derivative
from richardson.symbolic.quantity import Parameter
from richardson.symbolic.write import to_text

ARMS = "arms"  # the states that have the nations' own names
SHARED, EACH, PAIR, MUTUAL = "shared", "each", "pair", "mutual"


class total(sympy.Function):  # type: ignore[misc]  # noqa: N801 - sympy has no types; it stands in equations, where it is a function
    """Σ over all nations j ≠ i of a term."""

    nargs = 1
    is_real = True


def own(name: str) -> sympy.Symbol:
    """A quantity of nation i."""
    return sympy.Symbol(f"{name}[i]", real=True)


def other(name: str) -> sympy.Symbol:
    """The same of nation j, within `total`."""
    return sympy.Symbol(f"{name}[j]", real=True)


def pair(name: str) -> sympy.Symbol:
    """A quantity of nation i towards nation j, within `total`."""
    return sympy.Symbol(f"{name}[i,j]", real=True)


def mutual(name: str) -> sympy.Symbol:
    """A quantity that nations i and j share, within `total`."""
    return sympy.Symbol(f"{name}[i~j]", real=True)


def shared(name: str) -> sympy.Symbol:
    """A quantity of the whole system."""
    return sympy.Symbol(name, real=True)


@dataclass(frozen=True)
class Family(Parameter):
    """A parameter with one value for the system, each nation, or each pair.

    Attributes
    ----------
    index : str
        "shared", "each", "pair" (i towards j) or "mutual" (i with j, i before j).
    nations : tuple of str
    is_short : bool
        Whether of two nations a pair's value is named after i alone, and a mutual one has the family's own name.
    """

    index: str = SHARED
    nations: tuple[str, ...] = ()
    is_short: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the values as an array: (), (N,) or (N, N), whose diagonal stands for nothing and is 0."""
        return {SHARED: (), EACH: (len(self.nations),)}.get(self.index, (len(self.nations),) * 2)

    @cached_property
    def owners(self) -> tuple[tuple[str, ...], ...]:
        """Whose each value is: nothing, a nation or a pair of nations, in the order of the values."""
        if self.index == SHARED:
            return ((),)
        if self.index == EACH:
            return tuple((nation,) for nation in self.nations)
        return tuple((permutations if self.index == PAIR else combinations)(self.nations, 2))

    @cached_property
    def tails(self) -> tuple[tuple[str, ...], ...]:
        """Which nations each value is named after, in the order of the values."""
        if not (self.is_short and len(self.nations) == 2):
            return self.owners
        return ((),) if self.index == MUTUAL else tuple(owner[:1] for owner in self.owners)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Name of each value, such as ``defence_x_y``."""
        return tuple("_".join((self.name, *tail)) for tail in self.tails)

    @cached_property
    def name_of(self) -> Mapping[tuple[str, ...], str]:
        """Name of each value by its owners."""
        return dict(zip(self.owners, self.names, strict=True))

    @property
    def size(self) -> int:
        """How many values there are."""
        return len(self.owners)


@dataclass(frozen=True)
class OverNations:
    """Equations over nations.

    Attributes
    ----------
    nations : tuple of str
    states : tuple of str
        Families of states, each with one state a nation; ``"arms"`` have the nations' own names.
    families : tuple of Family
        Parameters, in order.
    rates : tuple of sympy.Expr
        One for each family of states.
    marks : tuple of (str, tuple of float)
        Numbers of the nations that belong to the equations and never change, such as who is in a pact; used as `own` and `other`.
    parts : tuple of (str, sympy.Expr)
        What nations do, by a name of its own, for the rates of pairs.
    pair_states : tuple of str
        Families of states, each with one state for every nation i and other nation j, after those of nations.
    pair_rates : tuple of sympy.Expr
        One for each of them, linear in the parts and without sums.
    """

    nations: tuple[str, ...]
    states: tuple[str, ...]
    families: tuple[Family, ...]
    rates: tuple[sympy.Expr, ...]
    marks: tuple[tuple[str, tuple[float, ...]], ...] = ()
    parts: tuple[tuple[str, sympy.Expr], ...] = ()
    pair_states: tuple[str, ...] = ()
    pair_rates: tuple[sympy.Expr, ...] = ()

    @cached_property
    def of_nations(self) -> OverNations:
        """Rates and parts of nations alone, the parts as rates after the others; states of pairs stand in their sums."""
        return replace(self, rates=(*self.rates, *(part for _, part in self.parts)), parts=(), pair_rates=())

    @cached_property
    def terms(self) -> tuple[sympy.Expr, ...]:
        """What is summed over the other nations, in a fixed order."""
        summing = (*self.rates, *(part for _, part in self.parts))
        found = {call.args[0] for rate in summing for call in rate.atoms(total)}
        return tuple(sorted(found, key=to_text))

    @cached_property
    def sums(self) -> tuple[sympy.Symbol, ...]:
        """A symbol for the sum of each of the `terms`."""
        return tuple(sympy.Symbol(f"total[{place}]", real=True) for place in range(len(self.terms)))

    @cached_property
    def reduced(self) -> tuple[sympy.Expr, ...]:
        """The rates in those symbols."""
        known = {total(term): symbol for term, symbol in zip(self.terms, self.sums, strict=True)}
        return tuple(rate.xreplace(known) for rate in self.rates)

    @cached_property
    def is_linear(self) -> bool:
        """Whether the rates are linear in the states, with one matrix for all states, and in the sums nothing constant or own."""
        if self.pair_states:
            return False
        moving = {*self.sums, *(index(name) for name in self.states for index in (own, other))}
        slopes = [slope for row in self.own_slopes + self.cross_slopes for slope in row]
        still = {own(name): 0 for name in self.states} | {other(name): 0 for name in self.states}
        is_known = not any(slope.free_symbols & moving or slope.has(total) for slope in slopes)
        return is_known and all(term.subs(still) == 0 for term in self.terms)

    @cached_property
    def own_slopes(self) -> tuple[tuple[sympy.Expr, ...], ...]:
        """Derivatives of each rate in each of nation i's own states, with `total` where own states stand in the sums."""
        return tuple(tuple(self._own_slope(rate, name) for name in self.states) for rate in self.reduced)

    @cached_property
    def cross_slopes(self) -> tuple[tuple[sympy.Expr, ...], ...]:
        """Derivatives of each rate of nation i in each of nation j's states."""
        return tuple(tuple(self._cross_slope(rate, name) for name in self.states) for rate in self.reduced)

    @cached_property
    def constants(self) -> tuple[sympy.Expr, ...]:
        """The rates where every state is zero, if they are linear."""
        still = {own(name): sympy.S.Zero for name in self.states} | {symbol: sympy.S.Zero for symbol in self.sums}
        return tuple(rate.subs(still) for rate in self.reduced)

    @property
    def text(self) -> str:
        """All that the equations say, for a fingerprint."""
        lines = [" ".join(self.nations), " ".join(self.states)]
        lines += [f"{family.name}: {family.index}" for family in self.families]
        lines += [f"{name} = {numbers!r}" for name, numbers in self.marks]
        lines += [f"{symbol.name}: {to_text(term)}" for symbol, term in zip(self.sums, self.terms, strict=True)]
        lines += [f"{name}: {to_text(rate)}" for name, rate in zip(self.states, self.reduced, strict=True)]
        if self.pair_states:
            whole = self.of_nations.reduced[len(self.states) :]
            lines += [f"part {name}: {to_text(part)}" for (name, _), part in zip(self.parts, whole, strict=True)]
            lines += [f"pair {name}: {to_text(rate)}" for name, rate in zip(self.pair_states, self.pair_rates, strict=True)]
        return "\n".join(lines)

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the states, family by family."""
        return tuple(_name_of(family, nation) for family in self.states for nation in self.nations) + tuple(
            name for family in self.pair_families for name in family.names
        )

    @property
    def pair_families(self) -> tuple[Family, ...]:
        """The states of pairs as families, for their names and owners: of two nations each is named after i alone."""
        return tuple(Family(name, name, name, index=PAIR, nations=self.nations, is_short=True) for name in self.pair_states)

    def written_out(self) -> tuple[sympy.Expr, ...]:
        """One rate for each state, in symbols of its own for every nation and pair."""
        return tuple(self.written(rate, i) for rate in self.rates for i in self.nations) + tuple(
            self._written_of_pair(rate, i, j) for rate in self.pair_rates for i, j in permutations(self.nations, 2)
        )

    def written(self, expression: sympy.Expr, i: str) -> sympy.Expr:
        """An expression over nations in the symbols of nation i, its sums written out.

        Parameters
        ----------
        expression : sympy.Expr
        i : str
        """
        known = [self._known(i, j) for j in self.nations if j != i]
        sums = {call: sympy.Add(*(call.args[0].xreplace(one) for one in known)) for call in expression.atoms(total)}
        return expression.xreplace({**known[0], **sums})

    def _written_of_pair(self, rate: sympy.Expr, i: str, j: str) -> sympy.Expr:
        """The rate of a state of i towards j in the symbols of both."""
        parts = {index(name): self.written(part, nation) for name, part in self.parts for index, nation in ((own, i), (other, j))}
        return rate.xreplace({**self._known(i, j), **parts})

    def _known(self, i: str, j: str) -> Mapping[sympy.Symbol, sympy.Expr]:
        """What every indexed symbol is for these nations."""
        known: dict[sympy.Symbol, sympy.Expr] = {}
        for name in self.states:
            known |= {own(name): shared(_name_of(name, i)), other(name): shared(_name_of(name, j))}
        for name, numbers in self.marks:
            at = dict(zip(self.nations, numbers, strict=True))
            known |= {own(name): sympy.nsimplify(at[i]), other(name): sympy.nsimplify(at[j])}
        first, second = sorted((i, j), key=self.nations.index)
        symbols = {EACH: ((own, (i,)), (other, (j,))), PAIR: ((pair, (i, j)),), MUTUAL: ((mutual, (first, second)),), SHARED: ()}
        for family in (*self.families, *self.pair_families):
            known |= {symbol(family.name): shared(family.name_of[owner]) for symbol, owner in symbols[family.index]}
        return known

    def _own_slope(self, rate: sympy.Expr, name: str) -> sympy.Expr:
        slope = derivative(rate, own(name))
        for symbol, term in zip(self.sums, self.terms, strict=True):
            inner = derivative(term, own(name))
            if inner != 0:
                slope += derivative(rate, symbol) * total(inner)
        return slope

    def _cross_slope(self, rate: sympy.Expr, name: str) -> sympy.Expr:
        pairs = zip(self.sums, self.terms, strict=True)
        return sympy.Add(*(derivative(rate, symbol) * derivative(term, other(name)) for symbol, term in pairs))


def _name_of(family: str, nation: str) -> str:
    """Name of a state."""
    return nation if family == ARMS else f"{family}_{nation}"
