"""Loops over nations whose states may belong to pairs, such as the distrust of each in each other.

First come the rates of nations and the parts that pairs need of whole nations, by the loops that equations without such states have;
then the rates of pairs, which hold no sums. A pair's row of the Jacobian is the rows of the parts, each times the rate's derivative in
the part, and the derivatives in the states of both nations and of the pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import sympy

from richardson.compiled import emit_indexed
from richardson.compiled.emit_indexed import ERROR, ROWS_OVER, Loops, Places, places_of_family
from richardson.compiled.emit_prepared import Prepared, pair_index
from richardson.compiled.emit_writers import SourceWriter, function, indented
from richardson.symbolic import indexed
from richardson.symbolic.derive import derivative
from richardson.symbolic.indexed import PAIR, OverNations

Slot = tuple[str, sympy.Symbol]  # a column of the Jacobian within a pair's row, and what it is the derivative in


def rates_source(equations: OverNations, header: str) -> str:
    """The module that `emit_indexed.rates_source` writes, as loops over nations and pairs where there are states of pairs."""
    if not equations.pair_states:
        return emit_indexed.rates_source(equations, header)
    prepared = Prepared(equations.of_nations, sum(family.size for family in equations.families))
    nations, pairs = _NationLoops(equations, prepared), _PairLoops(equations, prepared)
    functions = nations.rates() + nations.both() + pairs.rates() + pairs.both() + ROWS_OVER
    return f"{header}\nPREPARED = {prepared.end}\n" + nations.marks() + nations.preparation() + functions


def sizes_source(equations: OverNations, header: str) -> str:
    """Module with ``sizes(t, x, e, p, out, jacobian)``, as `emit_indexed.sizes_source` has it."""
    if not equations.pair_states:
        return emit_indexed.sizes_source(equations, header)
    nations = _NationLoops(equations)
    functions = nations.marks() + nations.both() + nations.sizes()
    return header + functions + _PairLoops(equations).sizes()


class _Pairs(Loops):
    """Knows where states of pairs lie, and parts of nations."""

    def __init__(self, equations: OverNations, prepared: Prepared | None = None) -> None:
        self._all = equations
        n = len(equations.nations)
        self._first, self._span, self._dimension = n * len(equations.states), n * (n - 1), len(equations.state_names)
        super().__init__(equations.of_nations, SourceWriter, prepared)

    def _places(self, where: str) -> Places:
        places = super()._places(where)
        for q, name in enumerate(self._all.pair_states):
            for symbol, index in places_of_family(name, PAIR, self._first + q * self._span, self._count, where).items():
                places |= {symbol: self._state(index), _off(symbol): f"e[{index}]"}
        for place, (name, _) in enumerate(self._all.parts, len(self._all.states)):
            for symbol, nation in ((indexed.own(name), "i"), (indexed.other(name), "j")):
                index = f"{place * self._count} + {nation}"
                places |= {symbol: f"w[{index}]", _off(symbol): f"s[{index}]"}
        return places

    def _errors(self) -> dict[sympy.Symbol, sympy.Expr]:
        parts = [index(name) for name, _ in self._all.parts for index in (indexed.own, indexed.other)]
        return super()._errors() | {symbol: _off(symbol) for symbol in (*parts, *map(indexed.pair, self._all.pair_states))}

    def _pair_column(self, q: int, where: str) -> str:
        """Place of a state of i towards a partner j before or after it."""
        return pair_index(self._first + q * self._span, self._count, where)


class _NationLoops(_Pairs):
    """The rates and the parts of nations, with their derivatives in the states of pairs too, into arrays of their own."""

    suffix = "_of_nations"

    def _cross(self, entry: Callable[[int, int], sympy.Expr]) -> list[str]:
        """Loops that write the entries in the partners' states and in those of pairs."""
        lines, count = [], len(self._equations.states)
        for head, where in self._partners():
            targets = {self._entry(k, m, "j"): entry(k, m) for k, m in self._blocks()}
            for k in range(len(self._equations.rates)):
                for q in range(len(self._all.pair_states)):
                    targets[f"jacobian[{k * self._count} + i, {self._pair_column(q, where)}]"] = entry(k, count + q)
            lines += [head, *indented(self._written(targets, where))]
        return lines

    def _partner_state(self, m: int) -> sympy.Symbol:
        """What is summed over partners and differentiated in: a partner's state, or one of i towards it."""
        count = len(self._equations.states)
        return super()._partner_state(m) if m < count else indexed.pair(self._all.pair_states[m - count])


