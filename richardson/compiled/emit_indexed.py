"""From equations over nations to the source text of loops over nations, which is as long for a hundred nations as for three.

The functions have the names and arguments of those that `richardson.compiled.emit` writes. Parameters lie flat, family after
family; of a pair family the row of nation i holds its N − 1 partners in order, so that partners before and after i are two loops.
Behind them lies what `prepare` computes from them once, see `richardson.compiled.emit_prepared`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import sympy

from richardson.compiled.emit_balls import ON_BALLS, BallWriter
from richardson.compiled.emit_prepared import AFTER, BEFORE, OWN, Prepared, pair_index
from richardson.compiled.emit_writers import SourceWriter, function, indented
from richardson.symbolic import indexed
from richardson.symbolic.derive import derivative
from richardson.symbolic.indexed import EACH, MUTUAL, PAIR, SHARED, OverNations, total
from richardson.symbolic.write import Writer

Places = dict[sympy.Symbol, str]

ERROR = "error of"  # how far a state may be off
_ROW = re.compile(r"\b([mv]\d+)\[j\] = ")

ROWS_OVER = """

def rates_over(times, states, p, out):
    for row in range(states.shape[0]):
        rates(times[row], states[row], p, out[row])
"""


def rates_source(equations: OverNations, header: str) -> str:
    """Module with ``prepare(p)``, ``rates``, ``rates_and_jacobian``, ``rates_over``, and ``PREPARED``, how many numbers are prepared."""
    prepared = Prepared(equations, sum(family.size for family in equations.families))
    loops = Loops(equations, SourceWriter, prepared)
    functions = loops.rates() + loops.both() + ROWS_OVER
    return f"{header}\nPREPARED = {prepared.end}\n" + loops.marks() + loops.preparation() + functions


def sizes_source(equations: OverNations, header: str) -> str:
    """Module with ``sizes(t, x, e, p, out, jacobian)``, how far each rate and each entry of the Jacobian may move.

    In units of a parameter's relative error, where every parameter may be off by it and the states by ``e`` times it:
    Σ |p ∂/∂p| + Σ e |∂/∂x|, to first order.
    """
    loops = Loops(equations, SourceWriter)
    return header + loops.marks() + loops.sizes()


def linear_source(equations: OverNations) -> str:
    """Module with ``linear_part(p, constants, matrix)`` on balls: the rates where all states are zero, and rows of the Jacobian."""
    loops = Loops(equations, BallWriter)
    return ON_BALLS + loops.marks(on_balls=True) + loops.linear_part()


class Loops:
    """Writes functions over nations, which take out what is ``prepared``, if anything is."""

    suffix = ""  # of the functions' names, where they are parts of others

    def __init__(self, equations: OverNations, writer: type[Writer], prepared: Prepared | None = None) -> None:
        self._equations, self._writer, self._prepared = equations, writer, prepared
        self._count = len(equations.nations)
        self._at = {where: self._places(where) for where in (OWN, BEFORE, AFTER)}
        self._amounts = self._errors()

    def marks(self, *, on_balls: bool = False) -> str:
        """Numbers of the nations that belong to the equations."""
        lines = [f"M{place} = {list(numbers) if on_balls else f'array({list(numbers)!r})'}\n" for place, (_, numbers) in self._marks()]
        return "\n" + "".join(lines)

    def preparation(self) -> str:
        """``prepare(p)``, which fills in what lies behind the parameters."""
        return function("prepare(p)", self._filled() or ["pass"])

    def rates(self) -> str:
        """``rates(t, x, p, out)``."""
        body = [*self._sums(self._equations.terms, self._equations.sums), *self._written(self._rate_targets(), OWN)]
        return function(f"rates{self.suffix}(t, x, p, out)", self._with_rows(body))

    def both(self) -> str:
        """``rates_and_jacobian(t, x, p, out, jacobian)``."""
        terms, symbols, slopes = self._with_inner_sums()
        own = {self._entry(k, m, "i"): slope for (k, m), slope in zip(self._blocks(), slopes, strict=True)}
        body = [*self._sums(terms, symbols), *self._written(self._rate_targets() | own, OWN)]
        body += self._written(self._factors(), OWN) + self._cross(self._chained)
        return function(f"rates_and_jacobian{self.suffix}(t, x, p, out, jacobian)", self._with_rows(body))

    def sizes(self) -> str:
        """``sizes(t, x, e, p, out, jacobian)``."""
        equations = self._equations
        terms, symbols, slopes = self._with_inner_sums()
        spans = [sympy.Symbol(f"size[{place}]", real=True) for place in range(len(terms))]
        inner = [self._size(term) for term in terms]
        self._amounts |= dict(zip(symbols, spans, strict=True))
        own = {self._entry(k, m, "i"): self._size(slope) for (k, m), slope in zip(self._blocks(), slopes, strict=True)}
        rates = {self._rate(k): self._size(rate) for k, rate in enumerate(equations.reduced)}
        body = [*self._sums([*terms, *inner], [*symbols, *spans]), *self._written(rates | own, OWN)]
        factors = self._factors()
        body += self._written(factors | {f"d{name[1:]}": self._size(factor) for name, factor in factors.items()}, OWN)
        return function(f"sizes{self.suffix}(t, x, e, p, out, jacobian)", self._with_rows(body + self._cross(self._chained_size)))

    def linear_part(self) -> str:
        """``linear_part(p, constants, matrix)`` of linear equations, which fills a list and a list of lists."""
        equations, n = self._equations, self._count
        own = {f"matrix[{k * n} + i][{m * n} + i]": equations.own_slopes[k][m] for k, m in self._blocks()}
        constants = {f"constants[{k * n} + i]": constant for k, constant in enumerate(equations.constants)}
        body = self._written(constants | own, OWN)
        for head, where in self._partners():
            cross = {f"matrix[{k * n} + i][{m * n} + j]": equations.cross_slopes[k][m] for k, m in self._blocks()}
            body += [head, *indented(self._written(cross, where))]
        return function("linear_part(p, constants, matrix)", self._over_i(body))

    def _with_inner_sums(self) -> tuple[list[sympy.Expr], list[sympy.Symbol], list[sympy.Expr]]:
        """Terms and symbols of all sums that rates and own slopes need, and the own slopes, block by block, in those symbols."""
        equations = self._equations
        slopes = [equations.own_slopes[k][m] for k, m in self._blocks()]
        inner = sorted({call for slope in slopes for call in slope.atoms(total)}, key=str)
        known = {call: sympy.Symbol(f"inner[{place}]", real=True) for place, call in enumerate(inner)}
        terms = [*equations.terms, *(call.args[0] for call in inner)]
        return terms, [*equations.sums, *known.values()], [slope.xreplace(known) for slope in slopes]

    def _blocks(self) -> list[tuple[int, int]]:
        return [(k, m) for k in range(len(self._equations.rates)) for m in range(len(self._equations.states))]

    def _marks(self) -> Iterator[tuple[int, tuple[str, tuple[float, ...]]]]:
        return enumerate(self._equations.marks)

    def _rate(self, k: int) -> str:
        return f"out[{k * self._count} + i]"

    def _rate_targets(self) -> dict[str, sympy.Expr]:
        return {self._rate(k): rate for k, rate in enumerate(self._equations.reduced)}

    def _entry(self, k: int, m: int, column: str) -> str:
        return f"jacobian[{k * self._count} + i, {m * self._count} + {column}]"

    def _over_i(self, body: Sequence[str]) -> list[str]:
        return [f"for i in range({self._count}):", *indented(body)]

    def _partners(self) -> list[tuple[str, str]]:
        return [("for j in range(i):", BEFORE), (f"for j in range(i + 1, {self._count}):", AFTER)]

    def _with_rows(self, body: Sequence[str]) -> list[str]:
        """The loop over nations, in which rows hold what is computed for all partners, so that many are computed at a time."""
        loops = []
        for name, symbol in self._mutual_rows().items():
            for head, where in self._partners() if any(f"{name}[j]" in line for line in body) else ():
                loops += [head, f"    {name}[j] = {self._places(where)[symbol]}"]
        rows = dict.fromkeys(word for line in (*loops, *body) for word in _ROW.findall(line))
        return [*(f"{row} = empty({self._count})" for row in rows), *self._over_i([*loops, *body])]

    def _mutual_rows(self) -> dict[str, sympy.Symbol]:
        """Name of the row of each mutual family: the values that nation i shares with the others lie far apart."""
        families = [family for family in self._equations.families if family.index == MUTUAL]
        return {f"m{place}": indexed.mutual(family.name) for place, family in enumerate(families)}

    def _sums(self, terms: Sequence[sympy.Expr], symbols: Sequence[sympy.Symbol]) -> list[str]:
        """Loops that sum every term over the partners; each sum becomes a name of its own."""
        rows = {symbol: f"{name}[j]" for name, symbol in self._mutual_rows().items()}
        for _, where in self._partners():
            self._at[where] |= rows
        lines, added = [], []
        for head, where in self._partners() if terms else ():
            lines += [head, *indented(self._written({f"v{place}[j]": term for place, term in enumerate(terms)}, where))]
            added += [head, *(f"    s{place} += v{place}[j]" for place in range(len(terms)))]
        self._at[OWN] |= {symbol: f"s{place}" for place, symbol in enumerate(symbols)}
        return [*lines, *(f"s{place} = 0.0" for place in range(len(terms))), *added]

    def _factors(self) -> dict[str, sympy.Expr]:
        """Derivative of each rate in each sum, by the name under which `_chained` knows it."""
        equations = self._equations
        pairs = ((k, s) for k in range(len(equations.rates)) for s in range(len(equations.sums)))
        found = {f"g{k}_{s}": derivative(equations.reduced[k], equations.sums[s]) for k, s in pairs}
        return {name: factor for name, factor in found.items() if factor != 0}

    def _chained(self, k: int, m: int) -> sympy.Expr:
        """Entry of the Jacobian in a partner's state, the derivatives in the sums by their names."""
        return sympy.Add(*(self._local(f"g{k}_{s}") * slope for s, slope in self._inner_slopes(k, m)))

    def _chained_size(self, k: int, m: int) -> sympy.Expr:
        """How far that entry may move."""
        parts = [(self._local(f"g{k}_{s}"), self._local(f"d{k}_{s}"), slope) for s, slope in self._inner_slopes(k, m)]
        return sympy.Add(*(span * sympy.Abs(slope) + sympy.Abs(factor) * self._size(slope) for factor, span, slope in parts))

    def _inner_slopes(self, k: int, m: int) -> list[tuple[int, sympy.Expr]]:
        """Derivatives in a partner's state of the terms whose sums stand in a rate."""
        state, factors = self._partner_state(m), self._factors()
        found = [(s, derivative(term, state)) for s, term in enumerate(self._equations.terms) if f"g{k}_{s}" in factors]
        return [(s, slope) for s, slope in found if slope != 0]

    def _partner_state(self, m: int) -> sympy.Symbol:
        return indexed.other(self._equations.states[m])

    def _local(self, name: str) -> sympy.Symbol:
        """A symbol of what the loop over nations has computed before it comes to the partners."""
        symbol = sympy.Symbol(name, real=True)
        self._at[BEFORE][symbol] = self._at[AFTER][symbol] = name
        return symbol

    def _cross(self, entry: Callable[[int, int], sympy.Expr]) -> list[str]:
        """Loops that write the entries of the Jacobian in the partners' states."""
        lines = []
        for head, where in self._partners():
            targets = {self._entry(k, m, "j"): entry(k, m) for k, m in self._blocks()}
            lines += [head, *indented(self._written(targets, where))]
        return lines

    def _filled(self) -> list[str]:
        """Assignments of what is prepared, to the places behind the parameters."""
        lines = []
        for part in self._prepared.parts if self._prepared is not None else ():
            if part.index == SHARED:
                lines += self._assigned({self._parameter(f"{part.first}"): part.expression}, self._places(OWN))
            elif part.index == EACH:
                lines += self._over_i(self._assigned({self._parameter(f"{part.first} + i"): part.expression}, self._places(OWN)))
            else:
                places = [(head, self._parameter(pair_index(part.first, self._count, where)), where) for head, where in self._partners()]
                loops = ((head, self._assigned({target: part.expression}, self._places(where))) for head, target, where in places)
                lines += self._over_i([line for head, body in loops for line in (head, *indented(body))])
        return lines

    def _written(self, targets: dict[str, sympy.Expr], where: str) -> list[str]:
        """Assignments in which what is prepared is read."""
        if self._prepared is None:
            return self._assigned(targets, self._at[where])
        reduced = dict(zip(targets, self._prepared.reduce(list(targets.values())), strict=True))
        known = {symbol: self._parameter(index) for symbol, index in self._prepared.indices(where)}
        return self._assigned(reduced, self._at[where] | known)

    def _assigned(self, targets: dict[str, sympy.Expr], places: Places) -> list[str]:
        """Assignments, shared parts first."""
        shared, reduced = sympy.cse(list(targets.values()), symbols=sympy.numbered_symbols("c", cls=sympy.Dummy))
        names, lines = dict(places), []
        writer = self._writer(names)  # type: ignore[call-arg]  # both writers take names
        for place, (symbol, expression) in enumerate(shared):
            lines.append(f"c{place} = {writer.write(expression)}")
            names[symbol] = f"c{place}"
        return lines + [f"{target} = {writer.write(expression)}" for target, expression in zip(targets, reduced, strict=True)]

    def _errors(self) -> dict[sympy.Symbol, sympy.Expr]:
        """How far each symbol may be off, in units of a parameter's relative error."""
        indices = {SHARED: (indexed.shared,), EACH: (indexed.own, indexed.other), PAIR: (indexed.pair,), MUTUAL: (indexed.mutual,)}
        symbols = [index(family.name) for family in self._equations.families for index in indices[family.index]]
        states = [(index(name), index(f"{ERROR} {name}")) for name in self._equations.states for index in (indexed.own, indexed.other)]
        return {symbol: sympy.Abs(symbol) for symbol in symbols} | dict(states)

    def _size(self, expression: sympy.Expr) -> sympy.Expr:
        """How far an expression may move: Σ |∂/∂symbol| times how far the symbol may be off."""
        moving = sorted(expression.free_symbols & set(self._amounts), key=str)
        return sympy.Add(*(sympy.Abs(derivative(expression, symbol)) * self._amounts[symbol] for symbol in moving))

    def _state(self, index: str) -> str:
        return f"x[{index}]"

    def _parameter(self, index: str) -> str:
        return f"p[{index}]"

    def _places(self, where: str) -> Places:
        """Where every symbol lies: nation i's own, and in a loop over partners j before or after i."""
        equations, n = self._equations, self._count
        places: Places = {}
        for k, name in enumerate(equations.states):
            places |= {indexed.own(name): self._state(f"{k * n} + i"), indexed.other(name): self._state(f"{k * n} + j")}
            places |= {indexed.own(f"{ERROR} {name}"): f"e[{k * n} + i]", indexed.other(f"{ERROR} {name}"): f"e[{k * n} + j]"}
        for k, (name, _) in self._marks():
            places |= {indexed.own(name): f"M{k}[i]", indexed.other(name): f"M{k}[j]"}
        first = 0
        for family in equations.families:
            found = places_of_family(family.name, family.index, first, n, where)
            places |= {symbol: self._parameter(index) for symbol, index in found.items()}
            first += family.size
        return places


def places_of_family(name: str, index: str, first: int, n: int, where: str) -> Places:
    """Index of the values of a family, of partners j before or after i."""
    if index == SHARED:
        return {indexed.shared(name): f"{first}"}
    if index == EACH:
        return {indexed.own(name): f"{first} + i", indexed.other(name): f"{first} + j"}
    if index == PAIR and where != OWN:
        return {indexed.pair(name): pair_index(first, n, where)}
    if index == MUTUAL and where != OWN:
        low, high = ("j", "i") if where == BEFORE else ("i", "j")
        return {indexed.mutual(name): f"{first} + {low}*{n} - {low}*({low} + 1)//2 + {high} - {low} - 1"}
    return {}