class _PairLoops(_Pairs):
    """The whole functions: what nations do first, then pairs."""

    def rates(self) -> str:
        """``rates(t, x, p, out)``."""
        lines = [f"w = empty({self._width})", "rates_of_nations(t, x, p, w)", *self._copied("w", "out")]
        return function("rates(t, x, p, out)", [*lines, *self._over_pairs(self._rates_of_pairs)])

    def both(self) -> str:
        """``rates_and_jacobian(t, x, p, out, jacobian)``."""
        lines = [*self._values_and_slopes(), *self._copied("w", "out"), *self._copied_rows("slopes")]

        def pairs(where: str) -> Iterator[str]:
            yield from self._rates_of_pairs(where)
            for q, rate in enumerate(self._all.pair_rates):
                yield from self._row_of_pair(rate, where, self._pair_column(q, where))

        return function("rates_and_jacobian(t, x, p, out, jacobian)", [*lines, *self._over_pairs(pairs)])

    def sizes(self) -> str:
        """``sizes(t, x, e, p, out, jacobian)``."""
        lines = [*self._values_and_slopes(), f"s = empty({self._width})", *self._zeros("spans"), "sizes_of_nations(t, x, e, p, s, spans)"]
        lines += [*self._copied("s", "out"), *self._copied_rows("spans")]

        def pairs(where: str) -> Iterator[str]:
            targets = {f"out[{self._pair_column(q, where)}]": self._size(rate) for q, rate in enumerate(self._all.pair_rates)}
            yield from self._written(targets, where)
            for q, rate in enumerate(self._all.pair_rates):
                yield from self._sizes_of_row(rate, where, self._pair_column(q, where))

        return function("sizes(t, x, e, p, out, jacobian)", [*lines, *self._over_pairs(pairs)])

    @property
    def _width(self) -> int:
        """How many rates and parts nations have."""
        return self._count * len(self._equations.rates)

    def _values_and_slopes(self) -> list[str]:
        return [f"w = empty({self._width})", *self._zeros("slopes"), "rates_and_jacobian_of_nations(t, x, p, w, slopes)"]

    def _zeros(self, name: str) -> list[str]:
        return [f"{name} = empty(({self._width}, {self._dimension}))", f"{name}[:, :] = 0.0"]

    def _copied(self, source: str, target: str) -> list[str]:
        return [f"for i in range({self._first}):", f"    {target}[i] = {source}[i]"]

    def _copied_rows(self, source: str) -> list[str]:
        loops = [f"for i in range({self._first}):", f"    for column in range({self._dimension}):"]
        return [*loops, f"        jacobian[i, column] = {source}[i, column]"]

    def _over_pairs(self, body: Callable[[str], Iterator[str]]) -> list[str]:
        """Loops over i and partners before and after it."""
        return self._over_i([line for head, where in self._partners() for line in (head, *indented(list(body(where))))])

    def _rates_of_pairs(self, where: str) -> Iterator[str]:
        yield from self._written({f"out[{self._pair_column(q, where)}]": rate for q, rate in enumerate(self._all.pair_rates)}, where)

    def _row_of_pair(self, rate: sympy.Expr, where: str, row: str) -> Iterator[str]:
        """The row of the Jacobian of a pair's rate."""
        parts, direct = self._slopes_in_parts(rate), self._direct(rate, where)
        slopes = {f"h{place}": slope for place, (slope, _) in enumerate(parts)}
        slopes |= {f"d{place}": slope for place, (_, slope) in enumerate(direct)}
        yield from self._written(slopes, where)
        summed = " + ".join(f"h{place}*slopes[{at}, column]" for place, (_, at) in enumerate(parts)) or "0.0"
        yield from self._across(row, summed, [column for column, _ in direct])

    def _sizes_of_row(self, rate: sympy.Expr, where: str, row: str) -> Iterator[str]:
        """How far that row may move."""
        parts, direct = self._slopes_in_parts(rate), self._direct(rate, where)
        slopes = {f"h{place}": sympy.Abs(slope) for place, (slope, _) in enumerate(parts)}
        slopes |= {f"g{place}": self._size(slope) for place, (slope, _) in enumerate(parts)}
        yield from self._written(slopes | {f"d{place}": self._size(slope) for place, (_, slope) in enumerate(direct)}, where)
        terms = [f"h{place}*spans[{at}, column] + g{place}*abs(slopes[{at}, column])" for place, (_, at) in enumerate(parts)]
        yield from self._across(row, " + ".join(terms) or "0.0", [column for column, _ in direct])

    def _across(self, row: str, summed: str, columns: Sequence[str]) -> Iterator[str]:
        """A row that is a sum over all columns, and what some have besides."""
        yield f"row = {row}"
        yield from (f"for column in range({self._dimension}):", f"    jacobian[row, column] = {summed}")
        yield from (f"jacobian[row, {column}] += d{place}" for place, column in enumerate(columns))

    def _slopes_in_parts(self, rate: sympy.Expr) -> list[tuple[sympy.Expr, str]]:
        """Derivatives of a pair's rate in the parts of both nations, and where their rows lie."""
        rows = enumerate(self._all.parts, len(self._all.states))
        found = [
            (derivative(rate, index(name)), f"{place * self._count} + {nation}")
            for place, (name, _) in rows
            for index, nation in ((indexed.own, "i"), (indexed.other, "j"))
        ]
        return [(slope, at) for slope, at in found if slope != 0]

    def _direct(self, rate: sympy.Expr, where: str) -> list[tuple[str, sympy.Expr]]:
        """Columns of the states of both nations and of the pair, and derivatives of the pair's rate in them while the parts are held."""
        n = self._count
        slots: list[Slot] = [
            (f"{m * n} + {nation}", index(name))
            for m, name in enumerate(self._all.states)
            for index, nation in ((indexed.own, "i"), (indexed.other, "j"))
        ]
        slots += [(self._pair_column(q, where), indexed.pair(name)) for q, name in enumerate(self._all.pair_states)]
        found = [(column, derivative(rate, symbol)) for column, symbol in slots]
        return [(column, slope) for column, slope in found if slope != 0]


def _off(symbol: sympy.Symbol) -> sympy.Symbol:
    """How far a symbol may be off."""
    return sympy.Symbol(f"{ERROR} {symbol.name}", real=True)
